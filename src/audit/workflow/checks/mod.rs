//! The checks on workflows, one file each.
//!
//! To add one: write its file next to the others, and list it in [`CHECKS`]. The tests of `audit` run its examples.

mod dangerous_trigger;
mod github_env;
mod hardcoded_credential;
mod insecure_commands;
pub(super) mod permissions;
mod persisted_credentials;
mod secret_leak;
mod secrets_inherit;
mod ssh_host_unchecked;
mod template_injection;
pub(super) mod unpinned_action;
mod weak_condition;

use crate::audit::check::{Card, Check, Example};
use crate::audit::report::{Report, Sighting};
use crate::audit::yaml::Value;
use crate::model::{Category, Confidence, Severity};

use super::expression::{self, Writer};
use super::file::{File, Job};
use super::flow::Scope;

/// Every check.
pub(super) static CHECKS: &[&dyn for<'t> Check<File<'t>>] = &[
    &dangerous_trigger::DangerousTrigger,
    &github_env::GithubEnv,
    &hardcoded_credential::HardcodedCredential,
    &insecure_commands::InsecureCommands,
    &permissions::Permissions,
    &persisted_credentials::PersistedCredentials,
    &secret_leak::SecretLeak,
    &secrets_inherit::SecretsInherit,
    &ssh_host_unchecked::SshHostUnchecked,
    &template_injection::TemplateInjection,
    &unpinned_action::UnpinnedAction,
    &weak_condition::WeakCondition,
];

/// An example of a workflow.
const fn workflow(text: &'static str) -> Example {
    Example {
        path: ".github/workflows/ci.yml",
        text,
        beside: &[],
    }
}

/// An example of an action.
const fn action(text: &'static str) -> Example {
    Example {
        path: "build/action.yml",
        text,
        beside: &[],
    }
}

/// Adds a finding with the given severity.
fn see(
    report: &mut Report,
    card: &'static Card,
    severity: Severity,
    span: std::ops::Range<usize>,
    message: String,
) {
    let mut sighting = Sighting::new(card, span, message);
    sighting.severity = severity;
    report.add(card, sighting);
}

const HARDENING: &str = "https://docs.github.com/en/actions/reference/security/secure-use";
const OWASP: &str = "https://owasp.org/www-project-top-10-ci-cd-security-risks/";
