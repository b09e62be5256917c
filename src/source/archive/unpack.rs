//! Walks through archives, and archives within them.

use std::io::{self, Cursor, Read};
use std::ops::Range;

use bzip2::read::MultiBzDecoder;
use flate2::read::MultiGzDecoder;
use lzma_rust2::XzReader;
use zip::ZipArchive;
use zip::result::ZipError;

use super::budget::{Budget, MEMBERS};
use super::frames::Frames;
use super::kind::{Kind, TAR_HEADER, Texts, ends_as_zip, foreign, is_media, is_program, is_tar};
use super::lost::Lost;
use super::{Outer, cut, pyc, sqlite, strings};
use crate::model::{MEMBER, Part, Places, unpacked_name};
use crate::source::memory::{self, LARGE};
use crate::source::{Limits, Text, Worker, decode};

/// The memory limit for unpacking XZ data, in KiB; enough for the strongest preset of `xz`.
const XZ_MEMORY: u32 = 80 << 10;
/// How many bytes at either end of an image or video are searched for all strings: what programs and people write into
/// it is there. The rest is compressed, so only long strings in it count.
const EITHER_END: usize = 64 << 10;
/// The name of an archive that precedes another one in the same file.
const IN_FRONT: &str = "(in front)";
/// How many bytes are needed to recognise a member as a program.
const PROGRAM_HEAD: u64 = 32;
/// How many bytes of a member's name are reported.
const NAME: usize = 1000;

/// Shows a worker what is inside one file.
pub(super) struct Unpacker<'u, W> {
    outer: &'u Outer<'u>,
    limits: Limits,
    budget: &'u Budget,
    worker: &'u mut W,
    /// Buffers to reuse for members.
    spare: Vec<Vec<u8>>,
    pub(super) lost: Lost,
    pub(super) members: u64,
    pub(super) bytes: u64,
    pub(super) has_found: bool,
}

impl<'u, W: Worker> Unpacker<'u, W> {
    pub(super) fn new(
        outer: &'u Outer<'u>,
        limits: Limits,
        budget: &'u Budget,
        worker: &'u mut W,
    ) -> Self {
        Self {
            outer,
            limits,
            budget,
            worker,
            spare: Vec::new(),
            lost: Lost::default(),
            members: 0,
            bytes: 0,
            has_found: false,
        }
    }

    /// Looks at a file, or at a member nested in `depth` archives.
    pub(super) fn content(&mut self, bytes: &[u8], member: Option<&str>, depth: usize) {
        if let Some(kind) = Kind::of(bytes) {
            if depth < self.limits.max_archive_depth {
                let before = self.members;
                self.unpack(kind, bytes, member, depth + 1);
                if self.members > before || self.lost.damaged_name.is_none() {
                    return;
                }
                // What merely begins like an archive is a file like any other.
            } else if self.limits.max_archive_depth > 0 {
                self.lost.too_deep += 1;
                return;
            }
        }
        match decode(bytes) {
            Text::Utf8(text) if member.is_some() => self.show(&text, member, None),
            Text::Utf8(_) => {}
            Text::Binary => self.binary(bytes, member, depth),
        }
    }

    fn unpack(&mut self, kind: Kind, bytes: &[u8], member: Option<&str>, depth: usize) {
        match kind {
            Kind::Zip => self.zip(bytes, member, depth),
            Kind::Tar => self.tar(bytes, member, depth),
            Kind::Gzip => self.packed(MultiGzDecoder::new(bytes), member, depth),
            Kind::Bzip2 => self.packed(MultiBzDecoder::new(bytes), member, depth),
            Kind::Xz => {
                let reader = XzReader::new_mem_limit(bytes, true, XZ_MEMORY);
                self.packed(reader, member, depth);
            }
            Kind::Zstd => self.packed(Frames::new(bytes), member, depth),
        }
    }

    /// Reads a file, possibly a tar archive, that was compressed as a whole.
    fn packed(&mut self, reader: impl Read, member: Option<&str>, depth: usize) {
        let mut reader = self.budget.metered(reader);
        let mut head = Vec::with_capacity(TAR_HEADER);
        let begun = reader
            .by_ref()
            .take(TAR_HEADER as u64)
            .read_to_end(&mut head);
        let is_whole = begun.is_ok();
        let head = Cursor::new(head);
        if is_tar(head.get_ref()) {
            return self.tar(head.chain(reader), member, depth);
        }
        // The member has no name of its own; it is derived from the path of the file.
        let name = member.map(|member| {
            let own = unpacked_name(member);
            format!("{member}{MEMBER}{own}")
        });
        let name = name.unwrap_or_default();
        if is_whole {
            self.member(head.chain(reader), &name, depth);
        } else {
            self.member(head.chain(Broken), &name, depth);
        }
    }

    fn tar(&mut self, reader: impl Read, member: Option<&str>, depth: usize) {
        let mut archive = tar::Archive::new(reader);
        // Another archive may begin behind the end of one.
        archive.set_ignore_zeros(true);
        let Ok(entries) = archive.entries() else {
            return self.lost.damage(member.unwrap_or_default());
        };
        for entry in entries {
            if self.budget.is_spent() || !self.budget.take_member() {
                return;
            }
            let Ok(mut entry) = entry else {
                if !self.budget.is_spent() {
                    self.lost.damage(member.unwrap_or_default());
                }
                return;
            };
            let kind = entry.header().entry_type();
            // Holes are zeros, and a few bytes can declare any number of them.
            self.lost.unknown += u64::from(kind.is_gnu_sparse());
            if !kind.is_file() && !kind.is_contiguous() {
                continue;
            }
            if entry.size() > self.limits.max_file_size {
                self.lost.oversized += 1;
                continue;
            }
            let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
            self.member(&mut entry, &joined(member, &name), depth);
        }
    }

    fn zip(&mut self, bytes: &[u8], member: Option<&str>, depth: usize) {
        let archive = if has_too_many(bytes) {
            None
        } else {
            ZipArchive::new(Cursor::new(bytes)).ok()
        };
        let Some(mut archive) = archive else {
            return self.zip_without_list(bytes, member, depth);
        };
        // The bytes in front of an archive may be another archive.
        let front = usize::try_from(archive.offset()).ok();
        let front = front
            .and_then(|front| bytes.get(..front))
            .unwrap_or_default();
        if let Some(kind) = Kind::of(front) {
            // Both may have members of the same name.
            self.unpack(kind, front, Some(&joined(member, IN_FRONT)), depth);
        }
        for number in 0..archive.len() {
            if self.budget.is_spent() || !self.budget.take_member() {
                return;
            }
            let Ok(raw) = archive.by_index_raw(number) else {
                self.lost.damage(member.unwrap_or_default());
                continue;
            };
            let name = String::from_utf8_lossy(raw.name_raw()).into_owned();
            let (is_encrypted, size) = (raw.encrypted(), raw.size());
            let name = joined(member, &name);
            if raw.is_dir() {
                continue;
            }
            drop(raw);
            if is_encrypted {
                self.lost.encrypted += 1;
            } else if size > self.limits.max_file_size {
                self.lost.oversized += 1;
            } else {
                match archive.by_index(number) {
                    Ok(file) => self.member(self.budget.metered(file), &name, depth),
                    Err(ZipError::UnsupportedArchive(_)) => self.lost.unknown += 1,
                    Err(_) => self.lost.damage(&name),
                }
            }
        }
    }

    /// Reads one member after another, if the central directory is missing or too long.
    fn zip_without_list(&mut self, bytes: &[u8], member: Option<&str>, depth: usize) {
        let mut rest = bytes;
        while !self.budget.is_spent() && self.budget.take_member() {
            let Ok(Some(file)) = zip::read::read_zipfile_from_stream(&mut rest) else {
                break;
            };
            if !file.is_dir() {
                let name = String::from_utf8_lossy(file.name_raw()).into_owned();
                let name = joined(member, &name);
                self.member(self.budget.metered(file), &name, depth);
            }
        }
        if !self.budget.is_spent() {
            self.lost.damage(member.unwrap_or_default());
        }
    }

    /// Reads a member and looks at it. What can be read of a damaged one counts, too.
    fn member(&mut self, reader: impl Read, name: &str, depth: usize) {
        self.lost.has_repository |= name.contains(".git/objects/");
        let limit = self.limits.max_file_size;
        let mut bytes = self.spare.pop().unwrap_or_default();
        let mut reader = reader.take(limit.saturating_add(1));
        let mut read = reader.by_ref().take(PROGRAM_HEAD).read_to_end(&mut bytes);
        if self.outer.skips_programs && is_program(&bytes) {
            self.lost.programs += 1;
            bytes.clear();
            return self.spare.push(bytes);
        }
        if read.is_ok() {
            read = reader.by_ref().take(LARGE as u64).read_to_end(&mut bytes);
        }
        // Its size is known only once it is unpacked.
        let share = memory::share(bytes.len() as u64);
        if read.is_ok() && share.is_some() {
            read = reader.read_to_end(&mut bytes);
        }
        let _rest = memory::share((bytes.len() - bytes.len().min(LARGE)) as u64);
        if bytes.len() as u64 > limit {
            self.lost.oversized += 1;
            bytes.clear();
        } else if read.is_err() && !self.budget.is_spent() {
            self.lost.damage(name);
        }
        if !bytes.is_empty() {
            self.members += 1;
            self.bytes += bytes.len() as u64;
            self.content(&bytes, Some(name), depth);
        }
        bytes.clear();
        memory::keep(&mut self.spare, bytes);
    }

    /// Looks at the strings in bytes that are neither text nor an archive.
    fn binary(&mut self, bytes: &[u8], member: Option<&str>, depth: usize) {
        self.lost.foreign.extend(foreign(bytes));
        if ends_as_zip(bytes)
            && depth < self.limits.max_archive_depth
            && ZipArchive::new(Cursor::new(bytes)).is_ok()
        {
            self.zip(bytes, member, depth + 1);
        }
        if bytes.len() > 2 * EITHER_END && is_media(bytes) {
            let (head, tail) = middle(bytes);
            self.strings(bytes, 0..head, member);
            let packed = &bytes[head..tail];
            for (text, places) in [strings::ascii(packed, head), strings::utf16(packed, head)] {
                if !text.is_empty() {
                    self.show(&text, member, Some(&places));
                }
            }
            self.strings(bytes, tail..bytes.len(), member);
            return;
        }
        self.strings(bytes, 0..bytes.len(), member);
        let texts = match Texts::of(bytes) {
            Some(Texts::Sqlite) => sqlite::cells(bytes),
            Some(Texts::Pyc) => pyc::constants(bytes),
            None => return,
        };
        self.show(&texts.0, member, Some(&texts.1));
    }

    fn strings(&mut self, bytes: &[u8], part: Range<usize>, member: Option<&str>) {
        let bytes = &bytes[part.clone()];
        let mut places = Places::default();
        places.push(0, part.start, 1);
        self.show(bytes, member, Some(&places));
        let (text, places) = strings::utf16(bytes, part.start);
        if !text.is_empty() {
            self.show(&text, member, Some(&places));
        }
    }

    fn show(&mut self, bytes: &[u8], member: Option<&str>, places: Option<&Places>) {
        let part = Part {
            bytes,
            path: self.outer.path,
            origin: self.outer.origin.clone(),
            member,
            places,
        };
        self.has_found |= self.worker.part(&part);
    }
}

/// Whether a ZIP archive has more members than are looked at, or claims so. Its central directory is read into memory
/// as a whole, after allocating as much as the end of the file declares.
fn has_too_many(bytes: &[u8]) -> bool {
    let headers = memchr::memmem::find_iter(bytes, b"PK\x01\x02");
    let mut ends = memchr::memmem::find_iter(bytes, b"PK\x06\x06");
    let promises_too_many = |end: usize| {
        let count = bytes.get(end + 24..end + 40).unwrap_or_default();
        // The count on this disk, and in total.
        let mut counts = count.chunks_exact(8);
        counts.any(|count| {
            count
                .iter()
                .rev()
                .fold(0, |n, byte| n << 8 | u64::from(*byte))
                > u64::from(MEMBERS)
        })
    };
    headers.take(MEMBERS as usize + 1).count() > MEMBERS as usize || ends.any(promises_too_many)
}

/// Returns the name of a member of `outer`.
fn joined(outer: Option<&str>, name: &str) -> String {
    let name = cut(name, NAME)
        .trim_start_matches("./")
        .trim_start_matches('/');
    match outer {
        Some(outer) => format!("{outer}{MEMBER}{name}"),
        None => name.to_owned(),
    }
}

/// Fails each read, to end a reader where unpacking failed.
struct Broken;

impl Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::ErrorKind::InvalidData.into())
    }
}

/// Returns the part of an image or video between its ends, without strings that reach into the ends.
fn middle(bytes: &[u8]) -> (usize, usize) {
    let (mut head, mut tail) = (EITHER_END, bytes.len() - EITHER_END);
    while head < tail && strings::is_printable(bytes[head]) {
        head += 1;
    }
    while head < tail && strings::is_printable(bytes[tail - 1]) {
        tail -= 1;
    }
    (head, tail)
}
