//! What documents promise if the settings state no target: availability, response times, and the machine's memory.

use super::View;
use crate::lexicon::path::has_word;
use crate::readiness::amount::{Span, bytes};
use crate::readiness::read::pattern::Pattern;
use crate::readiness::read::prose::{Document, heading, lines};

/// What is promised to users.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Promised {
    /// The availability, in millionths.
    pub(super) availability: Option<u32>,
    /// The response time within which 95 % of requests are answered.
    pub(super) latency: Option<Span>,
}

static AVAILABLE: Pattern =
    Pattern::new(r"(?i)\b(?:uptime|availability)\b[^\n%\d]{0,40}(9\d(?:\.\d{1,4})?)\s*%");
static LATENCY: Pattern = Pattern::new(r"(?i)\bp95\b[^\n\d]{0,40}(\d+(?:\.\d+)?\s*m?s)\b");
static MEMORY: Pattern = Pattern::new(
    r"(?i)^[\s|*-]*(?:RAM|memory)\b[*:|\s]*(?:at least|minimum|>=?|≥)?\s*(\d+(?:\.\d+)?\s*(?:GB|GiB|TB))",
);

/// Returns the targets of the settings; for those not stated, what documents about service levels promise.
pub(super) fn promised(view: &View<'_>) -> Promised {
    let target = view.target();
    let mut promised = Promised {
        availability: target.availability,
        latency: target.latency,
    };
    let is_level = |word: &str| ["slo", "slos", "sla", "slas", "objectives"].contains(&word);
    let words = ["service level", "success metric", "success criteria"];
    let documents = view.documents.iter();
    for document in documents.filter(|it| is_about(view, it, is_level, &words)) {
        for (_, line) in lines(document.text) {
            let available = AVAILABLE.group(line).and_then(millionths);
            promised.availability = promised.availability.or(available);
            let latency = LATENCY
                .group(line)
                .and_then(|it| Span::parse(&squeezed(it)));
            promised.latency = promised.latency.or(latency);
        }
    }
    promised
}

/// Returns the memory, in bytes, of the largest machine that documents require.
pub(super) fn memory(view: &View<'_>) -> Option<u64> {
    let is_size = |word: &str| ["hardware", "requirements", "sizing", "machine"].contains(&word);
    let documents = view.documents.iter();
    let about = documents.filter(|it| is_about(view, it, is_size, &[]));
    let lines = about.flat_map(|it| it.text.lines());
    let sizes = lines.filter_map(|line| bytes(&squeezed(MEMORY.group(line)?)));
    sizes.max()
}

/// Whether the path or a heading of a document contains one of these words.
fn is_about(
    view: &View<'_>,
    document: &Document<'_>,
    is_meant: impl Fn(&str) -> bool,
    phrases: &[&str],
) -> bool {
    let path = view.corpus.files[document.file].path.to_ascii_lowercase();
    let headings = document.text.lines().filter_map(heading);
    let mut titles = headings.map(str::to_ascii_lowercase).chain([path]);
    titles.any(|title| {
        has_word(&title, &is_meant) || phrases.iter().any(|phrase| title.contains(phrase))
    })
}

fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// Converts a number of percent into millionths.
fn millionths(percent: &str) -> Option<u32> {
    let (whole, part) = percent.split_once('.').unwrap_or((percent, ""));
    let part: u32 = format!("{part:0<4}").parse().ok()?;
    Some(whole.parse::<u32>().ok()? * 10_000 + part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percents_are_read_to_the_last_place() {
        for (text, expected) in [("99", 990_000), ("99.9", 999_000), ("99.995", 999_950)] {
            assert_eq!(millionths(text), Some(expected), "{text}");
        }
    }
}
