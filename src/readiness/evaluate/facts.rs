//! What a single line of code shows on its own.

use super::View;
use crate::readiness::Grade;
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

/// Whether cookies are unprotected in only one of two cases, because the same file also protects them.
fn is_one_of_two(view: &View<'_>, hit: &Hit) -> bool {
    let is_beside = |other: &Hit| (other.repository, &other.path) == (hit.repository, &hit.path);
    FACTS[hit.fact].name == "cookies-open"
        && hit.text.starts_with([' ', '\t'])
        && view.corpus.facts("cookies").any(is_beside)
}

/// Whether CSRF protection is off only for requests that carry a token instead of a session cookie, which cannot be
/// forged.
fn is_stateless(view: &View<'_>, hit: &Hit) -> bool {
    let is_beside = |other: &Hit| (other.repository, &other.path) == (hit.repository, &hit.path);
    let is_python = |path: &str| path.ends_with(".py");
    // Python keeps its settings in separate files, so the whole program must do without sessions.
    let is_of_all = || {
        let mut logins = view.corpus.facts("session-login");
        let mut tokens = view.corpus.facts("stateless");
        is_python(&hit.path)
            && tokens.any(|it| is_python(&it.path))
            && !logins.any(|it| is_python(&it.path))
    };
    FACTS[hit.fact].name == "headers-off"
        && hit.text.to_ascii_lowercase().contains("csrf")
        && (view.corpus.facts("stateless").any(is_beside) || is_of_all())
}

pub(super) fn evaluate(view: &View<'_>, ledger: &mut Ledger) {
    for hit in &view.corpus.hits {
        let fact = &FACTS[hit.fact];
        if fact.item.is_empty() || is_one_of_two(view, hit) {
            continue;
        }
        if is_stateless(view, hit) {
            let says = "protection from CSRF is off where sessions are stateless, and requests carry a token";
            ledger.add(fact.item, Grade::Nothing, place(hit), says);
        } else {
            ledger.add(fact.item, fact.grade, place(hit), fact.says);
        }
    }
}
