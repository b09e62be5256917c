//! `compose/credential-in-label`: a credential in a label, or in a configuration written inline.

use super::{Card, Category, Check, Confidence, File, Report, Severity, Sighting, compose};
use crate::audit::compose::credential::{Verdict, inline, is_hash};

pub(super) struct CredentialInLabel;

impl Check<File<'_>> for CredentialInLabel {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        for (slot, service) in file.slots_with(Verdict::InLabel) {
            let is_hash = is_hash(slot.secret.value.reveal());
            let what = if is_hash {
                "a password hash"
            } else {
                "a credential"
            };
            let message = format!(
                "label `{}` of service `{}` contains {what}{}{}",
                slot.name,
                service.name,
                slot.when(),
                slot.weakness()
            );
            let mut sighting = file.sighted_slot(&CARD, slot, message);
            // Many can read a label, but few can crack a hash.
            if !is_hash {
                sighting.severity = file.scaled(Severity::High, service);
            }
            report.add(&CARD, sighting);
        }
        for line in inline::in_configs(file) {
            let message = format!(
                "config `{}` contains `{}` in plain text",
                line.config, line.key
            );
            let mut sighting = Sighting::new(&CARD, line.secret.span.clone(), message);
            sighting.secret = Some(line.secret);
            report.add(&CARD, sighting);
        }
    }
}

static CARD: Card = Card {
    id: "compose/credential-in-label",
    category: Category::Secret,
    severity: Severity::Medium,
    confidence: Confidence::High,
    title: "Credential in a label or inline config",
    description: "Labels are not secret: `docker inspect`, the engine's events and every tool with access to the \
                  socket show them, and so does the repository. A password hash can be cracked offline.",
    remedy: "Move it to a file mounted as a secret, and refer to that file: \
             `traefik.http.middlewares.auth.basicauth.usersfile=/run/secrets/users`.",
    references: &[
        "https://docs.docker.com/reference/compose-file/secrets/",
        "https://doc.traefik.io/traefik/reference/routing-configuration/http/middlewares/basicauth/",
    ],
    tags: &[
        "docker",
        "compose",
        "credential",
        "CWE-260",
        "CWE-798",
        "BSI-SYS.1.6.A8",
    ],
    examples: &[
        compose(
            "services:\n  a:\n    image: app:1\n    labels:\n      - traefik.http.middlewares.auth.basicauth.users=admin:$$2y$$05$$abcdefghijklmnopqrstuv # here\n    deploy:\n      labels:\n        homepage.widget.password: hunter2xyz # here\n",
        ),
        compose(
            "services:\n  a:\n    image: app:1\n    configs: [app]\nconfigs:\n  app:\n    content: |\n      port=80\n      db_password=hunter2xyz # here\n",
        ),
    ],
    negatives: &[
        compose(
            "services:\n  a:\n    image: app:1\n    labels:\n      - traefik.http.middlewares.auth.basicauth.users=${USERS}\n      - traefik.http.middlewares.auth.basicauth.usersfile=/run/secrets/users\n      - homepage.widget.key={{HOMEPAGE_VAR_KEY}}\n      - homepage.widget.password=${PW}\n      - app.token.header=X-Token\n",
        ),
        compose(
            "services:\n  a:\n    image: app:1\nconfigs:\n  app:\n    content: |\n      password_file=/run/secrets/a\n      db_password=${PW}\n      # password=hunter2xyz\n      token: {{ x }}\n      api_key:\n  b:\n    file: ./b.conf\n",
        ),
    ],
};
