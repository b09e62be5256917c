//! The contents of a gitleaks or betterleaks rule file, key by key, with line numbers.
//!
//! Keys are read in any case, as in those tools. There is one warning for each unknown key.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::detect::rule_file::RuleFileError;

/// A file before its patterns are compiled.
#[derive(Debug, Default)]
pub(super) struct RuleFile {
    pub(super) extend: Extend,
    pub(super) rules: Vec<RawRule>,
    pub(super) allowlists: Vec<RawAllowlist>,
    pub(super) prefilter: Option<(u32, String)>,
    pub(super) filter: Option<(u32, String)>,
    /// Unknown keys, each with the number of its occurrences and the line of the first.
    pub(super) unknown: BTreeMap<String, (usize, u32)>,
}

#[derive(Debug, Default)]
pub(super) struct Extend {
    pub(super) line: u32,
    pub(super) path: Option<String>,
    pub(super) url: Option<String>,
    pub(super) use_default: bool,
    pub(super) disabled_rules: Vec<String>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct RawRule {
    pub(super) line: u32,
    pub(super) id: String,
    pub(super) description: String,
    pub(super) path: Option<(u32, String)>,
    pub(super) regex: Option<(u32, String)>,
    pub(super) secret_group: usize,
    pub(super) entropy: f64,
    pub(super) keywords: Vec<String>,
    pub(super) tags: Vec<String>,
    pub(super) allowlists: Vec<RawAllowlist>,
    pub(super) required: Vec<RawRequired>,
    pub(super) validates: bool,
    pub(super) skip_report: bool,
    pub(super) token_efficiency: bool,
    pub(super) filter: Option<(u32, String)>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct RawRequired {
    pub(super) line: u32,
    pub(super) id: String,
    pub(super) within_lines: Option<usize>,
    pub(super) within_columns: Option<usize>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct RawAllowlist {
    pub(super) line: u32,
    pub(super) description: String,
    pub(super) needs_all: bool,
    pub(super) commits: Vec<String>,
    pub(super) paths: Vec<String>,
    pub(super) regex_target: String,
    pub(super) regexes: Vec<String>,
    pub(super) stopwords: Vec<String>,
    pub(super) target_rules: Vec<String>,
}

type Value<'v> = Spanned<DeValue<'v>>;

/// Parses the file called `name`.
pub(super) fn parse(name: &str, text: &str) -> Result<RuleFile, RuleFileError> {
    let mut reader = Reader::new(name, text);
    let root = DeTable::parse(text).map_err(|error| {
        let message = error.message().replace('\n', ", ");
        reader.error(reader.line(&error.span().unwrap_or(0..0)), message)
    })?;
    let mut file = RuleFile::default();
    for (key, value, line) in reader.entries(root.get_ref()) {
        match key.as_str() {
            "title" | "description" | "minversion" | "betterleaksminversion" => {}
            "extend" => file.extend = reader.extend(value, line)?,
            "rules" => {
                for (table, line) in reader.tables(&key, value)? {
                    file.rules.push(reader.rule(table, line)?);
                }
            }
            "allowlist" | "allowlists" => file
                .allowlists
                .extend(reader.allowlists(&key, value, true)?),
            "prefilter" => file.prefilter = reader.place(&key, value)?,
            "filter" => file.filter = reader.place(&key, value)?,
            _ => reader.unknown(key, line),
        }
    }
    file.unknown = reader.unknown;
    Ok(file)
}

/// Returns whether `text` is a file of those tools rather than one of gonogo's own rule files. A file that does not
/// parse is neither.
pub(super) fn is_foreign(text: &str) -> bool {
    const THEIRS: [&str; 8] = [
        "allowlist",
        "allowlists",
        "extend",
        "minversion",
        "betterleaksminversion",
        "prefilter",
        "filter",
        "title",
    ];
    const OURS: [&str; 10] = [
        "title",
        "severity",
        "confidence",
        "matcher",
        "proof",
        "judged",
        "remedy",
        "examples",
        "negatives",
        "references",
    ];
    let Ok(root) = DeTable::parse(text) else {
        return false;
    };
    let root = root.get_ref();
    let lower = |key: &str| key.to_ascii_lowercase();
    let mut keys = root.iter().map(|(key, _)| lower(key.get_ref()));
    if keys.any(|key| THEIRS.contains(&key.as_str())) {
        return true;
    }
    let rules = root.iter().find(|(key, _)| lower(key.get_ref()) == "rules");
    let Some(DeValue::Array(rules)) = rules.map(|(_, value)| value.get_ref()) else {
        return false;
    };
    let is_ours = |rule: &Value<'_>| match rule.get_ref() {
        DeValue::Table(table) => table
            .iter()
            .any(|(key, _)| OURS.contains(&&**key.get_ref())),
        _ => true,
    };
    !rules.is_empty() && !rules.iter().any(is_ours)
}

struct Reader<'t> {
    name: &'t str,
    /// Where lines begin, as byte offsets.
    starts: Vec<usize>,
    unknown: BTreeMap<String, (usize, u32)>,
}

impl<'t> Reader<'t> {
    fn new(name: &'t str, text: &str) -> Self {
        let ends = memchr::memchr_iter(b'\n', text.as_bytes());
        Self {
            name,
            starts: std::iter::once(0).chain(ends.map(|end| end + 1)).collect(),
            unknown: BTreeMap::new(),
        }
    }

    fn line(&self, span: &Range<usize>) -> u32 {
        let line = self.starts.partition_point(|start| *start <= span.start);
        u32::try_from(line).unwrap_or(u32::MAX)
    }

    fn error(&self, line: u32, message: String) -> RuleFileError {
        RuleFileError {
            file: self.name.to_owned(),
            line,
            message,
        }
    }

    fn unknown(&mut self, key: String, line: u32) {
        let known = self.unknown.entry(key).or_insert((0, line));
        known.0 += 1;
        known.1 = known.1.min(line);
    }

    /// Returns the entries of a table in the order they are written, with lower-case keys and line numbers.
    fn entries<'a, 'v>(&self, table: &'a DeTable<'v>) -> Vec<(String, &'a Value<'v>, u32)> {
        let mut found: Vec<_> = table.iter().collect();
        found.sort_by_key(|(key, _)| key.span().start);
        let named = found.into_iter().map(|(key, value)| {
            (
                key.get_ref().to_ascii_lowercase(),
                value,
                self.line(&key.span()),
            )
        });
        named.collect()
    }

    fn mismatch(&self, key: &str, wanted: &str, value: &Value<'_>) -> RuleFileError {
        self.error(
            self.line(&value.span()),
            format!("`{key}` must be {wanted}"),
        )
    }

    /// Returns a table or a list of tables, with line numbers.
    fn tables<'a, 'v>(
        &self,
        key: &str,
        value: &'a Value<'v>,
    ) -> Result<Vec<(&'a DeTable<'v>, u32)>, RuleFileError> {
        let wrong = || self.mismatch(key, "a list of tables", value);
        let table = |item: &'a Value<'v>| match item.get_ref() {
            DeValue::Table(table) => Ok((table, self.line(&item.span()))),
            _ => Err(wrong()),
        };
        match value.get_ref() {
            DeValue::Array(items) => items.iter().map(table).collect(),
            _ => table(value).map(|table| vec![table]),
        }
    }

    fn text(&self, key: &str, value: &Value<'_>) -> Result<String, RuleFileError> {
        match value.get_ref() {
            DeValue::String(text) => Ok(text.to_string()),
            _ => Err(self.mismatch(key, "a string", value)),
        }
    }

    /// Returns a text with its line number; `None` if it is empty.
    fn place(&self, key: &str, value: &Value<'_>) -> Result<Option<(u32, String)>, RuleFileError> {
        let text = self.text(key, value)?;
        Ok((!text.trim().is_empty()).then(|| (self.line(&value.span()), text)))
    }

    fn texts(&self, key: &str, value: &Value<'_>) -> Result<Vec<String>, RuleFileError> {
        match value.get_ref() {
            DeValue::Array(items) => items.iter().map(|item| self.text(key, item)).collect(),
            DeValue::String(text) => Ok(vec![text.to_string()]),
            _ => Err(self.mismatch(key, "a list of strings", value)),
        }
    }

    fn flag(&self, key: &str, value: &Value<'_>) -> Result<bool, RuleFileError> {
        match value.get_ref() {
            DeValue::Boolean(flag) => Ok(*flag),
            _ => Err(self.mismatch(key, "true or false", value)),
        }
    }

    fn number(&self, key: &str, value: &Value<'_>) -> Result<f64, RuleFileError> {
        let text = match value.get_ref() {
            DeValue::Integer(number) => number.as_str(),
            DeValue::Float(number) => number.as_str(),
            _ => return Err(self.mismatch(key, "a number", value)),
        };
        let number: Option<f64> = text.replace('_', "").parse().ok();
        let number = number.filter(|number| number.is_finite());
        number.ok_or_else(|| self.mismatch(key, "a number", value))
    }

    fn count(&self, key: &str, value: &Value<'_>) -> Result<usize, RuleFileError> {
        let number = match value.get_ref() {
            DeValue::Integer(number) => usize::from_str_radix(number.as_str(), number.radix()).ok(),
            _ => None,
        };
        number.ok_or_else(|| self.mismatch(key, "a non-negative integer", value))
    }

    fn extend(&mut self, value: &Value<'_>, line: u32) -> Result<Extend, RuleFileError> {
        let mut extend = Extend {
            line,
            ..Extend::default()
        };
        for (table, _) in self.tables("extend", value)? {
            for (key, value, line) in self.entries(table) {
                match key.as_str() {
                    "path" => extend.path = self.place(&key, value)?.map(|(_, path)| path),
                    "url" => extend.url = self.place(&key, value)?.map(|(_, url)| url),
                    "usedefault" => extend.use_default = self.flag(&key, value)?,
                    "disabledrules" => extend.disabled_rules = self.texts(&key, value)?,
                    _ => self.unknown(format!("extend.{key}"), line),
                }
            }
        }
        Ok(extend)
    }

    fn rule(&mut self, table: &DeTable<'_>, line: u32) -> Result<RawRule, RuleFileError> {
        let mut rule = RawRule {
            line,
            ..RawRule::default()
        };
        for (key, value, line) in self.entries(table) {
            match key.as_str() {
                "id" => rule.id = self.text(&key, value)?,
                "description" => rule.description = self.text(&key, value)?,
                "path" => rule.path = self.place(&key, value)?,
                "regex" => rule.regex = self.place(&key, value)?,
                "secretgroup" => rule.secret_group = self.count(&key, value)?,
                "entropy" => rule.entropy = self.number(&key, value)?,
                "keywords" => rule.keywords = self.texts(&key, value)?,
                "tags" => rule.tags = self.texts(&key, value)?,
                "allowlist" | "allowlists" => {
                    rule.allowlists.extend(self.allowlists(&key, value, false)?);
                }
                "required" => rule.required = self.required(value)?,
                "validate" => rule.validates = self.place(&key, value)?.is_some(),
                "skipreport" => rule.skip_report = self.flag(&key, value)?,
                "tokenefficiency" => rule.token_efficiency = self.flag(&key, value)?,
                "filter" => rule.filter = self.place(&key, value)?,
                // Which of overlapping findings stays is decided by gonogo's own order.
                "specificity" => {}
                _ => self.unknown(format!("rules.{key}"), line),
            }
        }
        let id = rule.id.trim();
        let is_printable = id.chars().all(|c| !c.is_control()) && id.len() <= 200;
        if id.is_empty() || !is_printable {
            return Err(self.error(line, "a rule has no `id`, or an unprintable one".to_owned()));
        }
        rule.id = id.to_owned();
        Ok(rule)
    }

    fn required(&mut self, value: &Value<'_>) -> Result<Vec<RawRequired>, RuleFileError> {
        let mut all = Vec::new();
        for (table, line) in self.tables("required", value)? {
            let mut required = RawRequired {
                line,
                ..RawRequired::default()
            };
            for (key, value, line) in self.entries(table) {
                match key.as_str() {
                    "id" => required.id = self.text(&key, value)?,
                    "withinlines" => required.within_lines = Some(self.count(&key, value)?),
                    "withincolumns" => required.within_columns = Some(self.count(&key, value)?),
                    _ => self.unknown(format!("rules.required.{key}"), line),
                }
            }
            all.push(required);
        }
        Ok(all)
    }

    fn allowlists(
        &mut self,
        key: &str,
        value: &Value<'_>,
        is_global: bool,
    ) -> Result<Vec<RawAllowlist>, RuleFileError> {
        let mut all = Vec::new();
        for (table, line) in self.tables(key, value)? {
            all.push(self.allowlist(table, line, is_global)?);
        }
        Ok(all)
    }

    fn allowlist(
        &mut self,
        table: &DeTable<'_>,
        line: u32,
        is_global: bool,
    ) -> Result<RawAllowlist, RuleFileError> {
        let mut list = RawAllowlist {
            line,
            ..RawAllowlist::default()
        };
        for (key, value, line) in self.entries(table) {
            match key.as_str() {
                "description" => list.description = self.text(&key, value)?,
                "condition" => {
                    list.needs_all = match self.text(&key, value)?.to_ascii_uppercase().as_str() {
                        "AND" | "&&" => true,
                        "" | "OR" | "||" => false,
                        _ => return Err(self.mismatch(&key, "\"AND\" or \"OR\"", value)),
                    }
                }
                "commits" => list.commits = self.texts(&key, value)?,
                "paths" => list.paths = self.texts(&key, value)?,
                "regextarget" => {
                    list.regex_target = self.text(&key, value)?;
                    if !matches!(list.regex_target.as_str(), "" | "secret" | "match" | "line") {
                        return Err(self.mismatch(
                            &key,
                            "\"secret\", \"match\" or \"line\"",
                            value,
                        ));
                    }
                }
                "regexes" => list.regexes = self.texts(&key, value)?,
                "stopwords" => list.stopwords = self.texts(&key, value)?,
                "targetrules" if is_global => list.target_rules = self.texts(&key, value)?,
                _ => self.unknown(format!("allowlists.{key}"), line),
            }
        }
        let lists = [&list.commits, &list.paths, &list.regexes, &list.stopwords];
        if lists.iter().all(|list| list.is_empty()) {
            return Err(self.error(
                line,
                "an allowlist names neither commits, paths, regexes nor stopwords".to_owned(),
            ));
        }
        Ok(list)
    }
}
