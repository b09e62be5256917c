//! What the surroundings and the path of a value show of where it is used: sections of a settings file for single
//! environments, and the name of the application itself.

use std::cell::Cell;
use std::ops::Range;

use crate::lexicon::name::{self, CredentialName};
use crate::lexicon::{host, path};
use crate::model::steps;

/// How many bytes before a value are searched for the head of its section.
const FAR: usize = 16 * 1024;

/// The sections of a YAML file.
#[derive(Default)]
pub(super) struct Sections {
    /// The line that was asked about last, and where the head of its section begins, so that no line is read twice.
    last: Cell<Option<(usize, Option<usize>)>>,
}

impl Sections {
    /// Returns whether the value at `at` is in the section of a development environment, as in Rails: `development:`
    /// and, indented below it, `secret_key_base: …`.
    pub(super) fn is_for_developers(&self, bytes: &[u8], at: usize, path: &str) -> bool {
        if !(path.ends_with(".yml") || path.ends_with(".yaml")) {
            return false;
        }
        let before = &bytes[at.saturating_sub(FAR)..at.min(bytes.len())];
        let Some(end) = memchr::memrchr(b'\n', before) else {
            return false;
        };
        // A value that is not indented is in no section.
        if !is_indented(&before[end + 1..]) {
            return false;
        }
        let line = at.min(bytes.len()) - (before.len() - end - 1);
        let name = self.head(bytes, line).and_then(|head| {
            let length = memchr::memchr2(b':', b'\n', &bytes[head..line])?;
            (bytes[head + length] == b':').then_some(&bytes[head..head + length])
        });
        let name = name.and_then(|name| std::str::from_utf8(name).ok());
        name.is_some_and(|name| {
            let name = name.trim_matches(['"', '\'']);
            matches!(name, "development" | "dev" | "test" | "testing" | "local")
        })
    }

    /// The start of the last line before `line` that is not indented, if it is near.
    fn head(&self, bytes: &[u8], line: usize) -> Option<usize> {
        let far = line.saturating_sub(FAR);
        let known = self.last.get().filter(|(known, _)| *known <= line);
        let least = known.map_or(far, |(known, _)| known.max(far));
        let mut end = line;
        let mut found = None;
        while found.is_none() && end > least {
            let start = memchr::memrchr(b'\n', &bytes[least..end - 1]);
            let Some(start) = start.map(|at| least + at + 1).or(starts(bytes, least)) else {
                break;
            };
            found = is_head(bytes[start]).then_some(start);
            end = start;
        }
        steps::look_at(line - end);
        let found = found.or_else(|| known.and_then(|(_, head)| head));
        let found = found.filter(|head| *head >= far);
        self.last.set(Some((line, found)));
        found
    }
}

/// `at`, if a line starts there.
fn starts(bytes: &[u8], at: usize) -> Option<usize> {
    (at == 0 || bytes[at - 1] == b'\n').then_some(at)
}

/// Whether a line that starts with this byte may be the head of a section.
fn is_head(first: u8) -> bool {
    !first.is_ascii_whitespace() && !matches!(first, b'#' | b'-')
}

/// The ends of all delimiters of multi-line strings in a TOML file, for both kinds of quotes.
pub(super) struct ShownTexts([Vec<usize>; 2]);

impl ShownTexts {
    /// Finds the delimiters in a text.
    pub(super) fn of(bytes: &[u8]) -> Self {
        let ends = |quotes: &[u8; 3]| {
            steps::look_at(bytes.len());
            let found = memchr::memmem::find_iter(bytes, quotes);
            found.map(|at| at + quotes.len()).collect()
        };
        Self([ends(b"'''"), ends(b"\"\"\"")])
    }

    /// Returns whether `at` is within a multi-line string: a command or a page that the file shows.
    pub(super) fn contain(&self, at: usize) -> bool {
        let is_open = |ends: &Vec<usize>| ends.partition_point(|end| *end <= at) % 2 == 1;
        self.0.iter().any(is_open)
    }
}

fn is_indented(line: &[u8]) -> bool {
    line.first()
        .is_some_and(|byte| matches!(byte, b' ' | b'\t'))
}

/// How many lines around a password are searched for its server.
const NEAR: usize = 6;

/// Whether a password opens a database on the same machine, as in settings for a first start: the address beside it, or
/// in the same connection string, is local or a file.
pub(super) fn is_of_local_database(bytes: &[u8], at: usize, path: &str) -> bool {
    let is_of_strings = path.ends_with(".json") || path.ends_with(".config");
    let is_of_lines = [".yml", ".yaml", ".properties"]
        .iter()
        .any(|ending| path.ends_with(ending));
    // Production may well run on one machine.
    let name = path.rsplit('/').next().unwrap_or(path);
    if !(is_of_strings || is_of_lines) || name.to_ascii_lowercase().contains("prod") {
        return false;
    }
    let line_end = |from: usize| {
        let rest = &bytes[from.min(bytes.len())..];
        memchr::memchr(b'\n', rest).map_or(bytes.len(), |end| from + end)
    };
    let at = at.min(bytes.len());
    let Some(own) = line_around(bytes, at) else {
        return false;
    };
    let (start, own) = (own.start, &bytes[own]);
    if is_of_strings {
        return names_this_machine(own, CONNECTION);
    }
    let depth = |line: &[u8]| line.iter().take_while(|byte| **byte == b' ').count();
    let is_beside = |line: &&[u8]| depth(line) >= depth(own) && !line.trim_ascii().is_empty();
    let before = bytes[..start]
        .rsplit(|byte| *byte == b'\n')
        .skip(1)
        .take(NEAR);
    let behind = bytes[line_end(at)..]
        .split(|byte| *byte == b'\n')
        .skip(1)
        .take(NEAR);
    let account = password_of(own);
    let is_server =
        |line: &[u8]| account.is_some_and(|account| names_machine_of_account(line, account));
    let is_address = |line: &[u8]| {
        depth(line) == depth(own) && (names_this_machine(line, ADDRESSES) || is_server(line))
    };
    before.take_while(is_beside).any(is_address) || behind.take_while(is_beside).any(is_address)
}

/// The name and the value of a setting in a line.
fn setting(line: &[u8]) -> Option<(&str, &str)> {
    let line = std::str::from_utf8(line.get(..line.len().min(LONGEST_LINE))?).ok()?;
    let (name, value) = line.trim().split_once([':', '='])?;
    Some((name.trim(), value.trim().trim_matches(['"', '\''])))
}

/// What the name of a password begins with, up to its last word, if a line sets one: `shop.db.` of `shop.db.password`.
fn password_of(line: &[u8]) -> Option<&str> {
    let (name, _) = setting(line)?;
    let is_password = name::classify(name) == Some(CredentialName::Password);
    let start = name.rfind(['.', '_', '-']).map_or(0, |at| at + 1);
    is_password.then(|| &name[..start])
}

/// Whether a line sets the server beside such a password to the machine itself.
fn names_machine_of_account(line: &[u8], account: &str) -> bool {
    const SERVERS: [&str; 4] = ["host", "hostname", "server", "address"];
    setting(line).is_some_and(|(name, value)| {
        let last = name.get(account.len()..).unwrap_or_default();
        let is_beside = name
            .get(..account.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(account));
        is_beside
            && SERVERS.iter().any(|word| last.eq_ignore_ascii_case(word))
            && (host::is_loopback(value) || value == "::1")
    })
}

/// The longest line that is examined, in bytes.
const LONGEST_LINE: usize = 1024;

/// The line around `at`; `None` if it is too long. No more than that is read, however long the line is.
fn line_around(bytes: &[u8], at: usize) -> Option<Range<usize>> {
    let least = at.saturating_sub(LONGEST_LINE + 1);
    let most = bytes.len().min(at + LONGEST_LINE + 1);
    steps::look_at(most - least);
    let start = match memchr::memrchr(b'\n', &bytes[least..at]) {
        Some(end) => least + end + 1,
        None if least == 0 => 0,
        None => return None,
    };
    let end = match memchr::memchr(b'\n', &bytes[at..most]) {
        Some(end) => at + end,
        None if most == bytes.len() => most,
        None => return None,
    };
    (end - start <= LONGEST_LINE).then_some(start..end)
}

/// How connection strings refer to the machine itself.
const CONNECTION: &[&str] = &[
    "host=localhost",
    "server=localhost",
    "data source=localhost",
    "host=127.0.0.1",
    "server=127.0.0.1",
    "data source=127.0.0.1",
    "(localdb)",
    "server=.;",
    "data source=.;",
];

/// How addresses of databases name the machine itself, or a file.
const ADDRESSES: &[&str] = &[
    "://localhost",
    "://127.0.0.1",
    ":h2:",
    ":hsqldb:",
    ":sqlite:",
];

/// Whether a line contains one of `signs`, ignoring case.
fn names_this_machine(line: &[u8], signs: &[&str]) -> bool {
    signs.iter().any(|sign| {
        let sign = sign.as_bytes();
        // Each sign contains a byte that is rare in lines.
        let is_rare = |byte: &u8| matches!(byte, b':' | b'=' | b'(');
        let Some(rare) = sign.iter().position(is_rare) else {
            return false;
        };
        memchr::memchr_iter(sign[rare], line).any(|at| {
            let start = at.checked_sub(rare);
            let found = start.and_then(|start| line.get(start..start + sign.len()));
            found.is_some_and(|found| found.eq_ignore_ascii_case(sign))
        })
    })
}

/// Whether a value in a program is a word of the top-level directory that contains the file. The default of a program
/// is often its own name, used for a first start on a developer's machine.
pub(super) fn is_called_after_its_folder(secret: &[u8], path: &str) -> bool {
    #[rustfmt::skip]
    const PROGRAMS: &[&str] = &[
        "py", "rb", "js", "mjs", "ts", "php", "go", "java", "kt", "cs", "ex", "exs", "rs", "scala", "groovy", "clj",
    ];
    let is_word = secret.len() >= 4 && secret.iter().all(u8::is_ascii_lowercase);
    let ending = path.rsplit('.').next().unwrap_or_default();
    let Some((folder, _)) = path.split_once('/').filter(|_| is_word) else {
        return false;
    };
    PROGRAMS.contains(&ending)
        && std::str::from_utf8(secret)
            .is_ok_and(|secret| path::has_word(&folder.to_ascii_lowercase(), |word| word == secret))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_of_developers_are_told_from_those_of_production() {
        let text = "development:\n  a: &x\n    key: 1\n\n# production:\n  key: 2\ntest: &t\n  key: 3\nproduction:\n  key: 4\n";
        let sections = Sections::default();
        for (value, expected) in [("1", true), ("2", true), ("3", true), ("4", false)] {
            let at = text.find(&format!("key: {value}")).unwrap();
            let (alone, bytes) = (Sections::default(), text.as_bytes());
            let found = alone.is_for_developers(bytes, at, "config/secrets.yml");
            assert_eq!(found, expected, "{value}");
            let found = sections.is_for_developers(bytes, at, "config/secrets.yml");
            assert_eq!(found, expected, "{value} after others");
            assert!(!alone.is_for_developers(bytes, at, "config/secrets.rb"));
        }
        assert!(!Sections::default().is_for_developers(b"test: 1\nkey: 2\n", 8, "a.yml"));
    }

    #[test]
    fn a_password_for_the_machine_itself_is_beside_its_name() {
        let local = |text: &str, path: &str| {
            is_of_local_database(text.as_bytes(), text.find("lamp_door").unwrap(), path)
        };
        let text =
            "a.b=1\nshop.db.hostname=localhost\nshop.db.port=1\nshop.db.password=lamp_door\n";
        assert!(local(text, "src/application.properties"));
        for other in [
            text.replace("=localhost", "=db"),
            text.replace("shop.db.hostname", "shop.mail.hostname"),
            text.replace("db.password", "db.tokenSecret"),
        ] {
            assert!(!local(&other, "src/application.properties"), "{other}");
        }
        let yaml = "db:\n  host: 127.0.0.1\n  password: lamp_door\n";
        assert!(local(yaml, "settings.yml") && !local(yaml, "settings.prod.yml"));
        assert!(!local(
            "web:\n  host: localhost\ndb:\n  password: lamp_door\n",
            "a.yml"
        ));
    }

    #[test]
    fn texts_of_several_lines_show_something() {
        let text = "Example = '''\nTOKEN=hunter \\\nlego run\n'''\ntoken = \"owl\"\n";
        let texts = ShownTexts::of(text.as_bytes());
        assert!(texts.contain(text.find("hunter").unwrap()));
        assert!(!texts.contain(text.find("owl").unwrap()));
    }

    #[test]
    fn databases_of_the_machine_itself_are_known_by_their_addresses() {
        let local = |text: &str, path: &str| {
            is_of_local_database(text.as_bytes(), text.find("hunter").unwrap(), path)
        };
        let yaml = "spring:\n  datasource:\n    url: jdbc:mysql://localhost:3306/a\n    password: hunter\n";
        assert!(local(yaml, "application.yml"));
        assert!(!local(&yaml.replace("localhost", "db"), "application.yml"));
        assert!(!local(
            &yaml.replace("    password", "mail:\n    password"),
            "application.yml"
        ));
        assert!(local(
            "\"Default\": \"Host=localhost;Password=hunter\"",
            "appsettings.json"
        ));
        assert!(!local(
            "\"Default\": \"Host=db;Password=hunter\"",
            "appsettings.json"
        ));
    }

    #[test]
    fn the_name_of_the_application_is_that_of_a_folder() {
        assert!(is_called_after_its_folder(
            b"owlshop",
            "owlshop/settings.py"
        ));
        assert!(!is_called_after_its_folder(
            b"owlshop",
            "settings/owlshop.py"
        ));
        assert!(!is_called_after_its_folder(b"owlshop", "owlshop/app.yml"));
        assert!(!is_called_after_its_folder(b"owlShop7", "owlShop7/a.py"));
    }
}
