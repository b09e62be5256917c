//! What an ordinary visitor meets: an address on the internet, no password, no secret header.
//!
//! Variables are followed through `set`, `map` and `geo`. Whatever such a visitor can choose, such as the path or the
//! name of the browser, is assumed to be chosen so that the request goes through.

use rustc_hash::FxHashMap;

use super::admission::is_admitted;
use super::declared::{located, mapped};
use super::forest::{At, Scope};
use super::pattern::{self, Pattern};

/// How deeply variables may refer to each other.
const MAX_DEPTH: usize = 8;
/// How many rewrite directives are followed in one block.
const MAX_STEPS: usize = 500;

/// What happens to a request before any file is looked up.
#[derive(Clone, Copy)]
pub(super) enum Fate<'f> {
    /// This directive answers it, or redirects it.
    Answered(At<'f>),
    /// It goes on.
    Reached,
    /// It depends on something that is not known here.
    Unknown,
}

/// What is known about a text with variables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Known {
    Text(String),
    /// The visitor decides.
    Chosen,
    Unknown,
}

/// Returns whether a stranger gets what a block serves.
pub(super) fn is_open(scope: Scope<'_>) -> bool {
    !is_internal(scope)
        && !is_local(scope)
        && matches!(fate(scope, None), Fate::Reached)
        && is_admitted(scope)
}

/// Returns whether a request ends before it reaches the files or the gateway of a block, whoever sends it.
pub(super) fn is_dead(scope: Scope<'_>) -> bool {
    matches!(fate(scope, None), Fate::Answered(_))
}

/// Returns whether the server answers before it chooses the location around a block.
pub(super) fn is_never_reached(scope: Scope<'_>) -> bool {
    match fate(scope, None) {
        Fate::Answered(at) => {
            scope.enclosing("location").is_some() && at.scope().enclosing("location").is_none()
        }
        _ => false,
    }
}

/// Returns whether only other locations lead to the one around a block. Locations within it are internal as well.
pub(super) fn is_internal(scope: Scope<'_>) -> bool {
    let is_internal = |scope: Scope| !scope.named("internal").is_empty();
    let location = scope.enclosing("location");
    location.is_some_and(|location| location.argument(0).starts_with('@'))
        || scope.outwards().any(is_internal)
}

/// Returns whether only the same machine can connect.
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

/// Returns what happens to a request in a block, with this path if it matters.
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
            Step::Answers(_) | Step::Ends | Step::GoesOn => {}
        }
    }
    if run.is_uncertain {
        Fate::Unknown
    } else {
        Fate::Reached
    }
}

/// Whether a location serves the server's answer: `return 404` with `error_page 404 /404.html`.
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
    /// The rest of the block is not executed.
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
                // The visitor chooses what goes through.
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

    /// Returns whether the condition of an `if` holds for the visitor; `None` if that is not known.
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

    /// Returns what a text with variables becomes for the visitor.
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

    /// Returns the value of a variable that a `map` or a `geo` declares.
    fn declared(&self, name: &str, scope: Scope<'_>, depth: usize) -> Known {
        if let Some(map) = scope.declared("map", name).first() {
            return match self.text(map.argument(0), scope, depth + 1) {
                Known::Text(source) => match mapped(*map, &source) {
                    Some(value) => self.text(value, scope, depth + 1),
                    None => Known::Unknown,
                },
                other => other,
            };
        }
        let geos = scope.declared("geo", name);
        let geo = geos
            .first()
            .filter(|geo| geo.arguments().count() == 1 || geo.argument(0) == "$remote_addr");
        match geo.and_then(|geo| located(*geo)) {
            Some(value) => Known::Text(value.to_owned()),
            None => Known::Unknown,
        }
    }
}

/// Returns the name of the variable at the start of a text, and the length of the reference to it.
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

/// Whether a condition may affect the answer.
fn answers(condition: At<'_>) -> bool {
    let mut within = condition.block().within();
    within.any(|at| matches!(at.name(), "return" | "rewrite" | "set"))
}

/// Returns what a text becomes for a stranger in a block, given what `set` assigns to its variables.
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
