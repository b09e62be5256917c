//! What actions and workflows of the same repository need, which others use.

use crate::audit::Project;
use crate::audit::workflow::file::File;
use crate::audit::yaml::{self, Value};

use super::{more_of_steps, word_of_more};

/// Actions that use actions, and so on, more deeply than this are not looked into.
const MAX_DEPTH: usize = 3;

/// Returns what the action in a folder of the project may need beside reading the code.
pub(super) fn more_of_action(project: &Project<'_>, uses: &str, depth: usize) -> Option<String> {
    let unknown = || Some(format!("it uses `{uses}`"));
    let folder = uses.trim_start_matches("./").trim_end_matches('/');
    let names = ["action.yml", "action.yaml"];
    let mut paths = names.iter().map(|name| match folder {
        "" => (*name).to_owned(),
        folder => format!("{folder}/{name}"),
    });
    let found = paths.find_map(|path| Some((project.read_text(&path)?, path)));
    let Some((text, path)) = found.filter(|_| depth < MAX_DEPTH) else {
        return unknown();
    };
    let Ok(tree) = yaml::parse(&text) else {
        return unknown();
    };
    let Some(file) = File::recognise(&path, &text, &tree, project).filter(|it| it.is_action) else {
        return unknown();
    };
    // What a program does with the checked-out code, which has the token, does not show.
    let runs = file.root.get("runs").and_then(|runs| runs.get("using"));
    if runs.and_then(Value::text) != Some("composite") {
        return unknown();
    }
    let more = word_of_more(&text);
    let more =
        more.or_else(|| { file.jobs.iter() }.find_map(|job| more_of_steps(&file, job, depth + 1)));
    more.map(|_| format!("it uses `{uses}`"))
}

/// Returns what a workflow of the project that a job calls may need beside reading the code: what it says itself, or what
/// its steps do.
pub(super) fn more_of_workflow(project: &Project<'_>, uses: &str) -> Option<String> {
    let calls = || Some(format!("it calls `{uses}`"));
    let path = uses.strip_prefix("./").unwrap_or_default();
    let Some(text) = project.read_text(path).filter(|_| !path.contains('@')) else {
        return calls();
    };
    let Ok(tree) = yaml::parse(&text) else {
        return calls();
    };
    let Some(file) = File::recognise(path, &text, &tree, project) else {
        return calls();
    };
    let of_all = file.root.get("permissions");
    let needs_more = file.jobs.iter().any(|job| {
        let called = job.root.get("uses").is_some();
        match job.root.get("permissions").or(of_all) {
            Some(permissions) => called || !are_of_readers(permissions),
            None => {
                called || word_of_more(&text).is_some() || more_of_steps(&file, job, 1).is_some()
            }
        }
    });
    if needs_more { calls() } else { None }
}

/// Whether permissions allow no more than to read the code.
fn are_of_readers(permissions: Value) -> bool {
    permissions.is_mapping()
        && permissions.entries().all(|entry| match entry.value.text() {
            Some("none") => true,
            Some("read") => entry.key.text() == Some("contents"),
            _ => false,
        })
}
