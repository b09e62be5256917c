//! Where bytes come from: the working tree, the index, git objects, standard input.
//!
//! The only room that reads input. It hands [`Blob`]s to [`Worker`]s, one per thread, and returns the workers together
//! with an account of what was covered. It does not know what workers look for.

mod archive;
mod below;
mod beside;
mod elsewhere;
pub mod git;
mod memory;
mod meter;
mod nested;
mod path;
mod replace;
mod settings;
mod stdin;
mod text;
mod threads;
mod worktree;

use std::path::PathBuf;

use crate::model::{Blob, Coverage, Gap, GapKind, Inherited, Part};
use archive::Outer;

pub use archive::{cells as sqlite_cells, constants as pyc_constants};
pub use below::Below;
pub use beside::FolderFiles;
pub use memory::{Share, use_memory};
pub use meter::{Meter, Stage, Watch};
pub use path::slashed;
pub use replace::{Access, Draft, create_file, replace_file};
pub use settings::{
    FilesBefore, MAX_LIST_BYTES, MAX_RULES_BYTES, Settings, Shelf, find_settings, list_in,
    names_in, read_bytes, read_text_file, settings_in,
};
pub use stdin::read_stdin;
pub use text::{Text, decode};
pub use threads::{both, granted};
pub use worktree::{WorktreeOptions, walk_worktree};

/// Takes the blobs that one thread is given, and keeps what it makes of them.
pub trait Worker: Send {
    /// What the worker remembers of a blob while it is given the blobs derived from it.
    type Memory;

    /// Scans a whole blob. Its bytes are gone when this returns.
    fn blob(&mut self, blob: &Blob<'_>) -> Self::Memory;

    /// Learns of a file that it cannot scan because it is not text.
    fn binary(&mut self, _path: &str) {}

    /// Scans text within a file that is not text as a whole. Returns whether it found something.
    fn part(&mut self, _part: &Part<'_>) -> bool {
        false
    }

    /// Scans a blob derived from one that it remembers, of which it has already seen the `inherited` stretches.
    ///
    /// The result must be the same as from scanning all of it.
    fn derived(
        &mut self,
        blob: &Blob<'_>,
        _base: &Self::Memory,
        _inherited: &[Inherited],
    ) -> Self::Memory {
        self.blob(blob)
    }
}

/// Limits that apply to every source.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Files and blobs larger than this many bytes are reported as gaps instead of being scanned.
    pub max_file_size: u64,
    /// How many levels of nested archives are unpacked; 0 for none.
    pub max_archive_depth: usize,
    /// How many threads to use; at least 1.
    pub threads: usize,
}

/// Why a source could not be opened at all. What goes wrong inside an open source is a [`Gap`].
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The user named a path that does not exist.
    #[error("{}: no such file or directory", path.display())]
    NotFound {
        /// As it was given.
        path: PathBuf,
    },
    /// The path exists, but the operating system or git refuses to open it.
    #[error("{}: {reason}", path.display())]
    Unreadable {
        /// As it was given.
        path: PathBuf,
        /// What the system or git said.
        reason: String,
    },
    /// What was asked for needs a git repository.
    #[error("{}: not a Git repository: {needed}", path.display())]
    NotARepository {
        /// As it was given.
        path: PathBuf,
        /// Which option needs one, and what to do.
        needed: String,
    },
    /// A revision that the repository does not have, or that does not parse.
    #[error("{spec}: {reason}")]
    Revision {
        /// As it was given.
        spec: String,
        /// What is wrong with it, and what to write instead.
        reason: String,
    },
}

/// Scans a file that is not text, and notes what of it was covered. Returns whether something was found in it.
fn look_inside<W: Worker>(
    outer: &Outer<'_>,
    bytes: &[u8],
    limits: Limits,
    (worker, coverage): (&mut W, &mut Coverage),
) -> bool {
    let inside = archive::look_inside(outer, bytes, limits, worker);
    coverage.members += inside.members;
    coverage.bytes += inside.bytes;
    coverage.gaps.extend(inside.gap);
    if let (Some(path), Some((kind, reason))) = (outer.path, elsewhere::stand_in(bytes)) {
        coverage.gaps.push(Gap::new(kind, path, reason));
    }
    inside.has_found
}

/// Returns the gap for a blob or file above the size limit.
fn oversized(place: String, size: u64, limits: Limits) -> Gap {
    let reason = format!(
        "{size} bytes, more than --max-file-size {}",
        limits.max_file_size
    );
    Gap::new(GapKind::Oversized, place, reason)
}
