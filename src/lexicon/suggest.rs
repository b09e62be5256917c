//! Suggests which known name a mistyped one was meant to be.

/// How similar (0 to 1) two names must be for one to be suggested for the other.
const LIKE: f64 = 0.85;

/// Returns the names that are spelt much like `word`, the nearest first; the part after the slash is enough.
pub fn nearest<'n>(word: &str, names: impl Iterator<Item = &'n str>) -> Vec<&'n str> {
    let likeness = |name: &str| {
        let last = name.rsplit('/').next().unwrap_or(name);
        strsim::jaro_winkler(word, name).max(strsim::jaro_winkler(word, last))
    };
    let mut near: Vec<_> = names
        .map(|name| (likeness(name), name))
        .filter(|(likeness, _)| *likeness > LIKE)
        .collect();
    near.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    near.into_iter().map(|(_, name)| name).take(3).collect()
}
