//! Variables in the values of a Compose file: `$X`, `${X}`, `${X:-default}`, `${X?error}`, `${X:+other}`, `$$`.
//!
//! A variable's value is not known here, but its default is, and a default is what runs wherever the variable is unset.

use std::collections::BTreeMap;

use crate::audit::limit;

/// Marks a value that only the environment knows.
const UNKNOWN: char = '\u{0}';

/// Defaults nested deeper than this count as unknown.
const MAX_DEPTH: usize = 16;

/// Longer values are data, and are taken literally.
const MAX_VALUE: usize = 64 << 10;

/// Values that expansion makes longer than this are left as written.
const MAX_BOUND: usize = 64 << 10;

/// Values of variables, by name.
pub(super) type Variables = BTreeMap<String, String>;

/// A closing brace further away than this does not count, so that a value of nothing but openings is parsed quickly.
const MAX_VARIABLE: usize = 4 << 10;

/// A part of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part<'a> {
    /// Literal text.
    Text(&'a str),
    /// `$$`, which becomes one dollar sign.
    Dollar,
    /// A variable.
    Variable(Variable<'a>),
}

/// A variable, and what happens if it is not set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Variable<'a> {
    pub(super) name: &'a str,
    pub(super) otherwise: Otherwise<'a>,
    /// Whether an empty value counts as unset, as it does after a colon.
    pub(super) is_filled: bool,
    /// The whole reference as written, with the dollar sign.
    written: &'a str,
}

impl Variable<'_> {
    /// Notes that its default is nested too deeply to be examined.
    fn note_depth(&self, depth: usize) {
        if depth == MAX_DEPTH && matches!(self.otherwise, Otherwise::Default(_)) {
            note_depth();
        }
    }
}

fn note_depth() {
    limit::reached(format!("defaults nested more than {MAX_DEPTH} deep"));
}

/// What a variable expands to if it is not set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Otherwise<'a> {
    /// Nothing, and Compose only warns.
    Empty,
    /// This text, in which there may be further variables.
    Default(&'a str),
    /// Compose stops.
    Stop,
    /// Nothing; but this text if it *is* set.
    Replaced(&'a str),
}

/// Where the value of a setting comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Supply<'a> {
    /// The value is literal.
    Literal(String),
    /// The value is the default of a variable, in these bytes of the text.
    Default {
        variable: &'a str,
        literal: String,
        raw: &'a str,
    },
    /// The environment supplies it, wholly or in part.
    Environment,
}

/// Splits a value into parts. A dollar sign that begins no variable is literal.
pub(super) fn parts(value: &str) -> Vec<Part<'_>> {
    if value.len() > MAX_VALUE {
        if value.contains('$') {
            let limit = MAX_VALUE >> 10;
            limit::reached(format!("values of more than {limit} KiB with variables"));
        }
        return vec![Part::Text(value)];
    }
    let mut parts = Vec::new();
    let mut rest = value;
    while let Some(at) = rest.find('$') {
        if at > 0 {
            parts.push(Part::Text(&rest[..at]));
        }
        let (part, length) = one(&rest[at..]);
        parts.push(part);
        rest = &rest[at + length..];
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest));
    }
    parts
}

/// The part at the start of `text`, which begins with a dollar sign, and its length in bytes.
fn one(text: &str) -> (Part<'_>, usize) {
    let after = &text[1..];
    if after.starts_with('$') {
        return (Part::Dollar, 2);
    }
    if let Some(inner) = after.strip_prefix('{')
        && let Some(length) = closing(inner)
        && let Some(variable) = braced(&inner[..length], &text[..length + 3])
    {
        return (Part::Variable(variable), length + 3);
    }
    let name = name_length(after);
    if name == 0 {
        return (Part::Text(&text[..1]), 1);
    }
    let variable = Variable {
        name: &after[..name],
        otherwise: Otherwise::Empty,
        is_filled: false,
        written: &text[..=name],
    };
    (Part::Variable(variable), name + 1)
}

/// The length of the text before the brace that closes `${`.
fn closing(inner: &str) -> Option<usize> {
    let bytes = inner.as_bytes();
    let (mut depth, mut at) = (0_usize, 0);
    while at < bytes.len().min(MAX_VARIABLE) {
        match bytes[at] {
            b'$' if bytes.get(at + 1) == Some(&b'{') => {
                depth += 1;
                at += 1;
            }
            b'}' if depth == 0 => return Some(at),
            b'}' => depth -= 1,
            _ => {}
        }
        at += 1;
    }
    if bytes.len() > MAX_VARIABLE {
        let limit = MAX_VARIABLE >> 10;
        limit::reached(format!("variables of more than {limit} KiB"));
    }
    None
}

fn braced<'a>(inner: &'a str, written: &'a str) -> Option<Variable<'a>> {
    let length = name_length(inner);
    if length == 0 {
        return None;
    }
    let (name, rest) = inner.split_at(length);
    let operator = rest.strip_prefix(':').unwrap_or(rest);
    let otherwise = match operator.as_bytes().first() {
        None if rest.is_empty() => Otherwise::Empty,
        Some(b'-') => Otherwise::Default(&operator[1..]),
        Some(b'?') => Otherwise::Stop,
        Some(b'+') => Otherwise::Replaced(&operator[1..]),
        _ => return None,
    };
    Some(Variable {
        name,
        otherwise,
        is_filled: operator.len() < rest.len(),
        written,
    })
}

fn name_length(text: &str) -> usize {
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        return 0;
    }
    text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .unwrap_or(text.len())
}

/// Returns the value with variables replaced by their defaults, and by a marker that occurs in no value if there is no
/// default.
pub(super) fn with_defaults(value: &str) -> String {
    // Most values contain no variable, and many checks ask for them.
    if memchr::memchr(b'$', value.as_bytes()).is_none() {
        return value.to_owned();
    }
    let mut text = String::with_capacity(value.len());
    fill(value, 0, &mut text);
    text
}

fn fill(value: &str, depth: usize, text: &mut String) {
    for part in parts(value) {
        match part {
            Part::Text(literal) => text.push_str(literal),
            Part::Dollar => text.push('$'),
            Part::Variable(Variable {
                otherwise: Otherwise::Default(default),
                ..
            }) if depth < MAX_DEPTH => fill(default, depth + 1, text),
            Part::Variable(variable) => {
                variable.note_depth(depth);
                text.push(UNKNOWN);
            }
        }
    }
}

/// Returns the value with known variables replaced and all others left as written; `None` if it contains no known one.
/// Dollar signs in a replacement are doubled, so that they stay literal.
pub(super) fn bound(value: &str, known: &Variables) -> Option<String> {
    if known.is_empty() || !value.contains('$') {
        return None;
    }
    let mut text = String::with_capacity(value.len());
    let any = bind(value, known, 0, &mut text);
    if any && text.len() > MAX_BOUND {
        let limit = MAX_BOUND >> 10;
        limit::reached(format!("variables that expand to more than {limit} KiB"));
        return None;
    }
    any.then_some(text)
}

/// Appends `value` to `text`, and returns whether it contains a known variable.
fn bind(value: &str, known: &Variables, depth: usize, text: &mut String) -> bool {
    let mut any = false;
    for part in parts(value) {
        if text.len() > MAX_BOUND {
            break;
        }
        match part {
            Part::Text(literal) => text.push_str(literal),
            Part::Dollar => text.push_str("$$"),
            Part::Variable(variable) if depth < MAX_DEPTH => {
                any |= bind_one(&variable, known, depth, text);
            }
            Part::Variable(variable) => {
                variable.note_depth(depth);
                text.push_str(variable.written);
            }
        }
    }
    any
}

fn bind_one(variable: &Variable, known: &Variables, depth: usize, text: &mut String) -> bool {
    let value = known.get(variable.name);
    let counts = value.is_some_and(|value| !(variable.is_filled && value.is_empty()));
    match (variable.otherwise, value) {
        (Otherwise::Default(default), Some(_)) if !counts => {
            bind(default, known, depth + 1, text);
            true
        }
        (Otherwise::Replaced(other), Some(_)) if counts => {
            bind(other, known, depth + 1, text);
            true
        }
        (Otherwise::Replaced(_), Some(_)) => true,
        (Otherwise::Default(default), None) => {
            let head = variable.written.len() - default.len() - 1;
            text.push_str(&variable.written[..head]);
            let any = bind(default, known, depth + 1, text);
            text.push('}');
            any
        }
        (_, Some(value)) if counts => {
            text.push_str(&value.replace('$', "$$"));
            true
        }
        _ => {
            text.push_str(variable.written);
            false
        }
    }
}

/// Returns whether text from [`with_defaults`] depends on the environment.
pub(super) fn is_unknown(text: &str) -> bool {
    text.contains(UNKNOWN)
}

/// Returns where the whole value comes from.
pub(super) fn supply(value: &str) -> Supply<'_> {
    let (mut value, mut variable) = (value, None);
    for _ in 0..MAX_DEPTH {
        let parts = parts(value);
        if let [Part::Variable(only)] = parts.as_slice() {
            match only.otherwise {
                Otherwise::Default(default) => {
                    (value, variable) = (default, Some(only.name));
                    continue;
                }
                _ => return Supply::Environment,
            }
        }
        if parts.iter().any(|part| matches!(part, Part::Variable(_))) {
            return Supply::Environment;
        }
        let literal = with_defaults(value);
        return match variable {
            None => Supply::Literal(literal),
            Some(variable) => Supply::Default {
                variable,
                literal,
                raw: value,
            },
        };
    }
    note_depth();
    Supply::Environment
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_supply(value: &str, expected: &str) {
        let found = match supply(value) {
            Supply::Literal(literal) => format!("literal {literal}"),
            Supply::Default {
                variable, literal, ..
            } => format!("{variable} or {literal}"),
            Supply::Environment => "environment".to_owned(),
        };
        assert_eq!(found, expected, "{value}");
    }

    #[test]
    fn where_values_come_from() {
        check_supply("x", "literal x");
        check_supply("", "literal ");
        check_supply("${X}", "environment");
        check_supply("$X", "environment");
        check_supply("${X:-lit}", "X or lit");
        check_supply("${X-lit}", "X or lit");
        check_supply("${X:-}", "X or ");
        check_supply("${X:?set it}", "environment");
        check_supply("${X?}", "environment");
        check_supply("${X:+other}", "environment");
        check_supply("${X:-${Y:-lit}}", "Y or lit");
        check_supply("${X:-${Y}}", "environment");
        check_supply("${X:-a${Y}}", "environment");
        check_supply("a${X}", "environment");
        check_supply("$$X", "literal $X");
        check_supply("$${X:-lit}", "literal ${X:-lit}");
        check_supply("pa$$word", "literal pa$word");
        check_supply("cost 5$", "literal cost 5$");
        check_supply("${", "literal ${");
        check_supply("${}", "literal ${}");
        check_supply("${X:~y}", "literal ${X:~y}");
        check_supply("$1", "literal $1");
        check_supply(
            &"${A:-".repeat(40),
            &format!("literal {}", "${A:-".repeat(40)),
        );
    }

    #[test]
    fn defaults_are_filled_in() {
        for (value, expected) in [
            ("${BIND:-127.0.0.1}:${PORT:-8080}:80", "127.0.0.1:8080:80"),
            ("${BIND}:80:80", "\0:80:80"),
            ("${A:-${B:-c}}-d", "c-d"),
            ("${A:-x:y}", "x:y"),
            ("$$A", "$A"),
        ] {
            assert_eq!(with_defaults(value), expected);
        }
        assert!(is_unknown(&with_defaults("a${X}")) && !is_unknown("a"));
    }

    #[test]
    fn known_variables_are_put_in_their_places() {
        let known = [("A", "a"), ("EMPTY", ""), ("COST", "5$")];
        let known: Variables = known
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into();
        for (value, expected) in [
            ("${A}:$A", Some("a:a")),
            ("${A:-x}${A-x}${A:?x}${A?x}", Some("aaaa")),
            (
                "${EMPTY:-x}|${EMPTY-x}|${EMPTY:+x}|${EMPTY+x}|${A:+x}",
                Some("x|||x|x"),
            ),
            ("${EMPTY:?x}", None),
            ("${X:-${A}}", Some("${X:-a}")),
            ("${X-${A:-b}}$$A", Some("${X-a}$$A")),
            ("$COST", Some("5$$")),
            ("${X}", None),
            ("$$A", None),
            ("plain", None),
        ] {
            assert_eq!(bound(value, &known).as_deref(), expected, "{value}");
        }
    }
}
