//! Which version of gonogo brought which built-in rule.
//!
//! The list holds the rules of all releases; a rule that is not in it is new in this version, which is not released
//! yet. So the author of a rule has nothing to write down, and each release adds what is missing: see
//! CONTRIBUTING.md.

use std::sync::LazyLock;

use super::{RuleId, Version};

/// The list, `RULE VERSION` on each line, sorted.
static LIST: &str = include_str!("../../patterns/released.txt");

static RELEASED: LazyLock<Vec<(&str, Version)>> = LazyLock::new(|| read(LIST));

/// Returns the version that brought the built-in rule `id`; `None` only if the version of this package does not
/// parse.
pub fn since(id: &RuleId) -> Option<Version> {
    let at = RELEASED.binary_search_by_key(&id.as_str(), |(rule, _)| rule);
    at.map_or_else(|_| current(), |at| Some(RELEASED[at].1))
}

/// Returns the version of this build.
pub fn current() -> Option<Version> {
    let version = env!("CARGO_PKG_VERSION");
    let release = version.split(['-', '+']).next().unwrap_or(version);
    release.parse().ok()
}

fn read(list: &str) -> Vec<(&str, Version)> {
    let lines = list.lines().filter(|line| !line.starts_with('#'));
    let entries = lines.filter_map(|line| line.split_once(' '));
    entries
        .filter_map(|(rule, version)| Some((rule, version.parse().ok()?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_that_is_in_no_release_came_with_this_version() {
        assert_eq!(since(&RuleId::new("none/such")), current());
        assert!(current().is_some());
        let list = read("# head\na/b 0.1.0\nc/d 0.3.2\n");
        assert_eq!(list[1].0, "c/d");
        assert_eq!(list[1].1.to_string(), "0.3.2");
        assert_eq!(list.len(), 2);
    }

    #[test]
    fn the_list_is_sorted_so_that_it_can_be_searched() {
        assert!(RELEASED.is_sorted_by(|a, b| a.0 < b.0));
        let (rule, version) = &RELEASED[RELEASED.len() / 2];
        assert_eq!(since(&RuleId::new(rule)), Some(*version));
    }
}
