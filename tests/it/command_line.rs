//! The command line, case by case in `tests/cmd`: what is typed, what is printed, which exit code follows.
//!
//! `TRYCMD=overwrite cargo test command_line` writes what is printed now into the cases.

/// The programs and variables that cases see are the same on every machine.
#[test]
fn cases_print_what_they_say() {
    let program = std::env::var("GONOGO_TEST_PROGRAM")
        .unwrap_or_else(|_| env!("CARGO_BIN_EXE_gonogo").to_owned());
    trycmd::TestCases::new()
        .register_bin("gonogo", std::path::PathBuf::from(program))
        .env("NO_COLOR", "1")
        .env("COLUMNS", "100")
        .case("tests/cmd/*.trycmd")
        .run();
}
