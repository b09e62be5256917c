//! `compose/hardcoded-credential`: a credential that every reader of the file can use.

use super::{
    CIS, Card, Category, Check, Confidence, File, OWASP, Report, Severity, Sighting, compose,
};
use crate::audit::compose::credential::{Verdict, is_hash};
use crate::audit::compose::fixes;
use crate::lexicon::name::CredentialName;

pub(super) struct HardcodedCredential;

impl Check<File<'_>> for HardcodedCredential {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        for slot in file
            .slots
            .iter()
            .filter(|slot| slot.verdict == Verdict::Hardcoded)
        {
            let is_hash = is_hash(slot.secret.value.reveal());
            let what = match slot.kind {
                Some(CredentialName::Password) if is_hash => "a password hash",
                Some(kind) => with_article(kind),
                None => "a credential",
            };
            let weight = slot.weakness();
            let message = format!(
                "`{}` of {} contains {what}{weight}",
                slot.name,
                file.owners(slot)
            );
            let mut sighting = Sighting::new(&CARD, slot.span.clone(), message);
            // A hash has to be broken before it opens anything.
            if is_hash {
                sighting.severity = Severity::Medium;
            }
            sighting.secret = Some(slot.secret.clone());
            sighting.fixes = fixes::require_variable(&CARD, file, slot);
            report.add(&CARD, file.sighted_in(slot, sighting));
        }
    }
}

fn with_article(kind: CredentialName) -> &'static str {
    match kind {
        CredentialName::Password => "a password",
        CredentialName::Secret => "a secret",
        CredentialName::Token => "a token",
        CredentialName::ApiKey => "an API key",
        CredentialName::PrivateKey => "a private key",
        CredentialName::AccessKey => "an access key",
        CredentialName::EncryptionKey => "an encryption key",
        CredentialName::SigningKey => "a signing key",
        CredentialName::Credential => "a credential",
        CredentialName::ConnectionString => "a connection string with a password",
        CredentialName::Salt => "a salt",
        CredentialName::ServiceKey => "a key",
    }
}

static CARD: Card = Card {
    id: "compose/hardcoded-credential",
    category: Category::Secret,
    severity: Severity::High,
    confidence: Confidence::High,
    title: "Hard-coded credential in a Compose file",
    description: "Everyone who can read the repository, now or later, has the credential, and `docker inspect` shows \
                  it on the host.",
    remedy: "Make it required: `POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:?set it}`, or read it from a file: \
             `POSTGRES_PASSWORD_FILE: /run/secrets/db_password` with `secrets: [db_password]`, and change the value \
             wherever it is in use.",
    references: &[
        "https://docs.docker.com/compose/how-tos/use-secrets/",
        OWASP,
        CIS,
    ],
    tags: &[
        "docker",
        "compose",
        "credential",
        "CWE-798",
        "CIS-Docker-4.10",
        "OWASP-Docker-12",
        "BSI-SYS.1.6.A8",
    ],
    examples: &[
        compose(
            "services:\n  db:\n    image: postgres:16\n    environment:\n      POSTGRES_PASSWORD: hunter2 # here\n",
        ),
        compose(
            "services:\n  db:\n    image: postgres:16\n    environment:\n      - POSTGRES_PASSWORD=hunter2 # here\n      - \"DB_PASS=letmein\" # here\n",
        ),
        compose(
            "services:\n  db:\n    image: mysql:8\n    environment:\n      MYSQL_ROOT_PASSWORD: 123 # here\n",
        ),
        compose(
            "services:\n  db:\n    image: mysql:8\n    environment:\n      MYSQL_ROOT_PASSWORD: \"yes\" # here\n  other:\n    image: mariadb:11\n    environment:\n      - MARIADB_ROOT_PASSWORD=true # here\n",
        ),
        compose(
            "services:\n  app:\n    image: app:1\n    environment:\n      APP_KEY: base64:Zm9vYmFyYmF6 # here\n",
        ),
        compose(
            "services:\n  app:\n    image: app:1\n    environment:\n      DATABASE_DSN: postgres://app:hunter2@db/app # here\n",
        ),
        compose(
            "services:\n  app:\n    image: app:1\n    environment:\n      DB_PASSWORD: $${X:-hunter2} # here\n",
        ),
        compose(
            "x-env: &env\n  DB_PASSWORD: hunter2 # here\nservices:\n  a:\n    image: app:1\n    environment:\n      <<: *env\n  b:\n    image: app:1\n    environment: *env\n",
        ),
        compose(
            "services:\n  base:\n    image: app:1\n    environment:\n      DB_PASSWORD: hunter2 # here\n  web:\n    extends: base\n",
        ),
        compose("services:\n  app:\n    environment:\n      DB_PASSWORD: hunter2 # here\n"),
    ],
    negatives: &[
        compose(
            "services:\n  db:\n    image: postgres:16\n    environment:\n      POSTGRES_PASSWORD_FILE: /run/secrets/db\n      POSTGRES_PASSWORD: /run/secrets/db\n      A_PASSWORD: ${X}\n      B_PASSWORD: ${X:?set it}\n      C_PASSWORD: $$X\n      D_PASSWORD: \"\"\n      E_PASSWORD:\n",
        ),
        compose(
            "services:\n  db:\n    image: postgres:16\n    environment:\n      - POSTGRES_PASSWORD\n      - POSTGRES_PASSWORD=${X}\n",
        ),
        compose(
            "services:\n  kafka:\n    image: kafka:3\n    environment:\n      SSL_KEY_PASSWORD: certs/server.key\n      KEYSTORE_PASSWORD: keystore.jks\n      SASL_TOKEN: OAUTHBEARER\n      AUTH_SECRET: PLAIN\n      LOGIN_TOKEN: 60/minute\n      SESSION_SECRET: 15m\n      USE_TOKEN: true\n      APP_SECRET: \"true\"\n      TOKEN: en_US\n",
        ),
        compose(
            "services:\n  app:\n    image: app:1\n    environment:\n      SECRET_PORT: 8443\n      TOKEN_TTL: 3600\n      PASSWORD_LENGTH: 12\n      RATE_LIMIT: 100\n      SECRET_PROVIDER: vault\n      TOKEN_SOURCE: header\n      SASL_MECHANISM: PLAIN\n      SECRETS_LOCATION: /x\n      KEY_PATH: /x\n      TOKEN_URL: https://host/token\n      TOKEN_HEADER: X-Auth\n      PASSWORD_ENABLED: maybe\n      NEXT_PUBLIC_API_KEY: abcdef012345\n      MYSQL_RANDOM_ROOT_PASSWORD: x\n",
        ),
        compose(
            "services:\n  app:\n    image: app:1\n    environment:\n      DB_PASSWORD: CHANGE_ME\n      API_TOKEN: ${X:-hunter2}\n",
        ),
        compose(
            "services:\n  app:\n    image: app:1\n    environment:\n      DATABASE_DSN: postgres://app:${PW}@db/app\n      SENTRY_DSN: https://abc@sentry.local/1\n      DB_PASSWORD: '{{ db_password }}'\n",
        ),
        compose("x-env: &env\n  DB_PASSWORD: hunter2\nservices:\n  a:\n    image: app:1\n"),
    ],
};
