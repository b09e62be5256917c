//! Scans targets and texts.

use std::fmt;
use std::sync::Arc;

use rayon::ThreadPool;

use crate::model::{Coverage, Origin};
use crate::scan::found::Found;
use crate::scan::levels::Levels;
use crate::scan::project::{self, Beside, Walked};
use crate::scan::raw::Raw;
use crate::scan::rule_files::apply_allowlists;
use crate::scan::settings::{Choice, Judges, Places, Settings};
use crate::scan::text::{Scanned, TextWorker};
use crate::scan::{self, Error, Request, Rules};
use crate::source;
use crate::triage::{self, Traces};

use super::sink::Watcher;
use super::{Document, Plan, Report, ScannerBuilder, Sink, Target};

/// Rules, limits and threads, set up once for any number of scans. Several threads may use it at once.
///
/// Its threads end when it is dropped. It writes only to the cache directory that a target names, and runs no programs.
pub struct Scanner {
    rules: Rules,
    request: Request,
    pool: Arc<ThreadPool>,
    /// Settings from a file that was named.
    settings: Settings,
    /// The levels that these settings set.
    levels: Levels,
}

impl fmt::Debug for Scanner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scanner")
            .field("request", &self.request)
            .finish_non_exhaustive()
    }
}

impl Scanner {
    /// Sets up a scanner.
    pub fn builder() -> ScannerBuilder {
        ScannerBuilder::new()
    }

    pub(super) fn new(
        rules: Rules,
        request: Request,
        pool: Arc<ThreadPool>,
    ) -> Result<Self, Error> {
        let settings = match &request.settings {
            Choice::File(path) => request.settings.read(path)?,
            _ => Settings::default(),
        };
        let levels = request.asked().levels(&settings.config);
        let scanner = Self {
            rules,
            request,
            pool,
            settings,
            levels,
        };
        // Mistakes in the rules or the settings must surface before anything is scanned.
        let detector = scanner.rules.detector(levels.confidence)?;
        scanner.settings.check_rules(&scan::all_rules(&detector))?;
        scanner.settings.judge()?;
        Ok(scanner)
    }

    /// Scans a target and hands what it finds to `sink`.
    ///
    /// # Errors
    ///
    /// Fails if the target cannot be opened, its settings are wrong, or the sink cancels the scan. What goes wrong
    /// within a target that can be opened is a [`Gap`](crate::Gap).
    pub fn scan(&self, target: &Target, plan: &Plan, sink: &mut dyn Sink) -> Result<Report, Error> {
        let request = Request {
            paths: vec![target.path.clone()],
            what: plan.what(),
            no_ignore: target.scans_ignored,
            cache: target.cache.clone(),
            own_refs_only: target.own_refs_only,
            ..self.request.clone()
        };
        let watcher = Watcher::new(&*sink);
        let report = self.pool.install(|| {
            let raw = scan::find(&request, None, (&self.rules, &watcher))?;
            Ok::<_, Error>(Report::of(raw))
        })?;
        for finding in report.findings.iter().chain(&report.accepted) {
            sink.finding(finding);
        }
        report.gaps().iter().for_each(|gap| sink.gap(gap));
        Ok(report)
    }

    /// Scans one text called `path`, as an editor has it. Nothing but the text is read: its comments and the settings
    /// of a file that was named count, but no other file is consulted.
    ///
    /// # Errors
    ///
    /// None are known; a text that cannot be scanned is a [`Gap`](crate::Gap).
    pub fn text(&self, path: &str, text: &[u8]) -> Result<Report, Error> {
        let detector = self.rules.detector(self.levels.confidence)?;
        self.pool.install(|| {
            let worker = TextWorker::new(&detector);
            let (raw, _) = self.raw_text(path, text, worker, &mut Traces::default())?;
            Ok(Report::of(raw))
        })
    }

    /// Scans a text as [`text`](Self::text) does, but faster if another version of it was scanned before: what both
    /// have in common at the beginning and at the end is not searched again. The report is the same.
    ///
    /// # Errors
    ///
    /// None are known; a text that cannot be scanned is a [`Gap`](crate::Gap).
    pub fn document(&self, document: &mut Document, text: &[u8]) -> Result<Report, Error> {
        let detector = self.rules.detector(self.levels.confidence)?;
        let before = document.before(&detector);
        let worker = TextWorker::new(&detector).after(before);
        let (report, version) = self.pool.install(|| {
            let traces = &mut document.traces;
            let (raw, version) = self.raw_text(&document.path, text, worker, traces)?;
            let report = Report::of_version(raw, &mut document.masked);
            Ok::<_, Error>((report, version))
        })?;
        document.scanned = version.map(|version| (Arc::clone(&detector), version));
        Ok(report)
    }

    fn raw_text(
        &self,
        path: &str,
        text: &[u8],
        mut worker: TextWorker<'_>,
        traces: &mut Traces,
    ) -> Result<(Raw, Option<Scanned>), Error> {
        let detector = self.rules.detector(self.levels.confidence)?;
        let mut raw = Raw::new(Arc::clone(&detector), Some(self.levels.threshold));
        let mut coverage = if text.is_empty() {
            Coverage {
                vacuous: true,
                ..Coverage::default()
            }
        } else {
            let limits = self.request.limits;
            source::read_stdin(text, path, limits, &mut worker).map_err(|error| Error::Stream {
                stream: "a text",
                error,
            })?
        };
        let version = worker.version.take();
        let walked = Walked::from(vec![worker]);
        let policy = &self.settings.config.policy;
        let origin = Origin::Stdin;
        let mut findings =
            project::findings(walked, &mut coverage, &origin, &Beside::Nothing, policy);
        triage::sort(&mut findings);
        apply_allowlists(&detector, &mut findings);
        triage::assign_fingerprints_again(&mut findings, traces);
        coverage.allowed = triage::apply_comments(&mut findings);
        let places = Places::default();
        let mut judges = Judges::default();
        let today = scan::known::today();
        judges.apply(&self.settings, &mut findings, &places, &today)?;
        let gaps = coverage.gaps.iter_mut().collect();
        judges.accept(&self.settings, gaps, &places, &today);
        raw.secrets.note(&findings);
        let mut found = Found::new(findings, coverage);
        found.leave_out(self.levels);
        found.set_suppressed_aside();
        raw.add(found, None);
        raw.settle();
        raw.secrets.sort();
        Ok((raw, version))
    }
}
