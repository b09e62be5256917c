//! Reads env files as Compose and dotenv do: quotes, `export`, multi-line values, comments.

use std::ops::Range;

use crate::audit::limit;
use crate::model::steps;

/// One `NAME=value`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry<'t> {
    pub(super) key: &'t str,
    pub(super) key_span: Range<usize>,
    /// The value as it is written, without its quotes.
    pub(super) value: &'t str,
    pub(super) span: Range<usize>,
    pub(super) quote: Option<char>,
}

/// The longest quoted value in bytes; a longer one lacks its closing quote.
const MAX_VALUE: usize = 16 << 10;

/// Returns the entries of `text`, and how many lines are not entries.
pub(super) fn entries(text: &str) -> (Vec<Entry<'_>>, usize) {
    let mut reader = Reader {
        text,
        at: text.len() - text.trim_start_matches('\u{feff}').len(),
    };
    let (mut entries, mut others) = (Vec::new(), 0);
    while reader.at < text.len() {
        let line = reader.line();
        steps::look_at(line.len());
        let bare = text[line.clone()].trim();
        let is_blank = bare.is_empty() || bare.starts_with('#');
        match reader.entry(line.clone()) {
            Some(entry) if !is_blank => entries.push(entry),
            _ => {
                others += usize::from(!is_blank);
                reader.at = line.end;
            }
        }
        reader.pass_line();
    }
    (entries, others)
}

/// Returns the entries of a text in raw format: values are all that follows the sign, including quotes and comments.
pub(super) fn raw(text: &str) -> Vec<Entry<'_>> {
    let mut at = 0;
    let lines = text.split_inclusive('\n').filter_map(|line| {
        let start = at;
        at += line.len();
        let line = line.trim_end_matches(['\n', '\r']);
        let (written, value) = line.split_once('=')?;
        let key = written.trim_start();
        let key_start = start + written.len() - key.len();
        let value_start = start + written.len() + 1;
        (!key.is_empty() && !key.starts_with('#')).then(|| Entry {
            key,
            key_span: key_start..key_start + key.len(),
            value,
            span: value_start..value_start + value.len(),
            quote: None,
        })
    });
    lines.collect()
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Reader<'t> {
    /// Returns the rest of the line, without its end.
    fn line(&self) -> Range<usize> {
        let rest = &self.text[self.at..];
        let length = memchr::memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len());
        let end = self.at + rest[..length].trim_end_matches('\r').len();
        self.at..end
    }

    /// Goes to the start of the next line.
    fn pass_line(&mut self) {
        let rest = &self.text[self.at..];
        self.at += memchr::memchr(b'\n', rest.as_bytes()).map_or(rest.len(), |length| length + 1);
    }

    /// Returns the entry that begins on a line.
    fn entry(&mut self, line: Range<usize>) -> Option<Entry<'t>> {
        let written = &self.text[line.clone()];
        let bare = written.trim_start();
        let unexported = bare
            .strip_prefix("export")
            .filter(|rest| rest.starts_with([' ', '\t']));
        let bare = unexported.map_or(bare, str::trim_start);
        let length =
            bare.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-')))?;
        let key = &bare[..length];
        if !key.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
            return None;
        }
        let after = bare[length..]
            .trim_start_matches([' ', '\t'])
            .strip_prefix('=')?;
        let after = after.trim_start_matches([' ', '\t']);
        let start = line.end - after.len();
        let key_start = line.end - bare.len();
        let quote = after
            .chars()
            .next()
            .filter(|c| matches!(c, '"' | '\'' | '`'));
        let closed = quote.and_then(|quote| self.closing(start + 1, quote));
        let (span, quote) = if let (Some(quote), Some(end)) = (quote, closed) {
            self.at = end + 1;
            (start + 1..end, Some(quote))
        } else {
            self.at = line.end;
            (start..start + unquoted(after).len(), None)
        };
        Some(Entry {
            key,
            key_span: key_start..key_start + length,
            value: &self.text[span.clone()],
            span,
            quote,
        })
    }

    /// Returns the position of the quote that closes a value, on this line or one soon after.
    fn closing(&self, start: usize, quote: char) -> Option<usize> {
        let mut escaped = false;
        for (at, byte) in self.text[start..].bytes().enumerate().take(MAX_VALUE) {
            steps::look_at(1);
            match byte {
                b'\\' if quote == '"' => escaped = !escaped,
                byte if byte == quote as u8 && !escaped => return Some(start + at),
                _ => escaped = false,
            }
        }
        if self.text.len() - start > MAX_VALUE {
            limit::reached("a quoted value of more than 16 KiB");
        }
        None
    }
}

/// Cuts an unquoted value where a comment begins.
fn unquoted(text: &str) -> &str {
    if text.starts_with('#') {
        return "";
    }
    let end = [" #", "\t#"]
        .iter()
        .filter_map(|mark| text.find(mark))
        .min();
    text[..end.unwrap_or(text.len())].trim_end()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_every_writing() {
        let check = |text: &str, expected: &[(&str, &str)]| {
            let (entries, _) = entries(text);
            let found: Vec<_> = entries
                .iter()
                .map(|entry| (entry.key, entry.value))
                .collect();
            assert_eq!(found, expected, "{text}");
            for entry in entries {
                assert_eq!(&text[entry.span], entry.value);
                assert_eq!(&text[entry.key_span], entry.key);
            }
        };
        check(
            "A=b\n# B=c\n\nexport C = d # e\r\nD=#x\n",
            &[("A", "b"), ("C", "d"), ("D", "")],
        );
        check(
            "A='b # c' # d\nB=\"e \\\" f\"\nC=`g`",
            &[("A", "b # c"), ("B", "e \\\" f"), ("C", "g")],
        );
        check("A=\"b\nc\"\nD=e", &[("A", "b\nc"), ("D", "e")]);
        check("A=\"b\nB=c", &[("A", "\"b"), ("B", "c")]);
        check("A=it's\nB=x'y\n", &[("A", "it's"), ("B", "x'y")]);
        check("hello\nA\n=b\n1A=b\n", &[]);
        check("\u{feff}A=é\na.b-c=d", &[("A", "é"), ("a.b-c", "d")]);
        check("", &[]);
        assert_eq!(entries("A=b\nhello\n").1, 1);
    }
}
