//! Severities of findings in files that only developers use, although their paths do not say so.

use crate::lexicon::host;
use crate::lexicon::path::has_word;
use crate::lexicon::services::SERVICES;
use crate::lexicon::value;
use crate::model::{Category, Finding, RuleId, Severity};

/// Families of rules for credentials without a vendor: they only open something in their own deployment.
#[rustfmt::skip]
const OF_NO_VENDOR: &[&str] = &[
    "generic", "url", "http", "env", "compose", "k8s", "dockerfile", "redis", "nginx", "postgresql", "mysql", "rails",
    "laravel", "symfony", "django", "jwt", "placeholder", "spring", "keycloak",
];

/// Words in the names of credentials that another party issues, which are just as real on a developer's machine.
#[rustfmt::skip]
const OF_OTHERS: &[&str] = &[
    "smtp", "mail", "mailer", "email", "aws", "s3", "azure", "gcp", "google", "github", "gitlab", "slack", "discord",
    "telegram", "sentry", "stripe", "paypal", "api", "apikey", "oauth", "oidc", "npm", "pypi", "sonar", "datadog", "nvd",
];

/// Lowers `finding` to at most medium, because nothing deployed uses its file, for the reason `why`. Credentials that
/// another party issued open something wherever they are written, so they keep their severity.
pub fn lower_developed(finding: &mut Finding, why: &str) {
    if finding.severity <= Severity::Medium || opens_something_else(finding) {
        return;
    }
    finding.lower_to(Severity::Medium);
    finding.message.push_str("; ");
    finding.message.push_str(why);
}

/// Returns whether a rule is about credentials that a vendor issues.
pub fn is_of_vendor(rule: &RuleId) -> bool {
    !OF_NO_VENDOR.contains(&rule.family()) && !rule.is_self_made()
}

/// Whether another party issued a credential: it has the format of a vendor, or it is random and named after a vendor
/// or beside the address of an external server.
fn opens_something_else(finding: &Finding) -> bool {
    if finding.category != Category::Secret {
        return false;
    }
    if is_of_vendor(&finding.rule) {
        return true;
    }
    let is_random = finding.secret.as_ref().is_some_and(|secret| {
        std::str::from_utf8(secret.reveal())
            .is_ok_and(|text| text.len() >= 12 && value::is_random(text))
    });
    let (text, marked) = finding.excerpt.revealed();
    let start = text[..marked.start].rfind('\n').map_or(0, |at| at + 1);
    let end = text[marked.end..]
        .find('\n')
        .map_or(text.len(), |at| marked.end + at);
    let line = &text[start..end];
    let before = line[..marked.start - start].to_ascii_lowercase();
    let is_of_others =
        |word: &str| OF_OTHERS.contains(&word) || SERVICES.binary_search(&word).is_ok();
    let leads_elsewhere = line
        .split(['"', '\'', ' ', '='])
        .any(|word| word.contains('@') && host::is_elsewhere(word));
    is_random && (has_word(&before, is_of_others) || leads_elsewhere)
}

/// Raises `finding`, which is in a sample that `place` copies unchanged, so that every installation has the same value.
pub fn raise_installed(finding: &mut Finding, place: &str) {
    let is_master_key = ["laravel", "rails", "symfony", "django"].contains(&finding.rule.family());
    let least = if is_master_key {
        Severity::Critical
    } else {
        Severity::High
    };
    finding.raise_to(least);
    finding.message.push_str(&format!(
        "; every installation has it: the file is copied by `{place}`"
    ));
}

/// Returns whether a finding may be about a value that all installations share if a sample is copied into place.
pub fn may_be_installed(finding: &Finding) -> bool {
    let is_random = |text: &str| text.len() >= 12 && value::is_random(text);
    finding.category == Category::Secret
        && finding
            .secret
            .as_ref()
            .is_some_and(|secret| std::str::from_utf8(secret.reveal()).is_ok_and(is_random))
}
