//! Bytes as hexadecimal digits, which reports are full of.

use std::fmt;

/// The most bytes that are written at once: an object id of SHA-256.
const MOST: usize = 32;

/// Writes up to 32 bytes as two digits each, in one piece: formatting them one by one took a tenth of the time of
/// a report.
pub(super) fn write_hex(bytes: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let digit = |nibble: u8| b"0123456789abcdef"[usize::from(nibble)];
    let mut digits = [0; 2 * MOST];
    for (pair, byte) in digits.as_chunks_mut::<2>().0.iter_mut().zip(bytes) {
        *pair = [digit(byte >> 4), digit(byte & 15)];
    }
    let length = digits.len().min(2 * bytes.len());
    f.write_str(std::str::from_utf8(&digits[..length]).map_err(|_| fmt::Error)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_byte_is_two_digits() {
        struct All(Vec<u8>);
        impl fmt::Display for All {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.chunks(MOST).try_for_each(|part| write_hex(part, f))
            }
        }
        let all = All((0..=u8::MAX).collect());
        let expected = all.0.iter().map(|byte| format!("{byte:02x}"));
        assert_eq!(all.to_string(), expected.collect::<Vec<_>>().concat());
        assert_eq!(All(Vec::new()).to_string(), "");
    }
}
