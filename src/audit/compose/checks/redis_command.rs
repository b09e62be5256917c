//! The checks on Redis, applied to its command line in Compose files. Their cards are with those on its files.

use super::{Card, Check, File, Report};
use crate::audit::compose::exposure::{HostPort, ports};
use crate::audit::compose::image;
use crate::audit::compose::interpolation;
use crate::audit::compose::service::Service;
use crate::audit::directive::{Directive, Word};
use crate::audit::dockerfile::shell;
use crate::audit::purpose::Purpose;
use crate::audit::redis::{RULES, Reach, Redis, bytes};

pub(super) struct RedisCommand;

impl Check<File<'_>> for RedisCommand {
    fn card(&self) -> &'static Card {
        // Redis's own format lists all of them.
        RULES[0].card
    }

    fn check(&self, file: &File, report: &mut Report) {
        for service in &file.services {
            let Some(redis) = server(service) else {
                continue;
            };
            for rule in RULES {
                for sighting in (rule.look)(&redis) {
                    report.add(rule.card, file.sighted(service, None, sighting));
                }
            }
        }
    }
}

/// Images with the entry point of the official one. Others take passwords in their own ways.
const IMAGES: &[&str] = &[
    "redis",
    "valkey/valkey",
    "library/redis",
    "docker.io/redis",
    "docker.io/library/redis",
    "docker.io/valkey/valkey",
    "eqalpha/keydb",
];

/// The server that a service runs.
fn server(service: &Service) -> Option<Redis> {
    let whole = service.text("image")?.to_ascii_lowercase();
    let named = whole.split('@').next()?;
    let folder = named
        .rsplit_once('/')
        .map_or(String::new(), |(folder, _)| format!("{folder}/"));
    let name = format!("{folder}{}", image::short_name(named));
    if !IMAGES.contains(&name.as_str())
        || service.is_fragment()
        || service.setting("entrypoint").is_some()
    {
        return None;
    }
    let (settings, is_whole) = settings(service)?;
    let open = ports(service);
    let is_public = open
        .iter()
        .any(|port| port.is_on_all_interfaces() && !matches!(port.host, HostPort::Random));
    let is_host = service
        .text("network_mode")
        .is_some_and(|mode| mode == "host");
    let limits = service
        .setting("deploy")
        .and_then(|deploy| deploy.part("resources")?.part("limits")?.part("memory"));
    let limit = service.setting("mem_limit").or(limits);
    Some(Redis {
        settings,
        own: Vec::new(),
        acl_file: None,
        is_in_image: true,
        defect: None,
        anchor: service.key.span(),
        reach: if is_public || is_host {
            Reach::Everybody
        } else {
            Reach::Neighbours
        },
        is_whole,
        purpose: Purpose::Shipped,
        memory_limit: limit
            .and_then(|limit| bytes(&interpolation::with_defaults(limit.value.text()?))),
    })
}

/// The settings on the command line, and whether they are complete; `None` if the command does not start a server.
fn settings(service: &Service) -> Option<(Vec<Directive>, bool)> {
    let Some(command) = service.setting("command") else {
        return Some((Vec::new(), true));
    };
    let span = command.value.span();
    let listed: Vec<Word> = command
        .value
        .items()
        .filter_map(|item| {
            let text = interpolation::with_defaults(item.text()?);
            Some(Word {
                text,
                span: item.span(),
            })
        })
        .collect();
    let words = match command.value.text() {
        Some(text) => split(&interpolation::with_defaults(text), &span)?,
        None => match listed
            .iter()
            .position(|word| word.text == "-c" || word.text == "-ec")
            .and_then(|at| listed.get(at + 1))
        {
            Some(script) => split(&script.text, &script.span)?,
            None => listed,
        },
    };
    let is_program = |word: &Word| {
        let name = word.text.rsplit('/').next().unwrap_or_default();
        matches!(name, "redis-server" | "valkey-server" | "keydb-server")
    };
    let start = match words.iter().position(is_program) {
        Some(at) => at + 1,
        None if words.first().is_none_or(|word| word.text.starts_with("--")) => 0,
        None => return None,
    };
    let mut settings: Vec<Directive> = Vec::new();
    let mut is_whole = true;
    for word in words.into_iter().skip(start) {
        match (word.text.strip_prefix("--"), settings.last_mut()) {
            (Some(name), _) => settings.push(Directive {
                name: name.to_ascii_lowercase(),
                values: Vec::new(),
                span: word.span,
            }),
            (None, Some(setting)) => {
                setting.span.end = setting.span.end.max(word.span.end);
                setting.values.push(word);
            }
            // A configuration file, or standard input.
            (None, None) => is_whole = false,
        }
    }
    Some((settings, is_whole))
}

/// The words of the server's command within a line.
fn split(text: &str, span: &std::ops::Range<usize>) -> Option<Vec<Word>> {
    let commands = shell::of_text(text);
    let is_server = |command: &shell::Command| {
        command.program().ends_with("-server") || command.program().starts_with("--")
    };
    let command = commands.into_iter().find(is_server)?;
    let words = command.words.into_iter();
    Some(
        words
            .map(|word| Word {
                text: word.text,
                span: span.clone(),
            })
            .collect(),
    )
}
