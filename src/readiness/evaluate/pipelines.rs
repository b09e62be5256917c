//! Pipelines: what they build, test, scan, deploy and take back (J1–J7, J9, J10).

use super::View;
use super::deploys::{deploying, deploys_at, is_production, targets};
use super::guards::{by_hand, included, powerless, unguarded, unused};
use super::releases::{changes, coverage, rollouts};
use crate::readiness::Grade;
use crate::readiness::ledger::{Ledger, Place};
use crate::readiness::read::compose::{Purpose, purpose};
use crate::readiness::read::pattern::Pattern;
use crate::readiness::read::pipeline::{Job, Step, expanded, swallows_failure};
use crate::readiness::read::{is_comment, name};

pub(super) fn evaluate(view: &View<'_>, ledger: &mut Ledger) {
    for job in &view.jobs {
        let texts: Vec<Ran> = job
            .steps
            .iter()
            .map(|step| expand(view, job, step))
            .collect();
        let is_for_production = deploys(view, job, &texts, ledger);
        scans(job, &texts, ledger);
        tests(job, &texts, ledger);
        if is_for_production {
            verifies(job, &texts, ledger);
            verified_later(view, job, ledger);
            unguarded(view, job, &texts, ledger);
        }
    }
    included(view, ledger);
    powerless(view, ledger);
    unused(view, ledger);
    by_hand(view, ledger);
    coverage(view, ledger);
    rollouts(view, ledger);
    changes(view, ledger);
}

/// A step, with the commands of the scripts that it runs.
pub(super) struct Ran {
    /// Where it is.
    pub(super) at: Place,
    /// Its commands, or its action.
    pub(super) text: String,
    /// Whether it may fail.
    pub(super) may_fail: bool,
    is_action: bool,
    /// What the action or the workflow of the same repository runs that it uses.
    called: String,
    /// How much of the text is the step's own, and not that of the scripts that it runs.
    own: usize,
}

impl Ran {
    /// The line of a byte of its text; that of the step for what a script does.
    fn line_of(&self, byte: usize) -> Place {
        let mut place = self.at.clone();
        if byte <= self.own {
            place.line += super::super::read::line_at(&self.text, byte) - 1;
        }
        place
    }

    /// Whether it deploys, by itself or by what it uses.
    pub(super) fn deploys(&self) -> bool {
        self.deployed_at().is_some()
    }

    /// Where it deploys.
    fn deployed_at(&self) -> Option<Place> {
        let own = deploys_at(&self.text).map(|at| self.line_of(at));
        own.or_else(|| deploys_at(&self.called).map(|_| self.at.clone()))
    }

    /// All that it runs.
    fn whole(&self) -> String {
        format!("{}\n{}", self.text, self.called)
    }

    /// Whether what it deploys is for production, by its own words.
    fn is_for_production(&self) -> bool {
        let mut lines = deploying(&self.text).chain(deploying(&self.called));
        lines.any(|(_, line)| is_production(line))
            || self.is_action && targets(&self.text).any(is_production)
    }

    /// Where it first runs what a pattern means: what installs or names a tool runs nothing.
    fn found(&self, pattern: &Pattern) -> Option<Place> {
        self.first(|command| pattern.is_in(command))
    }

    /// Where it first runs tests of units, and not only those of the whole program.
    fn unit_tests(&self) -> Option<Place> {
        self.first(|command| UNIT.is_in(command) && !drives_whole(command))
    }

    /// The first line with a command that is meant, and does more than to prepare something.
    fn first(&self, is_meant: impl Fn(&str) -> bool) -> Option<Place> {
        let mut at = 0;
        for line in self.text.split_inclusive('\n') {
            let mut commands = line.split(['&', ';', '|']);
            if !is_comment(line) && commands.any(|it| is_meant(it) && !PREPARES.is_in(it)) {
                return Some(self.line_of(at));
            }
            at += line.len();
        }
        None
    }
}

/// What a step runs.
pub(super) fn expand(view: &View<'_>, job: &Job, step: &Step) -> Ran {
    let repository = view.corpus.files[job.file].repository;
    Ran {
        at: view.corpus.line(job.file, step.line),
        text: expanded(view.corpus, repository, &step.text),
        may_fail: step.may_fail || job.may_fail || swallows_failure(&step.text),
        is_action: step.is_action,
        called: expanded(view.corpus, repository, &step.called),
        own: step.text.len(),
    }
}

/// Whether a pipeline runs for a protected branch or a tag only.
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

/// Whether a job deploys to production, and how.
fn deploys(view: &View<'_>, job: &Job, texts: &[Ran], ledger: &mut Ledger) -> bool {
    let mut steps = texts.iter().filter(|it| it.deploys()).peekable();
    let Some(at) = steps.peek().and_then(|it| it.deployed_at()) else {
        return false;
    };
    let file = &view.corpus.files[job.file];
    let named = [
        job.environment.clone().unwrap_or_default(),
        job.name.clone(),
        name(&file.path).to_owned(),
    ];
    let is_for_production =
        named.iter().any(|it| is_production(it)) || steps.any(Ran::is_for_production);
    if !is_for_production {
        return false;
    }
    let grade = if is_guarded(job) {
        Grade::Wired
    } else {
        Grade::SetUp
    };
    ledger.add(
        "J1",
        grade,
        at.clone(),
        format!("job `{}` deploys to production", job.name),
    );
    if job.is_manual {
        ledger.add(
            "J6",
            Grade::Wired,
            at.clone(),
            format!("job `{}` has to be started by hand", job.name),
        );
    } else if job.triggers.is_by_hand && job.environment.is_none() {
        let says = format!(
            "job `{}` has to be started by hand; who approves is not shown",
            job.name
        );
        ledger.add("J6", Grade::Said, at.clone(), says);
    } else if let Some(environment) = &job.environment {
        let says = format!(
            "job `{}` deploys through the environment `{environment}`; its reviewers are settings of the forge",
            job.name
        );
        ledger.add("J6", Grade::SetUp, at.clone(), says);
    }
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

/// Security scanners, each with how pipelines run it.
pub(super) static SCANNERS: [(&str, Pattern); 12] = [
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
    ("Bandit", Pattern::new(r"\bbandit -|PyCQA/bandit-action")),
    (
        "Brakeman",
        Pattern::new(r"\bbrakeman\b|bundle(?:r)?[- ]audit"),
    ),
];

fn scans(job: &Job, texts: &[Ran], ledger: &mut Ledger) {
    for ran in texts {
        let Ran { text, may_fail, .. } = ran;
        for (tool, pattern) in &SCANNERS {
            let Some(at) = ran.found(pattern) else {
                continue;
            };
            let squeezed = text.replace(['"', '\''], "");
            // What findings do is decided by the forge for CodeQL; Trivy passes unless an option says otherwise.
            let never_fails = *may_fail
                || squeezed.contains("exit-code: 0")
                || squeezed.contains("--exit-code 0")
                || (*tool == "Trivy" && !squeezed.contains("exit-code"));
            if never_fails {
                ledger.add(
                    "J3",
                    Grade::SetUp,
                    at.clone(),
                    format!("job `{}` runs {tool}, which cannot stop it", job.name),
                );
            } else if job.triggers.has_changes || !job.triggers.branches.is_empty() {
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

static UNIT: Pattern = Pattern::new(
    r"\bpytest\b|python -m unittest|manage\.py test|(?:npm|yarn|pnpm|bun)(?: run)? test|\bjest\b|\bvitest\b|\bgo test\b|\bcargo (?:test|nextest)|\brspec\b|rails test|\bmvn\b[^\n]*(?:test|verify|install)|gradlew?\b[^\n]*(?:test|check|build)|\bphpunit\b|artisan test|mix test|dotnet test|make test\b|\btox\b|bundle exec rake(?:\s+(?:test|spec|default|ci)\b|\s*$)|nox\b",
);
/// Commands that bring a test runner, or only name it.
pub(super) static PREPARES: Pattern = Pattern::new(
    r"^\s*(?:(?:if|elif|then|else|do|while|until|!)\s+)*(?:export|echo|printf|grep|egrep|test|which|\[)\s|\b(?:pip[x3]?|npm|pnpm|yarn|bun|npx|gem|apt|apt-get|apk|dnf|brew|poetry|cargo|go|composer|bundle|uv|conda)(?:\s+(?:-\S+|pip|tool|playwright|cypress))*\s+(?:install|add)\b|\b(?:npm|pnpm|yarn|bun)(?: run)? [\w:-]*[:-](?:install|setup|deps|prepare|build|codegen|report)\b|\b(?:playwright|cypress) (?:install|install-deps|verify|cache|show-report)\b",
);
/// Tests that drive the whole program, as its users do.
static WHOLE: Pattern = Pattern::new(
    r"(?i)(?:\b|_)(?:e2e|end[_-]?to[_-]?end|playwright|cypress|selenium|wdio|testcafe)(?:\b|_)",
);
/// Options by which those are left out.
static LEAVES_OUT: Pattern =
    Pattern::new(r"(?i)\b(?:ignore|exclude|skip|deselect|not|without)|!|\bunit\b");

/// Whether a command, or the name of a job, is about tests of the whole program and no others.
fn drives_whole(text: &str) -> bool {
    WHOLE.is_in(text) && !LEAVES_OUT.is_in(text)
}

static E2E: Pattern = Pattern::new(
    r"playwright test|cypress run|cypress-io/github-action|\bnewman run|testcafe|webdriverio|\bwdio run|test:e2e|e2e:test|make (?:test-)?e2e",
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
        let unit = ran.unit_tests().filter(|_| !is_action && !is_of_whole);
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
        if let Some(at) = ran.found(&UNIT).filter(|_| has_services && !is_action) {
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

static SMOKE: Pattern = Pattern::new(r"curl\s[^\n]*(?:-f|--fail|--retry)[^\n]*https?://([^\s/:]+)");

/// The health of an address that a variable holds, and what fails where the answer is another.
static HEALTH: Pattern = Pattern::new(
    r"\bcurl\s[^\n]*\$\{?[^\n]*/(?:[\w-]*health[\w-]*|ping|status|up|readyz|livez|version)\b",
);
static FAILS: Pattern = Pattern::new(
    r"\bexit 1\b|\bcurl\s[^\n]*(?:\s-[a-zA-Z]*f\b|--fail|--retry)|set -[a-z]*e",
);

/// A job of its own behind the one that deploys, which asks the real address.
fn verified_later(view: &View<'_>, deploys: &Job, ledger: &mut Ledger) {
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

/// Whether something waits until what was deployed is healthy.
fn waits(text: &str) -> bool {
    let mut deployed = deploying(text);
    deployed.any(|(_, line)| line.contains("--wait") || line.contains("--atomic"))
        || WAITS.find(text).is_some_and(|found| {
            let start = text[..found.start].rfind('\n').map_or(0, |at| at + 1);
            !is_comment(&text[start..found.end])
        })
}

/// A check of the real address after the deployment.
fn verifies(job: &Job, texts: &[Ran], ledger: &mut Ledger) {
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
        }
    }
}
