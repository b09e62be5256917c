//! The checks on Dockerfiles, one file each.
//!
//! To add one: write its file next to the others, and list it in [`CHECKS`]. The tests of `audit` run its examples.

mod base_mutable_tag;
mod chmod_777;
mod context_unfiltered;
mod dev_server;
mod downloads;
mod healthcheck_missing;
mod remote_script;
mod secret_copied;
mod secret_in_env_arg;
mod ssh;
mod sudo;
mod tls_off;
mod update_alone;
mod user_missing;
mod user_root;

use crate::audit::check::{Card, Check, Example};
use crate::audit::fix::{Edit, Fix};
use crate::audit::report::{Report, Sighting};
use crate::model::{Category, Confidence, Severity};

use super::file::File;
use super::stage::Step;

/// Every check.
pub(super) static CHECKS: &[&dyn for<'t> Check<File<'t>>] = &[
    &base_mutable_tag::BaseMutableTag,
    &chmod_777::Chmod777,
    &context_unfiltered::ContextUnfiltered,
    &dev_server::DevServer,
    &healthcheck_missing::HealthcheckMissing,
    &remote_script::RemoteScript,
    &secret_copied::SecretCopied,
    &secret_in_env_arg::SecretInEnvArg,
    &ssh::Ssh,
    &sudo::Sudo,
    &tls_off::TlsOff,
    &update_alone::UpdateAlone,
    &user_missing::UserMissing,
    &user_root::UserRoot,
];

/// An example in a file with the usual name.
const fn docker(text: &'static str) -> Example {
    Example {
        path: "Dockerfile",
        text,
        beside: &[],
    }
}

/// An example in a file of another name, or among other files.
const fn at(
    path: &'static str,
    text: &'static str,
    beside: &'static [(&'static str, &'static str)],
) -> Example {
    Example { path, text, beside }
}

const CIS: &str = "https://www.cisecurity.org/benchmark/docker";
const OWASP: &str =
    "https://cheatsheetseries.owasp.org/cheatsheets/Docker_Security_Cheat_Sheet.html";
const DOCKERFILE: &str = "https://docs.docker.com/reference/dockerfile/";
const PRACTICES: &str = "https://docs.docker.com/build/building/best-practices/";
