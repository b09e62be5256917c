//! Blocks and directives, with the contents of their includes.

use crate::audit::limit;
use crate::model::steps;

use super::{Forest, Place};
use crate::audit::nginx::lexer::Span;
use crate::audit::nginx::tree::Directive;

/// How many blocks around a directive are followed, including those of including files.
const MAX_OUTER: usize = 1_000;
/// How many directives below one block are visited.
const MAX_VISITED: usize = 20_000;

/// A block, with the contents of its includes.
#[derive(Clone, Copy)]
pub(in crate::audit::nginx) struct Scope<'f> {
    forest: &'f Forest,
    place: Place,
}

/// A directive of one of the files.
#[derive(Clone, Copy)]
pub(in crate::audit::nginx) struct At<'f> {
    forest: &'f Forest,
    pub(in crate::audit::nginx) file: usize,
    pub(in crate::audit::nginx) number: usize,
}

impl<'f> Scope<'f> {
    pub(in crate::audit::nginx) fn top(forest: &'f Forest, file: usize) -> Self {
        let place = (file, None);
        Self { forest, place }
    }

    /// Returns the directives directly within it.
    pub(in crate::audit::nginx) fn within(self) -> impl Iterator<Item = At<'f>> {
        let (file, block) = self.place;
        let spliced = self.forest.spliced.get(&self.place);
        let own = match spliced {
            None => self.forest.files[file].tree.within(block),
            Some(_) => &[],
        };
        let own = own.iter().map(move |&number| (file, number));
        let spliced = spliced.into_iter().flat_map(|spliced| &spliced.all);
        own.chain(spliced.copied()).map(move |key| self.at(key))
    }

    /// Returns the directives directly within it that have this name.
    pub(in crate::audit::nginx) fn named(self, name: &str) -> Vec<At<'f>> {
        self.each_named(name).collect()
    }

    /// The same, one at a time: there may be many thousands.
    pub(in crate::audit::nginx) fn each_named(
        self,
        name: &str,
    ) -> impl Iterator<Item = At<'f>> + use<'f> {
        let (file, block) = self.place;
        let (spliced, own) = match self.forest.spliced.get(&self.place) {
            Some(spliced) => (spliced.named.get(name), &[][..]),
            None => (None, self.forest.files[file].tree.named(block, name)),
        };
        let spliced = spliced.into_iter().flatten().copied();
        let own = own.iter().map(move |&number| (file, number));
        spliced.chain(own).map(move |key| self.at(key))
    }

    /// Returns the block around it; at the top of a file, the one that includes the file.
    pub(in crate::audit::nginx) fn outer(self) -> Option<Self> {
        let (file, block) = self.place;
        let place = match block {
            Some(block) => (file, self.forest.files[file].tree.directives[block].parent),
            None => *self.forest.included.get(&file)?,
        };
        Some(Self { place, ..self })
    }

    /// Returns this block and those around it, from the inside out, each once: includes may be circular.
    pub(in crate::audit::nginx) fn outwards(self) -> impl Iterator<Item = Self> {
        let mut found = vec![self];
        let mut tops = Vec::new();
        let mut last = self;
        while let Some(outer) = last.outer().filter(|_| found.len() < MAX_OUTER) {
            if last.place.1.is_none() {
                if tops.contains(&last.place.0) {
                    break;
                }
                tops.push(last.place.0);
            }
            found.push(outer);
            last = outer;
        }
        found.into_iter()
    }

    /// Returns the directives of this name that take effect here: those of the nearest block that has any.
    pub(in crate::audit::nginx) fn effective(self, name: &str) -> Vec<At<'f>> {
        let mut outwards = self.outwards().map(|scope| scope.named(name));
        outwards.find(|found| !found.is_empty()).unwrap_or_default()
    }

    /// Returns whether everything that it includes could be seen.
    pub(in crate::audit::nginx) fn is_whole(self) -> bool {
        !self.forest.unseen.contains(&self.place)
    }

    /// Returns the directive that opens it.
    pub(in crate::audit::nginx) fn opener(self) -> Option<At<'f>> {
        let (file, block) = self.place;
        Some(self.at((file, block?)))
    }

    /// Returns the nearest block of this name around it, or itself.
    pub(in crate::audit::nginx) fn enclosing(self, name: &str) -> Option<At<'f>> {
        let mut openers = self.outwards().filter_map(Self::opener);
        openers.find(|opener| opener.name() == name)
    }

    /// Returns where a `map` or a `geo` (`kind`) declares the variable of this name.
    pub(in crate::audit::nginx) fn declared(self, kind: &'static str, name: &str) -> Vec<At<'f>> {
        let found = self.forest.declared.get(&(kind, name.to_owned()));
        found
            .into_iter()
            .flatten()
            .map(|&key| self.at(key))
            .collect()
    }

    /// Returns everything within it at any depth, or part of it if that is very much.
    pub(in crate::audit::nginx) fn descendants(self) -> Vec<At<'f>> {
        let mut found: Vec<At<'f>> = self.within().take(MAX_VISITED + 1).collect();
        let mut next = 0;
        while next < found.len() && found.len() <= MAX_VISITED {
            if found[next].is_block() {
                let room = MAX_VISITED + 1 - found.len();
                found.extend(found[next].block().within().take(room));
            }
            next += 1;
        }
        if found.len() > MAX_VISITED {
            limit::reached(format!("blocks of more than {MAX_VISITED} directives"));
        }
        found
    }

    fn at(self, (file, number): (usize, usize)) -> At<'f> {
        steps::look_at(1);
        At {
            forest: self.forest,
            file,
            number,
        }
    }
}

impl<'f> At<'f> {
    pub(in crate::audit::nginx) fn new(forest: &'f Forest, file: usize, number: usize) -> Self {
        Self {
            forest,
            file,
            number,
        }
    }

    /// Returns whether it is the same directive.
    pub(in crate::audit::nginx) fn is(self, other: At<'_>) -> bool {
        (self.file, self.number) == (other.file, other.number)
    }

    fn directive(self) -> &'f Directive {
        &self.forest.files[self.file].tree.directives[self.number]
    }

    pub(in crate::audit::nginx) fn name(self) -> &'f str {
        &self.directive().name.text
    }

    /// Returns the range from its name to its last argument.
    pub(in crate::audit::nginx) fn span(self) -> Span {
        self.directive().span.clone()
    }

    /// Returns the text of an argument, counted from 0; empty if there is none.
    pub(in crate::audit::nginx) fn argument(self, number: usize) -> &'f str {
        let argument = self.directive().arguments.get(number);
        argument.map_or("", |word| &word.text)
    }

    pub(in crate::audit::nginx) fn arguments(self) -> impl Iterator<Item = &'f str> {
        self.directive()
            .arguments
            .iter()
            .map(|word| word.text.as_str())
    }

    /// Returns the range of an argument.
    pub(in crate::audit::nginx) fn argument_span(self, number: usize) -> Span {
        let argument = self.directive().arguments.get(number);
        argument.map_or_else(|| self.span(), |word| word.span.clone())
    }

    pub(in crate::audit::nginx) fn is_block(self) -> bool {
        self.directive().is_block
    }

    /// Returns the block that it opens.
    pub(in crate::audit::nginx) fn block(self) -> Scope<'f> {
        Scope {
            forest: self.forest,
            place: (self.file, Some(self.number)),
        }
    }

    /// Returns the block that it is in.
    pub(in crate::audit::nginx) fn scope(self) -> Scope<'f> {
        Scope {
            forest: self.forest,
            place: (self.file, self.directive().parent),
        }
    }

    pub(in crate::audit::nginx) fn path(self) -> &'f str {
        &self.forest.files[self.file].path
    }
}
