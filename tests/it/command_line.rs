//! The command line, case by case in `tests/cmd`: input, output and exit code.
//!
//! `TRYCMD=overwrite cargo test command_line` writes the current output into the cases.

use std::path::PathBuf;

use crate::harness::program;

/// The programs and variables that cases see are the same on every machine.
#[test]
fn cases_print_what_they_say() {
    trycmd::TestCases::new()
        .register_bin("gonogo", PathBuf::from(program()))
        .env("NO_COLOR", "1")
        .env("COLUMNS", "100")
        .case("tests/cmd/*.trycmd")
        .run();
}
