//! The text around a match: the rest of a URL, the beginning of the line and its length, comments.

use std::borrow::Cow;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::detect::doc_sample::is_in_sample;
use crate::lexicon;

/// How many bytes on either side of a match are searched for the ends of its line.
pub(in crate::detect) const LINE_LIMIT: usize = 600;

/// How far before a match the name that it is assigned to may be, in bytes.
const GAP: usize = 24;

/// Returns whether the password at `password` in a URL opens nothing: its host is the machine itself or made up for an
/// example, or the password is a placeholder or among the first that anyone tries.
pub(in crate::detect) fn is_harmless_address(bytes: &[u8], password: &Range<usize>) -> bool {
    let host = bytes.get(password.end + 1..).unwrap_or_default();
    let anywhere = ["example.", "www.example.", "host:", "host/", "hostname"];
    let is_anywhere = |name: &&str| {
        host.get(..name.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(name.as_bytes()))
    };
    let text = std::str::from_utf8(&bytes[password.clone()]).unwrap_or_default();
    // `http://app.example:9003@other.example`: the port of a host is where a password would be.
    let is_port = text.len() <= 5 && text.bytes().all(|byte| byte.is_ascii_digit());
    is_port
        || is_behind_scheme(bytes, password)
        || has_no_such_port(host)
        || is_of_documentation(host)
            && (!lexicon::value::is_random(text) || is_user_before(bytes, password))
        || anywhere.iter().any(is_anywhere)
        || is_local_address(bytes, password) && !lexicon::value::is_random(text)
        || names_itself(text)
        || lexicon::value::weak(text)
        || lexicon::placeholder::classify(text).is_some()
}

/// Whether the scheme of another URL is where the user would be, as Markdown editors write links:
/// `http://mailto:someone@example.org/`.
fn is_behind_scheme(bytes: &[u8], password: &Range<usize>) -> bool {
    const SCHEMES: [&[u8]; 9] = [
        b"//mailto:",
        b"//acct:",
        b"//sip:",
        b"//sips:",
        b"//xmpp:",
        b"//skype:",
        b"//tel:",
        b"//sms:",
        b"//callto:",
    ];
    let near = &bytes[password.start.saturating_sub(10)..password.start];
    SCHEMES.iter().any(|scheme| {
        let from = near.len().checked_sub(scheme.len());
        from.is_some_and(|from| near[from..].eq_ignore_ascii_case(scheme))
    })
}

/// Whether a host has one of the names that are reserved for documentation: `db.example.com`.
fn is_of_documentation(host: &[u8]) -> bool {
    const RESERVED: [&[u8]; 6] = [
        b".example.com",
        b".example.org",
        b".example.net",
        b".example",
        b".invalid",
        b".example.edu",
    ];
    let length = host
        .iter()
        .take(LINE_LIMIT)
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'))
        .count();
    let host = host[..length].to_ascii_lowercase();
    RESERVED.iter().any(|end| host.ends_with(end))
}

/// Whether the user in a URL equals the password: `lnd:lnd@`.
fn is_user_before(bytes: &[u8], password: &Range<usize>) -> bool {
    let own = &bytes[password.clone()];
    let before = bytes[..password.start].strip_suffix(b":");
    before
        .and_then(|before| before.strip_suffix(own))
        .is_some_and(|rest| rest.ends_with(b"/"))
}

/// Whether the port of a host is out of range, as in samples: `ds099999.example.com:99999`.
fn has_no_such_port(host: &[u8]) -> bool {
    let end = host
        .iter()
        .take(LINE_LIMIT)
        .position(|byte| !byte.is_ascii_alphanumeric() && !matches!(byte, b'.' | b'-' | b'_'));
    let port = end.and_then(|end| host[end..].strip_prefix(b":"));
    port.is_some_and(|port| {
        let digits = port
            .iter()
            .take(6)
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        let number = std::str::from_utf8(&port[..digits])
            .ok()
            .and_then(|text| text.parse::<u32>().ok());
        number.is_some_and(|number| number > u16::MAX.into())
    })
}

/// Returns whether the host after the password of a URL is the machine itself. A random password there may be in use on
/// another machine, too, but opens less than it seems.
pub(in crate::detect) fn is_local_address(bytes: &[u8], password: &Range<usize>) -> bool {
    let host = bytes.get(password.end + 1..).unwrap_or_default();
    let local = ["localhost", "127.0.0.1", "[::1]", "0.0.0.0"];
    local.iter().any(|name| {
        host.get(..name.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(name.as_bytes()))
    })
}

/// Whether a password calls itself a password: `reader_password`, `mySecretPassword`.
fn names_itself(password: &str) -> bool {
    let lower = password.to_ascii_lowercase();
    let is_words = |byte: u8| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'-' | b'.');
    lower.bytes().all(is_words)
        && ["password", "passwd"]
            .iter()
            .any(|word| lower.contains(word))
}

/// Returns whether a match is what an input field shows while it is empty: `placeholder: "…"`, `placeholder="…"`.
pub(in crate::detect) fn is_shown_in_input(bytes: &[u8], at: usize) -> bool {
    let before = &bytes[at.saturating_sub(GAP)..at];
    let before = before.trim_ascii_end();
    let is_sign =
        |byte: &u8| matches!(byte, b'"' | b'\'' | b'`' | b'{' | b'=' | b':' | b' ' | b'(');
    let signs = before.iter().rev().take_while(|byte| is_sign(byte)).count();
    let name = &before[..before.len() - signs];
    let ends_with = |word: &[u8]| {
        name.len() >= word.len() && name[name.len() - word.len()..].eq_ignore_ascii_case(word)
    };
    signs > 0 && ends_with(b"placeholder")
}

/// Whether a line is a comment, and of which kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::detect) enum Comment {
    /// No comment.
    No,
    /// A remark, or code that was commented out.
    Remark,
    /// A documentation comment, or a sample of code in a comment.
    Documentation,
    /// No comment marker on the line itself, but the line is in a multi-line comment, or in a sample in documentation.
    Sample,
}

impl Comment {
    /// Returns `Sample` instead of `No` if `at` is in a multi-line comment, or in a sample in a string or block.
    pub(in crate::detect) fn or_sample(self, bytes: &[u8], at: usize) -> Self {
        match self {
            Self::No if is_in_long_comment(bytes, at) || is_in_sample(bytes, at) => Self::Sample,
            comment => comment,
        }
    }
}

/// Returns what kind of comment the line of `at` begins with, by the comment markers of most languages.
pub(in crate::detect) fn comment_around(bytes: &[u8], at: usize) -> Comment {
    let before = &bytes[at.saturating_sub(LINE_LIMIT)..at];
    let line = memchr::memrchr(b'\n', before)
        .map_or(before, |end| &before[end + 1..])
        .trim_ascii_start();
    // A line that a patch adds or removes.
    let line = match line {
        [b'+' | b'-', rest @ ..] if rest.starts_with(b"#") || rest.starts_with(b" #") => {
            rest.trim_ascii_start()
        }
        line => line,
    };
    match line {
        // Emphasis in Markdown, and C's `#define`.
        [b'*', b'*', letter, ..] if letter.is_ascii_alphanumeric() => Comment::No,
        [b'*', letter, ..] if letter.is_ascii_alphabetic() => Comment::No,
        [b'#', b'd', ..] if line.starts_with(b"#define ") => Comment::No,
        // Typst's `#let`, and Org keywords.
        [b'#', b'l', b'e', b't', b' ', ..] | [b'#', b'+', ..] => Comment::No,
        // Samples are indented more than the prose around them, or have a marker of their own.
        [b'/', b'/', b'/' | b'!', ..]
        | [b'*', b' ', ..]
        | [b'#', b' ', b' ', ..]
        | [b'#', b'\t', ..]
        | [b'>', b'>', b'>', b' ', ..] => Comment::Documentation,
        [b'#' | b'*' | b';', ..]
        | [b'/', b'/' | b'*', ..]
        | [b'-', b'-', b' ', ..]
        | [b'<', b'!', b'-', b'-', ..]
        | [b'R', b'E', b'M', b' ', ..]
        | [b'%', b'%', ..] => Comment::Remark,
        _ => Comment::No,
    }
}

/// Whether `at` is in a multi-line comment that opens at the start of one of the lines above.
fn is_in_long_comment(bytes: &[u8], at: usize) -> bool {
    const SIGNS: [(&[u8], &[u8]); 5] = [
        (b"/*", b"*/"),
        (b"<!--", b"-->"),
        (b"{#", b"#}"),
        (b"<#", b"#>"),
        (b"--[[", b"]]"),
    ];
    let before = &bytes[at.saturating_sub(LINE_LIMIT)..at];
    SIGNS.iter().any(|(open, close)| {
        last_of(before, open).is_some_and(|opened| {
            let line = memchr::memrchr(b'\n', &before[..opened]).map(|end| end + 1);
            // The window may begin within a line, which then does not count. JSX has comments in braces.
            let begins = line.is_some_and(|start| {
                let own = before[start..opened].trim_ascii();
                own.is_empty() || own == b"{"
            });
            begins && memchr::memmem::find(&before[opened + 2..], close).is_none()
        })
    })
}

/// How far from a match a URL of the machine itself is looked for, in bytes.
const NEAR: usize = LINE_LIMIT / 2;

/// Returns whether a URL of the machine itself is near a match.
pub(in crate::detect) fn is_beside_localhost(bytes: &[u8], span: &Range<usize>) -> bool {
    let end = bytes.len().min(span.end + NEAR);
    let around = &bytes[span.start.saturating_sub(NEAR)..end];
    [&b"//localhost"[..], b"//127.0.0.1"]
        .iter()
        .any(|host| memchr::memmem::find(around, host).is_some())
}

/// Returns where the last `sign` begins. It searches for the second byte, since only searches for single bytes are
/// vectorised from the end.
pub(in crate::detect) fn last_of(text: &[u8], sign: &[u8]) -> Option<usize> {
    let second = *sign.get(1)?;
    memchr::memrchr_iter(second, text)
        .filter_map(|at| at.checked_sub(1))
        .find(|at| text[*at..].starts_with(sign))
}

/// Returns whether the line of `at` begins with a comment marker of most languages.
pub(in crate::detect) fn is_in_comment(bytes: &[u8], at: usize) -> bool {
    !matches!(comment_around(bytes, at), Comment::No)
}

/// Whether a placeholder is searched for rather than set: a script searches, compares or replaces it, or the line is a
/// usage message.
pub(in crate::detect) fn is_looked_for(bytes: &[u8], at: usize) -> bool {
    let before = &bytes[at.saturating_sub(LINE_LIMIT)..at];
    let line = memchr::memrchr(b'\n', before).map_or(before, |end| &before[end + 1..]);
    let begins = line.trim_ascii_start();
    let begins_with = |word: &&[u8]| starts_with(begins, word);
    let compares = [&b"if "[..], b"elif ", b"[[ ", b"[ ", b"test "];
    let compares = compares.iter().any(begins_with)
        && [&b"=="[..], b"!=", b" = "]
            .iter()
            .any(|sign| memchr::memmem::find(line, sign).is_some());
    compares || calls_a_search(line)
}

/// Whether a line calls a program that searches or replaces, or is a usage message.
fn calls_a_search(line: &[u8]) -> bool {
    let begins = |at: usize| {
        let commands: &[&[u8]] = match line[at].to_ascii_lowercase() {
            b'g' => &[b"grep "],
            b's' => &[b"sed "],
            b'a' => &[b"awk "],
            b'r' => &[b"rg "],
            b'e' => &[b"envsubst "],
            b'p' => &[b"perl -"],
            b'u' => &[b"usage:", b"usage "],
            b'[' => &[b"[-"],
            _ => &[],
        };
        commands
            .iter()
            .any(|command| starts_with(&line[at..], command))
    };
    let is_apart = |at: usize| at == 0 || !line[at - 1].is_ascii_alphanumeric();
    (0..line.len()).any(|at| is_apart(at) && begins(at))
}

/// Whether `text` begins with `word`, in any ASCII case.
fn starts_with(text: &[u8], word: &[u8]) -> bool {
    text.get(..word.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(word))
}

/// Whether a name is within a reference that is still open: `{{resolve:…:MySecret:SecretString}}`.
pub(in crate::detect) fn is_within_reference(bytes: &[u8], at: usize) -> bool {
    let before = &bytes[at.saturating_sub(GAP * 4)..at];
    let line = memchr::memrchr(b'\n', before).map_or(before, |end| &before[end + 1..]);
    let is_end = |byte: &u8| byte.is_ascii_whitespace() || b"\"'=,".contains(byte);
    let token = line
        .iter()
        .rposition(is_end)
        .map_or(line, |at| &line[at + 1..]);
    if token.starts_with(b"arn:") {
        return true;
    }
    // Most lines have neither.
    if memchr::memchr2(b'{', b'$', line).is_none() {
        return false;
    }
    [b"{{", b"${", b"$("].iter().any(|open| {
        let close: &[u8] = match *open {
            b"{{" => b"}}",
            b"${" => b"}",
            _ => b")",
        };
        // The line is short: preparing a searcher would take longer.
        let opened = line.windows(2).rposition(|pair| pair == *open);
        opened.is_some_and(|at| {
            let inside = &line[at + 2..];
            // A name right after the brace is the key of a map; a colon before it makes it a part of the reference.
            memchr::memmem::find(inside, close).is_none()
                && inside.contains(&b':')
                && !inside.contains(&b' ')
                && !inside.contains(&b'"')
        })
    })
}

/// How many comment lines above a match are looked at.
const LINES_ABOVE: usize = 8;

/// Whether a name before `span`, a comment on its line or a comment right above says that it is not a real credential.
pub(in crate::detect) fn is_disclaimed(bytes: &[u8], span: &Range<usize>) -> bool {
    let before = &bytes[span.start.saturating_sub(LINE_LIMIT)..span.start];
    let behind = &bytes[span.end.min(bytes.len())..(span.end + LINE_LIMIT).min(bytes.len())];
    let behind = memchr::memchr(b'\n', behind).map_or(behind, |end| &behind[..end]);
    let (above, own) = match memchr::memrchr(b'\n', before) {
        Some(end) => before.split_at(end + 1),
        None => (&[][..], before),
    };
    if names_a_fake(own) {
        return true;
    }
    let is_disclaimer = |remark: &[u8]| lexicon::mark::is_disclaimer(&to_text(remark));
    if remark_in(behind).is_some_and(is_disclaimer) {
        return true;
    }
    let lines = above.strip_suffix(b"\n").unwrap_or(above);
    let lines = lines.rsplit(|byte| *byte == b'\n').take(LINES_ABOVE);
    let above: Vec<&[u8]> = lines.take_while(|line| is_remark(line)).collect();
    if above.is_empty() {
        return false;
    }
    let above: Vec<_> = above.iter().rev().map(|line| to_text(line)).collect();
    above
        .iter()
        .any(|line| line.contains("#[test]") || line.contains("::test]") || line.trim() == "@Test")
        || lexicon::mark::is_disclaimer(&above.join("\n"))
}

/// Whether the name at `at` is a build argument (`ARG`), whose default is not in any container.
pub(in crate::detect) fn is_build_argument(bytes: &[u8], at: usize) -> bool {
    bytes[..at].ends_with(b"ARG ")
}

/// Whether the host of a mail testing service is near `span`: mail that is sent there reaches no one.
pub(in crate::detect) fn is_beside_mail_catcher(bytes: &[u8], span: &Range<usize>) -> bool {
    let start = span.start.saturating_sub(MAIL_HOST_REACH);
    let end = (span.end + MAIL_HOST_REACH).min(bytes.len());
    let around = &bytes[start..end];
    // Most texts have no mail host at all.
    memchr::memmem::find_iter(around, b"smtp.").any(|at| {
        let (before, host) = around.split_at(at);
        // Mailtrap also delivers real mail, through `live.smtp.mailtrap.io`.
        host.starts_with(b"smtp.ethereal.email")
            || host.starts_with(b"smtp.mailtrap.io") && !before.ends_with(b"live.")
    })
}

/// How far from a password its mail host is looked for, in bytes: mail settings take five or six lines.
const MAIL_HOST_REACH: usize = 400;

/// A part of a file as text.
fn to_text(part: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(part)
}

/// Whether one of the names at the beginning of a line says that its value was made for tests.
fn names_a_fake(line: &[u8]) -> bool {
    // A name that mentions a test may be in a path, an argument or a sentence: only those at the front name the value.
    const NAMES: usize = 6;

    let line = front(line, NAMES);
    if !lexicon::mark::may_name_a_fake(line) {
        return false;
    }
    let names = line.split(|byte| !is_of_name(*byte));
    let names = names.filter_map(|part| std::str::from_utf8(part).ok());
    names
        .filter(|part| !part.is_empty())
        .any(lexicon::mark::names_a_fake)
}

/// The beginning of a line, with at most `names` names in it.
fn front(line: &[u8], names: usize) -> &[u8] {
    let (mut begun, mut is_within) = (0, false);
    for (at, byte) in line.iter().enumerate() {
        let is_of_name = is_of_name(*byte);
        begun += usize::from(is_of_name && !is_within);
        if begun > names {
            return &line[..at];
        }
        is_within = is_of_name;
    }
    line
}

fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

/// The comment at the end of a line, from its marker on.
fn remark_in(line: &[u8]) -> Option<&[u8]> {
    let begins = |at: &usize| {
        matches!(
            &line[*at..],
            [b'/', b'/' | b'*', ..] | [b'-', b'-', ..] | [b'<', b'!', b'-', b'-', ..]
        )
    };
    let single = memchr::memchr2(b'#', b';', line).unwrap_or(line.len());
    let longer = memchr::memchr3_iter(b'/', b'-', b'<', &line[..single]).find(begins);
    let at = longer.unwrap_or(single);
    (at < line.len()).then(|| &line[at..])
}

/// Whether a line belongs to a comment, or is an annotation of what follows.
fn is_remark(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    let begins = matches!(
        line,
        [b'#' | b'*' | b';' | b'@' | b'%', ..]
            | [b'/', b'/' | b'*', ..]
            | [b'-', b'-', ..]
            | [b'<', b'!', b'-', b'-', ..]
            | [b'"', b'"', b'"', ..]
    );
    begins || line.ends_with(b"*/")
}

/// Whether a value is in a very long line, as in bundles and data: no line break for [`LINE_LIMIT`] bytes before or
/// after.
pub(in crate::detect) fn is_in_long_line(bytes: &[u8], value: &Range<usize>) -> bool {
    let before = &bytes[value.start.saturating_sub(LINE_LIMIT)..value.start];
    let after = &bytes[value.end..(value.end + LINE_LIMIT).min(bytes.len())];
    let is_long = |part: &[u8]| part.len() == LINE_LIMIT && memchr::memchr(b'\n', part).is_none();
    is_long(before) || is_long(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_behind_a_scheme_is_no_password() {
        let person = ["jean-", "michel9"].concat();
        for (before, harmless) in [
            ("http://mailto:", true),
            ("https://MAILTO:", true),
            ("http://tel:", true),
            ("https://mail:", false),
            ("https://app:", false),
        ] {
            let text = format!("{before}{person}@acme.io/");
            let password = before.len()..before.len() + person.len();
            assert_eq!(
                is_harmless_address(text.as_bytes(), &password),
                harmless,
                "{text}"
            );
        }
    }

    #[test]
    fn words_in_an_address_of_the_machine_itself_open_nothing() {
        let random = ["kT7vv2", "Qp9xLm"].concat();
        for (password, host, harmless) in [
            ("lantern", "localhost", true),
            (&random, "localhost", false),
            (&random, "example.com", true),
            ("lantern", "db.internal", false),
            (&random, "db.internal:99999", true),
            (&random, "db.internal:27017", false),
        ] {
            let text = format!("{password}@{host}/app");
            let found = is_harmless_address(text.as_bytes(), &(0..password.len()));
            assert_eq!(found, harmless, "{text}");
        }
    }

    #[test]
    fn what_inputs_show_is_recognised() {
        for (text, shown) in [
            ("<input placeholder=\"", true),
            ("  placeholder: '", true),
            ("<Input placeholder={`", true),
            ("placeholder ", false),
            ("token = \"", false),
            ("\"", false),
        ] {
            assert_eq!(
                is_shown_in_input(text.as_bytes(), text.len()),
                shown,
                "{text}"
            );
        }
    }

    #[test]
    fn comments_of_several_lines_are_samples() {
        let of = |text: &str| Comment::No.or_sample(text.as_bytes(), text.len());
        for text in [
            "x\n/* the answer:\n{\n  \"access_token",
            "\n<!-- before:\n<a password",
            "x\n  {/*\n  <a password",
            "x\n{# old\n password",
        ] {
            assert_eq!(of(text), Comment::Sample, "{text}");
        }
        for text in [
            "x\n/* done */\n\"access_token",
            "x\nglob = 'src/*'\n\"access_token",
            "\n<!-- a -->\n<a password",
        ] {
            assert_eq!(of(text), Comment::No, "{text}");
        }
    }

    #[test]
    fn samples_in_documentation_are_told_from_remarks() {
        for (line, comment) in [
            ("user.password = 1", Comment::No),
            ("# password = 1", Comment::Remark),
            ("  // password = 1", Comment::Remark),
            ("  #   user.password = 1", Comment::Documentation),
            ("/// password = 1", Comment::Documentation),
            (" * user.password = 1", Comment::Documentation),
            (">>> login(password = 1", Comment::Documentation),
        ] {
            let text = format!("first\n{line}");
            assert_eq!(
                comment_around(text.as_bytes(), text.len()),
                comment,
                "{line}"
            );
        }
    }
}
