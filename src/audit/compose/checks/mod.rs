//! The checks on compose files, one file each.
//!
//! To add one: write its file beside the others, and name it in [`CHECKS`]. Its examples are run by the tests of
//! `audit`.

mod cap_drop_all;
mod cpu_limit;
mod credential_default;
mod credential_in_url;
mod datastore_port_published;
mod docker_socket;
mod hardcoded_credential;
mod healthcheck_missing;
mod logging;
mod memory_limit;
mod no_new_privileges;
mod pids_limit;
mod placeholder;
mod port_all_interfaces;
mod port_bind_open_default;
mod privileged;
mod read_only_rootfs;
mod restart_policy;
mod unresolved_part;
mod user_missing;

use crate::audit::check::{Card, Check, Example};
use crate::audit::report::{Report, Sighting};
use crate::model::{Category, Confidence, Severity};

use super::file::File;

/// Every check. First those for what a service lacks, in the order in which they are told when they are equally grave:
/// all that one service lacks is one finding.
pub(super) static CHECKS: &[&dyn for<'t> Check<File<'t>>] = &[
    &no_new_privileges::NoNewPrivileges,
    &cap_drop_all::CapDropAll,
    &memory_limit::MemoryLimit,
    &restart_policy::RestartPolicy,
    &healthcheck_missing::HealthcheckMissing,
    &read_only_rootfs::ReadOnlyRootfs,
    &user_missing::UserMissing,
    &cpu_limit::CpuLimit,
    &pids_limit::PidsLimit,
    &logging::Logging,
    &credential_default::CredentialDefault,
    &credential_in_url::CredentialInUrl,
    &datastore_port_published::DatastorePortPublished,
    &docker_socket::DockerSocket,
    &hardcoded_credential::HardcodedCredential,
    &placeholder::Placeholder,
    &port_all_interfaces::PortAllInterfaces,
    &port_bind_open_default::PortBindOpenDefault,
    &privileged::Privileged,
    &unresolved_part::UnresolvedPart,
];

/// An example in a file with the usual name.
const fn compose(text: &'static str) -> Example {
    Example {
        path: "compose.yaml",
        text,
        beside: &[],
    }
}

const CIS: &str = "https://www.cisecurity.org/benchmark/docker";
const OWASP: &str =
    "https://cheatsheetseries.owasp.org/cheatsheets/Docker_Security_Cheat_Sheet.html";
const SERVICES: &str = "https://docs.docker.com/reference/compose-file/services/";
const DEPLOY: &str = "https://docs.docker.com/reference/compose-file/deploy/";
