//! `nginx/http-splitting`: a decoded path, line breaks included, in a header.

use super::{Card, Category, Check, Conf, Confidence, Report, Severity, Sighting, site};
use crate::audit::nginx::forest::At;
use crate::audit::nginx::taint::tainted;
use crate::audit::nginx::visitor;

pub(super) struct HttpSplitting;

impl Check<Conf<'_>> for HttpSplitting {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, conf: &Conf, report: &mut Report) {
        for directive in conf.all() {
            let Some((from, severity)) = sink(directive) else {
                continue;
            };
            let mut words = directive.arguments().skip(from);
            let Some(name) = words.find_map(|word| tainted(word, directive)) else {
                continue;
            };
            if visitor::is_never_reached(directive.scope()) {
                continue;
            }
            let message = format!(
                "`${name}` is decoded, so `%0d%0a` in a request injects headers into the response"
            );
            let sighting = Sighting::new(&CARD, directive.span(), message);
            conf.add(report, &CARD, sighting.weighing(severity));
        }
    }
}

/// Returns the index of the first argument that a directive writes into a header, and the severity of a line break
/// there.
fn sink(directive: At) -> Option<(usize, Severity)> {
    match directive.name() {
        "return" if is_redirect(directive) => Some((0, Severity::High)),
        "add_header" | "more_set_headers" | "add_trailer" => Some((0, Severity::High)),
        "rewrite" if redirects(directive) => Some((1, Severity::High)),
        "error_page" if directive.arguments().any(|word| word.contains("://")) => {
            Some((0, Severity::High))
        }
        "auth_basic" => Some((0, Severity::Medium)),
        "proxy_pass" if directive.argument(0).contains("://") => Some((0, Severity::Medium)),
        "proxy_set_header" => Some((1, Severity::Medium)),
        _ => None,
    }
}

fn redirects(rewrite: At) -> bool {
    matches!(rewrite.argument(2), "permanent" | "redirect")
        || ["http://", "https://", "$scheme"]
            .iter()
            .any(|start| rewrite.argument(1).starts_with(start))
}

fn is_redirect(directive: At) -> bool {
    let first = directive.argument(0);
    first.contains("://") || (first.starts_with('3') && first.len() == 3)
}

static CARD: Card = Card {
    id: "nginx/http-splitting",
    category: Category::Configuration,
    severity: Severity::High,
    confidence: Confidence::High,
    title: "HTTP response splitting",
    description: "`$uri` and `$document_uri` hold the decoded path. With `%0d%0a` in a link (CRLF injection), an \
                  attacker adds headers, cookies or a whole second response to what the visitor receives.",
    remedy: "Use the path as it was sent: `return 301 https://$host$request_uri;`",
    references: &[
        "https://owasp.org/www-community/attacks/HTTP_Response_Splitting",
        "https://nginx.org/en/docs/http/ngx_http_core_module.html#var_uri",
    ],
    tags: &["nginx", "CWE-113", "CWE-93", "OWASP-A03"],
    examples: &[
        site("server {\n  return 301 https://$host$uri; # here\n}\n"),
        site(
            "server {\n  location / {\n    return 302 http://$host:$server_port$uri; # here\n  }\n}\n",
        ),
        site("server {\n  location / {\n    add_header X-Path ${uri}; # here\n  }\n}\n"),
    ],
    negatives: &[
        site("server {\n  return 301 https://$host$request_uri;\n}\n"),
        site("server {\n  location / {\n    try_files $uri $uri/ /index.html;\n  }\n}\n"),
        site("server {\n  location = /a {\n    return 301 https://$host$uri;\n  }\n}\n"),
        site("server {\n  return 301 https://$host$uri_path;\n}\n"),
    ],
};
