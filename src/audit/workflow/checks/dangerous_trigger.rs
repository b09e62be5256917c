//! `gha/dangerous-trigger`: untrusted code that runs with the permissions of the repository.

use super::{
    Card, Category, Check, Confidence, File, HARDENING, Job, OWASP, Report, Severity, Sighting,
    Value, see, workflow,
};
use crate::audit::report::Use;
use crate::audit::yaml::Span;

pub(super) struct DangerousTrigger;

impl Check<File<'_>> for DangerousTrigger {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        for trigger in &file.triggers {
            let event = trigger.text().unwrap_or("");
            let is_comment = event == "issue_comment";
            if !is_comment && !matches!(event, "pull_request_target" | "workflow_run") {
                continue;
            }
            let mut takes: Vec<(&Job, Value)> = Vec::new();
            for (job, step) in file.steps() {
                let is_known = takes.iter().any(|(known, _)| std::ptr::eq(*known, job));
                if !is_known && (checks_out_foreign(step) || fetches_and_takes(job, step)) {
                    takes.push((job, step));
                }
            }
            if let Some((first, others)) = takes.split_first() {
                report.add(&CARD, taken(event, first, others));
            } else if !is_comment {
                let message = format!(
                    "`{event}` runs with the repository's secrets and write permissions, even when a fork triggers \
                     it"
                );
                see(report, &CARD, Severity::Low, trigger.span(), message);
            }
        }
    }
}

/// Returns one sighting of all jobs that check out untrusted code.
fn taken<'a>(event: &str, first: &(&Job<'a>, Value), others: &[(&Job<'a>, Value)]) -> Sighting {
    let all = || std::iter::once(first).chain(others);
    let is_open = |(job, step): &&(&Job, Value)| !is_guarded(job, *step);
    let severity = if all().any(|take| is_open(&take)) {
        CARD.severity
    } else {
        Severity::Medium
    };
    let names: Vec<_> = all()
        .take(MOST_NAMED)
        .map(|(job, _)| format!("`{}`", job.name))
        .collect();
    let (word, verb, them) = if others.is_empty() {
        ("job", "checks", "it")
    } else {
        ("jobs", "check", "them")
    };
    let more = (others.len() + 1).saturating_sub(MOST_NAMED);
    let more = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    let message = format!(
        "{word} {}{more} {verb} out code from outside, and `{event}` gives {them} the rights of the repository",
        names.join(", ")
    );
    let mut sighting = Sighting::new(&CARD, place(first.1), message).weighing(severity);
    sighting.also = others
        .iter()
        .map(|(job, step)| Use {
            span: place(*step),
            message: format!("job `{}` checks it out, too", job.name),
        })
        .collect();
    sighting
}

/// How many jobs are listed.
const MOST_NAMED: usize = 5;

/// Returns where a step says what it checks out.
fn place(step: Value) -> Span {
    let with = step.get("with");
    let named = with.and_then(|with| with.get("ref").or_else(|| with.get("repository")));
    named
        .or(step.get("run"))
        .map_or_else(|| step.span(), Value::span)
}

/// Whether a step fetches the code of a pull request.
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
        || run.contains("git pull") && names_pull_request(run)
}

/// Whether a command names the ref of a pull request.
fn names_pull_request(run: &str) -> bool {
    ["refs/pull/", " pull/", "+pull/", "\"pull/", "'pull/"]
        .iter()
        .any(|name| run.contains(name))
}

/// Whether a step fetches the commits of a pull request, and this or a later one puts their files somewhere. By itself `git fetch`
/// brings objects that only what compares or reads commits can see, such as `git diff`.
fn fetches_and_takes(job: &Job, step: Value) -> bool {
    let run = |step: Value| {
        step.get("run")
            .and_then(Value::text)
            .unwrap_or("")
            .to_owned()
    };
    let own = run(step);
    let Some(at) = own.find("git fetch").filter(|_| names_pull_request(&own)) else {
        return false;
    };
    let steps = job.root.get("steps");
    let steps = steps.into_iter().flat_map(Value::items);
    let later = steps
        .skip_while(|other| other.span() != step.span())
        .skip(1);
    takes_files(&own[at..]) || later.into_iter().any(|step| takes_files(&run(step)))
}

/// Whether a script puts files of some commit into the folder that it works in, or into another.
fn takes_files(script: &str) -> bool {
    #[rustfmt::skip]
    const VERBS: &[&str] = &[
        "checkout", "switch", "merge", "reset", "rebase", "worktree", "cherry-pick", "restore", "read-tree", "archive", "apply",
        "am", "pull", "checkout-index", "show", "cat-file", "stash", "clone", "submodule",
    ];
    // Options of git itself, before its verb, and those that have a value.
    const WITH_VALUE: &[&str] = &["-C", "-c", "--git-dir", "--work-tree"];
    let is_end = |c: char| {
        c.is_whitespace() || matches!(c, ';' | '&' | '|' | '(' | ')' | '"' | '\'' | '`' | '$')
    };
    let mut words = script.split(is_end).filter(|word| !word.is_empty());
    while let Some(word) = words.next() {
        if word != "git" && !word.ends_with("/git") {
            continue;
        }
        let mut verb = words.next();
        while let Some(option) = verb.filter(|it| it.starts_with('-')) {
            if WITH_VALUE.contains(&option) {
                words.next();
            }
            verb = words.next();
        }
        if verb.is_some_and(|verb| VERBS.contains(&verb)) {
            return true;
        }
    }
    false
}

/// Whether a job runs anything after it has checked out untrusted code at `step`: that may be that code.
fn runs_after(job: &Job, step: Value) -> bool {
    let steps = job.root.get("steps");
    let steps = steps.into_iter().flat_map(Value::items);
    let mut after = steps
        .skip_while(|other| other.span() != step.span())
        .skip(1);
    after.any(|later| {
        let uses = later.get("uses").and_then(Value::text).unwrap_or("");
        later.get("run").is_some() || uses.starts_with("./")
    })
}

/// Whether someone in the project must approve the run: with a label, a review, or a list of people. An environment may
/// require a review, which the file does not show, so it only counts if the job runs nothing of the code.
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
    let is_reviewed = job.root.get("environment").is_some() && !runs_after(job, step);
    is_reviewed || conditions.into_iter().any(is_asked)
}

static CARD: Card = Card {
    id: "gha/dangerous-trigger",
    category: Category::Configuration,
    severity: Severity::High,
    confidence: Confidence::Medium,
    title: "Untrusted code in a privileged workflow",
    description: "`pull_request_target`, `workflow_run` and `issue_comment` give the job a token with write access and \
                  the repository's secrets, even when a fork or a stranger triggers them. If the job builds or tests \
                  the fork's code (a \"pwn request\"), the attacker has both.",
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
            "on: issue_comment\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: gh pr checkout ${{ github.event.issue.number }} && make # here\n",
        ),
        workflow(
            "on: \n  pull_request_target: # here\n    types: [opened]\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo\n",
        ),
    ],
    negatives: &[
        workflow(
            "on: issue_comment\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo thanks\n",
        ),
        workflow(
            "on: pull_request\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n",
        ),
        workflow(
            "on: [pull_request, push]\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n        with:\n          ref: ${{ github.event.pull_request.head.sha }}\n",
        ),
    ],
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::Outcome;
    use crate::audit::check::audited;

    fn severity(job: &str, after: &str) -> Severity {
        let text = format!(
            "on: workflow_run\njobs:\n  a:\n    runs-on: ubuntu-latest\n{job}    steps:\n      - uses: actions/checkout@v4\n        with:\n          ref: ${{{{ github.event.workflow_run.head_sha }}}}\n{after}"
        );
        let Outcome::Audited(found) = audited(".github/workflows/a.yml", &text, &[]) else {
            panic!("not audited");
        };
        let mut found = found.iter().filter(|it| it.rule.as_str() == CARD.id);
        found.next().unwrap().severity
    }

    fn is_taken(steps: &str) -> bool {
        let text = format!(
            "on: pull_request_target\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n{steps}"
        );
        let Outcome::Audited(found) = audited(".github/workflows/a.yml", &text, &[]) else {
            panic!("not audited");
        };
        let mut found = found.iter().filter(|it| it.rule.as_str() == CARD.id);
        found.any(|it| it.severity == Severity::High)
    }

    #[test]
    fn to_fetch_is_not_to_check_out() {
        let fetch =
            "      - run: git fetch origin \"refs/pull/$N/merge:refs/remotes/pull/$N/merge\"\n";
        let short = "      - run: git fetch origin pull/$N/head:pr\n";
        for steps in [fetch, short] {
            assert!(!is_taken(steps), "{steps}");
            assert!(!is_taken(&format!(
                "{steps}      - run: git diff origin/main FETCH_HEAD\n"
            )));
            assert!(!is_taken(&format!(
                "{steps}      - run: git merge-base main pr\n"
            )));
            assert!(!is_taken(&format!(
                "      - run: git checkout main\n{steps}"
            )));
            for verb in [
                "checkout pr",
                "switch pr",
                "merge --no-edit pr",
                "reset --hard FETCH_HEAD",
                "worktree add ../a pr",
            ] {
                let taken = format!("{steps}      - run: git -C base {verb} && make\n");
                assert!(is_taken(&taken), "{taken}");
            }
        }
        assert!(is_taken(
            "      - run: git fetch origin pull/$N/head && git checkout FETCH_HEAD && make\n"
        ));
        assert!(is_taken(
            "      - run: git pull origin pull/$N/head && make\n"
        ));
    }

    #[test]
    fn an_environment_guards_what_runs_nothing() {
        let environment = "    environment: staging\n";
        let build = "      - run: make deploy\n";
        assert_eq!(severity("", ""), Severity::High);
        assert_eq!(severity(environment, build), Severity::High);
        assert_eq!(severity(environment, ""), Severity::Medium);
        let label = "    if: contains(github.event.pull_request.labels.*.name, 'safe')\n";
        assert_eq!(severity(label, build), Severity::Medium);
    }
}
