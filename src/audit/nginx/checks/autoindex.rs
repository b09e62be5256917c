//! `nginx/autoindex`: the list of all files is shown.

use super::{Card, Category, Check, Conf, Confidence, Report, Severity, site};
use crate::audit::nginx::forest::Scope;

pub(super) struct Autoindex;

impl Check<Conf<'_>> for Autoindex {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, conf: &Conf, report: &mut Report) {
        for index in conf
            .directives("autoindex")
            .filter(|index| index.argument(0) == "on")
        {
            if !is_guarded(index.scope()) {
                let message = "anyone can list the files in this directory".to_owned();
                conf.see(report, &CARD, index.span(), message);
            }
        }
    }
}

/// Returns whether not everyone gets here.
pub(super) fn is_guarded(scope: Scope) -> bool {
    let is_on = |name| {
        scope
            .effective(name)
            .iter()
            .any(|at| !matches!(at.argument(0), "off" | ""))
    };
    let denies = scope
        .effective("deny")
        .iter()
        .any(|deny| deny.argument(0) == "all");
    let is_internal = scope
        .outwards()
        .any(|scope| !scope.named("internal").is_empty());
    let listens = scope.effective("listen");
    let is_local = !listens.is_empty()
        && listens.iter().all(|listen| {
            let address = listen.argument(0);
            ["127.", "localhost", "[::1]", "unix:"]
                .iter()
                .any(|local| address.starts_with(local))
        });
    denies
        || is_internal
        || is_local
        || is_on("auth_basic")
        || is_on("auth_request")
        || is_on("auth_jwt")
        || is_on("ssl_verify_client")
}

static CARD: Card = Card {
    id: "nginx/autoindex",
    category: Category::Configuration,
    severity: Severity::Medium,
    confidence: Confidence::High,
    title: "Directory listing enabled",
    description: "A directory listing reveals files that were not meant to be public: backups, uploads of other users, \
                  old versions.",
    remedy: "Set `autoindex off;`, or require a password: `auth_basic \"files\"; auth_basic_user_file \
             /etc/nginx/htpasswd;`",
    references: &["https://nginx.org/en/docs/http/ngx_http_autoindex_module.html"],
    tags: &[
        "nginx",
        "hardening",
        "CWE-548",
        "CIS-NGINX-2.1.4",
        "OWASP-A01",
        "BSI-APP.3.2.A1",
    ],
    examples: &[site(
        "server {\n  location /files/ {\n    autoindex on; # here\n  }\n}\n",
    )],
    negatives: &[
        site("server {\n  autoindex off;\n}\n"),
        site(
            "server {\n  location /files/ {\n    autoindex on;\n    auth_basic \"files\";\n  }\n}\n",
        ),
        site(
            "server {\n  allow 10.0.0.0/8;\n  deny all;\n  location /files/ {\n    autoindex on;\n  }\n}\n",
        ),
        site("server {\n  listen 127.0.0.1:80;\n  autoindex on;\n}\n"),
    ],
};
