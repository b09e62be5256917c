//! Does the same on several threads.

/// Runs `work` on `threads` threads at once, this one among them, and gives what each came to.
///
/// A panic on one of them goes on here, once the others are done.
pub(super) fn on_threads<T: Send>(threads: usize, work: impl Fn() -> T + Copy + Send) -> Vec<T> {
    std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
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
