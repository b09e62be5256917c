//! `gha/permissions`: a token that can do more than the job needs.

use super::{
    Card, Category, Check, Confidence, File, HARDENING, Job, OWASP, Report, Severity, Sighting,
    Value, see, workflow,
};
use crate::audit::fix::{Edit, Fix};

mod local;

pub(super) struct Permissions;

impl Check<File<'_>> for Permissions {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        let is_all = |value: Value| value.text() == Some("write-all");
        let given = file
            .jobs
            .iter()
            .map(|job| job.root)
            .chain([file.root])
            .filter_map(|root| root.get("permissions"));
        for permissions in given.filter(|permissions| is_all(*permissions)) {
            let message =
                "`GITHUB_TOKEN` has write access to everything in the repository".to_owned();
            see(report, &CARD, CARD.severity, permissions.span(), message);
        }
        shared_writes(file, report);
        // A workflow that others call has at most the permissions of its caller.
        let is_called = file
            .triggers
            .iter()
            .all(|trigger| trigger.text() == Some("workflow_call"));
        if file.is_action || is_called || file.root.get("permissions").is_some() {
            return;
        }
        let open: Vec<_> = file
            .jobs
            .iter()
            .filter(|job| job.root.get("permissions").is_none())
            .collect();
        if let Some(key) = open.first().and_then(|job| job.key) {
            let names: Vec<_> = open
                .iter()
                .take(5)
                .map(|job| format!("`{}`", job.name))
                .collect();
            let message = format!(
                "no `permissions` are set for {}, so `GITHUB_TOKEN` gets the repository's default",
                names.join(", ")
            );
            let mut sighting = Sighting::new(&CARD, key.span(), message);
            sighting.severity = Severity::Low;
            if more_than_reading(file).is_none() {
                sighting.fixes.extend(reading(file));
            }
            report.add(&CARD, sighting);
        }
    }
}

/// Events after which a workflow only works on the code.
const EVENTS: &[&str] = &[
    "push",
    "pull_request",
    "merge_group",
    "schedule",
    "workflow_dispatch",
];

/// Actions that only read the code with their token, besides those of `actions/` that set up a language.
#[rustfmt::skip]
const READERS: &[&str] = &[
    "actions/cache", "actions/checkout", "actions/download-artifact", "actions/upload-artifact",
    "actions-rs/toolchain", "actions-rust-lang/setup-rust-toolchain", "astral-sh/setup-uv", "bahmutov/npm-install",
    "docker/setup-buildx-action", "docker/setup-compose-action", "docker/setup-docker-action", "docker/setup-qemu-action",
    "dtolnay/rust-toolchain", "gradle/actions", "actions-rs/cargo", "codecov/codecov-action", "crate-ci/typos",
    "azure/setup-helm", "azure/setup-kubectl", "hashicorp/setup-terraform", "helm/kind-action", "jdx/mise-action",
    "golangci/golangci-lint-action", "hadolint/hadolint-action", "ibiqlik/action-yamllint", "ludeeus/action-shellcheck", "psf/black", "pre-commit/action",
    "snok/install-poetry", "abatilo/actions-poetry", "nick-fields/retry", "volta-cli/action", "denoland/setup-deno",
    "erlef/setup-beam", "extractions/setup-just", "arduino/setup-task", "browser-actions/setup-chrome",
    "cypress-io/github-action", "julia-actions/setup-julia", "subosito/flutter-action", "gradle/wrapper-validation-action",
    "ikalnytskyi/action-setup-postgres", "oven-sh/setup-bun", "pnpm/action-setup", "ruby/setup-ruby",
    "shivammathur/setup-php", "supercharge/redis-github-action", "swatinem/rust-cache", "taiki-e/install-action",
];

/// Texts that suggest more than reading: a script uses the token, or changes something elsewhere.
#[rustfmt::skip]
const WRITES: &[&str] = &[
    "GITHUB_TOKEN", "GH_TOKEN", "github.token", "ACTIONS_ID_TOKEN", "gh api", "gh pr", "gh issue", "gh release",
    "gh workflow", "gh run", "git push", "git commit", "git tag", "publish", "deploy", "release", "docker push", "--push",
    "push: true", "use_oidc", "only-new-issues", "dependency-submission", "id-token", "upload-sarif", "semantic-pull", "bump",
];

/// Returns what in a workflow may need more permissions than to read the code; `None` if its jobs only check out the
/// code and run something on it.
pub(in crate::audit::workflow) fn more_than_reading(file: &File) -> Option<String> {
    let events = file.triggers.iter().filter_map(|it| it.text());
    let mut others = events.filter(|name| !EVENTS.contains(name));
    if let Some(event) = others.next() {
        return Some(format!("it is started by `{event}`"));
    }
    if file.triggers.is_empty() {
        return Some("nothing starts it".to_owned());
    }
    if let Some(word) = word_of_more(file.text) {
        return Some(word);
    }
    file.jobs.iter().find_map(|job| {
        if let Some(called) = job.root.get("uses").and_then(Value::text) {
            return local::more_of_workflow(file.project, called);
        }
        let uses = || job.steps.iter().filter_map(|step| step.get("uses"));
        let is_checkout = |uses: Value| {
            uses.text()
                .is_some_and(|it| it.starts_with("actions/checkout@"))
        };
        if !uses().any(is_checkout) {
            return Some(format!("`{}` checks nothing out", job.name));
        }
        more_of_steps(file, job, 0)
    })
}

/// Returns the text by which a workflow or an action may need more than to read the code.
fn word_of_more(text: &str) -> Option<String> {
    let mut words = WRITES.iter();
    // Not as the end of another word: `lsb_release`.
    let is_apart =
        |at: usize| !text[..at].ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
    let word = words.find(|word| text.match_indices(*word).any(|(at, _)| is_apart(at)));
    word.map(|word| format!("it has `{word}`"))
}

/// Returns the first action of a job that may need more; `depth` is that of the actions which use it.
fn more_of_steps(file: &File, job: &Job, depth: usize) -> Option<String> {
    let mut uses = job.steps.iter().filter_map(|step| step.get("uses"));
    uses.find_map(|uses| match uses.text() {
        Some(local) if local.starts_with("./") => local::more_of_action(file.project, local, depth),
        Some(known) if is_reader(known) => None,
        other => Some(format!(
            "it uses `{}`",
            other.unwrap_or("something unknown")
        )),
    })
}

fn is_reader(uses: &str) -> bool {
    let name = uses.split('@').next().unwrap_or(uses).to_ascii_lowercase();
    let mut parts = name.split('/');
    let (owner, repository) = (
        parts.next().unwrap_or_default(),
        parts.next().unwrap_or_default(),
    );
    let sets_up = owner == "actions" && repository.starts_with("setup-");
    sets_up
        || READERS
            .iter()
            .any(|known| *known == format!("{owner}/{repository}"))
}

/// Returns a fix that lets the token of a workflow only read the code: the setting before its jobs.
fn reading(file: &File) -> Option<Fix> {
    let at = file.root.entry_of("jobs")?.key.span().start;
    let before = file.text.get(..at)?;
    let line_end = if before.ends_with("\r\n") {
        "\r\n"
    } else {
        "\n"
    };
    // A comment directly above may be about the jobs.
    let above = before.strip_suffix(line_end)?.rsplit('\n').next()?;
    if above.trim_start().starts_with('#') {
        return None;
    }
    let apart = if above.trim().is_empty() {
        line_end
    } else {
        ""
    };
    let edit = Edit {
        span: at..at,
        replacement: format!("permissions:{line_end}  contents: read{line_end}{apart}"),
    };
    Some(Fix::new(
        &CARD,
        "set `contents: read` for all jobs",
        vec![edit],
    ))
}

/// Reports a write permission that a workflow gives to several jobs at once: rarely do all of them need it.
fn shared_writes(file: &File, report: &mut Report) {
    let takes = |job: &&Job| job.root.get("permissions").is_none();
    let jobs = file.jobs.iter().filter(takes).count();
    let Some(permissions) = file.root.get("permissions").filter(|_| jobs > 1) else {
        return;
    };
    let writes = || {
        let entries = permissions.entries();
        entries.filter(|entry| entry.value.text() == Some("write"))
    };
    let Some(first) = writes().next() else {
        return;
    };
    let names: Vec<_> = writes()
        .filter_map(|entry| entry.key.text())
        .map(|name| format!("`{name}: write`"))
        .collect();
    let message = format!("{} is given to {jobs} jobs at once", names.join(", "));
    see(report, &CARD, Severity::Low, first.key.span(), message);
}

static CARD: Card = Card {
    id: "gha/permissions",
    category: Category::Configuration,
    severity: Severity::Medium,
    confidence: Confidence::Medium,
    title: "Excessive GITHUB_TOKEN permissions",
    description: "Without `permissions`, the repository's default applies, which in older repositories is write access \
                  to everything: an attacker who compromises one step can then change code and releases (violates \
                  least privilege).",
    remedy: "Add to the top of the workflow `permissions: {}` and give each job what it needs: `permissions: \
             {contents: read}`",
    references: &[HARDENING, OWASP],
    tags: &["github-actions", "ci", "CWE-250", "CWE-269", "OWASP-CICD-5"],
    examples: &[
        workflow("on: push\npermissions: write-all # here\njobs:\n  a:\n    steps: []\n"),
        workflow(
            "on: push\npermissions:\n  contents: write # here\njobs:\n  a:\n    steps: []\n  b:\n    steps: []\n",
        ),
        workflow("on: push\njobs:\n  a: # here\n    steps: []\n  b:\n    steps: []\n"),
        workflow(
            "on: [push, pull_request]\n\njobs:\n  a: # here\n    steps:\n      - uses: actions/checkout@v4\n      - run: make test\n",
        ),
    ],
    negatives: &[
        workflow("on: push\npermissions:\n  contents: read\njobs:\n  a:\n    steps: []\n"),
        workflow("on: push\njobs:\n  a:\n    permissions: {}\n    steps: []\n"),
        workflow("on: push\npermissions:\n  contents: write\njobs:\n  a:\n    steps: []\n"),
        workflow("on: workflow_call\njobs:\n  a:\n    steps: []\n"),
    ],
};
