//! `nginx/ocsp-stapling`: answers about revocation that nginx cannot fetch.

use super::{Card, Category, Check, Conf, Confidence, Report, SSL, Severity, site};

pub(super) struct OcspStapling;

impl Check<Conf<'_>> for OcspStapling {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, conf: &Conf, report: &mut Report) {
        for stapling in conf
            .directives("ssl_stapling")
            .filter(|stapling| stapling.argument(0) == "on")
        {
            let scope = stapling.scope();
            let certificates = scope.effective("ssl_certificate");
            let from_file = !scope.effective("ssl_stapling_file").is_empty();
            if certificates
                .iter()
                .any(|certificate| certificate.argument(0).contains("letsencrypt"))
            {
                let message =
                    "stapling has no effect: Let's Encrypt no longer runs OCSP responders";
                conf.see(report, &CARD, stapling.span(), message.to_owned());
            } else if scope.effective("resolver").is_empty()
                && !from_file
                && scope.enclosing("server").is_some()
                && scope.outwards().all(super::super::forest::Scope::is_whole)
            {
                let message = "stapling has no effect: without `resolver` nginx cannot look up the OCSP responder".to_owned();
                conf.see(report, &CARD, stapling.span(), message);
            }
        }
    }
}

static CARD: Card = Card {
    id: "nginx/ocsp-stapling",
    category: Category::Configuration,
    severity: Severity::Info,
    confidence: Confidence::Medium,
    title: "Ineffective OCSP stapling",
    description: "With stapling, nginx fetches proof from the certificate authority that a certificate is not revoked. \
                  That requires a resolver and an authority that still runs OCSP: Let's Encrypt shut its responders \
                  down in 2025.",
    remedy: "With Let's Encrypt certificates remove `ssl_stapling`; with others add `resolver 127.0.0.53 valid=300s;`",
    references: &[SSL, "https://letsencrypt.org/2024/12/05/ending-ocsp"],
    tags: &["nginx", "tls", "CWE-299", "CIS-NGINX-4.1.7"],
    examples: &[
        site(
            "server {\n  listen 443 ssl;\n  ssl_stapling on; # here\n  ssl_certificate /etc/ssl/a.pem;\n}\n",
        ),
        site(
            "server {\n  listen 443 ssl;\n  resolver 127.0.0.53;\n  ssl_stapling on; # here\n  ssl_certificate /etc/letsencrypt/live/a/fullchain.pem;\n}\n",
        ),
    ],
    negatives: &[
        site(
            "server {\n  listen 443 ssl;\n  resolver 127.0.0.53;\n  ssl_stapling on;\n  ssl_certificate /etc/ssl/a.pem;\n}\n",
        ),
        site("ssl_stapling on;\nssl_protocols TLSv1.3;\n"),
        site("server {\n  ssl_stapling off;\n}\n"),
    ],
};
