//! `compose/privileged`: a container, or its build, with full privileges on the host.

use super::{
    CIS, Card, Category, Check, Confidence, File, OWASP, Report, SERVICES, Severity, Sighting,
    compose,
};
use crate::audit::compose::service::Setting;
use crate::audit::compose::{image, roles};

pub(super) struct Privileged;

impl Check<File<'_>> for Privileged {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        for service in &file.services {
            let run = service
                .setting("privileged")
                .map(|setting| (setting, "runs"));
            let build = service
                .setting("build")
                .and_then(|build| build.part("privileged"))
                .map(|setting| (setting, "is built"));
            for (setting, verb) in run.into_iter().chain(build) {
                if setting.is_true() {
                    let message = format!(
                        "service `{}` {verb} privileged, with full access to the host",
                        service.name
                    );
                    let mut sighting = Sighting::new(&CARD, setting.value.span(), message);
                    // It works on the host itself: fewer privileges would do, but it needs many.
                    if roles::is_kind(service, image::is_network_tool)
                        || roles::is_kind(service, image::is_host_agent)
                        || roles::is_kind(service, image::is_engine)
                    {
                        sighting.severity = Severity::Medium;
                    }
                    report.add(&CARD, file.sighted(service, setting.via(), sighting));
                }
            }
            for hook in ["post_start", "pre_stop"]
                .iter()
                .flat_map(|key| service.items(key))
            {
                if let Some(setting) = hook.part("privileged").filter(Setting::is_true) {
                    let message = format!(
                        "a hook of service `{}` runs privileged, with full access to the host",
                        service.name
                    );
                    let sighting = Sighting::new(&CARD, setting.value.span(), message);
                    report.add(&CARD, file.sighted(service, setting.via(), sighting));
                }
            }
        }
    }
}

static CARD: Card = Card {
    id: "compose/privileged",
    category: Category::Configuration,
    severity: Severity::High,
    confidence: Confidence::High,
    title: "Privileged container",
    description: "A privileged container has every capability, every device of the host and no confinement: an \
                  attacker who compromises it controls the host (container escape).",
    remedy: "Remove `privileged: true`. If one capability is needed, add only that one: `cap_add: [NET_ADMIN]`, or one \
             device: `devices: [\"/dev/ttyUSB0\"]`.",
    references: &[SERVICES, OWASP, CIS],
    tags: &[
        "docker",
        "compose",
        "CWE-250",
        "CIS-Docker-5.5",
        "OWASP-Docker-3",
        "BSI-SYS.1.6.A17",
    ],
    examples: &[
        compose("services:\n  web:\n    image: app:1\n    privileged: true # here\n"),
        compose("services:\n  web:\n    image: app:1\n    privileged: yes # here\n"),
        compose("services:\n  web:\n    image: app:1\n    privileged: \"true\" # here\n"),
        compose(
            "services:\n  web:\n    image: app:1\n    privileged: ${PRIVILEGED:-true} # here\n",
        ),
        compose("services:\n  web:\n    build:\n      context: .\n      privileged: true # here\n"),
        compose("services:\n  web:\n    privileged: true # here\n"),
        compose(
            "services:\n  web:\n    image: app:1\n    post_start:\n      - command: chown -R app /data\n        privileged: true # here\n",
        ),
        compose(
            "x-all: &all\n  privileged: true # here\nservices:\n  a:\n    <<: *all\n    image: app:1\n  b:\n    <<: *all\n    image: app:1\n",
        ),
    ],
    negatives: &[
        compose("services:\n  web:\n    image: app:1\n    privileged: false\n"),
        compose("services:\n  web:\n    image: app:1\n    privileged: ${PRIVILEGED}\n"),
        compose("services:\n  web:\n    image: app:1\n    privileged: ${PRIVILEGED:-false}\n"),
        compose(
            "services:\n  base:\n    image: app:1\n  web:\n    extends: base\n    privileged: !reset true\n",
        ),
        compose("x-unused:\n  privileged: true\nservices:\n  web:\n    image: app:1\n"),
    ],
};
