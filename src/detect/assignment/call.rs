//! Calls whose strings name other things: changes of a database schema, and lookups in an object.

use crate::lexicon::name;

/// Whether a function changes database tables or queries their structure: `addColumn`, `rename_column`, `create_index`.
/// Its strings are names of tables and columns.
pub(super) fn changes_schema(function: &[u8]) -> bool {
    #[rustfmt::skip]
    const VERBS: &[&[u8]] = &[
        b"add", b"remove", b"drop", b"change", b"alter", b"rename", b"create", b"modify", b"has", b"describe", b"truncate",
        b"batchalter", b"addunique", b"dropunique", b"createunique", b"adddefault",
    ];
    #[rustfmt::skip]
    const OBJECTS: &[&[u8]] = &[
        b"column", b"columns", b"columnifnotexists", b"index", b"indexes", b"indices", b"table", b"tableifnotexists", b"constraint",
        b"foreignkey", b"foreign", b"primarykey", b"reference", b"references", b"belongsto", b"uniqueconstraint", b"checkconstraint",
        b"columndefault", b"columnnull", b"columncomment", b"timestamps", b"uniquekey", b"unique", b"enumvalue", b"jointable",
    ];
    const LONGEST: usize = 40;
    if function.len() > LONGEST {
        return false;
    }
    if matches!(
        function,
        b"column_exists" | b"index_exists" | b"table_exists"
    ) {
        return true;
    }
    let letters = function
        .iter()
        .filter(|byte| **byte != b'_' && **byte != b'?');
    let flat: Vec<u8> = letters.map(u8::to_ascii_lowercase).collect();
    VERBS.iter().any(|verb| {
        flat.strip_prefix(*verb)
            .is_some_and(|object| OBJECTS.contains(&object))
    })
}

/// Whether `string` is a path in the object that is the first argument of a call, and not a default:
/// `get(config, 'db.password')`. Any program may have a function called `get`, so only a string that names a credential
/// counts as a path there.
pub(super) fn is_path_in(callee: &[u8], first: &[u8], string: &[u8]) -> bool {
    const FUNCTIONS: [&[u8]; 8] = [
        b"get",
        b"getvalue",
        b"get_value",
        b"getproperty",
        b"getstring",
        b"lookup",
        b"optional",
        b"option",
    ];
    #[rustfmt::skip]
    const OWNERS: &[&[u8]] = &[
        b"_", b"lodash", b"fp", b"r", b"ramda", b"ember", b"arr", b"objectpath", b"object_path", b"dotprop", b"dot", b"dotty", b"pydash",
        b"hash", b"obj", b"object", b"immutable",
    ];
    let is_of_callee = |byte: &&u8| byte.is_ascii_alphanumeric() || b"_$.:>".contains(*byte);
    let callee = callee.trim_ascii_end();
    let length = callee.iter().rev().take_while(is_of_callee).count();
    let callee = &callee[callee.len() - length..];
    let is_mark = |byte: &u8| matches!(byte, b'.' | b':' | b'>');
    let (owner, function) = match callee.iter().rposition(is_mark) {
        Some(mark) => (&callee[..mark], &callee[mark + 1..]),
        None => (&callee[..0], callee),
    };
    let owner = owner.strip_suffix(b".default").unwrap_or(owner);
    let owner = owner.strip_suffix(b"_1").unwrap_or(owner);
    let owner = owner.strip_suffix(b":").unwrap_or(owner);
    let is_known = OWNERS.iter().any(|it| owner.eq_ignore_ascii_case(it));
    let looks = FUNCTIONS.iter().any(|it| function.eq_ignore_ascii_case(it));
    looks && (owner.is_empty() || is_known) && is_object(first) && is_path(string, is_known)
}

/// Whether an argument may be an object: it is neither a string nor a constant.
fn is_object(argument: &[u8]) -> bool {
    let argument = argument.trim_ascii();
    let is_quote = |byte: &u8| matches!(byte, b'"' | b'\'' | b'`');
    argument
        .first()
        .is_some_and(|byte| byte.is_ascii_lowercase() || matches!(byte, b'_' | b'$'))
        && argument.iter().any(u8::is_ascii_lowercase)
        && !argument.iter().any(is_quote)
}

/// Whether a string is the name of a member, or a path of nested members.
fn is_path(string: &[u8], is_known: bool) -> bool {
    let Ok(text) = std::str::from_utf8(string) else {
        return false;
    };
    let is_name = |part: &str| {
        part.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'$'))
    };
    let mut parts = text.split(['.', '[', ']', '/']);
    let last = text.rsplit('.').next().unwrap_or(text);
    let is_several = text.contains('.') && !text.contains("..");
    let starts = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    starts
        && parts.all(is_name)
        && (name::classify(last).is_some()
            || is_several && (is_known || last.ends_with("ey") || name::classify(text).is_some()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_that_change_a_schema_are_known() {
        for function in [
            "addColumn",
            "removeColumn",
            "add_column",
            "rename_column",
            "addIndex",
            "createTable",
            "create_table",
            "changeColumn",
            "dropColumn",
            "hasColumn",
            "add_foreign_key",
            "create_unique_constraint",
            "alter_column",
            "AddColumn",
            "column_exists",
            "describeTable",
            "add_reference",
            "dropColumns",
            "renameTable",
        ] {
            assert!(changes_schema(function.as_bytes()), "{function}");
        }
        for function in [
            "add",
            "setPassword",
            "create",
            "createUser",
            "addToken",
            "put",
            "",
            "addColumnValue",
        ] {
            assert!(!changes_schema(function.as_bytes()), "{function}");
        }
    }

    #[test]
    fn paths_are_told_from_defaults() {
        let is = |callee: &str, first: &str, string: &str| {
            is_path_in(callee.as_bytes(), first.as_bytes(), string.as_bytes())
        };
        for (callee, first, string) in [
            ("get", "config", "keycloak.secret"),
            ("get", "config", "taxForms.encryptionKey"),
            ("get", "this.props", "clientSecret"),
            ("_.get", "config", "github.door"),
            ("lodash.get", "req.body", "db.password2"),
            ("lodash_1.default.get", "config", "a.b"),
            ("Arr::get", "$config", "db.password"),
            ("await get", "config", "slack.tokens[0].token"),
        ] {
            assert!(is(callee, first, string), "{callee}({first}, {string})");
        }
        for (callee, first, string) in [
            ("get", "'db.password'", "summer.lamp"),
            ("get", "DB_PASSWORD", "db.password"),
            ("env.get", "key", "db.password"),
            ("getenv", "key", "db.password"),
            ("config.get", "key", "lamp.door"),
            ("get", "key", "summer.lamp"),
            ("get", "key", "Tr4verse!"),
            ("_.get", "key", "lamp"),
        ] {
            assert!(!is(callee, first, string), "{callee}({first}, {string})");
        }
    }
}
