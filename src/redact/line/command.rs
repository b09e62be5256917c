//! Credentials in commands and directives: after a flag, after a name, or as a password hash.

use crate::lexicon::name::classify;

use super::{BEFORE_QUOTES, Line, is_opaque, offset, until};

/// Programs that take a password attached to `-p`.
const ATTACHED: &[&str] = &["mysql", "mariadb", "sshpass", "mysqladmin", "mysqldump"];
/// Programs that take a password as the word after `-p`.
const DETACHED: &[&str] = &[
    "login",
    "mongo",
    "mongosh",
    "mongodump",
    "sshpass",
    "ldapsearch",
    "htpasswd",
];
/// The prefixes of password hashes.
const HASHES: &[&str] = &[
    "$2a$", "$2b$", "$2y$", "$argon2", "$apr1$", "$5$", "$6$", "$1$", "{SHA}", "{SSHA}", "$$2y$$",
    "$$apr1$$", "$$6$$",
];

impl Line<'_, '_> {
    /// `--password value`, `-pvalue`, `-u user:value`, `requirepass value`.
    pub(super) fn flags(&mut self) {
        let line = self.content;
        let words: Vec<&str> = line
            .split(is_between)
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
                if let Some((_, password)) = password {
                    self.take(password);
                }
            } else if is_flag && *word == "-p" && has(DETACHED)
                || *word == "-a" && has(&["redis-cli"])
                || is_flag && !name.contains('=') && is_credential(name)
            {
                if let Some(next) = next.filter(|next| !next.starts_with('-')) {
                    self.take(whole(line, next));
                }
            } else if at == first && words.len() == at + 2 && is_credential(name) {
                if let Some(next) = next {
                    self.take(next);
                }
            } else if let Some(value) = word.strip_prefix("-p").filter(|value| value.len() > 2)
                && (has(ATTACHED) || is_opaque(value))
                && !value.contains([':', '='])
            {
                self.take(value);
            }
        }
    }

    /// `IDENTIFIED BY 'value'`, `PASSWORD 'value'`.
    pub(super) fn identified(&mut self) {
        let line = self.content;
        let lower = line.to_ascii_lowercase();
        for mark in BEFORE_QUOTES {
            for (at, _) in lower.match_indices(mark) {
                let rest = line[at + mark.len()..].trim_start();
                let quote = rest.chars().next().filter(|c| matches!(c, '\'' | '"'));
                if let Some(quote) = quote {
                    self.take(until(&rest[1..], &[quote]));
                }
            }
        }
    }

    /// Password hashes, which can be cracked offline.
    pub(super) fn hashes(&mut self) {
        let line = self.content;
        if memchr::memchr2(b'$', b'{', line.as_bytes()).is_none() {
            return;
        }
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

/// Whether `c` separates words, also in lists of JSON and YAML.
fn is_between(c: char) -> bool {
    #[rustfmt::skip]
    let is_mark = matches!(
        c,
        ' ' | '\t' | '"' | '\'' | '`' | ',' | '[' | ']' | '(' | ')' | ';' | '\\'
    );
    is_mark
}

/// Whether a word is the name of a credential.
fn is_credential(name: &str) -> bool {
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
    name.bytes().all(is_name) && classify(name).is_some()
}

/// Returns the quoted text that `word` begins, or the word if it is not quoted.
fn whole<'t>(line: &'t str, word: &'t str) -> &'t str {
    let at = offset(line, word);
    let quote = line[..at]
        .chars()
        .next_back()
        .filter(|c| matches!(c, '"' | '\''));
    match quote {
        Some(quote) => until(&line[at..], &[quote]),
        None => until(&line[at..], &[' ', '\t', '"', '\'', '`']),
    }
}
