//! `gha/github-env`: the environment of later steps is written from untrusted input.

use super::{
    Card, Category, Check, Confidence, File, HARDENING, Job, OWASP, Report, Scope, Severity,
    Writer, expression, see, workflow,
};
use crate::audit::yaml::Value;

pub(super) struct GithubEnv;

/// The files through which a step changes the environment of later ones.
const FILES: &[&str] = &["GITHUB_ENV", "GITHUB_PATH"];

/// The file through which a step passes outputs to later ones.
const OUTPUT: &str = "GITHUB_OUTPUT";

/// Commands and actions that fetch files of another run, which may be of a pull request from a fork.
const FETCHES: &[&str] = &["download-artifact", "run download", "downloadArtifact"];

/// Commands with which a step reads files that an attacker may have changed.
const READS: &[&str] = &[
    "cat ", "$(<", "< ", "ls ", "head ", "grep ", "unzip ", "find ",
];

impl Check<File<'_>> for GithubEnv {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        let has_rights = [
            "pull_request_target",
            "workflow_run",
            "issue_comment",
            "issues",
        ]
        .iter()
        .any(|event| file.is_started_by(event));
        if !has_rights {
            return;
        }
        for (job, step) in file.steps() {
            let Some(script) = step.get("run") else {
                continue;
            };
            let scope = Scope { file, job, step };
            let text = script.text().unwrap_or_default();
            let has_fetched = || file.is_started_by("workflow_run") && fetches(job);
            if text.contains(OUTPUT) && has_fetched() {
                outputs(file, script, report);
            }
            if FILES.iter().all(|name| !text.contains(name)) {
                continue;
            }
            let mut foreign = foreign_variables(&scope, step);
            derive(text, &mut foreign);
            for (line, written) in writes(text, FILES) {
                let takes = foreign.iter().any(|name| is_used(written, name));
                let reads = reads_file(line);
                if takes || reads {
                    let message = if takes {
                        "untrusted input sets environment variables of the steps that follow"
                    } else {
                        "the content of a file becomes the environment of the steps that follow"
                    };
                    let severity = if takes || has_fetched() {
                        CARD.severity
                    } else {
                        Severity::Medium
                    };
                    let span = file.place_of(script, line.trim(), 0);
                    see(report, &CARD, severity, span, message.to_owned());
                }
            }
        }
    }
}

/// Reports where a script writes what it reads from files of another run to its outputs.
fn outputs(file: &File, script: Value, report: &mut Report) {
    let text = script.text().unwrap_or_default();
    // A text that matches a pattern is validated.
    if text.contains("=~") || text.contains("grep -E") || text.contains("grep -qE") {
        return;
    }
    let assigned = text.lines().filter(|line| reads_file(line));
    let names: Vec<&str> = assigned
        .filter_map(|line| Some(line.trim().split_once("=$(")?.0))
        .collect();
    for (line, written) in writes(text, &[OUTPUT]) {
        if reads_file(line) || names.iter().any(|name| is_used(written, name)) {
            let message = "a file of another run, which a fork may have written, becomes the outputs of this step: a line of it can set any";
            let span = file.place_of(script, line.trim(), 0);
            see(report, &CARD, Severity::Medium, span, message.to_owned());
        }
    }
}

/// Whether a step of a job fetches files of another run.
fn fetches(job: &Job) -> bool {
    let texts = |step: &Value<'_>| {
        let script = step.get("with").and_then(|with| with.get("script"));
        let texts = [step.get("uses"), step.get("run"), script];
        texts.into_iter().flatten().any(|text| {
            let text = text.text().unwrap_or_default();
            FETCHES.iter().any(|word| text.contains(word))
        })
    };
    job.steps.iter().any(texts)
}

/// Whether a line of a script reads the contents of a file.
fn reads_file(line: &str) -> bool {
    READS.iter().any(|read| line.contains(read)) || reads_raw_json(line)
}

/// Whether a line extracts raw strings from JSON. As JSON, which `jq` writes by default, a string contains no line
/// break, and so cannot set another variable.
fn reads_raw_json(line: &str) -> bool {
    let is_raw = |word: &str| {
        let is_short = word.starts_with('-') && !word.starts_with("--");
        is_short && word.contains(['r', 'j']) || matches!(word, "--raw-output" | "--join-output")
    };
    line.match_indices("jq ")
        .any(|(at, _)| line[at..].split_whitespace().any(is_raw))
}

/// Returns the variables of a step that anyone can write.
fn foreign_variables<'t>(scope: &Scope<'_, 't>, step: Value<'t>) -> Vec<&'t str> {
    let roots = [step, scope.job.root, scope.file.root];
    let entries = roots
        .into_iter()
        .filter_map(|root| root.get("env"))
        .flat_map(Value::entries);
    entries
        .filter_map(|entry| {
            let text = entry.value.text()?;
            let is_foreign = expression::expressions(text).any(|(_, inside)| {
                scope
                    .foreign(inside)
                    .is_some_and(|(writer, _)| writer == Writer::Anybody)
            });
            is_foreign.then(|| entry.key.text())?
        })
        .collect()
}

/// Adds the variables that a script derives from those in `foreign`: `message=$(echo "$TITLE" | …)`,
/// `read -r X <<< "$TITLE"`.
fn derive<'t>(script: &'t str, foreign: &mut Vec<&'t str>) {
    const DECLARING: [&str; 5] = ["export ", "local ", "readonly ", "declare ", "let "];
    for line in script.lines() {
        let line = line.trim_start();
        let line = DECLARING
            .iter()
            .find_map(|word| line.strip_prefix(word))
            .unwrap_or(line);
        let name = if let Some(read) = line.strip_prefix("read ") {
            let (names, _) = read.split_once("<<<").unwrap_or_default();
            names.split_whitespace().next_back().unwrap_or_default()
        } else {
            line.split_once('=').unwrap_or_default().0.trim_end()
        };
        let name = name.strip_prefix('$').unwrap_or(name);
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        let is_new = !name.is_empty() && name.bytes().all(is_name) && !foreign.contains(&name);
        if is_new && foreign.iter().any(|known| is_used(line, known)) {
            foreign.push(name);
        }
    }
}

/// Returns the lines of a script that write one of the files, each with what it writes: the line itself, a
/// here-document, or commands in braces.
fn writes<'t>(script: &'t str, files: &[&str]) -> impl Iterator<Item = (&'t str, &'t str)> {
    let start_of = |line: &str| line.as_ptr() as usize - script.as_ptr() as usize;
    let lines = script.lines();
    let writing = lines.filter(move |line| files.iter().any(|name| line.contains(name)));
    writing.map(move |line| {
        let start = start_of(line);
        let (before, rest) = (&script[..start], &script[start..]);
        if line.trim_start().starts_with('}') {
            let opened = before.rfind("{\n").unwrap_or(start);
            return (line, &script[opened..start + line.len()]);
        }
        let word = line
            .split_once("<<")
            .map(|(_, word)| word.trim_start_matches(['-', '~', ' ', '"', '\'']));
        let word = word.map(|word| {
            let end = word.find(|c: char| !c.is_alphanumeric() && c != '_');
            &word[..end.unwrap_or(word.len())]
        });
        let body = word.filter(|word| !word.is_empty()).and_then(|word| {
            let mut after = rest.lines().skip(1);
            let end = after.find(|line| line.trim() == word)?;
            Some(&script[start..start_of(end)])
        });
        (line, body.unwrap_or(line))
    })
}

/// Whether a shell command uses the variable `name`.
fn is_used(line: &str, name: &str) -> bool {
    let is_end = |rest: &str| !rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
    ["$", "${", "$env:"].iter().any(|sign| {
        let marked = format!("{sign}{name}");
        line.match_indices(&marked)
            .any(|(at, _)| is_end(&line[at + marked.len()..]))
    })
}

static CARD: Card = Card {
    id: "gha/github-env",
    category: Category::Configuration,
    severity: Severity::High,
    confidence: Confidence::Medium,
    title: "Untrusted input in the environment of a job",
    description: "An attacker who adds a line to `$GITHUB_ENV` or `$GITHUB_PATH` can set `LD_PRELOAD` or `PATH` for the steps that follow, and so run commands with the permissions and secrets of the job.",
    remedy: "Use the value in the step that has it, or pass it as an output after validating it: `echo \"title=$TITLE\" >> \"$GITHUB_OUTPUT\"`.",
    references: &[
        HARDENING,
        "https://docs.zizmor.sh/audits/#github-env",
        OWASP,
    ],
    tags: &["github-actions", "ci", "CWE-94", "CWE-15", "OWASP-CICD-4"],
    examples: &[
        workflow(
            "on: pull_request_target\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo \"TITLE=$TITLE\" >> \"$GITHUB_ENV\" # here\n        env:\n          TITLE: ${{ github.event.pull_request.title }}\n",
        ),
        workflow(
            "on: pull_request_target\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - env:\n          TITLE: ${{ github.event.pull_request.title }}\n        run: |\n          short=$(echo \"$TITLE\" | cut -c1-40)\n          echo \"title=$short\" >> $GITHUB_ENV # here\n",
        ),
        workflow(
            "on: issues\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - env:\n          TITLE: ${{ github.event.issue.title }}\n        run: |\n          cat <<EOF >> $GITHUB_ENV # here\n          title=$TITLE\n          EOF\n",
        ),
        workflow(
            "on: issues\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - env:\n          TITLE: ${{ github.event.issue.title }}\n        run: |\n          {\n            echo \"title=$TITLE\"\n          } >> \"$GITHUB_ENV\" # here\n",
        ),
        workflow(
            "on: workflow_run\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: cat artifact/env.txt >> $GITHUB_ENV # here\n",
        ),
        workflow(
            "on: workflow_run\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/download-artifact@0123456789012345678901234567890123456789\n      - id: pr\n        run: echo \"number=$(cat pr.txt)\" >> $GITHUB_OUTPUT # here\n",
        ),
        workflow(
            "on: workflow_run\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: |\n          gh run download $RUN\n          number=$(cat pr.txt)\n          echo \"number=$number\" >> $GITHUB_OUTPUT # here\n",
        ),
        workflow(
            "on: workflow_run\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo \"TITLE=$(jq -r .title artifact/pr.json)\" >> $GITHUB_ENV # here\n",
        ),
    ],
    negatives: &[
        workflow(
            "on: workflow_run\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo \"version=$(cat VERSION)\" >> $GITHUB_OUTPUT\n",
        ),
        workflow(
            "on: workflow_run\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/download-artifact@0123456789012345678901234567890123456789\n      - run: |\n          number=$(cat pr.txt)\n          [[ $number =~ ^[0-9]+$ ]] || exit 1\n          echo \"number=$number\" >> $GITHUB_OUTPUT\n",
        ),
        workflow(
            "on: issues\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: |\n          gh api graphql -f query='{viewer{id}}' > a.json\n          echo \"ID=$(jq '.data.viewer.id' a.json)\" >> $GITHUB_ENV\n",
        ),
        workflow(
            "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: cat versions.env >> $GITHUB_ENV\n",
        ),
        workflow(
            "on: pull_request_target\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo \"SHA=$GITHUB_SHA\" >> $GITHUB_ENV\n",
        ),
        workflow(
            "on: issues\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - env:\n          TITLE: ${{ github.event.issue.title }}\n        run: |\n          length=${#TITLE}\n          echo \"$TITLE\"\n          echo \"length=$length\" >> $GITHUB_ENV\n",
        ),
    ],
};
