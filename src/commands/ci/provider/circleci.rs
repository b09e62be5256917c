//! `CircleCI`.

use crate::commands::Error;
use crate::commands::ci::event::Base;

use super::{Env, Plan, Provider};

pub(super) struct Circleci;

impl Provider for Circleci {
    fn name(&self) -> &'static str {
        "circleci"
    }

    fn title(&self) -> &'static str {
        "CircleCI"
    }

    fn marker(&self) -> &'static str {
        "CIRCLECI"
    }

    fn needs(&self) -> &'static [&'static str] {
        &["CIRCLE_SHA1"]
    }

    fn plan(&self, env: Env<'_>) -> Result<Plan, Error> {
        let head = env.commit("CIRCLE_SHA1")?;
        if env.text("CIRCLE_TAG").is_some() {
            return Ok(Plan::everything(&head, "a tag, which marks a release"));
        }
        // Only pipeline values have the previous commit of the branch and the target of a pull request; they are
        // passed with `--base`.
        let base = Base::DefaultBranch {
            pushed: env.text("CIRCLE_BRANCH"),
        };
        Ok(Plan::push(vec![base], &head, "a push"))
    }

    fn is_outside(&self, env: Env<'_>) -> bool {
        env.text("CIRCLE_PR_USERNAME").is_some()
    }

    fn full_clone(&self) -> &'static str {
        "set `method: full` on the `checkout` step"
    }
}
