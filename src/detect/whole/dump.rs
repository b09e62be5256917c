//! Database dumps: `INSERT INTO` with or without column names, and `COPY … FROM stdin`. If a row is a setting, its
//! name is in a cell beside the value.

use std::ops::Range;

use memchr::memmem;
use rustc_hash::FxHashMap;

use super::{CELLS, Cell};
use crate::lexicon::name::classify;

/// How many bytes are read to see how a statement begins.
const HEAD: usize = 64;
/// How many bytes of comments at the beginning are read.
const HEAD_REMARKS: usize = 8 << 10;
/// The longest list of columns, in bytes.
const COLUMNS: usize = 16 << 10;
/// How much of a dump is read, in bytes.
const MOST: usize = 64 << 20;

/// Names of columns that contain the name of a setting, followed by those that contain its value.
const KEYS: &[&str] = &[
    "name",
    "key",
    "option",
    "option_name",
    "setting",
    "setting_name",
    "variable",
    "config_key",
    "param",
    "parameter",
    "meta_key",
    "code",
    "path",
    "property",
    "setting_key",
    "conf_name",
];
const VALUES: &[&str] = &[
    "value",
    "option_value",
    "setting_value",
    "config_value",
    "val",
    "meta_value",
    "data",
    "content",
    "conf_value",
];

/// The first word of lines in `CREATE TABLE` that do not define a column.
const NO_COLUMNS: [&[u8]; 9] = [
    b"primary",
    b"key",
    b"unique",
    b"constraint",
    b"foreign",
    b"index",
    b"check",
    b"fulltext",
    b"spatial",
];

/// The columns of a table that may contain credentials.
#[derive(Debug, Default)]
struct Table {
    /// How many columns there are.
    width: usize,
    /// The indices of columns that are named like a credential, and where those names are.
    named: Vec<(usize, Range<usize>)>,
    /// The columns with the name and the value, if rows are settings.
    setting: Option<(usize, usize)>,
}

/// Calls `add` with the cells that are named like a credential; `add` returns whether a cell is one.
pub(super) fn cells(bytes: &[u8], add: &mut dyn FnMut(&Cell) -> bool) {
    if !may_be_dump(bytes) {
        return;
    }
    let bytes = &bytes[..bytes.len().min(MOST)];
    let mut tables: FxHashMap<Vec<u8>, Table> = FxHashMap::default();
    let mut at = 0;
    while let Some((kind, start)) = next_statement(bytes, at) {
        at = match kind {
            Kind::Create => create(bytes, start, &mut tables),
            Kind::Insert => insert(bytes, start, &tables, add),
            Kind::Copy => copy(bytes, start, add),
        };
    }
}

/// Whether a text begins with SQL statements, after any comments, and has some that contain rows.
fn may_be_dump(bytes: &[u8]) -> bool {
    begins_otherwise(bytes).is_none()
        && [
            &b"INSERT INTO"[..],
            b"insert into",
            b"\nCOPY ",
            b"Insert into",
        ]
        .iter()
        .any(|word| memmem::find(bytes, word).is_some())
}

/// Returns how many bytes at the beginning of a text show that it is not a dump; `None` if it begins like one after
/// any comments.
pub(super) fn begins_otherwise(bytes: &[u8]) -> Option<usize> {
    const STARTS: [&[u8]; 13] = [
        b"set ",
        b"create ",
        b"insert ",
        b"begin",
        b"drop ",
        b"use ",
        b"copy ",
        b"pragma ",
        b"\\restrict",
        b"start ",
        b"lock ",
        b"alter ",
        b"delete ",
    ];
    const LONGEST: usize = 16;
    let head = &bytes[..bytes.len().min(HEAD_REMARKS)];
    let Some(rest) = below_remarks(head) else {
        return Some(HEAD_REMARKS);
    };
    let decided = head.len() - rest.len() + LONGEST;
    // Hardly any text begins with the same letter as a dump.
    let may_begin = |byte: &u8| b"scibdupal\\".contains(&byte.to_ascii_lowercase());
    if !rest.first().is_some_and(may_begin) {
        return Some(decided);
    }
    let begins = |start: &&[u8]| {
        rest.get(..start.len())
            .is_some_and(|word| word.eq_ignore_ascii_case(start))
    };
    (!STARTS.iter().any(begins)).then_some(decided)
}

/// Returns what follows the comments that a text begins with, which C and related languages write the same way. `None`
/// if a comment does not end there.
fn below_remarks(text: &[u8]) -> Option<&[u8]> {
    let mut text = text.trim_ascii_start();
    loop {
        text = if text.starts_with(b"--") {
            &text[memchr::memchr(b'\n', text)?..]
        } else if let Some(remark) = text.strip_prefix(b"/*") {
            &remark[memmem::find(remark, b"*/")? + 2..]
        } else if let Some(rest) = text.strip_prefix(b";") {
            rest
        } else {
            return Some(text);
        }
        .trim_ascii_start();
    }
}

enum Kind {
    Create,
    Insert,
    Copy,
}

/// Returns the next statement after `at`, and what follows its first words.
fn next_statement(bytes: &[u8], mut at: usize) -> Option<(Kind, usize)> {
    const WORDS: [(&[u8], Kind); 3] = [
        (b"create table ", Kind::Create),
        (b"insert into ", Kind::Insert),
        (b"copy ", Kind::Copy),
    ];
    loop {
        let rest = bytes.get(at..)?;
        let line = &rest[..rest.len().min(HEAD)];
        let indent = line.len() - line.trim_ascii_start().len();
        let line = &line[indent..];
        for (word, kind) in WORDS {
            let head = line.get(..word.len());
            if head.is_some_and(|head| head.eq_ignore_ascii_case(word)) {
                return Some((kind, at + indent + word.len()));
            }
        }
        at += memchr::memchr(b'\n', rest)? + 1;
    }
}

/// Returns the name of the table at `start`, in lower case without quotation marks and schema, and where it ends.
fn table_name(bytes: &[u8], start: usize) -> (Vec<u8>, usize) {
    let head = &bytes[start..bytes.len().min(start + 256)];
    let head = head
        .get(..14)
        .filter(|words| words.eq_ignore_ascii_case(b"if not exists "))
        .map_or(head, |words| &head[words.len()..]);
    let offset = bytes.len().min(start + 256) - start - head.len();
    let is_of_name = |byte: &&u8| {
        byte.is_ascii_alphanumeric()
            || matches!(
                byte,
                b'_' | b'.' | b'`' | b'"' | b'[' | b']' | b'$' | 0x80..
            )
    };
    let length = head.iter().take_while(is_of_name).count();
    let own = head[..length].rsplit(|byte| *byte == b'.').next();
    (plain(own.unwrap_or_default()), start + offset + length)
}

fn plain(name: &[u8]) -> Vec<u8> {
    let name = name
        .iter()
        .filter(|byte| !matches!(byte, b'`' | b'"' | b'[' | b']'));
    name.map(u8::to_ascii_lowercase).collect()
}

/// Records the columns of a table, and returns where its list ends.
fn create(bytes: &[u8], start: usize, tables: &mut FxHashMap<Vec<u8>, Table>) -> usize {
    let (name, end) = table_name(bytes, start);
    let Some(open) = opening(bytes, end) else {
        return end;
    };
    let mut items = Vec::new();
    let close = list(&bytes[..bytes.len().min(open + COLUMNS)], open, &mut items);
    let columns = items.into_iter().filter_map(|item| {
        let text = &bytes[item.clone()];
        let length = text
            .iter()
            .position(u8::is_ascii_whitespace)
            .unwrap_or(text.len());
        let word = plain(&text[..length]);
        // If `key` is a reserved word, a column of that name is quoted.
        let is_column =
            !NO_COLUMNS.contains(&&word[..]) || matches!(text.first(), Some(b'`' | b'"' | b'['));
        is_column.then_some(item.start..item.start + length)
    });
    let table = Table::of(bytes, &columns.collect::<Vec<_>>());
    tables.insert(name, table);
    close
}

impl Table {
    fn of(bytes: &[u8], columns: &[Range<usize>]) -> Self {
        let names: Vec<Vec<u8>> = columns
            .iter()
            .map(|range| plain(&bytes[range.clone()]))
            .collect();
        let find = |wanted: &[&str]| {
            let is_wanted = |name: &Vec<u8>| wanted.iter().any(|word| word.as_bytes() == name);
            names.iter().position(is_wanted)
        };
        let named = columns.iter().enumerate().filter_map(|(at, range)| {
            let range = trimmed(bytes, range.clone());
            let name = std::str::from_utf8(&bytes[range.clone()]).ok()?;
            classify(name).map(|_| (at, range))
        });
        Self {
            width: columns.len(),
            named: named.collect(),
            setting: find(KEYS).zip(find(VALUES)),
        }
    }

    /// Calls `add` with the cells of a row that may be credentials, and returns how many were.
    fn row(
        &self,
        bytes: &[u8],
        values: &[Range<usize>],
        add: &mut dyn FnMut(&Cell) -> bool,
    ) -> usize {
        if values.len() != self.width {
            return 0;
        }
        let mut count = 0;
        let mut show = |name: Range<usize>, value: Range<usize>| {
            let name = unquoted(bytes, name);
            let value = unquoted(bytes, value);
            count += usize::from(add(&Cell { name, value }));
        };
        for (at, name) in &self.named {
            show(name.clone(), values[*at].clone());
        }
        if let Some((name, value)) = self.setting {
            show(values[name].clone(), values[value].clone());
        }
        count
    }

    fn is_of_interest(&self) -> bool {
        !self.named.is_empty() || self.setting.is_some()
    }
}

/// Reads the rows of an `INSERT`, and returns where it ends.
fn insert(
    bytes: &[u8],
    start: usize,
    tables: &FxHashMap<Vec<u8>, Table>,
    add: &mut dyn FnMut(&Cell) -> bool,
) -> usize {
    let (name, end) = table_name(bytes, start);
    let mut at = end;
    let mut own = None;
    if let Some(open) = opening(bytes, end) {
        let mut columns = Vec::new();
        at = list(
            &bytes[..bytes.len().min(open + COLUMNS)],
            open,
            &mut columns,
        );
        own = Some(Table::of(bytes, &columns));
    }
    let Some(table) = own
        .as_ref()
        .or_else(|| tables.get(&name))
        .filter(|table| table.is_of_interest())
    else {
        return end;
    };
    let gap = &bytes[at..bytes.len().min(at + HEAD)];
    let space = gap.len() - gap.trim_ascii_start().len();
    if !gap[space..]
        .get(..6)
        .is_some_and(|word| word.eq_ignore_ascii_case(b"values"))
    {
        return at;
    }
    at += space + 6;
    let mut count = 0;
    while let Some(open) = opening(bytes, at) {
        let mut values = Vec::new();
        at = list(bytes, open, &mut values);
        count += table.row(bytes, &values, add);
        if count >= CELLS {
            break;
        }
        let rest = &bytes[at..bytes.len().min(at + 1)];
        at += usize::from(rest == b",");
    }
    at
}

/// Reads the lines of a `COPY … FROM stdin`, and returns where they end.
fn copy(bytes: &[u8], start: usize, add: &mut dyn FnMut(&Cell) -> bool) -> usize {
    let (_, end) = table_name(bytes, start);
    let Some(open) = opening(bytes, end) else {
        return end;
    };
    let mut columns = Vec::new();
    let close = list(
        &bytes[..bytes.len().min(open + COLUMNS)],
        open,
        &mut columns,
    );
    let table = Table::of(bytes, &columns);
    let rest = &bytes[close..];
    let line = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
    let is_data = rest[..line]
        .to_ascii_lowercase()
        .starts_with(b" from stdin");
    if !is_data || !table.is_of_interest() {
        return close + line;
    }
    let mut at = close + line + 1;
    let mut count = 0;
    while let Some(rest) = bytes.get(at..).filter(|rest| !rest.starts_with(b"\\.")) {
        let end = at + memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        if count < CELLS {
            let mut values = Vec::new();
            let mut from = at;
            for tab in memchr::memchr_iter(b'\t', &bytes[at..end]) {
                values.push(from..at + tab);
                from = at + tab + 1;
            }
            values.push(from..end);
            let values: Vec<_> = values
                .into_iter()
                .map(|range| trimmed(bytes, range))
                .collect();
            count += table.row(bytes, &values, add);
        }
        at = end + 1;
    }
    at
}

/// Returns the position after an opening bracket that may follow white space.
fn opening(bytes: &[u8], at: usize) -> Option<usize> {
    let rest = &bytes[at..bytes.len().min(at + HEAD)];
    let space = rest.len() - rest.trim_ascii_start().len();
    (rest.get(space) == Some(&b'(')).then_some(at + space + 1)
}

/// Collects the items between commas up to the closing bracket, and returns the position after it.
fn list(bytes: &[u8], start: usize, items: &mut Vec<Range<usize>>) -> usize {
    let mut depth = 0_usize;
    let (mut at, mut from) = (start, start);
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\'' | b'"' | b'`' => at = string_end(bytes, at),
            b'(' => depth += 1,
            b')' if depth == 0 => {
                items.push(trimmed(bytes, from..at));
                return at + 1;
            }
            b')' => depth -= 1,
            b',' if depth == 0 => {
                items.push(trimmed(bytes, from..at));
                from = at + 1;
            }
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

/// Returns the position of the closing quotation mark of the string that opens at `at`. Inside, quotation marks are
/// doubled or follow a backslash.
fn string_end(bytes: &[u8], at: usize) -> usize {
    let mark = bytes[at];
    let mut next = at + 1;
    loop {
        let Some(found) = bytes
            .get(next..)
            .and_then(|rest| memchr::memchr2(mark, b'\\', rest))
        else {
            return bytes.len();
        };
        let end = next + found;
        if bytes[end] == b'\\' || bytes.get(end + 1) == Some(&mark) {
            next = end + 2;
        } else {
            return end;
        }
    }
}

fn trimmed(bytes: &[u8], range: Range<usize>) -> Range<usize> {
    let text = &bytes[range.clone()];
    let start = range.start + (text.len() - text.trim_ascii_start().len());
    unmarked(bytes, start..start + text.trim_ascii().len(), b"`\"[]")
}

/// A value without its quotation marks.
fn unquoted(bytes: &[u8], range: Range<usize>) -> Range<usize> {
    unmarked(bytes, range, b"'")
}

fn unmarked(bytes: &[u8], range: Range<usize>, marks: &[u8]) -> Range<usize> {
    let text = &bytes[range.clone()];
    match text {
        [first, .., last] if marks.contains(first) && marks.contains(last) => {
            range.start + 1..range.end - 1
        }
        _ => range,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(&str, &str)> {
        let mut values = Vec::new();
        cells(text.as_bytes(), &mut |cell| {
            values.push((&text[cell.name.clone()], &text[cell.value.clone()]));
            true
        });
        values
    }

    #[test]
    fn the_table_above_names_the_columns_of_rows() {
        let text = "-- dump\nCREATE TABLE `a`.`users` (\n `id` int(11),\n `password` varchar(9) DEFAULT ',',\n KEY `x` (`id`)\n);\n\
                    INSERT INTO `users` VALUES\n(1,'it''s'),(2,'b)\\'c');\n";
        assert_eq!(found(text), [("password", "it''s"), ("password", "b)\\'c")]);
    }

    #[test]
    fn rows_name_their_columns() {
        let text = "insert into users (id, \"password\") values (1, 'abc');\n";
        assert_eq!(found(text), [("password", "abc")]);
        let text =
            "--\nCOPY public.users (id, password) FROM stdin;\n1\tabc\n2\t\\N\n\\.\nselect 1;\n";
        assert_eq!(found(text), [("password", "abc"), ("password", "\\N")]);
    }

    #[test]
    fn a_setting_has_its_name_beside_it() {
        let text = "CREATE TABLE options (name text, value text);\nINSERT INTO options VALUES ('smtp_password','abc');\n";
        assert_eq!(found(text), [("smtp_password", "abc")]);
    }

    #[test]
    fn what_is_cut_off_or_no_dump_does_no_harm() {
        for text in [
            "-- x\nINSERT INTO",
            "-- x\nINSERT INTO a (password",
            "-- x\nINSERT INTO a (password) VALUES ('abc",
            "-- x\nCOPY a (password) FROM stdin;",
            "-- x\nCOPY a (password) FROM stdin;\nabc",
            "password: INSERT INTO a (password) VALUES ('abc');",
            "/* x */ insert into ",
        ] {
            for end in 0..text.len() {
                let _ = found(&text[..end]);
            }
        }
        assert_eq!(found("x: INSERT INTO a (password) VALUES ('abc');"), []);
    }
}
