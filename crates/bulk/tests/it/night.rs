//! One run after the other: what is scanned, what is kept, and what becomes of findings.

use gonogo::{Plan, Scanner, Target};
use serde_json::Value;

use crate::harness::{World, env, password};

fn states(findings: &[Value]) -> Vec<(&str, &str, &str)> {
    let mut states: Vec<_> = findings
        .iter()
        .map(|it| {
            let text = |name: &str| it[name].as_str().unwrap_or_default();
            (text("label"), text("rule"), text("state"))
        })
        .collect();
    states.sort_unstable();
    states
}

#[test]
fn the_second_night_scans_what_is_new() {
    let world = World::new();
    world.repo("src/a", &[(".env", &env(1))]);
    world.repo("src/b", &[("readme", "nothing\n")]);
    world.git("src", &["clone", "-q", "--bare", "a", "deep/c.git"]);
    let first = world.scan(&[]);
    assert!(
        first
            .out
            .contains("3 scanned, 0 as they were, 0 not covered"),
        "{first:?}"
    );
    assert!(first.out.contains("NO-GO: 3 repositories"), "{first:?}");
    let second = world.scan(&[]);
    assert!(
        second.out.contains("0 scanned, 3 as they were"),
        "{second:?}"
    );
    world.commit("src/b", &[(".env", &env(2))], "More");
    let third = world.scan(&[]);
    assert!(third.out.contains("1 scanned, 2 as they were"), "{third:?}");
    let new = world.findings(&["--since", "last"]);
    assert!(
        !new.is_empty()
            && new
                .iter()
                .all(|it| it["change"] == "new" && it["label"] == "b"),
        "{new:?}"
    );
    assert_eq!(world.repository("b")["verdict"], "NO-GO");
}

#[test]
fn findings_move_to_the_history_and_are_fixed_when_they_are_gone() {
    let world = World::new();
    world.repo("src/a", &[("readme", "nothing\n")]);
    world.commit("src/a", &[(".env", &env(1))], "Add");
    world.scan(&[]);
    let secret = ("a", "env/hardcoded-secret", "open");
    assert!(states(&world.findings(&[])).contains(&secret));
    world.git("src/a", &["rm", "-q", ".env"]);
    world.commit("src/a", &[], "Remove");
    world.scan(&[]);
    let moved = world.findings(&["--since", "last"]);
    let expected = [
        ("a", "env/hardcoded-secret", "history"),
        ("a", "env/tracked", "fixed"),
    ];
    assert_eq!(states(&moved), expected);
    world.git("src/a", &["reset", "-q", "--hard", "HEAD~2"]);
    world.git("src/a", &["reflog", "expire", "--expire=now", "--all"]);
    world.git("src/a", &["gc", "-q", "--prune=now"]);
    world.scan(&[]);
    let states = states(&world.findings(&[]))
        .into_iter()
        .map(|it| it.2.to_owned())
        .collect::<Vec<_>>();
    assert_eq!(states, ["fixed", "fixed"]);
    assert_eq!(world.repository("a")["verdict"], "GO");
}

#[test]
fn what_a_force_push_leaves_unreachable_is_still_there() {
    let world = World::new();
    world.repo("src/a", &[("readme", "nothing\n")]);
    world.commit("src/a", &[(".env", &env(1))], "Add");
    world.scan(&[]);
    world.git("src/a", &["reset", "-q", "--hard", "HEAD~1"]);
    world.scan(&[]);
    let findings = world.findings(&[]);
    let secret = findings
        .iter()
        .find(|it| it["rule"] == "env/hardcoded-secret")
        .unwrap();
    assert_eq!(
        (&secret["state"], &secret["presence"]),
        (&"history".into(), &"unreachable".into())
    );
    assert_eq!(secret["decides"], true);
}

#[test]
fn what_the_team_accepts_counts_unless_it_is_left_out() {
    let world = World::new();
    let settings = "[[allow]]\npath = \".env\"\nreason = \"for tests only\"\n";
    world.repo("src/a", &[(".env", &env(1)), ("gonogo.toml", settings)]);
    world.scan(&[]);
    let findings = world.findings(&[]);
    assert!(
        !findings.is_empty() && findings.iter().all(|it| it["state"] == "accepted"),
        "{findings:?}"
    );
    assert_eq!(findings[0]["accepted"]["reason"], "for tests only");
    let repository = world.repository("a");
    assert_eq!(repository["verdict"], "GO");
    assert!(
        repository["settings"].to_string().contains("gonogo.toml"),
        "{repository}"
    );
    let markdown = world.bulk(&["report", "--store", "s.db"]);
    assert!(markdown.out.contains("## Accepted"), "{markdown:?}");
    world.scan(&["--no-repository-settings"]);
    assert_eq!(world.repository("a")["verdict"], "NO-GO");
}

#[test]
fn what_is_accepted_until_a_day_is_judged_again_after_it() {
    let world = World::new();
    let past = "[[allow]]\npath = \".env\"\nreason = \"soon gone\"\nuntil = \"2020-01-01\"\n";
    world.repo("src/a", &[(".env", &env(1)), ("gonogo.toml", past)]);
    world.scan(&[]);
    assert_eq!(world.repository("a")["verdict"], "NO-GO");
}

#[test]
fn one_secret_in_two_repositories_is_one_secret() {
    let world = World::new();
    world.repo("src/a", &[(".env", &env(1))]);
    world.repo("src/b", &[("config/.env", &env(1))]);
    world.repo("src/c", &[(".env", &env(2))]);
    world.scan(&[]);
    let findings = world.findings(&[]);
    let secret = |label: &str| {
        let is_it = |it: &&Value| it["label"] == label && it["rule"] == "env/hardcoded-secret";
        findings.iter().find(is_it).unwrap()["secret_id"].clone()
    };
    assert_eq!(secret("a"), secret("b"));
    assert_ne!(secret("a"), secret("c"));
    let why = findings
        .iter()
        .map(|it| it["why"].to_string())
        .collect::<String>();
    assert!(why.contains("in 2 repositories"), "{why}");
}

#[test]
fn findings_in_messages_have_their_repository() {
    let world = World::new();
    world.repo("src/a", &[("readme", "nothing\n")]);
    let address = format!("postgres://admin:{}@db.example.com/x", password(3));
    world.commit("src/a", &[], &format!("Connect to {address}"));
    world.scan(&[]);
    let findings = world.findings(&[]);
    let message = findings
        .iter()
        .find(|it| it["origin"] == "commit-message")
        .unwrap();
    assert_eq!(
        (&message["label"], &message["path"]),
        (&"a".into(), &Value::Null)
    );
    let markdown = world.bulk(&["report", "--store", "s.db"]);
    assert!(
        markdown.out.contains("**a** message of commit"),
        "{markdown:?}"
    );
}

#[test]
fn owners_come_from_the_list_then_from_commits_then_from_a_mapping() {
    let world = World::new();
    let owners = "* @org/all\n/ops/ @org/ops\n";
    world.repo(
        "src/a",
        &[
            ("ops/.env", &env(1)),
            (".env", &env(2)),
            ("CODEOWNERS", owners),
        ],
    );
    world.repo("src/b", &[(".env", &env(3))]);
    world.repo("src/c", &[("x", "y\n")]);
    let address = format!("postgres://admin:{}@db.example.com/x", password(4));
    world.commit("src/c", &[], &format!("Connect to {address}"));
    world.scan(&[]);
    std::fs::write(
        world.path("owners"),
        "* everybody@example.com\nc c-team@example.com\na a-team@example.com\nd 'd-team@example.com\n",
    )
    .unwrap();
    let findings = world.findings(&["--owners", "owners"]);
    let owner = |label: &str, path: &Value| {
        let is_it = |it: &&Value| it["label"] == label && it["path"] == *path;
        let it = findings.iter().find(is_it).unwrap();
        format!(
            "{} {}",
            it["owner"].as_str().unwrap(),
            it["owned_by"].as_str().unwrap()
        )
    };
    assert_eq!(owner("a", &"ops/.env".into()), "@org/ops CODEOWNERS");
    assert_eq!(owner("a", &".env".into()), "@org/all CODEOWNERS");
    assert_eq!(owner("b", &".env".into()), "dev@example.com latest commit");
    assert_eq!(owner("c", &Value::Null), "c-team@example.com mapping");
    // A line about a repository, or about a path, says more than who committed last.
    for line in ["b", "b .env", "* .env", "[a-c]"] {
        let text = format!("* @all\n{line} '@corp/\u{200b}b-team\n");
        std::fs::write(world.path("owners"), text).unwrap();
        let findings = world.findings(&["--owners", "owners", "--owner", "'@corp/b-\u{200b}team"]);
        let of_b = |it: &&Value| it["label"] == "b" && it["path"] == ".env";
        let found = findings.iter().find(of_b).unwrap();
        let said = (&found["owner"], &found["owned_by"]);
        assert_eq!(said, (&"@corp/b-team".into(), &"mapping".into()), "{line}");
    }
    std::fs::write(world.path("owners"), "a @a\nlob @lob\n").unwrap();
    let run = world.bulk(&["report", "--store", "s.db", "--owners", "owners"]);
    assert!(
        run.err.contains("owners:2: no repository is called lob"),
        "{run:?}"
    );
    assert_eq!(run.err.lines().count(), 1, "{run:?}");
    let of_ops = world.findings(&["--owner", "org/ops"]);
    assert!(!of_ops.is_empty() && of_ops.iter().all(|it| it["owner"] == "@org/ops"));
}

#[test]
fn a_scan_of_one_repository_says_what_the_core_says() {
    let world = World::new();
    world.repo(
        "src/a",
        &[
            (".env", &env(1)),
            (
                "docker-compose.yml",
                "services:\n  db:\n    image: redis\n    privileged: true\n",
            ),
        ],
    );
    world.git("src", &["clone", "-q", "--bare", "a", "../one.git"]);
    world.scan(&[]);
    let kept: Vec<String> = world
        .findings(&[])
        .iter()
        .map(|it| it["fingerprint"].to_string())
        .collect();
    let scanner = Scanner::builder().threads(1).build().unwrap();
    let target = Target::new(world.path("one.git"));
    let report = scanner.scan(&target, &Plan::Everything, &mut ()).unwrap();
    let said = report.findings.iter();
    let mut said: Vec<String> = said.map(|it| format!("\"{}\"", it.fingerprint)).collect();
    said.sort();
    assert_eq!(kept, said);
}
