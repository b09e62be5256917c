//! Which files only developers use, and no production, although their paths do not say it: what they hold is neither deployed
//! nor shows anything of what is. The scan and fixes ask the same of the same files.

use std::path::{Path, PathBuf};

use rustc_hash::FxHashSet;

use super::kind::Kind;
use super::{Corpus, name};
use crate::audit::{Files, Policy, Project, Source};
use crate::source::FolderFiles;

/// The files of one repository, of which most were read.
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

/// The kinds of files that compose files and scripts of developers use.
const KINDS: [Kind; 4] = [Kind::Env, Kind::Docker, Kind::Shell, Kind::Conf];

/// The compose files that only developers start, and the files that are theirs.
pub(super) fn developed(corpus: &Corpus, roots: &[PathBuf]) -> FxHashSet<usize> {
    let composed = composed(corpus);
    let settings = KINDS.iter().flat_map(|kind| corpus.shipped(*kind));
    // The image of the program itself is built where it is deployed, too, whatever does that.
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
    // What runs one repository of a system may be in another.
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

/// The files that have services.
fn composed(corpus: &Corpus) -> Vec<usize> {
    let files = corpus.of(Kind::Yaml).map(|(number, _)| number);
    let has_services = |number: &usize| {
        let mut documents = corpus.documents(*number);
        documents.any(|it| it.get("services").is_some())
    };
    files.filter(has_services).collect()
}

/// What a folder is called.
fn called(root: &Path) -> String {
    name(&root.to_string_lossy().replace('\\', "/")).to_owned()
}
