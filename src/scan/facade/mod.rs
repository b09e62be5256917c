//! What programs that embed gonogo see; re-exported at the top of the crate.

mod builder;
mod document;
mod finding;
mod report;
mod scanner;
mod sink;
mod target;

pub use builder::{ScannerBuilder, SettingsSource};
pub use document::Document;
pub use finding::{Acceptance, Finding, Place};
pub use report::Report;
pub use scanner::Scanner;
pub use sink::{Progress, Sink};
pub use target::{Plan, Target};
