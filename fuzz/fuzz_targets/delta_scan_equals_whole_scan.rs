//! Any chain of edits: what is found by looking at what each version adds is what is found by looking at all of it.

#![no_main]

use std::sync::LazyLock;

use gonogo::detect::{Detector, example, proof};
use gonogo::model::{Confidence, Inherited};
use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;

/// Copies of copies would grow without end.
const LIMIT: usize = 20_000;

static DETECTOR: LazyLock<Detector> =
    LazyLock::new(|| Detector::new(Vec::new(), Confidence::Low).unwrap());

/// What chance does not come upon: credentials, and what gives words a meaning.
static FRAGMENTS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let token = |template: &str, proof| example::expand("fuzz/token", template, proof).unwrap();
    let crc = proof::by_name("crc32-base62");
    let mut fragments = vec![
        token("ghp_{{base62:30}}{{checksum}}", crc),
        token("glpat-{{alnum:20}}", None),
        token("AKIA{{base32:16}}", None),
        token("{{alnum:14}}", None),
        token(
            "eyJ{{base64url:20}}.eyJ{{base64url:60}}.{{base64url:43}}",
            None,
        ),
        "-----BEGIN PRIVATE KEY-----\n".to_owned(),
        "-----END PRIVATE KEY-----\n".to_owned(),
        token("{{base64:64}}\n", None).repeat(12),
        "x".repeat(600),
        " ".repeat(300),
        "lorem ipsum dolor\n".repeat(300),
    ];
    let words = [
        "password",
        "secret",
        "_token",
        "api_key",
        "DB_",
        " = ",
        ": ",
        "\"",
        "'",
        "\n",
        "# ",
        "// ",
        ";",
        "://",
        "user:",
        "@host/",
        "postgres",
        "changeme",
        "${",
        "}",
        "\\",
        ",",
        "<",
        ">",
        "\u{e4}",
        "=",
        "${PASSWORD}",
    ];
    fragments.extend(words.map(str::to_owned));
    fragments
});

#[derive(Debug, Arbitrary)]
struct Input<'a> {
    first: Vec<Piece<'a>>,
    versions: Vec<Vec<Step<'a>>>,
}

#[derive(Debug, Arbitrary)]
enum Piece<'a> {
    Fragment(u8),
    /// The beginning of a fragment, so that a seam can lie within it.
    Head(u8, u8),
    /// The rest of it.
    Tail(u8, u8),
    Bytes(&'a [u8]),
}

#[derive(Debug, Arbitrary)]
enum Step<'a> {
    Insert(Piece<'a>),
    Copy(u16, u16),
    /// Everything up to some place or from some place on, as most edits have it.
    Before(u16),
    Behind(u16),
}

impl Piece<'_> {
    fn push_to(&self, bytes: &mut Vec<u8>) {
        let fragment = |number: u8| FRAGMENTS[usize::from(number) % FRAGMENTS.len()].as_bytes();
        let split = |number: u8, at: u8| {
            let fragment = fragment(number);
            fragment.split_at(usize::from(at) % (fragment.len() + 1))
        };
        bytes.extend(match self {
            Self::Fragment(number) => fragment(*number),
            Self::Head(number, at) => split(*number, *at).0,
            Self::Tail(number, at) => split(*number, *at).1,
            Self::Bytes(bytes) => bytes,
        });
    }
}

/// Applies an edit as a delta would be applied.
fn edit(base: &[u8], steps: &[Step<'_>]) -> (Vec<u8>, Vec<Inherited>) {
    let (mut bytes, mut inherited): (Vec<u8>, Vec<Inherited>) = (Vec::new(), Vec::new());
    for step in steps {
        let place = |at: u16| usize::from(at) % (base.len() + 1);
        let (from, to) = match step {
            Step::Insert(piece) => {
                piece.push_to(&mut bytes);
                continue;
            }
            Step::Copy(a, b) => (place(*a).min(place(*b)), place(*a).max(place(*b))),
            Step::Before(to) => (0, place(*to)),
            Step::Behind(from) => (place(*from), base.len()),
        };
        if from == to {
            continue;
        }
        match inherited.last_mut() {
            Some(last) if last.range().end == bytes.len() && last.base_range().end == from => {
                last.len += to - from;
            }
            _ => inherited.push(Inherited {
                start: bytes.len(),
                base_start: from,
                len: to - from,
            }),
        }
        bytes.extend(&base[from..to]);
    }
    (bytes, inherited)
}

fuzz_target!(|input: Input<'_>| {
    let mut base = Vec::new();
    for piece in &input.first {
        piece.push_to(&mut base);
    }
    base.truncate(LIMIT);
    let mut trace = DETECTOR.trace(&base);
    for steps in &input.versions {
        let (bytes, inherited) = edit(&base, steps);
        if bytes.len() > LIMIT {
            return;
        }
        let derived = DETECTOR.trace_derived(&bytes, &trace, &inherited);
        assert_eq!(derived, DETECTOR.trace(&bytes));
        (base, trace) = (bytes, derived);
    }
});
