//! An example of what a check finds, and of what is right instead.

use crate::model;

use crate::audit::check::{Card, Example, MARK, audited};
use crate::audit::{Outcome, cards};

/// A file in which a check finds something, and the same file once that was mended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Illustration {
    /// What the file is called.
    pub path: &'static str,
    /// A text in which the check finds something.
    pub bad: String,
    /// The text after the fix that the finding offers, where it offers one.
    pub good: Option<String>,
}

/// An example of what the rule finds; of a check's examples, the first one that can be mended, or else the first one.
pub fn illustration(id: &str) -> Option<Illustration> {
    let card = cards().find(|card| card.id == id)?;
    let drawn = || card.examples.iter().map(|example| draw(card, example));
    let mended = drawn().find(|drawn| drawn.good.is_some());
    mended.or_else(|| drawn().next())
}

fn draw(card: &Card, example: &'static Example) -> Illustration {
    let bad = without_marks(example.text);
    let good = match audited(example.path, &bad, example.beside) {
        Outcome::Audited(findings) => {
            let fixes = findings.iter().flat_map(|finding| &finding.fixes);
            let own = fixes.filter(|fix| fix.rule.as_str() == card.id);
            model::apply(&bad, model::compatible(own)).filter(|good| *good != bad)
        }
        _ => None,
    };
    Illustration {
        path: example.path,
        bad,
        good,
    }
}

fn without_marks(text: &str) -> String {
    let lines = text.split_inclusive('\n').map(|line| {
        let content = line.trim_end_matches(['\n', '\r']);
        match content.strip_suffix(MARK) {
            Some(kept) => format!("{}{}", kept.trim_end(), &line[content.len()..]),
            None => line.to_owned(),
        }
    });
    lines.collect()
}
