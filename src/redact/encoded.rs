//! The encodings in which a value may be quoted.

use std::ops::Range;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// Shorter runs of base64 decode to fewer than eight bytes.
const SHORTEST_RUN: usize = 11;

const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);

/// Returns the spellings of `value` in URLs, JSON and HTML that differ from the value itself.
pub(super) fn spellings(value: &[u8]) -> Vec<Vec<u8>> {
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~".contains(byte);
    if value.iter().all(is_plain) {
        return Vec::new();
    }
    let percent = |digits: &[u8; 16]| {
        each(value, |byte, spelt| {
            if is_plain(&byte) {
                spelt.push(byte);
            } else {
                let digit = |nibble: u8| digits[usize::from(nibble)];
                spelt.extend([b'%', digit(byte >> 4), digit(byte & 15)]);
            }
        })
    };
    let json = |slash: &'static [u8]| {
        each(value, move |byte, spelt| {
            let escape: &[u8] = match byte {
                b'"' => b"\\\"",
                b'\\' => b"\\\\",
                b'\n' => b"\\n",
                b'\r' => b"\\r",
                b'\t' => b"\\t",
                b'/' => slash,
                _ => return spelt.push(byte),
            };
            spelt.extend_from_slice(escape);
        })
    };
    let html = each(value, |byte, spelt| {
        let entity: &[u8] = match byte {
            b'&' => b"&amp;",
            b'<' => b"&lt;",
            b'>' => b"&gt;",
            b'"' => b"&quot;",
            b'\'' => b"&#39;",
            _ => return spelt.push(byte),
        };
        spelt.extend_from_slice(entity);
    });
    let mut spellings = vec![
        percent(b"0123456789ABCDEF"),
        percent(b"0123456789abcdef"),
        json(b"\\/"),
        json(b"/"),
        html,
    ];
    spellings.sort_unstable();
    spellings.dedup();
    spellings.retain(|spelling| spelling != value);
    spellings
}

/// Returns a value with each of its bytes written by `spell`.
fn each(value: &[u8], spell: impl Fn(u8, &mut Vec<u8>)) -> Vec<u8> {
    let mut spelt = Vec::with_capacity(value.len() + value.len() / 8);
    for &byte in value {
        spell(byte, &mut spelt);
    }
    spelt
}

/// Returns the runs of base64 characters that are long enough to hold a value.
pub(super) fn runs(text: &[u8]) -> Vec<Range<usize>> {
    let mut runs = Vec::new();
    let mut start = 0;
    for (at, byte) in text.iter().chain(b" ").enumerate() {
        if !byte.is_ascii_alphanumeric() && !b"+/-_".contains(byte) {
            if at - start >= SHORTEST_RUN {
                runs.push(start..at);
            }
            start = at + 1;
        }
    }
    runs
}

/// Returns what a run decodes to from each of its first four characters: text before the base64 may have joined the
/// run, as in `key/aGVsbG8`.
pub(super) fn decodings(run: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let is_url_safe = run.iter().any(|byte| b"-_".contains(byte));
    let engine = if is_url_safe { URL_SAFE } else { STANDARD };
    (0..4.min(run.len())).filter_map(move |skipped| {
        let run = &run[skipped..];
        // One character beyond whole groups encodes nothing.
        let whole = run.len() - usize::from(run.len() % 4 == 1);
        engine.decode(&run[..whole]).ok()
    })
}
