//! Values apart from their names: `{"name": "DB_PASSWORD", "value": "…"}`, `<add key="…" value="…"/>`,
//! `variable "…" { default = "…" }`, `#define DB_PASSWORD "…"`, `{:password "…"}`.

use std::ops::Range;

use crate::detect::assignment::{Found, GAP_LIMIT, Syntax, markup, object, reversed};
use crate::detect::extent::Looked;
use crate::detect::link::Reader;

/// Where the value that belongs to a name is.
enum Start {
    /// It begins there; the flag says whether it may be unquoted.
    At(usize, bool),
    /// It begins there, and is the default of the name.
    Default(usize),
    /// It begins there, with other keys between it and the name.
    Farther(usize),
    /// It precedes the name.
    Before(Range<usize>),
    /// It precedes the name, and is compared with it.
    Compared(Range<usize>),
}

/// The longest word that shows what a string is, with its sign and quotation mark, in bytes.
const WORD: usize = 12;

/// How far after the name of a Terraform variable its default is looked for, in bytes.
const BLOCK_LIMIT: usize = 240;

/// Returns the value that belongs to `name` by the text before the name.
///
/// # Errors
///
/// If there is none, returns how far around the name the text was examined to decide this.
pub(in crate::detect) fn value_apart(text: &[u8], name: &Range<usize>) -> Result<Found, Looked> {
    let before = &text[..name.start];
    let start = match before.last() {
        Some(b'"' | b'\'') => {
            beside(text, name).or_else(|looked| default_of_variable(text, name, looked))
        }
        Some(b' ') if before.ends_with(b"#define ") || before.ends_with(b"`define ") => {
            Ok(Start::At(name.end, false))
        }
        Some(b' ') if before.ends_with(b"\" -> ") || before.ends_with(b"\" TO ") => {
            reversed::given(text, name)
                .map(Start::Before)
                .ok_or(Looked::FAR)
        }
        Some(b' ') => beside(text, name),
        Some(b'(') => reversed::compared(text, name)
            .map(Start::Compared)
            .ok_or(Looked::at(20, 0)),
        Some(b':') => keyword_of_map(text, name).ok_or(Looked::at(2, 2)),
        _ => Err(Looked::at(1, 0)),
    };
    match start? {
        Start::At(at, may_be_bare) => value_at(text, at, may_be_bare),
        Start::Default(at) => value_at(text, at, false).map(|found| Found {
            syntax: Syntax::Fallback,
            ..found
        }),
        Start::Farther(at) => value_at(text, at, true).map(|found| Found {
            // Without quotes, it is an expression of a program, here as elsewhere.
            syntax: match found.syntax {
                Syntax::Bare => Syntax::Bare,
                _ => Syntax::Argument,
            },
            ..found
        }),
        Start::Compared(value) => Some(Found::whole(value, Syntax::Compared)),
        Start::Before(value) => Some(Found::whole(value, Syntax::Argument)),
    }
    .ok_or(Looked::FAR)
}

/// Returns the string after spaces at `at`, or the unquoted text there if `may_be_bare`.
pub(in crate::detect) fn value_at(text: &[u8], at: usize, may_be_bare: bool) -> Option<Found> {
    let mut reader = Reader::new(text, at);
    reader.gap();
    let (value, syntax) = if reader.is_at_string() || !may_be_bare {
        (reader.string()?, Syntax::Quoted)
    } else if let Some(value) = reader.block() {
        (value, Syntax::Bare)
    } else {
        (reader.bare(false, false)?.0, Syntax::Bare)
    };
    Some(Found {
        value,
        syntax,
        parts: reader.parts.get(),
    })
}

/// Where the value is in `name: DB_PASSWORD` with `value: …` after, below or before it.
fn beside(text: &[u8], name: &Range<usize>) -> Result<Start, Looked> {
    let quote = text[..name.start]
        .last()
        .filter(|byte| matches!(byte, b'"' | b'\''));
    let before = &text[..name.start - usize::from(quote.is_some())];
    let before = before.strip_suffix(b"@").unwrap_or(before);
    if !is_called_name(before) {
        let trimmed = before[before.len().saturating_sub(2 * GAP_LIMIT)..].trim_ascii_end();
        let extent = match trimmed.last() {
            Some(b':' | b'=') => 2 * GAP_LIMIT,
            _ => before.len().min(2 * GAP_LIMIT) - trimmed.len() + WORD,
        };
        return Err(Looked::at(extent + 1, 0));
    }
    if quote.is_some() && markup::is_of_page(text, name) {
        return Err(Looked::FAR);
    }
    let beside = value_beside(text, name, quote);
    let beside = beside.or_else(|| value_farther(text, name, quote));
    let before = || reversed::value(text, name).map(|(value, _)| Start::Before(value));
    beside.or_else(before).ok_or(Looked::FAR)
}

/// Where the value of `value: …` begins, right after a name that ends with `quote`.
fn value_beside(text: &[u8], name: &Range<usize>, quote: Option<&u8>) -> Option<Start> {
    let behind = &text[name.end..];
    let behind = match quote {
        Some(quote) => behind.strip_prefix(&[*quote])?,
        None => behind,
    };
    let is_between = |byte: &&u8| byte.is_ascii_whitespace() || **byte == b',';
    let between = behind
        .iter()
        .take(2 * GAP_LIMIT)
        .take_while(is_between)
        .count();
    let rest = &behind[between..];
    let rest = rest.strip_prefix(b"\"").unwrap_or(rest);
    let words = [&b"value"[..], b"parametervalue"];
    let word = words.iter().find(|word| {
        let begins = rest.get(..word.len());
        begins.is_some_and(|begins| begins.eq_ignore_ascii_case(word))
    });
    let rest = rest.get(word?.len()..).filter(|_| between > 0)?;
    let rest = rest.strip_prefix(b"\"").unwrap_or(rest);
    let rest = trim_start(rest);
    let rest = rest
        .strip_prefix(b":")
        .or_else(|| rest.strip_prefix(b"="))?;
    Some(Start::At(text.len() - rest.len(), true))
}

/// Where the value begins in an object with other keys in between: `{"key": "TOKEN", "type": "text", "value": "…"}`.
fn value_farther(text: &[u8], name: &Range<usize>, quote: Option<&u8>) -> Option<Start> {
    let behind = text[name.end..].strip_prefix(&[*quote?])?;
    let behind = behind.strip_prefix(b",")?;
    let near = &behind[..behind.len().min(BLOCK_LIMIT)];
    let end = memchr::memchr2(b'{', b'}', near)?;
    let at = object::value_in(&near[..end])?;
    Some(Start::Farther(text.len() - behind.len() + at))
}

/// Whether the text before a string calls it a name or a key.
fn is_called_name(before: &[u8]) -> bool {
    let before = trim_end(before);
    let Some(before) = before
        .strip_suffix(b":")
        .or_else(|| before.strip_suffix(b"="))
    else {
        return false;
    };
    let before = before.trim_ascii_end();
    let before = before.strip_suffix(b"\"").unwrap_or(before);
    let words = [
        &b"name"[..],
        b"key",
        b"label",
        b"property",
        b"forkey",
        b"forhttpheaderfield",
    ];
    words.iter().any(|word| {
        let (rest, end) = before.split_at(before.len().saturating_sub(word.len()));
        let is_apart = !rest.last().is_some_and(u8::is_ascii_alphanumeric);
        end.eq_ignore_ascii_case(word) && (is_apart || rest.ends_with(b"Parameter"))
    })
}

/// `variable "db_password" { default = "…" }`.
fn default_of_variable(text: &[u8], name: &Range<usize>, looked: Looked) -> Result<Start, Looked> {
    let before = trim_end(&text[..name.start - 1]);
    let found = if before.ends_with(b"variable") {
        value_in_block(text, name, b"default").map(Start::Default)
    } else if before.ends_with(b"output") {
        value_in_block(text, name, b"value").map(|at| Start::At(at, false))
    } else {
        return Err(looked);
    };
    found.ok_or(Looked::FAR)
}

fn value_in_block(text: &[u8], name: &Range<usize>, key: &[u8]) -> Option<usize> {
    let block = &text[name.end..text.len().min(name.end + BLOCK_LIMIT)];
    let end = memchr::memchr(b'}', block).unwrap_or(block.len());
    let at = memchr::memmem::find(&block[..end], key)? + key.len();
    let rest = block[at..end].trim_ascii_start().strip_prefix(b"=")?;
    Some(name.end + end - rest.len())
}

/// `{:password "…"}`, as Clojure writes it.
fn keyword_of_map(text: &[u8], name: &Range<usize>) -> Option<Start> {
    let before = text[..name.start - 1].last();
    let is_keyword = before.is_none_or(|byte| byte.is_ascii_whitespace() || *byte == b'{');
    let is_apart = text.get(name.end..name.end + 2) == Some(b" \"");
    (is_keyword && is_apart).then_some(Start::At(name.end, false))
}

/// The text without trailing white space, cut to the last `2 * GAP_LIMIT` bytes.
fn trim_end(text: &[u8]) -> &[u8] {
    text[text.len().saturating_sub(2 * GAP_LIMIT)..].trim_ascii_end()
}

/// The text without leading white space, of which at most `2 * GAP_LIMIT` bytes are removed.
fn trim_start(text: &[u8]) -> &[u8] {
    let space = text
        .iter()
        .take(2 * GAP_LIMIT)
        .take_while(|byte| byte.is_ascii_whitespace());
    &text[space.count()..]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<(&str, Syntax)>) {
        let at = text.find("DB_PASS").unwrap();
        let found = value_apart(text.as_bytes(), &(at..at + 7)).ok();
        let found = found.map(|found| (&text[found.value], found.syntax));
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn values_beside_their_names() {
        for text in [
            r#"{"name": "DB_PASS", "value": "abc1"}"#,
            "{\"Key\":\"DB_PASS\",\n \"Value\":\"abc1\"}",
            r#"<add key="DB_PASS" value="abc1"/>"#,
            r#"<property name = "DB_PASS" value='abc1' />"#,
            "- name: DB_PASS\n  value: \"abc1\"\n",
            "#define DB_PASS \"abc1\"\n",
            "{:DB_PASS \"abc1\"}",
        ] {
            check(text, Some(("abc1", Syntax::Quoted)));
        }
        check(
            "- name: DB_PASS\n  value: abc1\n",
            Some(("abc1", Syntax::Bare)),
        );
        check(
            "variable \"DB_PASS\" {\n  type = string\n  default = \"abc1\"\n}",
            Some(("abc1", Syntax::Fallback)),
        );
    }

    #[test]
    fn what_only_stands_near_is_no_value() {
        for text in [
            r#"{"name": "DB_PASS", "type": "abc1"}"#,
            r#"{"title": "DB_PASS", "value": "abc1"}"#,
            "- name: DB_PASS\n  valueFrom: abc1\n",
            "variable \"DB_PASS\" {\n}\nvariable \"b\" {\n default = \"abc1\"\n}",
            "variable \"DB_PASS\" {\n default = var.x\n}",
            "#define DB_PASS abc1\n",
            "DB_PASS",
        ] {
            let at = text.find("DB_PASS").unwrap();
            let found = value_apart(text.as_bytes(), &(at..at + 7));
            assert!(found.is_err(), "{text}: {found:?}");
        }
    }
}
