//! Files that nothing here activates. What they set up is reported with that remark, and refutes nothing.

use rustc_hash::FxHashSet;

use super::View;
use super::containers::normal;
use crate::lexicon::path::Role;
use crate::readiness::Grade;
use crate::readiness::ledger::Ledger;
use crate::readiness::read::kind::Kind;
use crate::readiness::read::pattern::Pattern;
use crate::readiness::read::terraform::Block;
use crate::readiness::read::{folder, is_comment, name};

/// Limits what files can show that are, as far as is known, not in use.
pub(super) fn evaluate(view: &View<'_>, ledger: &mut Ledger) {
    for (file, read) in view.corpus.files.iter().enumerate() {
        if !view.for_developers.contains(&file) {
            continue;
        }
        let remark = "only developers use this file";
        ledger.limit((read.repository, &read.path), Grade::Nothing, remark);
    }
    profiles(view, ledger);
    modules(view, ledger);
}

/// Returns the Spring profile whose settings a file holds: `application-batch.yml`.
fn profile(path: &str) -> Option<&str> {
    let own = name(path).strip_prefix("application-")?;
    let (profile, end) = own.rsplit_once('.')?;
    ["yml", "yaml", "properties"]
        .contains(&end)
        .then_some(profile)
}

/// A setting or an option that activates profiles, with the rest of its line.
static ACTIVATES: Pattern = Pattern::new(
    r"(?i)(?:SPRING_PROFILES_(?:ACTIVE|INCLUDE|DEFAULT)|SPRING_PROFILES|spring\.profiles\.(?:active|include|default|group[\w.\[\]]*)|profiles?[-_.]?active|-P|activeProfiles|setAdditionalProfiles\(|withActiveProfiles|profiles\.(?:active|include))([^\n]{0,160})",
);
/// The same in YAML, where the names are on further lines below `profiles:`.
static BELOW: Pattern = Pattern::new(
    r"(?m)^\s*profiles:\s*\n((?:\s+(?:active|include|default|group)\b[^\n]*\n(?:\s+(?:-|\w+:)[^\n]*\n?){0,8})+)",
);

/// Words in the names of profiles that are activated where a system runs, not in a file.
const PRODUCTION: [&str; 6] = ["prod", "production", "live", "default", "cloud", "k8s"];

/// Limits profiles that no setting, pipeline, image or program activates, except production's, which is activated where
/// the system runs.
fn profiles(view: &View<'_>, ledger: &mut Ledger) {
    let own: Vec<_> = view
        .corpus
        .files
        .iter()
        .filter_map(|file| Some((file, profile(&file.path)?)))
        .collect();
    if own.is_empty() {
        return;
    }
    let mut active: FxHashSet<String> = FxHashSet::default();
    let mut note = |text: &str| {
        let words = text.split(|c: char| !c.is_alphanumeric() && c != '-' && c != '_');
        active.extend(words.map(str::to_ascii_lowercase));
    };
    for file in &view.corpus.files {
        let is_of_tests = matches!(file.role, Role::Development | Role::Vendored);
        let is_of_pipeline =
            file.path.starts_with(".github/") || file.path.starts_with(".circleci/");
        if file.kind == Kind::Prose || is_of_tests && !is_of_pipeline {
            continue;
        }
        for (at, names) in ACTIVATES.groups(&file.text) {
            let start = file.text[..at].rfind('\n').map_or(0, |end| end + 1);
            if !is_comment(&file.text[start..]) {
                note(names);
            }
        }
        BELOW
            .groups(&file.text)
            .iter()
            .for_each(|(_, names)| note(names));
    }
    for (file, profile) in own {
        let lower = profile.to_ascii_lowercase();
        let is_of_production = lower
            .split(['-', '_'])
            .any(|word| PRODUCTION.contains(&word));
        if !is_of_production && !active.contains(&lower) {
            let remark = format!("nothing here activates the profile `{profile}`");
            ledger.limit((file.repository, &file.path), Grade::SetUp, remark);
        }
    }
}

/// Limits Terraform modules that no configuration here uses.
fn modules(view: &View<'_>, ledger: &mut Ledger) {
    // Terragrunt and stacks instantiate modules in files that are not read.
    let mut paths = view.corpus.paths.iter().flatten();
    if paths.any(|path| path.ends_with(".hcl") || path.ends_with(".tftest.hcl")) {
        return;
    }
    let mut used: FxHashSet<(usize, String)> = FxHashSet::default();
    for block in view.blocks.iter().filter(|it| it.kind == "module") {
        let file = &view.corpus.files[block.file];
        let source = block.text("source").unwrap_or_default();
        if source.starts_with('.') {
            let path = normal(&format!("{}/{source}", folder(&file.path)));
            used.insert((file.repository, path));
        }
    }
    if used.is_empty() {
        return;
    }
    let is_root = |block: &&Block| matches!(block.kind.as_str(), "provider" | "terraform");
    let mut roots: FxHashSet<(usize, &str)> = FxHashSet::default();
    for block in view.blocks.iter().filter(is_root) {
        // A module may state which providers it requires, but only a root configures a backend or a provider.
        if block.kind == "provider" || block.has("backend") || block.has("cloud") {
            let file = &view.corpus.files[block.file];
            roots.insert((file.repository, folder(&file.path)));
        }
    }
    for (_, file) in view.shipped(Kind::Terraform) {
        let own = folder(&file.path);
        let is_module = own.split('/').any(|part| part == "modules");
        let is_used = used.contains(&(file.repository, own.to_owned()));
        if is_module && !is_used && !roots.contains(&(file.repository, own)) {
            let remark = "no configuration here uses this module";
            ledger.limit((file.repository, &file.path), Grade::SetUp, remark);
        }
    }
}
