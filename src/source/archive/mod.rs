//! The text within files that are not text: members of archives, strings in programs and databases.
//!
//! The type of a file is determined by its first bytes, never by its name, since blobs of the history have none yet.
//! Everything that is unpacked stays in memory and is bounded: see [`Budget`].

mod budget;
mod frames;
mod kind;
mod lost;
mod pyc;
mod sqlite;
mod strings;
mod unpack;

use super::{Limits, Worker};
use crate::model::{Gap, Origin};
use budget::Budget;
pub(super) use kind::is_packed;
pub use pyc::constants;
pub use sqlite::cells;
use unpack::Unpacker;

/// A file that is not text.
pub(super) struct Outer<'a> {
    /// Its path, if known.
    pub(super) path: Option<&'a str>,
    /// Where it came from.
    pub(super) origin: &'a Origin,
    /// Whether programs in archives are skipped: the history of a project that commits its builds holds hundreds of
    /// them, and unpacking them takes longer than scanning everything else.
    pub(super) skips_programs: bool,
}

impl<'a> Outer<'a> {
    /// Returns a file of which everything is looked at.
    pub(super) fn of(path: Option<&'a str>, origin: &'a Origin) -> Self {
        Self {
            path,
            origin,
            skips_programs: false,
        }
    }
}

/// The result of looking into a file.
#[derive(Debug, Default)]
pub(super) struct Inside {
    /// How many members were looked at.
    pub(super) members: u64,
    /// Their total size in bytes.
    pub(super) bytes: u64,
    /// What was not looked at, if anything.
    pub(super) gap: Option<Gap>,
    /// Whether the worker found something.
    pub(super) has_found: bool,
}

/// Cuts off a text whose author could make it as long as they liked.
fn cut(text: &str, bytes: usize) -> &str {
    let mut ends = (0..=bytes.min(text.len())).rev();
    let end = ends.find(|end| text.is_char_boundary(*end));
    &text[..end.unwrap_or(0)]
}

/// Shows a worker the text within `bytes`, the whole content of a file that is not text.
pub(super) fn look_inside<W: Worker>(
    outer: &Outer<'_>,
    bytes: &[u8],
    limits: Limits,
    worker: &mut W,
) -> Inside {
    let budget = Budget::of(bytes.len());
    let mut unpacker = Unpacker::new(outer, limits, &budget, worker);
    unpacker.content(bytes, None, 0);
    let place = match (outer.path, outer.origin) {
        (Some(path), _) => path.to_owned(),
        (None, Origin::Blob(id)) => format!("object {id}"),
        (None, _) => String::new(),
    };
    Inside {
        members: unpacker.members,
        bytes: unpacker.bytes,
        has_found: unpacker.has_found,
        gap: unpacker
            .lost
            .gap(place, unpacker.members, (&budget, limits)),
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write as _};

    use proptest::prelude::*;
    use proptest::sample::Index;
    use ruzstd::encoding::{CompressionLevel, compress_to_vec};

    use super::*;
    use crate::model::{Blob, Part};

    #[derive(Default)]
    struct Counter(usize);

    impl Worker for Counter {
        type Memory = ();

        fn blob(&mut self, _: &Blob<'_>) {}

        fn part(&mut self, part: &Part<'_>) -> bool {
            self.0 += part.bytes.len();
            false
        }
    }

    /// Returns one archive of each kind, with some data that can be compressed and some that cannot.
    fn archives() -> Vec<Vec<u8>> {
        let noise: Vec<u8> = (0..300_u32)
            .flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes())
            .collect();
        let text = "some text, and more of it\n".repeat(40);
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let mut tar = tar::Builder::new(Vec::new());
        for (name, bytes) in [("a/b", &noise[..]), ("c", text.as_bytes())] {
            let options = zip::write::SimpleFileOptions::default();
            zip.start_file(name, options).expect("memory is enough");
            zip.write_all(bytes).expect("memory is enough");
            let mut header = tar::Header::new_gnu();
            header.set_size(bytes.len() as u64);
            tar.append_data(&mut header, name, bytes)
                .expect("memory is enough");
        }
        let zip = zip.finish().expect("memory is enough").into_inner();
        let tar = tar.into_inner().expect("memory is enough");
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(&tar).expect("memory is enough");
        let gzip = gzip.finish().expect("memory is enough");
        let mut bzip2 = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
        bzip2.write_all(&tar).expect("memory is enough");
        let bzip2 = bzip2.finish().expect("memory is enough");
        let options = lzma_rust2::XzOptions::with_preset(1);
        let mut xz = lzma_rust2::XzWriter::new(Vec::new(), options).expect("memory is enough");
        xz.write_all(&tar).expect("memory is enough");
        let xz = xz.finish().expect("memory is enough");
        let zstd = compress_to_vec(&tar[..], CompressionLevel::Fastest);
        vec![zip, tar, gzip, bzip2, xz, zstd]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]
        #[test]
        fn damage_does_no_harm(
            which in 0..6_usize,
            edits in prop::collection::vec((any::<Index>(), any::<u8>()), 1..6),
            end in any::<Index>(),
            is_cut in any::<bool>(),
        ) {
            let mut bytes = archives().swap_remove(which);
            for (at, byte) in edits {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            if is_cut {
                bytes.truncate(end.index(bytes.len()));
            }
            let limits = Limits { max_file_size: 1 << 20, max_archive_depth: 3, threads: 1 };
            let outer = Outer { path: Some("a"), origin: &Origin::Worktree, skips_programs: true };
            let mut counter = Counter::default();
            look_inside(&outer, &bytes, limits, &mut counter);
            prop_assert!(counter.0 <= 16 << 20);
        }
    }
}
