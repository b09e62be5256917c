//! The checks on compose files, one file each.
//!
//! To add one: write its file beside the others, and name it in [`CHECKS`]. Its examples are run by the tests of
//! `audit`.

mod auth_disabled;
mod credential_default;
mod credential_in_build_arg;
mod credential_in_command;
mod credential_in_label;
mod credential_in_url;
mod credential_optional;
mod datastore_port_published;
mod default_credential;
mod docker_socket;
mod duplicate_host_port;
mod flat_network;
mod hardcoded_credential;
mod no_new_privileges;
mod placeholder;
mod port_all_interfaces;
mod port_bind_open_default;
mod port_privileged;
mod privileged;
mod secret_via_env;
mod unresolved_part;

use crate::audit::check::{Card, Check, Example};
use crate::audit::report::{Report, Sighting};
use crate::model::{Category, Confidence, Severity};

use super::file::File;

/// Every check.
pub(super) static CHECKS: &[&dyn for<'t> Check<File<'t>>] = &[
    &auth_disabled::AuthDisabled,
    &credential_default::CredentialDefault,
    &credential_in_build_arg::CredentialInBuildArg,
    &credential_in_command::CredentialInCommand,
    &credential_in_label::CredentialInLabel,
    &credential_in_url::CredentialInUrl,
    &credential_optional::CredentialOptional,
    &datastore_port_published::DatastorePortPublished,
    &default_credential::DefaultCredential,
    &docker_socket::DockerSocket,
    &duplicate_host_port::DuplicateHostPort,
    &flat_network::FlatNetwork,
    &hardcoded_credential::HardcodedCredential,
    &no_new_privileges::NoNewPrivileges,
    &placeholder::Placeholder,
    &port_all_interfaces::PortAllInterfaces,
    &port_bind_open_default::PortBindOpenDefault,
    &port_privileged::PortPrivileged,
    &privileged::Privileged,
    &secret_via_env::SecretViaEnv,
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
