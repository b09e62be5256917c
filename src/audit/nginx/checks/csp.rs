//! `nginx/csp`: no content security policy, or one that allows any script.

use super::{
    Card, Category, Check, Conf, Confidence, HEADERS, Header, OWASP_HEADERS, Report, Severity,
    Sighting, among, missing, site, whole,
};

pub(super) struct Csp;

impl Check<Conf<'_>> for Csp {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, conf: &Conf, report: &mut Report) {
        missing::tell(conf, &CARD, "Content-Security-Policy", report);
        let headers = conf.all().filter_map(Header::of);
        for header in headers.filter(|header| header.is("Content-Security-Policy")) {
            let problems = problems(&header.value.to_ascii_lowercase());
            let Some(severity) = problems.iter().map(|(severity, _)| *severity).max() else {
                continue;
            };
            let words: Vec<_> = problems.iter().map(|(_, words)| *words).collect();
            let message = format!("the policy allows {}", words.join(", "));
            conf.add(
                report,
                &CARD,
                Sighting::new(&CARD, header.span(), message).weighing(severity),
            );
        }
    }
}

fn problems(value: &str) -> Vec<(Severity, &'static str)> {
    let directives: Vec<Vec<&str>> = value
        .split(';')
        .map(|directive| directive.split_ascii_whitespace().collect())
        .collect();
    let sources = |name: &str| {
        let found = directives.iter().find(|words| words.first() == Some(&name));
        found.map(|words| &words[1..])
    };
    let mut problems = Vec::new();
    let fallback = sources("default-src");
    if let Some(scripts) = sources("script-src").or(fallback) {
        // With one of these, browsers ignore `unsafe-inline`.
        let is_strict = scripts.iter().any(|source| {
            [
                "'nonce-",
                "'sha256-",
                "'sha384-",
                "'sha512-",
                "'strict-dynamic'",
            ]
            .iter()
            .any(|mark| source.starts_with(mark))
        });
        if scripts.contains(&"'unsafe-inline'") && !is_strict {
            problems.push((Severity::Medium, "inline scripts (`unsafe-inline`)"));
        }
        if scripts.contains(&"'unsafe-eval'") {
            problems.push((Severity::Low, "`eval` (`unsafe-eval`)"));
        }
        let is_open = |source: &&str| matches!(*source, "*" | "http:" | "https:" | "data:");
        if scripts.iter().any(is_open) && !is_strict {
            problems.push((Severity::Medium, "scripts from any host"));
        }
    }
    problems
}

static CARD: Card = Card {
    id: "nginx/csp",
    category: Category::Configuration,
    severity: Severity::Medium,
    confidence: Confidence::High,
    title: "Missing or ineffective Content-Security-Policy",
    description: "The policy limits the damage of cross-site scripting (XSS). One that allows inline scripts, or \
                  scripts from any host, blocks hardly any injected script.",
    remedy: "List the sources and give inline scripts a nonce: `add_header Content-Security-Policy \"default-src \
             'self'; object-src 'none'; base-uri 'self'; frame-ancestors 'none'\" always;`",
    references: &[
        "https://developer.mozilla.org/en-US/docs/Web/HTTP/Guides/CSP",
        "https://cheatsheetseries.owasp.org/cheatsheets/Content_Security_Policy_Cheat_Sheet.html",
        OWASP_HEADERS,
        HEADERS,
    ],
    tags: &[
        "nginx",
        "headers",
        "CWE-693",
        "CWE-79",
        "CIS-NGINX-5.3.2",
        "OWASP-A05",
        "BSI-APP.3.1.A21",
    ],
    examples: &[
        whole("http {\n  server { # here\n    listen 80;\n    root /srv;\n  }\n}\n"),
        among(
            "server { # here\n  listen 80;\n  root /srv;\n  include snippets/tls.conf;\n}\n",
            &[("nginx/snippets/tls.conf", "ssl_protocols TLSv1.3;\n")],
        ),
        site(
            "add_header Content-Security-Policy \"default-src 'self' 'unsafe-inline'\" always; # here\n",
        ),
        site("add_header Content-Security-Policy \"script-src * ; object-src 'none'\"; # here\n"),
        site(
            "add_header Content-Security-Policy \"default-src 'self'; script-src 'self' 'unsafe-eval'\"; # here\n",
        ),
    ],
    negatives: &[
        site("server {\n  listen 80;\n  return 301 https://$host$request_uri;\n}\n"),
        site("server {\n  listen 127.0.0.1:8080;\n  root /srv;\n}\n"),
        site(
            "server {\n  listen 443 ssl;\n  root /srv;\n  include /etc/nginx/elsewhere/headers.conf;\n}\n",
        ),
        whole("stream {\n  server {\n    listen 443;\n    proxy_pass db;\n  }\n}\n"),
        among(
            "server {\n  listen 80;\n  root /srv;\n  include snippets/headers.conf;\n}\n",
            &[(
                "nginx/snippets/headers.conf",
                "add_header Content-Security-Policy $csp;\n",
            )],
        ),
        among(
            "server {\n  listen 80;\n  root /srv;\n}\n",
            &[(
                "nginx/nginx.conf",
                "http {\n  add_header Content-Security-Policy $csp;\n  include /etc/nginx/conf.d/*.conf;\n}\n",
            )],
        ),
        site(
            "add_header Content-Security-Policy \"default-src 'self'; style-src 'self' 'unsafe-inline'\" always;\n",
        ),
        site(
            "add_header Content-Security-Policy \"script-src 'nonce-$request_id' 'unsafe-inline' 'strict-dynamic' https:\";\n",
        ),
        site(
            "add_header Content-Security-Policy \"default-src * 'unsafe-inline'; script-src 'self'\";\n",
        ),
        site("add_header Content-Security-Policy $policy always;\n"),
        site("add_header Content-Security-Policy-Report-Only \"default-src *\";\n"),
        site("add_header Content-Security-Policy \"upgrade-insecure-requests\";\n"),
    ],
};
