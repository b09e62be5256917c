//! Narrows the parser's spans to what was really written.
//!
//! The parser includes the anchor and tag before a node, a comment after a quoted scalar, and the indentation after a
//! block. A finding that underlines those looks wrong, and a mask over them hides too much.

use super::{Span, Style};

/// Skips anchors and tags, and the space after them, at the start of `span`.
pub(super) fn without_properties(text: &str, span: Span) -> Span {
    let mut start = span.start;
    while start < span.end && matches!(text.as_bytes()[start], b'&' | b'!') {
        let rest = &text[start..span.end];
        let property = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let space = rest[property..]
            .find(|c: char| !c.is_whitespace())
            .unwrap_or(rest.len() - property);
        start += property + space;
    }
    start..span.end
}

/// Returns the range of a scalar: with quotes, but without a block header and surrounding space.
pub(super) fn of_scalar(text: &str, span: Span, quote: Option<u8>, style: Style) -> Span {
    let span = without_properties(text, span);
    match (style, quote) {
        (Style::Quoted, Some(quote)) => quoted(text, span, quote),
        (Style::Block, _) => block(text, span),
        _ => trimmed(text, span),
    }
}

fn quoted(text: &str, span: Span, quote: u8) -> Span {
    let bytes = text.as_bytes();
    if bytes.get(span.start) != Some(&quote) {
        return trimmed(text, span);
    }
    let mut at = span.start + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if quote == b'"' => at += 1,
            byte if byte == quote => {
                if quote == b'\'' && bytes.get(at + 1) == Some(&quote) {
                    at += 1;
                } else {
                    return span.start..at + 1;
                }
            }
            _ => {}
        }
        at += 1;
    }
    trimmed(text, span)
}

fn block(text: &str, span: Span) -> Span {
    let mut start = span.start;
    if matches!(text.as_bytes().get(start), Some(b'|' | b'>')) {
        let header = text[start..span.end].find('\n');
        start = header.map_or(span.end, |length| start + length + 1);
    }
    trimmed(text, start..span.end)
}

fn trimmed(text: &str, span: Span) -> Span {
    let inner = &text[span.clone()];
    let start = span.start + (inner.len() - inner.trim_start().len());
    start..(start + inner.trim().len())
}
