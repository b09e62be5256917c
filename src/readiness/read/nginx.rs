//! The directives of nginx configuration, with the blocks that they open.

use super::insert::filled;
use super::kind::{Kind, TEMPLATES};
use super::{Corpus, line_at};
use crate::lexicon::path::{Role, has_word};

/// A directive.
#[derive(Debug, Clone)]
pub(crate) struct Directive {
    /// The file.
    pub(crate) file: usize,
    /// The line, counted from 1.
    pub(crate) line: u32,
    /// Its name.
    pub(crate) name: String,
    /// Its arguments.
    pub(crate) args: Vec<String>,
    /// The contents of its block.
    pub(crate) block: Vec<Directive>,
}

/// How deep blocks may be nested.
const MAX_DEPTH: usize = 16;

impl Directive {
    /// Returns the directives with this name directly in its block.
    pub(crate) fn all<'d>(&'d self, name: &'d str) -> impl Iterator<Item = &'d Directive> {
        self.block.iter().filter(move |it| it.name == name)
    }

    /// Whether one of its arguments is this word.
    pub(crate) fn has(&self, word: &str) -> bool {
        self.args.iter().any(|arg| arg == word)
    }

    /// Calls `visit` with this directive and all directives within it.
    pub(crate) fn walk<'d>(&'d self, visit: &mut dyn FnMut(&'d Directive)) {
        visit(self);
        for inner in &self.block {
            inner.walk(visit);
        }
    }
}

/// Whether a file is where Ansible roles or hosts keep nginx sites, each in a file named after its host.
pub(super) fn is_of_sites(path: &str) -> bool {
    let is_of_role =
        path.contains("roles/") && (path.contains("/templates/") || path.contains("/files/"));
    is_of_role || path.contains("sites-available/") || path.contains("sites-enabled/")
}

/// Whether a file is nginx configuration, with a server or an upstream.
fn is_nginx(path: &str, text: &str) -> bool {
    let is_template = TEMPLATES.iter().any(|end| path.ends_with(end));
    let is_named =
        path.contains("nginx") || path.ends_with(".conf") || is_template || is_of_sites(path);
    let is_part = !crate::readiness::read::name(path).contains('.')
        && (text.contains("limit_req") || text.contains("proxy_pass"));
    is_named && is_part
        || is_named
            && (text.contains("server {") || text.contains("server{") || text.contains("upstream "))
            && (text.contains("listen") || text.contains("upstream "))
}

/// Removes locations that only developers have, according to a word in their paths or the comment above them.
fn leave_out_developed(all: &mut Vec<Directive>, lines: &[&str]) {
    all.retain(|it| it.name != "location" || !is_developed(it, lines));
    for directive in all {
        leave_out_developed(&mut directive.block, lines);
    }
}

fn is_developed(location: &Directive, lines: &[&str]) -> bool {
    const MOST: usize = 3;
    let is_word = |word: &str| matches!(word, "dev" | "development" | "hmr" | "webpack");
    let has = |text: &str| has_word(&text.to_ascii_lowercase(), is_word);
    let is_remark = |line: &&&str| line.trim_start().starts_with('#');
    let above = &lines[..lines.len().min(location.line as usize - 1)];
    let mut remarks = above.iter().rev().take(MOST).take_while(is_remark);
    let says = |line: &&str| {
        let lower = line.to_ascii_lowercase();
        let has_other = ["prod", "proxy_pass", "stag", "no dev"]
            .iter()
            .any(|it| lower.contains(it));
        has(line) && !has_other
    };
    let mut paths = location.args.iter();
    paths.any(|path| path.contains("${") && has(path) || path.contains("webpack-hmr"))
        || remarks.any(says)
}

/// Returns the directives of all files that ship.
pub(crate) fn read(corpus: &Corpus) -> Vec<Directive> {
    let mut all = Vec::new();
    for (number, file) in corpus.of(Kind::Conf) {
        if file.role == Role::Shipped && is_nginx(&file.path, &file.text) {
            let filled = filled(&file.text);
            let text = filled.as_deref().unwrap_or(&file.text);
            let mut words = words(text).into_iter().peekable();
            let mut own = block(number, text, &mut words, 0);
            let lines: Vec<_> = text.lines().collect();
            leave_out_developed(&mut own, &lines);
            all.extend(own);
        }
    }
    all
}

type Words<'t> = std::iter::Peekable<std::vec::IntoIter<(usize, &'t str)>>;

fn block(file: usize, text: &str, words: &mut Words<'_>, depth: usize) -> Vec<Directive> {
    let mut all = Vec::new();
    let mut current: Option<Directive> = None;
    while let Some((at, word)) = words.next() {
        match word {
            "}" => break,
            ";" => all.extend(current.take()),
            "{" => {
                let inner = if depth < MAX_DEPTH {
                    block(file, text, words, depth + 1)
                } else {
                    Vec::new()
                };
                if let Some(mut directive) = current.take() {
                    directive.block = inner;
                    all.push(directive);
                }
            }
            word => match &mut current {
                Some(directive) => directive.args.push(word.to_owned()),
                None => {
                    current = Some(Directive {
                        file,
                        line: line_at(text, at),
                        name: word.to_owned(),
                        args: Vec::new(),
                        block: Vec::new(),
                    });
                }
            },
        }
    }
    all
}

/// Splits configuration into words, without quotes and comments.
fn words(text: &str) -> Vec<(usize, &str)> {
    let bytes = text.as_bytes();
    let mut all = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            byte if byte.is_ascii_whitespace() => at += 1,
            b'#' => at = text[at..].find('\n').map_or(bytes.len(), |end| at + end),
            b'{' | b'}' | b';' => {
                all.push((at, &text[at..=at]));
                at += 1;
            }
            quote @ (b'"' | b'\'') => {
                let end =
                    memchr::memchr(quote, &bytes[at + 1..]).map_or(bytes.len(), |end| at + 1 + end);
                all.push((at, &text[at + 1..end]));
                at = end + 1;
            }
            _ => {
                let start = at;
                while at < bytes.len()
                    && !bytes[at].is_ascii_whitespace()
                    && !matches!(bytes[at], b';' | b'}')
                {
                    // A variable in braces is part of its word.
                    if bytes[at] == b'{' {
                        if at > start && bytes[at - 1] == b'$' {
                            at = memchr::memchr(b'}', &bytes[at..])
                                .map_or(bytes.len(), |end| at + end);
                        } else {
                            break;
                        }
                    }
                    at += 1;
                }
                let end = at.min(bytes.len());
                all.push((start, &text[start..end]));
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_are_filled_in() {
        let text = "server {\n{% if tls %}\n listen {{ port }} ssl;\n{% endif %}\n server_name <%= @name %>;\n}\n";
        let filled = filled(text).unwrap();
        assert_eq!(filled.len(), text.len());
        let mut tokens = words(&filled).into_iter().peekable();
        let read = block(0, &filled, &mut tokens, 0);
        assert_eq!(read.len(), 1);
        let listen = read[0].all("listen").next().unwrap();
        assert_eq!(
            (listen.line, listen.args.last().unwrap().as_str()),
            (3, "ssl")
        );
        assert_eq!(read[0].all("server_name").count(), 1);
    }

    #[test]
    fn blocks_are_read() {
        let text = "http { # c\n server { listen 443 ssl; add_header A \"b c\" always; return 301 https://${host}/x; } }";
        let mut tokens = words(text).into_iter().peekable();
        let read = block(0, text, &mut tokens, 0);
        let server = &read[0].block[0];
        assert_eq!(server.all("listen").next().unwrap().args, ["443", "ssl"]);
        assert_eq!(
            server.all("add_header").next().unwrap().args,
            ["A", "b c", "always"]
        );
        assert_eq!(
            server.all("return").next().unwrap().args[1],
            "https://${host}/x"
        );
    }
}
