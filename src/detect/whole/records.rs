//! Short files in which each line has an account and its password: `.pgpass`, and user lists of pgbouncer, Dovecot,
//! Exim, Samba and others.

mod quotes;

use std::ops::Range;

use super::HEAD;
use crate::detect::value::{is_made_up, judge_promised};
use crate::lexicon::value::opens_nothing;
use quotes::{address, chap, quoted};

/// The size limit of such files, in bytes.
const LONGEST: usize = 64 << 10;
/// The longest first line of such a file, in bytes.
const FIRST_LINE: usize = 400;
/// The most accounts that are reported.
const MOST: usize = 50;

/// Returns the password of a line, as a slice of it.
type Form = fn(&str) -> Option<&str>;

/// The known formats; all lines of a file have the same one.
const FORMS: [Form; 10] = [
    pgpass, chap, quoted, ossec, samba, scheme, address, ntp, colons, digest,
];

/// Sections whose keys are user names.
const SECTIONS: [&str; 2] = ["[users]", "[admins]"];

/// Returns how many bytes show that this is not such a file; `None` if its first relevant line may belong to one.
pub(super) fn are_none_by(bytes: &[u8]) -> Option<usize> {
    let Some(place) = first_record(bytes) else {
        return Some(HEAD);
    };
    let Ok(first) = std::str::from_utf8(&bytes[place.clone()]) else {
        return Some(HEAD);
    };
    if may_be_list(bytes, first) || may_be_properties(bytes, first) {
        return None;
    }
    // With any other first line, the length of the file matters, too.
    if !is_of_something_else(bytes, first) {
        return Some(HEAD);
    }
    let behind = &bytes[place.end..bytes.len().min(HEAD)];
    let length = memchr::memchr(b'\n', behind);
    Some(length.map_or(HEAD, |length| place.end + length + 1))
}

/// Returns the passwords of such a file, and its kind: many other files also consist of lines `user = password`, so
/// that form has a kind of its own.
pub(super) fn values(bytes: &[u8]) -> (Vec<Range<usize>>, Kind) {
    let is_short = bytes.len() <= LONGEST;
    let first = is_short.then(|| first_record(bytes)).flatten();
    let Some(first) = first.and_then(|first| std::str::from_utf8(&bytes[first]).ok()) else {
        return (Vec::new(), Kind::Account);
    };
    if may_be_list(bytes, first) {
        let listed = listed(bytes);
        if !listed.is_empty() {
            return (listed, Kind::Account);
        }
    }
    (properties(bytes, first), Kind::Property)
}

/// The kind of lines in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Accounts in a format that no other files have.
    Account,
    /// Names and values.
    Property,
}

fn may_be_properties(bytes: &[u8], first: &str) -> bool {
    let begins = |byte: &u8| byte.is_ascii_lowercase() || *byte == b'#';
    bytes.first().is_some_and(begins) && property(first).is_some()
}

/// Returns the passwords of a file that consists only of lines `user = password`.
fn properties(bytes: &[u8], first: &str) -> Vec<Range<usize>> {
    if !may_be_properties(bytes, first) {
        return Vec::new();
    }
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Vec::new();
    };
    let lines = || text.lines().filter(|line| is_record(line));
    if !lines().all(|line| property(line).is_some()) {
        return Vec::new();
    }
    let place = |value: &str| {
        let start = value.as_ptr() as usize - text.as_ptr() as usize;
        start..start + value.len()
    };
    let passwords = lines()
        .filter_map(property)
        .filter(|value| is_password(value));
    passwords.map(place).take(MOST).collect()
}

fn listed(bytes: &[u8]) -> Vec<Range<usize>> {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Vec::new();
    };
    let mut lines = text.lines().filter(|line| is_record(line));
    let Some(first) = lines.clone().next().filter(|line| line.len() <= FIRST_LINE) else {
        return Vec::new();
    };
    if SECTIONS.contains(&first.trim_end()) {
        return of_section(text);
    }
    // A JSON list, or the section of a settings file, unless it is a Postfix host in brackets.
    if first.starts_with('[') && (first.contains('"') || address(first).is_none()) {
        return Vec::new();
    }
    let is_form = |form: &&Form| form(first).is_some();
    let Some(form) = FORMS.iter().find(is_form) else {
        return two_lines(text, first);
    };
    if !lines
        .clone()
        .all(|line| line.len() <= 800 && has_form(line, *form))
    {
        return Vec::new();
    }
    let place = |value: &str| {
        let start = value.as_ptr() as usize - text.as_ptr() as usize;
        start..start + value.len()
    };
    lines
        .by_ref()
        .filter_map(form)
        .filter(|value| is_password(value))
        .map(place)
        .take(MOST)
        .collect()
}

/// Returns where the first line near the beginning is that is not a comment, without surrounding white space.
fn first_record(bytes: &[u8]) -> Option<Range<usize>> {
    let head = &bytes[..bytes.len().min(HEAD)];
    let mut at = 0;
    loop {
        let rest = head.get(at..)?;
        let length = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        let line = rest[..length].trim_ascii_start();
        let start = at + length - line.len();
        let line = line.trim_ascii_end();
        if !matches!(line.first(), None | Some(b'#' | b';')) && line != b"---" {
            return Some(start..start + line.len());
        }
        at += length + 1;
    }
}

/// Whether the first line of a file may belong to such a list: nearly every file is checked, and hardly any needs
/// more.
fn may_be_list(bytes: &[u8], first: &str) -> bool {
    if SECTIONS.contains(&first) {
        return true;
    }
    if is_of_something_else(bytes, first) {
        return false;
    }
    // A short file may have just a user and a password.
    has_sign(first)
        && may_have_form(first)
        && (is_gem(first) || FORMS.iter().any(|form| form(first).is_some()))
        || bytes.len() <= HEAD && has_few_records(bytes)
}

/// Whether the first relevant line cannot belong to such a file, whatever follows it.
fn is_of_something_else(bytes: &[u8], first: &str) -> bool {
    let is_data = matches!(bytes.first(), Some(b'{' | b'<'));
    is_data || !has_sign(first) && first.contains(' ')
}

fn has_few_records(bytes: &[u8]) -> bool {
    let lines = bytes.split(|byte| *byte == b'\n');
    let is_empty = |line: &&[u8]| matches!(line.trim_ascii().first(), None | Some(b'#' | b';'));
    lines.filter(|line| !is_empty(line)).nth(2).is_none()
}

/// Whether a line has as many words and colons as one of the formats requires: hardly any line of code or prose does.
fn may_have_form(line: &str) -> bool {
    let bytes = line.as_bytes();
    let Some((&first, &last)) = bytes.first().zip(bytes.last()) else {
        return false;
    };
    if bytes.len() > FIRST_LINE {
        return false;
    }
    let is_blank = |byte: u8| matches!(byte, b' ' | b'\t');
    let (mut colons, mut spaces, mut words) = (0, 0, 1);
    let mut before = first;
    for &byte in bytes {
        colons += usize::from(byte == b':');
        spaces += usize::from(byte == b' ');
        words += usize::from(is_blank(before) && !is_blank(byte));
        before = byte;
    }
    let is_comment = first == b'/' && matches!(bytes.get(1), Some(b'*' | b'/'));
    let is_network = matches!(last, b'*' | b'-' | b'.' | b'0'..=b'9');
    colons >= 4
        || colons > 0 && (spaces == 0 || words == 2 || line.contains(":{"))
        || words == 4 && (is_network || first.is_ascii_digit())
        || words <= 3 && matches!(first, b'/' | b'h' | b':') && !is_comment
        || words == 3 && first.is_ascii_digit()
        || (line.contains(" * ")
            || line.contains("\t*\t")
            || is_network && line.contains(['"', '\\']))
            && chap(line).is_some()
        || first == b'"' && quoted(line).is_some()
        || colons == 2 && digest(line).is_some()
}

/// Whether a line has the characters typical of one of the formats; hardly any does.
fn has_sign(line: &str) -> bool {
    let bytes = line.as_bytes();
    let word = bytes.iter().position(|byte| *byte == b' ');
    let word = &bytes[..word.unwrap_or(bytes.len())];
    // A colon in the first word, a host name or URL, or a number.
    word.iter()
        .any(|byte| matches!(byte, b':' | b'.' | b'/' | b'0'..=b'9' | b'"'))
        // The network that a PPP account is for.
        || bytes
            .last()
            .is_some_and(|last| matches!(last, b'*' | b'-' | b'.' | b'0'..=b'9'))
}

fn is_record(line: &str) -> bool {
    let line = line.trim();
    !line.is_empty() && !line.starts_with('#') && !line.starts_with(';') && line != "---"
}

/// Whether a line has this format; its password may be hashed or locked.
fn has_form(line: &str, form: Form) -> bool {
    form(line).is_some()
}

fn is_password(value: &str) -> bool {
    // A PostgreSQL hash: pgbouncer and pgpool log in to the server with it.
    if let Some(hash) = value.strip_prefix("md5").filter(|hash| hash.len() == 32) {
        return is_hex(hash);
    }
    let is_hash = value.starts_with('$') || value.starts_with("SCRAM-") || value.starts_with('{');
    let has = |is_of: fn(&u8) -> bool| value.as_bytes().iter().any(is_of);
    let is_mixed = value.len() >= 8 && has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic);
    let is_key = is_mixed && !opens_nothing("", value) && !is_made_up(value.as_bytes());
    !is_hash && (is_key || judge_promised(value).is_some() || is_hex(value))
}

fn is_hex(value: &str) -> bool {
    value.len() >= 32 && value.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// `host:port:database:user:password`, with colons in the password escaped by a backslash; `findings/` shows how
/// readers disagree on unescaped ones.
fn pgpass(line: &str) -> Option<&str> {
    let mut parts = line.trim_end().splitn(5, ':');
    let (host, port) = (parts.next()?, parts.next()?);
    let is_port = port == "*"
        || (!port.is_empty() && port.len() <= 5 && port.bytes().all(|byte| byte.is_ascii_digit()));
    let (_, user, password) = (parts.next()?, parts.next()?, parts.next()?);
    let is_login = !host.contains(' ') && is_port && !user.is_empty() && !user.contains(' ');
    let is_one_field = !password
        .replace("\\\\", "")
        .replace("\\:", "")
        .contains(':');
    (is_login && is_one_field).then_some(password)
}

/// `001 name address key`, as OSSEC and Wazuh store their agents.
fn ossec(line: &str) -> Option<&str> {
    let mut words = line.trim_end().split(' ');
    let (id, _, _, key) = (words.next()?, words.next()?, words.next()?, words.next()?);
    let is_id = id.len() >= 3 && id.bytes().all(|byte| byte.is_ascii_digit());
    (is_id && is_hex(key) && words.next().is_none()).then_some(key)
}

/// `user:id:LM hash:NT hash:[flags]`: the second hash can be used in place of the password.
fn samba(line: &str) -> Option<&str> {
    let mut parts = line.split(':');
    let (_, id, first, second, flags) = (
        parts.next()?,
        parts.next()?,
        parts.next()?,
        parts.next()?,
        parts.next()?,
    );
    let is_hash = |hash: &str| hash.len() == 32;
    let is_id = id.bytes().all(|byte| byte.is_ascii_digit());
    (is_id && is_hash(first) && is_hash(second) && flags.starts_with('[')).then_some(second)
}

/// `user:{PLAIN}password:…`, as Dovecot reads it.
fn scheme(line: &str) -> Option<&str> {
    let (user, rest) = line.split_once(":{")?;
    let (scheme, rest) = rest.split_once('}')?;
    let password = rest.split(':').next()?.trim_end();
    let is_user = !user.is_empty() && !user.contains([' ', '=', '"']);
    // Any password may be encoded, that in plain text, too: `{PLAIN.b64}`.
    let (scheme, encoding) = scheme.split_once('.').unwrap_or((scheme, "hex"));
    let is_plain = ["PLAIN", "CLEAR", "CLEARTEXT", "PLAIN-TRUNC"]
        .iter()
        .any(|it| it.eq_ignore_ascii_case(scheme));
    let is_known = ["hex", "b64", "base64"]
        .iter()
        .any(|it| it.eq_ignore_ascii_case(encoding));
    if is_plain && is_known {
        return is_user.then_some(password);
    }
    // A hashed value has this format, but is not a password.
    is_user
        .then(|| &line[line.len() - line.len().min(1)..])
        .filter(|_| !scheme.is_empty())
}

/// `1 SHA1 HEX:…`: the number of an NTP key, its kind, and the key.
fn ntp(line: &str) -> Option<&str> {
    let mut words = line.split(" #").next()?.split_ascii_whitespace();
    let (id, kind, key) = (words.next()?, words.next()?, words.next()?);
    let is_id = id.len() <= 5 && id.bytes().all(|byte| byte.is_ascii_digit());
    let is_kind = kind == "M" || ["MD5", "SHA", "AES"].iter().any(|it| kind.starts_with(it));
    let key = key.strip_prefix("HEX:").unwrap_or(key);
    let key = key.strip_prefix("ASCII:").unwrap_or(key);
    (is_id && is_kind && words.next().is_none()).then_some(key)
}

/// `user:realm:hash`, as written by `htdigest`: the hash is as good as the password to log in with.
fn digest(line: &str) -> Option<&str> {
    let (login, hash) = line.trim_end().rsplit_once(':')?;
    let (user, realm) = login.split_once(':')?;
    let is_login = !user.is_empty() && !user.contains([' ', '=', '"']) && !realm.contains(':');
    (is_login && hash.len() == 32 && is_hex(hash)).then_some(hash)
}

/// `user = password` below the line `[users]`, up to the next section, as Subversion's server and Shiro read them.
fn of_section(text: &str) -> Vec<Range<usize>> {
    let place = |value: &str| {
        let start = value.as_ptr() as usize - text.as_ptr() as usize;
        start..start + value.len()
    };
    let lines = text.lines().filter(|line| is_record(line)).skip(1);
    let lines = lines.take_while(|line| !line.starts_with('['));
    lines
        .filter(|line| line.contains('='))
        .filter_map(property)
        .filter(|value| is_password(value))
        .map(place)
        .take(MOST)
        .collect()
}

/// `user:password`, and `host:user:password`.
fn colons(line: &str) -> Option<&str> {
    let line = line.trim_end();
    let parts: Vec<&str> = line.splitn(4, ':').collect();
    let is_name = |name: &&str| {
        !name.is_empty()
            && name.len() <= 64
            && name.bytes().all(|byte| {
                byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-' | b'@')
            })
    };
    // Deluge appends the user's level of access to the password.
    let is_level = |part: &&str| matches!(*part, "0" | "1" | "5" | "10");
    let parts = match &parts[..] {
        [user, password, level] if is_level(level) => &[*user, *password][..],
        parts => parts,
    };
    let [names @ .., password] = parts else {
        return None;
    };
    let is_login = matches!(names.len(), 1 | 2) && names.iter().all(is_name);
    (is_login && !password.contains([' ', '"', '\''])).then_some(*password)
}

/// `user = password` and `user: password, role`, as Java servers list their users.
fn property(line: &str) -> Option<&str> {
    let (user, rest) = line.split_once(['=', ':'])?;
    let user = user.trim_end();
    let is_name =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-' | b'@');
    let is_user = (1..=32).contains(&user.len())
        && user.starts_with(|c: char| c.is_ascii_lowercase())
        && user.bytes().all(is_name);
    let password = rest.split(',').next().unwrap_or(rest).trim();
    let is_plain = !password.contains([' ', '"', '\'', '(', '{', ':', '/']) && !is_hex(password);
    // A hashed or scrambled value has this format, but is not a password.
    let value = if is_plain { password } else { &line[..0] };
    (is_user && !rest.contains("//")).then_some(value)
}

/// Whether a line is a `RubyGems` key, after the host that it is for.
fn is_gem(line: &str) -> bool {
    let (name, key) = line.trim_end().rsplit_once(": ").unwrap_or_default();
    (name.starts_with(':') || name.starts_with("http"))
        && key.len() >= 32
        && (is_hex(key) || key.starts_with("rubygems_"))
}

/// A user, then a password, as in `OpenVPN`'s `auth-user-pass`; or `RubyGems` keys by host.
fn two_lines(text: &str, first: &str) -> Vec<Range<usize>> {
    let place = |value: &str| {
        let start = value.as_ptr() as usize - text.as_ptr() as usize;
        start..start + value.len()
    };
    let mut lines = text.lines().filter(|line| is_record(line));
    if is_gem(first) && lines.clone().all(is_gem) {
        let key = |line: &str| line.rsplit_once(": ").map(|(_, key)| place(key));
        return lines.filter_map(key).take(MOST).collect();
    }
    let is_user = first.len() <= 64
        && !first.contains([' ', ':', '=', '/', '<', '{'])
        && first.starts_with(|c: char| c.is_ascii_alphabetic());
    // Nearly every file gets here, so at most three of its lines are read.
    match (lines.nth(1), lines.next()) {
        (Some(second), None) if is_user && second.len() <= 128 => {
            let value = second.trim();
            let is_key = judge_promised(value).is_some();
            is_key.then(|| place(value)).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&str> {
        let (values, _) = values(text.as_bytes());
        values.into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn each_form_has_its_password_in_its_place() {
        let word = "kP3vQ8xZ1mN7";
        for text in [
            format!("# a remark\n*:*:*:ann:{word}\n"),
            format!("db.internal:6432:shop:bob:{word}\n"),
            format!("\"ann\" \"{word}\"\n"),
            format!("ann:{{PLAIN}}{word}:1000:1000\nbob:{{CRYPT}}abc\n"),
            format!("ann server \"{word}\" *\n"),
            format!("\"ann\" * '{word}'\n"),
            format!("ann\t*\t{word}\n"),
            format!("ann server {word} 10.0.0.1 !10.0.0.0/24 *\n"),
            format!("ann:{{plain.b64}}{word}:1000:1000\nbob:{{PLAIN.HEX}}x\n"),
            format!("https://dav.internal/ ann {word}\n"),
            format!("mail.internal ann:{word}\n"),
            format!("[smtp.internal]:587 ann:{word}\n"),
            format!("ann:{word}\nbob:$apr1$abc$def\n"),
            format!("smtp.internal:ann:{word}\n"),
            format!("ann\n{word}\n"),
            format!("# keys\n1 SHA1 ASCII:{word} # of the clock\n20 M abc\n"),
            format!("### users\n\n[users]\nann = {word}\n# bob = x\n\n[groups]\nall = a1b2c3d4\n"),
        ] {
            assert_eq!(found(&text), [word], "{text}");
        }
        let key = "9f86d081884c7d65".repeat(4);
        assert_eq!(found(&format!("001 web 10.0.0.1 {key}\n")), [key.as_str()]);
        let hash = &key[..32].to_uppercase();
        let text = format!("ann:1000:{}:{hash}:[U ]:LCT-1:\n", "X".repeat(32));
        assert_eq!(found(&text), [hash.as_str()]);
    }

    #[test]
    fn two_quotation_marks_are_one_for_pgbouncer() {
        for password in [
            "kP3v\"\"Q8xZ1mN7",
            "kP3vQ8xZ\"\"\"\"1m",
            "kP3v\\Q8xZ1mN7",
            "kP3vQ8xZ1mN7\\",
        ] {
            for text in [
                format!("\"ann\" \"{password}\"\n"),
                format!("; users\n\"ann\"\t\"{password}\" more\n\"bob\" \"\"\n"),
            ] {
                assert_eq!(found(&text), [password], "{text}");
            }
        }
        assert_eq!(found("\"ann\" \"kP3vQ8xZ1mN7\"\"\n"), [""; 0]);
        assert_eq!(found("\"ann\"\"kP3vQ8xZ1mN7\"\n"), [""; 0]);
    }

    #[test]
    fn a_secret_of_ppp_may_have_blanks() {
        for (line, secret) in [
            ("ann * \"kP3v Q8xZ 1mN7\" *", "kP3v Q8xZ 1mN7"),
            ("ann * 'kP3v\"Q8xZ 1mN7' *", "kP3v\"Q8xZ 1mN7"),
            ("ann * kP3v\\ Q8xZ1mN7 *", "kP3v\\ Q8xZ1mN7"),
            ("* * \"kP3v\\\" Q8xZ1mN7\" 10.0.0.1", "kP3v\\\" Q8xZ1mN7"),
            ("\"ann b\" \"a server\" kP3vQ8xZ1mN7 -", "kP3vQ8xZ1mN7"),
            ("\"ann\" \"server\" \"kP3v Q8xZ 1mN7\" *", "kP3v Q8xZ 1mN7"),
            (
                "https://dav.internal/ ann \"kP3v Q8xZ 1mN7\"",
                "kP3v Q8xZ 1mN7",
            ),
        ] {
            assert_eq!(found(&format!("# secrets\n{line}\n")), [secret], "{line}");
        }
        for line in [
            "three kP3vQ8xZ1mN7 words",
            "three plain kP3vQ8xZ1mN7",
            "ann * \"kP3vQ8xZ1mN7 *",
            "ann * kP3vQ8xZ1mN7 words",
        ] {
            assert_eq!(found(&format!("{line}\n")), [""; 0], "{line}");
        }
    }

    #[test]
    fn users_of_java_are_properties() {
        let word = "kP3vQ8xZ1mN7";
        for text in [
            format!("# users\nann = {word}\nbob = ENC(1024:abc)\n"),
            format!("ann={word}\nbob={}\n", "9f86d081884c7d65".repeat(2)),
            format!("admin: {word}, admin\nuser: OBF:1v2j1uum, user\n"),
        ] {
            assert_eq!(found(&text), [word], "{text}");
            assert_eq!(values(text.as_bytes()).1, Kind::Property);
        }
        assert_eq!(found("Ann = kP3vQ8xZ1mN7\n"), [""; 0]);
        assert_eq!(found("url = https://a.internal/kP3vQ8xZ1mN7\n"), [""; 0]);
    }

    #[test]
    fn a_password_of_pgpass_may_have_an_escaped_colon() {
        let line = |password: &str| format!("db.internal:5432:shop:ann:{password}\n");
        assert_eq!(found(&line("kP3\\:Q8xZ1mN7")), ["kP3\\:Q8xZ1mN7"]);
        assert_eq!(found(&line("kP3\\\\:Q8xZ1mN7")), [""; 0]);
        assert_eq!(found(&line("kP3vQ8:xZ1mN7")), [""; 0]);
    }

    #[test]
    fn a_hash_that_is_sent_counts_as_a_password() {
        let hash = "9f86d081884c7d65".repeat(2);
        let text = format!("\"ann\" \"md5{hash}\"\n\"bob\" \"SCRAM-SHA-256$4096:abc$def:ghi\"\n");
        assert_eq!(found(&text), [format!("md5{hash}")]);
        assert_eq!(found(&format!("ann:md5{hash}\n")), [format!("md5{hash}")]);
        for realm in ["Area", "The Private Area", ""] {
            let text = format!("ann:{realm}:{hash}\n");
            assert_eq!(found(&text), [hash.as_str()], "{text}");
        }
    }

    #[test]
    fn what_is_no_list_has_none() {
        for text in [
            "",
            "a:b\nsome text that is none\n",
            "image: alpine:3.19\n",
            "ann:$2y$05$abcdefghij\n",
            "one line\nand another\n",
            "user\npassword\n",
            "8080:80\n",
            "[\"a.b\", \"ann:kP3vQ8xZ1mN7\"]\n",
            "[users]\nann:kP3vQ8xZ1mN7\n",
        ] {
            assert_eq!(found(text), [""; 0], "{text}");
        }
    }
}
