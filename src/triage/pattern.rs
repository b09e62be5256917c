//! Patterns that name one or several rules.

use crate::model::RuleId;

/// Returns whether `text` is a list of rules or families: `generic/password,compose/*`.
pub(super) fn is_list(text: &str) -> bool {
    text.split(',').all(is_pattern)
}

/// Returns whether `text` names a rule, a family (`compose/*`) or all rules (`*`).
pub(super) fn is_pattern(text: &str) -> bool {
    let is_name = |name: &str| {
        !name.is_empty()
            && name
                .bytes()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-')
    };
    text == "*"
        || text
            .split_once('/')
            .is_some_and(|(family, rule)| is_name(family) && (rule == "*" || is_name(rule)))
}

/// Returns whether `pattern` means `rule`.
pub(super) fn matches(pattern: &str, rule: &RuleId) -> bool {
    pattern == "*" || pattern == rule.as_str() || pattern.strip_suffix("/*") == Some(rule.family())
}

/// Returns whether `text` may name rules: as for `is_pattern`, or as a rule of another scanner, which may have any
/// name.
pub fn is_rule_pattern(text: &str) -> bool {
    is_pattern(text)
        || !text.trim().is_empty() && !text.contains(['/', '*']) && !text.contains(char::is_control)
}
