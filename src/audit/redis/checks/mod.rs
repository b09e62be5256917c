//! The checks on Redis, one file each.
//!
//! To add one: write its file next to the others, and list it in [`RULES`]. The tests of `audit` run its examples.

mod bind_all;
mod dangerous_commands;
mod eviction;
mod no_auth;
mod no_maxmemory;
mod no_persistence;
mod no_tls;
mod password_in_file;
mod protected_mode_off;

use crate::audit::check::{Card, Example};
use crate::audit::report::Sighting;
use crate::model::{Category, Confidence, Severity};

use super::{Reach, Redis, Rule};

/// Every check.
pub(super) static RULES: &[Rule] = &[
    bind_all::RULE,
    dangerous_commands::RULE,
    eviction::RULE,
    no_auth::RULE,
    no_maxmemory::RULE,
    no_persistence::RULE,
    no_tls::RULE,
    password_in_file::RULE,
    protected_mode_off::RULE,
];

/// An example in a file with the usual name.
const fn conf(text: &'static str) -> Example {
    at("redis.conf", text)
}

/// An example in a file of another name.
const fn at(path: &'static str, text: &'static str) -> Example {
    Example {
        path,
        text,
        beside: &[],
    }
}

const SECURITY: &str = "https://redis.io/docs/latest/operate/oss_and_stack/management/security/";
const PERSISTENCE: &str =
    "https://redis.io/docs/latest/operate/oss_and_stack/management/persistence/";
const EVICTION: &str = "https://redis.io/docs/latest/develop/reference/eviction/";
const IMAGE: &str = "https://hub.docker.com/_/redis";
