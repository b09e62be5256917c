//! Values one level below their names: `"password": {"value": "…"}`, `Password:` with `Default: …` below it.

use std::ops::Range;

use super::{Found, GAP_LIMIT, Syntax};
use crate::detect::detached::value_at;
use crate::detect::scalar;

/// How far after a name its value is looked for, in bytes.
const LIMIT: usize = 240;

/// Keys under which an object has the value that it describes.
const KEYS: [&[u8]; 3] = [b"value", b"default", b"defaultvalue"];

/// Returns the value that the object at `at` gives to the name at `name`.
pub(in crate::detect) fn value(text: &[u8], name: &Range<usize>, at: usize) -> Option<Found> {
    let near = &text[at..text.len().min(at + LIMIT)];
    let length = match near.first()? {
        b'{' => braced(near)?,
        b'\n' | b'\r' => indented(text, name, at, near)?,
        _ => return None,
    };
    let value = key_in(&near[..length], &KEYS)?;
    // Without quotes, it is an expression of a program if it is in braces, and text only below a YAML key.
    let may_be_bare = near[0] != b'{';
    let found = value_at(text, at + value, may_be_bare)?;
    let is_within = found.value.end <= at + length;
    is_within.then_some(Found {
        syntax: Syntax::Argument,
        ..found
    })
}

/// The length of an object in braces, up to the first nested one.
fn braced(near: &[u8]) -> Option<usize> {
    memchr::memchr2(b'{', b'}', &near[1..]).map(|end| end + 1)
}

/// The length of the lines that are indented deeper than the key at `name`; at most six are read.
fn indented(text: &[u8], name: &Range<usize>, at: usize, near: &[u8]) -> Option<usize> {
    let column = scalar::column_of_key(text, name)?;
    if text[..at].trim_ascii_end().last() != Some(&b':') {
        return None;
    }
    let mut length = 1 + usize::from(near.starts_with(b"\r\n"));
    let (mut lines, first) = (0, length);
    while let Some(end) = memchr::memchr(b'\n', &near[length..]) {
        if scalar::indent_of(&near[length..]) <= column || lines == 6 {
            break;
        }
        length += end + 1;
        lines += 1;
    }
    let is_last = lines < 6 && length < near.len() && scalar::indent_of(&near[length..]) > column;
    let length = if is_last { near.len() } else { length };
    (length > first).then_some(length)
}

/// Returns where the value of the key `value` begins in `object`, which may be a part of one.
pub(in crate::detect) fn value_in(object: &[u8]) -> Option<usize> {
    key_in(object, &KEYS[..1])
}

/// Where the value of the first of `keys` in `object` begins.
fn key_in(object: &[u8], keys: &[&[u8]]) -> Option<usize> {
    let mut from = 0;
    while let Some(at) = memchr::memchr2(b':', b'=', &object[from..]) {
        let sign = from + at;
        let before = object[..sign].trim_ascii_end();
        let before = match before.last() {
            Some(b'"' | b'\'') => &before[..before.len() - 1],
            _ => before,
        };
        let is_name = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(**byte, b'_' | b'-');
        let length = before
            .iter()
            .rev()
            .take(GAP_LIMIT)
            .take_while(is_name)
            .count();
        let key = &before[before.len() - length..];
        if keys.iter().any(|it| key.eq_ignore_ascii_case(it)) {
            return Some(sign + 1);
        }
        from = sign + 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<&str>) {
        let at = text.find("pass").unwrap();
        let start = at + text[at..].find(':').unwrap() + 1;
        let start = start + text[start..].len() - text[start..].trim_start_matches(' ').len();
        let found = value(text.as_bytes(), &(at..at + 8), start);
        assert_eq!(found.map(|it| &text[it.value]), expected, "{text}");
    }

    #[test]
    fn values_below_their_names() {
        check(r#"{"password": {"value": "abc1"}}"#, Some("abc1"));
        check(
            "\"password\": {\n  \"type\": \"string\",\n  \"default\": \"abc1\"\n}",
            Some("abc1"),
        );
        check(
            "password:\n  Type: String\n  Default: abc1\nother: 1\n",
            Some("abc1"),
        );
        check("password:\n  value: abc1\n", Some("abc1"));
    }

    #[test]
    fn other_keys() {
        check(r#"{"password": {"type": "abc1"}}"#, None);
        check("password: {\n  defaultValue: Sequelize.UUIDV4\n}", None);
        check(r#"{"password": {"rules": {"value": "abc1"}}}"#, None);
        check("password:\n  type: string\nvalue: abc1\n", None);
        check("password:\nvalue: abc1\n", None);
    }
}
