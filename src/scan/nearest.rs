//! The settings nearest to a file: those of the target, or those of a directory in it.
//!
//! Directories are only searched for settings if they contain findings or audited files, so that a tree without
//! settings of its own costs nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use crate::audit::{Policies, Policy};
use crate::config::{Config, FILE_NAME};
use crate::detect::Detector;
use crate::lexicon::path::is_vendored_folder;
use crate::model::{Gap, GapKind, Rule};
use crate::source::Below;

use super::all_rules;
use super::settings::{Choice, Places, Settings};

/// The settings of a directory below the target, and the paths of files relative to it.
#[derive(Debug)]
pub(crate) struct Nested {
    pub(crate) settings: Settings,
    pub(crate) places: Places,
}

/// The settings of a target, and those of the directories in it.
pub(crate) struct Nearest<'s> {
    choice: &'s Choice,
    own: &'s Settings,
    /// The directory that paths are relative to.
    root: PathBuf,
    /// `None` if only the target's settings can apply.
    below: Option<Below>,
    /// Whether the target's own settings are those of the root.
    is_of_root: bool,
    detector: &'s Detector,
    /// The rules that settings may name; computed on first use, since they are hundreds of copies.
    rules: OnceLock<Vec<Rule>>,
    known: Mutex<Known>,
}

/// What is known so far.
#[derive(Default)]
struct Known {
    /// The settings of each directory; `None` if those of the target apply.
    folders: BTreeMap<String, Option<Arc<Nested>>>,
    used: BTreeSet<String>,
    broken: BTreeMap<String, String>,
    warnings: BTreeSet<String>,
}

/// The settings that apply to some files.
pub(crate) struct Decided<'s> {
    own: &'s Settings,
    folders: BTreeMap<String, Arc<Nested>>,
}

impl<'s> Nearest<'s> {
    /// Returns those of the target at `start`, whose own are `own`, for paths relative to `root`.
    pub(crate) fn new(
        (choice, own): (&'s Choice, &'s Settings),
        start: &Path,
        root: &Path,
        detector: &'s Detector,
    ) -> Self {
        let may_have_others = choice.is_found() && root.is_dir();
        let full = |path: &Path| path.canonicalize().ok();
        Self {
            choice,
            own,
            root: root.to_owned(),
            below: may_have_others.then(|| Below::open(choice.shelf(root))),
            is_of_root: full(start) == full(root),
            detector,
            rules: OnceLock::new(),
            known: Mutex::default(),
        }
    }

    /// Returns the rules that settings may name.
    pub(crate) fn rules(&self) -> &[Rule] {
        self.rules.get_or_init(|| all_rules(self.detector))
    }

    /// Returns the settings of the target itself.
    pub(crate) fn own(&self) -> &'s Settings {
        self.own
    }

    /// Returns the settings for the files at `paths`.
    pub(crate) fn decide<'p>(&self, paths: impl IntoIterator<Item = &'p str>) -> Decided<'s> {
        let mut folders = BTreeMap::new();
        let asked: BTreeSet<&str> = paths.into_iter().map(folder_of).collect();
        for folder in asked.into_iter().filter(|_| self.below.is_some()) {
            if let Some(nested) = self.of_folder(folder) {
                let file = nested.settings.file.clone();
                self.known().used.extend(file);
                folders.insert(folder.to_owned(), nested);
            }
        }
        Decided {
            own: self.own,
            folders,
        }
    }

    /// Returns the settings files that were used besides the target's own, the gaps for those that cannot be used, and
    /// the warnings.
    pub(crate) fn reported(&self) -> (Vec<String>, Vec<Gap>, Vec<String>) {
        let known = self.known();
        let gap = |(path, why): (&String, &String)| Gap::new(GapKind::Unreadable, path, why);
        (
            known.used.iter().cloned().collect(),
            known.broken.iter().map(gap).collect(),
            known.warnings.iter().cloned().collect(),
        )
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn of_folder(&self, folder: &str) -> Option<Arc<Nested>> {
        if let Some(known) = self.known().folders.get(folder) {
            return known.clone();
        }
        let found = if folder.is_empty() {
            self.of_root()
        } else {
            self.in_folder(folder)
        };
        let mut known = self.known();
        known.folders.insert(folder.to_owned(), found.clone());
        found
    }

    /// The settings if no directory has its own.
    fn of_root(&self) -> Option<Arc<Nested>> {
        if self.is_of_root {
            return None;
        }
        let settings = match self.choice.read(&self.root) {
            Ok(settings) => settings,
            Err(error) => {
                let place = FILE_NAME.to_owned();
                self.known().broken.insert(place, error.to_string());
                return None;
            }
        };
        let places = settings.places(&self.root);
        (!self.is_own(&settings)).then(|| Arc::new(Nested { settings, places }))
    }

    fn in_folder(&self, folder: &str) -> Option<Arc<Nested>> {
        let above = || self.of_folder(parent(folder));
        let is_vendored = |part: &str| is_vendored_folder(&part.to_ascii_lowercase());
        if folder.split('/').any(is_vendored) {
            return above();
        }
        let below = self.below.as_ref()?;
        let place = format!("{folder}/{FILE_NAME}");
        let failed = |why: String| {
            self.known().broken.insert(place.clone(), why);
        };
        let found = match below.read(folder, FILE_NAME) {
            Ok(Some(found)) => found,
            Ok(None) => return above(),
            Err((_, error)) => {
                failed(error.to_string());
                return above();
            }
        };
        let file = found.path.display().to_string();
        let config = match Config::parse(&file, &found.text) {
            Ok(config) => config,
            Err(error) => {
                failed(error.to_string());
                return above();
            }
        };
        let settings = Settings {
            config,
            file: Some(file),
        };
        if self.is_own(&settings) {
            return None;
        }
        if let Err(error) = settings.check_rules(self.rules()) {
            failed(error.to_string());
            return above();
        }
        if !settings.config.rule_files.is_empty() {
            let warning =
                format!("{place}: `files` applies only when this directory itself is scanned");
            self.known().warnings.insert(warning);
        }
        let places = Places::within(folder);
        Some(Arc::new(Nested { settings, places }))
    }

    /// Whether settings are the target's own, whatever path leads to them.
    fn is_own(&self, settings: &Settings) -> bool {
        let full = |settings: &Settings| settings.folder().canonicalize().ok();
        settings.file.is_some() == self.own.file.is_some()
            && (settings.file.is_none() || full(settings) == full(self.own))
    }
}

impl Decided<'_> {
    /// Returns the settings of the directory that apply to the file at `path`; `None` if those of the target do.
    pub(crate) fn nested(&self, path: &str) -> Option<&Arc<Nested>> {
        self.folders.get(folder_of(path))
    }

    /// Returns the distinct settings of directories that apply to any of the files.
    pub(crate) fn all(&self) -> Vec<&Arc<Nested>> {
        let mut all: Vec<&Arc<Nested>> = self.folders.values().collect();
        all.sort_by(|a, b| a.settings.file.cmp(&b.settings.file));
        all.dedup_by(|a, b| Arc::ptr_eq(a, b));
        all
    }

    /// Returns the configuration for the file at `path`.
    pub(crate) fn config(&self, path: &str) -> &Config {
        let nested = self.nested(path);
        nested.map_or(&self.own.config, |nested| &nested.settings.config)
    }
}

impl Policies for Decided<'_> {
    fn of(&self, path: &str) -> &Policy {
        &self.config(path).policy
    }
}

/// How many levels below the root may have settings, since trees in Git may be nested without limit.
const LEVELS: usize = 100;

/// The directory of the file at `path`, or the nearest one above it that is not too deep.
fn folder_of(path: &str) -> &str {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let too_deep = folder.match_indices('/').nth(LEVELS - 1);
    too_deep.map_or(folder, |(end, _)| &folder[..end])
}

fn parent(folder: &str) -> &str {
    folder_of(folder)
}
