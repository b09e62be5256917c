//! Caches (D1, D4, D6, L3): what no single line of code decides.

use super::View;
use crate::readiness::Grade;
use crate::readiness::ledger::{Ledger, Place};
use crate::readiness::read::compose::{Purpose, Service};
use crate::readiness::read::is_comment;
use crate::readiness::read::kind::Kind;
use crate::readiness::read::pattern::Pattern;
use crate::readiness::read::prose::lines;

/// The settings of one Redis server, by name, from its file and its command.
struct Redis {
    place: Place,
    settings: Vec<(String, String)>,
    /// A script starts it, so its settings are not all known.
    is_scripted: bool,
    /// Its data folder is a volume, to which it writes snapshots unless `save` says otherwise.
    has_volume: bool,
}

impl Redis {
    fn get(&self, name: &str) -> Option<&str> {
        let found = self.settings.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }
}

pub(super) fn evaluate(view: &View<'_>, ledger: &mut Ledger) {
    let all = servers(view);
    for redis in &all {
        hardened(redis, ledger);
        snapshots(view, redis, ledger);
        let holds_sessions = ledger.reaches("D2", Grade::SetUp);
        if redis
            .get("maxmemory-policy")
            .is_some_and(|it| it.starts_with("allkeys"))
            && holds_sessions
        {
            let says = "Redis may evict any key, and sessions are kept in it";
            ledger.contradict("D2", redis.place.clone(), says);
        }
        if redis.get("cluster-enabled") == Some("yes") || redis.get("replicaof").is_some() {
            ledger.add(
                "D6",
                Grade::SetUp,
                redis.place.clone(),
                "Redis is a cluster, or has a replica",
            );
        }
    }
    replicated(view, ledger);
    browser(view, ledger);
}

/// Returns the settings of all Redis servers: those of a configuration file, together with those of the command that
/// reads it.
fn servers(view: &View<'_>) -> Vec<Redis> {
    let of_files: Vec<Redis> = view
        .shipped(Kind::Conf)
        .filter(|(_, file)| {
            crate::readiness::read::name(&file.path).contains("redis")
                && file.path.ends_with(".conf")
        })
        .map(|(file, read)| Redis {
            place: view.corpus.line(file, 1),
            settings: lines(&read.text)
                .filter(|(_, line)| !is_comment(line))
                .filter_map(|(_, line)| pair(line))
                .collect(),
            is_scripted: false,
            has_volume: false,
        })
        .collect();
    let services: Vec<_> = view
        .of(Purpose::Cache)
        .filter(|it| !it.image_name().contains("memcached"))
        .collect();
    let mut all: Vec<Redis> = services.iter().map(|it| of_service(view, it)).collect();
    match (all.as_mut_slice(), of_files) {
        ([], files) => files,
        (services, files) => {
            for redis in services.iter_mut() {
                redis
                    .settings
                    .extend(files.iter().flat_map(|file| file.settings.clone()));
            }
            all
        }
    }
}

fn pair(line: &str) -> Option<(String, String)> {
    let (key, value) = line.trim().split_once(char::is_whitespace)?;
    Some((
        key.to_ascii_lowercase(),
        value.trim().trim_matches('"').to_owned(),
    ))
}

fn of_service(view: &View<'_>, service: &Service<'_>) -> Redis {
    let command = service.command();
    let mut settings = Vec::new();
    let mut words = command.split_whitespace().peekable();
    while let Some(word) = words.next() {
        if let Some(name) = word.trim_matches(['"', '\'']).strip_prefix("--") {
            let mut value = Vec::new();
            while let Some(next) = words.next_if(|next| !next.starts_with("--")) {
                value.push(next.trim_matches(['"', '\'']));
            }
            settings.push((name.to_owned(), value.join(" ")));
        }
    }
    for (name, value, _) in service.environment() {
        if name == "REDIS_PASSWORD" {
            settings.push(("requirepass".to_owned(), value.to_owned()));
        }
    }
    let scripts: Vec<_> = command
        .split_whitespace()
        .map(|word| word.trim_matches(['"', '\'', ',', '[', ']']))
        .filter(|word| word.ends_with(".sh"))
        .collect();
    for script in &scripts {
        settings.extend(of_script(view, service, script));
    }
    Redis {
        place: view.service_place(service),
        settings,
        is_scripted: !scripts.is_empty(),
        has_volume: service
            .volumes()
            .iter()
            .any(|(_, target)| target.trim_end_matches('/').ends_with("/data")),
    }
}

/// Returns the settings that a script writes or passes on, anywhere in a line.
fn of_script(view: &View<'_>, service: &Service<'_>, script: &str) -> Vec<(String, String)> {
    const NAMES: [&str; 5] = [
        "requirepass",
        "maxmemory",
        "maxmemory-policy",
        "appendonly",
        "save",
    ];
    let repository = view.corpus.files[service.file].repository;
    let own = crate::readiness::read::name(script);
    let Some(file) = view.corpus.named(repository, own) else {
        return Vec::new();
    };
    let mut settings = Vec::new();
    for line in view.corpus.files[file]
        .text
        .lines()
        .filter(|it| !is_comment(it))
    {
        let words: Vec<_> = line
            .split(|c: char| c.is_whitespace() || matches!(c, '"' | '\''))
            .collect();
        for pair in words.windows(2) {
            let name = pair[0].trim_start_matches("--");
            if NAMES.contains(&name) && !pair[1].is_empty() {
                settings.push((name.to_owned(), pair[1].to_owned()));
            }
        }
    }
    settings
}

fn hardened(redis: &Redis, ledger: &mut Ledger) {
    let missing: Vec<_> = [
        (
            "a password",
            redis.get("requirepass").is_some() || redis.get("aclfile").is_some(),
        ),
        ("`maxmemory`", redis.get("maxmemory").is_some()),
        (
            "persistence",
            redis.get("appendonly") == Some("yes")
                || redis
                    .get("save")
                    .map_or(redis.has_volume, |it| !matches!(it, "" | "\"\"")),
        ),
    ]
    .into_iter()
    .filter_map(|(what, has)| (!has).then_some(what))
    .collect();
    let place = redis.place.clone();
    if missing.is_empty() {
        ledger.add(
            "D1",
            Grade::SetUp,
            place,
            "Redis has a password, a limit of memory, and keeps its data",
        );
    } else if !redis.is_scripted
        && redis.get("requirepass").is_none()
        && redis.get("aclfile").is_none()
    {
        ledger.refute(
            "D1",
            place,
            format!(
                "Redis has no {}",
                missing
                    .join(", no ")
                    .replace("no a ", "no ")
                    .replace("a password", "password")
            ),
        );
    } else {
        ledger.add(
            "D1",
            Grade::Nothing,
            place,
            format!("Redis lacks {}", missing.join(" and ")),
        );
    }
}

/// A command that copies a snapshot elsewhere.
static COPIES: Pattern = Pattern::new(
    r"(?i)\bredis-cli\b[^\n]*--rdb\b|\b(?:cp|mv|rsync|scp|rclone|restic|borg|tar|gsutil|s3cmd|aws s3|azcopy|gcloud storage|mc|docker cp|kubectl cp)\s[^\n]*(?:\.rdb\b|redis)",
);

fn snapshots(view: &View<'_>, redis: &Redis, ledger: &mut Ledger) {
    let place = redis.place.clone();
    match redis.get("save") {
        Some("" | "\"\"") => ledger.refute("L3", place, "snapshots are switched off"),
        Some(times) => {
            let mut scheduled = view.scheduled.iter().filter(|it| !it.is_off);
            let (grade, then) = match scheduled.find(|it| COPIES.is_in(&it.command)) {
                Some(it) => (Grade::SetUp, format!(", and {} copies them", it.by)),
                None => (
                    Grade::Said,
                    "; that they are copied is not shown".to_owned(),
                ),
            };
            let says = format!("snapshots are taken: `save {times}`{then}");
            ledger.add("L3", grade, place, says);
        }
        None => {}
    }
}

fn replicated(view: &View<'_>, ledger: &mut Ledger) {
    for service in &view.services {
        if service.command().contains("redis-sentinel") || service.image_name().contains("sentinel")
        {
            ledger.add(
                "D6",
                Grade::SetUp,
                view.service_place(service),
                "Redis Sentinel",
            );
        }
    }
    for block in view.resources(&["aws_elasticache_replication_group"]) {
        if block.is("automatic_failover_enabled", true) {
            let place = view.attribute_place(block, "automatic_failover_enabled");
            ledger.add(
                "D6",
                Grade::SetUp,
                place,
                format!("`{}` fails over", block.name()),
            );
        } else if block.is("automatic_failover_enabled", false) {
            let place = view.attribute_place(block, "automatic_failover_enabled");
            ledger.refute(
                "D6",
                place,
                format!("`{}` does not fail over", block.name()),
            );
        }
    }
    for it in view
        .manifests
        .iter()
        .filter(|it| ["RedisCluster", "RedisFailover", "RedisReplication"].contains(&it.kind))
    {
        ledger.add(
            "D6",
            Grade::SetUp,
            view.corpus.at(it.file, it.value),
            format!("{} `{}`", it.kind, it.name),
        );
    }
}

/// Whether a line of a proxy's configuration reads, ignores or removes headers, or sets those of requests, so that it
/// adds none to responses.
fn takes_away(line: &str) -> bool {
    const DIRECTIVES: [&str; 14] = [
        "proxy_ignore_headers",
        "fastcgi_ignore_headers",
        "uwsgi_ignore_headers",
        "scgi_ignore_headers",
        "proxy_hide_header",
        "fastcgi_hide_header",
        "uwsgi_hide_header",
        "proxy_set_header",
        "more_clear_headers",
        "more_set_input_headers",
        "header_up",
        "http-request",
        "log_format",
        "RequestHeader",
    ];
    let first = line.split_whitespace().next().unwrap_or_default();
    DIRECTIVES.contains(&first)
        || line.contains("-Cache-Control")
        || [" unset ", " del-header ", "Access-Control-"]
            .iter()
            .any(|it| line.contains(it))
}

/// Reports headers in proxy configurations that let browsers cache.
fn browser(view: &View<'_>, ledger: &mut Ledger) {
    for (file, read) in view.shipped(Kind::Conf) {
        let found = lines(&read.text).find(|(_, line)| {
            let line = line.trim();
            let is_header = line.contains("Cache-Control")
                && !takes_away(line)
                && !line.contains("no-store")
                && !line.contains("no-cache");
            !is_comment(line)
                && (is_header
                    || line.starts_with("expires ")
                        && !line.contains("off")
                        && !line.contains("-1")
                        && !line.contains("epoch"))
        });
        if let Some((line, _)) = found {
            ledger.add(
                "D4",
                Grade::SetUp,
                view.corpus.line(file, line),
                "the proxy sends cache headers",
            );
        }
    }
}
