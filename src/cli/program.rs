//! Commands that are programs of their own: `gonogo NAME` starts `gonogo-NAME`, as git and cargo do.
//!
//! What needs a network or a database is not in the core, so that the core builds fast and reaches nothing.

use std::env::{self, consts::EXE_SUFFIX};
use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use clap::CommandFactory;

/// How alike two names are, from 0 to 1, when one is offered for the other.
const ALIKE: f64 = 0.8;

/// The programs that come with gonogo.
const PROGRAMS: [&str; 1] = ["bulk"];

/// Why a command could not be run.
#[derive(Debug, thiserror::Error)]
pub(super) enum Error {
    #[error("unknown command `{name}`: did you mean `{meant}`?")]
    Misspelt { name: String, meant: String },
    #[error("unknown command `{name}`: no program `gonogo-{name}` next to gonogo or on the PATH")]
    Missing { name: String },
    #[error(
        "the program `gonogo-{name}` was not found beside gonogo or on the PATH: install it, from a checkout with \
         `cargo install --locked --path crates/{name}`"
    )]
    NotInstalled { name: String },
    #[error("there is no command `{name}`: {instead}")]
    Foreign { name: String, instead: &'static str },
    #[error("{}: cannot start it: {source}", path.display())]
    Start { path: PathBuf, source: io::Error },
}

/// Runs the command that the first word names, and returns its exit code; on Unix its process takes the place of this
/// one, so that signals reach it.
pub(super) fn run(words: &[OsString]) -> Result<ExitCode, Error> {
    let (name, args) = words.split_first().map_or_else(Default::default, |it| {
        (it.0.to_string_lossy().into_owned(), it.1)
    });
    let own = env::current_exe().ok();
    let beside = own.as_deref().and_then(Path::parent);
    let path = env::var_os("PATH").unwrap_or_default();
    let Some(program) = is_name(&name).then(|| find(&name, beside, &path)).flatten() else {
        if PROGRAMS.contains(&name.as_str()) {
            return Err(Error::NotInstalled { name });
        }
        if let Some(instead) = super::foreign::command(&name) {
            return Err(Error::Foreign { name, instead });
        }
        return Err(match similar(&name) {
            Some(meant) => Error::Misspelt { name, meant },
            None => Error::Missing { name },
        });
    };
    let mut command = Command::new(&program);
    command.args(args);
    start(&mut command).map_err(|source| Error::Start {
        path: program,
        source,
    })
}

#[cfg(unix)]
fn start(command: &mut Command) -> io::Result<ExitCode> {
    use std::os::unix::process::CommandExt;
    Err(command.exec())
}

#[cfg(not(unix))]
fn start(command: &mut Command) -> io::Result<ExitCode> {
    let code = command
        .status()?
        .code()
        .and_then(|code| u8::try_from(code).ok());
    Ok(ExitCode::from(code.unwrap_or(super::UNDECIDED)))
}

/// Whether `name` can be part of the name of a program: never a path.
fn is_name(name: &str) -> bool {
    let is_part = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    name.starts_with(|c: char| c.is_ascii_lowercase()) && name.chars().all(is_part)
}

/// The program of the command `name`: the one beside gonogo, or the first one on the `path`. Relative folders on the
/// path do not count: the current folder is a repository that may hold anything.
fn find(name: &str, beside: Option<&Path>, path: &OsStr) -> Option<PathBuf> {
    let file = format!("gonogo-{name}{EXE_SUFFIX}");
    let on_path = env::split_paths(path).filter(|folder| folder.is_absolute());
    let folders = beside.map(Path::to_owned).into_iter().chain(on_path);
    folders
        .map(|folder| folder.join(&file))
        .find(|program| is_program(program))
}

#[cfg(unix)]
fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata()
        .is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(path: &Path) -> bool {
    path.is_file()
}

/// The command of gonogo's own that is most like `name`.
fn similar(name: &str) -> Option<String> {
    let cli = super::Cli::command();
    let own = cli
        .get_subcommands()
        .filter(|command| !command.is_hide_set());
    own.map(|command| (strsim::jaro_winkler(name, command.get_name()), command))
        .filter(|(likeness, _)| *likeness >= ALIKE)
        .max_by(|one, other| one.0.total_cmp(&other.0))
        .map(|(_, command)| command.get_name().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_programs_are_never_paths() {
        assert!(is_name("bulk"));
        assert!(is_name("a-2"));
        for name in ["", "-a", "../a", "a/b", "A", "a b", "a\\b", "a.exe"] {
            assert!(!is_name(name), "{name}");
        }
    }

    #[test]
    fn a_misspelt_command_is_known() {
        assert_eq!(similar("scna").as_deref(), Some("scan"));
        assert_eq!(similar("bulk"), None);
    }

    #[cfg(unix)]
    #[test]
    fn programs_are_found_beside_gonogo_first_and_never_by_a_relative_folder() {
        use std::os::unix::fs::OpenOptionsExt;
        let world = tempfile::tempdir().unwrap();
        let [beside, on_path] = ["beside", "path"].map(|name| world.path().join(name));
        let make = |folder: &Path, name: &str, mode| {
            std::fs::create_dir_all(folder).unwrap();
            let mut options = std::fs::File::options();
            options.create(true).write(true).mode(mode);
            options.open(folder.join(name)).unwrap();
        };
        make(&beside, "gonogo-both", 0o755);
        make(&on_path, "gonogo-both", 0o755);
        make(&on_path, "gonogo-one", 0o755);
        make(&on_path, "gonogo-text", 0o644);
        let path = env::join_paths([Path::new(""), Path::new("."), &on_path]).unwrap();
        let found = |name| find(name, Some(&beside), &path);
        assert_eq!(found("both"), Some(beside.join("gonogo-both")));
        assert_eq!(found("one"), Some(on_path.join("gonogo-one")));
        assert_eq!(found("text"), None);
        assert_eq!(find("both", None, OsStr::new(".")), None);
    }
}
