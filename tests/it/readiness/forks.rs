//! `gonogo ci --readiness` on a change: whoever proposes it does not decide what is asked of it.

use serde_json::json;

use crate::harness::{Repo, World, token};

/// Assesses the commit `head` as a pull request against `base`, from a fork or not, and returns what is printed.
fn assess(
    world: &World,
    repo: &Repo<'_>,
    (base, head): (&str, &str),
    is_fork: bool,
) -> (i32, String) {
    let from = if is_fork {
        "stranger/shop"
    } else {
        "house/shop"
    };
    let payload = json!({"pull_request": {
        "base": {"sha": base, "repo": {"full_name": "house/shop"}},
        "head": {"sha": head, "repo": {"full_name": from}},
    }});
    let event = world.write("runner/event.json", payload.to_string());
    let run = repo
        .gonogo()
        .args(["ci", "--no-fetch", "--readiness"])
        .env("GITHUB_ACTIONS", "true")
        .env("GITHUB_EVENT_NAME", "pull_request")
        .env("GITHUB_EVENT_PATH", event.to_str().unwrap())
        .env("GITHUB_SHA", head)
        .env("GITHUB_REF", "refs/pull/1/merge")
        .run();
    (run.code, run.stdout)
}

const STATEMENT: &str = "version = 1\nitem = \"L9\"\nby = \"ann@example.org\"\nrole = \"devops\"\nscope = \"period\"\n\
    made = \"2026-01-01\"\nuntil = \"2999-12-31\"\n";

#[test]
fn what_a_change_says_of_itself_does_not_count() {
    let world = World::new();
    let repo = world.init("repo");
    repo.write("gonogo.toml", "[paths]\nexclude = []\n");
    let base = repo.commit_file(
        "readiness.toml",
        "[system]\nname = \"Shop\"\ncomplete = true\n",
    );
    repo.write(".gonogo/attestations/L9.toml", STATEMENT);
    repo.write("gonogo.toml", "[paths]\nexclude = [\"*\"]\n");
    repo.write("app.env", format!("GITHUB_TOKEN={}\n", token("proposed")));
    let head = repo.commit_file(
        "readiness.toml",
        "[system]\nname = \"Other\"\n[[not-applicable]]\nitem = \"O3\"\nreason = \"so they say\"\n",
    );
    let (code, text) = assess(&world, &repo, (&base, &head), true);
    assert_eq!(code, 1, "{text}");
    assert!(
        !text.contains("so they say") && !text.contains("Other"),
        "{text}"
    );
    assert!(!text.contains("said by ann"), "{text}");
    assert!(
        text.contains("`readiness.toml` and the statements of the change do not count"),
        "{text}"
    );
    assert!(text.contains("app.env"), "{text}");
    // A colleague may add a statement, as to a baseline, and no more.
    let (_, text) = assess(&world, &repo, (&base, &head), false);
    assert!(text.contains("said by ann@example.org"), "{text}");
    assert!(!text.contains("so they say"), "{text}");
    assert!(
        text.contains("`readiness.toml` of the change do not count"),
        "{text}"
    );
}

#[test]
fn what_was_there_before_counts() {
    let world = World::new();
    let repo = world.init("repo");
    repo.write(".gonogo/attestations/L9.toml", STATEMENT);
    let base = repo.commit_file(
        "readiness.toml",
        "[system]\nname = \"Shop\"\n[[not-applicable]]\nitem = \"O3\"\nreason = \"so we say\"\n",
    );
    let head = repo.commit_file("a.txt", "a\n");
    let (_, text) = assess(&world, &repo, (&base, &head), true);
    assert!(text.contains("so we say"), "{text}");
    assert!(text.contains("said by ann@example.org"), "{text}");
    assert!(!text.contains("do not count"), "{text}");
}
