//! `compose/credential-default`: a credential that is in use wherever its variable is unset.

use super::{Card, Category, Check, Confidence, File, OWASP, Report, Severity, Sighting, compose};
use crate::audit::compose::credential::Verdict;
use crate::audit::compose::fixes;

pub(super) struct CredentialDefault;

impl Check<File<'_>> for CredentialDefault {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        for slot in file
            .slots
            .iter()
            .filter(|slot| slot.verdict == Verdict::Default)
        {
            let variable = slot.default_of.as_deref().unwrap_or(&slot.name);
            let message = format!(
                "`{}` of {} falls back to a hard-coded value when `{variable}` is not set",
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
    id: "compose/credential-default",
    category: Category::Secret,
    severity: Severity::High,
    confidence: Confidence::High,
    title: "Hard-coded credential as the default of a variable",
    description: "If the variable is missing, because of a typo or a forgotten file, the service still starts, with a \
                  credential known to everyone who can read the repository.",
    remedy: "Make Compose fail instead: `POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:?set POSTGRES_PASSWORD}`.",
    references: &[
        "https://docs.docker.com/reference/compose-file/interpolation/",
        OWASP,
    ],
    tags: &[
        "docker",
        "compose",
        "credential",
        "CWE-1392",
        "OWASP-Docker-12",
        "BSI-SYS.1.6.A8",
    ],
    examples: &[
        compose(
            "services:\n  db:\n    image: postgres:16\n    environment:\n      POSTGRES_PASSWORD: ${DB_PASSWORD:-hunter2} # here\n",
        ),
        compose(
            "services:\n  db:\n    image: postgres:16\n    environment:\n      - POSTGRES_PASSWORD=${DB_PASSWORD-postgres} # here\n",
        ),
        compose(
            "services:\n  db:\n    image: postgres:16\n    environment:\n      POSTGRES_PASSWORD: ${A:-${B:-hunter2}} # here\n",
        ),
        compose(
            "services:\n  db:\n    image: postgres:16\n    environment:\n      DB_DSN: postgres://app:${PW:-hunter2}@db/app # here\n",
        ),
    ],
    negatives: &[
        compose(
            "services:\n  db:\n    image: postgres:16\n    environment:\n      A_PASSWORD: ${X:-}\n      B_PASSWORD: ${X-}\n      C_PASSWORD: ${X:-$Y}\n      D_PASSWORD: ${X:-${Y}}\n      E_PASSWORD: ${X:?set it}\n      F_PASSWORD: ${X:+other}\n",
        ),
        compose(
            "services:\n  db:\n    image: postgres:16\n    environment:\n      A_PASSWORD: ${X:-/run/secrets/x}\n      B_SECRET: ${X:-false}\n      C_TOKEN_TTL: ${X:-3600}\n      DB_PASSWORD: ${X:-changeme}\n      E_PASSWORD: hunter2\n",
        ),
    ],
};
