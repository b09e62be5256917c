//! What Terraform sets up at Fastly (E1, E14, H2, I1, I4).

use super::View;
use crate::readiness::Grade;
use crate::readiness::ledger::Ledger;

/// Services of Fastly.
const SERVICES: &[&str] = &["fastly_service_vcl", "fastly_service_compute"];

/// Firewalls in front of them.
const FIREWALLS: &[&str] = &[
    "sigsci_edge_deployment",
    "sigsci_edge_deployment_service",
    "fastly_ngwaf_workspace",
];

pub(super) fn evaluate(view: &View<'_>, ledger: &mut Ledger) {
    for service in view.resources(SERVICES) {
        let name = service.name();
        for inner in &service.blocks {
            let place = view.block_place(inner);
            if inner.kind.starts_with("logging_") {
                let says = format!("`{name}` sends its logs on: {}", inner.kind);
                ledger.add("I4", Grade::SetUp, place, says);
            } else if inner.kind == "healthcheck" {
                let says = format!("`{name}` asks its backend for its health");
                ledger.add("I1", Grade::SetUp, place.clone(), says.clone());
                ledger.add("H2", Grade::Said, place, says);
            } else if inner.kind == "request_setting" && inner.is("force_ssl", true) {
                let says = format!("`{name}` redirects HTTP to HTTPS");
                ledger.add("E1", Grade::Wired, place, says);
            } else if inner.kind == "waf" {
                ledger.add(
                    "E14",
                    Grade::SetUp,
                    place,
                    format!("`{name}` has a firewall"),
                );
            }
        }
    }
    for block in view.resources(FIREWALLS) {
        let says = format!("{} `{}`", block.resource(), block.name());
        ledger.add("E14", Grade::SetUp, view.block_place(block), says);
    }
}
