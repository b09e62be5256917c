//! The datastores in the Compose files of a project, for env files with their passwords.

use rustc_hash::FxHashMap;

use crate::audit::Project;
use crate::model::{Severity, steps};

use super::Compose;
use super::env_file;
use super::file::{self, File};
use super::parts::Parts;
use super::reach::{Bound, Reach, is_guessable, kind, of_service};
use super::store;

/// The datastores of one Compose file.
struct Stack {
    folder: String,
    env_files: Vec<String>,
    /// For each service with data: the kind of store, its name, and who can reach it.
    stores: Vec<(&'static str, String, Reach)>,
    is_for_development: bool,
}

/// The stacks of a project, in the order of their files.
pub(in crate::audit) struct Stacks {
    all: Vec<Stack>,
    /// Their indices, by directory.
    by_folder: FxHashMap<String, Vec<usize>>,
    /// Their indices, by the env files they name.
    by_env_file: FxHashMap<String, Vec<usize>>,
}

impl Stacks {
    /// Reads all Compose files of a project.
    pub(in crate::audit) fn new(project: &Project<'_>) -> Self {
        let sources = project.claimed_by(&Compose);
        let all: Vec<_> = sources
            .filter_map(|source| Stack::read(&source.path, &source.text, project))
            .collect();
        let (mut by_folder, mut by_env_file) = (FxHashMap::default(), FxHashMap::default());
        let note = |numbers: &mut FxHashMap<String, Vec<usize>>, name: &str, number| {
            let numbers = numbers.entry(name.to_owned()).or_default();
            numbers.push(number);
        };
        for (number, stack) in all.iter().enumerate() {
            note(&mut by_folder, &stack.folder, number);
            for path in &stack.env_files {
                note(&mut by_env_file, path, number);
            }
        }
        Self {
            all,
            by_folder,
            by_env_file,
        }
    }

    /// Returns the highest severity of the variable `name` in the env file at `path`, given what it opens in the
    /// Compose files that use it.
    pub(in crate::audit) fn bound(
        &self,
        path: &str,
        (name, value, secret): (&str, &str, &str),
    ) -> Option<Bound> {
        let users = self.users(path);
        let shipped = users.iter().any(|stack| !stack.is_for_development);
        let counted = users
            .into_iter()
            .filter(|stack| !shipped || !stack.is_for_development);
        let kinds = store::named_by(name);
        let address = store::address_in(value);
        let opened = counted
            .flat_map(|stack| &stack.stores)
            .filter(|(kind, service, _)| match address {
                Some((_, host)) if !store::is_unknown_host(host) => service == host,
                Some((scheme, _)) => store::named_by(scheme).contains(kind),
                None => kinds.contains(kind),
            });
        let (_, store, reach) = opened.max_by_key(|(_, _, reach)| *reach)?;
        let bound = Bound::of(*reach, store)?;
        let most = if is_guessable(secret) {
            bound.most
        } else {
            Severity::High
        };
        Some(Bound { most, ..bound })
    }

    /// The stacks in the directory of the env file at `path`, and those that name it.
    fn users(&self, path: &str) -> Vec<&Stack> {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let beside = self.by_folder.get(folder).into_iter().flatten();
        let named = self.by_env_file.get(path).into_iter().flatten();
        let mut numbers: Vec<usize> = beside.chain(named).copied().collect();
        numbers.sort_unstable();
        numbers.dedup();
        steps::look_at(numbers.len());
        numbers
            .into_iter()
            .map(|number| &self.all[number])
            .collect()
    }
}

impl Stack {
    fn read(path: &str, text: &str, project: &Project<'_>) -> Option<Self> {
        let parts = Parts::of(path, text, project).ok()?;
        let file = File::recognise(text, &parts, project)?;
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let stores = file.services.iter().filter_map(|service| {
            let kind = kind(service)?;
            Some((kind, service.name.to_owned(), of_service(&file, service)))
        });
        Some(Self {
            folder: folder.to_owned(),
            env_files: env_files(&file, path),
            stores: stores.collect(),
            is_for_development: file::is_for_development(path, file.policy),
        })
    }
}

fn env_files(file: &File, path: &str) -> Vec<String> {
    let settings = file
        .services
        .iter()
        .filter_map(|service| service.setting("env_file"));
    let named = settings.flat_map(|setting| env_file::named(setting.value));
    let paths = named.filter_map(|named| crate::audit::project::resolve(path, &named.path));
    paths.collect()
}
