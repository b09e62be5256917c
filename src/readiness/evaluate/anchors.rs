//! Certificates that verify others and that no server presents: those of authorities, clients and peers.

use x509_parser::prelude::X509Certificate;

use super::View;
use crate::readiness::read::kind::Kind;
use crate::readiness::read::{is_comment, name};

/// What a certificate is used for, judged by the files that name it.
#[derive(Default)]
pub(super) struct Use {
    /// A server presents it, or nothing says what it is for.
    pub(super) is_served: bool,
    /// It is used to verify others.
    pub(super) is_trusted: bool,
}

/// Words in settings whose certificate verifies others: clients, upstreams, peers.
const TRUSTS: &[&str] = &[
    "client_certificate",
    "clientcertificate",
    "trusted_certificate",
    "trustedcertificate",
    "cacertificate",
    "ca_certificate",
    "ca-certificate",
    "ca_file",
    "ca-file",
    "cafile",
    "cafiles",
    "cacert",
    "ca_cert",
    "ca-cert",
    "ca_bundle",
    "ca-bundle",
    "cabundle",
    "ssl_cert_file",
    "extra_ca_certs",
    "sslrootcert",
    "ssl_ca",
    "ssl-ca",
    "rootca",
    "root_ca",
    "root-ca",
    "truststore",
    "trusted_ca",
    "trust_pool",
    "clientca",
    "client_ca",
    "client-ca",
    "update-ca-trust",
    "anchors/",
    "origin_pull",
    "origin-pull",
];

/// Returns what the settings, manifests and scripts that name a certificate use it for.
pub(super) fn uses(view: &View<'_>, own: &str) -> Use {
    let kinds = [
        Kind::Conf,
        Kind::Yaml,
        Kind::Env,
        Kind::Shell,
        Kind::Docker,
        Kind::Terraform,
        Kind::Unit,
    ];
    let mut found = Use::default();
    for file in view
        .corpus
        .files
        .iter()
        .filter(|it| kinds.contains(&it.kind))
    {
        for (at, _) in file.text.match_indices(own) {
            let start = file.text[..at].rfind('\n').map_or(0, |end| end + 1);
            let line = file.text[start..].lines().next().unwrap_or_default();
            if is_comment(line) {
                continue;
            }
            let lower = line.to_ascii_lowercase();
            if TRUSTS.iter().any(|word| lower.contains(word)) {
                found.is_trusted = true;
            } else if matches!(file.kind, Kind::Conf | Kind::Yaml) && !copies(&lower) {
                found.is_served = true;
            }
        }
    }
    found
}

/// Whether a line only copies or mounts a file, which does not show what the file is for.
fn copies(line: &str) -> bool {
    let key = line.trim_start().trim_start_matches("- ");
    ["src:", "dest:", "copy ", "path:"]
        .iter()
        .any(|start| key.starts_with(start))
}

/// Whether a path says that its certificate verifies others.
pub(super) fn is_called_trusted(path: &str) -> bool {
    const WORDS: [&str; 7] = [
        "root",
        "trust",
        "trusted",
        "truststore",
        "mtls",
        "cacerts",
        "cabundle",
    ];
    [
        "ca-",
        "ca.",
        "-ca/",
        "origin-pull",
        "origin_pull",
        "clientca",
        "client-ca",
        "client_ca",
    ]
    .iter()
    .any(|part| path.contains(part))
        || name(path).starts_with("ca")
        || crate::lexicon::path::has_word(path, |word| {
            WORDS.contains(&word) || word.ends_with("mtls")
        })
}

/// Whether a certificate belongs to an authority, not to a server. `openssl req -x509` also marks the self-signed
/// certificate of a server as an authority, but without key usage for signing certificates.
pub(super) fn signs_others(certificate: &X509Certificate<'_>) -> bool {
    let may_sign = certificate
        .key_usage()
        .is_ok_and(|it| it.is_some_and(|it| it.value.key_cert_sign()));
    let has_names = certificate
        .subject_alternative_name()
        .is_ok_and(|it| it.is_some());
    certificate.is_ca() && (certificate.subject() != certificate.issuer() || may_sign && !has_names)
}
