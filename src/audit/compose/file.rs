//! A Compose file: recognises it, and finds its services.

use std::cell::{OnceCell, RefCell};

use rustc_hash::{FxHashMap, FxHashSet};

use crate::audit::Policy;
use crate::audit::Project;
use crate::audit::check::Card;
use crate::audit::purpose;
use crate::audit::report::Sighting;
use crate::audit::yaml::{ELSEWHERE, Editor, Span, Value};
use crate::lexicon::name::CredentialName;
use crate::lexicon::path::{has_word, is_to_fill_in};
use crate::model::Severity;

use super::built;
use super::consoles::Doors;
use super::credential::{self, Slot, Verdict};
use super::env_file;
use super::fixes;
use super::image;
use super::layers::Layers;
use super::missing::{self, Missing};
use super::parts::{Parts, is_passed_over};
use super::reach;
use super::remedies;
use super::roles::Roles;
use super::service::Service;

/// A parsed Compose file.
pub(super) struct File<'t> {
    pub(super) text: &'t str,
    /// Makes the edits of fixes.
    pub(super) editor: Editor<'t>,
    /// This file and the files it is merged with.
    pub(super) parts: &'t Parts,
    /// The project that the file belongs to.
    pub(super) project: &'t Project<'t>,
    /// Settings that differ between projects.
    pub(super) policy: &'t Policy,
    /// The services that this file writes something about.
    pub(super) services: Vec<Service<'t>>,
    /// Every slot of a credential that holds something a reader of the file can use or should replace.
    pub(super) slots: Vec<Slot<'t>>,
    /// Things that the file names but that cannot be found.
    pub(super) missing: Vec<Missing>,
    /// Whether the file's name says that it is not used in production.
    is_for_development: bool,
    /// Whether the file's name says that it is to be copied and filled in.
    pub(super) is_template: bool,
    /// Whether the file's name says that it is for Docker Swarm.
    pub(super) is_for_swarm: bool,
    /// What the services say about each other; computed on first use.
    pub(super) roles: OnceCell<Roles<'t>>,
    /// The blocks that services share; computed on first use.
    pub(super) shared: OnceCell<fixes::shared::Shared<'t>>,
    /// The settings that services already have, which fixes imitate; computed on first use.
    pub(super) conventions: OnceCell<fixes::conventions::Conventions>,
    /// The loopback address as fixes write it in ports; computed on first use.
    pub(super) loopback: OnceCell<String>,
    /// What other services do for the pages of these, once a fix asked.
    pub(super) doors: OnceCell<Doors>,
    /// What is known so far of the images that services build.
    pub(super) images: RefCell<built::Known>,
    /// The services that other files in the directory publish; computed on first use.
    pub(super) published_elsewhere: OnceCell<FxHashSet<String>>,
    /// The services of the slots at each place; computed on first use.
    sharing: OnceCell<FxHashMap<(usize, usize), Vec<usize>>>,
}

/// How many services a message names that share a value.
const MOST_OWNERS: usize = 4;

/// Settings of all services together, with inherited ones counted for each service.
const MAX_WEIGHT: usize = 300_000;

impl<'t> File<'t> {
    /// Returns the Compose file in `parts`; `None` if it is another kind of YAML.
    pub(super) fn recognise(
        text: &'t str,
        parts: &'t Parts,
        project: &'t Project<'_>,
    ) -> Option<Self> {
        let path = parts.path.as_str();
        parts.groups(path).next()?;
        let policy = project.policy(path);
        let name = path.rsplit('/').next().unwrap_or(path);
        Some(Self {
            text,
            editor: Editor::new(text, parts.tree(path)?),
            parts,
            policy,
            services: services(parts, policy),
            is_for_development: is_for_development(path, policy) || is_laravel_sail(text),
            is_template: is_to_fill_in(path),
            is_for_swarm: has_word(name, |word| {
                ["stack", "swarm"]
                    .iter()
                    .any(|known| word.eq_ignore_ascii_case(known))
            }),
            slots: Vec::new(),
            missing: Vec::new(),
            roles: OnceCell::new(),
            shared: OnceCell::new(),
            conventions: OnceCell::new(),
            loopback: OnceCell::new(),
            doors: OnceCell::new(),
            images: RefCell::default(),
            sharing: OnceCell::new(),
            published_elsewhere: OnceCell::new(),
            project,
        })
    }

    /// Reads the files that this one names, and judges the slots of credentials. Returns `false`, having done nothing,
    /// if anchors and merges expand a small text to more settings than people write.
    pub(super) fn look_closer(&mut self, project: &Project) -> bool {
        let weight: usize = self.services.iter().map(Service::weight).sum();
        if weight > MAX_WEIGHT {
            return false;
        }
        let parts = self.parts;
        env_file::read(&mut self.services, &parts.base, &parts.variables, project);
        self.missing = missing::missing(self, project);
        self.slots = credential::slots(self);
        let bounds = reach::bounds(self);
        for (slot, bound) in self.slots.iter_mut().zip(bounds) {
            slot.bound = bound;
        }
        fixes::name_variables(self);
        true
    }

    /// Removes the services that never run, once the values in them have been checked.
    pub(super) fn forget_idle(&mut self) {
        let is_passed_over = is_passed_over(&self.parts.path, &self.parts.variables, self.project);
        let is_idle = |service: &Service| is_passed_over || service.is_idle();
        let mut left = 0;
        let places: Vec<Option<usize>> = self
            .services
            .iter()
            .map(|service| {
                let is_left = !is_idle(service);
                left += usize::from(is_left);
                is_left.then(|| left - 1)
            })
            .collect();
        self.services.retain(|service| !is_idle(service));
        self.slots.retain_mut(|slot| match places[slot.service] {
            Some(place) => {
                slot.service = place;
                true
            }
            None => false,
        });
    }

    /// Returns `severity`, lowered by one step and to at most medium if only developers run the service.
    pub(super) fn scaled(&self, severity: Severity, service: &Service) -> Severity {
        if self.is_for_developers(service) {
            severity.lowered().min(Severity::Medium)
        } else {
            severity
        }
    }

    /// Returns whether only developers run this service.
    pub(super) fn is_for_developers(&self, service: &Service) -> bool {
        self.is_for_development || service.is_for_development
    }

    /// Returns the slots with a verdict, each with its service.
    pub(super) fn slots_with(
        &self,
        verdict: Verdict,
    ) -> impl Iterator<Item = (&Slot<'t>, &Service<'t>)> {
        let slots = self
            .slots
            .iter()
            .filter(move |slot| slot.verdict == verdict);
        slots.map(|slot| (slot, &self.services[slot.service]))
    }

    /// Returns the sighting of a check in a slot.
    pub(super) fn sighted_slot(&self, card: &Card, slot: &Slot, message: String) -> Sighting {
        let mut sighting = Sighting::new(card, slot.span.clone(), message);
        sighting.secret = Some(slot.secret.clone());
        sighting.fixes = fixes::require_variable(card, self, slot);
        self.sighted_in(slot, sighting)
    }

    /// Fills in what every sighting in a slot has, and limits its severity by what the credential opens.
    pub(super) fn sighted_in(&self, slot: &Slot, sighting: Sighting) -> Sighting {
        let service = &self.services[slot.service];
        let mut sighting = self.sighted(service, slot.via.clone(), sighting);
        if let Some(own) = remedies::of_slot(sighting.rule, slot, sighting.remedy.as_deref()) {
            sighting.remedy = Some(own.into());
        }
        // A salt slows down guessing, but opens nothing.
        if slot.kind == Some(CredentialName::Salt) {
            sighting.severity = sighting.severity.min(Severity::Medium);
        }
        if let Some(bound) = &slot.bound {
            if sighting.severity > bound.most {
                sighting.message.push_str(&bound.note);
            }
            sighting.severity = sighting.severity.min(bound.most);
        }
        let image = service.text("image");
        let note = image.and_then(|image| match () {
            () if image::is_emulator(&image) => Some("; the emulator takes any value"),
            () if image::is_mail_catcher(&image) => Some("; it delivers no mail"),
            () => None,
        });
        if let Some(note) = note.filter(|_| sighting.severity > Severity::Low) {
            sighting.severity = Severity::Low;
            sighting.message.push_str(note);
        }
        sighting
    }

    /// Names the services that have a slot: several, if they share the lines that it is written in.
    pub(super) fn owners(&self, slot: &Slot) -> String {
        let sharing = self.sharing.get_or_init(|| {
            let mut sharing: FxHashMap<(usize, usize), Vec<usize>> = FxHashMap::default();
            for slot in &self.slots {
                let services = sharing.entry((slot.span.start, slot.span.end)).or_default();
                if !services.contains(&slot.service) && services.len() <= MOST_OWNERS {
                    services.push(slot.service);
                }
            }
            sharing
        });
        let own = &self.services[slot.service];
        let services = sharing.get(&(slot.span.start, slot.span.end));
        let services = services.filter(|services| services.len() > 1 && slot.span != ELSEWHERE);
        let Some(services) = services else {
            return format!("service `{}`", own.name);
        };
        let mut names: Vec<_> = services
            .iter()
            .take(MOST_OWNERS)
            .map(|&service| format!("`{}`", self.services[service].name))
            .collect();
        let last = if services.len() > MOST_OWNERS {
            "others".to_owned()
        } else {
            names.pop().unwrap_or_default()
        };
        format!("services {} and {last}", names.join(", "))
    }

    /// Fills in what every sighting in a service has: its severity here, and how the service gets the setting.
    pub(super) fn sighted(
        &self,
        service: &Service,
        via: Option<Span>,
        mut sighting: Sighting,
    ) -> Sighting {
        sighting.severity = self.scaled(sighting.severity, service);
        sighting.used = service.used(via);
        sighting.remedy = remedies::remedy(sighting.rule, service).map(Into::into);
        sighting
    }
}

/// Words in the names of files that hold changes or builds for developers.
const OF_DEVELOPERS: &[&str] = &["override", "build"];

/// Whether a file belongs to Laravel Sail, which is for development machines.
pub(super) fn is_laravel_sail(text: &str) -> bool {
    text.contains("vendor/laravel/sail/") || text.contains("LARAVEL_SAIL")
}

/// Returns whether the path of a file says that only developers run it.
pub(super) fn is_for_development(path: &str, policy: &Policy) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let is_known = |word: &str| OF_DEVELOPERS.iter().any(|it| word.eq_ignore_ascii_case(it));
    purpose::is_for_development(path, policy) || has_word(name, is_known)
}

/// Returns whether a file is named like a Compose file.
pub(super) fn is_named_like_compose(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    name.contains("compose") || name.starts_with("docker-stack") || name.starts_with("stack.")
}

/// Keys of Compose services that similar files lack: those of Symfony, Drupal and Lando have `services`, too.
#[rustfmt::skip]
const SERVICE_KEYS: &[&str] = &[
    "cap_add", "cap_drop", "command", "container_name", "depends_on", "deploy", "devices", "dns", "entrypoint",
    "env_file", "environment", "expose", "extra_hosts", "healthcheck", "hostname", "init", "labels", "logging",
    "network_mode", "networks", "ports", "privileged", "profiles", "pull_policy", "read_only", "restart", "secrets",
    "security_opt", "stop_grace_period", "sysctls", "tmpfs", "tty", "ulimits", "user", "volumes", "volumes_from",
    "working_dir",
];

/// Returns whether `services` is that of a Compose file.
pub(super) fn is_services(group: Value, path: &str) -> bool {
    let mut known = false;
    for service in group.entries() {
        // A service may be empty in a fragment; anything else that is not a mapping means another kind of file.
        if service.key.text().is_none() || !(service.value.is_mapping() || service.value.is_null())
        {
            return false;
        }
        let image = service
            .value
            .get("image")
            .is_some_and(|image| image.text().is_some());
        let build = service
            .value
            .get("build")
            .is_some_and(|build| !build.is_sequence());
        let extends = service.value.get("extends").is_some();
        let keys = || service.value.entries().filter_map(|entry| entry.key.text());
        let is_known = |key: &str| SERVICE_KEYS.contains(&key);
        let only_known =
            keys().next().is_some() && keys().all(|key| is_known(key) || key.starts_with("x-"));
        let some_known = is_named_like_compose(path) && keys().any(is_known);
        known |= image || build || extends || only_known || some_known;
    }
    known
}

/// Returns whether a document has volumes as only Compose files do, so that it is one whatever its services look like.
pub(super) fn has_volumes(root: Value) -> bool {
    let volumes = root.get("volumes").into_iter().flat_map(Value::entries);
    let mut options = volumes.filter_map(|volume| volume.value.get("driver_opts"));
    root.get("services").is_some_and(Value::is_mapping) && options.any(Value::is_mapping)
}

fn services<'t>(parts: &'t Parts, policy: &Policy) -> Vec<Service<'t>> {
    let all = parts.services();
    let mut seen = FxHashSet::default();
    parts
        .groups(&parts.path)
        .flat_map(Value::entries)
        .filter_map(|entry| {
            let name = entry.key.text().filter(|name| seen.insert(*name))?;
            let layers = Layers::of(name, parts, &all);
            let mut service = Service::new(name, entry.key);
            service.layers = layers.found;
            service.extends_elsewhere = layers.has_gap;
            service.is_overlay = layers.is_overlay;
            service.is_for_development = has_only_development_profiles(&service, policy);
            Some(service)
        })
        .collect()
}

fn has_only_development_profiles(service: &Service, policy: &Policy) -> bool {
    let profiles = service.items("profiles");
    !profiles.is_empty()
        && profiles.iter().all(|profile| {
            profile
                .value
                .text()
                .is_some_and(|name| is_for_development(name, policy))
        })
}
