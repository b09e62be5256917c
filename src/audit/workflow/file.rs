//! A workflow or an action: its triggers, its jobs and their steps.

use std::cell::OnceCell;

use rustc_hash::FxHashMap;

use super::owner;
use crate::audit::Project;
use crate::audit::yaml::{Span, Tree, Value};

/// A parsed file.
pub(super) struct File<'t> {
    pub(super) text: &'t str,
    pub(super) root: Value<'t>,
    /// The names of events, where they are written; none in an action.
    pub(super) triggers: Vec<Value<'t>>,
    pub(super) jobs: Vec<Job<'t>>,
    by_name: OnceCell<FxHashMap<&'t str, usize>>,
    /// Whether it is an action rather than a workflow.
    pub(super) is_action: bool,
    /// The account that the repository belongs to, if something in it says so.
    pub(super) owner: Option<String>,
    /// The files around it.
    pub(super) project: &'t Project<'t>,
}

/// One job; an action has a single one without a name.
pub(super) struct Job<'t> {
    pub(super) name: &'t str,
    pub(super) key: Option<Value<'t>>,
    pub(super) root: Value<'t>,
    pub(super) steps: Vec<Value<'t>>,
    /// The steps that have an id, by id.
    by_id: OnceCell<FxHashMap<&'t str, Value<'t>>>,
}

impl<'t> Job<'t> {
    fn new(key: Option<Value<'t>>, root: Value<'t>, steps: Vec<Value<'t>>) -> Self {
        Self {
            name: key.and_then(Value::text).unwrap_or(""),
            key,
            root,
            steps,
            by_id: OnceCell::new(),
        }
    }

    /// Returns the first step that has this id.
    pub(super) fn step(&self, id: &str) -> Option<Value<'t>> {
        let by_id = self.by_id.get_or_init(|| {
            let mut by_id = FxHashMap::default();
            for step in &self.steps {
                if let Some(id) = step.get("id").and_then(Value::text) {
                    by_id.entry(id).or_insert(*step);
                }
            }
            by_id
        });
        by_id.get(id).copied()
    }
}

/// How many steps one file may have.
const MAX_STEPS: usize = 10_000;

impl<'t> File<'t> {
    /// Returns the workflow or action in `tree`; `None` if it is another kind of YAML.
    pub(super) fn recognise(
        path: &str,
        text: &'t str,
        tree: &'t Tree,
        project: &'t Project<'_>,
    ) -> Option<Self> {
        let root = tree.documents().next()?;
        let mut left = MAX_STEPS;
        let mut steps = |root: Value<'t>| {
            let items = root.get("steps").into_iter().flat_map(Value::items);
            // Steps may be grouped to run in parallel.
            let items = items.flat_map(|step| match step.get("parallel") {
                Some(group) => group.items().collect(),
                None => vec![step],
            });
            let steps: Vec<_> = items.take(left).collect();
            left -= steps.len();
            if left == 0 {
                let reason =
                    format!("it has more than {MAX_STEPS} steps; the rest was not audited");
                project.leave_out(path, reason);
            }
            steps
        };
        if let Some(jobs) = root.get("jobs").filter(|jobs| jobs.is_mapping()) {
            // YAML 1.1 takes `on` for true.
            let on = root.get("on").or_else(|| root.get("true"))?;
            let jobs = jobs.entries().filter_map(|entry| {
                entry.key.text()?;
                let steps = steps(entry.value);
                Some(Job::new(Some(entry.key), entry.value, steps))
            });
            return Some(Self {
                text,
                root,
                triggers: triggers(on),
                jobs: jobs.collect(),
                by_name: OnceCell::new(),
                is_action: false,
                owner: owner::of(project),
                project,
            });
        }
        let runs = root
            .get("runs")
            .filter(|runs| runs.get("using").is_some())?;
        let job = Job::new(None, runs, steps(runs));
        Some(Self {
            text,
            root,
            triggers: Vec::new(),
            jobs: vec![job],
            by_name: OnceCell::new(),
            is_action: true,
            owner: owner::of(project),
            project,
        })
    }

    /// Returns the job of this name.
    pub(super) fn job(&self, name: &str) -> Option<&Job<'t>> {
        let by_name = self.by_name.get_or_init(|| {
            let named = self.jobs.iter().enumerate().rev();
            named.map(|(number, job)| (job.name, number)).collect()
        });
        self.jobs.get(*by_name.get(name)?)
    }

    pub(super) fn is_started_by(&self, event: &str) -> bool {
        self.triggers
            .iter()
            .any(|trigger| trigger.text() == Some(event))
    }

    /// Returns every step, with its job.
    pub(super) fn steps(&self) -> impl Iterator<Item = (&Job<'t>, Value<'t>)> {
        self.jobs
            .iter()
            .flat_map(|job| job.steps.iter().map(move |step| (job, *step)))
    }

    /// Returns every `uses`, of steps and of jobs.
    pub(super) fn uses(&self) -> impl Iterator<Item = Value<'t>> {
        let of_steps = self.steps().filter_map(|(_, step)| step.get("uses"));
        of_steps.chain(self.jobs.iter().filter_map(|job| job.root.get("uses")))
    }

    /// Returns the texts that are run as programs, with their job and step: shell scripts, and inputs of actions that
    /// run them.
    pub(super) fn scripts(&self) -> impl Iterator<Item = (&Job<'t>, Value<'t>, Value<'t>)> {
        self.steps().flat_map(|(job, step)| {
            let scripts = match step.get("run") {
                Some(script) => vec![script],
                None => scripts_of_action(step),
            };
            let scripts = scripts.into_iter().filter(|script| script.text().is_some());
            scripts.map(move |script| (job, step, script))
        })
    }

    /// Returns where the `nth` occurrence of `part` in a scalar is written; the whole scalar if it is not written
    /// verbatim.
    pub(super) fn place_of(&self, scalar: Value, part: &str, nth: usize) -> Span {
        let span = scalar.span();
        let written = self.text.get(span.clone()).unwrap_or("");
        let mut places = written.match_indices(part).map(|(at, _)| at);
        match places.nth(nth) {
            Some(at) => span.start + at..span.start + at + part.len(),
            None => span,
        }
    }
}

/// Inputs of actions that run them as programs.
const SCRIPTS: &[(&str, &[&str])] = &[
    ("actions/github-script", &["script"]),
    ("azure/powershell", &["inlinescript"]),
    ("azure/cli", &["inlinescript"]),
    ("appleboy/ssh-action", &["script"]),
    ("addnab/docker-run-action", &["run"]),
    ("amadevus/pwsh-script", &["script"]),
    ("cardinalby/js-eval-action", &["expression"]),
    ("jannekem/run-python-script-action", &["script"]),
    ("mikefarah/yq", &["cmd"]),
    (
        "tibdex/backport",
        &["body_template", "head_template", "title_template"],
    ),
    ("nick-fields/retry", &["command"]),
    ("nick-invision/retry", &["command"]),
    ("reactivecircus/android-emulator-runner", &["script"]),
    ("wandalen/wretry.action", &["command"]),
    ("roots/issue-closer-action", &["issue-close-message"]),
];

fn scripts_of_action(step: Value<'_>) -> Vec<Value<'_>> {
    let uses = step.get("uses").and_then(Value::text).unwrap_or_default();
    let uses = uses.to_ascii_lowercase();
    let name = uses.split_once('@').map_or("", |(name, _)| name);
    let Some((_, inputs)) = SCRIPTS.iter().find(|(action, _)| *action == name) else {
        return Vec::new();
    };
    let given = step.get("with").into_iter().flat_map(Value::entries);
    let is_script = |key: &str| inputs.contains(&key.to_ascii_lowercase().as_str());
    given
        .filter(|entry| entry.key.text().is_some_and(is_script))
        .map(|entry| entry.value)
        .collect()
}

fn triggers(on: Value<'_>) -> Vec<Value<'_>> {
    if on.text().is_some() {
        return vec![on];
    }
    let keys = on.entries().map(|entry| entry.key);
    on.items()
        .chain(keys)
        .filter(|event| event.text().is_some())
        .collect()
}
