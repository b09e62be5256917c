//! `nginx/security-headers`: headers that protect visitors and that a server does not send.

use crate::audit::nginx::forest::Scope;
use crate::audit::nginx::server::Server;

use super::headers::SECURITY;
use super::{
    Card, Category, Check, Conf, Confidence, HEADERS, OWASP_HEADERS, Report, Severity, Sighting,
    among, headers, site, whole,
};

pub(super) struct SecurityHeaders;

impl Check<Conf<'_>> for SecurityHeaders {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, conf: &Conf, report: &mut Report) {
        for server in &conf.servers {
            let is_known = server.is_whole && server.at.scope().outwards().all(Scope::is_whole);
            if !is_known || server.is_local() || server.only_answers() {
                continue;
            }
            let missing = missing(server);
            if missing.is_empty() {
                continue;
            }
            let message = format!("{} does not send {}", server.label(), missing.join(", "));
            let mut sighting = Sighting::new(&CARD, server.at.span(), message);
            let has_policies = !missing.iter().any(|name| SECURITY[..2].contains(name));
            // An application behind it may send them, and so may whatever ends TLS before it.
            if server.hands_on() || has_policies || !server.is_tls() {
                sighting.severity = Severity::Low;
            }
            if server.at.scope().enclosing("http").is_none() {
                sighting.confidence = Confidence::Medium;
            }
            conf.add(report, &CARD, sighting);
        }
    }
}

fn missing(server: &Server) -> Vec<&'static str> {
    let mut sent = headers::effective(server.at.block());
    sent.extend(
        server
            .inner
            .iter()
            .filter_map(|inner| headers::Header::of(*inner)),
    );
    let sends = |name: &str| sent.iter().any(|header| header.is(name));
    let says_who_frames = sent.iter().any(|header| {
        header.is("Content-Security-Policy")
            && (header.value.contains("frame-ancestors") || !header.is_literal())
    });
    let is_missing = |name: &&&str| match **name {
        "Strict-Transport-Security" => server.is_tls() && !sends(name),
        "X-Frame-Options" => !says_who_frames && !sends(name),
        name => !sends(name),
    };
    SECURITY.iter().filter(is_missing).copied().collect()
}

static CARD: Card = Card {
    id: "nginx/security-headers",
    category: Category::Configuration,
    severity: Severity::Medium,
    confidence: Confidence::High,
    title: "Headers that protect visitors are missing",
    description: "Strict-Transport-Security keeps browsers on TLS, Content-Security-Policy stops scripts that were \
                  smuggled in, X-Frame-Options keeps pages out of other sites' frames, and X-Content-Type-Options keeps \
                  browsers from guessing types. Without them one flaw in a page is enough.",
    remedy: "Write in the server, as far as the application behind it does not send them: `add_header \
             Strict-Transport-Security \"max-age=31536000; includeSubDomains\" always; add_header \
             Content-Security-Policy \"default-src 'self'; frame-ancestors 'none'\" always; add_header X-Frame-Options \
             DENY always; add_header X-Content-Type-Options nosniff always;`",
    references: &[HEADERS, OWASP_HEADERS],
    tags: &[
        "nginx",
        "headers",
        "CWE-693",
        "CWE-319",
        "CWE-1021",
        "CIS-NGINX-5.3",
        "OWASP-A05",
        "BSI-APP.3.1.A21",
    ],
    examples: &[
        site("server { # here\n  listen 443 ssl;\n  root /srv;\n}\n"),
        site(
            "server { # here\n  listen 443 ssl;\n  location / {\n    proxy_pass http://app;\n  }\n}\n",
        ),
        site(
            "server { # here\n  listen 443 ssl;\n  root /srv;\n  add_header X-Frame-Options DENY;\n  add_header X-Content-Type-Options nosniff;\n  add_header Strict-Transport-Security max-age=63072000;\n}\n",
        ),
        whole("http {\n  server { # here\n    listen 80;\n    root /srv;\n  }\n}\n"),
        among(
            "server { # here\n  listen 80;\n  root /srv;\n  include snippets/tls.conf;\n}\n",
            &[("nginx/snippets/tls.conf", "ssl_protocols TLSv1.3;\n")],
        ),
    ],
    negatives: &[
        site("ssl_protocols TLSv1.3;\nadd_header X-Frame-Options DENY;\n"),
        site("server {\n  listen 80;\n  return 301 https://$host$request_uri;\n}\n"),
        site("server {\n  listen 127.0.0.1:8080;\n  root /srv;\n}\n"),
        site(
            "server {\n  listen 443 ssl;\n  root /srv;\n  include /etc/nginx/elsewhere/headers.conf;\n}\n",
        ),
        site(
            "server {\n  listen 80;\n  root /srv;\n  add_header Content-Security-Policy \"default-src 'self'; frame-ancestors 'none'\";\n  add_header X-Content-Type-Options nosniff;\n}\n",
        ),
        among(
            "server {\n  listen 80;\n  root /srv;\n  include snippets/headers.conf;\n}\n",
            &[(
                "nginx/snippets/headers.conf",
                "add_header Content-Security-Policy $csp;\nadd_header X-Content-Type-Options nosniff;\n",
            )],
        ),
        among(
            "server {\n  listen 80;\n  root /srv;\n}\n",
            &[(
                "nginx/nginx.conf",
                "http {\n  add_header Content-Security-Policy $csp;\n  add_header X-Content-Type-Options nosniff;\n  include /etc/nginx/conf.d/*.conf;\n}\n",
            )],
        ),
        whole("stream {\n  server {\n    listen 443;\n    proxy_pass db;\n  }\n}\n"),
    ],
};
