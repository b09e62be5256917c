//! What stands around a match: the rest of an address, the beginning of a line, the length of it.

use std::ops::Range;

use crate::lexicon;

/// How many bytes to either side of a match are looked at for the ends of its line.
pub(super) const LINE_LIMIT: usize = 600;

/// Whether the password at `password` is one that opens nothing: of the machine itself, of a host that stands for any,
/// or the first that a guesser tries.
pub(super) fn is_harmless_address(bytes: &[u8], password: &Range<usize>) -> bool {
    let host = bytes.get(password.end + 1..).unwrap_or_default();
    let anywhere = [
        "localhost",
        "127.0.0.1",
        "[::1]",
        "0.0.0.0",
        "example.",
        "www.example.",
        "host:",
        "host/",
        "hostname",
    ];
    let is_anywhere = |name: &&str| {
        host.get(..name.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(name.as_bytes()))
    };
    let text = std::str::from_utf8(&bytes[password.clone()]).unwrap_or_default();
    anywhere.iter().any(is_anywhere)
        || lexicon::value::weak(text)
        || lexicon::placeholder::classify(text).is_some()
}

/// Whether the line of `at` begins with what begins a comment in most languages.
pub(super) fn is_in_comment(bytes: &[u8], at: usize) -> bool {
    let before = &bytes[at.saturating_sub(LINE_LIMIT)..at];
    let line = memchr::memrchr(b'\n', before)
        .map_or(before, |end| &before[end + 1..])
        .trim_ascii_start();
    [
        &b"#"[..],
        b"//",
        b"*",
        b"/*",
        b";",
        b"-- ",
        b"<!--",
        b"REM ",
        b"%%",
    ]
    .iter()
    .any(|mark| line.starts_with(mark))
}

/// Whether a value stands in a line that goes on and on, as bundles and data have them.
pub(super) fn is_in_long_line(bytes: &[u8], value: &Range<usize>) -> bool {
    let before = &bytes[value.start.saturating_sub(LINE_LIMIT)..value.start];
    let after = &bytes[value.end..(value.end + LINE_LIMIT).min(bytes.len())];
    let is_long = |part: &[u8]| part.len() == LINE_LIMIT && memchr::memchr(b'\n', part).is_none();
    is_long(before) || is_long(after)
}
