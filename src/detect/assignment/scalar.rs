//! YAML scalars that are not on the line of their key: in a block below it, or plain on the next line.

use std::ops::Range;

use crate::detect::assignment::{GAP_LIMIT, VALUE_LIMIT};
use crate::detect::decode::{Encoding, wrapped_end};

/// How many bytes of blank lines may be before the first line of a block.
const BLANK_LIMIT: usize = GAP_LIMIT;

/// A value, and how its lines are joined if there are several.
type Scalar = (Range<usize>, Option<Encoding>);

/// Returns whether a block can begin at `at`; nearly always none does.
pub(in crate::detect) fn may_be_block(text: &[u8], at: usize) -> bool {
    matches!(text.get(at), Some(b'|' | b'>'))
}

/// Returns the value of the block scalar whose head is at `at`: its only line, or all of its lines if they are wrapped
/// base64.
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
    // A second line makes it text, unless it is base64 that fills its lines.
    let end = wrapped_end(text, start);
    let is_wrapped = end > start + value.len() && end - start <= VALUE_LIMIT;
    (is_wrapped && ends_at(text, end, indent)).then_some((start..end, Some(Encoding::Lines)))
}

/// Returns the word that is alone on the line below the key at `name`, and indented deeper; `at` is the end of the
/// key's line.
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

/// Returns the first item of the sequence below the key at `name`, without quotes; `at` is the end of the key's line.
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

/// Returns the next item of a YAML sequence, on the line below the item that ends at `end`.
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

/// The word that an item consists of; the item begins at `start`.
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

/// Whether `head` is `|` or `>` with what may follow: an indentation indicator, a chomping indicator, a comment.
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
    // The start of a text begins a line, too.
    let line = line.or((before.len() == name.start).then_some(before))?;
    let is_list = |byte: &u8| matches!(byte, b' ' | b'-' | b'"' | b'\'');
    line.iter().all(is_list).then_some(line.len())
}

/// Whether a scalar with this indent ends at `end`, the end of one of its lines.
fn ends_at(text: &[u8], end: usize, indent: usize) -> bool {
    let rest = text.get(end..).unwrap_or_default();
    let own = line(rest);
    if !rest[..own].trim_ascii().is_empty() {
        return false;
    }
    let next = rest.get(own + 1..).unwrap_or_default();
    indent_of(next) < indent || next[..line(next)].trim_ascii().is_empty()
}

/// The length of the first line of `text`, at most [`VALUE_LIMIT`].
fn line(text: &[u8]) -> usize {
    let near = &text[..text.len().min(VALUE_LIMIT)];
    memchr::memchr(b'\n', near).unwrap_or(near.len())
}

/// Returns how many spaces a line begins with; counting stops after `GAP_LIMIT + 1`.
pub(in crate::detect) fn indent_of(line: &[u8]) -> usize {
    line.iter()
        .take(GAP_LIMIT + 1)
        .take_while(|byte| **byte == b' ')
        .count()
}
