//! Splits nginx configuration into words, semicolons and braces, as nginx itself does.

use std::ops::Range;

/// A range of bytes in the text.
pub(super) type Span = Range<usize>;

/// One word of a directive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    /// Its text, without quotes and with escaped quotes resolved.
    pub(super) text: String,
    /// Its range, including quotes.
    pub(super) span: Span,
}

/// A token of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    Word(Word),
    Open(usize),
    Close(usize),
    End(usize),
}

/// Reads tokens from the start of a text to its end.
pub(super) struct Lexer<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Lexer<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let at = if text.starts_with('\u{feff}') { 3 } else { 0 };
        Self { text, at }
    }

    /// Returns the next token, or as an error the byte at which an unclosed quote opens.
    pub(super) fn next(&mut self) -> Option<Result<Token, usize>> {
        self.skip_space();
        let bytes = self.text.as_bytes();
        let start = self.at;
        let token = match *bytes.get(start)? {
            b';' => Token::End(start),
            b'{' => Token::Open(start),
            b'}' => Token::Close(start),
            quote @ (b'"' | b'\'') => return Some(self.quoted(quote)),
            _ => return Some(Ok(self.plain())),
        };
        self.at += 1;
        Some(Ok(token))
    }

    fn skip_space(&mut self) {
        let bytes = self.text.as_bytes();
        while let Some(&byte) = bytes.get(self.at) {
            match byte {
                b'#' => {
                    let rest = &bytes[self.at..];
                    self.at += memchr::memchr(b'\n', rest).unwrap_or(rest.len());
                }
                _ if byte.is_ascii_whitespace() => self.at += 1,
                _ => return,
            }
        }
    }

    fn quoted(&mut self, quote: u8) -> Result<Token, usize> {
        let bytes = self.text.as_bytes();
        let start = self.at;
        let mut at = start + 1;
        while let Some(&byte) = bytes.get(at) {
            match byte {
                b'\\' => at += 1,
                _ if byte == quote => {
                    self.at = at + 1;
                    let text = unescaped(&self.text[start + 1..at]);
                    let span = start..self.at;
                    return Ok(Token::Word(Word { text, span }));
                }
                _ => {}
            }
            at += 1;
        }
        Err(start)
    }

    /// Reads an unquoted word. A brace after a dollar sign belongs to a variable, and a closing brace within a word is
    /// an ordinary character.
    fn plain(&mut self) -> Token {
        let bytes = self.text.as_bytes();
        let start = self.at;
        let mut at = start;
        while let Some(&byte) = bytes.get(at) {
            match byte {
                b'\\' => at += 1,
                b'$' if bytes.get(at + 1) == Some(&b'{') => at += 1,
                b';' | b'{' => break,
                _ if byte.is_ascii_whitespace() => break,
                _ => {}
            }
            at += 1;
        }
        // An escape may end within a multi-byte character.
        let mut end = at.min(bytes.len());
        while !self.text.is_char_boundary(end) {
            end += 1;
        }
        self.at = end;
        let text = self.text[start..end].to_owned();
        Token::Word(Word {
            text,
            span: start..end,
        })
    }

    /// Skips a block of Lua whose opening brace was just read. `None` if it does not end.
    pub(super) fn skip_lua(&mut self) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let mut depth = 1_usize;
        while let Some(&byte) = bytes.get(self.at) {
            let start = self.at;
            self.at += 1;
            match byte {
                b'{' => depth += 1,
                b'}' => {
                    depth -= 1;
                    if depth == 0 {
                        return Some(start);
                    }
                }
                b'-' if bytes.get(self.at) == Some(&b'-') => self.skip_lua_comment(),
                b'[' => {
                    self.at = long_bracket(bytes, start).unwrap_or(self.at);
                }
                b'"' | b'\'' => self.skip_lua_string(byte),
                _ => {}
            }
        }
        None
    }

    fn skip_lua_comment(&mut self) {
        let bytes = self.text.as_bytes();
        self.at += 1;
        if let Some(end) = long_bracket(bytes, self.at) {
            self.at = end;
            return;
        }
        let rest = &bytes[self.at.min(bytes.len())..];
        self.at += memchr::memchr(b'\n', rest).unwrap_or(rest.len());
    }

    fn skip_lua_string(&mut self, quote: u8) {
        let bytes = self.text.as_bytes();
        while let Some(&byte) = bytes.get(self.at) {
            self.at += 1;
            match byte {
                b'\\' => self.at += 1,
                b'\n' => return,
                _ if byte == quote => return,
                _ => {}
            }
        }
    }
}

/// Returns the byte after a long bracket of Lua (`[[ … ]]`, `[==[ … ]==]`) that opens at `start`.
fn long_bracket(bytes: &[u8], start: usize) -> Option<usize> {
    if bytes.get(start) != Some(&b'[') {
        return None;
    }
    let signs = bytes[start + 1..]
        .iter()
        .take(8)
        .take_while(|byte| **byte == b'=')
        .count();
    if bytes.get(start + 1 + signs) != Some(&b'[') {
        return None;
    }
    let close = format!("]{}]", "=".repeat(signs));
    let inner = start + signs + 2;
    let found = memchr::memmem::find(&bytes[inner..], close.as_bytes())?;
    Some(inner + found + close.len())
}

/// Resolves escaped quotes and backslashes; other escapes stay, since patterns are full of them.
fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let escaped = characters
            .peek()
            .copied()
            .filter(|next| character == '\\' && matches!(next, '"' | '\'' | '\\'));
        if let Some(next) = escaped {
            plain.push(next);
            characters.next();
        } else {
            plain.push(character);
        }
    }
    plain
}
