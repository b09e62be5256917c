//! `env/secret-reused`: one secret for two purposes, or the one from the sample.

use rustc_hash::FxHashMap;

use super::{
    Card, Category, Check, Confidence, File, Report, SECRETS, Severity, Sighting, at, env, file,
};
use crate::audit::report::Use;
use crate::audit::slot::Verdict;
use crate::lexicon::name::CredentialName;

pub(super) struct SecretReused;

impl Check<File<'_>> for SecretReused {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        if file.is_sample() {
            return;
        }
        let slots: Vec<_> = file
            .slots_with(|verdict| verdict == Verdict::Secret)
            .collect();
        if slots.is_empty() {
            return;
        }
        let sample = file.sample();
        let shown = sample
            .as_ref()
            .map(|(_, text)| file::values(text))
            .unwrap_or_default();
        let mut first: FxHashMap<&str, usize> = FxHashMap::default();
        for (at, (entry, slot)) in slots.iter().enumerate() {
            let literal = file::credential(entry, slot);
            if shown.get(entry.key) == Some(&entry.value) {
                let path = sample.as_ref().map_or("", |(path, _)| path.as_str());
                let message = format!("`{}` was copied unchanged from `{path}`", entry.key);
                let mut sighting = Sighting::new(&CARD, entry.key_span.clone(), message);
                sighting.severity = Severity::High;
                report.add(&CARD, file.scaled(sighting));
            }
            let known = *first.entry(literal).or_insert(at);
            let (other, other_slot) = &slots[known];
            let are_passwords = slot.kind == CredentialName::Password
                && other_slot.kind == CredentialName::Password;
            if known == at
                || are_passwords
                || literal.len() < 8
                || is_same_thing(entry.key, other.key)
            {
                continue;
            }
            let message = format!("`{}` has the same value as `{}`", entry.key, other.key);
            let mut sighting = Sighting::new(&CARD, entry.key_span.clone(), message);
            sighting.used = Some(Use {
                span: other.key_span.clone(),
                message: "the same value is here".to_owned(),
            });
            report.add(&CARD, file.scaled(sighting));
        }
    }
}

/// Whether two names differ only in a prefix or a suffix: `API_TOKEN`, `APP_API_TOKEN`.
fn is_same_thing(a: &str, b: &str) -> bool {
    a.ends_with(b) || b.ends_with(a) || a.starts_with(b) || b.starts_with(a)
}

static CARD: Card = Card {
    id: "env/secret-reused",
    category: Category::Configuration,
    severity: Severity::Medium,
    confidence: Confidence::Medium,
    title: "Reused secret",
    description: "A secret used for two purposes cannot be rotated for one of them, and an attacker who obtains it has \
                  access to both. One that is also in the sample is public.",
    remedy: "Generate one for each purpose: `openssl rand -base64 48`; leave the values in samples empty.",
    references: &["https://cwe.mitre.org/data/definitions/323.html", SECRETS],
    tags: &["env", "credential", "CWE-323", "CWE-1392"],
    examples: &[
        env(
            "JWT_SECRET=x9Kq7-QzL2mWe4Rt6x9Kq7-QzL2mWe4Rt6\nSESSION_SECRET=x9Kq7-QzL2mWe4Rt6x9Kq7-QzL2mWe4Rt6 # here\n",
        ),
        at(
            ".env",
            "A=b\nAPI_TOKEN=x9Kq7-QzL2mWe # here\n",
            &[(".env.example", "API_TOKEN=x9Kq7-QzL2mWe\n")],
        ),
        at(
            "a/.env.production",
            "API_TOKEN=x9Kq7-QzL2mWe # here\n",
            &[("a/.env.sample", "API_TOKEN=x9Kq7-QzL2mWe\n")],
        ),
    ],
    negatives: &[
        env("POSTGRES_PASSWORD=x9Kq7-QzL2mWe\nDB_PASSWORD=x9Kq7-QzL2mWe\n"),
        env("API_TOKEN=x9Kq7-QzL2mWe\nAPP_API_TOKEN=x9Kq7-QzL2mWe\n"),
        at(
            ".env",
            "API_TOKEN=x9Kq7-QzL2mWe\n",
            &[(".env.example", "API_TOKEN=\n")],
        ),
        at(".env", "PORT=80\n", &[(".env.example", "PORT=80\n")]),
    ],
};
