//! `nginx/alias-traversal`: a way out of the directory that is served.

use crate::audit::nginx::forest::At;
use crate::audit::nginx::location::{self, Kind};
use crate::audit::nginx::visitor;

use super::{CORE, Card, Category, Check, Conf, Confidence, Report, Severity, Sighting, site};

pub(super) struct AliasTraversal;

impl Check<Conf<'_>> for AliasTraversal {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, conf: &Conf, report: &mut Report) {
        for alias in conf
            .directives("alias")
            .chain(conf.directives("proxy_pass"))
        {
            let Some(location) = alias.scope().enclosing("location") else {
                continue;
            };
            let Some((message, severity)) = way_out(location, alias) else {
                continue;
            };
            let scope = alias.scope();
            if visitor::is_internal(scope) || visitor::is_dead(scope) {
                continue;
            }
            let sighting = Sighting::new(&CARD, alias.span(), message);
            conf.add(report, &CARD, sighting.weighing(severity));
        }
    }
}

/// Returns how a request leaves the directory, or the part of an upstream server, that a location is for.
fn way_out(location: At, target: At) -> Option<(String, Severity)> {
    let (kind, path) = location::path(location);
    let text = target.argument(0);
    let is_plain = matches!(kind, Kind::Prefix | Kind::Final) && path.starts_with('/');
    let has_open_end = is_plain && !path.ends_with('/');
    if target.name() == "proxy_pass" {
        // Only for a part of the upstream server; all of it would be open to visitors anyway.
        let (_, rest) = text.split_once("://")?;
        let behind = rest.find('/').map(|at| &rest[at..])?;
        let leaves =
            has_open_end && behind.len() > 1 && behind.ends_with('/') && !text.contains('$');
        let message = format!(
            "`{path}../` reaches outside `{behind}` of the upstream: the address ends with `/`, the location does not"
        );
        return leaves.then_some((message, Severity::Medium));
    }
    if has_open_end && text.ends_with('/') {
        let message = format!(
            "`{path}../` reaches files outside the directory: the alias ends with `/`, the location does not"
        );
        return Some((message, CARD.severity));
    }
    if has_open_end && !text.contains('$') && !is_file(text) {
        let message = format!(
            "`{path}X` is `{text}X`: everything whose name starts like the directory is served, because neither path ends with `/`"
        );
        return Some((message, Severity::Low));
    }
    // `~ ^/files(.*)$` matches `/files../x`, and the group captures `../x`.
    let is_pattern = matches!(kind, Kind::Pattern | Kind::AnyCase);
    let (before, group) = path.split_once('(')?;
    let takes_all = group.starts_with(".*)") || group.starts_with(".+)");
    let is_first = text.ends_with("/$1") && before.starts_with("^/") && !before.ends_with('/');
    let is_literal = !before[1..].contains(['[', '.', '*', '?', '+', '$', '|', '\\']);
    let message = format!(
        "`{}../` reaches files outside the directory: no `/` precedes the group",
        &before[1..]
    );
    (is_pattern && takes_all && is_first && is_literal).then_some((message, CARD.severity))
}

/// Whether a path looks like a file.
fn is_file(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.')
        .is_some_and(|(stem, ending)| !stem.is_empty() && ending.len() <= 5)
}

static CARD: Card = Card {
    id: "nginx/alias-traversal",
    category: Category::Configuration,
    severity: Severity::High,
    confidence: Confidence::High,
    title: "Path traversal through `alias`",
    description: "nginx replaces the part of the path that the location matched with the alias. Without a slash at the \
                  end of the location (off-by-slash), `/files../secret` becomes `/srv/files/../secret`: an attacker \
                  can download files next to the directory.",
    remedy: "End both with a slash: `location /files/ { alias /srv/files/; }`",
    references: &[
        "https://nginx.org/en/docs/http/ngx_http_core_module.html#alias",
        "https://owasp.org/www-community/attacks/Path_Traversal",
        CORE,
    ],
    tags: &["nginx", "CWE-22", "OWASP-A01"],
    examples: &[
        site("server {\n  location /files {\n    alias /home/; # here\n  }\n}\n"),
        site("server {\n  location ^~ /static {\n    alias /srv/static/; # here\n  }\n}\n"),
        site("server {\n  location /files {\n    alias /home/files; # here\n  }\n}\n"),
        site("server {\n  location ~ ^/files(.*)$ {\n    alias /home/files/$1; # here\n  }\n}\n"),
        site("server {\n  location /api {\n    proxy_pass http://app/v1/; # here\n  }\n}\n"),
    ],
    negatives: &[
        site("server {\n  location /files/ {\n    alias /home/;\n  }\n}\n"),
        site("server {\n  location /favicon {\n    alias /home/favicon.ico;\n  }\n}\n"),
        site("server {\n  location /api {\n    proxy_pass http://app/;\n  }\n}\n"),
        site("server {\n  location /api/ {\n    proxy_pass http://app/v1/;\n  }\n}\n"),
        site("server {\n  location /files {\n    internal;\n    alias /home/;\n  }\n}\n"),
        site("server {\n  location = /files {\n    alias /home/;\n  }\n}\n"),
        site("server {\n  location ~ ^/files/(.*)$ {\n    alias /home/$1;\n  }\n}\n"),
    ],
};
