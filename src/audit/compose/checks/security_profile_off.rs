//! `compose/security-profile-off`: a container without the default confinement.

use super::{
    CIS, Card, Category, Check, Confidence, File, OWASP, Report, Severity, Sighting, compose,
};
use crate::audit::compose::interpolation::with_defaults;

pub(super) struct SecurityProfileOff;

impl Check<File<'_>> for SecurityProfileOff {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        for service in &file.services {
            for item in service.items("security_opt") {
                let option = item.value.text().map(with_defaults);
                let Some(profile) = option.as_deref().and_then(switched_off) else {
                    continue;
                };
                let message = format!("service `{}` runs without {profile}", service.name);
                let sighting = Sighting::new(&CARD, item.value.span(), message);
                report.add(&CARD, file.sighted(service, item.via(), sighting));
            }
        }
    }
}

/// The confinement that an option disables.
fn switched_off(option: &str) -> Option<&'static str> {
    let option = option.trim();
    if option == "disable" {
        return Some("SELinux separation");
    }
    let (name, value) = option.split_once([':', '='])?;
    Some(match (name.trim(), value.trim()) {
        ("seccomp", "unconfined") => "a seccomp filter for system calls",
        ("apparmor", "unconfined") => "an AppArmor profile",
        // This type is unconfined: it is meant for containers that manage the host.
        ("label", "disable" | "type:spc_t") => "SELinux separation",
        ("systempaths", "unconfined") => "masked paths in `/proc` and `/sys`",
        _ => return None,
    })
}

static CARD: Card = Card {
    id: "compose/security-profile-off",
    category: Category::Configuration,
    severity: Severity::Medium,
    confidence: Confidence::High,
    title: "Security profile disabled (seccomp, AppArmor or SELinux)",
    description: "The default profiles block system calls and paths that hardly any program needs and many container \
                  escapes use.",
    remedy: "Remove the option. If a program needs one more system call, allow only that one: `security_opt: \
             [\"seccomp:./profile.json\"]`, based on the engine's default profile.",
    references: &[
        "https://docs.docker.com/engine/security/seccomp/",
        "https://docs.docker.com/engine/security/apparmor/",
        OWASP,
        CIS,
    ],
    tags: &[
        "docker",
        "compose",
        "hardening",
        "CWE-693",
        "CIS-Docker-5.2",
        "CIS-Docker-5.3",
        "CIS-Docker-5.22",
        "OWASP-Docker-6",
        "BSI-SYS.1.6.A21",
    ],
    examples: &[
        compose(
            "services:\n  web:\n    image: app:1\n    security_opt:\n      - seccomp:unconfined # here\n      - apparmor=unconfined # here\n      - label:disable # here\n      - systempaths=unconfined # here\n",
        ),
        compose(
            "services:\n  web:\n    image: app:1\n    security_opt: [\"seccomp=${PROFILE:-unconfined}\"] # here\n",
        ),
    ],
    negatives: &[
        compose(
            "services:\n  web:\n    image: app:1\n    security_opt: [\"seccomp:./profile.json\", \"apparmor:docker-default\"]\n",
        ),
        compose(
            "services:\n  web:\n    image: app:1\n    security_opt: [\"label:type:container_t\", \"label:seccomp:unconfined\"]\n",
        ),
        compose(
            "services:\n  web:\n    image: app:1\n    security_opt: [\"no-new-privileges:true\", \"seccomp:${PROFILE}\"]\n",
        ),
    ],
};
