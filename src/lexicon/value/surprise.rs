//! Measures how surprising the letters of a value are to a model of words.

/// For each letter after each pair of letters, the surprise in sixteenths of a bit; `scripts/surprise.py` measures it
/// from source code.
static TABLE: &[u8; 27 * 27 * 27] = include_bytes!("surprise.bin");

/// What a letter would cost if all were equally likely, in the same unit.
const CHANCE: i32 = 75;
/// What a change between letters and digits costs within a value.
const TURN: i32 = 32;
/// The wordiness at or below which a value counts as random; one in five hundred identifiers of a large program does.
const RANDOM: i32 = -8 * 16;
/// The same for long values, in which more letters count.
const LONG_RANDOM: i32 = -3 * 16;
/// The length in bytes from which a value is long.
const LONG: usize = 16;

/// Returns whether `value` is random rather than composed of words of any kind: dictionary words, names, abbreviations.
pub fn is_random(value: &str) -> bool {
    let wordiness = wordiness(value);
    wordiness <= RANDOM || (value.len() >= LONG && wordiness <= LONG_RANDOM)
}

/// Returns whether `value` is composed of words and nothing suggests that it is random.
pub fn is_wordy(value: &str) -> bool {
    wordiness(value) > 0
}

/// Returns how much better words explain `value` than chance does, in sixteenths of a bit; negative if chance explains
/// it better.
fn wordiness(value: &str) -> i32 {
    let bytes = value.as_bytes();
    let (mut first, mut second) = (0, 0);
    let mut wordiness = 0;
    for (at, &byte) in bytes.iter().enumerate() {
        let before = at.checked_sub(1).map_or(b' ', |before| bytes[before]);
        let turns = before.is_ascii_digit() && byte.is_ascii_alphabetic()
            || before.is_ascii_alphabetic()
                && byte.is_ascii_digit()
                && bytes[at..].iter().any(u8::is_ascii_alphabetic);
        if turns {
            wordiness -= TURN;
        }
        if byte.is_ascii_alphabetic() {
            if before.is_ascii_lowercase() && byte.is_ascii_uppercase() {
                (first, second) = (0, 0);
            }
            let letter = usize::from(byte.to_ascii_lowercase() - b'a') + 1;
            wordiness += CHANCE - i32::from(TABLE[(first * 27 + second) * 27 + letter]);
            (first, second) = (second, letter);
        } else {
            (first, second) = (0, 0);
        }
    }
    wordiness
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[rustfmt::skip]
    fn words_are_no_surprise() {
        for value in [
            "password", "client_secret", "OAUTH_CLIENTSECRET", "MANAGED-IDENTITY-TOKEN", "ceph-key-admin",
            "differentToken", "stackoverflow", "kubernetes", "john.doe", "letmein123", "welcome1", "manager",
        ] {
            assert!(!is_random(value) && is_wordy(value), "{value}");
        }
        for value in ["", "12345678", "****"] {
            assert!(!is_random(value) && !is_wordy(value), "{value}");
        }
    }

    #[test]
    #[rustfmt::skip]
    fn chance_is() {
        for value in [
            "xkwvqzjt", "q8Zr2LkT0vXw5Ns", "9f86d081884c7d659a2f", "kT7-vv2_Qp9xLmR4sZb1", "tgpqxbzb",
        ] {
            assert!(is_random(value) && !is_wordy(value), "{value}");
        }
    }
}
