//! The settings of a Redis server, in a file or on its command line.

use std::ops::Range;

use crate::audit::check::Format;
use crate::audit::compose::Compose;
use crate::audit::directive::{self, Directive, Word};
use crate::audit::dockerfile::Docker;
use crate::audit::included::{self, Include, Line, Named, Placed};
use crate::audit::purpose::{self, Purpose};
use crate::audit::started;
use crate::audit::yaml::ELSEWHERE;
use crate::audit::{Project, Source};

use super::acl::{self, Stranger};
use super::{args, start};

/// A server and its settings.
pub(in crate::audit) struct Redis {
    /// In the order in which the server reads them, including those of included files.
    pub(in crate::audit) settings: Vec<Directive>,
    /// The settings of this file alone.
    pub(in crate::audit) own: Vec<Directive>,
    /// What the file that `aclfile` names allows a stranger, if it can be seen.
    pub(in crate::audit) acl_file: Option<Stranger>,
    /// Where what is missing is reported.
    pub(in crate::audit) anchor: Range<usize>,
    /// Who can reach it, as far as that is known.
    pub(in crate::audit) reach: Reach,
    /// Whether the official image runs it, in which protected mode is off unless the file switches it on.
    pub(in crate::audit) is_in_image: bool,
    /// Whether everything that affects the server is known: all files that are included or named.
    pub(in crate::audit) is_whole: bool,
    /// Why the server does not start, and where that is written in this file.
    pub(in crate::audit) defect: Option<Defect>,
    pub(in crate::audit) purpose: Purpose,
    /// The memory limit of the container, in bytes.
    pub(in crate::audit) memory_limit: Option<u64>,
}

/// A line that prevents the server from starting.
pub(in crate::audit) struct Defect {
    /// `None` if it is in another file.
    pub(in crate::audit) at: Option<usize>,
    pub(in crate::audit) reason: &'static str,
}

/// Who can reach a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::audit) enum Reach {
    /// Every network that the host is in.
    Everybody,
    /// Only neighbouring containers, or programs on the host.
    Neighbours,
    /// It depends on what the file says and where it is used.
    Unknown,
}

/// Directives that no other program has.
const OWN: &[&str] = &[
    "appendonly",
    "appendfsync",
    "maxmemory-policy",
    "protected-mode",
    "requirepass",
    "tcp-keepalive",
    "rdbcompression",
    "dbfilename",
    "tcp-backlog",
    "maxmemory",
    "aclfile",
    "replicaof",
    "masterauth",
    "rename-command",
    "save",
    "sentinel",
];

/// Reads configuration files and what they include.
struct Syntax;

/// A line: a setting, or `None` if its quotes are invalid.
type Item = Option<Directive>;

impl included::Syntax for Syntax {
    type Item = Item;

    fn read(&self, text: &str) -> Vec<Line<Item>> {
        let lines = directive::lines(text, &['#']);
        lines
            .map(|(line, at)| {
                let span = at..at + line.len();
                match args::directive(line, at) {
                    Some(include) if include.name == "include" => Line::Include(Include {
                        named: Named::File(include.value().to_owned()),
                        span: include.span,
                    }),
                    setting => Line::Item(setting, span),
                }
            })
            .collect()
    }

    fn is_audited(&self, path: &str, text: &str) -> bool {
        super::is_file(path, text)
    }

    fn roots(&self) -> &'static [&'static str] {
        &["redis.conf", "valkey.conf"]
    }
}

impl Redis {
    /// Reads a configuration file and what it includes.
    pub(in crate::audit) fn of_file(source: &Source, project: &Project<'_>) -> Self {
        let reading = included::read(&Syntax, &source.path, &source.text, project);
        let own = settings_of(&source.text);
        let (mut settings, mut defect) = (Vec::new(), None);
        for Placed { item, span } in reading.lines {
            if let Some(setting) = item {
                settings.push(placed(setting, span));
            } else {
                let at = span.map(|span| span.start);
                defect.get_or_insert(Defect {
                    at,
                    reason: "its quotes are not closed, or something follows them",
                });
            }
        }
        settings.extend(of_start(&source.path, project));
        let is_special =
            |setting: &Directive| matches!(setting.name.as_str(), "sentinel" | "cluster-enabled");
        let first = own
            .iter()
            .find(|setting| OWN.contains(&setting.name.as_str()))
            .or(own.first());
        // What is missing is reported in the file that the server reads first.
        let anchor = match first {
            _ if reading.is_part => ELSEWHERE,
            first => first.map_or(0..0, |setting| setting.span.clone()),
        };
        let acl_file = settings
            .iter()
            .rev()
            .find(|setting| setting.name == "aclfile");
        let acl_file = acl_file
            .and_then(|setting| included::found_file(&source.path, setting.value(), project))
            .and_then(|path| project.read_text(&path))
            .map(|text| acl::of_file(&text));
        Self {
            anchor,
            is_whole: reading.is_whole && !settings.iter().any(is_special),
            defect: defect.or_else(|| start::defect(&settings)),
            settings,
            own,
            acl_file,
            reach: Reach::Unknown,
            is_in_image: is_in_image(&source.path, project),
            purpose: purpose::of(&source.path, project.policy(&source.path)),
            memory_limit: None,
        }
    }

    /// Returns how many settings of the file are specific to Redis.
    pub(super) fn own_settings(&self) -> usize {
        own_settings(&self.own)
    }

    /// Returns the last setting of a name, which is the one that takes effect.
    pub(super) fn setting(&self, name: &str) -> Option<&Directive> {
        self.settings
            .iter()
            .rev()
            .find(|setting| setting.name == name)
    }

    /// Returns the value of a setting in lower case, or an empty string.
    pub(super) fn text(&self, name: &str) -> String {
        self.setting(name).map_or(String::new(), |setting| {
            setting.value().to_ascii_lowercase()
        })
    }

    /// Returns what a client that has not logged in may do.
    pub(super) fn stranger(&self) -> Stranger {
        if let Some(user) = acl::default_user(&self.settings) {
            return acl::of_rules(user.values.iter().skip(1).map(|word| word.text.as_str()));
        }
        if self
            .setting("aclfile")
            .is_some_and(|file| !file.value().is_empty())
        {
            return self.acl_file.unwrap_or(Stranger::Asked);
        }
        let password = self.setting("requirepass");
        if password.is_some_and(|password| !password.value().is_empty()) {
            return Stranger::Asked;
        }
        if self.asks_for_certificate() {
            Stranger::Refused
        } else {
            Stranger::Admitted
        }
    }

    /// Returns whether strangers are kept out.
    pub(super) fn has_auth(&self) -> bool {
        self.stranger() != Stranger::Admitted
    }

    /// Whether there is only a TLS port, on which clients must present a certificate, as is the default unless the file
    /// says otherwise.
    fn asks_for_certificate(&self) -> bool {
        let is_open = |name: &str| !matches!(self.text(name).as_str(), "" | "0");
        self.text("port") == "0"
            && is_open("tls-port")
            && !matches!(self.text("tls-auth-clients").as_str(), "no" | "optional")
    }

    /// Returns whether other hosts are rejected as long as there is no password.
    pub(super) fn is_protected(&self) -> bool {
        match self.text("protected-mode").as_str() {
            "yes" => true,
            "" => !self.is_in_image,
            _ => false,
        }
    }

    /// Returns whether it is set to listen on loopback addresses only.
    pub(super) fn is_local(&self) -> bool {
        let bind = self.setting("bind");
        let is_loopback = |text: &str| {
            let text = text.trim_start_matches('-');
            text.starts_with("127.") || text == "::1" || text == "localhost"
        };
        self.text("protected-mode") == "yes"
            || bind.is_some_and(|bind| {
                !bind.values.is_empty() && bind.values.iter().all(|word| is_loopback(&word.text))
            })
            || self.text("port") == "0" && self.setting("tls-port").is_none()
    }
}

/// Returns the options that the server is started with, which override the file.
fn of_start(path: &str, project: &Project<'_>) -> Vec<Directive> {
    let options = started::options(path, project).into_iter();
    let setting = |(name, value): (String, String)| Directive {
        name,
        values: vec![Word {
            text: value,
            span: ELSEWHERE,
        }],
        span: ELSEWHERE,
    };
    options
        .filter(|(_, value)| !value.is_empty())
        .map(setting)
        .collect()
}

/// Returns the settings of one file, including lines with invalid quotes.
pub(super) fn settings_of(text: &str) -> Vec<Directive> {
    let lines = directive::lines(text, &['#']);
    lines
        .filter_map(|(line, at)| {
            args::directive(line, at).or_else(|| directive::spaced(line, at, None))
        })
        .collect()
}

/// Returns how many settings are specific to Redis.
pub(super) fn own_settings(settings: &[Directive]) -> usize {
    let settings = settings.iter();
    settings
        .filter(|setting| OWN.contains(&setting.name.as_str()))
        .count()
}

/// Returns a setting whose ranges are those where it is reported in the file under audit.
fn placed(mut setting: Directive, span: Option<Range<usize>>) -> Directive {
    let is_own = span
        .as_ref()
        .is_some_and(|span| span.start <= setting.span.start && setting.span.end <= span.end);
    if !is_own {
        let span = span.unwrap_or(ELSEWHERE);
        for word in &mut setting.values {
            word.span = span.clone();
        }
        setting.span = span;
    }
    setting
}

/// Whether a Compose file or a Dockerfile of the tree passes the file to the Redis image.
fn is_in_image(path: &str, project: &Project<'_>) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let formats: [&dyn Format; 2] = [&Compose, &Docker];
    let mut files = formats
        .into_iter()
        .flat_map(|format| project.claimed_by(format));
    files.any(|source| {
        let is_image = |line: &str| {
            let line = line.trim_start().to_ascii_lowercase();
            let names = ["redis", "valkey"].iter().any(|name| line.contains(name));
            names && (line.starts_with("image:") || line.starts_with("from "))
        };
        source.text.contains(name) && source.text.lines().any(is_image)
    })
}

/// Parses a number of bytes as Redis does: `256mb` is in powers of two, `256m` in powers of ten.
pub(in crate::audit) fn memory(text: &str) -> Option<u64> {
    let text = text.trim().to_ascii_lowercase();
    let factor = |unit: &str| match unit {
        "k" => Some(1_000),
        "m" => Some(1_000_000),
        "g" => Some(1_000_000_000),
        _ => None,
    };
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    match factor(&text[digits.len()..]) {
        Some(factor) => digits.parse::<u64>().ok()?.checked_mul(factor),
        None => bytes(&text),
    }
}

/// Parses a number of bytes as Redis and Compose write it: `256mb`, `1g`, `512M`.
pub(in crate::audit) fn bytes(text: &str) -> Option<u64> {
    let text = text.trim().to_ascii_lowercase();
    let digits = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let number: u64 = text[..digits].parse().ok()?;
    let factor = match &text[digits..] {
        "" | "b" => 1,
        "k" | "kb" | "kib" => 1 << 10,
        "m" | "mb" | "mib" => 1 << 20,
        "g" | "gb" | "gib" => 1 << 30,
        _ => return None,
    };
    number.checked_mul(factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_of_memory() {
        for (text, expected) in [
            ("256mb", Some(256 << 20)),
            ("1G", Some(1 << 30)),
            ("100", Some(100)),
            ("x", None),
            ("1t", None),
        ] {
            assert_eq!(bytes(text), expected, "{text}");
        }
    }
}
