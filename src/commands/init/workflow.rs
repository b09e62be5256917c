//! The GitHub workflow that judges pushes and pull requests, and the equivalent GitLab job.

use std::fs;
use std::path::Path;

use crate::source::git::Repo;
use crate::source::{self, MAX_RULES_BYTES};

use super::home::Home;
use super::{Step, exists, keep};

/// Where the workflow goes.
pub(super) const WORKFLOW: &str = ".github/workflows/gonogo.yml";
/// Where GitLab jobs are defined.
const GITLAB: &str = ".gitlab-ci.yml";

const CHECKOUT: &str = "actions/checkout@df4cb1c069e1874edd31b4311f1884172cec0e10 # v6.0.3";
const UPLOAD: &str =
    "github/codeql-action/upload-sarif@8aad20d150bbac5944a9f9d289da16a4b0d87c1e # v4.36.2";

/// Returns the step that makes the repository's provider run gonogo.
pub(super) fn step(top: &Path, repo: &Repo, home: Option<&Home>, code_scanning: bool) -> Step {
    let url = repo.remote_url().unwrap_or_default();
    if url.contains("gitlab") || exists(top, GITLAB) && !exists(top, ".github") {
        return gitlab(top, home);
    }
    if exists(top, WORKFLOW) {
        return keep(WORKFLOW, "it already exists");
    }
    if let Some(other) = other_workflow(top) {
        return keep(WORKFLOW, &format!("{other} already runs gonogo"));
    }
    let skip = |why: &str| Step::Skip {
        name: WORKFLOW,
        why: why.to_owned(),
    };
    if !url.contains("github") && !exists(top, ".github") {
        return skip("the remote is not on GitHub");
    }
    let Some(action) = home.and_then(Home::action) else {
        return skip(
            "actions are pinned to the commit of a release: `gonogo init --repository OWNER/NAME@COMMIT` writes it, with the full commit id",
        );
    };
    let branch = repo.default_branch().filter(|branch| is_plain(branch));
    let branch = branch.unwrap_or_else(|| "main".to_owned());
    Step::Write {
        name: WORKFLOW,
        text: text(&branch, &action, code_scanning),
        is_new: true,
    }
}

fn text(branch: &str, action: &str, code_scanning: bool) -> String {
    // A pull request from a fork has a read-only token, so nothing can be uploaded for it.
    let (permissions, id, upload) = if code_scanning {
        (
            "permissions: {}\n",
            "        id: gonogo\n",
            format!(
                "      - if: >-\n          ${{{{ !cancelled() && steps.gonogo.outputs.sarif != '' && \
                 (github.event_name != 'pull_request' ||\n          \
                 github.event.pull_request.head.repo.full_name == github.repository) }}}}\n        \
                 uses: {UPLOAD}\n        \
                 with:\n          sarif_file: ${{{{ steps.gonogo.outputs.sarif }}}}\n"
            ),
        )
    } else {
        ("permissions: {}\n", "", String::new())
    };
    let rights = if code_scanning {
        "      contents: read\n      security-events: write # for code scanning\n"
    } else {
        "      contents: read\n"
    };
    format!(
        "name: gonogo\n\
         on:\n  \
           push:\n    branches: [{branch}]\n  \
           pull_request:\n  \
           merge_group:\n  \
           schedule:\n    - cron: \"17 4 * * 1\" # everything, once a week\n  \
           workflow_dispatch:\n\
         {permissions}\
         concurrency:\n  \
           group: gonogo-${{{{ github.event_name }}}}-${{{{ github.ref }}}}\n  \
           cancel-in-progress: ${{{{ github.event_name == 'pull_request' }}}}\n\
         jobs:\n  \
           gonogo:\n    \
             name: gonogo\n    \
             runs-on: ubuntu-latest\n    \
             permissions:\n{rights}    \
             steps:\n      \
               - uses: {CHECKOUT}\n        \
                 with:\n          \
                   fetch-depth: 0\n          \
                   persist-credentials: false\n      \
               - uses: {action}\n{id}{upload}"
    )
}

/// Returns the step for the GitLab job. An existing file is not changed: its jobs have stages and defaults of their
/// own.
fn gitlab(top: &Path, home: Option<&Home>) -> Step {
    if exists(top, GITLAB) {
        let text = source::read_bytes(&top.join(GITLAB), MAX_RULES_BYTES).unwrap_or_default();
        if String::from_utf8_lossy(&text).contains("gonogo ci") {
            return keep(GITLAB, "it already runs gonogo");
        }
    }
    let Some(home) = home else {
        return Step::Skip {
            name: GITLAB,
            why: "`gonogo init --repository URL@REV` writes a job that installs gonogo from there"
                .to_owned(),
        };
    };
    let (url, rev) = (&home.url, &home.rev);
    let which = if home.commit().is_some() {
        "rev"
    } else {
        "tag"
    };
    let job = format!(
        "gonogo:\n  \
           image: rust:1\n  \
           variables:\n    GIT_DEPTH: \"50\" # what is missing is fetched\n  \
           rules:\n    \
             - if: $CI_PIPELINE_SOURCE == \"merge_request_event\"\n    \
             - if: $CI_COMMIT_BRANCH && $CI_OPEN_MERGE_REQUESTS\n      when: never\n    \
             - if: $CI_COMMIT_BRANCH\n    \
             - if: $CI_COMMIT_TAG\n  \
           script:\n    \
             - cargo install --locked --git {url} --{which} {rev} gonogo\n    \
             - gonogo ci --summary gonogo.md --sarif gonogo.sarif\n  \
           artifacts:\n    when: always\n    paths: [gonogo.md, gonogo.sarif]\n"
    );
    if exists(top, GITLAB) {
        return keep(GITLAB, &format!("it is yours; add\n{job}"));
    }
    Step::Write {
        name: GITLAB,
        text: job,
        is_new: true,
    }
}

/// Whether a branch name can be written in YAML without quotes.
fn is_plain(branch: &str) -> bool {
    branch.starts_with(|c: char| c.is_ascii_alphabetic())
        && branch
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/'))
}

/// Returns the name of the pipeline that runs gonogo, if there is one.
pub(super) fn pipeline(top: &Path) -> Option<String> {
    const OTHERS: [&str; 4] = [
        GITLAB,
        "azure-pipelines.yml",
        "bitbucket-pipelines.yml",
        "Jenkinsfile",
    ];
    let runs = |name: &&str| {
        let text = source::read_bytes(&top.join(name), MAX_RULES_BYTES).unwrap_or_default();
        String::from_utf8_lossy(&text).contains("gonogo ci")
    };
    let other = OTHERS.into_iter().find(runs).map(str::to_owned);
    other_workflow(top).or(other)
}

/// Returns the name of a workflow that runs gonogo, if there is one.
fn other_workflow(top: &Path) -> Option<String> {
    let folder = top.join(".github/workflows");
    let entries = fs::read_dir(&folder).ok()?;
    let mut names: Vec<_> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.ends_with(".yml") || name.ends_with(".yaml"))
        .collect();
    names.sort();
    for name in names {
        let text = source::read_bytes(&folder.join(&name), MAX_RULES_BYTES).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let runs = |line: &str| {
            let line = line.trim_start_matches([' ', '-']);
            line.starts_with("uses:") && line.contains("/gonogo@") || line.contains("gonogo ci")
        };
        if text.lines().any(runs) {
            return Some(format!(".github/workflows/{name}"));
        }
    }
    None
}
