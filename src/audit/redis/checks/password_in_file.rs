//! `redis/password-in-file`: a password that everyone with the file can read.

use super::{Card, Category, Confidence, Reach, Redis, Rule, SECURITY, Severity, Sighting, conf};
use crate::audit::directive::Word;
use crate::audit::report::SecretAt;
use crate::audit::slot;
use crate::lexicon::{placeholder, value};
use crate::model::Secret;

pub(super) const RULE: Rule = Rule { card: &CARD, look };

fn look(redis: &Redis) -> Vec<Sighting> {
    // Passwords on command lines are left to the checks on those.
    if redis.reach != Reach::Unknown {
        return Vec::new();
    }
    let passwords = redis.own.iter().filter_map(|setting| {
        let words = &setting.values;
        match setting.name.as_str() {
            "requirepass" | "masterauth" => words.first().map(|word| (word, 0)),
            "user" => words
                .iter()
                .find(|word| word.text.starts_with('>'))
                .map(|word| (word, 1)),
            "sentinel" if setting.value() == "auth-pass" => words.get(2).map(|word| (word, 0)),
            _ => None,
        }
    });
    passwords
        .filter_map(|(word, skipped)| sight(word, skipped))
        .collect()
}

fn sight(word: &Word, skipped: usize) -> Option<Sighting> {
    let password = &word.text[skipped..];
    if password.is_empty() || value::is_reference(password) || password.contains("${") {
        return None;
    }
    let message = match placeholder::classify(password) {
        Some(class) => format!(
            "the server's password is a placeholder that {}",
            class.description()
        ),
        None if value::weak(password) => format!(
            "the server's password is {}",
            slot::weakness(password.as_bytes())
        ),
        None => "the file contains the server's password".to_owned(),
    };
    let span = word.span.start + skipped..word.span.end;
    let mut sighting = Sighting::new(&CARD, span.clone(), message);
    sighting.secret = Some(SecretAt {
        value: Secret::new(password.as_bytes()),
        span,
    });
    Some(sighting)
}

static CARD: Card = Card {
    id: "redis/password-in-file",
    category: Category::Secret,
    severity: Severity::High,
    confidence: Confidence::High,
    title: "Hard-coded password in a Redis configuration file",
    description: "Everyone who can read the repository has the password; it stays in the history even after the line \
                  is changed.",
    remedy: "Pass the password at startup, and change it wherever it is in use: `redis-server /etc/redis.conf --requirepass \"$(cat \
             /run/secrets/redis_password)\"`, or keep users with hashed passwords in a file outside the repository: \
             `aclfile /run/secrets/users.acl`.",
    references: &[
        SECURITY,
        "https://redis.io/docs/latest/operate/oss_and_stack/management/security/acl/",
    ],
    tags: &[
        "redis",
        "database",
        "credential",
        "CWE-798",
        "BSI-SYS.1.6.A8",
    ],
    examples: &[
        conf("requirepass x9Kq7-QzL2 # here\nappendonly yes\n"),
        conf("aclfile /x\nuser app on >x9Kq7-QzL2 ~* +@all # here\n"),
        conf("masterauth \"x9Kq7-QzL2\" # here\n"),
    ],
    negatives: &[
        conf("# requirepass foobared\nappendonly yes\nrequirepass \"\"\n"),
        conf("requirepass ${REDIS_PASSWORD}\n"),
        conf("aclfile /x\nuser app on #00ff ~*\n"),
    ],
};
