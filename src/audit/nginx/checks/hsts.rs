//! `nginx/hsts`: browsers are not told to use TLS, or less strictly than it seems.

use crate::audit::nginx::visitor;

use super::{
    Card, Category, Check, Conf, Confidence, HEADERS, Header, OWASP_HEADERS, Report, Severity,
    Sighting, missing, site, whole,
};

pub(super) struct Hsts;

/// Half a year, in seconds.
const LEAST: u64 = 15_552_000;

impl Check<Conf<'_>> for Hsts {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, conf: &Conf, report: &mut Report) {
        missing::tell(conf, &CARD, "Strict-Transport-Security", report);
        let headers = conf.all().filter_map(Header::of);
        for header in
            headers.filter(|header| header.is("Strict-Transport-Security") && header.is_sent())
        {
            if visitor::is_never_reached(header.at.scope()) {
                continue;
            }
            let problems = problems(&header);
            let Some(severity) = problems.iter().map(|(severity, _)| *severity).max() else {
                continue;
            };
            let words: Vec<_> = problems.iter().map(|(_, words)| *words).collect();
            let message = format!("Strict-Transport-Security {}", words.join(", "));
            conf.add(
                report,
                &CARD,
                Sighting::new(&CARD, header.span(), message).weighing(severity),
            );
        }
    }
}

fn problems(header: &Header) -> Vec<(Severity, &'static str)> {
    let mut problems = Vec::new();
    let value = header.value.to_ascii_lowercase();
    if header.is_literal() {
        let mut parts = value.split(';').map(str::trim);
        let age = parts.find_map(|part| part.strip_prefix("max-age"));
        let age = age.map(|age| {
            age.trim_start_matches(['=', ' ', '"'])
                .trim_end_matches('"')
        });
        match age.and_then(|age| age.parse::<u64>().ok()) {
            // Revokes the policy, which is always intended.
            Some(0) => return vec![(Severity::Low, "is revoked with `max-age=0`")],
            Some(age) if age < LEAST => {
                problems.push((Severity::Medium, "is valid for less than half a year"));
            }
            Some(_) => {}
            None => problems.push((Severity::Medium, "has no `max-age`, so browsers ignore it")),
        }
        if !value.contains("includesubdomains") {
            problems.push((Severity::Low, "does not cover subdomains"));
        }
    }
    if !header.is_always {
        problems.push((
            Severity::Low,
            "is missing from error responses without `always`",
        ));
    }
    problems
}

static CARD: Card = Card {
    id: "nginx/hsts",
    category: Category::Configuration,
    severity: Severity::Medium,
    confidence: Confidence::High,
    title: "Missing or weak Strict-Transport-Security (HSTS)",
    description: "The header makes browsers use only TLS for as long as `max-age` states. Without it, a \
                  man-in-the-middle can keep a visitor on plain HTTP (SSL stripping). Without `always`, nginx adds it \
                  only to successful responses and redirects.",
    remedy: "Add to servers with TLS: `add_header Strict-Transport-Security \"max-age=31536000; includeSubDomains\" \
             always;`",
    references: &[
        HEADERS,
        OWASP_HEADERS,
        "https://www.rfc-editor.org/rfc/rfc6797",
    ],
    tags: &[
        "nginx",
        "headers",
        "tls",
        "CWE-319",
        "CIS-NGINX-4.1.8",
        "OWASP-A05",
        "BSI-APP.3.1.A21",
    ],
    examples: &[
        site("server { # here\n  listen 443 ssl;\n  root /srv;\n}\n"),
        site(
            "server { # here\n  listen 443 ssl;\n  location / {\n    proxy_pass http://app;\n  }\n}\n",
        ),
        site(
            "add_header Strict-Transport-Security \"max-age=31536000; includeSubDomains\"; # here\n",
        ),
        site(
            "add_header Strict-Transport-Security \"max-age=600; includeSubDomains\" always; # here\n",
        ),
        site("add_header strict-transport-security max-age=31536000 always; # here\n"),
        site("add_header Strict-Transport-Security includeSubDomains always; # here\n"),
    ],
    negatives: &[
        site("server {\n  listen 80;\n  return 301 https://$host$request_uri;\n}\n"),
        site("server {\n  listen 127.0.0.1:8080;\n  root /srv;\n}\n"),
        site(
            "server {\n  listen 443 ssl;\n  root /srv;\n  include /etc/nginx/elsewhere/headers.conf;\n}\n",
        ),
        whole("stream {\n  server {\n    listen 443;\n    proxy_pass db;\n  }\n}\n"),
        site("server {\n  listen 80;\n  root /srv;\n}\n"),
        site(
            "add_header Strict-Transport-Security \"max-age=63072000; includeSubDomains; preload\" always;\n",
        ),
        site("add_header Strict-Transport-Security $hsts always;\n"),
        site("add_header X-Frame-Options DENY;\n"),
        site(
            "more_set_headers \"Strict-Transport-Security: max-age=31536000; includeSubDomains\";\nserver {\n  listen 80;\n}\n",
        ),
    ],
};
