//! Tokens that live for hours: one that only the history has, from a commit that is days old, opens nothing any more.

use crate::model::{Finding, Presence, Severity};

/// Rules for tokens that expire on their own, and their longest lifetime, as documented by their issuers.
const SHORT_LIVED: &[(&str, &str)] = &[
    // https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/about-authentication-with-a-github-app
    ("github/app-token", "eight hours"),
    // https://cloud.google.com/docs/authentication/token-types
    ("gcp/oauth-access-token", "an hour"),
    // https://yandex.cloud/en/docs/iam/concepts/authorization/iam-token
    ("yandex/iam-token", "twelve hours"),
    // https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys.html
    ("aws/bedrock-short-term-key", "twelve hours"),
];

/// A number of days longer than any of these lifetimes, in whatever time zone a commit was written.
const DAYS: i64 = 2;

/// Lowers short-lived tokens that only the history has, from commits that are days old. `today` is a date.
pub fn lower_lapsed(findings: &mut [Finding], today: &str) {
    let Some(today) = day_of(today) else {
        return;
    };
    for finding in findings {
        for place in &mut finding.places {
            lower(place, today);
        }
        lower(finding, today);
    }
}

fn lower(finding: &mut Finding, today: i64) {
    let rule = finding.rule.as_str();
    let Some((_, life)) = SHORT_LIVED.iter().find(|(known, _)| *known == rule) else {
        return;
    };
    let is_gone = finding.origin.is_history() && finding.presence() != Some(Presence::Head);
    let first = finding
        .history
        .as_ref()
        .and_then(|life| life.first.as_ref());
    let written = first
        .and_then(|commit| commit.date.get(..10))
        .map(str::to_owned);
    let Some(written) = written.filter(|_| is_gone) else {
        return;
    };
    if day_of(&written).is_some_and(|day| day + DAYS <= today) {
        finding.severity = finding.severity.min(Severity::Low);
        let remark = format!("; it lives {life} at most, and its commit is of {written}");
        if !finding.message.ends_with(&remark) {
            finding.message.push_str(&remark);
        }
    }
}

/// The number of days from a fixed day to a date like `2026-01-31`.
fn day_of(date: &str) -> Option<i64> {
    let mut parts = date.splitn(3, '-').map(|part| part.parse::<i64>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    let is_date =
        (1..=12).contains(&month) && (1..=31).contains(&day) && (0..=9999).contains(&year);
    // Years begin in March, so that the leap day is the last day of a year.
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let days = 365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    is_date.then_some(days + (153 * month + 2) / 5 + day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{
        Category, CommitSummary, History, LineIndex, Location, ObjectId, Origin, RuleId,
    };

    fn finding(rule: &str, date: &str, presence: Presence) -> Finding {
        let made = crate::triage::sample_rule(Category::Secret);
        let region = LineIndex::new(b"").region(0..0);
        let location = Location::new("a".to_owned(), region);
        let id = ObjectId::from_bytes(&[1; 20]).unwrap();
        let mut finding = Finding::new(&made, "t".to_owned(), location);
        finding.rule = RuleId::new(rule);
        finding.origin = Origin::Blob(id);
        finding.history = Some(History {
            first: Some(CommitSummary {
                id,
                author: "a".to_owned(),
                email: "a@acme.test".to_owned(),
                date: format!("{date}T10:00:00+02:00"),
            }),
            first_path: None,
            removed: None,
            presence,
            blobs: 1,
        });
        finding
    }

    #[test]
    fn tokens_that_live_for_hours_lapse() {
        let token = "github/app-token";
        let severity = |rule: &str, date: &str, presence| {
            let mut findings = [finding(rule, date, presence)];
            lower_lapsed(&mut findings, "2026-03-02");
            lower_lapsed(&mut findings, "2026-03-02");
            let [finding] = findings;
            assert_eq!(
                finding.message.contains("its commit is of"),
                finding.severity == Severity::Low
            );
            assert!(finding.message.len() < 80);
            finding.severity
        };
        assert_eq!(
            severity(token, "2026-02-28", Presence::History),
            Severity::Low
        );
        assert_eq!(
            severity(token, "2024-01-31", Presence::Unreachable),
            Severity::Low
        );
        assert_eq!(
            severity(token, "2026-03-01", Presence::History),
            Severity::High
        );
        assert_eq!(
            severity(token, "2024-01-31", Presence::Head),
            Severity::High
        );
        assert_eq!(
            severity("github/oauth-token", "2024-01-31", Presence::History),
            Severity::High
        );
    }

    #[test]
    fn days_are_counted() {
        let between = |from: &str, to: &str| day_of(to).unwrap() - day_of(from).unwrap();
        assert_eq!(between("2026-02-28", "2026-03-01"), 1);
        assert_eq!(between("2024-02-28", "2024-03-01"), 2);
        assert_eq!(between("2023-01-01", "2024-01-01"), 365);
        assert_eq!(between("2024-01-01", "2025-01-01"), 366);
        assert_eq!(day_of("yesterday"), None);
        assert_eq!(day_of("2024-13-01"), None);
    }
}
