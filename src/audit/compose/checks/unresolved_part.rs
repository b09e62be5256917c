//! `compose/unresolved-part`: a file that the Compose file names but that cannot be read.

use super::{
    Card, Category, Check, Confidence, Example, File, Report, SERVICES, Severity, Sighting, compose,
};

pub(super) struct UnresolvedPart;

impl Check<File<'_>> for UnresolvedPart {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        for missing in &file.missing {
            let message = missing.message.clone();
            report.add(&CARD, Sighting::new(&CARD, missing.span.clone(), message));
        }
    }
}

static CARD: Card = Card {
    id: "compose/unresolved-part",
    category: Category::Configuration,
    severity: Severity::Info,
    confidence: Confidence::High,
    title: "Referenced file not found",
    description: "The file refers to another one that is not in the tree, so part of the deployed configuration was \
                  not audited. Settings that the missing file may provide are not reported as missing.",
    remedy: "Commit the missing file, or an example of it without secrets; if an env file is optional, declare that: \
             `env_file: [{path: app.env, required: false}]`.",
    references: &[
        SERVICES,
        "https://docs.docker.com/reference/compose-file/include/",
    ],
    tags: &["docker", "compose", "coverage", "CWE-1059"],
    examples: &[
        compose(
            "services:\n  web:\n    extends:\n      file: base.yml # here\n      service: web\n",
        ),
        compose(
            "include:\n  - https://github.com/acme/stack.git # here\n  - path: absent.yml # here\n  - path: [a.yml] # here\n  - ${X}/b.yml # here\nservices:\n  web:\n    image: app:1\n",
        ),
        Example {
            path: "compose.yaml",
            text: "services:\n  web:\n    image: app:1\n    env_file: app.env # here\n  api:\n    build: ./api # here\n    env_file:\n      - there.env\n      - path: gone.env # here\n",
            beside: &[("there.env", "A=b\n")],
        },
    ],
    negatives: &[
        compose("services:\n  web:\n    image: app:1\n    env_file: app.env\n"),
        Example {
            path: "part/web.yaml",
            text: "services:\n  web:\n    build: ./web\n    env_file: web.env\n",
            beside: &[
                (
                    "compose.yaml",
                    "include: [{path: part/web.yaml, project_directory: more}]\n",
                ),
                ("more/web/Dockerfile", "FROM app\n"),
                ("more/web.env", "A=b\n"),
            ],
        },
        Example {
            path: "extra/metrics/compose.yaml",
            text: "services:\n  web:\n    build: extra/metrics\n",
            beside: &[("extra/metrics/Dockerfile", "FROM app\n")],
        },
        Example {
            path: "deploy/compose.yaml",
            text: "include: [../more.yml]\nservices:\n  web:\n    build:\n      context: ..\n      dockerfile: deploy/web.Dockerfile\n    env_file:\n      - ${FILE}\n      - path: gone.env\n        required: false\n  api:\n    build:\n      dockerfile_inline: FROM app\n  far:\n    build: https://github.com/acme/far.git\n  base:\n    extends: {file: ../base.yml, service: base}\n",
            beside: &[
                ("more.yml", "services:\n  a:\n    image: b\n"),
                ("base.yml", "services:\n  base:\n    image: b\n"),
                ("deploy/web.Dockerfile", "FROM app\n"),
            ],
        },
    ],
};
