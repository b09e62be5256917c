//! `nginx/rate-limit`: passwords can be tried as fast as the network allows.

use crate::audit::nginx::admission;
use crate::audit::nginx::forest::{At, Scope};

use super::{
    CIS, Card, Category, Check, Conf, Confidence, Report, Severity, Sighting, site, whole,
};
use crate::audit::nginx::visitor::{self, Known};

pub(super) struct RateLimit;

impl Check<Conf<'_>> for RateLimit {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, conf: &Conf, report: &mut Report) {
        for zone in conf.directives("limit_req_zone") {
            let name = zone
                .arguments()
                .find_map(|argument| argument.strip_prefix("zone="));
            let name = name.map(|name| name.split(':').next().unwrap_or(name));
            let Some(name) =
                name.filter(|name| conf.http().is_some() && !conf.forest.may_use_zone(name))
            else {
                continue;
            };
            let message =
                format!("no `limit_req` uses the zone `{name}`, so requests are not limited");
            conf.add(
                report,
                &CARD,
                Sighting::new(&CARD, zone.span(), message).weighing(Severity::Low),
            );
        }
        for zone in conf.directives("limit_req_zone") {
            let key = zone.argument(0);
            let is_empty = visitor::value(key, zone.scope()) == Known::Text(String::new());
            if is_empty
                && !key.starts_with("$arg_")
                && !key.starts_with("$cookie_")
                && !key.starts_with("$http_")
            {
                let message =
                    "the key of the zone is empty for visitors, so their requests are not limited";
                conf.see(report, &CARD, zone.argument_span(0), message.to_owned());
            }
        }
        for limit in conf.directives("limit_req") {
            let scope = limit.scope();
            let dry = scope.effective("limit_req_dry_run");
            let own = scope.named("return");
            let message = if dry.first().is_some_and(|dry| dry.argument(0) == "on") {
                "`limit_req_dry_run on` only counts requests and limits none"
            } else if !own.is_empty()
                && scope.opener().is_some_and(|it| it.name() == "location")
                && visitor::is_dead(scope)
            {
                "`return` responds before requests are counted, so they are not limited"
            } else {
                continue;
            };
            conf.see(report, &CARD, limit.span(), message.to_owned());
        }
        for server in conf
            .servers
            .iter()
            .filter(|server| server.is_whole && !server.is_local())
        {
            let is_open = |inner: &&At| is_entrance(inner) && !is_limited(inner.block());
            if let Some(location) = server
                .inner
                .iter()
                .filter(|inner| inner.file == server.at.file)
                .find(is_open)
            {
                let message = format!(
                    "requests to `{}` are not rate limited, so passwords can be guessed by brute force",
                    location.arguments().last().unwrap_or("")
                );
                conf.see(report, &CARD, location.span(), message);
            }
        }
    }
}

/// Whether a location is one where people log in.
fn is_entrance(at: &At) -> bool {
    const WORDS: &[&str] = &[
        "login", "signin", "auth", "token", "oauth", "wp-login", "session", "sessions",
    ];
    at.name() == "location"
        && at.arguments().last().is_some_and(|path| {
            path.split(['/', '.', '(', ')', '|', '$', '^', '\\', '?', '*', '_'])
                .any(|word| WORDS.contains(&word))
        })
}

fn is_limited(scope: Scope) -> bool {
    let is_said = |name| !scope.effective(name).is_empty();
    is_said("limit_req")
        || is_said("internal")
        || !admission::is_admitted(scope)
        || !scope.outwards().all(Scope::is_whole)
        || !scope.named("return").is_empty()
        || !scope.named("internal").is_empty()
}

static CARD: Card = Card {
    id: "nginx/rate-limit",
    category: Category::Configuration,
    severity: Severity::Info,
    confidence: Confidence::Medium,
    title: "Login without rate limiting",
    description: "Without rate limiting, passwords can be guessed by brute force. The application or a service in \
                  front of nginx may limit requests, which this configuration does not show.",
    remedy: "Add to the `http` block `limit_req_zone $binary_remote_addr zone=login:10m rate=5r/s;` and to the \
             location `limit_req zone=login burst=10 nodelay;`",
    references: &[
        "https://nginx.org/en/docs/http/ngx_http_limit_req_module.html",
        CIS,
    ],
    tags: &[
        "nginx",
        "availability",
        "CWE-770",
        "CWE-307",
        "CIS-NGINX-5.2.5",
        "OWASP-A07",
    ],
    examples: &[
        site("server {\n  location /login { # here\n    proxy_pass http://app;\n  }\n}\n"),
        whole(
            "http {\n  limit_req_zone $binary_remote_addr zone=a:10m rate=5r/s; # here\n  server {\n    listen 80;\n  }\n}\n",
        ),
    ],
    negatives: &[
        site(
            "server {\n  location /login {\n    limit_req zone=login burst=5;\n    proxy_pass http://app;\n  }\n}\n",
        ),
        site(
            "server {\n  limit_req zone=all burst=5;\n  location /login {\n    proxy_pass http://app;\n  }\n}\n",
        ),
        whole(
            "http {\n  limit_req_zone $binary_remote_addr zone=a:10m rate=5r/s;\n  server {\n    limit_req zone=a;\n  }\n}\n",
        ),
        site("server {\n  location /about {\n    root /srv;\n  }\n}\n"),
    ],
};
