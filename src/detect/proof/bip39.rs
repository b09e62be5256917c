//! Recovery phrases of wallets (BIP 39): each word stands for eleven bits, and the last bits are a checksum. Electrum
//! uses the same words, with the first bits of a hash of them as the checksum.
//!
//! The format: <https://github.com/bitcoin/bips/blob/master/bip-0039.mediawiki>; the words are those of its English
//! list.

use std::sync::LazyLock;

use sha2::{Digest as _, Sha256, Sha512};

use super::Outcome;
use super::encoding::{ascii, fact};
use crate::model::Fact;

/// The words in the order of their numbers, which is alphabetical.
static WORDS: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| include_str!("bip39/english.txt").lines().collect());

/// The possible numbers of words in a phrase.
const LENGTHS: [usize; 5] = [12, 15, 18, 21, 24];

/// The number of bits per word.
const BITS: usize = 11;

/// A phrase of at most so many distinct words was made up for tests: everyone knows `test test … junk`.
const FEW: usize = 4;

pub(super) fn check(secret: &[u8]) -> Outcome {
    ascii(secret)
        .and_then(read)
        .map_or(Outcome::Disproved, Outcome::Proven)
}

fn read(phrase: &str) -> Option<Vec<Fact>> {
    let words: Vec<&str> = phrase.split_ascii_whitespace().collect();
    let numbers = words.iter().map(|word| WORDS.binary_search(word).ok());
    let numbers = numbers.collect::<Option<Vec<usize>>>()?;
    if !LENGTHS.contains(&numbers.len()) || !is_checksum_right(&numbers) && !is_electrum(phrase) {
        return None;
    }
    let mut different = words.clone();
    different.sort_unstable();
    different.dedup();
    (different.len() > FEW).then(|| vec![fact("words", &words.len().to_string())])
}

/// Whether the last bits, one for every three words, are the first bits of the hash of all others.
fn is_checksum_right(numbers: &[usize]) -> bool {
    let checksum_bits = numbers.len() / 3;
    let bit = |at: usize| numbers[at / BITS] >> (BITS - 1 - at % BITS) & 1;
    let entropy_bits = numbers.len() * BITS - checksum_bits;
    let byte = |at: usize| {
        (0..8).fold(0, |byte: u8, more| {
            byte << 1 | u8::from(bit(at + more) != 0)
        })
    };
    let entropy: Vec<u8> = (0..entropy_bits).step_by(8).map(byte).collect();
    let hash = Sha256::digest(entropy);
    (0..checksum_bits).all(|at| usize::from(hash[0] >> (7 - at) & 1) == bit(entropy_bits + at))
}

/// Whether a phrase is one of Electrum's: the HMAC-SHA-512 of its words begins with the type of its wallet.
fn is_electrum(phrase: &str) -> bool {
    const BLOCK: usize = 128;
    let mut key = [0; BLOCK];
    key[..12].copy_from_slice(b"Seed version");
    let keyed = |with: u8| key.map(|byte| byte ^ with);
    let inner = Sha512::digest([&keyed(0x36)[..], phrase.as_bytes()].concat());
    let hash = Sha512::digest([&keyed(0x5c)[..], &inner[..]].concat());
    hash[0] == 0x01 || hash[0] == 0x10 && hash[1] >> 4 <= 2
}

/// Adds the missing last word to a phrase.
pub(super) fn complete(body: &str) -> Option<String> {
    let whole = |word: &&str| format!("{body} {word}");
    let mut phrases = WORDS.iter().map(whole);
    phrases.find(|phrase| read(phrase).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_as_many_words_as_eleven_bits_can_say() {
        assert_eq!(WORDS.len(), 1 << BITS);
        assert!(WORDS.is_sorted());
    }

    /// The first test vectors of the standard, which everyone knows, so that they protect nothing.
    #[test]
    fn published_phrases_have_the_right_checksum_and_are_no_secrets() {
        for (word, times, last) in [
            ("abandon", 11, "about"),
            ("zoo", 11, "wrong"),
            ("abandon", 23, "art"),
        ] {
            let mut words = vec![word; times];
            words.push(last);
            let number = |word: &&str| WORDS.binary_search(word).unwrap();
            let numbers: Vec<usize> = words.iter().map(number).collect();
            assert!(is_checksum_right(&numbers), "{last}");
            assert_eq!(check(words.join(" ").as_bytes()), Outcome::Disproved);
        }
    }

    /// The first phrase in Electrum's documentation of its seeds.
    #[test]
    fn a_phrase_of_electrum_has_its_own_checksum() {
        let phrase =
            "wild father tree among universe such mobile favorite target dynamic credit identify";
        assert!(is_electrum(phrase));
        assert!(!is_electrum(&phrase.replace("wild", "wise")));
    }

    #[test]
    fn a_phrase_is_proven_and_one_with_another_word_is_not() {
        let body = "river lawn dune abstract oxygen paddle zebra cactus mimic tunnel orbit";
        let phrase = complete(body).unwrap();
        assert!(matches!(check(phrase.as_bytes()), Outcome::Proven(_)));
        let swapped = phrase.replace("river lawn", "lawn river");
        assert_eq!(check(swapped.as_bytes()), Outcome::Disproved);
        assert_eq!(check(body.as_bytes()), Outcome::Disproved);
        assert_eq!(check(b"the quick brown fox"), Outcome::Disproved);
    }
}
