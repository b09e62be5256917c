//! Database tables, as defined in SQL, Prisma and Rails.

use super::kind::Kind;
use super::migration::is_rails_schema;
use super::pattern::Pattern;
use super::{Corpus, line_at};
use crate::lexicon::path::Role;

/// A table.
pub(crate) struct Table {
    /// The file.
    pub(crate) file: usize,
    /// The line, counted from 1.
    pub(crate) line: u32,
    /// Its name in the database.
    pub(crate) name: String,
    /// Its columns.
    pub(crate) columns: Vec<Column>,
}

/// A column.
pub(crate) struct Column {
    /// The line, counted from 1.
    pub(crate) line: u32,
    /// Its name.
    pub(crate) name: String,
    /// Whether it holds text.
    pub(crate) is_text: bool,
}

/// Returns the tables that files in the system define.
pub(crate) fn tables(corpus: &Corpus) -> Vec<Table> {
    let mut all = Vec::new();
    for (number, file) in corpus.files.iter().enumerate() {
        if file.role != Role::Shipped {
            continue;
        }
        match file.kind {
            Kind::Sql => all.extend(of_sql(number, &file.text)),
            Kind::Prisma => all.extend(of_prisma(number, &file.text)),
            Kind::Code if is_rails_schema(&file.path) => all.extend(of_rails(number, &file.text)),
            _ => {}
        }
    }
    all
}

static SQL: Pattern = Pattern::new(
    r#"(?i)CREATE TABLE (?:IF NOT EXISTS )?["`]?(?:\w+["`]?\.["`]?)?(\w+["`]?\s*\([^;]*)"#,
);
static SQL_TEXT: Pattern =
    Pattern::new(r"(?i)^(?:text|varchar|character varying|char|nvarchar|citext|longtext)\b");

fn of_sql(file: usize, text: &str) -> Vec<Table> {
    let found = SQL.groups(text).into_iter();
    let table = |(at, body): (usize, &str)| {
        let (name, rows) = body.split_once('(')?;
        let first = line_at(text, at);
        let mut line = first + lines(name);
        let mut columns = Vec::new();
        for row in rows.split([',', '\n']) {
            // A row that ends with a comma is followed by the rest of its line.
            let mut words = row.split_whitespace();
            let is_name = |word: &&str| !word.starts_with([')', '(', '-']);
            if let Some(column) = words.next().filter(is_name) {
                let kind = words.next().unwrap_or_default();
                columns.push(Column {
                    line,
                    name: bare(column),
                    is_text: SQL_TEXT.is_in(kind),
                });
            }
            let end = row.as_ptr().addr() + row.len() - rows.as_ptr().addr();
            line += u32::from(rows.as_bytes().get(end) == Some(&b'\n'));
        }
        let name = bare(name);
        Some(Table {
            file,
            line: first,
            name,
            columns,
        })
    };
    found.filter_map(table).collect()
}

fn lines(text: &str) -> u32 {
    line_at(text, text.len()) - 1
}

fn bare(name: &str) -> String {
    name.trim()
        .trim_matches(['"', '`', '\'', '[', ']'])
        .to_owned()
}

static MAPPED: Pattern = Pattern::new(r#"@@map\((?:name:\s*)?"(\w+)"\)"#);
static MAPPED_COLUMN: Pattern = Pattern::new(r#"@map\((?:name:\s*)?"(\w+)"\)"#);

fn of_prisma(file: usize, text: &str) -> Vec<Table> {
    let mut all: Vec<Table> = Vec::new();
    let mut open: Option<Table> = None;
    for (line, row) in (1..).zip(text.lines()) {
        let row = row.trim();
        if let Some(rest) = row.strip_prefix("model ") {
            let name = rest.split_whitespace().next().unwrap_or_default();
            open = Some(Table {
                file,
                line,
                name: name.to_owned(),
                columns: Vec::new(),
            });
        } else if row == "}" {
            all.extend(open.take());
        } else if let Some(table) = &mut open {
            if let Some(name) = MAPPED.group(row) {
                name.clone_into(&mut table.name);
                continue;
            }
            let mut words = row.split_whitespace();
            let (Some(name), Some(kind)) = (words.next(), words.next()) else {
                continue;
            };
            if name.starts_with(['@', '/']) {
                continue;
            }
            let mapped = MAPPED_COLUMN.group(row);
            table.columns.push(Column {
                line,
                name: mapped.unwrap_or(name).to_owned(),
                is_text: kind.trim_end_matches('?') == "String",
            });
        }
    }
    all
}

static RAILS: Pattern = Pattern::new(r#"create_table "(\w+)""#);
static RAILS_COLUMN: Pattern = Pattern::new(r#"^\s*t\.\w+ "(\w+)""#);

fn of_rails(file: usize, text: &str) -> Vec<Table> {
    let mut all: Vec<Table> = Vec::new();
    for (line, row) in (1..).zip(text.lines()) {
        if let Some(name) = RAILS.group(row) {
            all.push(Table {
                file,
                line,
                name: name.to_owned(),
                columns: Vec::new(),
            });
        } else if let (Some(name), Some(table)) = (RAILS_COLUMN.group(row), all.last_mut()) {
            let kind = row.trim_start();
            table.columns.push(Column {
                line,
                name: name.to_owned(),
                is_text: kind.starts_with("t.string") || kind.starts_with("t.text"),
            });
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(tables: &[Table]) -> Vec<(&str, &str, u32, bool)> {
        let of = |table: &'_ Table| table.columns.len();
        assert!(tables.iter().all(|table| of(table) > 0));
        let mut all = Vec::new();
        for table in tables {
            for it in &table.columns {
                all.push((table.name.as_str(), it.name.as_str(), it.line, it.is_text));
            }
        }
        all
    }

    #[test]
    fn columns_have_names_types_and_lines() {
        let sql = "CREATE TABLE IF NOT EXISTS public.\"keys\" (\n  id bigint,\n  \"key\" text NOT NULL\n);\n";
        assert_eq!(
            columns(&of_sql(0, sql)),
            [("keys", "id", 2, false), ("keys", "key", 3, true)]
        );
        let prisma = "model ApiKey {\n  id Int @id\n  key String? @map(\"api_key\")\n  @@map(\"api_keys\")\n}\n";
        assert_eq!(
            columns(&of_prisma(0, prisma)),
            [
                ("api_keys", "id", 2, false),
                ("api_keys", "api_key", 3, true)
            ]
        );
        let rails = "create_table \"api_keys\" do |t|\n  t.string \"key\"\nend\n";
        assert_eq!(columns(&of_rails(0, rails)), [("api_keys", "key", 2, true)]);
    }
}
