//! Values that somebody typed to show a format: `xxxxxxxx`, `0123456789abcdef`, `your-token-here`.
//!
//! Words are searched for in any ASCII case. They are long enough not to occur in random text by accident: six given
//! letters occur once in 10^9 places of base 62, even when case is ignored.

use super::Outcome;

/// Words that only people write.
const WORDS: &[&str] = &[
    "example",
    "placeholder",
    "redacted",
    "changeme",
    "change_me",
    "change-me",
    "yourtoken",
    "your_",
    "your-",
    "yoursecret",
    "yourapikey",
    "insert",
    "replace",
    "dummytoken",
    "faketoken",
    "abcdefgh",
    "12345678",
    "01234567",
    "deadbeef",
    "00112233",
    "aabbccdd",
    "abc123",
    "a1b2c3d4",
    "sample",
    "xxxxx",
];

/// Plausible unless it was evidently typed by hand.
pub(super) fn check(secret: &[u8]) -> Outcome {
    if is_filler(secret) {
        Outcome::Disproved
    } else {
        Outcome::Plausible(Vec::new())
    }
}

/// Returns whether `text` contains a word of documentation samples, or repeats itself as random text never does.
pub(super) fn is_filler(text: &[u8]) -> bool {
    let lower = text.to_ascii_lowercase();
    has_run(&lower)
        || WORDS
            .iter()
            .any(|word| memchr::memmem::find(&lower, word.as_bytes()).is_some())
}

/// Whether a letter or digit occurs six times in a row. Six equal hex digits occur once in 10^6 places.
///
/// Runs of `_`, `/` and `-` do not count: they are zero or one bits in tokens of encoded binary data.
fn has_run(text: &[u8]) -> bool {
    text.windows(6).any(|window| {
        window[0].is_ascii_alphanumeric() && window.iter().all(|&byte| byte == window[0])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typed_text_is_told_from_random_text() {
        for typed in [
            "xxxxxxxxxxxx",
            "EXAMPLEKEY0",
            "a0123456789b",
            "YOUR_TOKEN",
            "000000000000",
        ] {
            assert!(is_filler(typed.as_bytes()), "{typed}");
        }
        for random in [
            "",
            "q7Zk______w4",
            "q7Zk3nP0dXu2",
            "8f14e45fceea167a",
            "aaaaabbbbb",
        ] {
            assert!(!is_filler(random.as_bytes()), "{random}");
        }
    }
}
