//! Which `gonogo.toml` applies, and what it says about findings.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use crate::config::{Config, ConfigError, FILE_NAME};
use crate::model::{Finding, Gap, Rule};
use crate::redact::echo;
use crate::source::git::Repo;
use crate::source::{self, MAX_RULES_BYTES, Shelf};
use crate::triage::Judge;

use super::Error;
use crate::lexicon::nearest;

/// Where settings come from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Choice {
    /// The nearest file in or above the target.
    #[default]
    Find,
    /// The same, from the tree of a commit, since a change must not decide what is found in it.
    At {
        /// The name of the commit.
        revision: String,
    },
    /// This file.
    File(PathBuf),
    /// No settings.
    Nothing,
}

/// The change that is judged: what it accepts itself is shown, or does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// The name of the commit before the change.
    pub before: String,
    /// Whether what the change accepts itself counts: comments, and with [`Choice::At`] entries of baselines and lists.
    pub with_change: bool,
}

/// Settings, and their file.
#[derive(Debug, Default)]
pub(crate) struct Settings {
    pub(crate) config: Config,
    /// The path as reports show it; `None` if there is no file.
    pub(crate) file: Option<String>,
}

impl Choice {
    /// Returns whether files that are found beside the target apply.
    pub(crate) fn is_found(&self) -> bool {
        matches!(self, Self::Find | Self::At { .. })
    }

    /// Returns where the files of `folder` are read from.
    pub(crate) fn shelf<'a>(&'a self, folder: &'a Path) -> Shelf<'a> {
        match self {
            Self::At { revision } => Shelf::Commit { folder, revision },
            _ => Shelf::of(folder),
        }
    }

    /// Reads the settings for the target at `path`.
    pub(crate) fn read(&self, path: &Path) -> Result<Settings, Error> {
        let (path, text) = match self {
            Self::Nothing => return Ok(Settings::default()),
            Self::File(path) => {
                let text =
                    source::read_text_file(path, MAX_RULES_BYTES).map_err(|error| Error::File {
                        path: path.clone(),
                        error,
                    })?;
                (path.clone(), text)
            }
            Self::Find | Self::At { .. } => {
                let found = source::find_settings(self.shelf(path), FILE_NAME)
                    .map_err(|(path, error)| Error::File { path, error })?;
                match found {
                    Some(settings) => (settings.path, settings.text),
                    None => return Ok(Settings::default()),
                }
            }
        };
        let file = path.display().to_string();
        let config = Config::parse(&file, &text)?;
        Ok(Settings {
            config,
            file: Some(file),
        })
    }
}

impl Settings {
    /// Returns the rule files that the settings name, relative to the working directory. A settings file that was found
    /// may only name files in its own directory or below, so that a target cannot make the scan read other files.
    pub(crate) fn rule_files(&self, choice: &Choice) -> Result<Vec<source::Settings>, Error> {
        let folder = self.folder();
        let full = |name: &String| {
            if !choice.is_found() {
                let path = folder.join(name);
                return match source::read_text_file(&path, MAX_RULES_BYTES) {
                    Ok(text) => Ok(source::Settings { path, text }),
                    Err(error) => Err(Error::File { path, error }),
                };
            }
            let found = source::settings_in(choice.shelf(&folder), name)
                .map_err(|(path, error)| Error::File { path, error })?;
            found.ok_or_else(|| {
                let file = self.file.as_deref().unwrap_or_default();
                Error::Usage(format!("{file}: `files`: no file {name} next to it"))
            })
        };
        self.config.rule_files.iter().map(full).collect()
    }

    /// Returns the directory of the settings file.
    pub(crate) fn folder(&self) -> PathBuf {
        let file = Path::new(self.file.as_deref().unwrap_or_default());
        let folder = file.parent().unwrap_or(Path::new(""));
        if folder.as_os_str().is_empty() {
            PathBuf::from(".")
        } else {
            folder.to_owned()
        }
    }

    /// Rejects names of rules that none of `rules` has.
    pub(crate) fn check_rules(&self, rules: &[Rule]) -> Result<(), Error> {
        // Thousands of names may have to be compared with thousands of rules.
        let ids: HashSet<&str> = rules.iter().map(|rule| rule.id.as_str()).collect();
        let families: HashSet<&str> = rules.iter().map(|rule| rule.id.family()).collect();
        let is_any = |named: &str| match named.strip_suffix("/*") {
            _ if named == "*" => !rules.is_empty(),
            Some(family) if families.contains(family) => true,
            _ => ids.contains(named),
        };
        for named in &self.config.rules {
            if is_any(&named.text) {
                continue;
            }
            return Err(Error::Config(ConfigError {
                file: self.file.clone().unwrap_or_default(),
                line: named.line,
                column: named.column,
                message: unknown_rule(&named.text, rules),
            }));
        }
        Ok(())
    }

    /// Returns the judge for findings below `root`; `None` if there is no settings file.
    pub(crate) fn judge(&self) -> Result<Option<Judge>, Error> {
        let Some(file) = &self.file else {
            return Ok(None);
        };
        let judge = self.config.wishes.judge(file);
        judge
            .map(Some)
            .map_err(|why| Error::Usage(format!("{file}: {why}")))
    }

    /// Returns the paths of files relative to the settings. Settings from elsewhere apply to the target itself.
    pub(crate) fn places(&self, root: &Path) -> Places {
        Places::seen_from(&self.folder(), root)
    }
}

/// The message for a name that none of `rules` has.
pub(crate) fn unknown_rule(named: &str, rules: &[Rule]) -> String {
    let families = rules.iter().map(|rule| format!("{}/*", rule.id.family()));
    let ids = rules.iter().map(|rule| rule.id.to_string());
    let mut names: Vec<String> = ids.chain(families).collect();
    names.sort();
    names.dedup();
    let near = nearest(named, names.iter().map(String::as_str));
    let hint = match near.first() {
        Some(near) => format!("did you mean `{near}`?"),
        None => "see `gonogo rules list`".to_owned(),
    };
    let shown = match echo(named) {
        Some(name) => format!("unknown rule `{name}`"),
        None => "unknown rule".to_owned(),
    };
    format!("{shown}: {hint}")
}

/// The paths of scanned files, relative to the settings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Places {
    /// The path of the root.
    below: String,
    /// Whether the root is a file, and therefore the only one.
    is_file: bool,
    /// The directory below the root that they are relative to.
    within: String,
}

impl Places {
    /// Returns the paths of files below `root`, relative to `folder`, or to `root` itself if `folder` does not contain
    /// it.
    pub(crate) fn seen_from(folder: &Path, root: &Path) -> Self {
        let whole = || {
            let folder = folder.canonicalize().ok()?;
            let root = root.canonicalize().ok()?;
            let below = root.strip_prefix(folder).ok()?;
            Some((source::slashed(below), root.is_file()))
        };
        let (below, is_file) = whole().unwrap_or_default();
        let within = String::new();
        Self {
            below,
            is_file,
            within,
        }
    }

    /// Returns the paths of files below the root, relative to `folder` in it.
    pub(crate) fn within(folder: &str) -> Self {
        Self {
            below: String::new(),
            is_file: false,
            within: format!("{folder}/"),
        }
    }

    /// Returns the relative path of the file at `path`.
    pub(crate) fn of(&self, path: &str) -> String {
        match self.below.as_str() {
            _ if path.is_empty() => String::new(),
            "" => path.strip_prefix(&self.within).unwrap_or(path).to_owned(),
            below if self.is_file => below.to_owned(),
            below => format!("{below}/{path}"),
        }
    }
}

/// Returns the directory that paths of a scan are relative to. `is_git` says that the files come from Git, whose paths
/// are relative to the top of the repository.
pub(crate) fn root_of(path: &Path, is_git: bool) -> PathBuf {
    let top = || {
        Repo::discover(path)
            .ok()
            .flatten()
            .map(|repo| repo.path().to_owned())
    };
    let top = is_git.then(top).flatten();
    top.unwrap_or_else(|| path.to_owned())
}

/// What settings say about findings, for all targets, since entries of one file may be needed for several of them.
#[derive(Debug, Default)]
pub(crate) struct Judges(Vec<(String, Judge)>);

impl Judges {
    /// Applies `settings`.
    pub(crate) fn apply<'f>(
        &mut self,
        settings: &Settings,
        findings: impl IntoIterator<Item = &'f mut Finding>,
        places: &Places,
        today: &str,
    ) -> Result<(), Error> {
        let Some(file) = &settings.file else {
            return Ok(());
        };
        if self.0.iter().all(|(known, _)| known != file)
            && let Some(judge) = settings.judge()?
        {
            self.0.push((file.clone(), judge));
        }
        if let Some((_, judge)) = self.0.iter_mut().find(|(known, _)| known == file) {
            judge.apply(findings, &|path| places.of(path), today);
        }
        Ok(())
    }

    /// Marks the gaps that `settings` accept, once they were applied to findings.
    pub(crate) fn accept(
        &mut self,
        settings: &Settings,
        gaps: Vec<&mut Gap>,
        places: &Places,
        today: &str,
    ) {
        let own = |known: &str| settings.file.as_deref() == Some(known);
        if let Some((_, judge)) = self.0.iter_mut().find(|(known, _)| own(known)) {
            judge.accept(gaps, &|path| places.of(path), today);
        }
    }

    /// Returns the warnings about entries after a scan.
    pub(crate) fn warnings(&self, today: &str, is_complete: bool) -> Vec<String> {
        let judges = self.0.iter();
        judges
            .flat_map(|(_, judge)| judge.warnings(today, is_complete))
            .collect()
    }
}
