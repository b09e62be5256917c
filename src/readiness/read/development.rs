//! Finds files that only developers use although their paths do not say so: they are not deployed, and show nothing
//! about what is. Scans and fixes decide this in the same way.

use std::path::{Path, PathBuf};

use rustc_hash::FxHashSet;

use super::kind::Kind;
use super::{Corpus, name};
use crate::audit::{Files, Policy, Project, Source};
use crate::source::FolderFiles;

/// The files of one repository, most of which have been read.
struct Beside<'c> {
    corpus: &'c Corpus,
    repository: usize,
    folder: FolderFiles<'c>,
}

impl Files for Beside<'_> {
    fn read(&self, path: &str) -> Option<Vec<u8>> {
        let known = self.corpus.file(self.repository, path);
        let text = known.map(|file| self.corpus.files[file].text.clone().into_bytes());
        text.or_else(|| self.folder.read(path))
    }

    fn is_too_large(&self, path: &str) -> bool {
        self.folder.is_too_large(path)
    }

    fn is_whole(&self) -> bool {
        true
    }
}

/// The kinds of files that developers' compose files and scripts use.
const KINDS: [Kind; 4] = [Kind::Env, Kind::Docker, Kind::Shell, Kind::Conf];

/// Returns the compose files that only developers start, and the other files that only developers use.
pub(super) fn developed(corpus: &Corpus, roots: &[PathBuf]) -> FxHashSet<usize> {
    let composed = composed(corpus);
    let settings = KINDS.iter().flat_map(|kind| corpus.shipped(*kind));
    // The image of the program itself is also built for deployment, by whatever means.
    let is_main = |path: &str| path.eq_ignore_ascii_case("Dockerfile");
    // So is what a platform fills in, as a buildpack does with `config/nginx.conf.erb`.
    let is_filled_in = |path: &str| super::kind::plain(path) != path;
    let settings = settings.filter(|(_, file)| !is_main(&file.path) && !is_filled_in(&file.path));
    let settings: Vec<_> = settings.map(|(number, _)| number).collect();
    if composed.is_empty() && settings.is_empty() {
        return FxHashSet::default();
    }
    let policy = Policy::default();
    let beside = (0..).zip(roots).map(|(repository, root)| Beside {
        corpus,
        repository,
        folder: FolderFiles::new(root, None),
    });
    let beside: Vec<_> = beside.collect();
    let mut projects: Vec<_> = beside
        .iter()
        .map(|files| {
            let own = composed.iter().map(|number| &corpus.files[*number]);
            let own = own.filter(|file| file.repository == files.repository);
            let sources = own.filter_map(|file| Source::claim(&file.path, file.text.as_bytes()));
            let paths = corpus.paths[files.repository].iter().cloned();
            Project::new(sources, paths, files, &policy)
        })
        .collect();
    // One repository of a system may be deployed by another.
    let deployments: Vec<_> = projects.iter().map(Project::deployment).collect();
    for (own, project) in projects.iter_mut().enumerate() {
        let others = deployments.iter().zip(roots).enumerate();
        let mut others = others.filter(|(other, _)| *other != own);
        let found =
            others.find_map(|(_, (by, root))| Some(format!("{}/{}", called(root), by.as_ref()?)));
        if let Some(by) = found {
            project.deploy_by(by);
        }
    }
    let is_developed = |number: &usize| {
        let file = &corpus.files[*number];
        projects[file.repository].development(&file.path).is_some()
    };
    let all = composed.into_iter().chain(settings);
    all.filter(is_developed).collect()
}

/// Returns the files that define services.
fn composed(corpus: &Corpus) -> Vec<usize> {
    let files = corpus.of(Kind::Yaml).map(|(number, _)| number);
    let has_services = |number: &usize| {
        let mut documents = corpus.documents(*number);
        documents.any(|it| it.get("services").is_some())
    };
    files.filter(has_services).collect()
}

/// Returns the name of a directory.
fn called(root: &Path) -> String {
    name(&root.to_string_lossy().replace('\\', "/")).to_owned()
}
