//! What was not scanned: the list of all reasons, and what each means for the verdict.

use serde::Serialize;

use super::Suppression;

/// Something that was not scanned.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[non_exhaustive]
pub struct Gap {
    /// Why it was not.
    pub kind: GapKind,
    /// The path, object id or repository.
    pub place: String,
    /// What went wrong, in one line, and what to do about it if anything can be done.
    pub reason: String,
    /// What accepts it, if anything does: then it is listed and counted, but does not leave the verdict undecided.
    pub accepted: Option<Suppression>,
    /// Whether only the change that is judged accepts it: a comment that it adds.
    pub accepted_by_change: bool,
}

impl Gap {
    /// Returns a gap that nothing accepts.
    pub fn new(kind: GapKind, place: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            kind,
            place: place.into(),
            reason: reason.into(),
            accepted: None,
            accepted_by_change: false,
        }
    }

    /// Returns whether it leaves the verdict undecided.
    pub fn is_undecided(&self) -> bool {
        self.kind.is_undecided() && self.accepted.is_none()
    }
}

/// Declares the kinds once: the variants, their names, and the list of all of them.
macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident = $name:literal,)*) => {
        /// Why something was not scanned. Reports list gaps in this order.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(rename_all = "kebab-case")]
        #[non_exhaustive]
        pub enum GapKind {
            $($(#[$doc])* $kind,)*
        }

        impl GapKind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$kind,)*];

            /// Returns the word for it in reports and settings.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$kind => $name,)*
                }
            }
        }
    };
}

kinds! {
    /// Larger than the size limit.
    Oversized = "oversized",
    /// Not a file, directory or link: a FIFO, a socket, a device.
    Special = "special",
    /// A symbolic link that leads nowhere.
    BrokenLink = "broken-link",
    /// The history of a repository of which only a subdirectory was named.
    NotNamed = "not-named",
    /// Files that git tracks and that are not in the working tree, as in a sparse checkout.
    NotCheckedOut = "not-checked-out",
    /// A configuration file that does not parse; its text was still scanned for secrets.
    Unparsable = "unparsable",
    /// An archive that was not fully scanned: it is encrypted, damaged, of an unknown format, or beyond a limit.
    Archive = "archive",
    /// The operating system refused to read it.
    Unreadable = "unreadable",
    /// A git object that is damaged.
    Corrupt = "corrupt",
    /// A git object that is not in this clone.
    Missing = "missing",
    /// The history of this clone is cut off.
    Shallow = "shallow",
    /// A configuration file beyond a limit of its audit: size, nesting or number of values.
    NotAudited = "not-audited",
    /// A template of configuration that does not parse before it is filled in.
    Template = "template",
    /// A configuration file that does not parse or is beyond a limit, and is test data.
    TestData = "test-data",
    /// Configuration within an archive: its text was scanned for secrets, its settings were not audited.
    PackedConfiguration = "packed-configuration",
    /// There was nothing to scan where something was expected.
    Empty = "empty",
    /// Refs that cannot be read, so that what they lead to is unknown.
    UnreadableRefs = "unreadable-refs",
    /// A submodule, whose history was not scanned.
    Submodule = "submodule",
    /// A repository within the scanned directory, whose history was not scanned.
    NestedRepository = "nested-repository",
    /// A directory that holds several repositories, whose histories were not scanned.
    Repositories = "repositories",
    /// A pointer of Git LFS: the content of the file was not scanned.
    LfsPointer = "lfs-pointer",
    /// A pointer of git-annex: the content of the file was not scanned.
    AnnexPointer = "annex-pointer",
    /// A Jujutsu repository, whose own store was not scanned.
    Jujutsu = "jujutsu",
    /// A git bundle, whose history was not scanned.
    Bundle = "bundle",
}

impl GapKind {
    /// Returns the kind that is called `name`.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }

    /// Returns whether the gap leaves the verdict undecided: gonogo was asked to look there and could not.
    pub fn is_undecided(self) -> bool {
        match self {
            Self::Unreadable
            | Self::Corrupt
            | Self::Missing
            | Self::Shallow
            | Self::Unparsable
            | Self::NotAudited
            | Self::Empty
            | Self::UnreadableRefs => true,
            Self::Oversized
            | Self::Special
            | Self::BrokenLink
            | Self::NotNamed
            | Self::NotCheckedOut
            | Self::Archive
            | Self::Template
            | Self::TestData
            | Self::PackedConfiguration
            | Self::Submodule
            | Self::NestedRepository
            | Self::Repositories
            | Self::LfsPointer
            | Self::AnnexPointer
            | Self::Jujutsu
            | Self::Bundle => false,
        }
    }

    /// Returns whether it is about the audit of a configuration file, so that a comment in that file may accept it.
    pub fn is_of_audit(self) -> bool {
        matches!(
            self,
            Self::Unparsable | Self::NotAudited | Self::Template | Self::TestData
        )
    }

    /// Returns whether only the history of a repository can have such a gap.
    pub fn is_of_history(self) -> bool {
        matches!(
            self,
            Self::Corrupt | Self::Missing | Self::Shallow | Self::UnreadableRefs
        )
    }

    /// Returns whether an entry for gaps called `name` in the settings covers this kind. `not-audited` covers every
    /// reason why a configuration file is not audited.
    pub fn is_called(self, name: &str) -> bool {
        self.name() == name || name == Self::NotAudited.name() && self.is_of_audit()
    }

    /// Returns what things with such a gap are called, in the singular.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Oversized
            | Self::Special
            | Self::Unparsable
            | Self::NotAudited
            | Self::TestData => "file",
            Self::Template => "template",
            Self::Archive | Self::PackedConfiguration => "archive",
            Self::BrokenLink => "link",
            Self::Corrupt | Self::Missing => "object",
            Self::Submodule => "submodule",
            Self::NestedRepository | Self::Jujutsu => "repository",
            Self::LfsPointer | Self::AnnexPointer => "pointer",
            Self::Bundle => "bundle",
            Self::NotNamed
            | Self::NotCheckedOut
            | Self::Unreadable
            | Self::Shallow
            | Self::Empty
            | Self::UnreadableRefs
            | Self::Repositories => "place",
        }
    }

    /// Returns what it means, in one sentence.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Oversized => "It is larger than the size limit.",
            Self::Special => "It is not a file, directory or link.",
            Self::BrokenLink => "It is a symbolic link whose target does not exist.",
            Self::NotNamed => "It is a subdirectory of a repository whose history was not scanned.",
            Self::NotCheckedOut => {
                "Its repository tracks files that are not checked out, and its history was not scanned."
            }
            Self::Unparsable => "It does not parse; its text was still scanned for secrets.",
            Self::Archive => "Part of the archive was not scanned.",
            Self::Unreadable => "The operating system denied access to it.",
            Self::Corrupt => "It is a damaged Git object.",
            Self::Missing => "It is a Git object that is missing from this clone.",
            Self::Shallow => "The clone is shallow, so its older history was not scanned.",
            Self::NotAudited => {
                "Its settings were not audited; its text was still scanned for secrets."
            }
            Self::Template => {
                "It is a configuration template that does not parse before it is rendered."
            }
            Self::TestData => "It is test data that does not parse or exceeds a limit.",
            Self::PackedConfiguration => {
                "The archive contains configuration files whose settings were not audited."
            }
            Self::Empty => "There was nothing to scan.",
            Self::UnreadableRefs => "The refs of the repository could not be read.",
            Self::Submodule => "The history of the submodule was not scanned.",
            Self::NestedRepository => "The history of the nested repository was not scanned.",
            Self::Repositories => "It contains repositories whose histories were not scanned.",
            Self::LfsPointer => "The content that a Git LFS pointer refers to was not scanned.",
            Self::AnnexPointer => "The content that a git-annex pointer refers to was not scanned.",
            Self::Jujutsu => "The store of the Jujutsu repository was not scanned.",
            Self::Bundle => "The history in the Git bundle was not scanned.",
        }
    }

    /// Returns what the user can do about it.
    pub fn advice(self) -> &'static str {
        match self {
            Self::Oversized => "raise `--max-file-size`",
            Self::Special | Self::BrokenLink => "nothing: it has no content",
            Self::NotNamed => "pass the top directory of the repository",
            Self::NotCheckedOut => "scan the whole repository, without `--no-history`",
            Self::Unparsable => "fix the syntax, or accept the gap",
            Self::Archive => "unpack it and scan the result",
            Self::Unreadable => "run as a user with read permission",
            Self::Corrupt => "run `git fsck` and clone again",
            Self::Missing => "fetch the objects: `git fetch --refetch --no-filter --tags`",
            Self::Shallow => "run `git fetch --unshallow`, or skip the history with `--no-history`",
            Self::NotAudited => "split the file, or accept the gap",
            Self::Template => "render it and scan the result",
            Self::TestData => "nothing, or fix the file",
            Self::PackedConfiguration => "unpack it and scan the directory",
            Self::Empty => "check that the input is the one you intended",
            Self::UnreadableRefs => "run `git refs migrate --ref-format=files` in a copy",
            Self::Submodule | Self::NestedRepository => "scan it separately: pass its directory",
            Self::Repositories => "pass the repositories by name, or use `gonogo bulk`",
            Self::LfsPointer => "run `git lfs fetch --all`, and scan a checkout",
            Self::AnnexPointer => "run `git annex get`, and scan a checkout",
            Self::Jujutsu => "scan its Git store: pass `.jj/repo/store/git`",
            Self::Bundle => "run `git clone` on the bundle and scan the clone",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_that_reports_write() {
        for &kind in GapKind::ALL {
            let written = serde_json::to_value(kind).expect("a word is written");
            assert_eq!(written, kind.name());
            assert_eq!(GapKind::from_name(kind.name()), Some(kind));
            assert!(kind.meaning().ends_with('.'));
            assert!(!kind.advice().is_empty() && !kind.noun().is_empty());
        }
    }

    #[test]
    fn one_word_accepts_every_reason_for_a_missing_audit() {
        for &kind in GapKind::ALL {
            assert_eq!(kind.is_called("not-audited"), kind.is_of_audit());
            assert!(kind.is_called(kind.name()));
        }
    }
}
