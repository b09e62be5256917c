//! Names of other things: of an entry in a secret store, of an environment variable.

use crate::lexicon::words::Words;
use crate::lexicon::{name, placeholder};

/// Returns whether `value` is the name of an entry in a secret store: `prod-db-password-9x`, `gov-uk-pay-api-key`,
/// `prod/db-password`. A call with such an argument looks up the secret.
pub fn names_an_entry(value: &str) -> bool {
    const MARKS: [char; 5] = ['-', '/', '.', '_', ':'];
    let is_lower = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let value = super::unquoted(value).trim_start_matches('/');
    let parts = || value.split(MARKS);
    if value.len() > 100
        || parts().count() < 3
        || !parts().all(|part| !part.is_empty() && part.bytes().all(is_lower))
    {
        return false;
    }
    // `v2`, `9x`, `2024b`: the version of an entry.
    let is_version = |part: &str| part.len() <= 5 && part.bytes().any(|byte| byte.is_ascii_digit());
    let is_word = |part: &str| {
        let letters = part.trim_end_matches(|c: char| c.is_ascii_digit());
        part.len() - letters.len() <= 2 && letters.bytes().all(|byte| byte.is_ascii_lowercase())
    };
    let is_short = |part: &str| part.len() <= 3;
    let mut end = value.len();
    while let Some(at) = value[..end].rfind(MARKS) {
        if !is_version(&value[at + 1..end]) {
            break;
        }
        end = at;
    }
    let stem = &value[..end];
    // `key9` also ends in a number.
    let numbered = stem.trim_end_matches(|c: char| c.is_ascii_digit());
    numbered.contains(MARKS)
        && numbered
            .split(MARKS)
            .all(|part| is_word(part) || is_short(part))
        && name::classify(numbered).is_some()
}

/// Returns whether `value`, which a call is given, is words and numbers that belong to them, as entries of a vault and the
/// variables that they are put into are called: `userAuthOauth2Url`, `s2sAuthTotpSecret`, `SOL2_USER_EMAIL`.
pub fn is_called_by_words(value: &str) -> bool {
    /// Words with a number in their middle.
    const NUMBERED: [&str; 6] = ["s2s", "b2b", "b2c", "e2e", "p2p", "k8s"];
    /// Shorter words may be chance.
    const WORDS: usize = 3;
    let is_of_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    if !(8..=80).contains(&value.len())
        || !value.bytes().all(is_of_name)
        || !value.starts_with(|c: char| c.is_ascii_alphabetic())
        || digits > 3
    {
        return false;
    }
    let bytes = value.as_bytes();
    // A number ends a word: behind it is a capital, a separator, or nothing.
    let ends_word = |at: usize| {
        let is_numbered = at > 0
            && value.get(at - 1..at + 2).is_some_and(|word| {
                NUMBERED
                    .iter()
                    .any(|known| word.eq_ignore_ascii_case(known))
            });
        let is_upper = !bytes.iter().any(u8::is_ascii_lowercase);
        let behind = bytes.get(at + 1);
        is_numbered
            || behind.is_none_or(|byte| {
                byte.is_ascii_digit()
                    || matches!(byte, b'_' | b'-')
                    || !is_upper && byte.is_ascii_uppercase()
            })
    };
    let numbers = (0..bytes.len()).filter(|at| bytes[*at].is_ascii_digit());
    if !numbers.clone().all(ends_word) {
        return false;
    }
    let letters: String = value.chars().filter(|c| !c.is_ascii_digit()).collect();
    let words = Words::split(&letters).map_or(0, |words| words.len());
    words >= WORDS && super::is_wordy(&letters)
}

/// Whether `value` is the name of a variable with the word for a credential in its middle:
/// `CLIENT_SECRET_OF_ORDERS`, `DEPUTY_1AND2_PASSWORD`.
pub(super) fn names_a_variable(value: &str) -> bool {
    const WORDS: [&str; 8] = [
        "PASSWORD",
        "PASSWD",
        "PWD",
        "SECRET",
        "TOKEN",
        "APIKEY",
        "CREDENTIAL",
        "CREDENTIALS",
    ];
    let parts = || value.split('_');
    let is_word = |part: &str| {
        let digits = part.bytes().filter(u8::is_ascii_digit).count();
        let is_upper = part
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
        !part.is_empty() && is_upper && (digits == 0 || part.len() <= 5 && digits <= 2)
    };
    let count = |is: fn(&u8) -> bool| value.bytes().filter(is).count();
    parts().count() >= 4
        && value.len() <= 96
        && value.starts_with(|c: char| c.is_ascii_uppercase())
        && parts().all(is_word)
        && parts().any(|part| WORDS.contains(&part))
        && count(u8::is_ascii_digit) * 6 < count(u8::is_ascii_uppercase)
        && placeholder::classify(value).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_of_stores_are_named() {
        for value in [
            "prod-db-password-9x",
            "gov-uk-pay-api-key",
            "prod/db-password-1",
            "stripe-api-key-2024b",
            "app1-api-token-key9",
            "/prod/app2/secret-key-3",
            "shop-smoke-clerk-2-solicitor-1-pwd",
        ] {
            assert!(names_an_entry(value), "{value}");
        }
        for value in [
            "",
            "db-password",
            "hunter2-hunter2-hunter2",
            "kT7vv2-Qp9xLm-R4sZb1",
            "correct-horse-battery",
            "q8zr2lkt0v-xw5ns7pd3f-password",
            "summer-2024-rain",
        ] {
            assert!(!names_an_entry(value), "{value}");
        }
    }

    #[test]
    fn what_is_called_by_words_is_told_from_keys() {
        for value in [
            "userAuthProviderOauth2Url",
            "USER_AUTH_PROVIDER_OAUTH2_URL",
            "solicitor2UserEmail",
            "SOL2_USER_EMAIL",
            "s2sAuthTotpSecret",
            "lampDoorBase64",
        ] {
            assert!(is_called_by_words(value), "{value}");
        }
        for value in [
            "kT7vv2Qp9xLmR4sZb1Wc",
            "myS3cretK3yForJwt",
            "hunter2hunter2",
            "Summer2024",
            "AbXqZkVwTnRrPlMs",
            "q8zr2lkt0v",
            "K7_QZ2LT0VXW5",
        ] {
            assert!(!is_called_by_words(value), "{value}");
        }
    }

    #[test]
    fn variables_say_what_they_hold() {
        for value in [
            "CLIENT_SECRET_OF_ORDERS",
            "PORTAL_S2S_CLIENT_SECRET_OF_CASE_DATA",
            "DEPUTY_OFFICER_1AND2_PASSWORD",
        ] {
            assert!(names_a_variable(value), "{value}");
        }
        for value in [
            "SUMMER_2024_PASSWORD_99",
            "K7_QZ2LT0VXW5_SECRET_A",
            "A_PASSWORD",
            "client_secret_of_orders",
            "CHANGE_ME_TO_A_COMPLEX_RANDOM_SECRET",
            "YOUR_VERY_OWN_SECRET",
            "ONE_TWO_THREE_FOUR",
        ] {
            assert!(!names_a_variable(value), "{value}");
        }
    }
}
