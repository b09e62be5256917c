//! Claims about all resources of a kind: one resource that has a property shows nothing about the others.

use super::View;
use crate::readiness::Grade;
use crate::readiness::ledger::Ledger;
use crate::readiness::read::terraform::{Block, Given};

/// Whether a resource has what is claimed; `None` if that is only known when it is applied.
type Has<'h> = &'h dyn Fn(&Block) -> Option<bool>;

/// Shows `item` if all of `blocks` have what is claimed; if only some do, reports how many.
pub(super) fn claim<'v>(
    view: &View<'_>,
    (item, key): (&str, &str),
    blocks: impl Iterator<Item = &'v Block>,
    (has, what): (Has<'_>, &str),
    ledger: &mut Ledger,
) {
    let known = blocks.filter_map(|it| Some((it, has(it)?)));
    let (having, lacking): (Vec<_>, Vec<_>) = known.partition(|(_, has)| *has);
    let Some((first, _)) = having.first() else {
        return;
    };
    let (count, all) = (having.len(), having.len() + lacking.len());
    if let Some((lacks, _)) = lacking.first() {
        let place = view.block_place(lacks);
        let says = format!("{count} of {all} {what}: not `{}`", lacks.name());
        ledger.add(item, Grade::Nothing, place, says);
    } else {
        let place = view.attribute_place(first, key);
        let says = match all {
            1 => format!("1 of 1 {what}: `{}`", first.name()),
            all => format!("{all} of {all} {what}"),
        };
        ledger.add(item, Grade::Wired, place, says);
    }
}

/// Returns whether an attribute is true: false if it is missing, `None` if it is a variable.
pub(super) fn truth(block: &Block, key: &str) -> Option<bool> {
    match block.get(key) {
        None => Some(false),
        Some(Given::Unknown(_)) => None,
        Some(_) => Some(block.is(key, true)),
    }
}

/// Returns the databases that are not replicas of others.
pub(super) fn masters<'v>(
    view: &'v View<'_>,
    types: &'v [&'v str],
) -> impl Iterator<Item = &'v Block> {
    let is_master = |it: &&Block| {
        it.get("replicate_source_db").is_none() && it.get("replication_source_identifier").is_none()
    };
    view.resources(types).filter(is_master)
}
