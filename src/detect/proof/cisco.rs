//! Cisco's type 7 passwords, which are not encrypted but combined with a text that everyone knows.

use super::Outcome;
use super::encoding::{ascii, fact};

/// The text that all devices share; the first two digits of a password give the offset to begin at.
const KEY: &[u8; 53] = b"dsfd;kfoA,.iyewrkldJKDHSUBsgvca69834ncxv9873254k;fg87";

/// Devices use only the first sixteen offsets.
const BEGINNINGS: usize = 16;

/// Proven if the result is text.
pub(super) fn check(secret: &[u8]) -> Outcome {
    if ascii(secret)
        .and_then(decode)
        .is_some_and(|text| is_password(&text))
    {
        Outcome::Proven(vec![fact("obfuscated", "yes")])
    } else {
        Outcome::Disproved
    }
}

fn decode(text: &str) -> Option<Vec<u8>> {
    let (start, digits) = text.split_at_checked(2)?;
    let start: usize = start.parse().ok().filter(|start| *start < BEGINNINGS)?;
    if digits.len() % 2 != 0 {
        return None;
    }
    (0..digits.len() / 2)
        .map(|at| {
            let mixed = u8::from_str_radix(&digits[2 * at..2 * at + 2], 16).ok()?;
            Some(mixed ^ KEY[(start + at) % KEY.len()])
        })
        .collect()
}

fn is_password(text: &[u8]) -> bool {
    text.len() >= 3
        && text.iter().all(u8::is_ascii_graphic)
        && !std::str::from_utf8(text).is_ok_and(super::url::is_no_password)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_decodes_to_text_is_a_password() {
        let mix = |start: usize, text: &str| {
            let digits = text.bytes().enumerate();
            let digits =
                digits.map(|(at, byte)| format!("{:02X}", byte ^ KEY[(start + at) % KEY.len()]));
            format!("{start:02}{}", digits.collect::<String>())
        };
        assert_eq!(mix(9, "cisco"), "094F471A1A0A");
        assert_eq!(
            check(mix(3, "tr4verse").as_bytes()),
            Outcome::Proven(vec![fact("obfuscated", "yes")])
        );
        for text in [
            mix(3, "password"),
            mix(2, "a\u{1}bc"),
            "994F471A".to_owned(),
            "094F".to_owned(),
            "094F471".to_owned(),
        ] {
            assert_eq!(check(text.as_bytes()), Outcome::Disproved, "{text}");
        }
    }
}
