//! `nginx/websocket`: a location for web sockets that cannot open one.

use super::{Card, Category, Check, Conf, Confidence, Report, Severity, site};

pub(super) struct Websocket;

impl Check<Conf<'_>> for Websocket {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, conf: &Conf, report: &mut Report) {
        for location in conf.directives("location") {
            let block = location.block();
            let path = location.arguments().last().unwrap_or("");
            let is_socket = path
                .split(['/', '(', ')', '|', '$', '^', '\\', '*', '~'])
                .any(|word| {
                    matches!(
                        word,
                        "ws" | "wss"
                            | "websocket"
                            | "websockets"
                            | "socket.io"
                            | "cable"
                            | "sockjs-node"
                    )
                });
            let sets = block.effective("proxy_set_header");
            let upgrades = sets
                .iter()
                .any(|set| set.argument(0).eq_ignore_ascii_case("upgrade"));
            let is_whole = block.outwards().all(super::super::forest::Scope::is_whole);
            if is_socket && is_whole && !upgrades && !block.named("proxy_pass").is_empty() {
                let message = format!(
                    "`{path}` looks like a WebSocket endpoint, but `Upgrade` is not forwarded"
                );
                conf.see(report, &CARD, location.span(), message);
            }
        }
    }
}

static CARD: Card = Card {
    id: "nginx/websocket",
    category: Category::Configuration,
    severity: Severity::Info,
    confidence: Confidence::Medium,
    title: "WebSocket proxy without upgrade headers",
    description: "nginx does not forward `Upgrade` and `Connection` by default; without them no WebSocket connection \
                  opens.",
    remedy: "Add to the location: `proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header \
             Connection \"upgrade\";`",
    references: &["https://nginx.org/en/docs/http/websocket.html"],
    tags: &["nginx", "availability", "CWE-1188"],
    examples: &[site(
        "server {\n  location /ws/ { # here\n    proxy_pass http://app;\n  }\n}\n",
    )],
    negatives: &[
        site(
            "server {\n  location /ws/ {\n    proxy_pass http://app;\n    proxy_set_header Upgrade $http_upgrade;\n  }\n}\n",
        ),
        site(
            "server {\n  proxy_set_header upgrade $http_upgrade;\n  location /ws/ {\n    proxy_pass http://app;\n  }\n}\n",
        ),
        site("server {\n  location /news/ {\n    proxy_pass http://app;\n  }\n}\n"),
    ],
};
