//! Properties of the audit of Redis files as a whole: names, shapes, hostile input.

use proptest::prelude::*;

use crate::audit::{Outcome, audit};
use crate::redact::Shown;

#[test]
fn files_are_recognised_by_name_and_by_shape() {
    for (path, text, expected) in [
        ("redis.conf", "maxmemory 1mb\n", true),
        ("conf/valkey.conf.example", "appendonly yes\n", true),
        ("cache.conf", "appendonly yes\nmaxmemory 1mb\n", true),
        ("cache.conf", "appendonly yes\n", false),
        ("nginx.conf", "server { # requirepass\n}\n", false),
        ("redis.conf", "hello world\n", false),
        ("redis.conf", "requirepass {{ password }}\n", false),
    ] {
        let outcome = audit(path, text.as_bytes());
        assert_eq!(
            matches!(outcome, Outcome::Audited(_)),
            expected,
            "{path}: {text}"
        );
    }
}

#[test]
fn no_excerpt_shows_a_password() {
    let text =
        "bind 0.0.0.0\nmasterauth x9Kq7-QzL2\nuser app on >y9Kq7-QzL2\nrequirepass z9Kq7-QzL2\n";
    let Outcome::Audited(found) = audit("redis.conf", text.as_bytes()) else {
        panic!("it was not audited");
    };
    assert_eq!(
        found.iter().filter(|found| found.secret.is_some()).count(),
        3
    );
    for finding in found {
        assert!(
            !Shown::alone(finding.clone())
                .lines()
                .unwrap()
                .1
                .contains("9Kq7"),
            "{finding:?}"
        );
    }
}

proptest! {
    #[test]
    fn no_file_breaks_the_audit(
        lines in proptest::collection::vec(
            proptest::sample::select(vec![
                "bind 0.0.0.0 é\n", "requirepass \"é\n", "requirepass 'ü' \"\n", "save \"\"\n", "maxmemory é\n", "maxmemory-policy allkeys-lru\n",
                "user é >ü\n", "\"\n", "'\n", "appendonly yes\r\n", "sentinel auth-pass é ü\n", "\u{feff}bind\n", "protected-mode no\n",
            ]),
            0..12,
        )
    ) {
        let text = format!("appendonly yes\n{}", lines.concat());
        if let Outcome::Audited(findings) = audit("redis.conf", text.as_bytes()) {
            for finding in findings {
                prop_assert!(text.get(finding.location.region.bytes()).is_some());
            }
        }
    }
}
