//! `redis/protected-mode-off`: a server with its protected mode off.

use super::{Card, Category, Confidence, Redis, Rule, SECURITY, Severity, Sighting, at, conf};

pub(super) const RULE: Rule = Rule { card: &CARD, look };

fn look(redis: &Redis) -> Vec<Sighting> {
    let setting = redis
        .setting("protected-mode")
        .filter(|setting| setting.value().eq_ignore_ascii_case("no"));
    let setting = setting.filter(|_| !redis.has_auth() && redis.is_whole && !redis.is_local());
    let message = || {
        "remote clients have full access: protected mode is off and no password is set".to_owned()
    };
    setting
        .map(|setting| Sighting::new(&CARD, setting.span.clone(), message()))
        .into_iter()
        .collect()
}

static CARD: Card = Card {
    id: "redis/protected-mode-off",
    category: Category::Configuration,
    severity: Severity::Medium,
    confidence: Confidence::High,
    title: "Redis protected mode disabled",
    description: "Protected mode rejects remote clients as long as no password is set. Without either, any host that \
                  can reach the port has full access.",
    remedy: "Set `protected-mode yes`, or a password: `requirepass` or `aclfile`.",
    references: &[SECURITY],
    tags: &["redis", "database", "authentication", "CWE-306"],
    examples: &[
        conf("appendonly yes\nprotected-mode no # here\n"),
        at(
            "compose.yaml",
            "services:\n  cache:\n    image: redis:7\n    command: ['redis-server', '--protected-mode', 'no'] # here\n",
        ),
    ],
    negatives: &[
        conf("protected-mode no\nrequirepass x9Kq7\n"),
        conf("protected-mode no\nbind 127.0.0.1\n"),
        conf("protected-mode yes\nappendonly yes\n"),
    ],
};
