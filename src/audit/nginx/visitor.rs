//! What a visitor meets who is nobody special: an address on the internet, no password, no header that is secret.
//!
//! Variables are followed through `set`, `map` and `geo`. What such a visitor chooses, as the path or the name of a
//! browser, is chosen so that it leads on.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use rustc_hash::FxHashMap;

use super::forest::{At, Scope};
use super::location;
use super::pattern::{self, Pattern};

/// Addresses of strangers: a rule that lets one of them in is not about who comes.
const STRANGERS: [IpAddr; 3] = [
    IpAddr::V4(Ipv4Addr::new(23, 17, 5, 9)),
    IpAddr::V4(Ipv4Addr::new(91, 203, 44, 7)),
    IpAddr::V4(Ipv4Addr::new(178, 33, 19, 201)),
];
const STRANGER_OF_V6: IpAddr = IpAddr::V6(Ipv6Addr::new(0x2a03, 0x2880, 0, 0, 0, 0, 0, 1));

/// Variables within variables.
const MAX_DEPTH: usize = 8;
/// Lines of a map that are compared.
const MAX_LINES: usize = 500;
/// Directives of the rewriting module that are followed in one block.
const MAX_STEPS: usize = 500;

/// What becomes of a request before anything looks for files.
#[derive(Clone, Copy)]
pub(super) enum Fate<'f> {
    /// This directive answers it, or sends it elsewhere.
    Answered(At<'f>),
    /// It goes on.
    Reached,
    /// That depends on something that is not known here.
    Unknown,
}

/// What is known of a text with variables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Known {
    Text(String),
    /// The visitor decides.
    Chosen,
    Unknown,
}

/// Whether a stranger gets what a block has to offer.
pub(super) fn is_open(scope: Scope<'_>) -> bool {
    !is_internal(scope)
        && !is_local(scope)
        && matches!(fate(scope, None), Fate::Reached)
        && is_admitted(scope)
}

/// Whether a request ends before it reaches the files or the gateway of a block, whoever sends it.
pub(super) fn is_dead(scope: Scope<'_>) -> bool {
    matches!(fate(scope, None), Fate::Answered(_))
}

/// Whether the server answers before it looks for the location around a block.
pub(super) fn is_never_reached(scope: Scope<'_>) -> bool {
    match fate(scope, None) {
        Fate::Answered(at) => {
            scope.enclosing("location").is_some() && at.scope().enclosing("location").is_none()
        }
        _ => false,
    }
}

/// Whether only other locations lead to the one around a block. Locations within it are internal as well.
pub(super) fn is_internal(scope: Scope<'_>) -> bool {
    let is_internal = |scope: Scope| !scope.named("internal").is_empty();
    let location = scope.enclosing("location");
    location.is_some_and(|location| location.argument(0).starts_with('@'))
        || scope.outwards().any(is_internal)
}

/// Whether only the machine itself can connect.
pub(super) fn is_local(scope: Scope<'_>) -> bool {
    let listens = scope.effective("listen");
    !listens.is_empty()
        && listens.iter().all(|listen| {
            let address = listen.argument(0);
            ["127.", "localhost", "[::1]", "unix:"]
                .iter()
                .any(|local| address.starts_with(local))
        })
}

/// What becomes of a request in a block, with this path if it matters.
pub(super) fn fate<'f>(scope: Scope<'f>, uri: Option<&str>) -> Fate<'f> {
    let mut run = Run {
        uri,
        variables: FxHashMap::default(),
        is_uncertain: false,
    };
    let server = scope.enclosing("server").map(At::block);
    let location = scope.enclosing("location").map(At::block);
    for (block, is_location) in [(server, false), (location, true)] {
        let Some(block) = block else { continue };
        match run.block(block, is_location) {
            Step::Answers(at) if is_location || !leads_back(at, location) => {
                return Fate::Answered(at);
            }
            Step::Answers(_) => {}
            Step::Ends | Step::GoesOn => {}
        }
    }
    if run.is_uncertain {
        Fate::Unknown
    } else {
        Fate::Reached
    }
}

/// Whether an answer of the server is given by a location: `return 404` with `error_page 404 /404.html`.
fn leads_back(answer: At<'_>, location: Option<Scope<'_>>) -> bool {
    let Some(location) = location.and_then(Scope::opener) else {
        return false;
    };
    let own = location.arguments().last().unwrap_or("");
    let pages = answer.scope().effective("error_page");
    answer.name() == "return"
        && pages.iter().any(|page| {
            page.arguments().any(|code| code == answer.argument(0))
                && page.arguments().last() == Some(own)
        })
}

/// What one directive does to a request.
enum Step<'f> {
    Answers(At<'f>),
    /// What follows in the block is not done.
    Ends,
    GoesOn,
}

struct Run<'u> {
    uri: Option<&'u str>,
    variables: FxHashMap<String, Known>,
    is_uncertain: bool,
}

impl Run<'_> {
    fn block<'f>(&mut self, block: Scope<'f>, is_location: bool) -> Step<'f> {
        for at in block.within().take(MAX_STEPS) {
            match self.step(at, is_location) {
                Step::GoesOn => {}
                step => return step,
            }
        }
        Step::GoesOn
    }

    fn step<'f>(&mut self, at: At<'f>, is_location: bool) -> Step<'f> {
        match at.name() {
            "set" => {
                let value = self.text(at.argument(1), at.scope(), 0);
                let name = at.argument(0).trim_start_matches('$').to_owned();
                self.variables.insert(name, value);
            }
            "return" => return Step::Answers(at),
            "break" => return Step::Ends,
            "rewrite" => return self.rewrite(at, is_location),
            "if" => match self.condition(at) {
                Some(true) => return self.block(at.block(), is_location),
                // The visitor chooses what leads on.
                Some(false) => {}
                None => self.is_uncertain |= answers(at),
            },
            _ => {}
        }
        Step::GoesOn
    }

    fn rewrite<'f>(&self, at: At<'f>, is_location: bool) -> Step<'f> {
        let (pattern, target, flag) = (at.argument(0), at.argument(1), at.argument(2));
        let applies = pattern::takes_all(pattern)
            || self.uri.is_some_and(|uri| {
                Pattern::new(pattern, false).is_some_and(|pattern| pattern.is_match(uri))
            });
        if !applies {
            return Step::GoesOn;
        }
        let redirects = matches!(flag, "permanent" | "redirect")
            || ["http://", "https://", "$scheme"]
                .iter()
                .any(|start| target.starts_with(start));
        match flag {
            _ if redirects => Step::Answers(at),
            "last" if is_location => Step::Answers(at),
            "last" | "break" => Step::Ends,
            _ => Step::GoesOn,
        }
    }

    /// Whether the condition of an `if` holds for the visitor; `None` when that is not known.
    fn condition(&self, at: At<'_>) -> Option<bool> {
        let joined = at.arguments().collect::<Vec<_>>().join(" ");
        let text = joined.trim();
        let text = text.strip_prefix('(').unwrap_or(text);
        let text = text.strip_suffix(')').unwrap_or(text).trim();
        let (variable, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        if !variable.starts_with('$') {
            // Whether a file exists depends on the path, which the visitor chooses.
            return Some(false);
        }
        let value = match self.text(variable, at.scope(), 0) {
            Known::Text(value) => value,
            Known::Chosen => return Some(false),
            Known::Unknown => return None,
        };
        let rest = rest.trim_start();
        if rest.is_empty() {
            return Some(!value.is_empty() && value != "0");
        }
        let (operator, wanted) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        let wanted = wanted.trim();
        match operator {
            "=" => Some(value == wanted),
            "!=" => Some(value != wanted),
            "~" | "~*" | "!~" | "!~*" => {
                let pattern = Pattern::new(wanted, operator.ends_with('*'))?;
                Some(pattern.is_match(&value) != operator.starts_with('!'))
            }
            _ => None,
        }
    }

    /// What a text with variables is for the visitor.
    fn text(&self, text: &str, scope: Scope<'_>, depth: usize) -> Known {
        let mut all = String::new();
        let mut rest = text;
        let mut is_chosen = false;
        while let Some(at) = rest.find('$') {
            all.push_str(&rest[..at]);
            let (name, length) = variable(&rest[at..]);
            rest = &rest[at + length..];
            if name.is_empty() {
                all.push('$');
                continue;
            }
            match self.variable(name, scope, depth) {
                Known::Text(value) => all.push_str(&value),
                Known::Chosen => is_chosen = true,
                Known::Unknown => return Known::Unknown,
            }
        }
        all.push_str(rest);
        if is_chosen {
            Known::Chosen
        } else {
            Known::Text(all)
        }
    }

    fn variable(&self, name: &str, scope: Scope<'_>, depth: usize) -> Known {
        let known = |text: &str| Known::Text(text.to_owned());
        if let Some(value) = self.variables.get(name) {
            return value.clone();
        }
        if depth >= MAX_DEPTH {
            return Known::Unknown;
        }
        match name {
            "remote_addr" | "realip_remote_addr" | "binary_remote_addr" | "proxy_protocol_addr" => {
                known("91.203.44.7")
            }
            "ssl_client_verify" => known("NONE"),
            "remote_user" | "http_authorization" | "http_cookie" => known(""),
            "uri" | "request_uri" | "document_uri" => match self.uri {
                Some(uri) => known(uri),
                None => Known::Chosen,
            },
            "host" | "http_host" | "request_method" | "args" | "query_string" | "is_args"
            | "http_user_agent" | "http_referer" | "http_origin" | "invalid_referer"
            | "server_protocol" | "request_filename" | "document_root" | "request" => Known::Chosen,
            _ if name.starts_with("ssl_client_") => known(""),
            _ if ["http_", "cookie_", "arg_"]
                .iter()
                .any(|it| name.starts_with(it)) =>
            {
                known("")
            }
            _ => self.declared(name, scope, depth),
        }
    }

    /// A variable that a `map` or a `geo` declares.
    fn declared(&self, name: &str, scope: Scope<'_>, depth: usize) -> Known {
        for map in scope.declared("map", name) {
            return match self.text(map.argument(0), scope, depth + 1) {
                Known::Text(source) => match mapped(map, &source) {
                    Some(value) => self.text(value, scope, depth + 1),
                    None => Known::Unknown,
                },
                other => other,
            };
        }
        for geo in scope.declared("geo", name) {
            let is_of_client = geo.arguments().count() == 1 || geo.argument(0) == "$remote_addr";
            return match located(geo).filter(|_| is_of_client) {
                Some(value) => Known::Text(value.to_owned()),
                None => Known::Unknown,
            };
        }
        Known::Unknown
    }
}

/// The name of the variable at the start of a text, and how long it is written.
pub(super) fn variable(text: &str) -> (&str, usize) {
    let rest = &text[1..];
    if let Some(inner) = rest.strip_prefix('{') {
        let end = inner.find('}').unwrap_or(inner.len());
        return (&inner[..end], (end + 3).min(text.len()));
    }
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let end = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
    (&rest[..end], end + 1)
}

/// Whether a condition leads to an answer.
fn answers(condition: At<'_>) -> bool {
    let mut within = condition.block().within();
    within.any(|at| matches!(at.name(), "return" | "rewrite" | "set"))
}

/// The line of a map for a value; `None` when that cannot be known.
fn mapped<'f>(map: At<'f>, source: &str) -> Option<&'f str> {
    if !map.block().is_whole() {
        return None;
    }
    let lines: Vec<_> = map.block().within().take(MAX_LINES + 1).collect();
    if lines.len() > MAX_LINES {
        return None;
    }
    let mut fallback = "";
    let mut matched = None;
    for line in &lines {
        let (key, value) = (line.name(), line.argument(0));
        match key {
            "default" => fallback = value,
            "hostnames" | "volatile" | "include" => {}
            _ => {
                if let Some(pattern) = key.strip_prefix('~') {
                    let (pattern, ignores_case) = match pattern.strip_prefix('*') {
                        Some(pattern) => (pattern, true),
                        None => (pattern, false),
                    };
                    let is_match = Pattern::new(pattern, ignores_case)?.is_match(source);
                    matched = matched.or(is_match.then_some(value));
                } else if key.trim_start_matches('\\').eq_ignore_ascii_case(source) {
                    return Some(value);
                }
            }
        }
    }
    Some(matched.unwrap_or(fallback))
}

/// What a `geo` says of a stranger; `None` when that cannot be known.
fn located(geo: At<'_>) -> Option<&str> {
    if !geo.block().is_whole() {
        return None;
    }
    let mut fallback = "";
    let mut nearest: Option<(u8, &str)> = None;
    for line in geo.block().within().take(MAX_LINES) {
        match line.name() {
            "default" => fallback = line.argument(0),
            "ranges" | "proxy" | "proxy_recursive" | "delete" | "include" => {}
            network => {
                let length = network.rsplit_once('/').and_then(|(_, it)| it.parse().ok());
                let length = length.unwrap_or(32);
                if holds(network, STRANGERS[1]) == Some(true)
                    && nearest.is_none_or(|(other, _)| length >= other)
                {
                    nearest = Some((length, line.argument(0)));
                }
            }
        }
    }
    Some(nearest.map_or(fallback, |(_, value)| value))
}

/// Whether a network, an address or `all` holds an address.
fn holds(network: &str, address: IpAddr) -> Option<bool> {
    if network == "all" {
        return Some(true);
    }
    let (base, length) = match network.split_once('/') {
        Some((base, length)) => (base, Some(length)),
        None => (network, None),
    };
    match (base.parse().ok()?, address) {
        (IpAddr::V4(base), IpAddr::V4(address)) => {
            let length: u32 = length.map_or(Some(32), |length| length.parse().ok())?;
            let mask = u32::MAX
                .checked_shl(32_u32.checked_sub(length)?)
                .unwrap_or(0);
            Some((u32::from(base) ^ u32::from(address)) & mask == 0)
        }
        (IpAddr::V6(base), IpAddr::V6(address)) => {
            let length: u32 = length.map_or(Some(128), |length| length.parse().ok())?;
            let mask = u128::MAX
                .checked_shl(128_u32.checked_sub(length)?)
                .unwrap_or(0);
            Some((u128::from(base) ^ u128::from(address)) & mask == 0)
        }
        _ => Some(false),
    }
}

/// What the rules about addresses say.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rules {
    Allow,
    Deny,
    Silent,
}

/// Whether rules and passwords let a stranger in. The nearest block that has rules replaces those around it.
pub(super) fn is_admitted(scope: Scope<'_>) -> bool {
    let rules = rules(scope);
    let asks = asks_who(scope);
    let satisfies_any = scope
        .effective("satisfy")
        .iter()
        .any(|satisfy| satisfy.argument(0) == "any");
    if satisfies_any && asks {
        return rules == Rules::Allow;
    }
    rules != Rules::Deny && !asks
}

fn rules(scope: Scope<'_>) -> Rules {
    let mut strangers = STRANGERS.to_vec();
    let listens = scope.effective("listen");
    if listens
        .iter()
        .any(|listen| listen.argument(0).starts_with("[::]"))
    {
        strangers.push(STRANGER_OF_V6);
    }
    let is_rule = |at: &At| matches!(at.name(), "allow" | "deny");
    let has_rules =
        |scope: &Scope| !scope.named("allow").is_empty() || !scope.named("deny").is_empty();
    let Some(block) = scope.outwards().find(has_rules) else {
        return Rules::Silent;
    };
    let list: Vec<_> = block.within().filter(is_rule).take(MAX_LINES).collect();
    let judge = |address: &IpAddr| {
        let first = list
            .iter()
            .find(|rule| holds(rule.argument(0), *address) == Some(true));
        match first.map(|rule| rule.name()) {
            Some("allow") => Rules::Allow,
            Some(_) => Rules::Deny,
            None => Rules::Silent,
        }
    };
    let verdicts: Vec<_> = strangers.iter().map(judge).collect();
    let gentlest = [Rules::Allow, Rules::Silent];
    let gentlest = gentlest
        .into_iter()
        .find(|verdict| verdicts.contains(verdict));
    gentlest.unwrap_or(Rules::Deny)
}

/// Whether visitors have to show who they are.
fn asks_who(scope: Scope<'_>) -> bool {
    let value = |name| scope.effective(name).first().copied();
    let is_on = |name| value(name).is_some_and(|at: At| !matches!(at.argument(0), "off" | ""));
    let is_whole = scope.outwards().all(Scope::is_whole);
    // Without a file of users nothing is asked.
    let has_users = value("auth_basic_user_file").is_some() || !is_whole || !is_rooted(scope);
    is_on("auth_basic") && has_users && !is_switched_off(scope, "auth_basic")
        || is_on("auth_jwt")
        || is_on("auth_oidc")
        || value("auth_request").is_some_and(|at| at.argument(0) != "off" && !nods(scope, at))
        || value("ssl_verify_client").is_some_and(|at| at.argument(0) == "on") && is_all_tls(scope)
}

/// Whether all that is around a block is known, up to `http`.
fn is_rooted(scope: Scope<'_>) -> bool {
    scope.enclosing("http").is_some()
}

/// Whether a variable turns a setting off for a stranger: `auth_basic $realm`.
fn is_switched_off(scope: Scope<'_>, name: &str) -> bool {
    let run = Run {
        uri: None,
        variables: FxHashMap::default(),
        is_uncertain: false,
    };
    let directives = scope.effective(name);
    directives.first().is_some_and(|at| {
        let text = at.argument(0);
        text.contains('$') && run.text(text, scope, 0) == Known::Text("off".to_owned())
    })
}

/// Whether the location that is asked for permission says yes to everybody.
fn nods(scope: Scope<'_>, request: At<'_>) -> bool {
    let Some(server) = scope.enclosing("server") else {
        return false;
    };
    let Ok(Some(chosen)) = location::choose(server, request.argument(0)) else {
        return false;
    };
    let first = chosen.block().named("return");
    let answer = match fate(chosen.block(), Some(request.argument(0))) {
        Fate::Answered(at) => Some(at),
        _ => None,
    };
    answer.or(first.first().copied()).is_some_and(|at| {
        at.name() == "return" && at.argument(0).len() == 3 && at.argument(0).starts_with('2')
    })
}

/// Whether no connection comes without TLS, where alone certificates of clients are asked for.
fn is_all_tls(scope: Scope<'_>) -> bool {
    let listens = scope.effective("listen");
    listens.is_empty()
        || listens.iter().all(|listen| {
            listen
                .arguments()
                .skip(1)
                .any(|word| matches!(word, "ssl" | "quic"))
        })
        || scope
            .effective("ssl")
            .iter()
            .any(|ssl| ssl.argument(0) == "on")
}

/// What a text is for a stranger in a block, with what `set` gave its variables.
pub(super) fn value(text: &str, scope: Scope<'_>) -> Known {
    let mut run = Run {
        uri: None,
        variables: FxHashMap::default(),
        is_uncertain: false,
    };
    let server = scope.enclosing("server").map(At::block);
    let location = scope.enclosing("location").map(At::block);
    for block in [server, location].into_iter().flatten() {
        run.block(block, false);
    }
    run.text(text, scope, 0)
}
