//! Counts the work of finding something, in bytes or nodes looked at: what tests ask is how it grows, which no clock
//! states for sure.

#[cfg(test)]
thread_local! {
    static STEPS: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
}

/// Notes that `count` bytes, or nodes of a tree, are looked at, at most. Costs nothing in a program that is no test.
#[inline]
pub(crate) fn look_at(count: usize) {
    #[cfg(test)]
    STEPS.with(|steps| steps.set(steps.get() + count as u64));
    #[cfg(not(test))]
    let _ = count;
}

/// Returns what `work` comes to, and how much it looked at.
#[cfg(test)]
pub(crate) fn counted<T>(work: impl FnOnce() -> T) -> (T, u64) {
    let before = STEPS.get();
    let result = work();
    (result, STEPS.get() - before)
}
