//! Under which paths files of the repository are installed: copied into images, and mounted into containers.

use rustc_hash::FxHashMap;

use super::compose::Service;
use super::kind::Kind;
use super::{Corpus, folder, name};

/// The files that are called otherwise where they run, by repository and the name that they have there.
pub(super) type Installed = FxHashMap<(usize, String), usize>;

/// What Dockerfiles copy under another name.
pub(super) fn copied(corpus: &Corpus) -> Installed {
    let mut all = Installed::default();
    for (_, file) in corpus.shipped(Kind::Docker) {
        for (_, line) in super::prose::lines(&file.text) {
            let mut words = line.split_whitespace();
            let is_copy = words.next().is_some_and(|it| {
                it.eq_ignore_ascii_case("copy") || it.eq_ignore_ascii_case("add")
            });
            let words: Vec<_> = words.filter(|word| !word.starts_with("--")).collect();
            if let ([from, to], true) = (words.as_slice(), is_copy) {
                note(corpus, file.repository, &file.path, (from, to), &mut all);
            }
        }
    }
    all
}

/// What services mount under another name.
pub(super) fn mounted(corpus: &Corpus, services: &[Service<'_>]) -> Installed {
    let mut all = Installed::default();
    for service in services {
        let file = &corpus.files[service.file];
        for (from, to) in service.volumes() {
            let to = to.split(':').next().unwrap_or_default();
            note(corpus, file.repository, &file.path, (&from, to), &mut all);
        }
    }
    all
}

/// Notes that the file at `from`, as the file at `by` has it, is installed at `to`.
fn note(
    corpus: &Corpus,
    repository: usize,
    by: &str,
    (from, to): (&str, &str),
    all: &mut Installed,
) {
    let from = from.trim_start_matches("./");
    let is_renamed = !to.ends_with('/') && !from.is_empty() && name(from) != name(to);
    if !is_renamed {
        return;
    }
    let beside = format!("{}/{from}", folder(by));
    let file = corpus
        .file(repository, beside.trim_start_matches('/'))
        .or_else(|| corpus.file(repository, from));
    if let Some(file) = file.filter(|file| corpus.files[*file].kind == Kind::Shell) {
        all.insert((repository, name(to).to_owned()), file);
    }
}
