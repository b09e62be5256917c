//! Takes values out of a TOML document, and reports the position of any that has the wrong type or range.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::model::LineIndex;
use crate::redact::echo;

use super::{ConfigError, Placed};

/// How similar (0 to 1) an unknown key must be to a known one to be suggested as its correction.
const LIKE: f64 = 0.8;

/// One file while it is being read.
pub(crate) struct Reader<'t> {
    file: &'t str,
    text: &'t str,
    lines: LineIndex<'t>,
}

/// A key, its byte range, and its value.
pub(crate) type Pair<'a, 'v> = (&'a str, Range<usize>, &'a Value<'v>);

/// A value and its byte range.
pub(crate) type Value<'v> = Spanned<DeValue<'v>>;

impl<'t> Reader<'t> {
    pub(crate) fn new(file: &'t str, text: &'t str) -> Self {
        Self {
            file,
            text,
            lines: LineIndex::new(text.as_bytes()),
        }
    }

    /// Parses the document and returns its root table.
    pub(crate) fn document(&self) -> Result<DeTable<'t>, ConfigError> {
        let root = DeTable::parse(self.text).map_err(|error| {
            let message = error.message().replace('\n', ", ");
            self.error(error.span().unwrap_or(0..0), message)
        })?;
        Ok(root.into_inner())
    }

    /// Returns the entries of a table in the order in which they are written; every key must be one of `known`. `table`
    /// is its name, empty for the root table.
    pub(crate) fn entries<'a, 'v>(
        &self,
        entries: &'a DeTable<'v>,
        table: &str,
        known: &[&str],
    ) -> Result<Vec<(&'a str, &'a Value<'v>)>, ConfigError> {
        let mut found: Vec<_> = entries.iter().collect();
        found.sort_by_key(|(key, _)| key.span().start);
        for (key, _) in &found {
            let name: &str = key.get_ref();
            if !known.contains(&name) {
                return Err(self.error(key.span(), unknown(name, table, known)));
            }
        }
        let named = found
            .into_iter()
            .map(|(key, value)| (&**key.get_ref(), value));
        Ok(named.collect())
    }

    /// Returns the value as a table.
    pub(crate) fn table<'a, 'v>(
        &self,
        name: &str,
        value: &'a Value<'v>,
    ) -> Result<&'a DeTable<'v>, ConfigError> {
        match value.get_ref() {
            DeValue::Table(table) => Ok(table),
            other => Err(self.mismatch(name, "a table", other, value.span())),
        }
    }

    /// Returns the value as a string.
    pub(crate) fn text<'a>(
        &self,
        name: &str,
        value: &'a Value<'_>,
    ) -> Result<&'a str, ConfigError> {
        match value.get_ref() {
            DeValue::String(text) => Ok(text),
            other => Err(self.mismatch(name, "a string in quotes", other, value.span())),
        }
    }

    /// Returns the value as a list of strings that each pass `is_right`. `what` describes such a string in errors.
    pub(crate) fn texts(
        &self,
        name: &str,
        value: &Value<'_>,
        what: &str,
        is_right: impl Fn(&str) -> bool,
    ) -> Result<Vec<String>, ConfigError> {
        let DeValue::Array(items) = value.get_ref() else {
            return Err(self.mismatch(name, "a list of strings", value.get_ref(), value.span()));
        };
        let mut texts = Vec::new();
        for item in items {
            let text = self.text(name, item)?;
            if !is_right(text) {
                let message = format!("`{name}`: this must be {what}");
                return Err(self.error(item.span(), message));
            }
            texts.push(text.to_owned());
        }
        Ok(texts)
    }

    /// Returns the value as a list of strings, or as a list of one if it is a string; see [`texts`](Self::texts).
    pub(crate) fn one_or_more(
        &self,
        name: &str,
        value: &Value<'_>,
        what: &str,
        is_right: impl Fn(&str) -> bool,
    ) -> Result<Vec<String>, ConfigError> {
        match value.get_ref() {
            DeValue::String(text) if is_right(text) => Ok(vec![text.to_string()]),
            DeValue::String(_) => {
                let message = format!("`{name}` must be {what}");
                Err(self.error(value.span(), message))
            }
            _ => self.texts(name, value, what, is_right),
        }
    }

    /// Returns the value as a list of tables.
    pub(crate) fn tables<'a, 'v>(
        &self,
        name: &str,
        value: &'a Value<'v>,
    ) -> Result<Vec<&'a Value<'v>>, ConfigError> {
        match value.get_ref() {
            DeValue::Array(items) => Ok(items.iter().collect()),
            other => {
                let wanted = format!("a list of tables, each starting with `[[{name}]]`");
                Err(self.mismatch(name, &wanted, other, value.span()))
            }
        }
    }

    /// Returns the entries of a table with arbitrary keys, with the byte range of each key, in the order in which they
    /// are written.
    pub(crate) fn pairs<'a, 'v>(
        &self,
        name: &str,
        value: &'a Value<'v>,
    ) -> Result<Vec<Pair<'a, 'v>>, ConfigError> {
        let mut found: Vec<_> = self.table(name, value)?.iter().collect();
        found.sort_by_key(|(key, _)| key.span().start);
        let pairs = found
            .into_iter()
            .map(|(key, value)| (&**key.get_ref(), key.span(), value));
        Ok(pairs.collect())
    }

    /// Returns a string with its position.
    pub(crate) fn placed(&self, text: &str, span: Range<usize>) -> Placed {
        let place = self.lines.position(span.start);
        Placed::new(text, place.line, place.column)
    }

    /// Returns the strings of a list, or the string itself, with their positions.
    pub(crate) fn places(&self, value: &Value<'_>) -> Vec<Placed> {
        let placed = |value: &Value<'_>| match value.get_ref() {
            DeValue::String(text) => Some(self.placed(text, value.span())),
            _ => None,
        };
        match value.get_ref() {
            DeValue::Array(items) => items.iter().filter_map(placed).collect(),
            _ => placed(value).into_iter().collect(),
        }
    }

    /// Returns the value as a boolean.
    pub(crate) fn truth(&self, name: &str, value: &Value<'_>) -> Result<bool, ConfigError> {
        match value.get_ref() {
            DeValue::Boolean(truth) => Ok(*truth),
            other => Err(self.mismatch(name, "true or false", other, value.span())),
        }
    }

    /// Returns the value as an integer within `range`.
    pub(crate) fn number(
        &self,
        name: &str,
        value: &Value<'_>,
        range: Range<usize>,
    ) -> Result<usize, ConfigError> {
        let DeValue::Integer(number) = value.get_ref() else {
            return Err(self.mismatch(name, "a whole number", value.get_ref(), value.span()));
        };
        let parsed = usize::from_str_radix(number.as_str(), number.radix()).ok();
        parsed
            .filter(|number| range.contains(number))
            .ok_or_else(|| {
                let (least, most) = (range.start, range.end - 1);
                self.error(
                    value.span(),
                    format!("`{name}` must be from {least} to {most}"),
                )
            })
    }

    fn mismatch(
        &self,
        name: &str,
        wanted: &str,
        found: &DeValue<'_>,
        span: Range<usize>,
    ) -> ConfigError {
        let found = match found {
            DeValue::String(_) => "a string",
            DeValue::Integer(_) => "a whole number",
            DeValue::Float(_) => "a floating-point number",
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a date",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        self.error(span, format!("`{name}` must be {wanted}, not {found}"))
    }

    /// Returns an error at the position where `span` begins.
    pub(crate) fn error(&self, span: Range<usize>, message: String) -> ConfigError {
        let place = self.lines.position(span.start);
        ConfigError {
            file: self.file.to_owned(),
            line: place.line,
            column: place.column,
            message,
        }
    }
}

fn unknown(name: &str, table: &str, known: &[&str]) -> String {
    let name: String = name.chars().take(60).collect();
    let likeness = |known: &str| strsim::jaro_winkler(&name.replace('_', "-"), known);
    let nearest = known
        .iter()
        .max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
    let hint = if let Some(known) = nearest.filter(|known| likeness(known) > LIKE) {
        format!("did you mean `{known}`?")
    } else {
        let known: Vec<_> = known.iter().map(|known| format!("`{known}`")).collect();
        format!("there is {}", known.join(", "))
    };
    let named = |what: &str| match echo(&name) {
        Some(name) => format!("{what} `{name}`"),
        // It may be a value pasted in the wrong place, so it must not be repeated.
        None => format!("such {what}"),
    };
    match table {
        "" => format!("unknown {}: {hint}", named("table or key")),
        table => format!("`{table}` has no {}: {hint}", named("key")),
    }
}
