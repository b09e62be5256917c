//! Any bytes as a credential: every check of its structure ends, and no check refuses what itself completed.

#![no_main]

use gonogo::detect::proof::{self, Outcome};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|secret: &[u8]| {
    for name in proof::names() {
        let proof = proof::by_name(name).unwrap();
        proof.check(secret);
        let whole = std::str::from_utf8(secret)
            .ok()
            .and_then(|body| proof.complete(body));
        if let Some(whole) = whole {
            assert_ne!(
                proof.check(whole.as_bytes()),
                Outcome::Disproved,
                "{name}: {whole}"
            );
        }
    }
});
