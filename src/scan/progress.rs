//! Progress on standard error while a scan runs: a bar on a terminal, elsewhere a line now and then.

use std::io::{self, IsTerminal, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::source::Meter;

/// How often the bar is redrawn.
const TICK: Duration = Duration::from_millis(100);

/// How often a line is written where standard error is no terminal: a log shows that the scan still runs.
const PAUSE: Duration = Duration::from_secs(10);

/// A bar that is drawn until it is dropped.
pub(crate) struct Progress {
    /// What the scan adds to.
    pub(crate) meter: Arc<Meter>,
    done: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Progress {
    /// A bar that says `what`, or lines where standard error is no terminal; nothing unless `wanted`.
    pub(crate) fn new(what: &'static str, wanted: bool) -> Self {
        let meter = Arc::new(Meter::default());
        let done = Arc::new(AtomicBool::new(false));
        let start = || {
            let (meter, done) = (Arc::clone(&meter), Arc::clone(&done));
            let is_watched = io::stderr().is_terminal();
            let draw = move || {
                if is_watched {
                    draw(what, &meter, &done);
                } else {
                    log(what, &meter, &done);
                }
            };
            // Where the system refuses a thread, there is no bar.
            thread::Builder::new().spawn(draw).ok()
        };
        let thread = wanted.then(start).flatten();
        Self {
            meter,
            done,
            thread,
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.done.store(true, Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            // A bar that could not be drawn is no reason to fail.
            let _ = thread.join();
        }
    }
}

/// Writes a line every ten seconds.
fn log(what: &str, meter: &Meter, done: &AtomicBool) {
    let begin = Instant::now();
    let mut next = PAUSE;
    while !done.load(Relaxed) {
        let passed = begin.elapsed();
        if passed < next {
            thread::park_timeout(next.saturating_sub(passed));
            continue;
        }
        next += PAUSE;
        let line = line(what, meter.done(), meter.total(), passed);
        // Nothing is left to report to when this fails.
        let _ = writeln!(io::stderr(), "{line}");
    }
}

/// `gonogo: history: 40 % after 20 s`.
fn line(what: &str, done: u64, total: u64, passed: Duration) -> String {
    let seconds = passed.as_secs();
    match done.saturating_mul(100).checked_div(total) {
        Some(percent) => format!("gonogo: {what}: {} % after {seconds} s", percent.min(100)),
        None => format!("gonogo: {what}: {done} done after {seconds} s"),
    }
}

fn draw(what: &'static str, meter: &Meter, done: &AtomicBool) {
    // Most scans are over before a bar would be of use.
    thread::park_timeout(TICK * 3);
    if done.load(Relaxed) {
        return;
    }
    let bar = ProgressBar::no_length().with_message(what);
    let style = |template: &str| {
        ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
    };
    let counting = style("{spinner} {msg} {human_pos} ({elapsed})");
    let measured = style("{spinner} {msg} {bar:30} {human_pos}/{human_len} ({eta} left)");
    while !done.load(Relaxed) {
        if meter.total() > 0 {
            bar.set_length(meter.total());
            bar.set_style(measured.clone());
        } else {
            bar.set_style(counting.clone());
        }
        bar.set_position(meter.done());
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
