//! Reads the value after the link that joins it to a name.

use std::ops::Range;

use super::{GAP_LIMIT, NAME_LIMIT, Syntax, call, expression, line, line_before, object};
use crate::detect::comment::is_in_comment;
use crate::detect::link::{Link, Reader};
use crate::lexicon::value::default_literal;

/// How many bytes from where a string could begin show that neither a string nor a Lisp list begins there.
const NO_STRING: usize = 20;

/// Reads the value after the link that joins it to a name.
///
/// # Errors
///
/// If there is no value, returns the end of the text that decided this, or `None` if it may be far away.
pub(super) fn linked_value(
    text: &[u8],
    name: &Range<usize>,
    reader: &mut Reader<'_>,
    (link, is_quoted): (Link, bool),
) -> Result<(Range<usize>, Syntax), Option<usize>> {
    let at = reader.at();
    let found = joined_value(text, name, reader, (link, is_quoted));
    found.ok_or_else(|| match link {
        Link::Assigns | Link::AssignsTightly | Link::Gives => {
            let is_default = text[..name.start].ends_with(b"${");
            let end = || line::end_of_what_counts(text, at);
            (!is_default).then(end).flatten()
        }
        _ if Reader::new(text, at).is_at_string() => None,
        Link::Calls => {
            let is_list = opens_list(text, name, at).is_some();
            (!is_list).then_some(at + NO_STRING)
        }
        Link::Compares => Some(at + NO_STRING),
        Link::Pairs | Link::Follows | Link::Returns | Link::Column => None,
    })
}

fn joined_value(
    text: &[u8],
    name: &Range<usize>,
    reader: &mut Reader<'_>,
    (link, is_quoted): (Link, bool),
) -> Option<(Range<usize>, Syntax)> {
    match link {
        Link::Calls => {
            let at = reader.at();
            let Some((value, is_second)) = reader.arguments() else {
                return list_of_lisp(text, name, at);
            };
            let own = &text[name.clone()];
            let is_other = if is_second {
                is_test_of_it(own)
            } else {
                looks_up(own)
            };
            (!is_other && !falls_back(&text[value.end..])).then_some((value, Syntax::Argument))
        }
        Link::Pairs => {
            let function = function_before(text, name.start);
            let syntax = match (function, text[..name.start].trim_ascii_end().last()) {
                _ if is_test_of_it(function)
                    || calls_a_look_up(&text[name.clone()])
                    || call::changes_schema(function) =>
                {
                    return None;
                }
                (b"", Some(b'"' | b'\'')) if !begins_call(text, name.start) => Syntax::Listed,
                // A tuple, as tests and tables are made of.
                (b"", Some(b'"' | b'\'')) => Syntax::Embedded,
                _ if expression::is_lookup(function) || looks_up(function) => Syntax::Fallback,
                _ => Syntax::Argument,
            };
            reader.space();
            let at = reader.at();
            match reader.binary_string() {
                Some(value) => Some((value, syntax)),
                None => Some((expression::default_argument(text, at)?, Syntax::Fallback)),
            }
        }
        Link::Follows => {
            let is_test = is_test_of_it(function_before(text, name.start));
            let value = reader.string()?;
            // Adjacent names are a list of names, and a list of words goes on.
            let is_name = !text[value.clone()].iter().any(u8::is_ascii_digit);
            let goes_on = text.get(value.end + 1) == Some(&b',');
            let is_other = is_test || is_name || goes_on || labels_a_block(text, value.end);
            (!is_other).then_some((value, Syntax::Listed))
        }
        Link::Compares => Some((reader.string()?, Syntax::Compared)),
        Link::Returns => {
            let value = reader.string().or_else(|| reader.braced())?;
            Some((value, Syntax::Argument))
        }
        Link::Column => Some((reader.cell()?, Syntax::Embedded)),
        Link::Assigns | Link::AssignsTightly | Link::Gives => {
            if link == Link::Assigns {
                reader.properties();
            }
            let at = reader.at();
            plain_value(text, name, reader, (link, is_quoted))
                .or_else(|| complex_value(text, name, reader, at))
                .map(|(value, syntax)| bare_of_quotes(text, value, syntax))
        }
    }
}

/// Whether the string that ends at `end` is the last label of a block of HCL: `resource "random_password" "db" {`.
fn labels_a_block(text: &[u8], end: usize) -> bool {
    let behind = text.get(end + 1..).unwrap_or_default();
    let mut near = behind.iter().take(GAP_LIMIT);
    near.find(|byte| !matches!(byte, b' ' | b'\t')) == Some(&b'{')
}

/// Reads the value of a Lisp list after a name that another list declares; `at` is after its opening bracket.
fn list_of_lisp(text: &[u8], name: &Range<usize>, at: usize) -> Option<(Range<usize>, Syntax)> {
    expression::literal(text, opens_list(text, name, at)?)
}

/// Where a list that [`list_of_lisp`] reads begins.
fn opens_list(text: &[u8], name: &Range<usize>, at: usize) -> Option<usize> {
    const LISTS: [&[u8]; 2] = [b"(or ", b"(make-parameter "];
    let opened = text[name.end..at].iter().position(|byte| *byte == b'(')? + name.end;
    let is_list = LISTS.iter().any(|list| text[opened..].starts_with(list));
    is_list.then_some(opened)
}

/// Whether the name of a function says that it looks up what its argument names: `getSecret("db-password")`.
fn looks_up(name: &[u8]) -> bool {
    const VERBS: [&[u8]; 14] = [
        b"get",
        b"load",
        b"read",
        b"fetch",
        b"find",
        b"lookup",
        b"look",
        b"resolve",
        b"retrieve",
        b"handle",
        b"has",
        b"require",
        b"query",
        b"describe",
    ];
    let name = name.rsplit(|byte| *byte == b'.').next().unwrap_or(name);
    let rest = name.get(1..).unwrap_or_default();
    let length = rest
        .iter()
        .take_while(|byte| byte.is_ascii_lowercase())
        .count();
    VERBS
        .iter()
        .any(|verb| name[..name.len().min(length + 1)].eq_ignore_ascii_case(verb))
}

/// Whether a quoted name is that of a method that looks something up, as in mocks: `("GetSecret", "name")`.
fn calls_a_look_up(name: &[u8]) -> bool {
    let is_camel = || {
        let mut pairs = name.windows(2);
        pairs.any(|pair| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase())
    };
    looks_up(name) && is_camel() && !name.contains(&b'_')
}

/// Whether `behind`, the rest of a call, is followed by a fallback: then the call looks up what its argument names.
fn falls_back(behind: &[u8]) -> bool {
    const SIGNS: [&[u8]; 4] = [b"||", b"??", b"?:", b"or "];
    let is_end = |byte: &u8| matches!(byte, b'"' | b'\'' | b'`' | b')' | b' ');
    let length = behind
        .iter()
        .take(GAP_LIMIT)
        .take_while(|byte| is_end(byte))
        .count();
    let (end, rest) = behind.split_at(length);
    end.contains(&b')') && SIGNS.iter().any(|sign| rest.starts_with(sign))
}

/// Whether the bracket before the quoted name at `name_start` opens a call or a tuple.
fn begins_call(text: &[u8], name_start: usize) -> bool {
    let before = &text[name_start.saturating_sub(NAME_LIMIT)..name_start];
    let is_quote = |byte: &u8| {
        matches!(
            byte,
            b'"' | b'\'' | b'\\' | b' ' | b'\n' | b'\r' | b'\t' | b'`' | b'@'
        )
    };
    let opened = before.iter().rposition(|byte| !is_quote(byte));
    opened.is_some_and(|at| before[at] == b'(')
}

/// Reads a value that is a literal and nothing else.
fn plain_value(
    text: &[u8],
    name: &Range<usize>,
    reader: &mut Reader<'_>,
    (link, is_quoted): (Link, bool),
) -> Option<(Range<usize>, Syntax)> {
    if let Some(value) = reader.block().or_else(|| reader.below(name)) {
        return Some((value, Syntax::Bare));
    }
    if let Some(value) = reader.wrapped() {
        // An optional value says no more than the value itself.
        let is_optional = [&b"Some("[..], b"Just(", b"Option("]
            .iter()
            .any(|option| text[reader.at()..].starts_with(option));
        let syntax = if is_optional {
            Syntax::Quoted
        } else {
            Syntax::Argument
        };
        return Some((value, syntax));
    }
    if let Some(value) = reader.bracketed().or_else(|| reader.odd_string()) {
        return Some((value, Syntax::Quoted));
    }
    if let Some(value) = reader.here_document() {
        reader.is_far.set(true);
        return Some((value, Syntax::Quoted));
    }
    reader.next_line();
    if reader.is_at_string() {
        let syntax = if reader.is_at_escape() {
            Syntax::Embedded
        } else {
            Syntax::Quoted
        };
        let place = place_in_names(text, name);
        let value = reader.nth_string(place)?;
        return Some((value, if place > 0 { Syntax::Argument } else { syntax }));
    }
    if let Some(value) = reader.first_of_sequence(name) {
        return Some((value, Syntax::Listed));
    }
    reader.pass_continuation();
    let is_default = text[..name.start].ends_with(b"${");
    if is_default {
        // `${PASSWORD:?…}` is the error message if the variable is not set, `:+` the replacement if it is.
        let behind = &text[name.end..];
        let sign = behind.strip_prefix(b":").unwrap_or(behind).first();
        if matches!(sign, Some(b'?' | b'+')) {
            return None;
        }
        reader.sign_of_default();
    }
    let is_embedded = is_default || !is_quoted && is_embedded(text, name.start);
    let (is_embedded, may_go_on) = match link {
        Link::Gives => (true, true),
        Link::AssignsTightly => (is_embedded, true),
        _ => (is_embedded, false),
    };
    let (value, goes_on) = reader.bare(is_embedded, may_go_on)?;
    if !is_embedded && is_only_begun(text, &value) {
        return None;
    }
    let is_embedded = is_embedded || goes_on;
    Some((
        parameter(text, name.start, value),
        match (is_default, is_embedded) {
            (true, _) => Syntax::Fallback,
            (false, true) => Syntax::Embedded,
            (false, false) => Syntax::Bare,
        },
    ))
}

/// Whether an unquoted value is only the beginning of an expression.
fn is_only_begun(text: &[u8], value: &Range<usize>) -> bool {
    let own = &text[value.clone()];
    let count = |sign: u8| memchr::memchr_iter(sign, own).count();
    let behind = || text[value.end..].trim_ascii_start();
    let is_cut =
        || count(b'(') > count(b')') && matches!(behind().first(), Some(b',' | b'"' | b'\''));
    let falls_back = || own.first() == Some(&b'$') && behind().starts_with(b"// ");
    own.is_empty() || matches!(own, b"[" | b"{" | b"(" | b"\\") || is_cut() || falls_back()
}

/// Reads a value at `at` that is part of something larger: an object that describes it, an expression, a phrase.
fn complex_value(
    text: &[u8],
    name: &Range<usize>,
    reader: &mut Reader<'_>,
    at: usize,
) -> Option<(Range<usize>, Syntax)> {
    reader.is_far.set(true);
    reader.parts.set(None);
    if let Some(found) = object::value(text, name, at) {
        reader.parts.set(found.parts);
        return Some((found.value, found.syntax));
    }
    // Most expressions have no string, and end with their line.
    let end = line::end_of_what_counts(text, at);
    let has_string = end.is_none_or(|end| {
        let read = &text[at..text.len().min(end)];
        memchr::memchr3(b'"', b'\'', b'`', read).is_some()
    });
    let literal = has_string.then(|| expression::literal(text, at)).flatten();
    literal.or_else(|| Some((reader.phrase(at)?, Syntax::Bare)))
}

/// The place of the name at `name` among those of a multiple assignment: in `host, password = "…", "…"` it is 1.
fn place_in_names(text: &[u8], name: &Range<usize>) -> usize {
    let before = &text[name.start.saturating_sub(NAME_LIMIT)..name.start];
    // A field of an object is named by itself, whatever is before it: `{ url, password: "…" }`.
    let is_field = text[name.end..].starts_with(b":") && text.get(name.end + 1) != Some(&b'=');
    if is_field || !before.trim_ascii_end().ends_with(b",") {
        return 0;
    }
    let line = line_before(text, name.start);
    let opened = memchr::memrchr2(b'{', b';', line);
    // Braces hold fields, each with a value of its own, unless they hold statements.
    let declares = text[name.end..].trim_ascii_start().starts_with(b":=");
    if opened.is_some_and(|at| line[at] == b'{') && !declares {
        return 0;
    }
    let line = opened.map_or(line, |end| &line[end + 1..]);
    // A comma at the beginning of a line separates what is on lines of its own.
    if line.trim_ascii_start().starts_with(b",") {
        return 0;
    }
    let is_name = |byte: &u8| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b',' | b' ' | b'\t' | b'$')
    };
    if !line.iter().all(is_name) {
        return 0;
    }
    memchr::memchr_iter(b',', line).count()
}

/// Strips the inner quotation marks of a string of another language, or the reference around a default: `'"…"'`,
/// `"${PASSWORD:-…}"`.
fn bare_of_quotes(text: &[u8], value: Range<usize>, syntax: Syntax) -> (Range<usize>, Syntax) {
    let own = &text[value.clone()];
    if own.starts_with(b"${") || own.starts_with(b"$${") {
        let default = std::str::from_utf8(own).ok().and_then(default_literal);
        if let Some(default) = default {
            let end = value.end - 1;
            return (end - default.len()..end, Syntax::Fallback);
        }
    }
    if let Some(default) = default_of_template(own) {
        return (
            value.start + default.start..value.start + default.end,
            Syntax::Fallback,
        );
    }
    for quote in [&b"\\\""[..], b"\"", b"'"] {
        let inner = own
            .strip_prefix(quote)
            .and_then(|own| own.strip_suffix(quote));
        if inner.is_some_and(|inner| !inner.is_empty()) {
            return (value.start + quote.len()..value.end - quote.len(), syntax);
        }
    }
    (value, syntax)
}

/// The literal that a template expression falls back to: `{{ password | default('…') }}`.
fn default_of_template(value: &[u8]) -> Option<Range<usize>> {
    let inner = value.strip_prefix(b"{{")?.strip_suffix(b"}}")?;
    let word = [&b"default("[..], b"default ", b" or "]
        .iter()
        .find_map(|word| Some(memchr::memmem::find(inner, word)? + word.len()))?;
    let (quote, literal) = inner[word..].split_first()?;
    let length = memchr::memchr(*quote, literal)?;
    let start = 2 + word + 1;
    matches!(quote, b'"' | b'\'').then_some(start..start + length)
}

/// The name of the function whose first argument begins at `start`.
pub(super) fn function_before(text: &[u8], start: usize) -> &[u8] {
    let before = &text[start.saturating_sub(NAME_LIMIT)..start];
    let Some(end) = memchr::memrchr(b'(', before) else {
        return b"";
    };
    let name = &before[..end];
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let length = name.iter().rev().take_while(|byte| is_name(byte)).count();
    &name[end - length..]
}

/// Whether the name of a function says that it compares or transforms a password, so that its other arguments are not
/// one.
fn is_test_of_it(name: &[u8]) -> bool {
    let begins = |at: usize| {
        let rest = &name[at..];
        let verbs: &[&[u8]] = match rest[0].to_ascii_lowercase() {
            b'a' => &[b"assert"],
            b'c' => &[b"check", b"compar", b"contain"],
            b'e' => &[b"encod", b"encrypt", b"equal", b"endswith"],
            b'h' => &[b"hash"],
            b'i' => &[b"indexof"],
            b'm' => &[b"match"],
            b'p' => &[b"prefix", b"printf"],
            b'r' => &[b"replace"],
            b's' => &[b"suffix", b"startswith", b"split"],
            b't' => &[b"trim"],
            b'v' => &[b"verif", b"valid"],
            _ => &[],
        };
        let is_it = |verb: &&[u8]| {
            let own = rest.get(..verb.len());
            own.is_some_and(|own| own.eq_ignore_ascii_case(verb))
        };
        verbs.iter().any(is_it)
    };
    (0..name.len()).any(begins)
}

/// Cuts the value of a URL parameter where the next one begins: `?password=…&user=app`, or `&amp;` in markup.
pub(super) fn parameter(text: &[u8], name_start: usize, value: Range<usize>) -> Range<usize> {
    let before = &text[..name_start];
    // In a `sed` command, the pattern ends with the separator that it began with: `s/PASSWORD=…/PASSWORD=…/`.
    if let [rest @ .., b's', sign @ (b'/' | b'|' | b'#' | b',')] = before
        && !rest.last().is_some_and(u8::is_ascii_alphanumeric)
        && let Some(end) = memchr::memchr(*sign, &text[value.clone()]).filter(|at| *at > 0)
    {
        return value.start..value.start + end;
    }
    let is_parameter =
        before.ends_with(b"?") || before.ends_with(b"&") || before.ends_with(b"&amp;");
    let next = memchr::memchr2(b'&', b'#', &text[value.clone()]).filter(|at| *at > 0);
    match next.filter(|_| is_parameter) {
        Some(next) => value.start..value.start + next,
        None => value,
    }
}

/// Whether a name is within a string or a comment, so that a bare word after it is not a variable.
fn is_embedded(text: &[u8], name_start: usize) -> bool {
    let line = line_before(text, name_start);
    let (mut double, mut single, mut back) = (false, false, false);
    // Most lines have no quotes before a name.
    let first = memchr::memchr3(b'"', b'\'', b'`', line).unwrap_or(line.len());
    for (at, &byte) in line.iter().enumerate().skip(first) {
        let before = at.checked_sub(1).map_or(b' ', |before| line[before]);
        match byte {
            _ if before == b'\\' => {}
            b'"' if !single && !back => double = !double,
            // An apostrophe within a word opens nothing.
            b'\'' if !double && !back && (single || !before.is_ascii_alphanumeric()) => {
                single = !single;
            }
            // reStructuredText and Markdown write two of them where a string has one.
            b'`' if !double && !single && before != b'`' => back = !back,
            _ => {}
        }
    }
    double || single || back || is_in_comment(text, name_start)
}
