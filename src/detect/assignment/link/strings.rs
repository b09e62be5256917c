//! Reads strings: on one line, joined from several, or on continued lines.

use std::ops::Range;

use super::Reader;
use crate::detect::assignment::{GAP_LIMIT, VALUE_LIMIT};
use crate::detect::decode::{self, Encoding};

/// Methods that keep the value of the string that they are called on.
const KEEPING: [&[u8]; 15] = [
    b"to_string()",
    b"to_owned()",
    b"into()",
    b"as_bytes()",
    b"encode(",
    b"getBytes(",
    b"toCharArray()",
    b"freeze",
    b"strip()",
    b"trim()",
    b"toByteArray()",
    b"into_bytes()",
    b"to_vec()",
    b"utf8",
    b"decode(",
];

/// Whether a byte before a quotation mark is a string prefix.
fn is_prefix(byte: u8) -> bool {
    matches!(
        byte.to_ascii_lowercase(),
        b'b' | b'r' | b'u' | b'l' | b'f' | b'n' | b'c' | b'@' | b'$'
    )
}

impl Reader<'_> {
    /// Returns whether a string begins here, and skips its prefix.
    pub(in crate::detect) fn is_at_string(&mut self) -> bool {
        match self.rest() {
            [prefix, b'"' | b'\'', ..] if is_prefix(*prefix) => self.at += 1,
            [b'r', b'#', b'"', ..] => self.at += 2,
            [b'#', b'"', ..] => self.at += 1,
            _ => {}
        }
        self.quote().is_some()
    }

    /// Returns whether the string that begins here is within another one.
    pub(in crate::detect) fn is_at_escape(&self) -> bool {
        matches!(self.peek(), Some(b'\\' | b'&'))
    }

    /// Returns a string that is the whole value, together with the strings that are joined to it.
    pub(in crate::detect) fn string(&mut self) -> Option<Range<usize>> {
        if !self.is_at_string() {
            return None;
        }
        if let Some(value) = self.tripled() {
            return Some(value);
        }
        let quote = self.quote()?;
        self.at += quote.len();
        let start = self.at;
        let length = match quote {
            [quote] => match plain_length(self.rest(), *quote) {
                Some(length) => self.with_further_parts(length, *quote),
                None => self.continued(*quote)?,
            },
            quote => escaped_length(self.rest(), quote)?,
        };
        self.at = start + length + quote.len();
        (!self.is_joined()).then_some(start..start + length)
    }

    /// Returns a string between delimiters that only a few languages have: `%q(…)`, `[[…]]`, `''…''`.
    pub(in crate::detect) fn odd_string(&mut self) -> Option<Range<usize>> {
        #[rustfmt::skip]
        const SIGNS: [(&[u8], &[u8]); 19] = [
            (b"%q(", b")"), (b"%q{", b"}"), (b"%q[", b"]"), (b"%Q(", b")"), (b"qq(", b")"), (b"qq{", b"}"), (b"q(", b")"), (b"q{", b"}"), (b"q[", b"]"), (b"qq[", b"]"), (b"q<", b">"), (b"qq<", b">"), (b"q|", b"|"), (b"qq|", b"|"),
            (b"~s(", b")"), (b"[[", b"]]"), (b"{|", b"|}"), (b"``", b"``"), (b"''", b"''"),
        ];
        if !matches!(
            self.peek()?,
            b'%' | b'q' | b'~' | b'[' | b'{' | b'`' | b'\'' | b'R'
        ) {
            return None;
        }
        let rest = self.rest();
        let raw = rest
            .starts_with(b"R\"(")
            .then_some((&b"R\"("[..], &b")\""[..]));
        let signs = SIGNS
            .iter()
            .copied()
            .find(|(opened, _)| rest.starts_with(opened));
        let (opened, closed) = raw.or(signs)?;
        let inner = &rest[opened.len()..rest.len().min(VALUE_LIMIT)];
        let length = memchr::memmem::find(inner, closed)?;
        let value = &inner[..length];
        let is_plain = |byte: &u8| byte.is_ascii_graphic() && !b"\"'`,()[]{}".contains(byte);
        let is_phrase = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b' ';
        let is_value =
            value.len() > 3 && (value.iter().all(is_plain) || value.iter().all(is_phrase));
        let start = self.at + opened.len();
        (is_value && value.trim_ascii().len() == length).then(|| start..start + length)
    }

    /// Returns the only line of a here-document: `<<EOT`.
    pub(in crate::detect) fn here_document(&mut self) -> Option<Range<usize>> {
        const WORD: usize = 24;
        if self.peek() == Some(b'@') {
            return self.here_string();
        }
        let rest = self.rest().strip_prefix(b"<<")?;
        let rest = rest.strip_prefix(b"<").unwrap_or(rest);
        let rest = rest
            .strip_prefix(b"-")
            .or_else(|| rest.strip_prefix(b"~"))
            .unwrap_or(rest);
        let is_quote = |byte: &u8| matches!(byte, b'"' | b'\'');
        let rest = &rest[usize::from(rest.first().is_some_and(is_quote))..];
        let is_word = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte == b'_';
        let length = rest.iter().take(WORD).take_while(is_word).count();
        let (word, rest) = rest.split_at(length);
        let rest = &rest[usize::from(rest.first().is_some_and(is_quote))..];
        let rest = rest.strip_prefix(b";").unwrap_or(rest);
        let rest = rest
            .strip_prefix(b"\r")
            .unwrap_or(rest)
            .strip_prefix(b"\n")?;
        let end = memchr::memchr(b'\n', &rest[..rest.len().min(VALUE_LIMIT)])?;
        let closes = rest[end + 1..].trim_ascii_start().starts_with(word);
        let value = rest[..end].trim_ascii();
        let start = self.text.len() - rest[..].len() + (rest.len() - rest.trim_ascii_start().len());
        (length > 0 && closes && !value.is_empty()).then(|| start..start + value.len())
    }

    /// The only line of a PowerShell here-string, whose delimiters are on the lines around it: `@"` and `"@`, `@'`
    /// and `'@`.
    fn here_string(&mut self) -> Option<Range<usize>> {
        let (end, rest) = match self.rest() {
            [b'@', b'"', rest @ ..] => (b"\"@", rest),
            [b'@', b'\'', rest @ ..] => (b"'@", rest),
            _ => return None,
        };
        // White space may follow the opening delimiter.
        let rest = &rest[rest
            .iter()
            .take(GAP_LIMIT)
            .take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r'))
            .count()..];
        let rest = rest.strip_prefix(b"\n")?;
        self.is_far.set(true);
        let length = memchr::memchr(b'\n', &rest[..rest.len().min(VALUE_LIMIT)])?;
        let closes = rest[length + 1..].starts_with(end);
        let start = self.text.len() - rest.len();
        let line = &rest[..length];
        let value = line.strip_suffix(b"\r").unwrap_or(line);
        (closes && !value.is_empty()).then(|| start..start + value.len())
    }

    /// Returns a string, which may be an Erlang binary: `<<"…">>`.
    pub(in crate::detect) fn binary_string(&mut self) -> Option<Range<usize>> {
        let _ = self.take(b"<<");
        self.is_at_string().then(|| self.string()).flatten()
    }

    /// Returns a word in braces, which are the quotation marks of Tcl and TeX.
    pub(in crate::detect) fn braced(&self) -> Option<Range<usize>> {
        let inner = self.rest().strip_prefix(b"{")?;
        let is_plain = |byte: &&u8| byte.is_ascii_graphic() && !b"{}\"'`,;:".contains(byte);
        let length = inner.iter().take(VALUE_LIMIT).take_while(is_plain).count();
        let start = self.at + 1;
        (length > 3 && inner.get(length) == Some(&b'}')).then(|| start..start + length)
    }

    /// Returns the string at index `place` of a comma-separated list.
    pub(in crate::detect) fn nth_string(&mut self, place: usize) -> Option<Range<usize>> {
        let mut value = self.string()?;
        for _ in 0..place {
            if !self.take(b",") {
                return None;
            }
            self.gap();
            value = self.string()?;
        }
        Some(value)
    }

    /// The only line of a triple-quoted string.
    fn tripled(&mut self) -> Option<Range<usize>> {
        let rest = self.rest();
        let quotes = rest.get(..3)?;
        if !matches!(quotes, b"\"\"\"" | b"'''") {
            return None;
        }
        self.is_far.set(true);
        let inner = &rest[3..rest.len().min(VALUE_LIMIT)];
        let inner = &inner[..memchr::memmem::find(inner, quotes)?];
        let own = inner.strip_prefix(b"\\").unwrap_or(inner);
        let value = own.trim_ascii();
        let lead = inner.len() - own.trim_ascii_start().len();
        if value.is_empty() || value.contains(&b'\n') {
            return None;
        }
        let start = self.at + 3 + lead;
        self.at += 6 + inner.len();
        (!self.is_joined()).then_some(start..start + value.len())
    }

    /// The length of a string with all strings that are joined to it; its first part has the length `first`.
    fn with_further_parts(&self, first: usize, quote: u8) -> usize {
        let rest = self.rest();
        let mut length = first;
        while let Some((joint, has_sign)) = decode::joint(&rest[length..]) {
            self.is_far.set(true);
            let next = length + joint;
            let Some(more) = plain_length(&rest[next..], quote) else {
                break;
            };
            let end = next + more;
            if end > VALUE_LIMIT || !has_sign && begins_another(&rest[length..], joint, more) {
                break;
            }
            length = end;
            self.parts.set(Some(Encoding::Join));
        }
        length
    }

    /// The number of bytes before an unescaped `quote`, on lines that each end with `\`.
    fn continued(&self, quote: u8) -> Option<usize> {
        let rest = self.rest();
        let line = memchr::memchr(b'\n', &rest[..rest.len().min(VALUE_LIMIT)])?;
        let own = &rest[..line];
        if !own.strip_suffix(b"\r").unwrap_or(own).ends_with(b"\\") {
            return None;
        }
        self.is_far.set(true);
        let length = continued_length(rest, quote)?;
        self.parts.set(Some(Encoding::Lines));
        Some(length)
    }

    /// Whether a quoted string is only a part of the value: something is added to it, or a method is called on it.
    fn is_joined(&mut self) -> bool {
        let end = self.at;
        self.gap();
        match self.peek() {
            // The end of template code does not join anything: `%>`, `%}`.
            Some(b'%') => !matches!(self.text.get(self.at + 1), Some(b'>' | b'}')),
            Some(b'+') => true,
            Some(b'.') => {
                let behind = &self.text[self.at + 1..];
                let keeps_it = KEEPING.iter().any(|name| behind.starts_with(name));
                // After a space, it is another argument in a template: `default "…" .Values.password`.
                !keeps_it && self.at == end && behind.first().is_some_and(u8::is_ascii_alphabetic)
            }
            _ => false,
        }
    }
}

/// Whether the string after a joint that is only a line break is not a further part: it is at the beginning of its
/// line, is a key with a value, or is what a block of Ruby or Elixir returns: `"#{key}:#{secret}"`.
fn begins_another(text: &[u8], joint: usize, more: usize) -> bool {
    let is_outset = text[..joint - 1].ends_with(b"\n");
    let behind = &text[joint + more + 1..];
    let space = behind.iter().take(GAP_LIMIT);
    let space = space
        .take_while(|byte| matches!(byte, b' ' | b'\t'))
        .count();
    let own = &text[joint..joint + more];
    is_outset
        || memchr::memmem::find(own, b"#{").is_some()
        || matches!(behind.get(space), Some(b':' | b'='))
}

/// The number of bytes before an unescaped `quote` on the same line.
fn plain_length(text: &[u8], quote: u8) -> Option<usize> {
    let mut is_escaped = false;
    for (length, &byte) in text.iter().take(VALUE_LIMIT).enumerate() {
        match byte {
            b'\n' | b'\r' => return None,
            b'\\' => is_escaped = !is_escaped,
            _ if byte == quote && !is_escaped => return Some(length),
            _ => is_escaped = false,
        }
    }
    None
}

/// The same on lines that each end with `\`.
fn continued_length(text: &[u8], quote: u8) -> Option<usize> {
    let mut at = 0;
    while at < VALUE_LIMIT {
        match text.get(at..)? {
            [b'\\', b'\r', b'\n', ..] => at += 3,
            [b'\\', _, ..] => at += 2,
            [b'\n' | b'\r', ..] => return None,
            [byte, ..] if *byte == quote => return Some(at),
            _ => at += 1,
        }
    }
    None
}

/// The number of bytes before `quote`, which is itself escaped, on the same line; no other escapes are expected.
fn escaped_length(text: &[u8], quote: &[u8]) -> Option<usize> {
    let text = &text[..text.len().min(VALUE_LIMIT)];
    let length = memchr::memmem::find(text, quote)?;
    (!text[..length].contains(&b'\n')).then_some(length)
}
