//! The checks on Kubernetes manifests, one file each.
//!
//! To add one: write its file next to the others, and list it in [`CHECKS`]. The tests of `audit` run its examples.

mod allow_privilege_escalation;
mod auth_disabled;
mod cap_add;
mod cap_drop;
mod default_namespace;
mod host_namespaces;
mod host_path;
mod host_port;
mod image_tag;
mod ingress_tls;
mod limits;
mod privileged;
mod probes;
mod read_only_rootfs;
mod replicas;
mod run_as_non_root;
mod secret_in_manifest;
mod security_profile_off;
mod unsafe_sysctl;

use crate::audit::check::{Card, Check, Example};
use crate::audit::report::{Report, Sighting};
use crate::model::{Category, Confidence, Severity};

use super::container::Role;
use super::manifest::File;
use super::scalar::{integer, is_false, is_true, is_zero_quantity};

/// Every check.
pub(super) static CHECKS: &[&dyn for<'t> Check<File<'t>>] = &[
    &allow_privilege_escalation::AllowPrivilegeEscalation,
    &auth_disabled::AuthDisabled,
    &cap_add::CapAdd,
    &cap_drop::CapDrop,
    &default_namespace::DefaultNamespace,
    &host_namespaces::HostNamespaces,
    &host_path::HostPath,
    &host_port::HostPort,
    &image_tag::ImageTag,
    &ingress_tls::IngressTls,
    &limits::Limits,
    &privileged::Privileged,
    &probes::Probes,
    &read_only_rootfs::ReadOnlyRootfs,
    &replicas::Replicas,
    &run_as_non_root::RunAsNonRoot,
    &secret_in_manifest::SecretInManifest,
    &security_profile_off::SecurityProfileOff,
    &unsafe_sysctl::UnsafeSysctl,
];

/// An example in a file of its own.
const fn manifest(text: &'static str) -> Example {
    Example {
        path: "deploy/app.yaml",
        text,
        beside: &[],
    }
}

const SECURITY_CONTEXT: &str =
    "https://kubernetes.io/docs/tasks/configure-pod-container/security-context/";
const STANDARDS: &str = "https://kubernetes.io/docs/concepts/security/pod-security-standards/";
const OWASP: &str =
    "https://cheatsheetseries.owasp.org/cheatsheets/Kubernetes_Security_Cheat_Sheet.html";
const CIS: &str = "https://www.cisecurity.org/benchmark/kubernetes";
