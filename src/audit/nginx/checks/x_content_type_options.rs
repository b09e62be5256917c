//! `nginx/x-content-type-options`: a header against content sniffing that no browser understands.

use super::{
    Card, Category, Check, Conf, Confidence, HEADERS, Header, OWASP_HEADERS, Report, Severity,
    missing, site, whole,
};

pub(super) struct XContentTypeOptions;

impl Check<Conf<'_>> for XContentTypeOptions {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, conf: &Conf, report: &mut Report) {
        missing::tell(conf, &CARD, "X-Content-Type-Options", report);
        let headers = conf.all().filter_map(Header::of);
        for header in headers.filter(|header| {
            header.is("X-Content-Type-Options") && header.is_literal() && header.is_sent()
        }) {
            if !header.value.trim().eq_ignore_ascii_case("nosniff") {
                let message = "browsers accept only `nosniff` and ignore this value".to_owned();
                conf.see(report, &CARD, header.span(), message);
            }
        }
    }
}

static CARD: Card = Card {
    id: "nginx/x-content-type-options",
    category: Category::Configuration,
    severity: Severity::Low,
    confidence: Confidence::High,
    title: "Missing or invalid X-Content-Type-Options",
    description: "Only `nosniff` stops browsers from guessing content types (MIME sniffing), which can turn an \
                  uploaded picture into a script.",
    remedy: "Add `add_header X-Content-Type-Options nosniff always;`",
    references: &[
        "https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/X-Content-Type-Options",
        OWASP_HEADERS,
        HEADERS,
    ],
    tags: &[
        "nginx",
        "headers",
        "CWE-693",
        "CIS-NGINX-5.3.1",
        "OWASP-A05",
        "BSI-APP.3.1.A21",
    ],
    examples: &[
        site("server { # here\n  listen 80;\n  root /srv;\n}\n"),
        site("add_header X-Content-Type-Options \"no-sniff\" always; # here\n"),
    ],
    negatives: &[
        site("server {\n  listen 80;\n  return 301 https://$host$request_uri;\n}\n"),
        site("server {\n  listen 127.0.0.1:8080;\n  root /srv;\n}\n"),
        site(
            "server {\n  listen 443 ssl;\n  root /srv;\n  include /etc/nginx/elsewhere/headers.conf;\n}\n",
        ),
        whole("stream {\n  server {\n    listen 443;\n    proxy_pass db;\n  }\n}\n"),
        site(
            "server {\n  listen 80;\n  root /srv;\n  more_set_headers \"X-Content-Type-Options: nosniff\";\n}\n",
        ),
        site("add_header X-Content-Type-Options nosniff;\n"),
        site("add_header X-Content-Type-Options \"nosniff\" always;\n"),
        site("add_header X-Content-Type-Options $sniff;\n"),
    ],
};
