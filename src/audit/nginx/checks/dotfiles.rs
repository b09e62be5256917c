//! `nginx/dotfiles`: hidden files are served like others.

use super::{Card, Category, Check, Conf, Confidence, Report, Severity, site};

pub(super) struct Dotfiles;

impl Check<Conf<'_>> for Dotfiles {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, conf: &Conf, report: &mut Report) {
        for server in conf
            .servers
            .iter()
            .filter(|server| server.is_whole && !server.only_answers())
        {
            let has_root = !server.at.block().named("root").is_empty();
            let speaks_of_dots = server.inner.iter().any(|inner| {
                inner.name() == "location"
                    && inner
                        .arguments()
                        .any(|argument| argument.contains("\\.") && is_for_dots(argument))
            });
            if has_root && !server.is_local() && !speaks_of_dots {
                let message = format!(
                    "{} serves hidden files such as `.git` and `.env` from its root directory",
                    server.label()
                );
                conf.see(report, &CARD, server.at.span(), message);
            }
        }
    }
}

/// Whether a pattern is about names that begin with a dot.
fn is_for_dots(pattern: &str) -> bool {
    [
        "/\\.", "^\\.", "(^|/)\\.", "(\\.", "\\.ht", "\\.git", "\\.env", "/.*\\.",
    ]
    .iter()
    .any(|dots| pattern.contains(dots))
}

static CARD: Card = Card {
    id: "nginx/dotfiles",
    category: Category::Configuration,
    severity: Severity::Info,
    confidence: Confidence::Medium,
    title: "Hidden files served",
    description: "If a project directory is deployed as it is, it contains `.git` with the whole history and `.env` \
                  with passwords, and nginx serves them like any other file.",
    remedy: "Add to the server: `location ~ /\\.(?!well-known) { deny all; }`",
    references: &["https://nginx.org/en/docs/http/ngx_http_core_module.html#location"],
    tags: &[
        "nginx",
        "hardening",
        "CWE-538",
        "CWE-548",
        "CIS-NGINX-2.5.3",
        "OWASP-A05",
    ],
    examples: &[site("server { # here\n  listen 80;\n  root /srv;\n}\n")],
    negatives: &[
        site("server {\n  listen 80;\n  root /srv;\n  location ~ /\\. {\n    deny all;\n  }\n}\n"),
        site(
            "server {\n  listen 80;\n  root /srv;\n  location ~ /\\.(?!well-known) {\n    return 404;\n  }\n}\n",
        ),
        site("server {\n  listen 80;\n  location / {\n    proxy_pass http://app;\n  }\n}\n"),
    ],
};
