//! The edge: TLS, headers, proxies and rate limits (E1, E2, E5–E7, E9, E12, H3).

use super::View;
use super::entries::{automatic, distributions, ingress, load_balancers, modsecurity};
use crate::readiness::Grade;
use crate::readiness::ledger::{Ledger, Place};
use crate::readiness::read::nginx::{self, Directive};

pub(super) fn evaluate(view: &View<'_>, ledger: &mut Ledger) {
    let top = nginx::read(view.corpus);
    let mut servers: Vec<&Directive> = Vec::new();
    let mut all: Vec<&Directive> = Vec::new();
    for directive in &top {
        directive.walk(&mut |it| {
            if it.name == "server" && !it.block.is_empty() {
                servers.push(it);
            }
            all.push(it);
        });
    }
    let place = |it: &Directive| view.corpus.line(it.file, it.line);
    nginx_tls(&servers, &place, view.settings.is_complete, ledger);
    protocols(&all, &place, ledger);
    headers(&all, &place, ledger);
    super::proxies::evaluate(&top, &servers, &all, &place, ledger);
    limits(&all, &place, ledger);
    automatic(view, ledger);
    distributions(view, ledger);
    ingress(view, ledger);
    modsecurity(view, ledger);
    load_balancers(view, ledger);
}

/// Returns where a directive is.
pub(super) type Where<'p> = &'p dyn Fn(&Directive) -> Place;

/// Whether a server uses TLS.
pub(super) fn has_tls(server: &Directive) -> bool {
    server
        .all("listen")
        .any(|it| it.has("ssl") || it.has("quic"))
        || server.all("ssl_certificate").next().is_some()
}

/// Whether a server redirects to HTTPS whatever is asked of it: by itself or at `/`. One that redirects a few of its paths
/// serves the others.
fn redirects(server: &Directive) -> bool {
    let to_https = |it: &Directive| {
        let is_return = it.name == "return" || it.name == "rewrite";
        is_return && it.args.iter().any(|arg| arg.starts_with("https://"))
    };
    let own = |block: &Directive| {
        let conditions = block.all("if").flat_map(|it| &it.block);
        block.block.iter().chain(conditions).any(to_https)
    };
    let mut locations = server.all("location");
    own(server) || locations.any(|it| it.args.last().is_some_and(|path| path == "/") && own(it))
}

/// Whether two servers answer for the same host.
fn share_name(one: &Directive, other: &Directive) -> bool {
    let mut names = one.all("server_name").flat_map(|it| &it.args);
    names.any(|name| name != "_" && other.all("server_name").any(|it| it.has(name)))
}

/// Whether a server only listens on addresses of this machine.
fn is_inner(server: &Directive) -> bool {
    server.all("listen").all(|it| {
        it.args.first().is_some_and(|arg| {
            arg.starts_with("127.") || arg.starts_with("unix:") || arg.starts_with("localhost")
        })
    })
}

/// Whether a server serves content.
fn serves(server: &Directive) -> bool {
    let mut found = false;
    server.walk(&mut |it| {
        found |= [
            "proxy_pass",
            "root",
            "fastcgi_pass",
            "uwsgi_pass",
            "try_files",
        ]
        .contains(&it.name.as_str());
    });
    found
}

fn nginx_tls(servers: &[&Directive], place: Where<'_>, is_complete: bool, ledger: &mut Ledger) {
    let encrypted: Vec<_> = servers.iter().filter(|it| has_tls(it)).collect();
    let redirecting = servers.iter().any(|it| !has_tls(it) && redirects(it));
    if let Some(server) = encrypted.first() {
        let is_plain = |it: &&&Directive| !has_tls(it) && serves(it) && !redirects(it);
        let mut plain = servers.iter().filter(is_plain);
        let serves_both = plain.any(|it| encrypted.iter().any(|other| share_name(it, other)));
        let (grade, says) = if serves_both {
            (
                Grade::Nothing,
                "nginx serves HTTPS, and the same host by plain HTTP",
            )
        } else if redirecting {
            (Grade::Wired, "nginx serves HTTPS, and redirects HTTP to it")
        } else {
            (Grade::SetUp, "nginx serves HTTPS")
        };
        ledger.add("E1", grade, place(server), says);
        return;
    }
    let plain = servers.iter().find(|it| {
        serves(it) && !redirects(it) && !is_inner(it) && it.all("listen").next().is_some()
    });
    if let Some(server) = plain.filter(|_| is_complete) {
        ledger.refute(
            "E1",
            place(server),
            "nginx serves plain HTTP, and nothing is in front of it",
        );
    } else if let Some(server) = plain {
        ledger.add(
            "E1",
            Grade::Nothing,
            place(server),
            "nginx serves plain HTTP; whether something in front encrypts is not shown",
        );
    }
}

const OLD: &[&str] = &["SSLv2", "SSLv3", "TLSv1", "TLSv1.1"];
const WEAK: &[&str] = &["RC4", "DES", "MD5", "NULL", "EXPORT", "aNULL"];

fn protocols(all: &[&Directive], place: Where<'_>, ledger: &mut Ledger) {
    for it in all.iter().filter(|it| it.name == "ssl_protocols") {
        let old: Vec<_> = it
            .args
            .iter()
            .filter(|arg| OLD.contains(&arg.as_str()))
            .map(String::as_str)
            .collect();
        if old.is_empty() {
            ledger.add(
                "E2",
                Grade::Wired,
                place(it),
                format!("nginx offers {} only", it.args.join(" and ")),
            );
        } else {
            ledger.refute(
                "E2",
                place(it),
                format!("nginx still offers {}", old.join(", ")),
            );
        }
    }
    for it in all.iter().filter(|it| it.name == "ssl_ciphers") {
        let list = it.args.first().map(String::as_str).unwrap_or_default();
        let weak = list.split([':', ' ']).find(|name| {
            WEAK.iter()
                .any(|weak| name.split('-').any(|part| part == *weak || part == "3DES"))
                && !name.starts_with('!')
                && !name.starts_with('-')
        });
        if let Some(name) = weak {
            ledger.refute("E2", place(it), format!("a weak cipher: {name}"));
        }
    }
}

fn headers(all: &[&Directive], place: Where<'_>, ledger: &mut Ledger) {
    let header = |name: &str| {
        let mut found = all
            .iter()
            .filter(|it| it.name == "add_header" || it.name == "more_set_headers");
        found.find(|it| {
            it.args.first().is_some_and(|arg| {
                arg.to_ascii_lowercase()
                    .starts_with(&name.to_ascii_lowercase())
            })
        })
    };
    let names = [
        "Strict-Transport-Security",
        "X-Frame-Options",
        "X-Content-Type-Options",
        "Content-Security-Policy",
    ];
    let found: Vec<_> = names
        .iter()
        .filter_map(|name| Some((name, header(name)?)))
        .collect();
    let Some((_, first)) = found.first() else {
        return;
    };
    let set: Vec<_> = found.iter().map(|(name, _)| **name).collect();
    let grade = match found.len() {
        all if all == names.len() => Grade::Wired,
        1 => Grade::Said,
        _ => Grade::SetUp,
    };
    ledger.add(
        "E5",
        grade,
        place(first),
        format!("nginx sends {}", set.join(", ")),
    );
    let policy = header("Content-Security-Policy");
    let unsafe_script = |it: &&&Directive| {
        let policy = it.args.get(1).map(String::as_str).unwrap_or_default();
        let mut parts = policy.split(';').map(str::trim);
        parts.any(|part| {
            (part.starts_with("script-src") || part.starts_with("default-src"))
                && part.contains("'unsafe-inline'")
        })
    };
    if let Some(it) = policy.as_ref().filter(|it| unsafe_script(it)) {
        ledger.refute(
            "E5",
            place(it),
            "the Content-Security-Policy allows inline scripts",
        );
    }
    let mut origins = all.iter().filter(|it| it.name == "add_header");
    let any_origin = origins.clone().find(|it| {
        it.args
            .first()
            .is_some_and(|arg| arg.eq_ignore_ascii_case("Access-Control-Allow-Origin"))
            && it
                .args
                .get(1)
                .is_some_and(|arg| arg == "*" || arg == "$http_origin")
    });
    let credentials = origins.any(|it| {
        it.args
            .first()
            .is_some_and(|arg| arg.eq_ignore_ascii_case("Access-Control-Allow-Credentials"))
    });
    if let Some(it) = any_origin.filter(|_| credentials) {
        ledger.refute("E6", place(it), "every origin may call with credentials");
    }
}

fn limits(all: &[&Directive], place: Where<'_>, ledger: &mut Ledger) {
    for it in all.iter().filter(|it| it.name == "limit_req") {
        ledger.add(
            "E12",
            Grade::Wired,
            place(it),
            format!("nginx limits requests: {}", it.args.join(" ")),
        );
    }
    let open = all
        .iter()
        .find(|it| it.name == "set_real_ip_from" && (it.has("0.0.0.0/0") || it.has("::/0")));
    // A server of static files neither limits requests nor passes addresses on.
    let is_entry = all
        .iter()
        .any(|it| it.name == "limit_req" || it.name == "limit_conn" || it.name.ends_with("_pass"));
    if let Some(it) = open.filter(|_| is_entry) {
        ledger.refute(
            "E12",
            place(it),
            "`X-Forwarded-For` is trusted from any address, so limits for each address can be evaded",
        );
    }
}
