//! `compose/default-credential`: a password that is known in advance.

use super::{Card, Category, Check, Confidence, File, OWASP, Report, Severity, compose};
use crate::audit::compose::credential::Verdict;

pub(super) struct DefaultCredential;

impl Check<File<'_>> for DefaultCredential {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        for (slot, _) in file.slots_with(Verdict::WellKnown) {
            let message = format!(
                "`{}` of {} is a default credential, or repeats the name of what it protects",
                slot.name,
                file.owners(slot)
            );
            report.add(&CARD, file.sighted_slot(&CARD, slot, message));
        }
    }
}

static CARD: Card = Card {
    id: "compose/default-credential",
    category: Category::Secret,
    severity: Severity::High,
    confidence: Confidence::High,
    title: "Default credential",
    description: "The password is the one from the image or its documentation, or repeats the name of the user, the \
                  database or the service. Scanners and botnets try exactly these first, so it gives no protection \
                  even if the repository stays private.",
    remedy: "Make Compose fail until a value is set, and generate one at installation (`openssl rand -base64 24`): \
             `POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:?set POSTGRES_PASSWORD}`.",
    references: &[
        "https://cwe.mitre.org/data/definitions/1392.html",
        "https://docs.docker.com/compose/how-tos/use-secrets/",
        OWASP,
    ],
    tags: &[
        "docker",
        "compose",
        "credential",
        "CWE-1392",
        "CWE-798",
        "OWASP-Docker-12",
        "BSI-SYS.1.6.A8",
    ],
    examples: &[
        compose(
            "services:\n  db:\n    image: postgres:16\n    environment:\n      POSTGRES_PASSWORD: postgres # here\n  queue:\n    image: rabbitmq:3-management\n    environment:\n      - RABBITMQ_DEFAULT_PASS=guest # here\n  store:\n    image: quay.io/minio/minio\n    environment:\n      MINIO_ROOT_PASSWORD: minioadmin # here\n",
        ),
        compose(
            "services:\n  app:\n    image: app:1\n    environment:\n      DB_USER: shopkeeper\n      DB_PASSWORD: shopkeeper # here\n  wiki:\n    image: app:1\n    environment:\n      ADMIN_PASSWORD: wiki # here\n  graph:\n    image: neo4j:5\n    environment:\n      NEO4J_AUTH: neo4j/neo4j # here\n",
        ),
    ],
    negatives: &[
        compose(
            "services:\n  db:\n    image: postgres:16\n    environment:\n      POSTGRES_USER: postgres\n      POSTGRES_DB: shop\n      POSTGRES_PASSWORD: hunter2xyz\n      A_PASSWORD: changeme\n      B_PASSWORD: ${X:-postgres}\n",
        ),
        compose(
            "services:\n  web:\n    image: app:1\n    environment:\n      DB_USER: shopkeeper\n      DB_PASSWORD: ${DB_PASSWORD}\n      SECRET_NAME: shopkeeper\n",
        ),
    ],
};
