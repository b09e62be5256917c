//! What several formats share: numbers in an alphabet, all kinds of base64, JSON objects and facts.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde_json::{Map, Value};

use super::Outcome;
use crate::model::Fact;

/// Digits, upper case, lower case: the order that GitHub documents for its checksums.
pub(super) const BASE62: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Digits, then lower-case letters.
pub(super) const BASE36: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyz";

/// The longest value of a fact, in characters: facts come from scanned bytes, and a report has to stay readable.
const FACT_CHARS: usize = 120;

/// Tokens occur with and without padding, and their last character need not be canonical.
const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true)
    .with_encode_padding(false);

const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);

/// Writes `value` in the digits of `alphabet`, padded on the left with the first one.
pub(super) fn in_alphabet(mut value: u32, alphabet: &[u8], width: usize) -> String {
    let base = u32::try_from(alphabet.len()).unwrap_or(u32::MAX);
    let mut digits = Vec::with_capacity(width);
    while value > 0 || digits.len() < width {
        digits.push(alphabet[(value % base) as usize]);
        value /= base;
    }
    digits
        .iter()
        .rev()
        .map(|&digit| char::from(digit))
        .collect()
}

/// Decodes base64 in either alphabet, padded or not.
pub(super) fn base64(text: &[u8]) -> Option<Vec<u8>> {
    let url_safe = text.iter().any(|byte| matches!(byte, b'-' | b'_'));
    let engine = if url_safe { URL_SAFE } else { STANDARD };
    engine.decode(text).ok()
}

/// Encodes in the standard alphabet without padding.
pub(super) fn to_base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Returns the secret as text, if it is ASCII: all token formats checked here are.
pub(super) fn ascii(secret: &[u8]) -> Option<&str> {
    std::str::from_utf8(secret)
        .ok()
        .filter(|text| text.is_ascii())
}

/// Splits ASCII `text` before its last `width` characters.
pub(super) fn split_tail(text: &str, width: usize) -> Option<(&str, &str)> {
    text.is_ascii()
        .then(|| text.len().checked_sub(width))
        .flatten()
        .map(|at| text.split_at(at))
}

/// Parses a JSON object.
pub(super) fn json_object(bytes: &[u8]) -> Option<Map<String, Value>> {
    match serde_json::from_slice(bytes).ok()? {
        Value::Object(object) => Some(object),
        _ => None,
    }
}

/// Returns a fact, truncated to a length that can be shown.
pub(super) fn fact(name: &'static str, value: &str) -> Fact {
    Fact {
        name,
        value: value.chars().take(FACT_CHARS).collect(),
    }
}

/// Returns a fact from a string or number in a JSON object.
pub(super) fn json_fact(
    object: &Map<String, Value>,
    key: &str,
    name: &'static str,
) -> Option<Fact> {
    match object.get(key)? {
        Value::String(text) if !text.is_empty() => Some(fact(name, text)),
        Value::Number(number) => Some(fact(name, &number.to_string())),
        Value::Array(items) => {
            let texts: Vec<_> = items.iter().filter_map(Value::as_str).collect();
            (!texts.is_empty()).then(|| fact(name, &texts.join(" ")))
        }
        _ => None,
    }
}

/// Proven if the completed body equals the secret, otherwise disproved.
pub(super) fn compare(completed: Option<&str>, secret: &str) -> Outcome {
    if completed == Some(secret) {
        Outcome::Proven(Vec::new())
    } else {
        Outcome::Disproved
    }
}

/// Judges a secret whose last `width` characters are a checksum that `complete` can compute from the rest.
pub(super) fn check_tail(
    secret: &[u8],
    width: usize,
    complete: fn(&str) -> Option<String>,
) -> Outcome {
    match ascii(secret).and_then(|text| Some((text, split_tail(text, width)?.0))) {
        Some((text, body)) => compare(complete(body).as_deref(), text),
        None => Outcome::Disproved,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_padded_with_the_first_digit() {
        assert_eq!(in_alphabet(0, BASE62, 6), "000000");
        assert_eq!(in_alphabet(61, BASE62, 2), "0z");
        assert_eq!(in_alphabet(u32::MAX, BASE62, 6), "4gfFC3");
        assert_eq!(in_alphabet(u32::MAX, BASE36, 7), "1z141z3");
    }

    #[test]
    fn base64_is_read_in_either_alphabet_with_or_without_padding() {
        for text in ["+/8=", "+/8", "-_8=", "-_8"] {
            assert_eq!(base64(text.as_bytes()).as_deref(), Some(&[0xfb, 0xff][..]));
        }
        assert_eq!(base64(b"+_8="), None);
    }
}
