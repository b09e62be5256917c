//! Chooses the location that answers a request as nginx does.

use super::forest::{At, Scope};
use super::pattern::Pattern;

/// How many locations of one block are compared; if there are more, none is chosen.
const MAX_LOCATIONS: usize = 500;
/// How deeply locations may be nested.
const MAX_DEPTH: usize = 16;

/// How a location is matched against a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// `= /path`.
    Exact,
    /// `/path`.
    Prefix,
    /// `^~ /path`: no pattern is tried if it is the longest prefix.
    Final,
    /// `~ pattern`.
    Pattern,
    /// `~* pattern`.
    AnyCase,
    /// `@name`: only other locations lead to it.
    Named,
}

/// Returns how a location is matched, and against what; there may be no space after the modifier.
pub(super) fn path(location: At<'_>) -> (Kind, &str) {
    let first = location.argument(0);
    let second = location.argument(1);
    match first {
        "=" => (Kind::Exact, second),
        "^~" => (Kind::Final, second),
        "~" => (Kind::Pattern, second),
        "~*" => (Kind::AnyCase, second),
        _ => {
            let signs = [
                ("=", Kind::Exact),
                ("^~", Kind::Final),
                ("~*", Kind::AnyCase),
                ("~", Kind::Pattern),
                ("@", Kind::Named),
            ];
            let sign = signs
                .iter()
                .find_map(|(sign, kind)| Some((*kind, first.strip_prefix(sign)?)));
            sign.unwrap_or((Kind::Prefix, first))
        }
    }
}

/// Returns the location of a server that a request for `uri` reaches: `Ok(None)` is the server itself, `Err` that it
/// cannot be known.
pub(super) fn choose<'f>(server: At<'f>, uri: &str) -> Result<Option<At<'f>>, ()> {
    let (chosen, _) = find(server.block(), uri, None, 0)?;
    Ok(chosen)
}

type Found<'f> = Result<(Option<At<'f>>, bool), ()>;

/// Returns the location within a block, or `current`, and whether it is final.
fn find<'f>(block: Scope<'f>, uri: &str, current: Option<At<'f>>, depth: usize) -> Found<'f> {
    let locations = block.each_named("location");
    let locations: Vec<_> = locations.take(MAX_LOCATIONS + 1).collect();
    if locations.len() > MAX_LOCATIONS || depth > MAX_DEPTH {
        return Err(());
    }
    let mut chosen = current;
    let mut longest: Option<(At<'f>, usize, Kind)> = None;
    for &location in &locations {
        match path(location) {
            (Kind::Exact, path) if path == uri => return Ok((Some(location), true)),
            (kind @ (Kind::Prefix | Kind::Final), path)
                if uri.starts_with(path)
                    && longest.is_none_or(|(_, length, _)| path.len() > length) =>
            {
                longest = Some((location, path.len(), kind));
            }
            _ => {}
        }
    }
    if let Some((location, ..)) = longest {
        let (inner, is_done) = find(location.block(), uri, Some(location), depth + 1)?;
        chosen = inner;
        if is_done {
            return Ok((chosen, true));
        }
    }
    if longest.is_some_and(|(.., kind)| kind == Kind::Final) {
        return Ok((chosen, false));
    }
    for &location in &locations {
        let (kind, text) = path(location);
        if !matches!(kind, Kind::Pattern | Kind::AnyCase) {
            continue;
        }
        let pattern = Pattern::new(text, kind == Kind::AnyCase).ok_or(())?;
        if pattern.is_match(uri) {
            let (chosen, _) = find(location.block(), uri, Some(location), depth + 1)?;
            return Ok((chosen, true));
        }
    }
    Ok((chosen, false))
}

/// Returns whether some request is answered by this location and by no other one; also true if that cannot be known.
pub(super) fn is_chosen(location: At<'_>) -> bool {
    let Some(server) = location.scope().enclosing("server") else {
        return true;
    };
    let (kind, path) = path(location);
    let examples = match kind {
        Kind::Exact => vec![path.to_owned()],
        Kind::Prefix | Kind::Final => {
            let rest = if path.ends_with('/') { "" } else { "/" };
            vec![
                path.to_owned(),
                format!("{path}{rest}x"),
                format!("{path}{rest}x/"),
            ]
        }
        Kind::Pattern | Kind::AnyCase | Kind::Named => return true,
    };
    examples.iter().any(|uri| match choose(server, uri) {
        Ok(Some(chosen)) => chosen.is(location),
        Ok(None) => false,
        Err(()) => true,
    })
}
