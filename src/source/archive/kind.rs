//! Determines by its first bytes what kind of container a file is.

use super::pyc;

/// A kind of archive or compressed file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// ZIP and everything based on it: JAR, APK, wheels, office documents.
    Zip,
    Tar,
    Gzip,
    Bzip2,
    Xz,
    Zstd,
}

/// The length of a tar header in bytes.
pub(super) const TAR_HEADER: usize = 512;
/// Where the checksum is in it.
const TAR_CHECKSUM: std::ops::Range<usize> = 148..156;

impl Kind {
    /// Returns the kind of `bytes`, judging by their first bytes.
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [b'P', b'K', 3, 4, ..] => Some(Self::Zip),
            // Three of the flags are reserved and must be zero.
            [0x1f, 0x8b, 8, flags, ..] if flags & 0xe0 == 0 => Some(Self::Gzip),
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Some(Self::Xz),
            _ if is_bzip2(bytes) => Some(Self::Bzip2),
            _ if is_zstd(bytes) => Some(Self::Zstd),
            _ if is_tar(bytes) => Some(Self::Tar),
            _ => None,
        }
    }
}

/// Returns whether bytes are compressed in a format that may go without zero bytes for long, and so would pass for
/// text.
pub(in crate::source) fn is_packed(bytes: &[u8]) -> bool {
    is_bzip2(bytes) || is_zstd(bytes)
}

fn is_bzip2(bytes: &[u8]) -> bool {
    const BLOCK: [u8; 6] = [0x31, 0x41, 0x59, 0x26, 0x53, 0x59];
    matches!(bytes, [b'B', b'Z', b'h', b'1'..=b'9', rest @ ..] if rest.starts_with(&BLOCK))
}

fn is_zstd(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0x28, 0xb5, 0x2f, 0xfd])
}

/// Returns whether `bytes` begin with a header whose checksum is right; old archives have no other signature.
pub(super) fn is_tar(bytes: &[u8]) -> bool {
    let Some(header) = bytes.get(..TAR_HEADER).filter(|header| header[0] != 0) else {
        return false;
    };
    let written = header[TAR_CHECKSUM].trim_ascii_start();
    let digits = written
        .iter()
        .take_while(|byte| (b'0'..=b'7').contains(byte));
    let written = digits.fold(0, |sum: u32, digit| sum * 8 + u32::from(digit - b'0'));
    let spaces = u32::from(b' ') * 8;
    let sum = |bytes: &[u8]| bytes.iter().map(|byte| u32::from(*byte)).sum::<u32>();
    let own = sum(&header[..TAR_CHECKSUM.start]) + sum(&header[TAR_CHECKSUM.end..]);
    written == own + spaces
}

/// The signatures of archives that are not unpacked, and the names of the formats.
const FOREIGN: [(&[u8], &str); 13] = [
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!\x1a\x07", "RAR"),
    (b"MSCF\0\0\0\0", "cabinet"),
    (b"\x04\x22\x4d\x18", "LZ4"),
    (b"LZIP\x01", "lzip"),
    (b"\x1f\x9d\x90", "compress"),
    (b"070701", "cpio"),
    (b"070707", "cpio"),
    (b"\xed\xab\xee\xdb", "RPM"),
    (b"!<arch>\ndebian-binary", "Debian package"),
    (b"xar!\0", "xar"),
    (b"hsqs", "SquashFS"),
    (b"\x89LZO\0", "lzop"),
];

/// Returns the name of the format if `bytes` are an archive that is not unpacked.
pub(super) fn foreign(bytes: &[u8]) -> Option<&'static str> {
    let mut known = FOREIGN.iter();
    let (_, name) = known.find(|(start, _)| bytes.starts_with(start))?;
    Some(name)
}

/// How many bytes before the end are searched for the end record of a ZIP archive that follows other data.
const ZIP_END: usize = 1_024;

/// Returns whether bytes that begin like something else end like a ZIP archive.
pub(super) fn ends_as_zip(bytes: &[u8]) -> bool {
    let tail = &bytes[bytes.len().saturating_sub(ZIP_END)..];
    memchr::memmem::rfind(tail, b"PK\x05\x06").is_some()
}

/// The signatures of images, audio, video and fonts. Their content is compressed, apart from a little at either end.
const MEDIA: [&[u8]; 16] = [
    b"\xff\xd8\xff",
    b"\x89PNG\r\n",
    b"GIF8",
    b"BM",
    b"II*\0",
    b"MM\0*",
    b"8BPS",
    b"RIFF",
    b"\x1a\x45\xdf\xa3",
    b"ID3",
    b"OggS",
    b"fLaC",
    b"wOFF",
    b"wOF2",
    b"\0\0\0\x0cjP",
    b"\xff\xfb",
];

/// Returns whether bytes are an image, audio, video or a font.
pub(super) fn is_media(bytes: &[u8]) -> bool {
    MEDIA.iter().any(|start| bytes.starts_with(start)) || bytes.get(4..8) == Some(b"ftyp")
}

/// The signatures of programs, libraries and debug files: ELF, Windows, macOS, and Microsoft's PDB.
const PROGRAMS: [&[u8]; 7] = [
    b"\x7fELF",
    b"MZ",
    b"\xfe\xed\xfa",
    b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe",
    b"Microsoft C/C++ ",
    b"!<arch>\n",
];

/// Returns whether bytes are the output of a compiler.
pub(super) fn is_program(bytes: &[u8]) -> bool {
    PROGRAMS.iter().any(|start| bytes.starts_with(start))
}

/// Formats from which text is extracted in a special way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Texts {
    /// An `SQLite` database.
    Sqlite,
    /// A compiled Python module.
    Pyc,
}

impl Texts {
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        if bytes.starts_with(b"SQLite format 3\0") {
            Some(Self::Sqlite)
        } else {
            pyc::is_pyc(bytes).then_some(Self::Pyc)
        }
    }
}
