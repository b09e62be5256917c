//! `redis/dangerous-commands`: anyone who has the password may run every command.

use super::{
    Card, Category, Confidence, Reach, Redis, Rule, SECURITY, Severity, Sighting, at, conf,
};

use crate::audit::directive::Directive;

pub(super) const RULE: Rule = Rule { card: &CARD, look };

fn look(redis: &Redis) -> Vec<Sighting> {
    // Permissions are set by ACLs, or formerly by renaming commands.
    let is_ruled = ["user", "aclfile"]
        .iter()
        .any(|name| redis.setting(name).is_some())
        || redis.settings.iter().any(hides);
    let is_replica = redis.setting("replicaof").is_some();
    let password = redis
        .setting("requirepass")
        .filter(|_| redis.has_auth() && redis.is_whole);
    let password = password.filter(|_| redis.reach != Reach::Neighbours);
    let Some(password) = password.filter(|_| !is_ruled && !is_replica && !redis.is_local()) else {
        return Vec::new();
    };
    let message =
        "anyone with the password can reconfigure the server and delete all data".to_owned();
    vec![Sighting::new(&CARD, password.span.clone(), message)]
}

/// Whether a line renames a command with which a server can be taken over or emptied.
fn hides(setting: &Directive) -> bool {
    let name = setting.value();
    let is_dangerous = [
        "CONFIG", "FLUSHALL", "FLUSHDB", "DEBUG", "MODULE", "EVAL", "SAVE", "SHUTDOWN", "KEYS",
    ]
    .iter()
    .any(|command| name.eq_ignore_ascii_case(command));
    setting.name == "rename-command" && is_dangerous
}

static CARD: Card = Card {
    id: "redis/dangerous-commands",
    category: Category::Configuration,
    severity: Severity::Info,
    confidence: Confidence::Medium,
    title: "Unrestricted Redis commands",
    description: "A program that reads a cache needs neither `FLUSHALL` nor `CONFIG`, which can write files on the \
                  server. With one password for every command, an attacker who compromises the program can use them \
                  (violates least privilege).",
    remedy: "Give each program its own user: `user app on >PASSWORD ~app:* +@all -@dangerous -@admin` in the file set \
             with `aclfile`.",
    references: &[
        "https://redis.io/docs/latest/operate/oss_and_stack/management/security/acl/",
        SECURITY,
    ],
    tags: &["redis", "database", "authorization", "CWE-269"],
    examples: &[
        conf("appendonly yes\nrequirepass ${PASSWORD} # here\n"),
        conf("appendonly yes\nrequirepass ${PASSWORD} # here\nrename-command GET FETCH\n"),
        at(
            "compose.yaml",
            "services:\n  cache:\n    image: redis:7\n    command: redis-server --requirepass ${PASSWORD:?} # here\n    ports: ['6379:6379']\n",
        ),
    ],
    negatives: &[
        conf("appendonly yes\nrequirepass ${PASSWORD}\nrename-command CONFIG \"\"\n"),
        conf("appendonly yes\naclfile /run/secrets/users.acl\n"),
        conf("appendonly yes\nbind 127.0.0.1\nrequirepass ${PASSWORD}\n"),
        at(
            "compose.yaml",
            "services:\n  cache:\n    image: redis:7\n    command: redis-server --requirepass ${PASSWORD:?}\n",
        ),
    ],
};
