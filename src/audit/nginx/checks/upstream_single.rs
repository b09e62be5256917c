//! `nginx/upstream-single`: one server that everything depends on.

use super::{Card, Category, Check, Conf, Confidence, Report, Severity, site};

pub(super) struct UpstreamSingle;

impl Check<Conf<'_>> for UpstreamSingle {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, conf: &Conf, report: &mut Report) {
        for upstream in conf.directives("upstream") {
            let servers = upstream.block().named("server");
            if let [server] = servers.as_slice() {
                // A name may stand for several replicas.
                let is_fixed = server.argument(0).starts_with(|c: char| c.is_ascii_digit());
                if is_fixed && upstream.block().is_whole() {
                    let message = format!(
                        "upstream `{}` has a single server, so its failure takes the service down",
                        upstream.argument(0)
                    );
                    conf.see(report, &CARD, upstream.span(), message);
                }
            }
        }
    }
}

static CARD: Card = Card {
    id: "nginx/upstream-single",
    category: Category::Configuration,
    severity: Severity::Info,
    confidence: Confidence::Medium,
    title: "Upstream with a single server",
    description: "With one server in the upstream, an update or a failure takes the service down. A host name may \
                  resolve to several machines; an IP address does not.",
    remedy: "List more servers: `upstream app { server 10.0.0.11:8080 max_fails=3; server 10.0.0.12:8080 max_fails=3; \
             }`",
    references: &["https://nginx.org/en/docs/http/ngx_http_upstream_module.html"],
    tags: &["nginx", "availability", "CWE-1188"],
    examples: &[site("upstream app { # here\n  server 10.0.0.1:8080;\n}\n")],
    negatives: &[
        site("upstream app {\n  server 10.0.0.1:8080;\n  server 10.0.0.2:8080;\n}\n"),
        site("upstream app {\n  server app:8080;\n}\n"),
        site("upstream app {\n  server unix:/run/app.sock;\n}\n"),
    ],
};
