//! Structures in base64 that say nothing secret: where a page goes on, what is shown where.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use serde_json::Value;

use crate::lexicon::name;

/// The shortest and longest value that is read.
const LENGTHS: std::ops::RangeInclusive<usize> = 12..=2048;

/// How base64 of `{` and `[` begins, with what JSON has behind them.
const STARTS: &[&str] = &["ey", "ew", "Wy", "Ww", "W1", "W3", "Wz"];

/// How many values are looked at.
const MOST: usize = 64;

/// Whether `value` is JSON in base64 in which nothing is called like a credential and nothing is random but ids.
pub(super) fn says_nothing_secret(value: &str) -> bool {
    if !LENGTHS.contains(&value.len()) || !STARTS.iter().any(|start| value.starts_with(start)) {
        return false;
    }
    let own = value.trim_end_matches('=');
    let decoded = STANDARD_NO_PAD
        .decode(own)
        .or_else(|_| URL_SAFE_NO_PAD.decode(own));
    let structure = decoded
        .ok()
        .and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
    structure.is_some_and(|it| {
        let mut left = MOST;
        (it.is_object() || it.is_array()) && is_harmless("", &it, &mut left)
    })
}

fn is_harmless(key: &str, value: &Value, left: &mut usize) -> bool {
    let Some(rest) = left.checked_sub(1) else {
        return false;
    };
    *left = rest;
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => true,
        Value::String(text) => {
            name::classify(key).is_none() && (text.len() < 8 || is_plain(key, text))
        }
        Value::Array(items) => items.iter().all(|item| is_harmless(key, item, left)),
        Value::Object(entries) => entries
            .iter()
            .all(|(key, item)| is_harmless(key, item, left)),
    }
}

/// Whether a text is an address without a login, an id or what is not drawn at random.
fn is_plain(key: &str, text: &str) -> bool {
    if text.contains("://") {
        let is_short = |part: &str| part.len() < 16 || !super::is_random(part);
        return !text.contains('@') && text.split(['/', '?', '&', '=', '.']).all(is_short);
    }
    is_uuid(text)
        || is_time(text)
        || is_object_id(key, text)
        || !text
            .split([' ', ',', ':'])
            .any(|part| part.len() >= 8 && super::is_random(part))
}

fn is_uuid(text: &str) -> bool {
    let lengths = [8, 4, 4, 4, 12];
    text.len() == 36 && { text.split('-').zip(lengths) }.all(|(part, length)| {
        part.len() == length && part.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}

/// Whether a text is a date or a time, as ISO 8601 writes it.
fn is_time(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || b"-:.+TZ ".contains(&byte))
}

/// Whether a text is the id of a record: 24 digits of `MongoDB`, or 26 of a ULID, which are called so.
fn is_object_id(key: &str, text: &str) -> bool {
    let is_id = key.is_empty()
        || key.ends_with("id")
        || key.ends_with("Id")
        || matches!(key, "after" | "before" | "cursor");
    let is_digits = |is: fn(&u8) -> bool| text.as_bytes().iter().all(is);
    is_id
        && (text.len() == 24 && is_digits(u8::is_ascii_hexdigit)
            || text.len() == 26
                && is_digits(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(text: &str) -> String {
        base64::prelude::BASE64_STANDARD.encode(text)
    }

    #[test]
    fn structures_without_secrets_open_nothing() {
        for text in [
            "{\n  \"u\": \"https://localhost:5001\",\n  \"a\": \"test\",\n  \"i\": \"9f3c1a52-7d0e-4b6f-8a21-5c9e0d4b7f13\"\n}",
            "{\"page\":3,\"after\":\"507f1f77bcf86cd799439011\"}",
            "{\"alg\":\"HS256\",\"typ\":\"JWT\"}",
            "[\"2024-05-01T10:00:00Z\",42]",
            "{\"kind\":\"dashboard\",\"title\":\"Orders of today\"}",
        ] {
            assert!(says_nothing_secret(&encoded(text)), "{text}");
            let bare = encoded(text).trim_end_matches('=').to_owned();
            assert!(says_nothing_secret(&bare), "{text}");
        }
        for text in [
            "{\"k\":\"q8Zr2LkT0vXw5Ns7pD3fHc1B\",\"n\":\"shop\",\"id\":1}",
            "{\"username\":\"app\",\"password\":\"summer-in-town\"}",
            "{\"url\":\"https://app:secret99@acme.io\"}",
            "{\"url\":\"https://acme.io/hooks/q8Zr2LkT0vXw5Ns7pD3fHc1B\"}",
            "{\"a\":{\"token\":\"abcdefghij\"}}",
            "\"q8Zr2LkT0vXw5Ns7\"",
            "{\"page\":",
        ] {
            assert!(!says_nothing_secret(&encoded(text)), "{text}");
        }
        assert!(!says_nothing_secret("eyq8Zr2LkT0vXw5Ns7pD3f"));
    }
}
