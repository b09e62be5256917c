//! The checks on env files, one file each.
//!
//! To add one: write its file next to the others, and list it in [`CHECKS`]. The tests of `audit` run its examples.

mod debug;
mod duplicate_key;
mod example_drift;
mod hardcoded_secret;
mod insecure_url;
mod not_ignored;
mod placeholder;
mod published_sample_key;
mod secret_reused;
mod self_reference;
mod sslmode;
mod tracked;
mod weak_secret;

use crate::audit::check::{Card, Check, Example};
use crate::audit::report::{Report, Sighting};
use crate::model::{Category, Confidence, Severity};

use super::file::{self, File};

pub(in crate::audit) use sslmode::{CARD as SSLMODE, sight as sslmode};

/// Every check.
pub(super) static CHECKS: &[&dyn for<'t> Check<File<'t>>] = &[
    &debug::Debug,
    &duplicate_key::DuplicateKey,
    &example_drift::ExampleDrift,
    &hardcoded_secret::HardcodedSecret,
    &insecure_url::InsecureUrl,
    &not_ignored::NotIgnored,
    &placeholder::Placeholder,
    &published_sample_key::PublishedSampleKey,
    &secret_reused::SecretReused,
    &self_reference::SelfReference,
    &sslmode::Sslmode,
    &tracked::Tracked,
    &weak_secret::WeakSecret,
];

/// An example in a file that is deployed.
const fn env(text: &'static str) -> Example {
    at(".env.production", text, &[])
}

/// An example in a file of another name, or among other files.
const fn at(
    path: &'static str,
    text: &'static str,
    beside: &'static [(&'static str, &'static str)],
) -> Example {
    Example { path, text, beside }
}

const DOCKER_SECRETS: &str = "https://docs.docker.com/compose/how-tos/use-secrets/";
const SECRETS: &str =
    "https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html";
const TWELVE_FACTORS: &str = "https://12factor.net/config";
