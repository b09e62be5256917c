//! Counts the work of a search, in bytes or nodes looked at: tests check how it grows, which a clock cannot show
//! reliably.

#[cfg(test)]
thread_local! {
    static STEPS: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
}

/// Notes that at most `count` bytes, or nodes of a tree, are looked at. Costs nothing outside tests.
#[inline]
pub(crate) fn look_at(count: usize) {
    #[cfg(test)]
    STEPS.with(|steps| steps.set(steps.get() + count as u64));
    #[cfg(not(test))]
    let _ = count;
}

/// Returns the result of `work`, and how much it looked at.
#[cfg(test)]
pub(crate) fn counted<T>(work: impl FnOnce() -> T) -> (T, u64) {
    let before = STEPS.get();
    let result = work();
    (result, STEPS.get() - before)
}
