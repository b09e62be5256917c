//! `compose/credential-optional`: a credential that is empty if its variable is unset.

use super::{
    Card, Category, Check, Confidence, Example, File, OWASP, Report, Severity, Sighting, compose,
};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use crate::audit::compose::credential::supply::{Need, supplied};
use crate::audit::compose::service::Service;
use crate::audit::report::Use;
use crate::audit::yaml::Span;
use crate::lexicon::name::{self, CredentialName};

pub(super) struct CredentialOptional;

impl Check<File<'_>> for CredentialOptional {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        // By name of the variable: one that is set for one service is set for all.
        let mut told: BTreeMap<String, (Sighting, &Service, Option<Span>)> = BTreeMap::new();
        for service in &file.services {
            for variable in service.own_variables("environment") {
                let Some(kind) = name::classify(&variable.name).filter(|kind| protects(*kind))
                else {
                    continue;
                };
                let known = &file.parts.variables;
                let Some(supplied) = supplied(kind, &variable.written, known)
                    .filter(|supplied| supplied.need != Need::Met)
                else {
                    continue;
                };
                let message = format!(
                    "`{}` of service `{}` is an empty credential when `{}` is not set",
                    variable.name, service.name, supplied.variable
                );
                let mut sighting = Sighting::new(&CARD, variable.scalar.span(), message);
                // An explicit empty default is deliberate.
                if supplied.need == Need::Waived {
                    sighting.severity = Severity::Info;
                    sighting.confidence = Confidence::Low;
                }
                match told.entry(supplied.variable.to_owned()) {
                    Entry::Occupied(mut entry) if variable.via.is_none() => {
                        let first = &mut entry.get_mut().0;
                        first.severity = first.severity.max(sighting.severity);
                        first.confidence = first.confidence.max(sighting.confidence);
                        let (span, message) = (sighting.span, sighting.message);
                        first.also.push(Use { span, message });
                    }
                    Entry::Occupied(_) => {
                        report.add(&CARD, file.sighted(service, variable.via, sighting));
                    }
                    Entry::Vacant(entry) => {
                        entry.insert((sighting, service, variable.via));
                    }
                }
            }
        }
        for (sighting, service, via) in told.into_values() {
            report.add(&CARD, file.sighted(service, via, sighting));
        }
    }
}

/// Whether something is unprotected if such a credential is empty. Without a token or the key of some other service,
/// only that service is unavailable.
fn protects(kind: CredentialName) -> bool {
    matches!(
        kind,
        CredentialName::Password
            | CredentialName::Secret
            | CredentialName::EncryptionKey
            | CredentialName::SigningKey
            | CredentialName::ConnectionString
    )
}

static CARD: Card = Card {
    id: "compose/credential-optional",
    category: Category::Configuration,
    severity: Severity::Low,
    // The environment of Compose may set the variable.
    confidence: Confidence::Medium,
    title: "Credential empty when its variable is unset",
    description: "If the variable is not set, Compose only prints a warning and uses an empty value. Some services \
                  then refuse to start; others start without protection.",
    remedy: "Make Compose fail instead: `DB_PASSWORD: ${DB_PASSWORD:?set DB_PASSWORD}`.",
    references: &[
        "https://docs.docker.com/reference/compose-file/interpolation/",
        OWASP,
    ],
    tags: &["docker", "compose", "credential", "CWE-1188"],
    examples: &[
        compose(
            "services:\n  db:\n    image: postgres:16\n    environment:\n      POSTGRES_PASSWORD: ${DB_PASSWORD} # here\n      A_PASSWORD: $A # here\n      B_PASSWORD: ${B:-} # here\n      C_PASSWORD: ${C:-${D}} # here\n",
        ),
        compose(
            "services:\n  app:\n    image: app:1\n    environment:\n      - DB_DSN=postgres://app:${PW}@db/app # here\n",
        ),
    ],
    negatives: &[
        compose(
            "services:\n  db:\n    image: postgres:16\n    environment:\n      A_PASSWORD: ${A:?set A}\n      B_PASSWORD: ${B?}\n      C_PASSWORD: ${C:-${D:?}}\n      D_PASSWORD: hunter2xyz\n      API_TOKEN: ${T}\n      E_PASSWORD_FILE: ${F}\n      F_PASSWORD: $$X\n",
        ),
        Example {
            path: "compose.yaml",
            text: "services:\n  db:\n    image: postgres:16\n    environment:\n      POSTGRES_PASSWORD: ${DB_PASSWORD}\n",
            beside: &[(".env", "DB_PASSWORD=hunter2xyz\n")],
        },
    ],
};
