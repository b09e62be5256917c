//! Files that the prose of runbooks and guides names, in code spans and links (J8, L8, N2).

use super::View;
use super::documents::is_made;
use crate::readiness::ledger::Ledger;
use crate::readiness::read::folder;
use crate::readiness::read::pattern::Pattern;
use crate::readiness::read::prose::{Document, lines};

static SPAN: Pattern = Pattern::new(
    r"`(?:(?:bash|sh|sudo) )?((?:\./)?(?:scripts|bin|ops|deploy)/[\w./-]+\.(?:sh|py))(?:\s[^`\n]*)?`",
);
static LINK: Pattern =
    Pattern::new(r"\]\(((?:\.{0,2}/)?[\w./-]+\.(?:md|sh|py|ya?ml))(?:#[\w.-]*)?\)");
static MENTION: Pattern = Pattern::new(r"(?:^|[\s`(])((?:docs|runbooks)/[\w./-]+\.md)\b");

/// Returns the items that a document is about, judged by its path.
fn items(path: &str) -> Vec<&'static str> {
    const ABOUT: [(&str, &[&str]); 3] = [
        ("J8", &["deploy", "release"]),
        ("L8", &["backup", "restore", "recovery"]),
        ("N2", &["runbook"]),
    ];
    let path = path.to_ascii_lowercase();
    let of = |words: &&[&str]| words.iter().any(|word| path.contains(word));
    let about = ABOUT.iter().filter(|(_, words)| of(words));
    about.map(|(item, _)| *item).collect()
}

/// Reports names of files that do not exist.
pub(super) fn evaluate(view: &View<'_>, document: &Document<'_>, ledger: &mut Ledger) {
    let file = &view.corpus.files[document.file];
    let items = items(&file.path);
    if items.is_empty() {
        return;
    }
    let mut is_code = false;
    for (number, line) in lines(document.text) {
        if line.trim_start().starts_with("```") {
            is_code = !is_code;
        }
        if is_code || !line.contains('/') && !line.contains("](") {
            continue;
        }
        for pattern in [&SPAN, &LINK, &MENTION] {
            let Some(named) = pattern.group(line).filter(|it| !it.starts_with('/')) else {
                continue;
            };
            let own = folder(&file.path);
            // Files outside the repository are not known.
            if named.matches("../").count() > own.split('/').filter(|it| !it.is_empty()).count() {
                continue;
            }
            let beside = super::containers::normal(&format!("{own}/{named}"));
            let plain = named.trim_start_matches("./");
            let exists = view.corpus.has_path(file.repository, plain)
                || view.corpus.has_path(file.repository, &beside)
                || is_made(view, file.repository, plain);
            if !exists {
                let says = format!("it names {named}, which does not exist");
                let place = view.corpus.line(document.file, number);
                for item in &items {
                    ledger.contradict(item, place.clone(), says.clone());
                }
            }
        }
    }
}
