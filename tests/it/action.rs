//! The action itself: the scripts of its steps, extracted from `action.yml` and run one after another as a runner
//! does, with the payload of every kind of event.

mod runner;

use std::fs;

use serde_json::{Value, json};

use crate::harness::{Repo, World, secret_line};
use runner::Runner;

const NOTHING: &str = "0000000000000000000000000000000000000000";
const GONE: &str = "0123456789012345678901234567890123456789";
/// A repository with an old secret, and what happens to it next.
struct Story<'w> {
    repo: Repo<'w>,
    base: String,
}

fn story(world: &World) -> Story<'_> {
    let repo = world.init("origin");
    repo.commit_file("old.conf", secret_line("old"));
    let base = repo.commit_file("app.conf", "port = 1\n");
    Story { repo, base }
}

/// Does what `actions/checkout` does: fetches a single commit.
fn checkout<'w>(world: &'w World, repo: &Repo<'w>, full_ref: &str) -> Repo<'w> {
    let clone = world.init("workspace");
    let url = format!("file://{}", repo.path().display());
    clone.git(&["remote", "add", "origin", &url]);
    clone.git(&["fetch", "-q", "--no-tags", "--depth=1", "origin", full_ref]);
    clone.git(&["checkout", "-q", "--detach", "FETCH_HEAD"]);
    clone
}

fn repository() -> Value {
    json!({"id": 1, "name": "app", "full_name": "house/app", "private": false, "default_branch": "main",
           "owner": {"login": "house"}, "html_url": "https://github.example/house/app"})
}

fn push_payload(full_ref: &str, before: &str, after: &str, forced: bool) -> Value {
    json!({"ref": full_ref, "before": before, "after": after, "created": before == NOTHING, "deleted": false,
           "forced": forced, "base_ref": null, "compare": "https://github.example/compare", "repository": repository(),
           "pusher": {"name": "ann"}, "commits": [], "head_commit": {"id": after}})
}

fn request_payload(base: &str, head: &str, from: &str) -> Value {
    json!({"action": "synchronize", "number": 1, "repository": repository(), "pull_request": {
        "number": 1, "state": "open", "merged": false,
        "head": {"ref": "work", "sha": head, "repo": {"full_name": from, "fork": from != "house/app"}},
        "base": {"ref": "main", "sha": base, "repo": repository()}}})
}

#[test]
fn pushes_of_all_kinds() {
    let world = World::new();
    let Story { repo, base } = story(&world);
    let head = repo.commit_file("new.conf", secret_line("new"));
    let judge = |full_ref: &str, before: &str, forced: bool| {
        let clone = checkout(&world, &repo, full_ref);
        let payload = push_payload(full_ref, before, &head, forced);
        let done = Runner::new(&world, &clone, &[]).run("push", full_ref, &head, &payload);
        fs::remove_dir_all(clone.path()).unwrap();
        done
    };
    let push = judge("refs/heads/main", &base, false);
    push.check(1, "NO-GO", "1");
    assert!(push.summary.contains("a push"), "{}", push.summary);
    assert_eq!(push.categories, ["gonogo/change/", "gonogo/commits/"]);
    // A branch that did not exist before, and one whose previous commit is gone, are compared with the default branch.
    repo.git(&["branch", "-f", "topic", &head]);
    repo.git(&["update-ref", "refs/heads/main", &base]);
    judge("refs/heads/topic", NOTHING, false).check(1, "NO-GO", "1");
    judge("refs/heads/topic", GONE, true).check(1, "NO-GO", "1");
    // The replaced commit still exists, so only what it did not have counts.
    judge("refs/heads/topic", &head, true).check(0, "GO", "0");
}

#[test]
fn tags_schedules_and_runs_by_hand_look_at_everything() {
    let world = World::new();
    let Story { repo, .. } = story(&world);
    let head = repo.commit_removal("old.conf");
    repo.git(&["tag", "v1"]);
    let clone = checkout(&world, &repo, "refs/heads/main");
    let tag = push_payload("refs/tags/v1", NOTHING, &head, false);
    let schedule = json!({"schedule": "17 4 * * 1", "repository": repository(), "workflow": ".github/workflows/gonogo.yml"});
    let dispatch = json!({"inputs": null, "ref": "refs/heads/main", "repository": repository(), "workflow": "gonogo.yml"});
    for (event, full_ref, payload) in [
        ("push", "refs/tags/v1", &tag),
        ("schedule", "refs/heads/main", &schedule),
        ("workflow_dispatch", "refs/heads/main", &dispatch),
    ] {
        let done = Runner::new(&world, &clone, &[]).run(event, full_ref, &head, payload);
        done.check(1, "NO-GO", "1");
        assert_eq!(
            done.categories,
            ["gonogo/worktree/", "gonogo/history/"],
            "{event}"
        );
        fs::remove_file(clone.join("gonogo.sarif")).unwrap();
    }
}

/// Returns the last commit of a pull request's branch, and the result of merging it.
fn request(repo: &Repo<'_>, base: &str, files: &[(&str, String)]) -> (String, String) {
    repo.git(&["checkout", "-q", "-B", "work", base]);
    for (name, text) in files {
        repo.commit_file(name, text);
    }
    let head = repo.id("HEAD");
    repo.git(&["checkout", "-q", "--detach", base]);
    repo.git(&["merge", "-q", "--no-ff", "-m", "Merge", "work"]);
    let merge = repo.id("HEAD");
    repo.git(&["update-ref", "refs/pull/1/head", &head]);
    repo.git(&["update-ref", "refs/pull/1/merge", &merge]);
    repo.git(&["checkout", "-q", "main"]);
    repo.git(&["branch", "-D", "work"]);
    (head, merge)
}

#[test]
fn pull_requests_and_merge_groups() {
    let world = World::new();
    let Story { repo, base } = story(&world);
    let files = [
        ("work.conf", secret_line("work")),
        ("work.conf", "port = 2\n".to_owned()),
    ];
    let (head, merge) = request(&repo, &base, &files);
    let merged = checkout(&world, &repo, "refs/pull/1/merge");
    for from in ["house/app", "guest/app"] {
        let done = Runner::new(&world, &merged, &[]).run(
            "pull_request",
            "refs/pull/1/merge",
            &merge,
            &request_payload(&base, &head, from),
        );
        done.check(1, "NO-GO", "1");
        assert!(
            done.categories.contains(&"gonogo/commits/".to_owned()),
            "{:?}",
            done.categories
        );
    }
    let group = json!({"action": "checks_requested", "repository": repository(), "merge_group": {
        "head_sha": merge, "head_ref": "refs/heads/gh-readonly-queue/main/pr-1", "base_sha": base, "base_ref": "refs/heads/main"}});
    let done = Runner::new(&world, &merged, &[]).run(
        "merge_group",
        "refs/heads/gh-readonly-queue/main/pr-1",
        &merge,
        &group,
    );
    done.check(1, "NO-GO", "1");
    // The base is checked out, but the head is judged.
    fs::remove_dir_all(merged.path()).unwrap();
    let target = checkout(&world, &repo, "refs/heads/main");
    let done = Runner::new(&world, &target, &[]).run(
        "pull_request_target",
        "refs/heads/main",
        &base,
        &request_payload(&base, &head, "guest/app"),
    );
    done.check(1, "NO-GO", "1");
}

#[test]
fn only_what_is_new_fails_a_pull_request_and_the_rest_is_shown() {
    let world = World::new();
    let repo = world.init("origin");
    let service =
        |name: &str| format!("  {name}:\n    image: example/{name}:1.2.3\n    privileged: true\n");
    let old = format!("services:\n{}", service("web"));
    repo.commit_file("compose.yml", &old);
    repo.write("gonogo.toml", "[report]\nmin-severity = \"high\"\n");
    let base = repo.commit_file("app.conf", secret_line("old"));
    let judge = |files: &[(&str, String)]| {
        let (head, merge) = request(&repo, &base, files);
        let clone = checkout(&world, &repo, "refs/pull/1/merge");
        let payload = request_payload(&base, &head, "house/app");
        let done = Runner::new(&world, &clone, &[]).run(
            "pull_request",
            "refs/pull/1/merge",
            &merge,
            &payload,
        );
        fs::remove_dir_all(clone.path()).unwrap();
        done
    };
    // A file with an old secret is touched, and an old setting is moved.
    let touched = format!("# why\n{}", secret_line("old"));
    let moved = format!("# why\n{old}");
    let done = judge(&[("app.conf", touched), ("compose.yml", moved)]);
    assert_eq!(
        (done.run.code, done.outputs["verdict"].as_str()),
        (0, "GO"),
        "{}",
        done.run.stdout
    );
    assert_ne!(done.outputs["findings"], "0");
    assert!(
        done.summary
            .contains("existed before and do not fail the check"),
        "{}",
        done.summary
    );
    assert!(
        done.run.stdout.contains("::notice file=app.conf,line=2"),
        "{}",
        done.run.stdout
    );
    assert!(
        done.run
            .stdout
            .contains("Existed before this change, not counted: 2 findings"),
        "{}",
        done.run.stdout
    );
    let done = judge(&[("compose.yml", format!("{old}{}", service("db")))]);
    assert_eq!(done.run.code, 1, "{}", done.run.stdout);
    assert!(
        done.run.stdout.contains("::error file=compose.yml,line=7"),
        "{}",
        done.run.stdout
    );
    assert!(
        done.run.stdout.contains("::notice file=compose.yml,line=4"),
        "{}",
        done.run.stdout
    );
}

#[test]
fn what_is_known_and_accepted_is_counted() {
    let world = World::new();
    let Story { repo, base } = story(&world);
    let line = secret_line("new");
    let head = repo.commit_file(
        "new.conf",
        format!("{} # gonogo:allow made up\n", line.trim_end()),
    );
    let clone = checkout(&world, &repo, "refs/heads/main");
    let payload = push_payload("refs/heads/main", &base, &head, false);
    let done = Runner::new(&world, &clone, &[]).run("push", "refs/heads/main", &head, &payload);
    done.check(0, "GO", "0");
    assert_eq!(done.outputs["suppressed"], "1");
    assert!(
        done.summary.contains("1 more are suppressed"),
        "{}",
        done.summary
    );
}

#[test]
fn inputs_are_handed_on_and_wrong_ones_fail() {
    let world = World::new();
    let Story { repo, base } = story(&world);
    let head = repo.commit_file("app.conf", "port = 2\n");
    let clone = checkout(&world, &repo, "refs/heads/main");
    let payload = push_payload("refs/heads/main", &base, &head, false);
    let run = |inputs: &[(&str, &str)]| {
        Runner::new(&world, &clone, inputs).run("push", "refs/heads/main", &head, &payload)
    };
    let done = run(&[
        ("sarif", ""),
        ("args", "--min-confidence low\n--no-fetch"),
        ("fail-on", "critical"),
    ]);
    assert_eq!(done.run.code, 2, "{}", done.run.stdout);
    assert!(
        done.run.stdout.contains("fetch-depth: 0") && done.categories.is_empty(),
        "{}",
        done.run.stdout
    );
    run(&[("sarif", "")]).check(0, "GO", "0");
    assert_eq!(run(&[("fail-on", "severe")]).run.code, 2);
    assert_eq!(run(&[("version", "latest")]).run.code, 2);
    assert_eq!(run(&[("path", "nowhere")]).run.code, 2);
}

/// A change must not decide what is found in it: what it accepts by name is shown to its reviewers, and has no effect
/// when it comes from a fork.
#[test]
fn a_change_is_judged_by_the_settings_of_the_commit_before_it() {
    let world = World::new();
    let Story { repo, base } = story(&world);
    let line = secret_line("new");
    let entry = || {
        repo.write("new.conf", &line);
        let run = repo.gonogo().args(["baseline", "create"]).run();
        assert_eq!(run.code, 0, "{}", run.stderr);
        let path = repo.join(".gonogo-baseline");
        let text = fs::read_to_string(&path).unwrap();
        fs::remove_file(path).unwrap();
        repo.remove("new.conf");
        text
    };
    let entry = entry();
    let comment = format!("{} # gonogo:allow made up\n", line.trim_end());
    let severity = "[rules]\nseverity = { \"*\" = \"info\" }\n";
    let ignore = "new.conf:github-pat:1\n";
    // A file and its text, the line with the secret, and the exit code for a change from the repository itself; for
    // one from a fork, it is always 1.
    let cases: [(&str, &str, &str, i32); 6] = [
        ("gonogo.toml", "[paths]\nexclude = [\"*\"]\n", &line, 1),
        ("gonogo.toml", severity, &line, 1),
        (
            ".gitleaks.toml",
            "[allowlist]\npaths = ['''.*''']\n",
            &line,
            1,
        ),
        (".gonogo-baseline", &entry, &line, 0),
        (".gitleaksignore", ignore, &line, 0),
        ("notes.txt", "nothing\n", &comment, 0),
    ];
    for (name, text, secret, code) in cases {
        for (from, expected) in [("house/app", code), ("fork/app", 1)] {
            let files = [(name, text.to_owned()), ("new.conf", secret.to_owned())];
            let (head, merge) = request(&repo, &base, &files);
            let clone = checkout(&world, &repo, "refs/pull/1/merge");
            let payload = request_payload(&base, &head, from);
            let event = ("pull_request", "refs/pull/1/merge");
            let done = Runner::new(&world, &clone, &[]).run(event.0, event.1, &merge, &payload);
            fs::remove_dir_all(clone.path()).unwrap();
            let place = format!("{name} from {from}: {}", done.run.stdout);
            assert_eq!(done.run.code, expected, "{place}");
            let accepted = if expected == 0 { "1" } else { "0" };
            assert_eq!(done.outputs["accepted"], accepted, "{place}");
            assert_eq!(
                done.summary.contains("Accepted by this change: 1 finding"),
                expected == 0,
                "{place}"
            );
            if expected == 1 {
                assert_eq!(done.outputs["new"], "1", "{place}");
            }
        }
    }
}
