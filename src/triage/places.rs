//! What the other places of a secret are worth: those that only the history has, beside what the files have of it.

use std::collections::{BTreeMap, BTreeSet};

use super::development::is_of_vendor;
use crate::lexicon::name::{self, CredentialName};
use crate::lexicon::path::{self, Role};
use crate::lexicon::services;
use crate::model::{Finding, Presence, Secret, Severity, Weighed};

/// States of the other places of a secret that they are gone: what the files have under their paths is a finding by itself.
/// What is shown in a sample or in documentation is what everybody is to see, and what only developers and tests have opens
/// nothing else; where it was before is no more severe.
pub(super) fn settle_places(worktree: &mut [Finding]) {
    let with_places = worktree.iter().filter(|finding| !finding.places.is_empty());
    let secrets: BTreeSet<Secret> = with_places.filter_map(|it| it.secret.clone()).collect();
    if secrets.is_empty() {
        return;
    }
    let mut is_shown: BTreeMap<Secret, bool> = BTreeMap::new();
    for finding in worktree.iter() {
        if let Some(secret) = finding.secret.as_ref().filter(|it| secrets.contains(*it)) {
            let role = path::role(&finding.location.path, &[]);
            let is_of_no_one = matches!(role, Role::Sample | Role::Development)
                || finding.weighed == Weighed::Lowered && finding.severity <= Severity::Medium;
            let known = is_shown.entry(secret.clone()).or_insert(true);
            *known &= is_of_no_one;
        }
    }
    for finding in worktree {
        let is_shown = finding
            .secret
            .as_ref()
            .and_then(|secret| is_shown.get(secret));
        let is_shown = is_shown.copied().unwrap_or(false);
        for place in &mut finding.places {
            if let Some(life) = &mut place.history
                && life.presence == Presence::Head
            {
                life.presence = Presence::History;
            }
            if is_shown
                && !is_issued(place)
                && !is_of_production(place)
                && !place.evidence.is_checksum
            {
                place.lower_to(Severity::Medium);
            }
        }
    }
}

/// Whether another party has issued what a place holds: tests work with such a key, too.
fn is_issued(place: &Finding) -> bool {
    let named = place.message.split('`').nth(1).unwrap_or_default();
    let is_key = matches!(
        name::classify(named),
        Some(CredentialName::ApiKey | CredentialName::AccessKey | CredentialName::ServiceKey)
    );
    is_key || services::is_issued(named) || is_of_vendor(&place.rule)
}

/// Whether a place is one of production whatever has the value today: its path says so, or the server that it opens.
fn is_of_production(place: &Finding) -> bool {
    let is_open =
        place.severity == Severity::Critical && matches!(place.rule.family(), "generic" | "url");
    let is_meant = |word: &str| matches!(word, "prod" | "production" | "live" | "staging");
    is_open || path::has_word(&place.location.path.to_ascii_lowercase(), is_meant)
}
