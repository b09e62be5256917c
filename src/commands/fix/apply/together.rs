//! Fixes that are made in most places of a file or not at all, so that the remaining places do not look forgotten.

use std::collections::{BTreeMap, BTreeSet};

use crate::commands::fix::held::name_of;
use crate::model::Finding;

use super::{PINS, Tree};

/// The rule about containers whose processes may gain privileges, and the setting that fixes it.
const OF_CONTAINERS: &str = "k8s/allow-privilege-escalation";
const SETTING: &str = "allowPrivilegeEscalation: false";

impl Tree<'_> {
    /// Leaves all actions of a file alone if only some can be pinned and none is yet: the others would look forgotten.
    pub(super) fn pin_together(&self, findings: &mut [Finding]) {
        let rules = &self.options.rules;
        if self.options.resolve.is_some() || rules.iter().any(|rule| rule == PINS) {
            return;
        }
        let is_pin = |finding: &&Finding| finding.rule.as_str() == PINS;
        let open = findings
            .iter()
            .filter(is_pin)
            .filter(|it| it.fixes.is_empty());
        let open: BTreeSet<String> = open.map(|it| it.location.path.clone()).collect();
        let some: BTreeSet<String> = open
            .into_iter()
            .filter(|path| {
                let text = self.walked.text_of(path).unwrap_or_default();
                !self.done.contains_key(path) && !has_pins(&text)
            })
            .collect();
        let pins = findings.iter_mut().filter(|it| it.rule.as_str() == PINS);
        for finding in pins.filter(|it| some.contains(&it.location.path)) {
            finding.fixes.clear();
        }
    }

    /// Leaves all containers of a manifest alone if most of them cannot be given the setting.
    pub(super) fn leave_few(&mut self, findings: &mut [Finding]) {
        let rules = &self.options.rules;
        if rules.iter().any(|rule| rule == OF_CONTAINERS) {
            return;
        }
        let has_fix = |it: &Finding| {
            it.fixes
                .iter()
                .any(|fix| fix.rule.as_str() == OF_CONTAINERS)
        };
        let mut counts: BTreeMap<String, (usize, usize)> = BTreeMap::new();
        for finding in findings.iter().filter(|it| it.message.contains(SETTING)) {
            let counts = counts.entry(finding.location.path.clone()).or_default();
            if has_fix(finding) {
                counts.0 += 1;
            } else {
                counts.1 += 1;
            }
        }
        self.few.clear();
        for (path, (fit, open)) in counts {
            let text = self.walked.text_of(&path).unwrap_or_default();
            if fit > 0 && fit + text.matches(SETTING).count() < open {
                self.few.insert(path, Vec::new());
            }
        }
        for finding in findings.iter_mut().filter(|it| has_fix(it)) {
            if let Some(names) = self.few.get_mut(&finding.location.path) {
                names.extend(name_of(finding));
                finding
                    .fixes
                    .retain(|fix| fix.rule.as_str() != OF_CONTAINERS);
            }
        }
    }
}

/// Whether a workflow already pins an action to a commit.
fn has_pins(text: &str) -> bool {
    text.lines().any(|line| {
        let used = line
            .trim_start()
            .trim_start_matches("- ")
            .strip_prefix("uses:");
        let commit = used.and_then(|it| it.split_once('@'));
        commit.is_some_and(|(_, commit)| {
            let commit = commit.split_whitespace().next().unwrap_or_default();
            commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit())
        })
    })
}
