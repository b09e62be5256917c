//! Any text as a file of rules: it is refused, or its rules can be used.

#![no_main]

use gonogo::detect::{Detector, rule_file};
use gonogo::model::Confidence;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(rules) = rule_file::parse("fuzz.toml", text)
        && let Ok(detector) = Detector::new(rules, Confidence::Low)
    {
        detector.rules();
        // The rules' own text has their keywords.
        for found in detector.scan(text.as_bytes()) {
            assert!(found.span.start <= found.secret.start && found.secret.end <= found.span.end);
        }
    }
});
