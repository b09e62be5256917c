//! Splits an instruction into words: at white space, by quotes, or as a JSON list.

use std::ops::Range;

use crate::model::steps;

/// Returns the ranges of `text` between white space that is not in quotes; they include quotes.
pub(super) fn split(text: &str, escape: char) -> Vec<Range<usize>> {
    steps::look_at(text.len());
    let mut words = Vec::new();
    let mut start = None;
    let mut quote = None;
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match quote {
            None if c.is_ascii_whitespace() => {
                words.extend(start.take().map(|start| start..at));
                continue;
            }
            None if matches!(c, '"' | '\'') => quote = Some(c),
            Some(open) if c == open => quote = None,
            _ => {}
        }
        start.get_or_insert(at);
        if c == escape && quote != Some('\'') {
            chars.next();
        }
    }
    words.extend(start.map(|start| start..text.len()));
    words
}

/// Returns the strings of a JSON list that is all of `text`, each with its range inside the quotes.
pub(super) fn json(text: &str) -> Option<Vec<(Range<usize>, String)>> {
    let inner = text.trim_end().strip_suffix(']')?;
    let mut at = inner.find(|c: char| !c.is_ascii_whitespace())?;
    at += inner[at..].starts_with('[').then_some(1)?;
    let mut strings = Vec::new();
    loop {
        at += blank(&inner[at..]);
        if at == inner.len() {
            return (strings.is_empty() || !inner.trim_end().ends_with(',')).then_some(strings);
        }
        let (length, string) = json_string(&inner[at..])?;
        strings.push((at + 1..at + length - 1, string));
        at += length;
        at += blank(&inner[at..]);
        match inner[at..].chars().next() {
            Some(',') => at += 1,
            None => {}
            Some(_) => return None,
        }
    }
}

fn blank(text: &str) -> usize {
    text.len() - text.trim_start().len()
}

/// Returns the quoted string at the start of `text`, and its length with the quotes.
fn json_string(text: &str) -> Option<(usize, String)> {
    let mut chars = text.char_indices();
    chars.next().filter(|(_, c)| *c == '"')?;
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => {
                let string = serde_json::from_str(&text[..=at]).ok()?;
                return Some((at + 1, string));
            }
            '\\' => {
                chars.next();
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_hold_words_together() {
        let check = |text: &str, expected: &[&str]| {
            let words: Vec<_> = split(text, '\\').into_iter().map(|at| &text[at]).collect();
            assert_eq!(words, expected, "{text}");
        };
        check("a  b\tc", &["a", "b", "c"]);
        check("A=\"b c\" D='e f'", &["A=\"b c\"", "D='e f'"]);
        check("a\\ b c", &["a\\ b", "c"]);
        check("'open end", &["'open end"]);
        check("  ", &[]);
    }

    #[test]
    fn lists_are_json() {
        let check = |text: &str, expected: Option<&[&str]>| {
            let found = json(text);
            let found = found.as_ref().map(|strings| {
                let strings = strings.iter();
                strings
                    .map(|(_, string)| string.as_str())
                    .collect::<Vec<_>>()
            });
            assert_eq!(found.as_deref(), expected, "{text}");
        };
        check("[\"a\", \"b c\"]", Some(&["a", "b c"]));
        check(" [ \"a\\\"b\" ] ", Some(&["a\"b"]));
        check("[]", Some(&[]));
        check("['a']", None);
        check("[\"a\" \"b\"]", None);
        check("[\"a\",]", None);
        check("[ -f x ] && y", None);
        check("a", None);
        check("", None);
    }
}
