//! How a scanner is set up.

use std::path::PathBuf;
use std::sync::Arc;
use std::thread;

use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::model::{Confidence, Severity};
use crate::scan::settings::Choice;
use crate::scan::{Error, Request, Rules, What};
use crate::source::Limits;
use crate::triage::Selection;

use super::Scanner;

/// The default size limit of a file, in bytes.
const MAX_FILE_SIZE: u64 = 256 << 20;

/// How many levels of nested archives are unpacked by default.
const MAX_ARCHIVE_DEPTH: usize = 3;

/// Where the settings of scans come from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum SettingsSource {
    /// From each target: its `gonogo.toml`, its baseline, and the rule files and lists of other scanners in it.
    #[default]
    Target,
    /// From this `gonogo.toml`, and nothing from the targets.
    File(PathBuf),
    /// No settings at all.
    None,
}

/// Sets up a [`Scanner`]; made by [`Scanner::builder`].
#[derive(Debug)]
pub struct ScannerBuilder {
    request: Request,
    pool: Option<Arc<ThreadPool>>,
}

impl ScannerBuilder {
    pub(super) fn new() -> Self {
        let threads = thread::available_parallelism().map_or(1, usize::from);
        let request = Request {
            paths: Vec::new(),
            what: What::Index,
            no_ignore: false,
            limits: Limits {
                max_file_size: MAX_FILE_SIZE,
                max_archive_depth: MAX_ARCHIVE_DEPTH,
                threads,
            },
            rule_files: Vec::new(),
            min_confidence: None,
            min_severity: None,
            fail_on: None,
            baseline: None,
            settings: Choice::Find,
            judged: None,
            selection: Selection::default(),
            cache: None,
            own_refs_only: false,
            shows_former: false,
            shows_provenance: false,
            keeps_places: true,
        };
        Self {
            request,
            pool: None,
        }
    }

    /// Sets how many threads a scan uses; by default, as many as there are processors.
    #[must_use]
    pub fn threads(mut self, threads: usize) -> Self {
        self.request.limits.threads = threads.max(1);
        self
    }

    /// Works on the threads of `pool` instead of starting its own. Reading starts some additional threads for as long
    /// as it lasts.
    #[must_use]
    pub fn pool(mut self, pool: Arc<ThreadPool>) -> Self {
        self.request.limits.threads = pool.current_num_threads();
        self.pool = Some(pool);
        self
    }

    /// Uses the rules of this file in addition to the built-in ones; may be called several times.
    #[must_use]
    pub fn rule_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.request.rule_files.push(path.into());
        self
    }

    /// Skips files and blobs larger than this many bytes; each is reported as a gap.
    #[must_use]
    pub fn max_file_size(mut self, bytes: u64) -> Self {
        self.request.limits.max_file_size = bytes;
        self
    }

    /// Unpacks nested archives up to this depth; 0 unpacks none.
    #[must_use]
    pub fn max_archive_depth(mut self, depth: usize) -> Self {
        self.request.limits.max_archive_depth = depth;
        self
    }

    /// Reports only findings of at least this confidence, whatever the settings say.
    #[must_use]
    pub fn min_confidence(mut self, least: Confidence) -> Self {
        self.request.min_confidence = Some(least);
        self
    }

    /// Reports only findings of at least this severity, whatever the settings say. Findings that decide the verdict are
    /// always reported.
    #[must_use]
    pub fn min_severity(mut self, least: Severity) -> Self {
        self.request.min_severity = Some(least);
        self
    }

    /// Makes the verdict NO-GO from this severity up, whatever the settings say.
    #[must_use]
    pub fn fail_on(mut self, threshold: Severity) -> Self {
        self.request.fail_on = Some(threshold);
        self
    }

    /// Takes settings from `source`.
    #[must_use]
    pub fn settings(mut self, source: SettingsSource) -> Self {
        self.request.settings = match source {
            SettingsSource::Target => Choice::Find,
            SettingsSource::File(path) => Choice::File(path),
            SettingsSource::None => Choice::Nothing,
        };
        self
    }

    /// Reads the rules and starts the threads.
    ///
    /// # Errors
    ///
    /// Fails if a rule file or the settings cannot be read or used, or if the system refuses to start threads.
    pub fn build(self) -> Result<Scanner, Error> {
        let Self { request, pool } = self;
        let pool = match pool {
            Some(pool) => pool,
            None => Arc::new(start(request.limits.threads)?),
        };
        Scanner::new(Rules::new(request.rule_files.clone()), request, pool)
    }
}

fn start(threads: usize) -> Result<ThreadPool, Error> {
    let pool = ThreadPoolBuilder::new().num_threads(threads);
    let pool = pool.thread_name(|number| format!("gonogo-{number}"));
    pool.build()
        .map_err(|error| Error::Usage(format!("{threads} threads cannot be started: {error}")))
}
