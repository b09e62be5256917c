//! Reproducible randomness.

/// Numbers that look random and are the same in every run (a linear congruential generator).
pub(crate) struct Random(pub(crate) u32);

impl Random {
    /// Returns a number below `bound`.
    pub(crate) fn below(&mut self, bound: u32) -> u32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.0 >> 8) % bound
    }
}
