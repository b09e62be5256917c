//! Resources of Terraform and `OpenTofu`.

use std::collections::BTreeMap;

use hcl_edit::Span as _;
use hcl_edit::expr::{Expression, TraversalOperator};
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
    /// How many items a list has, and those that are texts.
    List(usize, Vec<String>),
    /// Anything that is only known when it is applied.
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
    /// The blocks within it.
    pub(crate) blocks: Vec<Block>,
}

/// How deep blocks may lie within each other.
const MAX_DEPTH: usize = 16;

impl Block {
    /// Its type, where it is a resource.
    pub(crate) fn resource(&self) -> &str {
        if self.kind == "resource" {
            self.labels.first().map_or("", String::as_str)
        } else {
            ""
        }
    }

    /// Its name.
    pub(crate) fn name(&self) -> &str {
        self.labels.last().map_or("", String::as_str)
    }

    /// The value of an attribute.
    pub(crate) fn get(&self, key: &str) -> Option<&Given> {
        self.attributes.get(key).map(|(_, value)| value)
    }

    /// A text.
    pub(crate) fn text(&self, key: &str) -> Option<&str> {
        match self.get(key)? {
            Given::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Whether the attribute is this truth.
    pub(crate) fn is(&self, key: &str, truth: bool) -> bool {
        match self.get(key) {
            Some(Given::Truth(value)) => *value == truth,
            Some(Given::Text(text)) => text == if truth { "true" } else { "false" },
            _ => false,
        }
    }

    /// A number.
    pub(crate) fn number(&self, key: &str) -> Option<f64> {
        match self.get(key)? {
            Given::Number(number) => Some(*number),
            Given::Text(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// The line of an attribute, or its own.
    pub(crate) fn line_of(&self, key: &str) -> u32 {
        self.attributes
            .get(key)
            .map_or(self.line, |(line, _)| *line)
    }

    /// The blocks of this name within it, one level deep.
    pub(crate) fn within<'b>(&'b self, kind: &'b str) -> impl Iterator<Item = &'b Block> {
        self.blocks.iter().filter(move |block| block.kind == kind)
    }

    /// Whether it holds a block of this name, however deep.
    pub(crate) fn has(&self, kind: &str) -> bool {
        self.blocks
            .iter()
            .any(|block| block.kind == kind || block.has(kind))
    }
}

/// The blocks of all files, and the files that do not parse.
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

/// Whether brackets are not nested deeper than a parser that calls itself can bear.
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
    let blocks = body.iter().filter_map(|structure| match structure {
        Structure::Block(block) => Some(block),
        Structure::Attribute(_) => None,
    });
    let read = blocks.map(|block| {
        let line =
            |span: Option<std::ops::Range<usize>>| line_at(source.1, span.map_or(0, |it| it.start));
        let attributes = block.body.iter().filter_map(|structure| match structure {
            Structure::Attribute(attribute) => Some((
                attribute.key.to_string(),
                (line(attribute.span()), given(&attribute.value)),
            )),
            Structure::Block(_) => None,
        });
        Block {
            file: source.0,
            line: line(block.span()),
            kind: block.ident.to_string(),
            labels: block
                .labels
                .iter()
                .map(|label| label.as_str().to_owned())
                .collect(),
            attributes: attributes.collect(),
            blocks: block_list(&block.body, source, depth + 1),
        }
    });
    read.collect()
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

/// Puts the defaults of variables where they are named, within one folder.
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
