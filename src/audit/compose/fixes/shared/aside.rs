//! Services that must not get all settings of a shared block, and refer to a part of it.

use crate::audit::compose::file::File;
use crate::audit::compose::service::Service;
use crate::audit::fix::Edit;
use crate::audit::yaml::{Value, Written};

use super::super::conventions::limits;
use super::super::{own_settings, step};
use super::{KEYS, LOGGING, OF_LOGGING, OF_RIGHTS, Shared, add};

impl Shared<'_> {
    /// Whether a service must not get all shared settings, and is no member of a block that can get logging.
    pub(super) fn is_aside(&self, number: usize) -> bool {
        let is_barred = || self.brings_rights() && !self.needs.may_get(number, OF_RIGHTS);
        (self.is_alone(number) || is_barred()) && !self.best.contains_key(&(number, LOGGING))
    }

    /// Whether the block that services have in common forbids new privileges, or is to.
    fn brings_rights(&self) -> bool {
        let mut common = self.common.iter().map(|number| &self.blocks[*number]);
        self.wants_block(OF_RIGHTS)
            || common.any(|block| block.mapping.get(KEYS[OF_RIGHTS]).is_some())
    }

    /// A setting as it is written into a block.
    pub(super) fn in_block<'w>(&self, at: usize, value: Written<'w>) -> Written<'w> {
        match value {
            Written::Mapping(limits) if at == LOGGING && self.is_anchored => {
                Written::Anchored(OF_LOGGING, limits)
            }
            other => other,
        }
    }

    /// The edits by which a service that must not merge a block refers to the log limit in it.
    pub(in crate::audit::compose::fixes) fn aside(
        &self,
        file: &File,
        service: &Service,
        limits: &[(&str, Written)],
    ) -> Option<Vec<Edit>> {
        let number = *self.numbers.get(&service.key.span().start)?;
        let settings = own_settings(service).filter(|_| self.is_aside(number))?;
        let name = |anchor: &str| {
            let alias = format!("*{anchor}");
            let step = step(file, service, settings);
            let value = Written::Scalar(&alias);
            file.editor.add_key(settings, KEYS[LOGGING], value, step)
        };
        let start = settings.span().start;
        let common = self.common.iter().map(|number| &self.blocks[*number]);
        let mut common = common.filter(|block| block.mapping.span().end <= start);
        if let Some(edits) = common.clone().find_map(|block| {
            let (anchor, edit) = limit_of(file.text, block.mapping)?;
            Some(edit.into_iter().chain([name(anchor)?]).collect())
        }) {
            return Some(edits);
        }
        if !self.is_anchored {
            return None;
        }
        let value = self.in_block(LOGGING, Written::Mapping(limits));
        let given = if self.has_general() {
            let block =
                common.find(|block| block.is_lacking[LOGGING] && block.lacking[LOGGING] > 0)?;
            add(file, block, (LOGGING, value))
        } else {
            let new = || self.written_block(file, (KEYS[LOGGING], value));
            let wanted = self.wants_block(LOGGING) && self.free.is_some();
            wanted.then(|| self.new[LOGGING].get_or_init(new).clone())?
        };
        Some(vec![given?, name(OF_LOGGING)?])
    }
}

/// The anchor of a block's log limit, with the edit that adds the anchor if there is none.
fn limit_of<'t>(text: &'t str, block: Value<'t>) -> Option<(&'t str, Option<Edit>)> {
    let entry = block.entry_of(KEYS[LOGGING])?;
    limits(entry.value).then_some(())?;
    let end = entry.key.span().end;
    let between = text.get(end..entry.value.span().start)?;
    if entry.value.via().is_some() || entry.key.is_elsewhere() {
        return None;
    }
    let between = between.strip_prefix(':')?;
    if let Some(anchor) = between.trim_start().strip_prefix('&') {
        return Some((anchor.split_whitespace().next()?, None));
    }
    let is_free = between.trim().is_empty() && !text.contains(&format!("&{OF_LOGGING}"));
    is_free.then(|| {
        let edit = Edit {
            span: end + 1..end + 1,
            replacement: format!(" &{OF_LOGGING}"),
        };
        (OF_LOGGING, Some(edit))
    })
}
