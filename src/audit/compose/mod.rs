//! Docker compose files.
//!
//! Recognised by shape rather than by name: a mapping `services` whose values look like services. Values are read with
//! the defaults of their variables in place, since those run wherever nobody sets the variable.

mod absence;
mod builds;
mod built;
mod checks;
pub(super) mod credential;
mod documented;
mod dotenv;
mod env_file;
mod exposure;
mod file;
mod fixes;
mod host_path;
mod image;
mod interpolation;
mod layers;
pub(super) mod masking;
mod missing;
mod nested;
mod openness;
mod parts;
mod roles;
mod service;
mod volume;
mod written;

#[cfg(test)]
mod across_files;
#[cfg(test)]
mod tests;

use memchr::memmem;

use crate::model::LineIndex;

use super::check::{Card, Format};
use super::report::Report;
use super::yaml::{self, Defect, ELSEWHERE, Span};
use super::{Outcome, Project, Source};

pub(super) use builds::{Build, builds};
use file::File;
use parts::Parts;

/// The format.
pub(super) struct Compose;

/// Configuration beyond this size is generated data.
const MAX_BYTES: usize = 4 << 20;

impl Format for Compose {
    fn cards(&self) -> Vec<&'static Card> {
        checks::CHECKS.iter().map(|check| check.card()).collect()
    }

    fn claims(&self, path: &str, text: &[u8]) -> bool {
        let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
        let is_yaml =
            extension.eq_ignore_ascii_case("yml") || extension.eq_ignore_ascii_case("yaml");
        is_yaml && has_services(text)
    }

    fn audit(&self, source: &Source, project: &Project<'_>) -> Outcome {
        let (path, text) = (source.path.as_str(), source.text.as_slice());
        if text.len() > MAX_BYTES {
            return Outcome::Skipped {
                reason: format!("larger than {} MiB", MAX_BYTES >> 20),
            };
        }
        let text = match std::str::from_utf8(text) {
            Ok(text) => text,
            Err(error) => {
                let defect = Defect {
                    byte: error.valid_up_to(),
                    reason: "not valid UTF-8".to_owned(),
                };
                return unparsed(path, &String::from_utf8_lossy(text), text, &defect);
            }
        };
        let tree = match yaml::parse(text) {
            Ok(tree) => tree,
            Err(defect) => return unparsed(path, text, text.as_bytes(), &defect),
        };
        let group = tree.documents().find_map(|root| root.get("services"));
        if !group.is_some_and(|group| file::is_services(group, path)) {
            return Outcome::NotConfiguration;
        }
        let parts = Parts::gather(path, tree, project);
        let (Some(mut file), Some(tree)) =
            (File::recognise(text, &parts, project), parts.tree(path))
        else {
            return Outcome::NotConfiguration;
        };
        if !file.look_closer(project) {
            return Outcome::Skipped {
                reason: "its services share more settings than can be judged".to_owned(),
            };
        }
        let mut report = Report::default();
        for check in checks::CHECKS {
            check.check(&file, &mut report);
        }
        // What another file says is told of where that file is audited.
        report.forget(&ELSEWHERE);
        Outcome::Audited(report.finish(path, text, || masking::secrets(text, tree)))
    }
    fn secrets(&self, source: &Source) -> Vec<Span> {
        let text = std::str::from_utf8(&source.text).unwrap_or_default();
        if text.len() > MAX_BYTES {
            return Vec::new();
        }
        let tree = yaml::parse(text).ok();
        tree.map_or_else(Vec::new, |tree| masking::secrets(text, &tree))
    }
}

/// Whether `services` stands where a key of the whole document would: at the start of a line, or anywhere in JSON.
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

/// What to say of a file that does not parse, which may be no compose file at all.
fn unparsed(path: &str, text: &str, bytes: &[u8], defect: &Defect) -> Outcome {
    if ["{{", "{%", "<%", "[[", "#{"]
        .iter()
        .any(|mark| text.contains(mark))
        || path.contains("{{")
    {
        return Outcome::Skipped {
            reason: super::TEMPLATE.to_owned(),
        };
    }
    let has_images = text.contains("  image:") || text.contains("  build:");
    if !has_images && !file::is_named_like_compose(path) {
        return Outcome::NotConfiguration;
    }
    let place = LineIndex::new(bytes).position(defect.byte);
    Outcome::Unparsable {
        line: place.line,
        column: place.column,
        reason: defect.reason.clone(),
    }
}
