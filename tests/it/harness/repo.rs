//! A repository that a test builds with git itself.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::Value;

use super::{Gonogo, Report, World};

/// A repository, with a working tree or without.
pub(crate) struct Repo<'w> {
    world: &'w World,
    path: PathBuf,
}

impl<'w> Repo<'w> {
    /// Scans it and reads the whole report as JSON, secrets masked.
    pub(crate) fn scan_json(&self, args: &[&str]) -> Value {
        let run = self
            .gonogo()
            .arg("scan")
            .args(args)
            .args(["--format", "json"])
            .run();
        serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{}{}", run.stdout, run.stderr))
    }

    /// Returns what a scan finds, each finding described by `say`, and how much is suppressed.
    pub(crate) fn found(
        &self,
        args: &[&str],
        say: impl Fn(&Value) -> String,
    ) -> (Vec<String>, u64) {
        let report = self.scan_json(args);
        let findings = report["findings"].as_array().cloned().unwrap_or_default();
        (
            findings.iter().map(say).collect(),
            report["counts"]["suppressed"].as_u64().unwrap_or_default(),
        )
    }

    /// Returns the repository whose working tree, or else whose git folder, is `path`.
    pub(crate) fn at(world: &'w World, path: PathBuf) -> Self {
        Self { world, path }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the path of `name` in its working tree.
    pub(crate) fn join(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Runs git, which must succeed, and returns its output without the last line end.
    pub(crate) fn git(&self, args: &[&str]) -> String {
        self.world.git(&self.path, args)
    }

    /// Like [`git`](Self::git), with input on standard input.
    pub(crate) fn git_with_input(&self, args: &[&str], input: impl AsRef<[u8]>) -> String {
        self.world.git_with_input(&self.path, args, input.as_ref())
    }

    /// Runs git, which may fail.
    pub(crate) fn try_git(&self, args: &[&str]) -> Output {
        self.world.try_git(&self.path, args, b"")
    }

    /// Runs git, which must fail, as a merge with conflicts does.
    pub(crate) fn failing_git(&self, args: &[&str]) {
        let output = self.try_git(args);
        assert!(!output.status.success(), "git {args:?} has not failed");
    }

    /// Writes a file of the working tree, and the folders above it.
    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    /// Removes a file of the working tree.
    pub(crate) fn remove(&self, name: &str) {
        fs::remove_file(self.join(name)).unwrap();
    }

    /// Commits the whole working tree, except ignored files, and returns the commit's id.
    pub(crate) fn commit(&self, message: &str) -> String {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", message]);
        self.id("HEAD")
    }

    /// Writes a file and commits it.
    pub(crate) fn commit_file(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        self.write(name, bytes);
        self.commit(&format!("Change {name}"))
    }

    /// Removes a file and commits that.
    pub(crate) fn commit_removal(&self, name: &str) -> String {
        self.remove(name);
        self.commit(&format!("Remove {name}"))
    }

    /// Returns the id that `revision` resolves to.
    pub(crate) fn id(&self, revision: &str) -> String {
        self.git(&["rev-parse", revision])
    }

    /// Stores an unreachable blob, and returns its id.
    pub(crate) fn store_blob(&self, bytes: impl AsRef<[u8]>) -> String {
        self.git_with_input(&["hash-object", "-w", "--stdin"], bytes)
    }

    /// Expires all reflog entries of `refs`.
    pub(crate) fn expire_reflogs(&self, refs: &[&str]) {
        self.git(&[&["reflog", "expire", "--expire=now"], refs].concat());
    }

    /// Packs loose objects into one more pack.
    pub(crate) fn pack_loose(&self) {
        self.git(&["repack", "-q", "-d"]);
    }

    /// Packs everything into one pack, including unreachable objects.
    pub(crate) fn pack_all(&self) {
        self.git(&["repack", "-q", "-a", "-d", "--keep-unreachable"]);
    }

    /// Unpacks everything into loose objects.
    pub(crate) fn unpack_all(&self) {
        for pack in self.packs("pack") {
            let bytes = fs::read(&pack).unwrap();
            for extension in ["pack", "idx", "rev", "bitmap"] {
                let _ = fs::remove_file(pack.with_extension(extension));
            }
            self.git_with_input(&["unpack-objects", "-q"], bytes);
        }
    }

    /// Returns the files with this extension in the pack folder.
    pub(crate) fn packs(&self, extension: &str) -> Vec<PathBuf> {
        let mut found: Vec<_> = fs::read_dir(self.git_folder().join("objects/pack"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|end| end == extension))
            .collect();
        found.sort();
        found
    }

    /// Returns the path of the loose object with this id.
    pub(crate) fn loose_object(&self, id: &str) -> PathBuf {
        let (folder, name) = id.split_at(2);
        self.git_folder().join("objects").join(folder).join(name)
    }

    /// Returns the path of git's folder.
    pub(crate) fn git_folder(&self) -> PathBuf {
        PathBuf::from(self.git(&["rev-parse", "--absolute-git-dir"]))
    }

    /// Prepares a run of gonogo in the working tree.
    pub(crate) fn gonogo(&self) -> Gonogo<'w> {
        self.world.gonogo(&self.path)
    }

    /// Scans everything.
    pub(crate) fn scan(&self) -> Report {
        self.scan_with(&[])
    }

    /// Scans with more options.
    pub(crate) fn scan_with(&self, options: &[&str]) -> Report {
        self.gonogo().arg("scan").args(options).report()
    }

    /// Scans the history only.
    pub(crate) fn scan_history(&self) -> Report {
        self.scan_with(&["--no-worktree"])
    }
}

/// Overwrites a file that git has made read-only.
pub(crate) fn overwrite(path: &Path, bytes: &[u8]) {
    fs::remove_file(path).unwrap();
    fs::write(path, bytes).unwrap();
}
