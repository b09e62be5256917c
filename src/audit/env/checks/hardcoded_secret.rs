//! `env/hardcoded-secret`: a credential that is in the repository.

use super::{
    Card, Category, Check, Confidence, DOCKER_SECRETS, File, Report, SECRETS, Severity, Sighting,
    at, env, file, weak_secret,
};
use crate::audit::slot::{self, Verdict};

pub(super) struct HardcodedSecret;

impl Check<File<'_>> for HardcodedSecret {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        if file.is_sample() {
            return;
        }
        for (entry, slot) in file.slots_with(|verdict| verdict == Verdict::Secret) {
            let literal = file::credential(entry, slot);
            if weak_secret::speaks(file, slot, entry.key, literal) {
                continue;
            }
            let place = match file.is_tracked {
                Some(true) if file.project.is_past() => "in a file that was committed",
                Some(true) => "in a file tracked by Git",
                Some(false) => "in a file that Git does not ignore",
                None => "in plain text",
            };
            let message = format!("`{}` contains {} {place}", entry.key, slot::a(slot.kind));
            let mut sighting = Sighting::new(&CARD, file::place(entry, slot), message);
            sighting.severity = match file.is_tracked {
                Some(true) => Severity::Critical,
                _ => Severity::High,
            };
            sighting.confidence = file::confidence(literal);
            sighting.secret = Some(file::secret_at(entry, slot));
            report.add(&CARD, file.weighed(entry, slot, sighting));
        }
    }
}

static CARD: Card = Card {
    id: "env/hardcoded-secret",
    category: Category::Secret,
    severity: Severity::Critical,
    confidence: Confidence::Medium,
    title: "Hard-coded credential in an env file",
    description: "Everyone who can read the repository, or a copy of it, has the credential; once committed, it stays \
                  in the history even if the file is deleted.",
    remedy: "Let the deployment provide the credential, from a secret manager or a file that Git ignores, and change it \
             wherever it is in use. Keep the name with an empty value in `.env.example`.",
    references: &[SECRETS, DOCKER_SECRETS],
    tags: &["env", "credential", "CWE-798", "BSI-SYS.1.6.A8"],
    examples: &[
        env("DB_PASSWORD=x9Kq7-QzL2mWe # here\n"),
        env(concat!(
            "REDIS_URL=rediss://:",
            "x9Kq7-QzL2mWe@cache/0 # here\n"
        )),
        env("API_TOKEN=\"${TOKEN:-x9Kq7-QzL2mWe}\" # here\n"),
        at(
            "config/prod.env",
            concat!("export API_TOKEN=", "'x9Kq7-QzL2mWe' # here\n"),
            &[],
        ),
    ],
    negatives: &[
        env(
            "DB_PASSWORD=\nAPI_TOKEN=${TOKEN}\nA_SECRET=op://vault/item/field\nB_SECRET=encrypted:x9Kq7QzL2mWe\n",
        ),
        env(
            "DB_PASSWORD_FILE=/run/secrets/db\nNEXT_PUBLIC_API_KEY=x9Kq7QzL2mWe\nAWS_ACCESS_KEY_ID=x9Kq7QzL2mWe\n",
        ),
        at(".env.example", "DB_PASSWORD=x9Kq7QzL2mWe\n", &[]),
        env("TOKEN_TTL=15m\nREDIS_URL=redis://cache/0\n"),
    ],
};
