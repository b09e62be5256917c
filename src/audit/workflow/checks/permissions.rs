//! `gha/permissions`: a token that can do more than the job needs.

use super::{
    Card, Category, Check, Confidence, File, HARDENING, Job, OWASP, Report, Severity, Value, see,
    workflow,
};

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
        // A workflow that others call has at most what they give it.
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
            see(report, &CARD, Severity::Low, key.span(), message);
        }
    }
}

/// Reports a right to write that a workflow gives to several jobs at once: seldom do all of them need it.
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
    ],
    negatives: &[
        workflow("on: push\npermissions:\n  contents: read\njobs:\n  a:\n    steps: []\n"),
        workflow("on: push\njobs:\n  a:\n    permissions: {}\n    steps: []\n"),
        workflow("on: push\npermissions:\n  contents: write\njobs:\n  a:\n    steps: []\n"),
        workflow("on: workflow_call\njobs:\n  a:\n    steps: []\n"),
    ],
};
