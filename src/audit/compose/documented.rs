//! Variables that the files around a Compose file mention, so that users know to set them.

use std::borrow::Cow;

use memchr::memmem;

use crate::audit::Project;
use crate::audit::project::resolve;

/// Files that are read for one Compose file.
const MAX_FILES: usize = 32;

/// Larger files are not instructions.
const MAX_BYTES: usize = 256 << 10;

/// Usual names of instructions, for those that are not part of the scan.
const NAMES: &[&str] = &[
    ".env",
    ".env.example",
    ".env.sample",
    ".env.template",
    ".env.dist",
    "env.example",
    "example.env",
    "README.md",
];

/// Returns the texts of the instructions in the directory of the file at `path`, and in the root.
pub(super) fn instructions<'p>(path: &str, project: &'p Project) -> Vec<Cow<'p, [u8]>> {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut names: Vec<String> = Vec::new();
    for base in [path, "compose.yaml"] {
        names.extend(NAMES.iter().filter_map(|name| resolve(base, name)));
    }
    for folder in [folder, ""] {
        let named = project.names_in(folder).filter(|name| is_instruction(name));
        names.extend(named.map(|name| {
            if folder.is_empty() {
                name.to_owned()
            } else {
                format!("{folder}/{name}")
            }
        }));
    }
    names.sort();
    names.dedup();
    let texts = names
        .iter()
        .take(MAX_FILES)
        .filter_map(|name| project.read(name));
    texts.filter(|text| text.len() <= MAX_BYTES).collect()
}

fn is_instruction(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let has_end = |ends: &[&str]| ends.iter().any(|end| name.ends_with(end));
    name.contains("env")
        || name.starts_with("readme")
        || name.starts_with("makefile")
        || name == "justfile"
        || has_end(&[".md", ".sh", ".conf", ".rst", ".adoc"])
}

/// Returns whether a text mentions a variable.
pub(super) fn speaks_of(text: &[u8], name: &str) -> bool {
    let is_part =
        |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    memmem::find_iter(text, name).any(|at| {
        let before = at.checked_sub(1).and_then(|before| text.get(before));
        !is_part(before) && !is_part(text.get(at + name.len()))
    })
}
