//! GitHub Actions: what triggered the workflow, and which commits to judge for it.

use std::path::Path;

use serde::Deserialize;

use crate::commands::Error;
use crate::commands::ci::event::{Base, commit, is_zero};
use crate::source::{MAX_RULES_BYTES, read_bytes};

use super::{Dialect, Env, Plan, Provider, plain_address};

/// The variables without which nothing can be planned.
pub(super) const NEEDS: &[&str] = &["GITHUB_EVENT_NAME", "GITHUB_EVENT_PATH", "GITHUB_SHA"];

/// The setting that makes a workflow check out all commits.
pub(super) const FULL_CLONE: &str = "set `fetch-depth: 0` on `actions/checkout`";

pub(super) struct Github;

impl Provider for Github {
    fn name(&self) -> &'static str {
        "github"
    }

    fn title(&self) -> &'static str {
        "GitHub Actions"
    }

    fn marker(&self) -> &'static str {
        "GITHUB_ACTIONS"
    }

    fn needs(&self) -> &'static [&'static str] {
        NEEDS
    }

    fn plan(&self, env: Env<'_>) -> Result<Plan, Error> {
        plan(env)
    }

    fn full_clone(&self) -> &'static str {
        FULL_CLONE
    }

    fn dialect(&self) -> Dialect {
        Dialect::Workflow
    }

    fn is_outside(&self, env: Env<'_>) -> bool {
        is_outside(env)
    }

    fn files(&self, env: Env<'_>, head: &str) -> Option<String> {
        let repository = repository_address(env)?;
        plain_address(format!("{repository}/blob/{head}"))
    }
}

/// Returns what to scan, from GitHub's variables and the event's payload.
pub(super) fn plan(env: Env<'_>) -> Result<Plan, Error> {
    let event = Event {
        name: env.needed("GITHUB_EVENT_NAME")?,
        sha: env.commit("GITHUB_SHA")?,
        full_ref: env.text("GITHUB_REF").unwrap_or_default(),
        payload: read(Path::new(&env.needed("GITHUB_EVENT_PATH")?))?,
    };
    event.plan()
}

/// Returns whether the event is about a pull request from a fork, or is `pull_request_target`.
pub(super) fn is_outside(env: Env<'_>) -> bool {
    if env.text("GITHUB_EVENT_NAME").as_deref() == Some("pull_request_target") {
        return true;
    }
    let payload = env.text("GITHUB_EVENT_PATH");
    let payload = payload.and_then(|path| read(Path::new(&path)).ok());
    let request = payload.and_then(|payload| payload.pull_request);
    // A fork that was deleted has no name. If the payload does not say where a request is to, it may be from anywhere.
    request.is_some_and(|request| {
        let name = |end: &End| end.repo.as_ref().and_then(|repo| repo.full_name.clone());
        name(&request.base).is_none_or(|base| name(&request.head) != Some(base))
    })
}

/// Returns the URL of the repository.
pub(super) fn repository_address(env: Env<'_>) -> Option<String> {
    let server = env.text("GITHUB_SERVER_URL")?;
    let repository = env.text("GITHUB_REPOSITORY")?;
    Some(format!("{server}/{repository}"))
}

/// The GitHub variables that are read.
#[derive(Debug, Clone, Default)]
struct Event {
    name: String,
    sha: String,
    full_ref: String,
    payload: Payload,
}

/// The part of the event's payload that is read. Every field is optional; a missing one is an error only where it is
/// needed.
#[derive(Debug, Clone, Default, Deserialize)]
struct Payload {
    before: Option<String>,
    #[serde(default)]
    forced: bool,
    repository: Option<Repository>,
    pull_request: Option<PullRequest>,
    merge_group: Option<MergeGroup>,
}

#[derive(Debug, Clone, Deserialize)]
struct Repository {
    default_branch: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
struct PullRequest {
    base: End,
    head: End,
}

#[derive(Debug, Clone, Deserialize)]
struct End {
    sha: String,
    repo: Option<RepositoryName>,
}

#[derive(Debug, Clone, Deserialize)]
struct RepositoryName {
    full_name: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
struct MergeGroup {
    base_sha: String,
    head_sha: String,
}

impl Event {
    /// Decides which commits to judge.
    fn plan(&self) -> Result<Plan, Error> {
        match self.name.as_str() {
            "push" => self.push(),
            "merge_group" => self.merge_group(),
            _ if self.payload.pull_request.is_some() => self.pull_request(),
            "pull_request" | "pull_request_target" => Err(self.lacks("pull_request")),
            name => Ok(self.everything(&format!("a `{name}` event"))),
        }
    }

    fn push(&self) -> Result<Plan, Error> {
        if self.full_ref.starts_with("refs/tags/") {
            return Ok(self.everything("a tag, which marks a release"));
        }
        let before = self.payload.before.as_deref();
        let before = before.ok_or_else(|| self.lacks("before"))?;
        let before = commit("before", before)?;
        let other_branch = self.default_branch().map(Base::Branch);
        let (bases, words) = if is_zero(&before) {
            (
                other_branch.into_iter().collect(),
                "the first push of a branch",
            )
        } else {
            // The commit before a force push may be gone from the remote.
            let bases = [Base::Commit(before)].into_iter().chain(other_branch);
            let words = if self.payload.forced {
                "a force push"
            } else {
                "a push"
            };
            (bases.collect(), words)
        };
        Ok(Plan::push(bases, &self.sha, words))
    }

    /// Returns the default branch, unless it is the one that was pushed.
    fn default_branch(&self) -> Option<String> {
        let branch = self.payload.repository.as_ref()?.default_branch.clone()?;
        (self.full_ref != format!("refs/heads/{branch}")).then_some(branch)
    }

    fn merge_group(&self) -> Result<Plan, Error> {
        let group = self.payload.merge_group.as_ref();
        let group = group.ok_or_else(|| self.lacks("merge_group"))?;
        let base = Base::Commit(commit("merge_group.base_sha", &group.base_sha)?);
        let head = commit("merge_group.head_sha", &group.head_sha)?;
        Ok(Plan::request(vec![base], &head, "a merge group"))
    }

    fn pull_request(&self) -> Result<Plan, Error> {
        let request = self.payload.pull_request.as_ref();
        let request = request.ok_or_else(|| self.lacks("pull_request"))?;
        // For `pull_request`, the workflow's commit is the merge result. For other events it is a commit of the base
        // branch and shows nothing about the pull request.
        let head = if self.name == "pull_request" {
            self.sha.clone()
        } else {
            commit("pull_request.head.sha", &request.head.sha)?
        };
        let base = Base::Commit(commit("pull_request.base.sha", &request.base.sha)?);
        let words = format!("a pull request (`{}`)", self.name);
        Ok(Plan::request(vec![base], &head, &words))
    }

    fn everything(&self, words: &str) -> Plan {
        Plan::everything(&self.sha, words)
    }

    fn lacks(&self, field: &str) -> Error {
        Error::Usage(format!(
            "the payload of the event `{}` has no `{field}`, so the commits to scan are unknown",
            self.name
        ))
    }
}

fn read(path: &Path) -> Result<Payload, Error> {
    let failed = |error| Error::File {
        path: path.to_owned(),
        error,
    };
    let bytes = read_bytes(path, MAX_RULES_BYTES).map_err(failed)?;
    // Report where the payload is wrong, but not the parser's message: it quotes untrusted input.
    serde_json::from_slice(&bytes).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        let place = format!("not an event payload, at line {line}, column {column}");
        failed(std::io::Error::other(place))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(digit: char) -> String {
        digit.to_string().repeat(40)
    }

    fn event(name: &str, full_ref: &str, payload: &serde_json::Value) -> Event {
        Event {
            name: name.to_owned(),
            sha: id('e'),
            full_ref: full_ref.to_owned(),
            payload: serde_json::from_value(payload.clone()).unwrap(),
        }
    }

    #[track_caller]
    fn check(event: &Event, bases: &[Base], head: char, or_everything: bool) {
        let plan = event.plan().unwrap();
        assert_eq!(plan.bases, bases);
        assert_eq!((plan.head, plan.or_everything), (id(head), or_everything));
    }

    #[test]
    fn pushes_are_compared_with_what_was_there() {
        let before = |before: String, full_ref: &str| {
            let payload =
                serde_json::json!({"before": before, "repository": {"default_branch": "main"}});
            event("push", full_ref, &payload)
        };
        let main = Base::Branch("main".to_owned());
        let old = Base::Commit(id('b'));
        check(
            &before(id('b'), "refs/heads/main"),
            std::slice::from_ref(&old),
            'e',
            true,
        );
        check(
            &before(id('b'), "refs/heads/work"),
            &[old, main.clone()],
            'e',
            true,
        );
        check(&before(id('0'), "refs/heads/work"), &[main], 'e', true);
        check(&before(id('0'), "refs/heads/main"), &[], 'e', true);
        check(&before(id('0'), "refs/tags/v1"), &[], 'e', true);
    }

    #[test]
    fn requests_are_compared_with_their_base() {
        let payload = serde_json::json!({"pull_request": {"base": {"sha": id('b')}, "head": {"sha": id('a')}}});
        let base = [Base::Commit(id('b'))];
        let plan = |name| event(name, "refs/pull/1/merge", &payload);
        check(&plan("pull_request"), &base, 'e', false);
        check(&plan("pull_request_target"), &base, 'a', false);
        check(&plan("pull_request_review"), &base, 'a', false);
        let payload =
            serde_json::json!({"merge_group": {"base_sha": id('b'), "head_sha": id('a')}});
        check(&event("merge_group", "", &payload), &base, 'a', false);
    }

    #[test]
    fn what_is_no_change_is_scanned_whole() {
        for name in ["schedule", "workflow_dispatch", "release"] {
            check(
                &event(name, "refs/heads/main", &serde_json::json!({})),
                &[],
                'e',
                true,
            );
        }
    }

    #[test]
    fn a_payload_that_tells_nothing_is_an_error() {
        let empty = serde_json::json!({});
        for name in ["push", "pull_request", "pull_request_target", "merge_group"] {
            assert!(
                event(name, "refs/heads/main", &empty).plan().is_err(),
                "{name}"
            );
        }
        let hostile = serde_json::json!({"before": "--upload-pack=x"});
        assert!(event("push", "refs/heads/main", &hostile).plan().is_err());
    }
}
