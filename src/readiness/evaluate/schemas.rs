//! What database tables show: whether migrations create them, and what they store in plain text (C3, F7, G3).

use super::View;
use crate::readiness::Grade;
use crate::readiness::ledger::Ledger;
use crate::readiness::read::folder;
use crate::readiness::read::kind::Kind;
use crate::readiness::read::migration::{self, Set, is_rails_schema};
use crate::readiness::read::pattern::Pattern;
use crate::readiness::read::schema::{Table, tables};

pub(super) fn evaluate(view: &View<'_>, ledger: &mut Ledger) {
    let tables = tables(view.corpus);
    keys(view, &tables, ledger);
    persons(view, &tables, ledger);
    made(view, &tables, ledger);
    rails(view, ledger);
}

/// The most places that are listed for one item.
const MOST: usize = 3;

/// Normalizes a name, so that `api_key` and `apiKey` are equal.
fn plain(name: &str) -> String {
    name.replace(['_', '-'], "").to_ascii_lowercase()
}

/// Whether a table still exists after all migrations: none renames or drops it. For Prisma, only the schema counts.
fn is_last(view: &View<'_>, table: &Table) -> bool {
    let file = &view.corpus.files[table.file];
    if file.kind != Kind::Sql {
        return true;
    }
    let name = &table.name;
    let ends = [
        format!("DROP TABLE \"{name}\""),
        format!("DROP TABLE {name}"),
        format!("ALTER TABLE \"{name}\" RENAME"),
        format!("ALTER TABLE {name} RENAME"),
    ];
    let others = view.shipped(Kind::Sql);
    let mut others = others.filter(|(_, it)| it.repository == file.repository);
    let is_over = others.any(|(_, it)| {
        ends.iter()
            .any(|statement| it.text.contains(statement.as_str()))
    });
    let is_of_prisma = file.path.ends_with("/migration.sql") && file.path.contains("prisma/");
    !is_over && !is_of_prisma
}

const KEY_TABLES: &[&str] = &[
    "apikey",
    "apikeys",
    "apitoken",
    "apitokens",
    "personalaccesstoken",
    "personalaccesstokens",
];
const KEY_COLUMNS: &[&str] = &["key", "apikey", "token", "apitoken", "secret", "secretkey"];
const CONCEALED: &[&str] = &[
    "hash", "digest", "encrypt", "cipher", "salt", "prefix", "hmac",
];

/// Reports tables of API keys that store the keys themselves.
fn keys(view: &View<'_>, tables: &[Table], ledger: &mut Ledger) {
    let of_keys =
        |table: &&Table| KEY_TABLES.contains(&plain(&table.name).as_str()) && is_last(view, table);
    for table in tables.iter().filter(of_keys) {
        let names = table.columns.iter().map(|it| plain(&it.name));
        let mut names = names.collect::<Vec<_>>().into_iter();
        if names.any(|name| CONCEALED.iter().any(|word| name.contains(word))) {
            continue;
        }
        let is_key = |name: &str| KEY_COLUMNS.contains(&plain(name).as_str());
        let mut columns = table.columns.iter();
        if let Some(column) = columns.find(|it| it.is_text && is_key(&it.name)) {
            let place = view.corpus.line(table.file, column.line);
            let says = format!(
                "table `{}` keeps keys in `{}`, and no hash of them",
                table.name, column.name
            );
            ledger.refute("F7", place, says);
        }
    }
}

const PERSONAL: &[&str] = &[
    "ssn",
    "socialsecuritynumber",
    "passportnumber",
    "passportno",
    "iban",
    "creditcardnumber",
    "cardnumber",
    "nationalid",
    "nationalidnumber",
];

/// Reports columns whose names say that they hold sensitive data as plain text.
fn persons(view: &View<'_>, tables: &[Table], ledger: &mut Ledger) {
    if ledger.reaches("G3", Grade::SetUp) {
        return;
    }
    let lasting = tables.iter().filter(|table| is_last(view, table));
    let columns = lasting.flat_map(|table| table.columns.iter().map(move |it| (table, it)));
    let plain_text =
        columns.filter(|(_, it)| it.is_text && PERSONAL.contains(&plain(&it.name).as_str()));
    for (table, column) in plain_text.take(MOST) {
        let place = view.corpus.line(table.file, column.line);
        let says = format!("`{}` of `{}` is kept as text", column.name, table.name);
        ledger.refute("G3", place, says);
    }
}

/// Reports Prisma models that no migration creates.
fn made(view: &View<'_>, tables: &[Table], ledger: &mut Ledger) {
    let is_prisma = |table: &&Table| view.corpus.files[table.file].kind == Kind::Prisma;
    let mut count = 0;
    let mut known: Option<(usize, Vec<&str>)> = None;
    for table in tables.iter().filter(is_prisma) {
        let same = known.as_ref().is_some_and(|(file, _)| *file == table.file);
        if !same {
            known = Some((table.file, migrations(view, table.file)));
        }
        let Some((_, texts)) = known.as_ref().filter(|(_, texts)| !texts.is_empty()) else {
            continue;
        };
        let quoted = [format!("\"{}\"", table.name), format!("`{}`", table.name)];
        let is_made = texts
            .iter()
            .any(|text| quoted.iter().any(|name| text.contains(name.as_str())));
        if !is_made && count < MOST {
            count += 1;
            let place = view.corpus.line(table.file, table.line);
            let says = format!("no migration makes `{}`, which the schema has", table.name);
            ledger.contradict("C3", place, says);
        }
    }
}

/// Returns the migrations beside a Prisma schema.
fn migrations<'v>(view: &'v View<'_>, schema: usize) -> Vec<&'v str> {
    let schema = &view.corpus.files[schema];
    let own = format!("{}/migrations/", folder(&schema.path));
    let own = own.trim_start_matches('/');
    let files = view.corpus.files.iter();
    let beside = files.filter(|it| {
        it.repository == schema.repository && it.kind == Kind::Sql && it.path.starts_with(own)
    });
    beside.map(|it| it.text.as_str()).collect()
}

static VERSION: Pattern = Pattern::new(r"define\(version: ([\d_]+)\)");

/// Compares the Rails schema with the newest migration.
fn rails(view: &View<'_>, ledger: &mut Ledger) {
    for (number, file) in view.corpus.of(Kind::Code) {
        if !is_rails_schema(&file.path) {
            continue;
        }
        let version = VERSION.group(&file.text).map(|it| it.replace('_', ""));
        let own = format!("{}/migrate", folder(&file.path));
        let is_own = |set: &&Set| {
            set.tool == "Rails" && set.repository == file.repository && set.folder == own
        };
        let set = view.migrations.iter().find(is_own);
        let newest = set.and_then(|set| set.ordered.last());
        let (Some(version), Some((name, _))) = (version, newest) else {
            continue;
        };
        let place = view.corpus.line(number, 1);
        // Versions are timestamps of fourteen digits, which sort as text.
        if version.as_str() < migration::number(name) {
            let says = format!("the schema is at {version}, and the newest migration is {name}");
            ledger.contradict("C3", place, says);
        } else {
            let says = format!("the schema is at the newest migration, {version}");
            ledger.add("C3", Grade::SetUp, place, says);
        }
    }
}
