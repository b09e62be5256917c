//! Progress on standard error while a scan runs: a bar on a terminal, otherwise an occasional line.

use std::io::{self, IsTerminal, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering::Relaxed};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::source::{Stage, Watch};

/// How often the bar is redrawn.
const TICK: Duration = Duration::from_millis(100);

/// How often a line is written if standard error is not a terminal, so that a log shows that the scan is still
/// running.
const PAUSE: Duration = Duration::from_secs(10);

/// A bar that is drawn until it is dropped.
pub(crate) struct Progress {
    counts: Arc<Counts>,
    thread: Option<JoinHandle<()>>,
}

/// What the bar shows; the scanning threads update it.
#[derive(Default)]
struct Counts {
    stage: AtomicU8,
    done: AtomicU64,
    total: AtomicU64,
    is_over: AtomicBool,
}

impl Progress {
    /// Starts a bar, or lines if standard error is not a terminal; does nothing unless `wanted`.
    pub(crate) fn new(wanted: bool) -> Self {
        let counts = Arc::new(Counts::default());
        let start = || {
            let counts = Arc::clone(&counts);
            let is_watched = io::stderr().is_terminal();
            let report = move || {
                if is_watched {
                    draw(&counts);
                } else {
                    log(&counts);
                }
            };
            // If the system refuses a thread, there is no bar.
            thread::Builder::new().spawn(report).ok()
        };
        let thread = wanted.then(start).flatten();
        Self { counts, thread }
    }
}

impl Watch for Progress {
    fn progress(&self, stage: Stage, done: u64, total: u64) {
        if self.thread.is_some() {
            self.counts.stage.store(stage as u8, Relaxed);
            self.counts.done.store(done, Relaxed);
            self.counts.total.store(total, Relaxed);
        }
    }

    fn is_cancelled(&self) -> bool {
        false
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.counts.is_over.store(true, Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            // A bar that cannot be drawn is no reason to fail.
            let _ = thread.join();
        }
    }
}

/// Writes a line every ten seconds.
fn log(counts: &Counts) {
    let begin = Instant::now();
    let mut next = PAUSE;
    while !counts.is_over.load(Relaxed) {
        let passed = begin.elapsed();
        if passed < next {
            thread::park_timeout(next.saturating_sub(passed));
            continue;
        }
        next += PAUSE;
        let stage = Stage::ALL.get(usize::from(counts.stage.load(Relaxed)));
        let what = stage.copied().unwrap_or_default().name();
        let (done, total) = (counts.done.load(Relaxed), counts.total.load(Relaxed));
        let line = line(what, done, total, passed);
        // If this fails, there is nowhere left to report it.
        let _ = writeln!(io::stderr(), "{line}");
    }
}

/// Returns a line such as `gonogo: history: 40 % after 20 s`.
fn line(what: &str, done: u64, total: u64, passed: Duration) -> String {
    let seconds = passed.as_secs();
    match done.saturating_mul(100).checked_div(total) {
        Some(percent) => format!("gonogo: {what}: {} % after {seconds} s", percent.min(100)),
        None => format!("gonogo: {what}: {done} done after {seconds} s"),
    }
}

fn draw(counts: &Counts) {
    // Most scans finish before a bar would be useful.
    thread::park_timeout(TICK * 3);
    if counts.is_over.load(Relaxed) {
        return;
    }
    let bar = ProgressBar::no_length();
    let style = |template: &str| {
        ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
    };
    let counting = style("{spinner} {msg} {human_pos} ({elapsed})");
    let measured = style("{spinner} {msg} {bar:30} {human_pos}/{human_len} ({eta} left)");
    let mut shown = None;
    while !counts.is_over.load(Relaxed) {
        let stage = Stage::ALL.get(usize::from(counts.stage.load(Relaxed)));
        if shown != stage {
            shown = stage;
            bar.reset();
            bar.set_message(stage.copied().unwrap_or_default().name());
        }
        let total = counts.total.load(Relaxed);
        if total > 0 {
            bar.set_length(total);
            bar.set_style(measured.clone());
        } else {
            bar.set_style(counting.clone());
        }
        bar.set_position(counts.done.load(Relaxed));
        bar.tick();
        thread::park_timeout(TICK);
    }
    bar.finish_and_clear();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_how_far_it_is() {
        let passed = Duration::from_millis(20_400);
        assert_eq!(
            line("history", 2, 5, passed),
            "gonogo: history: 40 % after 20 s"
        );
        assert_eq!(
            line("history", 7, 0, passed),
            "gonogo: history: 7 done after 20 s"
        );
    }
}
