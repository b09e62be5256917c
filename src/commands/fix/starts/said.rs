//! What lines say about the files and variables that a start needs.

use crate::lexicon::path;

/// How many lines before a start may change to its folder.
const MOST_BEFORE: usize = 6;

/// Returns the directory that the last of the lines before a start changes to: `cd docker`.
pub(super) fn changed_to(lines: &[&str]) -> Option<String> {
    let mut lines = lines.iter().rev().take(MOST_BEFORE);
    lines.find_map(|line| {
        let line = line.trim().trim_start_matches(['$', '#', '>', ' ']);
        let rest = line.strip_prefix("cd ")?;
        let folder = rest.split([' ', '&', ';']).next().unwrap_or(rest);
        let folder = folder.trim_matches(['"', '\'', '/', '`']);
        let folder = folder.strip_prefix("./").unwrap_or(folder);
        let is_known = !folder.is_empty() && !folder.contains(['$', '<', '~', '.']);
        is_known.then(|| folder.to_owned())
    })
}

/// Whether a line of a document says that something need not be set.
pub(super) fn says_optional(line: &str) -> bool {
    const WORDS: [&str; 4] = ["default", "defaults", "optional", "unless"];
    let lower = line.to_ascii_lowercase();
    path::has_word(&lower, |word| WORDS.contains(&word))
        || lower.contains("not needed")
        || lower.contains("not required")
}

/// Returns the variable that a line of an env file sets, and its value.
pub(super) fn given(line: &str) -> Option<(String, String)> {
    let name = super::assigned(line)?;
    let (_, value) = line.split_once('=')?;
    let value = value.split(" #").next().unwrap_or(value).trim();
    let value = value.trim_matches(['"', '\'']);
    (name.contains('_') && !value.is_empty()).then(|| (name.to_owned(), value.to_owned()))
}

/// Returns the setting that a line of a compose file replaces in a file below it: `PASSWORD: !reset null`.
pub(super) fn replaced(line: &str) -> Option<&str> {
    let (name, value) = line.trim().split_once(':')?;
    let is_name = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    let value = value.trim_start();
    let is_replaced = value.starts_with("!reset") || value.starts_with("!override");
    (is_replaced && !name.is_empty() && name.chars().all(is_name)).then_some(name)
}

/// Returns the names of variables in a line of a document.
pub(super) fn variables_in(line: &str) -> impl Iterator<Item = &str> {
    let is_part = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    let words = line.split(move |c: char| !is_part(c));
    words.filter(|word| word.contains('_') && word.len() > 4)
}

/// Whether a line tells people to put in values of their own.
pub(super) fn asks_to_edit(line: &str) -> bool {
    const VERBS: [&str; 7] = [
        "edit",
        "change",
        "replace",
        "update",
        "modify",
        "adjust",
        "customize",
    ];
    path::has_word(&line.to_ascii_lowercase(), |word| VERBS.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_start_is_in_the_folder_that_lines_change_to() {
        for (lines, expected) in [
            (&["cd docker"][..], Some("docker")),
            (
                &["$ cd ./deploy/prod/ && ls", "", "# Start"],
                Some("deploy/prod"),
            ),
            (&["cd \"$(dirname $0)\""], None),
            (&["cd .."], None),
            (&["cp a b"], None),
        ] {
            assert_eq!(changed_to(lines).as_deref(), expected, "{lines:?}");
        }
    }

    #[test]
    fn lines_say_what_need_not_be_set() {
        assert!(says_optional(
            "Set `DB_PASSWORD` or default Password will be used"
        ));
        assert!(says_optional(
            "| `DB_PASSWORD` | Always (unless using secrets file) |"
        ));
        assert!(!says_optional("Set `DB_PASSWORD` in `.env`."));
        assert_eq!(replaced("  DB_PASSWORD: !reset null"), Some("DB_PASSWORD"));
        assert_eq!(replaced("  ports: !reset []"), None);
        let expected = ("DB_PASSWORD".to_owned(), "123".to_owned());
        assert_eq!(given("export DB_PASSWORD=\"123\" # change"), Some(expected));
        assert_eq!(given("# DB_PASSWORD=123"), None);
        assert_eq!(replaced("  DB_PASSWORD: a"), None);
    }
}
