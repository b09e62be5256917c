//! Remarks that a nearby credential is not a real one: `TEST-ONLY KEYS`, `never use`, `FAKE_KEY`.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};

use super::words::Words;

/// Phrases of comments, in lower case and with single spaces; `-` and `_` count as spaces.
#[rustfmt::skip]
const PHRASES: &[&str] = &[
    "test only", "tests only", "testing only", "only for test", "just for test", "only used for test", "only used in test",
    "only used by test", "for internal test", "for unit test", "for integration test", "for testing purposes",
    "used for testing", "used in tests", "used by tests", "used for tests", "test key", "test keys", "testing key", "test credential", "testing credential",
    "test certificate", "testing certificate", "test private key", "testing private key", "test rsa key", "test rsa private key",
    "test ec key", "test ec private key", "test ssh key", "test signing key", "test encryption key", "generated for test", "for demonstration", "demo only",
    "for demo purposes", "example only", "not real", "not a real", "isn't real", "aren't real", "not actual",
    "not an actual", "fake", "dummy", "bogus", "made up", "invented", "throwaway",
    "throw away", "never use the following", "never use this", "never use these",
    "never use it", "never use them", "never use in", "do not use in production", "do not use for production",
    "do not use this key", "do not use these keys", "do not use this in production", "do not use these in production",
    "do not use it in production", "do not use them in production", "don't use in production", "don't use this in production",
    "don't use these in production", "must not be used in production", "must not be used for production",
    "not for production", "not in production",
    "not used in production", "not used in prod", "not used in any", "not used by any", "not used on any", "do not grant any",
    "does not grant any", "not authorized in any", "not authorised in any", "not valid in any", "has no permissions", "don't grant any", "doesn't grant any", "grants no", "do not use in prod", "don't use in prod",
    "do not use it in prod", "do not use them in prod", "do not use this in prod", "do not use these in prod",
    "not suitable for production", "not safe for production", "unsafe for production", "unsuitable for production",
    "not for deployment", "never in production", "not secret", "not a secret", "isn't a secret",
    "not sensitive", "key is public", "keys are public", "they are public", "it is public", "token is public", "secret is public",
    "password is public", "value is public", "credential is public", "credentials are public", "is public and can", "is public and may",
    "is public by design", "are public by design", "intentionally public", "meant to be public", "shared publicly", "safe to share",
    "safe to expose", "not confidential", "development psk", "development secret", "development password", "development token",
    "development key", "development credential", "development value", "dev secret", "dev password", "dev credential", "publicly known", "well known key", "well known test", "replaced by",
    "replaced at", "replaced in", "overridden by", "overridden in", "overwritten by", "overwritten in",
    "for local development", "local development only", "for development purposes", "for development use",
    "intended for development", "for developers only", "development purposes only", "for local use only", "local use only",
    "development only", "dev only", "for development only", "only for development", "only for dev", "only used for development",
    "only used in development", "used only for development", "used only in development", "only used locally", "used only locally",
    "only used for local", "used only for local", "used for local development", "only for local development",
    "only for local testing", "for local testing", "for local tests", "dev key", "dev rsa key", "dev private key", "dev signing key",
    "sample key", "sample credential", "expired it", "also expired", "been revoked", "already revoked", "since revoked",
    "no longer valid", "has no access", "no real", "safe to commit", "not used anywhere",
];

/// Words of identifiers.
#[rustfmt::skip]
const WORDS: &[&str] = &[
    "test", "tests", "testing", "fake", "dummy", "mock", "mocked", "stub", "stubbed", "fixture", "bogus", "notreal",
];

/// How many bytes of a file may belong to the comment at its top.
const TOP: usize = 1_500;

/// Returns the comment that a file begins with.
pub fn top_comment(bytes: &[u8]) -> String {
    const SIGNS: [&[u8]; 11] = [
        b"#", b"//", b"/*", b"*", b";", b"--", b"<!--", b"\"\"\"", b"{-", b"%", b"<?",
    ];
    let top = &bytes[..bytes.len().min(TOP)];
    let lines = top.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let is_remark =
        |line: &&[u8]| line.is_empty() || SIGNS.iter().any(|sign| line.starts_with(sign));
    let lines: Vec<_> = lines.take_while(is_remark).collect();
    String::from_utf8_lossy(&lines.join(&b'\n')).into_owned()
}

/// Returns whether a comment says that its subject is not real, or is not used unchanged.
pub fn is_disclaimer(comment: &str) -> bool {
    has_phrase(comment, |_| true)
}

/// Returns whether the comment at the top of a file says so about everything in it: a real file may mention a dummy.
pub fn is_disclaimer_of_file(comment: &str) -> bool {
    const OF_ALL: &[&str] = &[
        "only",
        "production",
        "deployment",
        "development",
        "developers",
        "internal",
        "real",
        "actual",
        "never",
        "demo",
        "public",
        "test keys",
        "testing key",
        "grant",
        "not used in any",
        "local testing",
        "purposes",
        "local use",
    ];
    has_phrase(comment, |phrase| {
        OF_ALL.iter().any(|part| phrase.contains(part))
    })
}

fn has_phrase(comment: &str, is_meant: impl Fn(&str) -> bool) -> bool {
    if comment.len() > 8_192 {
        return false;
    }
    let mut plain = String::with_capacity(comment.len() + 2);
    plain.push(' ');
    for c in comment.chars() {
        let c = match c {
            'A'..='Z' => c.to_ascii_lowercase(),
            'a'..='z' | '0'..='9' | '\'' => c,
            '\u{2019}' => '\'',
            _ => ' ',
        };
        if c != ' ' || !plain.ends_with(' ') {
            plain.push(c);
        }
    }
    let found = phrases().map(|phrases| phrases.find_overlapping_iter(plain.as_str()));
    let is_warning = std::cell::OnceCell::new();
    found.into_iter().flatten().any(|found| {
        let phrase = PHRASES[found.pattern().as_usize()];
        if phrase.starts_with("overwritten") && *is_warning.get_or_init(|| warns_of_edits(&plain)) {
            return false;
        }
        let is_word = plain[..found.start()].ends_with(' ');
        // A plural or another ending.
        let rest =
            plain[found.end()..].trim_start_matches(['s', 'e', 'd', 'i', 'n', 'g', 'm', 'n', 't']);
        is_word && (rest.is_empty() || rest.starts_with(' ')) && is_meant(phrase)
    })
}

/// Whether a comment warns that a program rewrites the file, as in `postgresql.auto.conf`: the contents of such a file
/// are in use until then.
fn warns_of_edits(comment: &str) -> bool {
    [
        " edit ",
        " edited ",
        " editing ",
        " changes ",
        " modifications ",
        " modify ",
        " manually ",
        " this file ",
    ]
    .iter()
    .any(|word| comment.contains(word))
}

/// Finds all phrases in one pass: there are many, and every match of a rule asks for them.
fn phrases() -> Option<&'static AhoCorasick> {
    // Building fails only for automata of gigabytes.
    static PHRASES_FOUND: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
        let builder = AhoCorasick::builder()
            .kind(Some(AhoCorasickKind::DFA))
            .build(PHRASES);
        builder.ok()
    });
    PHRASES_FOUND.as_ref()
}

/// Returns whether a word of `WORDS` occurs anywhere in a text, even inside other words: a quick test before it is
/// split into words.
pub fn may_name_a_fake(text: &[u8]) -> bool {
    static FOUND: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
        let builder = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .build(WORDS);
        builder.ok()
    });
    FOUND.as_ref().is_none_or(|words| words.is_match(text))
}

/// Returns whether an identifier says that its value was made for tests: `FAKE_TEST_KEY_0`.
pub fn names_a_fake(identifier: &str) -> bool {
    Words::split(identifier).is_some_and(|words| words.iter().any(|word| WORDS.contains(&word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remarks_on_what_is_not_real() {
        for comment in [
            "// TEST-ONLY KEYS - NOT REAL CREDENTIALS",
            "# NEVER use the following keys, they are public",
            "for internal testing, not for deployments",
            "/* Fake key for tests */",
            "replaced by ansible",
            "The access Token is public and can be shared",
            "# Sources' development PSK value. Specified here for the start",
            "these credentials are public by design",
            "The keys below are testing keys that do not grant any power",
            "This is a test RSA private key and not used in any deployed environment",
            "# Dev RSA key -- Change for staging/production",
            "only used locally",
            "// DO NOT use in prod",
        ] {
            assert!(is_disclaimer(comment), "{comment}");
        }
        for comment in [
            "rotate this key every year",
            "change this in production",
            "testing whether the key is valid",
            "used in any environment",
            "these keys grant access to the production bucket",
            "the device key of the sensor",
            "the bucket is public",
            "key of the public website",
            "share this with the development team",
            "please UPDATE THIS PASSWORD",
            "tested with 1.2",
            "the public key is in keys.pem",
            "used by the test runner's production account",
            "Do not edit this file manually!\nIt will be overwritten by the ALTER SYSTEM command.",
            "",
        ] {
            assert!(!is_disclaimer(comment), "{comment}");
        }
    }

    #[test]
    fn the_top_of_a_file_has_to_speak_of_all_of_it() {
        assert!(is_disclaimer_of_file(
            "# TEST-ONLY KEYS - NOT REAL CREDENTIALS"
        ));
        assert!(is_disclaimer_of_file("# for local development only"));
        assert!(is_disclaimer_of_file(
            "# The keys below are testing keys that do not grant any power"
        ));
        assert_eq!(top_comment(b"<?php\n// a\n$b = 1;"), "<?php\n// a");
        assert!(!is_disclaimer_of_file("# makes a dummy user"));
    }

    #[test]
    fn names_of_what_was_made_for_tests() {
        assert!(names_a_fake("FAKE_TEST_KEY_0"));
        assert!(names_a_fake("testPrivateKey"));
        assert!(!names_a_fake("LATEST_KEY"));
        assert!(!names_a_fake("attestationKey"));
    }
}
