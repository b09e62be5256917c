//! What to do first, and why: points for whatever makes a finding urgent, each with its reason.

use std::cmp::Reverse;

use gonogo::model::Severity;

use crate::clock;
use crate::store::FindingRow;

/// How urgent a finding is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Priority {
    pub(crate) points: u32,
    /// What the points are for, the most points first.
    pub(crate) reasons: Vec<String>,
}

/// The age in days beyond which a finding gets no more urgent.
const OLD: i64 = 365;

/// Returns the priority of a finding whose secret is in `spread` repositories, and which is known to be `in_use` or
/// not, if that was compared, and when.
pub(super) fn of(
    row: &FindingRow,
    severity: Severity,
    spread: usize,
    in_use: Option<(bool, i64)>,
) -> Priority {
    let (in_use, compared) = in_use.unzip();
    let as_of = compared.map(clock::day).unwrap_or_default();
    let mut parts: Vec<(u32, String)> = Vec::new();
    let mut add = |points: u32, reason: String| parts.push((points, reason));
    if in_use == Some(true) {
        add(80, format!("the value is still in use (as of {as_of})"));
    } else if in_use.is_none() && row.is_proven && row.category == "secret" {
        add(50, "checksum or structure valid".to_owned());
    }
    let points = match severity {
        Severity::Critical => 60,
        Severity::High => 35,
        Severity::Medium => 12,
        Severity::Low => 3,
        Severity::Info => 0,
    };
    add(points, severity.as_str().to_owned());
    match row.presence.as_deref() {
        None | Some("head") => add(25, "in HEAD".to_owned()),
        Some("history") => add(5, "in the history of HEAD".to_owned()),
        Some("refs") => add(5, "in another branch or a tag".to_owned()),
        Some(other) => add(2, other.to_owned()),
    }
    if row.confidence == "high" {
        add(8, "high confidence".to_owned());
    }
    if spread > 1 {
        let points = u32::try_from(spread).unwrap_or(u32::MAX).ilog2() * 6 + 6;
        add(points.min(36), format!("in {spread} repositories"));
    }
    if let Some(days) = age(row).filter(|days| *days > 30) {
        let points = u32::try_from(days.min(OLD) / 60).unwrap_or(0);
        add(points, format!("{days} days old"));
    }
    parts.sort_by_key(|(points, _)| Reverse(*points));
    let points = parts.iter().map(|(points, _)| points).sum();
    let mut reasons: Vec<String> = parts
        .into_iter()
        .filter(|(points, _)| *points > 0)
        .map(|(_, reason)| reason)
        .collect();
    let mut total = points;
    if in_use == Some(false) {
        // A value that is no longer used is worth nothing to an attacker.
        total /= 4;
        reasons.insert(
            0,
            format!("the value is not in use any more (as of {as_of})"),
        );
    }
    Priority {
        points: total,
        reasons,
    }
}

/// Returns how many days ago it was committed.
pub(super) fn age(row: &FindingRow) -> Option<i64> {
    let day = row.date.as_deref()?.get(..10)?;
    let days = (clock::now() - clock::start_of(day)?) / 86_400;
    (days >= 0).then_some(days)
}
