//! `nginx/server-tokens`: the version of nginx in every response.

use crate::audit::nginx::around::Around;
use crate::audit::nginx::forest::{At, Scope};
use crate::audit::nginx::inherit::heirs;

use super::{
    CIS, CORE, Card, Category, Check, Conf, Confidence, Report, Severity, Sighting, site, whole,
};

pub(super) struct ServerTokens;

impl Check<Conf<'_>> for ServerTokens {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, conf: &Conf, report: &mut Report) {
        for tokens in conf.directives("server_tokens") {
            if !matches!(tokens.argument(0), "on" | "build") {
                continue;
            }
            let heirs = heirs(tokens.scope(), "server_tokens");
            if heirs.is_none_or(|heirs| heirs.into_iter().any(discloses)) {
                let message = "every response discloses the nginx version".to_owned();
                let mut sighting = Sighting::new(&CARD, tokens.span(), message);
                sighting
                    .fixes
                    .extend(conf.with_arguments(&CARD, tokens, "off"));
                conf.add(report, &CARD, sighting.weighing(Severity::Medium));
            }
        }
        let Some(http) = conf.http().filter(|http| http.block().is_whole()) else {
            return;
        };
        let said = http.block().named("server_tokens");
        let Some(heirs) = heirs(http.block(), "server_tokens").filter(|_| said.is_empty()) else {
            return;
        };
        let Some(first) = heirs.iter().find(|heir| discloses(**heir)) else {
            return;
        };
        let inner = http.block().descendants();
        let is_said_elsewhere = inner.iter().any(|inner| inner.name() == "server_tokens");
        let message = match first.opener().filter(|_| is_said_elsewhere) {
            Some(opener) => format!(
                "responses of {} disclose the nginx version, because `server_tokens` is not set there",
                label(opener)
            ),
            None => {
                "every response discloses the nginx version, because `server_tokens` is not set"
                    .to_owned()
            }
        };
        let mut sighting = Sighting::new(&CARD, http.span(), message);
        // If another server answers clients, hiding the version here achieves nothing: that one comes first.
        let around = conf.project.shared(Around::read);
        if !is_said_elsewhere && !around.is_behind(&conf.file().path, &conf.file().text) {
            let fix = conf.with_directive(&CARD, http, "server_tokens off;");
            sighting.fixes.extend(fix);
        }
        conf.add(report, &CARD, sighting);
    }
}

/// Whether responses of a block name their server, given what other modules remove from them.
fn discloses(scope: Scope) -> bool {
    let cleared = scope.effective("more_clear_headers").into_iter();
    let set = scope.effective("more_set_headers").into_iter();
    let mut words = cleared.chain(set).flat_map(At::arguments);
    let is_hidden = words.any(|word| {
        let name = word.split(':').next().unwrap_or(word);
        name.trim().eq_ignore_ascii_case("server")
    });
    !is_hidden
}

/// Returns the name of a block for messages.
fn label(opener: At) -> String {
    let name = match opener.name() {
        "server" => opener
            .block()
            .named("server_name")
            .first()
            .map(|name| name.argument(0)),
        _ => opener.arguments().last(),
    };
    match name {
        Some(name) if !name.is_empty() => format!("{} `{name}`", opener.name()),
        _ => "one server".to_owned(),
    }
}

static CARD: Card = Card {
    id: "nginx/server-tokens",
    category: Category::Configuration,
    severity: Severity::Low,
    confidence: Confidence::High,
    title: "nginx version disclosed",
    description: "The version reveals which known vulnerabilities an attacker can try.",
    remedy: "Add to the `http` block: `server_tokens off;`",
    references: &[CORE, CIS],
    tags: &[
        "nginx",
        "hardening",
        "CWE-497",
        "CWE-200",
        "CIS-NGINX-2.5.1",
        "OWASP-A05",
        "BSI-APP.3.2.A1",
    ],
    examples: &[
        site("server {\n  server_tokens on; # here\n}\n"),
        whole("http { # here\n  server {\n    listen 80;\n  }\n}\n"),
    ],
    negatives: &[
        site("server {\n  server_tokens off;\n}\n"),
        whole("http {\n  server_tokens off;\n  server {\n    listen 80;\n  }\n}\n"),
        whole("http {\n  include /etc/nginx/hardening.conf;\n  server {\n    listen 80;\n  }\n}\n"),
        site("server {\n  listen 80;\n}\n"),
    ],
};
