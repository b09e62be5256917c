//! `nginx/server-tokens`: the version of nginx in every answer.

use super::{
    CIS, CORE, Card, Category, Check, Conf, Confidence, Report, Severity, Sighting, site, whole,
};

pub(super) struct ServerTokens;

impl Check<Conf<'_>> for ServerTokens {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, conf: &Conf, report: &mut Report) {
        for tokens in conf.directives("server_tokens") {
            if matches!(tokens.argument(0), "on" | "build") {
                let message = "every response discloses the nginx version".to_owned();
                conf.add(
                    report,
                    &CARD,
                    Sighting::new(&CARD, tokens.span(), message).weighing(Severity::Medium),
                );
            }
        }
        let Some(http) = conf.http().filter(|http| http.block().is_whole()) else {
            return;
        };
        let inner = http.block().descendants();
        let is_said = inner
            .iter()
            .any(|inner| matches!(inner.name(), "server_tokens" | "more_clear_headers"));
        if !is_said && inner.iter().any(|inner| inner.name() == "server") {
            let message =
                "every response discloses the nginx version, because `server_tokens` is not set"
                    .to_owned();
            conf.see(report, &CARD, http.span(), message);
        }
    }
}

static CARD: Card = Card {
    id: "nginx/server-tokens",
    category: Category::Configuration,
    severity: Severity::Low,
    confidence: Confidence::High,
    title: "nginx version disclosed",
    description: "The version reveals which known vulnerabilities an attacker can try.",
    remedy: "Add to the `http` block: `server_tokens off;`",
    references: &[CORE, CIS],
    tags: &[
        "nginx",
        "hardening",
        "CWE-497",
        "CWE-200",
        "CIS-NGINX-2.5.1",
        "OWASP-A05",
        "BSI-APP.3.2.A1",
    ],
    examples: &[
        site("server {\n  server_tokens on; # here\n}\n"),
        whole("http { # here\n  server {\n    listen 80;\n  }\n}\n"),
    ],
    negatives: &[
        site("server {\n  server_tokens off;\n}\n"),
        whole("http {\n  server_tokens off;\n  server {\n    listen 80;\n  }\n}\n"),
        whole("http {\n  include /etc/nginx/hardening.conf;\n  server {\n    listen 80;\n  }\n}\n"),
        site("server {\n  listen 80;\n}\n"),
    ],
};
