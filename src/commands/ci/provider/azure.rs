//! Azure Pipelines.

use std::iter;

use crate::commands::Error;
use crate::commands::ci::event::Base;

use super::{Dialect, Env, Plan, Provider, request_bases};

pub(super) struct Azure;

impl Provider for Azure {
    fn name(&self) -> &'static str {
        "azure"
    }

    fn title(&self) -> &'static str {
        "Azure Pipelines"
    }

    fn marker(&self) -> &'static str {
        "TF_BUILD"
    }

    fn needs(&self) -> &'static [&'static str] {
        &["BUILD_REASON", "BUILD_SOURCEBRANCH", "BUILD_SOURCEVERSION"]
    }

    fn plan(&self, env: Env<'_>) -> Result<Plan, Error> {
        let head = env.commit("BUILD_SOURCEVERSION")?;
        let full_ref = env.needed("BUILD_SOURCEBRANCH")?;
        if full_ref.starts_with("refs/tags/") {
            return Ok(Plan::everything(&head, "a tag, which marks a release"));
        }
        match env.needed("BUILD_REASON")?.as_str() {
            // The commit is the merge result.
            "PullRequest" => {
                let target = "SYSTEM_PULLREQUEST_TARGETBRANCH";
                let bases = request_bases(env, iter::empty(), target)?;
                Ok(Plan::request(bases, &head, "a pull request"))
            }
            "IndividualCI" | "BatchedCI" => {
                let pushed = full_ref.strip_prefix("refs/heads/");
                // No variable has the commit that the branch pointed to before.
                let base = Base::DefaultBranch {
                    pushed: pushed.map(str::to_owned),
                };
                Ok(Plan::push(vec![base], &head, "a push"))
            }
            reason => {
                let event = format!("a run triggered by `{reason}`");
                Ok(Plan::everything(&head, &event))
            }
        }
    }

    fn is_outside(&self, env: Env<'_>) -> bool {
        let fork = env.text("SYSTEM_PULLREQUEST_ISFORK");
        fork.is_some_and(|fork| super::is_true(&fork))
    }

    fn full_clone(&self) -> &'static str {
        "set `fetchDepth: 0` on the `checkout` step"
    }

    fn dialect(&self) -> Dialect {
        Dialect::Azure
    }
}
