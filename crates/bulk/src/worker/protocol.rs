//! The protocol between the program and its workers: JSON Lines over pipes.
//!
//! A worker never sends secrets: it hashes them with the key that it was given.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::store::{hex, unhex};

/// What a worker is told once, before its first repository.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Setup {
    /// What to do with every repository.
    pub(crate) task: Task,
    /// How many threads it may use.
    pub(crate) threads: usize,
    /// How much memory it should use, in bytes.
    pub(crate) memory: u64,
}

/// What to do with each repository.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum Task {
    /// Find credentials, placeholders and configuration.
    Scan(ScanTask),
    /// Find known values.
    Find {
        /// In base64, since they may be arbitrary bytes.
        values: Vec<String>,
    },
}

/// How repositories are scanned.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ScanTask {
    /// The key for hashing secrets, in hexadecimal.
    pub(crate) key: String,
    /// Whether `gonogo.toml`, baselines and comments in the repositories count.
    pub(crate) repository_settings: bool,
    /// Rule files in addition to the built-in rules.
    pub(crate) rules: Vec<PathBuf>,
    /// A settings file to use instead of those in the repositories.
    pub(crate) config: Option<PathBuf>,
    /// Whether to report only findings of rules that are not built in.
    pub(crate) only_named_rules: bool,
}

/// One repository.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Job {
    /// Its git directory.
    pub(crate) path: Name,
    /// Where to remember what was seen of it; none if it is not worth a file.
    pub(crate) cache: Option<PathBuf>,
    /// The cache of another repository that has many of the same objects.
    pub(crate) seed: Option<PathBuf>,
    /// Whether other repositories have many of its objects, so that what is read is worth keeping.
    pub(crate) has_relatives: bool,
    /// Whether its object store also has objects of other repositories, which do not count.
    pub(crate) own_refs_only: bool,
}

/// The exact bytes of a path, in hexadecimal: paths need not be UTF-8, but JSON must be.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Name(String);

impl Name {
    /// Encodes a path.
    pub(crate) fn of(path: &Path) -> Self {
        Self(hex(path.as_os_str().as_encoded_bytes()))
    }

    /// Returns the path.
    #[cfg(unix)]
    pub(crate) fn path(&self) -> PathBuf {
        use std::os::unix::ffi::OsStringExt;
        let bytes = unhex(&self.0).unwrap_or_default();
        PathBuf::from(std::ffi::OsString::from_vec(bytes))
    }

    /// Returns the path.
    #[cfg(not(unix))]
    pub(crate) fn path(&self) -> PathBuf {
        let bytes = unhex(&self.0).unwrap_or_default();
        PathBuf::from(String::from_utf8_lossy(&bytes).into_owned())
    }
}

/// The result of a job.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Answer {
    /// It was scanned.
    Scanned(Box<Scanned>),
    /// It was searched.
    Searched(Searched),
    /// It could not be scanned or searched; one line without secrets.
    Failed(String),
}

/// What a scan of one repository found and covered.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Scanned {
    pub(crate) findings: Vec<Found>,
    pub(crate) gaps: Vec<FoundGap>,
    /// The lowest severity at which a finding means NO-GO.
    pub(crate) threshold: String,
    pub(crate) blobs: u64,
    pub(crate) commits: u64,
    pub(crate) tags: u64,
    pub(crate) bytes: u64,
    /// Whether there was nothing in it to scan.
    pub(crate) is_empty: bool,
    /// The settings files that counted.
    pub(crate) settings: Vec<String>,
    pub(crate) warnings: Vec<String>,
    /// The next day on which something that is accepted must be judged again.
    pub(crate) judge_again: Option<String>,
}

/// A finding, in the form that is kept.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Found {
    pub(crate) fingerprint: String,
    /// The keyed hash of the secret, in hexadecimal.
    pub(crate) secret: Option<String>,
    pub(crate) rule: String,
    pub(crate) category: String,
    pub(crate) severity: String,
    pub(crate) confidence: String,
    /// Whether its checksum or structure is valid.
    pub(crate) is_proven: bool,
    /// Whether it affects the verdict.
    pub(crate) decides: bool,
    pub(crate) message: String,
    pub(crate) path: String,
    pub(crate) member: Option<String>,
    pub(crate) line: u32,
    pub(crate) col: u32,
    pub(crate) end_line: u32,
    pub(crate) end_col: u32,
    pub(crate) origin: String,
    pub(crate) object: Option<String>,
    pub(crate) presence: Option<String>,
    /// How many texts of the history it is in.
    pub(crate) texts: u64,
    pub(crate) first_commit: Option<String>,
    pub(crate) author: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) date: Option<String>,
    pub(crate) owner: Option<String>,
    /// What names the owner.
    pub(crate) owned_by: Option<String>,
    /// What in the repository accepts it.
    pub(crate) accepted: Option<Accepted>,
}

/// Why a finding does not count.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Accepted {
    /// `comment` or `list`.
    pub(crate) kind: String,
    pub(crate) by: String,
    pub(crate) reason: String,
}

/// Something that was not scanned.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct FoundGap {
    pub(crate) kind: String,
    pub(crate) place: String,
    pub(crate) reason: String,
    pub(crate) undecided: bool,
    /// Whether what is missing may hide something that was found earlier.
    pub(crate) hides: bool,
    pub(crate) accepted: Option<String>,
}

impl FoundGap {
    /// Says what of a repository could not be read, if anything that matters could not: the first gap, and how many more
    /// there are.
    pub(crate) fn summary(gaps: &[Self]) -> Option<String> {
        let mut open = gaps.iter().filter(|gap| gap.undecided);
        let first = open.next()?;
        let more = match open.count() {
            0 => String::new(),
            n => format!(" (and {})", crate::report::count(n, "more gap")),
        };
        Some(format!("{}: {}{more}", first.place, first.reason))
    }
}

/// Where values were found in one repository.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Searched {
    pub(crate) places: Vec<FoundPlace>,
    /// How many objects were searched.
    pub(crate) objects: u64,
    pub(crate) bytes: u64,
    /// What could not be searched and so leaves the answer open.
    pub(crate) gaps: Vec<FoundGap>,
}

/// A place where a value was found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct FoundPlace {
    /// The number of the value.
    pub(crate) value: usize,
    pub(crate) path: String,
    /// The line, if the place is in a text.
    pub(crate) line: u32,
    pub(crate) object: String,
    pub(crate) origin: String,
    pub(crate) presence: String,
    pub(crate) commit: Option<String>,
    /// The encoding in which the value is there.
    pub(crate) encoding: String,
}
