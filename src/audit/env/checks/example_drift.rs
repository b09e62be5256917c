//! `env/example-drift`: keys that the sample, or the policy, requires and the deployed file lacks.

use super::{
    Card, Category, Check, Confidence, File, Report, Severity, Sighting, TWELVE_FACTORS, at,
};
use crate::audit::env::read;
use crate::audit::purpose::Purpose;

pub(super) struct ExampleDrift;

/// How many keys a message lists.
const MAX_NAMED: usize = 5;

impl Check<File<'_>> for ExampleDrift {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        let Some(first) = file
            .entries
            .first()
            .filter(|_| file.purpose == Purpose::Shipped)
        else {
            return;
        };
        let required = file.policy().required_keys.iter();
        let is_set = |key: &String| {
            let entry = file.value(key);
            entry.is_some_and(|entry| !entry.value.trim().is_empty())
        };
        let required: Vec<_> = required
            .filter(|key| !is_set(key))
            .map(|key| format!("`{key}`"))
            .collect();
        if !required.is_empty() {
            let message = format!(
                "variables required by the policy are missing or empty: {}",
                required.join(", ")
            );
            let mut sighting = Sighting::new(&CARD, first.key_span.clone(), message);
            sighting.severity = Severity::Medium;
            sighting.confidence = Confidence::High;
            report.add(&CARD, sighting);
            return;
        }
        let Some((path, text)) = file.sample() else {
            return;
        };
        let keys: rustc_hash::FxHashSet<&str> =
            file.entries.iter().map(|entry| entry.key).collect();
        let (sample, _) = read::entries(&text);
        // A value in the sample is a default; an empty one has to be set.
        let mut missing: Vec<&str> = Vec::new();
        for entry in sample
            .iter()
            .filter(|entry| entry.value.is_empty() && !keys.contains(entry.key))
        {
            if !missing.contains(&entry.key) && missing.len() < 1_000 {
                missing.push(entry.key);
            }
        }
        let shared = sample
            .iter()
            .filter(|entry| keys.contains(entry.key))
            .count();
        // A file that has little in common with the sample was not made from it.
        if missing.is_empty() || shared * 2 < sample.len() {
            return;
        }
        let named: Vec<_> = missing
            .iter()
            .take(MAX_NAMED)
            .map(|key| format!("`{key}`"))
            .collect();
        let rest = if missing.len() > MAX_NAMED {
            ", …"
        } else {
            ""
        };
        let message = format!(
            "variables listed in `{path}` are missing: {}{rest}",
            named.join(", ")
        );
        report.add(&CARD, Sighting::new(&CARD, first.key_span.clone(), message));
    }
}

static CARD: Card = Card {
    id: "env/example-drift",
    category: Category::Configuration,
    severity: Severity::Low,
    confidence: Confidence::Medium,
    title: "Variable of the sample file missing from an env file",
    description: "The sample lists variables that every deployment must set, and this file does not set them: the \
                  program fails at run time, or falls back to an unsafe default.",
    remedy: "Add the variables named in the message, or remove them from the sample.",
    references: &[TWELVE_FACTORS],
    tags: &["env", "CWE-1188"],
    examples: &[at(
        ".env.production",
        "A=b # here\nB=c\n",
        &[(".env.example", "A=\nB=\nC=\n")],
    )],
    negatives: &[
        at(
            ".env.production",
            "A=b\nB=c\nC=d\n",
            &[(".env.example", "A=\nB=\nC=\n")],
        ),
        at(
            ".env.production",
            "A=b\nB=c\n",
            &[(".env.example", "A=\nB=\nC=1\n")],
        ),
        at(
            ".env.production",
            "X=b\n",
            &[(".env.example", "A=\nB=\nC=\n")],
        ),
    ],
};
