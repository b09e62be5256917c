//! Values that themselves say that they open nothing: `this_is_not_the_key`, `DOES_NOT_EXIST`, `invalidToken`,
//! `Pa55word12_wrong`. They occur in tests of rejected logins, and in files that require some value.

use crate::lexicon::placeholder;
use crate::lexicon::words::Words;

/// What a value may deny being.
#[rustfmt::skip]
const THINGS: &[&str] = &[
    "password", "passwd", "pass", "pwd", "passphrase", "passcode", "token", "tokens", "key", "secret", "credential",
    "credentials", "login", "auth", "jwt", "signature", "apikey",
];

/// Words that may come between `not` and the thing.
#[rustfmt::skip]
const BETWEEN: &[&str] = &[
    "the", "a", "an", "my", "your", "our", "real", "actual", "actually", "valid", "true", "right", "correct", "working",
    "api", "auth", "access", "client", "user", "secret", "private",
];

/// Words that complete a denial after `not`.
const QUALITIES: &[&str] = &["real", "valid", "exist", "exists", "existing", "existent"];

/// Adjectives that deny the thing after them.
const WRONG: &[&str] = &[
    "invalid",
    "wrong",
    "incorrect",
    "bogus",
    "bad",
    "nonexistent",
    "nonexisting",
    "inexistent",
];

/// Words that deny the whole value as its first or last part.
const MARKS: &[&str] = &["wrong", "invalid", "incorrect", "nonexistent"];

/// Longer values are texts.
const LONGEST: usize = 64;

/// Whether `value` says that it is not a credential. A value with a random part is one, whatever words are next to that
/// part; and a single word such as `invalid` may well be in use.
pub(super) fn denies_itself(value: &str) -> bool {
    let value = super::unquoted(value);
    if !(6..=LONGEST).contains(&value.len()) || !may_deny(value) {
        return false;
    }
    if placeholder::has_random_part(value) {
        return false;
    }
    Words::split(value).is_some_and(|words| {
        words.len() > 1 && (denies(&words) || names_what_is_wrong(&words) || is_marked(value))
    })
}

/// Whether one of the words occurs at all: in most values none does.
fn may_deny(value: &str) -> bool {
    const PARTS: [&str; 7] = ["not", "no", "wrong", "valid", "correct", "bogus", "bad"];
    PARTS.iter().any(|part| super::holds(value, part))
}

/// `not the key`, `not a real token`, `does not exist`, `no such key`, `non-existent`.
fn denies(words: &Words) -> bool {
    (0..words.len()).any(|at| match words.get(at) {
        "not" => {
            let mut rest = words.iter().skip(at + 1).peekable();
            if rest.peek().is_some_and(|word| QUALITIES.contains(word)) {
                return true;
            }
            let thing = rest.find(|word| !BETWEEN.contains(word) || THINGS.contains(word));
            thing.is_some_and(|word| THINGS.contains(&word))
        }
        "no" => words.get(at + 1) == "such",
        "non" => matches!(words.get(at + 1), "existent" | "existing" | "exist"),
        word => word == "nonexistent" || word == "nonexisting",
    })
}

/// `invalid token`, `my bad password`.
fn names_what_is_wrong(words: &Words) -> bool {
    let is_thing = |at: usize| THINGS.contains(&words.get(at));
    (0..words.len()).any(|at| {
        let is_wrong = WRONG.contains(&words.get(at));
        let is_of_thing = BETWEEN.contains(&words.get(at + 1)) && is_thing(at + 2);
        let is_last = || words.get(at) != "bad" && at + 1 == words.len() && at > 0;
        is_wrong && (is_thing(at + 1) || is_of_thing || is_last() && is_thing(at - 1))
    })
}

/// `Pa55word12_wrong`, `wrong-Pa55word12`.
fn is_marked(value: &str) -> bool {
    let is_mark = |part: &str| MARKS.iter().any(|mark| part.eq_ignore_ascii_case(mark));
    let mut parts = value.split(['_', '-', '.', ' ']);
    parts.next().is_some_and(is_mark) || parts.next_back().is_some_and(is_mark)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[rustfmt::skip]
    fn values_that_are_none_say_so() {
        for value in [
            "this_is_not_the_key", "this_is_not_the_secret", "not-a-real-token-9", "notasecret", "DOES_NOT_EXIST",
            "does-not-exist", "no_such_key_1", "non-existent-password1", "nonexistent-key", "InvalidPassword",
            "invalidToken", "invalidToken123", "an_invalid_api_key_1", "incorrectPassword1", "bad-password-77",
            "Pa55word12_wrong", "wrong_Pa55word12", "passwordWrong", "NOT_VALID_TOKEN", "invalid-token",
            "this-is-not-a-valid-key", "token-invalid",
        ] {
            assert!(denies_itself(value), "{value}");
        }
    }

    #[test]
    #[rustfmt::skip]
    fn others_may_well_be_one() {
        for value in [
            "", "invalid", "wrong", "BadWolf2005!", "do-not-share-9", "knotted-Key7", "WrongWay77!", "not-so-secret",
            "Nothing2Hide", "noted-secret", "forget-me-not-2024", "wrong_kT7vv2Qp9xLmR4sZb1", "kT7vv2Qp9x-invalid-kT7vv2Qp9x",
            "validate-token", "correct-horse-staple", "NotW0rking!", "snowball-token",
        ] {
            assert!(!denies_itself(value), "{value}");
        }
    }
}
