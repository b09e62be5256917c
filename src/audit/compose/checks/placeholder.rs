//! `compose/placeholder`: a value that should have been replaced before deployment.

use std::collections::BTreeMap;

use super::{
    Card, Category, Check, Confidence, Example, File, Report, Severity, Sighting, compose,
};
use crate::audit::compose::credential::{Slot, Verdict};
use crate::audit::compose::fixes;
use crate::audit::compose::service::Service;
use crate::audit::yaml::ELSEWHERE;
use crate::lexicon::name::CredentialName;
use crate::lexicon::placeholder::Placeholder as Class;
use crate::lexicon::services;

pub(super) struct Placeholder;

impl Check<File<'_>> for Placeholder {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        let mut names: BTreeMap<usize, Vec<Sighting>> = BTreeMap::new();
        for slot in &file.slots {
            let Verdict::Placeholder(class) = slot.verdict else {
                continue;
            };
            if slot.kind.is_none() && is_mail_address(slot.secret.value.reveal()) {
                continue;
            }
            let message = format!(
                "`{}` of {} has a placeholder value that {}",
                slot.name,
                file.owners(slot),
                class.description()
            );
            let mut sighting = Sighting::new(&CARD, slot.span.clone(), message);
            sighting.secret = Some(slot.secret.clone());
            // A file that is there to be copied keeps its placeholders.
            if !file.is_template {
                sighting.fixes = fixes::require_variable(&CARD, file, slot);
            }
            (sighting.severity, sighting.confidence) = weigh(slot, class);
            let mut sighting = file.sighted_in(slot, sighting);
            // Placeholders are expected in a file that is meant to be copied and filled in.
            if file.is_template {
                sighting.severity = Severity::Info;
            }
            // Names of hosts and people are filled in together; each credential is reported by itself.
            if slot.kind.is_none() && sighting.used.is_none() && slot.span != ELSEWHERE {
                names.entry(slot.service).or_default().push(sighting);
            } else {
                report.add(&CARD, sighting);
            }
        }
        for (service, sightings) in names {
            if let Some(sighting) = together(&file.services[service], sightings) {
                report.add(&CARD, sighting);
            }
        }
    }
}

/// One sighting for all placeholders of a service that are no credentials. The most severe one leads.
fn together(service: &Service, mut sightings: Vec<Sighting>) -> Option<Sighting> {
    sightings.sort_by_key(|sighting| std::cmp::Reverse(sighting.severity));
    let count = sightings.len();
    // A fix for one of them does not fix the others.
    if count > 1 {
        for sighting in &mut sightings {
            sighting.fixes.clear();
        }
    }
    let mut joined = Sighting::together(sightings, "another unreplaced placeholder")?;
    if count > 1 {
        joined.message = format!(
            "{count} placeholders of service `{}` were never replaced",
            service.name
        );
    }
    Some(joined)
}

/// A placeholder for a credential is a credential that everyone knows; a placeholder for a host name breaks things
/// for those who left it in place.
fn weigh(slot: &Slot, class: Class) -> (Severity, Confidence) {
    match (slot.kind, class) {
        (Some(_), Class::Nothing) => (Severity::Medium, Confidence::Low),
        // As a default this is meant to be refused.
        (Some(_), Class::Word) if slot.secret.value.reveal() == b"invalid" => {
            (Severity::Medium, Confidence::Low)
        }
        // What another party issues opens nothing where it is a word.
        (Some(CredentialName::PrivateKey), _) => (Severity::Medium, Confidence::Medium),
        (Some(_), _) if services::is_issued(&slot.name) => (Severity::Medium, Confidence::Medium),
        (Some(_), class) if class.is_unmistakable() => (Severity::High, Confidence::High),
        (Some(_), _) => (Severity::High, Confidence::Medium),
        (None, Class::Word) => (Severity::Low, Confidence::Medium),
        (None, _) => (Severity::Medium, Confidence::Medium),
    }
}

/// Whether a value is an email address: it is no credential, and mail sent there by mistake is not delivered.
fn is_mail_address(value: &[u8]) -> bool {
    let Some(at) = memchr::memchr(b'@', value) else {
        return false;
    };
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"._%+-".contains(byte);
    let (person, host) = (&value[..at], &value[at + 1..]);
    !person.is_empty() && host.contains(&b'.') && person.iter().chain(host).all(is_part)
}

static CARD: Card = Card {
    id: "compose/placeholder",
    category: Category::Placeholder,
    severity: Severity::High,
    confidence: Confidence::High,
    title: "Unreplaced placeholder in a Compose file",
    description: "A placeholder that was never replaced is a credential that everyone knows: it is the same in every \
                  copy of the template, and attackers try it first.",
    remedy: "Make Compose fail until a value is set: `SECRET_KEY: ${SECRET_KEY:?set SECRET_KEY}`.",
    references: &[
        "https://docs.docker.com/reference/compose-file/interpolation/",
        "https://cwe.mitre.org/data/definitions/1188.html",
    ],
    tags: &["docker", "compose", "placeholder", "CWE-1188", "CWE-798"],
    examples: &[
        compose(
            "services:\n  db:\n    image: postgres:16\n    environment:\n      POSTGRES_PASSWORD: CHANGE_ME # here\n      DB_PASSWORD: '!changeme!' # here\n",
        ),
        compose(
            "services:\n  db:\n    image: postgres:16\n    environment:\n      - POSTGRES_PASSWORD=${PW:-changeme} # here\n      - API_TOKEN=<token> # here\n      - JWT_SECRET=your-256-bit-secret # here\n",
        ),
        compose(
            "services:\n  db:\n    image: postgres:16\n    environment:\n      DB_PASSWORD: MySecureDatabasePassword # here\n      API_KEY: xxxxxxxx # here\n      B_TOKEN: \"%TOKEN%\" # here\n",
        ),
        compose(
            "services:\n  app:\n    image: app:1\n    environment:\n      DATABASE_DSN: postgres://app:changeme@db/app # here\n      DOMAIN: your-domain.com # here\n      ADMIN_EMAIL: admin@example.com\n",
        ),
        compose(
            "services:\n  app:\n    image: app:1\n    labels:\n      - traefik.http.routers.app.rule=Host(`app.example.com`) # here\n",
        ),
        Example {
            path: "docker-compose.example.yml",
            text: "services:\n  db:\n    image: postgres:16\n    environment:\n      POSTGRES_PASSWORD: CHANGE_ME # here\n",
            beside: &[],
        },
    ],
    negatives: &[
        compose(
            "# CHANGE_ME\nservices:\n  change_me:\n    image: changeme/changeme:changeme\n    environment:\n      A_PASSWORD: ${CHANGE_ME}\n      EXCHANGE: exchange\n      CHANGE_ME: x\n",
        ),
        compose(
            "services:\n  app:\n    image: app:1\n    environment:\n      APP_TITLE: Your shop\n      DOCS_URL: https://docs.example.com/x\n      TEXT: please change your password\n      TOKEN: '{{ your_token }}'\n      DB_PASSWORD: null\n",
        ),
        compose(
            "services:\n  app:\n    image: app:1\n    environment:\n      DB_PASSWORD: hunter2\n      EXCHANGE_API_KEY: x9Kchange7QzL2mWe\n      B_PASSWORD: ${X:?change me}\n",
        ),
    ],
};
