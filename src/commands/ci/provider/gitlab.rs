//! GitLab CI.

use crate::commands::Error;
use crate::commands::ci::event::{Base, branch, is_zero};

use super::{Env, Plan, Provider, plain_address, request_bases};

pub(super) struct Gitlab;

impl Provider for Gitlab {
    fn name(&self) -> &'static str {
        "gitlab"
    }

    fn title(&self) -> &'static str {
        "GitLab CI"
    }

    fn marker(&self) -> &'static str {
        "GITLAB_CI"
    }

    fn needs(&self) -> &'static [&'static str] {
        &["CI_COMMIT_SHA", "CI_PIPELINE_SOURCE"]
    }

    fn plan(&self, env: Env<'_>) -> Result<Plan, Error> {
        let head = env.commit("CI_COMMIT_SHA")?;
        if env.text("CI_COMMIT_TAG").is_some() {
            return Ok(Plan::everything(&head, "a tag, which marks a release"));
        }
        let source = env.needed("CI_PIPELINE_SOURCE")?;
        // Pipelines started by a merge request's pipeline have these variables, too.
        if source == "merge_request_event" || env.text("CI_MERGE_REQUEST_IID").is_some() {
            return merge_request(env, &head);
        }
        if source == "external_pull_request_event" {
            return external(env, &head);
        }
        match source.as_str() {
            // A child pipeline has the variables its parent was started with.
            "push" | "parent_pipeline" => push(env, &head),
            source => {
                let event = format!("a pipeline started by `{source}`");
                Ok(Plan::everything(&head, &event))
            }
        }
    }

    fn is_outside(&self, env: Env<'_>) -> bool {
        let differ = |source, target| {
            let source = env.text(source);
            source.is_some() && source != env.text(target)
        };
        differ(
            "CI_MERGE_REQUEST_SOURCE_PROJECT_ID",
            "CI_MERGE_REQUEST_PROJECT_ID",
        ) || differ(
            "CI_EXTERNAL_PULL_REQUEST_SOURCE_REPOSITORY",
            "CI_EXTERNAL_PULL_REQUEST_TARGET_REPOSITORY",
        )
    }

    fn full_clone(&self) -> &'static str {
        "set the variable `GIT_DEPTH: 0` for the job"
    }

    fn files(&self, env: Env<'_>, head: &str) -> Option<String> {
        let project = env.text("CI_PROJECT_URL")?;
        plain_address(format!("{project}/-/blob/{head}"))
    }
}

fn push(env: Env<'_>, head: &str) -> Result<Plan, Error> {
    let before = env.optional_commit("CI_COMMIT_BEFORE_SHA")?;
    let before = before.filter(|id| !is_zero(id));
    let pushed = env.text("CI_COMMIT_BRANCH");
    let default = env
        .text("CI_DEFAULT_BRANCH")
        .filter(|name| Some(name) != pushed.as_ref())
        .map(|name| branch("CI_DEFAULT_BRANCH", &name))
        .transpose()?;
    let event = match before {
        Some(_) => "a push",
        None => "the first push of a branch",
    };
    // The commit before a force push may be gone.
    let bases = before.map(Base::Commit).into_iter();
    let bases = bases.chain(default.map(Base::Branch)).collect();
    Ok(Plan::push(bases, head, event))
}

fn merge_request(env: Env<'_>, head: &str) -> Result<Plan, Error> {
    // Set if the commit is the merge result, which also includes what the target branch gained since the branches
    // diverged. That is not part of the merge request.
    let target = env.optional_commit("CI_MERGE_REQUEST_TARGET_BRANCH_SHA")?;
    let parted = env.optional_commit("CI_MERGE_REQUEST_DIFF_BASE_SHA")?;
    let commits = target.into_iter().chain(parted);
    let bases = request_bases(env, commits, "CI_MERGE_REQUEST_TARGET_BRANCH_NAME")?;
    let event = match env.text("CI_MERGE_REQUEST_EVENT_TYPE").as_deref() {
        Some("merge_train") => "a merge train",
        Some("merged_result") => "a merge request, with its merged result",
        _ => "a merge request",
    };
    Ok(Plan::request(bases, head, event))
}

/// Plans for a pull request on GitHub of a project whose pipelines run on GitLab.
fn external(env: Env<'_>, head: &str) -> Result<Plan, Error> {
    let target = env.optional_commit("CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_SHA")?;
    let name = "CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_NAME";
    let bases = request_bases(env, target.into_iter(), name)?;
    Ok(Plan::request(bases, head, "a pull request of another host"))
}
