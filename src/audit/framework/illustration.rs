//! Examples of what a check detects, and of correct files.

use crate::model;

use crate::audit::check::{Card, Example, MARK, audited};
use crate::audit::{Outcome, cards};

/// A file in which a check detects something, the same file after the fix, and a correct file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Illustration {
    /// The path of the file.
    pub path: &'static str,
    /// A text in which the check detects something.
    pub bad: String,
    /// The text after the fix, if the finding has one.
    pub good: Option<String>,
    /// A text in which the check detects nothing.
    pub clean: Option<String>,
}

/// Returns an example of what the rule detects: the first example of the check that can be fixed, or else the first
/// one. Returns `None` if there is no such rule.
pub fn illustration(id: &str) -> Option<Illustration> {
    let card = cards().find(|card| card.id == id)?;
    let drawn = || card.examples.iter().map(|example| draw(card, example));
    let fixed = drawn().find(|drawn| drawn.good.is_some());
    fixed.or_else(|| drawn().next())
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
        clean: clean(card),
    }
}

/// A negative of the card that is self-explanatory: preferably one that needs no other files.
fn clean(card: &Card) -> Option<String> {
    let negatives = card.negatives.iter();
    let mut shown = negatives.filter(|negative| negative.text.trim().len() > 1);
    let alone = shown.clone().find(|negative| negative.beside.is_empty());
    alone
        .or_else(|| shown.next())
        .map(|negative| negative.text.to_owned())
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
