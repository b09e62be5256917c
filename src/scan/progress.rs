//! A progress bar on standard error, while a scan runs and somebody is watching.

use std::io::{self, IsTerminal};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::source::Meter;

/// How often the bar is redrawn.
const TICK: Duration = Duration::from_millis(100);

/// A bar that is drawn until it is dropped.
pub(crate) struct Progress {
    /// What the scan adds to.
    pub(crate) meter: Arc<Meter>,
    done: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Progress {
    /// A bar that says `what`; nothing is drawn unless `wanted` and standard error is a terminal.
    pub(crate) fn new(what: &'static str, wanted: bool) -> Self {
        let meter = Arc::new(Meter::default());
        let done = Arc::new(AtomicBool::new(false));
        let start = || {
            let (meter, done) = (Arc::clone(&meter), Arc::clone(&done));
            let draw = move || draw(what, &meter, &done);
            // Where the system refuses a thread, there is no bar.
            thread::Builder::new().spawn(draw).ok()
        };
        let is_watched = wanted && io::stderr().is_terminal();
        let thread = is_watched.then(start).flatten();
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
