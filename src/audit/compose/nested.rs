//! Nested settings, and limits.

use super::interpolation::{is_unknown, with_defaults};
use super::service::{Service, Setting};

/// The effect of a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Limit {
    /// A limit, or a value that only the environment knows.
    Set,
    /// Zero or a negative number, which means no limit.
    Unlimited,
}

impl<'t> Service<'t> {
    /// Returns the setting at a path of keys: `deploy`, `resources`, `limits`, `memory`. A key without a value does not
    /// count.
    pub(super) fn at(&self, path: &[&str]) -> Option<Setting<'t>> {
        let (first, rest) = path.split_first()?;
        let mut setting = self.setting(first)?;
        for key in rest {
            setting = setting.part(key)?;
        }
        (!setting.value.is_null()).then_some(setting)
    }

    /// Of several settings for the same limit, returns one that limits, or else any that is present.
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
    /// Returns its text, with variables replaced by their defaults.
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
