//! Any text as the configuration of a server: parsing and checking it ends, and findings lie within it.

#![no_main]

use gonogo::audit::{Outcome, audit};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &[u8]| {
    for path in ["redis.conf", "postgresql.conf", "pg_hba.conf", "my.cnf"] {
        if let Outcome::Audited(findings) = audit(path, text) {
            for finding in findings {
                let bytes = finding.location.region.bytes();
                assert!(bytes.start <= bytes.end && bytes.end <= text.len());
            }
        }
    }
});
