//! `env/tracked`: an env file with credentials that git tracks.

use super::{
    Card, Category, Check, Confidence, File, Report, SECRETS, Severity, Sighting, TWELVE_FACTORS,
    at, file, weak_secret,
};
use crate::audit::slot::Verdict;

pub(super) struct Tracked;

impl Check<File<'_>> for Tracked {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        if file.is_sample() || file.is_tracked != Some(true) {
            return;
        }
        sight(file, report);
    }
}

fn sight(file: &File, report: &mut Report) {
    let Some(first) = file.first_credential() else {
        return;
    };
    let count = file.slots.len();
    let message = match count {
        1 => "Git tracks this file, which contains a credential".to_owned(),
        count => format!("Git tracks this file, which contains {count} credentials"),
    };
    let mut sighting = Sighting::new(&CARD, first.key_span.clone(), message);
    sighting.severity = severity(file);
    report.add(&CARD, file.scaled(sighting));
}

/// Returns the severity: high only for credentials that no other finding covers. Placeholders are reported one by one,
/// and so are values that look like credentials.
fn severity(file: &File) -> Severity {
    let secrets = file
        .slots
        .iter()
        .filter(|judged| judged.slot.verdict == Verdict::Secret);
    let mut severity = Severity::Low;
    let mut is_named = false;
    for judged in secrets {
        let entry = &file.entries[judged.entry];
        let literal = file::credential(entry, &judged.slot);
        let is_reported = judged.published_by.is_some()
            || weak_secret::speaks(file, &judged.slot, entry.key, literal)
            || file::confidence(literal) > Confidence::Low;
        is_named |= is_reported;
        let own = if is_reported || file.bound(entry, &judged.slot).is_some() {
            Severity::Medium
        } else {
            Severity::High
        };
        severity = severity.max(own);
    }
    // Next to an obvious credential, a word that may be one adds nothing.
    if is_named {
        severity.min(Severity::Medium)
    } else {
        severity
    }
}

static CARD: Card = Card {
    id: "env/tracked",
    category: Category::Configuration,
    severity: Severity::High,
    confidence: Confidence::High,
    title: "Env file tracked by Git",
    description: "Everyone who clones the repository gets the file with its credentials, and every later value is one \
                  commit away from being published as well.",
    remedy: "Untrack the file with `git rm --cached FILE`, and list it in `.gitignore`. Commit a `.env.example` with \
             empty values instead, and change credentials wherever they are in use.",
    references: &[TWELVE_FACTORS, SECRETS],
    tags: &["env", "credential", "CWE-538", "BSI-SYS.1.6.A8"],
    examples: &[at(
        ".env",
        "A=b\nDB_PASSWORD=x9Kq7QzL2mWe # here\n",
        &[(".git/index", ".env")],
    )],
    negatives: &[
        at(".env", "PORT=80\n", &[(".git/index", ".env")]),
        at(
            ".env.example",
            "DB_PASSWORD=x9Kq7QzL2mWe\n",
            &[(".git/index", ".env.example")],
        ),
        at(".env", "DB_PASSWORD=x9Kq7QzL2mWe\n", &[]),
    ],
};
