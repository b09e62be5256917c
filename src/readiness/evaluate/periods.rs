//! Compares how long documents say that backups, logs and files are kept with what is set up (L6, M1).

use super::View;
use crate::readiness::Grade;
use crate::readiness::amount::Span;
use crate::readiness::ledger::{Ledger, Place};
use crate::readiness::read::pattern::Pattern;
use crate::readiness::read::prose::lines;
use crate::readiness::read::terraform::{Block, Given};

/// A period that a document states.
pub(super) struct Stated {
    place: Place,
    /// The line, in lower case.
    line: String,
    /// How long.
    pub(super) span: Span,
    /// Whether it is an upper limit rather than a lower one.
    is_most: bool,
}

static KEPT: Pattern = Pattern::new(
    r"(?i)\b(?:kept|keeps?|retain(?:ed|s)?|retention|stored|archived|aufbewahrt|aufbewahrung\w*|conserv\w+|guarda\w*)\b",
);
static DELETED: Pattern = Pattern::new(
    r"(?i)\b(?:deleted|erased|purged|removed|expires?|gel\x{f6}scht|supprim\w+|elimina\w*)\b[^\n\d]{0,40}\b(?:after|within|nach|apr\x{e8}s)\b|\b(?:at most|no longer than|not longer than|h\x{f6}chstens|au plus)\b",
);
static PERIOD: Pattern = Pattern::new(
    r"(?i)(\d+(?:\.\d+)?[ -]?(?:days?|weeks?|months?|years?|tagen?|wochen?|monaten?|jahren?|jours?|semaines?|mois|ans|d[i\x{ed}]as?|semanas?|meses|a\x{f1}os?))\b",
);

/// Returns the periods that documents state, without those of plans. Computed once, since every backup and every bucket
/// needs them.
pub(super) fn stated<'v>(view: &'v View<'_>) -> &'v [Stated] {
    view.periods.get_or_init(|| read(view))
}

fn read(view: &View<'_>) -> Vec<Stated> {
    let mut all = Vec::new();
    for document in &view.documents {
        for (number, line) in lines(document.text) {
            if !line.bytes().any(|byte| byte.is_ascii_digit()) {
                continue;
            }
            let is_most = DELETED.is_in(line);
            if !is_most && !KEPT.is_in(line) {
                continue;
            }
            let span = PERIOD.group(line).map(|it| it.replace('-', " "));
            let Some(span) = span.and_then(|it| Span::parse(&it)) else {
                continue;
            };
            all.push(Stated {
                place: view.corpus.line(document.file, number),
                line: line.to_lowercase(),
                span,
                is_most,
            });
        }
    }
    all
}

const BACKUPS: &[&str] = &[
    "backup",
    "snapshot",
    "sicherung",
    "sauvegarde",
    "copias de seguridad",
];

/// Returns how long backups must be kept, and what requires it: the target, or else the longest period that a document
/// states, if it is longer than the one of the standard.
pub(super) fn of_backups(view: &View<'_>) -> (Span, &'static str) {
    if let Some(target) = view.target().retention {
        return (target, "the target");
    }
    let all = stated(view);
    let about = |it: &&Stated| BACKUPS.iter().any(|word| it.line.contains(word));
    let longest = all.iter().filter(|it| !it.is_most).filter(about);
    let longest = longest.map(|it| it.span).max();
    let standard = Span::days(30);
    match longest.filter(|it| *it > standard) {
        Some(span) => (span, "a document"),
        None => (standard, "the standard"),
    }
}

pub(super) fn evaluate(view: &View<'_>, ledger: &mut Ledger) {
    let all = stated(view);
    logs(view, all, ledger);
    for block in view.resources(&["aws_s3_bucket_lifecycle_configuration", "aws_s3_bucket"]) {
        let Some((rule, days)) = expiration(block) else {
            continue;
        };
        let words = words(view, block);
        let place = view.block_place(rule);
        for stated in all {
            let is_named = words.iter().any(|word| stated.line.contains(word.as_str()));
            if is_named && !is_fulfilled(stated, days) {
                let says = format!(
                    "{}:{} says {}, and objects of `{}` expire after {days}",
                    stated.place.path,
                    stated.place.line,
                    stated.span,
                    block.name()
                );
                ledger.contradict("M1", place.clone(), says);
            }
        }
        if words.iter().any(|word| word.contains("backup")) {
            kept(view, (block, place), days, ledger);
        }
    }
}

/// Compares how long a bucket keeps backups with how long they must be kept.
fn kept(view: &View<'_>, (block, place): (&Block, Place), days: Span, ledger: &mut Ledger) {
    let (wanted, whose) = of_backups(view);
    if days < wanted {
        let says = format!(
            "objects of `{}` expire after {days}, and {whose} asks for {wanted}",
            block.name()
        );
        ledger.contradict("L6", place, says);
    } else {
        let says = format!("objects of `{}` are kept for {days}", block.name());
        ledger.add("L6", Grade::SetUp, place, says);
    }
}

/// Compares log groups with what documents say about logs. One group that keeps them long enough suffices.
fn logs(view: &View<'_>, all: &[Stated], ledger: &mut Ledger) {
    let groups = view.resources(&["aws_cloudwatch_log_group"]);
    let days = groups.filter_map(|it| Some((it, span(it.number("retention_in_days")?)?)));
    let Some((block, longest)) = days.max_by_key(|(_, days)| *days) else {
        return;
    };
    let is_about = |line: &str| {
        let mut words = line.split(|c: char| !c.is_alphanumeric());
        words.any(|word| ["log", "logs", "protokolle", "journaux"].contains(&word))
    };
    for stated in all.iter().filter(|it| !it.is_most && is_about(&it.line)) {
        if !is_fulfilled(stated, longest) {
            let says = format!(
                "{}:{} says {}, and no group of logs keeps them longer than {longest}",
                stated.place.path, stated.place.line, stated.span
            );
            let place = view.attribute_place(block, "retention_in_days");
            ledger.contradict("M1", place, says);
        }
    }
}

/// Whether a period fulfills what is stated, with a tolerance because months and years vary in length.
fn is_fulfilled(stated: &Stated, set: Span) -> bool {
    let tolerance = Span(stated.span.0 / 30);
    if stated.is_most {
        set.0 <= stated.span.0 + tolerance.0
    } else {
        set.0 + tolerance.0 >= stated.span.0
    }
}

/// Returns the rule by which all current objects of a bucket expire, and after how long.
fn expiration(block: &Block) -> Option<(&Block, Span)> {
    let rules = block.within("rule").chain(block.within("lifecycle_rule"));
    let is_for_all = |rule: &&Block| {
        let mut filters = rule.within("filter");
        let is_limited = filters.any(|it| {
            !it.blocks.is_empty()
                || it
                    .attributes
                    .values()
                    .any(|(_, given)| *given != Given::Text(String::new()))
        });
        let is_off = rule.text("status") == Some("Disabled") || rule.is("enabled", false);
        !is_limited && !is_off && rule.text("prefix").is_none_or(str::is_empty)
    };
    let expiring = rules.filter(is_for_all).filter_map(|rule| {
        let days = rule.within("expiration").find_map(|it| it.number("days"))?;
        Some((rule, span(days)?))
    });
    expiring.min_by_key(|(_, days)| *days)
}

/// Returns a span of days, if it is not zero.
fn span(days: f64) -> Option<Span> {
    Span::parse(&format!("{days} days")).filter(|it| it.0 > 0)
}

/// Returns words for what a bucket holds, from its name and the names of its resource and of `block`.
fn words(view: &View<'_>, block: &Block) -> Vec<String> {
    const GENERAL: &[&str] = &[
        "bucket",
        "files",
        "store",
        "storage",
        "production",
        "staging",
        "terraform",
        "objects",
    ];
    let mut names = vec![block.name().to_owned()];
    names.extend(block.text("bucket").map(str::to_owned));
    if let Some(Given::Unknown(named)) = block.get("bucket") {
        let resource = named.split('.').nth(1).unwrap_or_default();
        names.push(resource.to_owned());
        let buckets = view.resources(&["aws_s3_bucket"]);
        let own = buckets.filter(|it| it.name() == resource);
        names.extend(own.filter_map(|it| it.text("bucket").map(str::to_owned)));
    }
    let parts = names
        .iter()
        .flat_map(|name| name.split(|c: char| !c.is_alphanumeric()));
    let parts = parts.map(str::to_lowercase);
    let mut words: Vec<String> = parts
        .filter(|word| word.len() >= 5 && !GENERAL.contains(&word.as_str()))
        .collect();
    words.sort_unstable();
    words.dedup();
    // The name of the project is part of every bucket's name, so it distinguishes none.
    words.retain(|word| {
        !view
            .names
            .iter()
            .any(|name| name.to_lowercase().contains(word.as_str()))
    });
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn period(line: &str) -> Option<(Span, bool)> {
        let is_most = DELETED.is_in(line);
        let span = PERIOD.group(line).filter(|_| is_most || KEPT.is_in(line))?;
        Some((Span::parse(&span.replace('-', " "))?, is_most))
    }

    #[test]
    fn periods_are_read_in_their_spellings() {
        let days = |days: u64| Some((Span::days(days), false));
        let most = |days: u64| Some((Span::days(days), true));
        for (line, expected) in [
            ("Backups are kept for 35 days", days(35)),
            ("Retention: 90-day logs", days(90)),
            ("exports are archived and kept for 7 years", days(2555)),
            ("Sicherungen werden 30 Tage aufbewahrt", days(30)),
            ("les journaux sont conservés 90 jours", days(90)),
            ("Uploads are deleted after 2 weeks", most(14)),
            ("kept no longer than 30 days", most(30)),
            ("a release every 14 days", None),
            ("kept for a while", None),
        ] {
            assert_eq!(period(line), expected, "{line}");
        }
    }
}
