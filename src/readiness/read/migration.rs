//! Database migrations: which files they are, and their order.

use std::collections::BTreeMap;

use crate::lexicon::path::Role;

use super::kind::{Kind, role};
use super::pattern::Pattern;
use super::{Corpus, folder, name};

/// Whether the file at `path` is in a place for migrations.
pub(crate) fn is_one(path: &str) -> bool {
    if is_rails_schema(path) {
        return true;
    }
    let folder = folder(path);
    let is_code = ["py", "rb", "js", "ts", "go", "exs", "php", "xml"]
        .iter()
        .any(|end| {
            path.rsplit_once('.')
                .is_some_and(|(_, extension)| extension == *end)
        });
    let has = |word: &str| {
        folder == word
            || folder.ends_with(&format!("/{word}"))
            || folder.contains(&format!("/{word}/"))
    };
    is_code
        && (has("migrations") || has("migrate") || has("alembic/versions") || has("versions"))
        && !["__init__.py", "index.ts", "index.js"].contains(&name(path))
}

/// Whether the file at `path` is the schema that Rails migrations generate.
pub(crate) fn is_rails_schema(path: &str) -> bool {
    path == "db/schema.rb" || path.ends_with("/db/schema.rb")
}

/// The migrations in one directory.
#[derive(Debug, Clone, Default)]
pub(crate) struct Set {
    /// The repository.
    pub(crate) repository: usize,
    /// The directory.
    pub(crate) folder: String,
    /// The tool that runs them.
    pub(crate) tool: &'static str,
    /// The names of ordered migrations, in order, each with its path.
    pub(crate) ordered: Vec<(String, String)>,
    /// The paths of migrations without an order.
    pub(crate) unordered: Vec<String>,
}

static PRISMA: Pattern =
    Pattern::new(r"^(?:.*/)?prisma/migrations/(?:\d{8,14}_\w+/migration\.sql|[\w.-]+\.sql)$");
static NUMBERED_SQL: Pattern = Pattern::new(
    r"(?i)(?:^|/)(?:db/)?(?:migrations?|migrate|schema|sql|flyway|goose|changelog)/(?:.*/)?(?:V?\d[\d._]*(?:__|[_-]).+|V\d.*|R__.*)\.(?:up\.)?sql$",
);
static PLAIN_SQL: Pattern = Pattern::new(r"(?i)(?:^|/)migrations?/[^/]+\.sql$");
static RAILS: Pattern = Pattern::new(r"(?:^|/)db/migrate/\d{14}_\w+\.rb$");
static DJANGO: Pattern = Pattern::new(r"[^/]/migrations/\d{4}_\w+\.py$");
static ALEMBIC: Pattern = Pattern::new(r"(?:^|/)(?:alembic|migrations)/versions/[^/]+\.py$");
static KNEX: Pattern = Pattern::new(r"(?:^|/)migrations?/\d{10,17}[-_][\w.-]+\.(?:js|ts)$");
static ECTO: Pattern = Pattern::new(r"(?:^|/)priv/(?:\w+/)*migrations/\d{14}_\w+\.exs$");
static LARAVEL: Pattern =
    Pattern::new(r"(?:^|/)database/migrations/\d{4}_\d\d_\d\d_\d{6}_\w+\.php$");

static DIESEL: Pattern =
    Pattern::new(r"(?:^|/)migrations/\d[\d-]*(?:-\d{6})?_[\w-]+/(?:up|down)\.sql$");
static LIQUIBASE: Pattern = Pattern::new(
    r"(?i)(?:^|/)(?:db|database|liquibase|resources)/(?:[\w.-]+/)*change-?logs?/(?:.*/)?[\w.-]+\.(?:xml|ya?ml|json)$|(?:^|/)db\.changelog[\w.-]*\.(?:xml|ya?ml|json)$",
);

/// What all of their paths have in common, to rule out most files with one search.
static ANY: Pattern =
    Pattern::new(r"(?i)migrat|versions/|schema/|sql/|flyway|goose|changelog|change-log");

fn tool(path: &str) -> Option<&'static str> {
    if !ANY.is_in(path) {
        return None;
    }
    let lists: [(&Pattern, &str); 10] = [
        (&PRISMA, "Prisma"),
        (&RAILS, "Rails"),
        (&DJANGO, "Django"),
        (&ALEMBIC, "Alembic"),
        (&KNEX, "Knex, Sequelize or TypeORM"),
        (&ECTO, "Ecto"),
        (&LARAVEL, "Laravel"),
        (&LIQUIBASE, "Liquibase"),
        (&DIESEL, "Diesel"),
        (&NUMBERED_SQL, "SQL"),
    ];
    let found = lists.iter().find(|(pattern, _)| pattern.is_in(path));
    let plain = || PLAIN_SQL.is_in(path).then_some("SQL");
    found.map(|(_, tool)| *tool).or_else(plain)
}

/// Returns the directory of a migration's set, and the name by which the migration is ordered.
fn parts<'p>(tool: &str, path: &'p str) -> (&'p str, &'p str) {
    let has_folder = tool == "Prisma" && path.ends_with("/migration.sql") || tool == "Diesel";
    if has_folder {
        let own = folder(path);
        return (folder(own), name(own));
    }
    (folder(path), name(path))
}

/// Returns the migrations of a system, by directory.
pub(crate) fn sets(corpus: &Corpus) -> Vec<Set> {
    let mut sets: BTreeMap<(usize, String), Set> = BTreeMap::new();
    for (repository, paths) in corpus.paths.iter().enumerate() {
        let mut paths: Vec<_> = paths.iter().collect();
        paths.sort();
        for path in paths {
            let Some(tool) = tool(path) else {
                continue;
            };
            // A migration may be about templates or tests, so its own name does not count.
            let own = format!("{}/x", folder(path));
            if path.ends_with("down.sql") || role(&own, Kind::Code) != Role::Shipped {
                continue;
            }
            let (folder, name) = parts(tool, path);
            let set = sets.entry((repository, folder.to_owned())).or_default();
            set.repository = repository;
            folder.clone_into(&mut set.folder);
            set.tool = tool;
            // Each migration names the one before it, or one file lists them all in order.
            let is_ordered = matches!(tool, "Alembic" | "Liquibase")
                || name.starts_with(|c: char| c.is_ascii_digit())
                || name
                    .strip_prefix(['V', 'v'])
                    .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
                || name.starts_with("R__");
            if is_ordered {
                set.ordered.push((name.to_owned(), path.clone()));
            } else {
                set.unordered.push(path.clone());
            }
        }
    }
    let is_set = |set: &Set| !set.ordered.is_empty();
    sets.into_values().filter(is_set).collect()
}

/// Returns the part of a name by which it is ordered: digits, and further digits after `_`, `.` or `-`. For a Flyway
/// version, that is everything up to its two underscores.
pub(crate) fn number(name: &str) -> &str {
    let name = name.trim_start_matches(['V', 'v']);
    let digits = |text: &str| {
        let end = text.find(|c: char| !c.is_ascii_digit());
        end.unwrap_or(text.len())
    };
    let mut end = digits(name);
    while name[end..].starts_with(['_', '.', '-']) {
        let further = digits(&name[end + 1..]);
        let after = name[end + 1 + further..].chars().next();
        if further == 0 || after.is_some_and(char::is_alphabetic) {
            break;
        }
        end += 1 + further;
    }
    &name[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_have_parts() {
        for (name, expected) in [
            ("V1_0__initial.sql", "1_0"),
            ("V1_1__more.sql", "1_1"),
            ("V1.2__more.sql", "1.2"),
            ("V1__2fa.sql", "1"),
            ("001_initial.sql", "001"),
            ("001_2fa.sql", "001"),
            ("2024_01_02_a.sql", "2024_01_02"),
            ("20240102_a.sql", "20240102"),
            ("R__views.sql", ""),
        ] {
            assert_eq!(number(name), expected, "{name}");
        }
    }

    #[test]
    fn migrations_are_known_by_where_they_lie() {
        for (path, expected) in [
            (
                "prisma/migrations/20250811172242_init/migration.sql",
                Some("Prisma"),
            ),
            (
                "prisma/migrations/add_campaign_automation.sql",
                Some("Prisma"),
            ),
            ("db/migrate/20240101000000_create_users.rb", Some("Rails")),
            ("app/migrations/0001_initial.py", Some("Django")),
            (
                "migrations/versions/8369118943a1_initial.py",
                Some("Alembic"),
            ),
            ("backend/migrations/001_initial.sql", Some("SQL")),
            ("src/main/resources/db/migration/V1__init.sql", Some("SQL")),
            ("data/cities.sql", None),
            (
                "crates/db/migrations/2019-02-26-002946_create_user/up.sql",
                Some("Diesel"),
            ),
            (
                "src/main/resources/db/changelog/changes/001-init.yaml",
                Some("Liquibase"),
            ),
            (
                "service/resources/db.changelog-master.xml",
                Some("Liquibase"),
            ),
            ("changelogs/fragments/1234-fix.yml", None),
            ("changelog/2.0.yaml", None),
        ] {
            assert_eq!(tool(path), expected, "{path}");
        }
    }
}
