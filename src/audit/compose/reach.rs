//! Limits severity by who can reach what a credential opens: the password of an unpublished database is only of use to
//! those already in its network.

use std::cell::OnceCell;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::audit::yaml::{self, ELSEWHERE, Value};
use crate::lexicon::{placeholder, value};
use crate::model::Severity;

use super::credential::{Slot, Verdict};
use super::exposure::{Port, ports};
use super::file::{self, File};
use super::interpolation::with_defaults;
use super::service::Service;
use super::store;

/// Places with the same value that are compared.
const MOST_SAME: usize = 200;
/// Datastores of one file that are compared.
const MOST_STORES: usize = 200;
/// Other files of a directory that are read.
const MOST_FILES: usize = 50;

/// Who can connect to a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reach {
    /// Services on its own networks.
    Inside,
    /// The host that it runs on.
    Host,
    /// Others, or unknown.
    Open,
}

/// The highest severity of a credential, given what it opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::audit) struct Bound {
    pub(in crate::audit) most: Severity,
    /// The reason, to follow a message.
    pub(in crate::audit) note: String,
}

impl Bound {
    pub(super) fn of(reach: Reach, store: &str) -> Option<Self> {
        let note = match reach {
            Reach::Open => return None,
            Reach::Host => format!("; `{store}` is published on the loopback address only"),
            Reach::Inside => {
                format!(
                    "; `{store}` is not published, so it is reachable only from its own networks"
                )
            }
        };
        let most = Severity::Medium;
        Some(Self { most, note })
    }
}

/// Returns who can connect to a service.
pub(super) fn of_service(file: &File, service: &Service) -> Reach {
    let mode = service.text("network_mode").unwrap_or_default();
    let is_shared =
        mode == "host" || mode.starts_with("service:") || mode.starts_with("container:");
    if service.extends_elsewhere || is_shared || is_routed(service) {
        return Reach::Open;
    }
    let published = ports(service);
    let widest = published.iter().map(of_port).max();
    widest.unwrap_or_else(|| {
        if file
            .published_elsewhere
            .get_or_init(|| published_elsewhere(file))
            .contains(service.name)
        {
            Reach::Open
        } else {
            Reach::Inside
        }
    })
}

/// Returns who can connect to a published port.
pub(super) fn of_port(port: &Port) -> Reach {
    let address = port.given.parse::<std::net::IpAddr>();
    let is_loopback = address.is_ok_and(|address| address.is_loopback());
    if is_loopback || port.given == "localhost" {
        Reach::Host
    } else {
        Reach::Open
    }
}

/// Whether labels or variables ask a reverse proxy to lead to the service.
fn is_routed(service: &Service) -> bool {
    let is_route = |name: &str| {
        [
            "traefik.http.routers.",
            "traefik.tcp.routers.",
            "traefik.frontend.",
        ]
        .iter()
        .any(|start| name.starts_with(start))
            || name == "caddy"
    };
    service
        .variables("labels")
        .iter()
        .any(|label| is_route(&label.name))
        || service.has_variable(|name, value| name == "VIRTUAL_HOST" && !value.is_empty())
}

/// Services that other files of the directory publish, except for files that are only for developers.
fn published_elsewhere(file: &File) -> FxHashSet<String> {
    let own = file.parts.path.as_str();
    let (folder, start) = match own.rsplit_once('/') {
        Some((folder, _)) => (folder, format!("{folder}/")),
        None => ("", String::new()),
    };
    let others = file.project.names_in(folder).filter(|other| {
        file::is_named_like_compose(other) && crate::audit::document::is_yaml(other)
    });
    let paths = others.map(|other| format!("{start}{other}"));
    let paths = paths
        .filter(|path| path != own && !file::is_for_development(path, file.policy))
        .take(MOST_FILES);
    let mut published = FxHashSet::default();
    for path in paths {
        let text = file.project.read_text(&path);
        let text = text.filter(|text| text.contains("ports:"));
        let Some(tree) = text.and_then(|text| yaml::parse(&text).ok()) else {
            continue;
        };
        let groups = tree.documents().filter_map(|root| root.get("services"));
        for entry in groups.flat_map(Value::entries) {
            let ports = entry.value.get("ports");
            if ports.is_some_and(|ports| ports.items().next().is_some()) {
                published.extend(entry.key.text().map(str::to_owned));
            }
        }
    }
    published
}

/// Returns the highest severity of the credential in each slot of a file, given what it opens and whether it is
/// reported elsewhere.
pub(super) fn bounds(file: &File) -> Vec<Option<Bound>> {
    let mut by_value: FxHashMap<&[u8], Vec<usize>> = FxHashMap::default();
    for (number, slot) in file.slots.iter().enumerate() {
        if may_be_bound(slot) {
            by_value
                .entry(slot.secret.value.reveal())
                .or_default()
                .push(number);
        }
    }
    let services = file.services.iter();
    let kinds: Vec<_> = services.clone().map(kind).collect();
    let is_store = |service: &usize| kinds[*service].is_some();
    let view = View {
        file,
        stores: (0..kinds.len())
            .filter(is_store)
            .take(MOST_STORES)
            .collect(),
        kinds,
        reach: services.map(|_| OnceCell::new()).collect(),
        by_value,
    };
    file.slots.iter().map(|slot| view.bound(slot)).collect()
}

/// Whether a bound may apply to a slot: images and labels expose their values to others.
fn may_be_bound(slot: &Slot) -> bool {
    let is_kept = matches!(slot.verdict, Verdict::InBuildArgument | Verdict::InLabel);
    !is_kept && slot.kind.is_some()
}

/// Returns whether attackers may guess or know a value: a default, or nothing but words. Any other value may be in use
/// elsewhere, too, and open more than is visible here.
pub(in crate::audit) fn is_guessable(secret: &str) -> bool {
    let is_words = |byte: u8| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'-' | b'.');
    value::weak(secret)
        || placeholder::classify(secret).is_some()
        || secret.bytes().all(is_words) && value::is_wordy(secret)
}

/// A file, and what is known so far of its services.
struct View<'f, 't> {
    file: &'f File<'t>,
    /// What each service stores.
    kinds: Vec<Option<&'static str>>,
    reach: Vec<OnceCell<Reach>>,
    /// The services that store something.
    stores: Vec<usize>,
    /// The slots with each value.
    by_value: FxHashMap<&'f [u8], Vec<usize>>,
}

impl View<'_, '_> {
    fn bound(&self, slot: &Slot) -> Option<Bound> {
        if !may_be_bound(slot) {
            return None;
        }
        let secret = String::from_utf8_lossy(slot.secret.value.reveal());
        let opened = self.opened(slot);
        let reach = opened
            .iter()
            .map(|&service| (self.reach(service), service))
            .max();
        let is_known = matches!(slot.verdict, Verdict::Default | Verdict::WellKnown);
        let is_guessable =
            slot.is_weak || is_known || slot.default_of.is_some() || is_guessable(&secret);
        let by_reach = reach
            .filter(|_| is_guessable)
            .and_then(|(reach, service)| Bound::of(reach, self.file.services[service].name));
        by_reach.or_else(|| self.told_elsewhere(slot, &opened))
    }

    fn reach(&self, service: usize) -> Reach {
        *self.reach[service].get_or_init(|| of_service(self.file, &self.file.services[service]))
    }

    /// The services of the file that a slot opens; empty if unknown.
    fn opened(&self, slot: &Slot) -> Vec<usize> {
        let kinds = store::named_by(&slot.name);
        let own_kind = self.kinds[slot.service];
        if own_kind.is_some_and(|kind| kinds.is_empty() || kinds.contains(&kind)) {
            return vec![slot.service];
        }
        let stores = || self.stores.iter().copied();
        let of = |kinds: &[&str]| {
            let is_of = |it: &usize| self.kinds[*it].is_some_and(|kind| kinds.contains(&kind));
            stores().filter(is_of).collect::<Vec<_>>()
        };
        let text = slot.scalar.text().map(with_defaults).unwrap_or_default();
        match store::address_in(&text) {
            Some((_, host)) if !store::is_unknown_host(host) => stores()
                .filter(|&it| is_called(&self.file.services[it], host))
                .collect(),
            Some((scheme, _)) => of(&store::named_by(scheme)),
            // A key for objects may belong to a cloud.
            None if kinds == [store::OBJECTS] => {
                let mut found = of(&kinds);
                found.retain(|&service| self.same(slot).any(|other| other.service == service));
                found
            }
            None => of(&kinds),
        }
    }

    /// The slots with the same value.
    fn same(&self, slot: &Slot) -> impl Iterator<Item = &Slot<'_>> {
        let same = self.by_value.get(slot.secret.value.reveal());
        let same = same.filter(|same| same.len() <= MOST_SAME);
        same.into_iter()
            .flatten()
            .map(|&number| &self.file.slots[number])
    }

    /// The bound for a value that is also reported where it is set: clients have the value of their server, and one
    /// default is often repeated for several services.
    fn told_elsewhere(&self, slot: &Slot, opened: &[usize]) -> Option<Bound> {
        if opened.contains(&slot.service) {
            return None;
        }
        let counts = |other: &&Slot| {
            other.span != slot.span
                && other.span != ELSEWHERE
                && !self
                    .file
                    .is_for_developers(&self.file.services[other.service])
        };
        let is_server = |other: &Slot| opened.contains(&other.service);
        let first = self.same(slot).filter(counts);
        let first = first.min_by_key(|other| (!is_server(other), other.span.start))?;
        let is_earlier = first.name == slot.name && first.span.start < slot.span.start;
        let note = format!(
            "; the same value is reported at `{}` of service `{}`",
            first.name, self.file.services[first.service].name
        );
        let most = Severity::Medium;
        (is_server(first) || is_earlier).then_some(Bound { most, note })
    }
}

/// Returns what a service stores, judged by its image, or else by its name.
pub(super) fn kind(service: &Service) -> Option<&'static str> {
    let image = service.text("image");
    let by_image = image.as_deref().and_then(store::kind_of_image);
    by_image.or_else(|| store::kind_of_name(service.name))
}

fn is_called(service: &Service, host: &str) -> bool {
    let is = |key: &str| service.text(key).is_some_and(|name| name == host);
    service.name == host || is("hostname") || is("container_name")
}
