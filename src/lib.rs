//! gonogo decides whether a repository may ship: it looks for hard-coded credentials, placeholders that nobody
//! replaced, and insecure configuration, in the working tree and in the whole git history.
//!
//! The rooms of the house, and what each may import (a test holds this):
//!
//! ```text
//! cli → commands → readiness → config → { source, detect, audit, triage, report } → redact → lexicon → model
//! ```

pub mod audit;
pub mod cli;
pub mod commands;
pub mod config;
pub mod detect;
pub mod lexicon;
pub mod model;
pub mod readiness;
pub mod redact;
pub mod report;
pub mod source;
pub mod triage;
