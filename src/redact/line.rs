//! Finds credentials in single lines of any syntax: comments, commands, headers, URLs.
//!
//! A line is judged without its file, so this looks for how credentials are written everywhere: after a name, in a URL,
//! in a header, after a flag. It masks more than a check would report: masking a harmless word costs a reader little.

use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use crate::lexicon::name::{CredentialName, classify, classify_action};
use crate::lexicon::placeholder::says_what_it_is;
use crate::lexicon::value::{default_literal, is_random, is_reference};
use crate::model::is_within;

mod address;
mod command;

/// How many spaces may separate a name from its sign.
const MAX_SPACES: usize = 8;

/// Values that are no credentials, whatever their name: switches, types, and words that say where one comes from.
#[rustfmt::skip]
const KEYWORDS: &[&str] = &[
    "any", "auto", "bool", "boolean", "bytes", "default", "disable", "disabled", "enable", "enabled", "env", "external",
    "false", "file", "generate", "inherit", "int", "integer", "list", "md5", "never", "nil", "no", "none", "null", "object",
    "off", "on", "optional", "peer", "prompt", "required", "scram-sha-256", "str", "string", "true", "trust", "undefined",
    "vault", "write", "read", "yes",
    // What begins an expression.
    "async", "await", "function", "lambda", "new", "typeof", "yield",
];

/// Words that a credential follows, wherever they occur.
const BEFORE_VALUES: [&str; 3] = ["bearer ", "basic ", "token "];

/// Words that a credential in quotes follows.
const BEFORE_QUOTES: [&str; 2] = ["identified by ", "password "];

/// Schemes of an `Authorization` header.
const SCHEMES: &[&str] = &[
    "apikey",
    "basic",
    "bearer",
    "digest",
    "key",
    "negotiate",
    "token",
];

/// Names in queries and connection strings whose values are credentials only if they look random.
const SHORT: &[&str] = &[
    "access",
    "auth",
    "code",
    "key",
    "pass",
    "sas",
    "sid",
    "sig",
    "sign",
    "signature",
];

/// Returns the parts of `text` that look like credentials from how they are written.
pub fn credentials_in(text: &str) -> Vec<Range<usize>> {
    credentials_beside(text, &[])
}

/// Like [`credentials_in`], but may leave out what is within `masked`.
pub(super) fn credentials_beside(text: &str, masked: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for line in lines(text) {
        let mut line = Line {
            text,
            content: line,
            masked,
            found: &mut found,
        };
        line.pairs();
        if announces(line.content) {
            line.headers();
            line.identified();
        }
        line.flags();
        line.hashes();
        line.addresses();
    }
    places(text, &found)
}

/// Returns the credentials in the URLs of `text`.
pub(super) fn in_addresses(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for line in lines(text) {
        let mut line = Line {
            text,
            content: line,
            masked: &[],
            found: &mut found,
        };
        line.addresses();
    }
    places(text, &found)
}

/// Whether a line has any of the words that announce a credential: a quick test before the line is searched for each.
fn announces(line: &str) -> bool {
    static FOUND: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
        let builder = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .build([&["authorization"][..], &BEFORE_VALUES, &BEFORE_QUOTES].concat());
        builder.ok()
    });
    FOUND.as_ref().is_none_or(|words| words.is_match(line))
}

/// Returns the ranges of `parts` in `text`, of which all are slices.
fn places(text: &str, parts: &[&str]) -> Vec<Range<usize>> {
    let place = |part: &&str| {
        let at = offset(text, part);
        at..at + part.len()
    };
    parts.iter().map(place).collect()
}

/// Returns where `part`, a slice of `whole`, begins in it.
fn offset(whole: &str, part: &str) -> usize {
    (part.as_ptr() as usize).saturating_sub(whole.as_ptr() as usize)
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.split(['\n', '\r']).filter(|line| !line.is_empty())
}

/// One line, and what has been found so far.
struct Line<'t, 'f> {
    /// The whole text, of which `content` is a line.
    text: &'t str,
    content: &'t str,
    /// Ranges in which nothing need be found, in ascending order without overlap.
    masked: &'f [Range<usize>],
    found: &'f mut Vec<&'t str>,
}

impl<'t> Line<'t, '_> {
    fn is_masked(&self, value: &str) -> bool {
        let at = offset(self.text, value);
        is_within(&(at..at + value.len()), self.masked)
    }

    /// Takes `value` if it is a literal, or the literal that it falls back to.
    fn take(&mut self, value: &'t str) {
        if let Some(literal) = default_literal(value) {
            self.take_literal(literal);
        } else if !is_reference(value) {
            self.take_literal(value);
        }
    }

    fn take_literal(&mut self, value: &'t str) {
        if is_literal(value) {
            self.found.push(value);
        }
    }

    /// `NAME=value`, `"name": "value"`, `?name=value&`, `Name=value;`.
    fn pairs(&mut self) {
        let line = self.content;
        for (at, _) in line.match_indices(['=', ':']) {
            let Some(name) = name_before(line, at) else {
                continue;
            };
            // `!PSK:!SRP` in a list of cipher suites.
            if line[..offset(line, name)].ends_with(":!") {
                continue;
            }
            let value = value_behind(line, name, at);
            if value.is_some_and(|value| self.is_masked(value)) {
                continue;
            }
            let (kind, value) = match classify(name) {
                Some(kind) => (kind, value),
                // The value of an authorization is read with its scheme, in `headers`.
                None if is_authorization(name) => continue,
                None => match classify_action(name) {
                    Some(kind) => (kind, value),
                    None if is_short_for_one(line, name) => (
                        CredentialName::ApiKey,
                        value.filter(|value| is_opaque(value)),
                    ),
                    None => continue,
                },
            };
            let value = value.filter(|value| !is_prose(line, value, at) && !begins_call(value));
            let is_key = matches!(kind, CredentialName::Token | CredentialName::ApiKey);
            let is_expression =
                |value: &&str| is_key && is_code(line, value) || opens_call(line, value);
            if let Some(value) = value.filter(|value| !is_expression(value)) {
                self.take(value);
                if kind == CredentialName::ConnectionString {
                    self.connection(value);
                }
            }
        }
    }

    /// Leaves a connection string to the masking of its parts, if it has any, so that its host stays legible.
    fn connection(&mut self, value: &'t str) {
        let is_made_of_parts = value.contains("://") || value.contains('=');
        if is_made_of_parts && self.found.last() == Some(&value) {
            self.found.pop();
        }
    }

    /// `Authorization: Scheme value`, and `Bearer value` wherever it is.
    fn headers(&mut self) {
        let line = self.content;
        let lower = line.to_ascii_lowercase();
        for (at, name) in lower.match_indices("authorization") {
            let rest = &line[at + name.len()..];
            let value =
                rest.trim_start_matches(['"', '\'', '\\', ':', '=', ',', ' ', '\t', '(', '>']);
            if value.len() < rest.len() {
                self.authorization(value, quote_before(line, value));
            }
        }
        for scheme in BEFORE_VALUES {
            for (at, _) in lower.match_indices(scheme) {
                let is_word = at == 0 || !lower.as_bytes()[at - 1].is_ascii_alphanumeric();
                let value = line[at + scheme.len()..].trim_start();
                let value = until(
                    value,
                    &[' ', '\t', '"', '\'', '`', ',', ';', ')', '}', '<', '\\'],
                );
                if is_word && !value.starts_with("${") && is_opaque(value) {
                    self.take(value);
                }
            }
        }
    }

    /// The credentials after the name of the header: everything up to the closing quote or the end of the line.
    fn authorization(&mut self, value: &'t str, quote: Option<char>) {
        let value = match quote {
            Some(quote) => until(value, &[quote, '\\']),
            None => until(value, &['"', '\'', '`', '\\']),
        };
        let value = value.trim_end_matches([' ', '\t', ';', ')', ']', ',']);
        let value = if value.contains(['$', '{']) {
            value
        } else {
            value.trim_end_matches('}')
        };
        let is_scheme = |word: &str| {
            word.len() <= 24
                && word
                    .bytes()
                    .all(|byte| byte.is_ascii_alphabetic() || byte == b'-')
        };
        let Some((scheme, rest)) = value.split_once(' ') else {
            if !is_scheme(value) {
                self.take(value);
            }
            return;
        };
        if !is_scheme(scheme) {
            return;
        }
        let rest = rest.trim_start();
        let first = until(rest, &[' ', ',']);
        let is_known = SCHEMES
            .iter()
            .any(|known| scheme.eq_ignore_ascii_case(known));
        if is_known && quote.is_some() || first.contains('=') {
            self.take(rest);
        } else if is_known || rest == first || is_opaque(first) {
            self.take(first);
        }
    }
}

/// Whether a value is only the name of a function whose argument is the string after it: `os.getenv(` before `"…"`.
fn opens_call(line: &str, value: &str) -> bool {
    let behind = &line[offset(line, value) + value.len()..];
    let is_path = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | ':');
    let called = value
        .strip_suffix('(')
        .filter(|_| behind.starts_with(['"', '\'']));
    called.is_some_and(|path| {
        path.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && path.chars().all(is_path)
            && !is_random(path)
    })
}

/// Returns the quote that opens right before `value`, a slice of `line`.
fn quote_before(line: &str, value: &str) -> Option<char> {
    let at = offset(line, value);
    let before = line[..at].trim_end_matches('\\').chars().next_back();
    before.filter(|c| matches!(c, '"' | '\'' | '`'))
}

/// Whether a name in a connection string or query abbreviates that of a credential: `?sig=…`, `;Key=…`.
fn is_short_for_one(line: &str, name: &str) -> bool {
    let before = line[..offset(line, name)].trim_end();
    before.ends_with([';', '?', '&']) && SHORT.iter().any(|short| name.eq_ignore_ascii_case(short))
}

fn is_authorization(name: &str) -> bool {
    name.to_ascii_lowercase().ends_with("authorization")
}

/// Returns the beginning of `text` up to the first of `ends`.
fn until<'t>(text: &'t str, ends: &[char]) -> &'t str {
    text.find(ends).map_or(text, |end| &text[..end])
}

/// Whether a value is written out, and masking it would hide more than that it exists.
fn is_literal(value: &str) -> bool {
    let is_small_number = value.len() <= 5 && value.bytes().all(|byte| byte.is_ascii_digit());
    let is_keyword = KEYWORDS.iter().any(|word| value.eq_ignore_ascii_case(word));
    let is_blank = value
        .bytes()
        .skip(1)
        .zip(value.bytes())
        .all(|(a, b)| a == b);
    value.chars().any(char::is_alphanumeric)
        && !is_blank
        && !is_small_number
        && !is_keyword
        && !is_reference(value)
        && !says_what_it_is(value)
}

/// Whether a value is unlikely to be a word of prose.
fn is_opaque(value: &str) -> bool {
    let has = |is: fn(&u8) -> bool| value.bytes().any(|byte| is(&byte));
    let is_mixed = has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic);
    let is_cased =
        value.bytes().skip(1).any(|byte| byte.is_ascii_uppercase()) && has(u8::is_ascii_lowercase);
    value.len() >= 8 && (is_mixed || is_cased || is_random(value))
}

/// Returns the name before the sign at `at`.
fn name_before(line: &str, at: usize) -> Option<&str> {
    let before = line[..at].trim_end_matches([' ', '\t']);
    if at - before.len() > MAX_SPACES {
        return None;
    }
    let before = before.trim_end_matches(['"', '\'', '`', '\\', ']']);
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '$' | '@');
    let start = before.rfind(|c| !is_name(c)).map_or(0, |last| {
        last + before[last..].chars().next().map_or(1, char::len_utf8)
    });
    let name = before[start..].trim_start_matches(['-', '$', '@', '.']);
    // In an address, what is before an `@` is the end of a password and no name, and what is behind it a host.
    let is_in_address = before[..start].contains("://");
    let name = match name.rsplit_once('@') {
        Some((_, host)) if is_in_address => host,
        _ => name,
    };
    (name.len() >= 3).then_some(name)
}

/// Returns the value after the sign at `at`.
fn value_behind<'t>(line: &'t str, name: &str, at: usize) -> Option<&'t str> {
    let rest = line[at + 1..].trim_start_matches(['=', '>', '~', ':']);
    // `https://`, `namespace::name`
    if line[at..].starts_with("://") || line[at..].starts_with("::") {
        return None;
    }
    let name_at = offset(line, name);
    if line[..name_at].ends_with("${") {
        // `${NAME:-default}`
        return rest.strip_prefix('-').map(|value| until(value, &['}']));
    }
    let value = rest.trim_start_matches([' ', '\t']);
    let value = behind_anchor(value).unwrap_or(value);
    let value = value.trim_start_matches(['(', '[', '{']);
    let bare = value.trim_start_matches('\\');
    if let Some(quote) = bare
        .chars()
        .next()
        .filter(|c| matches!(c, '"' | '\'' | '`'))
    {
        let inner = &bare[1..];
        let escape = bare.len() < value.len();
        return Some(quoted(inner, quote, escape));
    }
    if value.starts_with("${") {
        let end = value.find('}').map_or(value.len(), |end| end + 1);
        return Some(&value[..end]);
    }
    let is_query = line[..name_at].ends_with(['?', '&']);
    let value = until(value, &[' ', '\t', '"', '\'', '`']);
    let value = if is_query {
        until(value, &['&', '#'])
    } else {
        value
    };
    let value = before_next_pair(value);
    Some(value.trim_end_matches([')', ']', '}', '>', ',', ';', '\\', '|']))
}

/// What is behind the anchor or the tag of a value in YAML: `&db-password "…"`, `!vault …`. One that could be a part of a
/// password is none.
fn behind_anchor(value: &str) -> Option<&str> {
    let (name, rest) = value.strip_prefix(['&', '!'])?.split_once([' ', '\t'])?;
    let is_of_name = |byte: u8| byte.is_ascii_lowercase() || matches!(byte, b'-' | b'_');
    let rest = rest.trim_start_matches([' ', '\t']);
    let is_anchor = !name.is_empty() && name.bytes().all(is_of_name) && !is_random(name);
    (is_anchor && !rest.is_empty() && !rest.starts_with('#')).then_some(rest)
}

/// Returns the text up to the closing quote, which may be escaped itself.
fn quoted(inner: &str, quote: char, is_escaped: bool) -> &str {
    let mut after_escape = false;
    for (at, c) in inner.char_indices() {
        if c == quote && (is_escaped || !after_escape) {
            return inner[..at].trim_end_matches(if is_escaped { '\\' } else { '\0' });
        }
        after_escape = c == '\\' && !after_escape;
    }
    inner
}

/// Cuts a value in a list where the next pair begins: `Password=x;Key=y`, `password=x,user=y`.
fn before_next_pair(value: &str) -> &str {
    for (at, _) in value.match_indices([';', ',', '&']) {
        let rest = &value[at + 1..];
        let key = until(rest, &['=', ':', ';', ',', '&']);
        let is_key = key
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_-. ".contains(&byte));
        if rest.is_empty() || is_key && rest[key.len()..].starts_with(['=', ':']) {
            return &value[..at];
        }
    }
    value
}

/// Whether a program uses `token` or `key` in another sense, and the value is an identifier:
/// `{ token: i0.ElementRef }`, `token: Router`. Passwords may be words, and are never taken for identifiers.
fn is_code(line: &str, value: &str) -> bool {
    let is_name = |part: &str| {
        let is_word = part.bytes().all(|byte| byte.is_ascii_alphabetic());
        is_word && !is_random(part) && part.bytes().any(|byte| byte.is_ascii_lowercase())
    };
    let is_short = |part: &str| part.len() <= 3 && !part.is_empty();
    let is_dotted = value.contains('.')
        && value
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'.')
        && value.split('.').all(|part| is_name(part) || is_short(part));
    let is_type = value.starts_with(|c: char| c.is_ascii_uppercase()) && is_name(value);
    quote_before(line, value).is_none() && (is_dotted || is_type)
}

/// Whether an apparent value is the name of a function with its bracket: `getenv(`.
fn begins_call(value: &str) -> bool {
    let name = value.strip_suffix('(').unwrap_or_default();
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"_.:".contains(&byte);
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.bytes().all(is_part)
        && !is_random(name)
}

/// Whether an apparent value is the first word of a sentence: `token: the one that …`.
fn is_prose(line: &str, value: &str, sign: usize) -> bool {
    if !line[sign..].starts_with(": ") || !value.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return false;
    }
    let at = offset(line, value);
    let behind = &line[at + value.len()..];
    let goes_on = behind.strip_prefix(' ').unwrap_or_default();
    quote_before(line, value).is_none() && goes_on.starts_with(|c: char| c.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests;
