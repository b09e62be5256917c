//! The settings of a Redis server, in a file or on its command line.

use std::ops::Range;

use crate::audit::directive::{self, Directive};
use crate::audit::purpose::Purpose;

/// A server and its settings.
pub(in crate::audit) struct Redis {
    pub(in crate::audit) settings: Vec<Directive>,
    /// Where what is missing is reported.
    pub(in crate::audit) anchor: Range<usize>,
    /// Who can reach it, as far as that is known.
    pub(in crate::audit) reach: Reach,
    /// Whether nothing else can show the server anything: no file that is included or named.
    pub(in crate::audit) is_whole: bool,
    pub(in crate::audit) purpose: Purpose,
    /// The memory that the container may have, in bytes.
    pub(in crate::audit) memory_limit: Option<u64>,
}

/// Who can reach a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::audit) enum Reach {
    /// Every network that the host is in.
    Everybody,
    /// Only containers beside it, or programs on the host.
    Neighbours,
    /// That depends on what the file states and where it is used.
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

impl Redis {
    /// Reads a configuration file.
    pub(in crate::audit) fn of_file(text: &str, purpose: Purpose) -> Self {
        let lines = directive::lines(text, &['#']);
        let settings: Vec<_> = lines
            .filter_map(|(line, at)| directive::spaced(line, at, None))
            .collect();
        let first = settings
            .iter()
            .find(|setting| OWN.contains(&setting.name.as_str()))
            .or(settings.first());
        Self {
            anchor: first.map_or(0..0, |setting| setting.span.clone()),
            is_whole: !settings.iter().any(|setting| {
                matches!(
                    setting.name.as_str(),
                    "include" | "sentinel" | "cluster-enabled"
                )
            }),
            settings,
            reach: Reach::Unknown,
            purpose,
            memory_limit: None,
        }
    }

    /// Returns how many settings are ones that only Redis has.
    pub(super) fn own_settings(&self) -> usize {
        self.settings
            .iter()
            .filter(|setting| OWN.contains(&setting.name.as_str()))
            .count()
    }

    /// Returns the last setting of a name that is there, as that one counts.
    pub(super) fn setting(&self, name: &str) -> Option<&Directive> {
        self.settings
            .iter()
            .rev()
            .find(|setting| setting.name == name)
    }

    /// Returns the text of a setting in lower case, or nothing.
    pub(super) fn text(&self, name: &str) -> String {
        self.setting(name).map_or(String::new(), |setting| {
            setting.value().to_ascii_lowercase()
        })
    }

    /// Returns whether someone has to say who they are.
    pub(super) fn has_auth(&self) -> bool {
        let mut settings = self.settings.iter();
        settings.any(|setting| match setting.name.as_str() {
            "requirepass" => !setting.value().is_empty(),
            "aclfile" => true,
            // `user default off`, or one with a password.
            "user" => setting
                .values
                .iter()
                .any(|word| word.text == "off" || word.text.starts_with(['>', '#'])),
            _ => false,
        })
    }

    /// Returns whether it listens on the host's own addresses only, by its own word.
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

/// Returns a number of bytes as Redis and compose write it: `256mb`, `1g`, `512M`.
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
