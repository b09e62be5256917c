//! The judgement on a file: who uses it, and what shows that.

/// Who uses a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Environment {
    /// Only those who develop the program, or its tests.
    Development,
    /// Whatever runs the program for others.
    Deployed,
    /// No one any more: a page beside it says that it is out of use.
    Retired,
    /// Nothing shows it, or the signs are balanced: it counts as deployed.
    Unknown,
}

/// A sign of who uses a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sign {
    /// The sign, in a few words.
    pub says: String,
    /// The file and line of the sign, if it is in a file.
    pub place: Option<(String, u32)>,
}

/// Who uses a file, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// Who uses it.
    pub environment: Environment,
    /// What shows it, if anything does.
    pub sign: Option<Sign>,
    /// Whether the path of the file says so.
    pub is_by_path: bool,
}

impl Sign {
    pub(super) fn new(says: impl Into<String>, place: Option<(String, u32)>) -> Self {
        Self {
            says: says.into(),
            place,
        }
    }

    /// Returns a statement in another file, with its place, as `README.md:5`.
    pub(super) fn by(path: &str, line: u32, says: &str) -> Self {
        let says = format!("`{path}:{line}` {says}");
        Self::new(says, Some((path.to_owned(), line)))
    }
}

impl Judged {
    pub(super) const UNKNOWN: Self = Self {
        environment: Environment::Unknown,
        sign: None,
        is_by_path: false,
    };

    /// For developers, judged by a word in its path or name.
    pub(super) fn by_path() -> Self {
        Self {
            is_by_path: true,
            ..Self::development(Sign::new("its path says so", None))
        }
    }

    pub(super) fn development(sign: Sign) -> Self {
        Self {
            environment: Environment::Development,
            sign: Some(sign),
            is_by_path: false,
        }
    }

    pub(super) fn retired(sign: Sign) -> Self {
        Self {
            environment: Environment::Retired,
            sign: Some(sign),
            is_by_path: false,
        }
    }

    pub(super) fn deployed(sign: Sign) -> Self {
        Self {
            environment: Environment::Deployed,
            sign: Some(sign),
            is_by_path: false,
        }
    }

    /// Whether only developers use it.
    pub fn is_development(&self) -> bool {
        self.environment == Environment::Development
    }
}
