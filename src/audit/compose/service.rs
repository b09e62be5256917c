//! A service as it will run: its own settings, and those it takes from services that it extends.

use rustc_hash::FxHashSet;

use crate::audit::report::Use;
use crate::audit::yaml::{Span, Style, Value};

use super::interpolation;

/// One service of a compose file.
pub(super) struct Service<'t> {
    pub(super) name: &'t str,
    /// The key that names it.
    pub(super) key: Value<'t>,
    /// Its own settings first, then those of each service it extends.
    pub(super) layers: Vec<Layer<'t>>,
    /// Whether it extends a service of another file, whose settings are not known here.
    pub(super) extends_elsewhere: bool,
    /// Whether only development profiles start it.
    pub(super) is_for_development: bool,
}

/// The settings of one service as they are written, and the way by which another takes them.
#[derive(Clone)]
pub(super) struct Layer<'t> {
    pub(super) settings: Value<'t>,
    pub(super) via: Option<Span>,
}

/// Something that a service has.
pub(super) struct Setting<'t> {
    pub(super) value: Value<'t>,
    /// Where the service takes it from elsewhere.
    via: Option<Span>,
}

/// One variable of a service's environment, or one label.
pub(super) struct Variable<'t> {
    pub(super) name: String,
    /// The text of its value, before interpolation.
    pub(super) value: String,
    /// The scalar that holds the value: the value itself, or the whole `NAME=value` of a list.
    pub(super) scalar: Value<'t>,
    /// How many bytes of the scalar's text come before the value.
    pub(super) skipped: usize,
    pub(super) via: Option<Span>,
}

impl<'t> Service<'t> {
    /// A setting that is one thing: the service's own, or else the nearest one that it extends.
    pub(super) fn setting(&self, key: &str) -> Option<Setting<'t>> {
        for layer in &self.layers {
            if let Some(value) = layer.settings.get(key) {
                let via = layer.via.clone().or_else(|| value.via());
                return (value.tag() != Some("reset")).then_some(Setting { value, via });
            }
        }
        None
    }

    /// The text of a setting, with the defaults of its variables.
    pub(super) fn text(&self, key: &str) -> Option<String> {
        let setting = self.setting(key)?;
        setting.value.text().map(interpolation::with_defaults)
    }

    /// The items of a setting that is a list, those of extended services included.
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
            }));
            if list.tag() == Some("override") {
                break;
            }
        }
        items
    }

    /// The entries of a setting that maps names to values or lists `NAME=value`: `environment`, `labels`.
    pub(super) fn variables(&self, key: &str) -> Vec<Variable<'t>> {
        let mut variables: Vec<Variable<'t>> = Vec::new();
        let mut names = FxHashSet::default();
        for layer in &self.layers {
            let Some(group) = layer.settings.get(key) else {
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
                    scalar: entry.value,
                    skipped: 0,
                    via: way(entry.value),
                })
            });
            let listed = group.items().filter_map(|item| {
                let (name, value) = item.text()?.split_once('=')?;
                Some(Variable {
                    name: name.trim().to_owned(),
                    value: value.to_owned(),
                    scalar: item,
                    skipped: name.len() + 1,
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

    /// How many settings the checks will look at, inherited ones counted wherever they are inherited.
    pub(super) fn weight(&self) -> usize {
        let groups = [
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

    /// Whether it is a part of a service that another file makes whole: what it lacks, that file may have.
    pub(super) fn is_fragment(&self) -> bool {
        self.extends_elsewhere
            || !["image", "build"]
                .iter()
                .any(|key| self.setting(key).is_some())
    }

    /// Says that this service uses something written elsewhere.
    pub(super) fn used(&self, via: Option<Span>) -> Option<Use> {
        via.map(|span| Use {
            span,
            message: format!("service `{}` takes it from there", self.name),
        })
    }
}

impl<'t> Setting<'t> {
    /// The way by which the service has it, when it is not written in the service.
    pub(super) fn via(&self) -> Option<Span> {
        self.via.clone()
    }

    /// A part of the setting, which the service has by the same way.
    pub(super) fn part(&self, key: &str) -> Option<Setting<'t>> {
        let value = self.value.get(key)?;
        let via = self.via.clone().or_else(|| value.via());
        Some(Setting { value, via })
    }

    /// Whether it means yes, to compose or to YAML 1.1; a variable counts by its default.
    pub(super) fn is_true(&self) -> bool {
        self.value.text().is_some_and(|text| {
            let text = interpolation::with_defaults(text);
            ["true", "yes", "on", "y", "1"]
                .iter()
                .any(|word| text.trim().eq_ignore_ascii_case(word))
        })
    }
}

impl Variable<'_> {
    /// Where `part` of its value is written in `text`; the whole scalar, when it is not written as it reads.
    pub(super) fn place_of(&self, part: &str, text: &str) -> Span {
        let span = content(self.scalar, text);
        let written = &text[span.clone()];
        let from = self.skipped.min(written.len());
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

/// The bytes of a scalar without its quotes.
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

fn first_of(ways: [Option<Span>; 3]) -> Option<Span> {
    ways.into_iter().flatten().next()
}
