//! Reads what follows a name: the link that joins it to a value, and the value itself.

mod joints;
mod strings;

use std::cell::Cell;
use std::ops::Range;

use crate::detect::assignment::{GAP_LIMIT, VALUE_LIMIT};
use crate::detect::decode::Encoding;
use crate::detect::scalar;

use super::expression::only_names;

/// How many backslashes may precede a quote: a JSON string within a string within a string has three.
const ESCAPE_LIMIT: usize = 3;

/// What joins a name to the text after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::detect) enum Link {
    /// `=`, `:` and the like.
    Assigns,
    /// `=` without a space on either side, as in shells and connection strings: more may follow on the line.
    AssignsTightly,
    /// A space after a command-line option.
    Gives,
    /// `==`, `!=`, `.equals(`.
    Compares,
    /// `(` after the name of a function.
    Calls,
    /// `,` after a name that is itself the first argument of a function.
    Pairs,
    /// Only a comma or a space between a quoted name and another string.
    Follows,
    /// The head of a function or a property that returns the value.
    Returns,
    /// `|` after a name in a Markdown table.
    Column,
}

pub(in crate::detect) struct Reader<'t> {
    text: &'t [u8],
    at: usize,
    /// Whether the reader tried something that may extend far beyond the name.
    pub(in crate::detect) is_far: Cell<bool>,
    /// How the parts of the value read last are joined, if there are several.
    pub(in crate::detect) parts: Cell<Option<Encoding>>,
}

impl<'t> Reader<'t> {
    /// Reads `text` from `at` on.
    pub(in crate::detect) fn new(text: &'t [u8], at: usize) -> Self {
        let (is_far, parts) = (Cell::new(false), Cell::new(None));
        Self {
            text,
            at,
            is_far,
            parts,
        }
    }

    /// Returns the current offset.
    pub(in crate::detect) fn at(&self) -> usize {
        self.at
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn rest(&self) -> &'t [u8] {
        &self.text[self.at..]
    }

    fn take(&mut self, literal: &[u8]) -> bool {
        let found = self.rest().starts_with(literal);
        self.at += if found { literal.len() } else { 0 };
        found
    }

    /// Skips spaces and tabs.
    pub(in crate::detect) fn gap(&mut self) {
        let spaces = self.rest().iter().take(GAP_LIMIT);
        self.at += spaces
            .take_while(|byte| matches!(byte, b' ' | b'\t'))
            .count();
    }

    /// The quote at the current offset, with its escapes, if there is one.
    fn quote(&self) -> Option<&'t [u8]> {
        const ENTITIES: [&[u8]; 8] = [
            b"&quot;", b"&#34;", b"&#39;", b"&apos;", b"&#x22;", b"&#x27;", b"&#039;", b"&#034;",
        ];
        let rest = self.rest();
        if rest.first() == Some(&b'&') {
            let entity = ENTITIES.iter().find(|entity| rest.starts_with(entity));
            return rest.get(..entity?.len());
        }
        let escapes = rest
            .iter()
            .take(ESCAPE_LIMIT)
            .take_while(|&&byte| byte == b'\\')
            .count();
        let quote = rest.get(..=escapes)?;
        matches!(quote.last(), Some(b'"' | b'\'' | b'`')).then_some(quote)
    }

    /// Skips the quote and the bracket that close a name: `"password"`, `env['password']`, `env["password"]`.
    /// Returns whether there was a quote.
    pub(in crate::detect) fn close_name(&mut self, name_start: usize) -> bool {
        let before = &self.text[..name_start];
        // The name of an option: `"--password"`.
        let before = before.strip_suffix(b"-").unwrap_or(before);
        let before = before.strip_suffix(b"-").unwrap_or(before);
        let quote = self.quote().filter(|quote| before.ends_with(quote));
        // The end of a phrase that a sentence quotes.
        let ends_phrase = quote.is_none()
            && [&b"\" with \""[..], b"\" to \""]
                .iter()
                .any(|joint| self.rest().starts_with(joint));
        self.at += usize::from(ends_phrase);
        // `DATA(password) = …`, as ABAP declares it.
        let is_declared = before.ends_with(b"(") && self.rest().starts_with(b") = ");
        self.at += usize::from(is_declared);
        if let Some(quote) = quote {
            self.at += quote.len();
            let _ = self.take(b"]") && self.take(b"]");
            // An item in Basic: `settings("password") = …`.
            let is_item = before
                .strip_suffix(quote)
                .is_some_and(|before| before.ends_with(b"("));
            if is_item && self.rest().starts_with(b") = ") {
                self.at += 1;
            }
        }
        let before = &self.text[name_start.saturating_sub(3)..name_start];
        match before {
            [.., b'*', b'*'] => self.at += usize::from(self.rest().starts_with(b"**")) * 2,
            [.., b'*'] => self.at += usize::from(self.peek() == Some(b'*')),
            // An element of a Perl hash, or a variable that a shell compares.
            [.., b'"', b'$'] => self.at += usize::from(self.peek() == Some(b'"')),
            [b'"', b'$', b'{'] => self.at += usize::from(self.rest().starts_with(b"}\"")) * 2,
            [.., opened, b'{'] if opened.is_ascii_alphanumeric() || *opened == b'>' => {
                self.at += usize::from(self.peek() == Some(b'}'));
            }
            [.., b'{', b'"' | b'\''] => self.at += usize::from(self.peek() == Some(b'}')),
            [b'<', b'<', b'"'] => self.at += 2 * usize::from(self.rest().starts_with(b">>")),
            _ if self.rest().starts_with(b"**") => self.at += 2,
            _ if self.rest().starts_with(b"*:") => self.at += 1,
            _ => {}
        }
        self.gap();
        quote.is_some()
    }

    /// Returns the string that a value is constructed from: `String::from("…")`, `[]byte("…")`,
    /// `new Secret("…")`, `SecretStr("…")`.
    pub(in crate::detect) fn wrapped(&self) -> Option<Range<usize>> {
        let rest = self.rest();
        let (rest, is_new) = match rest.strip_prefix(b"new ") {
            Some(rest) => (rest, true),
            None => (rest, false),
        };
        let is_name = |byte: &&u8| byte.is_ascii_alphanumeric() || b"_:.[]".contains(byte);
        let length = rest.iter().take(GAP_LIMIT).take_while(is_name).count();
        let (name, behind) = rest.split_at(length);
        let behind = behind.strip_prefix(b"(")?;
        self.is_far.set(true);
        let is_type = name.first().is_some_and(u8::is_ascii_uppercase) && !name.contains(&b'.');
        let makes = match memchr::memmem::rfind(name, b"::") {
            Some(at) => matches!(&name[at + 2..], b"from" | b"new"),
            None => is_new || is_type || matches!(name, b"[]byte" | b"[]rune" | b"bytes"),
        };
        if !makes || only_names(name) {
            return None;
        }
        self.in_brackets(behind)
    }

    /// Returns the string in redundant parentheses: `("…")`, `("…" + "…")`.
    pub(in crate::detect) fn bracketed(&self) -> Option<Range<usize>> {
        let behind = self.rest().strip_prefix(b"(")?;
        let is_string = matches!(
            behind[..behind.len().min(GAP_LIMIT)]
                .trim_ascii_start()
                .first(),
            Some(b'"' | b'\'' | b'`')
        );
        is_string.then(|| self.in_brackets(behind)).flatten()
    }

    /// The string up to the closing bracket.
    fn in_brackets(&self, behind: &[u8]) -> Option<Range<usize>> {
        self.is_far.set(true);
        let mut inner = Reader::new(self.text, self.text.len() - behind.len());
        inner.space();
        let value = inner.string()?;
        inner.space();
        self.parts.set(inner.parts.get());
        (inner.peek() == Some(b')')).then_some(value)
    }

    /// Skips white space, including line breaks.
    pub(in crate::detect) fn space(&mut self) {
        let space = self.rest().iter().take(GAP_LIMIT);
        self.at += space.take_while(|byte| byte.is_ascii_whitespace()).count();
    }

    /// Skips the properties of a YAML node: `&anchor`, `!!str`.
    pub(in crate::detect) fn properties(&mut self) {
        let rest = self.rest();
        let is_name = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        let length = match rest {
            [b'&', name @ ..] => 1 + name.iter().take(GAP_LIMIT).take_while(is_name).count(),
            [b'!', b'!', b's', b't', b'r', ..] => 5,
            _ => return,
        };
        if length > 1 && rest.get(length) == Some(&b' ') {
            self.at += length;
            self.gap();
        }
    }

    /// Skips the line break, and a `(` or `\` before it, if the next line begins with a string.
    pub(in crate::detect) fn next_line(&mut self) {
        let rest = self.rest();
        let opened = rest.strip_prefix(b"(");
        let opened = opened.or_else(|| rest.strip_prefix(b"\\"));
        let rest = opened.unwrap_or(rest);
        let rest = rest.strip_prefix(b"\r").unwrap_or(rest);
        let Some(below) = rest.strip_prefix(b"\n") else {
            return;
        };
        let is_space = |byte: &&u8| matches!(byte, b' ' | b'\t');
        let indent = below.iter().take(GAP_LIMIT).take_while(is_space).count();
        if matches!(below.get(indent), Some(b'"' | b'\'' | b'`')) {
            self.at = self.text.len() - below.len() + indent;
        }
    }

    /// `=value` up to the end of the field.
    pub(in crate::detect) fn field(&mut self) -> Option<Range<usize>> {
        self.gap();
        if !self.take(b"=") || self.peek() == Some(b'=') {
            return None;
        }
        self.gap();
        // A value with characters that would end a field is in quotation marks of the other kind than those around it.
        if matches!(self.peek(), Some(b'\'' | b'&')) {
            return self.string();
        }
        if self.peek() == Some(b'{') {
            self.is_far.set(true);
        }
        if let Some(value) = in_braces(self.rest()) {
            return Some(self.at + 1..self.at + 1 + value.len());
        }
        let start = self.at;
        let ends =
            |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b';' | b'"' | b'\'' | b'`');
        let length = self.text[start..].iter().take(VALUE_LIMIT).position(ends);
        let length = length.unwrap_or_else(|| (self.text.len() - start).min(VALUE_LIMIT));
        (length > 0).then(|| start..start + length)
    }

    /// Returns the last of the one or two strings that a function is called with, `login("user", "…")`, and whether
    /// it is the second one.
    pub(in crate::detect) fn arguments(&mut self) -> Option<(Range<usize>, bool)> {
        let first = self.string()?;
        let mut last = (first, false);
        if self.take(b",") {
            self.gap();
            if self.is_at_string() {
                last = (self.string()?, true);
            }
        }
        matches!(self.peek(), Some(b')' | b',' | b'}')).then_some(last)
    }

    /// Returns the value of a YAML block scalar: `|` or `>`, and the lines below.
    pub(in crate::detect) fn block(&self) -> Option<Range<usize>> {
        if !scalar::may_be_block(self.text, self.at) {
            return None;
        }
        self.is_far.set(true);
        let (value, parts) = scalar::block(self.text, self.at)?;
        self.parts.set(parts);
        Some(value)
    }

    /// Returns the value of the YAML key at `name` if it is alone on the next line.
    pub(in crate::detect) fn below(&self, name: &Range<usize>) -> Option<Range<usize>> {
        let before = &self.text[self.at.saturating_sub(2 * GAP_LIMIT)..self.at];
        let ends_key = before.trim_ascii_end().ends_with(b":");
        if !ends_key || !matches!(self.peek(), Some(b'\n' | b'\r')) {
            return None;
        }
        self.is_far.set(true);
        scalar::below(self.text, name, self.at)
    }

    /// Skips the end of a continued line: `password=\` in a properties file.
    pub(in crate::detect) fn pass_continuation(&mut self) {
        let start = self.at;
        if self.take(b"\\\n") || self.take(b"\\\r\n") {
            self.gap();
            // Nothing was assigned, and the next line assigns to another name.
            if self.is_at_assignment() {
                self.at = start;
            }
        }
    }

    /// Whether an assignment to a shell variable begins here.
    fn is_at_assignment(&self) -> bool {
        self.is_far.set(true);
        let near = &self.rest()[..self.rest().len().min(GAP_LIMIT)];
        let is_name = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte == b'_';
        let length = near.iter().take_while(is_name).count();
        let begins = near.first().is_some_and(|byte| !byte.is_ascii_digit());
        // A `=` at the end may be base64 padding.
        let is_padding = matches!(
            near.get(length + 1),
            None | Some(b'=' | b'\n' | b'\r' | b'"' | b'\'')
        );
        begins && length > 0 && near.get(length) == Some(&b'=') && !is_padding
    }

    /// Skips the sign before the default of a shell variable: `${PASSWORD:-…}`.
    pub(in crate::detect) fn sign_of_default(&mut self) {
        let _ = self.take(b"-") || self.take(b"=");
    }

    /// Returns the first item of the sequence that is the value of the key at `name`: on the lines below, or
    /// unquoted in brackets.
    pub(in crate::detect) fn first_of_sequence(&self, name: &Range<usize>) -> Option<Range<usize>> {
        match self.peek()? {
            b'\n' | b'\r' => {
                self.is_far.set(true);
                scalar::first_item(self.text, name, self.at)
            }
            b'[' => {
                let rest = &self.rest()[1..];
                let is_item = |byte: &&u8| byte.is_ascii_alphanumeric() || b"_-+/=.".contains(byte);
                let length = rest.iter().take(VALUE_LIMIT).take_while(is_item).count();
                let start = self.at + 1;
                let is_whole = matches!(rest.get(length), Some(b',' | b']'));
                (length > 0 && is_whole).then(|| start..start + length)
            }
            _ => None,
        }
    }

    /// Returns the text up to the next `|` of a row, or to its end, without the backticks around it.
    pub(in crate::detect) fn cell(&mut self) -> Option<Range<usize>> {
        let start = self.at;
        let row = &self.rest()[..self.rest().len().min(VALUE_LIMIT)];
        let length = memchr::memchr2(b'|', b'\n', row)?;
        let cell = row[..length].trim_ascii();
        let lead = length - row[..length].trim_ascii_start().len();
        let marks = cell.iter().take_while(|byte| **byte == b'`').count();
        let inner = cell.get(marks..cell.len().checked_sub(marks)?)?;
        let start = start + lead + marks;
        (!inner.is_empty()).then(|| start..start + inner.len())
    }

    /// Returns the text from `at` to the end of the line, if it is several words or numbers.
    pub(in crate::detect) fn phrase(&self, at: usize) -> Option<Range<usize>> {
        const LONGEST: usize = 96;
        let rest = &self.text[at..self.text.len().min(at + LONGEST)];
        let length = memchr::memchr2(b'\n', b'\r', rest)?;
        let value = rest[..length].trim_ascii_end();
        let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || b" -_".contains(byte);
        let is_phrase = value.contains(&b' ') && value.iter().all(is_word);
        is_phrase.then(|| at..at + value.len())
    }

    /// Returns an unquoted value, up to white space or a character that ends a value in some language; if
    /// `is_embedded`, also up to one that ends it in the text around it. Also returns whether more words follow,
    /// which only `may_go_on` allows.
    pub(in crate::detect) fn bare(
        &mut self,
        is_embedded: bool,
        may_go_on: bool,
    ) -> Option<(Range<usize>, bool)> {
        let start = self.at;
        let ends = |byte: &u8| {
            byte.is_ascii_whitespace()
                || matches!(byte, b',' | b';' | b'"' | b'\'' | b'`')
                || is_embedded && matches!(byte, b'&' | b'\\' | b'<' | b'>' | b'|')
        };
        let length = self.rest().iter().take(VALUE_LIMIT).position(ends);
        let length = length.unwrap_or_else(|| self.rest().len());
        self.at = start + length;
        if length >= VALUE_LIMIT {
            return None;
        }
        // A quote in the middle means that this is an expression; in embedded text, it ends the string around it.
        let is_expression = !is_embedded && matches!(self.peek(), Some(b'"' | b'\'' | b'`'));
        if is_expression && let Some(length) = with_inner_quote(&self.text[start..], length) {
            return Some((start..start + length, false));
        }
        let is_cut = is_embedded && self.peek().is_some_and(|byte| !byte.is_ascii_whitespace());
        self.gap();
        // More words on the same line: prose, an expression, or a comment.
        let is_last = is_cut
            || matches!(
                self.peek(),
                None | Some(b'\n' | b'\r' | b',' | b';' | b'#' | b'/' | b'}' | b']' | b')')
            );
        let value = &self.text[start..start + length];
        let length = without_closers(value).len();
        (!is_expression && (is_last || may_go_on)).then_some((start..start + length, !is_last))
    }
}

/// The value of a field in braces. ODBC and JDBC use them for values with characters that would end a field; braces
/// around any other value are those of a template.
fn in_braces(rest: &[u8]) -> Option<&[u8]> {
    let own = &rest.strip_prefix(b"{")?[..rest.len().min(VALUE_LIMIT) - 1];
    let is_line_end = |byte: &u8| matches!(byte, b'\n' | b'\r');
    let own = &own[..own.iter().position(is_line_end).unwrap_or(own.len())];
    let mut braces = memchr::memchr_iter(b'}', own);
    // `}}` is a `}` in the value.
    let mut end = braces.next()?;
    while own.get(end + 1) == Some(&b'}') {
        braces.next();
        end = braces.next()?;
    }
    let value = &own[..end];
    let is_meant = memchr::memchr3(b';', b' ', b'}', value).is_some();
    let is_template = value.starts_with(b"{") || value.starts_with(b" ");
    (is_meant && !is_template).then_some(value)
}

/// The length of an unquoted value with a quote at `cut`. If nothing on the line closes the quote, or each quote is
/// within a word, it is not an expression but part of the value, as YAML, properties and env files read it.
fn with_inner_quote(rest: &[u8], cut: usize) -> Option<usize> {
    const LEAST: usize = 3;
    if cut < LEAST {
        return None;
    }
    let near = &rest[..rest.len().min(VALUE_LIMIT)];
    let length = near.iter().position(u8::is_ascii_whitespace);
    let length = length.or_else(|| (near.len() == rest.len()).then_some(near.len()))?;
    let value = near.get(..length).filter(|_| cut + 1 < length)?;
    let is_closed = value
        .last()
        .is_some_and(|last| b",;+\"'`)]}>".contains(last));
    let mut behind = near[length..].iter().take(GAP_LIMIT);
    let behind = behind.find(|byte| !matches!(byte, b' ' | b'\t'));
    let is_last = behind.is_none_or(|byte| matches!(byte, b'\n' | b'\r'));
    let is_code = |byte: &u8| matches!(byte, b'(' | b'[' | b'{' | b'<' | b'\\');
    let is_odd = |quote: u8| memchr::memchr_iter(quote, value).count() % 2 == 1;
    (!is_closed
        && is_last
        && ([b'"', b'\'', b'`'].into_iter().any(is_odd) || is_within_words(value))
        && !value.iter().any(is_code))
    .then_some(length)
}

/// Whether each quote of a value has letters, digits or signs on both sides that do not join strings.
fn is_within_words(value: &[u8]) -> bool {
    let is_quote = |byte: &u8| matches!(byte, b'"' | b'\'' | b'`');
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"!@#%^*_-/~".contains(byte);
    let is_within = |at: usize| {
        let before = at.checked_sub(1).and_then(|before| value.get(before));
        before.is_some_and(is_plain) && value.get(at + 1).is_some_and(is_plain)
    };
    let mut places = (0..value.len()).filter(|at| is_quote(&value[*at]));
    places.all(is_within)
}

/// The value without trailing brackets that it does not open: `{user: a, password: b}`.
fn without_closers(value: &[u8]) -> &[u8] {
    let mut value = value;
    while let Some((&last, rest)) = value.split_last() {
        let opener = match last {
            b'}' => b'{',
            b']' => b'[',
            b')' => b'(',
            _ => break,
        };
        if value.contains(&opener) {
            break;
        }
        value = rest;
    }
    value
}
