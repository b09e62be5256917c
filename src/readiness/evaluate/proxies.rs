//! What proxies pass on, and what they cache (D4, E7–E10, H3).

use super::edge::{Where, has_tls};
use crate::readiness::Grade;
use crate::readiness::ledger::Ledger;
use crate::readiness::read::nginx::Directive;

pub(super) fn evaluate(
    top: &[Directive],
    servers: &[&Directive],
    all: &[&Directive],
    place: Where<'_>,
    ledger: &mut Ledger,
) {
    passes(all, place, ledger);
    stapling(servers, all, place, ledger);
    behind(servers, all, place, ledger);
    for directive in top {
        sockets(directive, &Headers::default(), place, ledger);
    }
    caching(servers, all, place, ledger);
}

fn passes(all: &[&Directive], place: Where<'_>, ledger: &mut Ledger) {
    let http2 = all
        .iter()
        .find(|it| it.name == "http2" && it.has("on") || it.name == "listen" && it.has("http2"));
    let upgrade = all.iter().find(|it| {
        it.name == "proxy_set_header"
            && it
                .args
                .first()
                .is_some_and(|arg| arg.eq_ignore_ascii_case("Upgrade"))
    });
    if let Some(it) = http2 {
        ledger.add("E9", Grade::SetUp, place(it), "nginx speaks HTTP/2");
    }
    if let Some(it) = upgrade {
        ledger.add("E9", Grade::SetUp, place(it), "nginx passes WebSockets on");
    }
    for it in all.iter().filter(|it| it.name == "upstream") {
        let is_sticky = it.all("ip_hash").next().is_some()
            || it.all("sticky").next().is_some()
            || it.all("hash").next().is_some();
        if is_sticky {
            ledger.add("H3", Grade::Wired, place(it), "the upstream is sticky");
        }
        let servers = it.all("server").count();
        if servers >= 2 {
            ledger.add(
                "E10",
                Grade::SetUp,
                place(it),
                format!("nginx spreads over {servers} servers"),
            );
        }
    }
}
/// Reports OCSP stapling, and certificates of an authority that does not support it.
fn stapling(servers: &[&Directive], all: &[&Directive], place: Where<'_>, ledger: &mut Ledger) {
    let is_on = |it: &&&Directive| it.name == "ssl_stapling" && it.has("on");
    let Some(first) = all.iter().find(is_on) else {
        return;
    };
    let is_within = |server: &Directive, wanted: &Directive| {
        let mut found = false;
        server.walk(&mut |it| found |= std::ptr::eq(it, wanted));
        found
    };
    let is_silent = |server: &&&Directive| {
        let mut paths = server.all("ssl_certificate").flat_map(|it| it.args.iter());
        paths.any(|path| path.contains("letsencrypt"))
    };
    for server in servers.iter().filter(is_silent) {
        let mut switches = all.iter().filter(is_on);
        let applies = |it: &&&Directive| {
            is_within(server, it) || !servers.iter().any(|server| is_within(server, it))
        };
        if let Some(it) = switches.find(applies) {
            let says =
                "OCSP stapling is on, and Let's Encrypt has no OCSP since 2025: it does nothing";
            ledger.refute("E7", place(it), says);
            return;
        }
    }
    ledger.add("E7", Grade::SetUp, place(first), "OCSP stapling is on");
}

/// Whether requests are passed to another machine: names without a dot are containers or upstreams, and addresses in
/// 172.16.0.0/12 are containers.
fn is_other_machine(address: &str) -> bool {
    let Some(rest) = address.strip_prefix("http://") else {
        return false;
    };
    let host = rest.split([':', '/']).next().unwrap_or_default();
    let is_of_containers = host
        .strip_prefix("172.")
        .and_then(|rest| rest.split('.').next()?.parse::<u8>().ok())
        .is_some_and(|second| (16..32).contains(&second));
    let is_here = host.starts_with("127.")
        || host == "0.0.0.0"
        || host.starts_with("unix")
        || host.ends_with("docker.internal")
        || host.ends_with(".cluster.local")
        || host.ends_with(".svc");
    host.contains('.')
        && !host.contains(['$', '{'])
        && !host.contains("__")
        && !is_of_containers
        && !is_here
}

/// Reports servers that terminate TLS and pass requests to another machine unencrypted.
fn behind(servers: &[&Directive], all: &[&Directive], place: Where<'_>, ledger: &mut Ledger) {
    let upstreams = all.iter().filter(|it| it.name == "upstream");
    let upstreams: Vec<_> = upstreams.filter_map(|it| it.args.first()).collect();
    for server in servers.iter().filter(|it| has_tls(it)) {
        let mut found = None;
        server.walk(&mut |it| {
            let address = it.args.first().filter(|_| it.name == "proxy_pass");
            let is_named = |address: &str| {
                let host = address.trim_start_matches("http://");
                let host = host.split(['/', ':']).next().unwrap_or_default();
                upstreams.iter().any(|name| *name == host)
            };
            if address.is_some_and(|it| is_other_machine(it) && !is_named(it)) {
                found.get_or_insert(it);
            }
        });
        if let Some(it) = found {
            let says = format!("TLS ends here, and {} is asked in the clear", it.args[0]);
            ledger.refute("E8", place(it), says);
        }
    }
}

/// The headers that are set on requests that are passed on.
#[derive(Default, Clone)]
struct Headers {
    names: Vec<String>,
    /// Whether another file may set more.
    is_open: bool,
}

impl Headers {
    /// Returns the headers of a block; a block that sets any inherits none.
    fn of(block: &Directive, outer: &Self) -> Self {
        let own = block.all("proxy_set_header");
        let names: Vec<_> = own
            .filter_map(|it| it.args.first())
            .map(|name| name.to_ascii_lowercase())
            .collect();
        let names = if names.is_empty() {
            outer.names.clone()
        } else {
            names
        };
        let is_open = outer.is_open || block.all("include").next().is_some();
        Self { names, is_open }
    }

    fn has(&self, name: &str) -> bool {
        self.names.iter().any(|it| it == name)
    }
}

/// Reports locations of `WebSockets` that do not pass on the headers they need.
fn sockets(directive: &Directive, outer: &Headers, place: Where<'_>, ledger: &mut Ledger) {
    let headers = Headers::of(directive, outer);
    for inner in &directive.block {
        sockets(inner, &headers, place, ledger);
    }
    if headers.is_open || directive.all("proxy_pass").next().is_none() {
        return;
    }
    let is_of_sockets = directive.name == "location"
        && directive.args.iter().any(|path| {
            ["socket.io", "/ws", "websocket", "/cable"]
                .iter()
                .any(|word| path.to_ascii_lowercase().contains(word))
        });
    let says = match (headers.has("upgrade"), headers.has("connection")) {
        (true, false) => "`Upgrade` is passed on without `Connection`: WebSockets do not open",
        (false, _) if is_of_sockets => {
            "WebSockets are passed on without `Upgrade`, and do not open"
        }
        _ => return,
    };
    ledger.refute("E9", place(directive), says);
}

/// Reports responses that nothing may cache, and personal responses that are cached for everyone.
fn caching(servers: &[&Directive], all: &[&Directive], place: Where<'_>, ledger: &mut Ledger) {
    let forbids = |it: &&Directive| {
        let has = |word: &str| it.args.iter().any(|arg| arg.contains(word));
        it.args
            .first()
            .is_some_and(|name| name.eq_ignore_ascii_case("Cache-Control"))
            && has("no-store")
    };
    let mut everywhere = servers
        .iter()
        .filter_map(|server| server.all("add_header").find(forbids));
    let first = everywhere.next();
    if let Some(it) = first.filter(|_| !ledger.reaches("D4", Grade::SetUp)) {
        ledger.refute(
            "D4",
            place(it),
            "no answer may be kept by browsers: `no-store`",
        );
    }
    let ignores = all
        .iter()
        .find(|it| it.name == "proxy_ignore_headers" && it.has("Set-Cookie"));
    let caches = all
        .iter()
        .any(|it| it.name == "proxy_cache" && !it.has("off"));
    let excepts = ["proxy_cache_bypass", "proxy_no_cache"];
    let excepts = all.iter().any(|it| excepts.contains(&it.name.as_str()));
    if let Some(it) = ignores.filter(|_| caches && !excepts) {
        let says = "answers that set a cookie are kept, and given to others";
        ledger.refute("D4", place(it), says);
    }
}
