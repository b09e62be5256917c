//! Passwords that a program obfuscates with a constant, which everyone who has the program knows.

use super::Outcome;
use super::encoding::{ascii, base64, fact};
use super::filler::is_filler;

/// The byte that `WebSphere` combines with each character by exclusive or.
const XOR: u8 = b'_';

/// Judges `{xor}…`, `OBF:…`, `$9$…`, and base64 or hex of encrypted bytes or of text.
pub(super) fn check(secret: &[u8]) -> Outcome {
    let Some(text) = ascii(secret) else {
        return Outcome::Disproved;
    };
    let is_right = if let Some(rest) = text.strip_prefix("{xor}") {
        let decoded = base64(rest.as_bytes()).unwrap_or_default();
        !decoded.is_empty() && decoded.iter().all(|byte| (byte ^ XOR).is_ascii_graphic())
    } else if let Some(rest) = text.strip_prefix("OBF:") {
        rest.len() >= 8 && rest.len() % 4 == 0 && rest.as_bytes().chunks(4).all(is_jetty)
    } else if let Some(rest) = text.strip_prefix("$9$") {
        let is_digit =
            |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'/');
        rest.len() >= 6 && rest.bytes().all(is_digit)
    } else if let Some((password, rest)) = text.split_once(';') {
        // A masked WildFly password, its salt and its rounds.
        password.len() >= 8
            && rest
                .split_once(';')
                .is_some_and(|(salt, _)| salt.len() == 8)
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

/// Whether four base-36 digits are Jetty's form of a password character. They encode two numbers, each offset by 127:
/// the sum of the character and the one equally far from the other end, and their difference.
fn is_jetty(digits: &[u8]) -> bool {
    let digits = std::str::from_utf8(digits).ok();
    let number = digits.and_then(|digits| u32::from_str_radix(digits, 36).ok());
    number.is_some_and(|number| {
        let twice = (number / 256 + number % 256).checked_sub(2 * 127);
        twice.is_some_and(|twice| twice % 2 == 0 && (0x20..0x7f).contains(&(twice / 2)))
    })
}

/// Judges a password stored by CVS: the letter `A`, and each character replaced by means of a table.
pub(super) fn check_cvs(secret: &[u8]) -> Outcome {
    let is_one = secret.len() >= 5 && secret[0] == b'A' && secret.iter().all(u8::is_ascii_graphic);
    if is_one {
        Outcome::Plausible(vec![fact("obfuscated", "yes")])
    } else {
        Outcome::Disproved
    }
}

/// Judges a directory's password in base64, which exports use for values that may not be text: it may be a hash.
pub(super) fn check_ldif(secret: &[u8]) -> Outcome {
    let Some(decoded) = base64(secret).filter(|bytes| bytes.len() >= 5) else {
        return Outcome::Disproved;
    };
    let is_hash = decoded.starts_with(b"{") || decoded.starts_with(b"$");
    let is_text = decoded
        .iter()
        .all(|byte| byte.is_ascii_graphic() || matches!(byte, 0 | b' ' | 0x80..));
    if is_hash || !is_text || is_filler(&decoded) {
        Outcome::Disproved
    } else {
        Outcome::Plausible(Vec::new())
    }
}

/// Judges a password saved by Subversion, which on Windows is encrypted for its user.
pub(super) fn check_svn(secret: &[u8]) -> Outcome {
    if secret.starts_with(b"AQAAANCMnd8B") || is_filler(secret) {
        Outcome::Disproved
    } else {
        Outcome::Plausible(Vec::new())
    }
}

/// Judges a password of a Windows answer file: in plain text, or in base64 of two-byte units followed by the name of
/// its element.
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
        assert!(is_obfuscated(&check(
            b"1/t/xFOZq7luO9tZ0.9Mtz;hh2FDEEt;230"
        )));
        for other in [
            &b"{xor}!"[..],
            b"OBF:1",
            b"OBF:stubbailntlm1024",
            b"$9$",
            b"a b",
            b"",
        ] {
            assert_eq!(check(other), Outcome::Disproved);
        }
    }

    #[test]
    fn clients_keep_what_they_need_again() {
        assert!(is_obfuscated(&check_cvs(b"AyJ:yZZ4")));
        assert_eq!(check_cvs(b"A y"), Outcome::Disproved);
        for (text, expected) in [
            (&b"kP3vQ8xZ1mN7"[..], Outcome::Plausible(Vec::new())),
            (b"\"\0k\0P\x003\0v\0\"\0", Outcome::Plausible(Vec::new())),
            (b"{SSHA}kP3vQ8xZ1mN7", Outcome::Disproved),
            (b"\x01\x02\x03\x04\x05\x06", Outcome::Disproved),
        ] {
            assert_eq!(check_ldif(to_base64(text).as_bytes()), expected);
        }
        assert_eq!(check_svn(b"kP3vQ8xZ1mN7"), Outcome::Plausible(Vec::new()));
        assert_eq!(check_svn(b"AQAAANCMnd8BFdER"), Outcome::Disproved);
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
