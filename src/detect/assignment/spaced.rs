//! Directives, in which only a space separates the value from the name: `remote_password …`,
//! `neighbor 10.0.0.1 password …`. In most text, a word after `password ` is the next one of a sentence, so only the
//! last word of a line counts, and only if it has both letters and digits. Files without directives are excluded once
//! their path is known.

use std::ops::Range;

use super::{Found, Syntax, line_before};
use crate::detect::extent::Looked;

/// The length of a value, in bytes.
const LENGTHS: std::ops::RangeInclusive<usize> = 8..=128;

/// How many bytes of the line may precede the name.
const BEFORE: usize = 72;

/// How many spaces may be between name and value: some files align them in columns.
const GAP: usize = 40;

/// Returns the value after the name.
///
/// # Errors
///
/// If there is none, returns how far around the name the text was examined to decide this.
pub(super) fn value(text: &[u8], name: &Range<usize>) -> Result<Found, Looked> {
    let behind = &text[name.end..];
    let is_space = |byte: &&u8| matches!(byte, b' ' | b'\t');
    // A variable of Robot Framework.
    let sign = [&b"}  "[..], b"} =  "]
        .into_iter()
        .find(|sign| behind.starts_with(sign));
    let sign = sign.filter(|_| text[..name.start].ends_with(b"${"));
    let is_variable = sign.is_some();
    let name = name.start..name.end + sign.map_or(0, |sign| sign.len() - 2);
    let behind = &text[name.end..];
    let gap = behind.iter().take(GAP).take_while(is_space).count();
    let is_value = |byte: &&u8| {
        byte.is_ascii_alphanumeric()
            || matches!(
                byte,
                b'+' | b'/'
                    | b'='
                    | b'-'
                    | b'_'
                    | b'.'
                    | b'!'
                    | b'@'
                    | b'%'
                    | b'*'
                    | b'~'
                    | b'^'
                    | b'#'
                    | b':'
            )
    };
    let near = behind[gap..].iter().take(*LENGTHS.end() + 1);
    let length = if gap == 0 {
        0
    } else {
        near.take_while(is_value).count()
    };
    let looked = Looked::at(0, gap + length + 2);
    let end = name.end + gap + length;
    let ends_line = matches!(text.get(end), None | Some(b'\n' | b'\r'));
    if !ends_line || !LENGTHS.contains(&length) {
        return Err(looked);
    }
    let value = name.end + gap..end;
    let has = |is_of: fn(&u8) -> bool| text[value.clone()].iter().any(is_of);
    if !has(u8::is_ascii_digit) || !has(u8::is_ascii_alphabetic) || assigns(&text[value.clone()]) {
        return Err(looked);
    }
    let before = line_before(text, name.start);
    let before = match before.strip_suffix(b"${") {
        Some(outside) if is_variable => outside,
        _ => before,
    };
    let is_word = |byte: &u8| {
        byte.is_ascii_alphanumeric()
            || matches!(byte, b' ' | b'\t' | b'_' | b'-' | b'.' | b':' | b'/')
    };
    // Punctuation before the name makes it code or a comment.
    if before.len() > BEFORE || !before.iter().all(is_word) {
        return Err(looked.and(Looked::at(BEFORE + 1, 0)));
    }
    Ok(Found::whole(value, Syntax::Spaced))
}

/// Whether a value is itself an assignment: `secret key=…`. A `=` at its end is padding.
fn assigns(value: &[u8]) -> bool {
    let padding = value.iter().rev().take_while(|&&byte| byte == b'=').count();
    value[..value.len() - padding].contains(&b'=')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<&str> {
        let word = ["secret", "password", "Password"];
        let at = word
            .iter()
            .find_map(|word| text.find(word).map(|at| at..at + word.len()))?;
        let start = text[..at.start]
            .rfind([' ', '\t', '\n'])
            .map_or(0, |at| at + 1);
        let end = text[at.end..]
            .find([' ', '\t'])
            .map_or(text.len(), |more| at.end + more);
        let found = value(text.as_bytes(), &(start..end)).ok()?;
        Some(&text[found.value])
    }

    #[test]
    fn the_last_word_of_a_directive_is_its_value() {
        for text in [
            "password kP3vQ8xZ1m\n",
            "connection a\nremote_password kP3vQ8xZ1m\n",
            "IPSec secret kP3vQ8xZ1m",
            " neighbor 10.0.0.1 password kP3vQ8xZ1m\r\n",
            "spark.ssl.keyPassword            kP3vQ8xZ1m\nspark.master yarn\n",
        ] {
            assert_eq!(read(text), Some("kP3vQ8xZ1m"), "{text}");
        }
    }

    #[test]
    fn a_sentence_and_code_have_none() {
        for text in [
            "the password is stored2 in\n",
            "password optional\n",
            "password 12345678\n",
            "password ab1\n",
            "# password kP3vQ8xZ1m\n",
            "x = f(password kP3vQ8xZ1m\n",
            "password kP3vQ8xZ1m and more\n",
            "password $kP3vQ8xZ1m\n",
            "password key=kP3vQ8xZ1m\n",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
