//! A runner: extracts the steps from `action.yml` and runs them one after another.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use saphyr_parser::{Event, Parser};
use serde_json::Value;

use crate::harness::{Repo, Run, World, program};

/// Parses YAML as far as actions use it: everything is text, a list or a mapping.
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
pub(super) struct Runner<'w> {
    world: &'w World,
    clone: &'w Repo<'w>,
    /// The values of expressions.
    context: BTreeMap<String, String>,
}

/// How the action ended.
pub(super) struct Done {
    /// The last step that was run.
    pub(super) run: Run,
    pub(super) outputs: BTreeMap<String, String>,
    pub(super) summary: String,
    /// The categories in the SARIF report.
    pub(super) categories: Vec<String>,
}

impl<'w> Runner<'w> {
    pub(super) fn new(world: &'w World, clone: &'w Repo<'w>, inputs: &[(&str, &str)]) -> Self {
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

    /// Returns `text` with its expressions evaluated; an unknown one is an error in the action.
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

    pub(super) fn run(mut self, event: &str, full_ref: &str, sha: &str, payload: &Value) -> Done {
        let action = Path::new(env!("CARGO_MANIFEST_DIR")).join("action.yml");
        let document = yaml(&fs::read_to_string(action).unwrap());
        let temp = self.world.folder("temp");
        // A stub for Cargo that "builds" the existing program.
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
    pub(super) fn check(&self, code: i32, verdict: &str, findings: &str) {
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
