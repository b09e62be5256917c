//! Checks that need no network: checksums, structure, and what a token shows about itself.
//!
//! A proof takes the bytes of one candidate and has one of three outcomes. It never sees the surrounding file, never
//! uses the time (two runs over the same input must agree), and never panics, whatever the bytes are. There is one
//! file per family of formats; [`by_name`] is the only entry point, since rules refer to their proof by name.

mod atlassian;
mod aws;
mod azure;
mod base58;
mod bech32;
mod bip39;
mod bytes;
mod cisco;
mod confluent;
pub(super) mod container;
mod database;
mod der;
mod discord;
mod docker;
mod encoding;
mod envelope;
mod filler;
mod github;
mod gitlab;
mod grafana;
mod jwk;
mod jwt;
mod keystore;
mod marvin;
mod matrix;
mod memory;
mod nkey;
mod obfuscated;
mod openpgp;
mod paseto;
mod private_key;
mod putty;
mod pypi;
mod sentry;
mod signed_url;
mod signing_key;
mod slack;
mod telegram;
mod time;
mod url;
mod vault;
mod wrapped;
mod zuplo;

#[cfg(test)]
mod properties;

use std::fmt;

use crate::model::Fact;

/// The outcome of a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Its checksum or structure is valid, which does not happen by accident.
    Proven(Vec<Fact>),
    /// It may be genuine; nothing indicates otherwise.
    Plausible(Vec<Fact>),
    /// It cannot be genuine.
    Disproved,
}

/// One offline check.
#[derive(Clone, Copy)]
pub struct Proof {
    name: &'static str,
    check: fn(&[u8]) -> Outcome,
    complete: Option<fn(&str) -> Option<String>>,
}

impl Proof {
    /// Returns the name that rule files use for it.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Judges a candidate.
    pub fn check(&self, secret: &[u8]) -> Outcome {
        (self.check)(secret)
    }

    /// Returns whether it computes a checksum, which no accident and no sample gets right, rather than parses a
    /// structure.
    pub fn is_checksum(&self) -> bool {
        self.complete.is_some()
    }

    /// Returns the whole token for a `body` that lacks only its checksum; `None` if the format has no checksum that
    /// can be computed, or `body` does not have the format. Used to generate examples.
    pub fn complete(&self, body: &str) -> Option<String> {
        let whole = self.complete?(body)?;
        // Some formats do not check the whole body when they add a checksum.
        (self.check(whole.as_bytes()) != Outcome::Disproved).then_some(whole)
    }
}

impl fmt::Debug for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Proof({})", self.name)
    }
}

/// Returns the check called `name`.
pub fn by_name(name: &str) -> Option<Proof> {
    let at = REGISTRY.binary_search_by(|proof| proof.name.cmp(name));
    at.ok().map(|at| REGISTRY[at])
}

/// Returns the names of all checks, sorted.
pub fn names() -> impl Iterator<Item = &'static str> {
    REGISTRY.iter().map(|proof| proof.name)
}

/// Decodes base64 in either alphabet, padded or not.
pub(super) fn decode_base64(text: &[u8]) -> Option<Vec<u8>> {
    encoding::base64(text)
}

const fn checksum(
    name: &'static str,
    check: fn(&[u8]) -> Outcome,
    complete: fn(&str) -> Option<String>,
) -> Proof {
    Proof {
        name,
        check,
        complete: Some(complete),
    }
}

const fn structure(name: &'static str, check: fn(&[u8]) -> Outcome) -> Proof {
    Proof {
        name,
        check,
        complete: None,
    }
}

/// Sorted by name.
const REGISTRY: &[Proof] = &[
    structure("answer-file", obfuscated::check_answer_file),
    checksum("atlassian", atlassian::check, atlassian::complete),
    structure("atlassian-data-center", wrapped::check_data_center),
    structure("aws-bedrock", wrapped::check_bedrock),
    structure("aws-key-id", aws::check),
    checksum("azure-key", azure::check_key, azure::complete_key),
    structure("azure-sas", azure::check_sas),
    checksum("base58-key", base58::check, base58::complete),
    structure("base64-32-bytes", wrapped::check_32_bytes),
    structure("base64-json", envelope::check),
    structure("base64-pem", wrapped::check_pem),
    structure("basic-auth", docker::check),
    checksum("bech32", bech32::check, bech32::complete),
    checksum("bip39", bip39::check, bip39::complete),
    structure("cisco-type-7", cisco::check),
    structure("cloudflare-tunnel", wrapped::check_tunnel),
    checksum("confluent", confluent::check, confluent::complete),
    checksum(
        "crc32-base62",
        github::check_classic,
        github::complete_classic,
    ),
    structure("cvs-password", obfuscated::check_cvs),
    structure("discord-bot", discord::check),
    structure("elastic-api-key", wrapped::check_elastic),
    checksum(
        "entra-client-secret",
        azure::check_entra,
        azure::complete_entra,
    ),
    structure("filler", filler::check),
    checksum(
        "github-fine-grained",
        github::check_fine_grained,
        github::complete_fine_grained,
    ),
    checksum("gitlab-routable", gitlab::check, gitlab::complete),
    structure("grafana-cloud", grafana::check_cloud),
    checksum(
        "grafana-service-account",
        grafana::check_account,
        grafana::complete_account,
    ),
    structure("group-policy", wrapped::check_group_policy),
    structure("intercom", wrapped::check_intercom),
    structure("jfrog-reference", wrapped::check_jfrog),
    structure("jwk", jwk::check),
    structure("jwt", jwt::check),
    structure("key-container", container::check),
    structure("ldif-password", obfuscated::check_ldif),
    structure("mapbox", wrapped::check_mapbox),
    checksum("matrix", matrix::check, matrix::complete),
    structure("minisign", signing_key::check_minisign),
    checksum("nkey-seed", nkey::check, nkey::complete),
    structure("obfuscated", obfuscated::check),
    structure("openssh-body", private_key::check_openssh_body),
    structure("paseto", paseto::check),
    structure("private-key", private_key::check),
    structure("putty", putty::check),
    structure("pypi-macaroon", pypi::check),
    structure("sentry-org", sentry::check),
    structure("signed-url", signed_url::check),
    structure("signify", signing_key::check_signify),
    structure("slack", slack::check),
    structure("ssh-com", private_key::check_ssh_com),
    checksum("stellar-seed", nkey::check_stellar, nkey::complete_stellar),
    structure("subversion-password", obfuscated::check_svn),
    structure("telegram-bot", telegram::check),
    structure("url-credential", url::check),
    structure("vault", vault::check),
    checksum("zuplo", zuplo::check, zuplo::complete),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_and_unique() {
        let names: Vec<_> = names().collect();
        assert!(names.is_sorted_by(|a, b| a < b));
        for name in names {
            assert_eq!(by_name(name).map(|proof| proof.name()), Some(name));
        }
    }
}
