//! Commands that set a name to a value without a sign between the two.

use std::ops::Range;

use super::super::link::Link;

/// How many bytes before a name are read to see whether a command sets it.
pub(super) const SETTER: usize = 24;

/// Returns what joins a name to a value with only a space between them, by the word before the name: a Dockerfile's
/// `ENV` at the beginning of a line, or a command that sets a variable.
pub(super) fn setter_before(text: &[u8], name: &Range<usize>) -> Option<Link> {
    const SETTERS: [&[u8]; 12] = [
        b"setx ",
        b"setx /m ",
        b"setvar ",
        b"header_up ",
        b"_header ",
        b"setenv ",
        b"set -gx ",
        b"_param ",
        b"configure set ",
        b"config set ",
        b"secrets set ",
        b"git config ",
    ];
    let is_followed = matches!(text.get(name.end), Some(b' ' | b'\t' | b'}' | b'*'));
    let near = &text[name.start.saturating_sub(SETTER)..name.start];
    if !is_followed {
        return None;
    }
    if may_be_string(text, name) && is_declared(near, name.start < SETTER) {
        return Some(Link::Returns);
    }
    let before = near.strip_suffix(b" ")?;
    // The last letters of all setters; this rejects most other words.
    let may_end = matches!(
        before.last()?,
        b'X' | b'V' | b'x' | b'v' | b'm' | b'M' | b't' | b'T' | b'g' | b'G' | b'r' | b'R' | b'p'
    );
    if !may_end || text.get(name.end) == Some(&b'}') {
        return None;
    }
    if let Some(rest) = before.strip_suffix(b"ENV") {
        return matches!(rest.last(), None | Some(b'\n')).then_some(Link::Assigns);
    }
    let before = &text[name.start.saturating_sub(SETTER)..name.start];
    let is_setter = |word: &&[u8]| {
        let (rest, end) = before.split_at(before.len().saturating_sub(word.len()));
        let is_apart = !rest.last().is_some_and(u8::is_ascii_alphanumeric) || word[0] == b'_';
        is_apart && end.eq_ignore_ascii_case(word)
    };
    SETTERS.iter().any(is_setter).then_some(Link::Gives)
}

/// Whether a string follows a name, with only spaces between them.
fn may_be_string(text: &[u8], name: &Range<usize>) -> bool {
    let behind = &text[name.end..];
    let closers = behind
        .iter()
        .take_while(|byte| matches!(byte, b'}' | b'*'))
        .count();
    let behind = &behind[closers..];
    let spaces = behind
        .iter()
        .take(SETTER)
        .take_while(|byte| matches!(byte, b' ' | b'\t'))
        .count();
    let behind = behind.get(spaces..).unwrap_or_default();
    let behind = behind.strip_prefix(b"r").unwrap_or(behind);
    let behind = behind.strip_prefix(b"#").unwrap_or(behind);
    let is_braced = behind.first() == Some(&b'{') && text[..name.start].ends_with(b"set ");
    spaces > 0 && (is_braced || matches!(behind.first(), Some(b'"' | b'\'')))
}

/// Whether the text before a name says that the string after it is its value: the line begins with the name, as in
/// Gradle and Ruby, or a command or a list sets a variable. `is_all` says that `before` starts at the beginning of
/// the text.
fn is_declared(before: &[u8], is_all: bool) -> bool {
    const DECLARING: [&[u8]; 32] = [
        b"<!ENTITY ",
        b"(def ",
        b"(define ",
        b"(define-constant ",
        b"(local ",
        b"(var ",
        b"(global ",
        b"(set! ",
        b"(let ([",
        b"(let ((",
        b"#:",
        b"hash '",
        b"local ",
        b"global ",
        b"set $",
        b"^:private ",
        b"(defonce ",
        b"(defvar ",
        b"(defparameter ",
        b"(defcustom ",
        b"(defconst ",
        b"(setq ",
        b"(setf ",
        b"(let [",
        b"set ",
        b"set -x ",
        b"set -gx ",
        b"set -Ux ",
        b"--export ",
        b"variable ",
        b"set(",
        b"set(ENV{",
    ];
    let own = match memchr::memrchr(b'\n', before) {
        Some(end) => &before[end + 1..],
        None if is_all => before,
        None => &before[..0],
    };
    let begins_line = (!own.is_empty() || before.last() == Some(&b'\n') || is_all)
        && own.iter().all(|byte| matches!(byte, b' ' | b'\t' | b'@'));
    let before = before.strip_suffix(b"*").unwrap_or(before);
    // A Lisp list that begins with the name; no other language writes calls like that.
    let begins_list = matches!(before, [.., b'(' | b'[']);
    begins_line || begins_list || DECLARING.iter().any(|words| before.ends_with(words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_that_set_a_name_are_told_from_words() {
        for (text, link) in [
            ("ENV NAME 1", Some(Link::Assigns)),
            ("FROM a\nENV NAME 1", Some(Link::Assigns)),
            ("SEND NAME 1", None),
            ("setx NAME 1", Some(Link::Gives)),
            ("  SetEnv NAME 1", Some(Link::Gives)),
            ("set -gx NAME 1", Some(Link::Gives)),
            ("fastcgi_param NAME 1;", Some(Link::Gives)),
            ("aws configure set NAME 1", Some(Link::Gives)),
            ("resetx NAME 1", None),
            ("set NAME 1", None),
            ("setx NAME=1", None),
            ("NAME 1", None),
        ] {
            let at = text.find("NAME").unwrap();
            assert_eq!(
                setter_before(text.as_bytes(), &(at..at + 4)),
                link,
                "{text}"
            );
        }
    }
}
