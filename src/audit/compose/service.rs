//! A service as it runs: its own settings, and those of services that it extends.

use std::cell::OnceCell;

use rustc_hash::FxHashSet;

use crate::audit::limit;
use crate::audit::report::Use;
use crate::audit::yaml::{ELSEWHERE, Span, Style, Value};

use super::env_file::EnvFiles;
use super::interpolation;
use super::layers::first_of;

/// Names of users and databases of one service that passwords are compared with.
const MAX_NAMES: usize = 100;

/// One service of a Compose file.
pub(super) struct Service<'t> {
    pub(super) name: &'t str,
    /// The key that names it.
    pub(super) key: Value<'t>,
    /// Everything that is said about it, in order of precedence: each merged file, the last one first, and in each the
    /// service itself and then the services that it extends there.
    pub(super) layers: Vec<Layer<'t>>,
    /// Whether it extends a service that cannot be read, so that some of its settings are unknown.
    pub(super) extends_elsewhere: bool,
    /// Whether it only adds to a service that another merged file defines.
    pub(super) is_overlay: bool,
    /// Whether only development profiles start it.
    pub(super) is_for_development: bool,
    /// The variables from its env files.
    pub(super) env_files: EnvFiles,
    /// The names of users and databases in its variables; computed on first use.
    names: OnceCell<Vec<String>>,
}

/// The settings of a service as written, and the way by which another service gets them.
#[derive(Clone)]
pub(super) struct Layer<'t> {
    pub(super) settings: Value<'t>,
    pub(super) via: Option<Span>,
}

/// A setting of a service.
pub(super) struct Setting<'t> {
    pub(super) value: Value<'t>,
    /// Where the service refers to it, if it is written elsewhere.
    via: Option<Span>,
    /// The values that it is merged onto, in order of precedence.
    under: Vec<(Value<'t>, Option<Span>)>,
}

/// One variable of a service's environment, or one label.
pub(super) struct Variable<'t> {
    pub(super) name: String,
    /// The text of its value, with variables that are set beside the file replaced, and all others as written.
    pub(super) value: String,
    /// The text of its value as it is written.
    pub(super) written: String,
    /// The scalar that holds the value: the value itself, or the whole `NAME=value` of a list.
    pub(super) scalar: Value<'t>,
    /// How many bytes of the scalar's text come before the value.
    pub(super) skipped: usize,
    pub(super) via: Option<Span>,
}

impl<'t> Service<'t> {
    /// Returns a service with this name and no settings.
    pub(super) fn new(name: &'t str, key: Value<'t>) -> Self {
        Self {
            name,
            key,
            layers: Vec::new(),
            extends_elsewhere: false,
            is_overlay: false,
            is_for_development: false,
            env_files: EnvFiles::default(),
            names: OnceCell::new(),
        }
    }

    /// Returns the users and databases named in its variables.
    pub(super) fn names(&self) -> &[String] {
        #[rustfmt::skip]
        const ENDINGS: &[&str] = &[
            "USER", "USERNAME", "LOGIN", "DB", "DATABASE", "DB_NAME", "DATABASE_NAME", "DBNAME",
        ];
        self.names.get_or_init(|| {
            let variables = self.variables("environment");
            let named = variables.into_iter().filter(|variable| {
                let name = variable.name.to_ascii_uppercase();
                ENDINGS.iter().any(|ending| name.ends_with(ending))
            });
            let mut names: Vec<String> = named.map(|variable| variable.value).collect();
            names.sort_unstable();
            names.dedup();
            if names.len() > MAX_NAMES {
                limit::reached(format!("more than {MAX_NAMES} user names in one service"));
                names.truncate(MAX_NAMES);
            }
            names
        })
    }

    /// Returns a setting that is not a list: the service's own, or else the nearest one that it extends. Mappings are
    /// merged; [`Setting::part`] searches all of them.
    pub(super) fn setting(&self, key: &str) -> Option<Setting<'t>> {
        let mut layers = self.layers.iter();
        let (value, via) = layers.find_map(|layer| layer.get(key))?;
        if value.tag() == Some("reset") {
            return None;
        }
        let mut under = Vec::new();
        if value.is_mapping() && value.tag() != Some("override") {
            for (value, via) in layers.filter_map(|layer| layer.get(key)) {
                if !value.is_mapping() || value.tag() == Some("reset") {
                    break;
                }
                under.push((value, via));
                if value.tag() == Some("override") {
                    break;
                }
            }
        }
        Some(Setting { value, via, under })
    }

    /// Returns the text of a setting, with variables replaced by their defaults.
    pub(super) fn text(&self, key: &str) -> Option<String> {
        let setting = self.setting(key)?;
        setting.value.text().map(interpolation::with_defaults)
    }

    /// Returns the items of a setting that is a list, including those of extended services.
    pub(super) fn items(&self, key: &str) -> Vec<Setting<'t>> {
        let mut items = Vec::new();
        for layer in &self.layers {
            let Some(list) = layer.settings.get(key) else {
                continue;
            };
            if list.tag() == Some("reset") {
                break;
            }
            items.extend(list.items().map(|value| Setting {
                value,
                via: first_of([layer.via.clone(), list.via(), value.via()]),
                under: Vec::new(),
            }));
            if list.tag() == Some("override") {
                break;
            }
        }
        items
    }

    /// Returns the entries of a setting that maps names to values or lists `NAME=value`: `environment`, `labels`.
    pub(super) fn variables(&self, key: &str) -> Vec<Variable<'t>> {
        variables(self.layers.iter(), &[key])
    }

    /// Returns whether `is` holds for the name and the value of any of its variables.
    pub(super) fn has_variable(&self, is: impl Fn(&str, &str) -> bool) -> bool {
        let mut groups = self
            .layers
            .iter()
            .filter_map(|layer| layer.settings.get("environment"));
        let mut given = self.env_files.given.iter();
        given.any(|given| is(&given.name, &given.value))
            || groups.any(|group| {
                let mapped = group
                    .entries()
                    .filter_map(|entry| Some((entry.key.text()?, entry.value.text()?)));
                let listed = group
                    .items()
                    .filter_map(|item| item.text()?.split_once('='));
                mapped.chain(listed).any(|(name, value)| is(name, value))
            })
    }

    /// Returns whether it is set to run no containers.
    pub(super) fn is_idle(&self) -> bool {
        let count = self
            .setting("scale")
            .or_else(|| self.at(&["deploy", "replicas"]));
        count
            .and_then(|count| count.text())
            .is_some_and(|count| count.trim() == "0")
    }

    /// Returns how many settings the checks examine, counting inherited ones wherever they are inherited.
    pub(super) fn weight(&self) -> usize {
        let groups = [
            "build",
            "cap_add",
            "cap_drop",
            "command",
            "depends_on",
            "device_cgroup_rules",
            "devices",
            "entrypoint",
            "environment",
            "labels",
            "ports",
            "profiles",
            "security_opt",
            "tmpfs",
            "volumes",
        ];
        let layers = self.layers.iter();
        layers
            .flat_map(|layer| groups.iter().filter_map(|group| layer.settings.get(group)))
            .map(Value::size)
            .sum()
    }

    /// Whether the container is privileged.
    pub(super) fn is_privileged(&self) -> bool {
        let setting = self.setting("privileged");
        setting.is_some_and(|setting| setting.is_true())
    }

    /// Returns whether another file completes this service: that file may have what is missing here, and the lack is
    /// reported there.
    pub(super) fn is_fragment(&self) -> bool {
        self.extends_elsewhere
            || self.is_overlay
            || !["image", "build"]
                .iter()
                .any(|key| self.setting(key).is_some())
    }

    /// Returns where this service uses something that is written elsewhere.
    pub(super) fn used(&self, via: Option<Span>) -> Option<Use> {
        via.filter(|via| *via != ELSEWHERE).map(|span| Use {
            span,
            message: format!("used by service `{}`", self.name),
        })
    }
}

impl<'t> Layer<'t> {
    /// Returns the value of a key, and the way by which the service gets it.
    pub(super) fn get(&self, key: &str) -> Option<(Value<'t>, Option<Span>)> {
        let value = self.settings.get(key)?;
        Some((value, first_of([self.via.clone(), value.via(), None])))
    }
}

/// Returns the variables at a path of keys; those of earlier layers come first.
pub(super) fn variables<'l, 't: 'l>(
    layers: impl Iterator<Item = &'l Layer<'t>>,
    path: &[&str],
) -> Vec<Variable<'t>> {
    let mut variables: Vec<Variable<'t>> = Vec::new();
    let mut names = FxHashSet::default();
    for layer in layers {
        let mut keys = path.iter();
        let Some(group) = keys.try_fold(layer.settings, |group, key| group.get(key)) else {
            continue;
        };
        if group.tag() == Some("reset") {
            break;
        }
        let way = |value: Value<'t>| first_of([layer.via.clone(), group.via(), value.via()]);
        let mapped = group.entries().filter_map(|entry| {
            let (name, text) = (entry.key.text()?, entry.value.text()?);
            let present = !entry.value.is_null() && entry.value.tag() != Some("reset");
            present.then(|| Variable {
                name: name.to_owned(),
                value: text.to_owned(),
                written: entry.value.written().unwrap_or(text).to_owned(),
                scalar: entry.value,
                skipped: 0,
                via: way(entry.value),
            })
        });
        let listed = group.items().filter_map(|item| {
            let (name, value) = item.text()?.split_once('=')?;
            let (written_name, written) = item.written()?.split_once('=')?;
            Some(Variable {
                name: name.trim().to_owned(),
                value: value.to_owned(),
                written: written.to_owned(),
                scalar: item,
                skipped: written_name.len() + 1,
                via: way(item),
            })
        });
        let layer: Vec<_> = mapped
            .chain(listed)
            .filter(|variable| !names.contains(&variable.name))
            .collect();
        names.extend(layer.iter().map(|variable| variable.name.clone()));
        variables.extend(layer);
        if group.tag() == Some("override") {
            break;
        }
    }
    variables
}

impl<'t> Setting<'t> {
    /// Returns the way by which the service gets it, if it is not written in the service.
    pub(super) fn via(&self) -> Option<Span> {
        self.via.clone()
    }

    /// Returns a part of the setting, which the service gets the same way or by that of a value it is merged onto.
    pub(super) fn part(&self, key: &str) -> Option<Setting<'t>> {
        let own = std::iter::once((self.value, self.via.clone()));
        let mut found = own
            .chain(self.under.iter().cloned())
            .filter_map(|(value, via)| {
                let part = value.get(key)?;
                Some((part, first_of([via, part.via(), None])))
            });
        let (value, via) = found
            .next()
            .filter(|(value, _)| value.tag() != Some("reset"))?;
        let under = if value.is_mapping() {
            found.collect()
        } else {
            Vec::new()
        };
        Some(Setting { value, via, under })
    }

    /// Returns whether it is true, to Compose or in YAML 1.1; a variable counts by its default.
    pub(super) fn is_true(&self) -> bool {
        self.value.text().is_some_and(|text| {
            let text = interpolation::with_defaults(text);
            ["true", "yes", "on", "y"]
                .iter()
                .any(|word| text.trim().eq_ignore_ascii_case(word))
        })
    }
}

impl Variable<'_> {
    /// Returns the offset of `part`, a slice of the written value.
    pub(super) fn offset_of(&self, part: &str) -> usize {
        let at = (part.as_ptr() as usize).checked_sub(self.written.as_ptr() as usize);
        at.filter(|at| *at <= self.written.len()).unwrap_or(0)
    }

    /// Returns where `part`, which begins `at` bytes into the value, is written in `text`; the whole scalar if it is
    /// not written the way it reads.
    pub(super) fn place_of(&self, part: &str, at: usize, text: &str) -> Span {
        let span = content(self.scalar, text);
        let written = &text[span.clone()];
        // Quotes and folding only make the text longer than what it reads as.
        let from = (self.skipped + at).min(written.len());
        let from = self.unfolded(written, from).unwrap_or(from);
        let found = written
            .get(from..)
            .filter(|_| !part.is_empty())
            .and_then(|rest| rest.find(part));
        match found {
            Some(at) => span.start + from + at..span.start + from + at + part.len(),
            None => span,
        }
    }
}

impl Variable<'_> {
    /// The offset in a block scalar, as written, of what is `at` bytes into its text without indentation: the same
    /// number of bytes other than white space precede both.
    fn unfolded(&self, written: &str, at: usize) -> Option<usize> {
        let is_block = written.starts_with(['>', '|']) && written.contains('\n');
        let reads = self.scalar.written().filter(|_| is_block)?;
        let is_black = |byte: &u8| !byte.is_ascii_whitespace();
        let before = reads
            .as_bytes()
            .get(..at)?
            .iter()
            .filter(|byte| is_black(byte))
            .count();
        let start = written.find('\n')?;
        let black = written
            .bytes()
            .enumerate()
            .skip(start)
            .filter(|(_, byte)| is_black(byte));
        black.map(|(at, _)| at).nth(before)
    }
}

/// Returns the bytes of a scalar without its quotes.
pub(super) fn content(scalar: Value, text: &str) -> Span {
    let span = scalar.span();
    let quoted = scalar.style() == Some(Style::Quoted)
        && span.len() >= 2
        && matches!(text.as_bytes()[span.end - 1], b'"' | b'\'');
    if quoted {
        span.start + 1..span.end - 1
    } else {
        span
    }
}
