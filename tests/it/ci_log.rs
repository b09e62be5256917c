//! The log of `gonogo ci` is about the change: however much was there before, it stays short and begins with what is
//! new.

use serde_json::json;

use crate::harness::World;

/// The most lines that the log of one bad file may have.
const MOST: usize = 80;

/// A compose file with four findings.
const OLD: &str = "services:\n  web:\n    image: nginx\n    ports:\n      - 80:80\n  db:\n    image: mariadb\n    \
    ports:\n      - 3306:3306\n    environment:\n      - MYSQL_ROOT_PASSWORD=example\n";

/// A compose file with more findings than the log shows in full.
const BAD: &str = "services:\n  web:\n    image: nginx\n    privileged: true\n    network_mode: host\n    pid: host\n    \
    volumes:\n      - /var/run/docker.sock:/var/run/docker.sock\n      - /:/host\n  db:\n    image: postgres\n    ports:\n      \
    - 5432:5432\n    environment:\n      - POSTGRES_PASSWORD=postgres\n";

/// Returns the log of a change that adds one bad file to a repository with `old` bad files.
fn log(world: &World, old: usize) -> Vec<String> {
    let repo = world.init(&format!("repo{old}"));
    for number in 0..old {
        repo.write(&format!("app{number}/compose.yaml"), OLD);
    }
    let base = repo.commit("Old");
    let head = repo.commit_file("bad/compose.yaml", BAD);
    let payload = json!({
        "before": base,
        "forced": false,
        "repository": {"full_name": "o/r", "default_branch": "main"},
    });
    let event = world.write("runner/event.json", payload.to_string());
    let ci = repo.gonogo().arg("ci").env("GITHUB_ACTIONS", "true");
    let ci = ci
        .env("GITHUB_EVENT_NAME", "push")
        .env("GITHUB_EVENT_PATH", event.to_str().unwrap())
        .env("GITHUB_SHA", &head)
        .env("GITHUB_REF", "refs/heads/main");
    let run = ci.run();
    assert_eq!(run.code, 1, "{}{}", run.stdout, run.stderr);
    run.stdout.lines().map(str::to_owned).collect()
}

#[test]
fn the_log_of_one_bad_file_is_short_whatever_was_there_before() {
    let world = World::new();
    let (few, many) = (log(&world, 2), log(&world, 30));
    assert!(
        many.len() <= MOST,
        "{} lines:\n{}",
        many.len(),
        many.join("\n")
    );
    assert!(
        many.len() <= few.len() + 2,
        "{} and {}",
        few.len(),
        many.len()
    );
    let first = |word: &str| many.iter().position(|line| line.contains(word)).unwrap();
    assert!(first("Existed before this change") < first("bad/compose.yaml"));
    let old = many
        .iter()
        .filter(|line| line.contains("app1/compose.yaml"));
    assert_eq!(old.count(), 0, "what was there is counted");
    let new = many
        .iter()
        .filter(|line| line.contains("bad/compose.yaml:"));
    assert!(new.count() >= 7, "all that is new is named");
}
