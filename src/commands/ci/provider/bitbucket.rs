//! Bitbucket Pipelines.

use crate::commands::Error;
use crate::commands::ci::event::{Base, CHECKED_OUT, short_commit};

use super::{Env, Plan, Provider, plain_address, request_bases};

pub(super) struct Bitbucket;

impl Provider for Bitbucket {
    fn name(&self) -> &'static str {
        "bitbucket"
    }

    fn title(&self) -> &'static str {
        "Bitbucket Pipelines"
    }

    fn marker(&self) -> &'static str {
        "BITBUCKET_BUILD_NUMBER"
    }

    fn is_running(&self, env: Env<'_>) -> bool {
        env.text(self.marker()).is_some()
    }

    fn needs(&self) -> &'static [&'static str] {
        &["BITBUCKET_COMMIT"]
    }

    fn plan(&self, env: Env<'_>) -> Result<Plan, Error> {
        let head = env.commit("BITBUCKET_COMMIT")?;
        if env.text("BITBUCKET_PR_ID").is_some() {
            return pull_request(env);
        }
        if env.text("BITBUCKET_TAG").is_some() {
            return Ok(Plan::everything(&head, "a tag, which marks a release"));
        }
        let Some(pushed) = env.text("BITBUCKET_BRANCH") else {
            return Ok(Plan::everything(&head, "a custom pipeline"));
        };
        // No variable has the commit that the branch pointed to before.
        let base = Base::DefaultBranch {
            pushed: Some(pushed),
        };
        Ok(Plan::push(vec![base], &head, "a push"))
    }

    fn full_clone(&self) -> &'static str {
        "set `clone: depth: full` for the pipeline"
    }

    fn files(&self, env: Env<'_>, head: &str) -> Option<String> {
        let repository = env.text("BITBUCKET_REPO_FULL_NAME")?;
        plain_address(format!("https://bitbucket.org/{repository}/src/{head}"))
    }
}

/// Plans for a pull request. Bitbucket merges the destination into the source before the steps run, so no variable can
/// name the commit that is checked out.
fn pull_request(env: Env<'_>) -> Result<Plan, Error> {
    // Usually abbreviated to twelve digits.
    let tip = env.text("BITBUCKET_PR_DESTINATION_COMMIT");
    let tip = tip.map(|id| short_commit("BITBUCKET_PR_DESTINATION_COMMIT", &id));
    let commits = tip.transpose()?.into_iter();
    let bases = request_bases(env, commits, "BITBUCKET_PR_DESTINATION_BRANCH")?;
    Ok(Plan::request(bases, CHECKED_OUT, "a pull request"))
}
