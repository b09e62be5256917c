//! Which fixes are made without being asked for.
//!
//! A change that can stop someone from working is a person's to make: the port of an application that is no longer
//! reached from outside, a container for development that starts with the machine.

use std::fmt;

use crate::lexicon::path::{self, Role};
use crate::model::{Finding, Fix, Severity};

use super::Options;

/// A kind of fixes that is left alone unless asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Also {
    /// Bind the published ports of applications to the loopback address. Those of datastores are bound in any case.
    Ports,
    /// Give containers of development and test files a restart policy.
    Restart,
}

impl Also {
    /// Every kind.
    pub const ALL: [Self; 2] = [Self::Ports, Self::Restart];

    /// Returns the word for it on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ports => "ports",
            Self::Restart => "restart",
        }
    }

    /// The kind that a fix is of, if it is of one.
    fn of(fix: &Fix, path: &str) -> Option<Self> {
        match fix.rule.as_str() {
            "compose/port-all-interfaces" | "compose/port-bind-open-default" => Some(Self::Ports),
            "compose/restart-policy" if path::role(path, &[]) != Role::Shipped => {
                Some(Self::Restart)
            }
            _ => None,
        }
    }
}

impl fmt::Display for Also {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What becomes of a fix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Choice {
    /// It is made.
    Make,
    /// It was not asked for, by rule or severity.
    Leave,
    /// It is made only when this is asked for.
    Hold(Also),
}

/// Returns what is chosen for a fix of a finding. A rule that is named is asked for.
pub(super) fn choice(options: &Options, finding: &Finding, fix: &Fix) -> Choice {
    let is_named = |rule: &String| *rule == fix.rule.as_str() || *rule == finding.rule.as_str();
    if options.rules.iter().any(is_named) {
        return Choice::Make;
    }
    let least = options.min_severity.unwrap_or(Severity::Low);
    if !options.rules.is_empty() || finding.severity < least {
        return Choice::Leave;
    }
    match Also::of(fix, &finding.location.path) {
        Some(also) if !options.also.contains(&also) => Choice::Hold(also),
        _ => Choice::Make,
    }
}
