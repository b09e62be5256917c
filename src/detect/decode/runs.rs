//! Finds where something encoded begins: long runs of digits or escapes whose first bytes decode to text.
//!
//! Whether one begins at a place depends only on the [`LOOK_BACK`] bytes before it and the [`RUN`] bytes from there
//! on. Nearly all text has a space, a quotation mark or a line end among any eight bytes, and checking eight bytes at
//! once for those costs next to nothing.

use std::ops::Range;

use super::{PROBE, RUN, base64, escapes, hex};

/// How many bytes before a place affect whether something encoded begins there.
pub(in crate::detect) const LOOK_BACK: usize = escapes::LONGEST;

/// How many bytes are compared at once.
const BLOCK: usize = 8;

/// The distance between the blocks that are compared: each run contains one of them in full.
const STRIDE: usize = RUN - BLOCK;

/// What begins at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::detect) enum Start {
    Base64,
    Hex,
    Escapes,
}

/// Calls `hit` with every place in `part` of `text` where something encoded begins, in ascending order. All bytes that
/// affect the outcome lie within the part.
pub(in crate::detect) fn find(text: &[u8], part: &Range<usize>, mut hit: impl FnMut(usize)) {
    let mut at = part.start;
    while let Some(block) = text.get(at..part.end).and_then(<[u8]>::first_chunk) {
        // A run also contains one of the block's neighbours.
        if is_dense(*block) && has_dense_neighbour(text, at) {
            at = run(text, part, at, &mut hit);
        } else {
            at += STRIDE;
        }
    }
}

/// Whether no byte is white space, a quotation mark, or any other that precedes the digits in ASCII, nor `_`, which
/// joins the words of a name.
#[inline]
fn is_dense(block: [u8; BLOCK]) -> bool {
    const EACH: u64 = u64::MAX / 255;
    let block = u64::from_le_bytes(block);
    // Subtracting the limit from a smaller byte borrows, which sets the highest bit.
    let less = block.wrapping_sub(EACH * u64::from(b'0')) & !block;
    // The same happens for a byte that is zero.
    let rest = block ^ (EACH * u64::from(b'_'));
    let joins = rest.wrapping_sub(EACH) & !rest;
    (less | joins) & (EACH * 0x80) == 0
}

#[inline]
fn has_dense_neighbour(text: &[u8], at: usize) -> bool {
    let is_dense_at = |at: usize| {
        let block = text.get(at..).and_then(|rest| rest.first_chunk());
        block.is_some_and(|block| is_dense(*block))
    };
    is_dense_at(at + BLOCK) || at.checked_sub(BLOCK).is_some_and(is_dense_at)
}

/// Examines the run around `at`, and returns where to continue.
#[inline(never)]
fn run(text: &[u8], part: &Range<usize>, at: usize, hit: &mut impl FnMut(usize)) -> usize {
    let before = text[part.start..at].iter().rev();
    let start = at - before.take_while(|byte| is_part(**byte)).count();
    let behind = text[at..part.end].iter();
    let end = at + behind.take_while(|byte| is_part(**byte)).count();
    if end - start >= RUN {
        let mut next = part.start;
        let mut look = |at: usize| {
            let is_within = at.saturating_sub(LOOK_BACK) >= part.start && at + RUN <= end;
            if at >= next && is_within && start_at(text, at).is_some() {
                hit(at);
            }
            next = next.max(at + 1);
        };
        look(start);
        for slash in memchr::memchr_iter(b'\\', &text[start..end]) {
            let slash = start + slash;
            look(slash);
            look(slash + 1);
            look(slash + 2);
        }
    }
    // The byte that ends the run is not part of the next one.
    end.max(at) + 1
}

/// By byte: whether it can be part of the beginning of something encoded. Base64 of text rarely contains `+` and `/`,
/// while they are common between words.
const PARTS: [bool; 256] = {
    let mut parts = [false; 256];
    let mut byte = 0;
    while byte < 128u8 {
        parts[byte as usize] = byte.is_ascii_alphanumeric() || byte == b'\\';
        byte += 1;
    }
    parts
};

#[inline]
fn is_part(byte: u8) -> bool {
    PARTS[usize::from(byte)]
}

/// Returns what begins at `at`, if anything does.
pub(in crate::detect) fn start_at(text: &[u8], at: usize) -> Option<Start> {
    let run = text.get(at..at + RUN)?;
    let probe = &run[..PROBE];
    // The first digit determines which encoding it can be, since all must decode to text.
    let (start, is_text): (_, fn(&[u8]) -> bool) = match probe[0] {
        b'\\' => (Start::Escapes, escapes::is_text),
        b'0' | b'2'..=b'7' => (Start::Hex, hex::is_text),
        b'C' | b'D' | b'I'..=b'Z' | b'a'..=b'f' => (Start::Base64, base64::is_text),
        _ => return None,
    };
    let is_whole = || run.iter().all(|byte| is_part(*byte));
    (is_text(probe) && is_whole() && is_apart(start, text, at)).then_some(start)
}

/// Whether what begins at `at` does not continue the text before it.
fn is_apart(start: Start, text: &[u8], at: usize) -> bool {
    let before = &text[at.saturating_sub(LOOK_BACK)..at];
    if start == Start::Escapes {
        return !escapes::ends_with_escape(before);
    }
    let is_letter = |byte: u8| matches!(byte, b'n' | b'r' | b't');
    match *before {
        // An escaped line end, within a string.
        [.., b'\\', letter] if is_letter(letter) => true,
        [.., b'\\'] => !is_letter(text[at]),
        [.., last] => !base64::is_digit(last),
        [] => true,
    }
}

#[cfg(test)]
#[allow(clippy::format_collect, reason = "texts of tests are short")]
mod tests {
    use ::base64::Engine as _;
    use ::base64::engine::general_purpose::STANDARD;
    use proptest::prelude::*;
    use proptest::sample::{Index, select};

    use super::*;

    fn found(text: &[u8], part: &Range<usize>) -> Vec<usize> {
        let mut found = Vec::new();
        find(text, part, |at| found.push(at));
        found
    }

    fn expected(text: &[u8], part: &Range<usize>) -> Vec<usize> {
        let is_within =
            |at: &usize| at.saturating_sub(LOOK_BACK) >= part.start && at + RUN <= part.end;
        let starts = part.clone().filter(is_within);
        starts.filter(|at| start_at(text, *at).is_some()).collect()
    }

    fn text() -> impl Strategy<Value = Vec<u8>> {
        let encoded = STANDARD.encode("lorem = ipsum dolor sit amet");
        let hex: String = "lorem ipsum dolor"
            .bytes()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let escapes: String = "lorem ips"
            .bytes()
            .map(|byte| format!("\\x{byte:02x}"))
            .collect();
        let whole = [encoded, hex, escapes].map(String::into_bytes);
        let small = [
            &b"\\"[..],
            b"n",
            b"\n",
            b" ",
            b"a",
            b"/",
            b".",
            b"=",
            b"0x",
            b"\"",
            b"\\n",
            b"abcdefgh",
        ];
        let piece = prop_oneof![
            2 => select(whole.to_vec()),
            1 => (select(whole.to_vec()), any::<Index>()).prop_map(|(text, at)| text[at.index(text.len())..].to_vec()),
            4 => select(small.map(<[u8]>::to_vec).to_vec()),
        ];
        prop::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn finds_what_asking_everywhere_finds(text in text(), from in any::<Index>(), to in any::<Index>()) {
            let (a, b) = (from.index(text.len() + 1), to.index(text.len() + 1));
            for part in [a.min(b)..a.max(b), 0..text.len()] {
                prop_assert_eq!(found(&text, &part), expected(&text, &part), "{:?}", text.escape_ascii().to_string());
            }
        }
    }

    #[test]
    fn the_property_is_about_something() {
        let encoded = STANDARD.encode("lorem = ipsum dolor sit amet");
        let text = format!("{encoded} {encoded}\\n{encoded}");
        let size = encoded.len();
        assert_eq!(
            found(text.as_bytes(), &(0..text.len())),
            [0, size + 1, 2 * size + 3]
        );
    }
}
