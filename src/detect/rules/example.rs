//! Examples in rule files are templates, so that no file of this repository appears to contain a secret.
//!
//! `{{base62:30}}` becomes 30 random-looking characters, always the same ones: they depend only on the rule's id and
//! the template. What a template can contain:
//!
//! | written | becomes |
//! |---|---|
//! | `{{base62:N}}`, `alnum`, `lower`, `upper`, `digits`, `hex`, `HEX`, `base58`, `bech32`, `BECH32`, `base32`, `base64`, `base64url` | N characters of that alphabet |
//! | `{{x:N}}`, `{{X:N}}`, `{{zeros:N}}` | N of that character, as placeholders have |
//! | `{{uuid}}` | a version 4 UUID |
//! | `{{base64-of:TEXT}}`, `{{base64url-of:TEXT}}` | TEXT in base64 without padding, after the kinds above were filled in within it |
//! | `{{start}}` | nothing; marks where the secret begins for `{{checksum}}` |
//! | `{{checksum}}` | what the rule's proof adds to the secret so far |
//!
//! The secret begins at `{{start}}`, or else after the last white space, quotation mark, bracket or one of `=:,;@`.
//! Anything else between double braces stays as it is.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

use crate::detect::proof::Proof;

/// The longest random run, in characters; anything longer is a mistake.
const MAX_RUN: usize = 100_000;

/// A template that cannot be filled in, which is always an error in the rule file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// `{{checksum}}` in a rule without a proof, or with a proof that computes no checksum.
    #[error("`{{{{checksum}}}}` needs a proof that computes one")]
    NoChecksum,
    /// The text before `{{checksum}}` does not have the proof's format.
    #[error("the proof `{proof}` cannot complete the text before `{{{{checksum}}}}`")]
    WrongBody {
        /// The rule's proof.
        proof: &'static str,
    },
}

/// Fills in `template` for the rule `id`.
pub fn expand(id: &str, template: &str, proof: Option<Proof>) -> Result<String, TemplateError> {
    let mut random = Random::new(&[id, template]);
    let filled = replace(template, first_pair, |inner| random.kind(inner));
    let encoded = replace(&filled, last_pair, encode);
    complete(&encoded, proof)
}

/// Replaces each `{{inner}}` for which `fill` returns a text; `closing` finds where the inner text ends.
fn replace(
    template: &str,
    closing: fn(&str) -> Option<usize>,
    mut fill: impl FnMut(&str) -> Option<String>,
) -> String {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(open) = rest.find("{{") {
        let (before, inside) = rest.split_at(open);
        out.push_str(before);
        let inside = &inside[2..];
        let filled = closing(inside).and_then(|end| Some((end, fill(&inside[..end])?)));
        if let Some((end, text)) = filled {
            out.push_str(&text);
            rest = &inside[end + 2..];
        } else {
            out.push_str("{{");
            rest = inside;
        }
    }
    out.push_str(rest);
    out
}

/// Returns where the first pair of closing braces begins.
fn first_pair(inside: &str) -> Option<usize> {
    inside.find("}}")
}

/// Returns where the last pair in the first run of closing braces begins, since the text before it may be a JSON
/// object.
fn last_pair(inside: &str) -> Option<usize> {
    let first = first_pair(inside)?;
    let run = inside[first..]
        .bytes()
        .take_while(|&byte| byte == b'}')
        .count();
    Some(first + run - 2)
}

fn encode(inner: &str) -> Option<String> {
    if let Some(text) = inner.strip_prefix("base64-of:") {
        Some(STANDARD_NO_PAD.encode(text))
    } else {
        inner
            .strip_prefix("base64url-of:")
            .map(|text| URL_SAFE_NO_PAD.encode(text))
    }
}

/// Inserts the checksums, from left to right, and removes the marks.
fn complete(text: &str, proof: Option<Proof>) -> Result<String, TemplateError> {
    const START: &str = "{{start}}";
    const CHECKSUM: &str = "{{checksum}}";
    let mut out = String::with_capacity(text.len());
    let mut start = None;
    let mut rest = text;
    while let Some(open) = rest.find("{{") {
        let (before, mark) = rest.split_at(open);
        out.push_str(before);
        if let Some(after) = mark.strip_prefix(START) {
            start = Some(out.len());
            rest = after;
        } else if let Some(after) = mark.strip_prefix(CHECKSUM) {
            let body = &out[start.unwrap_or_else(|| secret_start(&out))..];
            let proof = proof.ok_or(TemplateError::NoChecksum)?;
            let whole = proof.complete(body);
            let added = whole.as_deref().and_then(|whole| whole.strip_prefix(body));
            let added = added.ok_or(TemplateError::WrongBody {
                proof: proof.name(),
            })?;
            out.push_str(added);
            rest = after;
        } else {
            out.push_str("{{");
            rest = &mark[2..];
        }
    }
    out.push_str(rest);
    Ok(out)
}

/// Returns the position after the last character that does not belong to a token.
fn secret_start(text: &str) -> usize {
    let is_delimiter = |char: char| char.is_whitespace() || "\"'`()[]{}<>=:,;@".contains(char);
    text.char_indices()
        .rev()
        .find(|&(_, char)| is_delimiter(char))
        .map_or(0, |(at, char)| at + char.len_utf8())
}

/// A generator of random-looking numbers that depend only on its seed (`SplitMix64`, seeded by FNV-1a).
struct Random(u64);

impl Random {
    fn new(seeds: &[&str]) -> Self {
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        for byte in seeds.iter().flat_map(|seed| seed.bytes().chain([0])) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        Self(hash)
    }

    fn below(&mut self, bound: usize) -> usize {
        // 32 bits are plenty for an alphabet, and fit every platform's index.
        let bytes = self.next().to_le_bytes();
        let random = u32::from_le_bytes([bytes[4], bytes[5], bytes[6], bytes[7]]);
        random as usize % bound
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    /// Returns the text for `{{kind:count}}` or `{{uuid}}`; `None` if `inner` is neither.
    fn kind(&mut self, inner: &str) -> Option<String> {
        if inner == "uuid" {
            return Some(self.uuid());
        }
        let (kind, count) = inner.split_once(':')?;
        let count = count.parse().ok().filter(|count| *count <= MAX_RUN)?;
        alphabet(kind).map(|digits| self.run(digits, count))
    }

    fn run(&mut self, digits: &[u8], count: usize) -> String {
        (0..count)
            .map(|_| char::from(digits[self.below(digits.len())]))
            .collect()
    }

    fn uuid(&mut self) -> String {
        let digits = self.run(b"0123456789abcdef", 30);
        let variant = self.run(b"89ab", 1);
        format!(
            "{}-{}-4{}-{variant}{}-{}",
            &digits[..8],
            &digits[8..12],
            &digits[12..15],
            &digits[15..18],
            &digits[18..30]
        )
    }
}

fn alphabet(kind: &str) -> Option<&'static [u8]> {
    Some(match kind {
        "base62" | "alnum" => b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
        "base58" => b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz",
        "base64" => b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
        "base64url" => b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
        "base32" => b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
        "bech32" => b"qpzry9x8gf2tvdw0s3jn54khce6mua7l",
        "BECH32" => b"QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L",
        "hex" => b"0123456789abcdef",
        "HEX" => b"0123456789ABCDEF",
        "lower" => b"abcdefghijklmnopqrstuvwxyz",
        "upper" => b"ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        "digits" => b"0123456789",
        "x" => b"x",
        "X" => b"X",
        "zeros" => b"0",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::proof::by_name;

    fn expanded(template: &str, proof: &str) -> String {
        expand("acme/token", template, by_name(proof)).expect("the template can be filled in")
    }

    #[test]
    fn kinds_become_text_of_their_length_and_alphabet() {
        let text = expanded("A={{hex:64}} B={{digits:9}}", "");
        let (hex, digits) = text[2..].split_once(" B=").expect("the frame stays");
        assert!(hex.len() == 64 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()));
        assert!(digits.len() == 9 && digits.bytes().all(|byte| byte.is_ascii_digit()));
        assert_eq!(expanded("{{uuid}}", "").len(), 36);
    }

    #[test]
    fn the_same_template_gives_the_same_text_and_another_rule_another() {
        let template = "{{base62:40}}";
        assert_eq!(expanded(template, ""), expanded(template, ""));
        assert_ne!(
            Ok(expanded(template, "")),
            expand("acme/key", template, None)
        );
    }

    #[test]
    fn what_names_no_kind_stays() {
        for template in [
            "{{ .Values.key }}",
            "{{secret}}",
            "{{hex:x}}",
            "{{hex",
            "a {{}} b",
            "{{hex:100001}}",
        ] {
            assert_eq!(expanded(template, ""), template);
        }
    }

    #[test]
    fn texts_are_encoded_after_they_were_filled_in() {
        assert_eq!(expanded("{{base64url-of:{\"a\":1}}}.", ""), "eyJhIjoxfQ.");
        assert_eq!(expanded("{{base64-of:u:p{{hex:0}}}}", ""), "dTpw");
    }

    #[test]
    fn checksums_cover_the_secret_only() {
        let text = expanded(
            "git clone https://x:ghp_{{base62:30}}{{checksum}}@github.com",
            "crc32-base62",
        );
        let token = text.split([':', '@']).nth(2).expect("the frame stays");
        assert_eq!(token.len(), 40);
        let text = expanded("T=\"{{start}}AT=={{checksum}}\"", "atlassian");
        let token = text.trim_start_matches("T=\"").trim_end_matches('"');
        assert_eq!(
            by_name("atlassian")
                .and_then(|proof| proof.complete("AT=="))
                .as_deref(),
            Some(token)
        );
    }

    #[test]
    fn a_checksum_without_a_proof_is_refused() {
        assert_eq!(
            expand("a/b", "{{checksum}}", None),
            Err(TemplateError::NoChecksum)
        );
        let wrong = expand("a/b", "{{checksum}}", by_name("zuplo"));
        assert_eq!(wrong, Err(TemplateError::WrongBody { proof: "zuplo" }));
    }
}
