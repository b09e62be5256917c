//! The forms of a value in all encodings.

use base64::Engine as _;
use base64::alphabet::Alphabet;
use base64::engine::general_purpose::{GeneralPurpose, NO_PAD};

/// A value in one encoding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Pattern {
    pub(super) value: usize,
    pub(super) encoding: &'static str,
    pub(super) bytes: Vec<u8>,
}

/// Returns all forms of `values`, each only once.
pub(super) fn patterns(values: &[Vec<u8>]) -> Vec<Pattern> {
    let mut all = Vec::new();
    for (value, bytes) in values.iter().enumerate() {
        let mut own = vec![("", bytes.clone())];
        own.extend(written(bytes));
        // If several encodings give the same bytes, the first is the most telling.
        own.sort_by(|one, other| one.1.cmp(&other.1));
        own.dedup_by(|one, other| one.1 == other.1);
        all.extend(own.into_iter().map(|(encoding, bytes)| Pattern {
            value,
            encoding,
            bytes,
        }));
    }
    all
}

/// Whether encodings that only escape signs leave a value as it is.
fn is_plain(bytes: &[u8]) -> bool {
    bytes.iter().all(u8::is_ascii_alphanumeric)
}

/// The name of an encoding, and the value in it.
type Written = (&'static str, Vec<u8>);

fn written(bytes: &[u8]) -> Vec<Written> {
    let mut all = of_bytes(bytes);
    let is_plain = is_plain(bytes);
    if !is_plain {
        all.extend(of_signs(bytes));
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        all.extend(of_units(text));
        if !is_plain {
            all.extend(json(text));
            all.extend(html(text));
        }
    }
    all
}

/// Returns a value in the encodings of arbitrary bytes.
fn of_bytes(bytes: &[u8]) -> Vec<Written> {
    let mut all = Vec::new();
    for alphabet in [&base64::alphabet::STANDARD, &base64::alphabet::URL_SAFE] {
        let digits = base64_of(alphabet, bytes).into_iter();
        all.extend(digits.map(|digits| ("base64", digits)));
    }
    for digits in [LOWER, UPPER] {
        let each = |sign: &[u8]| escaped(bytes.iter().map(std::slice::from_ref), sign, digits);
        all.push(("hex", each(b"")));
        all.push(("escapes", each(b"\\x")));
    }
    all.push((
        "percent",
        escaped(bytes.iter().map(std::slice::from_ref), b"%", UPPER),
    ));
    all
}

/// Returns a value in the encodings that leave letters and digits as they are.
fn of_signs(bytes: &[u8]) -> Vec<Written> {
    let mut all = Vec::new();
    // Letters and digits are never percent-encoded; encoders differ in which other characters are.
    for plain in ["-._~", "-._~!$&'()*+,;=:@/", "-._~/", "-_.!~*'()"] {
        for digits in [UPPER, LOWER] {
            all.push(("percent", percent(bytes, plain, digits, false)));
            all.push(("percent", percent(bytes, plain, digits, true)));
        }
    }
    all
}

/// Returns a text in the encodings of UTF-16.
fn of_units(text: &str) -> Vec<Written> {
    let units: Vec<u16> = text.encode_utf16().collect();
    let low: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
    let high: Vec<u8> = units.iter().flat_map(|unit| unit.to_be_bytes()).collect();
    let digits = base64_of(&base64::alphabet::STANDARD, &low).into_iter();
    let mut all: Vec<Written> = digits.map(|digits| ("base64, utf-16", digits)).collect();
    for digits in [LOWER, UPPER] {
        all.push(("escapes", escaped(high.chunks(2), b"\\u", digits)));
    }
    all.extend([("utf-16", low), ("utf-16", high)]);
    all
}

/// Hexadecimal digits.
const LOWER: &[u8; 16] = b"0123456789abcdef";
const UPPER: &[u8; 16] = b"0123456789ABCDEF";

/// Writes each of `units` in hexadecimal digits, with a prefix.
fn escaped<'u>(units: impl Iterator<Item = &'u [u8]>, sign: &[u8], digits: &[u8; 16]) -> Vec<u8> {
    let mut text = Vec::new();
    for unit in units {
        text.extend_from_slice(sign);
        for byte in unit {
            text.extend([
                digits[usize::from(byte >> 4)],
                digits[usize::from(byte & 15)],
            ]);
        }
    }
    text
}

/// Returns a text within a JSON string, as different encoders write it.
fn json(text: &str) -> Vec<Written> {
    let quoted = serde_json::to_string(text).unwrap_or_default();
    let plain = quoted
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    let plain = plain.unwrap_or_default();
    // As encoders write it that expect the JSON to be within an HTML page.
    let mut within_page = plain.to_owned();
    for c in ['<', '>', '&', '\'', '='] {
        within_page = within_page.replace(c, &format!("\\u{:04x}", u32::from(c)));
    }
    let mut ascii = String::new();
    for unit in plain.encode_utf16() {
        match u8::try_from(unit).ok().filter(u8::is_ascii) {
            Some(byte) => ascii.push(char::from(byte)),
            None => ascii.push_str(&format!("\\u{unit:04x}")),
        }
    }
    let all = [
        plain.to_owned(),
        plain.replace('/', "\\/"),
        within_page,
        ascii,
    ];
    all.map(|text| ("json", text.into_bytes())).to_vec()
}

/// Returns a text within an HTML page, as different encoders write it.
fn html(text: &str) -> Vec<Written> {
    let text = text
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    let quotes = [
        ("&quot;", "&#39;"),
        ("&#34;", "&#39;"),
        ("&quot;", "&apos;"),
        ("\"", "'"),
    ];
    let entities = quotes.map(|(quote, apostrophe)| {
        let text = text.replace('"', quote).replace('\'', apostrophe);
        ("html", text.into_bytes())
    });
    entities.to_vec()
}

fn percent(bytes: &[u8], plain: &str, digits: &[u8; 16], plus: bool) -> Vec<u8> {
    let mut text = Vec::with_capacity(bytes.len());
    for byte in bytes {
        if byte.is_ascii_alphanumeric() || plain.as_bytes().contains(byte) {
            text.push(*byte);
        } else if *byte == b' ' && plus {
            text.push(b'+');
        } else {
            text.extend(escaped(
                std::iter::once(std::slice::from_ref(byte)),
                b"%",
                digits,
            ));
        }
    }
    text
}

/// Returns the base64 digits that depend on the value alone, for each offset within a group of three bytes.
fn base64_of(alphabet: &Alphabet, bytes: &[u8]) -> Vec<Vec<u8>> {
    let engine = GeneralPurpose::new(alphabet, NO_PAD);
    let mut all = Vec::new();
    for before in 0..3 {
        let mut padded = vec![0; before];
        padded.extend_from_slice(bytes);
        let digits = engine.encode(&padded).into_bytes();
        // Each digit encodes six bits.
        let first = (before * 8).div_ceil(6);
        let end = (before + bytes.len()) * 8 / 6;
        if let Some(own) = digits.get(first..end).filter(|own| own.len() >= 6) {
            all.push(own.to_vec());
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn has(value: &str, text: &str) -> bool {
        let all = patterns(&[value.as_bytes().to_vec()]);
        let within = |pattern: &Pattern| {
            text.as_bytes()
                .windows(pattern.bytes.len())
                .any(|window| window == pattern.bytes)
        };
        all.iter().any(within)
    }

    #[test]
    fn a_value_is_known_in_every_encoding() {
        let value = "p@ss/wörd\"&1";
        let base64 = |text: &str| base64::engine::general_purpose::STANDARD.encode(text);
        for before in ["", "a", "ab", "abc"] {
            assert!(
                has(value, &base64(&format!("{before}{value}-behind"))),
                "{before}"
            );
            assert!(has(value, &base64(&format!("{before}{value}"))), "{before}");
        }
        let utf16: Vec<u8> = "xp@ss/wörd\"&1"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        assert!(has(
            value,
            &base64::engine::general_purpose::STANDARD.encode(utf16)
        ));
        for text in [
            value,
            "70407373 70407373 704073732f77c3b672642226 31 704073732f77c3b67264222631",
            "https://u:p%40ss%2Fw%C3%B6rd%22%261@h/",
            "https://u:p%40ss%2fw%c3%b6rd%22%261@h/",
            r#"{"a": "p@ss\/wörd\"&1"}"#,
            r#"{"a": "p@ss/wörd\"\u00261"}"#,
            r#"{"a": "p@ss/w\u00f6rd\"&1"}"#,
            "<a b=\"p@ss/wörd&quot;&amp;1\">",
        ] {
            assert!(has(value, text), "{text}");
        }
        assert!(!has(value, "p@ss/word\"&1"));
    }

    #[test]
    fn few_digits_that_many_values_have_are_none() {
        assert!(
            patterns(&[b"abc".to_vec()])
                .iter()
                .all(|it| it.encoding != "base64")
        );
    }
}
