//! `nginx/header-lost`: an inner block that adds a header and so drops those of the outer one.

use crate::audit::nginx::forest::{At, Scope};

use super::headers::{self, Header, SECURITY};
use super::{
    Card, Category, Check, Conf, Confidence, HEADERS, OWASP_HEADERS, Report, Severity, Sighting,
    among, site,
};

pub(super) struct HeaderLost;

impl Check<Conf<'_>> for HeaderLost {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, conf: &Conf, report: &mut Report) {
        for block in conf.all().filter(|at| at.is_block()) {
            let first = own(block.block()).first().copied();
            let Some(first) = first else {
                continue;
            };
            // A header in an included file is reported at this block, which includes it.
            let span = if first.file == block.file {
                first.span()
            } else {
                block.span()
            };
            let lost = lost(block);
            if lost.is_empty() {
                continue;
            }
            let severity = if is_for_assets(block) || answers_nothing(block) {
                Severity::Low
            } else {
                CARD.severity
            };
            let message = format!(
                "this block adds a header of its own and therefore no longer sends {}",
                lost.join(", ")
            );
            conf.add(
                report,
                &CARD,
                Sighting::new(&CARD, span, message).weighing(severity),
            );
        }
    }
}

/// Returns the security headers that are sent around a block, but not in it.
fn lost(block: At<'_>) -> Vec<&str> {
    let inner = block.block();
    let sent = headers::added(inner);
    let Some(outer) = inner.outer().filter(|_| inner.is_whole()) else {
        return Vec::new();
    };
    let around = headers::added(outer).into_iter().filter_map(Header::of);
    let is_kept = |header: &Header| {
        let own = sent.iter().filter_map(|at| Header::of(*at));
        own.into_iter().any(|own| own.is(header.name))
    };
    let is_lost = |header: &Header| {
        header.is_sent() && SECURITY.iter().any(|name| header.is(name)) && !is_kept(header)
    };
    let mut lost: Vec<_> = around.filter(is_lost).map(|header| header.name).collect();
    lost.dedup();
    lost
}

/// Returns the directives that make a block send other headers than the one around it.
fn own(block: Scope<'_>) -> Vec<At<'_>> {
    let mut own = block.named("add_header");
    let parts = block.named("add_header_inherit").into_iter();
    own.extend(parts.filter(|inherit| inherit.argument(0) == "off"));
    own
}

/// Whether a location is for files without scripts or frames.
fn is_for_assets(block: At) -> bool {
    const ASSETS: &[&str] = &[
        "css", "js", "png", "jpg", "jpe?g", "svg", "ico", "woff", "ttf", "gif", "static", "assets",
        "media", "fonts", "images", "img", "wasm", "map", "json", "txt", "svgz", "webp", "avif",
    ];
    block.name() == "location"
        && block.arguments().any(|argument| {
            argument
                .split(|c: char| !c.is_ascii_alphanumeric() && c != '?')
                .any(|word| ASSETS.contains(&word))
        })
}

/// Whether a block responds by itself, without a page: a preflight request, a probe.
fn answers_nothing(block: At) -> bool {
    block
        .block()
        .named("return")
        .iter()
        .any(|answer| !answer.argument(0).starts_with("http"))
}

static CARD: Card = Card {
    id: "nginx/header-lost",
    category: Category::Configuration,
    severity: Severity::Medium,
    confidence: Confidence::High,
    title: "Security headers not inherited",
    description: "A block inherits the `add_header` directives of the enclosing block only if it has none of its own. \
                  A single `add_header` for caching removes the security headers from these pages.",
    remedy: "Repeat them in every block that adds its own, for example with `include snippets/security-headers.conf;`. \
             From nginx 1.29.3, `add_header_inherit merge;` in the outer block keeps them.",
    references: &[HEADERS, OWASP_HEADERS],
    tags: &["nginx", "headers", "CWE-693", "CIS-NGINX-5.3", "OWASP-A05"],
    examples: &[
        site(
            "server {\n  add_header X-Frame-Options DENY;\n  location /app {\n    add_header Cache-Control no-store; # here\n  }\n}\n",
        ),
        site(
            "server {\n  add_header X-Frame-Options DENY;\n  location ~* \\.(css|js)$ {\n    add_header Cache-Control public; # here\n  }\n}\n",
        ),
        among(
            "server {\n  add_header X-Custom 1; # here\n}\n",
            &[(
                "nginx/nginx.conf",
                "http {\n  add_header X-Content-Type-Options nosniff;\n  include /etc/nginx/conf.d/*.conf;\n}\n",
            )],
        ),
    ],
    negatives: &[
        site(
            "server {\n  add_header X-Frame-Options DENY;\n  location / {\n    add_header x-frame-options SAMEORIGIN;\n    add_header Cache-Control no-store;\n  }\n}\n",
        ),
        site(
            "server {\n  add_header X-Served-By a;\n  location / {\n    add_header Cache-Control no-store;\n  }\n}\n",
        ),
        among(
            "server {\n  add_header X-Frame-Options DENY;\n  location / {\n    include snippets/headers.conf;\n    add_header Cache-Control no-store;\n  }\n}\n",
            &[(
                "nginx/snippets/headers.conf",
                "add_header X-Frame-Options DENY;\n",
            )],
        ),
        site(
            "server {\n  add_header X-Frame-Options DENY;\n  add_header_inherit merge;\n  location / {\n    add_header Cache-Control no-store;\n  }\n}\n",
        ),
        site(
            "server {\n  add_header X-Frame-Options DENY;\n  location / {\n    root /srv;\n  }\n}\n",
        ),
    ],
};
