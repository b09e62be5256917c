//! Credentials in manifests.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use crate::audit::document;
use crate::audit::limit;
use crate::audit::report::SecretAt;
use crate::audit::yaml::{Span, Value};
use crate::lexicon::host::login_of;
use crate::lexicon::name::{self, CredentialName};
use crate::lexicon::placeholder;
use crate::lexicon::value;
use crate::model::Secret;

use super::manifest::{File, Object};

/// A credential and where it is.
pub(super) struct Slot<'t> {
    pub(super) name: &'t str,
    pub(super) kind: Option<CredentialName>,
    pub(super) span: Span,
    pub(super) secret: SecretAt,
    /// The object or container that has it, as a phrase.
    pub(super) owner: String,
    /// Whether an attacker would guess it early.
    pub(super) is_weak: bool,
    /// Whether it is a placeholder that was never replaced.
    pub(super) is_placeholder: bool,
    /// Whether only its neighbours suggest that it is a credential: its own name promises nothing.
    pub(super) is_beside: bool,
}

/// How many values of one file are read.
const MAX_VALUES: usize = 100_000;

/// Returns all credentials of a file.
pub(super) fn slots<'t>(file: &File<'t>) -> Vec<Slot<'t>> {
    let mut slots = Vec::new();
    for object in &file.objects {
        match object.kind {
            "Secret" => in_secret(object, file.text, &mut slots),
            "ConfigMap" => in_map(object, "ConfigMap", "data", file.text, &mut slots),
            _ => {}
        }
    }
    for (_, container) in file.containers() {
        for (name, value) in container.variables() {
            let Some(kind) = name::classify(name) else {
                continue;
            };
            let owner = format!("container `{}`", container.name);
            slots.extend(slot(
                (name, Some(kind), value),
                value.text(),
                owner,
                file.text,
            ));
        }
    }
    if slots.len() > MAX_VALUES {
        limit::reached(format!(
            "more than {MAX_VALUES} values that may be credentials"
        ));
        slots.truncate(MAX_VALUES);
    }
    slots
}

fn in_secret<'t>(object: &Object<'t>, text: &str, slots: &mut Vec<Slot<'t>>) {
    // Encrypted by sops, which keeps the kind of the object and adds a key at its end.
    if object.root.get("sops").is_some() {
        return;
    }
    let first = slots.len();
    in_map(object, "Secret", "stringData", text, slots);
    in_data(object, text, slots);
    let is_random =
        |slot: &Slot| std::str::from_utf8(slot.secret.value.reveal()).is_ok_and(is_drawn);
    if slots[first..].iter().any(is_random) {
        beside(object, text, slots);
    }
}

/// Adds values of a Secret that are as random as credentials, under names that promise nothing: `jwt`, `seed`,
/// `webhookapi`.
fn beside<'t>(object: &Object<'t>, text: &str, slots: &mut Vec<Slot<'t>>) {
    for (key, is_encoded) in [("stringData", false), ("data", true)] {
        let entries = object.root.get(key).into_iter().flat_map(Value::entries);
        for entry in entries {
            let (Some(name), Some(written)) = (entry.key.text(), entry.value.text()) else {
                continue;
            };
            if name::classify(name).is_some() || is_secret_file(name) || names_no_secret(name) {
                continue;
            }
            let plain = if is_encoded {
                decoded(written)
            } else {
                Some(written.to_owned())
            };
            let Some(plain) = plain.filter(|plain| is_drawn(plain.trim())) else {
                continue;
            };
            let plain = plain.trim();
            if is_filled_in(plain) || value::opens_nothing(name, plain) {
                continue;
            }
            slots.push(Slot {
                name,
                kind: None,
                span: entry.value.span(),
                secret: SecretAt {
                    value: Secret::new(plain.as_bytes().to_vec()),
                    span: document::content(entry.value, text),
                },
                owner: format!("Secret `{}`", object.name),
                is_weak: false,
                is_placeholder: false,
                is_beside: true,
            });
        }
    }
}

/// Whether a value is random, of letters and digits, and long enough for a key.
fn is_drawn(value: &str) -> bool {
    let has = |is: fn(&u8) -> bool| value.bytes().any(|byte| is(&byte));
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_+/=".contains(&byte);
    (16..=512).contains(&value.len())
        && value.bytes().all(is_plain)
        && has(u8::is_ascii_digit)
        && has(u8::is_ascii_alphabetic)
        && value::is_random(value)
}

/// Whether a name means something that may be random but opens nothing: an id, a digest, a public key.
fn names_no_secret(name: &str) -> bool {
    #[rustfmt::skip]
    const WORDS: [&str; 22] = [
        "id", "uuid", "guid", "did", "public", "pub", "cert", "certificate", "crt", "ca", "fingerprint", "checksum", "hash",
        "digest", "sha", "version", "revision", "host", "name", "user", "username", "address",
    ];
    let name = spread(name);
    name.split(|c: char| !c.is_ascii_alphanumeric())
        .any(|word| WORDS.contains(&word))
}

/// Returns a name in lower case, with its words separated: `clientId` becomes `client id`.
fn spread(name: &str) -> String {
    let mut text = String::with_capacity(name.len() + 8);
    let mut before = 'A';
    for c in name.chars() {
        if c.is_ascii_uppercase() && before.is_ascii_lowercase() {
            text.push(' ');
        }
        text.push(c.to_ascii_lowercase());
        before = c;
    }
    text
}

fn in_data<'t>(object: &Object<'t>, text: &str, slots: &mut Vec<Slot<'t>>) {
    let Some(data) = object.root.get("data") else {
        return;
    };
    for entry in data.entries() {
        let (Some(name), Some(written)) = (entry.key.text(), entry.value.text()) else {
            continue;
        };
        let kind = name::classify(name);
        if kind.is_none() && !is_secret_file(name) {
            continue;
        }
        let Some(plain) = decoded(written) else {
            continue;
        };
        let owner = format!("Secret `{}`", object.name);
        slots.extend(slot(
            (name, kind, entry.value),
            Some(plain.trim()),
            owner,
            text,
        ));
    }
}

/// Whether a key of a Secret is the name of a file that is secret as a whole.
fn is_secret_file(name: &str) -> bool {
    matches!(
        name,
        "tls.key" | ".dockerconfigjson" | ".dockercfg" | "ssh-privatekey" | "kubeconfig"
    )
}

fn in_map<'t>(object: &Object<'t>, what: &str, key: &str, text: &str, slots: &mut Vec<Slot<'t>>) {
    let entries = object.root.get(key).into_iter().flat_map(Value::entries);
    for entry in entries {
        let Some(name) = entry.key.text() else {
            continue;
        };
        let kind = name::classify(name);
        if kind.is_some() || (what == "Secret" && is_secret_file(name)) {
            let owner = format!("{what} `{}`", object.name);
            slots.extend(slot(
                (name, kind, entry.value),
                entry.value.text(),
                owner,
                text,
            ));
        }
    }
}

/// A name, the kind of credential that it promises, and its value.
type Named<'t> = (&'t str, Option<CredentialName>, Value<'t>);

fn slot<'t>(
    (name, kind, written): Named<'t>,
    plain: Option<&str>,
    owner: String,
    text: &str,
) -> Option<Slot<'t>> {
    let whole = plain?.trim();
    let plain = match kind {
        Some(CredentialName::ConnectionString) => password_in(whole)?,
        _ => whole,
    };
    let is_null = written.is_null();
    if plain.is_empty() || is_null || is_filled_in(plain) || value::opens_nothing(name, plain) {
        return None;
    }
    let is_placeholder = match placeholder::classify(plain) {
        Some(placeholder::Placeholder::Nothing) => return None,
        class => class.is_some() || stands_for_itself(name, plain),
    };
    let is_weak = value::weak(plain);
    let is_file = kind.is_none();
    let is_password = kind == Some(CredentialName::Password) && is_weak;
    if !is_file && !is_placeholder && !is_password && value::is_not_a_credential(plain) {
        return None;
    }
    // Of files, only private keys and logins are reported.
    if is_file
        && !(plain.contains("PRIVATE KEY")
            || plain.contains("\"auth\"")
            || plain.contains("client-key-data"))
    {
        return None;
    }
    let span = written.span();
    let content = document::content(written, text);
    Some(Slot {
        name,
        kind,
        span,
        secret: SecretAt {
            value: Secret::new(plain.as_bytes().to_vec()),
            span: content,
        },
        owner,
        is_weak,
        is_placeholder,
        is_beside: false,
    })
}

/// Whether a value contains its own name (`INSERT_API_KEY`), or is a key with its middle left out.
fn stands_for_itself(name: &str, value: &str) -> bool {
    let contains_name = name.len() >= 6
        && value
            .to_ascii_uppercase()
            .contains(&name.to_ascii_uppercase());
    contains_name || value.contains("\n...") || value.starts_with("...")
}

/// Returns whether a value begins like a password hash.
pub(super) fn is_hash(value: &[u8]) -> bool {
    let marks: [&[u8]; 6] = [b"$2a$", b"$2b$", b"$2y$", b"$argon2", b"$apr1$", b"$6$"];
    marks.iter().any(|mark| value.starts_with(mark))
}

/// Whether the value is filled in before it reaches the cluster: a template, `$(VARIABLE)`, an encryption tool.
fn is_filled_in(value: &str) -> bool {
    [
        "{{", "$(", "${", "<%", "ENC[", "AGE-ENC", "ref+", "vault:", "<path:", "op://", "sops:",
    ]
    .iter()
    .any(|mark| value.contains(mark))
}

/// Returns the password of a URL.
fn password_in(text: &str) -> Option<&str> {
    let (login, _) = login_of(text)?;
    let (_, password) = login.split_once(':')?;
    Some(password).filter(|password| !password.is_empty())
}

/// Decodes base64 to text; `None` if it is not base64, or not text.
fn decoded(written: &str) -> Option<String> {
    let digits: String = written.split_ascii_whitespace().collect();
    let digits = digits.trim_end_matches('=');
    String::from_utf8(STANDARD_NO_PAD.decode(digits).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_read() {
        assert_eq!(decoded("aHVudGVyMg==").as_deref(), Some("hunter2"));
        assert_eq!(decoded("aHVu\ndGVyMg").as_deref(), Some("hunter2"));
        assert_eq!(decoded("not base64!"), None);
        assert_eq!(decoded("/w=="), None);
    }
}
