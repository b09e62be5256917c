//! Colors and other CSS values, in slots whose name sounds like a credential: `pass: "rgb(230, 230, 230)"`.

/// CSS functions that return a color.
const FUNCTIONS: [&str; 10] = [
    "rgb", "rgba", "hsl", "hsla", "hwb", "lab", "lch", "oklab", "oklch", "color",
];

/// Whether `value` is a color, or refers to a CSS variable: `#fafafa`, `hsl(0 0% 90%)`, `var(--accent)`.
pub(super) fn is_color(value: &str) -> bool {
    if let Some(digits) = value.strip_prefix('#') {
        return matches!(digits.len(), 3 | 6 | 8)
            && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    }
    let Some((function, inner)) = value.strip_suffix(')').and_then(|it| it.split_once('(')) else {
        return false;
    };
    if function.eq_ignore_ascii_case("var") {
        return inner.trim_start().starts_with("--");
    }
    let is_of_color = |byte: u8| byte.is_ascii_alphanumeric() || b" ,./%-+()".contains(&byte);
    FUNCTIONS.iter().any(|it| function.eq_ignore_ascii_case(it))
        && inner.len() <= 64
        && inner.bytes().all(is_of_color)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colors_are_told_from_what_only_begins_like_one() {
        for value in [
            "rgb(230,230,230)",
            "RGBA(0, 0, 0, .5)",
            "rgb(from red r g b / 50%)",
            "hsl(0 0% 90%)",
            "oklch(70% 0.1 200)",
            "color(display-p3 1 0 0)",
            "rgb(var(--accent))",
            "var(--accent)",
            "var( --a, #fff)",
            "#fff",
            "#FaFaFa",
            "#11223344",
        ] {
            assert!(is_color(value), "{value}");
        }
        for value in [
            "",
            "#",
            "#ffff1",
            "#ggg",
            "#1234567",
            "rgb(",
            "rgb",
            "rgb(q8zr2lkt0v!)",
            "argb(1,2,3)",
            "var(accent)",
            "hunter2(1)",
        ] {
            assert!(!is_color(value), "{value}");
        }
    }
}
