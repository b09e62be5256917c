//! Masks a value to where the program that reads it ends it, not only to where a search did.
//!
//! A value that has a quote, a blank or a backslash in it is written in a way that depends on the language: `'a''b'`,
//! `"a\"b"`, `'a'"'"'b'`, `"a" "b"`. A match that ends at the first such sign would leave the rest of the password on
//! the line. So what is masked is extended as far as the value may go on. That may be more than the value: a
//! harmless word that is masked costs a reader little.

mod line;

use std::ops::Range;

pub(super) use line::Ending;

/// How far before and behind a value its line is read.
const WINDOW: usize = 1024;

/// `parts` of `text`, in ascending order, each to where its value ends.
pub(super) fn to_ends(text: &str, parts: &[Range<usize>], ending: Ending) -> Vec<Range<usize>> {
    let mut done = 0;
    let mut whole = Vec::with_capacity(parts.len());
    for part in parts {
        // What the value before this one was extended over needs no second look.
        let end = if part.end <= done {
            part.end
        } else {
            end_of(text, part, ending)
        };
        done = done.max(end);
        whole.push(part.start..end);
    }
    whole
}

/// Where the value ends of which `part` is a beginning.
fn end_of(text: &str, part: &Range<usize>, ending: Ending) -> usize {
    // A sign that escapes the next one may be the last of what was found.
    let own = &text.as_bytes()[part.clone()];
    let next = text.as_bytes().get(part.end);
    let escapes = own.ends_with(b"\\") || own.ends_with(b"`") && next == Some(&b'"');
    let back = usize::from(escapes && own.len() > 1);
    let Some((before, tail)) = around(text, &(part.start..part.end - back)) else {
        return part.end;
    };
    let around = Around {
        before,
        outer: before,
        tail,
    };
    let end = around.end().max(ending.end(before, tail));
    let mut end = part.end.max(part.end - back + end);
    while !text.is_char_boundary(end) {
        end += 1;
    }
    end
}

/// What is before and behind `part` on its line; `None` where it is on several, or nothing is behind it.
fn around<'t>(text: &'t str, part: &Range<usize>) -> Option<(&'t [u8], &'t [u8])> {
    let bytes = text.as_bytes();
    let (before, own) = (&bytes[..part.start], &bytes[part.clone()]);
    if own.is_empty() || memchr::memchr2(b'\n', b'\r', own).is_some() {
        return None;
    }
    let before = &before[before.len().saturating_sub(WINDOW)..];
    let line = before.iter().rposition(|byte| is_line_end(*byte));
    let before = &before[line.map_or(0, |end| end + 1)..];
    let tail = &bytes[part.end..bytes.len().min(part.end + WINDOW)];
    let tail = &tail[..tail
        .iter()
        .position(|byte| is_line_end(*byte))
        .unwrap_or(tail.len())];
    (!tail.is_empty()).then_some((before, tail))
}

fn is_line_end(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}

fn is_quote(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'' | b'`')
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

/// What ends a word without quotes.
fn ends_word(byte: u8) -> bool {
    is_blank(byte) || b";,)]}>&|<".contains(&byte)
}

/// What is beside a value on its line.
struct Around<'t> {
    before: &'t [u8],
    /// What is before the quote that the value is in.
    outer: &'t [u8],
    tail: &'t [u8],
}

impl Around<'_> {
    /// How much of what is behind the value belongs to it.
    fn end(&self) -> usize {
        if let Some(end) = self.of_raw_string() {
            return end;
        }
        match self.opened() {
            Some(at) => {
                let outer = &self.before[..at];
                Self { outer, ..*self }.of_quoted(self.before[at])
            }
            None if self.goes_on(0) => self.of_word(0),
            None => 0,
        }
    }

    /// Where the quote is that the value is in: right before it, before a user (`"ann:…"`), or before the name of a variable
    /// in a list (`Environment="NAME=…"`).
    fn opened(&self) -> Option<usize> {
        const LISTED: &[&[u8]] = &[
            b"Environment=",
            b"-e ",
            b"--env ",
            b"--env=",
            b"set ",
            b"SET ",
            b"- ",
            b"export ",
        ];
        let last = self.before.len().checked_sub(1)?;
        let sign = self.before[last];
        if is_quote(sign) {
            let before = self.before[..last].last();
            let begins =
                before.is_none_or(|byte| !byte.is_ascii_alphanumeric() && !is_quote(*byte));
            return (begins || self.is_open(sign)).then_some(last);
        }
        let first = self.tail[0];
        if !matches!(sign, b'=' | b':') || !is_blank(first) && !is_quote(first) {
            return None;
        }
        let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"_.@%+-".contains(byte);
        let start = self.before[..last]
            .iter()
            .rposition(|byte| !is_name(byte))?;
        let is_whole = sign == b':'
            || LISTED
                .iter()
                .any(|mark| self.before[..start].ends_with(mark));
        let quote = self.before[start];
        (is_quote(quote) && is_whole && start + 1 < last && first != quote).then_some(start)
    }

    /// Whether a text in such quotes is open around the value and its quotes.
    fn is_open(&self, quote: u8) -> bool {
        memchr::memchr_iter(quote, self.outer).count() % 2 == 1
    }

    /// Rust's, Swift's, R's and C++'s strings without escapes: `#"…"#`, `r"(…)"`; Nix' between two quotes.
    fn of_raw_string(&self) -> Option<usize> {
        let closes: &[u8] = if self.before.ends_with(b"#\"") {
            b"\"#"
        } else if self.before.ends_with(b"r\"(") || self.before.ends_with(b"R\"(") {
            b")\""
        } else if self.before.ends_with(b"''") && !self.before.ends_with(b"'''") {
            return memchr::memmem::find_iter(self.tail, b"''").last();
        } else {
            return None;
        };
        memchr::memmem::find(self.tail, closes)
    }

    /// The end of a value in quotes.
    fn of_quoted(&self, quote: u8) -> usize {
        let run =
            |bytes: &mut dyn Iterator<Item = &u8>| bytes.take_while(|byte| **byte == quote).count();
        let is_escaped = self.before.ends_with(&[b'\\', quote]);
        // `"""…"""`
        if run(&mut self.before.iter().rev()) == 3 {
            let triple = [quote; 3];
            return memchr::memmem::find(self.tail, &triple).unwrap_or(self.tail.len());
        }
        let Some(mut end) = self.closing(0, quote, is_escaped) else {
            return self.tail.len();
        };
        // A quote that is doubled is a part of the text.
        while !is_escaped && run(&mut self.tail[end..].iter()) % 2 == 0 {
            let behind = end + run(&mut self.tail[end..].iter());
            match self.closing(behind, quote, false) {
                Some(next) if self.tail.get(behind).is_some_and(|byte| !ends_word(*byte)) => {
                    end = next;
                }
                _ => return end,
            }
        }
        let end = end + run(&mut self.tail[end..].iter()).saturating_sub(1);
        let behind = end + 1 + usize::from(is_escaped);
        self.of_next(end, behind)
    }

    /// The end of what goes on behind a text in quotes, which ends at `end`; what is `behind` is behind its quote.
    fn of_next(&self, end: usize, behind: usize) -> usize {
        if self.goes_on(behind) {
            return self.of_word(behind);
        }
        let Some(rest) = self.tail.get(behind..) else {
            return end;
        };
        // `'a'#39'b'`
        if let [b'#', digit, ..] = rest
            && digit.is_ascii_digit()
        {
            return self.of_word(behind);
        }
        // `"a" "b"` behind a sign
        let blanks = rest.iter().take_while(|byte| is_blank(**byte)).count();
        let is_assigned = self
            .before
            .iter()
            .rev()
            .skip(1)
            .find(|byte| !is_blank(**byte));
        let is_assigned = is_assigned.is_some_and(|byte| matches!(byte, b'=' | b':' | b'>'));
        match rest.get(blanks..) {
            Some([quote, first, ..]) if blanks > 0 && is_assigned && is_quote(*quote) => {
                let start = behind + blanks + 1;
                let is_text = !self.is_open(*quote) && !matches!(first, b'$' | b',' | b')' | b' ');
                let closing = self.closing(start, *quote, false).filter(|_| is_text);
                closing.map_or(end, |end| self.of_next(end, end + 1))
            }
            _ => end,
        }
    }

    /// Whether a word goes on at `at`: with letters, with an escaped sign, or with a text in quotes.
    fn goes_on(&self, at: usize) -> bool {
        match self.tail.get(at..).unwrap_or_default() {
            [b'\\', quote, ..] if is_quote(*quote) => {
                let closes =
                    memchr::memmem::find_iter(self.outer, &[b'\\', *quote]).count() % 2 == 1;
                !closes && self.tail.len() > at + 2
            }
            // The end of a line in a text, or of one that goes on.
            [b'\\', b'n' | b'r' | b't' | b'u' | b'\\', ..] | [b'\\'] | [] => false,
            [b'\\', _, ..] => true,
            [quote, first, ..] if is_quote(*quote) => {
                let is_text = !ends_word(*first) && !self.is_open(*quote);
                is_text && self.closing(at + 1, *quote, false).is_some()
            }
            [first, ..] => {
                at > 0
                    && (first.is_ascii_alphanumeric()
                        || *first >= 0x80
                        || b"_%!@#^*?~+-".contains(first))
            }
        }
    }

    /// The end of the word that goes on at `at`, with what is in quotes in it, and without a quote at its end.
    fn of_word(&self, mut at: usize) -> usize {
        while let Some(byte) = self.tail.get(at).filter(|byte| !ends_word(**byte)) {
            if !is_quote(*byte) && *byte != b'\\' {
                at += 1;
                continue;
            }
            let is_empty = is_quote(*byte) && self.tail.get(at + 1) == Some(byte);
            if !self.goes_on(at) && !is_empty {
                break;
            }
            let closing = self.closing(at + 1, *byte, false);
            at = closing
                .filter(|_| is_quote(*byte))
                .map_or(at + 2, |end| end + 1);
        }
        let end = at.min(self.tail.len());
        let is_closed = end
            .checked_sub(1)
            .is_some_and(|last| is_quote(self.tail[last]));
        end - usize::from(is_closed)
    }

    /// Where the text in quotes that is open at `from` is closed.
    fn closing(&self, from: usize, quote: u8, is_escaped: bool) -> Option<usize> {
        let mut at = from;
        while let Some(byte) = self.tail.get(at) {
            let next = self.tail.get(at + 1);
            match byte {
                b'\\' if is_escaped && next == Some(&quote) => return Some(at),
                byte if *byte == quote && !is_escaped => return Some(at),
                // PowerShell escapes with a backtick.
                b'\\' if !is_escaped => at += 2,
                b'`' if quote == b'"' && next == Some(&b'"') => at += 2,
                _ => at += 1,
            }
        }
        None
    }
}

#[cfg(test)]
mod tests;
