//! `compose/cap-add-dangerous`: a capability that is nearly as powerful as root on the host.

use super::{
    CIS, Card, Category, Check, Confidence, File, OWASP, Report, Severity, Sighting, compose,
};
use crate::audit::compose::image::is_network_tool;
use crate::audit::compose::interpolation::with_defaults;
use crate::audit::compose::roles::is_kind;

pub(super) struct CapAddDangerous;

impl Check<File<'_>> for CapAddDangerous {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        for service in &file.services {
            for item in service.items("cap_add") {
                let Some(name) = item.value.text().map(with_defaults) else {
                    continue;
                };
                let name = name.trim().to_ascii_uppercase();
                let name = name.strip_prefix("CAP_").unwrap_or(&name);
                let Some((severity, power)) = power(name) else {
                    continue;
                };
                let message = format!(
                    "service `{}` adds capability `{name}`, which allows it to {power}",
                    service.name
                );
                let mut sighting = Sighting::new(&CARD, item.value.span(), message);
                sighting.severity = severity;
                if name == "NET_ADMIN" && is_kind(service, is_network_tool) {
                    sighting.severity = Severity::Low;
                }
                report.add(&CARD, file.sighted(service, item.via(), sighting));
            }
        }
    }
}

/// The severity of a capability, and what it allows.
fn power(name: &str) -> Option<(Severity, &'static str)> {
    use Severity::{High, Medium};
    Some(match name {
        "ALL" => (High, "do everything root can"),
        "SYS_ADMIN" => (High, "mount file systems and escape the container"),
        "SYS_MODULE" => (High, "load kernel modules"),
        "SYS_PTRACE" => (Medium, "read and change the memory of other processes"),
        "DAC_READ_SEARCH" => (Medium, "open any file of the host by its inode"),
        "SYS_RAWIO" => (Medium, "access hardware ports and physical memory"),
        "BPF" => (Medium, "load eBPF programs that observe the whole host"),
        "SYS_BOOT" => (Medium, "reboot the host or load another kernel"),
        "SYS_TIME" => (Medium, "set the host's clock"),
        // In a network namespace of its own, the container can only change that.
        "NET_ADMIN" => (
            Medium,
            "change network addresses, routes and firewall rules",
        ),
        _ => return None,
    })
}

static CARD: Card = Card {
    id: "compose/cap-add-dangerous",
    category: Category::Configuration,
    severity: Severity::High,
    confidence: Confidence::High,
    title: "Dangerous Linux capability added",
    description: "Some capabilities let a compromised process escape the container, read the data of other processes \
                  or take down the host.",
    remedy: "Remove it from `cap_add`. If the program fails without it, add the narrower capability it needs: \
             `cap_add: [NET_BIND_SERVICE]` for low ports, `cap_add: [PERFMON]` instead of SYS_ADMIN for profiling.",
    references: &[
        "https://man7.org/linux/man-pages/man7/capabilities.7.html",
        OWASP,
        CIS,
    ],
    tags: &[
        "docker",
        "compose",
        "CWE-250",
        "CIS-Docker-5.4",
        "OWASP-Docker-3",
        "BSI-SYS.1.6.A17",
    ],
    examples: &[
        compose("services:\n  web:\n    image: app:1\n    cap_add: [SYS_ADMIN] # here\n"),
        compose(
            "services:\n  web:\n    image: app:1\n    cap_drop: [ALL]\n    cap_add:\n      - all # here\n      - CAP_SYS_PTRACE # here\n      - CHOWN\n",
        ),
        compose(
            "services:\n  web:\n    image: app:1\n    cap_add: [\"${CAP:-net_admin}\"] # here\n",
        ),
        compose(
            "x-caps: &caps [SYS_MODULE] # here\nservices:\n  web:\n    image: app:1\n    cap_add: *caps\n",
        ),
    ],
    negatives: &[
        compose(
            "services:\n  web:\n    image: app:1\n    cap_add: [CHOWN, SETUID, SETGID, NET_BIND_SERVICE]\n",
        ),
        compose("services:\n  web:\n    image: app:1\n    cap_drop: [SYS_ADMIN, ALL]\n"),
        compose("services:\n  web:\n    image: app:1\n    cap_add: [\"${CAP}\"]\n"),
        compose(
            "services:\n  base:\n    image: app:1\n    cap_add: []\n  web:\n    extends: base\n    cap_add: !reset [ALL]\n",
        ),
    ],
};
