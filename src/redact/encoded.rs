//! The ways in which a value may be spelt where it is quoted.

use std::ops::Range;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// Shorter runs of base64 hold no eight bytes.
const SHORTEST_RUN: usize = 11;

const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);

/// Returns the spellings of `value` in addresses, JSON and HTML that differ from itself.
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

/// What a value becomes when each of its bytes is written by `spell`.
fn each(value: &[u8], spell: impl Fn(u8, &mut Vec<u8>)) -> Vec<u8> {
    let mut spelt = Vec::with_capacity(value.len() + value.len() / 8);
    for &byte in value {
        spell(byte, &mut spelt);
    }
    spelt
}

/// Runs of characters of base64 that are long enough to hold a value.
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

/// Returns what a run states in base64, if it began at each of its first four characters: the text before it may be no
/// part of it, as in `key/aGVsbG8`.
pub(super) fn decodings(run: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let is_url_safe = run.iter().any(|byte| b"-_".contains(byte));
    let engine = if is_url_safe { URL_SAFE } else { STANDARD };
    (0..4.min(run.len())).filter_map(move |skipped| {
        let run = &run[skipped..];
        // One character more than whole groups states nothing.
        let whole = run.len() - usize::from(run.len() % 4 == 1);
        engine.decode(&run[..whole]).ok()
    })
}
