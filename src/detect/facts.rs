//! What proofs show about a secret.

use super::Detector;
use super::proof::Outcome;
use crate::model::Fact;

impl Detector {
    /// Returns whether the proof of a rule computes a checksum.
    pub fn computes_checksum(&self, rule: u32) -> bool {
        let proof = self.rules[rule as usize].proof;
        proof.is_some_and(|proof| proof.is_checksum())
    }

    /// Returns what the structure of a secret shows.
    pub fn facts(&self, rule: u32, secret: &[u8]) -> Vec<Fact> {
        match self.rules[rule as usize]
            .proof
            .map(|proof| proof.check(secret))
        {
            Some(Outcome::Proven(facts) | Outcome::Plausible(facts)) => facts,
            Some(Outcome::Disproved) | None => Vec::new(),
        }
    }
}
