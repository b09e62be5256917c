//! Decides whether a value is a credential, a placeholder, or neither.

use super::encoded::{encoded_word, judge_encoded};
use super::fragment::{has_interpolation, is_cut_short, is_opened_only};
use super::{fallback, phrase, spelled};
use crate::detect::assignment::Syntax;
use crate::detect::entropy::shannon;
use crate::detect::name_cache::classify_once;
use crate::detect::strength::{is_hash, strength};
use crate::lexicon::leet;
use crate::lexicon::name::{CredentialName, is_password_word, is_short_lived};
use crate::lexicon::placeholder::{self, Placeholder};
use crate::lexicon::value;
use crate::model::Confidence;

/// What a value in the slot of a credential turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::detect) struct Judgement {
    /// The id of the rule that reports the value.
    pub(in crate::detect) rule: &'static str,
    /// How sure the judgement is.
    pub(in crate::detect) confidence: Confidence,
}

/// Judges `value`, which is assigned to `name` in `syntax`; `None` if there is nothing to report.
pub(in crate::detect) fn judge(name: &str, value: &str, syntax: Syntax) -> Option<Judgement> {
    // Finding out whether a value is something else is slower, and few values get this far. The fallback of a key is in
    // use, whatever it looks like.
    judge_as_credential(name, value, syntax)
        .filter(|found| found.rule == fallback::RULE || !names_else(name, value, syntax))
}

/// The same, without checking whether the value is something else.
fn judge_as_credential(name: &str, value: &str, syntax: Syntax) -> Option<Judgement> {
    let is_field = syntax == Syntax::Field;
    // The name of a list is a plural.
    let name = match syntax {
        Syntax::Listed => name.strip_suffix(['s', 'S']).unwrap_or(name),
        _ => name,
    };
    let named = classify_once(name);
    let (kind, is_certain) = match named.kind {
        // A salt is not a credential, unless it is that of a whole application.
        Some(CredentialName::Salt) if is_of_one_value(name) || value.len() < 16 => return None,
        Some(CredentialName::Salt) => (CredentialName::Salt, false),
        Some(_) if is_field => (CredentialName::ConnectionString, true),
        None if is_field && name.eq_ignore_ascii_case("pwd") => {
            (CredentialName::ConnectionString, true)
        }
        Some(kind) => (kind, true),
        None => {
            let kind = named.action?;
            (
                kind,
                syntax == Syntax::Argument && kind != CredentialName::Credential,
            )
        }
    };
    let guessed = fallback::judge((name, kind), value, (syntax, is_certain));
    if let Some(found) = guessed.or_else(|| judge_encoded(name, value, syntax)) {
        return Some(found);
    }
    let is_strict = syntax.is_loose() || !is_certain;
    if is_label(name, value) || phrase::is_shown_word(name, kind, value) {
        return None;
    }
    if let Some(found) = judge_unset(kind, value, syntax, is_certain)? {
        return Some(found);
    }
    let repeats = repeats_name(name, value)
        || kind != CredentialName::Password && is_fuller_name(name, value);
    if names_a_digest(name, value) || is_hash(value) || repeats {
        return None;
    }
    if is_object(value) {
        return judge_object(kind, value);
    }
    if kind == CredentialName::ServiceKey && !is_digits_of_key(value)
        || spelled::names_instead(name, kind, value, syntax)
    {
        return None;
    }
    if value.contains(' ') || !value.is_ascii() {
        return phrase::judge(name, kind, value, syntax);
    }
    let confidence = strength(kind, value, syntax)?;
    let confidence = match syntax {
        Syntax::Compared => confidence.lowered(),
        _ => confidence,
    };
    let confidence = match kind {
        CredentialName::Salt => confidence.min(Confidence::Medium),
        CredentialName::Token if named.kind.is_none() && is_short_lived(name) => Confidence::Low,
        _ => confidence,
    };
    // A list under such a name more often holds other things.
    let least = if is_certain && syntax != Syntax::Listed {
        Confidence::Medium
    } else {
        Confidence::High
    };
    let own = strength(kind, value, syntax)?;
    let is_enough = !is_strict || own >= least;
    let is_hint = || may_be_one((name, kind), value, (syntax, is_certain), own);
    if !is_enough && !is_hint() {
        return None;
    }
    Some(Judgement {
        rule: credential_rule(kind),
        confidence: if is_enough {
            confidence
        } else {
            Confidence::Low
        },
    })
}

/// Whether a value that is not sure enough for its place may still be a credential, for scans that ask for everything
/// that could be one.
fn may_be_one(
    (name, kind): (&str, CredentialName),
    value: &str,
    (syntax, is_certain): (Syntax, bool),
    own: Confidence,
) -> bool {
    // What `typeof` returns.
    const TYPES: [&str; 6] = [
        "function",
        "string",
        "object",
        "undefined",
        "number",
        "boolean",
    ];
    let is_password = kind == CredentialName::Password;
    let ends_a_test = name.rsplit('.').next() == Some("pass");
    let is_variable = || name.contains('_') && !name.bytes().any(|byte| byte.is_ascii_lowercase());
    match syntax {
        // `t.pass("…")` is how a test ends.
        Syntax::Argument => {
            is_password && is_certain && (6..=24).contains(&value.len()) && !ends_a_test
        }
        Syntax::Compared => {
            is_password && is_certain && value.len() >= 6 && !TYPES.contains(&value)
        }
        Syntax::Embedded => is_password && is_certain && is_variable(),
        Syntax::Fallback => is_password && is_certain && value.len() >= 6,
        Syntax::Quoted => !is_certain && own >= Confidence::Medium,
        _ => false,
    }
}

/// Whether a value is a JSON or program object, written as a string.
fn is_object(value: &str) -> bool {
    let opens = ["{\\\"", "{\"", "{'", "{ \\\"", "{ \"", "{ '"];
    value.ends_with('}') && opens.iter().any(|open| value.starts_with(open)) && value.contains(':')
}

/// Judges an object that is written as a string, such as a token in a header or cookie whose parts are named.
fn judge_object(kind: CredentialName, value: &str) -> Option<Judgement> {
    let parts = value.split(['"', '\\', ' ', ',', ':', '{', '}']);
    let is_key = |part: &str| part.len() < 200 && is_digits_of_key(part);
    parts.clone().any(is_key).then(|| Judgement {
        rule: credential_rule(kind),
        confidence: Confidence::High,
    })
}

/// Whether a name is that of a salt for a single value: each value has one, and it is not secret.
fn is_of_one_value(name: &str) -> bool {
    const OF_ONE: [&str; 10] = [
        "user", "row", "record", "test", "mock", "db", "expected", "file", "new", "old",
    ];
    let name = name.to_ascii_lowercase();
    let stem = name.strip_suffix("salt").unwrap_or(&name);
    let stem = stem.trim_end_matches(['_', '-', '.']);
    stem.len() < 3 || OF_ONE.iter().any(|word| stem.ends_with(word))
}

/// Returns how sure it is that a value is a password or token, which its surroundings promise; `None` if it is not one.
pub(in crate::detect) fn judge_promised(value: &str) -> Option<Confidence> {
    let syntax = Syntax::Argument;
    // `Bearer realm="…"` is the challenge of a server, not a credential.
    let asks = value.split_once('=').is_some_and(|(name, rest)| {
        const ASKED: [&str; 6] = [
            "realm",
            "error",
            "scope",
            "charset",
            "resource_metadata",
            "authorization_uri",
        ];
        rest.len() > 1
            && name
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte == b'_')
            || ASKED.contains(&name)
    });
    if asks || value::opens_nothing("", value) || value::is_member_of_type(value) {
        return None;
    }
    match judge_unset(CredentialName::Password, value, syntax, true)? {
        Some(_) => None,
        None => strength(CredentialName::Password, value, syntax)
            .filter(|&confidence| confidence >= Confidence::Medium),
    }
}

/// Returns the confidence of a value that its surroundings show to be a password: high if it is random, else medium.
pub(in crate::detect) fn surprise(value: &str) -> Confidence {
    if value::is_random(value) {
        Confidence::High
    } else {
        Confidence::Medium
    }
}

/// Whether the value is public, or only names the credential, its place or what holds it.
fn names_else(name: &str, value: &str, syntax: Syntax) -> bool {
    // Without quotes, YAML reads it as an alias of a node elsewhere in the file.
    let is_alias = || {
        syntax == Syntax::Bare
            && value.strip_prefix('*').is_some_and(|rest| {
                rest.starts_with(|c: char| c.is_ascii_alphabetic())
                    && rest.bytes().all(|byte| {
                        byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
                    })
            })
    };
    // An argument that looks like the name of an entry is what the call looks up.
    let is_entry =
        || matches!(syntax, Syntax::Argument | Syntax::Fallback) && value::names_an_entry(value);
    // The scopes that OpenAPI requires of a security scheme.
    let is_scope = || syntax == Syntax::Listed && value::is_scope(name, value);
    value::opens_nothing(name, value)
        || value::is_variable_name(value)
        || is_scope()
        || syntax == Syntax::Bare && value::is_bare_member(value)
        || is_alias()
        || is_entry()
}

/// Judges whether a value was never set: `None` if there is nothing to report, `Some(Some(…))` if it is a
/// placeholder or default word, `Some(None)` otherwise.
#[expect(
    clippy::option_option,
    reason = "there are three answers, and callers pass two of them on"
)]
fn judge_unset(
    kind: CredentialName,
    value: &str,
    syntax: Syntax,
    is_certain: bool,
) -> Option<Option<Judgement>> {
    if value::is_reference(value) || has_interpolation(value) || value::is_not_a_credential(value) {
        return None;
    }
    if let Some(word) = encoded_word(value) {
        return judge_unset(kind, &word, syntax, is_certain);
    }
    let may_be_unset = is_certain && (!syntax.is_loose() || syntax == Syntax::Fallback);
    if let Some(class) = placeholder::classify(value) {
        // "Enter your password" is text of a form; nobody writes a placeholder as a sentence.
        if value.contains(char::is_whitespace) && class != Placeholder::Bracketed {
            return None;
        }
        if is_keyword(kind, value) || !may_be_unset {
            return None;
        }
        return placeholder_rule(class, value).map(|rule| {
            Some(Judgement {
                rule,
                confidence: Confidence::High,
            })
        });
    }
    if !value::weak(value) {
        let is_sample = value.contains("...")
            || value.contains('…')
            || counts_up(value)
            || is_made_up(value.as_bytes())
            || is_cut_short(value)
            || is_opened_only(value);
        return (!is_sample).then_some(None);
    }
    // Everyone guesses it, and yet it was chosen and opens something.
    if kind == CredentialName::Password && value::chosen(value) {
        return Some(None);
    }
    // "API password" is a label.
    if value.contains(char::is_whitespace) || !may_be_unset {
        return None;
    }
    // A slot for a password takes any word; "token" and "key" are also the names of much that is no credential.
    let confidence = match kind {
        CredentialName::Password | CredentialName::ConnectionString => Confidence::High,
        CredentialName::Token | CredentialName::ApiKey | CredentialName::AccessKey => {
            Confidence::Low
        }
        // A word is not a private key.
        CredentialName::PrivateKey => Confidence::Low,
        _ => Confidence::Medium,
    };
    Some(Some(Judgement {
        rule: "placeholder/default-word",
        confidence,
    }))
}

/// Whether a value is a keyword: a grammar's "token" and a table's "key" may well be the word `REPLACE`, and so may a
/// permission, as in `ssh_key:update`.
fn is_keyword(kind: CredentialName, value: &str) -> bool {
    !matches!(
        kind,
        CredentialName::Password | CredentialName::ConnectionString
    ) && [
        "replace", "change", "update", "modify", "set", "add", "insert",
    ]
    .iter()
    .any(|word| value.eq_ignore_ascii_case(word))
}

fn placeholder_rule(class: Placeholder, value: &str) -> Option<&'static str> {
    Some(match class {
        Placeholder::ChangeMe | Placeholder::Replace | Placeholder::ToBe => "placeholder/change-me",
        Placeholder::Your => "placeholder/your-value",
        Placeholder::Instruction => "placeholder/instruction",
        Placeholder::Bracketed => "placeholder/bracketed",
        Placeholder::Masked | Placeholder::Repeated => "placeholder/masked",
        Placeholder::Word | Placeholder::Boast => "placeholder/default-word",
        // "none" and "null" say that there is no credential; these say that there will be one.
        Placeholder::Nothing => {
            let is_task = ["todo", "fixme", "tbd"]
                .iter()
                .any(|word| value.eq_ignore_ascii_case(word));
            return is_task.then_some("placeholder/instruction");
        }
    })
}

/// Whether a value is long and random enough for the key of a service, which the name alone does not show for certain.
fn is_digits_of_key(value: &str) -> bool {
    let count = |is: fn(&u8) -> bool| value.bytes().filter(is).count();
    let digits = count(u8::is_ascii_digit);
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_+/=.".contains(&byte);
    let is_hex = || value.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_mixed = || count(u8::is_ascii_lowercase) > 3 && count(u8::is_ascii_uppercase) > 3;
    let bits = shannon(value.as_bytes());
    let is_long = match value.len() {
        20..=300 => bits > 3.3 || bits > 3.0 && is_hex(),
        // A shorter value is a key only if it is all hex digits.
        16..=19 => bits > 2.8 && digits > 3 && is_hex(),
        _ => false,
    };
    is_long
        && (digits >= 3 || digits >= 1 && is_mixed())
        && value.bytes().all(is_plain)
        && value::is_random(value)
}

pub(super) fn credential_rule(kind: CredentialName) -> &'static str {
    match kind {
        CredentialName::Password => "generic/password",
        CredentialName::Secret => "generic/secret",
        CredentialName::Token => "generic/token",
        CredentialName::ApiKey | CredentialName::AccessKey | CredentialName::ServiceKey => {
            "generic/api-key"
        }
        CredentialName::PrivateKey
        | CredentialName::EncryptionKey
        | CredentialName::SigningKey
        | CredentialName::Salt => "generic/encryption-key",
        CredentialName::Credential => "generic/credential",
        CredentialName::ConnectionString => "generic/connection-string",
    }
}

/// Whether the value mostly counts up or repeats itself: `012345abcdef`, `11112222`, `aaaa-bbbb-cccc`.
pub(in crate::detect) fn counts_up(value: &str) -> bool {
    let is_between = |byte: &u8| matches!(byte, b'-' | b'_' | b'.' | b':');
    let bytes: Vec<u8> = value.bytes().filter(|byte| !is_between(byte)).collect();
    let steps = bytes
        .windows(2)
        .filter(|pair| pair[1].wrapping_sub(pair[0]) <= 1)
        .count();
    bytes.len() >= 8 && steps * 10 >= (bytes.len() - 1) * 8
}

/// Whether the name says that the value is the hash of a password, not the password.
pub(in crate::detect) fn names_a_digest(name: &str, value: &str) -> bool {
    let says = |words: &[&str]| words.iter().any(|word| value::holds(name, word));
    // The salt of Hashids is itself a secret.
    says(&["hash"]) && !says(&["hashids"])
        || says(&["digest", "checksum", "fingerprint"])
        || value.len() >= 24 && says(&["sha1", "sha2", "sha5", "md5", "bcrypt"])
}

/// Whether the value is a label of a form or a manual: `DB_PASSWORD = "Password"`, `client_secret: "Secret"`.
pub(in crate::detect) fn is_label(name: &str, value: &str) -> bool {
    let is_capitalised = value.len() > 4
        && value.starts_with(|c: char| c.is_ascii_uppercase())
        && value[1..].bytes().all(|byte| byte.is_ascii_lowercase());
    let own = value.to_ascii_lowercase();
    is_capitalised && (name.to_ascii_lowercase().ends_with(&own) || is_password_word(&own))
}

/// Whether the value only repeats its name: `password: password_confirmation`.
pub(in crate::detect) fn repeats_name(name: &str, value: &str) -> bool {
    fn flat(text: &str) -> impl Iterator<Item = u8> {
        text.bytes()
            .filter(u8::is_ascii_alphanumeric)
            .map(|byte| byte.to_ascii_lowercase())
    }
    let shares = |word: &[u8]| {
        let value: Vec<u8> = flat(value).collect();
        memchr::memmem::find(&value, word).is_some()
    };
    let plain = leet::plain(value);
    let is_same = |text: &str| flat(text).eq(flat(name));
    is_same(value)
        || plain.is_some_and(|plain| is_same(&plain))
        || flat(value).all(|byte| byte.is_ascii_alphabetic()) && shares(b"password")
}

/// Whether the value is the name with a prefix, under which another place has it:
/// `secretAccessKey: lookup("s3_secretAccessKey")`.
fn is_fuller_name(name: &str, value: &str) -> bool {
    const SHORTEST: usize = 8;
    const MORE: usize = 8;
    let more = value.len().checked_sub(name.len());
    let (before, end) = value
        .split_at_checked(more.unwrap_or_default())
        .unwrap_or_default();
    name.len() >= SHORTEST
        && more.is_some_and(|more| (1..=MORE).contains(&more))
        && end.eq_ignore_ascii_case(name)
        && before.ends_with(['_', '-', '.', ':', '/'])
}

/// Returns whether a candidate with a vendor's format is a sample: it was made up or published, or has eight zeros in a
/// row.
pub(in crate::detect) fn is_made_up(secret: &[u8]) -> bool {
    is_spelled_out(secret) || memchr::memmem::find(secret, b"00000000").is_some()
}

/// Returns the same for an id, in which a run of zeros is no sign of that: ids may be counted up from zero.
pub(in crate::detect) fn is_sample_id(id: &[u8]) -> bool {
    let mut digits = id.iter().filter(|byte| byte.is_ascii_alphanumeric());
    let first = digits.next();
    is_spelled_out(id) || digits.all(|digit| Some(digit) == first)
}

/// Returns whether `secret` holds `word`, in any ASCII case.
pub(in crate::detect) fn holds(secret: &[u8], word: &str) -> bool {
    !word.is_empty()
        && secret
            .windows(word.len())
            .any(|part| part.eq_ignore_ascii_case(word.as_bytes()))
}

fn is_spelled_out(secret: &[u8]) -> bool {
    std::str::from_utf8(secret).is_ok_and(value::is_sample)
}

#[cfg(test)]
mod tests {
    use base64::Engine;

    use super::*;

    fn check(name: &str, value: &str, expected: Option<(&str, Confidence)>) {
        let judgement =
            judge(name, value, Syntax::Quoted).map(|found| (found.rule, found.confidence));
        assert_eq!(judgement, expected, "{name} = {value}");
    }

    #[test]
    fn credentials_are_named_after_their_slot() {
        check(
            "DB_PASSWORD",
            "Tr4verse-Lamp",
            Some(("generic/password", Confidence::Medium)),
        );
        check(
            "api_key",
            "9f86d081884c7d659a2f",
            Some(("generic/api-key", Confidence::High)),
        );
        check(
            "authToken",
            "q8Zr2LkT0vXw5Ns",
            Some(("generic/token", Confidence::High)),
        );
        check(
            "client_secret",
            "kT7-vv2_Qp9xLmR4sZb1",
            Some(("generic/secret", Confidence::High)),
        );
    }

    #[test]
    fn passwords_of_words_are_passwords() {
        for value in ["Summer2024!", "Winter#22", "Welcome1"] {
            check(
                "db_password",
                value,
                Some(("generic/password", Confidence::Medium)),
            );
        }
        check(
            "db_password",
            "correcthorse",
            Some(("generic/password", Confidence::Low)),
        );
    }

    #[test]
    fn a_salt_counts_if_an_application_has_one() {
        let value = "kT7vv2Qp9xLmR4sZb1Wc";
        let found = Some(("generic/encryption-key", Confidence::Medium));
        check("HASHIDS_SALT", value, found);
        for name in ["salt", "user_salt", "testSalt"] {
            check(name, value, None);
        }
        check("HASHIDS_SALT", "pinch-of-salt", None);
    }

    #[test]
    fn what_is_exchanged_soon_is_hardly_a_credential() {
        for name in ["oauth_verifier", "expectedAuthCode", "jsapi_ticket"] {
            check(
                name,
                "q8Zr2LkT0vXw5Ns7pD3f",
                Some(("generic/token", Confidence::Low)),
            );
            check(name, "authorization", None);
        }
    }

    #[test]
    fn a_service_names_its_key() {
        let key = "q8Zr2LkT0vXw5Ns7pD3f";
        let found = Some(("generic/api-key", Confidence::High));
        check("DEEPGRAM", key, found);
        check("weather_api", key, found);
        check("DEEPGRAM", "deepgram-sdk", None);
        check("gateway_key", "9f86d081884c7d659a2feaa0c55ad015", None);
    }

    #[test]
    fn an_object_counts_for_the_key_in_it() {
        let object = |key: &str| format!(r#"{{\"name\":\"root\",\"sig\":\"{key}\"}}"#);
        let key = object("q8Zr2LkT0vXw5Ns7pD3f");
        check("Apitoken", &key, Some(("generic/token", Confidence::High)));
        check("Apitoken", &object("default"), None);
    }

    #[test]
    fn many_digits_are_a_key_unless_they_count() {
        let digits = ["87782645", "7073942947", "29692402237354"].concat();
        check(
            "access_token",
            &digits,
            Some(("generic/token", Confidence::Medium)),
        );
        let counted = Some(("generic/token", Confidence::Low));
        check("access_token", "1234567898765432", counted);
    }

    #[test]
    fn an_action_needs_a_value_that_leaves_no_doubt() {
        let found =
            |name: &str, value: &str, syntax| judge(name, value, syntax).map(|it| it.confidence);
        let chosen = ["Tr4verse", "Lamp"].join("-");
        let random = "kT7-vv2_Qp9xLmR4sZb1";
        assert_eq!(
            found("verifyPassword", random, Syntax::Quoted),
            Some(Confidence::High)
        );
        assert_eq!(
            found("verifyPassword", &chosen, Syntax::Quoted),
            Some(Confidence::Low)
        );
        assert_eq!(
            found("setPassword", &chosen, Syntax::Argument),
            Some(Confidence::Medium)
        );
        assert_eq!(
            found("setPassword", "traverse", Syntax::Argument),
            Some(Confidence::Low)
        );
        assert_eq!(
            found("password", random, Syntax::Compared),
            Some(Confidence::Medium)
        );
    }

    #[test]
    fn hashes_labels_and_counted_values_are_nothing() {
        let bcrypt = format!("$2y$10${}", "kT7vv2Qp9xLmR4sZb1".repeat(2));
        for (name, value) in [
            ("password", bcrypt.as_str()),
            ("DB_PASSWORD", "API password"),
            ("label.password", "Adgangskode"),
            ("Secret", "shop-jwt-secret,type=mount,uid=1000"),
            ("auth_token", "012345abcdef"),
            ("token", "MANAGED-IDENTITY-TOKEN"),
            ("aws_secret", "AWS-Geheimnis"),
            ("api_token", "Jeton-API"),
            ("secret", "this_is_not_the_key"),
            ("auth_key", "DOES_NOT_EXIST"),
            ("password", "Pa55word12_wrong"),
            ("secret", "ORDERS_S2S_CLIENT_SECRET_OF_CASE_DATA"),
            ("app_secret", "%env(APP_SECRET)%"),
            ("kernel_secret", "%kernel.secret%"),
            ("password", ":upass"),
            ("token", "[[ANYTHING_PRESENT]]"),
            ("clientToken", "pub4a1750c8607dfa237de36c6305715c22"),
            ("password", "^[a-z]{8,}$"),
            ("password", "Hello {name}"),
        ] {
            check(name, value, None);
        }
    }

    #[test]
    fn what_nobody_replaced_is_a_placeholder() {
        check(
            "DB_PASSWORD",
            "CHANGE_ME",
            Some(("placeholder/change-me", Confidence::High)),
        );
        check(
            "API_KEY",
            "your-api-key",
            Some(("placeholder/your-value", Confidence::High)),
        );
        check(
            "POSTGRES_PASSWORD",
            "postgres",
            Some(("placeholder/default-word", Confidence::High)),
        );
        check("PASSWORD", "none", None);
        check(
            "token",
            "example",
            Some(("placeholder/default-word", Confidence::High)),
        );
        check(
            "token",
            "secret",
            Some(("placeholder/default-word", Confidence::Low)),
        );
    }

    #[test]
    fn words_in_base64_are_words() {
        let encode = |text: &str| base64::prelude::BASE64_STANDARD.encode(text);
        let found = Some(("placeholder/change-me", Confidence::High));
        check("client_secret", &encode("please-change-me"), found);
        check("client_secret", &encode("nothing\n"), None);
        let found = Some(("placeholder/default-word", Confidence::High));
        check("SHOP_PAT_BASE64", &encode("lamp_door_token"), found);
        let found = judge("client_secret", &encode("Tr4verse-Lamp-9"), Syntax::Quoted);
        assert_eq!(found.map(|found| found.rule), Some("generic/secret"));
    }

    #[test]
    fn references_expressions_and_names_are_nothing() {
        for (name, value) in [
            ("password", "${DB_PASSWORD}"),
            ("password", "params[:password]"),
            ("password", "#{secret}-1"),
            ("passphrase", "\\Q$STORE_JKS_KEY\\E"),
            ("password", "app-$DB_PASSWORD-1"),
            ("token", "https://example.com/token"),
            ("PASSWORD_FILE", "hunter2hunter2"),
            ("secret", "a4b"),
            ("token", "REPLACE"),
            ("DNS_PASSWORD", "Password"),
            ("pass", "DMARC_POLICY_ALLOW"),
            ("client_secret", "aaaa-bbbb-cccc-dddd-eeee"),
            ("PW", "Palau"),
            ("PW", "PALAU"),
            ("credentials", "Innloggingsdetaljer"),
            ("api_key", concat!("AI", "zaSyDX3R5Y1kxh_8lJ4OAO")),
            (
                "sonar.projectKey",
                "acme_app_bd4cd369-af44-4d19-903b-c4bdb0b66022",
            ),
            ("website_key", "6LcJcjwUAAAAAO_Xqjrtj9wWufUpYRnK6BW8lnfn"),
            ("password_sha256_hex", "9f86d081884c7d659a2feaa0c55ad015"),
            ("secretAccessKey", "s3_secretAccessKey"),
        ] {
            check(name, value, None);
        }
    }

    #[test]
    fn made_up_values_are_recognised() {
        assert!(is_made_up(b"AKIAIOSFODNN7EXAMPLE") && is_made_up(b"sk_live_1234567890abcdef"));
        assert!(!is_made_up(b"sk_live_9f86d081884c7d65"));
        let zeros = "0".repeat(12);
        assert!(is_made_up(format!("4f{zeros}2").as_bytes()));
        assert!(!is_sample_id(format!("4f{zeros}2").as_bytes()));
        assert!(is_sample_id(format!("{zeros}-{zeros}").as_bytes()));
        assert!(is_sample_id(b"acme-example"));
    }
}
