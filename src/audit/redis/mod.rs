//! Configuration of Redis, and of its forks, which read the same files.
//!
//! The same checks run on the command lines of Compose services.

mod acl;
mod args;
mod checks;
mod settings;
mod start;

#[cfg(test)]
mod tests;

use std::ops::Range;

use memchr::memmem;

use crate::lexicon::placeholder::says_what_it_is;
use crate::model::{Category, LineIndex};

use super::check::{Card, Format};
use super::report::{Report, Sighting};
use super::yaml::ELSEWHERE;
use super::{Outcome, Project, Source, purpose, template};

pub(super) use settings::{Reach, Redis, bytes};

/// The format.
pub(super) struct Conf;

/// One check: its card, and a function that looks for its findings.
pub(super) struct Rule {
    pub(super) card: &'static Card,
    pub(super) look: fn(&Redis) -> Vec<Sighting>,
}

/// Every check.
pub(super) static RULES: &[Rule] = checks::RULES;

impl Format for Conf {
    fn name(&self) -> &'static str {
        "redis"
    }

    fn cards(&self) -> Vec<&'static Card> {
        RULES.iter().map(|rule| rule.card).collect()
    }

    fn claims(&self, path: &str, text: &[u8]) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
        let is_conf = name.ends_with(".conf") || name.contains(".conf.");
        is_conf
            && (is_named(&name)
                || ["protected-mode", "appendonly", "requirepass"]
                    .iter()
                    .any(|word| memmem::find(text, word.as_bytes()).is_some()))
    }

    fn is_certain(&self, path: &str, _text: &[u8]) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        is_named(&name.to_ascii_lowercase())
    }

    fn audit(&self, source: &Source, project: &Project<'_>) -> Outcome {
        let text = source.text.as_str();
        let redis = Redis::of_file(source, project);
        if redis.own_settings() < least(&source.path) {
            return Outcome::NotConfiguration;
        }
        if template::has_mark(text, &['#']) {
            return Outcome::Template;
        }
        let mut report = Report::new(project.policy(&source.path));
        for rule in RULES {
            // A server that rejects the file opens nothing, but the secrets in the file are exposed.
            if redis.defect.is_some() && rule.card.category != Category::Secret {
                continue;
            }
            for mut sighting in (rule.look)(&redis) {
                if redis.purpose != purpose::Purpose::Shipped {
                    sighting.severity = sighting.severity.lowered();
                }
                report.add(rule.card, sighting);
            }
        }
        report.forget(&ELSEWHERE);
        if let Some(defect) = &redis.defect
            && let Some(at) = defect.at
        {
            let line = LineIndex::new(text.as_bytes()).position(at).line;
            let reason = format!(
                "line {line}: {}: the server does not start with it",
                defect.reason
            );
            project.leave_out(&source.path, reason);
        }
        Outcome::Audited(report.finish(&source.path, text, || secrets(&redis)))
    }
}

/// Returns how many settings specific to Redis a file needs to count as one of its files.
fn least(path: &str) -> usize {
    let name = path.rsplit('/').next().unwrap_or_default();
    if is_named(&name.to_ascii_lowercase()) {
        1
    } else {
        2
    }
}

/// Whether a file is audited by itself.
fn is_file(path: &str, text: &str) -> bool {
    let settings = || settings::settings_of(text);
    Conf.claims(path, text.as_bytes()) && settings::own_settings(&settings()) >= least(path)
}

pub(super) fn is_named(name: &str) -> bool {
    ["redis", "valkey", "keydb", "sentinel"]
        .iter()
        .any(|program| name.contains(program))
}

/// Returns the byte ranges of the file that no excerpt may show.
fn secrets(redis: &Redis) -> Vec<Range<usize>> {
    let settings = redis.own.iter();
    let words = settings.flat_map(|setting| {
        let is_password = matches!(
            setting.name.as_str(),
            "requirepass" | "masterauth" | "tls-key-file-pass"
        );
        let words = setting.values.iter();
        let is_sentinels = setting.name == "sentinel" && setting.value().contains("pass");
        words.enumerate().filter_map(move |(at, word)| {
            let is_secret = is_password
                || is_sentinels && at > 0
                || setting.name == "user" && word.text.starts_with(['>', '<', '#']);
            is_secret.then_some(word)
        })
    });
    words
        .filter(|word| !word.text.is_empty() && !says_what_it_is(&word.text))
        .map(|word| word.span.clone())
        .collect()
}
