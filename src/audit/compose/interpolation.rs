//! Variables in the values of a compose file: `$X`, `${X}`, `${X:-default}`, `${X?error}`, `${X:+other}`, `$$`.
//!
//! What a variable will be is not known here, but its default is, and a default is what runs wherever nobody sets it.

/// Stands for a value that only the environment knows.
const UNKNOWN: char = '\u{0}';

/// Defaults within defaults deeper than this are taken as unknown.
const MAX_DEPTH: usize = 16;

/// Longer values are data, and stand for themselves.
const MAX_VALUE: usize = 64 << 10;

/// A brace further away than this does not close a variable, so that a value of nothing but openings is read quickly.
const MAX_VARIABLE: usize = 4 << 10;

/// A stretch of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part<'a> {
    /// Stands for itself.
    Text(&'a str),
    /// `$$`, which becomes one dollar sign.
    Dollar,
    /// A variable.
    Variable(Variable<'a>),
}

/// A variable, and what is to happen without it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Variable<'a> {
    pub(super) name: &'a str,
    pub(super) otherwise: Otherwise<'a>,
}

/// What a variable's place holds when it is not set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Otherwise<'a> {
    /// Nothing, and compose only warns.
    Empty,
    /// This text, in which there may be further variables.
    Default(&'a str),
    /// Compose stops.
    Stop,
    /// Nothing; but this text when it *is* set.
    Replaced(&'a str),
}

/// Where the value of a setting comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Supply<'a> {
    /// It stands there.
    Literal(String),
    /// It stands there as the default of a variable, in these bytes of the value.
    Default {
        variable: &'a str,
        literal: String,
        raw: &'a str,
    },
    /// The environment has to give it, wholly or in part.
    Environment,
}

/// Takes a value apart. A dollar sign that begins no variable stands for itself.
pub(super) fn parts(value: &str) -> Vec<Part<'_>> {
    if value.len() > MAX_VALUE {
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

/// The part at the start of `text`, which begins with a dollar sign, and its length.
fn one(text: &str) -> (Part<'_>, usize) {
    let after = &text[1..];
    if after.starts_with('$') {
        return (Part::Dollar, 2);
    }
    if let Some(inner) = after.strip_prefix('{')
        && let Some(length) = closing(inner)
        && let Some(variable) = braced(&inner[..length])
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
    };
    (Part::Variable(variable), name + 1)
}

/// The length of what stands before the brace that closes `${`.
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
    None
}

fn braced(inner: &str) -> Option<Variable<'_>> {
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
    Some(Variable { name, otherwise })
}

fn name_length(text: &str) -> usize {
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        return 0;
    }
    text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .unwrap_or(text.len())
}

/// The value with every default in its place, and a sign that appears in no value for what is not known.
pub(super) fn with_defaults(value: &str) -> String {
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
            Part::Variable(_) => text.push(UNKNOWN),
        }
    }
}

/// Whether text from [`with_defaults`] depends on the environment.
pub(super) fn is_unknown(text: &str) -> bool {
    text.contains(UNKNOWN)
}

/// Where the whole of a value comes from.
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
}
