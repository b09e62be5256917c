//! What an HTML page shows if scripts cannot run.

use std::collections::BTreeMap;

use crate::model::{RuleId, Severity};
use crate::report::fold::fold;
use crate::report::markup::{html, html_prose};
use crate::report::{Document, place, words};

/// How many findings the page lists if scripts cannot run.
pub(super) const PLAIN: usize = 200;

/// Returns what the page shows if scripts cannot run.
pub(super) fn plain(document: &Document<'_>) -> String {
    let mut rules: BTreeMap<&RuleId, (Severity, u64)> = BTreeMap::new();
    for finding in document.findings {
        let entry = rules.entry(&finding.rule).or_insert((finding.severity, 0));
        *entry = (entry.0.max(finding.severity), entry.1 + 1);
    }
    let mut rules: Vec<_> = rules.into_iter().collect();
    rules.sort_by_key(|&(id, (worst, n))| (std::cmp::Reverse((worst, n)), id));
    let mut text = "<noscript><div class=\"plain\">\n<table>\n<caption class=\"visually-hidden\">Findings of each rule\
                    </caption>\n<tr><th>Worst</th><th>Rule</th><th>Findings</th></tr>\n"
        .to_owned();
    for (id, (worst, n)) in rules {
        let id = html(id.as_str());
        text.push_str(&format!(
            "<tr><td>{worst}</td><td>{id}</td><td>{n}</td></tr>\n"
        ));
    }
    text.push_str(
        "</table>\n<table>\n<caption class=\"visually-hidden\">The most severe findings</caption>\n\
         <tr><th>Severity</th><th>What</th><th>Where</th><th>Rule</th></tr>\n",
    );
    let mut sorted: Vec<_> = document.findings.iter().collect();
    sorted.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    let entries = fold(sorted.iter().copied(), document.is_change);
    let mut more = sorted.len();
    for entry in entries.iter().take(PLAIN) {
        let finding = entry.finding;
        more -= 1 + entry.more.len();
        let rest = entry.rest().map(|rest| format!("<br>{}", html(&rest)));
        let place = finding.location.place();
        let place = place.split_once(':').map_or(&*place, |(line, _)| line);
        text.push_str(&format!(
            "<tr><td>{}</td><td>{}{}</td><td><code>{}:{place}</code></td><td>{}</td></tr>\n",
            finding.severity,
            html_prose(&finding.message),
            rest.unwrap_or_default(),
            html(&place::subject(finding)),
            html(finding.rule.as_str())
        ));
    }
    text.push_str("</table>\n");
    if more > 0 {
        let more = words::count(more as u64, "less severe finding");
        text.push_str(&format!(
            "<p>{more} more: this page lists them with scripts.</p>\n"
        ));
    }
    text + "</div></noscript>\n"
}
