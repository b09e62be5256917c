//! Kinds of services, to determine who starts them: programs of the project, or services that support work on them.

use crate::audit::compose::file::File;
use crate::audit::compose::image;
use crate::audit::compose::roles;
use crate::audit::compose::service::Service;
use crate::lexicon::path::has_word;

/// Whether a service runs no program of the project: it keeps data, or supports development.
pub(super) fn is_aid(service: &Service) -> bool {
    #[rustfmt::skip]
    const AIDS: &[&str] = &[
        "kafka", "cp-kafka", "zookeeper", "cp-zookeeper", "redpanda", "console", "kafka-ui", "kafdrop", "schema-registry",
        "cp-schema-registry", "nats", "activemq", "artemis", "flyway", "liquibase", "ngrok", "stripe-cli", "jaeger",
        "all-in-one", "prometheus", "grafana", "otel-collector", "opentelemetry-collector", "zipkin", "selenium",
        "standalone-chrome", "standalone-chromium", "standalone-firefox", "wiremock", "mockserver", "mountebank", "prism",
        "swagger-ui", "mc", "pgweb", "dbgate", "cloudbeaver", "meilisearch", "typesense", "vault", "consul", "unleash-server",
        "keycloak", "openldap", "sftp", "ftpd", "oracle-xe", "oracle-free", "db2", "cosmosdb", "azure-cosmos-emulator",
        "cockroach", "cockroachdb", "cloud-sdk", "google-cloud-cli", "google-cloud-sdk", "toxiproxy", "busybox", "postgis",
        "grafana-oss", "grafana-enterprise", "loki", "promtail", "tempo", "alertmanager", "cadvisor", "node-exporter", "alloy",
        "otel-lgtm",
    ];
    let Some(image) = image_of(service) else {
        // An image that is built from its settings alone: `prometheus: {build: ./prometheus}`.
        return AIDS.contains(&service.name)
            && service.setting("image").is_none()
            && is_own(service);
    };
    let name = image::short_name(&image);
    is_store(service)
        || AIDS.contains(&name.as_str())
        || image.contains("kafka")
        || is_for_trying(&image)
}

/// Whether a service is built from a folder that is called as it is.
fn is_own(service: &Service) -> bool {
    let context = service.setting("build").and_then(|build| {
        let text = build.value.text().map(str::to_owned);
        text.or_else(|| Some(build.part("context")?.value.text()?.to_owned()))
    });
    context.is_some_and(|it| it.trim_end_matches('/').rsplit('/').next() == Some(service.name))
}

/// The image of a service that is not built here.
fn image_of(service: &Service) -> Option<String> {
    service
        .text("image")
        .filter(|_| service.setting("build").is_none())
}

/// Whether a service keeps data.
pub(super) fn is_store(service: &Service) -> bool {
    #[rustfmt::skip]
    const OTHERS: &[&str] = &["postgis", "meilisearch", "typesense", "nats", "cockroach", "cockroachdb"];
    service.setting("build").is_none()
        && (roles::datastore(service).is_some()
            || image_of(service)
                .is_some_and(|image| OTHERS.contains(&image::short_name(&image).as_str())))
}

/// Whether an image replaces something that production has, for trying things out.
pub(super) fn is_for_trying(image: &str) -> bool {
    #[rustfmt::skip]
    const NAMES: &[&str] = &["cypress", "playwright", "mockserver", "wiremock", "fakes3"];
    let name = image::short_name(image);
    let is_word = |word: &str| {
        matches!(
            word,
            "mock" | "mocks" | "fake" | "stub" | "emulator" | "localstack" | "ngrok"
        ) || word.starts_with("mock")
    };
    image::is_emulator(image)
        || image::is_mail_catcher(image)
        || NAMES.contains(&name.as_str())
        || has_word(&name, is_word)
}

/// Whether a file starts databases, and beside them only replacements for what production has.
pub(super) fn are_only_stores(file: &File) -> bool {
    let is_it = |service: &Service| {
        is_store(service) || image_of(service).is_some_and(|image| is_for_trying(&image))
    };
    file.services.iter().any(is_store) && file.services.iter().all(is_it)
}
