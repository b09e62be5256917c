//! Lowers findings whose value another file of the project overrides: a default of a role that the inventory sets, a
//! setting that the production profile takes from the environment, a value of a chart that its parent sets; and words
//! that fill a whole settings file.

use std::collections::BTreeMap;

use crate::detect;
use crate::lexicon::name;
use crate::model::{Category, Finding, Secret, Severity, Site};

use super::finding::DEFAULT_WORD;

mod deployed;
mod refusals;

/// The largest file that is searched for overrides, in bytes.
const LARGEST: usize = 1 << 20;
/// How many files are searched per finding.
const MOST_FILES: usize = 400;
/// How many places of a key are examined in a file.
const MOST_PLACES: usize = 200;
/// How often a filler word occurs at least in a file.
const FEWEST: usize = 3;

/// Reads a file of the project.
type Read<'r> = dyn Fn(&str) -> Option<Vec<u8>> + 'r;

/// Lowers the findings whose value is overridden. `paths` lists all files.
pub(super) fn apply(findings: &mut [Finding], paths: &[String], read: &Read<'_>) {
    let mut texts: BTreeMap<String, Option<Vec<u8>>> = BTreeMap::new();
    for finding in findings.iter_mut() {
        let Some(kind) = Kind::of(finding) else {
            continue;
        };
        let others = paths.iter().filter(|path| kind.may_override(finding, path));
        let mut is_fallback = false;
        let is_overridden = others.take(MOST_FILES).any(|path| {
            let text = texts
                .entry(path.clone())
                .or_insert_with(|| read(path).filter(|text| text.len() <= LARGEST));
            let overrides = text
                .as_deref()
                .is_some_and(|text| kind.overrides(finding, text, path));
            let falls_back = overrides && is_by_variables(path) && signs(finding);
            is_fallback |= falls_back;
            overrides && !falls_back
        });
        if is_fallback && !is_overridden {
            let note = "; it is in use wherever the variable that replaces it is not set";
            finding.message.push_str(note);
        }
        let most = match (kind, is_overridden) {
            (Kind::Role, true) => Severity::Info,
            (_, true) => Severity::Low,
            // Users of the role are expected to set it.
            (Kind::Role, false) => Severity::Medium,
            (_, false) => continue,
        };
        finding.lower_to(most);
    }
    lower_fillers(findings, read);
    refusals::lower(findings, paths, read);
    deployed::lower(findings, paths, read);
}

/// Kinds of files whose values are overridden.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Defaults of an Ansible role.
    Role,
    /// Settings for every environment, beside those for production.
    Base,
    /// Values of a subchart.
    Subchart,
}

impl Kind {
    fn of(finding: &Finding) -> Option<Self> {
        let is_value = finding.category != Category::Configuration
            && finding.secret.is_some()
            && finding.severity > Severity::Low
            && !finding.origin.is_history();
        if !is_value {
            return None;
        }
        let path = finding.location.path.as_str();
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let is_defaults = folder.rsplit('/').next() == Some("defaults");
        if is_defaults && is_yaml(name) {
            return Some(Self::Role);
        }
        if matches!(name, "values.yaml" | "values.yml") && subchart(path).is_some() {
            return Some(Self::Subchart);
        }
        profile(path).map(|_| Self::Base)
    }

    /// Whether the file at `path` is one that takes precedence over that of `finding`.
    fn may_override(self, finding: &Finding, path: &str) -> bool {
        let own = finding.location.path.as_str();
        match self {
            _ if path == own => false,
            Self::Role => {
                let is_vars = |folder: &str| {
                    matches!(
                        folder,
                        "group_vars"
                            | "host_vars"
                            | "vars"
                            | "inventory"
                            | "inventories"
                            | "playbooks"
                    )
                };
                let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
                is_yaml(name) && (folder.is_empty() || folder.split('/').any(is_vars))
            }
            Self::Base => profile(own).is_some_and(|(before, after)| {
                let is_production = |middle: &str| {
                    ["prod", "live", "runtime", "releases", "custom-environment"]
                        .iter()
                        .any(|word| middle.contains(word))
                };
                path.strip_prefix(before).is_some_and(|rest| {
                    let (stem, ending) = rest.rsplit_once('.').unwrap_or((rest, ""));
                    after.contains(&ending) && rest.matches('/').count() <= 1 && is_production(stem)
                })
            }),
            Self::Subchart => {
                subchart(own).is_some_and(|(parent, _)| {
                    path.strip_prefix(parent).is_some_and(|name| {
                        name.starts_with("values") && is_yaml(name) && !name.contains('/')
                    })
                }) || sibling_values(own, path)
            }
        }
    }

    /// Whether `text`, the content of such a file, sets the key of `finding` to another value.
    fn overrides(self, finding: &Finding, text: &[u8], path: &str) -> bool {
        let keys = setting(&finding.site.keys);
        let Some(leaf) = leaf(keys) else {
            return false;
        };
        let wanted = match self {
            // A playbook may set it at any depth.
            Self::Role => None,
            // The argument of a call rather than a setting.
            Self::Base if leaf == "default" => return false,
            Self::Base if path.ends_with(".exs") || path.ends_with(".py") => None,
            Self::Base => Some(plain(keys)),
            Self::Subchart if sibling_values(&finding.location.path, path) => Some(plain(keys)),
            Self::Subchart => {
                let chart = subchart(&finding.location.path).map_or("", |(_, chart)| chart);
                Some(format!("{chart}/{}", plain(keys)))
            }
        };
        let secret = finding.secret.as_ref().map(Secret::reveal);
        let places = memchr::memmem::find_iter(text, leaf.as_bytes()).take(MOST_PLACES);
        places.into_iter().any(|at| {
            let line = line_of(text, at);
            let is_value = value_of(&text[line.clone()], leaf).is_some_and(|value| {
                !value.is_empty()
                    && secret.is_none_or(|secret| memchr::memmem::find(value, secret).is_none())
            });
            is_value
                && wanted.as_ref().is_none_or(|wanted| {
                    let span = at..at + leaf.len();
                    plain(&Site::of(text, &span).keys) == *wanted
                })
        })
    }
}

/// Whether a file of node-config maps settings to the variables that replace them: an unset variable replaces nothing.
fn is_by_variables(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.starts_with("custom-environment-variables.")
}

/// Whether a finding is about a key that the application itself signs or encrypts with, so that it starts without
/// another key and nobody notices.
fn signs(finding: &Finding) -> bool {
    detect::is_own_key(&plain(setting(&finding.site.keys)))
}

/// For a file of settings that apply to all environments, the directory and the extensions of those for single
/// environments.
fn profile(path: &str) -> Option<(&str, &'static [&'static str])> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let start = &path[..path.len() - name.len()];
    let settings: &[&str] = &["yml", "yaml", "properties", "json", "toml", "js"];
    match name {
        "application.yml"
        | "application.yaml"
        | "application.properties"
        | "bootstrap.yml"
        | "bootstrap.yaml"
        | "appsettings.json"
        | "settings.yml"
        | "settings.yaml"
        | "values.yaml"
        | "values.yml" => Some((start, settings)),
        "default.json" | "default.yml" | "default.yaml" | "default.js"
            if folder == "config" || folder.ends_with("/config") =>
        {
            Some((start, settings))
        }
        "config.exs" => Some((start, &["exs"])),
        // The Django convention for a package of settings.
        "base.py" | "common.py" | "defaults.py"
            if folder.ends_with("settings") || folder.ends_with("config") =>
        {
            Some((start, &["py"]))
        }
        _ => None,
    }
}

/// The directory of the chart that contains the one at `path`, with a trailing slash, and the name of the inner chart.
fn subchart(path: &str) -> Option<(&str, &str)> {
    let (folder, _) = path.rsplit_once('/')?;
    let (charts, chart) = folder.rsplit_once('/').unwrap_or(("", folder));
    let parent = charts.strip_suffix("charts")?;
    (parent.is_empty() || parent.ends_with('/')).then_some((parent, chart))
}

/// Whether the file at `path` holds the production values of the same chart.
fn sibling_values(own: &str, path: &str) -> bool {
    let folder = |path: &str| {
        path.rsplit_once('/')
            .map_or(String::new(), |(it, _)| it.to_owned())
    };
    let name = path.rsplit('/').next().unwrap_or(path);
    folder(own) == folder(path) && name.contains("values") && name.contains("prod") && is_yaml(name)
}

fn is_yaml(name: &str) -> bool {
    [".yml", ".yaml"]
        .iter()
        .any(|ending| name.ends_with(ending))
}

/// The keys without quotes and list markers.
fn plain(keys: &str) -> String {
    let parts = keys.split('/').map(|part| {
        part.trim()
            .trim_start_matches("- ")
            .trim_matches(['"', '\'', ' '])
            .trim_end_matches([':', '='])
            .trim_matches(['"', '\'', ' '])
    });
    parts.collect::<Vec<_>>().join("/")
}

/// The keys that lead to a setting, without a trailing argument for its default: `JWT/SECRET_KEY` for
/// `"SECRET_KEY": env("X", default="…")` over several lines. Every such call has that argument.
fn setting(keys: &str) -> &str {
    const ARGUMENTS: [&str; 8] = [
        "default",
        "default_value",
        "defaultValue",
        "fallback",
        "initial",
        "missing",
        "or_else",
        "cast",
    ];
    let mut keys = keys;
    while let Some(last) = leaf(keys).filter(|last| ARGUMENTS.contains(last)) {
        let cut = keys.len() - last.len();
        let outer = keys.rfind('/').filter(|at| *at <= cut);
        keys = outer.map_or("", |at| &keys[..at]);
    }
    keys
}

/// The last of the keys, as it is written.
pub(super) fn leaf(keys: &str) -> Option<&str> {
    let last = keys.rsplit('/').next()?.trim().trim_start_matches("- ");
    let last = last.trim_matches(['"', '\'', ' ', ':', '=']);
    (last.len() >= 3).then_some(last)
}

fn line_of(text: &[u8], at: usize) -> std::ops::Range<usize> {
    let start = memchr::memrchr(b'\n', &text[..at]).map_or(0, |end| end + 1);
    let end = memchr::memchr(b'\n', &text[at..]).map_or(text.len(), |end| at + end);
    start..end
}

/// The value that a line sets `key` to.
fn value_of<'l>(line: &'l [u8], key: &str) -> Option<&'l [u8]> {
    let line = line.trim_ascii();
    if line.starts_with(b"#") {
        return None;
    }
    let at = memchr::memmem::find(line, key.as_bytes())?;
    let before = line[..at].last();
    let is_whole = before.is_none_or(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_');
    let rest = line[at + key.len()..].trim_ascii_start();
    let rest = rest.strip_prefix(b"\"").unwrap_or(rest).trim_ascii_start();
    let rest = rest
        .strip_prefix(b":")
        .or_else(|| rest.strip_prefix(b"="))?;
    is_whole.then(|| rest.trim_ascii())
}

/// Lowers filler words. A word that is also the value of settings other than credentials, such as a region or an id,
/// marks what is not set in that file, and is no password.
fn lower_fillers(findings: &mut [Finding], read: &Read<'_>) {
    let mut fillers: BTreeMap<(String, Vec<u8>), Vec<usize>> = BTreeMap::new();
    for (number, finding) in findings.iter().enumerate() {
        let is_word =
            finding.category == Category::Placeholder && finding.rule.as_str() == DEFAULT_WORD;
        if let Some(secret) = finding.secret.as_ref().filter(|_| is_word) {
            let key = (finding.location.path.clone(), secret.reveal().to_vec());
            fillers.entry(key).or_default().push(number);
        }
    }
    for ((path, word), numbers) in fillers {
        let Some(text) = read(&path).filter(|text| text.len() <= LARGEST) else {
            continue;
        };
        if fills(&text, &word) {
            for number in numbers {
                findings[number].lower_to(Severity::Low);
            }
        }
    }
}

/// Whether `word` is the value of several settings, some of which are no credentials.
fn fills(text: &[u8], word: &[u8]) -> bool {
    let (mut times, mut others) = (0, 0);
    for at in memchr::memmem::find_iter(text, word).take(MOST_PLACES) {
        let is_end = |byte: Option<&u8>| byte.is_none_or(|byte| !byte.is_ascii_alphanumeric());
        let before = at.checked_sub(1).and_then(|before| text.get(before));
        if !is_end(before) || !is_end(text.get(at + word.len())) {
            continue;
        }
        let head = &text[at.saturating_sub(100)..at];
        let head = String::from_utf8_lossy(head);
        let head = head.trim_end_matches(['"', '\'', ' ', ':', '=', '>', '(']);
        let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        let start = head.rfind(|c| !is_part(c)).map_or(0, |at| at + 1);
        let key = &head[start..];
        if key.is_empty() {
            continue;
        }
        times += 1;
        others += usize::from(name::classify(key).is_none());
    }
    times >= FEWEST && others > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_word_for_everything_is_a_filler() {
        let text = br#"{"merchantId": "SECRET", "privateKey": "SECRET", "region": "SECRET"}"#;
        assert!(fills(text, b"SECRET"));
        let text = br#"{"apiKey": "SECRET", "privateKey": "SECRET", "token": "SECRET"}"#;
        assert!(!fills(text, b"SECRET"));
    }

    #[test]
    fn an_argument_is_no_setting() {
        assert_eq!(setting("JWT/SECRET_KEY/default"), "JWT/SECRET_KEY");
        assert_eq!(setting("default"), "");
        assert_eq!(
            setting("spring/datasource/password"),
            "spring/datasource/password"
        );
        assert_eq!(leaf(setting("default")), None);
    }

    #[test]
    fn lines_are_read_by_their_keys() {
        assert_eq!(value_of(b"  db_pass: x", "db_pass"), Some(&b"x"[..]));
        assert_eq!(value_of(b"my_db_pass: x", "db_pass"), None);
        assert_eq!(value_of(b"# db_pass: x", "db_pass"), None);
        assert_eq!(value_of(b"\"pass\": \"x\"", "pass"), Some(&b"\"x\""[..]));
    }

    #[test]
    fn charts_within_charts_are_told_from_folders_of_charts() {
        assert_eq!(subchart("app/charts/db/values.yaml"), Some(("app/", "db")));
        assert_eq!(subchart("charts/db/values.yaml"), Some(("", "db")));
        assert_eq!(subchart("app/values.yaml"), None);
    }
}
