//! Escapes text for workflow commands and for Markdown.

use crate::report::visible;

/// Text as the message of a workflow command.
pub(super) fn data(text: &str) -> String {
    let text = visible(text);
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// A secret as the value of a command, byte for byte.
pub(super) fn raw_data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// Text as a property of a workflow command.
pub(super) fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// Text in Markdown that means nothing but itself: whatever could be markup becomes a character reference.
pub(super) fn markdown(text: &str) -> String {
    let text = visible(text);
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        let is_plain =
            !c.is_ascii_punctuation() || matches!(c, '-' | '/' | '.' | ',' | '(' | ')' | ';');
        if is_plain {
            safe.push(c);
        } else {
            safe.push_str(&format!("&#{};", u32::from(c)));
        }
    }
    safe
}

/// A path as part of an address.
pub(super) fn address(path: &str) -> String {
    let mut safe = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'.' | b'_') {
            safe.push(char::from(byte));
        } else {
            safe.push_str(&format!("%{byte:02X}"));
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_ends_a_command_or_a_property() {
        assert_eq!(data("100%\n::error::x"), "100%25\\n::error::x");
        assert_eq!(property("a:b,c"), "a%3Ab%2Cc");
        assert_eq!(raw_data("a\r\n%"), "a%0D%0A%25");
    }

    #[test]
    fn nothing_is_markup() {
        assert_eq!(markdown("a|b<c>"), "a&#124;b&#60;c&#62;");
        assert_eq!(markdown("`x` [y](z)"), "&#96;x&#96; &#91;y&#93;(z)");
        assert_eq!(address("a b/ü#"), "a%20b/%C3%BC%23");
    }
}
