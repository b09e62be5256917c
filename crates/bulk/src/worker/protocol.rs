//! What the program and its workers say to each other: a line of JSON each, over pipes.
//!
//! Secrets never cross from a worker: it hashes them with the key that it was handed.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::store::{hex, unhex};

/// What a worker is told once, before its first repository.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Setup {
    /// What it is to do with every repository.
    pub(crate) task: Task,
    /// How many threads it may use.
    pub(crate) threads: usize,
    /// How much memory it should use, in bytes.
    pub(crate) memory: u64,
}

/// What is done with each repository.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum Task {
    /// Find credentials, placeholders and configuration.
    Scan(ScanTask),
    /// Find values that are known.
    Find {
        /// In base64, since they may be any bytes.
        values: Vec<String>,
    },
}

/// How repositories are scanned.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ScanTask {
    /// What secrets are hashed with, in hexadecimal digits.
    pub(crate) key: String,
    /// Whether `gonogo.toml`, baselines and comments of the repositories count.
    pub(crate) repository_settings: bool,
    /// Rule files beside the built-in rules.
    pub(crate) rules: Vec<PathBuf>,
    /// Settings instead of those of the repositories.
    pub(crate) config: Option<PathBuf>,
    /// Whether only findings count whose rules are no built-in ones.
    pub(crate) only_named_rules: bool,
}

/// One repository.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Job {
    /// Its git folder.
    pub(crate) path: Name,
    /// Where what was seen of it is kept; none where that is not worth a file.
    pub(crate) cache: Option<PathBuf>,
    /// The same of another repository that has many of its objects.
    pub(crate) seed: Option<PathBuf>,
    /// Whether other repositories have many of its objects, so that what is read is worth keeping.
    pub(crate) has_relatives: bool,
    /// Whether its store has objects of other repositories, too, which do not count.
    pub(crate) own_refs_only: bool,
}

/// A path with its bytes as they are: names of folders may be no UTF-8, which JSON has to be.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Name(String);

impl Name {
    /// The name of a path.
    pub(crate) fn of(path: &Path) -> Self {
        Self(hex(path.as_os_str().as_encoded_bytes()))
    }

    /// The path that it is the name of.
    #[cfg(unix)]
    pub(crate) fn path(&self) -> PathBuf {
        use std::os::unix::ffi::OsStringExt;
        let bytes = unhex(&self.0).unwrap_or_default();
        PathBuf::from(std::ffi::OsString::from_vec(bytes))
    }

    /// The path that it is the name of.
    #[cfg(not(unix))]
    pub(crate) fn path(&self) -> PathBuf {
        let bytes = unhex(&self.0).unwrap_or_default();
        PathBuf::from(String::from_utf8_lossy(&bytes).into_owned())
    }
}

/// What came of a job.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Answer {
    /// It was scanned.
    Scanned(Box<Scanned>),
    /// It was searched.
    Searched(Searched),
    /// It could not be looked at; a line without secrets.
    Failed(String),
}

/// What a scan of one repository has found and covered.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Scanned {
    pub(crate) findings: Vec<Found>,
    pub(crate) gaps: Vec<FoundGap>,
    /// The severity from which on a finding means NO-GO.
    pub(crate) threshold: String,
    pub(crate) blobs: u64,
    pub(crate) commits: u64,
    pub(crate) tags: u64,
    pub(crate) bytes: u64,
    /// Whether there was nothing in it to scan.
    pub(crate) is_empty: bool,
    /// The files of settings that counted.
    pub(crate) settings: Vec<String>,
    pub(crate) warnings: Vec<String>,
    /// The next day on which something that is accepted must be judged again.
    pub(crate) judge_again: Option<String>,
}

/// A finding, as far as it is kept.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Found {
    pub(crate) fingerprint: String,
    /// The keyed hash of the secret, in hexadecimal digits.
    pub(crate) secret: Option<String>,
    pub(crate) rule: String,
    pub(crate) category: String,
    pub(crate) severity: String,
    pub(crate) confidence: String,
    /// Whether its checksum or structure is right.
    pub(crate) is_proven: bool,
    /// Whether it has a say in the verdict.
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
    /// In how many texts of the history it is.
    pub(crate) texts: u64,
    pub(crate) first_commit: Option<String>,
    pub(crate) author: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) date: Option<String>,
    pub(crate) owner: Option<String>,
    /// What says who the owner is.
    pub(crate) owned_by: Option<String>,
    /// What of the repository accepts it.
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
    /// Whether what is missing may hold what was found earlier.
    pub(crate) hides: bool,
    pub(crate) accepted: Option<String>,
}

/// Where values were found in one repository.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Searched {
    pub(crate) places: Vec<FoundPlace>,
    /// How many objects were looked at.
    pub(crate) objects: u64,
    pub(crate) bytes: u64,
    /// What could not be looked at and keeps the answer open.
    pub(crate) gaps: Vec<FoundGap>,
}

/// A place of a value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct FoundPlace {
    /// The number of the value.
    pub(crate) value: usize,
    pub(crate) path: String,
    /// Where in the text, as far as it is a text.
    pub(crate) line: u32,
    pub(crate) object: String,
    pub(crate) origin: String,
    pub(crate) presence: String,
    pub(crate) commit: Option<String>,
    /// The encoding in which it is there.
    pub(crate) encoding: String,
}
