//! Finds the published datastore ports that a tree describes how to reach from another machine: bound to the loopback
//! address, they would no longer work as its documents say.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use memchr::memmem;

use crate::lexicon::path::{self, Role, has_word};
use crate::model::{Blob, Finding};
use crate::source::{Meter, Worker, WorktreeOptions, walk_worktree};

use super::choice::OF_STORES;
use super::starts::is_prose;

/// Larger files were not written by hand.
const MAX_BYTES: usize = 1 << 20;
/// How many lines before and after a mention of another machine may name the port.
const AROUND: usize = 8;
/// The same in a file that is no document and has one setting per line.
const NEAR: usize = 2;
/// The most places to name for each service, and the most lines to check in each file.
const MOST_PLACES: usize = 4;
const MOST_LINES: usize = 200;

/// Names of the host as seen from containers, where a port bound to the loopback address does not answer.
const OF_HOST: [&str; 3] = [
    "host.docker.internal",
    "172.17.0.1",
    "host.containers.internal",
];

/// Phrases in documents for a machine other than the reader's.
#[rustfmt::skip]
const ELSEWHERE: [&str; 32] = [
    "another machine", "other machine", "different machine", "another computer", "other computer", "different computer",
    "another host", "other hosts", "different host", "another server", "remote machine", "remote host", "remote client",
    "another device", "other devices", "over the network", "local network", "your network", "the lan", "your lan",
    "host machine's address", "host machine's ip", "host's ip", "ip of the host", "ip of your host",
    "ip address of the host", "ip address of your host", "another project", "other projects", "second project",
    "a different project", "another compose",
];

/// The file and the service that a finding is about.
type Subject = (String, String);

/// The ports that are reached from elsewhere.
#[derive(Debug, Default)]
pub(super) struct Reached(BTreeMap<Subject, BTreeSet<(String, usize)>>);

/// A service, with the names of its ports.
struct Names {
    subject: Subject,
    /// The port numbers, and the variables that hold them.
    ports: Vec<String>,
}

impl Reached {
    /// Finds descriptions of how to reach the ports of `findings` below `root`. `text` returns the text of a file.
    pub(super) fn read(
        root: &Path,
        options: &WorktreeOptions<'_>,
        findings: &[Finding],
        text: &dyn Fn(&str) -> Option<String>,
    ) -> Self {
        let names: Vec<Names> = findings
            .iter()
            .filter_map(|finding| names_of(finding, text))
            .collect();
        if names.is_empty() {
            return Self::default();
        }
        let new = || Finder {
            names: &names,
            found: BTreeMap::new(),
        };
        let Ok((_, finders)) = walk_worktree(root, options, &Meter::default(), &new) else {
            return Self::default();
        };
        let mut reached = Self::default();
        for (number, places) in finders.into_iter().flat_map(|finder| finder.found) {
            let known = reached.0.entry(names[number].subject.clone()).or_default();
            known.extend(places);
        }
        reached
    }

    /// Whether something describes how to reach the ports of a finding from elsewhere.
    pub(super) fn is_needed(&self, finding: &Finding) -> bool {
        subject(finding).is_some_and(|subject| self.0.contains_key(&subject))
    }

    /// Returns where the tree describes that for `findings`.
    pub(super) fn places(&self, findings: &[Finding]) -> BTreeSet<(String, usize)> {
        let subjects = findings.iter().filter_map(subject);
        let places = subjects.filter_map(|subject| self.0.get(&subject));
        places
            .flat_map(|places| places.iter().take(MOST_PLACES).cloned())
            .collect()
    }
}

/// Returns the file and the service of a finding about datastore ports.
fn subject(finding: &Finding) -> Option<Subject> {
    let mut rules = finding.fixes.iter().map(|fix| fix.rule.as_str());
    let is_meant = !finding.fixes.is_empty()
        && (finding.rule.as_str() == OF_STORES || rules.any(|rule| rule == OF_STORES));
    let service = finding.message.split('`').nth(1).filter(|_| is_meant)?;
    Some((finding.location.path.clone(), service.to_owned()))
}

fn names_of(finding: &Finding, text: &dyn Fn(&str) -> Option<String>) -> Option<Names> {
    let subject = subject(finding)?;
    let text = text(&subject.0)?;
    let mut ports = Vec::new();
    for edit in finding.fixes.iter().flat_map(|fix| &fix.edits) {
        let at = edit.region.start.byte;
        let line = text.get(..at)?.rfind('\n').map_or(0, |at| at + 1);
        let end = text[at..].find('\n').map_or(text.len(), |end| at + end);
        ports.extend(ports_in(&text[line..end]));
    }
    // If a variable holds the host port, that port is usually the same as the container port.
    ports.extend(ports_in(&finding.message));
    ports.sort();
    ports.dedup();
    Some(Names { subject, ports })
}

/// Returns the port numbers in a line, and the variables that hold port numbers.
fn ports_in(line: &str) -> Vec<String> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let words = line.split(|c: char| !is_part(c));
    let is_number = |word: &&str| {
        (3..=5).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_digit())
    };
    let is_variable = |word: &&str| word.ends_with("PORT") && word.len() > "PORT".len();
    let ports = words.filter(|word| is_number(word) || is_variable(word));
    ports.map(str::to_owned).collect()
}

struct Finder<'a> {
    names: &'a [Names],
    /// The places, by the index of the service.
    found: BTreeMap<usize, BTreeSet<(String, usize)>>,
}

impl Worker for Finder<'_> {
    type Memory = ();

    fn blob(&mut self, blob: &Blob<'_>) {
        let path = blob.path.unwrap_or_default();
        if blob.bytes.len() > MAX_BYTES || path::role(path, &[]) == Role::Vendored {
            return;
        }
        let names_host = OF_HOST
            .iter()
            .any(|name| memmem::find(blob.bytes, name.as_bytes()).is_some());
        let is_history = path.to_ascii_lowercase().contains("changelog");
        if !names_host && !is_prose(path) || is_history {
            return;
        }
        let text = String::from_utf8_lossy(blob.bytes);
        let lines: Vec<&str> = text.lines().collect();
        let is_prose = is_prose(path);
        let telling = lines.iter().enumerate().filter(|(_, line)| {
            // An `extra_hosts` entry only defines the name, and reaches nothing.
            let has_host = names_host
                && OF_HOST.iter().any(|name| line.contains(name))
                && !line.contains("host-gateway");
            has_host || is_prose && (speaks_of_elsewhere(line) || has_address_of_server(line))
        });
        for (number, line) in telling.take(MOST_LINES) {
            // A URL includes its port.
            let around = if is_prose && has_address_of_server(line) {
                0
            } else if is_prose {
                AROUND
            } else {
                NEAR
            };
            let from = number.saturating_sub(around);
            let to = lines.len().min(number + around + 1);
            for (named, names) in self.names.iter().enumerate() {
                let has_port = |line: &&str| {
                    has_word(line, |word| names.ports.iter().any(|port| port == word))
                        || names
                            .ports
                            .iter()
                            .any(|port| port.contains('_') && line.contains(port.as_str()))
                };
                // In the compose file itself, the lines around may be about the published port.
                let is_named = if path == names.subject.0 {
                    has_port(line)
                } else {
                    lines[from..to].iter().any(has_port)
                };
                if is_named {
                    let places = self.found.entry(named).or_default();
                    places.insert((path.to_owned(), number + 1));
                }
            }
        }
    }
}

/// Whether a line of a document mentions something that is not on the same machine.
fn speaks_of_elsewhere(line: &str) -> bool {
    let lower = line.to_ascii_lowercase();
    ELSEWHERE.iter().any(|words| {
        let mut places = lower.match_indices(words);
        places.any(|(at, _)| {
            let behind = lower[at + words.len()..].trim_start_matches('s');
            !behind.starts_with(|c: char| c.is_ascii_alphanumeric())
        })
    })
}

/// Whether a line has a URL with a port, whose host readers fill in: `http://<server-ip>:15672`.
fn has_address_of_server(line: &str) -> bool {
    let mut behind = line.split("://").skip(1);
    behind.any(|rest| {
        let end = |c: char| c.is_whitespace() || matches!(c, '/' | ')' | '`' | '"');
        let server = rest.split(end).next().unwrap_or(rest);
        let server = server.rsplit('@').next().unwrap_or(server);
        let Some((host, port)) = server.rsplit_once(':') else {
            return false;
        };
        let host = host.to_ascii_lowercase();
        let variable = host.strip_prefix('$').unwrap_or_default();
        let is_to_fill_in = host.starts_with(['<', '{', '['])
            || variable.starts_with(|c: char| c.is_ascii_alphabetic() || c == '{')
            || has_word(&host, |word| matches!(word, "your" | "ip"))
            || matches!(&*host, "server" | "host" | "hostname");
        is_to_fill_in && port.starts_with(|c: char| c.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use super::{has_address_of_server, ports_in, speaks_of_elsewhere};

    #[test]
    fn addresses_are_filled_in() {
        for line in [
            "Open `http://<server-ip>:15672`.",
            "Visit https://your-server:9090/graph",
            "http://SERVER_IP:8080",
            "http://$HOST:5601",
        ] {
            assert!(has_address_of_server(line), "{line}");
        }
        for line in [
            "Open <http://localhost:15672>.",
            "http://127.0.0.1:9090",
            "See http://server/docs: it says so",
            "http://prometheus-server:9090",
            "postgres://user:<password>@db:5432/a",
            "redis://${REDIS_PASSWORD}@127.0.0.1:6379",
        ] {
            assert!(!has_address_of_server(line), "{line}");
        }
    }

    #[test]
    fn ports_are_numbers_and_variables() {
        assert_eq!(
            ports_in("  - \"${MYSQL_PORT}:3306\" # db"),
            ["MYSQL_PORT", "3306"]
        );
        assert_eq!(ports_in("- 15432:5432/tcp"), ["15432", "5432"]);
        assert!(ports_in("image: postgres:16").is_empty());
    }

    #[test]
    fn documents_speak_of_other_machines() {
        assert!(speaks_of_elsewhere(
            "To connect from another machine, use port 5432."
        ));
        assert!(speaks_of_elsewhere(
            "Use your host machine's address there."
        ));
        assert!(!speaks_of_elsewhere("Clone the language pack."));
        assert!(!speaks_of_elsewhere(
            "Connect from the host with psql -h localhost."
        ));
    }
}
