//! How many jobs a lane takes at once, to save round trips where jobs are short: most of a night's jobs have nothing to
//! do, and small repositories are scanned within milliseconds.

use std::time::Duration;

/// How long the scans of jobs that are taken together should take in total.
const AT_ONCE: Duration = Duration::from_secs(2);

/// How many jobs to be scanned are taken at once at most.
const MOST: usize = 64;

/// How many jobs are taken at once while they have nothing to do. Each needs a look at a directory; all of them
/// together must finish well within the time after which a job is handed to another worker.
const MOST_IDLE: usize = 256;

/// How many times more jobs are taken than before.
const GROWTH: usize = 4;

/// A lane takes at most one in this many of the waiting jobs, and leaves the rest to others.
const SHARE: u64 = 4;

/// How many jobs to take at once.
#[derive(Debug)]
pub(super) struct Pace {
    most: usize,
    /// How many jobs were waiting when the last one was handed out.
    waiting: u64,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            most: 1,
            waiting: 0,
        }
    }
}

impl Pace {
    /// Returns how many jobs to ask for.
    pub(super) fn most(&self) -> usize {
        let share = usize::try_from(self.waiting / SHARE).unwrap_or(usize::MAX);
        self.most.min(share).max(1)
    }

    /// Returns how many of the jobs that need a scan to keep.
    pub(super) fn most_scanned(&self) -> usize {
        self.most.min(MOST)
    }

    /// Notes how many jobs were waiting when some were handed out.
    pub(super) fn see(&mut self, waiting: u64) {
        self.waiting = waiting;
    }

    /// Notes that none of the jobs taken had anything to do.
    pub(super) fn was_idle(&mut self) {
        self.most = (self.most * GROWTH).min(MOST_IDLE);
    }

    /// Notes that `jobs` jobs were scanned in `time`.
    pub(super) fn has_scanned(&mut self, jobs: usize, time: Duration) {
        let fitting = AT_ONCE.as_micros() * jobs as u128 / time.as_micros().max(1);
        let fitting = usize::try_from(fitting).unwrap_or(MOST);
        self.most = fitting.clamp(1, MOST).min(self.most_scanned() * GROWTH);
    }

    /// Notes that there were no jobs, or that they were of a kind that is taken one by one.
    pub(super) fn reset(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pace(waiting: u64) -> Pace {
        let mut pace = Pace::default();
        pace.see(waiting);
        pace
    }

    #[test]
    fn short_jobs_are_taken_together_and_long_ones_alone() {
        let mut pace = pace(10_000);
        assert_eq!(pace.most(), 1);
        let mut taken = Vec::new();
        for _ in 0..4 {
            let jobs = pace.most();
            pace.has_scanned(
                jobs,
                Duration::from_millis(10) * u32::try_from(jobs).unwrap(),
            );
            taken.push(pace.most());
        }
        assert_eq!(taken, [4, 16, 64, 64]);
        pace.has_scanned(64, Duration::from_secs(128));
        assert_eq!(pace.most(), 1);
        for _ in 0..5 {
            pace.was_idle();
        }
        assert_eq!((pace.most(), pace.most_scanned()), (MOST_IDLE, MOST));
    }

    #[test]
    fn others_get_their_share_of_the_last_ones() {
        let mut pace = pace(10_000);
        for _ in 0..5 {
            pace.was_idle();
        }
        pace.see(40);
        assert_eq!(pace.most(), 10);
        pace.see(0);
        assert_eq!(pace.most(), 1);
    }
}
