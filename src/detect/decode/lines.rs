//! Digits that continue over line breaks, as in mail, PEM and YAML block scalars.

/// The most bytes of white space before the digits of a line.
const INDENT: usize = 64;

/// The longest line of digits that another one may continue, in bytes.
const LONGEST: usize = 200;

/// The properties of a text of digits.
pub(super) struct Digits {
    pub(super) is_digit: fn(u8) -> bool,
    /// How many digits encode a whole number of bytes: a line that is continued has a multiple of them.
    pub(super) group: usize,
    /// The fewest digits in a line that is continued.
    pub(super) least: usize,
}

impl Digits {
    fn run(&self, text: &[u8]) -> usize {
        text.iter()
            .take_while(|byte| (self.is_digit)(**byte))
            .count()
    }

    /// Returns where the digits that begin at `start` end, on that line or a later one.
    pub(super) fn end(&self, text: &[u8], start: usize) -> usize {
        let mut at = start;
        loop {
            let length = self.run(&text[at..]);
            match self.next(text, at, length) {
                Some(next) => at = next,
                None => return at + length,
            }
        }
    }

    /// Returns where the digits continue after the line of them at `at`.
    fn next(&self, text: &[u8], at: usize, length: usize) -> Option<usize> {
        if !self.may_go_on(length) {
            return None;
        }
        let rest = &text[at + length..];
        let line_end = match rest {
            [b'\n', ..] => 1,
            [b'\r', b'\n', ..] => 2,
            _ => return None,
        };
        let indent = indent(&rest[line_end..]);
        let next = at + length + line_end + indent;
        let same = indent_before(text, at)? == indent;
        let following = self.run(&text[next..(next + length + 1).min(text.len())]);
        // A word below is just a word, and not the end of the digits.
        let is_end = following == length
            || matches!(
                text.get(next + following),
                None | Some(b'\n' | b'\r' | b'=')
            );
        (same && following > 0 && following <= length && is_end).then_some(next)
    }

    fn may_go_on(&self, length: usize) -> bool {
        (self.least..=LONGEST).contains(&length) && length.is_multiple_of(self.group)
    }

    /// Returns whether the digits at `at` continue those of the line before.
    pub(super) fn continues(&self, text: &[u8], at: usize) -> bool {
        let Some(indent) = indent_before(text, at) else {
            return false;
        };
        let Some(above) = (at - indent).checked_sub(1) else {
            return false;
        };
        let end = above - usize::from(text[..above].ends_with(b"\r"));
        let window = &text[end.saturating_sub(LONGEST + 1)..end];
        let length = window
            .iter()
            .rev()
            .take_while(|byte| (self.is_digit)(**byte))
            .count();
        self.next(text, end - length, length) == Some(at)
    }
}

/// Returns how far the digits at `at` are indented; `None` if something else precedes them on their line.
fn indent_before(text: &[u8], at: usize) -> Option<usize> {
    let before = &text[at.saturating_sub(INDENT + 1)..at];
    let indent = before
        .iter()
        .rev()
        .take_while(|byte| is_space(**byte))
        .count();
    let starts = at == indent || before[..before.len() - indent].ends_with(b"\n");
    (starts && indent <= INDENT).then_some(indent)
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

fn indent(text: &[u8]) -> usize {
    text.iter()
        .take(INDENT + 1)
        .take_while(|byte| is_space(**byte))
        .count()
}
