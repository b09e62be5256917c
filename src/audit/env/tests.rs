//! Properties of the audit of env files as a whole: names, shapes, hostile input.

use proptest::prelude::*;

use crate::audit::{Files, Outcome, Policy, Project, Source, audit};
use crate::model::{Finding, Severity};
use crate::redact::Shown;

use super::is_named_like_env_file;

/// A repository that tracks, or ignores, all of its files.
struct Git {
    tracked: bool,
    ignored: bool,
}

impl Files for Git {
    fn read(&self, _path: &str) -> Option<Vec<u8>> {
        None
    }

    fn is_tracked(&self, _path: &str) -> Option<bool> {
        Some(self.tracked)
    }

    fn is_ignored(&self, _path: &str) -> Option<bool> {
        Some(self.ignored)
    }
}

fn findings(path: &str, text: &str, git: &Git, policy: &Policy) -> Vec<Finding> {
    let project = Project::new(Source::claim(path, text.as_bytes()), [], git, policy);
    match project.audit().pop() {
        Some((_, Outcome::Audited(findings))) => findings,
        other => panic!("{other:?}"),
    }
}

fn check(path: &str, text: &str, (tracked, ignored): (bool, bool), expected: &[(&str, Severity)]) {
    let git = Git { tracked, ignored };
    let found = findings(path, text, &git, &Policy::default());
    let found: Vec<_> = found
        .iter()
        .map(|found| (found.rule.as_str(), found.severity))
        .collect();
    assert_eq!(found, expected, "{path}: {text}");
}

const SECRET: &str = "API_TOKEN=x9Kq7-QzL2mWe\n";

#[test]
fn what_git_does_with_the_file_counts() {
    check(
        ".env",
        SECRET,
        (true, false),
        &[
            ("env/tracked", Severity::Medium),
            ("env/hardcoded-secret", Severity::Critical),
        ],
    );
    check(
        ".env",
        SECRET,
        (false, false),
        &[
            ("env/not-ignored", Severity::Medium),
            ("env/hardcoded-secret", Severity::High),
        ],
    );
    check(
        ".env",
        SECRET,
        (false, true),
        &[("env/hardcoded-secret", Severity::High)],
    );
    check(".env.example", SECRET, (true, false), &[]);
    check(
        ".env.dev",
        SECRET,
        (true, false),
        &[
            ("env/tracked", Severity::Low),
            ("env/hardcoded-secret", Severity::Medium),
        ],
    );
    check(".env", "PORT=80\n", (true, false), &[]);
    check(
        ".env",
        "DB_PASSWORD=CHANGE_ME\n",
        (true, false),
        &[
            ("env/tracked", Severity::Low),
            ("env/placeholder", Severity::High),
        ],
    );
}

#[test]
fn an_example_that_runs_as_it_stands_is_no_sample() {
    let found = |others: &[&str]| {
        let policy = Policy::default();
        let path = "examples/shop/.env";
        let paths = others.iter().map(|path| (*path).to_owned());
        let source = Source::claim(path, b"DB_PASSWORD=CHANGE_ME\n");
        let project = Project::new(source, paths, &crate::audit::Nothing, &policy);
        match project.audit().pop() {
            Some((_, Outcome::Audited(found))) => found.len(),
            _ => 0,
        }
    };
    assert_eq!(found(&["examples/shop/docker-compose.yml"]), 1);
    assert_eq!(
        found(&["examples/docker-compose.yml", "examples/shop/a.yml"]),
        0
    );
}

#[test]
fn a_short_password_that_is_published_is_above_all_published() {
    let short = "DB_PASSWORD=x9Kq-7\n";
    check(
        ".env",
        short,
        (true, false),
        &[
            ("env/tracked", Severity::Medium),
            ("env/hardcoded-secret", Severity::Critical),
        ],
    );
    check(
        ".env",
        short,
        (false, true),
        &[("env/weak-secret", Severity::Medium)],
    );
}

#[test]
fn the_policy_names_keys_and_lengths() {
    let git = Git {
        tracked: false,
        ignored: true,
    };
    let policy = Policy {
        required_keys: vec!["A".to_owned(), "B".to_owned()],
        min_secret_length: 40,
        ..Policy::default()
    };
    let found = findings(
        ".env",
        "A=b\nB=\nDB_PASSWORD=x9Kq7-QzL2mWe4Rt6\n",
        &git,
        &policy,
    );
    let rules: Vec<_> = found.iter().map(|found| found.rule.as_str()).collect();
    assert_eq!(rules, ["env/example-drift", "env/weak-secret"]);
    assert!(found[0].message.contains("`B`") && !found[0].message.contains("`A`"));
}

#[test]
fn no_excerpt_shows_a_secret() {
    let text = "A_PASSWORD='x9Kq7-QzL2mWe' # c\nA_PASSWORD=y9Kq7-QzL2mWe\nURL=http://u:z9Kq7-QzL2mWe@shop.acme.io\n";
    let git = Git {
        tracked: true,
        ignored: false,
    };
    let found = findings(".env", text, &git, &Policy::default());
    assert!(found.len() >= 5, "{found:?}");
    for finding in &found {
        assert!(
            !Shown::alone(finding.clone())
                .lines()
                .unwrap()
                .1
                .contains("9Kq7"),
            "{finding:?}"
        );
        assert!(!format!("{finding:?}").contains("9Kq7"));
    }
}

#[test]
fn names_of_env_files() {
    for path in [
        ".env",
        "a/.env.production",
        "prod.env",
        ".env-sample",
        ".ENV",
    ] {
        assert!(is_named_like_env_file(path), "{path}");
    }
    for path in [
        ".envrc",
        ".env.js",
        "env",
        "a.env.d.ts",
        ".env.vault",
        ".environment",
        "environment",
    ] {
        assert!(!is_named_like_env_file(path), "{path}");
    }
    assert!(matches!(
        audit(".env", b"hello world\n"),
        Outcome::NotConfiguration
    ));
}

#[test]
fn hostile_files_are_quick() {
    for text in [
        "A=\"\\\"".repeat(50_000),
        "A=\"\n".repeat(50_000),
        "A_PASSWORD=x9Kq7\n".repeat(20_000),
        "A=$A${A\n".repeat(30_000),
    ] {
        let start = std::time::Instant::now();
        let _ = audit(".env", text.as_bytes());
        assert!(start.elapsed().as_secs() < 120, "{}", &text[..10]);
    }
}

proptest! {
    #[test]
    fn no_env_file_breaks_the_audit(
        lines in proptest::collection::vec(
            proptest::sample::select(vec![
                "A=é\n", "B_PASSWORD=\"é\n", "ü\"\n", "C_TOKEN='é' # ü\n", "export D=`é`\n", "\u{feff}", "E_SECRET=${E:-é}\n", "F=$F\n",
                "G=postgres://é:ü@é.io/x?sslmode=disable\n", "A=ü\n", "H_PASSWORD=changeme\n", "\r\n", "=\n", "é=é\n", "I_KEY=\\\"\n",
            ]),
            0..14,
        )
    ) {
        let text = lines.concat();
        if let Outcome::Audited(findings) = audit(".env", text.as_bytes()) {
            for finding in findings {
                prop_assert!(text.get(finding.location.region.bytes()).is_some());
                let shown = Shown::alone(finding);
                let (_, text, marked) = shown.lines().unwrap();
                prop_assert!(text.get(marked).is_some());
            }
        }
    }
}
