//! What a shell and a manual reader are given: completions, and pages of the manual.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use crate::commands::Error;

use super::Cli;

/// Print completions for a shell
///
/// For bash: `source <(gonogo completions bash)` in `~/.bashrc`. For zsh, a file `_gonogo` in a folder of `$fpath`; for
/// fish, `~/.config/fish/completions/gonogo.fish`.
#[derive(Debug, Args)]
pub(super) struct CompletionsArgs {
    /// The shell
    shell: Shell,
}

impl CompletionsArgs {
    pub(super) fn run(&self) -> Result<(), Error> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "gonogo", &mut script);
        std::io::stdout()
            .write_all(&script)
            .map_err(|error| Error::Stream {
                stream: "standard output",
                error,
            })
    }
}

/// Write pages of the manual into a folder, for packages
#[derive(Debug, Args)]
pub(super) struct ManArgs {
    /// The folder, which is made if there is none
    folder: PathBuf,
}

impl ManArgs {
    pub(super) fn run(&self) -> Result<(), Error> {
        let folder = Path::new(&self.folder);
        let written = fs::create_dir_all(folder);
        let written = written.and_then(|()| clap_mangen::generate_to(Cli::command(), folder));
        written.map_err(|error| Error::File {
            path: folder.to_owned(),
            error,
        })
    }
}
