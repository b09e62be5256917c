//! Docker Compose files.
//!
//! Recognised by shape rather than by name: a mapping `services` whose values look like services. Values are read with
//! the defaults of their variables, since those apply wherever a variable is unset.

mod absence;
mod builds;
mod built;
mod checks;
mod consoles;
pub(super) mod credential;
mod documented;
mod dotenv;
mod env_file;
mod exposure;
mod file;
mod fixes;
mod gathered;
mod helpers;
mod host_path;
mod image;
mod interpolation;
mod layers;
pub(super) mod masking;
mod missing;
mod nested;
mod once;
pub(super) mod openness;
mod parts;
mod reach;
#[cfg(test)]
mod reach_tests;
mod remedies;
mod roles;
mod service;
mod signs;
mod stacks;
mod store;
mod volume;
mod written;

#[cfg(test)]
mod across_files;
#[cfg(test)]
mod tests;

use memchr::memmem;

use crate::model::Category;

use super::check::{Card, Format};
use super::document;
use super::report::Report;
use super::yaml::{self, ELSEWHERE, Span};
use super::{Outcome, Project, Source};

pub(super) use builds::{Build, Builds};
pub(super) use checks::development_server;
use file::File;
pub(super) use helpers::Helpers;
use parts::Parts;
pub(super) use reach::{Bound, is_guessable};
pub(super) use signs::{Shown, Signs};
pub(super) use stacks::Stacks;
pub(super) use store::{kind_of_image, named_by as kinds_named_by};

/// The format.
pub(super) struct Compose;

impl Format for Compose {
    fn name(&self) -> &'static str {
        "compose"
    }

    fn cards(&self) -> Vec<&'static Card> {
        checks::CHECKS.iter().map(|check| check.card()).collect()
    }

    fn claims(&self, path: &str, text: &[u8]) -> bool {
        let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
        let is_yaml =
            extension.eq_ignore_ascii_case("yml") || extension.eq_ignore_ascii_case("yaml");
        is_yaml && has_services(text)
    }

    fn is_certain(&self, path: &str, text: &[u8]) -> bool {
        let has = |word: &[u8]| memmem::find(text, word).is_some();
        file::is_named_like_compose(path) || has(b"  image:") || has(b"  build:")
    }

    fn audit(&self, source: &Source, project: &Project<'_>) -> Outcome {
        let path = source.path.as_str();
        let is_certain = self.is_certain(path, source.text.as_bytes());
        let text = source.text.as_str();
        let parts = match Parts::of(path, text, project) {
            Ok(parts) => parts,
            Err(defect) => return document::refused(source, project, &defect, is_certain),
        };
        let Some(tree) = parts.tree(path) else {
            return Outcome::NotConfiguration;
        };
        let groups = || tree.documents().filter_map(|root| root.get("services"));
        let is_services = groups().any(|group| file::is_services(group, path));
        if !is_services && !tree.documents().any(file::has_volumes) {
            return Outcome::NotConfiguration;
        }
        let Some(mut file) = File::recognise(text, &parts, project) else {
            return Outcome::NotConfiguration;
        };
        if !file.look_closer(project) {
            return Outcome::Skipped {
                reason: "its services share more settings than can be judged".to_owned(),
            };
        }
        let mut report = Report::new(project.policy(&source.path));
        // Secrets in the text are exposed whether the service runs or not.
        let is_of_text = |category| matches!(category, Category::Secret | Category::Placeholder);
        for check in checks::CHECKS {
            if is_of_text(check.card().category) {
                check.check(&file, &mut report);
            }
        }
        file.forget_idle();
        for check in checks::CHECKS {
            if !is_of_text(check.card().category) {
                check.check(&file, &mut report);
            }
        }
        // Findings in other files are reported where those are audited.
        report.forget(&ELSEWHERE);
        Outcome::Audited(report.finish(path, text, || masking::secrets(text, tree)))
    }
    fn secrets(&self, source: &Source) -> Vec<Span> {
        let tree = yaml::parse(&source.text).ok();
        tree.map_or_else(Vec::new, |tree| masking::secrets(&source.text, &tree))
    }
}

/// Returns whether a file is named like a Compose file.
pub(super) fn is_named(path: &str) -> bool {
    super::document::is_yaml(path) && file::is_named_like_compose(path)
}

/// Whether `services` is where a top-level key would be: at the start of a line, or anywhere in JSON.
fn has_services(text: &[u8]) -> bool {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let is_json = text.trim_ascii_start().starts_with(b"{");
    memmem::find_iter(text, b"services").any(|at| {
        let before = &text[..at];
        let before = before
            .strip_suffix(b"\"")
            .or(before.strip_suffix(b"'"))
            .unwrap_or(before);
        is_json || matches!(before.last(), None | Some(b'\n' | b'\r'))
    })
}
