//! `nginx/no-tls`: a whole configuration without TLS.

use crate::audit::nginx::server::Server;

use super::{
    Card, Category, Check, Conf, Confidence, OWASP_TLS, Report, SSL, Severity, site, whole,
};

pub(super) struct NoTls;

impl Check<Conf<'_>> for NoTls {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, conf: &Conf, report: &mut Report) {
        let is_open = |server: &&Server| server.plain().is_some() && !server.only_answers();
        if conf.forest.has_tls() || !conf.servers.iter().all(|server| server.is_whole) {
            return;
        }
        if let Some(server) = conf.servers.iter().find(is_open) {
            let message = format!(
                "{} accepts connections without TLS, and no server in this configuration uses TLS",
                server.label()
            );
            conf.see(report, &CARD, server.at.span(), message);
        }
    }
}

static CARD: Card = Card {
    id: "nginx/no-tls",
    category: Category::Configuration,
    severity: Severity::Info,
    confidence: Confidence::Medium,
    title: "No server with TLS",
    description: "A man-in-the-middle can read and change traffic without TLS. That is acceptable if a proxy on the \
                  same machine or network terminates TLS; this configuration does not show whether one does.",
    remedy: "Unless a load balancer or proxy in front terminates TLS, add `listen 443 ssl; ssl_certificate \
             /etc/nginx/tls/fullchain.pem; ssl_certificate_key /etc/nginx/tls/privkey.pem;`",
    references: &[SSL, OWASP_TLS],
    tags: &[
        "nginx",
        "tls",
        "CWE-319",
        "CIS-NGINX-4.1",
        "OWASP-A02",
        "BSI-APP.3.2.A11",
    ],
    examples: &[
        site(
            "server { # here\n  listen 80;\n  root /srv;\n}\nserver {\n  listen 81;\n  root /srv;\n}\n",
        ),
        whole(
            "http {\n  server { # here\n    listen 8080;\n    location / {\n      proxy_pass http://app;\n    }\n  }\n}\n",
        ),
    ],
    negatives: &[
        site(
            "server {\n  listen 443 ssl;\n  root /srv;\n}\nserver {\n  listen 80;\n  root /srv;\n}\n",
        ),
        site("server {\n  listen 127.0.0.1:80;\n  root /srv;\n}\n"),
        site("server {\n  listen 80;\n  return 404;\n}\n"),
    ],
};
