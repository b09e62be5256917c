//! Compiles the rules of another scanner, and the allowlists that belong to them.

use crate::detect::rule_file::RuleFileError;

use super::ImportedRule;
use super::condition::{Compare, Condition, Skip, Target, Test};
use super::expression;
use super::file::{RawAllowlist, RawRule};
use super::go_pattern::Pattern;

/// A rule, with the file it is in.
#[derive(Clone)]
pub(super) struct Placed {
    pub(super) file: String,
    pub(super) rule: RawRule,
}

pub(super) fn failure(file: &str, line: u32, message: String) -> RuleFileError {
    RuleFileError {
        file: file.to_owned(),
        line,
        message,
    }
}

impl RawAllowlist {
    /// Returns whether nothing is allowed while the commit is unknown.
    pub(super) fn needs_commit(&self) -> bool {
        self.needs_all && !self.commits.is_empty()
    }
}

/// Returns the conditions of an allowlist other than its commits; `None` if it has no others.
pub(super) fn condition(
    file: &str,
    list: &RawAllowlist,
) -> Result<Option<Condition>, RuleFileError> {
    let wrong = |why: String| failure(file, list.line, format!("allowlist: {why}"));
    let target = match list.regex_target.as_str() {
        "match" => Target::Match,
        "line" => Target::Line,
        _ => Target::Secret,
    };
    let mut parts = Vec::new();
    if !list.paths.is_empty() {
        parts.push(expression::matches(Target::Path, &list.paths).map_err(wrong)?);
    }
    if !list.regexes.is_empty() {
        parts.push(expression::matches(target, &list.regexes).map_err(wrong)?);
    }
    if !list.stopwords.is_empty() {
        parts.push(expression::contains(Target::Secret, &list.stopwords).map_err(wrong)?);
    }
    if parts.is_empty() {
        return Ok(None);
    }
    Ok(Some(if list.needs_all {
        Condition::All(parts)
    } else {
        Condition::Any(parts)
    }))
}

/// A rule, or the line of something in it that is not supported, and a description of that.
pub(super) type Compiled = Result<ImportedRule, (u32, String)>;

pub(super) fn compile(placed: &Placed, global: &[Condition]) -> Result<Compiled, RuleFileError> {
    let (file, raw) = (&placed.file, &placed.rule);
    let pattern = |at: &Option<(u32, String)>, key: &str| {
        let Some((line, text)) = at else {
            return Ok(None);
        };
        let pattern = Pattern::from_go(text);
        let compiled = pattern.compile().map_err(|why| {
            failure(
                file,
                *line,
                format!("rule `{}`: `{key}` does not compile: {why}", raw.id),
            )
        })?;
        Ok(Some((pattern, compiled)))
    };
    let path = pattern(&raw.path, "path")?.map(|(_, compiled)| compiled);
    let regex = pattern(&raw.regex, "regex")?;
    let groups = regex
        .as_ref()
        .map_or(0, |(_, regex)| regex.captures_len() - 1);
    if raw.secret_group > groups && regex.is_some() {
        let message = format!(
            "rule `{}`: `regex` has no group {}",
            raw.id, raw.secret_group
        );
        return Err(failure(file, raw.line, message));
    }
    let mut conditions = global.to_vec();
    for list in raw.allowlists.iter().filter(|list| !list.needs_commit()) {
        conditions.extend(condition(file, list)?);
    }
    if raw.entropy > 0.0 {
        conditions.push(Condition::test(
            Target::Secret,
            Test::Entropy(Compare::AtMost, raw.entropy),
        ));
    }
    if raw.token_efficiency {
        conditions.push(Condition::test(Target::Secret, Test::Guessable));
    }
    if let Some((line, text)) = &raw.filter {
        match expression::parse(text) {
            Ok(condition) => conditions.push(condition),
            // Without its filter, it would find far too much.
            Err(why) => return Ok(Err((*line, format!("its filter cannot be applied: {why}")))),
        }
    }
    let Some(skip) = Skip::new(conditions) else {
        return Ok(Err((
            raw.line,
            "its allowlists and filters have too many conditions".to_owned(),
        )));
    };
    let keywords: Vec<String> = raw
        .keywords
        .iter()
        .map(|word| word.to_ascii_lowercase())
        .filter(|word| !word.is_empty())
        .collect();
    let reach = regex
        .as_ref()
        .and_then(|(pattern, _)| super::scan::reach(pattern, &keywords));
    Ok(Ok(ImportedRule {
        id: raw.id.clone(),
        description: raw.description.trim().to_owned(),
        tags: raw.tags.clone(),
        file: file.clone(),
        line: raw.line,
        keywords,
        regex: regex.map(|(_, regex)| regex),
        reach,
        secret_group: raw.secret_group,
        path,
        skip,
        required: Vec::new(),
        is_silent: raw.skip_report,
        is_cut_short: std::sync::atomic::AtomicBool::new(false),
    }))
}
