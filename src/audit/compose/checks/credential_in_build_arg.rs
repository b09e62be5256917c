//! `compose/credential-in-build-arg`: a credential that remains in the image after the build.

use super::{
    CIS, Card, Category, Check, Confidence, File, OWASP, Report, Severity, Sighting, compose,
};
use crate::audit::compose::credential::Verdict;
use crate::lexicon::name;

pub(super) struct CredentialInBuildArg;

impl Check<File<'_>> for CredentialInBuildArg {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        for (slot, service) in file.slots_with(Verdict::InBuildArgument) {
            let message = format!(
                "build argument `{}` of service `{}` contains a credential{}{}",
                slot.name,
                service.name,
                slot.when(),
                slot.weakness()
            );
            report.add(&CARD, file.sighted_slot(&CARD, slot, message));
        }
        for service in &file.services {
            for (name, span, via) in service.own_passed_arguments() {
                if name::classify(&name).is_none() {
                    continue;
                }
                let message = format!(
                    "the build of service `{}` receives a credential in build argument `{name}`, which the image \
                     history keeps",
                    service.name
                );
                let mut sighting = Sighting::new(&CARD, span, message);
                sighting.severity = Severity::Medium;
                sighting.confidence = Confidence::Medium;
                report.add(&CARD, file.sighted(service, via, sighting));
            }
        }
    }
}

static CARD: Card = Card {
    id: "compose/credential-in-build-arg",
    category: Category::Secret,
    severity: Severity::High,
    confidence: Confidence::High,
    title: "Credential in a build argument",
    description: "Build arguments are stored in the image history: `docker history` shows them to everyone who can \
                  pull the image, even when the value comes from the environment.",
    remedy: "Pass it as a build secret: `build: {context: ., secrets: [npm_token]}`, and in the Dockerfile `RUN \
             --mount=type=secret,id=npm_token …`.",
    references: &[
        "https://docs.docker.com/build/building/secrets/",
        OWASP,
        CIS,
    ],
    tags: &[
        "docker",
        "compose",
        "credential",
        "CWE-538",
        "CWE-798",
        "CIS-Docker-4.10",
        "OWASP-Docker-12",
        "BSI-SYS.1.6.A8",
    ],
    examples: &[
        compose(
            "services:\n  a:\n    build:\n      context: .\n      args:\n        DB_PASSWORD: hunter2xyz # here\n        API_TOKEN: ${X:-hunter2xyz} # here\n        NPM_TOKEN: ${NPM_TOKEN} # here\n",
        ),
        compose(
            "services:\n  a:\n    build:\n      context: .\n      args:\n        - DB_PASSWORD=hunter2xyz # here\n        - NPM_TOKEN # here\n        - GH_TOKEN=$GH_TOKEN # here\n",
        ),
    ],
    negatives: &[
        compose(
            "services:\n  a:\n    build:\n      context: .\n      args:\n        VERSION: \"1\"\n        NEXT_PUBLIC_API_KEY: abcdef012345\n        TOKEN_FILE: ${X}\n        A_PASSWORD: \"\"\n        B_PASSWORD: changeme\n",
        ),
        compose(
            "services:\n  a:\n    build:\n      context: .\n      secrets: [npm_token]\n    environment:\n      NPM_TOKEN: ${NPM_TOKEN}\nsecrets:\n  npm_token: {environment: NPM_TOKEN}\n",
        ),
    ],
};
