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

/// Whether cookies are open in one case only: the same file protects them in another.
fn is_one_of_two(view: &View<'_>, hit: &Hit) -> bool {
    let is_beside = |other: &Hit| (other.repository, &other.path) == (hit.repository, &hit.path);
    FACTS[hit.fact].name == "cookies-open"
        && hit.text.starts_with([' ', '\t'])
        && view.corpus.facts("cookies").any(is_beside)
}

pub(super) fn evaluate(view: &View<'_>, ledger: &mut Ledger) {
    for hit in &view.corpus.hits {
        let fact = &FACTS[hit.fact];
        if !fact.item.is_empty() && !is_one_of_two(view, hit) {
            ledger.add(fact.item, fact.grade, place(hit), fact.says);
        }
    }
}
