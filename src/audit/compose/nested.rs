//! Settings within settings, where those of extended services are laid below one by one.

use crate::audit::yaml::{Span, Value};

use super::interpolation::{is_unknown, with_defaults};
use super::service::Service;

/// A setting within others.
pub(super) struct Nested<'t> {
    pub(super) value: Value<'t>,
    /// The way by which the service has it, when it is not written in the service.
    pub(super) via: Option<Span>,
}

/// What a limit comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Limit {
    /// Something limited, or something that only the environment knows.
    Set,
    /// A number that means that there is none: zero, or less.
    Unlimited,
}

impl<'t> Service<'t> {
    /// The setting at the end of a path of keys: `deploy`, `resources`, `limits`, `memory`.
    pub(super) fn at(&self, path: &[&str]) -> Option<Nested<'t>> {
        for layer in &self.layers {
            let mut value = layer.settings;
            let mut via = layer.via.clone();
            let mut steps = path.iter();
            let found = steps.all(|key| match value.get(key) {
                Some(inner) => {
                    via = via.clone().or_else(|| inner.via());
                    value = inner;
                    inner.tag() != Some("reset")
                }
                None => false,
            });
            if found {
                return (!value.is_null()).then_some(Nested { value, via });
            }
            if value.tag() == Some("reset") {
                return None;
            }
        }
        None
    }

    /// The first of several settings that is there and is a limit, with what it comes to.
    pub(super) fn limit(&self, paths: &[&[&str]]) -> Option<(Nested<'t>, Limit)> {
        let found = paths.iter().filter_map(|path| self.at(path));
        let mut limits: Vec<_> = found
            .map(|setting| {
                let limit = setting.limit();
                (setting, limit)
            })
            .collect();
        limits.sort_by_key(|(_, limit)| *limit == Limit::Unlimited);
        limits.into_iter().next()
    }
}

impl Nested<'_> {
    /// Its text, with the defaults of its variables.
    pub(super) fn text(&self) -> Option<String> {
        self.value.text().map(with_defaults)
    }

    fn limit(&self) -> Limit {
        let text = self.text().unwrap_or_default();
        let number = text
            .trim()
            .trim_end_matches(|c: char| c.is_ascii_alphabetic());
        match number.parse::<f64>() {
            Ok(number) if number <= 0.0 && !is_unknown(&text) => Limit::Unlimited,
            _ => Limit::Set,
        }
    }
}
