//! Files that extend another one: their rules change those of the other file.

use super::compile::Placed;
use super::file::RawRule;

/// Returns the rules of `base`, changed by those of `own`, followed by the rest of `own`.
pub(super) fn merge(base: Vec<Placed>, own: Vec<Placed>, disabled: &[String]) -> Vec<Placed> {
    let mut own: Vec<Option<Placed>> = own.into_iter().map(Some).collect();
    let mut merged = Vec::new();
    for mut placed in base {
        if disabled.contains(&placed.rule.id) {
            continue;
        }
        let over = own.iter_mut().find(|other| {
            other
                .as_ref()
                .is_some_and(|other| other.rule.id == placed.rule.id)
        });
        if let Some(over) = over.and_then(Option::take) {
            placed.rule.take_over(over.rule);
            placed.file = over.file;
        }
        merged.push(placed);
    }
    merged.extend(own.into_iter().flatten());
    merged
}

impl RawRule {
    /// Replaces what `over` specifies, and extends the lists.
    fn take_over(&mut self, over: Self) {
        self.line = over.line;
        if !over.description.is_empty() {
            self.description = over.description;
        }
        if over.entropy != 0.0 {
            self.entropy = over.entropy;
        }
        if over.secret_group != 0 {
            self.secret_group = over.secret_group;
        }
        self.regex = over.regex.or(self.regex.take());
        self.path = over.path.or(self.path.take());
        self.filter = over.filter.or(self.filter.take());
        self.tags.extend(over.tags);
        self.keywords.extend(over.keywords);
        self.allowlists.extend(over.allowlists);
        if !over.required.is_empty() {
            self.required = over.required;
        }
        self.skip_report |= over.skip_report;
        self.token_efficiency |= over.token_efficiency;
        self.validates |= over.validates;
    }
}
