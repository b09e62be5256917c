//! Reads a YAML file for a format that knows it by its shape.

use crate::model::LineIndex;

use super::yaml::{self, Tree};
use super::{Outcome, Source};

/// Configuration beyond this size is generated data.
const MAX_BYTES: usize = 4 << 20;

/// What marks text that something has still to fill in: Helm, Go and Jinja, ERB, cookiecutter, gomplate.
const MARKS: &[&str] = &["{{", "{%", "<%", "[["];

/// The text and tree of a file, or what to say of it. One that does not parse is only told of when it `is_certain` that
/// the format is meant.
pub(super) fn read(source: &Source, is_certain: bool) -> Result<(&str, Tree), Outcome> {
    if source.text.len() > MAX_BYTES {
        let reason = format!("larger than {} MiB", MAX_BYTES >> 20);
        return Err(Outcome::Skipped { reason });
    }
    let Ok(text) = std::str::from_utf8(&source.text) else {
        return Err(Outcome::NotConfiguration);
    };
    match yaml::parse(text) {
        Ok(tree) => Ok((text, tree)),
        Err(_) if is_template(source, text) => Err(template()),
        Err(_) if !is_certain => Err(Outcome::NotConfiguration),
        Err(defect) => {
            let place = LineIndex::new(text.as_bytes()).position(defect.byte);
            Err(Outcome::Unparsable {
                line: place.line,
                column: place.column,
                reason: defect.reason,
            })
        }
    }
}

/// What to say of a template.
pub(super) fn template() -> Outcome {
    Outcome::Skipped {
        reason: "a template, not yet filled in".to_owned(),
    }
}

fn is_template(source: &Source, text: &str) -> bool {
    source.path.contains("{{") || MARKS.iter().any(|mark| text.contains(mark))
}

/// Whether a file is named like YAML.
pub(super) fn is_yaml(path: &str) -> bool {
    let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
    extension.eq_ignore_ascii_case("yml") || extension.eq_ignore_ascii_case("yaml")
}
