//! `nginx/listen-http2`: a parameter that new versions of nginx deprecate.

use super::{CORE, Card, Category, Check, Conf, Confidence, Report, Severity, site};

pub(super) struct ListenHttp2;

impl Check<Conf<'_>> for ListenHttp2 {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, conf: &Conf, report: &mut Report) {
        for server in &conf.servers {
            let own = server
                .listens
                .iter()
                .filter(|listen| listen.at.file == server.at.file);
            for listen in own.filter(|listen| listen.has("http2")).take(1) {
                let message = "`http2` as a parameter of `listen` is deprecated since nginx 1.25.1"
                    .to_owned();
                conf.see(report, &CARD, listen.at.span(), message);
            }
        }
    }
}

static CARD: Card = Card {
    id: "nginx/listen-http2",
    category: Category::Configuration,
    severity: Severity::Info,
    confidence: Confidence::High,
    title: "Deprecated `http2` parameter of `listen`",
    description: "nginx warns about it at every start, and a later version will remove it. The `http2` directive \
                  enables HTTP/2 for one server instead of every server on the socket.",
    remedy: "Write `listen 443 ssl; http2 on;` (nginx 1.25.1 and later).",
    references: &[
        "https://nginx.org/en/docs/http/ngx_http_v2_module.html",
        CORE,
    ],
    tags: &["nginx", "deprecated", "CWE-477"],
    examples: &[site(
        "server {\n  listen 443 ssl http2; # here\n  listen [::]:443 ssl http2;\n}\n",
    )],
    negatives: &[
        site("server {\n  listen 443 ssl;\n  http2 on;\n}\n"),
        site("server {\n  listen 443 quic reuseport;\n  listen 443 ssl;\n}\n"),
    ],
};
