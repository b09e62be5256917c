//! `"one" + "two"`: a string in several parts, on one line or more.

/// The most bytes of white space on either side of the operator that joins two parts.
const SPACE: usize = 80;

/// Returns the length of the operator that joins strings: `+` in most languages, `.` in PHP, `..` in Lua, `&` in
/// Basic, `\` at the end of a line, and just the line end in C and Python.
fn sign(text: &[u8]) -> usize {
    match text {
        // An operator, and a character that continues the line.
        [b'&' | b'+', b' ', b'_' | b'\\', ..] => 3,
        [b'.', b'.', ..] => 2,
        [b'.' | b'+' | b'&' | b'\\' | b'_', ..] => 1,
        _ => 0,
    }
}

/// Returns the joint that `text` begins with, from the quotation mark that ends one part to the one that begins the
/// next.
pub(super) fn joint(text: &[u8]) -> Option<(Option<char>, usize)> {
    let (quote, mut rest) = text.split_first()?;
    if !matches!(quote, b'"' | b'\'' | b'`') {
        return None;
    }
    let (start, before) = (rest, rest.len());
    rest = skip_space(rest);
    let space = &start[..before - rest.len()];
    let sign = sign(rest);
    // On one line, strings separated only by spaces are a list, such as words in a shell or versions in a lock file.
    if sign == 0 && !space.contains(&b'\n') {
        return None;
    }
    rest = skip_space(&rest[sign..]);
    let length = text.len() - rest.len() + 1;
    // Two adjacent quotation marks are an empty string, or an escaped quotation mark.
    (rest.first() == Some(quote) && length > 2).then_some((None, length))
}

/// Returns how many bytes of `text`, which begins with a quotation mark, show whether it begins with a joint.
pub(super) fn extent(text: &[u8]) -> usize {
    let space = |text: &[u8]| text.len() - skip_space(text).len();
    let before = 1 + space(&text[1..]);
    let sign = sign(&text[before..]);
    before + sign + space(&text[before + sign..]) + 2
}

fn skip_space(text: &[u8]) -> &[u8] {
    let space = text
        .iter()
        .take(SPACE)
        .take_while(|byte| byte.is_ascii_whitespace());
    &text[space.count()..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joints_are_told_from_lists() {
        for text in [
            r#"" + "x"#,
            r#"" . "x"#,
            r#""+"x"#,
            "\"\n    \"x",
            "\" \\\n  \"x",
            "\" & _\n  \"x",
            "\" + \\\n  \"x",
        ] {
            assert_eq!(
                joint(text.as_bytes()),
                Some((None, text.len() - 1)),
                "{text}"
            );
        }
        for text in [r#"" "x"#, r#""""#, r#"", "x"#, r#"" + 'x"#, "x"] {
            assert_eq!(joint(text.as_bytes()), None, "{text}");
        }
    }
}
