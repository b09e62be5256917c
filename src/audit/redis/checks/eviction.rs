//! `redis/eviction`: data that is persisted, but evicted all the same.

use super::{
    Card, Category, Confidence, EVICTION, PERSISTENCE, Redis, Rule, Severity, Sighting, at, conf,
};

pub(super) const RULE: Rule = Rule { card: &CARD, look };

fn look(redis: &Redis) -> Vec<Sighting> {
    let policy = redis
        .setting("maxmemory-policy")
        .filter(|policy| policy.value().to_ascii_lowercase().starts_with("allkeys"));
    let policy = policy.filter(|_| redis.text("appendonly") == "yes");
    let message = || {
        "any key can be evicted, although the append-only file shows that the data should persist"
            .to_owned()
    };
    policy
        .map(|policy| Sighting::new(&CARD, policy.span.clone(), message()))
        .into_iter()
        .collect()
}

static CARD: Card = Card {
    id: "redis/eviction",
    category: Category::Configuration,
    severity: Severity::Low,
    confidence: Confidence::Medium,
    title: "Redis eviction policy that drops persistent data",
    description: "With `allkeys-*`, a full server evicts any key: sessions end and queued jobs vanish. The append-only \
                  file shows that the data should persist.",
    remedy: "Evict only keys with a time to live, `maxmemory-policy volatile-lru`, or run the cache on its own server, \
             and use `noeviction` for sessions and queues.",
    references: &[EVICTION, PERSISTENCE],
    tags: &["redis", "database", "availability", "CWE-1188"],
    examples: &[
        conf(
            "requirepass x9Kq7\nappendonly yes\nmaxmemory 256mb\nmaxmemory-policy allkeys-lru # here\n",
        ),
        at(
            "compose.yaml",
            "services:\n  sessions:\n    image: redis:7\n    command: redis-server --appendonly yes --maxmemory 256mb --maxmemory-policy allkeys-lru # here\n",
        ),
    ],
    negatives: &[
        conf("appendonly no\nmaxmemory 256mb\nmaxmemory-policy allkeys-lru\n"),
        conf("appendonly yes\nmaxmemory 256mb\nmaxmemory-policy volatile-lru\n"),
    ],
};
