//! The action itself: the scripts of its steps, taken out of `action.yml` and run one after the other as a runner does,
//! for the payload of every kind of event.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use saphyr_parser::{Event, Parser};
use serde_json::{Value, json};

use crate::harness::{Repo, Run, World, program, secret_line};

const NOTHING: &str = "0000000000000000000000000000000000000000";
const GONE: &str = "0123456789012345678901234567890123456789";

/// YAML as far as an action has it: everything is text, a list or a mapping.
fn yaml(text: &str) -> Value {
    fn value<'t>(events: &mut dyn Iterator<Item = Event<'t>>, first: Event<'t>) -> Value {
        match first {
            Event::Scalar(text, ..) => Value::String(text.into_owned()),
            Event::SequenceStart(..) => {
                let mut items = Vec::new();
                loop {
                    match events.next().unwrap() {
                        Event::SequenceEnd => return Value::Array(items),
                        event => items.push(value(events, event)),
                    }
                }
            }
            Event::MappingStart(..) => {
                let mut entries = serde_json::Map::new();
                loop {
                    match events.next().unwrap() {
                        Event::MappingEnd => return Value::Object(entries),
                        Event::Scalar(key, ..) => {
                            let event = events.next().unwrap();
                            entries.insert(key.into_owned(), value(events, event));
                        }
                        event => panic!("{event:?} is no key"),
                    }
                }
            }
            event => panic!("{event:?} is no value"),
        }
    }
    let is_frame = |event: &Event<'_>| {
        matches!(
            event,
            Event::Nothing
                | Event::StreamStart
                | Event::StreamEnd
                | Event::DocumentStart(_)
                | Event::DocumentEnd
        )
    };
    let events = Parser::new_from_str(text).map(|event| event.unwrap().0);
    let mut events = events.filter(|event| !is_frame(event));
    let first = events.next().unwrap();
    value(&mut events, first)
}

/// A runner that has checked out a repository.
struct Runner<'w> {
    world: &'w World,
    clone: &'w Repo<'w>,
    /// What expressions stand for.
    context: BTreeMap<String, String>,
}

/// How the action has ended.
struct Done {
    /// The last step that was run.
    run: Run,
    outputs: BTreeMap<String, String>,
    summary: String,
    /// The categories in the SARIF report.
    categories: Vec<String>,
}

impl<'w> Runner<'w> {
    fn new(world: &'w World, clone: &'w Repo<'w>, inputs: &[(&str, &str)]) -> Self {
        let action = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut context = BTreeMap::new();
        let document = yaml(&fs::read_to_string(action.join("action.yml")).unwrap());
        for (name, input) in document["inputs"].as_object().unwrap() {
            let default = input["default"].as_str().unwrap_or_default();
            context.insert(format!("inputs.{name}"), default.to_owned());
        }
        for (name, value) in inputs {
            context.insert(format!("inputs.{name}"), (*value).to_owned());
        }
        context.insert(
            "github.action_path".to_owned(),
            action.display().to_string(),
        );
        context.insert(
            "github.action_repository".to_owned(),
            "house/gonogo".to_owned(),
        );
        context.insert(
            "github.server_url".to_owned(),
            "https://github.example".to_owned(),
        );
        Self {
            world,
            clone,
            context,
        }
    }

    /// `text` with its expressions evaluated; what is not known is a mistake of the action.
    fn evaluate(&self, text: &str) -> String {
        let mut rest = text;
        let mut result = String::new();
        while let Some((before, from)) = rest.split_once("${{") {
            let (name, after) = from.split_once("}}").expect("an expression ends");
            let name = name.trim();
            let is_output = name.starts_with("steps.");
            let value = self.context.get(name).cloned();
            let value = value.or_else(|| is_output.then(String::new));
            result.push_str(before);
            result.push_str(&value.unwrap_or_else(|| panic!("nothing is known of `{name}`")));
            rest = after;
        }
        result + rest
    }

    fn run(mut self, event: &str, full_ref: &str, sha: &str, payload: &Value) -> Done {
        let action = Path::new(env!("CARGO_MANIFEST_DIR")).join("action.yml");
        let document = yaml(&fs::read_to_string(action).unwrap());
        let temp = self.world.folder("temp");
        // Cargo of this runner builds what was built already.
        let stubs = self.world.folder("stubs");
        let cargo = format!(
            "#!/bin/sh\nmkdir -p \"$CARGO_TARGET_DIR/release\"\nln -sf '{}' \"$CARGO_TARGET_DIR/release/gonogo\"\n",
            program()
        );
        let path = self.world.write("stubs/cargo", cargo);
        make_executable(&path);
        let event_path = self.world.write("event.json", payload.to_string());
        let summary = self.world.write("summary", "");
        let mut last = None;
        for step in document["runs"]["steps"].as_array().unwrap() {
            let output = self.world.write("output", "");
            let script = self.world.write("script.sh", step["run"].as_str().unwrap());
            assert_eq!(step["shell"], "bash");
            let mut command = self.world.sealed("bash");
            command
                .args(["--noprofile", "--norc", "-eo", "pipefail"])
                .arg(&script)
                .current_dir(self.clone.path())
                .env(
                    "PATH",
                    format!("{}:{}", stubs.display(), std::env::var("PATH").unwrap()),
                )
                .env("RUNNER_TEMP", &temp)
                .env("RUNNER_OS", "Linux")
                .env("RUNNER_ARCH", "X64")
                .env("GITHUB_ACTIONS", "true")
                .env("GITHUB_EVENT_NAME", event)
                .env("GITHUB_EVENT_PATH", &event_path)
                .env("GITHUB_SHA", sha)
                .env("GITHUB_REF", full_ref)
                .env("GITHUB_SERVER_URL", "https://github.example")
                .env("GITHUB_REPOSITORY", "house/app")
                .env("GITHUB_WORKSPACE", self.clone.path())
                .env("GITHUB_STEP_SUMMARY", &summary)
                .env("GITHUB_OUTPUT", &output);
            for (name, value) in step["env"].as_object().unwrap() {
                command.env(name, self.evaluate(value.as_str().unwrap()));
            }
            let run = Run::of(command.output().unwrap(), self.world);
            let id = step["id"].as_str().unwrap();
            for line in fs::read_to_string(&output).unwrap().lines() {
                let (name, value) = line.split_once('=').unwrap();
                self.context
                    .insert(format!("steps.{id}.outputs.{name}"), value.to_owned());
            }
            let failed = run.code != 0;
            last = Some(run);
            if failed {
                break;
            }
        }
        let outputs = document["outputs"].as_object().unwrap().iter();
        let outputs = outputs.map(|(name, output)| {
            (
                name.clone(),
                self.evaluate(output["value"].as_str().unwrap()),
            )
        });
        Done {
            run: last.unwrap(),
            outputs: outputs.collect(),
            summary: fs::read_to_string(summary).unwrap(),
            categories: categories(&self.clone.join("gonogo.sarif")),
        }
    }
}

#[cfg(unix)]
fn make_executable(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

#[cfg(not(unix))]
fn make_executable(_path: &Path) {}

fn categories(sarif: &Path) -> Vec<String> {
    let Ok(text) = fs::read_to_string(sarif) else {
        return Vec::new();
    };
    let log: Value = serde_json::from_str(&text).unwrap();
    let runs = log["runs"].as_array().unwrap().iter();
    runs.map(|run| run["automationDetails"]["id"].as_str().unwrap().to_owned())
        .collect()
}

impl Done {
    #[track_caller]
    fn check(&self, code: i32, verdict: &str, findings: &str) {
        let Self {
            run,
            outputs,
            summary,
            ..
        } = self;
        assert_eq!(run.code, code, "{}\n{}\n{summary}", run.stdout, run.stderr);
        assert_eq!(
            (outputs["verdict"].as_str(), outputs["findings"].as_str()),
            (verdict, findings),
            "{}",
            run.stdout
        );
        assert!(
            summary.starts_with(&format!("## gonogo: {verdict}\n")),
            "{summary}"
        );
    }
}

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

/// What `actions/checkout` does: one commit, and nothing else.
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
    // A branch that was not there before, and one whose last commit is gone, are compared with the default branch.
    repo.git(&["branch", "-f", "topic", &head]);
    repo.git(&["update-ref", "refs/heads/main", &base]);
    judge("refs/heads/topic", NOTHING, false).check(1, "NO-GO", "1");
    judge("refs/heads/topic", GONE, true).check(1, "NO-GO", "1");
    // What was replaced is still there: only what it did not have counts.
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

/// A pull request: the last commit of its branch, and what merging it would give.
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
    // What is checked out is the base, and what is judged is the head.
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
        done.summary.contains("were there before, and fail nothing"),
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
            .contains("known: was there before this change"),
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
        done.summary.contains("1 more are known and accepted"),
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
