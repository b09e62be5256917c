//! `nginx/if-is-evil`: a condition that disables `try_files`.

use super::{CORE, Card, Category, Check, Conf, Confidence, Report, Severity, site};
use crate::audit::nginx::forest::At;

pub(super) struct IfIsEvil;

impl Check<Conf<'_>> for IfIsEvil {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, conf: &Conf, report: &mut Report) {
        for condition in conf.directives("if") {
            let scope = condition.scope();
            let is_in_location = scope
                .opener()
                .is_some_and(|opener| opener.name() == "location");
            if !is_in_location
                || scope.named("try_files").is_empty()
                || !condition.block().is_whole()
                || leaves(condition)
            {
                continue;
            }
            let message =
                "requests that match this condition skip the location's `try_files`".to_owned();
            conf.see(report, &CARD, condition.span(), message);
        }
    }
}

/// Whether a request that meets the condition is answered, or goes on elsewhere. A condition that only sets a variable
/// is not known to do harm here, although nginx makes a location of it all the same.
fn leaves(condition: At) -> bool {
    condition.block().within().any(|inner| match inner.name() {
        "return" => true,
        "rewrite" => !matches!(inner.argument(2), "break"),
        name => name.ends_with("_pass"),
    })
}

static CARD: Card = Card {
    id: "nginx/if-is-evil",
    category: Category::Configuration,
    severity: Severity::Low,
    confidence: Confidence::High,
    title: "`if` that disables `try_files`",
    description: "A request that matches an `if` is handled in an implicit location without `try_files`: requests that \
                  should reach the application get a 404 or a static file instead.",
    remedy: "End the request inside the `if` (`return`, `rewrite … last`), or move the condition into a `map` before \
             the server, and use its variable.",
    references: &[
        "https://nginx.org/en/docs/http/ngx_http_rewrite_module.html#if",
        CORE,
    ],
    tags: &["nginx", "CWE-670"],
    examples: &[
        site(
            "server {\n  location / {\n    try_files $uri @app;\n    if ($http_cookie ~ a) { # here\n      set $a 1;\n    }\n  }\n}\n",
        ),
        site(
            "server {\n  location / {\n    if ($request_method = POST) { # here\n      add_header X-A b;\n    }\n    try_files $uri /index.php;\n  }\n}\n",
        ),
    ],
    negatives: &[
        site(
            "server {\n  location / {\n    try_files $uri @app;\n    if ($request_method = POST) {\n      return 405;\n    }\n  }\n}\n",
        ),
        site(
            "server {\n  location / {\n    try_files $uri @app;\n    if ($host = a) {\n      rewrite ^ /b last;\n    }\n  }\n}\n",
        ),
        site(
            "server {\n  if ($host = a) {\n    set $b 1;\n  }\n  location / {\n    try_files $uri @app;\n  }\n}\n",
        ),
        site("server {\n  location / {\n    if ($a) {\n      set $b 1;\n    }\n  }\n}\n"),
    ],
};
