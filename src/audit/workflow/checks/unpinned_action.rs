//! `gha/unpinned-action`: an action that may be another one tomorrow.

use super::{
    Card, Category, Check, Confidence, File, HARDENING, OWASP, Report, Severity, Value, see,
    workflow,
};

pub(super) struct UnpinnedAction;

impl Check<File<'_>> for UnpinnedAction {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        let mut of_github: Vec<(Value, &str)> = Vec::new();
        let mut told: Vec<&str> = Vec::new();
        for uses in file.uses() {
            let Some(text) = uses.text().filter(|text| is_unpinned(text)) else {
                continue;
            };
            if text.starts_with("actions/") || text.starts_with("github/") {
                of_github.push((uses, text));
            } else if !told.contains(&text) {
                // A file with thousands of them is no one's.
                if told.len() < 200 {
                    told.push(text);
                }
                let message = format!(
                    "`{text}` is not pinned to a commit, so its owner can change the code it runs"
                );
                see(report, &CARD, CARD.severity, uses.span(), message);
            }
        }
        if let Some((first, _)) = of_github.first() {
            let mut names: Vec<_> = of_github.iter().map(|(_, text)| *text).collect();
            names.sort_unstable();
            names.dedup();
            names.truncate(6);
            let message = format!(
                "{} is not pinned to a commit and can change without notice",
                names.join(", ")
            );
            see(report, &CARD, Severity::Low, first.span(), message);
        }
    }
}

/// Whether what an action does is decided elsewhere, later. Actions of the same repository change with it.
fn is_unpinned(uses: &str) -> bool {
    if uses.starts_with("./") || uses.starts_with("$/") || uses.contains("${{") {
        return false;
    }
    if let Some(image) = uses.strip_prefix("docker://") {
        return !image.contains("@sha256:");
    }
    match uses.split_once('@') {
        Some((_, version)) => !is_commit(version),
        None => uses.contains('/'),
    }
}

fn is_commit(version: &str) -> bool {
    matches!(version.len(), 40 | 64) && version.bytes().all(|byte| byte.is_ascii_hexdigit())
}

static CARD: Card = Card {
    id: "gha/unpinned-action",
    category: Category::Configuration,
    severity: Severity::Medium,
    confidence: Confidence::High,
    title: "Action not pinned to a commit",
    description: "A tag or branch of a third-party repository can be moved. In March 2025 the tags of \
                  `tj-actions/changed-files` were moved to code that printed the secrets of every job \
                  (CVE-2025-30066).",
    remedy: "Pin the full commit SHA, with the version in a comment for readers and update bots: `uses: \
             actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2`",
    references: &[HARDENING, OWASP],
    tags: &[
        "github-actions",
        "ci",
        "supply-chain",
        "CWE-829",
        "CWE-1357",
        "OWASP-CICD-3",
    ],
    examples: &[
        workflow(
            "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4 # here\n      - uses: actions/cache@v4\n      - uses: some/action@main # here\n      - uses: docker://alpine:3 # here\n",
        ),
        workflow("on: push\njobs:\n  a:\n    uses: some/repo/.github/workflows/a.yml@v1 # here\n"),
    ],
    negatives: &[workflow(
        "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: some/action@0123456789012345678901234567890123456789\n      - uses: ./build\n      - uses: docker://alpine@sha256:00\n      - run: true\n",
    )],
};
