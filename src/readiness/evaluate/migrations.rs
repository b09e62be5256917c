//! Migrations, and the indexes that they create (C1–C3, C13).

use std::collections::{BTreeMap, BTreeSet};

use super::View;
use super::deploys::deploys_at;
use super::facts::place;
use crate::readiness::Grade;
use crate::readiness::ledger::{Ledger, Place};
use crate::readiness::read::compose::{Purpose, purpose};
use crate::readiness::read::kind::Kind;
use crate::readiness::read::migration::{Set, number};
use crate::readiness::read::pattern::Pattern;
use crate::readiness::read::pipeline::{expanded, swallows_failure};
use crate::readiness::read::{line_at, name};

pub(super) fn evaluate(view: &View<'_>, ledger: &mut Ledger) {
    for set in &view.migrations {
        order(view, set, ledger);
    }
    tested(view, ledger);
    for hit in view.corpus.facts("sync") {
        // Scripts for developers may do what must not happen in production.
        let line = hit.text.lines().next().unwrap_or_default();
        if !line.contains("dev") && !hit.path.contains("seed") && !hit.path.contains("bench") {
            ledger.refute(
                "C2",
                place(hit),
                "the schema is changed without a migration when the program starts",
            );
        }
    }
    indexes(view, ledger);
    super::schemas::evaluate(view, ledger);
}

fn at(set: &Set, path: &str) -> Place {
    Place {
        repository: set.repository,
        path: path.to_owned(),
        line: 1,
    }
}

fn order(view: &View<'_>, set: &Set, ledger: &mut Ledger) {
    let count = set.ordered.len();
    if let Some((_, last)) = set.ordered.last() {
        let what = if count == 1 {
            "migration"
        } else {
            "migrations"
        };
        let says = format!("{count} {what} ({}) in {}", set.tool, set.folder);
        ledger.add("C1", Grade::SetUp, at(set, last), says);
    }
    for path in &set.unordered {
        let says = "a migration without a place in the order of the others";
        ledger.refute("C1", at(set, path), says);
    }
    if set.tool == "SQL" || set.tool == "Django" {
        let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
        for (name, path) in &set.ordered {
            let number = number(name);
            let is_repeatable = number.is_empty();
            if let Some(other) = seen.insert(number, path).filter(|_| !is_repeatable) {
                if set.tool == "Django" && merges(set) || name.ends_with(".up.sql") && other == path
                {
                    continue;
                }
                let says = format!("two migrations have the number {number}: {other} is the other");
                if set.tool == "SQL" {
                    ledger.refute("C1", at(set, path), says);
                }
            }
        }
    }
    if set.tool == "Alembic" {
        heads(view, set, ledger);
    }
}

fn merges(set: &Set) -> bool {
    set.ordered.iter().any(|(name, _)| name.contains("merge"))
}

static REVISION: Pattern = Pattern::new(r#"(?m)^revision\s*(?::\s*str\s*)?=\s*["']([^"'\n]+)["']"#);
static DOWN: Pattern = Pattern::new(r"(?m)^down_revision\s*(?::[^=]*)?=\s*(\([^)]*\)|[^\n]+)");
static QUOTED: Pattern = Pattern::new(r#"["']([^"'\n]+)["']"#);

/// Checks that exactly one Alembic revision has no successor.
fn heads(view: &View<'_>, set: &Set, ledger: &mut Ledger) {
    let mut revisions: BTreeMap<&str, &str> = BTreeMap::new();
    let mut followed: BTreeSet<&str> = BTreeSet::new();
    for (_, path) in &set.ordered {
        let Some(file) = view.corpus.file(set.repository, path) else {
            return;
        };
        let file = &view.corpus.files[file];
        if let Some(revision) = REVISION.group(&file.text) {
            revisions.insert(revision, path);
        }
        let down = DOWN.group(&file.text).unwrap_or_default();
        followed.extend(
            QUOTED
                .groups(down)
                .into_iter()
                .map(|(_, revision)| revision),
        );
    }
    let heads: Vec<_> = revisions
        .iter()
        .filter(|(revision, _)| !followed.contains(*revision))
        .collect();
    if heads.len() > 1 {
        let names: Vec<_> = heads.iter().map(|(revision, _)| **revision).collect();
        let says = format!("{} heads: {}", heads.len(), names.join(", "));
        ledger.refute("C1", at(set, heads[1].1), says);
    }
}

/// A command that runs the tests of an Elixir program.
static MIX_TESTS: Pattern = Pattern::new(r"\bmix (?:do )?(?:test|coveralls(?:\.\w+)?)\b");

/// A Mix alias that runs the migrations before the tests.
static MIGRATES_FIRST: Pattern = Pattern::new(r"\btest:\s*\[[^\]]*ecto\.migrate");

/// Whether Mix runs the migrations before it runs the tests.
fn migrates_first(view: &View<'_>, repository: usize) -> bool {
    let file = view.corpus.file(repository, "mix.exs");
    file.is_some_and(|file| MIGRATES_FIRST.is_in(&view.corpus.files[file].text))
}

static RUNS: Pattern = Pattern::new(
    r"prisma migrate (?:deploy|reset)|alembic upgrade|flyway[ -]\S*migrate|manage\.py migrate|(?:rails|rake) (?:\S+ )*db:migrate(?:\s|$|:reset|:with_data)|knex migrate|goose .*up|sqlx migrate run|mix (?:\S+ )?ecto\.(?:migrate|setup|reset)|doctrine:migrations:migrate|dotnet ef database update|dbmate (?:up|migrate)|drizzle-kit migrate|(?:npm run|pnpm|pnpm run|yarn|yarn run|bun run) (?:db:)?migrat\w*|make (?:db[-_])?migrat\w*|artisan migrate|typeorm migration:run|sequelize db:migrate|liquibase update|diesel migration run|flask db upgrade|atlas migrate (?:apply|lint)",
);
/// A command whose tests create the database with the migrations, unless an option says otherwise.
static DJANGO_TESTS: Pattern = Pattern::new(r"(?m)manage\.py test\b|\bpytest\b(?:\s+[^\n]*)?$");
static DRIFT: Pattern = Pattern::new(
    r"migrate diff[^\n]*--exit-code|alembic check|makemigrations[^\n]*--check|sqlx prepare[^\n]*--check|atlas migrate (?:diff|lint)|flyway[ -]\S*validate|liquibase (?:diff|validate)|drizzle-kit check",
);

/// Reports migrations that a pipeline runs against a database.
fn tested(view: &View<'_>, ledger: &mut Ledger) {
    for job in &view.jobs {
        let repository = view.corpus.files[job.file].repository;
        let has_database = job
            .services
            .iter()
            .any(|image| purpose(image) == Purpose::Database);
        let path = &view.corpus.files[job.file].path;
        let is_production = |it: &str| super::deploys::is_production(it);
        let deploys = is_production(&job.name)
            || is_production(crate::readiness::read::name(path))
            || job.environment.is_some()
            || job.steps.iter().any(|it| deploys_at(&it.text).is_some());
        for step in job
            .steps
            .iter()
            .filter(|step| !step.may_fail && !swallows_failure(&step.text))
        {
            let text = expanded(view.corpus, repository, &step.text);
            let text = format!("{text}\n{}\n{}", step.called, step.made);
            let line_of = |pattern: &Pattern| {
                let at = pattern.find(&text).map_or(0, |found| found.start);
                let own = if at <= step.text.len() { at } else { 0 };
                step.line + line_at(&text, own) - 1
            };
            let place = |pattern: &Pattern| view.corpus.line(job.file, line_of(pattern));
            let starts =
                has_database || text.contains("docker compose") || text.contains("docker-compose");
            // Migrating a deployment is not a test.
            if RUNS.is_in(&text) && !job.may_fail && (starts || !deploys) {
                let (grade, says) = if starts {
                    (
                        Grade::Wired,
                        format!("job `{}` runs the migrations against a database", job.name),
                    )
                } else {
                    (
                        Grade::SetUp,
                        format!("job `{}` runs the migrations", job.name),
                    )
                };
                ledger.add("C2", grade, place(&RUNS), says);
            }
            let is_django = |set: &Set| set.tool == "Django" && set.repository == repository;
            if has_database
                && !job.may_fail
                && DJANGO_TESTS.is_in(&text)
                && view.migrations.iter().any(is_django)
            {
                let says = format!(
                    "job `{}` runs tests of Django, which run the migrations first",
                    job.name
                );
                ledger.add("C2", Grade::Wired, place(&DJANGO_TESTS), says);
            }
            let is_ecto = |set: &Set| set.tool == "Ecto" && set.repository == repository;
            if has_database
                && !job.may_fail
                && MIX_TESTS.is_in(&text)
                && view.migrations.iter().any(is_ecto)
                && migrates_first(view, repository)
            {
                let says = format!(
                    "job `{}` runs tests, before which Mix runs the migrations",
                    job.name
                );
                ledger.add("C2", Grade::Wired, place(&MIX_TESTS), says);
            }
            if DRIFT.is_in(&text) && !job.may_fail {
                let says = format!("job `{}` compares the schema with the migrations", job.name);
                ledger.add("C3", Grade::Wired, place(&DRIFT), says);
            }
        }
    }
}

static COMPOSITE: Pattern = Pattern::new(r"(?i)CREATE (?:UNIQUE )?INDEX [^;(]*\([^;()]+,[^;()]+\)");
static PARTIAL: Pattern = Pattern::new(r"(?i)CREATE (?:UNIQUE )?INDEX [^;]*\bWHERE\b");
static CREATE: Pattern = Pattern::new(
    r#"(?i)CREATE (?:UNIQUE )?INDEX [^;]*?\bON\s+(?:ONLY\s+)?["`]?(?:\w+["`]?\.["`]?)?(\w+["`]?\s*(?:USING \w+\s*)?\([^;]*)"#,
);
static TABLE: Pattern = Pattern::new(
    r#"(?is)CREATE TABLE (?:IF NOT EXISTS )?["`]?(?:\w+["`]?\.["`]?)?(\w+["`]?\s*\(.*?\)\s*;)"#,
);
static REFERENCE: Pattern = Pattern::new(r#"(?im)^[\s(]*["`]?(\w+)["`]?\s+[^,\n]*\bREFERENCES\b"#);
static PRISMA_INDEX: Pattern = Pattern::new(r"@@(?:index|unique)\(\[\s*\w+\s*,\s*\w+");

fn indexes(view: &View<'_>, ledger: &mut Ledger) {
    for (file, read) in view.shipped(Kind::Prisma) {
        if let Some(found) = PRISMA_INDEX.find(&read.text) {
            let place = view.corpus.place(file, found.start);
            ledger.add("C13", Grade::SetUp, place, "a composite index");
        }
    }
    by_programs(view, ledger);
    let mut in_sets: BTreeSet<(usize, &str)> = BTreeSet::new();
    for set in &view.migrations {
        let paths = set.ordered.iter().map(|(_, path)| path.as_str());
        in_sets.extend(paths.map(|path| (set.repository, path)));
    }
    let mut indexed: BTreeSet<String> = BTreeSet::new();
    let mut gone: BTreeSet<String> = BTreeSet::new();
    let mut keys = Vec::new();
    for (file, read) in view.shipped(Kind::Sql) {
        let is_structure = name(&read.path) == "structure.sql";
        if !is_structure && !in_sets.contains(&(read.repository, read.path.as_str())) {
            continue;
        }
        for (pattern, says) in [
            (&COMPOSITE, "a composite index"),
            (&PARTIAL, "a partial index"),
        ] {
            if let Some(found) = pattern.find(&read.text) {
                ledger.add(
                    "C13",
                    Grade::SetUp,
                    view.corpus.place(file, found.start),
                    says,
                );
            }
        }
        // A schema dump defines its keys and indexes in separate statements.
        if is_structure {
            continue;
        }
        let created = CREATE.groups(&read.text).into_iter();
        indexed.extend(created.filter_map(|(_, index)| first_column(index)));
        for (at, key) in tables(&read.text, &mut indexed).into_iter().take(MOST_KEYS) {
            keys.push((view.corpus.place(file, at), key));
        }
        gone.extend(removed(&read.text));
    }
    let is_there = |key: &str| {
        let table = key.split('.').next().unwrap_or(key);
        !gone.contains(key) && !gone.contains(table)
    };
    let lacks = |(_, key): &(Place, String)| !indexed.contains(key) && is_there(key);
    for (place, key) in keys.into_iter().filter(lacks) {
        ledger.refute(
            "C13",
            place,
            format!("the foreign key `{key}` has no index"),
        );
    }
}

/// Reports indexes in migrations that are code.
fn by_programs(view: &View<'_>, ledger: &mut Ledger) {
    for set in &view.migrations {
        let paths = set.ordered.iter().rev().map(|(_, path)| path.as_str());
        let files = paths.filter_map(|path| view.corpus.file(set.repository, path));
        let files = files.filter(|file| view.corpus.files[*file].kind == Kind::Code);
        let mut kinds = [false; 2];
        for file in files {
            let made = crate::readiness::read::index::made(&view.corpus.files[file].text);
            let says = ["a composite index", "a partial index"];
            for ((at, says), is_known) in made.into_iter().zip(says).zip(&mut kinds) {
                if let Some(at) = at.filter(|_| !*is_known) {
                    *is_known = true;
                    ledger.add("C13", Grade::SetUp, view.corpus.place(file, at), says);
                }
            }
            if kinds == [true; 2] {
                break;
            }
        }
    }
}

/// The most foreign keys of one file that are checked.
const MOST_KEYS: usize = 500;

/// A unique constraint or an index inside a table definition; captures its first column.
static KEY: Pattern = Pattern::new(
    r#"(?i)^\s*(?:CONSTRAINT\s+\S+\s+)?(?:UNIQUE(?:\s+(?:KEY|INDEX))?|KEY|INDEX)(?:\s+["`]?\w+["`]?)?\s*\(\s*(["`]?\w+)"#,
);

/// Returns the foreign keys of all tables, each with its byte offset, and adds columns that are keys or unique to
/// `indexed`.
fn tables(text: &str, indexed: &mut BTreeSet<String>) -> Vec<(usize, String)> {
    let mut keys = Vec::new();
    for (_, table) in TABLE.groups(text) {
        let name = word(table);
        let rows = table.split_once('(').map_or("", |(_, rows)| rows);
        for row in rows.split(",\n").flat_map(|row| row.split(", ")) {
            let lower = row.to_ascii_lowercase();
            if let Some(at) = lower
                .find("primary key")
                .filter(|at| row[*at..].contains('('))
            {
                let columns = row[at..].split_once('(').map_or("", |(_, columns)| columns);
                indexed.insert(format!("{name}.{}", word(columns)));
            } else if let Some(columns) = KEY.group(row) {
                indexed.insert(format!("{name}.{}", word(columns)));
            } else if lower.contains("primary key") || lower.contains(" unique") {
                indexed.insert(format!("{name}.{}", word(row)));
            }
            let is_name =
                |it: &&str| !["foreign", "constraint"].contains(&it.to_ascii_lowercase().as_str());
            if let Some(column) = REFERENCE.group(row).filter(is_name) {
                // The column is a slice of the text.
                let at = column.as_ptr().addr() - text.as_ptr().addr();
                keys.push((at, format!("{name}.{}", column.to_ascii_lowercase())));
            }
        }
    }
    keys
}

/// Returns the first word of a text, in lower case.
fn word(text: &str) -> String {
    let text = text.trim_start_matches(|c: char| !c.is_alphanumeric());
    let end = text
        .find(|c: char| !c.is_alphanumeric() && c != '_')
        .unwrap_or(text.len());
    text[..end].to_ascii_lowercase()
}

/// A statement that drops or renames a table or a column.
static DROPPED: Pattern = Pattern::new(
    r#"(?i)(?:DROP TABLE (?:IF EXISTS )?|ALTER TABLE (?:IF EXISTS )?(?:ONLY )?)["`]?(?:\w+["`]?\.["`]?)?(\w+["`]?\s*(?:;|CASCADE|,|RENAME TO|(?:RENAME|DROP)\s+COLUMN\s+(?:IF EXISTS )?["`]?\w+))"#,
);
/// The start of the part of a migration that reverts it.
static DOWN_PART: Pattern = Pattern::new(r"(?m)^--\s*(?:\+goose|\+migrate|migrate:)\s*[Dd]own");

/// Returns the tables and columns that a migration drops or renames.
fn removed(text: &str) -> Vec<String> {
    let end = DOWN_PART.find(text).map_or(text.len(), |found| found.start);
    let found = DROPPED.groups(&text[..end]).into_iter();
    let name = |(_, change): (usize, &str)| {
        let table = word(change);
        let is_of_column = change.to_ascii_lowercase().contains("column");
        let column = change.rsplit(|c: char| c.is_whitespace()).next();
        match column.filter(|_| is_of_column) {
            Some(column) => format!("{table}.{}", word(column)),
            None => table,
        }
    };
    found.map(name).collect()
}

/// Returns the table and the first column of an index, as `table.column`.
fn first_column(index: &str) -> Option<String> {
    let (table, columns) = index.split_once('(')?;
    Some(format!("{}.{}", word(table), word(columns)))
}
