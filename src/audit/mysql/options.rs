//! Option files as servers read them: groups, abbreviations, prefixes and includes.

use std::ops::Range;

use crate::audit::directive::{self, Directive};
use crate::audit::included::{Include, Line, Named, Syntax};

/// Reads option files and what they include.
pub(super) struct Options {
    /// The version of the server whose groups count, if the tree names one.
    pub(super) version: Option<Version>,
}

/// A server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Version {
    pub(super) is_mariadb: bool,
    /// `10.11`
    pub(super) number: String,
}

/// A line that a server reads.
pub(super) enum Item {
    /// An option that checks examine.
    Set(Directive),
    /// Something that prevents the server from starting.
    Invalid(Range<usize>),
}

/// Options that checks examine, each with its shortest unambiguous abbreviation.
const KNOWN: &[(&str, &str)] = &[
    ("skip_grant_tables", "skip_gr"),
    ("skip_networking", "skip_net"),
    ("require_secure_transport", "require_s"),
    ("local_infile", "local_i"),
    ("bind_address", "bind"),
    ("ssl", "ssl"),
];

/// Maintained branches: their groups count if no image says which server runs.
const MAINTAINED: &[&str] = &["8.0", "8.4", "9.7", "10.6", "10.11", "11.4", "11.8", "12.3"];

impl Syntax for Options {
    type Item = Item;

    fn read(&self, text: &str) -> Vec<Line<Item>> {
        let mut read = Vec::new();
        let mut group: Option<bool> = None;
        for (line, at) in directive::lines(text, &['#', ';']) {
            let span = at..at + line.len();
            let invalid = |span: Range<usize>| Line::Item(Item::Invalid(span.clone()), span);
            if let Some(rest) = line.strip_prefix('!') {
                let named = included(rest);
                read.extend(named.map(|named| Line::Include(Include { named, span })));
            } else if let Some(rest) = line.strip_prefix('[') {
                match rest.split_once(']') {
                    Some((name, _)) => group = Some(self.is_server(name)),
                    None => read.push(invalid(span)),
                }
            } else {
                match group {
                    None => read.push(invalid(span)),
                    Some(true) => {
                        let option = option(line, at);
                        read.extend(option.map(|option| Line::Item(Item::Set(option), span)));
                    }
                    Some(false) => {}
                }
            }
        }
        read
    }

    fn is_audited(&self, path: &str, text: &str) -> bool {
        super::is_named(path) && self.has_server(text)
    }

    fn roots(&self) -> &'static [&'static str] {
        &["my.cnf", "mysqld.cnf", "my.ini"]
    }
}

impl Options {
    /// Returns whether a file has a group that servers read.
    pub(super) fn has_server(&self, text: &str) -> bool {
        let mut lines = directive::lines(text, &['#', ';']);
        lines.any(|(line, _)| {
            let name = line.strip_prefix('[').and_then(|rest| rest.split_once(']'));
            name.is_some_and(|(name, _)| self.is_server(name))
        })
    }

    /// Whether servers read the group.
    fn is_server(&self, name: &str) -> bool {
        let name = name.trim_end().to_ascii_lowercase();
        let is_mariadb = self.version.as_ref().map(|version| version.is_mariadb);
        let (base, number) = match name.rsplit_once('-') {
            Some((base, number)) if number.starts_with(|c: char| c.is_ascii_digit()) => {
                (base, Some(number))
            }
            _ => (name.as_str(), None),
        };
        let is_read = match base {
            "mysqld" => true,
            "server" => number.is_none(),
            "mariadb" | "mariadbd" => is_mariadb != Some(false),
            "galera" | "client-server" => number.is_none() && is_mariadb != Some(false),
            _ => false,
        };
        is_read && number.is_none_or(|number| self.is_version(number))
    }

    fn is_version(&self, number: &str) -> bool {
        match &self.version {
            Some(version) => version.number == number,
            None => MAINTAINED.contains(&number),
        }
    }
}

fn included(line: &str) -> Option<Named> {
    let (word, rest) = line.split_once(char::is_whitespace)?;
    let name = rest.trim().to_owned();
    match word {
        "include" => Some(Named::File(name)),
        "includedir" => Some(Named::Folder(name, ".cnf")),
        _ => None,
    }
}

/// Returns the option of a line by its full name, with `1` or `0` for the value of a switch; `None` if no check
/// examines it.
fn option(line: &str, at: usize) -> Option<Directive> {
    let (name, value) = match line.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (line.split('#').next().unwrap_or(line), None),
    };
    let name = name.trim();
    let (name, negated) = whole_name(name)?;
    let end = at + line.len();
    let mut option = match value {
        Some(value) => {
            let from = line.len() - value.len();
            let words = directive::words(value, at + from, Some('#'));
            Directive {
                name: name.to_owned(),
                span: at..words.last().map_or(end, |word| word.span.end),
                values: words,
            }
        }
        None => Directive {
            name: name.to_owned(),
            values: Vec::new(),
            span: at..end,
        },
    };
    if name != "bind_address" {
        let is_on = option.values.first().map_or(value.is_none(), |value| {
            let known = ["1", "on", "true"];
            known.iter().any(|on| value.text.eq_ignore_ascii_case(on))
        });
        let text = if is_on == negated { "0" } else { "1" };
        let span = option.span.clone();
        option.values = vec![directive::Word {
            text: text.to_owned(),
            span,
        }];
    }
    Some(option)
}

/// Whether a word of a command line turns off the check of passwords, in each way that the servers read an option:
/// `--skip-grant-tables`, `--skip_grant_tables=ON`, `--skip-grant`.
pub(in crate::audit) fn skips_grant_tables(word: &str) -> bool {
    let Some(option) = word.strip_prefix("--") else {
        return false;
    };
    let (name, value) = option.split_once('=').unwrap_or((option, "1"));
    let is_on = ["1", "on", "true"]
        .iter()
        .any(|on| value.eq_ignore_ascii_case(on));
    is_on && whole_name(name) == Some(("skip_grant_tables", false))
}

/// Returns the option that a name means, and whether its prefix inverts it.
fn whole_name(written: &str) -> Option<(&'static str, bool)> {
    let name = written.to_ascii_lowercase().replace('-', "_");
    let name = name.strip_prefix("loose_").unwrap_or(&name);
    let known = |name: &str| {
        let mut all = KNOWN.iter();
        all.find(|(whole, least)| whole.starts_with(name) && name.starts_with(least))
            .map(|(whole, _)| *whole)
    };
    if let Some(whole) = known(name) {
        return Some((whole, false));
    }
    if let Some(rest) = name.strip_prefix("enable_") {
        return known(rest).map(|whole| (whole, false));
    }
    let rest = ["skip_", "disable_"]
        .iter()
        .find_map(|prefix| name.strip_prefix(prefix))?;
    // An option named `skip_…` is not turned off by its rest: there is no option `disable_networking`.
    known(rest).map(|whole| (whole, true))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_turn_off_the_check_of_passwords() {
        for word in [
            "--skip-grant-tables",
            "--skip_grant_tables",
            "--skip-grant",
            "--skip-grant-tables=1",
            "--skip-grant-tables=ON",
            "--loose-skip-grant-tables",
        ] {
            assert!(skips_grant_tables(word), "{word}");
        }
        for word in [
            "skip-grant-tables",
            "--skip-grant-tables=0",
            "--skip-grant-tables=OFF",
            "--disable-skip-grant-tables",
            "--skip-networking",
        ] {
            assert!(!skips_grant_tables(word), "{word}");
        }
    }

    #[test]
    fn names_have_prefixes_and_abbreviations() {
        for (name, expected) in [
            ("skip-grant-tables", Some(("skip_grant_tables", false))),
            ("SKIP_GRANT-tables", Some(("skip_grant_tables", false))),
            ("skip-gra", Some(("skip_grant_tables", false))),
            ("skip-g", None),
            ("skip-grant-tables2", None),
            ("loose-skip-gra", Some(("skip_grant_tables", false))),
            (
                "disable-skip-grant-tables",
                Some(("skip_grant_tables", true)),
            ),
            ("enable-local-infile", Some(("local_infile", false))),
            ("skip-ssl", Some(("ssl", true))),
            ("disable-local-inf", Some(("local_infile", true))),
            ("skip-name-resolve", None),
            ("disable-networking", None),
        ] {
            assert_eq!(whole_name(name), expected, "{name}");
        }
    }

    #[test]
    fn groups_are_read_by_version() {
        let check = |version: Option<(bool, &str)>, group: &str, expected: bool| {
            let version = version.map(|(is_mariadb, number)| Version {
                is_mariadb,
                number: number.to_owned(),
            });
            assert_eq!(Options { version }.is_server(group), expected, "{group}");
        };
        check(None, "mysqld", true);
        check(None, "MySQLd ", true);
        check(None, " mysqld", false);
        check(None, "mysqld_safe", false);
        check(None, "mysqld1", false);
        check(None, "client", false);
        check(None, "mysqld-5.7", false);
        check(None, "mariadb-10.11", true);
        check(Some((false, "5.7")), "mysqld-5.7", true);
        check(Some((true, "10.11")), "mariadb-11.4", false);
        check(Some((false, "8.4")), "mariadb", false);
    }
}
