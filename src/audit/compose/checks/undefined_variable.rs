//! `compose/undefined-variable`: a variable that has to be set, but is documented nowhere.

use std::collections::BTreeSet;

use super::{Card, Category, Check, Confidence, File, Report, Severity, Sighting, beside, compose};
use crate::audit::compose::documented::{instructions, speaks_of};
use crate::audit::compose::interpolation::{Otherwise, Part, parts};
use crate::audit::yaml::Span;
use crate::lexicon::name::classify;

pub(super) struct UndefinedVariable;

/// Names listed in a message.
const MAX_NAMES: usize = 5;

impl Check<File<'_>> for UndefinedVariable {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        let mut open = open_variables(file);
        if open.is_empty() {
            return;
        }
        let texts = instructions(&file.parts.path, file.project);
        open.retain(|(_, name)| !texts.iter().any(|text| speaks_of(text, name)));
        // One finding for the file: one set of instructions fixes it.
        let Some((span, _)) = open.first().cloned() else {
            return;
        };
        let names: Vec<_> = open
            .iter()
            .take(MAX_NAMES)
            .map(|(_, name)| format!("`{name}`"))
            .collect();
        let more = match open.len().saturating_sub(MAX_NAMES) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let message = format!(
            "no file next to this one defines or documents {}{more}, and without a value Compose uses an empty \
             string",
            names.join(", ")
        );
        let mut sighting = Sighting::new(&CARD, span, message);
        let first = file.services.first();
        sighting.severity =
            first.map_or(CARD.severity, |service| file.scaled(CARD.severity, service));
        report.add(&CARD, sighting);
    }
}

/// The variables that are empty if unset, each at its first use.
fn open_variables<'t>(file: &File<'t>) -> Vec<(Span, &'t str)> {
    let mut known: BTreeSet<&str> = file.parts.variables.keys().map(String::as_str).collect();
    let mut open: Vec<(Span, &str)> = Vec::new();
    let Some(tree) = file.parts.tree(&file.parts.path) else {
        return open;
    };
    let mut seen = BTreeSet::new();
    for node in tree.nodes() {
        let Some(text) = node.text().filter(|text| text.contains('$')) else {
            continue;
        };
        for part in parts(text) {
            let Part::Variable(variable) = part else {
                continue;
            };
            match variable.otherwise {
                Otherwise::Empty if is_given(variable.name) => {}
                Otherwise::Empty => {
                    if seen.insert(variable.name) {
                        open.push((node.span(), variable.name));
                    }
                }
                // The file says elsewhere what happens if it is unset.
                _ => {
                    known.insert(variable.name);
                }
            }
        }
    }
    open.retain(|(_, name)| !known.contains(name));
    open.sort_by_key(|(span, _)| span.start);
    open
}

/// Whether the shell, Compose or a pipeline sets the variable, or it is a credential, which another check reports.
fn is_given(name: &str) -> bool {
    #[rustfmt::skip]
    const GIVEN: &[&str] = &[
        "HOME", "USER", "PWD", "UID", "GID", "PUID", "PGID", "PATH", "HOSTNAME", "DISPLAY", "TZ", "SHELL", "LANG",
        "TAG", "VERSION", "IMAGE", "IMAGE_TAG", "BUILD_NUMBER", "COMMIT", "SHA", "XDG_RUNTIME_DIR", "SSH_AUTH_SOCK",
        "XAUTHORITY", "WAYLAND_DISPLAY", "LOGNAME",
    ];
    const FAMILIES: &[&str] = &["CI_", "GITHUB_", "COMPOSE_", "DOCKER_", "BUILD_", "GIT_"];
    GIVEN.contains(&name)
        || FAMILIES.iter().any(|family| name.starts_with(family))
        || name.ends_with("_TAG")
        || name.ends_with("_VERSION")
        || classify(name).is_some()
}

static CARD: Card = Card {
    id: "compose/undefined-variable",
    category: Category::Configuration,
    severity: Severity::Low,
    confidence: Confidence::Medium,
    title: "Undefined variable without a default",
    description: "A variable that is not set expands to nothing, and Compose only prints a warning: a path becomes the \
                  root directory, a host name becomes empty. No file next to this one documents that the variable is \
                  required.",
    remedy: "Give it a default, `${DATA_DIR:-./data}`, or make Compose fail without it, `${DATA_DIR:?set DATA_DIR}`, \
             and list it in `.env.example`.",
    references: &[
        "https://docs.docker.com/reference/compose-file/interpolation/",
        "https://docs.docker.com/compose/how-tos/environment-variables/variable-interpolation/",
    ],
    tags: &["docker", "compose", "operations", "CWE-1188"],
    examples: &[
        compose(
            "services:\n  web:\n    image: app:1\n    hostname: ${SITE} # here\n    volumes: [\"${DATA_DIR}/a:/a\"]\n",
        ),
        beside(
            "services:\n  web:\n    image: app:1\n    command: serve $SITE # here\n",
            &[(".env.example", "SITES=a\nMY_SITE=b\n")],
        ),
    ],
    negatives: &[
        beside(
            "services:\n  web:\n    image: app:1\n    hostname: ${SITE}\n",
            &[(".env.example", "SITE=\n")],
        ),
        beside(
            "services:\n  web:\n    image: app:1\n    hostname: ${SITE}\n",
            &[("README.md", "Set `SITE` first.\n")],
        ),
        compose(
            "services:\n  web:\n    image: app:${TAG}\n    hostname: ${SITE:-a}\n    command: serve ${SITE} $$X ${Y:?set it}\n    user: ${UID}\n",
        ),
        compose(
            "services:\n  web:\n    image: app:1\n    environment:\n      DB_PASSWORD: ${DB_PASSWORD}\n",
        ),
    ],
};
