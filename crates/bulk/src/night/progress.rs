//! The progress of a run: on a terminal a line that is updated, elsewhere a line every ten seconds.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

use crate::clock::span;

/// How often a line is written when not on a terminal.
const EVERY: Duration = Duration::from_secs(10);

/// How often the line on a terminal is updated.
const EVERY_ON_TERMINAL: Duration = Duration::from_millis(250);

/// The progress of a run.
pub(crate) struct Progress {
    all: usize,
    done: usize,
    bytes: u64,
    bytes_done: u64,
    begin: Instant,
    drawn: Instant,
    is_terminal: bool,
    is_quiet: bool,
    /// The repository that took longest.
    slowest: Option<(String, Duration)>,
    has_line: bool,
}

impl Progress {
    pub(crate) fn new(all: usize, is_quiet: bool) -> Self {
        let now = Instant::now();
        Self {
            all,
            done: 0,
            bytes: 0,
            bytes_done: 0,
            begin: now,
            drawn: now,
            is_terminal: std::io::stderr().is_terminal(),
            is_quiet,
            slowest: None,
            has_line: false,
        }
    }

    /// Adds this many bytes to those to be scanned.
    pub(crate) fn expect(&mut self, bytes: u64) {
        self.bytes += bytes;
    }

    /// Counts repositories that need no scan as done.
    pub(crate) fn skip(&mut self, repositories: usize) {
        self.done += repositories;
    }

    /// Notes that a repository is done.
    pub(crate) fn finish(&mut self, label: &str, bytes: u64, begun: Option<Instant>) {
        self.done += 1;
        self.bytes_done += bytes;
        let took = begun.map(|begun| begun.elapsed()).unwrap_or_default();
        if self
            .slowest
            .as_ref()
            .is_none_or(|(_, slowest)| took > *slowest)
        {
            self.slowest = Some((label.to_owned(), took));
        }
    }

    /// Returns how many repositories are done, and how many there are.
    pub(crate) fn counts(&self) -> (usize, usize) {
        (self.done, self.all)
    }

    /// Shows the progress, if it is time to.
    pub(crate) fn draw(&mut self, running: impl Fn() -> Vec<(String, Instant)>) {
        let every = if self.is_terminal {
            EVERY_ON_TERMINAL
        } else {
            EVERY
        };
        if self.is_quiet || self.drawn.elapsed() < every {
            return;
        }
        self.drawn = Instant::now();
        let line = self.line(&running());
        let mut out = std::io::stderr().lock();
        // If nobody can see it, nothing is lost.
        let _ = if self.is_terminal {
            write!(out, "\r\x1b[K{line}")
        } else {
            writeln!(out, "{line}")
        };
        let _ = out.flush();
        self.has_line = self.is_terminal;
    }

    fn line(&self, running: &[(String, Instant)]) -> String {
        let mut line = format!(
            "{} of {} repositories, {} of {}",
            self.done,
            self.all,
            size(self.bytes_done),
            size(self.bytes)
        );
        let elapsed = self.begin.elapsed().as_secs_f64();
        if self.bytes_done > 0 && self.bytes_done < self.bytes {
            let part = ratio(self.bytes_done, self.bytes);
            let left =
                Duration::try_from_secs_f64(elapsed * (1.0 - part) / part).unwrap_or_default();
            line.push_str(&format!(", about {} left", span(left.as_secs())));
        }
        let longest = running.iter().max_by_key(|(_, begun)| begun.elapsed());
        if let Some((label, begun)) = longest {
            line.push_str(&format!(
                "; at {} for {}",
                shown(label),
                span(begun.elapsed().as_secs())
            ));
        }
        if let Some((label, took)) = &self.slowest {
            line.push_str(&format!(
                "; slowest {} ({})",
                shown(label),
                span(took.as_secs())
            ));
        }
        line
    }

    /// Clears the line on the terminal.
    pub(crate) fn end(&mut self) {
        if self.has_line {
            let _ = write!(std::io::stderr(), "\r\x1b[K");
            self.has_line = false;
        }
    }
}

/// Returns a label for a terminal, with control characters replaced.
fn shown(label: &str) -> String {
    let visible = |c: char| if c.is_control() { '\u{fffd}' } else { c };
    label.chars().map(visible).collect()
}

#[expect(clippy::cast_precision_loss, reason = "it is shown in whole seconds")]
fn ratio(part: u64, whole: u64) -> f64 {
    part as f64 / whole as f64
}

/// Returns a number of bytes in a form for people.
pub(crate) fn size(bytes: u64) -> String {
    match bytes {
        0..0x0010_0000 => format!("{} KB", bytes >> 10),
        0x0010_0000..0x4000_0000 => format!("{} MB", bytes >> 20),
        _ => format!("{}.{} GB", bytes >> 30, (bytes >> 20) % 1_024 * 10 / 1_024),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_how_far_it_is() {
        let mut progress = Progress::new(3, true);
        progress.expect(4 << 20);
        progress.skip(1);
        progress.finish("a\u{1b}.git", 1 << 20, None);
        let line = progress.line(&[]);
        assert!(
            line.starts_with("2 of 3 repositories, 1 MB of 4 MB, about"),
            "{line}"
        );
        assert!(line.ends_with("slowest a\u{fffd}.git (0 s)"), "{line}");
        assert_eq!(size(3 << 29), "1.5 GB");
    }
}
