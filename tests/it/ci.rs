//! `gonogo ci`: every kind of event, in clones as shallow as workflows make them.

use std::fs;

use serde_json::{Value, json};

use crate::harness::{Repo, Run, World, secret_line, token};

const NOTHING: &str = "0000000000000000000000000000000000000000";

/// A step of a workflow in `repo`.
struct Step<'w> {
    world: &'w World,
    repo: &'w Repo<'w>,
    event: &'static str,
    full_ref: &'static str,
    args: Vec<&'static str>,
}

/// How a step ended, with what it wrote for the runner.
struct Done {
    run: Run,
    summary: String,
    output: String,
}

impl<'w> Step<'w> {
    fn new(world: &'w World, repo: &'w Repo<'w>, event: &'static str) -> Self {
        Self {
            world,
            repo,
            event,
            full_ref: "refs/heads/main",
            args: Vec::new(),
        }
    }

    fn on(self, full_ref: &'static str) -> Self {
        Self { full_ref, ..self }
    }

    fn args(self, args: &[&'static str]) -> Self {
        let args = args.to_vec();
        Self { args, ..self }
    }

    fn run(&self, sha: &str, payload: &Value) -> Done {
        let event = self.world.write("runner/event.json", payload.to_string());
        let summary = self.world.write("runner/summary", "");
        let output = self.world.write("runner/output", "");
        let text = |path: &std::path::Path| path.to_str().unwrap().to_owned();
        let run = self
            .repo
            .gonogo()
            .arg("ci")
            .args(&self.args)
            .env("GITHUB_ACTIONS", "true")
            .env("GITHUB_EVENT_NAME", self.event)
            .env("GITHUB_EVENT_PATH", &text(&event))
            .env("GITHUB_SHA", sha)
            .env("GITHUB_REF", self.full_ref)
            .env("GITHUB_STEP_SUMMARY", &text(&summary))
            .env("GITHUB_OUTPUT", &text(&output))
            .run();
        Done {
            run,
            summary: fs::read_to_string(summary).unwrap(),
            output: fs::read_to_string(output).unwrap(),
        }
    }
}

impl Done {
    #[track_caller]
    fn check(&self, code: i32, verdict: &str) {
        let Run { stdout, stderr, .. } = &self.run;
        assert_eq!(self.run.code, code, "{stdout}\n{stderr}\n{}", self.summary);
        let line = format!("verdict={verdict}\n");
        assert!(self.output.starts_with(&line), "{}", self.output);
        let title = format!("## gonogo: {verdict}\n");
        assert!(self.summary.starts_with(&title), "{}", self.summary);
    }
}

/// A repository with an old secret, followed by two commits that add another one and remove it again.
struct Origin<'w> {
    repo: Repo<'w>,
    base: String,
    head: String,
}

fn origin(world: &World) -> Origin<'_> {
    let repo = world.init("origin");
    repo.commit_file("old.conf", secret_line("old"));
    let base = repo.commit_file("app.conf", "port = 1\n");
    repo.commit_file("app.conf", secret_line("new"));
    let head = repo.commit_file("app.conf", "port = 2\n");
    Origin { repo, base, head }
}

fn shallow<'w>(world: &'w World, origin: &Origin<'w>) -> Repo<'w> {
    world.clone_of(&origin.repo, "clone", &["--depth=1"])
}

fn push(before: &str) -> Value {
    json!({"before": before, "forced": false, "repository": {"default_branch": "main"}})
}

#[test]
fn a_push_is_judged_by_its_commits_also_in_a_shallow_clone() {
    let world = World::new();
    let origin = origin(&world);
    let clone = shallow(&world, &origin);
    let step = Step::new(&world, &clone, "push");
    let done = step.run(&origin.head, &push(&origin.base));
    done.check(1, "NO-GO");
    assert!(done.output.contains("findings=1\n"), "{}", done.output);
    let mask = format!("::add-mask::{}\n", token("new"));
    let at = done.run.stdout.find(&mask).expect("it is masked");
    assert!(!done.run.stdout[at + mask.len()..].contains(&token("new")));
    assert!(!done.summary.contains(&token("new")));
    assert!(
        !done.run.stdout.contains(&token("old")),
        "it was there before"
    );
    // The current files have no problem, so nothing can be shown there.
    assert!(
        !done.run.stdout.contains("::error file="),
        "{}",
        done.run.stdout
    );
    assert!(done.run.stdout.contains("::error title=critical"));
}

#[test]
fn what_was_there_before_does_not_fail_a_push() {
    let world = World::new();
    let origin = origin(&world);
    let head = origin.repo.commit_file("app.conf", "port = 3\n");
    let clone = shallow(&world, &origin);
    Step::new(&world, &clone, "push")
        .run(&head, &push(&origin.head))
        .check(0, "GO");
}

/// A problem that no change is to blame for still keeps a system from being ready.
#[test]
fn the_assessment_of_readiness_counts_where_it_is_asked_for() {
    let world = World::new();
    let origin = origin(&world);
    let compose = format!(
        "services:\n  web:\n    image: shop/web:1\n    environment:\n      GITHUB_TOKEN: {}\n",
        token("deployed")
    );
    let before = origin.repo.commit_file("compose.yml", compose);
    let head = origin.repo.commit_file("app.conf", "port = 4\n");
    let clone = shallow(&world, &origin);
    let step = |args: &[&'static str]| {
        let step = Step::new(&world, &clone, "push").args(args);
        step.run(&head, &push(&before)).run
    };
    let plain = step(&[]);
    assert_eq!(plain.code, 0, "{}", plain.stdout);
    assert!(!plain.stdout.contains("GO criteria"), "{}", plain.stdout);
    let assessed = step(&["--readiness"]);
    assert_eq!(assessed.code, 1, "{}", assessed.stdout);
    assert!(
        assessed.stdout.contains("GO criteria"),
        "{}",
        assessed.stdout
    );
    assert!(!assessed.stdout.contains(&token("deployed")));
}

#[test]
fn without_fetching_a_shallow_clone_is_never_green_and_the_way_out_is_told() {
    let world = World::new();
    let origin = origin(&world);
    let clone = shallow(&world, &origin);
    let request =
        json!({"pull_request": {"base": {"sha": origin.base}, "head": {"sha": origin.head}}});
    for (event, payload) in [
        ("pull_request", &request),
        ("push", &push(&origin.base)),
        ("schedule", &json!({})),
    ] {
        let done = Step::new(&world, &clone, event)
            .args(&["--no-fetch"])
            .run(&origin.head, payload);
        done.check(2, "UNDECIDED");
        assert!(
            done.run.stderr.contains("fetch-depth: 0"),
            "{}",
            done.run.stderr
        );
        assert!(done.run.stdout.contains("::error title=gonogo::"));
    }
}

/// A branch pushed again, or an event run again: other tools stop with an error.
#[test]
fn base_equal_to_head_is_no_error_and_says_that_there_was_nothing() {
    let world = World::new();
    let origin = origin(&world);
    let clone = shallow(&world, &origin);
    let request =
        json!({"pull_request": {"base": {"sha": origin.head}, "head": {"sha": origin.head}}});
    let group = json!({"merge_group": {"base_sha": origin.head, "head_sha": origin.head}});
    for (event, payload) in [
        ("push", &push(&origin.head)),
        ("pull_request", &request),
        ("merge_group", &group),
    ] {
        let done = Step::new(&world, &clone, event).run(&origin.head, payload);
        done.check(0, "GO");
        let range = format!("the commits {0}..{0}", origin.head);
        assert!(done.run.stdout.contains(&range), "{}", done.run.stdout);
    }
}

/// What is in a baseline does not fail a pull request, without any other option.
#[test]
fn a_baseline_counts_by_itself_in_a_workflow() {
    let world = World::new();
    let origin = origin(&world);
    let repo = &origin.repo;
    repo.write("app.conf", secret_line("accepted"));
    let create = repo.gonogo().args(["baseline", "create"]).run();
    assert_eq!(create.code, 0, "{}", create.stderr);
    let head = repo.commit("Accept it");
    let clone = shallow(&world, &origin);
    let done = Step::new(&world, &clone, "push").run(&head, &push(&origin.head));
    done.check(0, "GO");
    assert!(done.output.contains("suppressed=1\n"), "{}", done.output);
    let done = Step::new(&world, &clone, "schedule").run(&head, &json!({}));
    done.check(0, "GO");
}

#[test]
fn a_remote_that_cannot_be_reached_is_undecided() {
    let world = World::new();
    let origin = origin(&world);
    let clone = shallow(&world, &origin);
    clone.git(&["remote", "set-url", "origin", "/nowhere"]);
    Step::new(&world, &clone, "push")
        .run(&origin.head, &push(&origin.base))
        .check(2, "UNDECIDED");
}

#[test]
fn the_first_push_of_a_branch_is_no_error_but_compared_with_the_default_branch() {
    let world = World::new();
    let origin = origin(&world);
    origin.repo.git(&["checkout", "-q", "-b", "work"]);
    let head = origin.repo.commit_file("work.conf", "port = 1\n");
    let clone = world.clone_of(
        &origin.repo,
        "clone",
        &["--depth=1", "--branch=work", "--single-branch"],
    );
    let step = Step::new(&world, &clone, "push").on("refs/heads/work");
    step.run(&head, &push(NOTHING)).check(0, "GO");
    let head = origin.repo.commit_file("work.conf", secret_line("work"));
    clone.git(&["fetch", "-q", "--depth=1", "origin", "work"]);
    step.run(&head, &push(NOTHING)).check(1, "NO-GO");
}

#[test]
fn the_first_push_of_all_is_judged_by_everything() {
    let world = World::new();
    let origin = origin(&world);
    let clone = shallow(&world, &origin);
    let done = Step::new(&world, &clone, "push").run(&origin.head, &push(NOTHING));
    done.check(1, "NO-GO");
    assert!(done.output.contains("findings=2\n"), "{}", done.output);
}

#[test]
fn a_push_by_force_is_compared_with_what_it_replaced() {
    let world = World::new();
    let origin = origin(&world);
    origin.repo.git(&["reset", "-q", "--hard", &origin.base]);
    let head = origin.repo.commit_file("app.conf", "port = 4\n");
    let clone = shallow(&world, &origin);
    let mut payload = push(&origin.head);
    payload["forced"] = json!(true);
    let step = Step::new(&world, &clone, "push");
    step.run(&head, &payload).check(0, "GO");
    // What it replaced is gone, so everything must be scanned.
    payload["before"] = json!("1234567812345678123456781234567812345678");
    let done = step.run(&head, &payload);
    done.check(1, "NO-GO");
    assert!(
        done.summary.contains("nothing to compare against"),
        "{}",
        done.summary
    );
}

#[test]
fn tags_schedules_and_runs_by_hand_are_judged_by_everything() {
    let world = World::new();
    let origin = origin(&world);
    let clone = shallow(&world, &origin);
    for (event, full_ref) in [
        ("push", "refs/tags/v1"),
        ("schedule", "refs/heads/main"),
        ("workflow_dispatch", "refs/heads/main"),
    ] {
        let done = Step::new(&world, &clone, event)
            .on(full_ref)
            .run(&origin.head, &push(NOTHING));
        done.check(1, "NO-GO");
        assert!(
            done.output.contains("findings=2\n"),
            "{event}: {}",
            done.output
        );
    }
}

/// The merge result is checked out, and the secret is in the history of its second parent.
#[test]
fn a_pull_request_is_judged_by_all_of_its_commits() {
    let world = World::new();
    let origin = origin(&world);
    let repo = &origin.repo;
    repo.git(&["checkout", "-q", "-b", "work", &origin.base]);
    repo.commit_file("work.conf", secret_line("work"));
    let head = repo.commit_file("work.conf", "port = 1\n");
    repo.git(&["checkout", "-q", "--detach", "main"]);
    repo.git(&["merge", "-q", "--no-ff", "-m", "Merge", "work"]);
    let merge = repo.id("HEAD");
    repo.git(&["update-ref", "refs/pull/1/merge", &merge]);
    let clone = world.init("clone");
    clone.git(&[
        "remote",
        "add",
        "origin",
        &format!("file://{}", repo.path().display()),
    ]);
    clone.git(&["fetch", "-q", "--depth=1", "origin", &merge]);
    clone.git(&["checkout", "-q", "--detach", &merge]);
    let payload = json!({"pull_request": {"base": {"sha": origin.head}, "head": {"sha": head}}});
    let done = Step::new(&world, &clone, "pull_request").run(&merge, &payload);
    done.check(1, "NO-GO");
    assert!(done.output.contains("findings=1\n"), "{}", done.output);
}

/// Such a workflow has the base branch checked out, and access to secrets: nothing from the fork is checked out for
/// it.
#[test]
fn a_pull_request_target_is_judged_by_the_head_that_is_not_checked_out() {
    let world = World::new();
    let origin = origin(&world);
    let repo = &origin.repo;
    repo.git(&["checkout", "-q", "-b", "work"]);
    repo.write(
        "compose.yml",
        "services:\n  db:\n    image: postgres:17\n    privileged: true\n",
    );
    let head = repo.commit("Add a service");
    repo.git(&["checkout", "-q", "main"]);
    let clone = shallow(&world, &origin);
    let payload = json!({"pull_request": {"base": {"sha": origin.head}, "head": {"sha": head}}});
    let done = Step::new(&world, &clone, "pull_request_target").run(&origin.head, &payload);
    done.check(1, "NO-GO");
    assert!(
        done.run.stdout.contains("::error file=compose.yml,line=4,"),
        "{}",
        done.run.stdout
    );
    assert!(!clone.join("compose.yml").exists());
}

/// A comment at the top of a file may accept that it is not audited. A change that adds one says so, and one from a fork
/// cannot: only what the base has counts there.
#[test]
fn a_gap_that_a_change_accepts_is_shown_and_a_fork_accepts_none() {
    let broken = "services:\n  a:\n    image: a\n   ports: [\n";
    let nested = format!(
        "x-d: {}{}\nservices: {{}}\n",
        "[".repeat(140),
        "]".repeat(140)
    );
    for (text, kind) in [(broken, "unparsable"), (&nested, "not-audited")] {
        let world = World::new();
        let repo = world.init("origin");
        let before = repo.commit_file("app.conf", "port = 1\n");
        let comment = format!("# gonogo:allow {kind} made up\n{text}");
        let head = repo.commit_file("compose.yml", comment);
        let later = repo.commit_file("app.conf", "port = 2\n");
        let clone = world.clone_of(&repo, "clone", &[]);
        let run = |event, base: &str, head: &str, from: &str| {
            let payload = json!({"pull_request": {
                "base": {"sha": base, "repo": {"full_name": "house/app"}},
                "head": {"sha": head, "repo": {"full_name": from}},
            }});
            Step::new(&world, &clone, event).run(head, &payload)
        };
        let own = run("pull_request", &before, &head, "house/app");
        own.check(0, "GO");
        assert!(own.output.contains("accepted=1\n"), "{}", own.output);
        let notice = format!(
            "::notice file=compose.yml,line=1,endLine=1,title=accepted by this change%3A {kind}::"
        );
        assert!(own.run.stdout.contains(&notice), "{}", own.run.stdout);
        let shown = "**Accepted by this change: 1 gap**";
        assert!(own.summary.contains(shown), "{}", own.summary);
        // A payload that does not name the repositories says nothing about where the change comes from.
        let unnamed = json!({"pull_request": {"base": {"sha": before}, "head": {"sha": head}}});
        let unnamed = Step::new(&world, &clone, "pull_request").run(&head, &unnamed);
        unnamed.check(2, "UNDECIDED");
        for event in ["pull_request", "pull_request_target"] {
            let fork = run(event, &before, &head, "fork/app");
            fork.check(2, "UNDECIDED");
            assert!(fork.output.contains("accepted=0\n"), "{}", fork.output);
            // The base has the comment already.
            let other = run(event, &head, &later, "fork/app");
            other.check(0, "GO");
            assert!(other.output.contains("accepted=0\n"), "{}", other.output);
        }
    }
}

#[test]
fn a_merge_queue_is_judged_by_its_commits() {
    let world = World::new();
    let origin = origin(&world);
    let clone = shallow(&world, &origin);
    let payload = json!({"merge_group": {"base_sha": origin.base, "head_sha": origin.head}});
    Step::new(&world, &clone, "merge_group")
        .run(&origin.head, &payload)
        .check(1, "NO-GO");
    let payload = json!({"merge_group": {"base_sha": origin.head, "head_sha": origin.head}});
    Step::new(&world, &clone, "merge_group")
        .run(&origin.head, &payload)
        .check(0, "GO");
}

#[test]
fn annotations_keep_to_the_limits_and_names_cannot_forge_commands() {
    let world = World::new();
    let repo = world.init("repo");
    let base = repo.commit_file("app.conf", "port = 1\n");
    for n in 0..12 {
        repo.write(&format!("{n},a::b.conf"), secret_line(&n.to_string()));
    }
    repo.write("x\n::set-env name=a::b.conf", secret_line("evil"));
    let head = repo.commit("Add many");
    let done = Step::new(&world, &repo, "push")
        .args(&["--sarif=out.sarif"])
        .run(&head, &push(&base));
    done.check(1, "NO-GO");
    let lines = || done.run.stdout.lines();
    assert_eq!(
        lines().filter(|line| line.starts_with("::error ")).count(),
        10
    );
    assert!(lines().any(|line| line.starts_with("::error file=0%2Ca%3A%3Ab.conf,line=1,")));
    assert!(!lines().any(|line| line.trim_start().starts_with("::set-env")));
    assert!(done.output.contains("critical=13\n") && done.output.ends_with("sarif=out.sarif\n"));
    let sarif = fs::read_to_string(repo.join("out.sarif")).unwrap();
    assert!(sarif.contains("2.1.0") && !sarif.contains(&token("0")));
}

#[test]
fn a_payload_that_is_none_is_undecided() {
    let world = World::new();
    let repo = world.init("repo");
    let head = repo.commit_file("app.conf", "port = 1\n");
    for payload in [json!([]), json!({}), json!({"before": "--upload-pack=x"})] {
        Step::new(&world, &repo, "push")
            .run(&head, &payload)
            .check(2, "UNDECIDED");
    }
}

/// Elsewhere, the commands that mask secrets would print them.
#[test]
fn it_runs_on_a_runner_only() {
    let world = World::new();
    let repo = world.init("repo");
    let run = repo.gonogo().arg("ci").run();
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("GITHUB_ACTIONS"), "{}", run.stderr);
}
