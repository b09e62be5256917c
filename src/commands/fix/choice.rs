//! Decides which fixes are made without being asked for.
//!
//! A change that can stop someone from working is left to a person: the port of an application that is no longer
//! reachable from outside, a development container that starts with the machine, a test that needs a password to be set
//! before it runs.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::audit::is_put_aside;
use crate::lexicon::path::{self, Role};
use crate::lexicon::placeholder;
use crate::lexicon::value::is_random;
use crate::model::{Finding, Fix, Secret, Severity};

use super::Options;
use super::quotes::Quotes;
use super::starts::Starts;
use super::variables;
use crate::scan::project::SetApart;

/// A kind of fix that is only made when asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Also {
    /// Bind the published ports of applications to the loopback address. Those of datastores are bound in any case.
    Ports,
    /// Add a restart policy where most services in the file have none, where a service may exit, or where only
    /// developers start it.
    Restart,
    /// Harden what development and test files start, remove throw-away credentials from them, and change files that
    /// tests read.
    Development,
    /// Remove values that programs in the same tree contain, and change lines that they quote.
    Shared,
    /// Require variables in files that the tree itself starts without setting them.
    Required,
    /// Limit the logs of services in files where no service has a limit yet, which means choosing a log driver.
    Logging,
    /// Change generated files.
    Generated,
    /// Change files that are out of use.
    Retired,
}

/// What a tree says about the fixes in it.
#[derive(Debug, Default)]
pub(super) struct Circumstances {
    /// Whether nothing in it is for production.
    pub(super) is_for_development: bool,
    /// Files not to be changed like deployed ones, although their paths do not say so.
    pub(super) apart: SetApart,
    /// How the tree starts its compose files.
    pub(super) starts: Starts,
    /// Values that programs in the tree contain.
    pub(super) shared: BTreeSet<Secret>,
    /// Values that stay elsewhere in the same file, by its path: what uses them there must keep working.
    pub(super) kept: BTreeSet<(String, Secret)>,
    /// Values that fixes would read from several variables, some of which the file has already: all would have to be
    /// set to the same value.
    pub(super) unequal: BTreeSet<(String, Secret)>,
    /// Compose files in which hand-written values stay, because users edit the file itself or because other values in
    /// it stay.
    pub(super) quick: BTreeSet<String>,
    /// Where the tree quotes what fixes change.
    pub(super) quotes: Quotes,
    /// Edits that a program in the tree would notice, by file and byte.
    pub(super) noticed: BTreeSet<(String, usize)>,
    /// Compose files in which programs would notice most of the edits that harden services.
    pub(super) mostly_noticed: BTreeSet<String>,
}

impl Circumstances {
    /// Whether the file at `path` is not what runs in production.
    pub(super) fn is_aside(&self, path: &str) -> bool {
        path::role(path, &[]) != Role::Shipped
            || self.is_for_development
            || self.apart.developed.contains(path)
            || is_of_builds(path)
    }

    /// Whether a program would notice an edit of this fix, or most of the edits that belong with it.
    fn is_noticed(&self, path: &str, fix: &Fix) -> bool {
        let is_of_most = OF_SERVICES.contains(&fix.rule.as_str());
        is_of_most && self.mostly_noticed.contains(path) || self.is_edit_noticed(path, fix)
    }

    /// Finds the files in which most edits that harden services would be noticed: making only the rest would look
    /// forgotten.
    pub(super) fn note_most(&mut self, findings: &[Finding]) {
        let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
        for finding in findings.iter().filter(|_| !self.noticed.is_empty()) {
            let path = finding.location.path.as_str();
            let of_services = finding.fixes.iter();
            let of_services = of_services.filter(|fix| OF_SERVICES.contains(&fix.rule.as_str()));
            for fix in of_services {
                let (noticed, all) = counts.entry(path).or_default();
                *noticed += usize::from(self.is_edit_noticed(path, fix));
                *all += 1;
            }
        }
        let most = counts
            .into_iter()
            .filter(|(_, (noticed, all))| 2 * noticed > *all);
        self.mostly_noticed = most.map(|(path, _)| path.to_owned()).collect();
    }

    fn is_edit_noticed(&self, path: &str, fix: &Fix) -> bool {
        let mut edits = fix.edits.iter();
        !self.noticed.is_empty()
            && edits.any(|edit| {
                let place = (path.to_owned(), edit.region.start.byte);
                self.noticed.contains(&place)
            })
    }
}

impl Also {
    /// Every kind.
    pub const ALL: [Self; 8] = [
        Self::Ports,
        Self::Restart,
        Self::Development,
        Self::Shared,
        Self::Required,
        Self::Logging,
        Self::Generated,
        Self::Retired,
    ];

    /// Returns its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ports => "ports",
            Self::Restart => "restart",
            Self::Development => "development",
            Self::Shared => "shared",
            Self::Required => "required",
            Self::Logging => "logging",
            Self::Generated => "generated",
            Self::Retired => "retired",
        }
    }

    /// Returns the kind of all fixes in a file.
    fn of_file(path: &str, tree: &Circumstances) -> Option<Self> {
        if tree.apart.generated.contains_key(path) {
            return Some(Self::Generated);
        }
        let is_retired = tree.apart.retired.contains(path) || is_put_aside(path);
        is_retired.then_some(Self::Retired)
    }

    /// Returns the kind of a fix, if it has one.
    fn of(fix: &Fix, finding: &Finding, tree: &Circumstances) -> Option<Self> {
        let path = finding.location.path.as_str();
        let is_developed = tree.apart.developed.contains(path);
        let is_shipped = !tree.is_aside(path);
        let is_shared = || {
            finding.secret.as_ref().is_some_and(|it| {
                let here = (finding.location.path.clone(), it.clone());
                tree.shared.contains(it) || tree.kept.contains(&here)
            })
        };
        match fix.rule.as_str() {
            // Tests compare the text of a fixture, so the two change together.
            _ if path::is_fixture(path) => Some(Self::Development),
            rule if OF_CREDENTIALS.contains(&rule) && is_shared() => Some(Self::Shared),
            _ if tree.is_noticed(path, fix) => Some(Self::Shared),
            // If only developers start it, they and their browsers are on the same machine.
            "compose/port-all-interfaces" if finding.rule.as_str() == OF_STORES && !is_shipped => {
                None
            }
            "compose/port-all-interfaces" | "compose/port-bind-open-default" => Some(Self::Ports),
            OF_STORES if tree.quotes.reached.is_needed(finding) => Some(Self::Ports),
            // For example, the port of a mail catcher.
            OF_STORES if finding.rule.as_str() != OF_STORES && is_shipped => Some(Self::Ports),
            // If nothing in the file has the setting, it may be left to the daemon, or to what starts the file.
            "compose/restart-policy" if fix.is_optional => Some(Self::Restart),
            "compose/logging" if fix.is_optional && is_shipped => Some(Self::Logging),
            _ if is_shipped => None,
            // The host port differs at each start, so nobody relies on it.
            OF_STORES if is_at_random(fix) && path::role(path, &[]) == Role::Development => {
                Some(Self::Development)
            }
            "compose/restart-policy" => Some(Self::Restart),
            "compose/no-new-privileges"
            | "compose/logging"
            | "compose/cap-drop-all"
            | "k8s/allow-privilege-escalation"
            | "nginx/server-tokens" => Some(Self::Development),
            rule if OF_CREDENTIALS.contains(&rule)
                && (tree.is_for_development || is_developed || is_thrown_away(finding)) =>
            {
                Some(Self::Development)
            }
            _ => None,
        }
    }
}

/// Whether a fix binds only ports that the system picks.
fn is_at_random(fix: &Fix) -> bool {
    fix.edits
        .iter()
        .all(|edit| edit.replacement.ends_with("::"))
}

/// Whether a compose file builds images or holds developers' overrides, so that production starts nothing from it.
fn is_of_builds(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    path::has_word(name, |word| {
        ["build", "override"]
            .iter()
            .any(|it| word.eq_ignore_ascii_case(it))
    })
}

/// Whether a value exists only so that nothing has to be set before a test: it protects nothing, however many people
/// can reach the service. A generated value is in use somewhere.
fn is_thrown_away(finding: &Finding) -> bool {
    finding.severity <= Severity::Medium || is_by_hand(finding)
}

/// Whether a value itself says that it has to be replaced, so that nobody uses it as it is.
pub(super) fn is_to_replace(finding: &Finding) -> bool {
    value_of(finding).is_some_and(|value| placeholder::classify(value).is_some())
}

/// Whether a person made up the value, as a placeholder or not, rather than a program.
fn is_by_hand(finding: &Finding) -> bool {
    value_of(finding).is_some_and(|value| !is_random(value))
}

fn value_of(finding: &Finding) -> Option<&str> {
    let secret = finding.secret.as_ref().map(Secret::reveal);
    secret.and_then(|secret| std::str::from_utf8(secret).ok())
}

/// The rule about ports of datastores.
pub(super) const OF_STORES: &str = "compose/datastore-port-published";

/// The rules whose fixes give every service in a file the same setting.
const OF_SERVICES: [&str; 3] = [
    "compose/no-new-privileges",
    "compose/logging",
    "compose/restart-policy",
];

/// The rules whose fixes require a variable to be set.
pub(super) const OF_CREDENTIALS: [&str; 6] = [
    "compose/credential-default",
    "compose/credential-optional",
    "compose/default-credential",
    "compose/hardcoded-credential",
    "compose/credential-in-url",
    "compose/placeholder",
];

impl fmt::Display for Also {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Returns the values that stay somewhere in a file although they could be removed elsewhere in it.
pub(super) fn kept(
    options: &Options,
    tree: &Circumstances,
    findings: &[Finding],
) -> BTreeSet<(String, Secret)> {
    let stays = |finding: &&Finding| {
        let mut fixes = finding.fixes.iter();
        !fixes.any(|fix| {
            OF_CREDENTIALS.contains(&fix.rule.as_str())
                && choice(options, tree, finding, fix) == Choice::Make
        })
    };
    // An access key id is not secret, unlike the key that belongs to it.
    let is_name =
        |it: &&Finding| it.message.contains("ACCESS_KEY`") && !it.message.contains("SECRET");
    let staying = findings.iter().filter(stays).filter(|it| !is_name(it));
    let place = |it: &Finding| Some((it.location.path.clone(), it.secret.clone()?));
    staying.filter_map(place).collect()
}

/// Returns the values that fixes would read from several variables in a file that has some of those already, with the
/// file.
pub(super) fn unequal(
    findings: &[Finding],
    text: &dyn Fn(&str) -> Option<String>,
) -> BTreeSet<(String, Secret)> {
    let mut names: BTreeMap<(String, Secret), BTreeSet<String>> = BTreeMap::new();
    for finding in findings {
        let Some(secret) = &finding.secret else {
            continue;
        };
        let of_value = finding.fixes.iter();
        let of_value = of_value.filter(|fix| OF_CREDENTIALS.contains(&fix.rule.as_str()));
        let edits = of_value.flat_map(|fix| &fix.edits);
        let required = edits.flat_map(|edit| variables::names(&edit.replacement));
        let key = (finding.location.path.clone(), secret.clone());
        names.entry(key).or_default().extend(required);
    }
    names.retain(|(path, _), names| {
        let text = text(path).unwrap_or_default();
        let has = |name: &&String| {
            let mut places = text.match_indices(name.as_str());
            places.any(|(at, _)| text[..at].ends_with("${"))
        };
        let known = names.iter().filter(has).count();
        known > 0 && known < names.len()
    });
    names.into_keys().collect()
}

/// What to do with a fix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Choice {
    /// Make it.
    Make,
    /// Leave it: its rule or severity was not asked for.
    Leave,
    /// Make it only if this kind is asked for.
    Hold(Also),
}

/// Returns what to do with a fix of a finding. Naming a rule asks for its fixes.
pub(super) fn choice(
    options: &Options,
    tree: &Circumstances,
    finding: &Finding,
    fix: &Fix,
) -> Choice {
    let is_named = |rule: &String| *rule == fix.rule.as_str() || *rule == finding.rule.as_str();
    if options.rules.iter().any(is_named) {
        return Choice::Make;
    }
    let least = options.min_severity.unwrap_or(Severity::Low);
    if !options.rules.is_empty() || finding.severity < least {
        return Choice::Leave;
    }
    let is_stopped = || {
        OF_CREDENTIALS.contains(&fix.rule.as_str())
            && (value_of(finding)
                .is_some_and(|value| tree.starts.are_given(&finding.location.path, value, fix))
                || tree.starts.are_stopped(&finding.location.path, fix)
                || tree
                    .starts
                    .are_replaced(&finding.location.path, &finding.message)
                || finding.secret.as_ref().is_some_and(|secret| {
                    let value = (finding.location.path.clone(), secret.clone());
                    tree.unequal.contains(&value)
                })
                || tree.quick.contains(&finding.location.path) && is_by_hand(finding)
                || is_to_replace(finding) && tree.starts.are_edited(&finding.location.path, fix))
    };
    if let Some(also) = Also::of_file(&finding.location.path, tree)
        && !options.also.contains(&also)
    {
        return Choice::Hold(also);
    }
    match Also::of(fix, finding, tree) {
        None | Some(Also::Shared) if !options.also.contains(&Also::Required) && is_stopped() => {
            Choice::Hold(Also::Required)
        }
        Some(also) if !options.also.contains(&also) => Choice::Hold(also),
        _ => Choice::Make,
    }
}
