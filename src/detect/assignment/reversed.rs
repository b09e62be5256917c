//! Values that precede their names: `{"value": "…", "name": "DB_PASSWORD"}`, `set("…", forKey: "password")`,
//! `"…".equals(password)`.

use std::ops::Range;

use super::{GAP_LIMIT, Syntax, VALUE_LIMIT};

/// Words that make the string after them the name of the value before them.
const INTRODUCTIONS: [&[u8]; 4] = [b"forKey", b"forHTTPHeaderField", b"name", b"key"];

/// Returns the value before the quoted name at `name`, if the text between the two says so.
pub(in crate::detect) fn value(text: &[u8], name: &Range<usize>) -> Option<(Range<usize>, Syntax)> {
    let before = &text[name.start.saturating_sub(2 * GAP_LIMIT)..name.start];
    let before = before
        .strip_suffix(b"\"")
        .or_else(|| before.strip_suffix(b"'"));
    let before = match before {
        Some(before) => before.strip_suffix(b"@").unwrap_or(before),
        // Unquoted, as in YAML.
        None => &text[name.start.saturating_sub(2 * GAP_LIMIT)..name.start],
    };
    let before = before.trim_ascii_end().strip_suffix(b":")?;
    let before = before.strip_suffix(b"\"").unwrap_or(before);
    let word = INTRODUCTIONS
        .iter()
        .find(|word| ends_with_word(before, word))?;
    let rest = &before[..before.len() - word.len()];
    let rest = rest.strip_suffix(b"\"").unwrap_or(rest);
    let is_call = word.starts_with(b"for");
    let trimmed = rest.trim_ascii_end();
    let trimmed = trimmed
        .strip_suffix(b",")
        .unwrap_or(trimmed)
        .trim_ascii_end();
    if trimmed.len() == rest.len() {
        return None;
    }
    let start = name.start.saturating_sub(2 * GAP_LIMIT);
    let end = start + trimmed.len();
    if text[..name.start].ends_with(b" ") {
        return line_before(text, end).map(|value| (value, Syntax::Argument));
    }
    let value = string_before(text, end)?;
    let introduced = text[..value.start - 1].trim_ascii_end();
    let is_value = if is_call {
        let introduced = introduced.strip_suffix(b"@").unwrap_or(introduced);
        introduced.ends_with(b"(") || introduced.ends_with(b":")
    } else {
        let introduced = introduced.strip_suffix(b":")?;
        let introduced = introduced.strip_suffix(b"\"").unwrap_or(introduced);
        ends_with_word(introduced, b"value")
    };
    is_value.then_some((value, Syntax::Argument))
}

/// Returns the string that is compared with the name at `name`: `"…".equals(password)`.
pub(in crate::detect) fn compared(text: &[u8], name: &Range<usize>) -> Option<Range<usize>> {
    let before = text[..name.start].strip_suffix(b"(")?;
    let before = before
        .strip_suffix(b".equals")
        .or_else(|| before.strip_suffix(b".equalsIgnoreCase"))?;
    string_before(text, before.len())
}

/// Returns the string that is given to the name at `name`: `"…" -> password` in R, `MOVE "…" TO PASSWORD` in COBOL.
pub(in crate::detect) fn given(text: &[u8], name: &Range<usize>) -> Option<Range<usize>> {
    let ends = matches!(text.get(name.end), None | Some(b'\n' | b'\r' | b'.' | b';'));
    let end = name.start.checked_sub(4).filter(|_| ends)?;
    string_before(text, end)
}

/// The unquoted value of the YAML key `value` on the line that ends at `end`.
fn line_before(text: &[u8], end: usize) -> Option<Range<usize>> {
    let near = end.saturating_sub(VALUE_LIMIT);
    let at = memchr::memrchr(b'\n', &text[near..end]).map_or(near, |at| near + at + 1);
    let line = text[at..end].trim_ascii_start();
    let line = line.strip_prefix(b"- ").unwrap_or(line);
    let value = line.strip_prefix(b"value: ")?.trim_ascii();
    let is_word = !value.contains(&b' ') && value.first().is_some_and(u8::is_ascii_alphanumeric);
    is_word.then(|| end - value.len()..end)
}

/// The text between the quotes of the string that ends at `end`.
fn string_before(text: &[u8], end: usize) -> Option<Range<usize>> {
    let quote = end.checked_sub(1).map(|at| text[at])?;
    if !matches!(quote, b'"' | b'\'') {
        return None;
    }
    let near = end.saturating_sub(VALUE_LIMIT).min(end - 1);
    let line = &text[near..end - 1];
    let at = memchr::memrchr2(quote, b'\n', line)?;
    (line[at] == quote).then_some(near + at + 1..end - 1)
}

fn ends_with_word(text: &[u8], word: &[u8]) -> bool {
    let (rest, end) = text.split_at(text.len().saturating_sub(word.len()));
    let is_apart = !rest
        .last()
        .is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    end.eq_ignore_ascii_case(word) && is_apart
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<&str>) {
        let at = text.find("pass").unwrap();
        let found = value(text.as_bytes(), &(at..at + 8));
        assert_eq!(found.map(|(value, _)| &text[value]), expected, "{text}");
    }

    #[test]
    fn values_before_their_names() {
        for text in [
            r#"{"value": "abc1", "name": "password"}"#,
            r#"{"Value":"abc1","Key":"password"}"#,
            "- value: abc1\n  name: password\n",
            r#"defaults.set("abc1", forKey: "password")"#,
            r#"[defaults setObject:@"abc1" forKey:@"password"];"#,
        ] {
            check(text, Some("abc1"));
        }
    }

    #[test]
    fn other_strings_before_names() {
        for text in [
            r#"{"title": "abc1", "name": "password"}"#,
            r#"{"value": "abc1", "type": "password"}"#,
            r#"f("abc1", "password")"#,
            "password",
        ] {
            check(text, None);
        }
    }
}
