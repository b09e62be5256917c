//! The checks on compose files, one file each.
//!
//! To add one: write its file beside the others, and name it in [`CHECKS`]. Its examples are run by the tests of
//! `audit`.

mod credential_default;
mod credential_in_url;
mod datastore_port_published;
mod db_sslmode;
mod docker_socket;
mod hardcoded_credential;
mod no_new_privileges;
mod placeholder;
mod port_all_interfaces;
mod port_bind_open_default;
mod privileged;
mod redis_command;

use crate::audit::check::{Card, Check, Example};
use crate::audit::report::{Report, Sighting};
use crate::model::{Category, Confidence, Severity};

use super::file::File;

/// Every check.
pub(super) static CHECKS: &[&dyn for<'t> Check<File<'t>>] = &[
    &credential_default::CredentialDefault,
    &credential_in_url::CredentialInUrl,
    &datastore_port_published::DatastorePortPublished,
    &db_sslmode::DbSslmode,
    &docker_socket::DockerSocket,
    &hardcoded_credential::HardcodedCredential,
    &no_new_privileges::NoNewPrivileges,
    &placeholder::Placeholder,
    &port_all_interfaces::PortAllInterfaces,
    &port_bind_open_default::PortBindOpenDefault,
    &privileged::Privileged,
    &redis_command::RedisCommand,
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
