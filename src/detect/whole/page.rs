//! HTML pages, whatever the name of the file: what a server returned instead of a font, an image or a document, and
//! what somebody saved.

/// How many bytes of a file are read.
const HEAD: usize = 1024;

/// Returns whether a file begins like a page, after comments and the XML declaration.
pub(in crate::detect) fn is_page(bytes: &[u8]) -> bool {
    const STARTS: [&[u8]; 3] = [b"<!doctype html", b"<html", b"<head"];
    let head = &bytes[..bytes.len().min(HEAD)];
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let mut head = head.trim_ascii_start();
    loop {
        let end: &[u8] = if head.starts_with(b"<!--") {
            b"-->"
        } else if head.starts_with(b"<?xml") {
            b"?>"
        } else {
            break;
        };
        let Some(at) = memchr::memmem::find(head, end) else {
            return false;
        };
        head = head[at + end.len()..].trim_ascii_start();
    }
    STARTS.iter().any(|start| {
        let is_begun = head
            .get(..start.len())
            .is_some_and(|own| own.eq_ignore_ascii_case(start));
        let behind = head.get(start.len());
        is_begun && behind.is_none_or(|byte| matches!(byte, b'>') || byte.is_ascii_whitespace())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_known_by_how_they_begin() {
        for text in [
            "<!DOCTYPE html>\n<html>",
            "\u{feff}\n <!doctype HTML PUBLIC \"-//W3C//DTD HTML 4.01//EN\">",
            "<?xml version=\"1.0\"?>\n<!-- saved -->\n<!DOCTYPE html>",
            "<html lang=\"en\">",
        ] {
            assert!(is_page(text.as_bytes()), "{text}");
        }
        for text in [
            "",
            "<!-- open",
            "<?xml version=\"1.0\"?><settings/>",
            "<htmlish>",
            "x <html>",
            "<?php ?><html>",
        ] {
            assert!(!is_page(text.as_bytes()), "{text}");
        }
    }
}
