//! What a service should have and has not.

use crate::audit::check::Card;
use crate::audit::report::{Absence, Report};
use crate::model::{Confidence, Severity};

use super::file::File;
use super::fixes;
use super::service::Service;

impl File<'_> {
    /// Takes note that a service has no `thing`, as bad and as sure as the card says.
    pub(super) fn miss(
        &self,
        service: &Service,
        card: &'static Card,
        thing: &'static str,
        report: &mut Report,
    ) {
        let weight = (card.severity, card.confidence);
        self.miss_weighed(service, card, thing, weight, report);
    }

    /// Takes note that a service has no `thing`. Nothing is said of a part of a service that another file makes whole.
    pub(super) fn miss_weighed(
        &self,
        service: &Service,
        card: &'static Card,
        thing: &'static str,
        (severity, confidence): (Severity, Confidence),
        report: &mut Report,
    ) {
        if service.is_fragment() {
            return;
        }
        let absence = Absence {
            span: service.key.span(),
            owner: format!("service `{}`", service.name),
            thing,
            severity: self.scaled(severity, service),
            confidence,
            fixes: if confidence == Confidence::Low {
                Vec::new()
            } else {
                fixes::missing(card, self, service)
            },
        };
        report.miss(card, absence);
    }
}
