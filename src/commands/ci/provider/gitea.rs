//! Gitea Actions: the variables, payloads and commands of GitHub, from Gitea's own runner.

use crate::commands::Error;

use super::{Dialect, Env, Plan, Provider, github, plain_address};

pub(super) struct Gitea;

impl Provider for Gitea {
    fn name(&self) -> &'static str {
        "gitea"
    }

    fn title(&self) -> &'static str {
        "Gitea Actions"
    }

    fn marker(&self) -> &'static str {
        "GITEA_ACTIONS"
    }

    fn needs(&self) -> &'static [&'static str] {
        github::NEEDS
    }

    fn plan(&self, env: Env<'_>) -> Result<Plan, Error> {
        github::plan(env)
    }

    fn full_clone(&self) -> &'static str {
        github::FULL_CLONE
    }

    fn dialect(&self) -> Dialect {
        Dialect::Workflow
    }

    fn is_outside(&self, env: Env<'_>) -> bool {
        github::is_outside(env)
    }

    fn files(&self, env: Env<'_>, head: &str) -> Option<String> {
        files(env, head)
    }

    fn is_compatible_with(&self) -> &'static [&'static str] {
        &["github"]
    }
}

/// Returns where Gitea and Forgejo show the files of a commit, which differs from GitHub.
pub(super) fn files(env: Env<'_>, head: &str) -> Option<String> {
    let repository = github::repository_address(env)?;
    plain_address(format!("{repository}/src/commit/{head}"))
}
