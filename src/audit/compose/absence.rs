//! What a service should have but lacks.

use crate::audit::check::Card;
use crate::audit::report::{Absence, Report, Sighting};
use crate::model::{Confidence, Severity};

use super::file::File;
use super::fixes;
use super::nested::Limit;
use super::remedies;
use super::service::Service;

/// What a check finds missing.
pub(super) struct Lack {
    card: &'static Card,
    /// The name of the missing thing, to follow "has no".
    thing: &'static str,
    severity: Severity,
    confidence: Confidence,
}

impl Lack {
    /// Returns a lack with the severity and confidence of the card.
    pub(super) fn new(card: &'static Card, thing: &'static str) -> Self {
        Self {
            card,
            thing,
            severity: card.severity,
            confidence: card.confidence,
        }
    }

    /// Returns the same lack with this severity.
    pub(super) fn weighing(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// Returns the same lack with this confidence.
    pub(super) fn believed(mut self, confidence: Confidence) -> Self {
        self.confidence = confidence;
        self
    }
}

impl File<'_> {
    /// Requires a limit at one of `places`: records a lack if there is none, and reports one that is set to no limit,
    /// which `unlimited` describes.
    pub(super) fn require_limit(
        &self,
        service: &Service,
        places: &[&[&str]],
        (lack, unlimited): (&Lack, &str),
        report: &mut Report,
    ) {
        match service.limit(places) {
            Some((_, Limit::Set)) => {}
            Some((setting, Limit::Unlimited)) => {
                let message = format!("service `{}` {unlimited}", service.name);
                let sighting = Sighting::new(lack.card, setting.value.span(), message);
                report.add(lack.card, self.sighted(service, setting.via(), sighting));
            }
            None => self.miss(service, lack, report),
        }
    }

    /// Records what a service lacks, unless another file completes the service.
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
            remedy: remedies::remedy(lack.card.id, service).map(Into::into),
            fixes: if lack.confidence == Confidence::Low {
                Vec::new()
            } else {
                fixes::missing(lack.card, self, service)
            },
        };
        report.miss(lack.card, absence);
    }

    /// Whether the file's name says that it overrides another one, and no other file is merged with it here.
    fn is_lone_overlay(&self) -> bool {
        let path = self.parts.path.as_str();
        let name = path.rsplit('/').next().unwrap_or(path);
        let mut words = name.split(|c: char| !c.is_ascii_alphanumeric());
        self.parts.stack.len() < 2 && words.any(|word| word.eq_ignore_ascii_case("override"))
    }
}
