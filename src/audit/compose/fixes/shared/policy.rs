//! Restart policies, which are given together only where no service has one of its own.

use crate::audit::compose::file::File;
use crate::audit::compose::service::Service;
use crate::audit::fix::Edit;

use super::super::own_settings;
use super::super::place::merge;
use super::{KEYS, RESTART, Shared};

impl Shared<'_> {
    /// The edits by which a service merges the block with nothing but the policy of others.
    pub(in crate::audit::compose::fixes) fn policy_of(
        &self,
        file: &File,
        service: &Service,
    ) -> Option<Vec<Edit>> {
        let settings = own_settings(service)?;
        let start = settings.span().start;
        let block = self.blocks.iter().find(|block| {
            let mut keys = block.mapping.entries();
            let is_policy = keys.all(|entry| entry.key.text() == Some(RESTART));
            is_policy
                && !block.is_general
                && !block.members.is_empty()
                && block.mapping.span().end <= start
        })?;
        Some(vec![merge(file, settings, block.anchor)?])
    }

    /// Whether a service must not have all that others have in common.
    pub(super) fn is_alone(&self, number: usize) -> bool {
        self.needs.alone.contains(&number) || self.needs.exempt.contains(&number)
    }

    /// Whether several services lack a policy, and all that are to have something in common may be given one.
    pub(super) fn all_start_again(&self) -> bool {
        let lacking = &self.needs.lacking[KEYS.len() - 1];
        // Where some have their own, the others get theirs like these.
        if self.needs.has_policy {
            return false;
        }
        let are_several = || lacking.difference(&self.heirs).nth(1).is_some();
        // Every service asks, and this goes through all of them.
        let start_again = || are_several() && self.needs.all_start_again();
        *self.start_again.get_or_init(start_again)
    }
}
