//! Tables in text files: a line of names, then lines of values separated by commas, semicolons or tabs.

use std::ops::Range;

use super::{CELLS, Cell, HEAD};
use crate::lexicon::name::classify;

/// The most columns a table may have.
const COLUMNS: usize = 64;
/// The most lines that are read.
const LINES: usize = 2_000;

/// Returns how many bytes show that this is not a table; `None` if the first line names a credential among other
/// things.
pub(super) fn is_none_by(bytes: &[u8]) -> Option<usize> {
    let Some(line) = first_line(bytes) else {
        return Some(HEAD);
    };
    let names = header(line).map(|(_, names)| names).unwrap_or_default();
    let is_one = names.into_iter().any(|name| is_name(&line[name]));
    (!is_one).then_some(line.len() + 1)
}

fn first_line(bytes: &[u8]) -> Option<&[u8]> {
    let head = &bytes[..bytes.len().min(HEAD)];
    memchr::memchr(b'\n', head).map(|end| &head[..end])
}

/// Calls `add` with the cells that are named like a credential; `add` returns whether a cell is one.
pub(super) fn cells(bytes: &[u8], add: &mut dyn FnMut(&Cell) -> bool) {
    let Some((separator, names)) = first_line(bytes).and_then(header) else {
        return;
    };
    let named: Vec<usize> = (0..names.len())
        .filter(|at| is_name(&bytes[names[*at].clone()]))
        .collect();
    let mut start = first_line(bytes).map_or(0, <[u8]>::len) + 1;
    let mut count = 0;
    for _ in 0..LINES {
        let Some(values) = row(bytes, &mut start, separator) else {
            return;
        };
        // A line with another number of cells does not belong to this table.
        if values.len() != names.len() {
            continue;
        }
        for &at in &named {
            let cell = Cell {
                name: names[at].clone(),
                value: values[at].clone(),
            };
            count += usize::from(add(&cell));
        }
        if count >= CELLS {
            return;
        }
    }
}

/// Returns the separator and the names of a header, which are at least two words.
fn header(line: &[u8]) -> Option<(u8, Vec<Range<usize>>)> {
    // Nearly every line that is not a header has a character that no header has, so this looks no further.
    let may_be_of_header = |byte: &u8| {
        byte.is_ascii_alphanumeric()
            || byte.is_ascii_whitespace()
            || b"_-.:/,;\"\xef\xbb\xbf".contains(byte)
    };
    if !line.iter().all(may_be_of_header) {
        return None;
    }
    let separator = [b',', b';', b'\t']
        .into_iter()
        .find(|separator| line.contains(separator))?;
    // Skip a byte order mark.
    let mut start = if line.starts_with(b"\xef\xbb\xbf") {
        3
    } else {
        0
    };
    let names = row(line, &mut start, separator)?;
    let is_word = |range: &Range<usize>| {
        let name = &line[range.clone()];
        let is_of_word = |byte: &u8| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b' ' | b'-' | b'.' | b':' | b'/')
        };
        name.len() <= super::NAME
            && name.iter().all(is_of_word)
            && name
                .first()
                .is_none_or(|byte| byte.is_ascii_alphabetic() || *byte == b'_')
            && !name.ends_with(b":")
    };
    let is_header = (2..=COLUMNS).contains(&names.len())
        && start >= line.len()
        && names.iter().all(is_word)
        && names.iter().filter(|name| !name.is_empty()).count() >= 2;
    is_header.then_some((separator, names))
}

fn is_name(name: &[u8]) -> bool {
    std::str::from_utf8(name).is_ok_and(|name| classify(name).is_some())
}

/// Returns the cells of the line at `start`, without quotation marks, and moves `start` to the next line. `None` at
/// the end.
fn row(bytes: &[u8], start: &mut usize, separator: u8) -> Option<Vec<Range<usize>>> {
    if *start >= bytes.len() {
        return None;
    }
    let mut cells = Vec::new();
    let mut at = *start;
    loop {
        let is_quoted = bytes.get(at) == Some(&b'"');
        let (cell, end) = if is_quoted {
            quoted(bytes, at + 1)
        } else {
            let rest = &bytes[at..];
            let end = rest
                .iter()
                .position(|byte| *byte == separator || *byte == b'\n')
                .map_or(bytes.len(), |end| at + end);
            (trimmed(bytes, at..end), end)
        };
        cells.push(cell);
        match bytes.get(end) {
            Some(byte) if *byte == separator && cells.len() <= COLUMNS => at = end + 1,
            _ => {
                let rest = bytes.get(end..).unwrap_or_default();
                let line = memchr::memchr(b'\n', rest);
                *start = line.map_or(bytes.len(), |line| end + line + 1);
                return Some(cells);
            }
        }
    }
}

/// Returns the quoted cell whose content begins at `start`, and where it ends. Quotation marks inside are doubled.
fn quoted(bytes: &[u8], start: usize) -> (Range<usize>, usize) {
    let mut at = start;
    while let Some(next) = memchr::memchr(b'"', &bytes[at..]) {
        let mark = at + next;
        if bytes.get(mark + 1) == Some(&b'"') {
            at = mark + 2;
        } else {
            return (start..mark, mark + 1);
        }
    }
    (start..start, bytes.len())
}

fn trimmed(bytes: &[u8], range: Range<usize>) -> Range<usize> {
    let text = &bytes[range.clone()];
    let start = range.start + (text.len() - text.trim_ascii_start().len());
    start..start + text.trim_ascii().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&str> {
        let mut values = Vec::new();
        cells(text.as_bytes(), &mut |cell| {
            values.push(&text[cell.value.clone()]);
            true
        });
        values
    }

    #[test]
    fn a_column_names_its_cells() {
        assert_eq!(found("url,user,password\na,b,c1\nd,e,f1\n"), ["c1", "f1"]);
        assert_eq!(
            found("\"Name\";\"Password\"\r\n\"a;b\";\"c\"\"1\"\r\n"),
            ["c\"\"1"]
        );
        assert_eq!(found("id\tapi_token\n1\tabc\n"), ["abc"]);
        assert_eq!(found("a,b,password\n\"x\ny\",2,z\n"), ["z"]);
    }

    #[test]
    fn what_has_no_header_is_no_table() {
        for text in [
            "password = a, b\nx,y\n",
            "if (a, password) {\na,b\n",
            "the password, and more\n1\n",
            "password\nx\n",
            "user,password",
            "1,password\nx,y\n",
            "a,\"password\nx,y",
            "",
        ] {
            assert_eq!(found(text), [""; 0], "{text}");
        }
    }
}
