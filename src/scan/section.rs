//! What the text around a value, and its path, show of where it is used: the section of a settings file for one
//! environment, and the name of the application itself.

use crate::lexicon::path;

/// How far before a value the head of its section is looked for, in bytes.
const FAR: usize = 16 * 1024;

/// Whether what is at `at` in a file of YAML is in the section of an environment of developers, as Rails writes them:
/// `development:` and, indented below it, `secret_key_base: …`.
pub(super) fn is_for_developers(bytes: &[u8], at: usize, path: &str) -> bool {
    if !(path.ends_with(".yml") || path.ends_with(".yaml")) {
        return false;
    }
    let before = &bytes[at.saturating_sub(FAR)..at.min(bytes.len())];
    let mut lines = before.rsplit(|byte| *byte == b'\n');
    // A value that is not indented is in no section.
    if !lines.next().is_some_and(is_indented) {
        return false;
    }
    let is_head = |line: &&[u8]| {
        let first = line.first();
        first.is_some_and(|byte| !byte.is_ascii_whitespace() && !matches!(byte, b'#' | b'-'))
    };
    let name = lines.find(is_head).and_then(|line| {
        let end = line.iter().position(|byte| *byte == b':')?;
        std::str::from_utf8(&line[..end]).ok()
    });
    name.is_some_and(|name| {
        let name = name.trim_matches(['"', '\'']);
        matches!(name, "development" | "dev" | "test" | "testing" | "local")
    })
}

/// Whether what is at `at` in a file of TOML is in a text of several lines: a command or a page that the file shows.
pub(super) fn is_in_shown_text(bytes: &[u8], at: usize, path: &str) -> bool {
    let before = &bytes[..at.min(bytes.len())];
    let is_open = |quotes: &[u8]| memchr::memmem::find_iter(before, quotes).count() % 2 == 1;
    path.ends_with(".toml") && (is_open(b"'''") || is_open(b"\"\"\""))
}

fn is_indented(line: &[u8]) -> bool {
    line.first()
        .is_some_and(|byte| matches!(byte, b' ' | b'\t'))
}

/// How many lines around a password its server is looked for.
const NEAR: usize = 6;

/// Whether a password opens a database on the same machine, as settings for the first start have it: the address beside
/// it, or in the same connection string, is that of the machine itself or of a file.
pub(super) fn is_of_local_database(bytes: &[u8], at: usize, path: &str) -> bool {
    // Production may well run on one machine.
    let name = path.rsplit('/').next().unwrap_or(path);
    if name.to_ascii_lowercase().contains("prod") {
        return false;
    }
    let line_end = |from: usize| {
        let rest = &bytes[from.min(bytes.len())..];
        memchr::memchr(b'\n', rest).map_or(bytes.len(), |end| from + end)
    };
    let at = at.min(bytes.len());
    let start = memchr::memrchr(b'\n', &bytes[..at]).map_or(0, |end| end + 1);
    let own = &bytes[start..line_end(at)];
    if own.len() > 1024 {
        return false;
    }
    if path.ends_with(".json") || path.ends_with(".config") {
        return names_this_machine(own, CONNECTION);
    }
    if ![".yml", ".yaml", ".properties"]
        .iter()
        .any(|ending| path.ends_with(ending))
    {
        return false;
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
    let is_address = |line: &[u8]| depth(line) == depth(own) && names_this_machine(line, ADDRESSES);
    before.take_while(is_beside).any(is_address) || behind.take_while(is_beside).any(is_address)
}

/// How connection strings name the machine itself.
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

fn names_this_machine(line: &[u8], signs: &[&str]) -> bool {
    let line = String::from_utf8_lossy(line).to_ascii_lowercase();
    signs.iter().any(|sign| line.contains(sign))
}

/// Whether a value in a program is a word of the folder at the top that the file is in: what a program falls back to is
/// often its own name, which serves the first start on the desk of a developer.
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
        for (value, expected) in [("1", true), ("2", true), ("3", true), ("4", false)] {
            let at = text.find(&format!("key: {value}")).unwrap();
            let found = is_for_developers(text.as_bytes(), at, "config/secrets.yml");
            assert_eq!(found, expected, "{value}");
            assert!(!is_for_developers(text.as_bytes(), at, "config/secrets.rb"));
        }
        assert!(!is_for_developers(b"test: 1\nkey: 2\n", 8, "a.yml"));
    }

    #[test]
    fn texts_of_several_lines_show_something() {
        let text = "Example = '''\nTOKEN=hunter \\\nlego run\n'''\ntoken = \"owl\"\n";
        let shown = |word: &str, path: &str| {
            is_in_shown_text(text.as_bytes(), text.find(word).unwrap(), path)
        };
        assert!(shown("hunter", "dns.toml"));
        assert!(!shown("hunter", "dns.py"));
        assert!(!shown("owl", "dns.toml"));
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
