//! Makes scanned text safe to show.
//!
//! Paths, author names and source lines are chosen by the authors of the repository. Raw, they could move the cursor,
//! recolour a verdict, or reorder and hide text; so whatever is not plainly visible is written as an escape.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io;

/// Marks where text is inserted later. A noncharacter, so [`escaped`] text never contains it.
pub(super) const PLACEHOLDER: char = '\u{fdd0}';

/// Returns whether a terminal or a viewer would act on `c`, or show nothing, rather than show it.
///
/// Covers control characters, bidirectional marks, zero-width characters and fillers, line separators, tags and
/// noncharacters. Combining marks and the emoji variation selectors stay: languages need them.
pub(super) fn is_hostile(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
            | '\u{fdd0}'..='\u{fdef}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// Appends one character, escaped if it must be: `\n`, `\u{202e}`.
pub(super) fn push_escaped(text: &mut String, c: char) {
    match c {
        '\n' => text.push_str("\\n"),
        '\r' => text.push_str("\\r"),
        '\t' => text.push_str("\\t"),
        c if is_hostile(c) => {
            // Writing to a String cannot fail.
            let _ = write!(text, "\\u{{{:x}}}", u32::from(c));
        }
        c => text.push(c),
    }
}

/// `text` on one line, with nothing in it that a terminal would act on.
pub(super) fn escaped(text: &str) -> Cow<'_, str> {
    if !text.contains(is_hostile) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    text.chars().for_each(|c| push_escaped(&mut safe, c));
    Cow::Owned(safe)
}

/// `text` on one line, with nothing in it that a terminal would act on; for what is printed without a report.
pub fn visible(text: &str) -> Cow<'_, str> {
    escaped(text)
}

/// Returns the same, but keeps tabs and line ends.
pub fn visible_lines(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let is_line_end = c == '\n' || (c == '\r' && chars.peek() == Some(&'\n'));
        if is_line_end || c == '\t' {
            safe.push(c);
        } else {
            push_escaped(&mut safe, c);
        }
    }
    safe
}

/// Passes JSON on with invisible characters as `\u` escapes.
///
/// JSON itself only escapes what is below a space, yet reports end up in terminals and logs. Such characters can only
/// occur in strings, where the escape means the same. Expects whole characters at a time, as `serde_json` writes them,
/// and buffers them until there are many or it is flushed: most writes are a few bytes.
pub(super) struct VisibleJson<W> {
    out: W,
    pending: Vec<u8>,
}

/// How many bytes are buffered before they are passed on.
const MANY: usize = 32 << 10;

impl<W: io::Write> VisibleJson<W> {
    /// Passes on to `out`.
    pub(super) fn new(out: W) -> Self {
        let pending = Vec::new();
        Self { out, pending }
    }

    fn pass_on(&mut self) -> io::Result<()> {
        let mut pending = std::mem::take(&mut self.pending);
        let result = self.escaped(&pending);
        pending.clear();
        self.pending = pending;
        result
    }

    fn escaped(&mut self, buffer: &[u8]) -> io::Result<()> {
        if buffer.is_ascii() && !buffer.contains(&0x7f) {
            return self.out.write_all(buffer);
        }
        let text = std::str::from_utf8(buffer)
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
        let mut rest = text;
        while let Some(at) = rest.find(|c| c >= '\u{7f}' && is_hostile(c)) {
            self.out.write_all(&rest.as_bytes()[..at])?;
            let mut chars = rest[at..].chars();
            for unit in chars.next().unwrap_or_default().encode_utf16(&mut [0; 2]) {
                write!(self.out, "\\u{unit:04x}")?;
            }
            rest = chars.as_str();
        }
        self.out.write_all(rest.as_bytes())
    }
}

impl<W: io::Write> io::Write for VisibleJson<W> {
    #[inline]
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.write_all(buffer)?;
        Ok(buffer.len())
    }

    #[inline]
    fn write_all(&mut self, buffer: &[u8]) -> io::Result<()> {
        self.pending.extend_from_slice(buffer);
        if self.pending.len() < MANY {
            return Ok(());
        }
        self.pass_on()
    }

    fn flush(&mut self) -> io::Result<()> {
        self.pass_on()?;
        self.out.flush()
    }
}

/// Returns JSON in which invisible characters are written as `\u` escapes.
pub(crate) fn visible_json(json: &str) -> String {
    let mut safe = Vec::with_capacity(json.len());
    let mut out = VisibleJson::new(&mut safe);
    // Writing to memory fails only for bytes that are no text.
    let written = io::Write::write_all(&mut out, json.as_bytes());
    let _ = written.and_then(|()| io::Write::flush(&mut out));
    String::from_utf8(safe).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_invisible_is_written_out() {
        assert_eq!(
            escaped("Zoë/naïve 日本 ❤\u{fe0f}"),
            "Zoë/naïve 日本 ❤\u{fe0f}"
        );
        assert_eq!(
            escaped("a\x1b[31m\u{202e}b\u{200d}\n\u{e0041}\u{9b}"),
            "a\\u{1b}[31m\\u{202e}b\\u{200d}\\n\\u{e0041}\\u{9b}"
        );
        assert!(is_hostile(PLACEHOLDER));
    }

    #[test]
    fn json_keeps_its_meaning() {
        let hostile = "é \u{202e}\u{7f}\u{e0041}\u{1b}\n";
        let mut written = Vec::new();
        let mut visible = VisibleJson::new(&mut written);
        serde_json::to_writer(&mut visible, hostile).unwrap();
        io::Write::flush(&mut visible).unwrap();
        let written = String::from_utf8(written).unwrap();
        assert_eq!(written, r#""é \u202e\u007f\udb40\udc41\u001b\n""#);
        assert_eq!(serde_json::from_str::<String>(&written).unwrap(), hostile);
    }
}
