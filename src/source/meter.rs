//! Counters that a progress bar can read while a scan runs.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// How far a scan has come. Threads add to it; a progress bar reads it now and then.
#[derive(Debug, Default)]
pub struct Meter {
    done: AtomicU64,
    total: AtomicU64,
}

impl Meter {
    /// Adds `n` finished blobs.
    pub fn advance(&self, n: u64) {
        self.done.fetch_add(n, Relaxed);
    }

    /// Adds `n` blobs to what is known to be ahead.
    pub fn expect(&self, n: u64) {
        self.total.fetch_add(n, Relaxed);
    }

    /// Finished blobs.
    pub fn done(&self) -> u64 {
        self.done.load(Relaxed)
    }

    /// Blobs in all, as far as is known; 0 while nothing is known.
    pub fn total(&self) -> u64 {
        self.total.load(Relaxed)
    }
}
