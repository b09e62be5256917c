//! What receives the results of a scan while it runs, and may cancel it.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use crate::model::Gap;
use crate::source::{Stage, Watch};

use super::Finding;

/// Receives what a scan finds, and may cancel it. By default every method does nothing; `()` is a sink that ignores
/// everything.
///
/// ```
/// use std::sync::atomic::{AtomicBool, Ordering};
/// use gonogo::{Finding, Progress, Sink};
///
/// #[derive(Default)]
/// struct Printer {
///     stop: AtomicBool,
/// }
///
/// impl Sink for Printer {
///     fn finding(&mut self, finding: &Finding) {
///         println!("{}:{}: {}", finding.place.path, finding.place.line, finding.title);
///     }
///
///     fn progress(&self, progress: Progress) {
///         eprint!("\r{}: {} of {}", progress.stage, progress.done, progress.total);
///     }
///
///     fn is_cancelled(&self) -> bool {
///         self.stop.load(Ordering::Relaxed)
///     }
/// }
/// ```
pub trait Sink: Sync {
    /// Receives a finding, reviewed and with its fingerprint. Accepted findings come, too: see [`Finding::accepted`].
    ///
    /// Findings come only once the whole target has been read, since the file read last may accept what was found
    /// first.
    fn finding(&mut self, _finding: &Finding) {}

    /// Receives a gap: something that was not scanned. Gaps come after the findings.
    fn gap(&mut self, _gap: &Gap) {}

    /// Learns how far the scan has come. Called from any thread of the scan, once per object or file, so it must be
    /// quick.
    fn progress(&self, _progress: Progress) {}

    /// Returns whether to end the scan, which then returns [`Error::Cancelled`](crate::Error::Cancelled) as soon as
    /// each thread has finished its current object or file. Called from any thread before each of them, so it must be
    /// quick.
    fn is_cancelled(&self) -> bool {
        false
    }
}

impl Sink for () {}

/// How far a scan has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// Which part of the scan this is about; several may run at once.
    pub stage: Stage,
    /// How many objects or files are done.
    pub done: u64,
    /// How many there are; 0 while that is not known.
    pub total: u64,
}

/// Watches a scan for a sink.
pub(super) struct Watcher<'s> {
    sink: &'s dyn Sink,
    /// Once cancelled, a scan stays cancelled, whatever the sink returns later.
    is_cancelled: AtomicBool,
}

impl<'s> Watcher<'s> {
    pub(super) fn new(sink: &'s dyn Sink) -> Self {
        Self {
            sink,
            is_cancelled: AtomicBool::new(false),
        }
    }
}

impl Watch for Watcher<'_> {
    fn progress(&self, stage: Stage, done: u64, total: u64) {
        self.sink.progress(Progress { stage, done, total });
    }

    fn is_cancelled(&self) -> bool {
        if self.is_cancelled.load(Relaxed) {
            return true;
        }
        let is_cancelled = self.sink.is_cancelled();
        if is_cancelled {
            self.is_cancelled.store(true, Relaxed);
        }
        is_cancelled
    }
}
