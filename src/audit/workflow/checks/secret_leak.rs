//! `gha/secret-leak`: a secret that a job prints or passes on.

use super::{
    Card, Category, Check, Confidence, File, HARDENING, OWASP, Report, Severity, Value, expression,
    see, workflow,
};
use crate::audit::limit;

pub(super) struct SecretLeak;

impl Check<File<'_>> for SecretLeak {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        for (_, _, script) in file.scripts() {
            let lines = script.text().unwrap_or("").lines();
            let leaks = lines.filter_map(|line| Some((line, leak(line)?)));
            for (number, (line, (severity, why))) in leaks.enumerate() {
                if number == MAX_TOLD {
                    limit::reached(format!(
                        "more than {MAX_TOLD} lines with secrets in one script"
                    ));
                    break;
                }
                let span = file.place_of(script, line.trim(), 0);
                see(report, &CARD, severity, span, why.to_owned());
            }
        }
        let roots = std::iter::once(file.root).chain(file.jobs.iter().map(|job| job.root));
        let steps = file.steps().map(|(_, step)| step);
        for root in roots.chain(steps) {
            let given = ["env", "with"].into_iter().filter_map(|key| root.get(key));
            for entry in given.flat_map(Value::entries) {
                if let Some((severity, why)) = entry.value.text().and_then(handed_on) {
                    see(report, &CARD, severity, entry.value.span(), why.to_owned());
                }
            }
        }
    }
}

/// Returns how an environment variable, or an input of an action, leaks secrets.
fn handed_on(value: &str) -> Option<(Severity, &'static str)> {
    let is_meant = |sign: &str| {
        let mut inside = expression::expressions(value);
        inside.any(|(_, inside)| inside.to_ascii_lowercase().replace(' ', "").contains(sign))
    };
    if is_meant("tojson(secrets)") {
        Some((
            Severity::Medium,
            "every secret of the repository is handed on at once",
        ))
    } else if is_meant("fromjson(secrets.") {
        Some((
            Severity::Low,
            "a part of a secret is taken out, which GitHub does not mask",
        ))
    } else {
        None
    }
}

/// How many places are reported in one script.
const MAX_TOLD: usize = 1_000;

/// Returns how a line of a script leaks a secret.
fn leak(line: &str) -> Option<(Severity, &'static str)> {
    let inside: Vec<_> = expression::expressions(line)
        .map(|(_, inside)| inside.to_ascii_lowercase())
        .collect();
    let is_all = |inside: &str| inside.replace(' ', "").contains("tojson(secrets)");
    if inside.iter().any(|inside| is_all(inside)) {
        return Some((
            Severity::High,
            "the script receives every secret of the repository at once",
        ));
    }
    let is_part = |inside: &str| inside.replace(' ', "").contains("fromjson(secrets.");
    if inside.iter().any(|inside| is_part(inside)) {
        return Some((
            Severity::Medium,
            "a part of a secret is taken out, which GitHub does not mask",
        ));
    }
    // The token of the job expires with it.
    if !inside
        .iter()
        .any(|inside| inside.starts_with("secrets.") && inside != "secrets.github_token")
    {
        return None;
    }
    let line = line.trim();
    let prints = ["echo ", "printf ", "print(", "console.log("]
        .iter()
        .any(|verb| line.starts_with(verb));
    // Output to a pipe, a file or a command is not printed.
    let goes_on = line.contains(['|', '>', '`'])
        || line.contains("$(")
        || line.contains("::add-mask::")
        || line.contains("&&");
    if prints && !goes_on {
        return Some((
            Severity::Medium,
            "a secret is printed to the log, and GitHub masks it only if it appears unchanged",
        ));
    }
    let in_query = [
        "?token=",
        "&token=",
        "?key=",
        "&key=",
        "api_key=",
        "apikey=",
        "access_token=",
        "password=",
    ]
    .iter()
    .any(|query| line.contains("http") && line.contains(&format!("{query}${{{{")));
    in_query.then_some((
        Severity::Medium,
        "a secret is sent in a URL, which servers and proxies log",
    ))
}

static CARD: Card = Card {
    id: "gha/secret-leak",
    category: Category::Configuration,
    severity: Severity::High,
    confidence: Confidence::Medium,
    title: "Secret exposed by a job",
    description: "GitHub masks a secret in logs only if it appears unchanged. Encoded, truncated or partial values are \
                  printed in clear; in a URL, it ends up in the logs of every server on the way.",
    remedy: "Pass it in a variable and through standard input: `env: {TOKEN: \"${{ secrets.TOKEN }}\"}` and `run: \
             printf %s \"$TOKEN\" | docker login -u me --password-stdin`",
    references: &[HARDENING, OWASP],
    tags: &[
        "github-actions",
        "ci",
        "credential",
        "CWE-532",
        "CWE-200",
        "OWASP-CICD-6",
    ],
    examples: &[
        workflow(
            "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo ${{ secrets.TOKEN }} # here\n",
        ),
        workflow(
            "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: |\n          true\n          env='${{ toJSON(secrets) }}' # here\n",
        ),
        workflow(
            "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: ./deploy\n        env:\n          ALL: ${{ toJSON(secrets) }} # here\n          PART: ${{ fromJSON(secrets.APP).key }} # here\n          ONE: ${{ secrets.KEY }}\n",
        ),
        workflow(
            "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: curl \"https://a.example/x?token=${{ secrets.TOKEN }}\" # here\n",
        ),
    ],
    negatives: &[
        workflow(
            "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo ${{ secrets.TOKEN }} | docker login --password-stdin\n",
        ),
        workflow(
            "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo \"${{ secrets.KEY }}\" > key.pem\n",
        ),
        workflow(
            "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo hello\n        env:\n          A: ${{ secrets.TOKEN }}\n",
        ),
        workflow(
            "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: deploy --token ${{ secrets.TOKEN }}\n",
        ),
    ],
};
