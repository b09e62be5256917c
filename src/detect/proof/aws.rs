//! AWS access key ids: no checksum, but a fixed alphabet, and the account's number inside.

use super::Outcome;
use super::encoding::{ascii, fact};
use super::filler::is_filler;
use crate::lexicon::value;

/// Four letters that show the kind of key, and 16 digits of base 32.
const LENGTH: usize = 20;
const PREFIX: usize = 4;

pub(super) fn check(secret: &[u8]) -> Outcome {
    let Some(text) = ascii(secret).filter(|text| text.len() == LENGTH) else {
        return Outcome::Disproved;
    };
    let digits: Option<Vec<u64>> = text[PREFIX..].bytes().map(base32_digit).collect();
    match digits {
        // The keys in AWS's own documentation end in this word.
        Some(_) if text.contains("EXAMPLE") || is_filler(secret) || is_made_of_words(text) => {
            Outcome::Disproved
        }
        Some(digits) => Outcome::Plausible(account(&digits).into_iter().collect()),
        None => Outcome::Disproved,
    }
}

/// Whether there are only letters, and words explain all of them better than chance does: `ASIA` and the name of a
/// region. One in thirty real keys has no digit, and hardly any of those reads as words.
fn is_made_of_words(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_uppercase()) && value::is_wordy(&text[PREFIX..])
}

fn base32_digit(byte: u8) -> Option<u64> {
    match byte {
        b'A'..=b'Z' => Some(u64::from(byte - b'A')),
        b'2'..=b'7' => Some(u64::from(byte - b'2') + 26),
        _ => None,
    }
}

/// Returns the account number. Keys created before 2019 begin with a smaller digit and contain none.
fn account(digits: &[u64]) -> Option<crate::model::Fact> {
    if *digits.first()? < 16 {
        return None;
    }
    // The first 48 bits are one marker bit, 40 bits of account number, and 7 of something else.
    let bits = digits
        .iter()
        .take(10)
        .fold(0u64, |bits, digit| bits << 5 | digit)
        >> 2;
    let account = (bits & 0x7fff_ffff_ff80) >> 7;
    Some(fact("account", &format!("{account:012}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_account_is_read_from_newer_keys() {
        let id = ["AS", "IA", "Y34FZKBOKMUTVV7A"].concat();
        let expected = vec![fact("account", "609629065308")];
        assert_eq!(check(id.as_bytes()), Outcome::Plausible(expected));
        let old = ["AK", "IA", "JZ2QK5VN4TLDXW7R"].concat();
        assert_eq!(check(old.as_bytes()), Outcome::Plausible(vec![]));
    }

    #[test]
    fn documentation_keys_and_impossible_digits_are_refused() {
        for (prefix, digits) in [
            ("AKIA", "IOSFODNN7EXAMPLE"),
            ("AKIA", "QZ2K5VN4TLDXW7R0"),
            ("AKIA", "AAAAAAAAAAAAAAAA"),
            ("AKIA", "QZ2K5VN4TLDXW7"),
            ("ASIA", "PACIFICNORTHEAST"),
            ("ASIA", "NDEVELOPMENTBANK"),
        ] {
            assert_eq!(
                check([prefix, digits].concat().as_bytes()),
                Outcome::Disproved
            );
        }
    }
}
