//! The `gonogo` binary: everything it does is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    gonogo_heap::return_large_blocks();
    gonogo::cli::run(std::env::args_os())
}
