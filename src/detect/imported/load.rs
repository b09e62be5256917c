//! Turns a file into rules: follows what it extends, compiles patterns, and warns of what is not supported.

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::detect::rule_file::RuleFileError;
use crate::redact::quoted;

use super::compile::{Placed, compile, condition, failure};
use super::condition::Condition;
use super::expression;
use super::extend::merge;
use super::file::{self, RawAllowlist, RuleFile};
use super::names::counterparts;
use super::{Allowance, Imported, ImportedRule, Required};

/// The maximum length of a chain of files that extend each other.
const MAX_EXTENSIONS: usize = 3;
/// The most rules a file may have. The largest known file has some hundreds.
const MAX_RULES: usize = 5_000;

/// Reads the file that another one extends under this name, and returns its name and text, or why it cannot be read.
pub type ReadBeside<'a> = &'a dyn Fn(&str) -> Result<(String, String), String>;

impl Imported {
    /// Returns whether `text` is a rule file of gitleaks or betterleaks.
    pub fn is_one(text: &str) -> bool {
        file::is_foreign(text)
    }

    /// Reads the file called `name`; `beside` reads the files it extends.
    ///
    /// # Errors
    ///
    /// It is not such a file, or one of its patterns does not compile.
    pub fn parse(name: &str, text: &str, beside: ReadBeside<'_>) -> Result<Self, RuleFileError> {
        let mut loader = Loader {
            imported: Self {
                name: name.to_owned(),
                ..Self::default()
            },
            beside,
        };
        let rules = loader.file(name, text, 1)?;
        loader.finish(rules)
    }
}

struct Loader<'a> {
    imported: Imported,
    beside: ReadBeside<'a>,
}

impl Loader<'_> {
    fn warn(&mut self, file: &str, line: u32, message: &str) {
        self.imported
            .warnings
            .push(format!("{file}:{line}: {message}"));
    }

    /// Returns the rules of a file and of those it extends; everything else in them goes into `imported`.
    fn file(&mut self, name: &str, text: &str, depth: usize) -> Result<Vec<Placed>, RuleFileError> {
        let mut file = file::parse(name, text)?;
        if file.rules.len() > MAX_RULES {
            return Err(failure(
                name,
                1,
                format!("there are more than {MAX_RULES} rules"),
            ));
        }
        self.imported.source.extend_from_slice(text.as_bytes());
        self.imported.uses_default |= file.extend.use_default;
        for (key, (count, line)) in std::mem::take(&mut file.unknown) {
            let times = if count > 1 {
                format!(", {count} times")
            } else {
                String::new()
            };
            self.warn(
                name,
                line,
                &format!("{} is unknown and ignored{times}", quoted(&key, "a key")),
            );
        }
        self.disabled(name, &file);
        self.global(name, &file)?;
        let rules = std::mem::take(&mut file.rules).into_iter();
        let own = rules.map(|rule| Placed {
            file: name.to_owned(),
            rule,
        });
        let own = self.without_doublets(own.collect());
        if file.extend.url.is_some() {
            self.warn(
                name,
                file.extend.line,
                "`extend.url` is not read: gonogo does not use the network",
            );
        }
        let Some(path) = &file.extend.path else {
            return Ok(own);
        };
        if depth >= MAX_EXTENSIONS {
            self.warn(
                name,
                file.extend.line,
                "`extend.path` is not followed any deeper",
            );
            return Ok(own);
        }
        let (other, text) = (self.beside)(path)
            .map_err(|why| failure(name, file.extend.line, format!("`extend.path`: {why}")))?;
        let base = self.file(&other, &text, depth + 1)?;
        let disabled = &file.extend.disabled_rules;
        Ok(merge(base, own, disabled))
    }

    /// Of rules with the same id, keeps the last.
    fn without_doublets(&mut self, rules: Vec<Placed>) -> Vec<Placed> {
        let mut last = BTreeMap::new();
        for (at, placed) in rules.iter().enumerate() {
            last.insert(placed.rule.id.clone(), at);
        }
        let mut kept = Vec::with_capacity(last.len());
        for (at, placed) in rules.into_iter().enumerate() {
            if last.get(&placed.rule.id) == Some(&at) {
                kept.push(placed);
            } else {
                let message = format!(
                    "rule `{}` is defined again; only the last definition counts",
                    placed.rule.id
                );
                self.warn(&placed.file, placed.rule.line, &message);
            }
        }
        kept
    }

    fn disabled(&mut self, name: &str, file: &RuleFile) {
        if !file.extend.use_default {
            return;
        }
        for id in &file.extend.disabled_rules {
            let rules = counterparts(id);
            if rules.is_empty() {
                let message = format!(
                    "`disabledRules`: no built-in rule corresponds to {}: see `off` in `gonogo.toml`",
                    quoted(id, "one of them")
                );
                self.warn(name, file.extend.line, &message);
                continue;
            }
            self.imported.allowances.push(Allowance {
                on_builtin: rules,
                on_imported: Vec::new(),
                condition: Some(Condition::Always(true)),
                commits: Vec::new(),
                needs_all: false,
                reason: format!("`{id}` is in `disabledRules`"),
            });
        }
    }

    /// Handles allowlists and filters that do not belong to a rule.
    fn global(&mut self, name: &str, file: &RuleFile) -> Result<(), RuleFileError> {
        for list in &file.allowlists {
            let condition = condition(name, list)?;
            if list.target_rules.is_empty() {
                self.imported
                    .global
                    .extend(condition.clone().filter(|_| !list.needs_commit()));
                self.allow(list, condition, vec!["*".to_owned()], vec!["*".to_owned()]);
                continue;
            }
            for id in &list.target_rules {
                self.imported
                    .targeted
                    .push((id.clone(), name.to_owned(), list.clone()));
                let builtin = counterparts(id);
                self.allow(list, condition.clone(), builtin, Vec::new());
            }
        }
        for (key, filter) in [("prefilter", &file.prefilter), ("filter", &file.filter)] {
            let Some((line, text)) = filter else { continue };
            match expression::parse(text) {
                Ok(condition) => {
                    self.imported.global.push(condition.clone());
                    self.imported.allowances.push(Allowance {
                        on_builtin: vec!["*".to_owned()],
                        on_imported: Vec::new(),
                        condition: Some(condition),
                        commits: Vec::new(),
                        needs_all: false,
                        reason: format!("`{key}`"),
                    });
                }
                Err(why) => self.warn(name, *line, &format!("`{key}` is not used: {why}")),
            }
        }
        Ok(())
    }

    /// Records what is decided once a finding and its commit are known.
    fn allow(
        &mut self,
        list: &RawAllowlist,
        condition: Option<Condition>,
        on_builtin: Vec<String>,
        on_imported: Vec<String>,
    ) {
        // Findings of imported rules have already passed all conditions except those about commits.
        let on_imported = if list.commits.is_empty() {
            Vec::new()
        } else {
            on_imported
        };
        self.imported.allowances.push(Allowance {
            on_builtin,
            on_imported,
            condition,
            commits: list
                .commits
                .iter()
                .map(|id| id.trim().to_ascii_lowercase())
                .collect(),
            needs_all: list.needs_all,
            reason: list.description.clone(),
        });
    }

    fn finish(mut self, rules: Vec<Placed>) -> Result<Imported, RuleFileError> {
        let mut usable = Vec::new();
        for mut placed in rules {
            self.take_targeted(&mut placed);
            if placed.rule.regex.is_none() && placed.rule.path.is_none() {
                self.builtin_only(&placed)?;
            } else {
                usable.push(placed);
            }
        }
        self.warn_of_missing_targets();
        self.warn_of_validation(&usable);
        let global = self.imported.global.clone();
        let compiled: Vec<_> = usable
            .par_iter()
            .map(|placed| compile(placed, &global))
            .collect::<Result<_, _>>()?;
        let mut kept = Vec::new();
        for (placed, compiled) in usable.into_iter().zip(compiled) {
            match compiled {
                Ok(rule) => {
                    self.allow_commits(&placed);
                    kept.push((placed, rule));
                }
                Err((line, why)) => {
                    let message = format!("rule `{}` is skipped: {why}", placed.rule.id);
                    self.warn(&placed.file, line, &message);
                }
            }
        }
        self.link(kept);
        Ok(self.imported)
    }

    /// Adds the allowlists that target this rule to its own.
    fn take_targeted(&mut self, placed: &mut Placed) {
        let (own, others) = std::mem::take(&mut self.imported.targeted)
            .into_iter()
            .partition(|(id, _, _)| *id == placed.rule.id);
        self.imported.targeted = others;
        let own: Vec<_> = own;
        let lists = own.into_iter().map(|(_, _, list)| list);
        placed.rule.allowlists.extend(lists);
    }

    fn warn_of_missing_targets(&mut self) {
        for (id, name, list) in std::mem::take(&mut self.imported.targeted) {
            if counterparts(&id).is_empty() || !self.imported.uses_default {
                let message = format!(
                    "`targetRules`: unknown rule {}, and no built-in rule corresponds to it",
                    quoted(&id, "of one of these names")
                );
                self.warn(&name, list.line, &message);
            }
        }
    }

    fn warn_of_validation(&mut self, rules: &[Placed]) {
        let validating: Vec<_> = rules
            .iter()
            .filter(|placed| placed.rule.validates)
            .collect();
        if let Some(first) = validating.first() {
            let message = format!(
                "`validate` of rule `{}` is not run: gonogo does not use the network ({} rules)",
                first.rule.id,
                validating.len()
            );
            self.imported
                .warnings
                .push(format!("{}:{}: {message}", first.file, first.rule.line));
        }
    }

    /// Handles a rule without a pattern, which changes a default one: its allowlists apply to the built-in
    /// counterparts.
    fn builtin_only(&mut self, placed: &Placed) -> Result<(), RuleFileError> {
        let (file, rule) = (&placed.file, &placed.rule);
        if !self.imported.uses_default {
            let message = format!(
                "rule `{}` has neither `regex` nor `path` and detects nothing",
                rule.id
            );
            return Err(failure(file, rule.line, message));
        }
        let builtin = counterparts(&rule.id);
        if builtin.is_empty() {
            let message = format!(
                "no built-in rule corresponds to `{}`, which this changes",
                rule.id
            );
            self.warn(file, rule.line, &message);
            return Ok(());
        }
        let changes = rule.entropy > 0.0
            || !rule.keywords.is_empty()
            || rule.filter.is_some()
            || rule.secret_group > 0;
        if changes {
            let message = format!(
                "of `{}`, which changes a default rule, only the allowlists count: {} have patterns of their own",
                rule.id,
                builtin.join(", ")
            );
            self.warn(file, rule.line, &message);
        }
        for list in &rule.allowlists {
            let condition = condition(file, list)?;
            self.allow(list, condition, builtin.clone(), Vec::new());
        }
        Ok(())
    }

    /// Handles the rule's own allowlists of commits.
    fn allow_commits(&mut self, placed: &Placed) {
        for list in placed
            .rule
            .allowlists
            .iter()
            .filter(|list| !list.commits.is_empty())
        {
            // It was compiled before without an error.
            let condition = condition(&placed.file, list).unwrap_or_default();
            self.allow(list, condition, Vec::new(), vec![placed.rule.id.clone()]);
        }
    }

    /// Links rules to those that they require.
    fn link(&mut self, mut rules: Vec<(Placed, ImportedRule)>) {
        loop {
            let numbers: BTreeMap<String, usize> = rules
                .iter()
                .enumerate()
                .map(|(number, (placed, _))| (placed.rule.id.clone(), number))
                .collect();
            let lacks = rules.iter().position(|(placed, _)| {
                placed
                    .rule
                    .required
                    .iter()
                    .any(|needed| !numbers.contains_key(&needed.id))
            });
            let Some(at) = lacks else {
                for (placed, rule) in &mut rules {
                    let required = placed.rule.required.iter().filter_map(|needed| {
                        Some(Required {
                            rule: *numbers.get(&needed.id)?,
                            lines: needed.within_lines,
                            columns: needed.within_columns,
                        })
                    });
                    rule.required = required.collect();
                }
                break;
            };
            let (placed, _) = rules.remove(at);
            let missing = placed
                .rule
                .required
                .iter()
                .find(|needed| !numbers.contains_key(&needed.id));
            let line = missing.map_or(placed.rule.line, |needed| needed.line);
            let missing = missing.map_or("", |needed| needed.id.as_str());
            let message = format!(
                "rule `{}` is skipped: it requires an unknown rule {}",
                placed.rule.id,
                quoted(missing, "of another name")
            );
            self.warn(&placed.file, line, &message);
        }
        let only_paths = rules
            .iter()
            .filter(|(_, rule)| rule.regex.is_none())
            .count();
        if only_paths > 0 {
            let first = rules.iter().find(|(_, rule)| rule.regex.is_none());
            let (file, line, id) = first.map_or(("", 0, ""), |(placed, rule)| {
                (placed.file.as_str(), placed.rule.line, rule.id.as_str())
            });
            let message = format!(
                "rule `{id}` has only a `path`: it applies to files, not to the history ({only_paths} rules)"
            );
            self.warn(file, line, &message);
        }
        self.imported.rules = rules.into_iter().map(|(_, rule)| rule).collect();
    }
}
