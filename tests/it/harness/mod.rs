//! A sealed world for tests: nothing of the machine's git configuration, environment or clock leaks in.

mod finding;
mod gonogo;
mod random;
mod repo;
mod world;

pub(crate) use finding::{Finding, Report, expected, many_lines, said, secret_line, token};
pub(crate) use gonogo::{Gonogo, Run, program, without_progress};
pub(crate) use random::Random;
pub(crate) use repo::{Repo, overwrite};
pub(crate) use world::World;

/// Every format of reports.
pub(crate) const FORMATS: [&str; 11] = [
    "text",
    "json",
    "jsonl",
    "sarif",
    "csv",
    "junit",
    "markdown",
    "github",
    "gitlab",
    "codequality",
    "html",
];
