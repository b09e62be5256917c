//! `env/weak-secret`: a credential that can be guessed.

use super::{
    Card, Category, Check, Confidence, File, Report, SECRETS, Severity, Sighting, at, env, file,
};
use crate::audit::slot::{self, Slot, Verdict};
use crate::lexicon::name::CredentialName;

pub(super) struct WeakSecret;

/// The minimum length in bytes of a key that signs or encrypts, which RFC 7518 requires for HMAC with SHA-256.
const MIN_KEY: usize = 32;

impl Check<File<'_>> for WeakSecret {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        if file.is_sample() {
            return;
        }
        for (entry, slot) in
            file.slots_with(|verdict| matches!(verdict, Verdict::Weak | Verdict::Secret))
        {
            let literal = file::credential(entry, slot);
            let kind = slot::a(slot.kind);
            let (message, severity) = if slot.verdict == Verdict::Weak {
                (
                    format!(
                        "`{}` is {kind}, {}",
                        entry.key,
                        slot::weakness(literal.as_bytes())
                    ),
                    if is_of_mail(entry.key) {
                        Severity::Medium
                    } else {
                        Severity::High
                    },
                )
            } else if let Some(least) = too_short(file, slot, entry.key, literal) {
                (
                    format!(
                        "`{}` is {kind} of fewer than {least} characters, short enough for brute force",
                        entry.key
                    ),
                    Severity::Medium,
                )
            } else if is_monotonous(literal) {
                (
                    format!(
                        "`{}` is {kind} made of few different characters, easy to guess",
                        entry.key
                    ),
                    Severity::High,
                )
            } else {
                continue;
            };
            let mut sighting = Sighting::new(&CARD, file::place(entry, slot), message);
            sighting.severity = severity;
            if slot.verdict == Verdict::Weak && slot.kind != CredentialName::Password {
                sighting.confidence = Confidence::Medium;
            }
            sighting.secret = Some(file::secret_at(entry, slot));
            report.add(&CARD, file.weighed(entry, slot, sighting));
        }
    }
}

/// Returns whether this check reports a slot, so that another one need not.
pub(super) fn speaks(file: &File, slot: &Slot, key: &str, literal: &str) -> bool {
    slot.verdict == Verdict::Weak
        || too_short(file, slot, key, literal).is_some()
        || is_monotonous(literal)
}

/// Returns the minimum length if a secret is shorter. A file that git tracks has another finding, which is more
/// specific: others know its secrets, whatever their length.
fn too_short(file: &File, slot: &Slot, key: &str, literal: &str) -> Option<usize> {
    let key = key.to_ascii_uppercase();
    let is_key = matches!(
        slot.kind,
        CredentialName::SigningKey | CredentialName::EncryptionKey
    ) || [
        "JWT_SECRET",
        "SECRET_KEY",
        "SESSION_SECRET",
        "COOKIE_SECRET",
        "NEXTAUTH_SECRET",
        "SECRET_KEY_BASE",
    ]
    .iter()
    .any(|name| key == *name || key.ends_with(&format!("_{name}")));
    let least = match slot.kind {
        CredentialName::Password => file.policy().min_secret_length,
        _ if is_key
            && !key.contains("AWS")
            && !key.contains("STRIPE")
            && !key.contains("RECAPTCHA")
            && !key.contains("S3") =>
        {
            MIN_KEY.max(file.policy().min_secret_length)
        }
        _ => return None,
    };
    (file.is_tracked != Some(true) && literal.len() < least).then_some(least)
}

/// Whether a login is for an external mail server, which issues its own password: the word is a filler for that.
fn is_of_mail(key: &str) -> bool {
    let key = key.to_ascii_uppercase();
    key.split('_')
        .any(|word| matches!(word, "EMAIL" | "MAIL" | "SMTP" | "MAILER"))
}

fn is_monotonous(literal: &str) -> bool {
    let mut seen: Vec<u8> = literal.bytes().collect();
    seen.sort_unstable();
    seen.dedup();
    literal.len() >= 8 && seen.len() < 5
}

static CARD: Card = Card {
    id: "env/weak-secret",
    category: Category::Secret,
    severity: Severity::High,
    confidence: Confidence::High,
    title: "Weak credential in an env file",
    description: "Dictionary passwords, names used as their own passwords, and short keys fall to brute force: an \
                  attacker who guesses a signing key can log in as any user.",
    remedy: "Generate a random one: `openssl rand -base64 48` for keys, `openssl rand -base64 24` for passwords.",
    references: &[
        "https://www.rfc-editor.org/rfc/rfc7518#section-3.2",
        SECRETS,
    ],
    tags: &["env", "credential", "CWE-521", "CWE-1391", "BSI-SYS.1.6.A8"],
    examples: &[
        env("POSTGRES_PASSWORD=postgres # here\n"),
        env("JWT_SECRET='secret123' # here\n"),
        env("DB_PASSWORD=x9Kq7 # here\n"),
        env("SECRET_KEY=x9Kq7QzL2mWe4Rt6 # here\n"),
        env("DATABASE_URL=postgres://app:password@db/app # here\n"),
        env("SECRET_KEY=abababababababababababababababababab # here\n"),
        at("a/.env.dev", "POSTGRES_PASSWORD=postgres # here\n", &[]),
    ],
    negatives: &[
        at(".env.sample", "POSTGRES_PASSWORD=postgres\n", &[]),
        env("POSTGRES_PASSWORD=x9Kq7QzL2mWe4Rt6\nAPI_TOKEN=x9Kq7QzL\n"),
        env("POSTGRES_PASSWORD=${PW}\nPOSTGRES_USER=postgres\n"),
        env("PASSWORD_MIN_LENGTH=8\n"),
    ],
};
