//! Strings in binary data: in ASCII, and in UTF-16LE, as Windows programs hold them.

use crate::model::Places;

/// The least number of characters in a string: no credential with a recognisable format is shorter.
const SHORTEST: usize = 16;

/// Returns the UTF-16LE strings of printable ASCII in `bytes`, one per line. `in_file` is the offset of `bytes` in the
/// file.
///
/// Looks only at every sixteenth byte or so: a string of the minimum length covers a whole pair at one of these places.
pub(super) fn utf16(bytes: &[u8], in_file: usize) -> (Vec<u8>, Places) {
    let (mut text, mut places) = (Vec::new(), Places::default());
    let mut at = 0;
    while at + 3 < bytes.len() {
        let even = is_pair(bytes, at).then_some(at);
        let Some(pair) = even.or_else(|| is_pair(bytes, at + 1).then_some(at + 1)) else {
            at += SHORTEST;
            continue;
        };
        let mut start = pair;
        while start >= 2 && pair - start < 2 * SHORTEST && is_pair(bytes, start - 2) {
            start -= 2;
        }
        let mut end = pair;
        while is_pair(bytes, end) {
            end += 2;
        }
        if end - start >= 2 * SHORTEST {
            places.push(text.len(), in_file + start, 2);
            text.extend(bytes[start..end].iter().step_by(2));
            text.push(b'\n');
        }
        at = end.max(at + SHORTEST);
    }
    (text, places)
}

/// Returns the strings of printable ASCII in `bytes` in the same way, with one byte per character.
pub(super) fn ascii(bytes: &[u8], in_file: usize) -> (Vec<u8>, Places) {
    let (mut text, mut places) = (Vec::new(), Places::default());
    let mut at = SHORTEST - 1;
    while at < bytes.len() {
        if !is_printable(bytes[at]) {
            at += SHORTEST;
            continue;
        }
        let before = bytes[..at].iter().rev();
        let start = at - before.take_while(|byte| is_printable(**byte)).count();
        let behind = bytes[at..].iter();
        let end = at + behind.take_while(|byte| is_printable(**byte)).count();
        if end - start >= SHORTEST {
            places.push(text.len(), in_file + start, 1);
            text.extend(&bytes[start..end]);
            text.push(b'\n');
        }
        at = end.max(at + 1) + SHORTEST - 1;
    }
    (text, places)
}

/// Returns whether a byte may be part of a string.
pub(super) fn is_printable(byte: u8) -> bool {
    matches!(byte, b' '..=b'~' | b'\t')
}

fn is_pair(bytes: &[u8], at: usize) -> bool {
    matches!(
        bytes.get(at..at + 2),
        Some([b' '..=b'~' | b'\t' | b'\r' | b'\n', 0])
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wide(text: &str) -> Vec<u8> {
        text.bytes().flat_map(|byte| [byte, 0]).collect()
    }

    #[test]
    fn strings_of_single_bytes_are_found_wherever_they_begin() {
        for length in [16, 17, 40] {
            let string = "x".repeat(length);
            for before in 0..40 {
                let bytes = [&vec![0xff; before], string.as_bytes(), &[0xff; 9]].concat();
                let (text, places) = ascii(&bytes, 100);
                assert_eq!(text, format!("{string}\n").as_bytes(), "{before}");
                assert_eq!(places.in_file(0), 100 + before);
            }
        }
        assert!(ascii(b"fifteen letters\xff", 0).0.is_empty());
    }

    #[test]
    fn strings_are_found_wherever_they_begin() {
        let string = "sixteen letters!";
        for before in 0..40 {
            let bytes = [vec![0xff; before], wide(string), vec![0xff; 9]].concat();
            let (text, places) = utf16(&bytes, 100);
            assert_eq!(text, format!("{string}\n").as_bytes(), "{before}");
            assert_eq!(places.in_file(3), 100 + before + 6);
        }
    }

    #[test]
    fn several_strings_stand_on_lines_of_their_own() {
        let bytes = [
            wide("this is the first one"),
            vec![1; 5],
            wide("this is the second one"),
        ];
        let (text, places) = utf16(&bytes.concat(), 0);
        assert_eq!(text, b"this is the first one\nthis is the second one\n");
        assert_eq!(places.in_file(22), 42 + 5);
    }

    #[test]
    fn nothing_is_no_string() {
        for bytes in [
            &b""[..],
            b"a",
            b"a\0b",
            &[0; 100],
            &wide("too short"),
            b"plain text that has no zeros",
        ] {
            assert_eq!(utf16(bytes, 0).0, b"");
        }
    }
}
