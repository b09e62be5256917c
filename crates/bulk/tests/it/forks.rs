//! Forks in one run: what is known of one serves the others, and the export says what it says of each alone.

use serde_json::Value;

use crate::harness::{World, env, password};

/// A file that makes a repository worth a cache.
fn large() -> String {
    let lines = (0..90_000_u64).map(|line| format!("{} is no secret\n", password(line)));
    lines.collect()
}

/// Commits a file as somebody else.
fn commit_as(world: &World, name: &str, (file, text): (&str, &str), who: &str, hour: u32) {
    std::fs::write(world.path(name).join(file), text).unwrap();
    world.git(name, &["add", "-A"]);
    let email = format!("user.email={who}@example.com");
    let date = format!("2026-01-03T{hour:02}:00:00Z");
    let mut command = world.command("git");
    let command = command
        .arg("-C")
        .arg(world.path(name))
        .args(["-c", &email, "commit", "-q", "-m", "Change"])
        .env("GIT_COMMITTER_EMAIL", format!("{who}@example.com"))
        .env("GIT_COMMITTER_DATE", date);
    assert!(command.status().unwrap().success());
}

/// What is exported of the findings in one repository, but for what it is called by.
fn findings_of(world: &World, label: &str) -> Vec<Value> {
    let all = world.findings(&["--stable"]);
    let own = all.into_iter().filter(|it| it["label"] == label);
    own.collect()
}

#[test]
fn forks_of_one_run_are_exported_as_each_alone() {
    let world = World::new();
    world.repo(
        "src/one",
        &[
            ("large.txt", &large()),
            (".env", &env(1)),
            ("a/.env", &env(2)),
            ("b/.env", &env(3)),
        ],
    );
    commit_as(&world, "src/one", ("a/.env", &env(4)), "first", 1);
    world.git("src/one", &["checkout", "-q", "-b", "side", "HEAD~1"]);
    commit_as(&world, "src/one", ("b/.env", &env(5)), "side", 2);
    world.git("src/one", &["checkout", "-q", "main"]);
    world.git("src/one", &["merge", "-q", "--no-edit", "side"]);
    for fork in 2..5_u64 {
        let name = format!("src/fork-{fork}");
        world.git("src", &["clone", "-q", "one", &format!("fork-{fork}")]);
        let text = (".env", &*env(10 + fork));
        commit_as(&world, &name, text, &format!("fork-{fork}"), 3);
        world.git(&name, &["mv", "a/.env", "b/.env.prod"]);
        world.git(&name, &["commit", "-q", "-m", "Move"]);
    }
    let done = world.scan(&["--workers", "2"]);
    assert!(done.out.contains("4 scanned"), "{done:?}");
    let together: Vec<_> = (2..5)
        .map(|fork| findings_of(&world, &format!("fork-{fork}")))
        .collect();
    for (fork, together) in (2..5).zip(together) {
        assert!(!together.is_empty());
        let owner = |path: &str| {
            let found = together.iter().find(|it| it["path"] == path);
            found.map(|it| it["owner"].as_str().unwrap_or_default().to_owned())
        };
        let own = format!("fork-{fork}@example.com");
        assert_eq!(owner(".env").as_deref(), Some(own.as_str()));
        assert_eq!(owner("b/.env").as_deref(), Some("side@example.com"));
        let (name, store) = (format!("src/fork-{fork}"), format!("alone-{fork}.db"));
        let alone = world.bulk(&["scan", &name, "--store", &store, "--key-file", "s.db.key"]);
        assert_eq!(alone.code, Some(0), "{alone:?}");
        let alone = world.bulk(&["report", "--store", &store, "--format", "jsonl", "--stable"]);
        let lines = alone
            .out
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap());
        let label = format!("fork-{fork}");
        let alone: Vec<Value> = lines
            .filter(|it| it["type"] == "finding" && it["label"] == *label)
            .collect();
        assert_eq!(together, alone);
    }
}

#[test]
fn what_only_a_pool_has_decides_for_no_fork() {
    let world = World::new();
    world.repo("work", &[("readme", "nothing\n")]);
    world.git("", &["clone", "-q", "--bare", "work", "src/pool.git"]);
    world.git(
        "src",
        &["clone", "-q", "--bare", "--shared", "pool.git", "fork.git"],
    );
    world.git(
        "src",
        &["clone", "-q", "--bare", "--shared", "pool.git", "own.git"],
    );
    // A secret that comes to the pool later, and one that a fork has itself and no ref leads to any more.
    world.commit("work", &[(".env", &env(1))], "Add");
    world.git("work", &["push", "-q", "../src/pool.git", "main"]);
    world.git("work", &["reset", "-q", "--hard", "HEAD~1"]);
    world.commit("work", &[("b/.env", &env(2))], "Add");
    world.git("work", &["push", "-q", "../src/own.git", "main:gone"]);
    world.git("src/own.git", &["update-ref", "-d", "refs/heads/gone"]);
    world.scan(&[]);
    let decides = |label: &str| {
        let findings = world.findings(&[]);
        let own = findings.iter().filter(|it| it["label"] == label);
        let own = own.filter(|it| it["rule"] == "env/hardcoded-secret");
        own.map(|it| {
            (
                it["path"].as_str().unwrap().to_owned(),
                it["decides"] == true,
            )
        })
        .collect::<Vec<_>>()
    };
    let of = |path: &str, decides| (path.to_owned(), decides);
    assert_eq!(decides("pool.git"), [of(".env", true)]);
    assert_eq!(decides("fork.git"), [of(".env", false)]);
    assert_eq!(world.repository("fork.git")["verdict"], "GO");
    let mut found = decides("own.git");
    found.sort();
    assert_eq!(found, [of(".env", false), of("b/.env", true)]);
}
