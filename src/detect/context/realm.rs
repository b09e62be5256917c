//! Keycloak clients, in exports of a realm and in settings of adapters, whose secret opens nothing, or only something
//! on the machine itself.

use std::ops::Range;

use memchr::memmem;

/// How many bytes of a client are searched before its secret, and how many after it.
const REACH: (usize, usize) = (1_000, 2_000);

/// Clients that every realm has. None of them logs in with a secret.
const BUILT_IN: [&[u8]; 6] = [
    b"account",
    b"account-console",
    b"admin-cli",
    b"broker",
    b"realm-management",
    b"security-admin-console",
];

/// Prefixes of URLs of the machine itself.
const LOCAL: [&[u8]; 4] = [
    b"http://localhost",
    b"https://localhost",
    b"http://127.0.0.1",
    b"https://127.0.0.1",
];

/// Returns whether the value at `value`, the `secret` of a client, is of no use to others: the client is built in or
/// public, or its server or application is on the machine itself.
pub(in crate::detect) fn is_of_harmless_client(bytes: &[u8], value: &Range<usize>) -> bool {
    const CLIENT: &[u8] = b"\"clientId\"";
    let before = &bytes[value.start.saturating_sub(REACH.0)..value.start];
    let behind = &bytes[value.end..bytes.len().min(value.end + REACH.1)];
    if is_local(before, b"\"auth-server-url\"") || is_local(behind, b"\"auth-server-url\"") {
        return true;
    }
    let Some(at) = memmem::rfind(before, CLIENT) else {
        return false;
    };
    let own = &before[at..];
    let next = memmem::find(behind, CLIENT).unwrap_or(behind.len());
    let behind = &behind[..next];
    let id = text_of(own, CLIENT);
    id.is_some_and(|id| BUILT_IN.contains(&id))
        || is_true(own, b"\"publicClient\"")
        || is_true(behind, b"\"publicClient\"")
        || is_local(own, b"\"redirectUris\"")
        || is_local(behind, b"\"redirectUris\"")
}

/// The text after a JSON key and its colon.
fn behind_key<'t>(text: &'t [u8], key: &[u8]) -> Option<&'t [u8]> {
    let at = memmem::find(text, key)? + key.len();
    let rest = text[at..].trim_ascii_start().strip_prefix(b":")?;
    Some(rest.trim_ascii_start())
}

/// The string value of a key, or the first string of its list.
fn text_of<'t>(text: &'t [u8], key: &[u8]) -> Option<&'t [u8]> {
    let rest = behind_key(text, key)?;
    let rest = rest.strip_prefix(b"[").unwrap_or(rest).trim_ascii_start();
    let inner = rest.strip_prefix(b"\"")?;
    Some(&inner[..memchr::memchr(b'"', inner)?])
}

fn is_true(text: &[u8], key: &[u8]) -> bool {
    behind_key(text, key).is_some_and(|rest| rest.starts_with(b"true"))
}

fn is_local(text: &[u8], key: &[u8]) -> bool {
    let is_address = |text: &[u8]| LOCAL.iter().any(|start| text.starts_with(start));
    text_of(text, key).is_some_and(is_address)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> bool {
        let start = text.find("VALUE").unwrap();
        is_of_harmless_client(text.as_bytes(), &(start..start + 5))
    }

    #[test]
    fn clients_whose_secrets_open_nothing_are_recognised() {
        for text in [
            r#"{"clientId": "account", "secret": "VALUE", "publicClient": false}"#,
            r#"{"clientId": "web", "secret": "VALUE", "publicClient": true}"#,
            r#"{"clientId" : "web", "secret" : "VALUE", "redirectUris" : [ "http://localhost:8080/*" ]}"#,
            r#"{"auth-server-url": "http://127.0.0.1:8180/auth", "credentials": {"secret": "VALUE"}}"#,
        ] {
            assert!(check(text), "{text}");
        }
    }

    #[test]
    fn other_clients_count() {
        for text in [
            r#"{"secret": "VALUE"}"#,
            r#"{"clientId": "account-api", "secret": "VALUE", "publicClient": false}"#,
            r#"[{"clientId": "account"}, {"clientId": "api", "secret": "VALUE"}, {"clientId": "web", "publicClient": true}]"#,
            r#"{"clientId": "web", "secret": "VALUE", "redirectUris": ["https://app.acme.dev/*"]}"#,
            r#"{"auth-server-url": "https://sso.acme.dev/auth", "credentials": {"secret": "VALUE"}}"#,
        ] {
            assert!(!check(text), "{text}");
        }
    }
}
