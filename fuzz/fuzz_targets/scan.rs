//! Any bytes: whatever is found lies in them, in order, and does not overlap.

#![no_main]

use std::sync::LazyLock;

use gonogo::detect::Detector;
use gonogo::model::{Confidence, LineIndex};
use libfuzzer_sys::fuzz_target;

static DETECTOR: LazyLock<Detector> =
    LazyLock::new(|| Detector::new(Vec::new(), Confidence::Low).unwrap());

fuzz_target!(|bytes: &[u8]| {
    let lines = LineIndex::new(bytes);
    let mut end = 0;
    for found in DETECTOR.scan(bytes) {
        assert!(end <= found.secret.start && found.secret.end <= bytes.len());
        let region = lines.region(found.secret.clone());
        assert_eq!(region.bytes(), found.secret);
        assert!(region.start <= region.end);
        DETECTOR.facts(found.rule, &bytes[found.secret.clone()]);
        for path in [
            "",
            "deploy/prod.env",
            "src/main.rs",
            "tests/a.py",
            "docker-compose.yml",
        ] {
            DETECTOR.weigh(&found, path);
        }
        end = found.secret.end;
    }
});
