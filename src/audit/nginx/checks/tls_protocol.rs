//! `nginx/tls-protocol`: versions of TLS that are broken, or older than the house allows.

use crate::audit::TlsVersion;

use super::{
    CIS, Card, Category, Check, Conf, Confidence, OWASP_TLS, Report, SSL, Severity, Sighting, site,
    whole,
};

pub(super) struct TlsProtocol;

impl Check<Conf<'_>> for TlsProtocol {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, conf: &Conf, report: &mut Report) {
        for protocols in conf.directives("ssl_protocols") {
            let old = |version: &&str| is_too_old(version, conf.policy.min_tls);
            let offered: Vec<_> = protocols.arguments().filter(old).collect();
            if !offered.is_empty() {
                let message = format!(
                    "offers {}, older than {}",
                    offered.join(", "),
                    name(conf.policy.min_tls)
                );
                conf.see(report, &CARD, protocols.span(), message);
            }
        }
        let is_named = |server: &super::super::server::Server| {
            let scope = server.at.block();
            !scope.effective("ssl_protocols").is_empty()
                || !scope.outwards().all(super::super::forest::Scope::is_whole)
        };
        for server in conf
            .servers
            .iter()
            .filter(|server| server.is_tls() && !is_named(server))
        {
            let severity = match conf.policy.min_tls {
                TlsVersion::V1_2 => Severity::Info,
                TlsVersion::V1_3 => Severity::Medium,
            };
            let message = format!(
                "{} does not set `ssl_protocols`, so the TLS versions depend on the nginx build",
                server.label()
            );
            conf.add(
                report,
                &CARD,
                Sighting::new(&CARD, server.at.span(), message).weighing(severity),
            );
        }
    }
}

fn is_too_old(version: &str, least: TlsVersion) -> bool {
    match version {
        "SSLv2" | "SSLv3" | "TLSv1" | "TLSv1.0" | "TLSv1.1" => true,
        "TLSv1.2" => least > TlsVersion::V1_2,
        _ => false,
    }
}

fn name(version: TlsVersion) -> &'static str {
    match version {
        TlsVersion::V1_2 => "TLS 1.2",
        TlsVersion::V1_3 => "TLS 1.3",
    }
}

static CARD: Card = Card {
    id: "nginx/tls-protocol",
    category: Category::Configuration,
    severity: Severity::High,
    confidence: Confidence::High,
    title: "Obsolete TLS version",
    description: "SSL 2 and 3 are broken, and TLS 1.0 and 1.1 were deprecated by RFC 8996: a man-in-the-middle can \
                  exploit their weaknesses. If nothing is configured, the version and the build of nginx decide.",
    remedy: "Add to the `http` block, so that it applies to every server: `ssl_protocols TLSv1.2 TLSv1.3;`",
    references: &[
        SSL,
        "https://www.rfc-editor.org/rfc/rfc8996",
        OWASP_TLS,
        CIS,
    ],
    tags: &[
        "nginx",
        "tls",
        "CWE-326",
        "CWE-327",
        "CIS-NGINX-4.1.4",
        "OWASP-A02",
        "BSI-TR-02102-2",
        "BSI-APP.3.2.A11",
    ],
    examples: &[
        whole("http {\n  ssl_protocols TLSv1 TLSv1.1 TLSv1.2; # here\n}\n"),
        site("ssl_protocols SSLv3; # here\n"),
        site("server { # here\n  listen 443 ssl;\n  root /srv;\n}\n"),
        site(
            "server {\n  listen 443 ssl;\n  root /srv;\n  ssl_protocols TLSv1.1 TLSv1.2; # here\n}\n",
        ),
    ],
    negatives: &[
        site("ssl_protocols TLSv1.2 TLSv1.3;\n"),
        site("server {\n  listen 80;\n  root /srv;\n}\n"),
        whole(
            "http {\n  ssl_protocols TLSv1.3;\n  server {\n    listen 443 ssl;\n    root /srv;\n  }\n}\n",
        ),
        site(
            "server {\n  listen 443 ssl;\n  include /etc/letsencrypt/options-ssl-nginx.conf;\n  root /srv;\n}\n",
        ),
        site("server {\n  listen 443 ssl;\n  ssl_protocols ${TLS_VERSIONS};\n  root /srv;\n}\n"),
    ],
};
