//! nginx configuration.
//!
//! A file is read together with the files that it includes and those that include it, as far as they are in the tree:
//! what applies to a `location` may be set in `http`, and what a `server` lacks may be in a snippet. Every finding
//! points into the file that it is about. A snippet that nothing is known to include is checked for what it says, never
//! for what it lacks.

mod admission;
mod around;
mod below;
mod checks;
mod ciphers;
mod conf;
mod declared;
mod forest;
mod headers;
mod include;
mod inherit;
mod known;
mod lexer;
mod location;
mod masking;
mod missing;
mod pattern;
mod recognise;
mod server;
mod suites;
mod taint;
mod tree;
mod visitor;

#[cfg(test)]
mod tests;

use crate::model::LineIndex;

use super::check::{Card, Format};
use super::report::Report;
use super::{Outcome, Project, Source};

use conf::Conf;
use forest::Forest;
use tree::Tree;

pub(super) use recognise::is_named;

/// The format.
pub(super) struct Nginx;

impl Format for Nginx {
    fn name(&self) -> &'static str {
        "nginx"
    }

    fn cards(&self) -> Vec<&'static Card> {
        checks::CHECKS.iter().map(|check| check.card()).collect()
    }

    fn claims(&self, path: &str, text: &[u8]) -> bool {
        recognise::may_be(path, text)
    }

    fn is_certain(&self, path: &str, text: &[u8]) -> bool {
        recognise::is_certain(path) || recognise::has_server(text)
    }

    fn audit(&self, source: &Source, project: &Project<'_>) -> Outcome {
        let forest = project.shared(Forest::new);
        let Some(number) = forest.number(&source.path) else {
            return unread(source);
        };
        forest.note_limits(number);
        let conf = Conf::new(&forest, number, project);
        let mut report = Report::new(project.policy(&source.path));
        for check in checks::CHECKS {
            check.check(&conf, &mut report);
        }
        let file = &forest.files()[number];
        Outcome::Audited(report.finish(&file.path, &file.text, || masking::secrets(&file.tree)))
    }
}

/// Reports on a file that is not in the forest: a template, one that does not parse, or something else altogether.
fn unread(source: &Source) -> Outcome {
    let (path, text) = (source.path.as_str(), source.text.as_str());
    let blocks = ["server", "location", "http", "upstream"];
    if !blocks.iter().any(|name| recognise::has_block(text, name)) {
        return Outcome::NotConfiguration;
    }
    if recognise::is_template(path, text) {
        return Outcome::Template;
    }
    match Tree::parse(text) {
        Err(defect) if Nginx.is_certain(path, text.as_bytes()) => {
            let place = LineIndex::new(text.as_bytes()).position(defect.byte);
            let reason = defect.reason;
            if defect.is_limit {
                return Outcome::Skipped {
                    reason: format!("line {}: {reason}", place.line),
                };
            }
            Outcome::Unparsable {
                line: place.line,
                column: place.column,
                reason: reason.to_owned(),
            }
        }
        _ => Outcome::NotConfiguration,
    }
}
