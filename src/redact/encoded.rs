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
    let percent = |hex: fn(u8) -> String| {
        let spelt = value.iter().flat_map(|byte| match byte {
            byte if is_plain(byte) => vec![*byte],
            byte => hex(*byte).into_bytes(),
        });
        spelt.collect::<Vec<_>>()
    };
    let json = |byte: u8| match byte {
        b'"' => b"\\\"".to_vec(),
        b'\\' => b"\\\\".to_vec(),
        b'\n' => b"\\n".to_vec(),
        b'\r' => b"\\r".to_vec(),
        b'\t' => b"\\t".to_vec(),
        b'/' => b"\\/".to_vec(),
        byte => vec![byte],
    };
    let plain_slash = |byte: u8| match byte {
        b'/' => b"/".to_vec(),
        byte => json(byte),
    };
    let html = |byte: u8| match byte {
        b'&' => b"&amp;".to_vec(),
        b'<' => b"&lt;".to_vec(),
        b'>' => b"&gt;".to_vec(),
        b'"' => b"&quot;".to_vec(),
        b'\'' => b"&#39;".to_vec(),
        byte => vec![byte],
    };
    let each = |spell: &dyn Fn(u8) -> Vec<u8>| value.iter().flat_map(|byte| spell(*byte)).collect();
    let mut spellings: Vec<Vec<u8>> = vec![
        percent(|byte| format!("%{byte:02X}")),
        percent(|byte| format!("%{byte:02x}")),
        each(&json),
        each(&plain_slash),
        each(&html),
    ];
    spellings.sort_unstable();
    spellings.dedup();
    spellings.retain(|spelling| spelling != value);
    spellings
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
