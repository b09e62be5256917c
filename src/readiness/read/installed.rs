//! The paths under which files in the repository are installed: copied into images, or mounted into containers.

use rustc_hash::FxHashMap;

use super::ansible::{argument, tasks};
use super::compose::Service;
use super::kind::Kind;
use super::{Corpus, folder, name};

/// The files that have another name where they run, by repository and that name.
pub(super) type Installed = FxHashMap<(usize, String), usize>;

/// Returns what Dockerfiles copy under another name.
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

/// Returns what services mount under another name.
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

/// Returns what Ansible tasks copy, or write from a template, under another name.
pub(super) fn written(corpus: &Corpus) -> Installed {
    const MODULES: [&str; 4] = [
        "template",
        "copy",
        "ansible.builtin.template",
        "ansible.builtin.copy",
    ];
    let mut all = Installed::default();
    for (number, file) in corpus.shipped(Kind::Yaml) {
        if !file.text.contains("src") || !file.text.contains("dest") {
            continue;
        }
        for task in tasks(corpus, number) {
            let module = MODULES.iter().find_map(|key| task.get(key));
            let (from, to) = module
                .and_then(|it| argument(it, "src").zip(argument(it, "dest")))
                .unwrap_or_default();
            let role = folder(folder(&file.path));
            for within in ["templates", "files"] {
                let path = format!("{role}/{within}/{from}");
                let path = path.trim_start_matches('/');
                let written = corpus.file(file.repository, path);
                let is_script = |it: &usize| corpus.files[*it].kind == Kind::Shell;
                if let Some(script) = written.filter(is_script).filter(|_| !to.ends_with('/')) {
                    all.insert((file.repository, name(&to).to_owned()), script);
                }
            }
        }
    }
    all
}

/// Records that the file that `by` calls `from` is installed at `to`.
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
