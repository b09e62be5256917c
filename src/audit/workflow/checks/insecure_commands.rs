//! `gha/insecure-commands`: output of a step can set variables of later steps.

use super::{
    Card, Category, Check, Confidence, File, HARDENING, OWASP, Report, Severity, Value, action,
    see, workflow,
};

pub(super) struct InsecureCommands;

const SWITCH: &str = "ACTIONS_ALLOW_UNSECURE_COMMANDS";

impl Check<File<'_>> for InsecureCommands {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        let jobs = file.jobs.iter().map(|job| job.root);
        let steps = file.steps().map(|(_, step)| step);
        for root in std::iter::once(file.root).chain(jobs).chain(steps) {
            let switch = root.get("env").and_then(|env| env.get(SWITCH));
            let is_on = |value: &Value| {
                value
                    .text()
                    .is_some_and(|text| text.eq_ignore_ascii_case("true"))
            };
            if let Some(value) = switch.filter(is_on) {
                let message =
                    "what a step prints can set variables and paths of the steps behind it"
                        .to_owned();
                see(report, &CARD, CARD.severity, value.span(), message);
            }
        }
    }
}

static CARD: Card = Card {
    id: "gha/insecure-commands",
    category: Category::Configuration,
    severity: Severity::Medium,
    confidence: Confidence::High,
    title: "Insecure workflow commands enabled",
    description: "`::set-env::` and `::add-path::` in the output of any program change the environment of the steps that follow. GitHub disabled them, since untrusted input that a program prints could set variables this way.",
    remedy: "Remove `ACTIONS_ALLOW_UNSECURE_COMMANDS`, and write to the files instead: `echo \"NAME=value\" >> \"$GITHUB_ENV\"`.",
    references: &[
        HARDENING,
        "https://github.blog/changelog/2020-10-01-github-actions-deprecating-set-env-and-add-path-commands/",
        OWASP,
    ],
    tags: &["github-actions", "ci", "CWE-77", "OWASP-CICD-4"],
    examples: &[
        workflow(
            "on: push\nenv:\n  ACTIONS_ALLOW_UNSECURE_COMMANDS: true # here\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: make\n",
        ),
        action(
            "runs:\n  using: composite\n  steps:\n    - run: make\n      shell: bash\n      env:\n        ACTIONS_ALLOW_UNSECURE_COMMANDS: \"true\" # here\n",
        ),
    ],
    negatives: &[workflow(
        "on: push\nenv:\n  ACTIONS_ALLOW_UNSECURE_COMMANDS: false\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: make\n",
    )],
};
