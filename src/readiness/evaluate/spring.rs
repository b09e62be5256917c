//! What the settings of Spring Boot programs set up (C3, C4, D2, D3, E12, F1, F5, F9, I2, I4, I6, N1).

use super::View;
use crate::audit::yaml::Value;
use crate::readiness::Grade;
use crate::readiness::ledger::{Ledger, Place};
use crate::readiness::read::kind::Kind;
use crate::readiness::read::name;
use crate::readiness::read::prose::lines;

/// How deep nested settings are read.
const MAX_DEPTH: usize = 12;

/// A setting: the item, its name (a prefix if it ends with a dot), the values that count, and what it shows.
type Setting = (
    &'static str,
    &'static str,
    &'static [&'static str],
    &'static str,
);

/// Any value counts that does not switch the setting off.
const ANY: &[&str] = &[];

#[rustfmt::skip]
const SETTINGS: &[Setting] = &[
    ("C3", "spring.jpa.hibernate.ddl-auto", &["validate"], "Hibernate compares the schema with the program when it starts"),
    ("C4", "spring.datasource.hikari.maximum-pool-size", ANY, "the pool of connections has a size"),
    ("D2", "spring.session.store-type", &["redis"], "sessions are kept in Redis"),
    ("D2", "spring.session.redis.", ANY, "sessions are kept in Redis"),
    ("D2", "spring.session.data.redis.", ANY, "sessions are kept in Redis"),
    ("D3", "spring.cache.type", &["redis", "caffeine", "hazelcast", "ehcache", "jcache"], "the application caches"),
    ("E12", "resilience4j.ratelimiter.instances.", ANY, "calls are limited"),
    ("F1", "spring.security.oauth2.client.registration.", ANY, "the program is a client of an identity provider"),
    ("F1", "spring.security.oauth2.resourceserver.jwt.", ANY, "requests carry a token of an identity provider"),
    ("F5", "server.servlet.session.cookie.secure", &["true"], "session cookies are secure"),
    ("F5", "server.servlet.session.cookie.http-only", &["true"], "scripts cannot read session cookies"),
    ("F9", "resilience4j.circuitbreaker.instances.", ANY, "calls go through a circuit breaker"),
    ("F9", "resilience4j.circuitbreaker.configs.", ANY, "calls go through a circuit breaker"),
    ("I2", "management.endpoints.web.exposure.include", &["prometheus", "*", "metrics"], "the program exposes metrics"),
    ("I4", "logging.structured.format.", &["ecs", "logstash", "gelf"], "logs are structured"),
    ("I6", "management.tracing.sampling.", ANY, "requests are traced"),
    ("I6", "management.otlp.tracing.", ANY, "requests are traced"),
    ("N1", "springdoc.", ANY, "the program describes its API at run time"),
];

pub(super) fn evaluate(view: &View<'_>, ledger: &mut Ledger) {
    let is_it = |path: &str| name(path).starts_with("application");
    for (file, _) in view.shipped(Kind::Yaml).filter(|(_, it)| is_it(&it.path)) {
        for document in view.corpus.documents(file) {
            let mut note = |key: &str, value: Value<'_>, text: &str| {
                shown(key, text, &view.corpus.at(file, value), ledger);
            };
            walk(document, "", 0, &mut note);
        }
    }
    let conf = view.shipped(Kind::Conf);
    for (file, read) in conf.filter(|(_, it)| is_it(&it.path) && it.path.ends_with(".properties")) {
        for (number, line) in lines(&read.text) {
            let pair = line
                .split_once('=')
                .filter(|_| !line.trim_start().starts_with('#'));
            if let Some((key, value)) = pair {
                shown(
                    key.trim(),
                    value.trim(),
                    &view.corpus.line(file, number),
                    ledger,
                );
            }
        }
    }
}

/// Calls `note` with the name, the value and the text of each setting.
fn walk(value: Value<'_>, above: &str, depth: usize, note: &mut dyn FnMut(&str, Value<'_>, &str)) {
    if let Some(text) = value.text() {
        note(above, value, text);
    }
    if depth >= MAX_DEPTH {
        return;
    }
    for entry in value.entries() {
        let own = entry.key.text().unwrap_or_default();
        let key = if above.is_empty() {
            own.to_owned()
        } else {
            format!("{above}.{own}")
        };
        walk(entry.value, &key, depth + 1, note);
    }
    for item in value.items() {
        walk(item, above, depth + 1, note);
    }
}

fn shown(key: &str, value: &str, place: &Place, ledger: &mut Ledger) {
    let value = value.to_ascii_lowercase();
    // If the value is a variable, its default counts.
    let given = value.strip_prefix("${").and_then(|it| it.strip_suffix('}'));
    let value = match given {
        Some(inner) => inner.split_once(':').map_or(inner, |(_, default)| default),
        None => &value,
    };
    for (item, name, values, says) in SETTINGS {
        let is_named = if name.ends_with('.') {
            key.starts_with(name)
        } else {
            key == *name
        };
        let mut given = value.split([',', ' ']);
        let is_on = if values.is_empty() {
            !["false", "off", "none", "never", "disabled"].contains(&value)
        } else {
            given.any(|it| values.contains(&it))
        };
        // A setting that is switched off within a group says nothing about the group.
        if is_named && is_on && !(key.ends_with(".enabled") && value != "true") {
            ledger.add(item, Grade::SetUp, place.clone(), *says);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::yaml;

    fn items(text: &str) -> Vec<&'static str> {
        let tree = yaml::parse(text).unwrap();
        let mut ledger = Ledger::default();
        let place = Place {
            repository: 0,
            path: "application.yml".to_owned(),
            line: 1,
        };
        for document in tree.documents() {
            walk(document, "", 0, &mut |key, _, text| {
                shown(key, text, &place, &mut ledger);
            });
        }
        let names = SETTINGS.iter().map(|it| it.0);
        let mut all: Vec<_> = names
            .filter(|it| ledger.reaches(it, Grade::SetUp))
            .collect();
        all.dedup();
        all
    }

    #[test]
    fn settings_show_what_they_set_up() {
        assert_eq!(
            items("logging:\n  structured:\n    format:\n      console: logstash\n"),
            ["I4"]
        );
        assert_eq!(items("logging.structured.format.console: ecs\n"), ["I4"]);
        assert_eq!(
            items("spring.jpa.hibernate.ddl-auto: ${DDL:validate}\n"),
            ["C3"]
        );
        assert_eq!(
            items("management:\n  endpoints.web.exposure.include: [health, prometheus]\n"),
            ["I2"]
        );
        assert!(items("spring.jpa.hibernate.ddl-auto: update\n").is_empty());
        assert!(items("springdoc.api-docs.enabled: false\n").is_empty());
        assert!(items("logging.level.root: info\n").is_empty());
    }
}
