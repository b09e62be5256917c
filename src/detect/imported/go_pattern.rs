//! Translates patterns from the syntax of Go's `regexp` to that of this program.
//!
//! Both are derived from RE2 and take linear time. The differences are handled here: in Go, classes have neither
//! nesting nor set operations, a brace that does not begin a repetition is literal, `\Q…\E` and octal escapes exist,
//! `\s` does not include the vertical tab, and `\<` is a literal character.

use std::fmt::Write as _;
use std::iter::Peekable;
use std::str::Chars;

use regex_automata::meta::Regex;
use regex_automata::util::syntax;
use regex_syntax::hir::Hir;

use crate::detect::pattern::PatternError;

/// The size limit of an automaton, in bytes. Long counted repetitions are common in such files.
const SIZE_LIMIT: usize = 32 << 20;
/// The characters that `\s` matches in Go.
const SPACE: &str = r"\t\n\x0C\r ";

/// A translated pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern {
    text: String,
    /// Whether it needs Unicode characters rather than bytes. That is slower, so only some patterns pay for it.
    is_unicode: bool,
}

impl Pattern {
    /// Translates a pattern written for Go. Errors show only when it is compiled.
    pub(super) fn from_go(pattern: &str) -> Self {
        let read = |is_unicode| {
            let mut writer = Writer {
                rest: pattern.chars().peekable(),
                text: String::with_capacity(pattern.len() + 16),
                is_unicode,
            };
            writer.pattern();
            (writer.text, writer.is_unicode)
        };
        // The end of a pattern can show that all of it must be in Unicode mode.
        let (text, is_unicode) = match read(false) {
            (_, true) => read(true),
            plain => plain,
        };
        Self { text, is_unicode }
    }

    /// Returns a pattern that matches wherever any of `patterns` does.
    pub(super) fn any(patterns: &[Self]) -> Self {
        let texts: Vec<_> = patterns
            .iter()
            .map(|pattern| format!("(?:{})", pattern.text))
            .collect();
        Self {
            text: texts.join("|"),
            is_unicode: patterns.iter().any(|pattern| pattern.is_unicode),
        }
    }

    fn config(&self) -> syntax::Config {
        syntax::Config::new().unicode(self.is_unicode).utf8(false)
    }

    /// Compiles it; the error gives the reason in one line.
    pub(super) fn compile(&self) -> Result<Regex, PatternError> {
        Regex::builder()
            .syntax(self.config())
            .configure(
                Regex::config()
                    .utf8_empty(false)
                    .nfa_size_limit(Some(SIZE_LIMIT)),
            )
            .build(&self.text)
            .map_err(|error| PatternError::new(&error))
    }

    /// Returns its structure.
    pub(super) fn parse(&self) -> Option<Hir> {
        syntax::parse_with(&self.text, &self.config()).ok()
    }
}

struct Writer<'p> {
    rest: Peekable<Chars<'p>>,
    text: String,
    is_unicode: bool,
}

impl Writer<'_> {
    fn pattern(&mut self) {
        while let Some(c) = self.rest.next() {
            match c {
                '\\' => self.escape(),
                '[' => self.class(),
                '(' => self.group(),
                '{' if !self.is_repetition() => self.text.push_str(r"\{"),
                other => self.text.push(other),
            }
        }
    }

    /// Whether the text after an opening brace makes it a repetition.
    fn is_repetition(&self) -> bool {
        let mut rest = self.rest.clone();
        let digits = |rest: &mut Peekable<Chars<'_>>| {
            let mut count = 0;
            while rest.next_if(char::is_ascii_digit).is_some() {
                count += 1;
            }
            count
        };
        if digits(&mut rest) == 0 {
            return false;
        }
        if rest.next_if_eq(&',').is_some() {
            digits(&mut rest);
        }
        rest.next() == Some('}')
    }

    /// Drops the name of a group: the rules for names differ, and nothing uses them.
    fn group(&mut self) {
        self.text.push('(');
        let mut ahead = self.rest.clone();
        if ahead.next() != Some('?') {
            return;
        }
        let is_named = match ahead.next() {
            Some('P') => ahead.next() == Some('<'),
            Some('<') => !matches!(ahead.peek(), Some('=' | '!')),
            _ => false,
        };
        if is_named {
            while ahead.next().is_some_and(|c| c != '>') {}
            self.rest = ahead;
        }
    }

    fn escape(&mut self) {
        let Some(c) = self.rest.next() else {
            self.text.push('\\');
            return;
        };
        match c {
            'Q' => self.quoted(),
            's' => write_all(&mut self.text, &["[", SPACE, "]"]),
            'S' => write_all(&mut self.text, &["[^", SPACE, "]"]),
            'p' | 'P' => {
                self.is_unicode = true;
                self.property(c);
            }
            'd' if self.is_unicode => self.text.push_str("[0-9]"),
            'D' if self.is_unicode => self.text.push_str("[^0-9]"),
            'w' if self.is_unicode => self.text.push_str("[0-9A-Za-z_]"),
            'W' if self.is_unicode => self.text.push_str("[^0-9A-Za-z_]"),
            'b' | 'B' if self.is_unicode => {
                let _ = write!(self.text, r"(?-u:\{c})");
            }
            'd' | 'D' | 'w' | 'W' | 'b' | 'B' | 'A' | 'z' => {
                write_all(&mut self.text, &["\\", c.encode_utf8(&mut [0; 4])]);
            }
            other => match self.character(other) {
                Some(character) => self.literal(character),
                // Unknown in either syntax; compiling it gives the error.
                None => write_all(&mut self.text, &["\\", other.encode_utf8(&mut [0; 4])]),
            },
        }
    }

    /// Copies the literal text between `\Q` and `\E`.
    fn quoted(&mut self) {
        while let Some(c) = self.rest.next() {
            if c == '\\' && self.rest.next_if_eq(&'E').is_some() {
                return;
            }
            self.literal(c);
        }
    }

    fn literal(&mut self, c: char) {
        if c.is_ascii_alphanumeric() || !c.is_ascii() {
            self.text.push(c);
        } else {
            let _ = write!(self.text, r"\x{:02X}", u32::from(c));
        }
        self.is_unicode |= !c.is_ascii();
    }

    /// Translates `\pL`, `\p{Greek}` or `\P{^Greek}`, after the `p`.
    fn property(&mut self, kind: char) {
        let _ = write!(self.text, r"\{kind}");
        let Some(c) = self.rest.next() else { return };
        self.text.push(c);
        if c == '{' {
            let name = self.rest.by_ref().take_while(|c| *c != '}');
            self.text.extend(name);
            self.text.push('}');
        }
    }

    /// Returns the character of an escape, given the character after the backslash; `None` if the escape is not a
    /// single character.
    fn character(&mut self, c: char) -> Option<char> {
        let of = |number: u32| char::from_u32(number);
        match c {
            'a' => of(7),
            'f' => of(12),
            't' => Some('\t'),
            'n' => Some('\n'),
            'r' => Some('\r'),
            'v' => of(11),
            'x' => self.hex(),
            '0'..='7' => {
                let mut number = c.to_digit(8)?;
                for _ in 0..2 {
                    let digit = self.rest.next_if(|c| c.is_digit(8));
                    let Some(digit) = digit.and_then(|digit| digit.to_digit(8)) else {
                        break;
                    };
                    number = number * 8 + digit;
                }
                of(number)
            }
            c if !c.is_alphanumeric() => Some(c),
            _ => None,
        }
    }

    fn hex(&mut self) -> Option<char> {
        let mut digits = String::new();
        if self.rest.next_if_eq(&'{').is_some() {
            digits.extend(self.rest.by_ref().take_while(|c| *c != '}').take(8));
        } else {
            digits.extend(self.rest.by_ref().take(2));
        }
        u32::from_str_radix(&digits, 16)
            .ok()
            .and_then(char::from_u32)
    }

    /// Translates a class, after its bracket, as in Go: everything but escapes, ranges and named classes is literal.
    fn class(&mut self) {
        self.text.push('[');
        if self.rest.next_if_eq(&'^').is_some() {
            self.text.push('^');
        }
        let mut is_first = true;
        while let Some(c) = self.rest.next() {
            if c == ']' && !is_first {
                self.text.push(']');
                return;
            }
            is_first = false;
            if c == '[' && self.posix() {
                continue;
            }
            if c == '\\' && self.class_escape() {
                continue;
            }
            let Some(low) = self.class_character(c) else {
                self.text.push_str(r"\e");
                continue;
            };
            let mut ahead = self.rest.clone();
            let is_range = ahead.next() == Some('-') && ahead.next().is_some_and(|c| c != ']');
            if !is_range {
                self.literal(low);
                continue;
            }
            self.rest.next();
            let high = self.rest.next().and_then(|c| self.class_character(c));
            self.literal(low);
            self.text.push('-');
            match high {
                Some(high) => self.literal(high),
                // Not the end of a range: an error in Go, too.
                None => self.text.push_str(r"\d"),
            }
        }
    }

    fn class_character(&mut self, c: char) -> Option<char> {
        if c != '\\' {
            return Some(c);
        }
        let escaped = self.rest.next()?;
        self.character(escaped)
    }

    /// Translates `[:alpha:]`, after its first bracket.
    fn posix(&mut self) -> bool {
        let mut ahead = self.rest.clone();
        if ahead.next() != Some(':') {
            return false;
        }
        let name: String = ahead.by_ref().take_while(|c| *c != ':').take(12).collect();
        let is_name = name
            .trim_start_matches('^')
            .chars()
            .all(|c| c.is_ascii_lowercase());
        if !is_name || ahead.next() != Some(']') {
            return false;
        }
        self.rest = ahead;
        let _ = write!(self.text, "[:{name}:]");
        true
    }

    /// Translates an escape for several characters in a class, after its backslash.
    fn class_escape(&mut self) -> bool {
        let Some(&c) = self.rest.peek() else {
            return false;
        };
        match c {
            's' => self.text.push_str(SPACE),
            'S' => write_all(&mut self.text, &["[^", SPACE, "]"]),
            'd' if self.is_unicode => self.text.push_str("0-9"),
            'w' if self.is_unicode => self.text.push_str("0-9A-Za-z_"),
            'D' if self.is_unicode => self.text.push_str("[^0-9]"),
            'W' if self.is_unicode => self.text.push_str("[^0-9A-Za-z_]"),
            'd' | 'D' | 'w' | 'W' => write_all(&mut self.text, &["\\", c.encode_utf8(&mut [0; 4])]),
            'p' | 'P' => {
                self.rest.next();
                self.is_unicode = true;
                self.property(c);
                return true;
            }
            _ => return false,
        }
        self.rest.next();
        true
    }
}

fn write_all(text: &mut String, parts: &[&str]) {
    for part in parts {
        text.push_str(part);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns what a pattern finds, as text.
    fn found<'t>(pattern: &str, text: &'t str) -> Vec<&'t str> {
        let regex = Pattern::from_go(pattern).compile().unwrap();
        regex
            .find_iter(text)
            .map(|found| &text[found.range()])
            .collect()
    }

    #[test]
    fn what_go_reads_otherwise_means_the_same_here() {
        let cases: &[(&str, &str, &[&str])] = &[
            (r"a\z", "a a", &["a"]),
            (r"x(?i)abc", "xABC XABC", &["xABC"]),
            (r"\Qa.b[\E+", "a.b[[ axb", &["a.b[["]),
            (r"\Qa.b", "a.b axb", &["a.b"]),
            (r"\101\x42\x{43}\07", "ABC\u{7}", &["ABC\u{7}"]),
            (r"[\101-\103]+", "ABCD", &["ABC"]),
            (r"[a&&b]+", "a&b", &["a&b"]),
            (r"[[a]+", "[a]", &["[a"]),
            (r"[\w.-]+", "a-b.c d", &["a-b.c", "d"]),
            (r"[\w-.]+", "a-b.c d", &["a-b.c", "d"]),
            (r"[a--b]+", "", &[]),
            (r"[]a]+", "]a", &["]a"]),
            (r"[^]a]+", "]ab", &["b"]),
            (r"[[:digit:]x~~y]+", "1x~y!", &["1x~y"]),
            (r"{a}{{b}}{2", "{a}{{b}}{2", &["{a}{{b}}{2"]),
            (r"a{,2}", "a{,2} aa", &["a{,2}"]),
            (r"a{2}b{1,}c{1,2}", "aabbcc", &["aabbcc"]),
            (r"\<a\>", "<a> a", &["<a>"]),
            (r"a\sb", "a\u{b}b a b", &["a b"]),
            (r"[\s]+", "\u{b} \t", &[" \t"]),
            (r"(?P<1st>a)(?P<x>b)(?<y>c)", "abc", &["abc"]),
            (r"(?U)a+", "aaa", &["a", "a", "a"]),
            (r"\p{Greek}+\d", "αβ1 αβ٣", &["αβ1"]),
            (r"\pL\PL", "é1", &["é1"]),
            (r"ключ=\w+", "ключ=abc", &["ключ=abc"]),
            (r#"\'\"\/\_\-\@"#, "'\"/_-@", &["'\"/_-@"]),
            (r"(?s)a.b(?-s).", "a\nb\n a\nbc", &["a\nbc"]),
        ];
        for (pattern, text, expected) in cases {
            if *pattern == r"[a--b]+" {
                // A range that runs backwards is an error in both.
                assert!(Pattern::from_go(pattern).compile().is_err());
                continue;
            }
            assert_eq!(found(pattern, text), *expected, "{pattern}");
        }
    }

    #[test]
    fn what_go_does_not_know_is_refused() {
        for pattern in [
            "(?=a)",
            "(?<!a)b",
            r"\8",
            "a(",
            "[a",
            r"\y",
            r"[a-\d]",
            "a{9999}{9999}{99}",
        ] {
            assert!(Pattern::from_go(pattern).compile().is_err(), "{pattern}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_pattern_breaks_it(pattern in r"[\\\[\]{}()a-zQE0-9^:,?<>P&~.|é-]{0,40}") {
            let _ = Pattern::from_go(&pattern).compile();
        }
    }
}
