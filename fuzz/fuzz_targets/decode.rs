//! Any text, encoded once or several times: what is found in it has a place in it, and says something.

#![no_main]

use std::sync::LazyLock;

use gonogo::detect::{Detector, example, proof};
use gonogo::model::Confidence;
use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;

static DETECTOR: LazyLock<Detector> =
    LazyLock::new(|| Detector::new(Vec::new(), Confidence::Low).unwrap());

static TOKEN: LazyLock<String> = LazyLock::new(|| {
    let crc = proof::by_name("crc32-base62");
    example::expand("fuzz/token", "ghp_{{base62:30}}{{checksum}}", crc).unwrap()
});

const LIMIT: usize = 50_000;

#[derive(Debug, Arbitrary)]
enum Piece<'a> {
    Bytes(&'a [u8]),
    Token,
    Part(u8, u8),
    Assignment,
}

#[derive(Debug, Arbitrary)]
enum Layer {
    Base64,
    Wrapped(u8),
    Hex,
    Escapes,
    Percent,
    Utf16,
}

#[derive(Debug, Arbitrary)]
struct Input<'a> {
    before: &'a [u8],
    pieces: Vec<Piece<'a>>,
    layers: Vec<Layer>,
    behind: &'a [u8],
}

fn base64(bytes: &[u8]) -> Vec<u8> {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digits = bytes.chunks(3).flat_map(|part| {
        let bits = (0..3).fold(0, |bits, at| {
            bits << 8 | u32::from(part.get(at).copied().unwrap_or_default())
        });
        [18, 12, 6, 0].map(|shift| DIGITS[(bits >> shift & 63) as usize])
    });
    digits.collect()
}

impl Layer {
    fn encode(&self, bytes: &[u8]) -> Vec<u8> {
        let each = |prefix: &str| {
            let written = bytes.iter().map(|byte| format!("{prefix}{byte:02x}"));
            written.collect::<String>().into_bytes()
        };
        match self {
            Self::Base64 => base64(bytes),
            Self::Wrapped(width) => base64(bytes)
                .chunks(usize::from(*width).max(1))
                .flat_map(|line| [line, b"\n"].concat())
                .collect(),
            Self::Hex => each(""),
            Self::Escapes => each("\\x"),
            Self::Percent => each("%"),
            Self::Utf16 => bytes.iter().flat_map(|byte| [*byte, 0]).collect(),
        }
    }
}

fuzz_target!(|input: Input<'_>| {
    let mut text = Vec::new();
    for piece in &input.pieces {
        text.extend(match piece {
            Piece::Bytes(bytes) => bytes,
            Piece::Token => TOKEN.as_bytes(),
            Piece::Part(from, to) => {
                let (from, to) = (usize::from(*from.min(to)), usize::from(*from.max(to)));
                &TOKEN.as_bytes()[from.min(TOKEN.len())..to.min(TOKEN.len())]
            }
            Piece::Assignment => b"\npassword = ",
        });
    }
    for layer in input.layers.iter().take(4) {
        if text.len() > LIMIT {
            return;
        }
        text = layer.encode(&text);
    }
    let text = [input.before, &text, input.behind].concat();
    for found in DETECTOR.scan(&text) {
        assert!(found.secret.start < found.secret.end && found.secret.end <= text.len());
        match found.plain(&text) {
            Some(plain) => assert!(!plain.secret.is_empty() && !found.decoded().is_empty()),
            None => assert!(found.decoded().is_empty()),
        }
    }
});
