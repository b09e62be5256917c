//! Any text as an env file: parsing and checking it ends, and findings lie within it.

#![no_main]

use gonogo::audit::{Outcome, audit};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &[u8]| {
    if let Outcome::Audited(findings) = audit(".env", text) {
        for finding in findings {
            let bytes = finding.location.region.bytes();
            assert!(bytes.start <= bytes.end && bytes.end <= text.len());
        }
    }
});
