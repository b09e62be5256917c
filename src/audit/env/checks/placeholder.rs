//! `env/placeholder`: a value that should have been replaced before the file is deployed.

use super::{
    Card, Category, Check, Confidence, File, Report, SECRETS, Severity, Sighting, TWELVE_FACTORS,
    at, env, file,
};
use crate::audit::report::SecretAt;
use crate::audit::slot::{self, Verdict};
use crate::lexicon::name::CredentialName;
use crate::lexicon::{placeholder, services};
use crate::model::Secret;

pub(super) struct Placeholder;

impl Check<File<'_>> for Placeholder {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        if file.is_sample() {
            return;
        }
        let is_to_fill_in = file.is_tracked == Some(true) && file.is_to_fill_in();
        for (entry, slot) in file.slots_with(|verdict| matches!(verdict, Verdict::Placeholder(_))) {
            let Verdict::Placeholder(class) = slot.verdict else {
                continue;
            };
            let message = format!(
                "`{}` has {} that {}",
                entry.key,
                slot::a(slot.kind),
                class.description()
            );
            let mut sighting = Sighting::new(&CARD, file::place(entry, slot), message);
            sighting.secret = Some(file::secret_at(entry, slot));
            // What another party issues opens nothing where it is a word.
            let is_issued =
                slot.kind == CredentialName::PrivateKey || services::is_issued(entry.key);
            if is_to_fill_in || is_issued {
                sighting.severity = Severity::Medium;
            }
            report.add(&CARD, file.weighed(entry, slot, sighting));
        }
        for entry in file.others() {
            // Settings are full of ordinary words, so only unmistakable placeholders count.
            let is_slot = crate::lexicon::name::classify(entry.key).is_some();
            let class = placeholder::classify(entry.value).filter(|class| class.is_unmistakable());
            let is_short = entry.value.split_whitespace().count() == 1 && entry.value.len() < 80;
            let is_reference =
                entry.value.contains(['$', '{', '[']) || entry.value.starts_with('%');
            let Some(class) =
                class.filter(|_| !is_slot && is_short && !is_reference && !is_text(entry.key))
            else {
                continue;
            };
            let message = format!(
                "`{}` has a placeholder value that {}",
                entry.key,
                class.description()
            );
            let mut sighting = Sighting::new(&CARD, entry.span.clone(), message);
            sighting.severity = Severity::Medium;
            sighting.confidence = Confidence::Medium;
            // It is not a secret, but other rules may report the same value.
            sighting.secret = Some(SecretAt {
                value: Secret::new(entry.value.as_bytes()),
                span: entry.span.start..entry.span.start,
            });
            report.add(&CARD, file.scaled(sighting));
        }
    }
}

/// Whether a setting is text that people see.
fn is_text(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    [
        "title",
        "description",
        "message",
        "text",
        "prompt",
        "template",
        "label",
        "subject",
        "mode",
        "action",
        "strategy",
    ]
    .iter()
    .any(|word| key.contains(word))
}

static CARD: Card = Card {
    id: "env/placeholder",
    category: Category::Placeholder,
    severity: Severity::High,
    confidence: Confidence::High,
    title: "Unreplaced placeholder in an env file",
    description: "A value that should have been replaced before deployment is still there. It is public: the same \
                  value is in the sample that the file was copied from.",
    remedy: "Leave it empty, and have each installation generate its own: `openssl rand -base64 48`.",
    references: &[
        "https://cwe.mitre.org/data/definitions/1392.html",
        SECRETS,
        TWELVE_FACTORS,
    ],
    tags: &["env", "placeholder", "CWE-1188", "CWE-1392"],
    examples: &[
        env("DB_PASSWORD=CHANGE_ME # here\n"),
        env("PORT=80\nexport JWT_SECRET=\"your-256-bit-secret\" # here\n"),
        env("DATABASE_URL=postgres://app:changeme@db/app?sslmode=verify-full # here\n"),
        env("MAIL_DOMAIN=your-domain.com # here\n"),
        at("deploy/app.env", "API_KEY=<your-api-key> # here\n", &[]),
    ],
    negatives: &[
        at(".env.example", "DB_PASSWORD=CHANGE_ME\n", &[]),
        env("DB_PASSWORD=${DB_PASSWORD:?set it}\nPORT=80\nNAME=none\n"),
        env("# DB_PASSWORD=CHANGE_ME\nA=b\n"),
        env("EXCHANGE=amqp\nSTRATEGY=replace\n"),
    ],
};
