//! `nginx/key-in-repository`: the private key of a server lies in the repository.

use memchr::memmem;

use crate::audit::limit;
use crate::audit::nginx::forest::At;

use super::{
    Card, Category, Check, Conf, Confidence, OWASP_TLS, Report, SSL, Severity, among, site,
};

pub(super) struct KeyInRepository;

/// Keys that are looked for among all files.
const MAX_KEYS: usize = 200;

impl Check<Conf<'_>> for KeyInRepository {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, conf: &Conf, report: &mut Report) {
        for (number, key) in conf.directives("ssl_certificate_key").enumerate() {
            if number == MAX_KEYS {
                limit::reached(format!("more than {MAX_KEYS} private keys"));
                break;
            }
            if let Some(path) = lies_at(conf, key) {
                let message = format!("the server's private key is in the repository, in `{path}`");
                conf.see(report, &CARD, key.argument_span(0), message);
            }
        }
    }
}

/// The file of the tree that has the name of the key and its folder, and that is a private key without a passphrase.
fn lies_at(conf: &Conf, key: At) -> Option<String> {
    let mut parts = key.argument(0).rsplit('/');
    let (name, folder) = (parts.next()?, parts.next()?);
    if name.contains('$') || name.is_empty() {
        return None;
    }
    let top = key.path().split('/').next().unwrap_or("");
    let may_be = |path: &&str| {
        let mut parts = path.rsplit('/');
        parts.next() == Some(name)
            && (parts.next() == Some(folder) || path.split('/').next() == Some(top))
            && conf.project.is_tracked(path) != Some(false)
    };
    let is_key = |path: &&str| {
        conf.project.read(path).is_some_and(|text| {
            memmem::find(&text, b"PRIVATE KEY-----").is_some()
                && memmem::find(&text, b"ENCRYPTED").is_none()
        })
    };
    conf.project
        .paths()
        .filter(may_be)
        .find(is_key)
        .map(str::to_owned)
}

static CARD: Card = Card {
    id: "nginx/key-in-repository",
    category: Category::Secret,
    severity: Severity::High,
    confidence: Confidence::Medium,
    title: "Private key of a server in the repository",
    description: "Everyone who can read the repository, now or later, can impersonate the server, and decrypt recorded \
                  traffic that had no forward secrecy.",
    remedy: "Revoke the certificate, generate a new key on the server, and remove the old one: `git rm --cached \
             nginx/ssl/server.key && echo '*.key' >> .gitignore`",
    references: &[SSL, OWASP_TLS],
    tags: &[
        "nginx",
        "tls",
        "credential",
        "CWE-321",
        "CWE-540",
        "CIS-NGINX-4.1.3",
        "BSI-CON.1.A4",
    ],
    examples: &[among(
        "server {\n  ssl_certificate_key /etc/nginx/ssl/server.key; # here\n}\n",
        &[(
            "nginx/ssl/server.key",
            concat!("-----BEGIN ", "PRIVATE KEY-----\nnone\n"),
        )],
    )],
    negatives: &[
        site("server {\n  ssl_certificate_key /etc/nginx/ssl/server.key;\n}\n"),
        among(
            "server {\n  ssl_certificate_key /etc/nginx/ssl/server.key;\n}\n",
            &[("nginx/ssl/server.key", "see the vault\n")],
        ),
    ],
};
