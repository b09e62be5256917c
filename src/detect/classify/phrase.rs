//! Passwords of several words, and passwords with characters outside ASCII.
//!
//! Quoted text after a name that says password may also be a label, a message or a translation. A phrase only counts if
//! none of these would read like it.

use super::strength::is_plain_text;
use super::value::{Judgement, credential_rule};
use crate::detect::assignment::Syntax;
use crate::lexicon::name::CredentialName;
use crate::lexicon::value;
use crate::model::Confidence;

/// How long a phrase may be, in characters.
const LENGTH: std::ops::RangeInclusive<usize> = 8..=64;

/// Words of sentences, labels and documentation that passphrases do not have.
#[rustfmt::skip]
const PLAIN: &[&str] = &[
    "a", "access", "account", "aes256", "after", "all", "an", "and", "any", "api", "are", "as", "at", "base64", "be", "before", "but", "by",
    "can", "change", "char", "characters", "chars", "correct", "create", "credential", "current", "default", "do", "does", "edit", "email",
    "encoded", "enter", "entry", "example", "false", "field", "file", "for", "from", "generate", "generated", "hash", "has", "have", "here",
    "hex", "http2", "if", "in", "input", "invalid", "is", "it", "its", "key", "label", "length", "login", "long", "may", "md5", "minimum",
    "missing", "must", "my", "name", "new", "no", "not", "null", "oauth2", "of", "ok", "old", "on", "only", "optional", "or", "our", "pass",
    "passphrase", "password", "passwords", "please", "prompt", "random", "required", "reset", "secret", "see", "set", "sha1", "sha256",
    "should", "show", "sign", "some", "string", "text", "than", "that", "the", "their", "then", "there", "this", "to", "token", "true",
    "type", "update", "use", "used", "user", "username", "utf8", "value", "was", "we", "when", "which", "will", "with", "word", "wrong",
    "x509", "you", "your",
];

/// Whether the value is a word that a program shows: a translation of *credentials*, the country with the code `PW`, or
/// words with hyphens where a generated value is expected.
pub(super) fn is_shown_word(name: &str, kind: CredentialName, value: &str) -> bool {
    let is_word = value.starts_with(|c: char| c.is_ascii_uppercase())
        && value[1..].bytes().all(|byte| byte.is_ascii_alphabetic());
    match kind {
        CredentialName::Credential => {
            is_word && value[1..].bytes().all(|byte| byte.is_ascii_lowercase())
        }
        CredentialName::Password => {
            let is_country = || {
                let start = value.get(..4);
                start.is_some_and(|start| start.eq_ignore_ascii_case("pala"))
            };
            is_word && name.eq_ignore_ascii_case("pw") && is_country()
        }
        // Programs generate these, and nothing random is two words.
        _ => is_hyphenated(value),
    }
}

/// Whether the value is a label of hyphenated words: `AWS-Geheimnis`, `Jeton-API`.
fn is_hyphenated(value: &str) -> bool {
    let is_part = |part: &str| {
        let letters = || part.bytes().skip(1);
        let is_acronym = part.bytes().all(|byte| byte.is_ascii_uppercase());
        let is_word = part.starts_with(|c: char| c.is_ascii_alphabetic())
            && letters().all(|byte| byte.is_ascii_lowercase());
        (1..=20).contains(&part.len()) && (is_acronym && part.len() <= 5 || is_word)
    };
    let has_word =
        |part: &str| part.len() > 3 && part.bytes().any(|byte| byte.is_ascii_lowercase());
    (2..=4).contains(&value.split('-').count())
        && value.starts_with(|c: char| c.is_ascii_uppercase())
        && value.split('-').all(is_part)
        && value.split('-').any(has_word)
}

/// Judges a value with spaces or characters outside ASCII.
pub(super) fn judge(
    name: &str,
    kind: CredentialName,
    value: &str,
    syntax: Syntax,
) -> Option<Judgement> {
    let is_chosen = matches!(kind, CredentialName::Password | CredentialName::Secret);
    let is_other = matches!(syntax, Syntax::Compared | Syntax::Listed) && !asks_for_phrase(name);
    if !is_chosen || is_other || !LENGTH.contains(&value.chars().count()) || !is_plain_text(value) {
        return None;
    }
    let is_certain = !syntax.is_loose();
    let found = if value.contains(' ') {
        of_words(name, value, is_certain)
    } else {
        of_signs(value)
    };
    let is_hint = || is_certain && kind == CredentialName::Password && of_few_words(value);
    let confidence = if found {
        Confidence::Medium
    } else if is_hint() {
        Confidence::Low
    } else {
        return None;
    };
    Some(Judgement {
        rule: credential_rule(kind),
        confidence,
    })
}

/// Whether several words are a passphrase.
fn of_words(name: &str, value: &str, is_certain: bool) -> bool {
    let is_between = |c: char| c.is_ascii_alphanumeric() || "-_&+*!@#$^~ ".contains(c);
    let ends_well = value.ends_with(|c: char| c.is_ascii_alphanumeric() || c == '!');
    if !value.chars().all(is_between) || !ends_well || value.contains("  ") {
        return false;
    }
    let words = || value.split(' ');
    let is_plain = |word: &str| {
        let word = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
        PLAIN.contains(&word.to_ascii_lowercase().as_str())
    };
    if words().count() > 8 || words().any(is_plain) {
        return false;
    }
    let mixes = |word: &str| {
        let digits = word.bytes().filter(u8::is_ascii_digit).count();
        let letters = word.bytes().filter(u8::is_ascii_alphabetic).count();
        let is_whole = word
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"!@$".contains(&byte));
        is_whole && digits > 0 && letters > 3 && word.len() > 5
    };
    let has_mixed = words().any(mixes);
    // Words alone are a passphrase only if the name asks for one; a sentence of that length has a word like "the".
    let asks = asks_for_phrase(name);
    let is_lower =
        |word: &str| word.len() > 2 && word.bytes().all(|byte| byte.is_ascii_lowercase());
    has_mixed || is_certain && asks && words().count() >= 4 && words().all(is_lower)
}

/// Whether a few words could be a passphrase: in lower case, unlike labels, and without the words of [`PLAIN`].
fn of_few_words(value: &str) -> bool {
    let is_word = |word: &str| {
        word.len() > 2
            && word.bytes().all(|byte| byte.is_ascii_lowercase())
            && !PLAIN.contains(&word)
    };
    (2..=4).contains(&value.split(' ').count()) && value.split(' ').all(is_word)
}

/// Whether a name says that its value is several words.
fn asks_for_phrase(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["phrase", "mnemonic"]
        .iter()
        .any(|word| name.ends_with(word))
}

/// Whether a single word with characters outside ASCII is a password: translations have no digits among their letters.
fn of_signs(value: &str) -> bool {
    let ascii: String = value.chars().filter(char::is_ascii).collect();
    let digits = ascii.bytes().filter(u8::is_ascii_digit).count();
    let letters = ascii.bytes().filter(u8::is_ascii_alphabetic).count();
    let others = value.chars().count() - ascii.len();
    let ends_well = !value.ends_with([':', '.', '…', '：', '。']);
    let is_random = value::is_random(&ascii) && letters > 3;
    let is_european = value.chars().all(|c| c < '\u{530}');
    let is_mixed =
        is_european && value.ends_with(|c: char| c.is_ascii_digit() || c == '!') && others > 2;
    ends_well && digits > 0 && (is_random || is_mixed && digits > 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(name: &str, value: &str) -> bool {
        let judged = judge(name, CredentialName::Password, value, Syntax::Quoted);
        judged.is_some_and(|judged| judged.confidence > Confidence::Low)
    }

    #[test]
    fn a_few_small_words_may_be_one() {
        let judged = |value| {
            let judged = judge("password", CredentialName::Password, value, Syntax::Quoted);
            judged.map(|judged| judged.confidence)
        };
        assert_eq!(judged("velvet harbour"), Some(Confidence::Low));
        assert_eq!(judged("enter velvet"), None);
        assert_eq!(judged("Velvet Harbour"), None);
    }

    #[test]
    fn phrases_are_passwords() {
        let leet = ["Tr0ub", "4dor & horse 9"].concat();
        assert!(found("password", &leet) && found("db_password", "velvet lantern83 copper"));
        assert!(found("passphrase", "velvet harbour lantern copper"));
        assert!(
            found("password", &["kR9§m", "Q2x!wZ7"].concat()) && found("password", "пароль2024")
        );
    }

    #[test]
    fn labels_and_translations_are_none() {
        for value in [
            "Enter your password",
            "Password must be 8 characters",
            "velvet harbour lantern copper",
            "OAuth2 token",
            "Mot de passe",
            "text-13 font-medium text-tertiary",
            "scale-75 rotate-12 opacity-0",
            "8文字以上のパスワード",
            "密码长度至少8位",
            "Passwort ändern",
            "Contraseña:",
            "SHA256 of it",
            "Ihr neues Kennwort",
        ] {
            assert!(!found("password", value), "{value}");
        }
    }
}
