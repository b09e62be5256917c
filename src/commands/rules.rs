//! `gonogo rules`: lists, shows and checks rules.

mod docs;
mod explain;

use std::path::PathBuf;

use crate::audit;
use crate::detect::Detector;
use crate::detect::builtin::BUILTIN;
use crate::detect::check;
use crate::detect::imported::Imported;
use crate::detect::rule_file::Loaded;
use crate::model::{Confidence, Rule};
use crate::report::visible;

use super::Error;
use crate::commands::output::print;
use crate::scan::all_rules;
use crate::scan::rule_files::UserRules;

/// What to do with the rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// One line for each.
    List,
    /// Everything that is known about one.
    Show(String),
    /// Test each against its own examples.
    Check,
    /// Write what is known about all of them into a folder, as Markdown.
    Docs(PathBuf),
}

/// Runs `gonogo rules`, and returns whether there was nothing to complain about.
///
/// # Errors
///
/// A rule file cannot be read or used, a named rule does not exist, or writing to standard output failed.
pub fn run(action: &Action, rule_files: &[PathBuf]) -> Result<bool, Error> {
    let read = UserRules::read(rule_files)?;
    let user = read.own.clone();
    let detector = read.detector(Confidence::Low)?;
    let all = all_rules(&detector);
    let imported = detector.imported();
    let mut text = String::new();
    let good = match action {
        Action::List => list(&all, &user, &mut text),
        Action::Show(id) => show(&all, &user, id, &mut text)?,
        Action::Check => {
            loaded(imported, &mut text);
            user.is_empty() && !imported.is_empty() || check_all(&user, &mut text)?
        }
        Action::Docs(folder) => {
            let pages = docs::write(&rules(&user)?, &user, folder)?;
            text += &format!("{pages} pages written into {}\n", folder.display());
            true
        }
    };
    print(&text)?;
    Ok(good)
}

fn rules(user: &[Loaded]) -> Result<Vec<Rule>, Error> {
    Ok(all_rules(&Detector::new(user.to_vec(), Confidence::Low)?))
}

/// Reports how much of other scanners' rule files, which have no examples, is in use.
fn loaded(files: &[Imported], text: &mut String) {
    for file in files {
        for warning in file.warnings() {
            *text += &format!("{warning}\n");
        }
        *text += &format!(
            "{}: {} rules of another scanner are in use\n",
            file.name(),
            file.count()
        );
    }
}

fn list(rules: &[Rule], user: &[Loaded], text: &mut String) -> bool {
    let width = rules
        .iter()
        .map(|rule| rule.id.as_str().len())
        .max()
        .unwrap_or(0);
    for rule in rules {
        let title = shown(&rule.title, rule, user);
        *text += &format!("{:width$}  {:8}  {title}\n", rule.id, rule.severity);
    }
    true
}

/// Returns what a rule says as it may be shown: what users write into their own may hold anything.
fn shown(text: &str, rule: &Rule, user: &[Loaded]) -> String {
    let id = rule.id.as_str();
    if user.iter().any(|loaded| loaded.definition.id == id) {
        visible(&super::redacted(text)).into_owned()
    } else {
        visible(text).into_owned()
    }
}

fn show(rules: &[Rule], user: &[Loaded], id: &str, text: &mut String) -> Result<bool, Error> {
    let rule = rules.iter().find(|rule| rule.id.as_str() == id);
    let rule = rule.ok_or_else(|| unknown_rule(id, rules))?;
    *text += &explain::explain(rule, user);
    Ok(true)
}

/// Returns an error that says there is no such rule, with those spelt most like it.
pub(super) fn unknown_rule(id: &str, rules: &[Rule]) -> Error {
    let near = crate::lexicon::nearest(id, rules.iter().map(|rule| rule.id.as_str()));
    let hint = match near.as_slice() {
        [] => "see `gonogo rules list`".to_owned(),
        near => {
            let near: Vec<_> = near.iter().map(|id| format!("`{id}`")).collect();
            format!("did you mean {}?", near.join(" or "))
        }
    };
    Error::Usage(format!("unknown rule `{id}`: {hint}"))
}

/// Tests the built-in rules; if there are user files, only their rules, since the built-in ones are tested already.
fn check_all(user: &[Loaded], text: &mut String) -> Result<bool, Error> {
    // Compiling them all together also finds conflicts between rules.
    let count = rules(user)?.len();
    let checked = if user.is_empty() { BUILTIN } else { user };
    let mut problems: Vec<String> = check::check(checked)
        .iter()
        .map(ToString::to_string)
        .collect();
    problems.extend(check_assigned(checked)?);
    if user.is_empty() {
        problems.extend(audit::check_examples());
    }
    for problem in &problems {
        *text += &format!("{problem}\n");
    }
    let checked = if user.is_empty() {
        count
    } else {
        checked.len()
    };
    *text += &match problems.len() {
        0 => format!("{checked} rules: every example is detected, no negative is\n"),
        n => format!("{checked} rules, {n} problems\n"),
    };
    Ok(problems.is_empty())
}

/// Tests the examples of rules without a pattern, which needs the whole detector.
fn check_assigned(rules: &[Loaded]) -> Result<Vec<String>, Error> {
    let user: Vec<Loaded> = rules
        .iter()
        .filter(|rule| BUILTIN.iter().all(|builtin| builtin != *rule))
        .cloned()
        .collect();
    let detector = Detector::new(user, Confidence::Low)?;
    Ok(detector
        .check_assigned(rules)
        .iter()
        .map(ToString::to_string)
        .collect())
}
