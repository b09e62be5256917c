//! Runs the same work on several threads, as many as the system grants.

use std::sync::Mutex;
use std::thread::{self, Builder, Scope, ScopedJoinHandle};

/// Runs `work` on `threads` threads at once, including this one, and returns all results.
///
/// If the system refuses threads, there are fewer. A panic on one of them is resumed here, once the others are done.
pub(super) fn on_threads<T: Send>(threads: usize, work: impl Fn() -> T + Copy + Send) -> Vec<T> {
    thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map_while(|_| start(scope, work)).collect();
        let mut done = vec![work()];
        for thread in others {
            match thread.join() {
                Ok(result) => done.push(result),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        done
    })
}

/// Runs both, concurrently if the system grants a thread. On a thread of a pool, both share the pool's threads.
pub fn both<A: Send, B: Send>(
    one: impl Fn() -> A + Copy + Send,
    other: impl FnOnce() -> B + Send,
) -> (A, B) {
    if rayon::current_thread_index().is_some() {
        return rayon::join(one, other);
    }
    thread::scope(|scope| {
        let started = start(scope, one);
        let other = other();
        let one = match started.map(ScopedJoinHandle::join) {
            Some(Ok(result)) => result,
            Some(Err(panic)) => std::panic::resume_unwind(panic),
            None => one(),
        };
        (one, other)
    })
}

/// Starts a thread; `None` if the system refuses.
fn start<'s, T: Send + 's>(
    scope: &'s Scope<'s, '_>,
    work: impl Fn() -> T + Send + 's,
) -> Option<ScopedJoinHandle<'s, T>> {
    Builder::new().spawn_scoped(scope, work).ok()
}

/// Returns how many more threads the system grants: `most`, or fewer if there is a limit.
///
/// Starts that many threads and ends them again, which is the only way to find out: limits also count other programs'
/// threads.
pub fn granted(most: usize) -> usize {
    let gate = Mutex::new(());
    let closed = gate.lock();
    thread::scope(|scope| {
        let wait = || drop(gate.lock());
        let started = (0..most).map_while(|_| start(scope, wait)).count();
        drop(closed);
        started
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_threads_do_the_same_and_both_are_done() {
        assert_eq!(on_threads(3, || 1), [1, 1, 1]);
        assert_eq!(both(|| 1, || 2), (1, 2));
        assert_eq!(granted(2), 2);
    }
}
