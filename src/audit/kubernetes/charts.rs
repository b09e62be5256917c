//! Charts of Helm with the containers that manifests of the same project have: what is added to one of the two only would
//! have them differ.

use std::collections::BTreeSet;

use crate::audit::Project;
use crate::audit::document::is_yaml;

/// So many templates are looked at, and so much of each.
const MOST_FILES: usize = 500;
const MAX_BYTES: usize = 256 << 10;

/// The containers of charts that may gain rights, by their names.
pub(super) struct Charts(BTreeSet<String>);

impl Charts {
    /// Reads the templates of a project.
    pub(super) fn of(project: &Project<'_>) -> Self {
        let templates = project
            .paths()
            .filter(|path| is_yaml(path) && path.contains("templates/"));
        let texts = templates
            .take(MOST_FILES)
            .filter_map(|path| project.read_text(path));
        let open = texts.filter(|text| text.len() <= MAX_BYTES && may_gain(text));
        let names = open.flat_map(|text| {
            let names = text.lines().filter_map(name);
            names.map(str::to_owned).collect::<Vec<_>>()
        });
        Self(names.collect())
    }

    /// Whether a chart has a container of this name.
    pub(super) fn have(&self, name: &str) -> bool {
        self.0.contains(name)
    }
}

/// Whether containers of a template may gain rights: neither it nor its values say otherwise.
fn may_gain(text: &str) -> bool {
    text.contains("{{")
        && text.contains("containers:")
        && !text.contains("allowPrivilegeEscalation")
        && !text.contains("ecurityContext }}")
        && !text.contains("ecurityContext |")
}

/// The name that an item of a list begins with, as it is written out.
fn name(line: &str) -> Option<&str> {
    let name = line.trim_start().strip_prefix("- name:")?.trim();
    let name = name.trim_matches(['"', '\'']);
    (!name.is_empty() && !name.contains("{{")).then_some(name)
}
