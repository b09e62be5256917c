//! Settings for checks that differ between projects.

use crate::model::Version;

/// The settings of a project that checks follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// The oldest TLS version that servers may offer.
    pub min_tls: TlsVersion,
    /// Host addresses that ports may be published on beside loopback and private ones, as they are written.
    pub allowed_bind_addresses: Vec<String>,
    /// Keys that every deployed env file must have.
    pub required_keys: Vec<String>,
    /// The minimum length of a secret, in characters.
    pub min_secret_length: usize,
    /// Words in file names that mark them as for developers only, in addition to the built-in ones.
    pub development_words: Vec<String>,
    /// The version whose rules decide: findings of newer rules are kept apart from the others.
    pub as_of: Option<Version>,
    /// Whether settings ask for findings about missing evidence.
    pub asks_for_evidence: bool,
}

/// A version of TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TlsVersion {
    /// TLS 1.2, the oldest version that RFC 8996 does not deprecate.
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

/// The policy for each file, since directories may have their own.
pub trait Policies: Sync {
    /// Returns the policy for the file at `path`.
    fn of(&self, path: &str) -> &Policy;
}

impl Policies for Policy {
    fn of(&self, _path: &str) -> &Policy {
        self
    }
}
