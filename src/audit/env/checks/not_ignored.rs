//! `env/not-ignored`: an env file with credentials that the next `git add` would include.

use super::{
    Card, Category, Check, Confidence, File, Report, SECRETS, Severity, Sighting, TWELVE_FACTORS,
    at,
};

pub(super) struct NotIgnored;

impl Check<File<'_>> for NotIgnored {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        let is_open =
            file.is_tracked == Some(false) && file.project.is_ignored(file.path) == Some(false);
        let Some(first) = file
            .first_credential()
            .filter(|_| is_open && !file.is_sample())
        else {
            return;
        };
        let message =
            "Git neither tracks nor ignores this file, so the next `git add .` commits its credentials"
                .to_owned();
        let sighting = Sighting::new(&CARD, first.key_span.clone(), message);
        report.add(&CARD, file.scaled(sighting));
    }
}

static CARD: Card = Card {
    id: "env/not-ignored",
    category: Category::Configuration,
    severity: Severity::Medium,
    confidence: Confidence::High,
    title: "Env file not ignored by Git",
    description: "The file contains credentials and nothing keeps it out of the next commit.",
    remedy: "Ignore env files and keep the sample: add `.env*` and `!.env.example` to `.gitignore`.",
    references: &[
        "https://git-scm.com/docs/gitignore",
        TWELVE_FACTORS,
        SECRETS,
    ],
    tags: &["env", "credential", "CWE-538", "BSI-SYS.1.6.A8"],
    examples: &[at(
        ".env",
        "A=b\nDB_PASSWORD=x9Kq7QzL2mWe # here\n",
        &[(".git/index", "a.js")],
    )],
    negatives: &[
        at(".env", "PORT=80\n", &[(".git/index", "a.js")]),
        at(
            ".env",
            "DB_PASSWORD=x9Kq7QzL2mWe\n",
            &[(".git/index", ".env")],
        ),
        at(".env", "DB_PASSWORD=x9Kq7QzL2mWe\n", &[]),
    ],
};
