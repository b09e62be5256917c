//! Reads what is assigned to a name: `password = "…"`, `DB_PASSWORD=…`, `<password>…</password>`, `setPassword("…")`.
//!
//! Written by hand, not as patterns: the words it starts from are among the most frequent of all source code, and a
//! few comparisons say no to nearly all of them.

mod address;
mod call;
mod declared;
pub(super) mod detached;
pub(super) mod expression;
mod line;
pub(super) mod link;
mod markup;
mod object;
mod reversed;
pub(super) mod scalar;
mod setter;
mod spaced;
mod value;

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::decode::Encoding;
use super::detached::value_apart;
use super::extent::Looked;
use super::link::Reader;
use super::steps;
use setter::{SETTER, setter_before};
use value::{linked_value, parameter};

/// How many bytes of a name are read to either side of the word in it.
const NAME_LIMIT: usize = 80;
/// The longest value that is still taken for a credential, in bytes.
pub(super) const VALUE_LIMIT: usize = 512;
/// How many bytes behind where reading has come to may have been looked at in vain: a type that is none, and the spaces
/// around it, or what could join a string to another.
const AHEAD: usize = 4 * GAP_LIMIT + 16;
/// How many bytes the longest joint has of which no more than its first byte may be there: `.equals`.
const JOINT: usize = 8;
/// How much white space may be between name, operator and value.
pub(super) const GAP_LIMIT: usize = 40;

/// How far behind a name the items of a list are read; what is behind that is not within reach of it.
const LIST_LIMIT: usize = 800;

/// How many bytes before and behind a word in a name affects what is read: a call has two values.
pub(super) const REACH: (usize, usize) = (
    NAME_LIMIT + VALUE_LIMIT + 8,
    NAME_LIMIT + 12 * GAP_LIMIT + 2 * VALUE_LIMIT + 64,
);

/// How a value is written, which decides in which languages it is a literal at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(super) enum Syntax {
    /// Between quotes: a literal nearly everywhere.
    Quoted,
    /// Without quotes: a literal in configuration files and shells, a variable in programs.
    Bare,
    /// Between tags.
    Element,
    /// In a connection string, behind other fields: `Server=db;Password=…`.
    Field,
    /// Without quotes of its own within a string or a comment, or on a command line: text of another language.
    Embedded,
    /// Between quotes, and given to a function: `setPassword("…")`, `put("password", "…")`.
    Argument,
    /// Between quotes, and compared: `password == "…"`.
    Compared,
    /// Between quotes, and one of several: `tokens = ["…", "…"]`.
    Listed,
    /// Behind a space, at the end of a line: `remote_password …`, as some servers and devices write their settings.
    Spaced,
    /// What a name falls back to where nothing is set: `getenv("DB_PASSWORD") ?: "…"`, `${DB_PASSWORD:-…}`.
    Fallback,
}

impl Syntax {
    /// Returns whether the text there is a credential only if it looks like one: many other things are in such places.
    pub(super) fn is_loose(self) -> bool {
        matches!(
            self,
            Self::Embedded
                | Self::Argument
                | Self::Compared
                | Self::Listed
                | Self::Spaced
                | Self::Fallback
        )
    }
}

/// A name and what is assigned to it; both as ranges of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Assignment {
    pub(super) name: Range<usize>,
    pub(super) value: Range<usize>,
    pub(super) syntax: Syntax,
    /// What joins the parts of the value, if it has several.
    pub(super) parts: Option<Encoding>,
    /// What counted for this, seen from the word.
    pub(super) looked: Looked,
}

/// A value that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) value: Range<usize>,
    pub(super) syntax: Syntax,
    /// What joins its parts, if it has several.
    pub(super) parts: Option<Encoding>,
}

impl Found {
    fn whole(value: Range<usize>, syntax: Syntax) -> Self {
        Self {
            value,
            syntax,
            parts: None,
        }
    }
}

/// Reads the assignment to the name in which the word at `word` is. Where there is none, states how much counted for
/// that.
pub(super) fn read(text: &[u8], word: Range<usize>) -> Result<Assignment, Looked> {
    let name = widen(text, &word).ok_or(Looked::at(NAME_LIMIT, NAME_LIMIT))?;
    // Of all words, the most frequent one, and by itself it names no credential.
    let is_key = name.len() == 3 && text[name.clone()].eq_ignore_ascii_case(b"key");
    let name = if is_key {
        named_key(text, &name)?
    } else {
        name
    };
    let away = distances(text, &word, &name);
    let (found, looked) = match value_apart(text, &name) {
        Ok(found) => (found, Looked::FAR),
        Err(apart) => may_link(text, &name)
            .and_then(|()| read_value(text, &name))
            .or_else(|linked| match spaced::value(text, &name) {
                Ok(found) => Ok((found, Looked::FAR)),
                Err(looked) => Err(looked.and(linked)),
            })
            .map_err(|looked| looked.and(apart).from(away))
            .map(|(found, looked)| (found, looked.and(apart).from(away)))?,
    };
    let Found {
        value,
        syntax,
        parts,
    } = found;
    if value.is_empty() {
        return Err(looked);
    }
    Ok(Assignment {
        name,
        value,
        syntax,
        parts,
        looked,
    })
}

/// Returns `key` together with the word before it, where a line begins with both: `nuget key = …`. Where a program declares
/// a key, nothing says whose it is.
fn named_key(text: &[u8], key: &Range<usize>) -> Result<Range<usize>, Looked> {
    const LONGEST: usize = 24;
    const DECLARING: [&[u8]; 14] = [
        b"let", b"const", b"var", b"val", b"string", b"auto", b"static", b"final", b"public",
        b"local", b"dim", b"byte", b"char", b"str",
    ];
    let Some(before) = text[..key.start].strip_suffix(b" ") else {
        return Err(Looked::at(2, 2));
    };
    let is_letter = |byte: &&u8| byte.is_ascii_alphanumeric();
    let length = before
        .iter()
        .rev()
        .take(LONGEST)
        .take_while(is_letter)
        .count();
    let word = &before[before.len() - length..];
    let begins = before[..before.len() - length]
        .last()
        .is_none_or(|&byte| byte == b'\n');
    let is_name = length > 3
        && length < LONGEST
        && begins
        && !DECLARING.iter().any(|it| it.eq_ignore_ascii_case(word));
    if is_name {
        Ok(key.start - 1 - length..key.end)
    } else {
        Err(Looked::at(LONGEST + 3, 2))
    }
}

/// Returns the item behind the one that was read of a list, for as long as it is near the name.
pub(super) fn next_item(text: &[u8], item: &Assignment) -> Option<Assignment> {
    let is_far = item.value.end > item.name.end + LIST_LIMIT;
    if item.syntax != Syntax::Listed || is_far || is_item(text, item.name.end) {
        return None;
    }
    let value = expression::next_item(text, item.value.end);
    let value = value.or_else(|| scalar::next_item(text, item.value.end))?;
    Some(Assignment {
        value,
        parts: None,
        name: item.name.clone(),
        ..*item
    })
}

/// Whether the name that ends at `end` is an item of a list itself: what follows it then are words like it.
fn is_item(text: &[u8], end: usize) -> bool {
    let behind = text[end..].iter().take(LIST_LIMIT);
    let mut behind = behind.skip_while(|byte| matches!(byte, b'"' | b'\'' | b'`' | b' '));
    behind.next() == Some(&b',')
}

/// How far the ends of a name are from those of the word in it, with what was looked at to find them.
fn distances(text: &[u8], word: &Range<usize>, name: &Range<usize>) -> (usize, usize) {
    let before = text[..name.start].iter().rev().take(NAME_LIMIT);
    let passed = before.take_while(|byte| matches!(byte, b'-' | b'.'));
    let before = word.start.saturating_sub(name.start) + passed.count();
    (before + 1, name.end.saturating_sub(word.end) + 1)
}

/// Whether the text after a name could join it to a value; nearly always it could not.
fn may_link(text: &[u8], name: &Range<usize>) -> Result<(), Looked> {
    let is_closing = |byte: &&u8| matches!(byte, b' ' | b'\t' | b'"' | b'\'' | b'`' | b'\\' | b']');
    let behind = &text[name.end..];
    if markup::refers(text, name) {
        return Err(Looked::at(SETTER, 2 * GAP_LIMIT));
    }
    // Behind an option of a command, or where a command sets something, a space is enough.
    let may_give = || text[..name.start].ends_with(b"-") || setter_before(text, name).is_some();
    let near = || behind.iter().take(2 * GAP_LIMIT);
    let closing = near().take_while(is_closing).count();
    let may_link = match near().nth(closing) {
        _ if is_beside(text, name, behind) => true,
        Some(b'=' | b':') if is_option(text, name, behind) => false,
        Some(b':' | b'[' | b'(' | b'*' | b'#' | b'{') if markup::is_bound(text, name) => false,
        Some(b'=') if markup::is_expression(text, name) => false,
        // An item, as Basic has it: `settings("password") = …`.
        Some(b')') => {
            let is_closed = closing == 1 || text[..name.start].ends_with(b"(");
            is_closed && behind[closing..].starts_with(b") = ")
        }
        // A letter: Visual Basic's `password As String = …`.
        Some(
            b'=' | b':' | b'!' | b'<' | b'>' | b'(' | b'|' | b'?' | b'+' | b'&' | b'A' | b'a'
            | b'{' | b'[',
        ) => true,
        Some(b',') => {
            behind.first() != Some(&b',')
                || matches!(behind, [_, b' ', b'"' | b'\'' | b'<' | b':', ..])
                || behind.starts_with(b", set") && text[..name.start].ends_with(b"[")
        }
        Some(b'.') => {
            [&b".equals"[..], b".eq(", b".set("]
                .iter()
                .any(|it| behind.starts_with(it))
                || behind.starts_with(b" . \"") && text[..name.start].ends_with(b"(")
        }
        // An item of a hash of Perl that is one argument of several is no name of the next.
        Some(b'}') => {
            behind.get(closing + 1) != Some(&b',')
                && matches!(
                    text[..name.start],
                    [.., b'{'] | [.., b'{', b'"' | b'\'' | b'\\']
                )
        }
        Some(b'*') => {
            text[..name.start].ends_with(b"*") || matches!(behind, [b'*', b'*' | b':', ..])
        }
        Some(b'-') => matches!(behind.get(closing + 1), Some(b'>' | b'V' | b'-')),
        Some(b'/' | b't' | b's' | b'o') if markup::is_in_tag(text, name) => true,
        Some(byte) if byte.is_ascii_alphabetic() => {
            return match declares(&behind[closing..]) {
                Some(()) => Ok(()),
                None if may_give() || markup::is_in_tag(text, name) => Ok(()),
                None => Err(Looked::at(SETTER, closing + 2 * GAP_LIMIT)),
            };
        }
        _ => may_give(),
    };
    if may_link {
        Ok(())
    } else {
        Err(Looked::at(SETTER, closing + JOINT))
    }
}

/// Whether the name is that of an option with its type, as Perl declares it: `'password=s' => \$password`.
fn is_option(text: &[u8], name: &Range<usize>, behind: &[u8]) -> bool {
    let Some(quote @ (b'"' | b'\'')) = name.start.checked_sub(1).map(|at| text[at]) else {
        return false;
    };
    match *behind {
        [_, b's' | b'i' | b'f', b'@' | b'%', last, ..] | [_, b's' | b'i' | b'f', last, ..] => {
            last == quote
        }
        _ => false,
    }
}

/// Whether there is no sign between a name and its value: two strings beside each other, the default of an argument in
/// Elixir, what a method of Ruby returns.
fn is_beside(text: &[u8], name: &Range<usize>, behind: &[u8]) -> bool {
    let before = &text[..name.start];
    match behind {
        [end @ (b'"' | b'\''), b' ', b'"' | b'\'', ..] => before.ends_with(&[*end]),
        [b' ', b'\\', b'\\', b' ', b'"', ..] => true,
        [b';' | b'\n', ..] => before.ends_with(b"def ") || before.ends_with(b"def self."),
        _ => false,
    }
}

/// Whether a word, behind a name, is its type, before the sign that assigns to it, or joins it to a string.
fn declares(behind: &[u8]) -> Option<()> {
    let is_type = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(**byte, b'_' | b'.' | b'*');
    let length = behind.iter().take(GAP_LIMIT).take_while(is_type).count();
    let may_be_type = behind[0].is_ascii_uppercase()
        || behind.get(length) == Some(&b'(')
        || behind.starts_with(b"db ");
    if may_be_type && declared::string_behind_type(behind).is_some() {
        return Some(());
    }
    let rest = behind[length..].strip_prefix(b" ")?;
    let is_string = |byte: Option<&u8>| matches!(byte, Some(b'"' | b'\'' | b'`'));
    let joins = matches!(&behind[..length], b"is" | b"to" | b"with") && is_string(rest.first())
        || &behind[..length] == b"by" && rest.starts_with(b"lazy {");
    let assigns = rest.starts_with(b"= ") && is_string(rest.get(2));
    (joins || assigns).then_some(())
}

/// Reads what is joined to a name, and states how much counted for that, seen from the name.
fn read_value(text: &[u8], name: &Range<usize>) -> Result<(Found, Looked), Looked> {
    // Whoever sees a badge has its token: `badge.svg?token=…`.
    const BADGE: &[u8] = b".svg?";
    if text[..name.start].ends_with(BADGE) {
        return Err(Looked::at(BADGE.len(), 0));
    }
    let line = line_before(text, name.start);
    // All who are invited to a meeting have the password in the link to it.
    if text[name.clone()].eq_ignore_ascii_case(b"pwd") && address::is_of_invitation(line) {
        return Err(Looked::at((line.len() + 1).max(NAME_LIMIT + 8), 0));
    }
    let mut reader = Reader::new(text, name.end);
    let has_start = line.len() < VALUE_LIMIT;
    let before = (line.len() + 1).max(NAME_LIMIT + 8);
    let looked = |reader: &Reader<'_>, end: usize| {
        if has_start && !reader.is_far.get() {
            Looked::at(before, end - name.end + AHEAD)
        } else {
            Looked::FAR
        }
    };
    if markup::may_be_markup(text, name) {
        if let Some((value, syntax)) = markup::value(text, name) {
            return Ok((Found::whole(value, syntax), Looked::FAR));
        }
        reader.is_far.set(markup::is_far(text, name));
    }
    if is_field(text, name.start) {
        let value = reader.field().ok_or(Looked::FAR)?;
        let looked = looked(&reader, value.end);
        return Ok((
            Found::whole(parameter(text, name.start, value), Syntax::Field),
            looked,
        ));
    }
    let is_quoted = reader.close_name(name.start);
    let link = reader.link(name.start, is_quoted);
    let link = link.or_else(|| setter_before(text, name));
    let declared = || (!is_quoted).then(|| reader.declaration()).flatten();
    let Some(link) = link.or_else(declared) else {
        return Err(looked(&reader, reader.at()));
    };
    let is_near = has_start && !reader.is_far.get();
    let linked = (link, is_quoted);
    let found = linked_value(text, name, &mut reader, linked);
    let (value, syntax) = found.map_err(|end| match end {
        Some(end) if is_near => Looked::at(before, end.saturating_sub(name.end)),
        _ => Looked::FAR,
    })?;
    let looked = looked(&reader, value.end);
    let parts = reader.parts.get();
    let found = Found {
        value,
        syntax,
        parts,
    };
    Ok((found, looked))
}

/// By byte: whether a name may have it, outside of other languages.
const IS_OF_NAME: [bool; 256] = {
    let mut is_of_name = [false; 256];
    let mut byte: u8 = 0;
    while byte < 0x80 {
        is_of_name[byte as usize] =
            byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
        byte += 1;
    }
    is_of_name
};

/// The whole name around a word: letters, digits and what joins them.
fn widen(text: &[u8], word: &Range<usize>) -> Option<Range<usize>> {
    const CALLED: [&[u8]; 4] = [b".equals", b".equalsIgnoreCase", b".eq", b".set"];
    // Quotation marks are outside ASCII, too, so that only around a word of another language its letters belong to it.
    let is_foreign = !text[word.clone()].is_ascii();
    let is_name = |byte: &u8| IS_OF_NAME[usize::from(*byte)] || is_foreign && *byte >= 0x80;
    // A word to look for may bring the sign behind a name along.
    let sign = text[word.clone()]
        .iter()
        .rev()
        .take_while(|byte| !is_name(byte))
        .count();
    let word = word.start..word.end - sign;
    let near = &text[word.start.saturating_sub(NAME_LIMIT)..word.start];
    let before = near.iter().rev().position(|byte| !is_name(byte));
    let before = before.unwrap_or(near.len());
    let near = &text[word.end..text.len().min(word.end + NAME_LIMIT)];
    let after = near.iter().position(|byte| !is_name(byte));
    let after = after.unwrap_or(near.len());
    let (mut start, end) = (word.start - before, word.end + after);
    // Options of commands, and Lisp's and YAML's list items, begin with what otherwise joins.
    while start < end && matches!(text[start], b'-' | b'.') {
        start += 1;
    }
    // Nor does the letter that makes a property of Java: `-Dapi.key=…`.
    let is_property = text[start..end].starts_with(b"D") && text[..start].ends_with(b"-");
    if is_property && text[start..end].contains(&b'.') {
        start += 1;
    }
    // Nor has it the letter of an escape before it: `"…\nPasscode: …"`.
    let is_escaped = start < word.start && start > 0 && text[start - 1] == b'\\';
    start += usize::from(is_escaped && matches!(text[start], b'n' | b'r' | b't'));
    // What is called upon it belongs not to it.
    let own = &text[start..end];
    let called = CALLED
        .iter()
        .find(|it| own.len() > it.len() && own.ends_with(it));
    let is_called = text.get(end) == Some(&b'(');
    let end = end - called.filter(|_| is_called).map_or(0, |it| it.len());
    let is_whole = before < NAME_LIMIT && after < NAME_LIMIT && start < end && word.start < end;
    is_whole.then_some(start..end)
}

/// Returns the text before a name on its line, as far as a name's reach goes.
pub(super) fn line_before(text: &[u8], name_start: usize) -> &[u8] {
    let before = &text[name_start.saturating_sub(VALUE_LIMIT)..name_start];
    steps::look_at(before.len());
    memchr::memrchr(b'\n', before).map_or(before, |end| &before[end + 1..])
}

/// Whether a name follows another field on the same line: `…=…;` precedes it.
fn is_field(text: &[u8], name_start: usize) -> bool {
    let line = line_before(text, name_start);
    match line.trim_ascii_end().split_last() {
        Some((b';', fields)) => {
            let field =
                memchr::memrchr2(b';', b'"', fields).map_or(fields, |end| &fields[end + 1..]);
            // A statement ends like a field, but its name is not the first thing behind a quote or another field.
            memchr::memchr(b'=', field).is_some_and(|at| !field[..at].trim_ascii().contains(&b'('))
                && !field.contains(&b'\'')
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests;
