//! Passwords that a program scrambles with a constant of its own, which everyone who has the program has.

use super::Outcome;
use super::encoding::{ascii, base64, fact};
use super::filler::is_filler;

/// The byte that `WebSphere` combines each character with.
const XOR: u8 = b'_';

/// Judges `{xor}…`, `OBF:…`, `$9$…` and what is base64 or hex of encrypted bytes, or of text.
pub(super) fn check(secret: &[u8]) -> Outcome {
    let Some(text) = ascii(secret) else {
        return Outcome::Disproved;
    };
    let is_right = if let Some(rest) = text.strip_prefix("{xor}") {
        let decoded = base64(rest.as_bytes()).unwrap_or_default();
        !decoded.is_empty() && decoded.iter().all(|byte| (byte ^ XOR).is_ascii_graphic())
    } else if let Some(rest) = text.strip_prefix("OBF:") {
        // Four digits of base 36 for each character.
        rest.len() >= 8
            && rest.len() % 4 == 0
            && rest.bytes().all(|byte| byte.is_ascii_alphanumeric())
    } else if let Some(rest) = text.strip_prefix("$9$") {
        let is_digit =
            |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'/');
        rest.len() >= 6 && rest.bytes().all(is_digit)
    } else {
        let is_hex = text.len() >= 8
            && text
                .bytes()
                .all(|byte| byte.is_ascii_hexdigit() || byte == b',');
        (is_hex || base64(secret).is_some_and(|bytes| bytes.len() >= 4)) && !is_filler(secret)
    };
    if is_right {
        Outcome::Plausible(vec![fact("obfuscated", "yes")])
    } else {
        Outcome::Disproved
    }
}

/// A password of an answer file of Windows: as it is, or in base64 of units of two bytes, with the name of its element
/// behind it.
pub(super) fn check_answer_file(secret: &[u8]) -> Outcome {
    let is_wide = |bytes: Vec<u8>| {
        let mut units = bytes.chunks_exact(2);
        bytes.len() >= 8
            && bytes.len().is_multiple_of(2)
            && units.all(|unit| unit[0].is_ascii_graphic() && unit[1] == 0)
    };
    if memchr::memmem::find(secret, b"SENSITIVE").is_some() || is_filler(secret) {
        Outcome::Disproved
    } else if base64(secret).is_some_and(is_wide) {
        Outcome::Plausible(vec![fact("obfuscated", "yes")])
    } else {
        Outcome::Plausible(Vec::new())
    }
}

#[cfg(test)]
mod tests {
    use super::super::encoding::to_base64;
    use super::*;

    fn is_obfuscated(outcome: &Outcome) -> bool {
        *outcome == Outcome::Plausible(vec![fact("obfuscated", "yes")])
    }

    #[test]
    fn forms_of_programs_are_known() {
        let scrambled: Vec<u8> = b"a word".iter().map(|byte| byte ^ XOR).collect();
        let spaced: Vec<u8> = b"aWord1".iter().map(|byte| byte ^ XOR).collect();
        assert!(!is_obfuscated(&check(
            format!("{{xor}}{}", to_base64(&scrambled)).as_bytes()
        )));
        assert!(is_obfuscated(&check(
            format!("{{xor}}{}", to_base64(&spaced)).as_bytes()
        )));
        assert!(is_obfuscated(&check(b"OBF:1v2j1uum")));
        assert!(is_obfuscated(&check(b"$9$LbHX-wg4Z")));
        for other in [&b"{xor}!"[..], b"OBF:1", b"$9$", b"a b", b""] {
            assert_eq!(check(other), Outcome::Disproved);
        }
    }

    #[test]
    fn answer_files_have_units_of_two_bytes() {
        let wide: Vec<u8> = "aWordPassword"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        assert!(is_obfuscated(&check_answer_file(
            to_base64(&wide).as_bytes()
        )));
        assert_eq!(check_answer_file(b"aWord1"), Outcome::Plausible(Vec::new()));
        assert_eq!(
            check_answer_file(b"*SENSITIVE*DATA*DELETED*"),
            Outcome::Disproved
        );
    }
}
