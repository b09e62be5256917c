//! Reads what is assigned to a name: `password = "…"`, `DB_PASSWORD=…`, `password: …`, `<password>…</password>`.
//!
//! Written by hand, not as patterns: the words it starts from are among the most frequent of all source code, and a
//! few comparisons say no to nearly all of them.

use std::ops::Range;

use serde::{Deserialize, Serialize};

/// How many bytes of a name are read to either side of the word in it.
const NAME_LIMIT: usize = 80;
/// The longest value that is still taken for a credential, in bytes.
const VALUE_LIMIT: usize = 512;
/// How much white space may stand between name, operator and value.
const GAP_LIMIT: usize = 40;

/// How many bytes before and behind a word in a name have a say in what is read.
pub(super) const REACH: (usize, usize) = (
    NAME_LIMIT + VALUE_LIMIT + 8,
    NAME_LIMIT + 6 * GAP_LIMIT + VALUE_LIMIT + 16,
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
}

/// A name and what is assigned to it; both as ranges of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Assignment {
    pub(super) name: Range<usize>,
    pub(super) value: Range<usize>,
    pub(super) syntax: Syntax,
}

/// Reads the assignment to the name in which the word at `word` stands.
pub(super) fn read(text: &[u8], word: Range<usize>) -> Option<Assignment> {
    let name = widen(text, word)?;
    let mut reader = Reader { text, at: name.end };
    if let Some(value) = reader.element(&name) {
        return Some(Assignment {
            name,
            value,
            syntax: Syntax::Element,
        });
    }
    if is_field(text, name.start) {
        let value = reader.field()?;
        return Some(Assignment {
            name,
            value,
            syntax: Syntax::Field,
        });
    }
    reader.close_name(name.start);
    if !is_docker_env(text, name.start) {
        reader.operator()?;
    }
    reader.gap();
    let (value, syntax) = reader.value()?;
    (!value.is_empty()).then_some(Assignment {
        name,
        value,
        syntax,
    })
}

/// The whole name around a word: letters, digits and what joins them.
fn widen(text: &[u8], word: Range<usize>) -> Option<Range<usize>> {
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
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
    while matches!(text[start], b'-' | b'.') {
        start += 1;
    }
    (before < NAME_LIMIT && after < NAME_LIMIT).then_some(start..end)
}

/// Whether a name follows another field on the same line: `…=…;` stands before it.
fn is_field(text: &[u8], name_start: usize) -> bool {
    let before = &text[name_start.saturating_sub(VALUE_LIMIT)..name_start];
    let line = memchr::memrchr(b'\n', before).map_or(before, |end| &before[end + 1..]);
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

/// Whether a name stands in a Dockerfile's `ENV NAME value`, which needs no sign between them.
fn is_docker_env(text: &[u8], name_start: usize) -> bool {
    let before = &text[..name_start];
    before
        .strip_suffix(b"ENV ")
        .is_some_and(|rest| matches!(rest.last(), None | Some(b'\n')))
}

struct Reader<'t> {
    text: &'t [u8],
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn take(&mut self, literal: &[u8]) -> bool {
        let found = self.text[self.at..].starts_with(literal);
        self.at += if found { literal.len() } else { 0 };
        found
    }

    /// Passes spaces and tabs.
    fn gap(&mut self) {
        let spaces = self.text[self.at..].iter().take(GAP_LIMIT);
        self.at += spaces
            .take_while(|byte| matches!(byte, b' ' | b'\t'))
            .count();
    }

    /// `>value</` behind a name that is an element's.
    fn element(&mut self, name: &Range<usize>) -> Option<Range<usize>> {
        let opened = name
            .start
            .checked_sub(1)
            .is_some_and(|before| self.text[before] == b'<');
        if !opened || self.peek() != Some(b'>') {
            return None;
        }
        let start = self.at + 1;
        let length = self.text[start..]
            .iter()
            .take(VALUE_LIMIT)
            .position(|&byte| byte == b'<')?;
        let value = &self.text[start..start + length];
        let closed = self.text[start + length..].starts_with(b"</");
        let trimmed = value.trim_ascii();
        let lead = value.len() - value.trim_ascii_start().len();
        (closed && !trimmed.is_empty()).then(|| start + lead..start + lead + trimmed.len())
    }

    /// Passes the quote and the bracket that close a name: `"password"`, `env['password']`, `env["password"]`.
    fn close_name(&mut self, name_start: usize) {
        let quote = self
            .peek()
            .filter(|byte| matches!(byte, b'"' | b'\'' | b'`'));
        let opened = name_start.checked_sub(1).map(|before| self.text[before]);
        if quote.is_some() && quote == opened {
            self.at += 1;
            let _ = self.take(b"]");
        }
        self.gap();
    }

    /// Passes what assigns; `None` when it compares, calls or ends.
    fn operator(&mut self) -> Option<()> {
        let compares = [&b"=="[..], b"!=", b"=~", b"::", b"->", b"<=", b">="];
        if compares
            .iter()
            .any(|operator| self.text[self.at..].starts_with(operator))
        {
            return None;
        }
        let assigns = [&b":="[..], b"=>", b"||=", b"?=", b"+=", b"="];
        if assigns.iter().any(|operator| self.take(operator)) {
            return Some(());
        }
        if !self.take(b":") {
            return None;
        }
        self.declared_type();
        Some(())
    }

    /// Passes the type in `password: &str = "…"`, as typed languages declare it.
    fn declared_type(&mut self) {
        let start = self.at;
        self.gap();
        let is_type = |byte: &u8| {
            byte.is_ascii_alphanumeric()
                || matches!(byte, b'_' | b'&' | b'\'' | b'<' | b'>' | b'?' | b'.' | b' ')
        };
        let length = self.text[self.at..]
            .iter()
            .take(GAP_LIMIT)
            .take_while(|byte| is_type(byte))
            .count();
        self.at += length;
        self.gap();
        let declares = length > 0
            && self.text[self.at..].starts_with(b"=")
            && !self.text[self.at..].starts_with(b"==");
        self.at = if declares { self.at + 1 } else { start };
    }

    /// `=value` up to the end of the field.
    fn field(&mut self) -> Option<Range<usize>> {
        self.gap();
        if !self.take(b"=") || self.peek() == Some(b'=') {
            return None;
        }
        self.gap();
        let start = self.at;
        let ends =
            |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b';' | b'"' | b'\'' | b'`');
        let length = self.text[start..].iter().take(VALUE_LIMIT).position(ends);
        let length = length.unwrap_or_else(|| (self.text.len() - start).min(VALUE_LIMIT));
        (length > 0).then(|| start..start + length)
    }

    fn value(&mut self) -> Option<(Range<usize>, Syntax)> {
        // Prefixes that make a string raw or bytes; `f` makes it no literal.
        let prefixed = |prefix: &[u8]| {
            let rest = &self.text[self.at..];
            rest.len() > prefix.len()
                && rest[..prefix.len()].eq_ignore_ascii_case(prefix)
                && matches!(rest[prefix.len()], b'"' | b'\'')
        };
        if [&b"b"[..], b"r", b"u", b"l", b"@"]
            .into_iter()
            .any(prefixed)
        {
            self.at += 1;
        }
        match self.peek()? {
            quote @ (b'"' | b'\'' | b'`') => {
                self.at += 1;
                Some((self.quoted(quote)?, Syntax::Quoted))
            }
            _ => Some((self.bare()?, Syntax::Bare)),
        }
    }

    /// Up to the closing quote on the same line.
    fn quoted(&mut self, quote: u8) -> Option<Range<usize>> {
        let start = self.at;
        let mut escaped = false;
        for (offset, &byte) in self.text[start..].iter().take(VALUE_LIMIT).enumerate() {
            match byte {
                b'\n' | b'\r' => return None,
                b'\\' => escaped = !escaped,
                _ if byte == quote && !escaped => {
                    self.at = start + offset + 1;
                    return (!self.is_joined()).then_some(start..start + offset);
                }
                _ => escaped = false,
            }
        }
        None
    }

    /// Whether a quoted string is only a part of the value: something is added to it, or it is called upon.
    fn is_joined(&mut self) -> bool {
        self.gap();
        match self.peek() {
            Some(b'+' | b'%') => true,
            Some(b'.') => self
                .text
                .get(self.at + 1)
                .is_some_and(u8::is_ascii_alphabetic),
            _ => false,
        }
    }

    /// Up to white space or what ends a value in some language.
    fn bare(&mut self) -> Option<Range<usize>> {
        let start = self.at;
        let ends = |byte: &u8| {
            byte.is_ascii_whitespace() || matches!(byte, b',' | b';' | b'"' | b'\'' | b'`')
        };
        let length = self.text[start..].iter().take(VALUE_LIMIT).position(ends);
        let length = length.unwrap_or_else(|| self.text.len() - start);
        self.at = start + length;
        if length >= VALUE_LIMIT {
            return None;
        }
        // A quote in the middle means that this was an expression.
        let expression = matches!(self.peek(), Some(b'"' | b'\'' | b'`'));
        self.gap();
        // More words on the same line: prose, an expression, or a comment.
        let last = matches!(
            self.peek(),
            None | Some(b'\n' | b'\r' | b',' | b';' | b'#' | b'/' | b'}')
        );
        (!expression && last).then_some(start..start + length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<(&str, &str, Syntax)>) {
        let at = text.find("pass").unwrap();
        let found = read(text.as_bytes(), at..at + 4);
        let found = found.map(|found| (&text[found.name], &text[found.value], found.syntax));
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn quoted_values() {
        for (text, name) in [
            (r#"password = "abc1""#, "password"),
            (r#""password": "abc1","#, "password"),
            (r"config['db.password'] = 'abc1';", "db.password"),
            (r#"let db_password: &'static str = "abc1";"#, "db_password"),
            (r#":password => "abc1""#, "password"),
            (r"password := `abc1`", "password"),
            (r#"password=b"abc1")"#, "password"),
            (r#"<db password="abc1">"#, "password"),
        ] {
            check(text, Some((name, "abc1", Syntax::Quoted)));
        }
        check(
            r#"password = "a\"b""#,
            Some(("password", r#"a\"b"#, Syntax::Quoted)),
        );
    }

    #[test]
    fn bare_values() {
        for (text, name) in [
            ("DB_password=abc1\n", "DB_password"),
            ("  - password=abc1", "password"),
            ("password: abc1  # a comment", "password"),
            (
                "spring.datasource.password=abc1",
                "spring.datasource.password",
            ),
            ("run --password=abc1\n", "password"),
        ] {
            check(text, Some((name, "abc1", Syntax::Bare)));
        }
    }

    #[test]
    fn elements() {
        check(
            "<password> abc1 </password>",
            Some(("password", "abc1", Syntax::Element)),
        );
        check("<password></password>", None);
        check("<password><b>x</b></password>", None);
    }

    #[test]
    fn fields_of_connection_strings() {
        check(
            "\"Server=db;Uid=sa;password=abc1\"",
            Some(("password", "abc1", Syntax::Field)),
        );
        check(
            "Server=db;password=abc1;Encrypt=yes",
            Some(("password", "abc1", Syntax::Field)),
        );
        check("Server=db;password=;Encrypt=yes", None);
        check(
            "let a = 1;\npassword = \"abc1\"",
            Some(("password", "abc1", Syntax::Quoted)),
        );
    }

    #[test]
    fn environments_of_images_need_no_sign() {
        check(
            "FROM x\nENV DB_password abc1\n",
            Some(("DB_password", "abc1", Syntax::Bare)),
        );
        check("SEND DB_password abc1\n", None);
    }

    #[test]
    fn what_assigns_nothing_is_refused() {
        for text in [
            r#"if password == "abc1""#,
            r#"password != "abc1""#,
            r#"password("abc1")"#,
            r#"password = "abc1" + suffix"#,
            r#"password = "abc1".upper()"#,
            r#"password = get("abc1")"#,
            "password: forgotten by the user",
            "password",
            "password =",
            "password = \"abc\n1\"",
        ] {
            check(text, None);
        }
    }
}
