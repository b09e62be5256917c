//! Findings from before the change that is judged, in a few lines: they fail nothing.

use std::collections::BTreeMap;
use std::io;

use annotate_snippets::renderer::{Effects, Style};

use super::Paint;
use crate::model::Severity;
use crate::redact::Shown;
use crate::report::escape::escaped;
use crate::report::words;

/// How many rules are listed.
const RULES: usize = 8;

/// Writes how many findings existed before, and which rules have most of the most severe ones.
pub(super) fn write(old: &[&Shown], paint: Paint, out: &mut dyn io::Write) -> io::Result<()> {
    if old.is_empty() {
        return Ok(());
    }
    let count = words::count(old.len() as u64, "finding");
    let heading = format!("Existed before this change, not counted: {count}");
    let style = Style::new().effects(Effects::BOLD.insert(Effects::UNDERLINE));
    writeln!(out, "{}\n", paint.text(style, &heading))?;
    let mut rules: BTreeMap<(std::cmp::Reverse<Severity>, &str), u64> = BTreeMap::new();
    for finding in old {
        let key = (std::cmp::Reverse(finding.severity), finding.rule.as_str());
        *rules.entry(key).or_default() += 1;
    }
    for ((severity, rule), count) in rules.iter().take(RULES) {
        writeln!(
            out,
            "  {:8} {} ({count})",
            severity.0.as_str(),
            escaped(rule)
        )?;
    }
    if let Some(more) = rules.len().checked_sub(RULES).filter(|more| *more > 0) {
        writeln!(out, "  and {}", words::count(more as u64, "more rule"))?;
    }
    writeln!(out)
}
