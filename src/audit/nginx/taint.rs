//! Which texts may contain a line break from a visitor: `$uri` is decoded, so `%0d%0a` in a request becomes one.

use super::forest::{At, Scope};
use super::location::{self, Kind};
use super::pattern;
use super::visitor::variable;

/// How deeply variables may refer to each other.
const MAX_DEPTH: usize = 8;
/// How many lines of a map are read.
const MAX_LINES: usize = 500;

/// Returns a variable in a text, written at `at`, that may contain a line break.
pub(super) fn tainted<'t>(text: &'t str, at: At<'_>) -> Option<&'t str> {
    let mut rest = text;
    while let Some(start) = rest.find('$') {
        let (name, length) = variable(&rest[start..]);
        if is_tainted(name, at, 0) {
            return Some(name);
        }
        rest = &rest[start + length..];
    }
    None
}

fn is_tainted(name: &str, at: At<'_>, depth: usize) -> bool {
    if depth > MAX_DEPTH {
        return false;
    }
    match name {
        "" => false,
        "uri" | "document_uri" => !is_fixed(at.scope()),
        _ if name.bytes().all(|byte| byte.is_ascii_digit()) => capture(at),
        _ => {
            is_set(name, at, depth)
                || named_capture(name, at)
                || at
                    .scope()
                    .declared("map", name)
                    .into_iter()
                    .any(|map| is_mapped(map, at, depth))
        }
    }
}

/// Whether the path can only be what its location says: a single path, or an anchored pattern that matches no line
/// break.
fn is_fixed(scope: Scope<'_>) -> bool {
    scope.enclosing("location").is_some_and(|location| {
        let (kind, text) = location::path(location);
        match kind {
            Kind::Exact => true,
            Kind::Pattern | Kind::AnyCase => {
                text.starts_with('^')
                    && text.ends_with('$')
                    && !text.contains('|')
                    && !pattern::takes_line_breaks(text)
            }
            _ => false,
        }
    })
}

/// Whether `set` assigns such a text to a variable.
fn is_set(name: &str, at: At<'_>, depth: usize) -> bool {
    let scopes = at.scope().outwards();
    let sets = scopes
        .flat_map(|scope| scope.each_named("set"))
        .take(MAX_LINES);
    let mut own = sets.filter(|set| set.argument(0).strip_prefix('$') == Some(name));
    own.any(|set| {
        let mut rest = set.argument(1);
        while let Some(start) = rest.find('$') {
            let (inner, length) = variable(&rest[start..]);
            if inner != name && is_tainted(inner, set, depth + 1) {
                return true;
            }
            rest = &rest[start + length..];
        }
        false
    })
}

/// Whether a map of the path, or of something that contains it, gives such a text.
fn is_mapped(map: At<'_>, at: At<'_>, depth: usize) -> bool {
    if !map.argument(0).starts_with('$') {
        return false;
    }
    let (source, _) = variable(map.argument(0));
    map.block().within().take(MAX_LINES).any(|line| {
        let value = line.argument(0);
        let key = line.name().trim_start_matches('~').trim_start_matches('*');
        let is_pattern = line.name().starts_with('~');
        let takes = is_pattern
            && value.contains('$')
            && is_tainted(source, at, depth + 1)
            && groups_take_line_breaks(key);
        let mut rest = value;
        while let Some(start) = rest.find('$') {
            let (name, length) = variable(&rest[start..]);
            let is_group = name.bytes().all(|byte| byte.is_ascii_digit())
                || key.contains(&format!("<{name}>"));
            if is_group && takes || !is_group && is_tainted(name, at, depth + 1) {
                return true;
            }
            rest = &rest[start + length..];
        }
        false
    })
}

/// Whether a group of the last pattern may contain a line break.
fn capture(at: At<'_>) -> bool {
    // `rewrite` escapes the URL of a redirect.
    if at.name() == "rewrite" {
        return false;
    }
    for scope in at.scope().outwards() {
        let rewrites = scope.named("rewrite");
        let earlier = rewrites.iter().rfind(|rewrite| !rewrite.is(at));
        if let Some(rewrite) = earlier {
            return groups_take_line_breaks(rewrite.argument(0));
        }
        match scope.opener() {
            Some(opener) if opener.name() == "if" => {
                if let Some(pattern) = condition(opener) {
                    return pattern.0.contains("$uri") && groups_take_line_breaks(pattern.1);
                }
            }
            Some(opener) if opener.name() == "location" => {
                let (kind, text) = location::path(opener);
                return matches!(kind, Kind::Pattern | Kind::AnyCase)
                    && groups_take_line_breaks(text);
            }
            _ => {}
        }
    }
    false
}

/// Returns the variable of a condition, and the pattern that it is compared with.
fn condition(opener: At<'_>) -> Option<(&str, &str)> {
    let words: Vec<_> = opener.arguments().collect();
    let operator = words
        .iter()
        .position(|word| word.trim_start_matches('!').starts_with('~'))?;
    Some((words.first()?, words.get(operator + 1)?))
}

fn named_capture(name: &str, at: At<'_>) -> bool {
    let mark = format!("<{name}>");
    at.scope()
        .outwards()
        .filter_map(Scope::opener)
        .any(|opener| {
            let (kind, text) = location::path(opener);
            opener.name() == "location"
                && matches!(kind, Kind::Pattern | Kind::AnyCase)
                && text.contains(&mark)
                && groups_take_line_breaks(text)
        })
}

/// Whether some group of a pattern can match a line break.
fn groups_take_line_breaks(text: &str) -> bool {
    let inside = text.find('(').map_or("", |open| &text[open..]);
    pattern::takes_line_breaks(inside)
}
