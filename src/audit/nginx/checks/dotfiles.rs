//! `nginx/dotfiles`: hidden files are served like any others.

use crate::audit::nginx::admission;
use crate::audit::nginx::forest::{At, Scope};
use crate::audit::nginx::location::{self, Kind};
use crate::audit::nginx::server::Server;
use crate::audit::nginx::visitor::{self, Fate};

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
            .filter(|server| server.is_whole && !server.only_answers() && !server.is_local())
        {
            if server.at.block().named("root").is_empty() {
                continue;
            }
            if let Some(path) = shown(server) {
                let message = if path == HIDDEN[0] {
                    format!(
                        "{} serves hidden files such as `.git` and `.env` from its root directory",
                        server.label()
                    )
                } else {
                    format!(
                        "{} serves `{path}` and other hidden files if they exist",
                        server.label()
                    )
                };
                conf.see(report, &CARD, server.at.span(), message);
            }
        }
    }
}

/// Files that must not be served, at the top of a directory and below.
const HIDDEN: [&str; 4] = ["/.git/config", "/.env", "/app/.git/config", "/app/.env"];
/// How many locations of a server are tried.
const MAX_LOCATIONS: usize = 100;

/// Returns a hidden file that a server gives to a stranger.
fn shown(server: &Server) -> Option<String> {
    let block = server.at.block();
    let mut paths: Vec<String> = HIDDEN.iter().map(|&path| path.to_owned()).collect();
    for location in block.named("location").into_iter().take(MAX_LOCATIONS) {
        let (kind, path) = location::path(location);
        let folder = match kind {
            Kind::Prefix | Kind::Final => Some(path),
            // The literal beginning of a pattern.
            Kind::Pattern | Kind::AnyCase => path.strip_prefix('^').map(|path| {
                let end = path.find(|c: char| !(c.is_ascii_alphanumeric() || "/_-".contains(c)));
                let plain = &path[..end.unwrap_or(path.len())];
                &plain[..plain.rfind('/').map_or(0, |at| at + 1)]
            }),
            Kind::Exact | Kind::Named => None,
        };
        if let Some(folder) = folder.filter(|folder| folder.len() > 1) {
            let slash = if folder.ends_with('/') { "" } else { "/" };
            paths.push(format!("{folder}{slash}.git/config"));
            paths.push(format!("{folder}{slash}.env"));
        }
    }
    paths.into_iter().find(|path| is_shown(server, path))
}

fn is_shown(server: &Server, path: &str) -> bool {
    let Ok(chosen) = location::choose(server.at, path) else {
        return false;
    };
    let scope = chosen.map_or(server.at.block(), At::block);
    let is_reached = matches!(visitor::fate(scope, Some(path)), Fate::Reached);
    is_reached
        && admission::is_admitted(scope)
        && !visitor::is_internal(scope)
        && gives_files(scope)
}

/// Whether a block serves the requested file.
fn gives_files(scope: Scope) -> bool {
    let mut own = scope.within();
    let is_handed_on = own.any(|at| {
        let name = at.name();
        name.ends_with("_pass") && !name.starts_with("auth")
            || matches!(name, "stub_status" | "empty_gif" | "return")
            || name.contains("content_by_lua")
    });
    let tries = scope.named("try_files");
    let is_tried = tries.is_empty()
        || tries.iter().any(|tries| {
            let count = tries.arguments().count();
            let mut files = tries.arguments().take(count.saturating_sub(1));
            files.any(|file| file.contains("$uri") || file.contains("$request_uri"))
        });
    let has_folder = !scope.effective("root").is_empty() || !scope.effective("alias").is_empty();
    !is_handed_on && is_tried && has_folder
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
    examples: &[
        site("server { # here\n  listen 80;\n  root /srv;\n}\n"),
        site(
            "server { # here\n  listen 80;\n  root /srv;\n  location ~ /\\.git {\n    deny all;\n  }\n}\n",
        ),
        site(
            "server { # here\n  listen 80;\n  root /srv;\n  location ^~ /static/ {\n  }\n  location ~ /\\. {\n    deny all;\n  }\n}\n",
        ),
    ],
    negatives: &[
        site("server {\n  listen 80;\n  root /srv;\n  location ~ /\\. {\n    deny all;\n  }\n}\n"),
        site(
            "server {\n  listen 80;\n  root /srv;\n  location ~ /\\.(?!well-known) {\n    return 404;\n  }\n}\n",
        ),
        site("server {\n  listen 80;\n  location / {\n    proxy_pass http://app;\n  }\n}\n"),
    ],
};
