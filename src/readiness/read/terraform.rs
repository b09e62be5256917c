//! Terraform and `OpenTofu` resources.

use std::collections::BTreeMap;

use hcl_edit::Span as _;
use hcl_edit::expr::{Expression, ObjectKey, TraversalOperator};
use hcl_edit::structure::{Body, Structure};

use super::kind::Kind;
use super::{Corpus, folder, line_at};

/// The value of an attribute.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Given {
    /// A text.
    Text(String),
    /// A number.
    Number(f64),
    /// True or false.
    Truth(bool),
    /// The number of items in a list, and those that are strings.
    List(usize, Vec<String>),
    /// A value that is known only when it is applied, as written.
    Unknown(String),
}

/// A block with its attributes.
#[derive(Debug, Clone)]
pub(crate) struct Block {
    /// The file.
    pub(crate) file: usize,
    /// The line, counted from 1.
    pub(crate) line: u32,
    /// `resource`, or the name of a block within one.
    pub(crate) kind: String,
    /// Its labels: type and name.
    pub(crate) labels: Vec<String>,
    /// Its attributes, with their lines.
    pub(crate) attributes: BTreeMap<String, (u32, Given)>,
    /// The blocks nested in it.
    pub(crate) blocks: Vec<Block>,
}

/// How deep blocks may be nested.
const MAX_DEPTH: usize = 16;

impl Block {
    /// Returns its type, if it is a resource.
    pub(crate) fn resource(&self) -> &str {
        if self.kind == "resource" {
            self.labels.first().map_or("", String::as_str)
        } else {
            ""
        }
    }

    /// Returns its name.
    pub(crate) fn name(&self) -> &str {
        self.labels.last().map_or("", String::as_str)
    }

    /// Returns the value of an attribute.
    pub(crate) fn get(&self, key: &str) -> Option<&Given> {
        self.attributes.get(key).map(|(_, value)| value)
    }

    /// Returns the value of a string attribute.
    pub(crate) fn text(&self, key: &str) -> Option<&str> {
        match self.get(key)? {
            Given::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Whether an attribute has this Boolean value.
    pub(crate) fn is(&self, key: &str, truth: bool) -> bool {
        match self.get(key) {
            Some(Given::Truth(value)) => *value == truth,
            Some(Given::Text(text)) => text == if truth { "true" } else { "false" },
            _ => false,
        }
    }

    /// Returns the value of a numeric attribute.
    pub(crate) fn number(&self, key: &str) -> Option<f64> {
        match self.get(key)? {
            Given::Number(number) => Some(*number),
            Given::Text(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// Returns the line of an attribute, or that of the block if it is missing.
    pub(crate) fn line_of(&self, key: &str) -> u32 {
        self.attributes
            .get(key)
            .map_or(self.line, |(line, _)| *line)
    }

    /// Returns the blocks with this name directly in it.
    pub(crate) fn within<'b>(&'b self, kind: &'b str) -> impl Iterator<Item = &'b Block> {
        self.blocks.iter().filter(move |block| block.kind == kind)
    }

    /// Whether it contains a block with this name at any depth.
    pub(crate) fn has(&self, kind: &str) -> bool {
        self.blocks
            .iter()
            .any(|block| block.kind == kind || block.has(kind))
    }
}

/// Returns the blocks of all files, and the files that do not parse.
pub(crate) fn blocks(corpus: &Corpus) -> (Vec<Block>, Vec<usize>) {
    let (mut all, mut broken) = (Vec::new(), Vec::new());
    for (file, read) in corpus.shipped(Kind::Terraform) {
        if read.path.ends_with(".tfvars") {
            continue;
        }
        let parsed = if is_flat(&read.text) {
            read.text.parse::<Body>().ok()
        } else {
            None
        };
        match parsed {
            Some(body) => all.extend(block_list(&body, (file, &read.text), 0)),
            None => broken.push(file),
        }
    }
    resolve(corpus, &mut all);
    (all, broken)
}

/// Whether brackets are not nested too deeply for a recursive parser.
fn is_flat(text: &str) -> bool {
    let mut depth = 0_usize;
    text.bytes().all(|byte| {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth <= MAX_NESTING
    })
}

/// How deep brackets may be nested.
const MAX_NESTING: usize = 64;

fn block_list(body: &Body, source: (usize, &str), depth: usize) -> Vec<Block> {
    if depth > MAX_DEPTH {
        return Vec::new();
    }
    let mut all = Vec::new();
    for structure in body {
        match structure {
            Structure::Block(written) => all.push(block(written, source, depth)),
            Structure::Attribute(attribute) => {
                let (key, value) = (attribute.key.as_str(), &attribute.value);
                all.extend(encoded(key, value, source, depth));
            }
        }
    }
    all
}

fn line(source: (usize, &str), span: Option<std::ops::Range<usize>>) -> u32 {
    line_at(source.1, span.map_or(0, |it| it.start))
}

/// Converts a block; a `dynamic` block counts as the blocks that it generates.
fn block(written: &hcl_edit::structure::Block, source: (usize, &str), depth: usize) -> Block {
    let mut labels = written.labels.iter().map(|label| label.as_str().to_owned());
    let content = || {
        let mut blocks = written.body.iter().filter_map(Structure::as_block);
        blocks.find(|it| it.ident.as_str() == "content")
    };
    let made = if written.ident.as_str() == "dynamic" {
        content().zip(labels.next())
    } else {
        None
    };
    let (kind, body) = match made {
        Some((content, kind)) => (kind, &content.body),
        None => (written.ident.to_string(), &written.body),
    };
    let attributes = body.iter().filter_map(Structure::as_attribute);
    Block {
        file: source.0,
        line: line(source, written.span()),
        kind,
        labels: written
            .labels
            .iter()
            .map(|label| label.as_str().to_owned())
            .collect(),
        attributes: attributes
            .map(|it| {
                let at = line(source, it.span());
                (it.key.to_string(), (at, given(&it.value)))
            })
            .collect(),
        blocks: block_list(body, source, depth + 1),
    }
}

/// Converts an attribute with JSON to blocks named after the attribute, such as the containers of a task.
fn encoded(key: &str, value: &Expression, source: (usize, &str), depth: usize) -> Vec<Block> {
    match value {
        Expression::FuncCall(call) if call.name.name.as_str() == "jsonencode" => {
            let arguments = call.args.iter();
            let objects = arguments.flat_map(|it| objects(key, it, source, depth + 1));
            objects.collect()
        }
        Expression::HeredocTemplate(text) => {
            let json = serde_json::from_str(&text.template.to_string());
            let at = line(source, value.span());
            json.map_or_else(
                |_| Vec::new(),
                |json| parsed(key, &json, (source.0, at), depth + 1),
            )
        }
        _ => Vec::new(),
    }
}

/// Converts an object, or each object in a list, to a block.
fn objects(key: &str, value: &Expression, source: (usize, &str), depth: usize) -> Vec<Block> {
    if depth > MAX_DEPTH {
        return Vec::new();
    }
    match value {
        Expression::Array(items) => {
            let items = items.iter();
            items
                .flat_map(|item| objects(key, item, source, depth + 1))
                .collect()
        }
        Expression::Object(object) => {
            let mut made = empty(key, (source.0, line(source, value.span())));
            for (name, value) in object {
                let name = match name {
                    ObjectKey::Ident(name) => name.as_str().to_owned(),
                    ObjectKey::Expression(name) => name.as_str().unwrap_or_default().to_owned(),
                };
                let value = value.expr();
                made.blocks.extend(objects(&name, value, source, depth + 1));
                let at = line(source, value.span());
                made.attributes.insert(name, (at, given(value)));
            }
            vec![made]
        }
        _ => Vec::new(),
    }
}

/// Does the same for JSON in a string, for which only the line of the whole string is known.
fn parsed(key: &str, value: &serde_json::Value, at: (usize, u32), depth: usize) -> Vec<Block> {
    use serde_json::Value;
    if depth > MAX_DEPTH {
        return Vec::new();
    }
    match value {
        Value::Array(items) => {
            let items = items.iter();
            items
                .flat_map(|item| parsed(key, item, at, depth + 1))
                .collect()
        }
        Value::Object(entries) => {
            let mut made = empty(key, at);
            for (name, value) in entries {
                made.blocks.extend(parsed(name, value, at, depth + 1));
                let given = match value {
                    Value::String(text) => Given::Text(text.clone()),
                    Value::Bool(truth) => Given::Truth(*truth),
                    Value::Array(items) => Given::List(items.len(), Vec::new()),
                    other => other
                        .as_f64()
                        .map_or(Given::Unknown(String::new()), Given::Number),
                };
                made.attributes.insert(name.clone(), (at.1, given));
            }
            vec![made]
        }
        _ => Vec::new(),
    }
}

fn empty(kind: &str, (file, line): (usize, u32)) -> Block {
    Block {
        file,
        line,
        kind: kind.to_owned(),
        labels: Vec::new(),
        attributes: BTreeMap::new(),
        blocks: Vec::new(),
    }
}

fn given(value: &Expression) -> Given {
    match value {
        Expression::String(text) => Given::Text(text.to_string()),
        Expression::Number(number) => number
            .value()
            .as_f64()
            .map_or(Given::Unknown(String::new()), Given::Number),
        Expression::Bool(truth) => Given::Truth(*truth.value()),
        Expression::Array(items) => {
            let texts = items.iter().filter_map(|item| match item {
                Expression::String(text) => Some(text.to_string()),
                _ => None,
            });
            Given::List(items.len(), texts.collect())
        }
        Expression::Traversal(traversal) => {
            let mut name = match &traversal.expr {
                Expression::Variable(name) => name.to_string(),
                _ => String::new(),
            };
            for operator in &traversal.operators {
                if let TraversalOperator::GetAttr(part) = operator.value() {
                    name.push('.');
                    name.push_str(part);
                }
            }
            Given::Unknown(name)
        }
        other => Given::Unknown(other.to_string().trim().to_owned()),
    }
}

/// Replaces variables by their defaults, within one directory.
fn resolve(corpus: &Corpus, all: &mut [Block]) {
    let mut defaults: BTreeMap<(usize, String, String), Given> = BTreeMap::new();
    let place = |file: usize| {
        let file = &corpus.files[file];
        (file.repository, folder(&file.path).to_owned())
    };
    for block in all.iter().filter(|block| block.kind == "variable") {
        if let Some(default) = block.get("default") {
            let (repository, folder) = place(block.file);
            defaults.insert(
                (repository, folder, block.name().to_owned()),
                default.clone(),
            );
        }
    }
    for block in all.iter_mut().filter(|block| block.kind != "variable") {
        let (repository, folder) = place(block.file);
        put(block, &|name| {
            defaults
                .get(&(repository, folder.clone(), name.to_owned()))
                .cloned()
        });
    }
}

fn put(block: &mut Block, default: &dyn Fn(&str) -> Option<Given>) {
    for (_, value) in block.attributes.values_mut() {
        if let Given::Unknown(name) = value
            && let Some(known) = name.strip_prefix("var.").and_then(default)
        {
            *value = known;
        }
    }
    for inner in &mut block.blocks {
        put(inner, default);
    }
}
