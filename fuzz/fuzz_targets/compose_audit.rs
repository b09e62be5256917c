//! Any texts as a compose file and what stands beside it: parsing and checking them ends, and findings lie within the
//! file in which they are told.

#![no_main]

use gonogo::audit::{Files, Outcome, Policy, Project, Source};
use libfuzzer_sys::fuzz_target;

/// The files, in the order in which a zero byte ends their texts.
const NAMES: [&str; 5] = [
    "compose.yaml",
    "compose.override.yaml",
    ".env",
    "base.yml",
    "app.env",
];

struct Texts<'t>(Vec<(&'static str, &'t [u8])>);

impl Files for Texts<'_> {
    fn read(&self, path: &str) -> Option<Vec<u8>> {
        let mut named = self.0.iter().filter(|(name, _)| *name == path);
        named.next().map(|(_, text)| text.to_vec())
    }
}

fuzz_target!(|bytes: &[u8]| {
    let texts = Texts(NAMES.into_iter().zip(bytes.split(|byte| *byte == 0)).collect());
    let sources = texts.0.iter();
    let sources = sources.filter_map(|(path, text)| Source::claim(path, text));
    let paths = texts.0.iter().map(|(path, _)| (*path).to_owned());
    let policy = Policy::default();
    let project = Project::new(sources, paths, &texts, &policy);
    for (path, outcome) in project.audit() {
        let own = texts.0.iter().find(|(name, _)| *name == path);
        let length = own.map_or(0, |(_, text)| text.len());
        if let Outcome::Audited(findings) = outcome {
            for finding in findings {
                let bytes = finding.location.region.bytes();
                assert!(bytes.start <= bytes.end && bytes.end <= length);
            }
        }
    }
});
