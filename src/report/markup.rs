//! Escapes text for workflow commands, Markdown and HTML.

use super::escape::escaped;

/// Escapes text as the message of a workflow command.
pub fn command_data(text: &str) -> String {
    command_lines(&escaped(text))
}

/// Escapes lines as the message of a workflow command; nothing else in them may be something that a log would act on.
pub(super) fn command_lines(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// Escapes text as a property of a workflow command.
pub(super) fn command_property(text: &str) -> String {
    command_data(text).replace(':', "%3A").replace(',', "%2C")
}

/// Escapes text so that Markdown shows it literally: anything that could be markup becomes a character reference, and
/// nothing mentions a user, refers to an issue or becomes a link.
pub(crate) fn markdown(text: &str) -> String {
    let text = escaped(text);
    let mut safe = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            // Between letters and digits it does not mark emphasis.
            '_' if safe.ends_with(char::is_alphanumeric)
                && chars.peek().copied().is_some_and(char::is_alphanumeric) =>
            {
                safe.push(c);
            }
            // GitHub looks for users and issues after it has resolved character references.
            '@' => safe.push_str("&#64;&#8203;"),
            '#' => safe.push_str("&#35;&#8203;"),
            '.' if is_www(&safe) => safe.push_str("&#46;"),
            '-' | '/' | '.' | ',' | '(' | ')' | ';' => safe.push(c),
            c if c.is_ascii_punctuation() => safe.push_str(&format!("&#{};", u32::from(c))),
            c => safe.push(c),
        }
    }
    safe
}

/// Returns a sentence in Markdown in which text between backticks is code, and is shown literally too.
pub(crate) fn markdown_prose(text: &str) -> String {
    prose(text, markdown)
}

/// Returns a sentence in HTML in which text between backticks is code.
pub(crate) fn html_prose(text: &str) -> String {
    prose(text, html)
}

fn prose(text: &str, escape: impl Fn(&str) -> String) -> String {
    // An unpaired backtick begins no code.
    if !text.matches('`').count().is_multiple_of(2) {
        return escape(text);
    }
    let mut safe = String::with_capacity(text.len());
    for (at, part) in text.split('`').enumerate() {
        let part = escape(part);
        if at.is_multiple_of(2) {
            safe.push_str(&part);
        } else {
            safe.push_str(&format!("<code>{part}</code>"));
        }
    }
    safe
}

/// Whether a full stop behind `text` would begin a link.
fn is_www(text: &str) -> bool {
    let last = text.len().saturating_sub(3);
    text.get(last..)
        .is_some_and(|end| end.eq_ignore_ascii_case("www"))
}

/// Escapes text for HTML, both for content and for attributes.
pub(crate) fn html(text: &str) -> String {
    let text = escaped(text);
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}

/// Percent-encodes a path as part of a URL.
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
        assert_eq!(command_data("100%\n::error::x"), "100%25\\n::error::x");
        assert_eq!(command_property("a:b,c"), "a%3Ab%2Cc");
    }

    #[test]
    fn nothing_is_markup() {
        assert_eq!(markdown("a|b<c>"), "a&#124;b&#60;c&#62;");
        assert_eq!(markdown("_a_b__c_"), "&#95;a_b&#95;&#95;c&#95;");
        assert_eq!(markdown("`x` [y](z)"), "&#96;x&#96; &#91;y&#93;(z)");
        assert_eq!(markdown("\n# a"), "&#92;n&#35;&#8203; a");
        assert_eq!(address("a b/ü#"), "a%20b/%C3%BC%23");
    }

    #[test]
    fn code_between_backticks_is_code() {
        assert_eq!(
            markdown_prose("run `a|b` now"),
            "run <code>a&#124;b</code> now"
        );
        assert_eq!(markdown_prose("a ` b"), "a &#96; b");
        assert_eq!(html_prose("`<b>`"), "<code>&lt;b&gt;</code>");
    }

    #[test]
    fn nobody_is_called_and_nothing_is_linked() {
        assert_eq!(markdown("@octocat"), "&#64;&#8203;octocat");
        assert_eq!(markdown("see #1"), "see &#35;&#8203;1");
        assert_eq!(markdown("www.a.b"), "www&#46;a.b");
        assert_eq!(markdown("https://a"), "https&#58;//a");
    }
}
