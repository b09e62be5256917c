//! What holds deployments back, and jobs that are deployments by their names (J1, J6).

use rustc_hash::FxHashSet;

use super::View;
use super::deploys::{is_production, names_others};
use super::steps::Ran;
use crate::readiness::Grade;
use crate::readiness::ledger::{Ledger, Place};
use crate::readiness::read::is_comment;
use crate::readiness::read::pattern::Pattern;
use crate::readiness::read::pipeline::Job;

/// Returns the jobs of the same file that a job waits for, directly or through others.
fn needed<'v>(view: &'v View<'_>, job: &'v Job) -> Vec<&'v Job> {
    if job.needs.is_empty() {
        return Vec::new();
    }
    // The jobs of one file are consecutive.
    let first = view.jobs.partition_point(|it| it.file < job.file);
    let beside = view.jobs[first..].iter();
    let beside: Vec<_> = beside.take_while(|it| it.file == job.file).collect();
    let mut seen: FxHashSet<&str> = FxHashSet::default();
    let mut open: Vec<&str> = job.needs.iter().map(String::as_str).collect();
    let mut all = Vec::new();
    while let Some(name) = open.pop() {
        if !seen.insert(name) {
            continue;
        }
        let found = beside.iter().filter(|it| it.name == name);
        for job in found {
            open.extend(job.needs.iter().map(String::as_str));
            all.push(*job);
        }
    }
    all.sort_by_key(|it| it.line);
    all
}

/// Returns the job whose environment holds a deployment back: the job itself, or one that it waits for. The environment
/// of staging does not hold back production.
fn gate<'v>(view: &'v View<'_>, job: &'v Job) -> Option<&'v Job> {
    let is_other = |it: &Job| {
        it.environment
            .as_ref()
            .is_some_and(|name| names_others(name))
    };
    if job.waits {
        return Some(job);
    }
    let mut needed = needed(view, job).into_iter();
    needed.find(|it| it.waits && !is_other(it))
}

/// Whether an environment or a manual start may hold a job back: its own, or that of a job that it waits for.
pub(super) fn may_be_held_back(view: &View<'_>, job: &Job) -> bool {
    let mut needed = needed(view, job).into_iter();
    job.has_environment || job.is_manual || needed.any(|it| it.has_environment || it.is_manual)
}

/// Returns the environment that a job deploys to: its own, or that of the job that holds it back.
pub(super) fn environment<'v>(view: &'v View<'_>, job: &'v Job) -> Option<&'v str> {
    let own = job.environment.as_deref();
    own.or_else(|| gate(view, job)?.environment.as_deref())
}

/// Reports what must happen before a job deploys to production.
pub(super) fn approval(view: &View<'_>, job: &Job, at: &Place, ledger: &mut Ledger) {
    if job.is_manual {
        let says = format!("job `{}` has to be started by hand", job.name);
        ledger.add("J6", Grade::Wired, at.clone(), says);
        return;
    }
    let manual = needed(view, job).into_iter().find(|it| it.is_manual);
    if let Some(before) = manual {
        let says = format!(
            "job `{}` waits for `{}`, which has to be started by hand",
            job.name, before.name
        );
        ledger.add(
            "J6",
            Grade::Wired,
            view.corpus.line(before.file, before.line),
            says,
        );
        return;
    }
    let Some(gate) = gate(view, job) else {
        if job.triggers.is_by_hand {
            let says = format!(
                "job `{}` has to be started by hand; who approves is not shown",
                job.name
            );
            ledger.add("J6", Grade::Said, at.clone(), says);
        }
        return;
    };
    let to = match &gate.environment {
        Some(environment) => format!("the environment `{environment}`"),
        None => "an environment".to_owned(),
    };
    let reviewers = "its reviewers are settings of the forge";
    if std::ptr::eq(gate, job) {
        let says = format!("job `{}` deploys through {to}; {reviewers}", job.name);
        ledger.add("J6", Grade::SetUp, at.clone(), says);
    } else {
        let says = format!(
            "job `{}` waits for `{}`, which is in {to}; {reviewers}",
            job.name, gate.name
        );
        ledger.add(
            "J6",
            Grade::SetUp,
            view.corpus.line(gate.file, gate.line),
            says,
        );
    }
}

/// A program with a `deploy` command: `deployer deploy production`, `dep deploy`.
static COMMAND: Pattern = Pattern::new(
    r"(?:^|[\s&;|])(?:[\w./-]*/)?([a-z][\w-]*)(?: -\S+| [a-z][\w:-]*)? deploy(?::[\w-]+)?(?:\s|$)",
);

/// Programs whose `deploy` publishes a package or a document, or nothing.
const OTHERS: &[&str] = &[
    "mvn",
    "mvnw",
    "gradle",
    "gradlew",
    "ant",
    "mike",
    "mkdocs",
    "hugo",
    "echo",
    "printf",
    "npm",
    "yarn",
    "pnpm",
    "npx",
    "gh",
    "git",
    "cd",
    "to",
    "the",
    "run",
    "name",
    "storybook",
    "hexo",
    "gitbook",
    "lerna",
    "dry",
    "test",
    "and",
    "before",
    "after",
];

/// Returns the line on which a step runs such a command.
fn commanded(ran: &Ran) -> Option<Place> {
    ran.first(|command| {
        let program = COMMAND.group(command);
        !is_comment(command) && program.is_some_and(|program| !OTHERS.contains(&program))
    })
    .filter(|_| !ran.is_action)
}

/// Reports a job as a deployment to production because of its name or environment, although its commands are not known
/// to deploy. Returns whether it did.
pub(super) fn called_so(view: &View<'_>, job: &Job, texts: &[Ran], ledger: &mut Ledger) -> bool {
    let to = environment(view, job);
    if !is_production(&job.name) && !to.is_some_and(is_production) {
        return false;
    }
    if let Some(at) = texts.iter().find_map(commanded) {
        let says = format!("job `{}` deploys to production", job.name);
        ledger.add("J1", Grade::SetUp, at.clone(), says);
        approval(view, job, &at, ledger);
        return true;
    }
    let is_deployment = crate::lexicon::path::has_word(&job.name.to_ascii_lowercase(), |word| {
        ["deploy", "deployment", "rollout"].contains(&word)
    });
    let works = texts.iter().any(|it| !it.text.starts_with("actions/"));
    let own = job
        .environment
        .as_ref()
        .filter(|_| job.waits && is_deployment && works);
    let Some(environment) = own else {
        return false;
    };
    let at = view.corpus.line(job.file, job.line);
    let says = format!(
        "job `{}` runs in the environment `{environment}`; how it deploys is not read",
        job.name
    );
    ledger.add("J1", Grade::SetUp, at.clone(), says);
    approval(view, job, &at, ledger);
    true
}

/// A command or action that starts the pipeline of another repository.
static DISPATCHES: Pattern = Pattern::new(
    r"repository-dispatch@|/dispatches\b|workflow-dispatch@|\bgh workflow run [^\n]*(?:-R|--repo)\b|trigger-workflow[\w-]*@",
);

/// Reports jobs that hand a new version over to the repository that deploys it.
pub(super) fn handed_over(view: &View<'_>, ledger: &mut Ledger) {
    for job in &view.jobs {
        let file = &view.corpus.files[job.file];
        let is_of_deployment = |text: &str| {
            let word = |word: &str| {
                ["deploy", "deployment", "deployments", "gitops", "release"].contains(&word)
            };
            crate::lexicon::path::has_word(&text.to_ascii_lowercase(), word)
        };
        let is_named = [job.name.as_str(), super::super::read::name(&file.path)];
        let is_other = is_named.iter().any(|it| names_others(it));
        let is_named = is_named.iter().any(|it| is_of_deployment(it));
        for step in job.steps.iter().filter(|_| !is_other) {
            let is_it =
                DISPATCHES.is_in(&step.text) && !names_others(&step.text.replace("inputs.", ""));
            let names = step.text.lines().any(|line| line.contains("deploy"));
            if is_it && (is_named || names) {
                let at = view.corpus.line(job.file, step.line);
                let says = format!(
                    "job `{}` hands the version over to the pipeline of another repository",
                    job.name
                );
                ledger.add("J1", Grade::SetUp, at, says);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_have_commands_that_deploy() {
        for (command, expected) in [
            ("deployer deploy cluster hub", Some("deployer")),
            ("vendor/bin/dep deploy production", Some("dep")),
            ("mvn -B deploy", Some("mvn")),
            ("sst deploy --stage production", Some("sst")),
            ("deploy-docs", None),
            ("make redeploy", None),
        ] {
            assert_eq!(COMMAND.group(command), expected, "{command}");
        }
    }
}
