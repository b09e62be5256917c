//! Where a directive takes effect: in the blocks that inherit it and have none of their own.

use super::forest::{At, Scope};
use super::location::{self, Kind};

/// How many blocks one directive is followed into.
const MAX_BLOCKS: usize = 2_000;

/// Returns the blocks that answer requests and in which a directive of this name, written in `home`, takes effect:
/// locations, and servers for requests that no location takes. `None` if not all of them can be seen.
pub(super) fn heirs<'f>(home: Scope<'f>, name: &str) -> Option<Vec<Scope<'f>>> {
    let mut heirs = Vec::new();
    let home = placed(home);
    let mut open = match home.opener().map(At::name) {
        // A part of a file that any other file may include.
        None => return None,
        Some("location" | "server" | "http") => vec![home],
        // An `if`, or a block that answers no requests.
        Some(_) => return Some(vec![home]),
    };
    if !home.is_whole() {
        return None;
    }
    while let Some(scope) = open.pop() {
        if heirs.len() + open.len() > MAX_BLOCKS {
            return None;
        }
        if answers(scope) {
            heirs.push(scope);
        }
        let blocks = scope.within().filter(|at| at.is_block());
        let blocks = blocks.filter(|at| matches!(at.name(), "server" | "location"));
        let inner = blocks.map(At::block);
        open.extend(inner.filter(|inner| inner.named(name).is_empty()));
    }
    let is_http = home.opener().is_some_and(|opener| opener.name() == "http");
    (!is_http || !home.named("server").is_empty()).then_some(heirs)
}

/// Returns the block that a directive of an included file ends up in.
pub(super) fn placed(scope: Scope<'_>) -> Scope<'_> {
    let mut outwards = scope.outwards();
    outwards
        .find(|scope| scope.opener().is_some())
        .unwrap_or(scope)
}

/// Whether requests can end in a block itself: in a server, only if no location takes all remaining requests.
fn answers(scope: Scope<'_>) -> bool {
    match scope.opener().map(At::name) {
        Some("location") => true,
        Some("server") => !has_catch_all(scope),
        _ => false,
    }
}

/// Returns whether a location takes every path that no other location takes.
pub(super) fn has_catch_all(server: Scope<'_>) -> bool {
    let locations = server.named("location");
    locations.iter().any(|at| {
        let (kind, path) = location::path(*at);
        matches!(kind, Kind::Prefix | Kind::Final) && path == "/"
    })
}

/// Returns every block of a server in which requests are answered: its locations at any depth, and itself.
pub(super) fn blocks(server: Scope<'_>) -> Vec<Scope<'_>> {
    let mut blocks = Vec::new();
    let mut open = vec![server];
    while let Some(scope) = open.pop() {
        if blocks.len() + open.len() > MAX_BLOCKS {
            break;
        }
        if answers(scope) {
            blocks.push(scope);
        }
        open.extend(scope.named("location").into_iter().map(At::block));
    }
    blocks
}
