//! The first step of every format: turns bytes into text with the same offsets, within one size limit.

use std::borrow::Cow;

/// The largest file in bytes that is audited: charts with their CRDs in one file reach a few MiB.
pub(in crate::audit) const MAX_BYTES: usize = 16 << 20;

/// Replaces bytes that are not UTF-8. Such a byte is a letter in whatever single-byte encoding the file has, so no
/// parser may take it for punctuation.
const LETTER: u8 = b'_';

/// Returns the text of `bytes`, of the same length: every byte of another encoding becomes a letter, and a zero byte
/// becomes a space.
///
/// Programs read their configuration byte by byte and accept any bytes in comments and values; so a file is audited
/// even if its encoding is unknown.
pub(in crate::audit) fn text(bytes: &[u8]) -> Cow<'_, str> {
    if memchr::memchr(0, bytes).is_none()
        && let Ok(text) = std::str::from_utf8(bytes)
    {
        return Cow::Borrowed(text);
    }
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        let valid = chunk.valid().chars();
        text.extend(valid.map(|c| if c == '\0' { ' ' } else { c }));
        text.extend(chunk.invalid().iter().map(|_| char::from(LETTER)));
    }
    Cow::Owned(text)
}

/// Returns why a file of `size` bytes is not audited.
pub(in crate::audit) fn too_large(size: usize) -> String {
    let (size, limit) = (size.div_ceil(1 << 20), MAX_BYTES >> 20);
    format!("it is {size} MiB; files of more than {limit} MiB are not audited: split it")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(bytes: &[u8], expected: &str) {
        assert_eq!(text(bytes), expected);
    }

    #[test]
    fn utf8_is_taken_as_it_is() {
        check("caf\u{e9}: 1\n".as_bytes(), "caf\u{e9}: 1\n");
        check(b"", "");
    }

    #[test]
    fn other_encodings_keep_their_offsets() {
        check(b"# caf\xe9\na: 1\n", "# caf_\na: 1\n");
        check(b"\xff\xfe\x80", "___");
        // The beginning of a multi-byte character that never ends.
        check(b"a\xe2\x82", "a__");
    }

    #[test]
    fn zero_bytes_are_blank() {
        check(b"A=1\0\nB=2\n", "A=1 \nB=2\n");
        check(b"\0\xe9", " _");
    }

    /// A text for each format, into which arbitrary bytes are inserted.
    const TEXTS: [(&str, &[u8]); 8] = [
        (
            "compose.yml",
            b"services:\n  a:\n    image: a\n    environment:\n      A_PASSWORD: b\n",
        ),
        ("Dockerfile", b"FROM a\nENV A_PASSWORD=b\n"),
        (".env", b"A_PASSWORD=b\nC=d\n"),
        (
            "nginx.conf",
            b"http { server { listen 80; location / { autoindex on; } } }\n",
        ),
        ("redis.conf", b"requirepass a\nprotected-mode no\n"),
        ("pg_hba.conf", b"host all all 0.0.0.0/0 trust\n"),
        (
            "pod.yml",
            b"apiVersion: v1\nkind: Secret\nstringData: {A_PASSWORD: b}\n",
        ),
        (
            ".github/workflows/a.yml",
            b"on: push\njobs:\n  a:\n    env: {A_PASSWORD: hunter2xyz}\n",
        ),
    ];

    proptest! {
        #[test]
        fn no_byte_breaks_an_audit(
            which in 0..TEXTS.len(),
            at in any::<prop::sample::Index>(),
            bytes in prop::collection::vec(any::<u8>(), 0..12),
        ) {
            let (name, text) = TEXTS[which];
            let at = at.index(text.len());
            let text = [&text[..at], &bytes, &text[at..]].concat();
            let outcome = crate::audit::audit(name, &text);
            prop_assert!(outcome.gap(name).is_none_or(|(_, reason)| !reason.is_empty()));
            if let crate::audit::Outcome::Audited(findings) = outcome {
                for finding in findings {
                    let region = finding.location.region.bytes();
                    prop_assert!(region.start <= region.end && region.end <= text.len());
                }
            }
        }

        #[test]
        fn no_offset_moves(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let text = text(&bytes);
            prop_assert_eq!(text.len(), bytes.len());
            let kept = text.bytes().zip(&bytes).filter(|(read, written)| read == *written);
            prop_assert!(kept.count() + bytes.iter().filter(|byte| **byte == 0 || **byte > 127).count() >= bytes.len());
        }
    }
}
