//! Settings within settings, and limits.

use super::interpolation::{is_unknown, with_defaults};
use super::service::{Service, Setting};

/// What a limit comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Limit {
    /// Something limited, or something that only the environment knows.
    Set,
    /// A number that means that there is none: zero, or less.
    Unlimited,
}

impl<'t> Service<'t> {
    /// Returns the setting at the end of a path of keys: `deploy`, `resources`, `limits`, `memory`. One without a value
    /// is none.
    pub(super) fn at(&self, path: &[&str]) -> Option<Setting<'t>> {
        let (first, rest) = path.split_first()?;
        let mut setting = self.setting(first)?;
        for key in rest {
            setting = setting.part(key)?;
        }
        (!setting.value.is_null()).then_some(setting)
    }

    /// Of several settings for one limit the one that limits, or else one that is there.
    pub(super) fn limit(&self, paths: &[&[&str]]) -> Option<(Setting<'t>, Limit)> {
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

impl Setting<'_> {
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
