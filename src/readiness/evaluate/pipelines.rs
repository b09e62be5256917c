//! Pipelines: what they build, test, scan, deploy and roll back (J1–J7, J9, J10).

use super::View;
use super::deploys::{is_production, names_others};
use super::gates::{approval, called_so, environment, handed_over};
use super::guards::{by_hand, included, powerless, unguarded, unused};
use super::releases::{changes, coverage, rollouts};
use super::steps::{PREPARES, Ran, drives_whole, expand, tests_units};
use super::verified::{verified_later, verifies};
use crate::readiness::Grade;
use crate::readiness::ledger::Ledger;
use crate::readiness::read::compose::{Purpose, purpose};
use crate::readiness::read::name;
use crate::readiness::read::pattern::Pattern;
use crate::readiness::read::pipeline::Job;

pub(super) fn evaluate(view: &View<'_>, ledger: &mut Ledger) {
    reviewed(view, ledger);
    // A job that only runs on a schedule redeploys what another job deployed.
    let (again, mut all): (Vec<_>, Vec<_>) = view.jobs.iter().partition(|job| is_only_timed(job));
    all.extend(again);
    for job in all {
        let texts: Vec<Ran> = job
            .steps
            .iter()
            .map(|step| expand(view, job, step))
            .collect();
        let is_again = is_only_timed(job) && ledger.reaches("J1", Grade::SetUp);
        let is_for_production = !is_again && deploys(view, job, &texts, ledger);
        scans(job, &texts, ledger);
        tests(job, &texts, ledger);
        if is_for_production {
            verifies(job, &texts, ledger);
            verified_later(view, job, ledger);
            unguarded(view, job, &texts, ledger);
        }
    }
    handed_over(view, ledger);
    included(view, ledger);
    powerless(view, ledger);
    unused(view, ledger);
    by_hand(view, ledger);
    coverage(view, ledger);
    rollouts(view, ledger);
    changes(view, ledger);
}

/// Reports that changes come as pull requests, because pipelines run for them.
fn reviewed(view: &View<'_>, ledger: &mut Ledger) {
    let is_it = |job: &&Job| {
        job.triggers.has_changes && view.corpus.files[job.file].path.starts_with(".github/")
    };
    if let Some(job) = view.jobs.iter().find(is_it) {
        let says = "pipelines run for pull requests; whether a change needs one, or a review, is not shown";
        ledger.add("J10", Grade::Said, view.corpus.line(job.file, 1), says);
    }
}

/// Whether only a schedule starts a job.
fn is_only_timed(job: &Job) -> bool {
    let triggers = &job.triggers;
    !triggers.times.is_empty()
        && triggers.branches.is_empty()
        && !triggers.has_tags
        && !triggers.has_changes
}

/// Whether a pipeline runs for tags, or only for branches named like a main or release branch.
fn is_guarded(job: &Job) -> bool {
    let main = |branch: &String| {
        [
            "main",
            "master",
            "production",
            "prod",
            "release",
            "stable",
            "trunk",
        ]
        .iter()
        .any(|name| {
            branch == name
                || branch.starts_with(&format!("{name}/"))
                || branch == &format!("refs/heads/{name}")
        })
    };
    let branches = &job.triggers.branches;
    job.triggers.has_tags || (!branches.is_empty() && branches.iter().all(main))
}

/// Whether a job with a name for deploying deploys the main branch and names no environment, so that there is only one.
/// A called workflow does not count: its caller names the environment.
fn is_of_only_environment(job: &Job, texts: &[Ran], named: &[String]) -> bool {
    let is_called_so = |it: &String| {
        let words = [
            "deploy",
            "deployment",
            "deploys",
            "cd",
            "release",
            "ship",
            "rollout",
        ];
        crate::lexicon::path::has_word(&it.to_ascii_lowercase(), |word| words.contains(&word))
    };
    is_guarded(job)
        && !job.triggers.is_called
        && named.iter().any(is_called_so)
        && !named.iter().any(|it| names_others(it))
        && !texts.iter().any(Ran::is_for_others)
}

/// Whether a job that runs for the main branch or for releases deploys to an environment whose name is an expression.
fn is_of_some_environment(job: &Job, named: &[String]) -> bool {
    let branches = &job.triggers.branches;
    let is_released = job.triggers.has_tags
        || branches
            .iter()
            .any(|it| ["main", "master"].contains(&it.as_str()));
    job.waits
        && job.environment.is_none()
        && is_released
        && !named.iter().any(|it| names_others(it))
}

/// Whether the name of a job says that it only tests something, so that nothing it starts is a deployment.
pub(super) fn only_tries(name: &str) -> bool {
    const WORDS: &[&str] = &[
        "check",
        "checks",
        "e2e",
        "integration",
        "lint",
        "plan",
        "setup",
        "test",
        "tests",
        "validate",
        "verify",
    ];
    crate::lexicon::path::has_word(&name.to_ascii_lowercase(), |word| WORDS.contains(&word))
}

/// Whether a job deploys to production, and how.
fn deploys(view: &View<'_>, job: &Job, texts: &[Ran], ledger: &mut Ledger) -> bool {
    if only_tries(&job.name) {
        return false;
    }
    let mut steps = texts.iter().filter(|it| it.deploys()).peekable();
    let Some(at) = steps.peek().and_then(|it| it.deployed_at()) else {
        return called_so(view, job, texts, ledger);
    };
    let file = &view.corpus.files[job.file];
    let named = [
        environment(view, job).unwrap_or_default().to_owned(),
        job.name.clone(),
        name(&file.path).to_owned(),
    ];
    let is_for_production =
        named.iter().any(|it| is_production(it)) || steps.any(Ran::is_for_production);
    if is_for_production {
        let grade = if is_guarded(job) {
            Grade::Wired
        } else {
            Grade::SetUp
        };
        let says = format!("job `{}` deploys to production", job.name);
        ledger.add("J1", grade, at.clone(), says);
    } else if is_of_only_environment(job, texts, &named) {
        let says = format!(
            "job `{}` deploys what is on the main branch; no environment is named",
            job.name
        );
        ledger.add("J1", Grade::SetUp, at.clone(), says);
    } else if is_of_some_environment(job, &named) {
        let says = format!(
            "job `{}` deploys; whether that is production is decided when it runs",
            job.name
        );
        ledger.add("J1", Grade::SetUp, at.clone(), says);
    } else {
        return false;
    }
    approval(view, job, &at, ledger);
    for ran in texts {
        let Ran { at, may_fail, .. } = ran;
        let text = ran.whole();
        if text.lines().any(|line| {
            line.contains("helm")
                && (line.contains("--atomic") || line.contains("--rollback-on-failure"))
        }) {
            ledger.add(
                "J7",
                Grade::Wired,
                at.clone(),
                "a deployment that fails is taken back: `--atomic`",
            );
        }
        if (text.contains("kubectl rollout undo") || text.contains("helm rollback")) && !may_fail {
            ledger.add(
                "J7",
                Grade::Wired,
                at.clone(),
                "a step takes a deployment back",
            );
        }
    }
    true
}

/// Security scanners, each with the pattern of how pipelines run it.
pub(super) static SCANNERS: [(&str, Pattern); 21] = [
    (
        "Trivy",
        Pattern::new(r"aquasecurity/trivy-action|\btrivy (?:image|fs|config|repo)\b"),
    ),
    ("CodeQL", Pattern::new(r"github/codeql-action/analyze")),
    (
        "Snyk",
        Pattern::new(r"snyk/actions|\bsnyk (?:test|container|code|iac)\b"),
    ),
    ("gonogo", Pattern::new(r"\bgonogo (?:scan|ci)\b|/gonogo@")),
    (
        "Semgrep",
        Pattern::new(r"semgrep/semgrep|\bsemgrep (?:ci|scan|--config)"),
    ),
    (
        "Gitleaks",
        Pattern::new(r"gitleaks/gitleaks-action|\bgitleaks (?:detect|git|dir|protect)\b"),
    ),
    ("npm audit", Pattern::new(r"\b(?:npm|yarn|pnpm) audit\b")),
    (
        "pip-audit",
        Pattern::new(r"\bpip-audit\b|pypa/gh-action-pip-audit"),
    ),
    (
        "cargo audit",
        Pattern::new(
            r"\bcargo (?:audit|deny check)\b|rustsec/audit-check|EmbarkStudios/cargo-deny-action",
        ),
    ),
    (
        "govulncheck",
        Pattern::new(r"govulncheck|securego/gosec|\bgosec \./"),
    ),
    (
        "mix audit",
        Pattern::new(r"\bmix (?:deps\.audit|hex\.audit)\b"),
    ),
    ("Sobelow", Pattern::new(r"\bmix sobelow\b")),
    ("Bandit", Pattern::new(r"\bbandit -|PyCQA/bandit-action")),
    ("Brakeman", Pattern::new(r"\bbrakeman\b")),
    ("bundler-audit", Pattern::new(r"\bbundle(?:r)?[- ]audit\b")),
    (
        "dependency review",
        Pattern::new(r"actions/dependency-review-action"),
    ),
    (
        "Grype",
        Pattern::new(r"anchore/scan-action|\bgrype (?:dir:|sbom:|\$|[\w./-]+:)"),
    ),
    (
        "Checkov",
        Pattern::new(r"bridgecrewio/checkov-action|\bcheckov -"),
    ),
    (
        "zizmor",
        Pattern::new(r"zizmorcore/zizmor-action|\b(?:uvx )?zizmor (?:-|\.)"),
    ),
    (
        "OSV-Scanner",
        Pattern::new(r"google/osv-scanner|\bosv-scanner (?:scan|-)"),
    ),
    ("composer audit", Pattern::new(r"\bcomposer audit\b")),
];

/// Whether a job runs before a build or deployment: for changes, for pushes, or when someone starts the pipeline.
fn stops_builds(job: &Job) -> bool {
    let triggers = &job.triggers;
    let is_pushed = !triggers.branches.is_empty() && triggers.times.is_empty();
    triggers.has_changes || is_pushed || triggers.is_by_hand && !triggers.is_called
}

static REPORT: Pattern = Pattern::new(
    r"(?:^|\s)(?:--?o(?:utput(?:-file)?)?[= ]|output:\s*|sarif_file:\s*|>\s*)[\x22']?([\w./-]*\w\.(?:sarif|json|txt|xml|html|csv))\b",
);

/// Whether a later step reads the report of a scan and can fail because of it.
fn is_judged(scan: &str, later: &[Ran]) -> bool {
    let reports = REPORT.groups(scan);
    let mut reports = reports.iter().map(|(_, path)| name(path));
    reports.any(|report| {
        later.iter().any(|step| {
            !step.may_fail
                && !step.is_action
                && step.text.contains(report)
                && (step.text.contains("exit 1") || step.text.contains("exit $"))
        })
    })
}

fn scans(job: &Job, texts: &[Ran], ledger: &mut Ledger) {
    for (number, ran) in texts.iter().enumerate() {
        let Ran { text, may_fail, .. } = ran;
        let later = &texts[number + 1..];
        for (tool, pattern) in &SCANNERS {
            let Some(at) = ran.found(pattern) else {
                continue;
            };
            let squeezed = text.replace(['"', '\''], "");
            // For CodeQL, the forge decides what findings do; Trivy passes unless an option says otherwise.
            let never_fails = *may_fail
                || squeezed.contains("exit-code: 0")
                || squeezed.contains("--exit-code 0")
                || (*tool == "Trivy" && !squeezed.contains("exit-code"));
            if never_fails && !is_judged(text, later) {
                ledger.add(
                    "J3",
                    Grade::SetUp,
                    at.clone(),
                    format!("job `{}` runs {tool}, which cannot stop it", job.name),
                );
            } else if stops_builds(job) {
                ledger.add(
                    "J3",
                    Grade::Wired,
                    at.clone(),
                    format!("job `{}` runs {tool}", job.name),
                );
            } else {
                ledger.add(
                    "J3",
                    Grade::SetUp,
                    at.clone(),
                    format!("job `{}` runs {tool}, but not on changes", job.name),
                );
            }
        }
    }
}

static E2E: Pattern = Pattern::new(
    r"playwright test|cypress run|cypress-io/github-action|\bnewman run|testcafe|webdriverio|\bwdio run|test:e2e|e2e:test|make (?:test-)?e2e|rails test:system\b|\.github/workflows/[\w.-]*(?:e2e|end-to-end)[\w.-]*\.ya?ml",
);
static PERFORMANCE: Pattern = Pattern::new(
    r"\bk6 run\b|grafana/(?:k6-action|run-k6-action)|\blocust -|\bjmeter -|artillery run|gatling:test|lhci autorun",
);
static DYNAMIC: Pattern = Pattern::new(r"zaproxy/action|zap-baseline|zap-full-scan|nuclei -");

fn tests(job: &Job, texts: &[Ran], ledger: &mut Ledger) {
    let has_services = job.services.iter().any(|image| {
        matches!(
            purpose(image),
            Purpose::Database | Purpose::Cache | Purpose::Queue
        )
    });
    let is_of_whole = drives_whole(&job.name);
    for ran in texts {
        let Ran {
            may_fail,
            is_action,
            ..
        } = ran;
        // The text of an action is its inputs; what it runs is only known for actions of the repository.
        let runs_units = || {
            let is_meant = |line: &str| tests_units(line) && !drives_whole(line);
            let mut called = ran.called.lines().filter(|_| !ran.uses_workflow());
            called.any(|line| is_meant(line) && !PREPARES.is_in(line))
        };
        let unit = if *is_action {
            runs_units().then(|| ran.at.clone())
        } else {
            ran.unit_tests()
        };
        let unit = unit.filter(|_| !is_of_whole);
        if let Some(at) = unit.clone().filter(|_| *may_fail) {
            let says = format!("tests of job `{}` may fail", job.name);
            ledger.refute("J4", at, says);
        } else if let Some(at) = unit {
            let says = format!("job `{}` runs tests", job.name);
            ledger.add("J4", Grade::SetUp, at, says);
        }
        if *may_fail {
            continue;
        }
        if let Some(at) = { ran.first(tests_units) }.filter(|_| has_services && !is_action) {
            let says = format!("job `{}` runs tests with a database or its like", job.name);
            ledger.add("J5", Grade::SetUp, at, says);
        }
        for (pattern, what) in [
            (&E2E, "end-to-end tests"),
            (&PERFORMANCE, "load tests"),
            (&DYNAMIC, "a scan of the running program"),
        ] {
            if let Some(at) = ran.found(pattern) {
                let says = format!("job `{}` runs {what}", job.name);
                ledger.add("J5", Grade::Wired, at, says);
            }
        }
    }
}
