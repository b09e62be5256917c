//! Text within a file that is not text as a whole: members of archives, and strings in binary data.

use super::Origin;

/// Text within a file that is not text as a whole.
#[derive(Debug, Clone)]
pub struct Part<'a> {
    /// Text of an archive member; otherwise all bytes of the file that may hold text.
    pub bytes: &'a [u8],
    /// The path of the file, where one is known before the scan.
    pub path: Option<&'a str>,
    /// Where the file came from.
    pub origin: Origin,
    /// The member of the archive it is in, with [`MEMBER`] between nested archives; `None` for the file itself.
    /// It begins with an empty name where only the path of the file shows the name: see [`member_of`].
    pub member: Option<&'a str>,
    /// Where the bytes are in a file that is not text; `None` for text.
    pub places: Option<&'a Places>,
}

/// The separator between an archive and one of its members.
pub const MEMBER: &str = "!/";

/// Suffixes of files that were compressed on their own: the file's name and one of these.
const PACKED: [&str; 9] = [
    ".gz", ".bz2", ".xz", ".zst", ".zstd", ".tgz", ".tbz2", ".txz", ".z",
];

/// Returns the name of a member of the file at `path`; a file that was compressed on its own keeps its name.
pub fn member_of(path: &str, member: &str) -> String {
    if !member.is_empty() && !member.starts_with(MEMBER) {
        return member.to_owned();
    }
    format!("{}{member}", unpacked_name(path))
}

/// Returns the name of the file at `path` before it was compressed.
pub fn unpacked_name(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    let lower = name.to_ascii_lowercase();
    let packed = PACKED.iter().find(|ending| lower.ends_with(*ending));
    packed.map_or(name, |ending| &name[..name.len() - ending.len()])
}

/// Maps bytes that were extracted from a file to their offsets in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Places(Vec<Place>);

/// Where one stretch of such bytes is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    start: usize,
    in_file: usize,
    /// How many bytes of the file encode one byte.
    width: usize,
}

impl Places {
    /// Notes that the bytes from `start` on are in the file from `in_file` on, encoded in `width` bytes each.
    /// Stretches must be noted in ascending order.
    pub fn push(&mut self, start: usize, in_file: usize, width: usize) {
        self.0.push(Place {
            start,
            in_file,
            width,
        });
    }

    /// Returns whether the bytes are the rest of a file, behind its beginning.
    pub fn are_rest(&self) -> bool {
        matches!(
            self.0[..],
            [Place {
                in_file: 1..,
                width: 1,
                ..
            }]
        )
    }

    /// Returns the offset in the file of the byte at `at`.
    pub fn in_file(&self, at: usize) -> usize {
        let after = self.0.partition_point(|place| place.start <= at);
        match after.checked_sub(1).map(|before| self.0[before]) {
            Some(place) => place.in_file + (at - place.start) * place.width,
            None => at,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_was_packed_alone_has_the_name_of_its_file() {
        assert_eq!(member_of("a/b.env.gz", ""), "b.env");
        assert_eq!(member_of("a/b.tar.GZ", "!/c"), "b.tar!/c");
        assert_eq!(member_of("a/b.zip", "c/d"), "c/d");
        assert_eq!(member_of("", ""), "");
    }

    #[test]
    fn places_are_those_of_the_stretch_before() {
        let mut places = Places::default();
        assert_eq!(places.in_file(5), 5);
        places.push(0, 100, 1);
        places.push(10, 300, 2);
        let found = [0, 9, 10, 12].map(|at| places.in_file(at));
        assert_eq!(found, [100, 109, 300, 304]);
        assert!(!places.are_rest());
    }

    #[test]
    fn what_begins_behind_other_bytes_is_a_rest() {
        for (in_file, width, is_rest) in [(0, 1, false), (100, 1, true), (100, 2, false)] {
            let mut places = Places::default();
            places.push(0, in_file, width);
            assert_eq!(places.are_rest(), is_rest, "{in_file} {width}");
        }
    }
}
