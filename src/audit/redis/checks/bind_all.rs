//! `redis/bind-all`: a server without a password that listens on every network.

use super::{
    Card, Category, Confidence, Example, Redis, Rule, SECURITY, Severity, Sighting, at, conf,
};
use crate::audit::directive::Directive;

pub(super) const RULE: Rule = Rule { card: &CARD, look };

fn look(redis: &Redis) -> Vec<Sighting> {
    let bind =
        opens(redis).filter(|_| !redis.has_auth() && redis.is_whole && !redis.is_protected());
    let message = || "the server listens on every address and requires no password".to_owned();
    bind.map(|bind| Sighting::new(&CARD, bind.span.clone(), message()))
        .into_iter()
        .collect()
}

/// Returns the line that makes it listen on every address.
pub(super) fn opens(redis: &Redis) -> Option<&Directive> {
    let is_open =
        |text: &str| matches!(text.trim_start_matches('-'), "0.0.0.0" | "*" | "::" | "::*");
    redis
        .setting("bind")
        .filter(|bind| bind.values.iter().any(|word| is_open(&word.text)))
}

static CARD: Card = Card {
    id: "redis/bind-all",
    category: Category::Configuration,
    severity: Severity::Medium,
    confidence: Confidence::High,
    title: "Redis exposed on all interfaces without a password",
    description: "The server listens on every network of its host or container, without authentication.",
    remedy: "Listen only where needed, `bind 127.0.0.1 -::1`, and set a password: `requirepass` or `aclfile`.",
    references: &[SECURITY],
    tags: &["redis", "database", "exposure", "CWE-1327", "CWE-306"],
    examples: &[
        conf("bind 0.0.0.0 # here\nprotected-mode no\n"),
        conf("bind * -::* # here\nprotected-mode no\n"),
        Example {
            path: "redis.conf",
            text: "bind * -::* # here\nappendonly yes\n",
            beside: &[(
                "compose.yaml",
                "services:\n  cache:\n    image: redis:7\n    volumes: [./redis.conf:/redis.conf]\n",
            )],
        },
        at(
            "compose.yaml",
            "services:\n  cache:\n    image: redis:7\n    command: redis-server --bind 0.0.0.0 # here\n",
        ),
    ],
    negatives: &[
        conf("bind 0.0.0.0\nrequirepass x9Kq7\n"),
        conf("bind 10.0.0.5\nappendonly yes\n"),
        conf("bind 0.0.0.0\nprotected-mode yes\n"),
        conf("bind 0.0.0.0\nappendonly yes\n"),
        conf("bind 0.0.0.0\nprotected-mode no\nuser default on resetpass ~* +@all\n"),
    ],
};
