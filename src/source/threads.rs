//! Does the same on several threads, as many as the system grants.

use std::sync::Mutex;
use std::thread::{self, Builder, Scope, ScopedJoinHandle};

/// Runs `work` on `threads` threads at once, this one among them, and gives what each came to.
///
/// Where the system refuses threads, there are fewer of them. A panic on one of them goes on here, once the others are
/// done.
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

/// Runs both, at once where the system grants a thread for that. On a thread of a pool they share its threads.
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

/// Starts a thread; `None` where the system refuses.
fn start<'s, T: Send + 's>(
    scope: &'s Scope<'s, '_>,
    work: impl Fn() -> T + Send + 's,
) -> Option<ScopedJoinHandle<'s, T>> {
    Builder::new().spawn_scoped(scope, work).ok()
}

/// Returns how many threads the system grants beside those that there are: `most`, or fewer where there is a limit.
///
/// Starts that many and ends them again, which is the only way to learn it: limits count what other programs have, too.
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
