//! How pages that show what a system does are reached by another way than the port that a service publishes.

use rustc_hash::FxHashSet;

use crate::audit::yaml::{self, Value};

use super::file::File;
use super::fixes::siblings;
use super::image;
use super::service::Service;

/// Larger files were written by no person.
const MAX_BYTES: usize = 256 << 10;

/// What collects the numbers of exporters.
#[rustfmt::skip]
const COLLECTORS: &[&str] = &[
    "agent", "alloy", "grafana-agent", "mimir", "opentelemetry-collector", "opentelemetry-collector-contrib", "otelcol",
    "prometheus", "telegraf", "vector", "victoria-metrics", "vmagent",
];

/// What other services of a system do for its pages, in a file and those beside it.
#[derive(Default)]
pub(super) struct Doors {
    /// The words of the services that let requests in for others.
    words: FxHashSet<String>,
    /// Whether one collects the numbers of the others.
    collects: bool,
}

impl Doors {
    fn of(file: &File) -> Self {
        let mut doors = Self::default();
        doors.look_at(file.text);
        for path in siblings(file) {
            if let Some(text) = file.project.read_text(&path) {
                doors.look_at(&text);
            }
        }
        doors
    }

    fn look_at(&mut self, text: &str) {
        let tree = (text.len() <= MAX_BYTES).then(|| yaml::parse(text));
        let Some(Ok(tree)) = tree else {
            return;
        };
        let services = tree.documents().filter_map(|root| root.get("services"));
        for entry in services.flat_map(Value::entries) {
            let name = entry.key.text().unwrap_or_default().to_ascii_lowercase();
            let image = entry.value.get("image").and_then(Value::text);
            let image = image::short_name(image.unwrap_or_default());
            self.collects |= COLLECTORS.contains(&image.as_str());
            let is_open = entry.value.get("ports").is_some();
            if is_open && lets_in(&name, &image) {
                let own = text.get(entry.value.span()).unwrap_or_default();
                let words = own.split(|c: char| !c.is_ascii_alphanumeric());
                self.words.extend(words.map(str::to_ascii_lowercase));
            }
        }
    }
}

/// Whether the name of a service or its image says that it lets requests in for others.
fn lets_in(name: &str, image: &str) -> bool {
    let mut words = name.split(|c: char| !c.is_ascii_alphanumeric());
    let is_called_so = words.any(|word| ["proxy", "gateway", "ingress"].contains(&word));
    let is_for_engine = image::is_socket_proxy(image) || image::is_socket_proxy(name);
    image::is_reverse_proxy(image)
        || image::is_reverse_proxy(name)
        || is_called_so && !is_for_engine
}

/// Whether another service lets requests in for this one: its name is among what the proxy is set up with, or it is set up
/// for a proxy that looks for it.
pub(super) fn is_let_in(file: &File, service: &Service) -> bool {
    let mut layers = service.layers.iter().map(|layer| layer.settings);
    let own = layers.find(|settings| !settings.is_elsewhere());
    let text = own
        .and_then(|own| file.text.get(own.span()))
        .unwrap_or_default();
    let looked_for = ["traefik.http", "traefik.enable", "VIRTUAL_HOST", "caddy:"];
    if looked_for.iter().any(|word| text.contains(word)) {
        return true;
    }
    let doors = file.doors.get_or_init(|| Doors::of(file));
    let name = service.name.to_ascii_lowercase();
    let mut parts = name.split(|c: char| !c.is_ascii_alphanumeric());
    parts.all(|part| doors.words.contains(part))
}

/// Whether what collects numbers is elsewhere, so that an exporter is reached from there.
pub(super) fn is_collected_elsewhere(file: &File, image: &str) -> bool {
    let name = image::short_name(image);
    let is_exporter = ["exporter", "cadvisor", "pushgateway"]
        .iter()
        .any(|word| name.contains(word));
    is_exporter && !file.doors.get_or_init(|| Doors::of(file)).collects
}
