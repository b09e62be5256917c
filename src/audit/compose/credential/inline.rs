//! Credentials in labels, and in configurations written inline in the Compose file.

use crate::audit::report::SecretAt;
use crate::lexicon::name::{self, CredentialName};

use crate::model::Secret;

use super::judge;
use super::pairs::is_hash;
use super::{Found, Verdict};
use crate::audit::compose::file::File;
use crate::audit::compose::interpolation::with_defaults;
use crate::audit::compose::service::{Service, Variable, content as content_of};

/// Returns what a label holds: a password or its hash, an address with its password, or a placeholder.
pub(super) fn in_label(service: &Service, label: &Variable) -> Option<Found> {
    if let Some(found) = in_users(label) {
        return Some(found);
    }
    if let Some(kind) = name::classify(&label.name) {
        let mut found = judge::in_credential(service, label, kind)?;
        if !matches!(found.verdict, Verdict::Placeholder(_)) {
            found.verdict = Verdict::InLabel;
        }
        return Some(found);
    }
    judge::in_address(service, label).or_else(|| judge::in_setting(label))
}

/// The hash of the first user in a proxy's list of users: `name:$$apr1$$…`.
fn in_users(label: &Variable) -> Option<Found> {
    let is_users = label.name.to_ascii_lowercase().ends_with("auth.users");
    let (_, written) = label.written.split_once(':').filter(|_| is_users)?;
    let end = written.find(',').unwrap_or(written.len());
    let written = &written[..end];
    let reads = with_defaults(written);
    is_hash(reads.as_bytes()).then(|| Found {
        kind: Some(CredentialName::Password),
        verdict: Verdict::InLabel,
        reads,
        at: label.offset_of(written),
        written: written.to_owned(),
        default_of: None,
        is_weak: false,
    })
}

/// A line of a configuration written inline in the Compose file.
pub(in crate::audit::compose) struct Line<'t> {
    pub(in crate::audit::compose) config: &'t str,
    pub(in crate::audit::compose) key: String,
    pub(in crate::audit::compose) secret: SecretAt,
}

/// Returns the lines of inline configurations that set a credential to a literal: `password=x`, `token: x`.
pub(in crate::audit::compose) fn in_configs<'t>(file: &File<'t>) -> Vec<Line<'t>> {
    let mut found = Vec::new();
    let Some(configs) = file.parts.top(&file.parts.path, "configs") else {
        return found;
    };
    for entry in configs.entries() {
        let (Some(config), Some(content)) = (entry.key.text(), entry.value.get("content")) else {
            continue;
        };
        let place = content_of(content, file.text);
        let Some(text) = file.text.get(place.clone()) else {
            continue;
        };
        for line in text.lines() {
            let start = place.start + (line.as_ptr() as usize - text.as_ptr() as usize);
            found.extend(in_line(config, line, start));
        }
    }
    found
}

fn in_line<'t>(config: &'t str, line: &'t str, start: usize) -> Option<Line<'t>> {
    let trimmed = line.trim_start();
    if trimmed.starts_with(['#', ';']) || trimmed.starts_with("//") {
        return None;
    }
    let (key, value) = line.split_once(['=', ':'])?;
    let key = key.trim().trim_matches(['"', '\'', '-', ' ']);
    let kind = name::classify(key).filter(|kind| *kind != CredentialName::ConnectionString)?;
    let value = value.split(" #").next().unwrap_or(value);
    let value = value.trim().trim_matches([',', '"', '\'']);
    let literal = judge::literal(value)?;
    if value.contains(['{', '$', ' ']) {
        return None;
    }
    let verdict = judge::of_text(kind, key, &literal)?;
    let at = start + (value.as_ptr() as usize - line.as_ptr() as usize);
    matches!(verdict, Verdict::Hardcoded | Verdict::Placeholder(_)).then(|| Line {
        config,
        key: key.to_owned(),
        secret: SecretAt {
            value: Secret::new(literal.reads.into_bytes()),
            span: at..at + value.len(),
        },
    })
}
