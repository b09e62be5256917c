//! Reads what is assigned to a name: `password = "…"`, `DB_PASSWORD=…`, `<password>…</password>`, `setPassword("…")`.
//!
//! Written by hand, not as patterns: the words it starts from are among the most frequent of all source code, and a
//! few comparisons say no to nearly all of them.

pub(super) mod detached;
pub(super) mod link;
pub(super) mod scalar;
mod setter;

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::comment::is_in_comment;
use super::decode::Encoding;
use super::detached::value_apart;
use super::extent::Looked;
use super::link::{Link, Reader};
use super::steps;
use setter::{SETTER, setter_before};

/// How many bytes of a name are read to either side of the word in it.
const NAME_LIMIT: usize = 80;
/// The longest value that is still taken for a credential, in bytes.
pub(super) const VALUE_LIMIT: usize = 512;
/// How many bytes behind where reading has come to may have been looked at in vain: a type that is none, and the spaces
/// around it, or what could join a string to another.
const AHEAD: usize = 4 * GAP_LIMIT + 16;
/// How much white space may be between name, operator and value.
pub(super) const GAP_LIMIT: usize = 40;

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
}

impl Syntax {
    /// Returns whether the text there is a credential only if it looks like one: many other things are in such places.
    pub(super) fn is_loose(self) -> bool {
        matches!(self, Self::Embedded | Self::Argument | Self::Compared)
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
    let away = distances(text, &word, &name);
    let (found, looked) = match value_apart(text, &name) {
        Ok(found) => (found, Looked::FAR),
        Err(apart) => may_link(text, &name)
            .and_then(|()| read_value(text, &name))
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
    // Behind an option of a command, or where a command sets something, a space is enough.
    let may_give = || text[..name.start].ends_with(b"-") || setter_before(text, name).is_some();
    let near = || behind.iter().take(2 * GAP_LIMIT);
    let closing = near().take_while(is_closing).count();
    let may_link = match near().nth(closing) {
        // A letter: Visual Basic's `password As String = …`.
        Some(b'=' | b':' | b'!' | b'<' | b'>' | b'(' | b'|' | b'?' | b'+' | b'&' | b'A' | b'a') => {
            true
        }
        Some(b',') => behind.first() != Some(&b','),
        _ => may_give(),
    };
    if may_link {
        Ok(())
    } else {
        Err(Looked::at(SETTER, closing + 1))
    }
}

/// Reads what is joined to a name, and states how much counted for that, seen from the name.
fn read_value(text: &[u8], name: &Range<usize>) -> Result<(Found, Looked), Looked> {
    let mut reader = Reader::new(text, name.end);
    let line = line_before(text, name.start);
    let has_start = line.len() < VALUE_LIMIT;
    let looked = |reader: &Reader<'_>, end: usize| {
        if has_start && !reader.is_far.get() {
            let before = (line.len() + 1).max(NAME_LIMIT + 8);
            Looked::at(before, end - name.end + AHEAD)
        } else {
            Looked::FAR
        }
    };
    if let Some(value) = reader.element(name) {
        return Ok((Found::whole(value, Syntax::Element), Looked::FAR));
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
    let link = match reader.link(name.start, is_quoted) {
        Some(link) => link,
        None => match setter_before(text, name) {
            Some(link) => link,
            None => return Err(looked(&reader, reader.at())),
        },
    };
    let linked = (link, is_quoted);
    let (value, syntax) = linked_value(text, name, &mut reader, linked).ok_or(Looked::FAR)?;
    let looked = looked(&reader, value.end);
    let parts = reader.parts.get();
    let found = Found {
        value,
        syntax,
        parts,
    };
    Ok((found, looked))
}

/// Reads the value behind what joins it to a name.
fn linked_value(
    text: &[u8],
    name: &Range<usize>,
    reader: &mut Reader<'_>,
    (link, is_quoted): (Link, bool),
) -> Option<(Range<usize>, Syntax)> {
    match link {
        Link::Calls => {
            let (value, is_second) = reader.arguments()?;
            let compares = is_second && is_test_of_it(&text[name.clone()]);
            (!compares).then_some((value, Syntax::Argument))
        }
        Link::Pairs => {
            let syntax = match function_before(text, name.start) {
                // A tuple, as tests and tables are made of.
                b"" => Syntax::Embedded,
                function if is_test_of_it(function) => return None,
                _ => Syntax::Argument,
            };
            Some((reader.string()?, syntax))
        }
        Link::Compares => Some((reader.string()?, Syntax::Compared)),
        Link::Assigns | Link::AssignsTightly | Link::Gives => {
            if link == Link::Assigns {
                reader.properties();
            }
            if let Some(value) = reader.block().or_else(|| reader.below(name)) {
                return Some((value, Syntax::Bare));
            }
            if let Some(value) = reader.wrapped() {
                return Some((value, Syntax::Argument));
            }
            if let Some(value) = reader.bracketed() {
                return Some((value, Syntax::Quoted));
            }
            reader.next_line();
            if reader.is_at_string() {
                let syntax = if reader.is_at_escape() {
                    Syntax::Embedded
                } else {
                    Syntax::Quoted
                };
                return Some((reader.string()?, syntax));
            }
            let is_default = text[..name.start].ends_with(b"${");
            let is_embedded = is_default || !is_quoted && is_embedded(text, name.start);
            let (is_embedded, may_go_on) = match link {
                Link::Gives => (true, true),
                Link::AssignsTightly => (is_embedded, true),
                _ => (is_embedded, false),
            };
            let (value, goes_on) = reader.bare(is_embedded, may_go_on)?;
            let is_embedded = is_embedded || goes_on;
            Some((
                parameter(text, name.start, value),
                if is_embedded {
                    Syntax::Embedded
                } else {
                    Syntax::Bare
                },
            ))
        }
    }
}

/// The name of the function whose first argument begins at `start`.
fn function_before(text: &[u8], start: usize) -> &[u8] {
    let before = &text[start.saturating_sub(NAME_LIMIT)..start];
    let Some(end) = memchr::memrchr(b'(', before) else {
        return b"";
    };
    let name = &before[..end];
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let length = name.iter().rev().take_while(|byte| is_name(byte)).count();
    &name[end - length..]
}

/// Whether the name of a function states that it compares or transforms a password: then what follows it is something
/// else.
fn is_test_of_it(name: &[u8]) -> bool {
    let verbs = [
        &b"check"[..],
        b"verif",
        b"valid",
        b"compar",
        b"match",
        b"hash",
        b"encod",
        b"encrypt",
        b"assert",
        b"equal",
    ];
    let name = name.to_ascii_lowercase();
    verbs
        .iter()
        .any(|verb| memchr::memmem::find(&name, verb).is_some())
}

/// The whole name around a word: letters, digits and what joins them.
fn widen(text: &[u8], word: &Range<usize>) -> Option<Range<usize>> {
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    // A word to look for may bring the sign behind a name along.
    let sign = text[word.clone()]
        .iter()
        .rev()
        .take_while(|byte| !is_name(byte))
        .count();
    let word = word.start..word.end - sign;
    let before = text[..word.start]
        .iter()
        .rev()
        .take(NAME_LIMIT)
        .take_while(|byte| is_name(byte))
        .count();
    let after = text[word.end..]
        .iter()
        .take(NAME_LIMIT)
        .take_while(|byte| is_name(byte))
        .count();
    let (mut start, end) = (word.start - before, word.end + after);
    // Options of commands, and Lisp's and YAML's list items, begin with what otherwise joins.
    while start < end && matches!(text[start], b'-' | b'.') {
        start += 1;
    }
    (before < NAME_LIMIT && after < NAME_LIMIT && start < end).then_some(start..end)
}

/// The text before a name on its line, as far as a name's reach goes.
fn line_before(text: &[u8], name_start: usize) -> &[u8] {
    let before = &text[name_start.saturating_sub(VALUE_LIMIT)..name_start];
    steps::look_at(before.len());
    memchr::memrchr(b'\n', before).map_or(before, |end| &before[end + 1..])
}

/// Whether a name is within a string or a comment, so that a bare word behind it is no variable.
fn is_embedded(text: &[u8], name_start: usize) -> bool {
    let line = line_before(text, name_start);
    let (mut double, mut single, mut back) = (false, false, false);
    for (at, &byte) in line.iter().enumerate() {
        let before = at.checked_sub(1).map_or(b' ', |before| line[before]);
        match byte {
            _ if before == b'\\' => {}
            b'"' if !single && !back => double = !double,
            // An apostrophe within a word opens nothing.
            b'\'' if !double && !back && (single || !before.is_ascii_alphanumeric()) => {
                single = !single;
            }
            b'`' if !double && !single => back = !back,
            _ => {}
        }
    }
    double || single || back || is_in_comment(text, name_start)
}

/// The value of a parameter of an address ends where the next one begins: `?password=…&user=app`, or `&amp;` where that
/// is written so.
fn parameter(text: &[u8], name_start: usize, value: Range<usize>) -> Range<usize> {
    let before = &text[..name_start];
    let is_parameter =
        before.ends_with(b"?") || before.ends_with(b"&") || before.ends_with(b"&amp;");
    let next = memchr::memchr2(b'&', b'#', &text[value.clone()]).filter(|at| *at > 0);
    match next.filter(|_| is_parameter) {
        Some(next) => value.start..value.start + next,
        None => value,
    }
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
