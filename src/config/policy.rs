//! The table `policy`: requirements that differ between projects.

use std::net::IpAddr;

use crate::audit::{Policy, TlsVersion};

use super::ConfigError;
use super::reader::{Reader, Value};

/// The keys of the table.
pub(super) const KEYS: &[&str] = &[
    "min-tls",
    "allowed-bind-addresses",
    "required-keys",
    "min-secret-length",
    "development-words",
];

/// A longer minimum is surely a typo.
const MAX_SECRET_LENGTH: usize = 1024;

/// Reads the table.
pub(super) fn read(reader: &Reader<'_>, value: &Value<'_>) -> Result<Policy, ConfigError> {
    let table = reader.table("policy", value)?;
    let mut policy = Policy::default();
    for (key, value) in reader.entries(table, "policy", KEYS)? {
        match key {
            "min-tls" => policy.min_tls = tls(reader, value)?,
            "allowed-bind-addresses" => {
                let is_address = |text: &str| text == "*" || text.parse::<IpAddr>().is_ok();
                let what = "an IP address, such as \"10.0.0.5\", or \"*\" for all";
                policy.allowed_bind_addresses = reader.texts(key, value, what, is_address)?;
            }
            "required-keys" => {
                let what = "the name of a variable: letters, digits and underscores";
                policy.required_keys = reader.texts(key, value, what, is_variable)?;
            }
            "min-secret-length" => {
                policy.min_secret_length = reader.number(key, value, 1..MAX_SECRET_LENGTH + 1)?;
            }
            "development-words" => {
                let what = "a word of letters and digits, as used in file names";
                policy.development_words = reader.texts(key, value, what, is_word)?;
            }
            _ => {}
        }
    }
    Ok(policy)
}

fn tls(reader: &Reader<'_>, value: &Value<'_>) -> Result<TlsVersion, ConfigError> {
    match reader.text("min-tls", value)? {
        "1.2" => Ok(TlsVersion::V1_2),
        "1.3" => Ok(TlsVersion::V1_3),
        _ => {
            let message = "`min-tls` must be \"1.2\" or \"1.3\"".to_owned();
            Err(reader.error(value.span(), message))
        }
    }
}

fn is_variable(text: &str) -> bool {
    !text.is_empty()
        && !text.starts_with(|c: char| c.is_ascii_digit())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric())
}
