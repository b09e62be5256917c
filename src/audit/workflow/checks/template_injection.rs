//! `gha/template-injection`: untrusted input becomes part of a script.

use super::{
    Card, Category, Check, Confidence, File, HARDENING, OWASP, Report, Scope, Severity, Writer,
    action, expression, see, workflow,
};
use crate::audit::limit;

pub(super) struct TemplateInjection;

impl Check<File<'_>> for TemplateInjection {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        for (job, step, script) in file.scripts() {
            let scope = Scope { file, job, step };
            let text = script.text().unwrap_or("");
            let mut told: Vec<&str> = Vec::new();
            for (place, inside) in expression::expressions(text) {
                let Some((writer, context)) = scope.foreign(inside) else {
                    continue;
                };
                if told.len() >= MAX_TOLD {
                    limit::reached(format!("more than {MAX_TOLD} expressions in one script"));
                    break;
                }
                let written = &text[place];
                let nth = told.iter().filter(|known| **known == written).count();
                told.push(written);
                let span = file.place_of(script, written, nth);
                let message = format!("`{context}` is expanded into the script: {}", who(writer));
                see(report, &CARD, severity(file, writer), span, message);
            }
        }
    }
}

/// How many places are reported in one script.
const MAX_TOLD: usize = 1_000;

/// Returns the severity. It is lower for pull requests of forks, whose token can only read and which get no secrets.
fn severity(file: &File, writer: Writer) -> Severity {
    const WITH_RIGHTS: &[&str] = &[
        "pull_request_target",
        "issues",
        "issue_comment",
        "workflow_run",
        "discussion",
        "discussion_comment",
        "pull_request_review",
        "pull_request_review_comment",
        "fork",
        "gollum",
        "push",
    ];
    let is_trusted = WITH_RIGHTS.iter().any(|event| file.is_started_by(event));
    match writer {
        Writer::Anybody if is_trusted || file.is_action => Severity::High,
        Writer::Anybody => Severity::Medium,
        Writer::Contributor | Writer::Caller => Severity::Low,
    }
}

fn who(writer: Writer) -> &'static str {
    match writer {
        Writer::Anybody => "anyone can inject commands through it",
        Writer::Contributor => {
            "anyone who can create branches and tags can inject commands through it"
        }
        Writer::Caller => "anyone who can set the input can inject commands through it",
    }
}

static CARD: Card = Card {
    id: "gha/template-injection",
    category: Category::Configuration,
    severity: Severity::High,
    confidence: Confidence::High,
    title: "Script injection through an expression",
    description: "The expression is expanded before the script runs, so untrusted input such as the issue title \
                  `$(curl …)` is executed as a command, with the job's token and secrets.",
    remedy: "Pass the value in an environment variable: `env: {TITLE: \"${{ github.event.issue.title }}\"}` and `run: \
             echo \"$TITLE\"`",
    references: &[HARDENING, OWASP],
    tags: &["github-actions", "ci", "CWE-94", "CWE-78", "OWASP-CICD-4"],
    examples: &[
        workflow(
            "on: issues\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo ${{ github.event.issue.title }} # here\n",
        ),
        workflow(
            "on: [pull_request]\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: |\n          true\n          echo \"${{ format('{0}', github.head_ref) }}\" # here\n",
        ),
        workflow(
            "on: issue_comment\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/github-script@v7\n        with:\n          script: console.log('${{ github.event.comment.body }}') # here\n",
        ),
        workflow(
            "on: issues\nenv:\n  TAINT: ${{ github.event.issue.title }}\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo ${{ env.TAINT }} # here\n",
        ),
        workflow(
            "on: issues\njobs:\n  a:\n    runs-on: ubuntu-latest\n    strategy:\n      matrix:\n        d: ${{ fromJSON(github.event.issue.body) }}\n    steps:\n      - run: echo ${{ matrix.d }} # here\n",
        ),
        workflow(
            "on: pull_request_target\njobs:\n  a:\n    runs-on: ubuntu-latest\n    outputs:\n      ref: ${{ github['head_ref'] }}\n    steps:\n      - run: true\n  b:\n    needs: a\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo ${{ needs.a.outputs.ref }} # here\n",
        ),
        action(
            "runs:\n  using: composite\n  steps:\n    - run: echo \"${{ github.event.issue.title }}\" # here\n      shell: bash\n    - uses: x@v4\n",
        ),
        action(
            "runs:\n  using: composite\n  steps:\n    - run: echo ${{ inputs.name }} # here\n      shell: bash\n",
        ),
    ],
    negatives: &[
        workflow(
            "on:\n  workflow_dispatch:\n    inputs:\n      flag: {type: boolean}\n      n: {type: number}\n      of: {type: choice, options: [a, b]}\njobs:\n  a:\n    runs-on: ubuntu-latest\n    env:\n      A: ${{ github.sha }}\n    strategy:\n      matrix:\n        os: [a, b]\n    steps:\n      - run: echo ${{ inputs.flag }} ${{ inputs.n }} ${{ github.event.inputs.of }} ${{ env.A }} ${{ matrix.os }}\n",
        ),
        workflow(
            "on: issues\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo ${{ github.event.issue.number }} ${{ github.sha }} ${{ secrets.X }} ${{ matrix.os }}\n",
        ),
        workflow(
            "on: issues\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo \"$TITLE\"\n        env:\n          TITLE: ${{ github.event.issue.title }}\n",
        ),
        workflow(
            "on: issue_comment\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo ${{ contains(github.event.comment.body, 'x') }} ${{ github.head_ref == 'a' }}\n",
        ),
        workflow(
            "on: issues\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - if: github.event.issue.title == 'x'\n        uses: a/b@v1\n        with:\n          title: ${{ github.event.issue.title }}\n",
        ),
    ],
};
