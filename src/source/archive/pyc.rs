//! Strings in compiled Python modules.
//!
//! Constants follow each other directly, so the last letter of a token is followed by the type byte of the next
//! constant. Each string is preceded by its length. The code between constants differs between Python versions, so it
//! is not parsed: a plausible length followed by that much printable text counts as a string.

use crate::model::Places;

/// Shorter strings hold no credential.
const SHORTEST: usize = 8;
/// The type byte of code, without and with the flag that it may be referred to.
const CODE: [u8; 2] = [b'c', 0xe3];

/// Returns whether `bytes` are a compiled module of any Python version.
pub(super) fn is_pyc(bytes: &[u8]) -> bool {
    // The header holds a magic number and a time; later versions add the size, and then flags.
    let is_code = |at: usize| {
        let is_marked = bytes.get(at).is_some_and(|mark| CODE.contains(mark));
        // The number of arguments, which is 0 for a module.
        is_marked && bytes.get(at + 1..at + 5) == Some(&[0; 4])
    };
    bytes.get(2..4) == Some(b"\r\n") && [8, 12, 16].into_iter().any(is_code)
}

/// Returns the strings of a compiled module, one per line, and where they are.
pub fn constants(bytes: &[u8]) -> (Vec<u8>, Places) {
    let (mut text, mut places) = (Vec::new(), Places::default());
    let mut at = 0;
    while at < bytes.len() {
        let Some((start, end)) = string(bytes, at) else {
            at += 1;
            continue;
        };
        places.push(text.len(), start, 1);
        text.extend_from_slice(&bytes[start..end]);
        text.push(b'\n');
        at = end;
    }
    (text, places)
}

/// Returns where the text of the string whose type byte is at `at` begins and ends.
fn string(bytes: &[u8], at: usize) -> Option<(usize, usize)> {
    // The highest bit says that it may be referred to.
    let (start, length) = match bytes[at] & 0x7f {
        b'z' | b'Z' => (at + 2, usize::from(*bytes.get(at + 1)?)),
        b'a' | b'A' | b'u' | b's' | b't' => {
            let length = bytes.get(at + 1..at + 5)?;
            let length = u32::from_le_bytes(length.try_into().ok()?);
            (at + 5, usize::try_from(length).ok()?)
        }
        _ => return None,
    };
    let end = start.checked_add(length)?;
    let text = bytes
        .get(start..end)
        .filter(|text| text.len() >= SHORTEST)?;
    let is_typed = |byte: &u8| matches!(byte, b'\t' | b'\n' | b'\r' | 0x20..=0x7e | 0x80..);
    text.iter().all(is_typed).then_some((start, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constants_are_cut_where_they_end() {
        let long = "x".repeat(300);
        let mut bytes = b"\xa7\r\r\n\0\0\0\0________\xe3\0\0\0\0\x01\0\0\0".to_vec();
        bytes.extend(b"\xda\x0eabcdefghijklmnZ\x09123456789Na");
        bytes.extend(300_u32.to_le_bytes());
        bytes.extend(long.as_bytes());
        bytes.extend(b"z\xff");
        assert!(is_pyc(&bytes));
        let (text, places) = constants(&bytes);
        assert_eq!(
            text,
            format!("abcdefghijklmn\n123456789\n{long}\n").as_bytes()
        );
        let at = memchr::memmem::find(&bytes, b"12345").unwrap();
        assert_eq!(places.in_file(15), at);
    }

    #[test]
    fn what_is_no_module_is_none() {
        for bytes in [
            &b""[..],
            b"\0\0\r\n",
            b"ab\r\ntext in the manner of Windows\r\n",
        ] {
            assert!(!is_pyc(bytes));
        }
    }
}
