//! `gha/secrets-inherit`: all secrets passed to a workflow that needs a few.

use super::{
    Card, Category, Check, Confidence, File, HARDENING, OWASP, Report, Severity, Value, see,
    workflow,
};

pub(super) struct SecretsInherit;

impl Check<File<'_>> for SecretsInherit {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        for job in &file.jobs {
            let (Some(uses), Some(secrets)) = (
                job.root.get("uses").and_then(Value::text),
                job.root.get("secrets"),
            ) else {
                continue;
            };
            if secrets.text() == Some("inherit") {
                let owner = uses.split('/').next();
                let is_of_owner = file.owner.is_some() && file.owner.as_deref() == owner;
                let severity = if uses.starts_with("./") {
                    Severity::Info
                } else if is_of_owner {
                    Severity::Low
                } else {
                    CARD.severity
                };
                let message =
                    format!("reusable workflow `{uses}` inherits every secret of the repository");
                see(report, &CARD, severity, secrets.span(), message);
            }
        }
    }
}

static CARD: Card = Card {
    id: "gha/secrets-inherit",
    category: Category::Configuration,
    severity: Severity::Medium,
    confidence: Confidence::High,
    title: "All secrets inherited by a reusable workflow",
    description: "The called workflow gets every secret of the repository and its organization, whether it needs it or \
                  not; anyone who can change that workflow can steal them.",
    remedy: "Pass only what it needs: `secrets: {REGISTRY_TOKEN: \"${{ secrets.REGISTRY_TOKEN }}\"}`",
    references: &[HARDENING, OWASP],
    tags: &["github-actions", "ci", "CWE-250", "CWE-522", "OWASP-CICD-6"],
    examples: &[workflow(
        "on: push\njobs:\n  a:\n    uses: some/repo/.github/workflows/a.yml@v1\n    secrets: inherit # here\n",
    )],
    negatives: &[workflow(
        "on: push\njobs:\n  a:\n    uses: some/repo/.github/workflows/a.yml@v1\n    secrets:\n      A: ${{ secrets.A }}\n",
    )],
};
