//! Command lines around a credential: which hosts they call.

use std::ops::Range;

use super::comment::LINE_LIMIT;
use super::flags::DISCLAIMED;
use crate::lexicon::{host, value};

/// Returns [`DISCLAIMED`] if the command that gets the password only calls hosts nearby, else 0.
pub(in crate::detect) fn known(bytes: &[u8], password: &Range<usize>) -> u64 {
    if opens_what_is_near(bytes, password) {
        DISCLAIMED
    } else {
        0
    }
}

/// Whether the password is one that everybody tries, and its command calls only the machine itself or a container next
/// to it: `curl -u guest:guest http://rabbitmq:15672/api`.
fn opens_what_is_near(bytes: &[u8], password: &Range<usize>) -> bool {
    let text = std::str::from_utf8(&bytes[password.clone()]);
    if !text.is_ok_and(value::weak) {
        return false;
    }
    let before = &bytes[password.start.saturating_sub(LINE_LIMIT)..password.start];
    let behind = &bytes[password.end..bytes.len().min(password.end + LINE_LIMIT)];
    let mut hosts = hosts(&before[begin(before)..])
        .chain(hosts(&behind[..end(behind)]))
        .peekable();
    hosts.peek().is_some() && hosts.all(|host| std::str::from_utf8(host).is_ok_and(host::is_near))
}

/// Where the command begins: after the last line that does not continue on the next one.
fn begin(before: &[u8]) -> usize {
    let is_end = |at: &usize| !goes_on(&before[..*at]);
    memchr::memrchr_iter(b'\n', before)
        .find(is_end)
        .map_or(0, |at| at + 1)
}

/// Where the command ends.
fn end(behind: &[u8]) -> usize {
    let is_end = |at: &usize| !goes_on(&behind[..*at]);
    memchr::memchr_iter(b'\n', behind)
        .find(is_end)
        .unwrap_or(behind.len())
}

/// Whether a line ends with `\` and so continues on the next one.
fn goes_on(line: &[u8]) -> bool {
    line.strip_suffix(b"\r").unwrap_or(line).ends_with(b"\\")
}

/// Returns what follows each `://`, up to the end of the host and port.
fn hosts(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    memchr::memmem::find_iter(text, b"://").map(|at| {
        let rest = &text[at + 3..];
        let is_end = |byte: &u8| byte.is_ascii_whitespace() || b"/\"'`?#;|)".contains(byte);
        rest.iter()
            .position(is_end)
            .map_or(rest, |end| &rest[..end])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_lead_to_what_is_near() {
        for (text, expected) in [
            ("curl -u guest:guest http://rabbitmq:15672/api", true),
            (
                "curl -s -u \"guest:guest\" \\\n -X POST \"http://localhost/\" \\\n -d 1\ncurl https://a.org",
                true,
            ),
            ("curl http://127.0.0.1:80/ -u guest:guest", true),
            ("curl -u guest:guest https://mq.acme.org/api", false),
            (
                "curl -u guest:guest https://mq.acme.org/?next=http://localhost",
                false,
            ),
            ("curl -u guest:guest $HOST", false),
            ("curl -u guest:x4VJz2r9x2 http://rabbitmq:15672/api", false),
            ("a http://localhost\ncurl -u guest:guest \"$HOST\"", false),
        ] {
            let at = text.find("guest:").unwrap() + "guest:".len();
            let rest = &text[at..];
            let length = rest.find(['"', ' ']).unwrap_or(rest.len());
            let found = opens_what_is_near(text.as_bytes(), &(at..at + length));
            assert_eq!(found, expected, "{text}");
        }
    }
}
