//! Credentials in commands and directives: behind a flag, behind a name, as the hash of a password.

use crate::lexicon::name::classify;

use super::{Line, is_opaque, until};

/// What is between words: also that of lists in JSON and YAML.
const BETWEEN: &[char] = &[
    ' ', '\t', '"', '\'', '`', ',', '[', ']', '(', ')', ';', '\\',
];
/// Programs that take a password right behind `-p`.
const ATTACHED: &[&str] = &["mysql", "mariadb", "sshpass", "mysqladmin", "mysqldump"];
/// Programs that take a password as the word behind `-p`.
const DETACHED: &[&str] = &[
    "login",
    "mongo",
    "mongosh",
    "mongodump",
    "sshpass",
    "ldapsearch",
    "htpasswd",
];
/// What the hashes of passwords begin with.
const HASHES: &[&str] = &[
    "$2a$", "$2b$", "$2y$", "$argon2", "$apr1$", "$5$", "$6$", "$1$", "{SHA}", "{SSHA}", "$$2y$$",
    "$$apr1$$", "$$6$$",
];

impl<'t> Line<'t, '_> {
    /// `--password value`, `-pvalue`, `-u user:value`, `requirepass value`.
    pub(super) fn flags(&mut self) {
        let line = self.line;
        let words: Vec<&str> = line
            .split(BETWEEN)
            .filter(|word| !word.is_empty())
            .collect();
        let has = |programs: &[&str]| {
            let mut named = words.iter().filter_map(|word| word.rsplit('/').next());
            named.any(|word| programs.contains(&word))
        };
        let mark = |word: &&&str| matches!(**word, "#" | "//" | "-" | "--");
        let first = words.iter().take_while(mark).count();
        for (at, word) in words.iter().enumerate() {
            let next = words.get(at + 1).copied();
            let is_flag = word.starts_with('-');
            let name = word.trim_start_matches('-');
            if matches!(*word, "-u" | "--user") {
                let password = next.and_then(|next| next.split_once(':'));
                password
                    .into_iter()
                    .for_each(|(_, password)| self.take(password));
            } else if is_flag && *word == "-p" && has(DETACHED)
                || *word == "-a" && has(&["redis-cli"])
                || is_flag && !name.contains('=') && classify(name).is_some()
            {
                next.filter(|next| !next.starts_with('-'))
                    .into_iter()
                    .for_each(|next| self.take(whole(line, next)));
            } else if at == first && words.len() == at + 2 && classify(name).is_some() {
                next.into_iter().for_each(|next| self.take(next));
            } else if let Some(value) = word.strip_prefix("-p").filter(|value| value.len() > 2)
                && (has(ATTACHED) || is_opaque(value))
                && !value.contains([':', '='])
            {
                self.take(value);
            }
        }
        self.identified();
    }

    /// `IDENTIFIED BY 'value'`, `PASSWORD 'value'`.
    fn identified(&mut self) {
        let line = self.line;
        let lower = line.to_ascii_lowercase();
        for mark in ["identified by ", "password "] {
            for (at, _) in lower.match_indices(mark) {
                let rest = line[at + mark.len()..].trim_start();
                let quote = rest.chars().next().filter(|c| matches!(c, '\'' | '"'));
                quote
                    .into_iter()
                    .for_each(|quote| self.take(until(&rest[1..], &[quote])));
            }
        }
    }

    /// Hashes of passwords, which can be guessed from.
    pub(super) fn hashes(&mut self) {
        let line = self.line;
        for mark in HASHES {
            for (at, _) in line.match_indices(mark) {
                let hash = until(&line[at..], &[' ', '\t', '"', '\'', '`', ',', ';']);
                if hash.len() >= mark.len() + 8 {
                    self.found.push(hash);
                }
            }
        }
    }
}

/// The whole text in quotes that `word` begins, or the word.
fn whole<'t>(line: &'t str, word: &'t str) -> &'t str {
    let at = (word.as_ptr() as usize).saturating_sub(line.as_ptr() as usize);
    let quote = line[..at]
        .chars()
        .next_back()
        .filter(|c| matches!(c, '"' | '\''));
    match quote {
        Some(quote) => until(&line[at..], &[quote]),
        None => until(&line[at..], &[' ', '\t', '"', '\'', '`']),
    }
}
