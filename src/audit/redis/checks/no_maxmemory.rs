//! `redis/no-maxmemory`: a server that takes memory until it is killed.

use super::{
    Card, Category, Confidence, EVICTION, Reach, Redis, Rule, Severity, Sighting, at, conf,
};
use crate::audit::redis::settings::memory;

pub(super) const RULE: Rule = Rule { card: &CARD, look };

fn look(redis: &Redis) -> Vec<Sighting> {
    let sight = |span: std::ops::Range<usize>, message: &str| {
        vec![Sighting::new(&CARD, span, message.to_owned())]
    };
    let Some(setting) = redis.setting("maxmemory") else {
        // Nobody writes everything that a server needs on a command line.
        let is_known = redis.is_whole && redis.reach == Reach::Unknown;
        let policy = redis.setting("maxmemory-policy").filter(|_| redis.is_whole);
        return match policy {
            Some(policy) if policy.value() != "noeviction" => sight(
                policy.span.clone(),
                "the eviction policy has no effect, because `maxmemory` is not set",
            ),
            _ if is_known && redis.settings.len() > 3 => {
                let mut found = sight(
                    redis.anchor.clone(),
                    "memory use is unlimited: `maxmemory` is not set",
                );
                for sighting in &mut found {
                    sighting.severity = Severity::Info;
                }
                found
            }
            _ => Vec::new(),
        };
    };
    match (memory(setting.value()), redis.memory_limit) {
        (Some(0), _) => sight(
            setting.span.clone(),
            "memory use is unlimited: `maxmemory` is 0",
        ),
        (Some(most), Some(limit)) if most >= limit => sight(
            setting.span.clone(),
            "`maxmemory` is not below the container's memory limit, so the container is killed before anything is \
             evicted",
        ),
        _ => Vec::new(),
    }
}

static CARD: Card = Card {
    id: "redis/no-maxmemory",
    category: Category::Configuration,
    severity: Severity::Low,
    confidence: Confidence::Medium,
    title: "Redis without a memory limit",
    description: "The server uses memory until the kernel kills it, or another process on the host.",
    remedy: "Leave room for copies and buffers: `maxmemory 192mb` in a container with 256 MB, with a policy that fits the data: \
             `maxmemory-policy noeviction` for queues, `allkeys-lru` for a cache.",
    references: &[EVICTION],
    tags: &["redis", "database", "availability", "CWE-770"],
    examples: &[
        conf("requirepass x9Kq7\nmaxmemory 0 # here\n"),
        conf("requirepass x9Kq7\nmaxmemory-policy volatile-lru # here\n"),
        conf("appendonly yes # here\nrequirepass x9Kq7\nport 1\nsave 1 1\n"),
        at(
            "compose.yaml",
            "services:\n  cache:\n    image: redis:7\n    command: redis-server --requirepass $$X --maxmemory 256mb # here\n    mem_limit: 256m\n",
        ),
    ],
    negatives: &[
        conf("requirepass x9Kq7\nmaxmemory 256mb\nport 1\nsave 1 1\n"),
        at(
            "compose.yaml",
            "services:\n  cache:\n    image: redis:7\n    command: redis-server --requirepass $$X\n",
        ),
        at(
            "compose.yaml",
            "services:\n  cache:\n    image: redis:7\n    command: redis-server --maxmemory 192mb\n    deploy: {resources: {limits: {memory: 256M}}}\n",
        ),
    ],
};
