//! Rule files: what a `[[rules]]` table may contain, and how files of them are read.
//!
//! The build script includes this file, too, so that built-in and user rules go through the same reader, and the
//! built-in ones end up as static data. That is why texts are `Cow`, and why nothing here needs more than serde, toml
//! and the levels of `model`. Whether a regex compiles and an example matches is checked by `check`.

use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Range;

use serde::{Deserialize, Deserializer};
use toml::Spanned;

use crate::model::{Category, Confidence, Severity, Version};

// Spelled out since the build script includes this file from elsewhere.
#[path = "rule_file/lines.rs"]
mod lines;
#[path = "rule_file/part.rs"]
mod part;
#[path = "rule_file/values.rs"]
mod values;

use lines::Lines;
pub use part::{PartDefinition, Parts};
use values::without_values;

/// A text that is either compiled into the program or read at run time.
pub type Text = Cow<'static, str>;

/// A list of such texts.
pub type Texts = Cow<'static, [Text]>;

/// One rule as written in its file.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RuleDefinition {
    /// `family/name`, each of lower-case words joined by hyphens.
    pub id: Text,
    /// A few words that name the finding.
    pub title: Text,
    /// One or two sentences in the vendor's terms: what it is and what it gives access to.
    pub description: Text,
    /// What to do about a finding, if that differs from "revoke it, then remove it".
    #[serde(default)]
    pub remedy: Option<Text>,
    /// The harm if it ships.
    pub severity: Severity,
    /// The confidence of a match for which nothing was proven.
    #[serde(default = "medium")]
    pub confidence: Confidence,
    /// What finds it.
    #[serde(default)]
    pub matcher: Matcher,
    /// What it looks for.
    #[serde(default = "secret", deserialize_with = "category")]
    pub category: Category,
    /// Literals of which every match contains at least one, in any ASCII case; the prefilter searches for them.
    pub keywords: Texts,
    /// The pattern over bytes, without Unicode classes; present if and only if the matcher is [`Matcher::Regex`].
    #[serde(default)]
    pub regex: Option<Text>,
    /// Which group of the pattern is the secret; 0 is the whole match.
    #[serde(default)]
    pub secret_group: usize,
    /// The minimum Shannon entropy of the secret, in bits per byte.
    #[serde(default)]
    pub entropy: Option<f64>,
    /// A pattern that the file's path must match.
    #[serde(default)]
    pub path: Option<Text>,
    /// The longest match in bytes, for patterns that set no bound themselves.
    #[serde(default)]
    pub max_length: Option<usize>,
    /// The name of the offline check that the secret must pass.
    #[serde(default)]
    pub proof: Option<Text>,
    /// Whether the secret must look like a password or key by itself, since the pattern only finds where one would be.
    #[serde(default)]
    pub judged: bool,
    /// A pattern for what may immediately follow a match, with another secret in its first group: the next line of a
    /// list.
    #[serde(default)]
    pub more: Option<Text>,
    /// Values that are known not to be secrets.
    #[serde(default)]
    pub allowlist: Allowlist,
    /// URLs of documentation by the vendor or of the standard.
    #[serde(default)]
    pub references: Texts,
    /// Words to filter rules by.
    #[serde(default)]
    pub tags: Texts,
    /// Templates of texts in which the rule must find a match.
    #[serde(default)]
    pub examples: Texts,
    /// Templates of texts in which the rule must find no match.
    #[serde(default)]
    pub negatives: Texts,
    /// What is near a match and belongs to it.
    #[serde(default)]
    pub parts: Parts,
    /// The version that introduced it, for files that are shared by many repositories. Built-in rules do not set it:
    /// see `patterns/released.txt`.
    #[serde(default)]
    pub since: Option<Text>,
}

/// What finds the matches of a rule.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Matcher {
    /// The rule's own pattern.
    #[default]
    Regex,
    /// The engine that reads assignments; the rule provides the keywords and the explanation.
    Assignment,
    /// Code that recognises a file as a whole, by its structure or its name. For built-in rules only.
    File,
    /// The engine that runs other scanners' rules; gonogo's own rule files cannot set it.
    #[serde(skip)]
    Imported,
}

/// Values that are known not to be secrets: documentation samples, placeholders.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Allowlist {
    /// Patterns; a secret in which one of them matches is dropped.
    #[serde(default)]
    pub regexes: Texts,
    /// Literals; a secret that contains one, in any ASCII case, is dropped.
    #[serde(default)]
    pub stopwords: Texts,
}

/// A rule, and where it was defined.
#[derive(Debug, Clone, PartialEq)]
pub struct Loaded {
    /// The name of the rule file, as it was given to the reader.
    pub file: Text,
    /// The line on which the rule's table begins.
    pub line: u32,
    /// The rule.
    pub definition: RuleDefinition,
}

/// A rule file that cannot be used; its message is one line that begins with the place of the error.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {message}")]
pub struct RuleFileError {
    /// The name of the rule file, as it was given to the reader.
    pub file: String,
    /// The line with the error, counted from 1.
    pub line: u32,
    /// What is wrong, in one line.
    pub message: String,
}

/// Reads the rules of one file; `file_name` is used only in messages.
pub fn parse(file_name: &str, text: &str) -> Result<Vec<Loaded>, RuleFileError> {
    let lines = Lines::new(text);
    let failure = |at: usize, message: &str| RuleFileError {
        file: file_name.to_owned(),
        line: lines.number(at),
        message: one_line(message),
    };
    let file: RuleFile = toml::from_str(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        failure(at, &without_values(error.message()))
    })?;
    let mut loaded: Vec<Loaded> = Vec::with_capacity(file.rules.len());
    let mut ids: HashSet<Text> = HashSet::with_capacity(file.rules.len());
    for rule in file.rules {
        let span = rule.span();
        let mut definition = rule.into_inner();
        let of_rule = |complaint| format!("rule `{}`: {complaint}", definition.id);
        if let Some((key, complaint)) = definition.complaint() {
            let at = find_key(text, span, key);
            return Err(failure(at, &of_rule(complaint)));
        }
        let tables = if definition.parts.is_empty() {
            Vec::new()
        } else {
            find_parts(text, &span, definition.parts.len())
        };
        for (number, part) in definition.parts.iter().enumerate() {
            if let Some((key, complaint)) = part.complaint(number, &definition) {
                let table = tables[number];
                let at = find_key(text, table..span.end, key);
                return Err(failure(at, &of_rule(complaint)));
            }
        }
        if !definition.parts.is_empty() {
            for (part, table) in definition.parts.to_mut().iter_mut().zip(tables) {
                part.line = lines.number(table);
            }
        }
        if !ids.insert(definition.id.clone()) {
            let at = find_key(text, span, "id");
            return Err(failure(
                at,
                &format!("rule `{}` is defined twice", definition.id),
            ));
        }
        loaded.push(Loaded {
            file: Cow::Owned(file_name.to_owned()),
            line: lines.number(span.start),
            definition,
        });
    }
    Ok(loaded)
}

impl RuleDefinition {
    /// Returns the first problem of the rule, and the key it belongs to.
    fn complaint(&self) -> Option<(&'static str, String)> {
        let broken = |key, complaint: &str| Some((key, complaint.to_owned()));
        if !is_rule_id(&self.id) {
            return broken(
                "id",
                "an id is `family/name` in lower-case words joined by hyphens",
            );
        }
        if self.title.trim().is_empty() {
            return broken("title", "the title is empty");
        }
        if self.description.trim().is_empty() {
            return broken("description", "the description is empty");
        }
        if self.keywords.is_empty() && self.matcher != Matcher::File {
            return broken("keywords", "at least one keyword is needed");
        }
        if let Some(short) = self.keywords.iter().find(|keyword| keyword.len() < 3) {
            return Some((
                "keywords",
                format!("keyword `{short}` is shorter than 3 bytes"),
            ));
        }
        if self.max_length == Some(0) {
            return broken("maxLength", "`maxLength` must be at least 1");
        }
        if let Some(Err(error)) = self.since.as_deref().map(str::parse::<Version>) {
            return Some(("since", format!("`since`: {error}")));
        }
        match (self.matcher, &self.regex) {
            (Matcher::Regex | Matcher::Imported, None) => broken("id", "`regex` is missing"),
            (Matcher::Assignment | Matcher::File, _) if self.more.is_some() => {
                broken("more", "`more` follows what `regex` has matched")
            }
            (Matcher::Assignment, Some(_)) => {
                broken("regex", "the `assignment` matcher does not accept `regex`")
            }
            (Matcher::File, Some(_)) => {
                broken("regex", "the `file` matcher does not accept `regex`")
            }
            (Matcher::Assignment, None) if !self.parts.is_empty() => {
                broken("parts", "the `assignment` matcher does not accept `parts`")
            }
            _ => None,
        }
    }
}

/// Returns whether `id` is `family/name`, each of lower-case words and digits joined by single hyphens.
pub fn is_rule_id(id: &str) -> bool {
    let is_name = |name: &str| {
        name.split('-').all(|word| {
            !word.is_empty()
                && word
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        })
    };
    id.split_once('/')
        .is_some_and(|(family, name)| is_name(family) && is_name(name))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleFile {
    rules: Vec<Spanned<RuleDefinition>>,
}

/// The categories that a rule file may name; configuration is audited by code.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum FileCategory {
    Secret,
    Placeholder,
}

fn category<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Category, D::Error> {
    Ok(match FileCategory::deserialize(deserializer)? {
        FileCategory::Secret => Category::Secret,
        FileCategory::Placeholder => Category::Placeholder,
    })
}

fn secret() -> Category {
    Category::Secret
}

fn medium() -> Confidence {
    Confidence::Medium
}

/// Returns where `key` is set within the table at `table`, or else where the table begins.
fn find_key(text: &str, table: Range<usize>, key: &str) -> usize {
    let mut at = table.start;
    // The table's span may end with its header, so the search runs up to the next header instead.
    for line in text[table.start..].split_inclusive('\n') {
        if at > table.start && line.starts_with("[[") {
            break;
        }
        let value = line.trim_start().strip_prefix(key).map(str::trim_start);
        if value.is_some_and(|value| value.starts_with('=')) {
            return at;
        }
        at += line.len();
    }
    table.start
}

/// Returns where the tables of the first `count` parts begin within the rule at `table`, or where `parts` is set if
/// they are not tables.
fn find_parts(text: &str, table: &Range<usize>, count: usize) -> Vec<usize> {
    let mut found = Vec::with_capacity(count);
    let mut at = table.start;
    for line in text[table.start..].split_inclusive('\n') {
        let header: String = line.chars().filter(|char| !char.is_whitespace()).collect();
        if found.len() == count || at > table.start && header.starts_with("[[rules]]") {
            break;
        }
        if header.starts_with("[[rules.parts]]") {
            found.push(at);
        }
        at += line.len();
    }
    if found.len() < count {
        found.resize(count, find_key(text, table.clone(), "parts"));
    }
    found
}

/// Joins the lines of a TOML error message, and calls keys what serde calls fields.
fn one_line(message: &str) -> String {
    let joined = message
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join("; ");
    joined
        .replace("unknown field `", "unknown key `")
        .replace("unknown variant, expected", "unknown value: expected")
        .replace("missing field `", "missing key `")
        .replace("`, expected ", "`: expected ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: &str = r#"
[[rules]]
id = "acme/token"
title = "Acme token"
description = "Opens everything."
severity = "high"
keywords = ["acme_"]
regex = 'acme_[0-9a-f]{32}'
"#;

    fn check_error(text: &str, expected: &str) {
        let error = parse("patterns/acme.toml", text).expect_err("the file is broken");
        let shown = error.to_string();
        assert!(shown.starts_with(expected), "{shown}");
        assert!(!shown.contains('\n'), "{shown}");
    }

    #[test]
    fn what_a_rule_leaves_out_has_a_default() {
        let text = format!(
            "# a comment\n{RULE}\n{}",
            RULE.replace("acme/token", "acme/key")
        );
        let loaded = parse("patterns/acme.toml", &text).expect("the file is right");
        let lines: Vec<_> = loaded.iter().map(|rule| rule.line).collect();
        assert_eq!(lines, [3, 12]);
        let rule = &loaded[0].definition;
        assert_eq!(rule.confidence, Confidence::Medium);
        assert_eq!(rule.category, Category::Secret);
        assert_eq!(rule.matcher, Matcher::Regex);
        assert_eq!(rule.secret_group, 0);
    }

    #[test]
    fn every_message_is_one_line_with_its_place() {
        check_error(
            &RULE.replace("keywords", "keyword"),
            "patterns/acme.toml:7: unknown key `keyword`: expected one of `id`,",
        );
        check_error(
            &RULE.replace("\"high\"", "\"grave\""),
            "patterns/acme.toml:6: unknown value: expected one of `info`,",
        );
        check_error(
            &RULE.replace("title = \"Acme token\"", ""),
            "patterns/acme.toml:2: missing key `title`",
        );
        check_error(
            &RULE.replace("\"acme_\"", "\"ac\""),
            "patterns/acme.toml:7: rule `acme/token`: keyword `ac` is shorter",
        );
        check_error(
            &RULE.replace("acme/token", "Acme/token"),
            "patterns/acme.toml:3: rule `Acme/token`: an id is",
        );
        check_error(
            &format!("{RULE}{RULE}"),
            "patterns/acme.toml:11: rule `acme/token` is defined twice",
        );
        check_error(
            &format!("{RULE}category = \"configuration\""),
            "patterns/acme.toml:9: unknown value: expected `secret` or `placeholder`",
        );
        check_error("[[rules]\n", "patterns/acme.toml:1: ");
    }

    #[test]
    fn the_assignment_matcher_has_no_pattern() {
        check_error(
            &format!("{RULE}matcher = \"assignment\""),
            "patterns/acme.toml:8: rule `acme/token`: the `assignment` matcher does not accept `regex`",
        );
        check_error(
            &RULE.replace("regex", "#"),
            "patterns/acme.toml:3: rule `acme/token`: `regex` is missing",
        );
    }

    #[test]
    fn ids_are_family_and_name() {
        assert!(is_rule_id("aws/access-key-id") && is_rule_id("1password/token2"));
        for broken in [
            "aws", "aws/", "/x", "a/b/c", "a/b--c", "a/-b", "a/B", "a/b_c", "",
        ] {
            assert!(!is_rule_id(broken), "{broken}");
        }
    }
}
