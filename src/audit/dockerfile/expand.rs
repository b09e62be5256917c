//! Expands variables in a Dockerfile: `$X`, `${X:-default}`, `${X:+other}`. Removes quotes and escapes.

use rustc_hash::FxHashMap;

use crate::audit::limit;

/// Stands for what only the build knows.
pub(super) const UNKNOWN: char = '\u{0}';

/// The longest value in bytes; stops a variable that doubles itself again and again.
const MAX_VALUE: usize = 4 << 10;

/// The total size in bytes that the variables of one file may expand to.
const MAX_TOTAL: usize = 4 << 20;

/// How many variables an instruction may see.
const MAX_VARIABLES: usize = 1_000;

/// How deeply defaults may be nested.
const MAX_DEPTH: usize = 8;

/// The variables that an instruction sees.
#[derive(Debug, Clone, Default)]
pub(super) struct Scope {
    /// The value of each, if it is known.
    values: FxHashMap<String, String>,
}

/// Expands variables, and stops if a file asks for too much.
#[derive(Debug)]
pub(super) struct Expander {
    pub(super) escape: char,
    left: usize,
}

impl Scope {
    pub(super) fn set(&mut self, name: &str, value: String) {
        // Stages copy the variables of the stages that they are built on.
        if self.values.len() < MAX_VARIABLES || self.values.contains_key(name) {
            self.values.insert(name.to_owned(), value);
        } else {
            limit::reached(format!("more than {MAX_VARIABLES} variables in a stage"));
        }
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    pub(super) fn forget(&mut self, name: &str) {
        self.values.remove(name);
    }
}

impl Expander {
    pub(super) fn new(escape: char) -> Self {
        Self {
            escape,
            left: MAX_TOTAL,
        }
    }

    /// Returns `word` as the instruction sees it: without quotes and with variables expanded; [`UNKNOWN`] takes the
    /// place of those that are not known.
    pub(super) fn expand(&mut self, word: &str, scope: &Scope) -> String {
        let mut text = String::new();
        self.fill(word, scope, 0, &mut text);
        if text.len() > MAX_VALUE || text.len() > self.left {
            limit::reached(format!(
                "values of more than {} KiB, or of {} MiB in total",
                MAX_VALUE >> 10,
                MAX_TOTAL >> 20
            ));
            return UNKNOWN.to_string();
        }
        self.left -= text.len();
        text
    }

    fn fill(&self, word: &str, scope: &Scope, depth: usize, text: &mut String) {
        let mut quote = None;
        let mut at = 0;
        while let Some(c) = word[at..].chars().next() {
            if text.len() > MAX_VALUE {
                return;
            }
            at += c.len_utf8();
            match (c, quote) {
                ('"' | '\'', None) => quote = Some(c),
                (c, Some(open)) if c == open => quote = None,
                (c, quote) if c == self.escape && quote != Some('\'') => {
                    if let Some(next) = word[at..].chars().next() {
                        // In double quotes, the escape character only affects special characters.
                        if quote == Some('"') && !matches!(next, '"' | '$') && next != self.escape {
                            text.push(c);
                        }
                        text.push(next);
                        at += next.len_utf8();
                    }
                }
                ('$', quote) if quote != Some('\'') => {
                    at += self.variable(&word[at..], scope, depth, text);
                }
                (c, _) => text.push(c),
            }
        }
    }

    /// Expands the variable whose name follows a dollar sign, and returns how many bytes were read.
    fn variable(&self, rest: &str, scope: &Scope, depth: usize, text: &mut String) -> usize {
        let put = |value: Option<&str>, text: &mut String| match value {
            Some(value) => text.push_str(value),
            None => text.push(UNKNOWN),
        };
        if let Some(inner) = rest.strip_prefix('{') {
            let Some(length) = closing(inner) else {
                text.push(UNKNOWN);
                return rest.len();
            };
            let inner = &inner[..length];
            let (name, operator) = inner.split_at(name_length(inner));
            let operator = operator.strip_prefix(':').unwrap_or(operator);
            let value = scope.get(name);
            match operator.as_bytes().first() {
                None | Some(b'?') => put(value, text),
                Some(b'-') if depth < MAX_DEPTH => match value.filter(|value| !value.is_empty()) {
                    Some(value) => text.push_str(value),
                    None => self.fill(&operator[1..], scope, depth + 1, text),
                },
                Some(b'+') if depth < MAX_DEPTH && value.is_some_and(|value| !value.is_empty()) => {
                    self.fill(&operator[1..], scope, depth + 1, text);
                }
                Some(b'-' | b'+') if depth == MAX_DEPTH => {
                    limit::reached(format!("defaults nested more than {MAX_DEPTH} deep"));
                    text.push(UNKNOWN);
                }
                Some(b'+') => {}
                _ => text.push(UNKNOWN),
            }
            return length + 2;
        }
        let length = name_length(rest);
        if length == 0 {
            text.push('$');
        } else {
            put(scope.get(&rest[..length]), text);
        }
        length
    }
}

/// Returns the length of the text before the brace that closes `${`, if that is near enough.
fn closing(inner: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, byte) in inner.bytes().enumerate().take(MAX_VALUE) {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 0 => return Some(at),
            b'}' => depth -= 1,
            _ => {}
        }
    }
    None
}

fn name_length(text: &str) -> usize {
    text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_quotes_and_escapes() {
        let mut scope = Scope::default();
        scope.set("A", "1".to_owned());
        scope.set("E", String::new());
        for (word, expected) in [
            ("$A.${A}", "1.1"),
            ("${X:-d}", "d"),
            ("${A:-d}", "1"),
            ("${E:-d}", "d"),
            ("${X:-${A}}", "1"),
            ("${A:+y}", "y"),
            ("${X:+y}", ""),
            ("$X", "\0"),
            ("${A%x}", "\0"),
            ("\"$A b\"'$A'", "1 b$A"),
            ("\\$A\\\\", "$A\\"),
            ("\"a\\b\\\"\"", "a\\b\""),
            ("a$", "a$"),
            ("${", "\0"),
            ("é$A", "é1"),
        ] {
            let mut expander = Expander::new('\\');
            assert_eq!(expander.expand(word, &scope), expected, "{word}");
        }
    }

    #[test]
    fn variables_that_double_themselves_end() {
        let mut scope = Scope::default();
        let mut expander = Expander::new('\\');
        scope.set("A", "x".to_owned());
        for _ in 0..100 {
            let doubled = expander.expand("$A$A", &scope);
            scope.set("A", doubled);
        }
        assert!(scope.get("A").is_some_and(|value| value.len() <= MAX_VALUE));
    }
}
