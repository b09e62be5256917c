//! The format for merge requests on GitLab: a Code Quality report, which every tier shows.

use std::io;

use serde_json::{Value, json};

use super::escape::escaped;
use super::{Document, Format, Options, excerpt, json, place, words};
use crate::model::Severity;
use crate::redact::Shown;

/// Writes the report.
#[derive(Debug)]
pub(super) struct CodeQuality {
    reveal: bool,
}

impl CodeQuality {
    /// Returns a writer for one report.
    pub(super) fn new(options: Options) -> Self {
        Self {
            reveal: options.reveal,
        }
    }

    fn issue(&self, finding: &Shown) -> Value {
        let mut description = escaped(&finding.message).into_owned();
        if !place::is_in_tree(finding) {
            let elsewhere = place::elsewhere(finding);
            description.push_str(&format!(" ({})", escaped(&elsewhere)));
        }
        // GitLab shows the code beside it anyway; it is included only if the user asked for secrets.
        if let Some(shown) = excerpt::show(finding).filter(|_| self.reveal) {
            description.push_str(&format!(": {}", excerpt::visible(&shown).text));
        }
        if let Some(within) = finding.location.within() {
            description.push_str(&format!(" (in {})", escaped(&within)));
        }
        if let Some(why) = words::new_rule(finding) {
            description.push_str(&format!(" ({why})"));
        }
        let (start, end) = place::lines(finding);
        let severity = if finding.is_held_back() {
            finding.severity.min(Severity::Medium)
        } else {
            finding.severity
        };
        json!({
            "description": description,
            "check_name": finding.rule.as_str(),
            "fingerprint": finding.fingerprint,
            "severity": self::severity(severity),
            "location": {
                "path": place::file(finding),
                "lines": { "begin": start, "end": end },
            },
        })
    }
}

impl Format for CodeQuality {
    fn write(&mut self, document: &Document<'_>, out: &mut dyn io::Write) -> io::Result<()> {
        // Findings from before a change are in the report of the target branch, which GitLab compares this one with.
        let issues = json::Each(document.findings, |finding| Some(self.issue(finding)));
        json::write_pretty(&issues, out)
    }
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "blocker",
        Severity::High => "critical",
        Severity::Medium => "major",
        Severity::Low => "minor",
        Severity::Info => "info",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::report::FormatName;
    use crate::report::sample::{sample, written};

    #[test]
    fn every_finding_has_what_gitlab_asks_for() {
        let sample = sample();
        let text = written(
            &sample.document(),
            FormatName::CodeQuality,
            Options::default(),
        );
        let issues: Vec<Value> = serde_json::from_str(&text).unwrap();
        assert_eq!(issues.len(), sample.findings.len());
        let mut known = BTreeSet::new();
        for issue in &issues {
            assert!(
                issue["description"]
                    .as_str()
                    .is_some_and(|text| !text.is_empty())
            );
            assert!(
                issue["location"]["path"]
                    .as_str()
                    .is_some_and(|path| !path.is_empty())
            );
            assert!(
                issue["location"]["lines"]["begin"]
                    .as_u64()
                    .is_some_and(|line| line > 0)
            );
            let severities = ["info", "minor", "major", "critical", "blocker"];
            assert!(severities.contains(&issue["severity"].as_str().unwrap_or_default()));
            known.insert(issue["fingerprint"].to_string());
        }
        assert_eq!(known.len(), issues.len());
    }
}
