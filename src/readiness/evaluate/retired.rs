//! Repositories that say that they are archived, or no longer run in production.

use super::View;
use crate::readiness::ledger::Ledger;
use crate::readiness::read::aside::said_at;
use crate::readiness::read::name;

/// Reports what the top-level README says about it.
pub(super) fn evaluate(view: &View<'_>, ledger: &mut Ledger) {
    for document in &view.documents {
        let file = &view.corpus.files[document.file];
        let is_readme =
            !file.path.contains('/') && name(&file.path).to_ascii_lowercase().starts_with("readme");
        let Some(line) = is_readme.then(|| said_at(document.text)).flatten() else {
            continue;
        };
        let says = "the repository says of itself that it is archived, or no longer in use";
        ledger.notice(view.corpus.line(document.file, line), says);
    }
}
