//! `env/tracked`: an env file with credentials that git keeps.

use super::{
    Card, Category, Check, Confidence, File, Report, SECRETS, Severity, Sighting, TWELVE_FACTORS,
    at,
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
    // Values that only wait to be replaced are reported one by one.
    if !file
        .slots
        .iter()
        .any(|judged| judged.slot.verdict == Verdict::Secret)
    {
        sighting.severity = Severity::Low;
    }
    report.add(&CARD, file.scaled(sighting));
}

static CARD: Card = Card {
    id: "env/tracked",
    category: Category::Configuration,
    severity: Severity::High,
    confidence: Confidence::High,
    title: "Env file tracked by Git",
    description: "Everyone who clones the repository gets the file with its credentials, and every later value is one \
                  commit away from being published as well.",
    remedy: "Untrack and ignore it: `git rm --cached .env && echo .env >> .gitignore`. Commit a `.env.example` with \
             empty values instead, and rotate credentials that were published.",
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
