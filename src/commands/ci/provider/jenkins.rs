//! Jenkins, with the plugins for Git checkouts and multibranch builds.

use std::iter;

use crate::commands::Error;
use crate::commands::ci::event::{Base, CHECKED_OUT, branch, commit};

use super::{Env, Plan, Provider, request_bases};

pub(super) struct Jenkins;

impl Provider for Jenkins {
    fn name(&self) -> &'static str {
        "jenkins"
    }

    fn title(&self) -> &'static str {
        "Jenkins"
    }

    fn marker(&self) -> &'static str {
        "JENKINS_URL"
    }

    /// The server's URL is set only if an administrator has entered it; the build tag always is.
    fn is_running(&self, env: Env<'_>) -> bool {
        let tag = env.text("BUILD_TAG");
        tag.is_some_and(|tag| tag.starts_with("jenkins-")) || env.text(self.marker()).is_some()
    }

    /// Scripted pipelines have no Git variables unless they set them.
    fn needs(&self) -> &'static [&'static str] {
        &[]
    }

    fn plan(&self, env: Env<'_>) -> Result<Plan, Error> {
        // The checkout may be a merge made on this machine, which no variable names.
        if env.text("CHANGE_ID").is_some() {
            let bases = request_bases(env, iter::empty(), "CHANGE_TARGET")?;
            return Ok(Plan::request(bases, CHECKED_OUT, "a change request"));
        }
        let head = known(env, "GIT_COMMIT")?.unwrap_or_else(|| CHECKED_OUT.to_owned());
        if env.text("TAG_NAME").is_some() {
            return Ok(Plan::everything(&head, "a tag, which marks a release"));
        }
        // Not the last build: rebuilding after a failure must fail again.
        let before = known(env, "GIT_PREVIOUS_SUCCESSFUL_COMMIT")?;
        let event = match before {
            Some(_) => "the commits since the last successful build",
            None => "the first build of a branch",
        };
        let pushed = ["BRANCH_NAME", "GIT_LOCAL_BRANCH", "GIT_BRANCH"];
        let pushed = pushed.iter().find_map(|name| env.text(name));
        let pushed = pushed.and_then(|name| branch("GIT_BRANCH", &name).ok());
        let bases = before.map(Base::Commit).into_iter();
        let bases = bases.chain([Base::DefaultBranch { pushed }]).collect();
        Ok(Plan::push(bases, &head, event))
    }

    fn is_outside(&self, env: Env<'_>) -> bool {
        env.text("CHANGE_FORK").is_some()
    }

    fn full_clone(&self) -> &'static str {
        "disable the shallow clone of the checkout, and fetch the target branch"
    }
}

/// Returns a commit id; scripts pass the word `null` if there is none.
fn known(env: Env<'_>, name: &str) -> Result<Option<String>, Error> {
    let id = env.text(name).filter(|id| id != "null");
    id.map(|id| commit(name, &id)).transpose()
}
