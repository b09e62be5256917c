//! Everything about one rule, for a reader who has just met it.

use crate::audit::{self, Illustration};
use crate::detect::builtin::BUILTIN;
use crate::detect::rule_file::{Loaded, RuleDefinition};
use crate::model::Rule;
use crate::report::visible;

use super::shown;

/// Explains a rule: why it matters, how to fix and suppress it, examples, how it is detected, references.
pub(super) fn explain(rule: &Rule, user: &[Loaded]) -> String {
    let says = |text: &str| shown(text, rule, user);
    let mut text = format!("{}: {}\n", rule.id, says(&rule.title));
    text += &format!("\nWhy it matters\n  {}\n", says(&rule.description));
    text += &format!("\nHow to fix\n  {}\n", says(&rule.remedy));
    let definition = definition(rule, user);
    if let Some(drawn) = audit::illustration(rule.id.as_str()) {
        text += &illustrated(rule, &drawn);
    } else if let Some(example) = definition.and_then(|loaded| example(&loaded.definition)) {
        text += &format!("\nDetected\n{}", indented(&example));
    }
    text += &format!("\nHow to suppress\n  {}\n", suppression(rule));
    text += "\nAbout the rule\n";
    text += &format!("  severity:    {}\n", rule.severity);
    text += &format!("  confidence:  {}\n", rule.confidence);
    if let Some(since) = rule.since {
        text += &format!("  since:       {since}\n");
    }
    if !rule.tags.is_empty() {
        text += &format!("  tags:        {}\n", visible(&rule.tags.join(", ")));
    }
    if let Some(loaded) = definition {
        text += &defined(loaded);
    }
    if !rule.references.is_empty() {
        text += "\nReferences\n";
    }
    for reference in &rule.references {
        text += &format!("  {}\n", visible(reference));
    }
    text
}

/// Returns a text that explains how to accept one finding of the rule.
pub(super) fn suppression(rule: &Rule) -> String {
    format!(
        "Add a comment `gonogo:allow {} REASON` to its line, or the finding to the baseline: `gonogo baseline update`.",
        rule.id
    )
}

/// Returns where a rule of `detect` is defined; `None` for checks.
pub(super) fn definition<'l>(rule: &Rule, user: &'l [Loaded]) -> Option<&'l Loaded>
where
    'static: 'l,
{
    let mut all = user.iter().chain(BUILTIN);
    all.find(|loaded| loaded.definition.id == rule.id.as_str())
}

fn illustrated(rule: &Rule, drawn: &Illustration) -> String {
    let bad = indented(&drawn.bad);
    match &drawn.good {
        Some(good) => format!(
            "\nInstead of\n{bad}\nwrite\n{}\n`gonogo fix --rule {}` makes this change.\n",
            indented(good),
            rule.id
        ),
        None => format!("\nDetected\n{bad}"),
    }
}

fn defined(loaded: &Loaded) -> String {
    let Loaded {
        file,
        line,
        definition,
    } = loaded;
    let mut text = format!("  defined in:  {}:{line}\n", visible(file));
    text += &format!(
        "  keywords:    {}\n",
        visible(&definition.keywords.join(", "))
    );
    if let Some(regex) = &definition.regex {
        text += &format!("  regex:       {}\n", visible(regex));
    }
    for part in definition.parts.iter() {
        let mut says = vec![format!("within {} bytes", part.within)];
        says.extend(part.required.then(|| "required".to_owned()));
        says.extend(part.rule.as_ref().map(|rule| format!("also `{rule}`")));
        text += &format!(
            "  part:        {}: {} ({})\n",
            visible(&part.name),
            visible(&part.regex),
            says.join(", ")
        );
    }
    if let Some(proof) = &definition.proof {
        text += &format!("  proof:       {}\n", visible(proof));
    }
    text
}

fn indented(text: &str) -> String {
    let mut indented = String::new();
    for line in text.lines() {
        indented += &format!("    {}\n", visible(line));
    }
    indented
}

/// Returns a rule's first example with its random parts replaced by words: no text may look as if it contained a
/// secret.
pub(super) fn example(definition: &RuleDefinition) -> Option<String> {
    definition
        .examples
        .first()
        .map(|template| in_words(template))
}

/// Returns a rule's first negative, with words in the same way.
pub(super) fn negative(definition: &RuleDefinition) -> Option<String> {
    definition
        .negatives
        .first()
        .map(|template| in_words(template))
}

fn in_words(template: &str) -> String {
    let mut text = template.to_owned();
    // From the inside out, since kinds may be nested.
    while let Some(open) = text.rfind("{{") {
        let Some(length) = text[open..].find("}}") else {
            break;
        };
        // The text itself may have a brace right before those that end the kind.
        let rest = &text[open + length + 2..];
        let length = length + rest.len() - rest.trim_start_matches('}').len();
        let inner = &text[open + 2..open + length];
        let word = match inner.split_once(':') {
            _ if inner == "start" => String::new(),
            Some((kind, number)) if number.bytes().all(|byte| byte.is_ascii_digit()) => {
                format!("<{number} {kind}>")
            }
            Some((kind, rest)) => format!("<{} {rest}>", kind.replace('-', " ")),
            None => format!("<{inner}>"),
        };
        text.replace_range(open..open + length + 2, &word);
    }
    text
}
