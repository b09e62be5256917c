//! `gha/weak-condition`: a condition that is true more often than it seems.

use super::{
    Card, Category, Check, Confidence, File, HARDENING, OWASP, Report, Severity, see, workflow,
};

pub(super) struct WeakCondition;

impl Check<File<'_>> for WeakCondition {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        let jobs = file.jobs.iter().map(|job| job.root);
        let roots = jobs.chain(file.steps().map(|(_, step)| step));
        for condition in roots.filter_map(|root| root.get("if")) {
            let Some(text) = condition.text() else {
                continue;
            };
            let weakness = always_true(text)
                .or_else(|| searches_text(text))
                .or_else(|| trusts_actor(text, file));
            if let Some((severity, message)) = weakness {
                see(
                    report,
                    &CARD,
                    severity,
                    condition.span(),
                    message.to_owned(),
                );
            }
        }
    }
}

/// Text around an expression is never empty, and so always true: `if: "${{ a }}\n"`, `if: ${{ a }} && ${{ b }}`.
fn always_true(text: &str) -> Option<(Severity, &'static str)> {
    let whole = text.contains("${{") && !(text.starts_with("${{") && text.ends_with("}}"));
    let several = text.matches("${{").count() > 1;
    (whole || several).then_some((
        Severity::Medium,
        "the condition is always true: text around `${{ … }}` makes it a text that is not empty",
    ))
}

/// `contains('refs/heads/main refs/heads/develop', github.ref)` also matches a part of either ref.
fn searches_text(text: &str) -> Option<(Severity, &'static str)> {
    let lower = text.to_ascii_lowercase().replace(' ', "");
    let mut rest = lower.as_str();
    while let Some(at) = rest.find("contains('") {
        // If the condition keeps refs out, it only keeps out more of them.
        let is_negated = rest[..at].ends_with('!');
        rest = &rest[at + "contains('".len()..];
        let Some((_, behind)) = rest.split_once("',") else {
            break;
        };
        let contexts = [
            "github.ref",
            "github.head_ref",
            "github.base_ref",
            "github.actor",
            "github.triggering_actor",
        ];
        let is_searched = contexts
            .iter()
            .find_map(|context| behind.strip_prefix(context));
        let is_negated = is_negated
            || is_searched.is_some_and(|behind| {
                behind.starts_with(")==false") || behind.starts_with(")!=true")
            });
        if is_searched.is_some() && !is_negated {
            return Some((
                Severity::Medium,
                "`contains` looks for a part of the text: a branch or account whose name is one gets through",
            ));
        }
    }
    None
}

/// The last actor is not always the author of the pull request: an attacker whose pull request a bot has acted on
/// passes for the bot.
fn trusts_actor(text: &str, file: &File) -> Option<(Severity, &'static str)> {
    let lower = text.to_ascii_lowercase();
    let is_open = ["pull_request_target", "workflow_run", "issue_comment"]
        .iter()
        .any(|event| file.is_started_by(event));
    let names_bot = lower.contains("[bot]'") || lower.contains("-bot'");
    let by_actor = ["github.actor", "github.triggering_actor"]
        .iter()
        .any(|context| lower.contains(context));
    let is_equal = lower.contains("==") && !lower.contains("!=");
    (is_open && names_bot && by_actor && is_equal).then_some((
        Severity::Medium,
        "`github.actor` is the account that acted last: an attacker's pull request passes for the bot's once the bot has acted on it",
    ))
}

static CARD: Card = Card {
    id: "gha/weak-condition",
    category: Category::Configuration,
    severity: Severity::Medium,
    confidence: Confidence::High,
    title: "Ineffective condition",
    description: "A condition that is always true, matches part of a string, or trusts the account that acted last does not restrict who can run the job.",
    remedy: "Write the condition without `${{ }}`, compare with `==` or a list (`contains(fromJSON('[\"refs/heads/main\"]'), github.ref)`), and ask for who opened the pull request: `github.event.pull_request.user.login`.",
    references: &[
        HARDENING,
        "https://docs.github.com/en/actions/reference/workflows-and-actions/expressions",
        OWASP,
    ],
    tags: &["github-actions", "ci", "CWE-571", "CWE-290", "OWASP-CICD-4"],
    examples: &[
        workflow(
            "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    if: ${{ github.ref == 'a' }} && ${{ github.actor == 'b' }} # here\n    steps:\n      - run: true\n",
        ),
        workflow(
            "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - if: contains('refs/heads/main refs/heads/develop', github.ref) # here\n        run: true\n",
        ),
        workflow(
            "on: pull_request_target\njobs:\n  a:\n    runs-on: ubuntu-latest\n    if: github.actor == 'dependabot[bot]' # here\n    steps:\n      - run: true\n",
        ),
    ],
    negatives: &[
        workflow(
            "on: pull_request\njobs:\n  a:\n    runs-on: ubuntu-latest\n    if: ${{ github.actor == 'dependabot[bot]' }}\n    steps:\n      - if: contains(fromJSON('[\"refs/heads/main\"]'), github.ref)\n        run: true\n      - if: contains(github.event.pull_request.labels.*.name, 'ok')\n        run: true\n",
        ),
        workflow(
            "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    if: \"!contains('dependabot[bot] snyk-bot', github.actor)\"\n    steps:\n      - if: contains('renovate[bot] snyk-bot', github.actor) == false\n        run: true\n",
        ),
        workflow(
            "on: pull_request_target\njobs:\n  a:\n    runs-on: ubuntu-latest\n    if: github.actor != 'dependabot[bot]'\n    steps:\n      - run: true\n",
        ),
    ],
};
