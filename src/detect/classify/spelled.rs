//! Words where a key is expected: the name of an entry, or a description of the value.

use crate::detect::assignment::Syntax;
use crate::lexicon::name::CredentialName;
use crate::lexicon::value;

/// Whether a value is words where a key is expected: programs generate keys, so a real one is not made of words.
pub(super) fn names_instead(name: &str, kind: CredentialName, value: &str, syntax: Syntax) -> bool {
    let is_issued = matches!(
        kind,
        CredentialName::ApiKey
            | CredentialName::AccessKey
            | CredentialName::ServiceKey
            | CredentialName::PrivateKey
    );
    let is_chosen = matches!(
        kind,
        CredentialName::Password | CredentialName::ConnectionString
    );
    is_issued && value::spells_words(name, value)
        || !is_chosen
            && value::is_called_by_words(value)
            && (syntax == Syntax::Argument || calls_itself_a_value(value))
}

/// Whether words say that a value belongs here: `s3SecretValue`.
fn calls_itself_a_value(value: &str) -> bool {
    ["value", "name", "here"].iter().any(|end| {
        let start = value.len().checked_sub(end.len());
        start
            .and_then(|start| value.get(start..))
            .is_some_and(|own| own.eq_ignore_ascii_case(end))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_no_key() {
        let check = |kind, value, syntax| names_instead("lamp_upload_key", kind, value, syntax);
        let (key, secret) = (CredentialName::ApiKey, CredentialName::Secret);
        assert!(check(key, "keytolampuploadapi", Syntax::Quoted));
        assert!(check(secret, "userAuthOauth2Url", Syntax::Argument));
        assert!(check(secret, "s3SecretValue", Syntax::Quoted));
        assert!(!check(secret, "userAuthOauth2Url", Syntax::Quoted));
        assert!(!check(
            CredentialName::Password,
            "s3SecretValue",
            Syntax::Quoted
        ));
        assert!(!check(key, "kT7vv2Qp9xLmR4sZb1Wc", Syntax::Argument));
    }
}
