//! The format for pipelines: one finding per line as soon as it is known, then a summary line.
//!
//! The lines have the shapes of the JSON document, with a `type` to tell them apart, so that nothing is kept in memory
//! and readers can act before the scan is over.

use std::collections::BTreeSet;
use std::io::{self, Write};

use serde::Serialize;

use super::escape::VisibleJson;
use super::json::{FindingEntry, SummaryEntry};
use super::words::Counts;
use super::{Document, Format, Options};
use crate::model::RuleId;
use crate::redact::Shown;

/// Writes line by line.
#[derive(Debug)]
pub(super) struct JsonLines {
    reveal: bool,
    counts: Counts,
    rules: BTreeSet<RuleId>,
}

impl JsonLines {
    /// Returns a writer for one report.
    pub(super) fn new(options: Options) -> Self {
        Self {
            reveal: options.reveal,
            counts: Counts::default(),
            rules: BTreeSet::new(),
        }
    }
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Line<'a> {
    Finding(FindingEntry<'a>),
    Summary(SummaryEntry<'a>),
}

impl Format for JsonLines {
    fn streams(&self) -> bool {
        true
    }

    fn stream(&mut self, batch: &[Shown], out: &mut dyn Write) -> io::Result<()> {
        self.counts.add(batch);
        let mut out = VisibleJson::new(io::BufWriter::new(out));
        for finding in batch {
            let new = finding.rules().filter(|rule| !self.rules.contains(rule));
            let new: Vec<_> = new.cloned().collect();
            self.rules.extend(new);
            let entry = FindingEntry::new(finding, self.reveal);
            write_line(&Line::Finding(entry), &mut out)?;
        }
        // The reader waits for these lines, not for the end of the scan.
        out.flush()
    }

    fn write(&mut self, document: &Document<'_>, out: &mut dyn Write) -> io::Result<()> {
        self.stream(document.findings, out)?;
        let rules = document.rules_where(|id| self.rules.contains(id));
        let summary = SummaryEntry::new(document, &self.counts, rules);
        let mut out = VisibleJson::new(io::BufWriter::new(out));
        write_line(&Line::Summary(summary), &mut out)?;
        out.flush()
    }
}

fn write_line(line: &Line<'_>, out: &mut impl Write) -> io::Result<()> {
    serde_json::to_writer(&mut *out, line)?;
    out.write_all(b"\n")
}
