//! `nginx/https-redirect`: pages that are served without TLS although TLS is available.

use crate::audit::nginx::server::Server;

use crate::audit::nginx::forest::{At, Scope};
use crate::audit::nginx::inherit;
use crate::audit::nginx::visitor::{self, Fate};

use super::{Card, Category, Check, Conf, Confidence, OWASP_TLS, Report, Severity, site};

pub(super) struct HttpsRedirect;

impl Check<Conf<'_>> for HttpsRedirect {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, conf: &Conf, report: &mut Report) {
        let with_tls: Vec<_> = conf.servers.iter().filter(|it| it.is_tls()).collect();
        for server in &conf.servers {
            let Some(listen) = server.plain().filter(|listen| listen.port == Some(80)) else {
                continue;
            };
            if !server.is_whole || !(server.is_tls() || has_twin(conf, &with_tls, server)) {
                continue;
            }
            let message = match open(server) {
                Some(Way::Pages) => format!(
                    "{} also serves its pages on port 80 without TLS",
                    server.label()
                ),
                Some(Way::Redirect) => format!(
                    "{} redirects visitors of port 80 to a URL without TLS",
                    server.label()
                ),
                None => continue,
            };
            conf.see(report, &CARD, listen.at.span(), message);
        }
    }
}

/// What visitors without TLS get.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Pages,
    Redirect,
}

/// Returns what visitors without TLS get from a server that does not redirect them to TLS.
fn open(server: &Server) -> Option<Way> {
    let block = server.at.block();
    if sends_some_to_tls(block)
        || !server.has("location")
            && !server.serves_files()
            && !server.hands_on()
            && !server.has("return")
    {
        return None;
    }
    let ways = inherit::blocks(block).into_iter().filter_map(way);
    ways.min_by_key(|way| *way == Way::Redirect)
}

/// Returns what visitors without TLS get from one block.
fn way(scope: Scope) -> Option<Way> {
    if visitor::is_internal(scope) || is_for_machines(scope) || sends_some_to_tls(scope) {
        return None;
    }
    match visitor::fate(scope, None) {
        Fate::Answered(answer) => {
            let target = match answer.name() {
                "return" => answer.arguments().last().unwrap_or(""),
                _ => answer.argument(1),
            };
            let is_plain = ["http://", "$scheme://"]
                .iter()
                .any(|it| target.starts_with(it));
            (is_plain && !is_known_to_redirect(answer, target)).then_some(Way::Redirect)
        }
        Fate::Reached => serves(scope).then_some(Way::Pages),
        Fate::Unknown => None,
    }
}

/// Whether a server of this tree redirects requests for a URL without TLS to TLS.
fn is_known_to_redirect(answer: At, target: &str) -> bool {
    let Some(host) = target.strip_prefix("http://") else {
        return false;
    };
    let end = host.find(['/', '$', ':', '?']).unwrap_or(host.len());
    let Some(http) = answer.scope().outwards().last() else {
        return false;
    };
    let http = answer.scope().enclosing("http").map_or(http, At::block);
    let mut servers = http.named("server").into_iter().filter_map(Server::new);
    servers.any(|server| {
        server.names.contains(&&host[..end])
            && server.plain().is_some()
            && server.redirects_to_tls()
    })
}

/// Whether a condition redirects visitors without TLS.
fn sends_some_to_tls(scope: Scope) -> bool {
    scope.outwards().any(|scope| {
        scope.named("if").iter().any(|condition| {
            condition.arguments().any(|argument| {
                [
                    "$https",
                    "$scheme",
                    "forwarded_proto",
                    "$server_port",
                    "$ssl_protocol",
                ]
                .iter()
                .any(|name| argument.contains(name))
            })
        }) || scope
            .named("error_page")
            .iter()
            .any(|page| page.argument(0) == "497")
    })
}

/// Whether another server has the same name, and TLS.
fn has_twin(conf: &Conf, with_tls: &[&Server], server: &Server) -> bool {
    let is_name = |name: &&&str| !matches!(**name, "" | "_" | "localhost") && !name.contains('$');
    let names: Vec<_> = server.names.iter().filter(is_name).collect();
    if names.is_empty() {
        return with_tls.iter().any(|other| other.names == server.names);
    }
    names.iter().any(|name| conf.forest.has_tls_for(name))
}

/// Whether a block is for certificate authorities and probes.
fn is_for_machines(scope: Scope) -> bool {
    scope.enclosing("location").is_some_and(|location| {
        location.arguments().any(|argument| {
            [".well-known", "acme", "health", "status", "ping", "metrics"]
                .iter()
                .any(|word| argument.contains(word))
        })
    })
}

/// Whether a block serves files, or responses of an upstream server.
fn serves(scope: Scope) -> bool {
    const SERVES: &[&str] = &[
        "root",
        "alias",
        "proxy_pass",
        "fastcgi_pass",
        "uwsgi_pass",
        "grpc_pass",
        "try_files",
    ];
    let is_location = scope
        .opener()
        .is_some_and(|opener| opener.name() == "location");
    // A root that the server sets next to locations is usually meant for those.
    let own = SERVES.iter().any(|name| !scope.named(name).is_empty());
    let has_locations = !scope.named("location").is_empty();
    if is_location {
        own || !scope.effective("root").is_empty()
    } else {
        own && !has_locations
    }
}

static CARD: Card = Card {
    id: "nginx/https-redirect",
    category: Category::Configuration,
    severity: Severity::Medium,
    confidence: Confidence::Medium,
    title: "Missing redirect to HTTPS",
    description: "A visitor who follows an old link or types only the host name stays on plain HTTP, where a \
                  man-in-the-middle can read and change everything, including session cookies.",
    remedy: "Use port 80 for a redirect only: `server { listen 80; server_name example.com; return 301 \
             https://$host$request_uri; }`",
    references: &[
        OWASP_TLS,
        "https://nginx.org/en/docs/http/configuring_https_servers.html",
    ],
    tags: &[
        "nginx",
        "tls",
        "CWE-319",
        "CIS-NGINX-4.1.1",
        "OWASP-A02",
        "BSI-APP.3.2.A11",
    ],
    examples: &[
        site("server {\n  listen 80; # here\n  listen 443 ssl;\n  root /srv;\n}\n"),
        site(
            "server {\n  listen 80; # here\n  server_name a.example;\n  location / {\n    proxy_pass http://app;\n  }\n}\nserver {\n  listen 443 ssl;\n  server_name a.example;\n  root /srv;\n}\n",
        ),
    ],
    negatives: &[
        site("server {\n  listen 80;\n  root /srv;\n}\n"),
        site(
            "server {\n  listen 80;\n  server_name a.example;\n  location /.well-known/acme-challenge/ {\n    root /srv;\n  }\n  location / {\n    return 301 https://$host$request_uri;\n  }\n}\nserver {\n  listen 443 ssl;\n  server_name a.example;\n  root /srv;\n}\n",
        ),
        site(
            "server {\n  listen 80;\n  listen 443 ssl;\n  root /srv;\n  if ($scheme = http) {\n    return 301 https://$host$request_uri;\n  }\n}\n",
        ),
        site(
            "server {\n  listen 80;\n  server_name b.example;\n  root /srv;\n}\nserver {\n  listen 443 ssl;\n  server_name a.example;\n  root /srv;\n}\n",
        ),
        site("server {\n  listen 127.0.0.1:80;\n  listen 443 ssl;\n  root /srv;\n}\n"),
    ],
};
