//! `nginx/tls-protocol`: TLS versions that are broken, or older than the policy allows.

use crate::audit::TlsVersion;
use crate::audit::fix::Fix;

use crate::audit::nginx::around::Around;
use crate::audit::nginx::forest::At;
use crate::audit::nginx::inherit;
use crate::audit::nginx::server::{Listen, Server};

use super::{
    CIS, Card, Category, Check, Conf, Confidence, OWASP_TLS, Report, SSL, Severity, Sighting, site,
    whole,
};

pub(super) struct TlsProtocol;

impl Check<Conf<'_>> for TlsProtocol {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, conf: &Conf, report: &mut Report) {
        for (number, protocols) in conf.directives("ssl_protocols").enumerate() {
            let old = |version: &&str| is_too_old(version, conf.policy.min_tls);
            let offered: Vec<_> = protocols.arguments().filter(old).collect();
            if offered.is_empty() {
                continue;
            }
            let reach = if number < MAX_FOLLOWED {
                reach(protocols)
            } else {
                Some(Reach::All)
            };
            let Some(reach) = reach else {
                continue;
            };
            let mut message = format!(
                "offers {}, older than {}",
                offered.join(", "),
                name(conf.policy.min_tls)
            );
            let mut severity = CARD.severity;
            // OpenSSL 3 supports the signatures of these versions only if everything is allowed.
            let is_refused = |version: &&str| *version != "TLSv1.2";
            if offered.iter().all(is_refused) && !is_lax(protocols) {
                message
                    .push_str("; OpenSSL 3 refuses that unless `ssl_ciphers` sets `@SECLEVEL=0`");
                severity = Severity::Medium;
            }
            if reach == Reach::SinceOwn {
                message.push_str("; before nginx 1.29.2 the default server of this port decides");
                severity = severity.min(Severity::Medium);
            }
            let mut sighting = Sighting::new(&CARD, protocols.span(), message);
            sighting.fixes.extend(without_old(conf, protocols));
            conf.add(report, &CARD, sighting.weighing(severity));
        }
        let is_named = |server: &super::super::server::Server| {
            let scope = server.at.block();
            !scope.effective("ssl_protocols").is_empty()
                || !scope.outwards().all(super::super::forest::Scope::is_whole)
        };
        for server in conf
            .servers
            .iter()
            .filter(|server| server.is_tls() && !is_named(server))
        {
            let severity = match conf.policy.min_tls {
                TlsVersion::V1_2 => Severity::Info,
                TlsVersion::V1_3 => Severity::Medium,
            };
            let message = format!(
                "{} does not set `ssl_protocols`, so the TLS versions depend on the nginx build",
                server.label()
            );
            conf.add(
                report,
                &CARD,
                Sighting::new(&CARD, server.at.span(), message).weighing(severity),
            );
        }
    }
}

/// Returns a fix that keeps the versions that are new enough, or sets them if there are none.
fn without_old<'f>(conf: &Conf<'f>, protocols: At<'f>) -> Option<Fix> {
    let around = conf.project.shared(Around::read);
    // Without TLS, versions do not matter.
    if conf.http().is_some() && !conf.servers.iter().any(Server::is_tls) && !around.has_tls {
        return None;
    }
    let least = conf.policy.min_tls;
    let kept: Vec<&str> = protocols
        .arguments()
        .filter(|version| !is_too_old(version, least))
        .collect();
    // A variable in a template may stand for anything.
    let is_known = |version: &&&str| matches!(**version, "TLSv1.2" | "TLSv1.3");
    let versions = match (kept.as_slice(), least) {
        ([] | ["TLSv1.2"], TlsVersion::V1_2) if around.is_old || switches_on(conf) => {
            "TLSv1.2".to_owned()
        }
        // A file that still allows 1.0 is older than 1.3, which every nginx since 1.13 supports.
        ([] | ["TLSv1.2"], TlsVersion::V1_2) => "TLSv1.2 TLSv1.3".to_owned(),
        ([], TlsVersion::V1_3) => "TLSv1.3".to_owned(),
        (kept, _) if kept.iter().filter(is_known).count() == kept.len() => kept.join(" "),
        _ => return None,
    };
    conf.with_arguments(&CARD, protocols, &versions)
}

/// Whether the file has `ssl on;`, which new versions of nginx reject: it is used with an older one.
fn switches_on(conf: &Conf) -> bool {
    let mut switches = conf.directives("ssl");
    switches.any(|switch| switch.argument(0) == "on")
}

/// How many directives are followed to their servers.
const MAX_FOLLOWED: usize = 200;

/// Which versions of nginx apply a directive as written.
#[derive(PartialEq, Eq)]
enum Reach {
    All,
    /// Those since 1.29.2, in which each server has its own versions.
    SinceOwn,
}

/// Returns where `ssl_protocols` takes effect: for the servers with TLS that inherit it. `None` if there is none.
fn reach(protocols: At) -> Option<Reach> {
    let home = inherit::placed(protocols.scope());
    let servers = match home.opener() {
        Some(opener) if opener.name() == "server" => vec![opener],
        Some(opener) if opener.name() == "http" && home.is_whole() => {
            let all = home.named("server");
            if all.is_empty() {
                return Some(Reach::All);
            }
            let inherits = |server: &At| server.block().named("ssl_protocols").is_empty();
            all.into_iter().filter(inherits).collect()
        }
        _ => return Some(Reach::All),
    };
    let is_whole = |server: &At| server.block().is_whole();
    if !servers.iter().all(is_whole) {
        return Some(Reach::All);
    }
    let with_tls = servers.into_iter().filter_map(Server::new);
    let with_tls: Vec<_> = with_tls.filter(Server::is_tls).collect();
    let is_default = |server: &Server| {
        let mut listens = server.listens.iter().filter(|listen| listen.is_tls);
        listens.any(|listen| decides(server, listen))
    };
    match with_tls.as_slice() {
        [] => None,
        some if some.iter().any(is_default) => Some(Reach::All),
        _ => Some(Reach::SinceOwn),
    }
}

/// Whether a server is the default one of an address: the first one that listens there, or the one that says so.
fn decides(server: &Server, listen: &Listen) -> bool {
    let Some(home) = server.at.scope().outwards().last() else {
        return true;
    };
    let http = server.at.scope().enclosing("http").map_or(home, At::block);
    let is_same = |other: &At| other.argument(0) == listen.at.argument(0);
    let mut first = None;
    for other in http.named("server") {
        for own in other
            .block()
            .named("listen")
            .iter()
            .filter(|own| is_same(own))
        {
            let says_so = own
                .arguments()
                .any(|word| matches!(word, "default_server" | "default"));
            if says_so {
                return other.is(server.at);
            }
            first = first.or(Some(other));
        }
    }
    first.is_none_or(|first| first.is(server.at))
}

/// Whether the ciphers set next to a directive allow everything that OpenSSL has.
fn is_lax(protocols: At) -> bool {
    let home = inherit::placed(protocols.scope());
    let mut scopes = vec![home];
    if home.opener().is_some_and(|opener| opener.name() == "http") {
        scopes.extend(home.named("server").into_iter().map(At::block));
    }
    let mut lists = scopes
        .into_iter()
        .flat_map(|scope| scope.effective("ssl_ciphers"));
    lists.any(|list| list.argument(0).contains("@SECLEVEL=0"))
}

fn is_too_old(version: &str, least: TlsVersion) -> bool {
    match version {
        "SSLv2" | "SSLv3" | "TLSv1" | "TLSv1.0" | "TLSv1.1" => true,
        "TLSv1.2" => least > TlsVersion::V1_2,
        _ => false,
    }
}

fn name(version: TlsVersion) -> &'static str {
    match version {
        TlsVersion::V1_2 => "TLS 1.2",
        TlsVersion::V1_3 => "TLS 1.3",
    }
}

static CARD: Card = Card {
    id: "nginx/tls-protocol",
    category: Category::Configuration,
    severity: Severity::High,
    confidence: Confidence::High,
    title: "Obsolete TLS version",
    description: "SSL 2 and 3 are broken, and TLS 1.0 and 1.1 were deprecated by RFC 8996: a man-in-the-middle can \
                  exploit their weaknesses. If nothing is configured, the version and the build of nginx decide.",
    remedy: "Add to the `http` block, so that it applies to every server: `ssl_protocols TLSv1.2 TLSv1.3;`",
    references: &[
        SSL,
        "https://www.rfc-editor.org/rfc/rfc8996",
        OWASP_TLS,
        CIS,
    ],
    tags: &[
        "nginx",
        "tls",
        "CWE-326",
        "CWE-327",
        "CIS-NGINX-4.1.4",
        "OWASP-A02",
        "BSI-TR-02102-2",
        "BSI-APP.3.2.A11",
    ],
    examples: &[
        whole("http {\n  ssl_protocols TLSv1 TLSv1.1 TLSv1.2; # here\n}\n"),
        site("ssl_protocols SSLv3; # here\n"),
        site("server { # here\n  listen 443 ssl;\n  root /srv;\n}\n"),
        site(
            "server {\n  listen 443 ssl;\n  root /srv;\n  ssl_protocols TLSv1.1 TLSv1.2; # here\n}\n",
        ),
    ],
    negatives: &[
        whole(
            "http {\n  ssl_protocols TLSv1 TLSv1.2;\n  server {\n    listen 80;\n    root /srv;\n  }\n}\n",
        ),
        whole(
            "http {\n  ssl_protocols TLSv1 TLSv1.2;\n  server {\n    listen 443 ssl;\n    ssl_protocols TLSv1.3;\n  }\n}\n",
        ),
        site("ssl_protocols TLSv1.2 TLSv1.3;\n"),
        site("server {\n  listen 80;\n  root /srv;\n}\n"),
        whole(
            "http {\n  ssl_protocols TLSv1.3;\n  server {\n    listen 443 ssl;\n    root /srv;\n  }\n}\n",
        ),
        site(
            "server {\n  listen 443 ssl;\n  include /etc/letsencrypt/options-ssl-nginx.conf;\n  root /srv;\n}\n",
        ),
        site("server {\n  listen 443 ssl;\n  ssl_protocols ${TLS_VERSIONS};\n  root /srv;\n}\n"),
    ],
};
