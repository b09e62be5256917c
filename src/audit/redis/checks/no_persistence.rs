//! `redis/no-persistence`: data that is lost on restart.

use super::{Card, Category, Confidence, PERSISTENCE, Redis, Rule, Severity, Sighting, at, conf};

pub(super) const RULE: Rule = Rule { card: &CARD, look };

fn look(redis: &Redis) -> Vec<Sighting> {
    // A cache that evicts any key loses nothing of value.
    let is_cache = redis.text("maxmemory-policy").starts_with("allkeys");
    let is_kept = redis.text("appendonly") == "yes";
    let save = redis
        .setting("save")
        .filter(|save| save.value().is_empty() && !is_cache && !is_kept);
    let message = || "nothing is stored on disk, so a restart loses all data".to_owned();
    save.map(|save| Sighting::new(&CARD, save.span.clone(), message()))
        .into_iter()
        .collect()
}

static CARD: Card = Card {
    id: "redis/no-persistence",
    category: Category::Configuration,
    severity: Severity::Low,
    confidence: Confidence::Medium,
    title: "Redis without persistence",
    description: "Snapshots and the append-only file are disabled: queues, sessions and all other data are lost on \
                  restart. For a pure cache that is fine.",
    remedy: "Enable the append-only file: `appendonly yes` and `appendfsync everysec`. For a cache, declare it: \
             `maxmemory-policy allkeys-lru`.",
    references: &[PERSISTENCE],
    tags: &["redis", "database", "availability", "CWE-1188"],
    examples: &[
        conf("requirepass x9Kq7\nsave \"\" # here\nappendonly no\n"),
        at(
            "compose.yaml",
            "services:\n  cache:\n    image: redis:7\n    command: redis-server --save '' --appendonly no # here\n",
        ),
    ],
    negatives: &[
        conf("save \"\"\nappendonly yes\n"),
        conf("save 900 1\nappendonly no\n"),
        conf("appendonly no\nmaxmemory 1gb\n"),
        conf("save \"\"\nmaxmemory-policy allkeys-lru\n"),
    ],
};
