//! `postgresql.conf`: its lines as the server's own lexer reads them, and its values.

use std::ops::Range;

use crate::audit::directive::{self, Directive, Word};
use crate::audit::included::{Include, Line, Named, Syntax};

use super::{is_settings_file, unfilled};

/// Reads `postgresql.conf` and what it includes.
pub(super) struct Conf;

/// A line of the file.
pub(super) enum Setting {
    /// A name and its value.
    Set(Directive),
    /// Something that the server rejects, so that it does not load the file.
    Invalid(Range<usize>),
}

impl Syntax for Conf {
    type Item = Setting;

    fn read(&self, text: &str) -> Vec<Line<Setting>> {
        let lines = directive::lines(text, &['#']);
        let read = |(line, at): (&str, usize)| {
            let span = at..at + line.len();
            match setting(line, at) {
                Some(setting) => match included(&setting) {
                    Some(named) => Some(Line::Include(Include { named, span })),
                    None => Some(Line::Item(Setting::Set(setting), span)),
                },
                // A value that is yet to be filled in will be something else.
                None if unfilled(line) => None,
                None => Some(Line::Item(Setting::Invalid(span.clone()), span)),
            }
        };
        lines.filter_map(read).collect()
    }

    fn is_audited(&self, path: &str, text: &str) -> bool {
        is_settings_file(path, text)
    }

    fn roots(&self) -> &'static [&'static str] {
        &["postgresql.conf"]
    }
}

fn included(setting: &Directive) -> Option<Named> {
    let name = || setting.value().to_owned();
    match setting.name.as_str() {
        "include" | "include_if_exists" => Some(Named::File(name())),
        "include_dir" => Some(Named::Folder(name(), ".conf")),
        _ => None,
    }
}

/// Parses a name and a value, with or without `=` between them, followed by nothing but a comment.
fn setting(line: &str, at: usize) -> Option<Directive> {
    let is_start = |c: char| c.is_ascii_alphabetic() || c == '_' || !c.is_ascii();
    let is_part = |c: char| is_start(c) || c.is_ascii_digit() || matches!(c, '$' | '.');
    let length = line.find(|c| !is_part(c)).unwrap_or(line.len());
    let (name, rest) = line.split_at(length);
    if !name.starts_with(is_start) {
        return None;
    }
    let rest = rest.trim_start();
    let rest = rest.strip_prefix('=').unwrap_or(rest).trim_start();
    let from = line.len() - rest.len();
    let (text, span) = value(rest)?;
    let behind = rest[span.end + usize::from(rest.starts_with('\''))..].trim_start();
    if !behind.is_empty() && !behind.starts_with('#') {
        return None;
    }
    let span = at + from + span.start..at + from + span.end;
    Some(Directive {
        name: name.to_ascii_lowercase(),
        span: at..span.end,
        values: vec![Word { text, span }],
    })
}

/// Returns the value at the start of `text`, and its range without quotes.
fn value(text: &str) -> Option<(String, Range<usize>)> {
    if let Some(inner) = text.strip_prefix('\'') {
        let mut value = String::new();
        let mut rest = inner.char_indices().peekable();
        while let Some((at, c)) = rest.next() {
            match c {
                '\'' if rest.next_if(|(_, c)| *c == '\'').is_some() => value.push('\''),
                '\'' => return Some((value, 1..1 + at)),
                '\\' => value.extend(rest.next().map(|(_, c)| c)),
                _ => value.push(c),
            }
        }
        return None;
    }
    let is_in_word = |c: char| {
        c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ':' | '/') || !c.is_ascii()
    };
    let first = text.chars().next()?;
    let end = if first.is_ascii_alphabetic() || first == '_' || !first.is_ascii() {
        text.find(|c| !is_in_word(c)).unwrap_or(text.len())
    } else {
        number(text)?
    };
    Some((text[..end].to_owned(), 0..end))
}

/// Returns the length of the number at the start of `text`: an integer with a unit, or a decimal without one.
fn number(text: &str) -> Option<usize> {
    let digits =
        |text: &str| text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let sign = usize::from(text.starts_with(['-', '+']));
    let rest = &text[sign..];
    let is_hex = |c: char| c.is_ascii_hexdigit();
    if let Some(hex) = rest
        .strip_prefix("0x")
        .filter(|hex| hex.starts_with(is_hex))
    {
        let hex = hex.trim_start_matches(is_hex);
        let end = hex.trim_start_matches(|c: char| c.is_ascii_alphabetic());
        return Some(text.len() - end.len());
    }
    let whole = digits(rest);
    let behind = &rest[whole..];
    if let Some(fraction) = behind.strip_prefix('.') {
        let mut end = sign + whole + 1 + digits(fraction);
        if let Some(power) = text[end..].strip_prefix(['e', 'E']) {
            let sign = usize::from(power.starts_with(['-', '+']));
            let power = digits(&power[sign..]);
            end += if power > 0 { 1 + sign + power } else { 0 };
        }
        return Some(end);
    }
    let unit = behind.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    (whole > 0).then(|| text.len() - unit.len())
}

/// Parses a boolean in any spelling that the server accepts: `of` is off.
pub(super) fn boolean(text: &str) -> Option<bool> {
    let text = text.trim().to_ascii_lowercase();
    let is_start_of = |word: &str, least: usize| text.len() >= least && word.starts_with(&text);
    if is_start_of("true", 1) || is_start_of("yes", 1) || is_start_of("on", 2) || text == "1" {
        Some(true)
    } else if is_start_of("false", 1)
        || is_start_of("no", 1)
        || is_start_of("off", 2)
        || text == "0"
    {
        Some(false)
    } else {
        None
    }
}

/// Parses an integer without a unit: decimal, hexadecimal or octal, or with a decimal exponent.
pub(super) fn integer(text: &str) -> Option<i64> {
    let text = text.trim();
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let lower = digits.to_ascii_lowercase();
    let number = if let Some(hex) = lower.strip_prefix("0x") {
        i64::from_str_radix(hex, 16).ok()?
    } else if digits.len() > 1
        && digits.starts_with('0')
        && digits.bytes().all(|c| c.is_ascii_digit())
    {
        i64::from_str_radix(digits, 8).ok()?
    } else if let Ok(number) = digits.parse() {
        number
    } else {
        let number = digits
            .parse::<f64>()
            .ok()
            .filter(|number| number.abs() < 1e15)?;
        #[expect(clippy::cast_possible_truncation, reason = "the server rounds, too")]
        {
            number.round() as i64
        }
    };
    Some(sign * number)
}

/// Parses a duration in milliseconds, which are the unit if none is written.
pub(super) fn milliseconds(text: &str) -> Option<i64> {
    let text = text.trim();
    let end = text
        .trim_end_matches(|c: char| c.is_ascii_alphabetic())
        .len();
    let (number, unit) = match text.strip_prefix("0x") {
        Some(_) => (text, ""),
        None => text.split_at(end),
    };
    let factor = match unit {
        "" | "ms" => 1,
        "s" => 1_000,
        "min" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return None,
    };
    integer(number)?.checked_mul(factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_taken_as_the_server_takes_them() {
        let check = |line: &str, expected: Option<(&str, &str)>| {
            let found = setting(line, 0);
            let found = found
                .as_ref()
                .map(|found| (found.name.as_str(), found.value()));
            assert_eq!(found, expected, "{line}");
        };
        check("SSL = off # x", Some(("ssl", "off")));
        check("ssl off", Some(("ssl", "off")));
        check("ssl='it''s'#x", Some(("ssl", "it's")));
        check("a.b = 0x3E8", Some(("a.b", "0x3E8")));
        check("work_mem = 4MB", Some(("work_mem", "4MB")));
        check("x = -1.5e3", Some(("x", "-1.5e3")));
        check("x = -1", Some(("x", "-1")));
        for line in [
            "ssl",
            "ssl =",
            "ssl = \"off\"",
            "a = *",
            "a = 0.0.0.0",
            "a b c",
            "1 = 2",
            "a = 'b",
        ] {
            check(line, None);
        }
    }

    #[test]
    fn values_have_many_spellings() {
        for (text, expected) in [
            ("of", Some(false)),
            ("OFF", Some(false)),
            ("f", Some(false)),
            ("n", Some(false)),
            ("0", Some(false)),
            ("on", Some(true)),
            ("tr", Some(true)),
            ("Y", Some(true)),
            ("1", Some(true)),
            ("o", None),
            ("", None),
            ("offf", None),
            ("2", None),
        ] {
            assert_eq!(boolean(text), expected, "{text}");
        }
        for (text, expected) in [
            ("0x3E8", Some(1000)),
            ("010", Some(8)),
            ("1e3", Some(1000)),
            ("-1", Some(-1)),
            ("x", None),
        ] {
            assert_eq!(integer(text), expected, "{text}");
        }
        assert_eq!(milliseconds("2s"), Some(2_000));
        assert_eq!(milliseconds("-1"), Some(-1));
        assert_eq!(milliseconds("1 week"), None);
    }
}
