//! Checks that what was deployed is healthy (J9).

use super::View;
use super::deploys::deploying;
use super::steps::{PREPARES, Ran, expand};
use crate::readiness::Grade;
use crate::readiness::ledger::Ledger;
use crate::readiness::read::is_comment;
use crate::readiness::read::pattern::Pattern;
use crate::readiness::read::pipeline::Job;

static SMOKE: Pattern = Pattern::new(r"curl\s[^\n]*(?:-f|--fail|--retry)[^\n]*https?://([^\s/:]+)");

/// A request to a health endpoint whose host is in a variable.
static HEALTH: Pattern = Pattern::new(
    r"\bcurl\s[^\n]*\$\{?[^\n]*/(?:[\w-]*health[\w-]*|ping|status|up|readyz|livez|version)\b",
);
/// A command that makes the step fail if the request does.
static FAILS: Pattern =
    Pattern::new(r"\bexit 1\b|\bcurl\s[^\n]*(?:\s-[a-zA-Z]*f\b|--fail|--retry)|set -[a-z]*e");

/// A separate job after the one that deploys, which requests the real address.
pub(super) fn verified_later(view: &View<'_>, deploys: &Job, ledger: &mut Ledger) {
    let is_check = |job: &&Job| {
        let name = job.name.to_ascii_lowercase();
        let words = ["verify", "smoke", "health", "check", "post"];
        job.file == deploys.file
            && job.line > deploys.line
            && words.iter().any(|word| name.contains(word))
    };
    for job in view.jobs.iter().filter(is_check) {
        let steps = job.steps.iter().map(|step| expand(view, job, step));
        let mut asks = steps.filter(|it| !it.may_fail && !job.may_fail);
        let found = asks.find_map(|it| {
            let whole = it.whole();
            let Some(host) = SMOKE.group(&whole) else {
                let is_one = HEALTH.is_in(&whole) && FAILS.is_in(&whole);
                return is_one.then(|| (it.at, "for its health".to_owned()));
            };
            let is_here = host.starts_with("localhost") || host.starts_with("127.");
            (!is_here).then_some((it.at, host.to_owned()))
        });
        if let Some((at, host)) = found {
            let says = format!("job `{}` asks {host} after `{}`", job.name, deploys.name);
            ledger.add("J9", Grade::Wired, at, says);
        }
    }
}

static WAITS: Pattern = Pattern::new(
    r"kubectl(?: -\S+)* (?:rollout status|wait)\b|wait-for-service-stability: [\x22']?true|\baws ecs wait (?:services-stable|tasks-running)\b|\bargocd app wait\b",
);

/// A command whose name says that it checks a deployment.
static CHECKS: Pattern = Pattern::new(
    r"(?i)(?:^|[\s/:_-])(?:health[-_]?checks?|live[-_]?checks?|smoke[-_]?tests?|smoke|post[-_]?deploy(?:ment)?[-_](?:checks?|tests?|verification)|verify[-_]deploy(?:ment)?)(?:$|[\s.:_-])",
);

/// Whether a step runs a command whose name says that it checks the program.
fn checks(ran: &Ran) -> bool {
    let is_command = |line: &&str| {
        let line = line.trim_start();
        let first = line.split_whitespace().next().unwrap_or_default();
        // An input of an action, or a command that sets, prints or installs something, checks nothing.
        !first.ends_with(':') && !is_comment(line) && !PREPARES.is_in(line) && !first.contains('=')
    };
    let mut lines = ran
        .text
        .lines()
        .chain(ran.called.lines())
        .filter(is_command);
    lines.any(|line| CHECKS.is_in(line) && !line.contains('@') && !line.contains("--set"))
}

/// Whether a command waits until the deployment is healthy.
fn waits(text: &str) -> bool {
    let mut deployed = deploying(text);
    deployed.any(|(_, line)| line.contains("--wait") || line.contains("--atomic"))
        || WAITS.find(text).is_some_and(|found| {
            let start = text[..found.start].rfind('\n').map_or(0, |at| at + 1);
            !is_comment(&text[start..found.end])
        })
}

/// Reports checks after the deployment.
pub(super) fn verifies(job: &Job, texts: &[Ran], ledger: &mut Ledger) {
    let Some(deployed) = texts.iter().position(Ran::deploys) else {
        return;
    };
    for ran in &texts[deployed..] {
        let Ran { at, may_fail, .. } = ran;
        let text = &ran.whole();
        if let Some(host) = SMOKE.group(text) {
            if *may_fail {
                ledger.refute("J9", at.clone(), "the check after the deployment may fail");
            } else if host.starts_with("localhost") || host.starts_with("127.") {
                ledger.refute(
                    "J9",
                    at.clone(),
                    "the check after the deployment asks the machine of the pipeline",
                );
            } else {
                ledger.add(
                    "J9",
                    Grade::Wired,
                    at.clone(),
                    format!("job `{}` asks {host} after the deployment", job.name),
                );
            }
        } else if !may_fail && waits(text) {
            ledger.add(
                "J9",
                Grade::Wired,
                at.clone(),
                format!("job `{}` waits until the deployment is healthy", job.name),
            );
        } else if !may_fail && checks(ran) {
            let says = format!(
                "job `{}` runs a check of the program after the deployment",
                job.name
            );
            ledger.add("J9", Grade::SetUp, at.clone(), says);
        }
    }
}
