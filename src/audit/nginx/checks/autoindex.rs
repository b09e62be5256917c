//! `nginx/autoindex`: directory listings are enabled.

use super::{Card, Category, Check, Conf, Confidence, Report, Severity, site};
use crate::audit::nginx::forest::Scope;
use crate::audit::nginx::inherit::heirs;
use crate::audit::nginx::location::{self, Kind};
use crate::audit::nginx::visitor::is_open;

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
            // In `http` or a server, it takes effect where nothing overrides it and files are served.
            let is_shown = match heirs(index.scope(), "autoindex") {
                Some(heirs) => heirs.into_iter().any(|heir| lists(heir) && is_open(heir)),
                None => is_open(index.scope()),
            };
            if is_shown {
                let message = "anyone can list the files in this directory".to_owned();
                conf.see(report, &CARD, index.span(), message);
            }
        }
    }
}

/// Whether a request can end at a directory here.
fn lists(scope: Scope) -> bool {
    const HANDLERS: &[&str] = &[
        "proxy_pass",
        "fastcgi_pass",
        "uwsgi_pass",
        "scgi_pass",
        "grpc_pass",
        "memcached_pass",
        "stub_status",
        "empty_gif",
        "flv",
        "mp4",
    ];
    let Some(opener) = scope.opener() else {
        return true;
    };
    if HANDLERS.iter().any(|name| !scope.named(name).is_empty()) {
        return false;
    }
    if opener.name() == "location" {
        let (kind, path) = location::path(opener);
        if kind == Kind::Exact && !path.ends_with('/') || !location::is_chosen(opener) {
            return false;
        }
    }
    // Only a `try_files` with a trailing slash finds directories.
    let tries = scope.named("try_files");
    tries.is_empty()
        || tries.iter().any(|tries| {
            let count = tries.arguments().count();
            tries
                .arguments()
                .take(count.saturating_sub(1))
                .any(|file| file.ends_with('/'))
        })
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
