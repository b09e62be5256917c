//! A summary for people, of limited length: the verdict, what to do first, owners, repositories, what is not covered.

use std::collections::BTreeMap;

use gonogo::model::Verdict;

use super::estate::{Estate, Finding};
use super::tasks::{Task, tasks};
use super::words::{count, headline, thousands};

/// How many rows a table has at most.
const ROWS: usize = 50;

/// Returns the summary.
pub(super) fn text(estate: &Estate) -> String {
    let mut text = format!("# {}\n\n", plain(headline(estate).trim()));
    if estate.since.is_some() {
        changes(estate, &mut text);
        return text;
    }
    first(estate, &mut text);
    owners(estate, &mut text);
    repositories(estate, &mut text);
    open(estate, &mut text);
    accepted(estate, &mut text);
    text
}

fn first(estate: &Estate, text: &mut String) {
    let tasks = tasks(estate);
    text.push_str("## What to do first\n\n");
    if tasks.is_empty() {
        text.push_str("Nothing is to do.\n\n");
        return;
    }
    text.push_str("| | what | where | owner | why |\n|---|---|---|---|---|\n");
    for (number, task) in (1..).zip(tasks.iter().take(ROWS)) {
        let places = match task.findings.len() - 1 {
            0 => String::new(),
            more => format!(" and {}", count(more, "more place")),
        };
        row(
            text,
            &[
                number.to_string(),
                format!(
                    "{} `{}`",
                    plain(&task.first.row.message),
                    task.first.row.rule
                ),
                format!("{}{places}", place(estate, task.first)),
                owners_of(task),
                plain(&task.first.priority.reasons.join(", ")),
            ],
        );
    }
    rest(text, tasks.len());
}

fn owners_of(task: &Task<'_>) -> String {
    let names: Vec<String> = task.owners.iter().take(3).map(|name| plain(name)).collect();
    let more = if task.owners.len() > 3 { ", …" } else { "" };
    names.join(", ") + more
}

fn place(estate: &Estate, finding: &Finding) -> String {
    let label = &estate.repositories[finding.repository].row.label;
    format!("**{}** {}", plain(label), plain(&finding.place()))
}

/// Counts of findings: open ones, and among them those that decide the verdict and those that are critical.
#[derive(Default)]
struct Sum {
    open: usize,
    decides: usize,
    critical: usize,
}

impl Sum {
    fn add(&mut self, finding: &Finding) {
        self.open += usize::from(finding.is_open());
        self.decides += usize::from(finding.decides);
        self.critical += usize::from(finding.is_open() && finding.row.severity == "critical");
    }
}

fn owners(estate: &Estate, text: &mut String) {
    let mut sums: BTreeMap<&str, Sum> = BTreeMap::new();
    for finding in estate.findings.iter().filter(|it| it.is_open()) {
        sums.entry(finding.owner.as_deref().unwrap_or("(unknown)"))
            .or_default()
            .add(finding);
    }
    let mut sums: Vec<_> = sums.into_iter().collect();
    sums.sort_by_key(|(owner, sum)| (std::cmp::Reverse((sum.decides, sum.open)), *owner));
    if sums.is_empty() {
        return;
    }
    text.push_str("## By owner\n\n| owner | decide | critical | to do |\n|---|---|---|---|\n");
    for (owner, sum) in sums.iter().take(ROWS) {
        row(
            text,
            &[
                plain(owner),
                thousands(sum.decides),
                thousands(sum.critical),
                thousands(sum.open),
            ],
        );
    }
    rest(text, sums.len());
}

fn repositories(estate: &Estate, text: &mut String) {
    let mut sums: Vec<Sum> = estate.repositories.iter().map(|_| Sum::default()).collect();
    for finding in &estate.findings {
        sums[finding.repository].add(finding);
    }
    let mut order: Vec<usize> = (0..sums.len()).collect();
    let rank = |verdict| match verdict {
        Verdict::NoGo => 0,
        Verdict::Undecided => 1,
        Verdict::Go => 2,
    };
    order.sort_by_key(|at| {
        let verdict = estate.repositories[*at].verdict;
        (
            rank(verdict),
            std::cmp::Reverse((sums[*at].decides, sums[*at].open)),
            *at,
        )
    });
    text.push_str("## By repository\n\n| repository | verdict | decide | critical | to do |\n|---|---|---|---|---|\n");
    for at in order.iter().take(ROWS) {
        let (repository, sum) = (&estate.repositories[*at], &sums[*at]);
        row(
            text,
            &[
                plain(&repository.row.label),
                repository.verdict.to_string(),
                thousands(sum.decides),
                thousands(sum.critical),
                thousands(sum.open),
            ],
        );
    }
    rest(text, order.len());
}

fn open(estate: &Estate, text: &mut String) {
    let open: Vec<_> = estate
        .repositories
        .iter()
        .filter_map(|it| Some((it, it.why.as_ref()?)))
        .collect();
    if open.is_empty() {
        return;
    }
    text.push_str("## Not covered, or not all of it\n\n| repository | why |\n|---|---|\n");
    for (repository, why) in open.iter().take(ROWS) {
        row(text, &[plain(&repository.row.label), plain(why)]);
    }
    rest(text, open.len());
}

/// Lists what teams and the security team have accepted.
fn accepted(estate: &Estate, text: &mut String) {
    use super::estate::Standing;
    let mut sums: BTreeMap<(usize, String), usize> = BTreeMap::new();
    for finding in &estate.findings {
        let by = match &finding.standing {
            Standing::Accepted { by, .. } => by.clone(),
            Standing::Decided(decision) => format!("{} by {}", decision.kind, decision.who),
            _ => continue,
        };
        *sums.entry((finding.repository, by)).or_default() += 1;
    }
    if sums.is_empty() {
        return;
    }
    text.push_str("## Accepted\n\n| repository | by | findings |\n|---|---|---|\n");
    for ((repository, by), number) in sums.iter().take(ROWS) {
        let label = &estate.repositories[*repository].row.label;
        row(text, &[plain(label), plain(by), thousands(*number)]);
    }
    rest(text, sums.len());
}

fn changes(estate: &Estate, text: &mut String) {
    if estate.findings.is_empty() {
        text.push_str("Nothing has changed.\n");
        return;
    }
    text.push_str("| | severity | what | where | owner |\n|---|---|---|---|---|\n");
    for finding in estate.findings.iter().take(ROWS * 4) {
        row(
            text,
            &[
                finding.change.unwrap_or_default().to_owned(),
                finding.row.severity.clone(),
                format!("{} `{}`", plain(&finding.row.message), finding.row.rule),
                place(estate, finding),
                finding.owner.as_deref().map(plain).unwrap_or_default(),
            ],
        );
    }
    let more = estate.findings.len().saturating_sub(ROWS * 4);
    if more > 0 {
        text.push_str(&format!("\nand {}\n", count(more, "more change")));
    }
}

fn row(text: &mut String, cells: &[String]) {
    text.push_str("| ");
    text.push_str(&cells.join(" | "));
    text.push_str(" |\n");
}

fn rest(text: &mut String, all: usize) {
    if all > ROWS {
        text.push_str(&format!("\nand {} more\n", thousands(all - ROWS)));
    }
    text.push('\n');
}

/// Escapes text for Markdown: scanned content must not create links, images or tables.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '~' | '!' | '(' | ')' => {
                plain.push('\\');
                plain.push(c);
            }
            '<' => plain.push_str("&lt;"),
            '>' => plain.push_str("&gt;"),
            '&' => plain.push_str("&amp;"),
            // A report must not notify anyone by mentioning them.
            '@' => plain.push_str("@\u{200b}"),
            c if c.is_control() => plain.push(' '),
            c => plain.push(c),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_make_neither_links_nor_tables() {
        assert_eq!(
            plain("[a](b)|<c>\n@d"),
            "\\[a\\]\\(b\\)\\|&lt;c&gt; @\u{200b}d"
        );
    }
}
