//! How many threads a command uses: as many as requested, or as the system grants.

use std::thread;
use std::time::Duration;

use rayon::ThreadPoolBuilder;

use crate::source;

/// How long to wait until the system no longer counts threads that have ended.
const REST: Duration = Duration::from_millis(50);

/// The threads of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Threads {
    /// How many threads walk and scan.
    pub count: usize,
    /// Whether the first thread does everything, since the system grants too few.
    is_alone: bool,
    /// How many were requested.
    asked: usize,
}

impl Threads {
    /// Starts `asked` threads, or as many as the system grants.
    pub fn start(asked: usize) -> Self {
        let threads = Self::fitting(asked, source::granted(needed(asked)));
        if threads.is_fewer() {
            // The system still counts threads for a moment after they have ended.
            thread::sleep(REST);
        }
        threads.start_pool();
        threads
    }

    /// Returns what is possible if the system grants `granted` threads in addition to this one.
    fn fitting(asked: usize, granted: usize) -> Self {
        let count = (1..=asked).rev().find(|count| needed(*count) <= granted);
        Self {
            count: count.unwrap_or(1),
            is_alone: granted < needed(1),
            asked,
        }
    }

    fn is_fewer(self) -> bool {
        self.count < self.asked || self.is_alone
    }

    fn start_pool(self) {
        let pool = ThreadPoolBuilder::new().num_threads(self.count);
        let pool = if self.is_alone {
            pool.use_current_thread()
        } else {
            pool
        };
        // Fails if a pool exists already, as in a program that scans several times; that pool is then used.
        let _ = pool.build_global();
    }

    /// Returns a warning if there are fewer threads than requested.
    pub fn warning(self) -> Option<String> {
        self.is_fewer().then(|| {
            let Self { count, asked, .. } = self;
            format!(
                "cannot start all threads: running on {count} instead of {asked} (check `ulimit -u`, or the \
                 container's `pids` limit)"
            )
        })
    }
}

/// Returns how many threads there must be room for besides the first one if `count` walk and scan: as many that share
/// the work on findings, one that reads HEAD and one that draws progress. The rest is a reserve for ended threads that
/// the system still counts.
fn needed(count: usize) -> usize {
    3 * count + 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_system_refuses_is_done_by_fewer_threads() {
        for (asked, granted, count, is_alone) in [
            (8, 26, 8, false),
            (8, 25, 7, false),
            (8, 7, 1, false),
            (8, 4, 1, true),
            (8, 0, 1, true),
            (1, 0, 1, true),
        ] {
            let threads = Threads::fitting(asked, granted);
            assert_eq!((threads.count, threads.is_alone), (count, is_alone));
            let is_fewer = count < asked || is_alone;
            assert_eq!(threads.warning().is_some(), is_fewer, "{asked} {granted}");
        }
    }
}
