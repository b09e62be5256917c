//! Recovery objectives, and whether the schedule of backups can meet them (L7).

use super::View;
use super::backups::{Backup, backups};
use crate::readiness::Grade;
use crate::readiness::amount::Span;
use crate::readiness::ledger::{Ledger, Place};
use crate::readiness::read::prose::{Document, lines, stated};

const RPO: &[&str] = &["RPO", "recovery point objective"];
pub(super) const RTO: &[&str] = &["RTO", "recovery time objective"];

pub(super) fn evaluate(view: &View<'_>, ledger: &mut Ledger) {
    let mut written = Vec::new();
    for document in &view.documents {
        let (rpo, rto) = (stated(document, RPO), stated(document, RTO));
        if let (Some((line, rpo)), Some((_, rto))) = (rpo, rto) {
            let says = format!("RPO {rpo} and RTO {rto} are written down");
            ledger.add(
                "L7",
                Grade::SetUp,
                view.corpus.line(document.file, line),
                says,
            );
        }
        written.extend(rpo.map(|(line, rpo)| (view.corpus.line(document.file, line), rpo)));
        in_words(view, document, rpo, ledger);
    }
    let target = view.target();
    if let (Some((place, said)), Some(target)) = (written.first(), target.rpo)
        && *said > target
    {
        let says = format!("the document says RPO {said}, and the target is {target}");
        ledger.contradict("L7", place.clone(), says);
    }
    let objective = target
        .rpo
        .into_iter()
        .chain(written.iter().map(|(_, rpo)| *rpo))
        .min();
    if let Some(objective) = objective {
        schedule(view, objective, ledger);
    }
}

/// Compares the most frequent backup of a database with the objective.
fn schedule(view: &View<'_>, objective: Span, ledger: &mut Ledger) {
    let all = backups(view);
    let of_database = all.iter().filter(|it| it.is_of_database && !it.is_off);
    let timed = of_database.filter_map(|it: &Backup| Some((it, it.every?)));
    let Some((backup, every)) = timed.min_by_key(|(_, every)| *every) else {
        return;
    };
    let is_continuous = ledger.reaches("C8", Grade::Wired)
        || all
            .iter()
            .any(|it| matches!(it.tool, "WAL-G" | "pgBackRest" | "Barman" | "the operator"));
    if every > objective && !is_continuous {
        let says = format!(
            "{} runs every {every} and no write-ahead log is archived: up to {every} of data may be lost, and the RPO is {objective}",
            backup.tool
        );
        ledger.contradict("L7", backup.place.clone(), says);
    }
}

/// Reports a document whose backups cannot meet the objective that it promises.
fn in_words(
    view: &View<'_>,
    document: &Document<'_>,
    rpo: Option<(u32, Span)>,
    ledger: &mut Ledger,
) {
    const CONTINUOUS: &[&str] = &[
        "wal",
        "point-in-time",
        "pitr",
        "incremental",
        "binlog",
        "streaming",
        "replica",
        "hourly",
        "every hour",
        "every 15",
    ];
    let Some((_, rpo)) = rpo.filter(|(_, rpo)| *rpo < Span::days(1)) else {
        return;
    };
    let is_about = |line: &str| line.contains("backup") || line.contains("dump");
    let lower = document.text.to_ascii_lowercase();
    let backups: Vec<(u32, &str)> = lines(&lower).filter(|(_, line)| is_about(line)).collect();
    let says_continuous = |line: &str| CONTINUOUS.iter().any(|word| line.contains(word));
    if backups.iter().any(|(_, line)| says_continuous(line))
        || ["wal archiv", "point-in-time", "pitr"]
            .iter()
            .any(|word| lower.contains(word))
        || ledger.reaches("C8", Grade::Wired)
    {
        return;
    }
    let daily = backups.iter().find(|(_, line)| {
        ["daily", "nightly", "every day", "each night"]
            .iter()
            .any(|word| line.contains(word))
    });
    if let Some((line, _)) = daily {
        let place: Place = view.corpus.line(document.file, *line);
        let says =
            format!("backups are daily and no write-ahead log is archived, and the RPO is {rpo}");
        ledger.contradict("L7", place, says);
    }
}
