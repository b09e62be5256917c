//! What the services of a file lack that fixes can add, and what the blocks they merge may bring along.

use std::collections::BTreeSet;

use crate::audit::compose::file::File;
use crate::audit::compose::image;
use crate::audit::compose::roles::{datastore, ends_at_once, is_kind};
use crate::audit::compose::service::Service;
use crate::audit::yaml::Value;
use crate::lexicon::path::has_word;

use super::conventions::leaves_out;
use super::own_settings;
use super::settled::is_settled;

/// The setting that stops processes from gaining privileges.
pub(super) const RIGHTS: &str = "security_opt";
/// The setting that restarts a service.
pub(super) const RESTART: &str = "restart";
/// The settings that fixes write once for several services.
pub(super) const KEYS: [&str; 3] = [RIGHTS, "logging", RESTART];

/// Fewer than one in this many counts as few.
const FEW: usize = 3;

/// Which services need what, by their indices.
#[derive(Default)]
pub(super) struct Needs {
    /// Services that lack each of [`KEYS`] and can get it.
    pub(super) lacking: [BTreeSet<usize>; 3],
    /// Services that are not affected if a block brings each of [`KEYS`] along.
    content: [BTreeSet<usize>; 3],
    /// Services that gain privileges on purpose, and are exempted from what forbids it to the others of their block.
    pub(super) exempt: BTreeSet<usize>,
    /// Services that end once their work is done, or are started by hand: settings for long-running services are not
    /// for them.
    pub(super) alone: BTreeSet<usize>,
    /// Whether a service has a policy of its own, or from a block.
    pub(super) has_policy: bool,
}

impl Needs {
    /// Collects the needs of all services of `file`.
    pub(super) fn of(file: &File) -> Self {
        let mut needs = Self::default();
        for (number, service) in file.services.iter().enumerate() {
            needs.look_at(file, service, number);
        }
        needs
    }

    fn look_at(&mut self, file: &File, service: &Service, number: usize) {
        let has_ended = ends_at_once(service);
        let is_alone = file.is_job(service) || file.is_called(service);
        if is_alone {
            self.alone.insert(number);
        }
        let is_fixed = own_settings(service).is_some() && !service.is_fragment();
        self.has_policy |= own_settings(service).is_some_and(|it| it.get(RESTART).is_some());
        for (at, key) in KEYS.into_iter().enumerate() {
            if !lacks(service, key) {
                self.content[at].insert(number);
                continue;
            }
            let is_content = match key {
                RIGHTS => has_ended,
                RESTART => {
                    file.is_for_swarm(service)
                        || service.at(&["deploy", "restart_policy"]).is_some()
                }
                _ => has_ended || is_alone || service.setting("log_driver").is_some(),
            };
            if is_settled(file, service, key) && !is_content {
                continue;
            }
            let is_left = match key {
                RIGHTS => false,
                RESTART => has_ended || is_alone || leaves_out(file, service),
                _ => is_for_podman(file),
            };
            if is_content {
                self.content[at].insert(number);
            } else if is_fixed && key == RIGHTS && file.gains_rights(service) {
                self.exempt.insert(number);
            } else if is_fixed && !is_left {
                self.lacking[at].insert(number);
            }
        }
    }

    /// Whether a service may have all of [`KEYS`] that are in `settings`.
    pub(super) fn may_have(&self, number: usize, settings: Value) -> bool {
        let brought = KEYS.iter().enumerate();
        let mut brought = brought.filter(|(_, key)| settings.get(key).is_some());
        brought.all(|(at, _)| self.may_get(number, at))
    }

    /// Whether a service may get the setting at this index of [`KEYS`] through a block.
    pub(super) fn may_get(&self, number: usize, at: usize) -> bool {
        self.lacking[at].contains(&number) || self.content[at].contains(&number)
    }

    /// Whether only a few `members` of a block gain privileges on purpose, so that they can be exempted from what it
    /// gets.
    pub(super) fn spares(&self, members: &BTreeSet<usize>) -> bool {
        members.intersection(&self.exempt).count() * FEW < members.len()
    }

    /// Whether a restart policy suits all services that a shared block is for.
    pub(super) fn all_start_again(&self) -> bool {
        let restart = KEYS.len() - 1;
        let others = self.lacking[..restart].iter().flatten();
        let mut others = others.filter(|it| !self.alone.contains(it));
        others.all(|it| self.may_get(*it, restart))
    }
}

/// Whether a service is sure to run on: a server by its image, by a port or by a health check, and none that has its data in
/// memory.
pub(super) fn is_sure_to_run(service: &Service) -> bool {
    let image = service.text("image").unwrap_or_default();
    let is_emulator = image::is_emulator(&image)
        || [&image, service.name]
            .iter()
            .any(|name| name.contains("emulator"));
    let is_server = is_kind(service, image::is_reverse_proxy)
        || datastore(service).is_some()
        || service.setting("ports").is_some()
        || service.setting("healthcheck").is_some();
    is_server && !is_emulator
}

/// Whether most services of a file that run on are started again.
pub(super) fn most_start_again(file: &File) -> bool {
    let run_on = file
        .services
        .iter()
        .filter(|it| !file.is_job(it) && !file.is_called(it));
    let (without, with): (Vec<_>, Vec<_>) = run_on.partition(|it| lacks(it, RESTART));
    without.len() < with.len()
}

/// Whether the path of a file says that Podman runs it: its logs go to the journal, which has limits of its own.
pub(super) fn is_for_podman(file: &File) -> bool {
    let path = file.parts.path.to_ascii_lowercase();
    has_word(&path, |word| word == "podman" || word == "quadlet")
}

/// Whether neither a service nor anything that it builds upon has a setting.
pub(super) fn lacks(service: &Service, key: &str) -> bool {
    let has = |settings: Value| settings.get(key).is_some();
    !service.layers.iter().any(|layer| has(layer.settings))
}
