//! What a Dockerfile says about its image, for formats that refer to one.

use super::base;
use super::stage;

/// What a Dockerfile says about the image that it builds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::audit) struct Image {
    /// The user that the image runs as, as far as the file shows: `1001:1001`, `root`. `None` if it sets none, or if
    /// its name is only known to the build.
    pub(in crate::audit) user: Option<String>,
    /// Whether it runs as root: because the file says so, or because it says nothing and its base image is known to.
    /// `None` if that is not known.
    pub(in crate::audit) runs_as_root: Option<bool>,
    /// The base image, as far as the file shows.
    pub(in crate::audit) base: Option<String>,
    /// Whether it has a health check of its own.
    pub(in crate::audit) has_healthcheck: bool,
}

/// Reads `text`, a Dockerfile, for its last stage or for the one that `target` names; `None` if it is not a Dockerfile,
/// or has no such stage.
pub(in crate::audit) fn of(text: &str, target: Option<&str>) -> Option<Image> {
    let docker = stage::parse(text)?;
    let number = docker.stage_number(target)?;
    let user = docker.last(number, "USER");
    let name = user.and_then(|step| step.arguments().first());
    let known = name.and_then(|name| name.known());
    let image = docker.bottom(number).and_then(|base| base.image.as_deref());
    let runs_as_root = match (user, known) {
        (Some(_), known) => known.map(is_root),
        (None, _) => match base::user(image.unwrap_or_default()) {
            base::User::Root | base::User::Workers => Some(true),
            base::User::NonRoot | base::User::Drops => Some(false),
            base::User::Unknown => None,
        },
    };
    Some(Image {
        user: known.map(str::to_owned),
        runs_as_root,
        base: image.map(str::to_owned),
        has_healthcheck: docker
            .last(number, "HEALTHCHECK")
            .is_some_and(|step| !step.commands().is_empty()),
    })
}

/// Returns whether a user is root, whatever the group.
pub(super) fn is_root(user: &str) -> bool {
    let name = user.split(':').next().unwrap_or(user);
    name == "root" || !name.is_empty() && name.bytes().all(|byte| byte == b'0')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(
        text: &str,
        target: Option<&str>,
        user: Option<&str>,
        root: Option<bool>,
        check: bool,
    ) {
        let image = of(text, target).unwrap();
        assert_eq!(
            (
                image.user.as_deref(),
                image.runs_as_root,
                image.has_healthcheck
            ),
            (user, root, check),
            "{text}"
        );
    }

    #[test]
    fn the_last_stage_or_the_one_that_is_named_counts() {
        let text = "ARG U=1001\nFROM node:20 AS base\nUSER node\nFROM base as Dev\nUSER root\nFROM base\n\
                    HEALTHCHECK --interval=5s CMD [\"true\"]\n";
        check(text, None, Some("node"), Some(false), true);
        check(text, Some("dev"), Some("root"), Some(true), false);
        check(text, Some("0"), Some("node"), Some(false), false);
        assert_eq!(of(text, Some("other")), None);
        assert_eq!(of("RUN x\n", None), None);
    }

    #[test]
    fn variables_and_bases_count() {
        check(
            "FROM node:20\nARG U=1001\nUSER ${U}:0\n",
            None,
            Some("1001:0"),
            Some(false),
            false,
        );
        check("FROM node:20\nARG U\nUSER $U\n", None, None, None, false);
        check(
            "ARG U=0\nFROM node:20\nARG U\nUSER $U\n",
            None,
            Some("0"),
            Some(true),
            false,
        );
        check(
            "FROM node:20\nHEALTHCHECK NONE\n",
            None,
            None,
            Some(true),
            false,
        );
        check("FROM acme/x\n", None, None, None, false);
        check("FROM bitnami/redis\n", None, None, Some(false), false);
    }
}
