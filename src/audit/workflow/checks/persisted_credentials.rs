//! `gha/persisted-credentials`: a token that stays in the checkout and is uploaded with it.

use super::{
    Card, Category, Check, Confidence, File, HARDENING, OWASP, Report, Severity, Value, see,
    workflow,
};

pub(super) struct PersistedCredentials;

impl Check<File<'_>> for PersistedCredentials {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        for job in &file.jobs {
            let mut kept: Option<Value> = None;
            for step in &job.steps {
                let uses = step.get("uses").and_then(Value::text).unwrap_or("");
                if uses.starts_with("actions/checkout@") && keeps(*step) {
                    kept = kept.or(Some(*step));
                } else if let Some(checkout) = kept.filter(|_| uploads_all(uses, *step)) {
                    let message = format!(
                        "job `{}` uploads the checkout with the token in it",
                        job.name
                    );
                    see(
                        report,
                        &CARD,
                        CARD.severity,
                        checkout.get("uses").unwrap_or(checkout).span(),
                        message,
                    );
                    break;
                }
            }
        }
    }
}

/// Whether a checkout stores the token in `.git/config`, which is the default.
fn keeps(step: Value) -> bool {
    let with = step.get("with");
    let value = with.and_then(|with| with.get("persist-credentials"));
    value.and_then(Value::text) != Some("false")
}

/// Whether a step uploads the whole directory.
fn uploads_all(uses: &str, step: Value) -> bool {
    let path = step.get("with").and_then(|with| with.get("path"));
    let mut lines = path
        .and_then(Value::text)
        .unwrap_or("")
        .lines()
        .map(str::trim);
    uses.starts_with("actions/upload-artifact@")
        && lines.any(|line| {
            matches!(
                line,
                "." | "./" | "*" | "./*" | "**" | "${{ github.workspace }}" | ".git" | "./.git"
            )
        })
}

static CARD: Card = Card {
    id: "gha/persisted-credentials",
    category: Category::Configuration,
    severity: Severity::Medium,
    confidence: Confidence::High,
    title: "Credentials of the checkout in an artifact",
    description: "`actions/checkout` keeps the token of the job in `.git/config`. Uploaded with the directory, the token can be read by all who may download the artifact, and is valid as long as the job runs.",
    remedy: "Check out with `persist-credentials: false`, and upload the folder that was built rather than everything.",
    references: &[
        HARDENING,
        "https://docs.zizmor.sh/audits/#artipacked",
        OWASP,
    ],
    tags: &[
        "github-actions",
        "ci",
        "credential",
        "CWE-522",
        "CWE-200",
        "OWASP-CICD-6",
    ],
    examples: &[workflow(
        "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@0123456789012345678901234567890123456789 # here\n      - uses: actions/upload-artifact@0123456789012345678901234567890123456789\n        with:\n          path: .\n",
    )],
    negatives: &[
        workflow(
            "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@0123456789012345678901234567890123456789\n        with:\n          persist-credentials: false\n      - uses: actions/upload-artifact@0123456789012345678901234567890123456789\n        with:\n          path: .\n",
        ),
        workflow(
            "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@0123456789012345678901234567890123456789\n      - uses: actions/upload-artifact@0123456789012345678901234567890123456789\n        with:\n          path: dist\n",
        ),
    ],
};
