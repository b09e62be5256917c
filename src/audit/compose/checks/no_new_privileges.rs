//! `compose/no-new-privileges`: processes may gain privileges through setuid files.

use super::{
    CIS, Card, Category, Check, Confidence, File, OWASP, Report, SERVICES, Severity, Sighting,
    compose,
};
use crate::audit::compose::absence::Lack;
use crate::audit::compose::interpolation::{is_unknown, with_defaults};
use crate::audit::compose::service::Setting;

pub(super) struct NoNewPrivileges;

impl Check<File<'_>> for NoNewPrivileges {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        for service in &file.services {
            let options = service.items("security_opt");
            // The last entry counts, and the service's own come before those that it extends.
            match options
                .iter()
                .find_map(|option| Some((option, switch(option)?)))
            {
                Some((_, true)) => {}
                Some((option, false)) => {
                    let message = format!(
                        "service `{}` explicitly allows its processes to gain privileges",
                        service.name
                    );
                    let mut sighting = Sighting::new(&CARD, option.value.span(), message);
                    sighting.severity = Severity::High;
                    report.add(&CARD, file.sighted(service, option.via(), sighting));
                }
                // A list that is empty on purpose, for programs that would not work otherwise.
                None if options.is_empty()
                    && service.setting("security_opt").is_some()
                    && file.gains_rights(service) => {}
                None => {
                    let confidence = if file.is_for_swarm(service) {
                        Confidence::Low
                    } else {
                        CARD.confidence
                    };
                    let lack = Lack::new(&CARD, "`no-new-privileges`").believed(confidence);
                    file.miss(service, &lack, report);
                }
            }
        }
    }
}

/// The value that an entry of `security_opt` gives the option; `None` if it is about another one.
fn switch(option: &Setting) -> Option<bool> {
    let text = with_defaults(option.value.text()?);
    let text = text.trim();
    // A lone variable may well hold the option, so it passes.
    if is_unknown(text) && text.len() == 1 {
        return Some(true);
    }
    let rest = text.strip_prefix("no-new-privileges")?;
    let word = rest.strip_prefix([':', '=']).unwrap_or(rest);
    // The engine parses it as Go does, and refuses to start a container for `yes` or a leading blank.
    let is_on = matches!(word, "" | "1" | "t" | "T" | "TRUE" | "true" | "True");
    Some(is_on || is_unknown(word))
}

static CARD: Card = Card {
    id: "compose/no-new-privileges",
    category: Category::Configuration,
    severity: Severity::Medium,
    confidence: Confidence::High,
    title: "Privilege escalation allowed (no-new-privileges not set)",
    description: "Without `no-new-privileges`, a process in the container can gain privileges through setuid binaries \
                  and file capabilities, so a flaw in one program is enough to become root there. Swarm (`docker stack \
                  deploy`) ignores the setting.",
    remedy: "Add to the service: `security_opt: [\"no-new-privileges:true\"]`. Leave it out only for images that need \
             setuid binaries or file capabilities to start.",
    references: &[SERVICES, OWASP, CIS],
    tags: &[
        "docker",
        "compose",
        "hardening",
        "CWE-250",
        "CIS-Docker-5.26",
        "OWASP-Docker-4",
        "BSI-SYS.1.6.A17",
    ],
    examples: &[
        compose("services:\n  web: # here\n    image: app:1\n"),
        compose(
            "services:\n  web: # here\n    build: .\n    security_opt:\n      - apparmor:docker-default\n",
        ),
        compose(
            "services:\n  web:\n    image: app:1\n    security_opt:\n      - no-new-privileges:false # here\n",
        ),
        compose("services:\n  web: # here\n    image: app:1\n    security_opt: !reset []\n"),
        compose(
            "services:\n  base:\n    image: app:1\n    security_opt: [\"no-new-privileges=false\"] # here\n  web:\n    extends: base\n",
        ),
        compose(
            "services:\n  web:\n    image: app:1\n    security_opt: [\"no-new-privileges:${NNP:-false}\"] # here\n",
        ),
    ],
    negatives: &[
        compose("services:\n  web:\n    image: app:1\n    security_opt: [no-new-privileges]\n"),
        compose(
            "services:\n  web:\n    image: app:1\n    security_opt:\n      - no-new-privileges:true\n",
        ),
        compose(
            "services:\n  web:\n    image: app:1\n    security_opt:\n      - \"no-new-privileges=true\"\n",
        ),
        compose(
            "x-safe: &safe\n  security_opt: [\"no-new-privileges:true\"]\nservices:\n  web:\n    <<: *safe\n    image: app:1\n",
        ),
        compose(
            "x-safe: &safe [\"no-new-privileges:true\"]\nservices:\n  web:\n    image: app:1\n    security_opt: *safe\n",
        ),
        compose(
            "services:\n  base:\n    image: app:1\n    security_opt: [\"no-new-privileges:true\"]\n  web:\n    extends:\n      service: base\n",
        ),
        compose("services:\n  web:\n    environment:\n      A: b\n"),
        compose("services:\n  web:\n    extends:\n      file: base.yml\n      service: web\n"),
        compose(
            "services:\n  web:\n    image: app:1\n    security_opt: [\"no-new-privileges:${NNP:-true}\"]\n",
        ),
        compose("services:\n  web:\n    image: app:1\n    security_opt: [\"${SECURITY_OPT}\"]\n"),
    ],
};
