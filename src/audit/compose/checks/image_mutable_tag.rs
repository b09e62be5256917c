//! `compose/image-mutable-tag`: an image that may be a different one tomorrow.

use super::{
    CIS, Card, Category, Check, Confidence, File, OWASP, Report, SERVICES, Severity, Sighting,
    compose,
};
use crate::audit::compose::absence::Lack;
use crate::audit::compose::image::{Version, version};
use crate::audit::compose::interpolation::is_unknown;

pub(super) struct ImageMutableTag;

impl Check<File<'_>> for ImageMutableTag {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        for service in &file.services {
            let (Some(setting), Some(image)) = (service.setting("image"), service.text("image"))
            else {
                continue;
            };
            // For a locally built image, this is only the name it gets.
            if service.setting("build").is_some() || file.builds(&image) || image.trim().is_empty()
            {
                continue;
            }
            let (problem, severity) = match version(&image) {
                Version::None if is_unknown(&image) => continue,
                // There is no tag to report, so this is one of the things that the service lacks.
                Version::None => {
                    let lack = Lack::new(&CARD, "fixed image version");
                    file.miss(service, &lack, report);
                    continue;
                }
                Version::Tag(tag) if is_unknown(tag) => (
                    "takes its version from an environment variable".to_owned(),
                    Severity::Info,
                ),
                // As good as no tag, and fixed together with everything else that the service lacks.
                Version::Tag(tag) if is_mutable(tag) => {
                    let lack = Lack::new(&CARD, "fixed image version");
                    file.miss(service, &lack, report);
                    continue;
                }
                Version::Tag(_) | Version::Digest => continue,
            };
            let message = format!("the image of service `{}` {problem}", service.name);
            let mut sighting = Sighting::new(&CARD, setting.value.span(), message);
            sighting.severity = severity;
            report.add(&CARD, file.sighted(service, setting.via(), sighting));
        }
    }
}

/// Whether the tag is moved to another image with every build or release.
fn is_mutable(tag: &str) -> bool {
    #[rustfmt::skip]
    const WORDS: &[&str] = &[
        "beta", "canary", "current", "dev", "develop", "development", "edge", "head", "latest", "lts", "main", "master",
        "mainline", "next", "nightly", "preview", "prod", "production", "release", "rolling", "snapshot", "stable",
        "staging", "test", "testing", "trunk", "unstable",
    ];
    // A variant is no version: `latest-alpine`.
    let mut words = tag.split(['-', '_', '.']);
    let first = words.next().unwrap_or_default();
    let has_number = tag.bytes().any(|byte| byte.is_ascii_digit());
    let is_word = |word: &str| WORDS.iter().any(|known| word.eq_ignore_ascii_case(known));
    is_word(first) && (!has_number || words.clone().next().is_none() || is_word_then_system(tag))
}

/// Whether only the base system of the image has a number: `latest-alpine3.20`, `stable-bookworm`.
fn is_word_then_system(tag: &str) -> bool {
    let rest = tag.split_once(['-', '_']).map_or("", |(_, rest)| rest);
    [
        "alpine", "debian", "ubuntu", "bookworm", "bullseye", "jammy", "noble", "php", "node",
        "python", "jdk", "amd64", "arm",
    ]
    .iter()
    .any(|system| rest.starts_with(system))
}

static CARD: Card = Card {
    id: "compose/image-mutable-tag",
    category: Category::Configuration,
    severity: Severity::Medium,
    confidence: Confidence::High,
    title: "Image without a fixed version",
    description: "Without a version, every pull can fetch a different image: what was tested is not what runs, it is \
                  unknown what ran last week, and there is no way to roll back.",
    remedy: "Pin the version that was tested: `image: postgres:16.4`, or also its digest: `image: \
             postgres:16.4@sha256:...`.",
    references: &[
        SERVICES,
        "https://docs.docker.com/build/building/best-practices/#pin-base-image-versions",
        OWASP,
        CIS,
    ],
    tags: &[
        "docker",
        "compose",
        "supply-chain",
        "CWE-1357",
        "CIS-Docker-5.28",
        "CIS-Docker-4.2",
        "OWASP-Docker-13",
        "BSI-SYS.1.6.A6",
    ],
    examples: &[
        compose("services:\n  web: # here\n    image: nginx\n"),
        compose("services:\n  web: # here\n    image: registry.local:5000/team/app\n"),
        compose("services:\n  web: # here\n    image: nginx:latest\n"),
        compose("services:\n  web: # here\n    image: \"app:${TAG:-stable}\"\n"),
        compose("services:\n  web: # here\n    image: nginx:stable-alpine3.20\n"),
        compose("services:\n  web:\n    image: \"app:${TAG}\" # here\n"),
    ],
    negatives: &[
        compose("services:\n  web:\n    image: nginx:1.27\n"),
        compose("services:\n  web:\n    image: registry.local:5000/team/app:2024-05-01\n"),
        compose(
            "services:\n  web:\n    image: nginx@sha256:0000000000000000000000000000000000000000000000000000000000000000\n",
        ),
        compose(
            "services:\n  web:\n    image: nginx:latest@sha256:0000000000000000000000000000000000000000000000000000000000000000\n",
        ),
        compose(
            "services:\n  web:\n    build: .\n    image: team/app\n  work:\n    image: team/app\n",
        ),
        compose("services:\n  web:\n    image: ${IMAGE}\n"),
        compose("services:\n  web:\n    image: \"app:${TAG:-1.2}\"\n"),
        compose(
            "services:\n  web:\n    image: postgres:16-alpine\n  b:\n    image: app:stable-20240501\n",
        ),
    ],
};
