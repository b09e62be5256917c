//! Texts within a text, for code that searches for known values: everything encoded in it, at any depth, and strings
//! that are concatenated from several.

use std::ops::Range;

use crate::detect::decode::{self, DEPTH, Encoding};

/// How many bytes around the joint of two strings are read.
const AROUND: usize = 160;

/// The most joints near each other that are removed at once.
const MAX_JOINTS: usize = 256;

/// The search for the beginning of digits does not go back over shorter lines: wrapped encodings have long ones.
const LINE: usize = 20;

/// The bytes that values consist of, in every form they are searched for.
pub struct Alphabet([bool; 256]);

impl Alphabet {
    /// Returns the set of bytes that occur in any of `strings`.
    pub fn of<'s>(strings: impl IntoIterator<Item = &'s [u8]>) -> Self {
        let mut bytes = [false; 256];
        for byte in strings.into_iter().flatten() {
            bytes[usize::from(*byte)] = true;
        }
        Self(bytes)
    }

    fn has(&self, byte: u8) -> bool {
        self.0[usize::from(byte)]
    }

    /// Returns where in `text` a value concatenated from several strings may begin that continues at `at`: only bytes
    /// of values and joints precede it.
    fn begin(&self, text: &[u8], at: usize) -> usize {
        let least = at.saturating_sub(AROUND);
        let count = |end: usize, is: &dyn Fn(u8) -> bool| {
            let before = text[least..end].iter().rev();
            before.take_while(|byte| is(**byte)).count()
        };
        let mut start = at;
        loop {
            start -= count(start, &|byte| self.has(byte));
            let end = start;
            start -= count(end, &is_of_joint);
            if !has_joint(text, start..end) {
                return end;
            }
        }
    }

    /// Returns where in `text` the first joint after `at` may end, if a value continues there.
    fn end(&self, text: &[u8], at: usize) -> usize {
        let near = &text[at..text.len().min(at + AROUND)];
        let own = near.iter().take_while(|byte| self.has(**byte)).count();
        let joint = near[own..].iter().take_while(|byte| is_of_joint(**byte));
        at + own + joint.count()
    }
}

/// Where an inner text is in the outer one.
#[derive(Debug)]
pub struct InnerRange {
    range: Range<usize>,
    /// If it is concatenated from several strings: where each begins in the inner text, and in the outer one.
    pieces: Vec<(usize, usize)>,
}

impl InnerRange {
    /// Returns where in the outer text the bytes at `said` of the inner text are; `None` if the outer text contains
    /// them unchanged.
    #[must_use]
    pub fn of(&self, said: &Range<usize>) -> Option<Range<usize>> {
        if self.pieces.is_empty() {
            return Some(self.range.clone());
        }
        let piece = |at: usize| {
            let behind = self.pieces.partition_point(|piece| piece.0 <= at);
            self.pieces.get(behind.checked_sub(1)?)
        };
        let last = said.end.checked_sub(1)?;
        let (from, to) = (piece(said.start)?, piece(last)?);
        (from != to).then(|| from.1 + said.start - from.0..to.1 + last - to.0 + 1)
    }
}

/// Takes the content of an inner text, the encodings, outermost first, and where it is.
type Visit<'v> = dyn FnMut(&[u8], &[&'static str], &InnerRange) + 'v;

/// Calls `visit` with every text that is encoded in `text` where `part` is, or is concatenated from strings there and
/// may contain values of this alphabet. `visit` gets the content, the encodings, outermost first, and the place in
/// `text`.
pub fn inner_texts(text: &[u8], part: &Range<usize>, alphabet: &Alphabet, visit: &mut Visit<'_>) {
    let part = part.start..part.end.min(text.len());
    let start = begin(text, part.start).saturating_sub(decode::LOOK_BACK);
    let reach = start..text.len().min(part.end + decode::RUN);
    let mut starts = Vec::new();
    decode::find(text, &reach, |at| starts.push(at));
    for at in starts {
        let encoded = decode::encoded_at(text, at);
        if let Some((encoding, range)) = encoded.filter(|(_, range)| range.end >= part.start) {
            let bytes = encoding.decode(&text[range.clone()]).bytes;
            let place = InnerRange {
                range,
                pieces: Vec::new(),
            };
            within(&bytes, &mut vec![encoding.name()], &place, visit);
            // PowerShell takes commands in two-byte units.
            if encoding == Encoding::Base64 && decode::is_utf16(&bytes) {
                let bytes = Encoding::Utf16.decode(&bytes).bytes;
                let mut names = vec![encoding.name(), Encoding::Utf16.name()];
                within(&bytes, &mut names, &place, visit);
            }
        }
    }
    // A value that continues in the part may be there only on the other side of a joint.
    let near = alphabet.begin(text, part.start)..alphabet.end(text, part.end);
    joined(text, &near, visit);
}

/// Returns where something encoded may begin that continues at `at`: at the start of the word there, or in the lines
/// above if they consist only of digits.
fn begin(text: &[u8], at: usize) -> usize {
    let least = at.saturating_sub(decode::LIMIT);
    let is_end = |byte: &u8| {
        matches!(
            byte,
            b' ' | b'\t' | b'"' | b'\'' | b'`' | b'<' | b'>' | b'('
        )
    };
    let (mut start, mut end) = (at, at);
    while end > least {
        let line = memchr::memrchr(b'\n', &text[least..end]).map_or(least, |line| least + line + 1);
        let digits = text[line..end].trim_ascii();
        if let Some(within) = digits.iter().rposition(is_end) {
            let offset = text[line..end].len() - text[line..end].trim_ascii_start().len();
            // In a line above, the digits may begin as the value of a name.
            return if end == at || digits.len() - within > LINE {
                line + offset + within
            } else {
                start
            };
        }
        if end != at && digits.len() < LINE {
            return start;
        }
        start = line;
        end = line.saturating_sub(1);
    }
    start.max(least)
}

/// Visits a decoded text, and everything encoded in it.
fn within(bytes: &[u8], names: &mut Vec<&'static str>, place: &InnerRange, visit: &mut Visit<'_>) {
    visit(bytes, names, place);
    if names.len() >= DEPTH {
        return;
    }
    let mut starts = Vec::new();
    decode::find(bytes, &(0..bytes.len()), |at| starts.push(at));
    for at in starts {
        if let Some((encoding, inner)) = decode::encoded_at(bytes, at) {
            let decoded = encoding.decode(&bytes[inner]).bytes;
            names.push(encoding.name());
            within(&decoded, names, place, visit);
            names.pop();
        }
    }
}

/// Visits the result of concatenating strings, as in `"one" + "two"`, and of lines continued with `\`.
fn joined(text: &[u8], part: &Range<usize>, visit: &mut Visit<'_>) {
    let mut at = part.start;
    while let Some(found) = next_joint(text, at..part.end) {
        let start = found.start.saturating_sub(AROUND);
        let mut said = text[start..found.start].to_vec();
        let mut pieces = vec![(0, start)];
        let mut end = found.end;
        for _ in 0..MAX_JOINTS {
            pieces.push((said.len(), end));
            let near = end..text.len().min(end + AROUND);
            let Some(joint) = next_joint(text, near) else {
                break;
            };
            said.extend_from_slice(&text[end..joint.start]);
            end = joint.end;
        }
        let rest = text.len().min(end + AROUND);
        pieces.push((said.len(), end));
        said.extend_from_slice(&text[end..rest]);
        let place = InnerRange {
            range: start..rest,
            pieces,
        };
        visit(&said, &[Encoding::Join.name()], &place);
        at = end;
    }
}

/// By byte: whether it may follow the character that a joint begins with.
const JOINS: [bool; 256] = {
    let mut joins = [false; 256];
    let mut at = 0;
    let all = b" \t\n\r\x0c+.&_\\";
    while at < all.len() {
        joins[all[at] as usize] = true;
        at += 1;
    }
    joins
};

/// Whether a byte may be part of a joint.
fn is_of_joint(byte: u8) -> bool {
    JOINS[usize::from(byte)] || matches!(byte, b'"' | b'\'')
}

/// Whether a joint begins in a part.
fn has_joint(text: &[u8], part: Range<usize>) -> bool {
    next_joint(text, part).is_some()
}

/// Returns the next place in `part` where two strings are joined or a line is continued.
fn next_joint(text: &[u8], part: Range<usize>) -> Option<Range<usize>> {
    let near = text.get(part.start..text.len().min(part.end))?;
    let marks = memchr::memchr3_iter(b'"', b'\'', b'\\', near);
    marks
        .map(|at| part.start + at)
        .find_map(|at| joint_at(text, at))
}

/// Returns the joint that begins at `at`, if one does.
fn joint_at(text: &[u8], at: usize) -> Option<Range<usize>> {
    let rest = text.get(at..)?;
    let [mark @ (b'"' | b'\'' | b'\\'), next, ..] = *rest else {
        return None;
    };
    // One in a hundred of these characters begins a joint.
    if !JOINS[usize::from(next)] {
        return None;
    }
    if mark != b'\\' {
        return decode::joint(rest).map(|(length, _)| at..at + length);
    }
    // The indentation of the next line belongs to the joint.
    let line = [&b"\\\n"[..], b"\\\r\n"]
        .into_iter()
        .find(|end| rest.starts_with(end))?;
    let blank = rest[line.len()..].iter().take(AROUND);
    let blank = blank
        .take_while(|byte| matches!(byte, b' ' | b'\t'))
        .count();
    Some(at..at + line.len() + blank)
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    fn says(text: &str) -> Vec<(String, Vec<&'static str>)> {
        let mut found = Vec::new();
        let alphabet = Alphabet::of([text.as_bytes()]);
        let part = 0..text.len();
        inner_texts(text.as_bytes(), &part, &alphabet, &mut |bytes, names, _| {
            found.push((String::from_utf8_lossy(bytes).into_owned(), names.to_vec()));
        });
        found
    }

    #[test]
    fn texts_are_found_in_texts_however_deep() {
        let once = STANDARD.encode("password: one two three four");
        let twice = STANDARD.encode(format!("data: {once} and more of it"));
        let found = says(&format!("value: {twice}\n"));
        let is_inner =
            |it: &(String, Vec<_>)| it.0.contains("one two three") && it.1 == ["base64", "base64"];
        assert!(found.iter().any(is_inner), "{found:?}");
    }

    #[test]
    fn joints_are_found_from_any_place_within_a_value() {
        let text = "call(abc, \"se\" + \"cr\" +\n   \"et\", next)";
        let alphabet = Alphabet::of([&b"secret"[..]]);
        let visits = |at: usize| {
            let mut visits = false;
            let part = at..at + 1;
            inner_texts(text.as_bytes(), &part, &alphabet, &mut |bytes, _, _| {
                visits |= bytes.windows(6).any(|said| said == b"secret");
            });
            visits
        };
        let (start, end) = (text.find("se\"").unwrap(), text.find("et\"").unwrap() + 2);
        assert!((start..end).all(visits));
        assert!(!visits(0) && !visits(text.len() - 1));
    }

    #[test]
    fn strings_are_put_together() {
        for text in [
            "x = \"first-\" + \"second\"",
            "x = 'first-' .\n  'second'",
            "X=first-\\\n  second",
        ] {
            let found = says(text);
            assert!(
                found.iter().any(|it| it.0.contains("first-second")),
                "{text}: {found:?}"
            );
        }
        assert!(says("\"a\", \"b\"").is_empty());
    }
}
