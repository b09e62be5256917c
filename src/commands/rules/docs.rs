//! The rules as Markdown: a page for each family, and an index.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use crate::audit::{self, Illustration};
use crate::detect::rule_file::{Loaded, PartDefinition};
use crate::model::{Category, Rule};
use crate::report::visible_lines;

use super::super::Error;
use super::explain::{definition, example, negative, suppression};

/// The first line of every page, which identifies pages of removed families.
const MARK: &str = "<!-- Written by `gonogo rules docs`: change the rules instead. -->\n";

/// Writes the pages into `folder`, and removes those that an earlier run wrote and this one does not.
pub(super) fn write(rules: &[Rule], user: &[Loaded], folder: &Path) -> Result<usize, Error> {
    let error = |path: &Path| {
        let path = path.to_owned();
        move |error: io::Error| Error::File { path, error }
    };
    let pages = pages(rules, user);
    fs::create_dir_all(folder).map_err(error(folder))?;
    for entry in fs::read_dir(folder).map_err(error(folder))?.flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_page = name.ends_with(".md") && path.is_file();
        let is_gone = is_page && !pages.contains_key(&name);
        if is_gone && fs::read_to_string(&path).is_ok_and(|text| text.starts_with(MARK)) {
            fs::remove_file(&path).map_err(error(&path))?;
        }
    }
    for (name, text) in &pages {
        let path = folder.join(name);
        fs::write(&path, text).map_err(error(&path))?;
    }
    Ok(pages.len())
}

fn pages(rules: &[Rule], user: &[Loaded]) -> BTreeMap<String, String> {
    let mut families: BTreeMap<&str, Vec<&Rule>> = BTreeMap::new();
    for rule in rules {
        families.entry(rule.id.family()).or_default().push(rule);
    }
    let mut pages: BTreeMap<String, String> = families
        .iter()
        .map(|(family, rules)| (format!("{family}.md"), page(family, rules, user)))
        .collect();
    pages.insert("README.md".to_owned(), index(&families));
    pages
}

fn index(families: &BTreeMap<&str, Vec<&Rule>>) -> String {
    let total: usize = families.values().map(Vec::len).sum();
    let mut text = format!(
        "{MARK}\n# The rules\n\n{total} rules in {} families. `gonogo explain RULE` prints the same for one rule.\n",
        families.len()
    );
    let kinds = [
        (Category::Configuration, "Configuration"),
        (Category::Secret, "Credentials"),
        (Category::Placeholder, "Placeholders"),
    ];
    for (category, title) in kinds {
        let rows: Vec<_> = families
            .iter()
            .filter(|(_, rules)| rules.iter().any(|rule| rule.category == category))
            .map(|(family, rules)| {
                let of_kind = rules.iter().filter(|rule| rule.category == category);
                let titles: Vec<_> = of_kind
                    .map(|rule| format!("[{}]({family}.md#{})", plain(&rule.title), anchor(rule)))
                    .collect();
                format!(
                    "| [{family}]({family}.md) | {} | {} |\n",
                    titles.len(),
                    titles.join(", ")
                )
            })
            .collect();
        if !rows.is_empty() {
            text += &format!(
                "\n## {title}\n\n| family | rules | |\n|---|--:|---|\n{}",
                rows.concat()
            );
        }
    }
    text
}

fn page(family: &str, rules: &[&Rule], user: &[Loaded]) -> String {
    let mut text = format!("{MARK}\n# {family}\n\n[All rules](README.md)\n");
    for rule in rules {
        text += &section(rule, user);
    }
    text
}

fn section(rule: &Rule, user: &[Loaded]) -> String {
    let drawn = audit::illustration(rule.id.as_str());
    let is_fixed = drawn.as_ref().is_some_and(|drawn| drawn.good.is_some());
    let mut text = format!(
        "\n## {}\n\n**What it detects:** {}.\n\n**Why it matters:** {}\n",
        rule.id,
        plain(&rule.title),
        plain(&rule.description)
    );
    text += &format!("\n**How to fix:** {}\n", plain(&rule.remedy));
    text += &format!(
        "\n| category | severity | confidence | `gonogo fix` |\n|---|---|---|---|\n| {} | {} | {} | {} |\n",
        category(rule.category),
        rule.severity,
        rule.confidence,
        if is_fixed { "yes" } else { "no" }
    );
    if let Some(drawn) = drawn {
        text += &illustrated(&drawn);
    } else if let Some(example) = definition(rule, user).and_then(|it| example(&it.definition)) {
        text += &format!("\nDetected:\n\n{}", fenced("text", &example));
    }
    let clean = definition(rule, user).and_then(|it| negative(&it.definition));
    text += &clean.map_or_else(String::new, |clean| {
        format!("\nNot detected:\n\n{}", fenced("text", &clean))
    });
    let parts = definition(rule, user).map(|it| &*it.definition.parts);
    for part in parts.into_iter().flatten() {
        text += &format!("\n{}\n", told(part));
    }
    text += &format!("\n**How to suppress:** {}\n", suppression(rule));
    if !rule.tags.is_empty() {
        text += &format!("\nTags: {}\n", plain(&rule.tags.join(", ")));
    }
    if !rule.references.is_empty() {
        let links: Vec<_> = rule
            .references
            .iter()
            .map(|link| format!("<{link}>"))
            .collect();
        text += &format!("\nReferences: {}\n", links.join(", "));
    }
    text
}

/// Describes a part of a rule and its effect.
fn told(part: &PartDefinition) -> String {
    let name = plain(&part.name);
    let within = part.within;
    let mut text = if part.required {
        format!("Reported only with its **{name}** within {within} bytes.")
    } else {
        format!(
            "With its **{name}** within {within} bytes the confidence is higher, and the finding names that place as well."
        )
    };
    if let Some(rule) = &part.rule {
        text += &format!(" `{rule}` is then not reported separately.");
    }
    text
}

fn illustrated(drawn: &Illustration) -> String {
    let language = match drawn.path.rsplit(['.', '/']).next() {
        Some("yml" | "yaml") => "yaml",
        Some("json") => "json",
        Some("Dockerfile") => "dockerfile",
        Some("conf") => "nginx",
        _ => "text",
    };
    let bad = fenced(language, &drawn.bad);
    let mut text = match &drawn.good {
        Some(good) => format!("\nInstead of\n\n{bad}\nwrite\n\n{}", fenced(language, good)),
        None => format!("\nDetected, in `{}`:\n\n{bad}", drawn.path),
    };
    if let Some(clean) = &drawn.clean {
        text += &format!("\nNot detected:\n\n{}", fenced(language, clean));
    }
    text
}

/// Returns a code block with a fence that the text does not close.
fn fenced(language: &str, text: &str) -> String {
    let fence = if text.contains("```") { "~~~~" } else { "```" };
    let text = visible_lines(text.trim_end());
    format!("{fence}{language}\n{text}\n{fence}\n")
}

fn category(category: Category) -> &'static str {
    match category {
        Category::Secret => "secret",
        Category::Placeholder => "placeholder",
        Category::Configuration => "configuration",
    }
}

/// Returns the URL fragment of the rule on its family's page.
fn anchor(rule: &Rule) -> String {
    rule.id.as_str().replace('/', "")
}

/// Escapes prose for Markdown: outside code, nothing in it becomes a tag or a column.
fn plain(text: &str) -> String {
    let parts = text.split('`').enumerate().map(|(number, part)| {
        if number % 2 == 1 {
            part.replace('|', "\\|")
        } else {
            part.replace('<', "&lt;")
                .replace('|', "\\|")
                .replace('*', "\\*")
        }
    });
    parts.collect::<Vec<_>>().join("`")
}
