//! What differs between projects.

use crate::model::Version;

/// The choices of a house that checks go by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// The oldest version of TLS that may be offered.
    pub min_tls: TlsVersion,
    /// Host addresses that ports may be published on beside loopback and private ones, as they are written.
    pub allowed_bind_addresses: Vec<String>,
    /// Environment keys that every deployed env file must have.
    pub required_keys: Vec<String>,
    /// Characters that a secret has at least.
    pub min_secret_length: usize,
    /// Words in a file's name that say that only developers use it, beside those that are built in.
    pub development_words: Vec<String>,
    /// The version whose rules count: those that are newer are not mixed with others.
    pub as_of: Option<Version>,
    /// Whether what the repository shows no word of is reported.
    pub asks_for_evidence: bool,
}

/// A version of TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TlsVersion {
    /// TLS 1.2, the oldest one that RFC 8996 leaves standing.
    V1_2,
    /// TLS 1.3.
    V1_3,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            min_tls: TlsVersion::V1_2,
            allowed_bind_addresses: Vec::new(),
            required_keys: Vec::new(),
            min_secret_length: 12,
            development_words: Vec::new(),
            as_of: None,
            asks_for_evidence: false,
        }
    }
}

/// The choices that count for each file: folders may have their own.
pub trait Policies: Sync {
    /// Those for the file at `path`.
    fn of(&self, path: &str) -> &Policy;
}

impl Policies for Policy {
    fn of(&self, _path: &str) -> &Policy {
        self
    }
}
