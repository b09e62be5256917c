//! A memory budget for the large texts of all threads: if they would not fit together, the threads take turns.
//!
//! A thread asks for a share before it reads a text, and returns it when it is done. It never waits while it holds a
//! share, for example for a member of an archive or a version built upon another. So there is always a thread that
//! makes progress, whatever its shares are for.

mod machine;

use std::cell::Cell;
use std::sync::{Condvar, Mutex, MutexGuard, OnceLock, PoisonError};

/// Smaller texts are read without asking: one of them per thread does no harm.
pub(super) const LARGE: usize = 8 << 20;

/// Larger buffers are not kept for reuse: few objects need one, and kept buffers are not freed during a walk.
const MOST_KEPT: usize = 1 << 20;

/// How many bytes of memory each byte of a text takes: for itself, its decoded form, and the notes about it.
const FOR_EACH_BYTE: u64 = 3;

/// Texts get one part in this many of all memory; the rest is for what is known about a repository, and for findings.
const PART_OF_ALL: u64 = 2;

/// More than this is pointless: texts of this size are so rare that they can wait for each other.
const MOST: u64 = 512 << 20;

/// The least that the whole program uses, unless told otherwise.
const LEAST_MEMORY: u64 = 1 << 30;

/// The budget of this process; set when it is first needed.
static SHARED: OnceLock<Budget> = OnceLock::new();

thread_local! {
    /// How many shares this thread holds.
    static HELD: Cell<usize> = const { Cell::new(0) };
}

/// Sets how much memory this program should use, in bytes; call it before anything is read. `None` means half of what
/// the machine or the container has.
pub fn use_memory(bytes: Option<u64>) {
    if let Some(bytes) = bytes {
        SHARED.get_or_init(|| Budget::of(bytes));
    }
}

/// Returns a share of the budget for a text of `bytes` bytes, waiting until there is room. `None` if the text is so
/// small that it needs none.
pub(super) fn share(bytes: u64) -> Option<Share<'static>> {
    if bytes < LARGE as u64 {
        return None;
    }
    let half = || machine::memory().unwrap_or_default() / 2;
    let budget = SHARED.get_or_init(|| Budget::of(half().max(LEAST_MEMORY)));
    Some(budget.take(bytes))
}

/// Keeps a buffer for reuse, unless it has become too large to be worth keeping.
pub(super) fn keep(buffers: &mut Vec<Vec<u8>>, buffer: Vec<u8>) {
    if buffer.capacity() <= MOST_KEPT {
        buffers.push(buffer);
    }
}

/// How many bytes texts may take.
#[derive(Debug)]
struct Budget {
    most: u64,
    used: Mutex<u64>,
    freed: Condvar,
}

/// A part of a budget, returned when it is dropped.
#[derive(Debug)]
pub struct Share<'b> {
    budget: &'b Budget,
    cost: u64,
}

impl Budget {
    /// Makes the budget for texts from `memory` bytes in all.
    fn of(memory: u64) -> Self {
        Self {
            most: (memory / PART_OF_ALL).min(MOST),
            used: Mutex::new(0),
            freed: Condvar::new(),
        }
    }

    fn used(&self) -> MutexGuard<'_, u64> {
        self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until there is room for a text of `bytes` bytes; one that exceeds the whole budget is read alone.
    fn take(&self, bytes: u64) -> Share<'_> {
        let cost = bytes.saturating_mul(FOR_EACH_BYTE);
        let is_waiting = HELD.get() == 0;
        HELD.set(HELD.get() + 1);
        let has_no_room = |used: &mut u64| *used > 0 && used.saturating_add(cost) > self.most;
        let mut used = self.used();
        if is_waiting {
            let freed = self.freed.wait_while(used, has_no_room);
            used = freed.unwrap_or_else(PoisonError::into_inner);
        }
        *used = used.saturating_add(cost);
        Share { budget: self, cost }
    }
}

impl Drop for Share<'_> {
    fn drop(&mut self) {
        HELD.set(HELD.get().saturating_sub(1));
        let mut used = self.budget.used();
        *used = used.saturating_sub(self.cost);
        drop(used);
        self.budget.freed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering::SeqCst};

    use super::*;

    #[test]
    fn large_texts_of_many_threads_take_turns() {
        let budget = Budget::of(PART_OF_ALL * FOR_EACH_BYTE * 100);
        let (now, most) = (AtomicU64::new(0), AtomicU64::new(0));
        let read = |bytes: u64| {
            let share = budget.take(bytes);
            most.fetch_max(now.fetch_add(bytes, SeqCst) + bytes, SeqCst);
            std::thread::yield_now();
            now.fetch_sub(bytes, SeqCst);
            drop(share);
        };
        std::thread::scope(|scope| {
            for thread in 0..8 {
                scope.spawn(move || (0..200).for_each(|text| read(30 + (text + thread) % 40)));
            }
        });
        assert!(most.load(SeqCst) <= 100, "{most:?}");
        assert_eq!(*budget.used(), 0);
    }

    #[test]
    fn what_is_too_large_is_read_alone_and_a_thread_never_waits_for_itself() {
        let budget = Budget::of(PART_OF_ALL * FOR_EACH_BYTE * 100);
        let outer = budget.take(1000);
        let inner = budget.take(1000);
        drop((outer, inner));
        assert_eq!(*budget.used(), 0);
    }

    #[test]
    fn the_budget_has_bounds() {
        assert_eq!(Budget::of(64 << 30).most, MOST);
        assert_eq!(Budget::of(256 << 20).most, 128 << 20);
    }
}
