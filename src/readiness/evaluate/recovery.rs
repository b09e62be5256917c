//! Recovery guides, and whether recovery was ever tested (L8, L9, C10).

use super::objectives::RTO;
use super::{View, drill};
use crate::readiness::Grade;
use crate::readiness::amount::{Span, day_number};
use crate::readiness::ledger::Ledger;
use crate::readiness::read::pattern::Pattern;
use crate::readiness::read::pipeline::swallows_failure;
use crate::readiness::read::prose::{Document, code_lines, lines, stated};

/// How long a drill counts, in days: a quarter.
const QUARTER: i64 = 92;

pub(super) fn evaluate(view: &View<'_>, ledger: &mut Ledger) {
    for document in &view.documents {
        guide(view, document, ledger);
        record(view, document, ledger);
    }
    jobs(view, ledger);
}

const RECOVERY: &[&str] = &[
    "disaster recovery",
    "recovery procedure",
    "restore",
    "restoring",
    "recovering",
];

static COMMAND: Pattern = Pattern::new(
    r"pg_restore|psql |restic restore|restic dump|borg extract|mongorestore|mysql [^\n]*<|mysql -|velero restore|wal-g backup-fetch|pgbackrest [^\n]*restore|barman recover|kubectl |docker |gunzip|tar -?x|terraform apply|aws |gcloud |rclone |restore[\w-]*\.sh",
);

/// Reports a document that says how to recover, with commands.
fn guide(view: &View<'_>, document: &Document<'_>, ledger: &mut Ledger) {
    let Some(line) = document.heading(RECOVERY) else {
        return;
    };
    // Developers only restore a copy to work with.
    let path = &view.corpus.files[document.file].path;
    if super::guides::is_for_developers(path) {
        return;
    }
    let body = document.body(line);
    let text = body.join("\n");
    let lower = text.to_ascii_lowercase();
    let is_of_data = ["database", "backup", "dump", "volume", "snapshot", "data"]
        .iter()
        .any(|word| lower.contains(word));
    let has_commands = code_lines(&text)
        .iter()
        .any(|(_, line)| COMMAND.is_in(line));
    let place = view.corpus.line(document.file, line);
    if has_commands && is_of_data {
        ledger.add(
            "L8",
            Grade::SetUp,
            place,
            "a document says how to restore, with commands",
        );
    }
}

static DATE: Pattern = Pattern::new(r"\b(20\d\d-\d\d-\d\d)\b");

/// Reports the record of a drill: a document about one, or a row of a table, with a date and a result.
fn record(view: &View<'_>, document: &Document<'_>, ledger: &mut Ledger) {
    let path = view.corpus.files[document.file].path.to_ascii_lowercase();
    let words = [
        "drill",
        "restore-test",
        "restore_test",
        "dr-test",
        "dr_test",
        "game-day",
        "restore-record",
        "recovery-test",
        "restore-log",
    ];
    let is_record = words.iter().any(|word| path.contains(word))
        || document
            .heading(&["drill", "restore test", "recovery test", "test restore"])
            .is_some();
    if !is_record {
        return;
    }
    let newest = lines(document.text).filter_map(|(number, line)| {
        let lower = line.to_ascii_lowercase();
        // Plans also contain dates.
        let is_plan = ["next", "planned", "scheduled", "due", "tbd", "template"]
            .iter()
            .any(|word| lower.contains(word));
        let day = DATE.group(line).and_then(day_number)?;
        (!is_plan && day <= view.today).then_some((day, number, line))
    });
    let Some((day, number, line)) = newest.max() else {
        return;
    };
    let lower = document.text.to_ascii_lowercase();
    let has_result = [
        "restored", "success", "passed", "took", "duration", "minutes", "result",
    ]
    .iter()
    .any(|word| lower.contains(word));
    let failed = line.to_ascii_lowercase().contains("failed");
    let place = view.corpus.line(document.file, number);
    let age = view.today - day;
    for item in ["L9", "C10"] {
        if failed {
            ledger.refute(item, place.clone(), "the last drill failed");
        } else if age > QUARTER {
            ledger.refute(
                item,
                place.clone(),
                format!("the last drill was {age} days ago, more than a quarter"),
            );
        } else if has_result {
            ledger.add(
                item,
                Grade::Exercised,
                place.clone(),
                format!("a drill with a result, {age} days ago"),
            );
        }
    }
    if let (Some(taken), Some(objective)) = (drill::taken(document.text, line), objective(view))
        && taken > objective
    {
        let says = format!("the last drill took {taken}, and the RTO is {objective}");
        for item in ["L7", "L9"] {
            ledger.contradict(item, place.clone(), says.clone());
        }
    }
}

/// Returns how long recovery may take: the target, or else the shortest time that documents state.
fn objective(view: &View<'_>) -> Option<Span> {
    let documents = view.documents.iter();
    let written = documents.filter_map(|it| Some(stated(it, RTO)?.1));
    view.target().rto.or_else(|| written.min())
}

static RESTORES: Pattern = Pattern::new(
    r"\bpg_restore\b|restic restore|restic dump|borg extract|mongorestore|wal-g backup-fetch|pgbackrest [^\n]*\brestore\b|barman recover|velero restore create|gunzip[^\n|]*\|\s*(?:psql|mysql)|zcat[^\n|]*\|\s*(?:psql|mysql)",
);

/// Reports scheduled jobs that restore a backup.
fn jobs(view: &View<'_>, ledger: &mut Ledger) {
    for it in view.scheduled.iter().filter(|it| !it.is_off) {
        let is_restore = it.command.lines().any(|line| {
            RESTORES.is_in(line)
                && !swallows_failure(line)
                && !crate::readiness::read::is_comment(line)
        });
        if is_restore {
            let says = format!("{} restores a backup; its results are not here", it.by);
            ledger.add("C10", Grade::Wired, it.place.clone(), says.clone());
            ledger.add("L9", Grade::Wired, it.place.clone(), says);
        }
    }
}
