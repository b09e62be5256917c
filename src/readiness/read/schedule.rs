//! What runs on a schedule: cron, systemd timers, `CronJob`s, pipelines, Ansible, container labels.

use crate::audit::yaml::Value;
use crate::lexicon::path::Role;

use super::super::amount::Span;
use super::ansible::{argument, tasks};
use super::compose::Service;
use super::kind::{Kind, plain};
use super::manifest::Manifest;
use super::pattern::Pattern;
use super::pipeline::{Job, expanded};
use super::{Corpus, File, folder, get, name, text};
use crate::readiness::ledger::Place;

/// Something that runs on a schedule.
#[derive(Debug, Clone)]
pub(crate) struct Scheduled {
    /// Where it is scheduled.
    pub(crate) place: Place,
    /// What it runs, including the scripts in the repository that it names.
    pub(crate) command: String,
    /// How often it runs; `None` if that is not clear.
    pub(crate) every: Option<Span>,
    /// Whether it is disabled.
    pub(crate) is_off: bool,
    /// What schedules it: `cron`.
    pub(crate) by: &'static str,
}

/// Whether a word is a field of a crontab line.
fn is_field(word: &str) -> bool {
    let is_part = |c: char| c.is_ascii_digit() || "*/,-?LW#".contains(c);
    let is_name =
        |word: &str| word.len() == 3 && word.bytes().all(|byte| byte.is_ascii_alphabetic());
    !word.is_empty() && (word.chars().all(is_part) || word.split([',', '-']).all(is_name))
}

/// Returns how often a schedule runs, given its five cron fields or a name such as `@daily`.
pub(crate) fn interval(fields: &str) -> Option<Span> {
    let fields = fields.trim();
    match fields {
        "@hourly" => return Some(Span::hours(1)),
        "@daily" | "@midnight" => return Some(Span::days(1)),
        "@weekly" => return Some(Span::days(7)),
        "@monthly" => return Some(Span::days(31)),
        "@yearly" | "@annually" => return Some(Span::days(366)),
        _ => {}
    }
    if let Some(every) = fields.strip_prefix("@every ") {
        return Span::parse(every);
    }
    let mut words: Vec<_> = fields.split_whitespace().collect();
    // Some formats have seconds first.
    if words.len() == 6 && words.iter().all(|word| is_field(word)) {
        words.remove(0);
    }
    let [minute, hour, of_month, _, of_week] = words[..] else {
        return None;
    };
    if !words.iter().all(|word| is_field(word)) {
        return None;
    }
    let is_any = |field: &str| field == "*" || field == "?";
    let step = |field: &str| {
        field
            .strip_prefix("*/")
            .and_then(|step| step.parse::<u64>().ok())
    };
    let count = |field: &str| field.split(',').count().max(1) as u64;
    if !is_any(of_week) {
        return Some(Span::days(7 / count(of_week).min(7)));
    }
    if !is_any(of_month) {
        return Some(step(of_month).map_or(Span::days(31), Span::days));
    }
    if let Some(hours) = step(hour) {
        return Some(Span::hours(hours.max(1)));
    }
    if !is_any(hour) {
        return Some(Span::hours(24 / count(hour).min(24)));
    }
    if let Some(minutes) = step(minute) {
        return Some(Span::minutes(minutes.max(1)));
    }
    if is_any(minute) {
        return Some(Span::minutes(1));
    }
    Some(Span::minutes(60 / count(minute).min(60)))
}

/// Returns what is scheduled in a system.
pub(crate) fn all(
    corpus: &Corpus,
    services: &[Service<'_>],
    manifests: &[Manifest<'_>],
    jobs: &[Job],
) -> Vec<Scheduled> {
    let mut all = Vec::new();
    for (number, file) in corpus.shipped(Kind::Cron) {
        all.extend(cron(corpus, number, file));
    }
    // Scripts and images write crontabs, too.
    for kind in [Kind::Shell, Kind::Docker] {
        for (number, file) in corpus.shipped(kind) {
            all.extend(written(corpus, number, file));
        }
    }
    for (number, file) in corpus.shipped(Kind::Unit) {
        all.extend(timer(corpus, number, file));
    }
    for (number, file) in corpus.shipped(Kind::Yaml) {
        all.extend(ansible(corpus, number, file));
    }
    all.extend(manifests.iter().filter_map(|it| cron_job(corpus, it)));
    all.extend(services.iter().flat_map(|it| labels(corpus, it)));
    all.extend(jobs.iter().filter_map(|job| pipeline(corpus, job)));
    all
}

/// Splits a crontab line into its schedule and its command.
fn split(line: &str) -> Option<(&str, &str)> {
    let line = line.trim();
    if let Some(rest) = line.strip_prefix('@') {
        let end = rest.find(char::is_whitespace)?;
        return Some((&line[..=end], rest[end..].trim()));
    }
    let mut at = 0;
    for _ in 0..5 {
        let rest = &line[at..];
        let start = at + rest.len() - rest.trim_start().len();
        let end = line[start..].find(char::is_whitespace)? + start;
        if !is_field(&line[start..end]) {
            return None;
        }
        at = end;
    }
    Some((&line[..at], line[at..].trim()))
}

fn cron(corpus: &Corpus, number: usize, file: &File) -> Vec<Scheduled> {
    let mut all = Vec::new();
    for (line, text) in super::prose::lines(&file.text) {
        let (is_off, text) = match text.trim_start().strip_prefix('#') {
            Some(rest) => (true, rest.trim_start_matches('#').trim()),
            None => (false, text),
        };
        let Some((times, command)) = split(text) else {
            continue;
        };
        // A comment has to look like a command: a path, or a program with arguments.
        let looks_run = command.contains('/') || command.contains(" -");
        if is_off && !looks_run {
            continue;
        }
        all.push(Scheduled {
            place: corpus.line(number, line),
            command: expanded(corpus, file.repository, command),
            every: interval(times),
            is_off,
            by: "cron",
        });
    }
    all
}

static ECHOED: Pattern =
    Pattern::new(r#"(?m)^[^#\n]*\b(?:echo|printf)\s+["']([*\d][^"'\n]*)["'][^\n]*cron"#);

/// Returns the lines that a script writes to a crontab.
fn written(corpus: &Corpus, number: usize, file: &File) -> Vec<Scheduled> {
    let found = ECHOED.groups(&file.text).into_iter();
    let made = found.filter_map(|(at, line)| {
        let (times, command) = split(line)?;
        Some(Scheduled {
            place: corpus.place(number, at),
            command: expanded(corpus, file.repository, command),
            every: interval(times),
            is_off: false,
            by: "cron",
        })
    });
    made.collect()
}

fn setting<'t>(text: &'t str, key: &str) -> Option<(u32, &'t str)> {
    let mut lines = super::prose::lines(text);
    lines.find_map(|(number, line)| {
        let (name, value) = line.split_once('=')?;
        (name.trim() == key).then(|| (number, value.trim()))
    })
}

fn timer(corpus: &Corpus, number: usize, file: &File) -> Option<Scheduled> {
    let path = plain(&file.path);
    if !path.ends_with(".timer") {
        return None;
    }
    let end = &file.path[path.len()..];
    let calendar = setting(&file.text, "OnCalendar");
    let active = setting(&file.text, "OnUnitActiveSec");
    let (line, value) = calendar.or(active)?;
    let own = name(path).trim_end_matches(".timer");
    let unit = setting(&file.text, "Unit")
        .map_or_else(|| format!("{own}.service"), |(_, unit)| unit.to_owned());
    let beside = format!("{}/{unit}{end}", folder(&file.path));
    let service = corpus.named(file.repository, beside.trim_start_matches('/'))?;
    let (_, command) = setting(&corpus.files[service].text, "ExecStart")?;
    Some(Scheduled {
        place: corpus.line(number, line),
        command: expanded(corpus, file.repository, command),
        every: if calendar.is_some() {
            of_calendar(value)
        } else {
            Span::parse(value)
        },
        is_off: false,
        by: "a systemd timer",
    })
}

fn of_calendar(value: &str) -> Option<Span> {
    match value {
        "minutely" => Some(Span::minutes(1)),
        "hourly" => Some(Span::hours(1)),
        "daily" => Some(Span::days(1)),
        "weekly" => Some(Span::days(7)),
        "monthly" => Some(Span::days(31)),
        _ if value.starts_with("*-*-* *:") || value.starts_with("*:") => Some(Span::hours(1)),
        _ if value.starts_with("*-*-*") || value.starts_with(|c: char| c.is_ascii_digit()) => {
            Some(Span::days(1))
        }
        _ if value.starts_with(|c: char| c.is_ascii_alphabetic()) => Some(Span::days(7)),
        _ => None,
    }
}

fn cron_job(corpus: &Corpus, manifest: &Manifest<'_>) -> Option<Scheduled> {
    if manifest.kind != "CronJob" {
        return None;
    }
    let schedule = get(manifest.value, "spec.schedule")?;
    let images = manifest
        .containers()
        .into_iter()
        .filter_map(|it| text(it, "image"));
    let images: Vec<_> = images.collect();
    let repository = corpus.files[manifest.file].repository;
    let command = format!("{} {}", images.join(" "), manifest.commands());
    Some(Scheduled {
        place: corpus.at(manifest.file, schedule),
        command: expanded(corpus, repository, &command),
        every: schedule.text().and_then(interval),
        is_off: text(manifest.value, "spec.suspend") == Some("true"),
        by: "a CronJob",
    })
}

/// Returns the schedules in labels of ofelia and backup containers.
fn labels(corpus: &Corpus, service: &Service<'_>) -> Vec<Scheduled> {
    let Some((file, labels)) = service.found("labels") else {
        return Vec::new();
    };
    let listed = labels.items().filter_map(|item| {
        let (name, value) = item.text()?.split_once('=')?;
        Some((name, value, item))
    });
    let mapped = labels
        .entries()
        .filter_map(|entry| Some((entry.key.text()?, entry.value.text()?, entry.value)));
    let all: Vec<_> = listed.chain(mapped).collect();
    let mut made = Vec::new();
    for (name, value, item) in &all {
        let Some(job) = name
            .strip_suffix(".schedule")
            .filter(|it| it.starts_with("ofelia.job"))
        else {
            continue;
        };
        let command = all
            .iter()
            .find(|(name, _, _)| *name == format!("{job}.command"));
        let command = command.map_or("", |(_, value, _)| value);
        made.push(Scheduled {
            place: corpus.at(file, *item),
            command: expanded(corpus, corpus.files[file].repository, command),
            every: interval(value),
            is_off: false,
            by: "ofelia",
        });
    }
    made
}

/// Returns the crontab entries that Ansible tasks write.
fn ansible(corpus: &Corpus, number: usize, file: &File) -> Vec<Scheduled> {
    if !file.text.contains("cron:") || file.role != Role::Shipped {
        return Vec::new();
    }
    let within = |task: Value<'_>| {
        let cron = task
            .get("cron")
            .or_else(|| task.get("ansible.builtin.cron"))?;
        let job = argument(cron, "job")?;
        let special = argument(cron, "special_time").map(|word| format!("@{word}"));
        let field = |key: &str| argument(cron, key).unwrap_or_else(|| "*".to_owned());
        let fields = || {
            ["minute", "hour", "day", "month", "weekday"]
                .map(field)
                .join(" ")
        };
        Some(Scheduled {
            place: corpus.at(number, cron.get("job").unwrap_or(cron)),
            command: expanded(corpus, file.repository, &job),
            every: interval(&special.unwrap_or_else(fields)),
            is_off: argument(cron, "state").as_deref() == Some("absent"),
            by: "cron, by Ansible",
        })
    };
    let all = tasks(corpus, number).into_iter();
    all.filter_map(within).collect()
}

fn pipeline(corpus: &Corpus, job: &Job) -> Option<Scheduled> {
    let every = job
        .triggers
        .times
        .iter()
        .filter_map(|times| interval(times))
        .min()?;
    let commands: Vec<_> = job.steps.iter().map(|step| step.text.as_str()).collect();
    let repository = corpus.files[job.file].repository;
    Some(Scheduled {
        place: corpus.line(job.file, job.line),
        command: expanded(corpus, repository, &commands.join("\n")),
        every: Some(every),
        is_off: false,
        by: "a scheduled pipeline",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cron_is_read_as_an_interval() {
        for (fields, expected) in [
            ("0 2 * * *", Some(Span::days(1))),
            ("*/15 * * * *", Some(Span::minutes(15))),
            ("0 */6 * * *", Some(Span::hours(6))),
            ("0 3,15 * * *", Some(Span::hours(12))),
            ("0 2 * * 0", Some(Span::days(7))),
            ("0 2 1 * *", Some(Span::days(31))),
            ("@hourly", Some(Span::hours(1))),
            ("@every 90m", Some(Span::minutes(90))),
            ("0 0 4 * * *", Some(Span::days(1))),
            ("soon", None),
        ] {
            assert_eq!(interval(fields), expected, "{fields}");
        }
    }

    #[test]
    fn a_line_of_cron_is_split() {
        assert_eq!(
            split("0 2 * * * root /bin/backup"),
            Some(("0 2 * * *", "root /bin/backup"))
        );
        assert_eq!(split("@daily /bin/backup"), Some(("@daily", "/bin/backup")));
        assert_eq!(split("PATH=/bin:/usr/bin a b c d e"), None);
    }
}
