//! Writes what a scan found: one format per file, behind one trait.
//!
//! A format decides how findings look, never which of them appear: they arrive sorted, deduplicated and judged. Two
//! rules hold for every format: a secret is masked unless [`Options::reveal`] is set, and the same document gives the
//! same bytes, so nothing here reads a clock, an environment variable or a map in random order.

mod codequality;
mod csv;
mod escape;
mod excerpt;
mod fold;
mod github;
mod gitlab;
mod html;
mod json;
mod jsonl;
mod junit;
mod markdown;
mod markup;
mod place;
mod sarif;
mod text;
mod urgency;
mod words;

#[cfg(test)]
mod contract;
#[cfg(test)]
mod sample;

use std::fmt;
use std::io;
use std::str::FromStr;

pub(crate) use escape::visible_json;
pub use escape::{visible, visible_lines};
pub use github::annotations;
pub use markdown::{failure_summary, summary};
pub use markup::command_data;
pub(crate) use markup::{html, html_prose, markdown, markdown_prose};

use crate::model::{Coverage, Provenance, Rule, RuleId, Severity, Verdict};
use crate::redact::{Redacted, Shown};

/// The home page of the tool, if `Cargo.toml` names one.
const HOME: Option<&str> = if env!("CARGO_PKG_REPOSITORY").is_empty() {
    None
} else {
    Some(env!("CARGO_PKG_REPOSITORY"))
};

/// Everything that a report is written from.
#[derive(Debug, Clone, Copy)]
pub struct Document<'a> {
    /// The findings, sorted and deduplicated; without those already passed to [`Format::stream`].
    pub findings: &'a [Shown],
    /// All rules; a report lists those that found something.
    pub rules: &'a [Rule],
    /// What was scanned, and what was not.
    pub coverage: &'a Redacted<Coverage>,
    /// The verdict on the scan.
    pub verdict: Verdict,
    /// The lowest severity that means NO-GO.
    pub threshold: Severity,
    /// Findings that a comment, a baseline or a setting suppresses, sorted; most formats only count them.
    pub suppressed: &'a [Shown],
    /// How many findings were left out because they are below the minimum severity.
    pub not_shown: u64,
    /// How many distinct values were left out because they are below the minimum confidence.
    pub not_sure: u64,
    /// How many findings the command line left out by path or rule.
    pub not_asked: u64,
    /// What the user asked to scan, as it was typed.
    pub roots: &'a Redacted<Vec<String>>,
    /// The repositories that the scanned files belong to, if they have a URL.
    pub provenance: &'a Redacted<Vec<Provenance>>,
    /// Whether only a change was scanned: the commits of a range, and the files that they touch.
    pub is_change: bool,
}

/// How a report is written, whatever its format.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an option that is typed or not"
)]
pub struct Options {
    /// Whether text may use terminal colours; no information depends on them.
    pub color: bool,
    /// Whether secrets are shown. Only ever true because the user explicitly asked for it.
    pub reveal: bool,
    /// The time to write in formats that require one, in seconds since 1970: the time of the scan would make every
    /// report different.
    pub epoch: u64,
    /// Whether a text report shows only the first few findings in full, and the others on one line each: a job log
    /// shows more next to it.
    pub brief: bool,
    /// How many columns a text report has; `None` if it does not go to a terminal, and then no line is wrapped.
    pub width: Option<usize>,
    /// Whether a text report folds nothing: each finding in full, and each gap.
    pub verbose: bool,
    /// Whether suppressed findings are listed, with what suppresses them.
    pub show_suppressed: bool,
}

/// A way to write a report.
pub trait Format {
    /// Returns whether findings may be passed on batch by batch, so that they need not be kept until the end.
    fn streams(&self) -> bool {
        false
    }

    /// Writes findings as they arrive. A format that does not stream ignores them, and expects them in the document.
    fn stream(&mut self, _batch: &[Shown], _out: &mut dyn io::Write) -> io::Result<()> {
        Ok(())
    }

    /// Writes the report, or the end of one whose findings were streamed.
    fn write(&mut self, document: &Document<'_>, out: &mut dyn io::Write) -> io::Result<()>;
}

/// Names every format once, so that adding one takes a file, its `mod`, and one line here.
macro_rules! formats {
    ($($(#[$doc:meta])* $variant:ident = $word:literal => $new:expr;)+) => {
        /// The name of a format, as it is typed.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum FormatName {
            $($(#[$doc])* $variant,)+
        }

        impl FormatName {
            /// Every format.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Returns the word that names it on the command line.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }

            /// Returns a writer of this format, for one report.
            pub fn writer(self, options: Options) -> Box<dyn Format> {
                match self {
                    $(Self::$variant => Box::new($new(options)),)+
                }
            }
        }
    };
}

formats! {
    /// For people: annotated source and a summary.
    Text = "text" => text::Text::new;
    /// For programs: one versioned document.
    Json = "json" => json::Json::new;
    /// For pipelines: one finding per line as it is found, and a summary line.
    Jsonl = "jsonl" => jsonl::JsonLines::new;
    /// For code scanning: SARIF 2.1.0.
    Sarif = "sarif" => sarif::Sarif::new;
    /// For tables: one finding per row.
    Csv = "csv" => csv::Csv::new;
    /// For build servers: a test case for each finding.
    Junit = "junit" => junit::Junit::new;
    /// For comments, wikis and job summaries: Markdown of bounded length.
    Markdown = "markdown" => markdown::Markdown::new;
    /// For the log of a GitHub job: commands that annotate the code.
    Github = "github" => github::Github::new;
    /// For GitLab: a secret detection report.
    Gitlab = "gitlab" => gitlab::Gitlab::new;
    /// For GitLab merge requests: a Code Quality report.
    CodeQuality = "codequality" => codequality::CodeQuality::new;
    /// For reviewing many findings: one page with filters.
    Html = "html" => html::Html::new;
}

/// A word that names no format; its message lists the words that do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown format `{given}`: write one of {}", FormatName::known())]
pub struct UnknownFormat {
    given: String,
}

impl FormatName {
    fn known() -> String {
        let words: Vec<_> = Self::ALL.iter().map(|name| name.as_str()).collect();
        words.join(", ")
    }
}

impl fmt::Display for FormatName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for FormatName {
    type Err = UnknownFormat;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .iter()
            .copied()
            .find(|name| name.as_str() == word)
            .ok_or_else(|| UnknownFormat {
                given: word.to_owned(),
            })
    }
}

impl<'a> Document<'a> {
    /// Returns the rules that pass `found`, sorted by id, each once.
    fn rules_where(&self, found: impl Fn(&RuleId) -> bool) -> Vec<&'a Rule> {
        let mut rules: Vec<_> = self.rules.iter().filter(|rule| found(&rule.id)).collect();
        rules.sort_by(|a, b| a.id.cmp(&b.id));
        rules.dedup_by(|a, b| a.id == b.id);
        rules
    }
}
