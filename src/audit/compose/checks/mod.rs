//! The checks on Compose files, one file each.
//!
//! To add one, write its file beside the others and list it in [`CHECKS`]. The tests of `audit` run its examples.

mod auth_disabled;
mod cap_add_dangerous;
mod cap_drop_all;
mod cpu_limit;
mod credential_default;
mod credential_in_build_arg;
mod credential_in_command;
mod credential_in_label;
mod credential_in_url;
mod credential_optional;
mod data_not_persisted;
mod datastore_port_published;
mod db_sslmode;
mod debug_mode;
mod default_credential;
mod depends_on_without_health;
mod device_exposed;
mod docker_socket;
mod duplicate_host_port;
mod flat_network;
mod hardcoded_credential;
mod healthcheck_disabled;
mod healthcheck_missing;
mod healthcheck_slow;
mod host_namespace;
mod image_mutable_tag;
mod image_no_digest;
mod logging;
mod memory_limit;
mod mount_propagation;
mod network_host;
mod no_new_privileges;
mod pids_limit;
mod placeholder;
mod port_all_interfaces;
mod port_bind_open_default;
mod port_privileged;
mod privileged;
mod read_only_rootfs;
mod redis_command;
mod restart_policy;
mod secret_via_env;
mod security_profile_off;
mod sensitive_host_path;
mod single_instance;
mod source_mounted;
mod undefined_variable;
mod unresolved_part;
mod user_missing;
mod user_root;

pub(in crate::audit) use debug_mode::{development_server, is_debugging};

use crate::audit::check::{Card, Check, Example};
use crate::audit::report::{Report, Sighting};
use crate::model::{Category, Confidence, Severity};

use super::file::File;

/// All checks. Those for what a service lacks come first, in the order in which they are reported at equal severity:
/// everything that one service lacks is one finding.
pub(super) static CHECKS: &[&dyn for<'t> Check<File<'t>>] = &[
    &no_new_privileges::NoNewPrivileges,
    &cap_drop_all::CapDropAll,
    &data_not_persisted::DataNotPersisted,
    &image_mutable_tag::ImageMutableTag,
    &memory_limit::MemoryLimit,
    &restart_policy::RestartPolicy,
    &healthcheck_missing::HealthcheckMissing,
    &read_only_rootfs::ReadOnlyRootfs,
    &user_missing::UserMissing,
    &cpu_limit::CpuLimit,
    &pids_limit::PidsLimit,
    &logging::Logging,
    &auth_disabled::AuthDisabled,
    &cap_add_dangerous::CapAddDangerous,
    &credential_default::CredentialDefault,
    &credential_in_build_arg::CredentialInBuildArg,
    &credential_in_command::CredentialInCommand,
    &credential_in_label::CredentialInLabel,
    &credential_in_url::CredentialInUrl,
    &credential_optional::CredentialOptional,
    &datastore_port_published::DatastorePortPublished,
    &db_sslmode::DbSslmode,
    &debug_mode::DebugMode,
    &default_credential::DefaultCredential,
    &depends_on_without_health::DependsOnWithoutHealth,
    &device_exposed::DeviceExposed,
    &docker_socket::DockerSocket,
    &duplicate_host_port::DuplicateHostPort,
    &flat_network::FlatNetwork,
    &hardcoded_credential::HardcodedCredential,
    &healthcheck_disabled::HealthcheckDisabled,
    &healthcheck_slow::HealthcheckSlow,
    &host_namespace::HostNamespace,
    &image_no_digest::ImageNoDigest,
    &mount_propagation::MountPropagation,
    &network_host::NetworkHost,
    &placeholder::Placeholder,
    &port_all_interfaces::PortAllInterfaces,
    &port_bind_open_default::PortBindOpenDefault,
    &port_privileged::PortPrivileged,
    &privileged::Privileged,
    &secret_via_env::SecretViaEnv,
    &security_profile_off::SecurityProfileOff,
    &sensitive_host_path::SensitiveHostPath,
    &single_instance::SingleInstance,
    &source_mounted::SourceMounted,
    &undefined_variable::UndefinedVariable,
    &unresolved_part::UnresolvedPart,
    &user_root::UserRoot,
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

/// The same, with other files beside it.
const fn beside(text: &'static str, beside: &'static [(&'static str, &'static str)]) -> Example {
    Example {
        path: "compose.yaml",
        text,
        beside,
    }
}

const CIS: &str = "https://www.cisecurity.org/benchmark/docker";
const OWASP: &str =
    "https://cheatsheetseries.owasp.org/cheatsheets/Docker_Security_Cheat_Sheet.html";
const SERVICES: &str = "https://docs.docker.com/reference/compose-file/services/";
const DEPLOY: &str = "https://docs.docker.com/reference/compose-file/deploy/";
