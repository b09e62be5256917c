//! The meaning of scalars in Kubernetes, whose decoder reads YAML 1.1.

use crate::audit::yaml::{Style, Value};

/// Whether a value is true: `yes`, `on` and `y` without quotes are, `"true"` in quotes is text.
pub(super) fn is_true(value: Value) -> bool {
    boolean(value) == Some(true)
}

/// Whether a value is false.
pub(super) fn is_false(value: Value) -> bool {
    boolean(value) == Some(false)
}

fn boolean(value: Value) -> Option<bool> {
    match plain(value, "bool")? {
        "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" | "true" | "True" | "TRUE" => {
            Some(true)
        }
        "n" | "N" | "no" | "No" | "NO" | "off" | "Off" | "OFF" | "false" | "False" | "FALSE" => {
            Some(false)
        }
        _ => None,
    }
}

/// Returns the value as an integer: `010` is eight, `"0"` in quotes is text.
pub(super) fn integer(value: Value) -> Option<i64> {
    let text = plain(value, "int")?.replace('_', "");
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text.strip_prefix('+').unwrap_or(&text)),
    };
    let prefixed = |prefixes: [&str; 2], radix| {
        let digits = prefixes.iter().find_map(|it| digits.strip_prefix(it))?;
        i64::from_str_radix(digits, radix).ok()
    };
    let octal = || {
        let rest = digits.strip_prefix('0').filter(|rest| !rest.is_empty())?;
        i64::from_str_radix(rest, 8).ok()
    };
    let whole = || {
        let (whole, rest) = digits.split_once('.')?;
        let is_zero = !rest.is_empty() && rest.bytes().all(|byte| byte == b'0');
        whole.parse().ok().filter(|_| is_zero)
    };
    prefixed(["0x", "0X"], 16)
        .or_else(|| prefixed(["0b", "0B"], 2))
        .or_else(|| prefixed(["0o", "0O"], 8))
        .or_else(octal)
        .or_else(|| digits.parse().ok())
        .or_else(whole)
        .map(|number: i64| sign * number)
}

/// Whether a quantity is zero (`0`, `"0"`, `0Mi`), which means no limit.
pub(super) fn is_zero_quantity(value: Value) -> bool {
    value.text().is_some_and(|text| {
        let number = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        !number.is_empty()
            && number.contains('0')
            && number
                .bytes()
                .all(|byte| matches!(byte, b'0' | b'.' | b'+' | b'-'))
    })
}

/// Returns the text of a scalar that need not be a string: unquoted, or with this tag.
fn plain<'t>(value: Value<'t>, tag: &str) -> Option<&'t str> {
    let is_meant = match value.tag() {
        Some(own) => own.rsplit(':').next() == Some(tag),
        None => value.style() == Some(Style::Plain),
    };
    value.text().filter(|_| is_meant)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::yaml;

    #[test]
    fn numbers_are_those_of_yaml_1_1() {
        for (text, expected) in [
            ("0", Some(0)),
            ("00", Some(0)),
            ("0x0", Some(0)),
            ("0b0", Some(0)),
            ("0o0", Some(0)),
            ("-0", Some(0)),
            ("0_0", Some(0)),
            ("0.0", Some(0)),
            ("010", Some(8)),
            ("0o10", Some(8)),
            ("1_0", Some(10)),
            ("1000", Some(1000)),
            ("!!int \"0\"", Some(0)),
            ("\"0\"", None),
            ("0:0", None),
            ("''", None),
            ("root", None),
        ] {
            let tree = yaml::parse(text).unwrap();
            let value = tree.documents().next().unwrap();
            assert_eq!(integer(value), expected, "{text}");
        }
    }

    #[test]
    fn booleans_are_those_of_yaml_1_1() {
        for (text, expected) in [
            ("yes", Some(true)),
            ("On", Some(true)),
            ("y", Some(true)),
            ("TRUE", Some(true)),
            ("!!bool \"yes\"", Some(true)),
            ("off", Some(false)),
            ("No", Some(false)),
            ("\"true\"", None),
            ("!!str true", None),
            ("tRue", None),
            ("1", None),
        ] {
            let tree = yaml::parse(text).unwrap();
            let value = tree.documents().next().unwrap();
            assert_eq!(boolean(value), expected, "{text}");
        }
    }
}
