//! Pipeline jobs: GitHub, GitLab, Azure, `CircleCI` and Jenkins.

use rustc_hash::{FxHashMap, FxHashSet};

use super::pipeline_files::{azure, circle, github, github_step, gitlab, jenkins};
use crate::audit::yaml::Value;

use super::kind::Kind;
use super::{Corpus, File, name, packages, targets};

/// A job of a pipeline.
#[derive(Debug, Clone, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is said by itself, and none follows from another"
)]
pub(crate) struct Job {
    /// The file.
    pub(crate) file: usize,
    /// The line, counted from 1.
    pub(crate) line: u32,
    /// Its name.
    pub(crate) name: String,
    /// The environment that it deploys to, if its name is known.
    pub(crate) environment: Option<String>,
    /// Whether it deploys to an environment, whatever its name.
    pub(crate) has_environment: bool,
    /// Whether the forge always applies that environment's protection to it. An expression may result in no
    /// environment.
    pub(crate) waits: bool,
    /// The input of its workflow that gives it the environment.
    pub(crate) from: Option<String>,
    /// The input through which it passes an environment to the workflow that it calls.
    pub(crate) input: Option<String>,
    /// The jobs that it waits for.
    pub(crate) needs: Vec<String>,
    /// Whether it has to be started by hand.
    pub(crate) is_manual: bool,
    /// Whether it may fail.
    pub(crate) may_fail: bool,
    /// The images of services that run beside it.
    pub(crate) services: Vec<String>,
    /// The conditions of the jobs and steps in its file, if the provider has conditions.
    pub(crate) conditions: String,
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
    /// Whether it uses an action or a workflow instead of running commands.
    pub(crate) is_action: bool,
    /// The commands of the action or workflow that it uses, if that is in the same repository, and of the package
    /// scripts that it runs.
    pub(crate) called: String,
    /// The commands of the Make targets and just recipes that it runs, and of the package scripts that those run.
    pub(crate) made: String,
}

/// What starts a pipeline.
#[derive(Debug, Clone, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is another event, and none follows from another"
)]
pub(crate) struct Triggers {
    /// Branches on which a push starts it; `**` for all.
    pub(crate) branches: Vec<String>,
    /// Whether only a change of one of a few files starts it, such as the one with the version.
    pub(crate) is_by_file: bool,
    /// Whether tags or releases start it.
    pub(crate) has_tags: bool,
    /// Whether other workflows start it.
    pub(crate) is_called: bool,
    /// Whether only a person starts it.
    pub(crate) is_by_hand: bool,
    /// Whether pull requests start it.
    pub(crate) has_changes: bool,
    /// Its schedules, in cron syntax.
    pub(crate) times: Vec<String>,
}

/// Returns the jobs of a system.
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
    handed(corpus, &mut all);
    called(corpus, &mut all);
    follow(corpus, &mut all);
    all
}

/// Whether a word names production.
pub(crate) fn is_production(word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    let mut before = "";
    word.split(|c: char| !c.is_ascii_alphanumeric())
        .any(|part| {
            let is_it = ["prod", "production", "live", "prd"].contains(&part)
                && !["non", "not", "pre"].contains(&before);
            before = part;
            is_it
        })
}

/// Determines whether the environments that jobs pass to workflows are environments of the forge: a workflow may use
/// the name for something else, which protects nothing.
fn handed(corpus: &Corpus, jobs: &mut [Job]) {
    // A called workflow may pass the environment on to another.
    for _ in 0..MOST_HANDED {
        let waiting = jobs.iter().filter(|job| job.waits);
        let taken = waiting.filter_map(|job| {
            let file = &corpus.files[job.file];
            Some((file.repository, file.path.clone(), job.from.clone()?))
        });
        let taken: FxHashSet<(usize, String, String)> = taken.collect();
        for job in jobs.iter_mut().filter(|job| !job.waits) {
            let repository = corpus.files[job.file].repository;
            let mut used = job.steps.iter().filter(|step| step.is_action);
            let path = used.find_map(|step| step.text.lines().next()?.strip_prefix("./"));
            let key = path.zip(job.input.clone());
            let key = key.map(|(path, input)| (repository, path.to_owned(), input));
            job.waits = key.is_some_and(|key| taken.contains(&key));
        }
    }
}

/// How many workflows may pass an environment on, from one to the next.
const MOST_HANDED: usize = 3;

/// The most bytes of commands that are kept of a workflow for the steps that use it.
const MOST_CALLED: usize = 64 << 10;

/// Adds the commands of actions and workflows in the same repository to the steps that use them.
fn follow(corpus: &Corpus, jobs: &mut [Job]) {
    let mut actions: FxHashMap<(usize, String), String> = FxHashMap::default();
    let mut workflows: FxHashMap<(usize, String), String> = FxHashMap::default();
    let local = |step: &Step| {
        let used = step.text.lines().next().filter(|_| step.is_action)?;
        used.strip_prefix("./").map(str::to_owned)
    };
    for job in jobs.iter_mut() {
        let repository = corpus.files[job.file].repository;
        let path = corpus.files[job.file].path.clone();
        for step in &mut job.steps {
            if let Some(folder) = local(step).filter(|it| !is_workflow(it)) {
                let key = (repository, folder);
                let runs = actions
                    .entry(key)
                    .or_insert_with_key(|(_, folder)| action(corpus, repository, folder));
                step.called.clone_from(runs);
            } else if !step.is_action {
                step.called = packages::run_by(corpus, repository, &step.text);
            }
            step.made = targets::run_by(corpus, repository, &step.text);
            let scripts = packages::run_by(corpus, repository, &step.made);
            step.made += &scripts;
            let all = workflows.entry((repository, path.clone())).or_default();
            for own in [&step.text, &step.called] {
                if all.len() + own.len() < MOST_CALLED {
                    *all += own;
                    all.push('\n');
                }
            }
        }
    }
    for job in jobs {
        let repository = corpus.files[job.file].repository;
        for step in &mut job.steps {
            let called = local(step).and_then(|it| workflows.get(&(repository, it)));
            if let Some(runs) = called {
                step.called.clone_from(runs);
            }
        }
    }
}

/// Whether a path that a job uses is that of a workflow, rather than the directory of an action.
fn is_workflow(path: &str) -> bool {
    path.ends_with(".yml") || path.ends_with(".yaml")
}

/// Returns the commands of a composite action.
fn action(corpus: &Corpus, repository: usize, folder: &str) -> String {
    let folder = folder.trim_end_matches('/');
    let names = ["action.yml", "action.yaml"];
    let file = names
        .iter()
        .find_map(|name| corpus.file(repository, &format!("{folder}/{name}")));
    let Some(file) = file else {
        return String::new();
    };
    let documents = corpus.documents(file);
    let steps = documents.filter_map(|it| super::get(it, "runs.steps"));
    let steps = steps.flat_map(Value::items);
    let mut all = String::new();
    for step in steps.map(|step| github_step(corpus, file, step)) {
        if !step.may_fail && all.len() + step.text.len() < MOST_CALLED {
            all += &step.text;
            all.push('\n');
        }
    }
    let scripts = packages::run_by(corpus, repository, &all);
    all + &scripts
}

/// Adds the triggers of calling workflows to the jobs of those that they call.
fn called(corpus: &Corpus, jobs: &mut [Job]) {
    let mut calls = Vec::new();
    for job in jobs.iter() {
        for step in job.steps.iter().filter(|step| step.is_action) {
            let called = step.text.lines().next();
            let called = called.and_then(|it| it.strip_prefix("./.github/workflows/"));
            let own = &corpus.files[job.file];
            calls
                .extend(called.map(|name| (own.repository, name.to_owned(), job.triggers.clone())));
        }
    }
    for job in jobs {
        let file = &corpus.files[job.file];
        let own = file.path.strip_prefix(".github/workflows/");
        for (repository, called, triggers) in &calls {
            if *repository == file.repository && own == Some(called.as_str()) {
                job.triggers
                    .branches
                    .extend(triggers.branches.iter().cloned());
                job.triggers.has_tags |= triggers.has_tags;
                job.triggers.has_changes |= triggers.has_changes;
                job.triggers.is_by_hand &= triggers.is_by_hand;
            }
        }
    }
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

/// Whether a command cannot fail its job.
pub(crate) fn swallows_failure(text: &str) -> bool {
    let line = text.trim_end();
    line.contains("|| true")
        || line.contains("|| exit 0")
        || line.contains("|| :")
        || line.contains("|| echo")
}

/// How many scripts are followed from one command, and how many bytes of them in total.
const MOST_SCRIPTS: usize = 8;
const MOST_BYTES: usize = 256 << 10;

/// Returns the text of a step, with the scripts in the repository that it runs.
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
