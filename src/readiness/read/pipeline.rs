//! Jobs of pipelines: GitHub, GitLab, Azure, `CircleCI` and Jenkins.

use crate::audit::yaml::Value;

use super::kind::Kind;
use super::pattern::Pattern;
use super::{Corpus, File, line_at, name, text};

/// A job of a pipeline.
#[derive(Debug, Clone, Default)]
pub(crate) struct Job {
    /// The file.
    pub(crate) file: usize,
    /// The line, counted from 1.
    pub(crate) line: u32,
    /// Its name.
    pub(crate) name: String,
    /// What it deploys to.
    pub(crate) environment: Option<String>,
    /// Whether it has to be started by hand.
    pub(crate) is_manual: bool,
    /// Whether it may fail.
    pub(crate) may_fail: bool,
    /// Images of services beside it.
    pub(crate) services: Vec<String>,
    /// Its steps.
    pub(crate) steps: Vec<Step>,
    /// What starts the pipeline.
    pub(crate) triggers: Triggers,
}

/// A step of a job.
#[derive(Debug, Clone, Default)]
pub(crate) struct Step {
    /// The line, counted from 1.
    pub(crate) line: u32,
    /// What it runs, or the action that it uses.
    pub(crate) text: String,
    /// Whether it may fail.
    pub(crate) may_fail: bool,
    /// Whether it uses an action of others, and runs no command.
    pub(crate) is_action: bool,
}

/// What starts a pipeline.
#[derive(Debug, Clone, Default)]
pub(crate) struct Triggers {
    /// Branches that are pushed; `**` for all.
    pub(crate) branches: Vec<String>,
    /// Whether tags or releases do.
    pub(crate) has_tags: bool,
    /// Whether pull requests do.
    pub(crate) has_changes: bool,
    /// Times, as cron writes them.
    pub(crate) times: Vec<String>,
}

/// The jobs of a system.
pub(crate) fn jobs(corpus: &Corpus) -> Vec<Job> {
    let mut all = Vec::new();
    for (number, file) in corpus.of(Kind::Yaml) {
        for document in corpus.documents(number) {
            all.extend(of_document(corpus, number, file, document));
        }
    }
    for (number, file) in corpus.of(Kind::Jenkins) {
        all.extend(jenkins(number, file));
    }
    all
}

fn of_document(corpus: &Corpus, number: usize, file: &File, document: Value<'_>) -> Vec<Job> {
    let name = name(&file.path);
    if file.path.starts_with(".github/workflows/") {
        github(corpus, number, document)
    } else if name.ends_with(".gitlab-ci.yml") || file.path.starts_with(".gitlab/ci/") {
        gitlab(corpus, number, document)
    } else if name.starts_with("azure-pipelines") || file.path.starts_with(".azure-pipelines/") {
        azure(corpus, number, document)
    } else if file.path == ".circleci/config.yml" {
        circle(corpus, number, document)
    } else {
        Vec::new()
    }
}

fn texts(value: Option<Value<'_>>) -> Vec<String> {
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

fn github(corpus: &Corpus, file: usize, root: Value<'_>) -> Vec<Job> {
    let triggers = github_triggers(root);
    let jobs = root.get("jobs").into_iter().flat_map(Value::entries);
    let made = jobs.map(|entry| {
        let job = entry.value;
        let environment = job.get("environment");
        let steps = job.get("steps").into_iter().flat_map(Value::items);
        let mut steps: Vec<_> = steps.map(|step| github_step(corpus, file, step)).collect();
        if let Some(uses) = job.get("uses") {
            steps.push(Step {
                line: corpus.at(file, uses).line,
                text: uses.text().unwrap_or_default().to_owned(),
                may_fail: false,
                is_action: true,
            });
        }
        let services = job.get("services").into_iter().flat_map(Value::entries);
        Job {
            file,
            line: corpus.at(file, entry.key).line,
            name: entry.key.text().unwrap_or_default().to_owned(),
            environment: environment
                .and_then(|it| it.text().or_else(|| text(it, "name")))
                .map(str::to_owned),
            is_manual: false,
            may_fail: is_true(job, "continue-on-error"),
            services: services
                .filter_map(|entry| text(entry.value, "image").map(str::to_owned))
                .collect(),
            steps,
            triggers: triggers.clone(),
        }
    });
    made.collect()
}

fn github_step(corpus: &Corpus, file: usize, step: Value<'_>) -> Step {
    let run = step.get("run").or_else(|| step.get("uses"));
    let mut words = run.and_then(Value::text).unwrap_or_default().to_owned();
    for entry in step.get("with").into_iter().flat_map(Value::entries) {
        let value = entry.value.text().unwrap_or_default();
        words += &format!("\n{}: {value}", entry.key.text().unwrap_or_default());
    }
    Step {
        line: corpus.at(file, run.unwrap_or(step)).line,
        may_fail: is_true(step, "continue-on-error"),
        is_action: step.get("run").is_none(),
        text: words,
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
            triggers.has_tags |= tags;
            if branches.is_empty() && !tags {
                triggers.branches.push("**".to_owned());
            }
            triggers.branches.extend(branches);
        }
        "release" => triggers.has_tags = true,
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

fn gitlab(corpus: &Corpus, file: usize, root: Value<'_>) -> Vec<Job> {
    let jobs = root.entries().filter(|entry| {
        let name = entry.key.text().unwrap_or(".");
        !name.starts_with('.') && !GITLAB_KEYS.contains(&name) && entry.value.is_mapping()
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
            is_manual,
            may_fail: is_true(job, "allow_failure"),
            services: services
                .filter_map(|it| it.text().or_else(|| text(it, "name")).map(str::to_owned))
                .collect(),
            steps: steps.collect(),
            triggers: Triggers {
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

fn azure(corpus: &Corpus, file: usize, root: Value<'_>) -> Vec<Job> {
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
    let made = jobs.into_iter().map(|job| {
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
                is_action: false,
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
            steps: steps.collect(),
            triggers: triggers.clone(),
            ..Job::default()
        }
    });
    made.collect()
}

fn circle(corpus: &Corpus, file: usize, root: Value<'_>) -> Vec<Job> {
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

/// The stages of a declarative pipeline.
fn jenkins(number: usize, file: &File) -> Vec<Job> {
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

/// Whether a command never fails its job.
pub(crate) fn swallows_failure(text: &str) -> bool {
    let line = text.trim_end();
    line.contains("|| true")
        || line.contains("|| exit 0")
        || line.contains("|| :")
        || line.contains("|| echo")
}

/// How many scripts are followed from one command, and how many bytes of them in all.
const MOST_SCRIPTS: usize = 8;
const MOST_BYTES: usize = 256 << 10;

/// The text of a step, with the scripts of the repository that it runs.
pub(crate) fn expanded(corpus: &Corpus, repository: usize, text: &str) -> String {
    let mut all = text.to_owned();
    let words = text
        .split_whitespace()
        .map(|word| word.trim_matches(|c| matches!(c, '"' | '\'' | ';' | '(' | ')')));
    let is_script =
        |word: &&str| word.ends_with(".sh") || word.starts_with("./") || word.contains("scripts/");
    let mut seen = Vec::new();
    for word in words.filter(is_script).take(MOST_SCRIPTS) {
        let file = corpus.named(repository, word);
        let file = file.filter(|file| corpus.files[*file].kind == Kind::Shell);
        if let Some(file) = file.filter(|file| !seen.contains(file)) {
            seen.push(file);
            let script = &corpus.files[file].text;
            if all.len() + script.len() <= MOST_BYTES {
                all.push('\n');
                all.push_str(script);
            }
        }
    }
    all
}
