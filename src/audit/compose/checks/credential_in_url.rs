//! `compose/credential-in-url`: an address that contains a password.

use super::{Card, Category, Check, Confidence, File, OWASP, Report, Severity, Sighting, compose};
use crate::audit::compose::credential::Verdict;
use crate::audit::compose::fixes;

pub(super) struct CredentialInUrl;

impl Check<File<'_>> for CredentialInUrl {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        let slots = file.slots.iter();
        for slot in slots.filter(|slot| slot.verdict == Verdict::InAddress) {
            let when = match &slot.default_of {
                Some(variable) => format!(", used when `{variable}` is not set"),
                None => String::new(),
            };
            let message = format!(
                "`{}` of {} is a URL that contains its password{when}",
                slot.name,
                file.owners(slot)
            );
            let mut sighting = Sighting::new(&CARD, slot.span.clone(), message);
            sighting.secret = Some(slot.secret.clone());
            sighting.fixes = fixes::require_variable(&CARD, file, slot);
            report.add(&CARD, file.sighted_in(slot, sighting));
        }
    }
}

static CARD: Card = Card {
    id: "compose/credential-in-url",
    category: Category::Secret,
    severity: Severity::High,
    confidence: Confidence::High,
    title: "Password in a connection URL",
    description: "Everyone who can read the repository has the password, and programs print the URLs they connect to \
                  in logs and error messages.",
    remedy: "Let Compose insert the password: `DATABASE_URL: postgres://app:${DB_PASSWORD:?set DB_PASSWORD}@db/app`, \
             and change it wherever it is in use.",
    references: &[
        "https://docs.docker.com/reference/compose-file/interpolation/",
        OWASP,
    ],
    tags: &[
        "docker",
        "compose",
        "credential",
        "CWE-798",
        "OWASP-Docker-12",
        "BSI-SYS.1.6.A8",
    ],
    examples: &[
        compose(
            "services:\n  app:\n    image: app:1\n    environment:\n      DATABASE_URL: postgres://app:hunter2@db/app # here\n      CACHE: redis://:hunter2@cache:6379/0 # here\n",
        ),
        compose(
            "services:\n  app:\n    image: app:1\n    environment:\n      - DATABASE_URL=postgres://${U:-app}:${PW:-hunter2}@db/app # here\n      - A_URL=https://${U}:hunter2@host/ # here\n",
        ),
    ],
    negatives: &[
        compose(
            "services:\n  app:\n    image: app:1\n    environment:\n      A_URL: postgres://app:${PW}@db/app\n      B_URL: postgres://app:${PW:?set it}@db/app\n      C_URL: postgres://db:5432/app\n      D_URL: https://public@host/1\n      E_URL: postgres://app:$$PW@db/app\n      F_URL: postgres://app:{{ pw }}@db/app\n",
        ),
        compose(
            "services:\n  app:\n    image: app:1\n    environment:\n      DATABASE_URL: postgres://app:changeme@db/app\n      DB_DSN: postgres://app:hunter2@db/app\n",
        ),
    ],
};
