//! How far a walk has come, and whether it should go on.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Declares the stages once: their variants, and their names.
macro_rules! stages {
    ($($(#[$doc:meta])* $stage:ident = $name:literal,)*) => {
        /// A part of a scan that can take a long time.
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        #[repr(u8)]
        pub enum Stage {
            $($(#[$doc])* $stage,)*
        }

        impl Stage {
            /// Every stage, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$stage,)*];

            /// Returns its name.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$stage => $name,)*
                }
            }
        }
    };
}

stages! {
    /// The files of the working tree are read.
    #[default]
    Worktree = "working tree",
    /// The objects of the repository are read.
    History = "history",
    /// The commits and paths of what was found are looked up.
    Origins = "commits and paths",
    /// What is staged is read.
    Staged = "staged files",
    /// The files of the index are read.
    Index = "index",
    /// The commits of a range are read.
    Commits = "commits",
    /// The files of a commit are read.
    Files = "files",
    /// The files of the commit before a change are read.
    FilesBefore = "files before",
    /// Objects are rebuilt without being scanned.
    Rebuilding = "rebuilding",
    /// Objects are scanned in two ways.
    Verifying = "verifying",
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Follows a walk while it lasts, from any of its threads.
pub trait Watch: Sync {
    /// Learns how many objects or files of `stage` are done, and how many there are as far as known; 0 while that is
    /// unknown.
    fn progress(&self, stage: Stage, done: u64, total: u64);

    /// Returns whether to end the walk. Called before each object or file; once `true`, it must stay `true`.
    fn is_cancelled(&self) -> bool;
}

/// Never ends a walk early.
impl Watch for () {
    fn progress(&self, _stage: Stage, _done: u64, _total: u64) {}

    fn is_cancelled(&self) -> bool {
        false
    }
}

/// Counts what a walk has done; the threads of the walk add to it.
#[derive(Default)]
pub struct Meter<'w> {
    stage: Stage,
    watch: Option<&'w dyn Watch>,
    done: AtomicU64,
    total: AtomicU64,
}

impl<'w> Meter<'w> {
    /// Creates the meter of one stage of a scan.
    pub fn new(stage: Stage, watch: &'w dyn Watch) -> Self {
        Self {
            stage,
            watch: Some(watch),
            ..Self::default()
        }
    }

    /// Adds `n` finished objects or files.
    pub fn advance(&self, n: u64) {
        if let Some(watch) = self.watch {
            let before = self.done.fetch_add(n, Relaxed);
            watch.progress(self.stage, before + n, self.total.load(Relaxed));
        }
    }

    /// Adds `n` objects or files that are known to be ahead.
    pub fn expect(&self, n: u64) {
        self.total.fetch_add(n, Relaxed);
    }

    /// Returns whether to end the walk with what it has done so far.
    pub fn is_cancelled(&self) -> bool {
        self.watch.is_some_and(Watch::is_cancelled)
    }
}
