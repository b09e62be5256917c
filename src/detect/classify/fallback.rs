//! An application's own keys that fall back to a guessable value if none is set: an attacker who guesses it can
//! forge what the application signs.

use std::ops::Range;

use super::fragment::has_interpolation;
use super::value::{Judgement, counts_up};
use crate::detect::assignment::Syntax;
use crate::lexicon::name::CredentialName;
use crate::lexicon::placeholder::{self, Placeholder};
use crate::lexicon::value;
use crate::model::Confidence;

/// The rule that reports them.
pub(super) const RULE: &str = "generic/guessable-fallback";

/// The longest value that is judged, in bytes: longer ones are texts.
const LONGEST: usize = 80;

/// Words in names of secrets that another party issues: a made-up one opens nothing there.
#[rustfmt::skip]
const OF_OTHERS: &[&str] = &[
    "client", "consumer", "webhook", "oauth", "google", "github", "gitlab", "facebook", "twitter", "stripe", "paypal",
    "aws", "s3", "azure", "captcha", "twilio", "slack", "discord", "api", "access", "bucket", "minio", "apple", "smtp",
    "mail", "database", "db_", "idp", "oidc", "saml", "ldap", "vault", "kafka", "redis", "totp", "recovery", "wallet",
    "mnemonic", "private", "hook", "s2s",
];

/// How many bytes may be between the name of a setting and its default, including the variable that it is read from.
const LOOKUP_REACH: usize = 120;

/// Returns whether a value that `rule` found is the fallback of a credential of another party, by the variable that is
/// read. A guessable value opens nothing there.
pub(in crate::detect) fn is_of_others(
    bytes: &[u8],
    (name, value): (&Range<usize>, &Range<usize>),
    rule: &str,
) -> bool {
    let between = bytes.get(name.end..value.start).unwrap_or_default();
    rule == RULE && between.len() <= LOOKUP_REACH && reads_of_others(between)
}

/// Whether the text between the name of a setting and its fallback names a variable for a credential of another party:
/// `'secret' => env('STORAGE_S3_SECRET', …)`.
fn reads_of_others(between: &[u8]) -> bool {
    OF_OTHERS
        .iter()
        .any(|word| super::value::holds(between, word))
}

/// Judges the fallback of the application key `name`; `None` unless anyone can guess it.
pub(super) fn judge(
    (name, kind): (&str, CredentialName),
    value: &str,
    (syntax, is_certain): (Syntax, bool),
) -> Option<Judgement> {
    let is_fallback = is_certain && syntax == Syntax::Fallback;
    // An argument that looks like the name of an entry may be what the call looks up.
    let is_own =
        || is_own_key(name, kind) && !value::names_an_entry(value) || is_of_account(name, kind);
    (is_fallback && is_own() && is_guessable(value)).then_some(Judgement {
        rule: RULE,
        confidence: Confidence::Medium,
    })
}

/// Returns whether the last of the names that lead to a setting, such as `session/secret`, is that of a key that an
/// application itself signs or encrypts with. None of the names may be that of another party, as in
/// `recaptcha/secretKey`.
pub fn is_own(names: &str) -> bool {
    let is_of_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let name = names.rsplit(|c| !is_of_name(c)).next().unwrap_or(names);
    let is_key = crate::lexicon::name::classify(name).is_some_and(|kind| is_own_key(name, kind));
    is_key && !OF_OTHERS.iter().any(|word| value::holds(names, word))
}

/// Whether a name is that of a key that an application itself signs or encrypts with.
fn is_own_key(name: &str, kind: CredentialName) -> bool {
    let is_key = matches!(
        kind,
        CredentialName::Secret | CredentialName::SigningKey | CredentialName::EncryptionKey
    );
    is_key && !OF_OTHERS.iter().any(|word| value::holds(name, word))
}

/// Whether a name is that of a token that an application assigns to one of its own accounts, so that any value takes
/// effect: `OPENVSX_USER_PAT`, `ADMIN_TOKEN`, `ROOT_API_TOKEN`.
fn is_of_account(name: &str, kind: CredentialName) -> bool {
    #[rustfmt::skip]
    const ACCOUNTS: &[&str] = &["user", "admin", "root", "superuser", "operator", "bootstrap", "initial", "internal", "agent", "cluster"];
    // Words of other parties, except those that an application's own tokens have as well.
    let is_of_other = |word: &&&str| !["api", "access"].contains(*word);
    matches!(
        kind,
        CredentialName::Token | CredentialName::ApiKey | CredentialName::AccessKey
    ) && ACCOUNTS.iter().any(|word| value::holds(name, word))
        && !OF_OTHERS
            .iter()
            .filter(is_of_other)
            .any(|word| value::holds(name, word))
}

/// What may be between the words of a value.
const MARKS: [char; 4] = ['-', '_', ' ', '.'];

/// Whether anyone can guess a value: a word that everyone tries, several words, a placeholder, one character repeated.
pub(super) fn is_guessable(text: &str) -> bool {
    if !(3..=LONGEST).contains(&text.len())
        || !text.is_ascii()
        || value::is_reference(text)
        || has_interpolation(text)
        || value::is_not_a_credential(text)
        || value::is_variable_name(text)
        || text.contains(['(', '<', '\n', '/'])
    {
        return false;
    }
    let is_word = |part: &str| {
        let letters = part.trim_end_matches(|c: char| c.is_ascii_digit());
        part.len() - letters.len() <= 4
            && !letters.is_empty()
            && letters.bytes().all(|byte| byte.is_ascii_alphabetic())
            && !value::is_random(letters)
    };
    match placeholder::classify(text) {
        Some(Placeholder::Nothing) => false,
        Some(_) => true,
        None => {
            value::weak(text)
                || counts_up(text)
                || text.contains(MARKS)
                    && text
                        .split(MARKS)
                        .all(|part| part.is_empty() || is_word(part))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_anybody_guesses_is_told_from_keys() {
        for text in [
            "changeme",
            "super-secret",
            "keyboard cat",
            "secret",
            "dev",
            "my_jwt_secret_key",
            "AAAAAAAAAAAAAAAC",
            "secret123",
            "your-secret-key",
            "insecure",
            "my-super-secret-key",
            "cookie_secret",
        ] {
            assert!(is_guessable(text), "{text}");
        }
        for text in [
            "",
            "none",
            "q8Zr2LkT0vXw5Ns7pD3f",
            "${OTHER}",
            "/run/secrets/jwt",
            "HS256",
            "true",
            "hidden",
            "JWT_SECRET_KEY",
        ] {
            assert!(!is_guessable(text), "{text}");
        }
    }

    #[test]
    fn a_variable_says_whose_key_is_read() {
        assert!(reads_of_others(b"' => env('STORAGE_S3_SECRET', '"));
        assert!(reads_of_others(b" = os.getenv(\"STRIPE_SECRET\", \""));
        assert!(!reads_of_others(b"' => env('APP_SECRET', '"));
        assert!(!reads_of_others(b" = process.env.SESSION_SECRET || '"));
    }

    #[test]
    fn names_around_a_key_say_whose_it_is() {
        assert!(is_own("keys/shop/jwtSecret") && is_own("taxForms/encryptionKey"));
        assert!(!is_own("recaptcha/secretKey") && !is_own("github/secret"));
        assert!(!is_own("keys/shop/timeout"));
    }

    #[test]
    fn only_keys_of_the_application_itself_count() {
        let found =
            |name: &str, kind, syntax| judge((name, kind), "changeme", (syntax, true)).is_some();
        assert!(found(
            "JWT_SECRET",
            CredentialName::Secret,
            Syntax::Fallback
        ));
        assert!(found(
            "signingKey",
            CredentialName::SigningKey,
            Syntax::Fallback
        ));
        assert!(!found("JWT_SECRET", CredentialName::Secret, Syntax::Quoted));
        assert!(!found(
            "clientSecret",
            CredentialName::Secret,
            Syntax::Fallback
        ));
        let entry = judge(
            ("JWT_SECRET", CredentialName::Secret),
            "prod-orders-jwt-secret",
            (Syntax::Fallback, true),
        );
        assert_eq!(entry, None);
        assert!(!found("apiKey", CredentialName::ApiKey, Syntax::Fallback));
        for (name, expected) in [
            ("SHOP_USER_PAT", true),
            ("ADMIN_API_TOKEN", true),
            ("GITHUB_USER_TOKEN", false),
            ("PLUGIN_TOKEN", false),
        ] {
            assert_eq!(
                found(name, CredentialName::Token, Syntax::Fallback),
                expected,
                "{name}"
            );
        }
        assert!(!found(
            "DB_PASSWORD",
            CredentialName::Password,
            Syntax::Fallback
        ));
    }
}
