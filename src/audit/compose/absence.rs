//! What a service should have and has not.

use crate::audit::check::Card;
use crate::audit::report::{Absence, Report};
use crate::model::{Confidence, Severity};

use super::file::File;
use super::fixes;
use super::service::Service;

/// What a check finds lacking.
pub(super) struct Lack {
    card: &'static Card,
    /// What is lacking, to go behind "has no".
    thing: &'static str,
    severity: Severity,
    confidence: Confidence,
}

impl Lack {
    /// As bad and as sure as the card says.
    pub(super) fn new(card: &'static Card, thing: &'static str) -> Self {
        Self {
            card,
            thing,
            severity: card.severity,
            confidence: card.confidence,
        }
    }

    /// The same, but this bad.
    pub(super) fn weighing(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// The same, but this sure.
    pub(super) fn believed(mut self, confidence: Confidence) -> Self {
        self.confidence = confidence;
        self
    }
}

impl File<'_> {
    /// Takes note of what a service lacks. Nothing is said of a part of a service that another file makes whole.
    pub(super) fn miss(&self, service: &Service, lack: &Lack, report: &mut Report) {
        if service.is_fragment() || self.is_lone_overlay() {
            return;
        }
        let absence = Absence {
            span: service.key.span(),
            owner: format!("service `{}`", service.name),
            thing: lack.thing,
            severity: self.scaled(lack.severity, service),
            confidence: lack.confidence,
            fixes: if lack.confidence == Confidence::Low {
                Vec::new()
            } else {
                fixes::missing(lack.card, self, service)
            },
        };
        report.miss(lack.card, absence);
    }

    /// Whether the file's name says that it only adds to another one, and that one is not to be seen.
    fn is_lone_overlay(&self) -> bool {
        let path = self.parts.path.as_str();
        let name = path.rsplit('/').next().unwrap_or(path);
        let mut words = name.split(|c: char| !c.is_ascii_alphanumeric());
        self.parts.stack.len() < 2 && words.any(|word| word.eq_ignore_ascii_case("override"))
    }
}
