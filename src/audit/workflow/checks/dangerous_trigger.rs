//! `gha/dangerous-trigger`: code from outside with the rights of the repository.

use super::{
    Card, Category, Check, Confidence, File, HARDENING, Job, OWASP, Report, Severity, Value, see,
    workflow,
};

pub(super) struct DangerousTrigger;

impl Check<File<'_>> for DangerousTrigger {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        for trigger in &file.triggers {
            let event = trigger.text().unwrap_or("");
            if !matches!(event, "pull_request_target" | "workflow_run") {
                continue;
            }
            let mut takes = file
                .jobs
                .iter()
                .flat_map(|job| job.steps.iter().map(move |step| (job, *step)))
                .filter(|(_, step)| checks_out_foreign(*step));
            if let Some((job, step)) = takes.next() {
                let severity = if is_guarded(job, step) {
                    Severity::Medium
                } else {
                    CARD.severity
                };
                let message = format!(
                    "job `{}` checks out untrusted code, and `{event}` runs it with the repository's secrets and \
                     write permissions",
                    job.name
                );
                let span = step
                    .get("with")
                    .and_then(|with| with.get("ref").or_else(|| with.get("repository")))
                    .or(step.get("run"))
                    .map_or_else(|| step.span(), Value::span);
                see(report, &CARD, severity, span, message);
            } else {
                let message = format!(
                    "`{event}` runs with the repository's secrets and write permissions, even when a fork triggers \
                     it"
                );
                see(report, &CARD, Severity::Low, trigger.span(), message);
            }
        }
    }
}

/// Whether a step fetches what a pull request brings.
fn checks_out_foreign(step: Value) -> bool {
    const HEADS: &[&str] = &[
        "github.event.pull_request.head",
        "github.head_ref",
        "github.event.workflow_run.head",
        "refs/pull/",
        "github.event.pull_request.merge_commit_sha",
        "github.event.number",
    ];
    let is_head = |text: &str| HEADS.iter().any(|head| text.contains(head));
    let uses = step.get("uses").and_then(Value::text).unwrap_or("");
    let with = |key| {
        step.get("with")
            .and_then(|with| with.get(key))
            .and_then(Value::text)
    };
    let by_action = uses.starts_with("actions/checkout@")
        && (with("ref").is_some_and(is_head) || with("repository").is_some_and(is_head));
    let run = step.get("run").and_then(Value::text).unwrap_or("");
    by_action
        || run.contains("gh pr checkout")
        || (run.contains("git fetch") && run.contains("refs/pull/"))
}

/// Whether someone of the project has to let it run: a label, a review, a list of people, an environment.
fn is_guarded(job: &Job, step: Value) -> bool {
    let conditions = [job.root.get("if"), step.get("if")]
        .into_iter()
        .flatten()
        .filter_map(Value::text);
    let is_asked = |text: &str| {
        [
            "label",
            "author_association",
            "github.actor",
            "user.login",
            "head.repo.full_name",
            "approved",
        ]
        .iter()
        .any(|word| text.contains(word))
    };
    job.root.get("environment").is_some() || conditions.into_iter().any(is_asked)
}

static CARD: Card = Card {
    id: "gha/dangerous-trigger",
    category: Category::Configuration,
    severity: Severity::High,
    confidence: Confidence::Medium,
    title: "Untrusted code in a privileged workflow",
    description: "`pull_request_target` and `workflow_run` give the job a token with write access and the repository's \
                  secrets, even when a fork triggers them. If the job builds or tests the fork's code (a \"pwn \
                  request\"), the attacker has both.",
    remedy: "Use `on: pull_request`, and move privileged steps to a second workflow that only consumes results. If the \
             trigger is unavoidable, never check out the head of the pull request.",
    references: &[
        HARDENING,
        "https://securitylab.github.com/resources/github-actions-preventing-pwn-requests/",
        OWASP,
    ],
    tags: &["github-actions", "ci", "CWE-829", "CWE-250", "OWASP-CICD-4"],
    examples: &[
        workflow(
            "on: pull_request_target\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n        with:\n          ref: ${{ github.event.pull_request.head.sha }} # here\n",
        ),
        workflow(
            "on: \n  pull_request_target: # here\n    types: [opened]\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo\n",
        ),
    ],
    negatives: &[
        workflow(
            "on: pull_request\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n",
        ),
        workflow(
            "on: [pull_request, push]\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n        with:\n          ref: ${{ github.event.pull_request.head.sha }}\n",
        ),
    ],
};
