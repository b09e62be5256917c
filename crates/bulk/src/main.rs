//! The `gonogo-bulk` binary, which `gonogo bulk` starts: many repositories, one store, one page.
//!
//! ```text
//! cli → fleet → { night, report, find } → { sources → forge, store, worker, owners, repository } → engine → the library `gonogo`
//! ```

mod cli;
mod clock;
mod engine;
mod error;
mod find;
#[cfg(feature = "fleet")]
mod fleet;
mod forge;
mod git;
mod merge;
mod night;
mod owners;
mod report;
mod repository;
mod sources;
mod store;
mod token;
mod worker;

use std::process::ExitCode;

fn main() -> ExitCode {
    // Git starts this program again when a server asks for a password.
    if let Some(code) = git::askpass::answer() {
        return code;
    }
    gonogo_heap::return_large_blocks();
    cli::run(std::env::args_os())
}
