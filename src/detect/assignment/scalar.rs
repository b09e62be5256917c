//! Scalars of YAML that are not behind their key: in a block below it, or plain on the next line.

use std::ops::Range;

use crate::detect::assignment::{GAP_LIMIT, VALUE_LIMIT};
use crate::detect::decode::{Encoding, wrapped_end};

/// How many bytes of blank lines may be before the first line of a block.
const BLANK_LIMIT: usize = GAP_LIMIT;

/// A value, and how its lines are joined if it has several.
type Scalar = (Range<usize>, Option<Encoding>);

/// Returns whether what is at `at` can be the head of a block: nearly always it is not.
pub(in crate::detect) fn may_be_block(text: &[u8], at: usize) -> bool {
    matches!(text.get(at), Some(b'|' | b'>'))
}

/// Returns the value of a block scalar, of which the head is at `at`: its only line, or all lines if they are digits
/// that were wrapped.
pub(in crate::detect) fn block(text: &[u8], at: usize) -> Option<Scalar> {
    let rest = &text[at..];
    let head = line(rest);
    if !is_head(rest.get(..head)?) {
        return None;
    }
    let mut start = at + head + 1;
    let first = start;
    while start < first + BLANK_LIMIT && matches!(text.get(start), Some(b'\n' | b'\r')) {
        start += 1;
    }
    let below = text.get(start..)?;
    let own = &below[..line(below)];
    let indent = indent_of(own);
    let value = own.trim_ascii();
    let is_word = (1..=GAP_LIMIT).contains(&indent)
        && own.len() < VALUE_LIMIT
        && !value.is_empty()
        && !value.contains(&b' ');
    if !is_word {
        return None;
    }
    let start = start + indent;
    let end = start + value.len();
    if ends_at(text, end, indent) {
        return Some((start..end, None));
    }
    // A second line makes it a text, unless it is digits that fill their lines.
    let end = wrapped_end(text, start);
    let is_wrapped = end > start + value.len() && end - start <= VALUE_LIMIT;
    (is_wrapped && ends_at(text, end, indent)).then_some((start..end, Some(Encoding::Lines)))
}

/// Returns the word that is alone on the line below the key at `name`, and deeper than it; `at` is where that ends.
pub(in crate::detect) fn below(
    text: &[u8],
    name: &Range<usize>,
    at: usize,
) -> Option<Range<usize>> {
    let rest = text.get(at..)?;
    let below = rest.strip_prefix(b"\r").unwrap_or(rest);
    let below = below.strip_prefix(b"\n")?;
    let own = &below[..line(below)];
    let (indent, value) = (indent_of(own), own.trim_ascii());
    let is_word = (1..=GAP_LIMIT).contains(&indent)
        && own.len() < VALUE_LIMIT
        && !value.contains(&b' ')
        && value.first().is_some_and(u8::is_ascii_alphanumeric)
        && !matches!(value.last(), Some(b':' | b',' | b'{' | b';' | b'.'));
    let start = text.len() - below.len() + indent;
    let is_deeper = is_word && column_of_key(text, name).is_some_and(|column| column < indent);
    (is_deeper && ends_at(text, start + value.len(), indent)).then(|| start..start + value.len())
}

/// Returns the first item of the sequence below the key at `name`, without quotes; `at` is where the line of the key ends.
pub(in crate::detect) fn first_item(
    text: &[u8],
    name: &Range<usize>,
    at: usize,
) -> Option<Range<usize>> {
    let rest = text.get(at..)?;
    let below = rest.strip_prefix(b"\r").unwrap_or(rest);
    let below = below.strip_prefix(b"\n")?;
    let own = &below[..line(below)];
    let column = column_of_key(text, name)?;
    let indent = indent_of(own);
    let item = own.get(indent..)?.strip_prefix(b"- ")?;
    let is_deep = indent >= column || text[..name.start].ends_with(b"- ");
    is_deep.then(|| item_in(text, item, text.len() - below.len() + indent + 2))?
}

/// Returns the item of a sequence of YAML on the line below the one whose item ends at `end`.
pub(in crate::detect) fn next_item(text: &[u8], end: usize) -> Option<Range<usize>> {
    let rest = text.get(end..)?;
    let rest = rest
        .strip_prefix(b"\"")
        .or_else(|| rest.strip_prefix(b"'"))
        .unwrap_or(rest);
    let below = rest.strip_prefix(b"\n")?;
    let own = &below[..line(below)];
    let indent = indent_of(own);
    let item = own.get(indent..)?.strip_prefix(b"- ")?;
    item_in(text, item, text.len() - below.len() + indent + 2)
}

/// The word that an item is, which begins at `start`.
fn item_in(text: &[u8], item: &[u8], start: usize) -> Option<Range<usize>> {
    let value = item.trim_ascii();
    let quote = value.first().filter(|byte| matches!(byte, b'"' | b'\''));
    let (value, start) = match quote {
        Some(quote) => (value[1..].strip_suffix(&[*quote])?, start + 1),
        None => (value, start),
    };
    let is_word = !value.is_empty() && value.len() < VALUE_LIMIT && !value.contains(&b':');
    debug_assert!(
        start + value.len() <= text.len(),
        "an item is part of the text"
    );
    is_word.then(|| start..start + value.len())
}

/// `|` or `>` with what may follow: how far it is indented, what becomes of the last line's end, a comment.
fn is_head(head: &[u8]) -> bool {
    let Some((b'|' | b'>', rest)) = head.split_first() else {
        return false;
    };
    let is_indicator = |byte: &&u8| matches!(byte, b'-' | b'+' | b'1'..=b'9');
    let indicators = rest.iter().take_while(is_indicator).count();
    let rest = &rest[indicators..];
    let comment = rest.trim_ascii();
    let is_comment = comment.starts_with(b"#") && rest.starts_with(b" ");
    indicators <= 2 && head.len() < 2 * GAP_LIMIT && (comment.is_empty() || is_comment)
}

/// Returns how many spaces precede the key at `name`, items of lists included; `None` if anything else does.
pub(in crate::detect) fn column_of_key(text: &[u8], name: &Range<usize>) -> Option<usize> {
    let before = &text[name.start.saturating_sub(GAP_LIMIT)..name.start];
    let line = memchr::memrchr(b'\n', before).map(|end| &before[end + 1..]);
    // Before the first byte of a text, a line begins.
    let line = line.or((before.len() == name.start).then_some(before))?;
    let is_list = |byte: &u8| matches!(byte, b' ' | b'-' | b'"' | b'\'');
    line.iter().all(is_list).then_some(line.len())
}

/// Whether a scalar, indented so far, ends with the line that ends at `end`.
fn ends_at(text: &[u8], end: usize, indent: usize) -> bool {
    let rest = text.get(end..).unwrap_or_default();
    let own = line(rest);
    if !rest[..own].trim_ascii().is_empty() {
        return false;
    }
    let next = rest.get(own + 1..).unwrap_or_default();
    indent_of(next) < indent || next[..line(next)].trim_ascii().is_empty()
}

/// How long the line is that `text` begins with, as far as it is looked at.
fn line(text: &[u8]) -> usize {
    let near = &text[..text.len().min(VALUE_LIMIT)];
    memchr::memchr(b'\n', near).unwrap_or(near.len())
}

/// Returns how many spaces a line begins with, as far as they are counted.
pub(in crate::detect) fn indent_of(line: &[u8]) -> usize {
    line.iter()
        .take(GAP_LIMIT + 1)
        .take_while(|byte| **byte == b' ')
        .count()
}
