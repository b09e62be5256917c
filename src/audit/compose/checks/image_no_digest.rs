//! `compose/image-no-digest`: a version that its publisher can still change.

use super::{
    Card, Category, Check, Confidence, File, OWASP, Report, SERVICES, Severity, Sighting, compose,
};
use crate::audit::compose::image::{Version, version};
use crate::audit::compose::interpolation::is_unknown;

pub(super) struct ImageNoDigest;

impl Check<File<'_>> for ImageNoDigest {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        for service in &file.services {
            let (Some(setting), Some(image)) = (service.setting("image"), service.text("image"))
            else {
                continue;
            };
            let is_built = service.setting("build").is_some() || file.builds(&image);
            let is_tagged = matches!(version(&image), Version::Tag(tag) if !is_unknown(tag));
            if is_built || !is_tagged {
                continue;
            }
            let message = format!(
                "the image of service `{}` is not pinned by digest, so its tag can be moved to another image",
                service.name
            );
            let sighting = Sighting::new(&CARD, setting.value.span(), message);
            report.add(&CARD, file.sighted(service, setting.via(), sighting));
        }
    }
}

static CARD: Card = Card {
    id: "compose/image-no-digest",
    category: Category::Configuration,
    severity: Severity::Info,
    confidence: Confidence::High,
    title: "Image not pinned by digest",
    description: "Anyone who can push to the registry can move a tag to another image (a supply chain attack). A \
                  digest identifies the exact image.",
    remedy: "Add the digest that `docker buildx imagetools inspect IMAGE` prints: `image: postgres:16.4@sha256:...`, \
             and let Dependabot or Renovate update it.",
    references: &[SERVICES, OWASP],
    tags: &[
        "docker",
        "compose",
        "supply-chain",
        "CWE-1357",
        "OWASP-Docker-13",
        "BSI-SYS.1.6.A12",
    ],
    examples: &[
        compose("services:\n  db:\n    image: postgres:16.4 # here\n"),
        compose("services:\n  db:\n    image: postgres:${TAG:-16.4} # here\n"),
    ],
    negatives: &[
        compose(
            "services:\n  db:\n    image: postgres:16.4@sha256:0000000000000000000000000000000000000000000000000000000000000000\n",
        ),
        compose("services:\n  db:\n    image: postgres\n"),
        compose("services:\n  web:\n    build: .\n    image: app:1\n"),
        compose("services:\n  web:\n    image: app:${TAG}\n"),
    ],
};
