//! `redis/no-tls`: a password that is sent over the network in clear text.

use super::{
    Card, Category, Confidence, Reach, Redis, Rule, SECURITY, Severity, Sighting, at, conf,
};

pub(super) const RULE: Rule = Rule { card: &CARD, look };

fn look(redis: &Redis) -> Vec<Sighting> {
    // A server without a password has a worse finding.
    if redis.reach != Reach::Everybody
        || !redis.is_whole
        || !redis.has_auth()
        || redis.is_local()
        || redis.setting("tls-port").is_some()
    {
        return Vec::new();
    }
    let message = "the port is open to every network of the host, and its traffic is not encrypted"
        .to_owned();
    vec![Sighting::new(&CARD, redis.anchor.clone(), message)]
}

static CARD: Card = Card {
    id: "redis/no-tls",
    category: Category::Configuration,
    severity: Severity::Low,
    confidence: Confidence::Medium,
    title: "Redis exposed to the network without TLS",
    description: "Clients send the password with every connection. Without TLS, anyone who can capture the traffic has \
                  the password and all data.",
    remedy: "Publish the port on the loopback address only, `ports: [\"127.0.0.1:6379:6379\"]`, or encrypt: `redis-server \
             --port 0 --tls-port 6379 --tls-cert-file /run/secrets/redis.crt --tls-key-file /run/secrets/redis.key`.",
    references: &[
        "https://redis.io/docs/latest/operate/oss_and_stack/management/security/encryption/",
        SECURITY,
    ],
    tags: &["redis", "database", "tls", "CWE-319"],
    examples: &[at(
        "compose.yaml",
        "services:\n  cache: # here\n    image: redis:7\n    command: redis-server --requirepass ${PASSWORD:?}\n    ports: ['6379:6379']\n",
    )],
    negatives: &[
        at(
            "compose.yaml",
            "services:\n  cache:\n    image: redis:7\n    command: redis-server --requirepass ${PASSWORD:?}\n    ports: ['127.0.0.1:6379:6379']\n",
        ),
        at(
            "compose.yaml",
            "services:\n  cache:\n    image: redis:7\n    command: redis-server --requirepass ${PASSWORD:?} --port 0 --tls-port 6379\n    ports: ['6379:6379']\n",
        ),
        at(
            "compose.yaml",
            "services:\n  cache:\n    image: redis:7\n    command: redis-server --requirepass ${PASSWORD:?}\n",
        ),
        conf("requirepass x9Kq7\nappendonly yes\n"),
    ],
};
