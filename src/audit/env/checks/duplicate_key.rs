//! `env/duplicate-key`: two lines for one variable.

use rustc_hash::FxHashMap;

use super::{
    Card, Category, Check, Confidence, File, Report, Severity, Sighting, TWELVE_FACTORS, env,
};
use crate::audit::report::Use;

pub(super) struct DuplicateKey;

impl Check<File<'_>> for DuplicateKey {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        let mut known: FxHashMap<&str, usize> = FxHashMap::default();
        for (at, entry) in file.entries.iter().enumerate() {
            let Some(before) = known.insert(entry.key, at) else {
                continue;
            };
            let before = &file.entries[before];
            // Repeating the same value changes nothing.
            if before.value == entry.value {
                continue;
            }
            let message = format!("`{}` is defined twice with different values", entry.key);
            let mut sighting = Sighting::new(&CARD, entry.key_span.clone(), message);
            sighting.used = Some(Use {
                span: before.key_span.clone(),
                message: "some programs ignore this value".to_owned(),
            });
            report.add(&CARD, file.scaled(sighting));
        }
    }
}

static CARD: Card = Card {
    id: "env/duplicate-key",
    category: Category::Configuration,
    severity: Severity::Low,
    confidence: Confidence::High,
    title: "Variable defined twice",
    description: "Some programs use the last value and some the first, so the effective setting depends on which \
                  program reads the file.",
    remedy: "Keep one of the lines and delete the other.",
    references: &[
        "https://docs.docker.com/compose/how-tos/environment-variables/set-environment-variables/",
        TWELVE_FACTORS,
    ],
    tags: &["env", "CWE-1188"],
    examples: &[env("A=b\nB=c\nA=d # here\n")],
    negatives: &[env("A=b\nA=b\n#A=c\na=d\n")],
};
