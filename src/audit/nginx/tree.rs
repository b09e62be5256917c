//! The tree of directives in one file.

use rustc_hash::FxHashMap;

use super::lexer::{Lexer, Span, Token, Word};

/// How deeply blocks may be nested; real configuration rarely goes beyond five.
const MAX_DEPTH: usize = 64;
/// How many directives one file may have.
const MAX_DIRECTIVES: usize = 200_000;
/// How many words one directive may have.
const MAX_WORDS: usize = 20_000;

/// One directive, and whether it opens a block.
#[derive(Debug)]
pub(super) struct Directive {
    pub(super) name: Word,
    pub(super) arguments: Vec<Word>,
    /// Whether it has a block, which may be empty.
    pub(super) is_block: bool,
    /// The directive whose block it is in; `None` at the top of the file.
    pub(super) parent: Option<usize>,
    /// From its name to the end of its last argument.
    pub(super) span: Span,
}

/// A file's directives in the order in which they are written.
#[derive(Debug, Default)]
pub(super) struct Tree {
    pub(super) directives: Vec<Directive>,
    /// The directives directly within each block; `None` is the top of the file.
    within: FxHashMap<Option<usize>, Vec<usize>>,
    /// The same by name.
    named: FxHashMap<(Option<usize>, String), Vec<usize>>,
}

/// Why a text is not nginx configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Defect {
    pub(super) byte: usize,
    pub(super) reason: &'static str,
    /// Whether the text may be nginx configuration, but exceeds a limit.
    pub(super) is_limit: bool,
}

impl Tree {
    /// Reads `text`.
    pub(super) fn parse(text: &str) -> Result<Self, Defect> {
        let mut reader = Reader {
            lexer: Lexer::new(text),
            tree: Self::default(),
            open: Vec::new(),
            words: Vec::new(),
        };
        while let Some(token) = reader.lexer.next() {
            let token = token.map_err(|byte| Defect::new(byte, "a quote that is not closed"))?;
            reader.take(token)?;
        }
        reader.finish(text.len())
    }

    /// Returns the directives directly within a block, or at the top of the file.
    pub(super) fn within(&self, block: Option<usize>) -> &[usize] {
        self.within.get(&block).map_or(&[], Vec::as_slice)
    }

    /// Returns those that have this name.
    pub(super) fn named(&self, block: Option<usize>, name: &str) -> &[usize] {
        let key = (block, name.to_owned());
        self.named.get(&key).map_or(&[], Vec::as_slice)
    }
}

impl Defect {
    fn new(byte: usize, reason: &'static str) -> Self {
        Self {
            byte,
            reason,
            is_limit: false,
        }
    }

    fn limit(byte: usize, reason: &'static str) -> Self {
        Self {
            is_limit: true,
            ..Self::new(byte, reason)
        }
    }
}

struct Reader<'t> {
    lexer: Lexer<'t>,
    tree: Tree,
    open: Vec<usize>,
    words: Vec<Word>,
}

impl Reader<'_> {
    fn take(&mut self, token: Token) -> Result<(), Defect> {
        match token {
            Token::Word(word) if self.words.len() < MAX_WORDS => self.words.push(word),
            Token::Word(word) => return Err(Defect::limit(word.span.start, "too many words")),
            Token::End(at) => {
                self.add(false, at)?;
            }
            Token::Open(at) => {
                let directive = self.add(true, at)?;
                let name = &self.tree.directives[directive].name.text;
                if name.ends_with("_by_lua_block") {
                    let end = self.lexer.skip_lua();
                    end.ok_or(Defect::new(at, "a Lua block that is not closed"))?;
                } else if self.open.len() >= MAX_DEPTH {
                    return Err(Defect::limit(at, "nested too deeply"));
                } else {
                    self.open.push(directive);
                }
            }
            Token::Close(at) => {
                if !self.words.is_empty() {
                    return Err(Defect::new(at, "a directive without `;`"));
                }
                if self.open.pop().is_none() {
                    return Err(Defect::new(at, "an unexpected `}`"));
                }
            }
        }
        Ok(())
    }

    fn add(&mut self, is_block: bool, at: usize) -> Result<usize, Defect> {
        let mut words = std::mem::take(&mut self.words).into_iter();
        let Some(name) = words.next() else {
            return Err(Defect::new(at, "a directive without a name"));
        };
        let number = self.tree.directives.len();
        if number >= MAX_DIRECTIVES {
            return Err(Defect::limit(at, "too many directives"));
        }
        let arguments: Vec<_> = words.collect();
        let end = arguments.last().map_or(name.span.end, |last| last.span.end);
        let parent = self.open.last().copied();
        let key = (parent, name.text.clone());
        self.tree.within.entry(parent).or_default().push(number);
        self.tree.named.entry(key).or_default().push(number);
        self.tree.directives.push(Directive {
            span: name.span.start..end,
            name,
            arguments,
            is_block,
            parent,
        });
        Ok(number)
    }

    fn finish(self, end: usize) -> Result<Tree, Defect> {
        if let Some(&open) = self.open.last() {
            let start = self.tree.directives[open].span.start;
            return Err(Defect::new(start, "a block that is not closed"));
        }
        if !self.words.is_empty() {
            return Err(Defect::new(end, "a directive without `;`"));
        }
        Ok(self.tree)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(text: &str) -> Vec<String> {
        let tree = Tree::parse(text).unwrap();
        let directives = tree.directives.iter();
        directives
            .map(|directive| {
                let words = directive.arguments.iter().map(|word| word.text.as_str());
                let words: Vec<_> = [directive.name.text.as_str()]
                    .into_iter()
                    .chain(words)
                    .collect();
                let depth = std::iter::successors(directive.parent, |&parent| {
                    tree.directives[parent].parent
                });
                format!("{}{}", ">".repeat(depth.count()), words.join("|"))
            })
            .collect()
    }

    #[test]
    fn words_are_cut_as_nginx_cuts_them() {
        assert_eq!(
            shape(
                "a 'b c' \"d\\\"e\" f#g; # h\nlocation ~ \\.(x|y)$ { return 301 https://${host}$uri; }"
            ),
            [
                "a|b c|d\"e|f#g",
                "location|~|\\.(x|y)$",
                ">return|301|https://${host}$uri"
            ]
        );
        assert_eq!(
            shape("listen ${PORT};map $a $b{default 1;}"),
            ["listen|${PORT}", "map|$a|$b", ">default|1"]
        );
    }

    #[test]
    fn lua_is_passed_over() {
        assert_eq!(
            shape(
                "content_by_lua_block { local a = { '}' } -- }\n local b = [[ } ]] }\nserver { a b; }"
            ),
            ["content_by_lua_block", "server", ">a|b"]
        );
    }

    #[test]
    fn what_is_not_whole_is_told() {
        for text in [
            "a",
            "a b }",
            "a {",
            "}",
            ";",
            "a 'b",
            "x_by_lua_block {",
            "a = { b }",
        ] {
            assert!(Tree::parse(text).is_err(), "{text}");
        }
        let deep = "a { ".repeat(100_000);
        assert_eq!(Tree::parse(&deep).unwrap_err().reason, "nested too deeply");
    }

    #[test]
    fn spans_are_those_of_the_text() {
        let text = "a \u{e4}\\\u{e4} 'x';";
        let tree = Tree::parse(text).unwrap();
        assert_eq!(
            &text[tree.directives[0].span.clone()],
            &text[..text.len() - 1]
        );
    }
}
