//! A file of nginx configuration: the subject of the checks.

use std::ops::Range;

use crate::audit::check::Card;
use crate::audit::fix::{Edit, Fix};
use crate::audit::purpose;
use crate::audit::report::{Report, Sighting};
use crate::audit::{Policy, Project};
use crate::model::Severity;

use super::forest::{At, File, Forest, Scope};
use super::server::Server;

/// One file among the others.
pub(super) struct Conf<'f> {
    pub(super) policy: &'f Policy,
    pub(super) project: &'f Project<'f>,
    pub(super) forest: &'f Forest,
    number: usize,
    /// The servers written in the file.
    pub(super) servers: Vec<Server<'f>>,
    is_for_development: bool,
}

impl<'f> Conf<'f> {
    pub(super) fn new(forest: &'f Forest, number: usize, project: &'f Project<'f>) -> Self {
        let path = &forest.files()[number].path;
        let policy = project.policy(path);
        let mut conf = Self {
            policy,
            project,
            forest,
            number,
            servers: Vec::new(),
            is_for_development: purpose::is_for_development(path, policy),
        };
        conf.servers = conf.directives("server").filter_map(Server::new).collect();
        conf
    }

    pub(super) fn file(&self) -> &'f File {
        &self.forest.files()[self.number]
    }

    /// Returns every directive written in the file.
    pub(super) fn all(&self) -> impl Iterator<Item = At<'f>> {
        let (forest, file) = (self.forest, self.number);
        let numbers = 0..self.file().tree.directives.len();
        numbers.map(move |number| At::new(forest, file, number))
    }

    /// Returns every directive of this name written in the file.
    pub(super) fn directives(&self, name: &'static str) -> impl Iterator<Item = At<'f>> + use<'f> {
        let (forest, file) = (self.forest, self.number);
        let directives = forest.files()[file].tree.directives.iter().enumerate();
        directives
            .filter(move |(_, directive)| directive.name.text == name)
            .map(move |(number, _)| At::new(forest, file, number))
    }

    /// Returns the `http` block if it is written in the file.
    pub(super) fn http(&self) -> Option<At<'f>> {
        self.top()
            .named("http")
            .into_iter()
            .find(|http| http.file == self.number)
    }

    pub(super) fn top(&self) -> Scope<'f> {
        Scope::top(self.forest, self.number)
    }

    /// Replaces the arguments of a directive in this file.
    pub(super) fn with_arguments(&self, card: &Card, at: At<'f>, arguments: &str) -> Option<Fix> {
        let count = at.arguments().count();
        let span = at.argument_span(0).start..at.argument_span(count.checked_sub(1)?).end;
        let description = format!("write `{} {arguments};`", at.name());
        let edit = Edit {
            span,
            replacement: arguments.to_owned(),
        };
        (at.file == self.number).then(|| Fix::new(card, description, vec![edit]))
    }

    /// Adds a directive at the top of a block in this file, on its own line; `None` if the block is on a single line.
    pub(super) fn with_directive(
        &self,
        card: &Card,
        block: At<'f>,
        directive: &str,
    ) -> Option<Fix> {
        let text = &self.file().text;
        let open = block.span().end + text.get(block.span().end..)?.find('{')? + 1;
        let rest = &text[open..];
        let first = rest.trim_start_matches([' ', '\t']);
        let line_end = ["\r\n", "\n"]
            .into_iter()
            .find(|end| first.starts_with(end))?;
        let next = rest.lines().skip(1).find(|line| !line.trim().is_empty())?;
        let indent = &next[..next.len() - next.trim_start().len()];
        let edit = Edit {
            span: open..open,
            replacement: format!("{line_end}{indent}{directive}"),
        };
        let description = format!("write `{directive}`");
        (block.file == self.number && !indent.is_empty())
            .then(|| Fix::new(card, description, vec![edit]))
    }

    /// Adds a finding, less severe if only developers use the file.
    pub(super) fn add(&self, report: &mut Report, card: &'static Card, mut sighting: Sighting) {
        sighting.severity = self.scaled(sighting.severity);
        report.add(card, sighting);
    }

    /// Returns `severity`, one step lower if only developers use the file.
    pub(super) fn scaled(&self, severity: Severity) -> Severity {
        if self.is_for_development {
            severity.lowered()
        } else {
            severity
        }
    }

    /// Adds a finding with the severity of its card.
    pub(super) fn see(
        &self,
        report: &mut Report,
        card: &'static Card,
        span: Range<usize>,
        message: String,
    ) {
        self.add(report, card, Sighting::new(card, span, message));
    }
}
