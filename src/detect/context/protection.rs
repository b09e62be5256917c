//! Protection of Office documents: it keeps cells and paragraphs from being edited by mistake, and opens nothing.

use std::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// How far before a name its element may begin, in bytes: the same element also holds the hash and the salt.
const ELEMENT: usize = 512;

/// Elements that protect a workbook, a sheet, a range, a document or a presentation, without their prefix.
#[rustfmt::skip]
const ELEMENTS: &[&[u8]] = &[
    b"workbookProtection", b"sheetProtection", b"protectedRange", b"fileSharing", b"documentProtection", b"writeProtection",
    b"modifyVerifier",
];

/// Attributes that only such elements have.
const ATTRIBUTES: &[&[u8]] = &[
    b"workbookPassword",
    b"revisionsPassword",
    b"reservationPassword",
];

/// Whether the value is the hash that protects a part of an Office document: Excel's own 16-bit hash in up to four hex
/// digits, or the digest that newer programs write. A password in plain text does not count.
pub(in crate::detect) fn protects_document(
    bytes: &[u8],
    name: &Range<usize>,
    value: &Range<usize>,
) -> bool {
    let (own, value) = (&bytes[name.clone()], &bytes[value.clone()]);
    let is_short = || (2..=4).contains(&value.len()) && value.iter().all(u8::is_ascii_hexdigit);
    if ATTRIBUTES.iter().any(|it| own.ends_with(it)) {
        return is_short();
    }
    // OpenDocument has an attribute with a prefix, and a setting for tracked changes.
    let is_of_open_document = own == b"protection-key" && bytes[..name.start].ends_with(b":")
        || own == b"RedlineProtectionKey";
    if is_of_open_document {
        return is_short() || is_digest(value);
    }
    (is_short() || is_digest(value)) && is_in_protection(bytes, name.start)
}

/// Whether `at` is inside the tag of one of [`ELEMENTS`].
fn is_in_protection(bytes: &[u8], at: usize) -> bool {
    let before = &bytes[at.saturating_sub(ELEMENT)..at];
    let Some(opened) = memchr::memrchr2(b'<', b'>', before) else {
        return false;
    };
    let element = &before[opened..];
    let Some(element) = element.strip_prefix(b"<") else {
        return false;
    };
    let is_of_name = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte == b':';
    let length = element.iter().take_while(is_of_name).count();
    let element = &element[..length];
    let local = memchr::memchr(b':', element).map_or(element, |colon| &element[colon + 1..]);
    ELEMENTS.contains(&local)
}

/// Whether the value is an MD5 or SHA digest in base64.
fn is_digest(value: &[u8]) -> bool {
    (24..=88).contains(&value.len())
        && STANDARD
            .decode(value)
            .is_ok_and(|digest| matches!(digest.len(), 16 | 20 | 32 | 48 | 64))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, name: &str, value: &str) -> bool {
        let place = |part: &str| {
            let at = text.find(&format!("{part}\"")).or(text.find(part)).unwrap();
            at..at + part.len()
        };
        let named = text.find(name).unwrap();
        protects_document(text.as_bytes(), &(named..named + name.len()), &place(value))
    }

    #[test]
    fn protection_of_documents_is_known() {
        let digest = STANDARD.encode([0x5a; 20]);
        for (text, name) in [
            (
                r#"<workbookProtection workbookPassword="43BC"/>"#,
                "workbookPassword",
            ),
            (r#"{"workbookPassword": "43BC"}"#, "workbookPassword"),
            (
                r#"<workbookProtection revisionsPassword="43BC"/>"#,
                "revisionsPassword",
            ),
            (
                r#"<fileSharing reservationPassword="43BC"/>"#,
                "reservationPassword",
            ),
            (
                r#"<sheetProtection password="43BC" sheet="1"/>"#,
                "password",
            ),
            (
                r#"<sheetProtection sheet="1" password="43BC"/>"#,
                "password",
            ),
            (
                "<x:sheetProtection\n  sheet=\"1\"\n  password=\"43BC\"/>",
                "password",
            ),
            (r#"<protectedRange name="r" password="43BC"/>"#, "password"),
        ] {
            assert!(check(text, name, "43BC"), "{text}");
        }
        for (text, name) in [
            (
                r#"<table:table table:protection-key="DIGEST"/>"#,
                "protection-key",
            ),
            (
                r#"<text:section text:protection-key="DIGEST"/>"#,
                "protection-key",
            ),
            (
                r#"config:name="RedlineProtectionKey">DIGEST<"#,
                "RedlineProtectionKey",
            ),
            (r#"<w:documentProtection w:password="DIGEST"/>"#, "password"),
        ] {
            let text = text.replace("DIGEST", &digest);
            assert!(check(&text, name, &digest), "{text}");
        }
    }

    #[test]
    fn other_passwords_are_no_protection() {
        for (text, name) in [
            (r#"<connection password="43BC"/>"#, "password"),
            (
                r#"<sheetProtection sheet="1"/><connection password="43BC"/>"#,
                "password",
            ),
            (r#"{"password": "43BC"}"#, "password"),
        ] {
            assert!(!check(text, name, "43BC"), "{text}");
        }
        let chosen = ["Tr4verse", "Lamp"].join("-");
        let text = format!("<sheetProtection password=\"{chosen}\"/>");
        assert!(!check(&text, "password", &chosen));
        let text = format!("<x workbookPassword=\"{chosen}\"/>");
        assert!(!check(&text, "workbookPassword", &chosen));
        let digest = STANDARD.encode([0x5a; 20]);
        let text = format!("protection-key=\"{digest}\"");
        assert!(!check(&text, "protection-key", &digest));
    }
}
