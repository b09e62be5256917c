//! `nginx/x-frame-options`: a header about frames that no browser understands.

use super::{
    Card, Category, Check, Conf, Confidence, HEADERS, Header, OWASP_HEADERS, Report, Severity,
    missing, site, whole,
};

pub(super) struct XFrameOptions;

impl Check<Conf<'_>> for XFrameOptions {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, conf: &Conf, report: &mut Report) {
        missing::tell(conf, &CARD, "X-Frame-Options", report);
        let headers = conf.all().filter_map(Header::of);
        for header in headers.filter(|header| header.is("X-Frame-Options") && header.is_literal()) {
            let value = header.value.trim();
            let is_empty = value.is_empty();
            if !is_empty
                && !["DENY", "SAMEORIGIN"]
                    .iter()
                    .any(|known| value.eq_ignore_ascii_case(known))
            {
                let message =
                    "browsers accept only `DENY` and `SAMEORIGIN` and ignore this value, so clickjacking is possible".to_owned();
                conf.see(report, &CARD, header.span(), message);
            }
        }
    }
}

static CARD: Card = Card {
    id: "nginx/x-frame-options",
    category: Category::Configuration,
    severity: Severity::Low,
    confidence: Confidence::High,
    title: "Clickjacking protection missing (X-Frame-Options)",
    description: "Without a valid value, any site can load the pages in a frame and trick visitors into clicking in \
                  them (clickjacking). `ALLOW-FROM` was supported by few browsers and is supported by none today.",
    remedy: "Add `add_header X-Frame-Options DENY always;`, or allow single sites with `add_header \
             Content-Security-Policy \"frame-ancestors 'self' https://partner.example\" always;`",
    references: &[
        "https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/X-Frame-Options",
        OWASP_HEADERS,
        HEADERS,
    ],
    tags: &[
        "nginx",
        "headers",
        "CWE-1021",
        "CIS-NGINX-5.3.1",
        "OWASP-A05",
        "BSI-APP.3.1.A21",
    ],
    examples: &[
        site("server { # here\n  listen 80;\n  root /srv;\n}\n"),
        site("add_header X-Frame-Options \"ALLOW-FROM https://a.example\" always; # here\n"),
        site("add_header X-Frame-Options ALLOWALL; # here\n"),
    ],
    negatives: &[
        site("server {\n  listen 80;\n  return 301 https://$host$request_uri;\n}\n"),
        site("server {\n  listen 127.0.0.1:8080;\n  root /srv;\n}\n"),
        site(
            "server {\n  listen 443 ssl;\n  root /srv;\n  include /etc/nginx/elsewhere/headers.conf;\n}\n",
        ),
        whole("stream {\n  server {\n    listen 443;\n    proxy_pass db;\n  }\n}\n"),
        site(
            "server {\n  listen 80;\n  root /srv;\n  add_header Content-Security-Policy \"frame-ancestors 'none'\";\n}\n",
        ),
        site("add_header X-Frame-Options DENY always;\n"),
        site("add_header X-Frame-Options \"sameorigin\";\n"),
        site("add_header X-Frame-Options $frames;\n"),
    ],
};
