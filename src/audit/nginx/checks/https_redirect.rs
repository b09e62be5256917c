//! `nginx/https-redirect`: pages that are served without TLS though TLS is there.

use crate::audit::nginx::server::Server;

use super::{Card, Category, Check, Conf, Confidence, OWASP_TLS, Report, Severity, site};

pub(super) struct HttpsRedirect;

impl Check<Conf<'_>> for HttpsRedirect {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, conf: &Conf, report: &mut Report) {
        for server in &conf.servers {
            let Some(listen) = server.plain().filter(|listen| listen.port == Some(80)) else {
                continue;
            };
            if !server.is_whole
                || server.redirects_to_tls()
                || server.only_answers()
                || !has_pages(server)
            {
                continue;
            }
            if server.is_tls() || has_twin(conf, server) {
                let message = format!(
                    "{} also serves its pages on port 80 without TLS",
                    server.label()
                );
                conf.see(report, &CARD, listen.at.span(), message);
            }
        }
    }
}

/// Whether another server has the same name and TLS.
fn has_twin(conf: &Conf, server: &Server) -> bool {
    let is_name = |name: &&&str| !matches!(**name, "" | "_" | "localhost") && !name.contains('$');
    let names: Vec<_> = server.names.iter().filter(is_name).collect();
    if names.is_empty() {
        let is_catch_all = |other: &&Server| other.is_tls() && other.names == server.names;
        return conf.servers.iter().any(|other| is_catch_all(&other));
    }
    names.iter().any(|name| conf.forest.has_tls_for(name))
}

/// Whether it serves anything but challenges of certificate authorities and probes.
fn has_pages(server: &Server) -> bool {
    const SERVES: &[&str] = &[
        "root",
        "alias",
        "proxy_pass",
        "fastcgi_pass",
        "uwsgi_pass",
        "try_files",
    ];
    let for_machines = |location: &str| {
        [".well-known", "health", "status", "ping", "metrics"]
            .iter()
            .any(|word| location.contains(word))
    };
    server.inner.iter().any(|inner| {
        let serves = SERVES.contains(&inner.name());
        let location = inner.scope().enclosing("location");
        serves
            && !location.is_some_and(|location| location.arguments().any(for_machines))
            && (inner.name() != "root" || location.is_some() || !server.has("location"))
    })
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
