//! `dockerfile/ssh`: an image with a second way in.

use super::{
    CIS, Card, Category, Check, Confidence, File, OWASP, Report, Severity, Sighting, docker,
};

use crate::audit::dockerfile::shell::Command;
use crate::audit::dockerfile::stage::Step;

pub(super) struct Ssh;

impl Check<File<'_>> for Ssh {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        for stage in file.shipped() {
            let exposed = stage.steps_of("EXPOSE").flat_map(Step::arguments);
            let exposed = exposed.filter(|port| matches!(port.text.as_str(), "22" | "22/tcp"));
            let exposed = exposed.map(|port| port.span.clone());
            let starts = ["CMD", "ENTRYPOINT"]
                .into_iter()
                .flat_map(|keyword| stage.commands_of(keyword));
            let starts = starts
                .filter(|command| command.program() == "sshd")
                .map(Command::span);
            if let Some(span) = exposed.chain(starts).next() {
                let message = "the image runs an SSH server".to_owned();
                report.add(&CARD, file.scaled(Sighting::new(&CARD, span, message)));
            }
        }
    }
}

static CARD: Card = Card {
    id: "dockerfile/ssh",
    category: Category::Configuration,
    severity: Severity::Low,
    confidence: Confidence::Medium,
    title: "SSH server in an image",
    description: "An SSH server adds attack surface, with keys and passwords to manage, while `docker exec` gives the \
                  same access under the host's access control.",
    remedy: "Remove the SSH server, and use `docker exec` or `kubectl exec`. If the container exists to be logged in \
             to, such as a Git server, accept keys only: `PasswordAuthentication no`.",
    references: &[CIS, OWASP],
    tags: &[
        "docker",
        "dockerfile",
        "hardening",
        "CWE-1327",
        "CIS-Docker-5.7",
    ],
    examples: &[
        docker("FROM debian:12\nRUN apt-get install -y openssh-server\nEXPOSE 80 22 # here\n"),
        docker("FROM debian:12\nCMD [\"/usr/sbin/sshd\", \"-D\"] # here\n"),
    ],
    negatives: &[
        docker("FROM debian:12\nRUN apt-get install -y openssh-client\nEXPOSE 2222\n"),
        docker("FROM debian:12 AS a\nEXPOSE 22\nFROM debian:12\nEXPOSE 80\n"),
    ],
};
