//! Turns the rule files under `patterns/` into static data, so that starting the tool parses nothing.
//!
//! A rule file that is broken fails the build, with the one line that `gonogo rules check` would print.

#![allow(
    clippy::print_stdout,
    reason = "a build script speaks to cargo on standard output"
)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use rule_file::{Loaded, PartDefinition, RuleDefinition, RuleFileError, Texts};

#[allow(
    dead_code,
    unreachable_pub,
    reason = "written for the library; the build script needs only the levels and categories"
)]
#[path = "src/model"]
mod model {
    mod rule;
    mod severity;
    mod version;

    pub(crate) use rule::Category;
    pub(crate) use severity::{Confidence, Severity};
    pub(crate) use version::Version;
}

#[allow(dead_code, unreachable_pub, reason = "written for the library")]
#[path = "src/detect/rule_file.rs"]
mod rule_file;

/// Why there is nothing to embed.
#[derive(Debug, thiserror::Error)]
enum Error {
    #[error(transparent)]
    Rules(#[from] RuleFileError),
    #[error("{}: {source}", path.display())]
    Io { path: PathBuf, source: io::Error },
}

fn main() {
    println!("cargo::rerun-if-changed=patterns");
    println!("cargo::rerun-if-changed=build.rs");
    if let Err(error) = embed() {
        println!("cargo::error={error}");
    }
}

fn embed() -> Result<(), Error> {
    let rules = load(Path::new("patterns"))?;
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default()).join("builtin_rules.rs");
    fs::write(&out, generate(&rules)).map_err(|source| Error::Io { path: out, source })
}

/// Reads every rule file of `folder` in the order of their names.
fn load(folder: &Path) -> Result<Vec<Loaded>, Error> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        |source| Error::Io { path, source }
    };
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed(folder))? {
        let path = entry.map_err(failed(folder))?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            files.push(path);
        }
    }
    files.sort();
    let mut rules = Vec::new();
    for path in files {
        let text = fs::read_to_string(&path).map_err(failed(&path))?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        // Spelt with `/` on every system, so that the embedded data is the same everywhere.
        rules.extend(rule_file::parse(&format!("patterns/{name}"), &text)?);
    }
    refuse_duplicates(&rules)?;
    Ok(rules)
}

fn refuse_duplicates(rules: &[Loaded]) -> Result<(), RuleFileError> {
    let mut seen = BTreeMap::new();
    for rule in rules {
        if let Some(first) = seen.insert(&rule.definition.id, rule) {
            return Err(RuleFileError {
                file: rule.file.to_string(),
                line: rule.line,
                message: format!(
                    "rule `{}` stands already at {}:{}",
                    rule.definition.id, first.file, first.line
                ),
            });
        }
    }
    Ok(())
}

fn generate(rules: &[Loaded]) -> String {
    let mut code = String::from(
        "/// The built-in rules, in the order of their files.\npub static BUILTIN: &[Loaded] = &[\n",
    );
    for rule in rules {
        let _ = writeln!(
            code,
            "Loaded {{ file: {}, line: {}, definition: {} }},",
            text(&rule.file),
            rule.line,
            definition(&rule.definition)
        );
    }
    code.push_str("];\n");
    code
}

fn definition(rule: &RuleDefinition) -> String {
    let fields = [
        ("id", text(&rule.id)),
        ("title", text(&rule.title)),
        ("description", text(&rule.description)),
        ("remedy", optional(rule.remedy.as_deref().map(text))),
        ("severity", format!("Severity::{:?}", rule.severity)),
        ("confidence", format!("Confidence::{:?}", rule.confidence)),
        ("matcher", format!("Matcher::{:?}", rule.matcher)),
        ("category", format!("Category::{:?}", rule.category)),
        ("keywords", texts(&rule.keywords)),
        ("regex", optional(rule.regex.as_deref().map(text))),
        ("secret_group", rule.secret_group.to_string()),
        (
            "entropy",
            optional(rule.entropy.map(|bits| format!("{bits:?}"))),
        ),
        ("path", optional(rule.path.as_deref().map(text))),
        ("max_length", format!("{:?}", rule.max_length)),
        ("proof", optional(rule.proof.as_deref().map(text))),
        ("judged", rule.judged.to_string()),
        ("more", optional(rule.more.as_deref().map(text))),
        (
            "allowlist",
            format!(
                "Allowlist {{ regexes: {}, stopwords: {} }}",
                texts(&rule.allowlist.regexes),
                texts(&rule.allowlist.stopwords)
            ),
        ),
        ("references", texts(&rule.references)),
        ("tags", texts(&rule.tags)),
        ("examples", texts(&rule.examples)),
        ("negatives", texts(&rule.negatives)),
        ("parts", parts(&rule.parts)),
        ("since", optional(rule.since.as_deref().map(text))),
    ];
    let fields = fields
        .map(|(name, value)| format!("{name}: {value}"))
        .join(",\n");
    format!("RuleDefinition {{\n{fields}\n}}")
}

fn parts(parts: &[PartDefinition]) -> String {
    let parts = parts.iter().map(|part| {
        let fields = [
            ("name", text(&part.name)),
            ("regex", text(&part.regex)),
            ("group", part.group.to_string()),
            ("within", part.within.to_string()),
            ("required", part.required.to_string()),
            ("rule", optional(part.rule.as_deref().map(text))),
            ("line", part.line.to_string()),
        ];
        let fields = fields.map(|(name, value)| format!("{name}: {value}"));
        format!("PartDefinition {{ {} }}", fields.join(", "))
    });
    let parts: Vec<_> = parts.collect();
    format!("Cow::Borrowed(&[{}])", parts.join(", "))
}

fn text(text: &str) -> String {
    format!("Cow::Borrowed({text:?})")
}

fn texts(list: &Texts) -> String {
    let items: Vec<_> = list.iter().map(|item| text(item)).collect();
    format!("Cow::Borrowed(&[{}])", items.join(", "))
}

fn optional(value: Option<String>) -> String {
    value.map_or_else(|| "None".to_owned(), |value| format!("Some({value})"))
}
