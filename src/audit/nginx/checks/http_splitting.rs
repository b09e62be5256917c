//! `nginx/http-splitting`: a decoded path in a header, line breaks and all.

use super::{Card, Category, Check, Conf, Confidence, Report, Severity, Sighting, site};
use crate::audit::nginx::forest::At;

pub(super) struct HttpSplitting;

impl Check<Conf<'_>> for HttpSplitting {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, conf: &Conf, report: &mut Report) {
        for directive in conf.all() {
            let severity = match directive.name() {
                "return" if is_redirect(directive) => Severity::High,
                "add_header" => Severity::High,
                "proxy_pass" if directive.argument(0).contains("://") => Severity::Medium,
                _ => continue,
            };
            if directive.arguments().any(has_path) && !is_fixed(directive) {
                let message =
                    "`$uri` is decoded, so `%0d%0a` in a request injects headers into the response"
                        .to_owned();
                conf.add(
                    report,
                    &CARD,
                    Sighting::new(&CARD, directive.span(), message).weighing(severity),
                );
            }
        }
    }
}

fn is_redirect(directive: At) -> bool {
    let first = directive.argument(0);
    first.contains("://") || (first.starts_with('3') && first.len() == 3)
}

/// Whether a text has the variable for the decoded path.
fn has_path(text: &str) -> bool {
    ["$uri", "$document_uri", "${uri}", "${document_uri}"]
        .iter()
        .any(|variable| {
            text.match_indices(variable).any(|(at, _)| {
                let behind = text[at + variable.len()..].chars().next();
                !behind.is_some_and(|next| next.is_ascii_alphanumeric() || next == '_')
            })
        })
}

/// Whether the path can only be what the location states.
fn is_fixed(directive: At) -> bool {
    let location = directive.scope().enclosing("location");
    location.is_some_and(|location| location.argument(0) == "=")
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
