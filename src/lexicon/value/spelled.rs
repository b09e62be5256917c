//! Words run together without a mark between them, as a placeholder for a key is written: `keytoimageuploadapi`.

use crate::lexicon::vocabulary;
use crate::lexicon::words::Words;

/// How long such a value is.
const LENGTH_LEAST: usize = 12;
const LENGTH_MOST: usize = 64;

/// The shortest word that counts; more of two letters are in any text by chance.
const SHORTEST: usize = 3;

/// The longest word that is looked for.
const LONGEST: usize = 14;

/// Returns whether `value`, the value of `name`, is letters that spell words: those of the vocabulary and those of its name
/// make up most of it.
pub fn spells_words(name: &str, value: &str) -> bool {
    if !(LENGTH_LEAST..=LENGTH_MOST).contains(&value.len())
        || !value.bytes().all(|byte| byte.is_ascii_alphabetic())
    {
        return false;
    }
    let text = value.to_ascii_lowercase();
    let own = Words::split(name);
    let is_word = |word: &str| {
        let is_of_name = || {
            own.as_ref()
                .is_some_and(|own| own.iter().any(|own| own == word))
        };
        vocabulary::knows(word.as_bytes()) || is_of_name()
    };
    // How many letters of the text up to each place are those of words, and of how many: the most that can be had.
    let mut best = [(0_usize, 0_usize); LENGTH_MOST + 1];
    for end in 1..=text.len() {
        best[end] = best[end - 1];
        for length in SHORTEST..=LONGEST.min(end) {
            let (spelled, words) = best[end - length];
            if spelled + length > best[end].0 && is_word(&text[end - length..end]) {
                best[end] = (spelled + length, words + 1);
            }
        }
    }
    let (spelled, words) = best[text.len()];
    words >= 3 && spelled * 10 >= text.len() * 7
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_are_run_together_are_read() {
        for (name, value) in [
            ("LAMP_UPLOAD_API_KEY", "keytolampuploadapi"),
            ("api_key", "somekeyforyourserver"),
            ("AWS_SECRET_ACCESS_KEY", "AWSSECRETACCESSKEY"),
            ("licenseKey", "LampLicenseKeyString"),
        ] {
            assert!(spells_words(name, value), "{value}");
        }
        for (name, value) in [
            ("api_key", "qxvkjtzbwmfrplsdhgnc"),
            ("api_key", "AbXqZkVwTnRrPlMsKeyId"),
            ("api_key", "velvetharbourlantern"),
            ("api_key", "keyqxvkjtzbwapimfrplid"),
            ("api_key", "4a1750c8607dfa237de36c"),
        ] {
            assert!(!spells_words(name, value), "{value}");
        }
    }
}
