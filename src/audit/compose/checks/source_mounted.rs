//! `compose/source-mounted`: a working copy mounted over the image that was built from it.

use super::{
    Card, Category, Check, Confidence, Example, File, Report, SERVICES, Severity, Sighting, compose,
};
use crate::audit::compose::interpolation::with_defaults;
use crate::audit::compose::service::Service;
use crate::audit::compose::volume::mounts;

pub(super) struct SourceMounted;

impl Check<File<'_>> for SourceMounted {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        // Developers mount it to see their changes.
        let services = file.services.iter();
        for service in services.filter(|service| !file.is_for_developers(service)) {
            let Some(context) = context(service) else {
                continue;
            };
            for mount in mounts(service) {
                let source = mount.source.as_deref().map(plain);
                if source != Some(plain(&context)) || is_setting(&mount.target) {
                    continue;
                }
                let message = format!(
                    "service `{}` mounts its source directory over the code in its image",
                    service.name
                );
                let sighting = Sighting::new(&CARD, mount.span, message);
                report.add(&CARD, file.sighted(service, mount.via, sighting));
                break;
            }
        }
    }
}

/// Whether the mount holds settings rather than a program.
fn is_setting(target: &str) -> bool {
    ["/etc/", "/config", "/conf", "/docker-entrypoint"]
        .iter()
        .any(|folder| target.starts_with(folder))
}

/// The build context of the image, as written.
fn context(service: &Service) -> Option<String> {
    let build = service.setting("build")?;
    let context = build.value.text().map(with_defaults);
    context.or_else(|| build.part("context")?.value.text().map(with_defaults))
}

fn plain(path: &str) -> &str {
    match path.trim_start_matches("./").trim_end_matches('/') {
        "" => ".",
        path => path,
    }
}

static CARD: Card = Card {
    id: "compose/source-mounted",
    category: Category::Configuration,
    severity: Severity::Low,
    confidence: Confidence::Medium,
    title: "Source code mounted over the image",
    description: "The container runs whatever is in the directory, not the image that was tested, and an attacker who \
                  compromises the process can change the code permanently.",
    remedy: "Copy the source in the Dockerfile (`COPY . /app`), remove the mount here, and keep it for development in \
             `compose.override.yaml`.",
    references: &[
        "https://docs.docker.com/compose/how-tos/production/",
        SERVICES,
    ],
    tags: &[
        "docker",
        "compose",
        "operations",
        "CWE-489",
        "BSI-SYS.1.6.A23",
    ],
    examples: &[
        compose("services:\n  web:\n    build: .\n    volumes:\n      - .:/app # here\n"),
        compose(
            "services:\n  web:\n    build:\n      context: ./web\n    volumes:\n      - ./web/:/usr/src/app # here\n      - ./web/:/other\n",
        ),
    ],
    negatives: &[
        compose("services:\n  web:\n    build: ./web\n    volumes:\n      - ./web:/etc/web\n"),
        compose(
            "services:\n  web:\n    build: .\n    volumes:\n      - ./data:/data\n      - app:/app\n",
        ),
        compose(
            "services:\n  web:\n    image: nginx:1\n    volumes:\n      - .:/usr/share/nginx/html\n",
        ),
        Example {
            path: "docker-compose.dev.yml",
            text: "services:\n  web:\n    build: .\n    volumes:\n      - .:/app\n",
            beside: &[],
        },
    ],
};
