//! Counts the work of finding something, in bytes looked at: what tests ask is how it grows, which no clock states for
//! sure.

#[cfg(test)]
thread_local! {
    static STEPS: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
}

/// Notes that `bytes` bytes are looked at, at most. Costs nothing in a program that is no test.
#[inline]
pub(super) fn look_at(bytes: usize) {
    #[cfg(test)]
    STEPS.with(|steps| steps.set(steps.get() + bytes as u64));
    #[cfg(not(test))]
    let _ = bytes;
}

/// Returns what `work` comes to, and how many bytes it looked at.
#[cfg(test)]
pub(super) fn counted<T>(work: impl FnOnce() -> T) -> (T, u64) {
    let before = STEPS.get();
    let result = work();
    (result, STEPS.get() - before)
}
