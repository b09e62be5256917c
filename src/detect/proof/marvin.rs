//! Marvin, the keyed hash that Azure uses to sign the keys it issues.
//!
//! Written from the published description of the algorithm; the seeds are in the files about the keys that use them.

/// Returns the 32-bit form: the exclusive or of both halves of the 64-bit hash.
pub(super) fn marvin32(data: &[u8], seed: u64) -> u32 {
    let (low, high) = marvin(data, seed);
    low ^ high
}

fn marvin(data: &[u8], seed: u64) -> (u32, u32) {
    let bytes = seed.to_le_bytes();
    let mut state = State {
        low: u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]),
        high: u32::from_le_bytes([bytes[4], bytes[5], bytes[6], bytes[7]]),
    };
    let mut words = data.chunks_exact(4);
    for word in &mut words {
        state.absorb(u32::from_le_bytes([word[0], word[1], word[2], word[3]]));
    }
    // The remaining zero to three bytes are terminated by a byte 0x80.
    let last = words
        .remainder()
        .iter()
        .rev()
        .fold(0x80, |word, &byte| word << 8 | u32::from(byte));
    state.absorb(last);
    state.mix();
    (state.low, state.high)
}

struct State {
    low: u32,
    high: u32,
}

impl State {
    fn absorb(&mut self, word: u32) {
        self.low = self.low.wrapping_add(word);
        self.mix();
    }

    fn mix(&mut self) {
        self.high ^= self.low;
        self.low = self.low.rotate_left(20).wrapping_add(self.high);
        self.high = self.high.rotate_left(9) ^ self.low;
        self.low = self.low.rotate_left(27).wrapping_add(self.high);
        self.high = self.high.rotate_left(19);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_published_vector_holds() {
        let (low, high) = marvin(b"abc", 0xd53c_d9ce_cd08_93b7);
        assert_eq!((high, low), (0x22c7_4339, 0x4927_69bf));
    }
}
