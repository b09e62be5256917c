//! Configuration of MySQL and its forks: `my.cnf` and the files that it includes.

mod checks;

use super::check::{Card, Format};
use super::directive::{self, Directive};
use super::purpose::Purpose;
use super::report::{Report, Sighting};
use super::{Outcome, Project, Source, purpose, template};

/// The format.
pub(super) struct Mysql;

/// A file of options.
pub(super) struct File {
    /// What stands in the groups that servers read.
    server: Vec<Directive>,
    purpose: Purpose,
}

impl Format for Mysql {
    fn name(&self) -> &'static str {
        "mysql"
    }

    fn cards(&self) -> Vec<&'static Card> {
        checks::CHECKS.iter().map(|check| check.card()).collect()
    }

    fn claims(&self, path: &str, _text: &[u8]) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
        name.ends_with(".cnf") || name == "my.ini"
    }

    fn is_certain(&self, _path: &str, text: &[u8]) -> bool {
        let groups: [&[u8]; 3] = [b"[mysqld", b"[mariadb", b"[server"];
        groups
            .iter()
            .any(|group| memchr::memmem::find(text, group).is_some())
    }

    fn audit(&self, source: &Source, project: &Project<'_>) -> Outcome {
        let text = source.text.as_str();
        let Some(server) = server_options(text) else {
            return Outcome::NotConfiguration;
        };
        if template::has_mark(text, &['#', ';']) {
            return Outcome::Template;
        }
        let file = File {
            server,
            purpose: purpose::of(&source.path, project.policy(&source.path)),
        };
        let mut report = Report::new(project.policy(&source.path));
        for check in checks::CHECKS {
            check.check(&file, &mut report);
        }
        // Passwords stand in the groups of clients, at which no check looks; an excerpt is one line.
        Outcome::Audited(report.finish(&source.path, text, Vec::new))
    }
}

impl File {
    /// The option of a name that counts; `-` and `_` are the same.
    pub(super) fn option(&self, name: &str) -> Option<&Directive> {
        self.server.iter().rev().find(|option| option.name == name)
    }

    /// A sighting that weighs less where only developers use the file.
    pub(super) fn scaled(&self, mut sighting: Sighting) -> Sighting {
        if self.purpose != Purpose::Shipped {
            sighting.severity = sighting.severity.lowered();
        }
        sighting
    }
}

/// The options of servers; `None` when there is no group for one. OpenSSL's files end in `.cnf`, too.
fn server_options(text: &str) -> Option<Vec<Directive>> {
    let mut options = Vec::new();
    let (mut is_server, mut is_known) = (false, false);
    for (line, at) in directive::lines(text, &['#', ';', '!']) {
        if let Some(group) = line.strip_prefix('[') {
            let group = group
                .split(']')
                .next()
                .unwrap_or(group)
                .trim()
                .to_ascii_lowercase();
            is_server = ["mysqld", "mariadb", "server", "galera"]
                .iter()
                .any(|name| group.starts_with(name))
                && group != "mysqldump";
            is_known |= is_server;
        } else if let Some(mut option) =
            directive::assigned(line, at, Some('#')).filter(|_| is_server)
        {
            option.name = option.name.replace('-', "_");
            options.push(option);
        }
    }
    is_known.then_some(options)
}
