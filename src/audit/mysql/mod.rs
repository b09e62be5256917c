//! Configuration of MySQL and its forks: `my.cnf` and the files that it includes.

mod checks;
mod image;
mod options;

use std::ops::Range;

use crate::model::{LineIndex, steps};

use super::check::{Card, Format};
use super::directive::Directive;
use super::included::{self, Placed};
use super::purpose::Purpose;
use super::report::{Report, Sighting};
use super::{Outcome, Project, Source, purpose, started, template};

pub(super) use options::skips_grant_tables;
use options::{Item, Options};

/// The format.
pub(super) struct Mysql;

/// What a server reads when it reads a file.
struct File {
    /// The options that checks examine, in order: the last one counts.
    options: Vec<Placed<Directive>>,
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
        is_named(path)
    }

    fn is_certain(&self, _path: &str, text: &[u8]) -> bool {
        let groups: [&[u8]; 3] = [b"[mysqld", b"[mariadb", b"[server"];
        groups
            .iter()
            .any(|group| memchr::memmem::find(text, group).is_some())
    }

    fn audit(&self, source: &Source, project: &Project<'_>) -> Outcome {
        let text = source.text.as_str();
        let options = Options {
            version: image::version(project),
        };
        let reading = included::read(&options, &source.path, text, project);
        if !reading.is_part && !options.has_server(text) && !reading.lines.iter().any(is_set) {
            return Outcome::NotConfiguration;
        }
        if template::has_mark(text, &['#', ';']) {
            return Outcome::Template;
        }
        let mut file = File {
            options: Vec::new(),
            purpose: purpose::of(&source.path, project.policy(&source.path)),
        };
        for Placed { item, span } in reading.lines {
            match (item, span) {
                (Item::Set(item), span) => file.options.push(Placed { item, span }),
                (Item::Invalid(own), Some(span)) if own == span => {
                    let place = LineIndex::new(text.as_bytes()).position(own.start);
                    return Outcome::Unparsable {
                        line: place.line,
                        column: place.column,
                        reason: "an option before the first group, or a group without `]`: the server does not start"
                            .to_owned(),
                    };
                }
                (Item::Invalid(_), _) => return Outcome::Audited(Vec::new()),
            }
        }
        file.options
            .extend(of_start(&options, &source.path, project));
        let mut report = Report::new(project.policy(&source.path));
        for check in checks::CHECKS {
            check.check(&file, &mut report);
        }
        // Passwords are in the groups of clients, which no check examines, and an excerpt is a single line.
        Outcome::Audited(report.finish(&source.path, text, Vec::new))
    }
}

impl File {
    /// Returns the option of a name that takes effect.
    fn effective(&self, name: &str) -> Option<&Placed<Directive>> {
        steps::look_at(self.options.len());
        let mut options = self.options.iter().rev();
        options.find(|option| option.item.name == name)
    }

    /// Returns whether a switch is on; `None` if nothing sets it.
    fn is_on(&self, name: &str) -> Option<bool> {
        self.effective(name)
            .map(|option| option.item.value() == "1")
    }

    /// Returns where this file sets a switch to `wanted`, if that takes effect.
    fn switched(&self, name: &str, wanted: bool) -> Option<Range<usize>> {
        let option = self.effective(name)?;
        let is_on = option.item.value() == "1";
        option.span.clone().filter(|_| is_on == wanted)
    }

    /// Whether only programs on the same machine can reach the server.
    fn is_near(&self) -> bool {
        let address = self.effective("bind_address").map(|bind| bind.item.value());
        let is_loopback = |bind: &str| {
            let addresses = bind.split(',').map(str::trim);
            let mut others = addresses.filter(|address| {
                !(address.starts_with("127.") || matches!(*address, "localhost" | "::1"))
            });
            others.next().is_none()
        };
        self.is_on("skip_networking") == Some(true) || address.is_some_and(is_loopback)
    }

    /// Lowers the severity of a sighting if only developers use the file.
    fn scaled(&self, mut sighting: Sighting) -> Sighting {
        if self.purpose != Purpose::Shipped {
            sighting.severity = sighting.severity.lowered();
        }
        sighting
    }
}

/// Returns the options that the server is started with, which override its files.
fn of_start(
    options: &Options,
    path: &str,
    project: &Project<'_>,
) -> impl Iterator<Item = Placed<Directive>> {
    let started = started::options(path, project).into_iter();
    let lines = started.map(|(name, value)| match value.as_str() {
        "" => format!("{name}\n"),
        value => format!("{name}={value}\n"),
    });
    let text: String = std::iter::once("[mysqld]\n".to_owned())
        .chain(lines)
        .collect();
    let read = included::Syntax::read(options, &text);
    read.into_iter().filter_map(|line| match line {
        included::Line::Item(Item::Set(item), _) => Some(Placed { item, span: None }),
        _ => None,
    })
}

fn is_named(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    name.ends_with(".cnf") || name == "my.ini"
}

fn is_set(line: &Placed<Item>) -> bool {
    matches!(line.item, Item::Set(_))
}
