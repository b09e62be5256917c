//! Rule files: the named ones, and those of other scanners in the target itself.

use std::path::{Component, Path, PathBuf};

use crate::detect::Detector;
use crate::detect::imported::{Candidate, Imported};
use crate::detect::rule_file::{self, Loaded};
use crate::model::{Category, Confidence, Finding, Secret, Suppression, SuppressionKind};
use crate::source::{self, MAX_RULES_BYTES, Shelf};
use crate::triage::Ledger;

use super::Error;

/// Rule files of other scanners that are used if they are at the top of the target; only the first one found is.
const FOUND: [&str; 2] = [".betterleaks.toml", ".gitleaks.toml"];

/// Rules from files.
#[derive(Debug, Default)]
pub(crate) struct UserRules {
    /// In gonogo's own form.
    pub(crate) own: Vec<Loaded>,
    /// In the formats of other scanners.
    pub(crate) imported: Vec<Imported>,
}

impl UserRules {
    /// Reads files that the user named.
    pub(crate) fn read(files: &[PathBuf]) -> Result<Self, Error> {
        let mut rules = Self::default();
        for path in files {
            let text =
                source::read_text_file(path, MAX_RULES_BYTES).map_err(|error| Error::File {
                    path: path.clone(),
                    error,
                })?;
            let name = path.display().to_string();
            if Imported::is_one(&text) {
                rules.imported.push(Imported::parse(&name, &text, &|other| {
                    named_beside(path, other)
                })?);
            } else {
                rules.own.extend(rule_file::parse(&name, &text)?);
            }
        }
        Ok(rules)
    }

    /// Returns a detector with these and the built-in rules.
    pub(crate) fn detector(self, least: Confidence) -> Result<Detector, Error> {
        Ok(Detector::with_imported(self.own, self.imported, least)?)
    }

    /// Returns whether the target has such a file.
    pub(crate) fn is_any_in(shelf: Shelf<'_>) -> bool {
        FOUND.iter().any(|name| match shelf {
            Shelf::Folder(root) => root.join(name).symlink_metadata().is_ok(),
            Shelf::Commit { .. } => !matches!(source::settings_in(shelf, name), Ok(None)),
        })
    }

    /// Adds files that settings name.
    pub(crate) fn add(
        &mut self,
        files: Vec<source::Settings>,
        shelf: Shelf<'_>,
    ) -> Result<(), Error> {
        for file in files {
            let name = file.path.display().to_string();
            if Imported::is_one(&file.text) {
                self.imported
                    .push(Imported::parse(&name, &file.text, &|other| match shelf {
                        Shelf::Folder(_) => named_beside(&file.path, other),
                        Shelf::Commit { .. } => found_beside(shelf, other),
                    })?);
            } else {
                self.own.extend(rule_file::parse(&name, &file.text)?);
            }
        }
        Ok(())
    }

    /// Adds the rule file of the target itself, unless one of its kind was named. Returns its name.
    pub(crate) fn find(&mut self, shelf: Shelf<'_>) -> Result<Option<String>, Error> {
        if !self.imported.is_empty() || !shelf.folder().is_dir() {
            return Ok(None);
        }
        for name in FOUND {
            let found = source::settings_in(shelf, name)
                .map_err(|(path, error)| Error::File { path, error })?;
            let Some(found) = found else { continue };
            let shown = found.path.display().to_string();
            let imported =
                Imported::parse(&shown, &found.text, &|other| found_beside(shelf, other))?;
            self.imported.push(imported);
            return Ok(Some(shown));
        }
        Ok(None)
    }
}

/// Reads a file that a named file extends: beside it, or at the given path.
fn named_beside(file: &Path, other: &str) -> Result<(String, String), String> {
    let folder = file.parent().unwrap_or(Path::new(""));
    let path = folder.join(other);
    // gitleaks resolves it relative to the working directory.
    let path = if path.exists() {
        path
    } else {
        PathBuf::from(other)
    };
    let text = source::read_text_file(&path, MAX_RULES_BYTES)
        .map_err(|error| format!("{}: {error}", path.display()))?;
    Ok((path.display().to_string(), text))
}

/// Reads a file that a found file extends. It must be below the same directory, so that a target cannot make the scan
/// read other files.
fn found_beside(shelf: Shelf<'_>, other: &str) -> Result<(String, String), String> {
    let path = Path::new(other);
    let is_below = path
        .components()
        .all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    if !is_below {
        return Err(
            "it must be in the same repository: write a path below its top directory".to_owned(),
        );
    }
    match source::settings_in(shelf, other) {
        Ok(Some(found)) => Ok((found.path.display().to_string(), found.text)),
        Ok(None) => Err(format!("no such file: {other}")),
        Err((path, error)) => Err(format!("{}: {error}", path.display())),
    }
}

/// Lists of findings that other scanners ignore, used if they are at the top of the target; only the first one found
/// is.
const IGNORED: [&str; 2] = [".betterleaksignore", ".gitleaksignore"];

/// Returns the findings that other scanners are set to ignore in the target.
pub(crate) fn find_ledger(shelf: Shelf<'_>) -> Result<Option<Ledger>, Error> {
    for name in IGNORED {
        let found = source::settings_in(shelf, name)
            .map_err(|(path, error)| Error::File { path, error })?;
        let Some(found) = found else { continue };
        let shown = found.path.display().to_string();
        let ledger = Ledger::parse(&shown, &found.text);
        let folder = shelf.folder();
        let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        return ledger
            .map(|ledger| Some(ledger.within(&folder)))
            .map_err(|why| Error::Usage(format!("{shown}: {why}")));
    }
    Ok(None)
}

/// Returns warnings about lines that are no entries, and about entries that cannot apply here.
pub(crate) fn ledger_warnings(ledger: &Ledger) -> Vec<String> {
    let name = ledger.name();
    let unread = ledger.unread().first().map(|first| {
        let more = match ledger.unread().len() {
            1 => String::new(),
            n => format!(" ({n} lines)"),
        };
        format!("{name}:{first}: not a fingerprint, ignored{more}")
    });
    let elsewhere = match ledger.elsewhere() {
        0 => None,
        1 => Some("1 entry has an absolute path that is not".to_owned()),
        n => Some(format!("{n} entries have absolute paths that are not")),
    };
    let elsewhere = elsewhere.map(|entries| {
        format!("{name}: {entries} below this folder, ignored: write paths from the top of the repository")
    });
    unread.into_iter().chain(elsewhere).collect()
}

/// Marks the findings that rule files of other scanners allow.
pub(crate) fn apply_allowlists(detector: &Detector, findings: &mut [Finding]) {
    for file in detector.imported() {
        for finding in findings
            .iter_mut()
            .filter(|finding| finding.suppression.is_none())
        {
            finding.suppression = allowed(file, finding);
        }
    }
}

fn allowed(file: &Imported, finding: &Finding) -> Option<Suppression> {
    // Those scanners look for credentials; their comments say nothing about settings.
    if finding.category == Category::Configuration {
        return None;
    }
    let commit = finding
        .history
        .as_ref()
        .and_then(|history| history.first.as_ref());
    let commit = commit.map(|commit| commit.id.to_string());
    let (line, _) = finding.excerpt.revealed();
    let allows = |path: &str| {
        file.allows(&Candidate {
            rule: finding.rule.as_str(),
            secret: finding.secret.as_ref().map_or(b"", Secret::reveal),
            line: line.as_bytes(),
            path,
            commit: commit.as_deref(),
        })
    };
    let location = &finding.location;
    let member = location.member.is_some().then(|| location.full_path());
    let reason = allows(&location.path).or_else(|| allows(&member?))?;
    Some(Suppression {
        kind: SuppressionKind::External,
        by: file.name().to_owned(),
        reason: reason.to_owned(),
    })
}
