//! Cells of `SQLite` databases.
//!
//! The columns of a row follow each other directly, and a row that is too long for its page continues on others. So a
//! token may be followed by letters of the next column, or be split in two. Rows are therefore read according to the
//! file format (<https://www.sqlite.org/fileformat.html>), but pages in the order of the file rather than by their
//! tree: that gives the same for an intact database, and cannot go astray in a damaged one.

use crate::model::Places;

/// Shorter cells hold no credential.
const SHORTEST: usize = 8;
/// How many columns of a row are looked at, which is `SQLite`'s default limit.
const COLUMNS: usize = 2000;
/// The length of the file header, which is in the first page, in bytes.
const FILE_HEADER: usize = 100;

/// Returns the texts and blobs of all rows, one per line, and where they are.
///
/// Stops after as many bytes as the file has: a damaged file could show the same bytes again and again.
pub fn cells(bytes: &[u8]) -> (Vec<u8>, Places) {
    let mut found = Found::default();
    if let Some(file) = File::open(bytes) {
        for number in 0..bytes.len().div_ceil(file.page_size) {
            if found.copied > bytes.len() {
                break;
            }
            file.page(number, &mut found);
        }
    }
    (found.text, found.places)
}

/// What has been read so far.
#[derive(Default)]
struct Found {
    text: Vec<u8>,
    places: Places,
    /// How many bytes were processed for it.
    copied: usize,
}

struct File<'a> {
    bytes: &'a [u8],
    page_size: usize,
    /// How many bytes of a page can be used.
    usable: usize,
}

/// A row, put together again.
#[derive(Default)]
struct Row {
    bytes: Vec<u8>,
    /// Where its parts begin, in the row and in the file.
    parts: Vec<(usize, usize)>,
}

impl<'a> File<'a> {
    fn open(bytes: &'a [u8]) -> Option<Self> {
        let page_size = match number(bytes, 16, 2)? {
            1 => 1 << 16,
            size => size,
        };
        let usable = page_size.checked_sub(usize::from(*bytes.get(20)?))?;
        // In UTF-16 databases, texts do not run into their neighbours.
        let is_utf8 = number(bytes, 56, 4)? <= 1;
        (is_utf8 && page_size.is_power_of_two() && usable >= 480).then_some(Self {
            bytes,
            page_size,
            usable,
        })
    }

    /// Reads the rows of a page, if it has any.
    fn page(&self, page: usize, found: &mut Found) -> Option<()> {
        let start = page * self.page_size;
        let header = if page == 0 { FILE_HEADER } else { start };
        // Leaves of tables, and leaves and nodes of indexes: tables without row ids are stored as indexes.
        let (is_table, size, skipped) = match self.bytes.get(header)? {
            0x0d => (true, 8, 0),
            0x0a => (false, 8, 0),
            0x02 => (false, 12, 4),
            _ => return None,
        };
        let rows = number(self.bytes, header + 3, 2)?;
        for row in 0..rows.min(self.page_size / 4) {
            let at = start + number(self.bytes, header + size + 2 * row, 2)? + skipped;
            found.copied += 4;
            if found.copied > self.bytes.len() {
                return None;
            }
            self.row(at, is_table, found);
        }
        None
    }

    fn row(&self, at: usize, is_table: bool, found: &mut Found) -> Option<()> {
        let (length, mut at) = varint(self.bytes, at)?;
        if is_table {
            (_, at) = varint(self.bytes, at)?;
        }
        let row = self.payload(at, length, is_table)?;
        found.copied += row.bytes.len();
        let (header, mut at) = varint(&row.bytes, 0)?;
        let mut start = header;
        for _ in 0..COLUMNS {
            if at >= header {
                break;
            }
            let kind;
            (kind, at) = varint(&row.bytes, at)?;
            let size = match kind {
                0 | 8 | 9 => 0,
                1..=4 => kind,
                5 => 6,
                6 | 7 => 8,
                _ => kind.checked_sub(12)? / 2,
            };
            let end = start.checked_add(size)?;
            if kind >= 12 && size >= SHORTEST {
                row.tell(start..end.min(row.bytes.len()), found);
            }
            start = end;
        }
        None
    }

    /// Puts together a row whose first part is at `at`.
    fn payload(&self, at: usize, length: usize, is_table: bool) -> Option<Row> {
        let usable = self.usable;
        let most = if is_table {
            usable - 35
        } else {
            (usable - 12) * 64 / 255 - 23
        };
        let least = (usable - 12) * 32 / 255 - 23;
        let here = if length <= most {
            length
        } else {
            let rest = least + (length - least) % (usable - 4);
            if rest <= most { rest } else { least }
        };
        let mut row = Row::default();
        row.add(self.bytes, at, here)?;
        let mut next = at + here;
        // A damaged length ends with the file.
        let wanted = length.min(self.bytes.len());
        while row.bytes.len() < wanted {
            let page = number(self.bytes, next, 4)?.checked_sub(1)?;
            next = page.checked_mul(self.page_size)?;
            let size = (wanted - row.bytes.len()).min(usable - 4);
            if row.add(self.bytes, next + 4, size).is_none() {
                break;
            }
        }
        Some(row)
    }
}

impl Row {
    fn add(&mut self, file: &[u8], at: usize, size: usize) -> Option<()> {
        let part = file.get(at..at.checked_add(size)?)?;
        self.parts.push((self.bytes.len(), at));
        self.bytes.extend_from_slice(part);
        Some(())
    }

    /// Adds a cell to what was found.
    fn tell(&self, cell: std::ops::Range<usize>, found: &mut Found) {
        let Some(bytes) = self.bytes.get(cell.clone()) else {
            return;
        };
        let text = found.text.len();
        let begun = self
            .parts
            .partition_point(|(start, _)| *start <= cell.start);
        for &(start, in_file) in &self.parts[begun.saturating_sub(1)..] {
            if start >= cell.end {
                break;
            }
            let from = start.max(cell.start);
            let place = in_file + (from - start);
            found.places.push(text + (from - cell.start), place, 1);
        }
        found.text.extend_from_slice(bytes);
        found.text.push(b'\n');
    }
}

/// Reads a big-endian number of `size` bytes.
fn number(bytes: &[u8], at: usize, size: usize) -> Option<usize> {
    let bytes = bytes.get(at..at.checked_add(size)?)?;
    Some(
        bytes
            .iter()
            .fold(0, |number, byte| number << 8 | usize::from(*byte)),
    )
}

/// Reads a number with seven bits per byte, and returns where it ends. Caps numbers that exceed any file size.
fn varint(bytes: &[u8], at: usize) -> Option<(usize, usize)> {
    let mut number: u64 = 0;
    for (read, byte) in bytes.get(at..)?.iter().take(9).enumerate() {
        if read == 8 {
            number = number << 8 | u64::from(*byte);
        } else {
            number = number << 7 | u64::from(byte & 0x7f);
        }
        if read == 8 || byte & 0x80 == 0 {
            // A row id may be negative; it is not used.
            let number = usize::try_from(number).unwrap_or(usize::MAX);
            return Some((number.min(usize::MAX / 4), at + read + 1));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: u16 = 512;

    /// Makes a database with a file header and one page of rows, given as payload lengths and the bytes on this page.
    fn database(rows: &[(usize, &[u8])]) -> Vec<u8> {
        let mut file = b"SQLite format 3\0".to_vec();
        file.extend(PAGE.to_be_bytes());
        file.resize(56, 0);
        file.extend([0, 0, 0, 1]);
        file.resize(FILE_HEADER, 0);
        let count = u8::try_from(rows.len()).unwrap();
        file.extend([0x0d, 0, 0, 0, count, 0, 0, 0]);
        let (mut cells, mut at) = (Vec::new(), FILE_HEADER + 8 + 2 * rows.len());
        for (number, (length, payload)) in (1..).zip(rows) {
            file.extend(u16::try_from(at).unwrap().to_be_bytes());
            let length = packed(*length);
            let cell = [&length[..], &[number], payload].concat();
            at += cell.len();
            cells.extend(cell);
        }
        file.extend(cells);
        file.resize(usize::from(PAGE), 0);
        file
    }

    /// Encodes a number with seven bits per byte.
    fn packed(number: usize) -> Vec<u8> {
        let bits = usize::BITS - number.leading_zeros();
        let bytes = (0..bits.div_ceil(7).max(1)).rev();
        let byte = |at| {
            let more = if at > 0 { 0x80 } else { 0 };
            u8::try_from(number >> (7 * at) & 0x7f).unwrap() | more
        };
        bytes.map(byte).collect()
    }

    /// Makes a database of one row, which begins on its page and continues on as many others as it needs.
    fn chained(row: &[u8]) -> Vec<u8> {
        let page = usize::from(PAGE);
        let here = 39 + (row.len() - 39) % (page - 4);
        let mut file = database(&[(row.len(), &[&row[..here], &[0, 0, 0, 2]].concat())]);
        let parts = row[here..].chunks(page - 4);
        let count = u32::try_from(parts.len()).unwrap();
        for (part, next) in parts.zip(3..) {
            let next: u32 = if next < count + 2 { next } else { 0 };
            file.extend(next.to_be_bytes());
            file.extend(part);
        }
        file.resize(file.len().next_multiple_of(page), 0);
        file
    }

    fn row(cells: &[&str]) -> Vec<u8> {
        let kind = |cell: &&str| u8::try_from(13 + 2 * cell.len()).unwrap();
        let mut row = vec![u8::try_from(cells.len() + 1).unwrap()];
        row.extend(cells.iter().map(kind));
        row.extend(cells.concat().bytes());
        row
    }

    #[test]
    fn columns_are_told_apart() {
        let rows = [
            row(&["short", "column one", "column two"]),
            row(&["another one"]),
        ];
        let rows = rows.each_ref().map(|row| (row.len(), row.as_slice()));
        let file = database(&rows);
        let (text, places) = cells(&file);
        assert_eq!(text, b"column one\ncolumn two\nanother one\n");
        let at = memchr::memmem::find(&file, b"column two").unwrap();
        assert_eq!(places.in_file(13), at + 2);
    }

    #[test]
    fn what_is_cut_in_two_is_put_together() {
        // 600 bytes: a header of 3 and a text of 597. This page has 39 of them, plus what remains after whole pages.
        let text: String = ('a'..='z').cycle().take(597).collect();
        let row = [&[3, 0x89, 0x37][..], text.as_bytes()].concat();
        let here = 39 + (600 - 39) % (usize::from(PAGE) - 4);
        let mut file = chained(&row);
        let (found, places) = cells(&file);
        assert_eq!(found, format!("{text}\n").as_bytes());
        assert_eq!(places.in_file(here - 3), usize::from(PAGE) + 4);
        // A page chain that loops ends, too.
        file[512..516].copy_from_slice(&[0, 0, 0, 2]);
        assert_eq!(cells(&file).0, found);
    }

    #[test]
    fn a_row_of_more_than_a_mebibyte_is_read_to_its_end() {
        let text: String = ('a'..='z').cycle().take(1_200_000).collect();
        let kind = packed(13 + 2 * text.len());
        let header = u8::try_from(1 + kind.len()).unwrap();
        let row = [&[header][..], &kind, text.as_bytes()].concat();
        let (found, _) = cells(&chained(&row));
        assert!(found == format!("{text}\n").as_bytes());
    }

    #[test]
    fn what_is_damaged_yields_little_or_nothing() {
        let whole = database(&[(0, &row(&["column one"]))]);
        for end in 0..whole.len() {
            assert!(cells(&whole[..end]).0.len() <= 11);
        }
        for at in 0..whole.len() {
            for byte in [0, 1, 0x7f, 0x80, 0xff] {
                let mut file = whole.clone();
                file[at] = byte;
                assert!(cells(&file).0.len() <= 2 * file.len());
            }
        }
    }
}
