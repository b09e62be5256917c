//! Reads on behind a name: what joins it to a value, and the value itself.

mod strings;

use std::cell::Cell;
use std::ops::Range;

use crate::detect::assignment::{GAP_LIMIT, VALUE_LIMIT, declared};
use crate::detect::decode::Encoding;
use crate::detect::scalar;

/// How many escapes may be before a quote: a string of JSON within a string within a string has three.
const ESCAPE_LIMIT: usize = 3;

/// What joins a name to the text after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::detect) enum Link {
    /// `=`, `:` and the like.
    Assigns,
    /// `=` without a space on either side, as in shells and connection strings: more may follow on the line.
    AssignsTightly,
    /// A space behind an option of a command.
    Gives,
    /// `==`, `!=`, `.equals(`.
    Compares,
    /// `(` behind the name of a function.
    Calls,
    /// `,` behind a name that is itself the first argument of a function.
    Pairs,
    /// The head of a function or a property that returns the value.
    Returns,
    /// `|` behind a name in a table of Markdown.
    Column,
}

pub(in crate::detect) struct Reader<'t> {
    text: &'t [u8],
    at: usize,
    /// Whether something was read in vain that has no near end.
    pub(in crate::detect) is_far: Cell<bool>,
    /// What joins the parts of the value that was read last, if it has several.
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

    /// Returns where it has come to.
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

    /// Passes spaces and tabs.
    pub(in crate::detect) fn gap(&mut self) {
        let spaces = self.rest().iter().take(GAP_LIMIT);
        self.at += spaces
            .take_while(|byte| matches!(byte, b' ' | b'\t'))
            .count();
    }

    /// The quote that is here, with what escapes it, if one does.
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

    /// Passes the quote and the bracket that close a name: `"password"`, `env['password']`, `env["password"]`. States
    /// whether there was one.
    pub(in crate::detect) fn close_name(&mut self, name_start: usize) -> bool {
        let before = &self.text[..name_start];
        // The name of an option: `"--password"`.
        let before = before.strip_suffix(b"-").unwrap_or(before);
        let before = before.strip_suffix(b"-").unwrap_or(before);
        let quote = self.quote().filter(|quote| before.ends_with(quote));
        if let Some(quote) = quote {
            self.at += quote.len();
            let _ = self.take(b"]") && self.take(b"]");
        }
        let before = &self.text[name_start.saturating_sub(3)..name_start];
        match before {
            [.., b'*', b'*'] => self.at += usize::from(self.rest().starts_with(b"**")) * 2,
            [.., b'*'] => self.at += usize::from(self.peek() == Some(b'*')),
            // An element of a hash of Perl, or a variable that a shell compares.
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

    /// Passes what joins the name at `name_start` to a value; `None` when nothing does.
    pub(in crate::detect) fn link(&mut self, name_start: usize, is_quoted: bool) -> Option<Link> {
        const COMPARISONS: [&[u8]; 6] = [b"===", b"!==", b"==", b"!=", b".equals(", b".eq("];
        let before = |back: usize| name_start.checked_sub(back).map(|at| self.text[at]);
        let is_apart = self
            .at
            .checked_sub(1)
            .is_some_and(|at| matches!(self.text[at], b' ' | b'\t'));
        let is_option = before(1) == Some(b'-') && !is_quoted;
        if self.take(b"<-") || self.take(b"<<-") {
            self.gap();
            return Some(Link::Assigns);
        }
        if let Some(link) = self.rare_link(name_start, is_quoted) {
            self.gap();
            return Some(link);
        }
        let may_compare = matches!(self.peek(), Some(b'=' | b'!' | b'.'));
        if may_compare && COMPARISONS.iter().any(|sign| self.take(sign)) {
            self.gap();
            return Some(Link::Compares);
        }
        if let [b'=', b'~', ..] | [b':', b':', ..] | [b'-', b'>', ..] | [b'<' | b'>', b'=', ..] =
            self.rest()
        {
            return None;
        }
        if !is_quoted && self.rest().starts_with(b"()") {
            return self.declaration();
        }
        if !is_quoted && self.rest().starts_with(b"{\"") {
            self.at += 1;
            return Some(Link::Calls);
        }
        if !is_quoted && self.take(b".set(") {
            return Some(Link::Calls);
        }
        if !is_quoted && self.take(b"(") {
            self.gap();
            return Some(Link::Calls);
        }
        if self.pairs(name_start, is_quoted) && self.take(b",") {
            self.gap();
            return Some(Link::Pairs);
        }
        if self.operator().is_none() {
            return (is_option && is_apart).then_some(Link::Gives);
        }
        // `/password:…` is an option of a command of Windows.
        let is_slashed = before(1) == Some(b'/') && before(2) == Some(b' ') && !is_quoted;
        let sign = self.text[self.at - 1];
        let is_tight = !is_apart && (sign == b'=' || sign == b':' && is_slashed);
        let from = self.at;
        self.gap();
        Some(if is_tight && from == self.at {
            Link::AssignsTightly
        } else {
            Link::Assigns
        })
    }

    /// Passes what joins a name to a value in some languages only.
    fn rare_link(&mut self, name_start: usize, is_quoted: bool) -> Option<Link> {
        let before = &self.text[name_start.saturating_sub(GAP_LIMIT)..name_start];
        match self.rest() {
            [b'-', b'>', ..] | [b't', b'o', b' ', b'"', ..] if is_quoted => {
                self.at += 2;
                self.gap();
                matches!(self.peek(), Some(b'"' | b'\'')).then_some(Link::Assigns)
            }
            [b'i', b's', b' ', b'`' | b'"', ..] => {
                self.at += 3;
                Some(Link::Gives)
            }
            rest if rest.starts_with(b"by lazy {") => {
                self.at += 3;
                Some(Link::Assigns)
            }
            rest if rest.starts_with(b"-Value ") || rest.starts_with(b"--body ") => {
                self.at += 7;
                matches!(self.peek(), Some(b'"' | b'\'')).then_some(Link::Gives)
            }
            // A pair of Lisp.
            [b'.', b' ', b'"', ..] if before.ends_with(b"(") => {
                self.at += 2;
                Some(Link::Assigns)
            }
            // The default of an argument in Nix.
            [b'?', b' ', b'"', ..] if before.trim_ascii_end().ends_with(b"{") => {
                self.at += 2;
                Some(Link::Assigns)
            }
            // A type of Julia, a hidden field of Jsonnet.
            [b':', b':', rest @ ..] => {
                let at = self.text.len() - rest.len();
                match declared::sign_behind_type(self.text, at) {
                    Some(sign) => self.at = sign + 1,
                    None if matches!(rest, [b' ', b'"' | b'\'', ..]) => self.at = at,
                    None => return None,
                }
                Some(Link::Assigns)
            }
            [b'=', ..] if before.ends_with(b"\"$") || before.ends_with(b"\"${") => {
                self.at += 1 + usize::from(self.rest().starts_with(b"=="));
                Some(Link::Compares)
            }
            [b'|', next, ..] if *next != b'|' && *next != b'=' => {
                let line = memchr::memrchr(b'\n', before).map_or(before, |end| &before[end + 1..]);
                let is_cell = |byte: &u8| byte.is_ascii_alphanumeric() || b" `*_-".contains(byte);
                let cell = memchr::memrchr(b'|', line).map(|at| &line[at + 1..]);
                let opens = cell.is_some_and(|cell| cell.iter().all(is_cell));
                self.at += usize::from(opens);
                opens.then_some(Link::Column)
            }
            _ => None,
        }
    }

    /// Passes what declares the name before it, and is no sign: a type and `=`, the head of a function.
    pub(in crate::detect) fn declaration(&mut self) -> Option<Link> {
        if let Some(sign) = declared::sign_behind_type(self.text, self.at) {
            self.at = sign + 1;
            self.gap();
            return Some(Link::Assigns);
        }
        self.at = declared::returned(self.text, self.at)?;
        Some(Link::Returns)
    }

    /// Returns whether a comma behind the name at `name_start` joins it to a value.
    fn pairs(&self, name_start: usize, is_quoted: bool) -> bool {
        if self.peek() != Some(b',') {
            return false;
        }
        if is_quoted {
            let brings_default = || self.rest()[1..].trim_ascii_start().starts_with(b"default");
            return self.is_first_argument(name_start) || brings_default();
        }
        let before = &self.text[name_start.saturating_sub(GAP_LIMIT)..name_start];
        match before {
            // A symbol, or an atom in a tuple.
            [.., b' ' | b'{' | b'(' | b'[', b':'] | [.., b'{'] => true,
            _ => {
                #[rustfmt::skip]
                const COPIES: [&[u8]; 10] = [
                    b"strcpy(", b"strncpy(", b"strlcpy(", b"strcmp(", b"strncmp(", b"strcat(", b"memcpy(", b"jwt.verify(", b"jwt.sign(",
                    b"-define(",
                ];
                COPIES.iter().any(|function| before.ends_with(function))
                    || is_later_argument(before)
            }
        }
    }

    /// Whether the quoted name at `name_start` follows an opening parenthesis.
    fn is_first_argument(&self, name_start: usize) -> bool {
        let before = &self.text[name_start.saturating_sub(GAP_LIMIT)..name_start];
        let before = before.trim_ascii_end();
        let opened = before
            .iter()
            .rposition(|byte| !matches!(byte, b'"' | b'\'' | b'\\' | b'-'));
        let Some(before) = opened.map(|at| before[..=at].trim_ascii_end()) else {
            return false;
        };
        // Of an element of something else, its bracket is closed before the comma.
        let is_item = matches!(before.last(), Some(b'[' | b'{'))
            && self.at > 0
            && matches!(self.text[self.at - 1], b'"' | b'\'' | b'`' | b'>');
        before.ends_with(b"(") || is_item || is_later_argument(before)
    }

    /// Passes what assigns; `None` when it compares, calls or ends.
    fn operator(&mut self) -> Option<()> {
        let assigns = [&b":="[..], b"=>", b"||=", b"??=", b"?=", b"+=", b"="];
        self.type_of_basic();
        if assigns.iter().any(|operator| self.take(operator)) {
            return Some(());
        }
        if !self.take(b":") {
            return None;
        }
        // The end of what is emphasised in Markdown: `**Password:** …`.
        let _ = self.take(b"** ") || self.take(b"* ");
        self.declared_type();
        Some(())
    }

    /// Passes the type in `password As String = "…"`.
    fn type_of_basic(&mut self) {
        let rest = self.rest();
        let declares = rest
            .get(..3)
            .is_some_and(|word| word.eq_ignore_ascii_case(b"as "));
        let is_type = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte == b'.';
        if declares {
            let length = rest[3..].iter().take(GAP_LIMIT).take_while(is_type).count();
            self.at += 3 + length;
            self.gap();
        }
    }

    /// Returns the string that a value is made of: `String::from("…")`, `[]byte("…")`, `new Secret("…")`,
    /// `SecretStr("…")`.
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
        if !makes {
            return None;
        }
        self.in_brackets(behind)
    }

    /// Returns the string that is in a bracket without need: `("…")`, `("…" + "…")`.
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

    /// Passes white space, ends of lines included.
    pub(in crate::detect) fn space(&mut self) {
        let space = self.rest().iter().take(GAP_LIMIT);
        self.at += space.take_while(|byte| byte.is_ascii_whitespace()).count();
    }

    /// Passes what YAML may say of a value before it: `&anchor`, `!!str`.
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

    /// Passes the end of the line, and a bracket or a `\` before it, where a string begins the next one.
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

    /// Passes the type in `password: &str = "…"`, as typed languages declare it.
    fn declared_type(&mut self) {
        let start = self.at;
        self.gap();
        let is_type = |byte: &u8| byte.is_ascii_alphanumeric() || b"_&'<>?. []|,*()".contains(byte);
        let length = self
            .rest()
            .iter()
            .take(GAP_LIMIT)
            .take_while(|byte| is_type(byte))
            .count();
        self.at += length;
        self.gap();
        let declares =
            length > 0 && self.rest().starts_with(b"=") && !self.rest().starts_with(b"==");
        self.at = if declares { self.at + 1 } else { start };
    }

    /// `=value` up to the end of the field.
    pub(in crate::detect) fn field(&mut self) -> Option<Range<usize>> {
        self.gap();
        if !self.take(b"=") || self.peek() == Some(b'=') {
            return None;
        }
        self.gap();
        // What holds signs that end a field is in quotation marks, of the other kind than the string around it.
        if matches!(self.peek(), Some(b'\'' | b'&')) {
            return self.string();
        }
        let start = self.at;
        let ends =
            |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b';' | b'"' | b'\'' | b'`');
        let length = self.text[start..].iter().take(VALUE_LIMIT).position(ends);
        let length = length.unwrap_or_else(|| (self.text.len() - start).min(VALUE_LIMIT));
        (length > 0).then(|| start..start + length)
    }

    /// Returns the last of the one or two strings that a function is called with: `login("user", "…")`. States also
    /// whether it is the second one.
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

    /// Returns the value of a block scalar of YAML: `|` or `>`, and what is below.
    pub(in crate::detect) fn block(&self) -> Option<Range<usize>> {
        if !scalar::may_be_block(self.text, self.at) {
            return None;
        }
        self.is_far.set(true);
        let (value, parts) = scalar::block(self.text, self.at)?;
        self.parts.set(parts);
        Some(value)
    }

    /// Returns the value of the key at `name` where it is alone on the next line, as YAML has it.
    pub(in crate::detect) fn below(&self, name: &Range<usize>) -> Option<Range<usize>> {
        let before = &self.text[self.at.saturating_sub(2 * GAP_LIMIT)..self.at];
        let ends_key = before.trim_ascii_end().ends_with(b":");
        if !ends_key || !matches!(self.peek(), Some(b'\n' | b'\r')) {
            return None;
        }
        self.is_far.set(true);
        scalar::below(self.text, name, self.at)
    }

    /// Passes the end of a line that goes on: `password=\` in a file of properties.
    pub(in crate::detect) fn pass_continuation(&mut self) {
        if self.take(b"\\\n") || self.take(b"\\\r\n") {
            self.gap();
        }
    }

    /// Passes the sign before the default of a variable of a shell: `${PASSWORD:-…}`.
    pub(in crate::detect) fn sign_of_default(&mut self) {
        let _ = self.take(b"-") || self.take(b"=");
    }

    /// Returns the first item of a sequence that is the value of the key at `name`: on the lines below it, or in brackets
    /// without quotes.
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

    /// Returns the text up to the next `|` of a row, without the marks of code around it.
    pub(in crate::detect) fn cell(&mut self) -> Option<Range<usize>> {
        let start = self.at;
        let row = &self.rest()[..self.rest().len().min(VALUE_LIMIT)];
        let length = memchr::memchr2(b'|', b'\n', row)?;
        let cell = row[..length].trim_ascii();
        let lead = length - row[..length].trim_ascii_start().len();
        let marks = cell.iter().take_while(|byte| **byte == b'`').count();
        let inner = cell.get(marks..cell.len().checked_sub(marks)?)?;
        let start = start + lead + marks;
        (row[length] == b'|' && !inner.is_empty()).then(|| start..start + inner.len())
    }

    /// Returns the words from `at` to the end of the line, if they are words and numbers.
    pub(in crate::detect) fn phrase(&self, at: usize) -> Option<Range<usize>> {
        const LONGEST: usize = 96;
        let rest = &self.text[at..self.text.len().min(at + LONGEST)];
        let length = memchr::memchr2(b'\n', b'\r', rest)?;
        let value = rest[..length].trim_ascii_end();
        let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || b" -_".contains(byte);
        let is_phrase = value.contains(&b' ') && value.iter().all(is_word);
        is_phrase.then(|| at..at + value.len())
    }

    /// Up to white space or what ends a value in some language; within other text also up to what ends a value there.
    /// States also whether more words follow, which only `may_go_on` allows.
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
        // A quote in the middle means that this was an expression; at the end of other text it ends that.
        let is_expression = !is_embedded && matches!(self.peek(), Some(b'"' | b'\'' | b'`'));
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

/// Whether the text before a name ends with the first arguments of a function that gets a name and its value behind them.
fn is_later_argument(before: &[u8]) -> bool {
    const FUNCTIONS: [&[u8]; 11] = [
        b"setattr(",
        b"put_env(",
        b"set_env(",
        b"get_env(",
        b"resValue ",
        b"resValue(",
        b"buildConfigField ",
        b"buildConfigField(",
        b"attribute ",
        b"get(",
        b"StringVar(",
    ];
    let Some(first) = before.trim_ascii_end().strip_suffix(b",") else {
        return false;
    };
    let is_argument = |byte: &&u8| byte.is_ascii_alphanumeric() || b"_\":'&.".contains(*byte);
    let length = first.iter().rev().take_while(is_argument).count();
    let before = &first[..first.len() - length];
    FUNCTIONS.iter().any(|function| before.ends_with(function))
}

/// Without the brackets at the end that nothing in the value opens: `{user: a, password: b}`.
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
