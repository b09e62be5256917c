//! What single lines of code show by themselves.

use super::View;
use crate::readiness::ledger::{Ledger, Place};
use crate::readiness::read::Hit;
use crate::readiness::read::facts::FACTS;

/// The place of a hit.
pub(super) fn place(hit: &Hit) -> Place {
    Place {
        repository: hit.repository,
        path: hit.path.clone(),
        line: hit.line,
    }
}

pub(super) fn evaluate(view: &View<'_>, ledger: &mut Ledger) {
    for hit in &view.corpus.hits {
        let fact = &FACTS[hit.fact];
        if !fact.item.is_empty() {
            ledger.add(fact.item, fact.grade, place(hit), fact.says);
        }
    }
}
