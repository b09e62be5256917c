//! Values that end with their line.

use super::is_blank;

/// What ends a value without quotes that is all that is behind its name, in a file of its format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::redact) enum Ending {
    /// A blank: scripts, programs, texts.
    Blank,
    /// A comment, which has a blank before it.
    Comment,
    /// A comment, in YAML.
    Yaml,
    /// Nothing: there are no comments behind values, or not for all readers.
    Line,
}

impl Ending {
    /// That of the file at `path`.
    pub(in crate::redact) fn of(path: &str) -> Self {
        let name = path
            .rsplit(['/', '\\'])
            .next()
            .unwrap_or(path)
            .to_ascii_lowercase();
        let is_env = name == ".env" || name.starts_with(".env.") || name.ends_with(".env");
        match name.rsplit_once('.').map_or("", |(_, ending)| ending) {
            "properties" | "ini" | "bat" | "cmd" => Self::Line,
            "yml" | "yaml" => Self::Yaml,
            _ if is_env => Self::Comment,
            "conf" | "cfg" | "cnf" => Self::Comment,
            _ => Self::Blank,
        }
    }

    /// How much of `tail` belongs to the value that is between `before` and it.
    pub(super) fn end(self, before: &[u8], tail: &[u8]) -> usize {
        let begins = match self {
            Self::Blank => false,
            Self::Yaml => is_behind_name(before, b":="),
            Self::Comment => is_behind_name(before, b"=:") || is_behind_word(before),
            Self::Line => is_behind_name(before, b"=:"),
        };
        let is_blank_first = tail.first().is_some_and(|byte| is_blank(*byte));
        if !begins || !is_blank_first && self != Self::Yaml {
            return 0;
        }
        let is_comment = |at: &usize| tail[*at] == b'#' && *at > 0 && is_blank(tail[*at - 1]);
        let end = match self {
            Self::Line => tail.len(),
            _ => (0..tail.len()).find(is_comment).unwrap_or(tail.len()),
        };
        tail[..end].trim_ascii_end().len()
    }
}

/// Whether a line so far is a name and one of `signs`.
fn is_behind_name(before: &[u8], signs: &[u8]) -> bool {
    let line = before.trim_ascii();
    let Some((sign, name)) = line.split_last() else {
        return false;
    };
    let lead = [&b"- "[..], b"export ", b"set ", b"SET "];
    let name = lead
        .iter()
        .find_map(|lead| name.strip_prefix(*lead))
        .unwrap_or(name);
    let name = name.trim_ascii();
    signs.contains(sign) && is_name(name)
}

/// Whether a line so far is a name and a blank: a directive.
fn is_behind_word(before: &[u8]) -> bool {
    let name = before.trim_ascii();
    before.last().is_some_and(|byte| is_blank(*byte)) && is_name(name)
}

fn is_name(name: &[u8]) -> bool {
    let is_of_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"_.-".contains(byte);
    !name.is_empty() && name.iter().all(is_of_name)
}
