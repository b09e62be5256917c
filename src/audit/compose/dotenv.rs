//! Reads `.env` files the way Compose does, for the variables that they set.
//!
//! Problems in such a file are reported where it is audited itself; here it only affects what a Compose file means.

use super::interpolation::{self, Variables};
use crate::audit::limit;

/// Variables of one file. More than that is data.
const MAX_VARIABLES: usize = 10_000;

/// Returns the variables that `text` sets. Their values may refer to `known` variables and to each other.
pub(super) fn read(text: &str, known: &Variables) -> Variables {
    let mut variables = Variables::new();
    let mut rest = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut count = 0;
    while !rest.is_empty() {
        let end = rest.find('\n').unwrap_or(rest.len());
        let line = rest[..end].trim();
        let line = line.strip_prefix("export ").unwrap_or(line).trim_start();
        let after = rest.get(end + 1..).unwrap_or("");
        let Some((name, value)) = assignment(line) else {
            rest = after;
            continue;
        };
        if count == MAX_VARIABLES {
            limit::reached(format!("more than {MAX_VARIABLES} variables in one file"));
            break;
        }
        count += 1;
        let (value, after) = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => {
                quoted(rest, value, quote).unwrap_or((plain(value), after))
            }
            _ => (plain(value), after),
        };
        let value = match value {
            Written::Literal(text) => text.to_owned(),
            Written::Open(text) => filled(text, &variables, known),
        };
        variables.insert(name.to_owned(), value);
        rest = after;
    }
    variables
}

/// A value as written, and whether its variables are expanded.
enum Written<'t> {
    Literal(&'t str),
    Open(&'t str),
}

fn assignment(line: &str) -> Option<(&str, &str)> {
    if line.starts_with('#') {
        return None;
    }
    let (name, value) = line.split_once('=').or_else(|| line.split_once(": "))?;
    let name = name.trim();
    let is_name = name
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-'));
    (is_name && !name.is_empty()).then_some((name, value.trim_start()))
}

/// A quoted value, which may span lines, and the text after its last line; `None` if the quote is not closed.
fn quoted<'t>(rest: &'t str, value: &'t str, quote: char) -> Option<(Written<'t>, &'t str)> {
    const MAX_QUOTED: usize = 16 << 10;
    let start = (value.as_ptr() as usize).checked_sub(rest.as_ptr() as usize)? + 1;
    let body = rest.get(start..)?;
    let mut escaped = false;
    let end = body.bytes().take(MAX_QUOTED).position(|byte| {
        let ends = byte == quote as u8 && !escaped;
        escaped = quote == '"' && byte == b'\\' && !escaped;
        ends
    })?;
    let text = &body[..end];
    let tail = &body[end..];
    let after = tail.find('\n').map_or("", |at| &tail[at + 1..]);
    let written = if quote == '"' {
        Written::Open(text)
    } else {
        Written::Literal(text)
    };
    Some((written, after))
}

/// An unquoted value, which ends at a comment.
fn plain(value: &str) -> Written<'_> {
    let end = if value.starts_with('#') {
        0
    } else {
        value.find(" #").unwrap_or(value.len())
    };
    Written::Open(value[..end].trim_end())
}

/// A value with the variables in it replaced by those that are set before it, or by nothing.
fn filled(value: &str, variables: &Variables, known: &Variables) -> String {
    let value = interpolation::bound(value, variables).unwrap_or_else(|| value.to_owned());
    let value = interpolation::bound(&value, known).unwrap_or(value);
    let text = interpolation::with_defaults(&value);
    text.chars()
        .filter(|&c| !interpolation::is_unknown(c.encode_utf8(&mut [0; 4])))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_as_compose_reads_them() {
        let text = "\u{feff}A=1 # one\r\nexport B = 'two # $A'\n# C=3\nD=\"four ${A} \\\" $$A\"\nE=\nF: six\nG=${A}-${X:-y}${Z}$W\n\
                    no line\nH=\"a\nb\" # h\nI=#x\nA B=c\nJ='open\nK=k";
        let known = Variables::from([("W".to_owned(), "w".to_owned())]);
        let variables = read(text, &known);
        let found: Vec<_> = variables
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        assert_eq!(
            found,
            [
                ("A", "1"),
                ("B", "two # $A"),
                ("D", "four 1 \\\" $A"),
                ("E", ""),
                ("F", "six"),
                ("G", "1-yw"),
                ("H", "a\nb"),
                ("I", ""),
                ("J", "'open"),
                ("K", "k"),
            ]
        );
    }
}
