//! Line-based configuration of servers: a name and its values on each line.

use std::ops::Range;

use crate::model::steps;

/// One line with a setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::audit) struct Directive {
    /// In lower case.
    pub(in crate::audit) name: String,
    pub(in crate::audit) values: Vec<Word>,
    /// From the name to the last value.
    pub(in crate::audit) span: Range<usize>,
}

/// A word without its quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::audit) struct Word {
    pub(in crate::audit) text: String,
    /// Its range, without quotes.
    pub(in crate::audit) span: Range<usize>,
}

impl Directive {
    /// Returns the first value, or an empty string.
    pub(in crate::audit) fn value(&self) -> &str {
        self.values.first().map_or("", |word| &word.text)
    }
}

/// Returns the lines of `text` with their offsets; `comments` are the characters that begin a comment.
pub(in crate::audit) fn lines<'t>(
    text: &'t str,
    comments: &'t [char],
) -> impl Iterator<Item = (&'t str, usize)> {
    let mut start = text.len() - text.trim_start_matches('\u{feff}').len();
    text[start..].split_inclusive('\n').filter_map(move |line| {
        steps::look_at(line.len());
        let at = start;
        start += line.len();
        let bare = line.trim_start();
        let said = !bare.is_empty() && !bare.starts_with(comments);
        said.then(|| (bare.trim_end(), at + line.len() - bare.len()))
    })
}

/// Returns the words of a line that begins at byte `at` of the file; quotes hold words together, and `comment` ends the
/// line.
pub(in crate::audit) fn words(line: &str, at: usize, comment: Option<char>) -> Vec<Word> {
    let mut words = Vec::new();
    let mut rest = line.char_indices().peekable();
    while let Some((start, c)) = rest.next() {
        if c.is_whitespace() {
            continue;
        }
        if Some(c) == comment {
            break;
        }
        let quote = Some(c).filter(|c| matches!(c, '"' | '\''));
        let from = start + usize::from(quote.is_some());
        let mut end = line.len();
        while let Some((here, c)) = rest.next_if(|(_, c)| quote.is_some() || !c.is_whitespace()) {
            if Some(c) == quote {
                end = here;
                break;
            }
            if c == '\\' && quote == Some('"') {
                rest.next();
            }
        }
        if end == line.len() && quote.is_none() {
            end = rest.peek().map_or(line.len(), |(next, _)| *next);
        }
        let end = end.max(from.min(line.len()));
        words.push(Word {
            text: line.get(from..end).unwrap_or_default().to_owned(),
            span: at + from.min(end)..at + end,
        });
    }
    words
}

/// Returns a name and its values, separated by white space.
pub(in crate::audit) fn spaced(line: &str, at: usize, comment: Option<char>) -> Option<Directive> {
    let mut words = words(line, at, comment);
    let end = words.last()?.span.end;
    let name = words.remove(0);
    Some(Directive {
        name: name.text.to_ascii_lowercase(),
        span: name.span.start..end.max(name.span.end),
        values: words,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_know_their_places() {
        let check = |line: &str, expected: &[&str]| {
            let found = words(line, 0, Some('#'));
            let texts: Vec<_> = found.iter().map(|word| word.text.as_str()).collect();
            assert_eq!(texts, expected, "{line}");
            for word in &found {
                assert_eq!(
                    line.get(word.span.clone()),
                    Some(word.text.as_str()),
                    "{line}"
                );
            }
        };
        check("save 900 1", &["save", "900", "1"]);
        check("a \"b c\" 'd' # e", &["a", "b c", "d"]);
        check("a \"\" é", &["a", "", "é"]);
        check("a \"é", &["a", "é"]);
        check("a \"", &["a", ""]);
        check("  ", &[]);
        check("a\\ b", &["a\\", "b"]);
        check("\"a\\\"b\" c", &["a\\\"b", "c"]);
    }

    #[test]
    fn names_and_values() {
        let check = |found: Option<Directive>, expected: (&str, &str, Range<usize>)| {
            let found = found.unwrap();
            assert_eq!(
                (found.name.as_str(), found.value(), found.span.clone()),
                expected
            );
        };
        check(
            spaced("Bind 1.2.3.4 ::1", 5, None),
            ("bind", "1.2.3.4", 5..21),
        );
        let text = "# a\n\n  b c\r\n;d\ne";
        assert_eq!(
            lines(text, &['#', ';']).collect::<Vec<_>>(),
            [("b c", 7), ("e", 15)]
        );
    }
}
