//! Any bytes under the names of all formats: what is audited has findings within the file, with offsets that are those of
//! the bytes, and what is not is a gap with a reason.

#![no_main]

use gonogo::audit::{Outcome, Source, audit};
use libfuzzer_sys::fuzz_target;

/// A name for each format.
const NAMES: [&str; 12] = [
    "compose.yml",
    "Dockerfile",
    ".env",
    "nginx.conf",
    "redis.conf",
    "pg_hba.conf",
    "postgresql.conf",
    "my.cnf",
    "app.yaml",
    ".github/workflows/a.yml",
    "action.yml",
    "roles/a/templates/compose.yml",
];

fuzz_target!(|bytes: &[u8]| {
    for name in NAMES {
        let source = Source::new(name, bytes);
        assert_eq!(source.text.len(), bytes.len());
        assert!(!source.is_exact || source.text.as_bytes() == bytes);
        let outcome = audit(name, bytes);
        let gap = outcome.gap(name);
        match outcome {
            Outcome::NotConfiguration => assert!(gap.is_none()),
            Outcome::Audited(findings) => {
                for finding in findings {
                    let region = finding.location.region.bytes();
                    assert!(region.start <= region.end && region.end <= bytes.len());
                }
            }
            Outcome::Template | Outcome::Skipped { .. } | Outcome::Unparsable { .. } => {
                assert!(gap.is_some_and(|(_, reason)| !reason.is_empty()));
            }
        }
    }
});
