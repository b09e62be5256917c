//! Forgejo Actions: the variables, payloads and commands of GitHub, as in Gitea.

use crate::commands::Error;

use super::{Dialect, Env, Plan, Provider, gitea, github};

pub(super) struct Forgejo;

impl Provider for Forgejo {
    fn name(&self) -> &'static str {
        "forgejo"
    }

    fn title(&self) -> &'static str {
        "Forgejo Actions"
    }

    fn marker(&self) -> &'static str {
        "FORGEJO_ACTIONS"
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
        gitea::files(env, head)
    }

    fn is_compatible_with(&self) -> &'static [&'static str] {
        &["github", "gitea"]
    }
}
