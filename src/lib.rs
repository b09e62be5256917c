//! Decides whether a repository may ship: finds hard-coded credentials, placeholders that nobody replaced, and insecure
//! configuration, in files and in the whole git history.
//!
//! The `gonogo` command line is one user of this library. Other programs embed it through the items on this page: a
//! [`Scanner`] is set up once and scans any number of [`Target`]s, texts and [`Document`]s; a [`Sink`] follows a scan
//! and may cancel it; and a [`Report`] holds what was found. Nothing returned shows a secret, except
//! [`Finding::reveal`].
//!
//! # Scan a repository
//!
//! ```
//! use gonogo::{Plan, Scanner, Target, Verdict};
//!
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path();
//! # std::fs::write(path.join("compose.yml"), "services:\n  db:\n    image: postgres:17\n    privileged: true\n")?;
//! let scanner = Scanner::builder().threads(2).build()?;
//! let report = scanner.scan(&Target::new(path), &Plan::Everything, &mut ())?;
//! for finding in &report.findings {
//!     println!("{}:{}: {}", finding.place.path, finding.place.line, finding.message);
//! }
//! for gap in report.gaps() {
//!     println!("not scanned: {}: {}", gap.place, gap.reason);
//! }
//! assert_eq!(report.verdict, Verdict::NoGo);
//! assert!(report.findings.iter().any(|finding| finding.rule == "compose/privileged"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Scan one text in memory
//!
//! ```
//! use gonogo::{Scanner, SettingsSource};
//!
//! let scanner = Scanner::builder()
//!     .threads(1)
//!     .settings(SettingsSource::None)
//!     .build()?;
//! let text = "FROM debian:12\nENV DB_PASSWORD=Tr0ub4dor-and-3\n";
//! let report = scanner.text("Dockerfile", text.as_bytes())?;
//! let finding = report.findings.iter().find(|finding| finding.place.line == 2);
//! let finding = finding.expect("the password is found");
//! assert_eq!(&text[finding.place.bytes.clone()], "Tr0ub4dor-and-3");
//! assert_eq!(finding.reveal(), Some("Tr0ub4dor-and-3".as_bytes()));
//! assert!(!format!("{finding:?}").contains("Tr0ub4dor"));
//! # Ok::<(), gonogo::Error>(())
//! ```
//!
//! # Follow a text that changes
//!
//! An editor scans again after each keystroke. What two versions of a text have in common is not searched again:
//!
//! ```
//! use gonogo::{Document, Scanner, SettingsSource};
//!
//! let scanner = Scanner::builder()
//!     .threads(1)
//!     .settings(SettingsSource::None)
//!     .build()?;
//! let mut document = Document::new("settings.py");
//! let report = scanner.document(&mut document, b"password = ''\n")?;
//! assert!(report.findings.is_empty());
//! let report = scanner.document(&mut document, b"password = 'Tr0ub4dor-and-3'\n")?;
//! assert_eq!(report.findings.len(), 1);
//! # Ok::<(), gonogo::Error>(())
//! ```
//!
//! # Stability
//!
//! The items on this page are documented, and more may be added; while the version is 0.x, nothing more is promised.
//! The modules hidden from this page belong to the command line and change with it.
//!
//! The rooms of the source, and what each may import (a test holds this):
//!
//! ```text
//! cli → commands → { scan, readiness } → config → { source, detect, audit, triage, report } → redact → lexicon → model
//! ```

#[doc(hidden)]
pub mod audit;
#[doc(hidden)]
pub mod cli;
#[doc(hidden)]
pub mod commands;
#[doc(hidden)]
pub mod config;
#[doc(hidden)]
pub mod detect;
#[doc(hidden)]
pub mod lexicon;
#[doc(hidden)]
pub mod model;
#[doc(hidden)]
pub mod readiness;
#[doc(hidden)]
pub mod redact;
#[doc(hidden)]
pub mod report;
#[doc(hidden)]
pub mod scan;
#[doc(hidden)]
pub mod source;
#[doc(hidden)]
pub mod triage;

#[doc(inline)]
pub use model::{
    Category, CommitSummary as Commit, Confidence, Coverage, Fingerprint, Gap, GapKind, ObjectId,
    Presence, Severity, Verdict,
};
#[doc(inline)]
pub use scan::{
    Acceptance, Document, Error, Finding, Place, Plan, Progress, Report, Scanner, ScannerBuilder,
    SettingsSource, Sink, Target,
};
#[doc(inline)]
pub use source::Stage;
