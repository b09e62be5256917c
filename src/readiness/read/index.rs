//! Database indexes, as programs and their migrations write them.

use super::pattern::Pattern;

/// An index on several columns, as migrations of Rails, Alembic, Ecto, Laravel, Knex and Django write it.
static INDEX: Pattern = Pattern::new(
    r#"(?:\badd_index\b|\bt\.index\b|\bcreate_index\(|\b(?:unique_)?index\(|->index\(|->unique\(|\bIndex\(|\bUniqueConstraint\(|\.index\()[^\n;]{0,120}?((?:\[\s*[:"']\w+["']?\s*,\s*[:"']-?\w+|%[iIwW]\[\s*\w+\s+\w+)|fields=\s*[\[(]\s*["']-?\w+["']\s*,\s*["'])"#,
);

/// A partial index.
static PARTIAL: Pattern = Pattern::new(
    r"(?:\badd_index\b|\bcreate_index\(|\b(?:unique_)?index\()[^\n;]{0,200}?(?:\bwhere:|postgresql_where=|\bcondition=)",
);

/// Returns the byte of the first index on several columns, and of the first partial index, that a migration creates.
pub(crate) fn made(text: &str) -> [Option<usize>; 2] {
    [&INDEX, &PARTIAL].map(|pattern| pattern.find(text).map(|found| found.start))
}

/// Whether the index that begins these lines has several columns.
pub(crate) fn is_composite(text: &str) -> bool {
    let mut end = 0;
    let mut depth = 0_i32;
    // What follows the brackets of the index does not belong to it.
    for (at, c) in text.char_indices() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
        end = at + c.len_utf8();
        if depth < 0 || depth == 0 && matches!(c, ')' | ']' | '}') {
            break;
        }
    }
    let own = &text[..end];
    let fields = own.split_once("fields=").map(|(_, rest)| rest);
    let columns = match fields {
        Some(rest) => rest,
        None if own.contains("models.Index(")
            || own.contains("UniqueConstraint(") && own.contains("name=") =>
        {
            return false;
        }
        None if own.contains("__table_args__") => {
            own.split_once("Index(").map_or("", |(_, rest)| {
                rest.split_once(',').map_or("", |(_, columns)| columns)
            })
        }
        None => own.split_once(['[', '(', '=']).map_or("", |(_, rest)| rest),
    };
    let list = columns.split([']', ')']).next().unwrap_or_default();
    list.matches(['"', '\'']).count() >= 4
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn migrations_make_indexes_over_several_columns() {
        for text in [
            "add_index :posts, [:user_id, :created_at]",
            "add_index \"posts\", %i[user_id created_at], unique: true",
            "t.index [\"a\", \"b\"], name: \"x\"",
            "op.create_index(\"ix\", \"t\", [\"a\", \"b\"], unique=False)",
            "create index(:posts, [:a, :b])",
            "$table->index(['a', 'b']);",
            "table.index(['a', 'b'])",
            "models.Index(fields=[\"a\", \"-b\"], name=\"x\")",
        ] {
            assert!(made(text)[0].is_some(), "{text}");
        }
        for text in [
            "add_index :posts, :user_id",
            "op.create_index(\"ix\", \"t\", [\"a\"], unique=False)",
            "create index(:posts, [:a])",
            "models.Index(fields=[\"a\"], name=\"x\")",
            "values = [\"a\", \"b\"]",
        ] {
            assert!(made(text)[0].is_none(), "{text}");
        }
        assert!(made("add_index :posts, :a, where: \"b IS NULL\"")[1].is_some());
    }

    #[test]
    fn models_have_indexes_over_several_columns() {
        for text in [
            "models.Index(\n    fields=[\"a\", \"b\"],\n    name=\"x\",\n)",
            "unique_together = (\"a\", \"b\")",
            "index_together = [[\"a\", \"b\"]]",
        ] {
            assert!(is_composite(text), "{text}");
        }
        for text in [
            "models.Index(fields=[\"a\"], name=\"x\")",
            "models.Index(\"a\", name=\"x\")",
            "models.Index(fields=[\"a\"])\nmodels.F(\"b\", \"c\")",
        ] {
            assert!(!is_composite(text), "{text}");
        }
    }
}
