//! `redis/no-auth`: a server that requires no password.

use super::{
    Card, Category, Confidence, Example, IMAGE, Reach, Redis, Rule, SECURITY, Severity, Sighting,
    at, conf,
};

pub(super) const RULE: Rule = Rule { card: &CARD, look };

fn look(redis: &Redis) -> Vec<Sighting> {
    // If a line explicitly opens the server, that line is reported.
    let is_told = super::bind_all::opens(redis).is_some() && !redis.is_protected()
        || redis.text("protected-mode") == "no";
    if redis.has_auth()
        || !redis.is_whole
        || redis.is_local()
        || is_told && redis.reach == Reach::Unknown
    {
        return Vec::new();
    }
    let message = match redis.reach {
        Reach::Everybody => {
            "the server requires no password, and its port is open to every network of the host"
        }
        Reach::Neighbours => {
            "the server requires no password, so every container on its network can read and change its data"
        }
        Reach::Unknown => "the server requires no password",
    };
    let mut sighting = Sighting::new(&CARD, redis.anchor.clone(), message.to_owned());
    sighting.severity = match redis.reach {
        Reach::Everybody => Severity::High,
        Reach::Neighbours => Severity::Low,
        Reach::Unknown => Severity::Medium,
    };
    if redis.reach == Reach::Unknown {
        sighting.confidence = Confidence::Medium;
    }
    vec![sighting]
}

static CARD: Card = Card {
    id: "redis/no-auth",
    category: Category::Configuration,
    severity: Severity::Medium,
    confidence: Confidence::High,
    title: "Redis without authentication",
    description: "Anyone who can reach the port can read and change all data, and through `CONFIG` or modules often \
                  run programs. The official image disables protected mode, which would have rejected remote clients.",
    remedy: "Require a password from outside the file: `redis-server --requirepass \"$(cat \
             /run/secrets/redis_password)\"`, or an ACL file: `aclfile /run/secrets/users.acl`.",
    references: &[SECURITY, IMAGE],
    tags: &["redis", "database", "authentication", "CWE-306"],
    examples: &[
        conf("port 6379 \nappendonly yes # here\nmaxmemory 100mb\n"),
        conf("appendonly yes # here\nrequirepass x9Kq7\nuser default on nopass ~* +@all\n"),
        Example {
            path: "redis.conf",
            text: "appendonly yes # here\nrequirepass x9Kq7\naclfile /etc/redis/users.acl\n",
            beside: &[("users.acl", "user app on #00ff ~app:* +@read\n")],
        },
        at(
            "compose.yaml",
            "services:\n  cache: # here\n    image: redis:7\n    ports: ['6379:6379']\n",
        ),
        at(
            "compose.yaml",
            "services:\n  cache: # here\n    image: valkey/valkey:8\n    command: valkey-server --appendonly yes\n",
        ),
        at(
            "compose.yaml",
            "services:\n  cache: # here\n    image: redis:7\n    command: [redis-server, --save, '60', '1']\n",
        ),
    ],
    negatives: &[
        conf("requirepass x9Kq7\nappendonly yes\n"),
        Example {
            path: "docker/valkey.conf",
            text: "tcp-keepalive 300\nappendonly yes\n",
            beside: &[(
                "compose.yaml",
                "services:\n  cache:\n    image: valkey/valkey:8\n    command: valkey-server /valkey.conf --requirepass ${PASSWORD:?}\n    volumes:\n      - ./docker/valkey.conf:/valkey.conf\n",
            )],
        },
        conf("aclfile /run/secrets/acl\nappendonly yes\n"),
        conf("bind 127.0.0.1 -::1\nprotected-mode yes\nappendonly yes\n"),
        conf("include /etc/redis/secret.conf\nappendonly yes\n"),
        at(
            "compose.yaml",
            "services:\n  cache:\n    image: redis:7\n    command: redis-server --requirepass $${REDIS_PASSWORD}\n",
        ),
        at(
            "compose.yaml",
            "services:\n  cache:\n    image: redis:7\n    command: sh -c 'redis-server --requirepass \"$$(cat /run/secrets/x)\"'\n",
        ),
        at(
            "compose.yaml",
            "services:\n  cache:\n    image: redis:7\n    command: redis-server /usr/local/etc/redis/redis.conf\n",
        ),
        at(
            "compose.yaml",
            "services:\n  cache:\n    image: bitnami/redis:7\n    environment: [REDIS_PASSWORD=x]\n",
        ),
        at(
            "compose.yaml",
            "services:\n  x:\n    image: redis:7\n    entrypoint: ['redis-cli', 'ping']\n",
        ),
    ],
};
