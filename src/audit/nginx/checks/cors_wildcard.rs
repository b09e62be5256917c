//! `nginx/cors-wildcard`: any site may read answers in the name of the visitor.

use crate::audit::nginx::forest::Scope;

use super::{
    Card, Category, Check, Conf, Confidence, HEADERS, Header, Report, Severity, Sighting, headers,
    site,
};

pub(super) struct CorsWildcard;

impl Check<Conf<'_>> for CorsWildcard {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, conf: &Conf, report: &mut Report) {
        let added = conf.all().filter_map(Header::of);
        for header in added.filter(|header| header.is("Access-Control-Allow-Origin")) {
            let scope = header.at.scope();
            let with_credentials = headers::effective(scope).iter().any(|other| {
                other.is("Access-Control-Allow-Credentials")
                    && other.value.eq_ignore_ascii_case("true")
            });
            if header.value == "$http_origin" && !is_checked(scope) {
                let severity = if with_credentials {
                    Severity::Medium
                } else {
                    Severity::Low
                };
                let message =
                    "every origin is reflected, so any website can read responses".to_owned();
                conf.add(
                    report,
                    &CARD,
                    Sighting::new(&CARD, header.span(), message).weighing(severity),
                );
            } else if header.value == "*" && with_credentials {
                let message =
                    "every origin is allowed with credentials, which browsers reject".to_owned();
                conf.add(
                    report,
                    &CARD,
                    Sighting::new(&CARD, header.span(), message).weighing(Severity::Low),
                );
            }
        }
    }
}

/// Whether a condition on the origin is around.
fn is_checked(scope: Scope) -> bool {
    let mut openers = scope.outwards().filter_map(Scope::opener);
    openers.any(|opener| {
        opener.name() == "if"
            && opener
                .arguments()
                .any(|argument| argument.contains("$http_origin"))
            && !opener
                .arguments()
                .any(|argument| argument.contains("request_method"))
    })
}

static CARD: Card = Card {
    id: "nginx/cors-wildcard",
    category: Category::Configuration,
    severity: Severity::Medium,
    confidence: Confidence::High,
    title: "Permissive CORS policy",
    description: "A header that reflects the `Origin` of the request lets any website read responses; with credentials \
                  allowed, it reads them as the logged-in visitor.",
    remedy: "List the allowed origins in a map and send its result: `map $http_origin $allowed_origin { default \"\"; \
             https://app.example.com $http_origin; }` and `add_header Access-Control-Allow-Origin $allowed_origin \
             always;`",
    references: &[
        "https://developer.mozilla.org/en-US/docs/Web/HTTP/Guides/CORS",
        "https://cheatsheetseries.owasp.org/cheatsheets/HTML5_Security_Cheat_Sheet.html",
        HEADERS,
    ],
    tags: &["nginx", "headers", "cors", "CWE-942", "OWASP-A05"],
    examples: &[
        site(
            "server {\n  add_header Access-Control-Allow-Origin $http_origin; # here\n  add_header Access-Control-Allow-Credentials true;\n}\n",
        ),
        site(
            "server {\n  add_header Access-Control-Allow-Origin \"$http_origin\" always; # here\n}\n",
        ),
    ],
    negatives: &[
        site("server {\n  add_header Access-Control-Allow-Origin *;\n}\n"),
        site(
            "server {\n  if ($http_origin ~ ^https://app\\.example$) {\n    add_header Access-Control-Allow-Origin $http_origin;\n  }\n}\n",
        ),
        site(
            "server {\n  add_header Access-Control-Allow-Origin $allowed_origin;\n  add_header Access-Control-Allow-Credentials true;\n}\n",
        ),
    ],
};
