//! `nginx/status-exposed`: everyone can see the server's internal metrics.

use crate::audit::nginx::location;
use crate::audit::nginx::visitor::is_open;

use super::{Card, Category, Check, Conf, Confidence, Report, Severity, site};

pub(super) struct StatusExposed;

impl Check<Conf<'_>> for StatusExposed {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, conf: &Conf, report: &mut Report) {
        let pages = conf
            .directives("stub_status")
            .chain(conf.directives("vhost_traffic_status_display"));
        for page in pages.filter(|page| page.argument(0) != "off") {
            let location = page.scope().enclosing("location");
            let is_reached = location.is_none_or(location::is_chosen);
            if is_reached && is_open(page.scope()) {
                let message = "anyone can read the server's status page".to_owned();
                conf.see(report, &CARD, page.span(), message);
            }
        }
    }
}

static CARD: Card = Card {
    id: "nginx/status-exposed",
    category: Category::Configuration,
    severity: Severity::Medium,
    confidence: Confidence::Medium,
    title: "Status page exposed",
    description: "Connection and request counts show an attacker whether a denial of service works, and some modules \
                  list every site and upstream.",
    remedy: "Restrict it to the machines that need it: `location = /nginx_status { stub_status; allow 127.0.0.1; deny \
             all; }`",
    references: &["https://nginx.org/en/docs/http/ngx_http_stub_status_module.html"],
    tags: &[
        "nginx",
        "hardening",
        "CWE-497",
        "CIS-NGINX-2.5.4",
        "OWASP-A05",
    ],
    examples: &[site(
        "server {\n  location /nginx_status {\n    stub_status on; # here\n  }\n}\n",
    )],
    negatives: &[
        site(
            "server {\n  location /nginx_status {\n    stub_status;\n    allow 127.0.0.1;\n    deny all;\n  }\n}\n",
        ),
        site("server {\n  listen 127.0.0.1:8080;\n  location / {\n    stub_status;\n  }\n}\n"),
        site(
            "server {\n  location /nginx_status {\n    stub_status;\n    auth_basic \"status\";\n  }\n}\n",
        ),
    ],
};
