//! Which version of gonogo brought which built-in rule.
//!
//! The list holds the rules of all releases; a rule that is not in it came with this version, which is not released
//! yet. So the author of a rule has nothing to write down, and a release adds what is missing: see CONTRIBUTING.md.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::{RuleId, Version};

/// The list, `RULE VERSION` on each line, sorted.
static LIST: &str = include_str!("../../patterns/released.txt");

static RELEASED: LazyLock<BTreeMap<&str, Version>> = LazyLock::new(|| read(LIST));

/// Returns the version that brought the built-in rule `id`; none only where this package has no version that can be
/// read.
pub fn since(id: &RuleId) -> Option<Version> {
    let listed = RELEASED.get(id.as_str()).copied();
    listed.or_else(current)
}

/// Returns the version that this is.
pub fn current() -> Option<Version> {
    let version = env!("CARGO_PKG_VERSION");
    let release = version.split(['-', '+']).next().unwrap_or(version);
    release.parse().ok()
}

fn read(list: &str) -> BTreeMap<&str, Version> {
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
        assert_eq!(list["c/d"].to_string(), "0.3.2");
        assert_eq!(list.len(), 2);
    }
}
