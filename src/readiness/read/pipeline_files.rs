//! Reads the pipeline files of each provider.

use super::environments::{environment, needs};
use super::pattern::Pattern;
use super::pipeline::{Job, Step, Triggers};
use super::{Corpus, File, line_at, text};
use crate::audit::yaml::Value;

pub(super) fn texts(value: Option<Value<'_>>) -> Vec<String> {
    let Some(value) = value else {
        return Vec::new();
    };
    match value.text() {
        Some(text) => vec![text.to_owned()],
        None => value
            .items()
            .filter_map(Value::text)
            .map(str::to_owned)
            .collect(),
    }
}

fn is_true(value: Value<'_>, key: &str) -> bool {
    text(value, key) == Some("true")
}

/// Whether a failure of this GitHub job or step is ignored.
fn may_fail(value: Value<'_>) -> bool {
    let says = text(value, "continue-on-error").unwrap_or_default().trim();
    let says = says.trim_start_matches("${{").trim_end_matches("}}");
    says.trim() == "true"
}

/// Whether the condition of a job or step disables it.
fn is_never(value: Value<'_>) -> bool {
    let condition = text(value, "if").unwrap_or_default();
    let condition = condition
        .trim()
        .trim_start_matches("${{")
        .trim_end_matches("}}");
    let condition = condition.trim();
    condition == "false" || condition.starts_with("false &&") || condition == "never()"
}

pub(super) fn github(corpus: &Corpus, file: usize, root: Value<'_>) -> Vec<Job> {
    let triggers = github_triggers(root);
    let jobs = root.get("jobs").into_iter().flat_map(Value::entries);
    let jobs: Vec<_> = jobs.filter(|it| !is_never(it.value)).collect();
    // Collect the conditions of all jobs: a job is skipped along with one that it needs.
    let mut conditions = String::new();
    for job in &jobs {
        let steps = job.value.get("steps").into_iter().flat_map(Value::items);
        for condition in steps.chain([job.value]).filter_map(|it| text(it, "if")) {
            conditions += condition;
            conditions.push('\n');
        }
    }
    let made = jobs.into_iter().map(|entry| {
        let job = entry.value;
        let to = environment(root, job);
        let steps = job.get("steps").into_iter().flat_map(Value::items);
        let steps = steps.filter(|step| !is_never(*step));
        let mut steps: Vec<_> = steps.map(|step| github_step(corpus, file, step)).collect();
        if let Some(uses) = job.get("uses") {
            let mut called = uses.text().unwrap_or_default().to_owned();
            for entry in job.get("with").into_iter().flat_map(Value::entries) {
                let value = entry.value.text().unwrap_or_default();
                called += &format!("\n{}: {value}", entry.key.text().unwrap_or_default());
            }
            steps.push(Step {
                line: corpus.at(file, uses).line,
                text: called,
                is_action: true,
                ..Step::default()
            });
        }
        let services = job.get("services").into_iter().flat_map(Value::entries);
        Job {
            file,
            line: corpus.at(file, entry.key).line,
            name: entry.key.text().unwrap_or_default().to_owned(),
            environment: to.name,
            has_environment: to.is_set,
            waits: to.waits,
            from: to.from,
            input: to.input,
            needs: needs(job),
            is_manual: false,
            may_fail: may_fail(job),
            services: services
                .filter_map(|entry| text(entry.value, "image").map(str::to_owned))
                .collect(),
            conditions: conditions.clone(),
            steps,
            triggers: triggers.clone(),
        }
    });
    made.collect()
}

pub(super) fn github_step(corpus: &Corpus, file: usize, step: Value<'_>) -> Step {
    let run = step.get("run").or_else(|| step.get("uses"));
    let mut words = run.and_then(Value::text).unwrap_or_default().to_owned();
    for entry in step.get("with").into_iter().flat_map(Value::entries) {
        let value = entry.value.text().unwrap_or_default();
        words += &format!("\n{}: {value}", entry.key.text().unwrap_or_default());
    }
    Step {
        line: corpus.at(file, run.unwrap_or(step)).line,
        may_fail: may_fail(step),
        is_action: step.get("run").is_none(),
        text: words,
        ..Step::default()
    }
}

fn github_triggers(root: Value<'_>) -> Triggers {
    let mut triggers = Triggers::default();
    let Some(on) = root.get("on").or_else(|| root.get("true")) else {
        return triggers;
    };
    let mut event = |name: &str, value: Option<Value<'_>>| match name {
        "push" => {
            let branches = texts(value.and_then(|it| it.get("branches")));
            let tags = value.is_some_and(|it| it.get("tags").is_some());
            let paths = texts(value.and_then(|it| it.get("paths")));
            triggers.is_by_file |= !paths.is_empty() && !paths.iter().any(|it| it.contains('*'));
            triggers.has_tags |= tags;
            if branches.is_empty() && !tags {
                triggers.branches.push("**".to_owned());
            }
            triggers.branches.extend(branches);
        }
        "release" => triggers.has_tags = true,
        "workflow_call" => triggers.is_called = true,
        "pull_request" | "pull_request_target" | "merge_group" => triggers.has_changes = true,
        "schedule" => {
            let times = value.into_iter().flat_map(Value::items);
            let times = times.filter_map(|item| text(item, "cron"));
            triggers.times.extend(times.map(str::to_owned));
        }
        _ => {}
    };
    if let Some(name) = on.text() {
        event(name, None);
    }
    for item in on.items() {
        event(item.text().unwrap_or_default(), None);
    }
    for entry in on.entries() {
        event(entry.key.text().unwrap_or_default(), Some(entry.value));
    }
    let listed = on.items().filter_map(Value::text);
    let mapped = on.entries().filter_map(|it| it.key.text());
    let mut names = on.text().into_iter().chain(listed).chain(mapped).peekable();
    // If other workflows call it, those decide what starts it.
    triggers.is_by_hand = names.peek().is_some()
        && names.all(|it| ["workflow_dispatch", "workflow_call"].contains(&it));
    triggers
}

const GITLAB_KEYS: &[&str] = &[
    "stages",
    "variables",
    "include",
    "default",
    "workflow",
    "image",
    "services",
    "before_script",
    "after_script",
    "cache",
    "pages",
];

pub(super) fn gitlab(corpus: &Corpus, file: usize, root: Value<'_>) -> Vec<Job> {
    let jobs = root.entries().filter(|entry| {
        let name = entry.key.text().unwrap_or(".");
        let is_off = text(entry.value, "when") == Some("never");
        !name.starts_with('.')
            && !GITLAB_KEYS.contains(&name)
            && entry.value.is_mapping()
            && !is_off
    });
    let made = jobs.map(|entry| {
        let job = entry.value;
        let environment = job.get("environment");
        let rules: Vec<_> = job
            .get("rules")
            .into_iter()
            .flat_map(Value::items)
            .collect();
        let is_manual = text(job, "when") == Some("manual")
            || rules
                .iter()
                .any(|rule| text(*rule, "when") == Some("manual"));
        let conditions: Vec<_> = rules.iter().filter_map(|rule| text(*rule, "if")).collect();
        let only = texts(
            job.get("only")
                .filter(|only| !only.is_mapping())
                .or_else(|| super::get(job, "only.refs")),
        );
        let mut branches = only.clone();
        let names_default = conditions.iter().any(|it| {
            it.contains("CI_DEFAULT_BRANCH") || it.contains("\"main\"") || it.contains("\"master\"")
        });
        branches.extend(names_default.then(|| "main".to_owned()));
        let script = ["before_script", "script"]
            .into_iter()
            .filter_map(|key| job.get(key));
        let lines = script.flat_map(|value| match value.text() {
            Some(_) => vec![value],
            None => value.items().collect(),
        });
        let steps = lines.filter_map(|line| {
            Some(Step {
                line: corpus.at(file, line).line,
                text: line.text()?.to_owned(),
                ..Step::default()
            })
        });
        let services = job.get("services").into_iter().flat_map(Value::items);
        Job {
            file,
            line: corpus.at(file, entry.key).line,
            name: entry.key.text().unwrap_or_default().to_owned(),
            environment: environment
                .and_then(|it| it.text().or_else(|| text(it, "name")))
                .map(str::to_owned),
            has_environment: environment.is_some(),
            waits: environment.is_some(),
            from: None,
            input: None,
            needs: needs(job),
            is_manual,
            may_fail: is_true(job, "allow_failure"),
            services: services
                .filter_map(|it| it.text().or_else(|| text(it, "name")).map(str::to_owned))
                .collect(),
            conditions: String::new(),
            steps: steps.collect(),
            triggers: Triggers {
                is_by_file: false,
                is_by_hand: is_manual,
                is_called: false,
                has_tags: only.iter().any(|it| it == "tags")
                    || conditions.iter().any(|it| it.contains("CI_COMMIT_TAG")),
                has_changes: true,
                branches,
                times: Vec::new(),
            },
        }
    });
    made.collect()
}

pub(super) fn azure(corpus: &Corpus, file: usize, root: Value<'_>) -> Vec<Job> {
    let trigger = root.get("trigger");
    let branches = texts(
        trigger
            .and_then(|it| super::get(it, "branches.include"))
            .or(trigger),
    );
    let triggers = Triggers {
        branches,
        has_tags: false,
        has_changes: root.get("pr").is_none_or(|pr| pr.text() != Some("none")),
        times: root
            .get("schedules")
            .into_iter()
            .flat_map(Value::items)
            .filter_map(|item| text(item, "cron").map(str::to_owned))
            .collect(),
        ..Triggers::default()
    };
    let stages = root.get("stages").into_iter().flat_map(Value::items);
    let jobs = stages.flat_map(|stage| stage.get("jobs").into_iter().flat_map(Value::items));
    let jobs: Vec<_> = jobs
        .chain(root.get("jobs").into_iter().flat_map(Value::items))
        .collect();
    let jobs = if jobs.is_empty() && root.get("steps").is_some() {
        vec![root]
    } else {
        jobs
    };
    let jobs = jobs
        .into_iter()
        .filter(|job| text(*job, "condition") != Some("false"));
    let made = jobs.map(|job| {
        let environment = job.get("environment");
        let deployed = super::get(job, "strategy.runOnce.deploy.steps");
        let steps = job
            .get("steps")
            .or(deployed)
            .into_iter()
            .flat_map(Value::items);
        let steps = steps.map(|step| {
            let run = ["script", "bash", "pwsh", "task"]
                .into_iter()
                .find_map(|key| step.get(key));
            let mut words = run.and_then(Value::text).unwrap_or_default().to_owned();
            for entry in step.get("inputs").into_iter().flat_map(Value::entries) {
                words += &format!(
                    "\n{}: {}",
                    entry.key.text().unwrap_or_default(),
                    entry.value.text().unwrap_or_default()
                );
            }
            Step {
                line: corpus.at(file, run.unwrap_or(step)).line,
                text: words,
                may_fail: is_true(step, "continueOnError"),
                ..Step::default()
            }
        });
        Job {
            file,
            line: corpus.at(file, job).line,
            name: text(job, "job")
                .or_else(|| text(job, "deployment"))
                .unwrap_or("pipeline")
                .to_owned(),
            environment: environment
                .and_then(|it| it.text().or_else(|| text(it, "name")))
                .map(str::to_owned),
            may_fail: is_true(job, "continueOnError"),
            conditions: String::new(),
            steps: steps.collect(),
            triggers: triggers.clone(),
            ..Job::default()
        }
    });
    made.collect()
}

pub(super) fn circle(corpus: &Corpus, file: usize, root: Value<'_>) -> Vec<Job> {
    let jobs = root.get("jobs").into_iter().flat_map(Value::entries);
    let made = jobs.map(|entry| {
        let steps = entry.value.get("steps").into_iter().flat_map(Value::items);
        let steps = steps.filter_map(|step| {
            let run = step.get("run").unwrap_or(step);
            let words = run.text().or_else(|| text(run, "command"))?;
            Some(Step {
                line: corpus.at(file, run).line,
                text: words.to_owned(),
                ..Step::default()
            })
        });
        let images = entry
            .value
            .get("docker")
            .into_iter()
            .flat_map(Value::items)
            .skip(1);
        Job {
            file,
            line: corpus.at(file, entry.key).line,
            name: entry.key.text().unwrap_or_default().to_owned(),
            services: images
                .filter_map(|it| text(it, "image").map(str::to_owned))
                .collect(),
            conditions: String::new(),
            steps: steps.collect(),
            triggers: Triggers {
                branches: vec!["**".to_owned()],
                has_changes: true,
                ..Triggers::default()
            },
            ..Job::default()
        }
    });
    made.collect()
}

static STAGE: Pattern = Pattern::new(r#"stage\s*\(\s*['"]([^'"]+)['"]"#);

/// Returns the stages of a declarative pipeline.
pub(super) fn jenkins(number: usize, file: &File) -> Vec<Job> {
    let text = file.text.as_str();
    let stages = STAGE.groups(text);
    let ends = stages.iter().skip(1).map(|(at, _)| *at).chain([text.len()]);
    let made = stages.iter().zip(ends).map(|((start, name), end)| {
        let body = &text[*start..end];
        let lines = (0..).zip(body.lines());
        let steps = lines.filter(|(_, line)| {
            let line = line.trim_start();
            ["sh ", "sh(", "bat ", "sh\"", "sh'"]
                .iter()
                .any(|word| line.starts_with(word))
                || line.starts_with(|c: char| c.is_ascii_lowercase())
        });
        let first = line_at(text, *start);
        Job {
            file: number,
            line: first,
            name: (*name).to_owned(),
            is_manual: body.contains("input ")
                || body.contains("input{")
                || body.contains("input("),
            may_fail: body.contains("catchError"),
            conditions: String::new(),
            steps: steps
                .map(|(offset, line)| Step {
                    line: first + offset,
                    text: line.trim().to_owned(),
                    ..Step::default()
                })
                .collect(),
            triggers: Triggers {
                branches: vec!["**".to_owned()],
                has_changes: true,
                ..Triggers::default()
            },
            ..Job::default()
        }
    });
    made.collect()
}
