//! Combines what several rules, versions or sources say about the same secret, so that one thing is one finding.

use std::collections::{BTreeMap, BTreeSet};

use crate::lexicon::path::{self, Role};
use crate::lexicon::{placeholder, value};
use crate::model::{Category, Finding, Fix, History, Presence, Proof, Secret, Severity};

/// Of findings in one file about the same bytes, keeps the one that is most specific.
///
/// A vendor's token takes precedence wherever it occurs; but a password that an audit found in the configuration of a
/// service is more specific than "a password".
pub fn keep_best(mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.sort_by_key(|finding| {
        (
            finding.location.region.start.byte,
            std::cmp::Reverse(says(finding)),
        )
    });
    let mut kept: Vec<Finding> = Vec::with_capacity(findings.len());
    // The indices of kept findings that hold a value and reach as far as the current one. No others can be about the
    // same value, and a file may have tens of thousands.
    let mut near: Vec<usize> = Vec::new();
    for finding in findings {
        let start = finding.location.region.start.byte;
        near.retain(|&at| kept[at].location.region.bytes().end > start);
        let is_rival = |at: &&usize| {
            let other = &kept[**at];
            let is_same = is_about_value(other, &finding) || is_in_manifest(other, &finding);
            overlap(other, &finding) && is_same
        };
        match near.iter().find(is_rival).copied() {
            Some(at) if says(&kept[at]) < says(&finding) => {
                let fixes = std::mem::take(&mut kept[at].fixes);
                kept[at] = with_fixes(finding, fixes);
            }
            Some(at) if kept[at].fixes.is_empty() => kept[at].fixes = finding.fixes,
            Some(_) => {}
            None => {
                if finding.secret.is_some() {
                    near.push(kept.len());
                }
                kept.push(finding);
            }
        }
    }
    kept
}

/// A fix for one of two findings about the same bytes also fixes the other.
fn with_fixes(mut finding: Finding, fixes: Vec<Fix>) -> Finding {
    if finding.fixes.is_empty() {
        finding.fixes = fixes;
    }
    finding
}

/// How specific a finding is. One that is held back must not replace one that counts.
fn says(finding: &Finding) -> (bool, u8) {
    let says = match (finding.category, finding.rule.family()) {
        (Category::Secret, "generic" | "url") => 1,
        (Category::Placeholder, "placeholder") => 0,
        (
            Category::Secret,
            "compose" | "env" | "dockerfile" | "redis" | "k8s" | "postgresql" | "mysql" | "nginx"
            | "gha",
        )
        | (Category::Placeholder | Category::Configuration, _) => 2,
        (Category::Secret, _) => 3,
    };
    (!finding.is_held_back(), says)
}

fn overlap(a: &Finding, b: &Finding) -> bool {
    let (a, b) = (a.location.region.bytes(), b.location.region.bytes());
    a.start < b.end && b.start < a.end
}

/// Whether two findings on the same bytes are about the value there, not one about the value and one about its place.
fn is_about_value(a: &Finding, b: &Finding) -> bool {
    let holds = |outer: &Option<Secret>, inner: &Option<Secret>| match (outer, inner) {
        (Some(outer), Some(inner)) => {
            memchr::memmem::find(outer.reveal(), inner.reveal()).is_some()
        }
        _ => false,
    };
    // One of two findings on the very same bytes may have decoded them.
    let is_same_place = a.location.region.bytes() == b.location.region.bytes();
    is_same_place && a.secret.is_some() && b.secret.is_some()
        || holds(&a.secret, &b.secret)
        || holds(&b.secret, &a.secret)
}

/// Whether one of two findings is about the whole value of a key in a manifest, and the other about a part of it: an
/// encoded or indented key or login reads differently from how it is written.
fn is_in_manifest(a: &Finding, b: &Finding) -> bool {
    let within = |outer: &Finding, inner: &Finding| {
        let (outer_at, inner_at) = (outer.location.region.bytes(), inner.location.region.bytes());
        outer.rule.family() == "k8s"
            && inner.rule.family() != "k8s"
            && outer.secret.is_some()
            && inner.secret.is_some()
            && outer_at.start <= inner_at.start
            && inner_at.end <= outer_at.end
    };
    within(a, b) || within(b, a)
}

/// Combines the findings from an audit of the history with those detected there: one secret is one finding, in its most
/// specific form.
pub fn merge_audited(mut detected: Vec<Finding>, audited: Vec<Finding>) -> Vec<Finding> {
    let mut by_secret: BTreeMap<Secret, Vec<usize>> = BTreeMap::new();
    let mut by_path: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (number, finding) in detected.iter().enumerate() {
        if let Some(secret) = &finding.secret {
            by_secret.entry(secret.clone()).or_default().push(number);
            let path = finding.location.path.clone();
            by_path.entry(path).or_default().push(number);
        }
    }
    for finding in audited {
        let of_secret = finding.secret.as_ref().and_then(|it| by_secret.get(it));
        let mut of_secret = of_secret.into_iter().flatten();
        let is_same = |number: &&usize| is_same_value(&detected[**number], &finding);
        let same = of_secret.find(is_same).or_else(|| {
            let nearby = by_path.get(&finding.location.path).into_iter().flatten();
            let mut nearby = nearby.take(MANY_IN_ONE_FILE);
            nearby.find(|number| {
                let other = &detected[**number];
                is_about_value(other, &finding)
                    || other.origin == finding.origin && is_in_manifest(other, &finding)
            })
        });
        match same {
            Some(&number) => join(&mut detected[number], finding),
            None => detected.push(finding),
        }
    }
    detected
}

/// How many others in its file a finding is compared with.
const MANY_IN_ONE_FILE: usize = 200;

/// Placeholders are only the same in the same file: `changeme` in two files has nothing in common.
fn is_same_value(a: &Finding, b: &Finding) -> bool {
    let is_secret = a.category == Category::Secret && b.category == Category::Secret;
    let is_telling = a.secret.as_ref().is_some_and(|it| !is_guessed(it));
    is_secret && is_telling || is_same_file(a, b)
}

fn is_same_file(a: &Finding, b: &Finding) -> bool {
    let (a, b) = (&a.location, &b.location);
    a.path == b.path && a.member == b.member
}

/// Returns whether a value is among the first that an attacker tries, so that two places with it need have nothing in
/// common.
pub fn is_guessed(secret: &Secret) -> bool {
    let text = std::str::from_utf8(secret.reveal());
    text.is_ok_and(|text| value::weak(text) || placeholder::classify(text).is_some())
}

/// Combines two findings about the same secret in the history. The history comes from the detected one, and the place
/// is the most severe of all.
fn join(detected: &mut Finding, mut audited: Finding) {
    let first_path = detected.location.path.clone();
    let life = detected.history.take();
    let other = audited.history.clone();
    let mut places = std::mem::take(&mut detected.places);
    places.append(&mut audited.places);
    if says(detected) < says(&audited) {
        std::mem::swap(detected, &mut audited);
    }
    // The other finding may be the one that counts, since it has another place or a higher severity.
    audited.history = life.clone().or(audited.history);
    places.push(audited);
    let is_same_place = is_same_file(detected, &places[places.len() - 1]);
    let is_detected = first_path == detected.location.path;
    detected.history = match (life, other) {
        (Some(life), Some(other)) => Some(History {
            presence: match (is_same_place, is_detected) {
                (true, _) => life.presence.min(other.presence),
                (false, true) => life.presence,
                // A secret that is still at another path is gone from this one.
                (false, false) => other.presence,
            },
            first_path: (!is_detected).then_some(first_path),
            blobs: life.blobs.max(other.blobs),
            ..life
        }),
        (life, other) => life.or(other),
    };
    lead_with_gravest(detected, places);
}

/// Puts the most severe of a finding and its other places first, and keeps each path once.
fn lead_with_gravest(finding: &mut Finding, mut places: Vec<Finding>) {
    let weight = |finding: &Finding| (!finding.is_local, finding.severity);
    places.sort_by_key(|place| std::cmp::Reverse((weight(place), place.confidence)));
    let is_graver = |place: &&mut Finding| weight(place) > weight(finding);
    if let Some(gravest) = places.first_mut().filter(is_graver) {
        std::mem::swap(finding, gravest);
        let is_same_place = is_same_file(finding, gravest);
        let former = gravest.history.as_ref();
        if let (Some(life), Some(former)) = (&mut finding.history, former) {
            // Each path has its own history, whatever else contains the same secret.
            if is_same_place {
                life.presence = life.presence.min(former.presence);
            }
            life.blobs = life.blobs.max(former.blobs);
        }
    }
    let mut paths = vec![finding.location.full_path().into_owned()];
    for place in places {
        let path = place.location.full_path().into_owned();
        if !paths.contains(&path) {
            paths.push(path);
            finding.places.push(place);
        }
    }
}

/// Combines findings of the history with those of an audit of HEAD, which were not yet compared with what was detected
/// there: of two about the same value, the more specific one stays. Returns what only the history has.
pub fn merge_head(head: &mut Vec<Finding>, mut history: Vec<Finding>) -> Vec<Finding> {
    let mut by_path: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (number, finding) in history.iter().enumerate() {
        if finding.secret.is_some() && nearest(finding) == Some(Presence::Head) {
            let path = finding.location.path.as_str();
            by_path.entry(path).or_default().push(number);
        }
    }
    let mut dropped = vec![false; history.len()];
    head.retain(|finding| {
        let path = finding.location.path.as_str();
        let nearby = by_path.get(path).into_iter().flatten();
        for &number in nearby.take(MANY_IN_ONE_FILE) {
            let past = &history[number];
            if is_about_value(past, finding) || is_in_manifest(past, finding) {
                if says(past) > says(finding) {
                    return false;
                }
                // A finding with the same secret is combined below, with its whole history.
                dropped[number] |= past.secret != finding.secret;
            }
        }
        true
    });
    let mut dropped = dropped.into_iter();
    history.retain(|_| !dropped.next().unwrap_or(false));
    merge(head, history)
}

/// Combines findings of the history with those of the working tree that have the same secret: they are the same thing,
/// and it is fixed in the working tree. Returns what only the history has.
///
/// Another path in the history stays as another place of the finding. It counts if it is more severe, or if the finding
/// in the working tree is suppressed.
///
/// Placeholders are only the same in the same file: `changeme` in two files has nothing in common.
pub fn merge_history(worktree: &mut [Finding], history: Vec<Finding>) -> Vec<Finding> {
    let rest = merge(worktree, history);
    settle_places(worktree);
    rest
}

/// Marks the other places of a secret as gone, since what files have at their paths is a finding of its own. A secret
/// that is now only in samples is public, so its former places are no more severe than that.
fn settle_places(worktree: &mut [Finding]) {
    let with_places = worktree.iter().filter(|finding| !finding.places.is_empty());
    let secrets: BTreeSet<Secret> = with_places.filter_map(|it| it.secret.clone()).collect();
    if secrets.is_empty() {
        return;
    }
    let mut is_shown: BTreeMap<Secret, bool> = BTreeMap::new();
    for finding in worktree.iter() {
        if let Some(secret) = finding.secret.as_ref().filter(|it| secrets.contains(*it)) {
            let is_sample = path::role(&finding.location.path, &[]) == Role::Sample;
            let known = is_shown.entry(secret.clone()).or_insert(true);
            *known &= is_sample;
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
            let is_of_vendor = !matches!(
                place.rule.family(),
                "generic" | "env" | "rails" | "laravel" | "symfony"
            );
            if is_shown && !is_of_vendor && !place.evidence.is_checksum {
                place.lower_to(Severity::Medium);
            }
        }
    }
}

/// Does the same, without marking the other places that are gone.
fn merge(worktree: &mut [Finding], history: Vec<Finding>) -> Vec<Finding> {
    let mut by_secret: BTreeMap<&Secret, Vec<usize>> = BTreeMap::new();
    for (number, finding) in history.iter().enumerate() {
        if let Some(secret) = &finding.secret {
            by_secret.entry(secret).or_default().push(number);
        }
    }
    let mut joined = vec![false; history.len()];
    for finding in worktree.iter_mut() {
        let Some(secret) = &finding.secret else {
            continue;
        };
        let numbers = by_secret.get(secret).map(Vec::as_slice).unwrap_or_default();
        let is_guessed = is_guessed(secret);
        for &number in numbers {
            let past = &history[number];
            let is_here = is_same_file(past, finding);
            // A guessable value that is gone at one place says nothing new if it is still elsewhere.
            let is_known = past.category == Category::Secret
                && (!is_guessed || past.presence() != Some(Presence::Head));
            joined[number] |= is_here || is_known;
            if !is_here && (is_guessed || past.category != Category::Secret) {
                continue;
            }
            let life = past.history.clone();
            let earlier = life.as_ref().and_then(|life| life.first_path.as_ref());
            let first_path = earlier.unwrap_or(&past.location.path);
            let moved = (*first_path != finding.location.path && !first_path.is_empty())
                .then(|| first_path.clone());
            finding.history = life.map(|life| History {
                first_path: moved,
                presence: nearest(past).unwrap_or(life.presence),
                ..life
            });
        }
    }
    let (joined, rest): (Vec<_>, Vec<_>) = history
        .into_iter()
        .zip(joined)
        .partition(|(_, is_joined)| *is_joined);
    keep_places(worktree, joined.into_iter().map(|(past, _)| past));
    rest.into_iter().map(|(past, _)| past).collect()
}

/// The nearest presence of the secret of a finding at any of its places.
fn nearest(finding: &Finding) -> Option<Presence> {
    let places = std::iter::once(finding).chain(&finding.places);
    places.filter_map(Finding::presence).min()
}

/// Adds the other places of secrets in the history to the findings of the working tree.
fn keep_places(worktree: &mut [Finding], joined: impl Iterator<Item = Finding>) {
    let mut by_secret: BTreeMap<Secret, Vec<usize>> = BTreeMap::new();
    for (number, finding) in worktree.iter().enumerate() {
        if let Some(secret) = &finding.secret {
            by_secret.entry(secret.clone()).or_default().push(number);
        }
    }
    for mut past in joined {
        let Some(secret) = past.secret.clone().filter(|secret| !is_guessed(secret)) else {
            continue;
        };
        let Some(numbers) = by_secret.get(&secret) else {
            continue;
        };
        if past.category != Category::Secret {
            continue;
        }
        let mut places = std::mem::take(&mut past.places);
        places.insert(0, past);
        places.retain(|place| {
            let mut here = numbers.iter().map(|&number| &worktree[number]);
            !here.any(|finding| is_same_file(place, finding))
        });
        if let [first, others @ ..] = numbers.as_slice()
            && !places.is_empty()
        {
            let group = u32::try_from(*first).unwrap_or(u32::MAX);
            for &number in std::iter::once(first).chain(others) {
                worktree[number].group = Some(group);
            }
            worktree[*first].places.append(&mut places);
        }
    }
}

/// Appends the other places of findings as findings of their own, so that each place can be suppressed separately.
/// Returns how many findings there were before.
pub fn spread(findings: &mut Vec<Finding>) -> usize {
    let count = findings.len();
    let mut next = u32::try_from(count).unwrap_or(u32::MAX);
    let mut others = Vec::new();
    for finding in findings
        .iter_mut()
        .filter(|finding| !finding.places.is_empty())
    {
        let group = *finding.group.get_or_insert_with(|| {
            next = next.saturating_add(1);
            next
        });
        for mut place in std::mem::take(&mut finding.places) {
            place.group = Some(group);
            others.push(place);
        }
    }
    findings.append(&mut others);
    count
}

/// Whether a finding is in a sample or in documentation: its value is public there, and is worth no more in files that
/// are gone.
fn is_shown_now(finding: &Finding) -> bool {
    let path = &finding.location.path;
    finding.category == Category::Secret && (path::is_documentation(path) || path::is_sample(path))
}

/// Whether only its name and place say that a value is a credential.
fn is_of_no_vendor(finding: &Finding) -> bool {
    finding.evidence.proof != Proof::Proven && says(finding) < (true, 3)
}

/// Of the unsuppressed places of one secret, keeps those in the working tree, and the most severe one in the history if
/// it is more severe than those. Returns the others.
pub fn settle(findings: &mut Vec<Finding>) -> Vec<Finding> {
    let mut groups: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (number, finding) in findings.iter().enumerate() {
        if let Some(group) = finding.group {
            groups.entry(group).or_default().push(number);
        }
    }
    let mut is_left_out = vec![false; findings.len()];
    for numbers in groups.values() {
        let (past, here): (Vec<usize>, Vec<usize>) = numbers
            .iter()
            .partition(|number| findings[**number].origin.is_history());
        let counts = |number: &&usize| findings[**number].suppression.is_none();
        let worst_here = here
            .iter()
            .filter(counts)
            .map(|number| findings[*number].severity);
        let worst_here = worst_here.max();
        // The first of equally severe places, since they are in order of importance.
        let gravest = past.iter().rev().filter(counts);
        let gravest = gravest.max_by_key(|number| {
            let finding = &findings[**number];
            (!finding.is_local, finding.severity)
        });
        let is_shown = |number: &&usize| is_shown_now(&findings[**number]);
        let is_published = here.iter().filter(counts).any(|number| is_shown(&number));
        let gravest = gravest.filter(|number| {
            let is_graver = Some(findings[**number].severity) > worst_here;
            is_graver && !(is_published && is_of_no_vendor(&findings[**number]))
        });
        // A secret that is suppressed at all places is counted once.
        let kept = gravest.or_else(|| past.first().filter(|_| here.is_empty()));
        for number in &past {
            is_left_out[*number] = Some(number) != kept;
        }
    }
    let mut is_left_out = is_left_out.into_iter();
    let (left_out, kept) = std::mem::take(findings)
        .into_iter()
        .partition(|_| is_left_out.next().unwrap_or(false));
    *findings = kept;
    left_out
}
