//! Backups: what takes them, how often, where they go, how long they are kept, and whether they are encrypted (C7, L2,
//! L4, L6, L10, G1, G2, G4).

use super::View;
use super::storage::{at_rest, managed, own_files, volumes};
use crate::readiness::Grade;
use crate::readiness::amount::Span;
use crate::readiness::ledger::{Ledger, Place};
use crate::readiness::read::compose::{Purpose, Service};
use crate::readiness::read::kind::Kind;
use crate::readiness::read::pattern::Pattern;
use crate::readiness::read::{is_comment, text};

/// A backup that something takes.
#[derive(Debug, Clone)]
pub(super) struct Backup {
    /// Where it is scheduled, or set up if it is not scheduled.
    pub(super) place: Place,
    /// What takes it: `pg_dump`.
    pub(super) tool: &'static str,
    /// How often it is taken; `None` if that is not known.
    pub(super) every: Option<Span>,
    /// Whether what schedules it is switched off.
    pub(super) is_off: bool,
    /// Whether it covers a database.
    pub(super) is_of_database: bool,
    /// The commands, or the settings.
    pub(super) command: String,
}

/// Tools, each with the pattern of the command that takes a backup, and whether it is a backup of a database.
static TOOLS: [(&str, Pattern, bool); 18] = [
    (
        "pg_dump",
        Pattern::new(r"\bpg_dump(?:all)?\b\s*[^\s=:]"),
        true,
    ),
    ("pg_basebackup", Pattern::new(r"\bpg_basebackup\s+-"), true),
    (
        "mysqldump",
        Pattern::new(r"\b(?:mysqldump|mariadb-dump|mydumper)\s+[^\s=:]"),
        true,
    ),
    ("mongodump", Pattern::new(r"\bmongodump\s+-"), true),
    (
        "mariabackup",
        Pattern::new(r"\b(?:xtrabackup|mariabackup|mariadb-backup)\s[^\n]*--backup"),
        true,
    ),
    (
        "pgBackRest",
        Pattern::new(r"\bpgbackrest\b[^\n]*\bbackup\b"),
        true,
    ),
    (
        "WAL-G",
        Pattern::new(r"\bwal-g\b[^\n]*\bbackup-push\b"),
        true,
    ),
    ("Barman", Pattern::new(r"\bbarman\b[^\n]*\bbackup\b"), true),
    (
        "sqlite3",
        Pattern::new(r"\bsqlite3\b[^\n]*\.(?:backup|dump)\b"),
        true,
    ),
    (
        "clickhouse-backup",
        Pattern::new(r"\bclickhouse-backup\s+create"),
        true,
    ),
    (
        "django-dbbackup",
        Pattern::new(r"manage\.py\s+dbbackup"),
        true,
    ),
    ("restic", Pattern::new(r"\brestic\b[^\n]*\bbackup\b"), false),
    ("borg", Pattern::new(r"\bborg\b[^\n]*\bcreate\b"), false),
    ("borgmatic", Pattern::new(r"\bborgmatic\b"), false),
    (
        "velero",
        Pattern::new(r"\bvelero\b[^\n]*\bbackup create\b"),
        false,
    ),
    ("rclone", Pattern::new(r"\brclone\s+(?:sync|copy)\b"), false),
    ("kopia", Pattern::new(r"\bkopia\s+snapshot\s+create"), false),
    (
        "duplicity",
        Pattern::new(r"\bduplicity\s+(?:full|incr|backup|-)"),
        false,
    ),
];

/// A command that dumps the schema without the data.
static NO_DATA: Pattern = Pattern::new(
    r"\bpg_dump(?:all)?\b[^\n|;&]*\s(?:--schema-only|--globals-only|-s)(?:\s|$)|\b(?:mysqldump|mariadb-dump)\b[^\n|;&]*\s(?:--no-data|-d)(?:\s|$)",
);

/// Returns a command without comment lines, and with continued lines joined.
fn active(command: &str) -> String {
    let lines = command.lines().filter(|line| !is_comment(line));
    lines.collect::<Vec<_>>().join("\n").replace("\\\n", " ")
}

/// Returns the backup tools that a command runs, each with whether it backs up a database.
pub(super) fn tools(command: &str) -> Vec<(&'static str, bool)> {
    let takes = |pattern: &Pattern| {
        let mut lines = command.lines();
        pattern.is_in(command) && lines.any(|line| pattern.is_in(line) && !NO_DATA.is_in(line))
    };
    let found = TOOLS.iter().filter(|(_, pattern, _)| takes(pattern));
    found
        .map(|(tool, _, database)| (*tool, *database))
        .collect()
}

/// Images that take backups by themselves, each with the variable for their schedule and whether they back up a
/// database.
const IMAGES: &[(&str, &str, bool)] = &[
    ("postgres-backup-local", "SCHEDULE", true),
    ("postgres-backup-s3", "SCHEDULE", true),
    ("pg-backup", "CRON_SCHEDULE", true),
    ("mysql-backup", "DB_DUMP_CRON", true),
    ("mysql-cron-backup", "CRON_TIME", true),
    ("db-backup", "DB01_BACKUP_INTERVAL", true),
    ("docker-volume-backup", "BACKUP_CRON_EXPRESSION", false),
    ("borgmatic", "BACKUP_CRON", false),
    ("restic-backup-docker", "BACKUP_CRON", false),
    ("postgres-backup", "SCHEDULE", true),
];

/// Returns all backups of the system.
pub(super) fn backups(view: &View<'_>) -> Vec<Backup> {
    let mut all = Vec::new();
    for it in &view.scheduled {
        let command = active(&it.command);
        for (tool, is_of_database) in tools(&command) {
            all.push(Backup {
                place: it.place.clone(),
                tool,
                every: it.every,
                is_off: it.is_off,
                is_of_database,
                command: command.clone(),
            });
        }
    }
    all.extend(view.services.iter().filter_map(|it| container(view, it)));
    for it in &view.manifests {
        let schedule = match it.kind {
            "ScheduledBackup" => text(it.value, "spec.schedule"),
            "Schedule"
                if text(it.value, "apiVersion").is_some_and(|it| it.starts_with("velero.io")) =>
            {
                text(it.value, "spec.schedule")
            }
            _ => continue,
        };
        all.push(Backup {
            place: view.corpus.at(it.file, it.value),
            tool: if it.kind == "Schedule" {
                "velero"
            } else {
                "the operator"
            },
            every: schedule.and_then(super::schedule::interval),
            is_off: text(it.value, "spec.suspend") == Some("true")
                || text(it.value, "spec.paused") == Some("true"),
            is_of_database: it.kind == "ScheduledBackup",
            command: String::new(),
        });
    }
    all
}

fn container(view: &View<'_>, service: &Service<'_>) -> Option<Backup> {
    let image = service.image_name();
    let known = IMAGES.iter().find(|(name, _, _)| image.contains(name));
    let command = active(&service.command());
    let by_command = tools(&command).first().copied();
    let variables = service.environment();
    let set = |wanted: &str| {
        variables
            .iter()
            .find(|(name, _, _)| *name == wanted)
            .map(|(_, value, _)| *value)
    };
    let (tool, schedule, is_of_database) = match (known, by_command) {
        (Some((tool, variable, database)), _) => (
            *tool,
            set(variable).or_else(|| set("BACKUP_CRON_EXPRESSION")),
            *database,
        ),
        // A loop with a pause is also a schedule.
        (None, Some((tool, database)))
            if command.contains("sleep") || service.purpose == Purpose::Backup =>
        {
            (tool, None, database)
        }
        _ => return None,
    };
    let pause = SLEEP
        .group(&command)
        .and_then(|it| it.parse::<u64>().ok())
        .map(|seconds| Span(seconds.saturating_mul(1000)));
    let is_default = known.is_some() && schedule.is_none();
    let mut settings = String::new();
    for (name, value, _) in &variables {
        settings += &format!("{name}={value}\n");
    }
    Some(Backup {
        place: view.service_place(service),
        tool,
        every: schedule
            .and_then(super::schedule::interval)
            .or(pause)
            .or(is_default.then(|| Span::days(1))),
        is_off: false,
        is_of_database,
        command: settings + &command,
    })
}

static SLEEP: Pattern = Pattern::new(r"\bsleep\s+(\d+)\b");

pub(super) fn evaluate(view: &View<'_>, ledger: &mut Ledger) {
    let all = backups(view);
    for backup in &all {
        if backup.is_off {
            let says = format!(
                "{} is scheduled, and the schedule is switched off",
                backup.tool
            );
            if backup.is_of_database {
                ledger.refute("C7", backup.place.clone(), says);
            }
            continue;
        }
        if backup.is_of_database {
            let often = backup.every.map_or_else(
                || "at set times".to_owned(),
                |every| format!("every {every}"),
            );
            let says = format!("{} runs {often}", backup.tool);
            ledger.add("C7", Grade::Wired, backup.place.clone(), says);
        }
        destination(backup, ledger);
        encryption(backup, ledger);
        retention(view, &backup.command, &backup.place, ledger);
    }
    for backup in all.iter().filter(|it| !it.is_off) {
        kept_here(view, backup, ledger);
    }
    scripts(view, &all, ledger);
    managed(view, ledger);
    at_rest(view, ledger);
    volumes(view, &all, ledger);
    own_files(view, ledger);
}

/// Reports scripts that take a backup and that nothing schedules.
fn scripts(view: &View<'_>, all: &[Backup], ledger: &mut Ledger) {
    for (file, read) in view.shipped(Kind::Shell) {
        let text = active(&read.text);
        let found = tools(&text).into_iter().find(|(_, database)| *database);
        let Some((tool, _)) = found else {
            continue;
        };
        let name = crate::readiness::read::name(&read.path).to_ascii_lowercase();
        let is_backup = name.contains("backup") || name.contains("dump");
        // Scripts that restore, upgrade or copy may take a dump as one of their steps.
        if !is_backup || name.contains("restore") {
            continue;
        }
        let place = view.corpus.line(file, 1);
        let is_known = all.iter().any(|it| it.command.contains(text.trim()));
        if !is_known {
            ledger.add(
                "C7",
                Grade::SetUp,
                place.clone(),
                format!("a script runs {tool}; nothing here schedules it"),
            );
            retention(view, &text, &place, ledger);
        }
    }
}

static REMOTE: Pattern = Pattern::new(
    r"\bs3://|\bgs://|aws s3 (?:cp|sync)|gsutil|gcloud storage|azcopy|\bb2:|rclone (?:sync|copy)|\bsftp:|rsync [^\n]*\w+@[\w.-]+:|\bscp\b[^\n]*@|S3_BUCKET=\S|AWS_S3_BUCKET_NAME=\S|ssh://|wal-g|--repo[1-9]?-type=s3|repo1-host=",
);
static ENCRYPTED: Pattern = Pattern::new(
    r"\brestic\b|\bborg(?:matic)?\b|\|\s*(?:age|gpg|openssl enc)\b|gpg [^\n]*(?:-c|--encrypt|--symmetric|-e)\b|openssl enc\b|--sse\b|GPG_PASSPHRASE=\S|PASSPHRASE=\S|cipher-type=aes|WALG_LIBSODIUM_KEY|\bkopia\b|duplicity",
);
static PLAIN: Pattern = Pattern::new(
    r"(?:pg_dump|mysqldump|mariadb-dump|mongodump)[^\n]*(?:\|\s*gzip[^\n|]*>|>|-f\s|--out|--archive=)\s*\S+",
);

fn destination(backup: &Backup, ledger: &mut Ledger) {
    if REMOTE.is_in(&backup.command) {
        ledger.add(
            "L4",
            Grade::Wired,
            backup.place.clone(),
            format!("{} sends it to another host or bucket", backup.tool),
        );
    }
}

static INTO_DATA: Pattern = Pattern::new(
    r"(?:>|-f[ =]?|--file=|--result-file=|--out[ =]|--archive=)\s*(/var/lib/(?:postgresql|mysql|mongodb)\b|/data/db\b)",
);

/// Reports a backup that stays on the machine, or even in the folder of the data itself.
fn kept_here(view: &View<'_>, backup: &Backup, ledger: &mut Ledger) {
    if REMOTE.is_in(&backup.command) || !PLAIN.is_in(&backup.command) {
        return;
    }
    let place = || backup.place.clone();
    if backup.is_of_database && INTO_DATA.is_in(&backup.command) {
        let says = format!("{} writes into the folder of the data itself", backup.tool);
        ledger.refute("C7", place(), says.clone());
        ledger.refute("L4", place(), says);
    } else if !ledger.reaches("L4", Grade::SetUp) {
        let says = format!("{} writes to a path of this machine", backup.tool);
        // Something outside the repositories may copy it elsewhere.
        let grade = if view.settings.is_complete {
            Grade::Refuted
        } else {
            Grade::Nothing
        };
        ledger.add("L4", grade, place(), says);
    }
}

fn encryption(backup: &Backup, ledger: &mut Ledger) {
    let place = || backup.place.clone();
    if ENCRYPTED.is_in(&backup.command) {
        ledger.add(
            "G2",
            Grade::Wired,
            place(),
            format!("what {} takes is encrypted", backup.tool),
        );
    } else if PLAIN.is_in(&backup.command) && !REMOTE.is_in(&backup.command) {
        ledger.refute(
            "G2",
            place(),
            format!(
                "what {} takes is written to a file in the clear",
                backup.tool
            ),
        );
    }
}

static DAYS: Pattern = Pattern::new(
    r"(?:--keep-daily[ =]|--keep-within[ =]|-mtime \+|BACKUP_KEEP_DAYS[=:]\s*|BACKUP_RETENTION_DAYS[=:]\s*|RETENTION_DAYS[=:]\s*|KEEP_DAYS[=:]\s*|DB_DUMP_RETENTION[=:]\s*|keep_daily:\s*|REMOVE_BEFORE[=:]\s*)(\d+)",
);
static LONGER: Pattern = Pattern::new(
    r"(?:--keep-monthly[ =]|--keep-yearly[ =]|BACKUP_KEEP_MONTHS[=:]\s*|keep_monthly:\s*)([1-9]\d*)",
);

/// Compares how long backups are kept with how long they must be.
fn retention(view: &View<'_>, command: &str, place: &Place, ledger: &mut Ledger) {
    let Some(days) = DAYS
        .group(command)
        .and_then(|digits| digits.parse::<u64>().ok())
    else {
        return;
    };
    let (wanted, whose) = super::periods::of_backups(view);
    if Span::days(days) >= wanted || LONGER.is_in(command) {
        ledger.add(
            "L6",
            Grade::SetUp,
            place.clone(),
            format!("backups are kept for {days} days, or longer"),
        );
    } else {
        let says = format!("backups are kept for {days} days, and {whose} asks for {wanted}");
        ledger.contradict("L6", place.clone(), says);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tools_are_known_by_their_commands() {
        let check = |command: &str, expected: &[&str]| {
            let found: Vec<_> = tools(&active(command))
                .into_iter()
                .map(|(tool, _)| tool)
                .collect();
            assert_eq!(found, expected, "{command}");
        };
        check(
            "pg_dump -Fc app | restic backup --stdin",
            &["pg_dump", "restic"],
        );
        check("# pg_dump -Fc app\n", &[]);
        check("which pg_dump", &[]);
        check("wal-g backup-push /var/lib/postgresql", &["WAL-G"]);
        check("cat backup.html", &[]);
    }
}
