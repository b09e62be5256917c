//! Credentials among the words of what a service runs: `--requirepass x`, `-px`, `PGPASSWORD=x`.

use crate::audit::yaml::{Span, Value};
use crate::lexicon::name::{self, CredentialName};

use super::judge;
use super::{Found, Verdict};
use crate::audit::compose::service::{Service, Variable};
use crate::audit::limit;

/// Words read of one command; the rest of a longer script is a gap.
const MAX_WORDS: usize = 20_000;

/// A word of a command, and where it begins in its scalar.
#[derive(Clone, Copy)]
struct Word<'t> {
    scalar: Value<'t>,
    at: usize,
    text: &'t str,
}

/// What the preceding word says about the next one.
enum Expects {
    /// Nothing.
    Nothing,
    /// A credential with this name.
    Credential(String, CredentialName),
    /// A user and a password, separated by a colon.
    Pair(String),
}

/// Returns the credentials in the commands of a service, each with its place.
pub(super) fn credentials<'t>(service: &Service<'t>) -> Vec<(Variable<'t>, Found)> {
    let mut found = Vec::new();
    for (command, via) in service.own_commands() {
        in_command(service, command, via.as_ref(), &mut found);
    }
    found
}

fn in_command<'t>(
    service: &Service<'t>,
    command: Value<'t>,
    via: Option<&Span>,
    found: &mut Vec<(Variable<'t>, Found)>,
) {
    let words = words(command);
    let tool = Tool::of(&words);
    let mut expects = Expects::Nothing;
    for word in words {
        let (bare, quoted) = unquoted(word.text);
        let start = word.at + quoted;
        let mut add = |name: &str, kind: CredentialName, at: usize, value: &str| {
            let argument = argument(word, name, start + at, value, via);
            found.extend(judged(service, kind, &argument).map(|found| (argument, found)));
        };
        let was = std::mem::replace(&mut expects, Expects::Nothing);
        match was {
            Expects::Credential(name, kind) if !bare.starts_with(['-', '|', '&', '>', '<']) => {
                add(&name, kind, 0, bare);
                continue;
            }
            Expects::Pair(name) => {
                if let Some((user, password)) = bare.split_once(':') {
                    add(&name, CredentialName::Password, user.len() + 1, password);
                }
                continue;
            }
            _ => {}
        }
        if let Some(at) = bare.find("://") {
            let name = bare[..at]
                .split('=')
                .next()
                .filter(|_| bare[..at].contains('='));
            let address = argument(word, name.unwrap_or("the address"), start, bare, via);
            found.extend(judge::in_address(service, &address).map(|found| (address, found)));
        } else if let Some((left, value)) = bare.split_once('=') {
            if let Some(kind) = named(left) {
                add(left, kind, left.len() + 1, unquoted(value).0);
            } else if tool == Tool::Http
                && matches!(left, "--user" | "--proxy-user")
                && let Some((user, password)) = value.split_once(':')
            {
                add(
                    left,
                    CredentialName::Password,
                    left.len() + user.len() + 2,
                    password,
                );
            }
        } else {
            expects = tool.expects(bare);
            if let Some(password) = tool.attached(bare) {
                add("-p", CredentialName::Password, 2, password);
            }
        }
    }
}

/// Programs whose short flags hold passwords.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tool {
    Mysql,
    Redis,
    Mongo,
    Http,
    Other,
}

impl Tool {
    fn of(words: &[Word]) -> Self {
        words
            .iter()
            .find_map(|word| {
                // A script starts with a quote that its first word does not close.
                let text = word.text.trim_matches(['"', '\'']);
                let name = text.rsplit('/').next()?;
                Some(match name {
                    "mysql" | "mysqladmin" | "mysqldump" | "mysqlcheck" | "mysqlshow"
                    | "mariadb" | "mariadb-admin" | "mariadb-dump" | "mariadb-check" => Self::Mysql,
                    "redis-cli" | "valkey-cli" | "keydb-cli" => Self::Redis,
                    "mongo" | "mongosh" | "mongodump" | "mongorestore" | "sshpass" => Self::Mongo,
                    "curl" | "wget" | "http" => Self::Http,
                    _ => return None,
                })
            })
            .unwrap_or(Self::Other)
    }

    /// What comes after a flag.
    fn expects(self, flag: &str) -> Expects {
        let credential = |kind| Expects::Credential(flag.to_owned(), kind);
        match (self, flag) {
            (Self::Redis, "-a") | (Self::Mongo, "-p") => credential(CredentialName::Password),
            (Self::Http, "-u" | "--user") => Expects::Pair(flag.to_owned()),
            // Here the password is never a word of its own: if it is not attached, the program prompts for it.
            (Self::Mysql, "-p" | "--password") => Expects::Nothing,
            _ if flag.starts_with('-') || matches!(flag, "requirepass" | "masterauth") => {
                named(flag).map_or(Expects::Nothing, credential)
            }
            _ => Expects::Nothing,
        }
    }

    /// The password attached to its flag in one word.
    fn attached(self, word: &str) -> Option<&str> {
        let rest = word.strip_prefix("-p").filter(|rest| !rest.is_empty())?;
        (self == Self::Mysql && !rest.starts_with('-')).then(|| unquoted(rest).0)
    }
}

/// The kind of credential that a flag or variable names. Without a dash, it has to be an environment variable.
fn named(flag: &str) -> Option<CredentialName> {
    let name = flag.trim_start_matches('-');
    let is_name = name
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'));
    let is_variable =
        name.len() == flag.len() && name.bytes().any(|byte| byte.is_ascii_lowercase());
    let is_setting = matches!(name, "requirepass" | "masterauth");
    if !is_name || (is_variable && !is_setting && !name.contains('.')) {
        return None;
    }
    name::classify(name)
}

fn argument<'t>(
    word: Word<'t>,
    name: &str,
    at: usize,
    value: &str,
    via: Option<&Span>,
) -> Variable<'t> {
    Variable {
        name: name.to_owned(),
        value: value.to_owned(),
        written: value.to_owned(),
        scalar: word.scalar,
        skipped: at.max(1),
        via: via.cloned(),
    }
}

fn judged(service: &Service, kind: CredentialName, argument: &Variable) -> Option<Found> {
    let value = argument.written.trim();
    // Shells put more than variables into words, and a word may be part of something longer.
    let is_code = value.contains(['`', '(', '\\', '"', '\'']) || value.ends_with([';', '{']);
    if is_code {
        return None;
    }
    let mut found = judge::in_credential(service, argument, kind)?;
    if found.reads.contains('$') {
        return None;
    }
    if !matches!(found.verdict, Verdict::Placeholder(_)) {
        found.verdict = Verdict::InCommand;
    }
    Some(found)
}

/// The words of a command in either form; an item that is a script is taken apart, too.
fn words(command: Value<'_>) -> Vec<Word<'_>> {
    let scalars = command.text().is_some().then_some(command);
    let scalars = scalars.into_iter().chain(command.items());
    let mut words = Vec::new();
    for scalar in scalars {
        let Some(text) = scalar.written() else {
            continue;
        };
        for word in text.split_ascii_whitespace() {
            if words.len() == MAX_WORDS {
                limit::reached(format!("commands of more than {MAX_WORDS} words"));
                return words;
            }
            let at = (word.as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
            words.push(Word {
                scalar,
                at,
                text: word,
            });
        }
    }
    words
}

/// A word without its quotes and without a trailing `;`, and how many bytes were removed from its start.
fn unquoted(word: &str) -> (&str, usize) {
    let word = word.trim_end_matches(';');
    for quote in ['"', '\''] {
        if let Some(inner) = word
            .strip_prefix(quote)
            .and_then(|rest| rest.strip_suffix(quote))
        {
            return (inner, 1);
        }
    }
    (word, 0)
}
