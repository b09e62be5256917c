//! All nginx configuration of one tree, joined where one file includes another.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::audit::{Project, limit};

use super::below::{Below, MAX_FILES, MAX_NESTING};
use super::include;
use super::lexer::Span;
use super::server::Server;
use super::tree::{Directive, Tree};

/// Directives that includes may bring into blocks, in all files together.
const MAX_SPLICED: usize = 500_000;
/// The same for one block.
const MAX_SPLICED_HERE: usize = 5_000;
/// Blocks around a directive, those of including files among them: more than their nesting allows.
const MAX_OUTER: usize = 1_000;
/// Directives that a walk down from one block looks at.
const MAX_VISITED: usize = 20_000;

/// A block of one file, or the top of the file.
pub(super) type Place = (usize, Option<usize>);

/// One file.
#[derive(Debug)]
pub(super) struct File {
    pub(super) path: String,
    pub(super) text: String,
    pub(super) tree: Tree,
}

/// The files and how they hang together.
#[derive(Debug, Default)]
pub(in crate::audit) struct Forest {
    files: Vec<File>,
    by_path: FxHashMap<String, usize>,
    /// What stands in blocks with includes.
    spliced: FxHashMap<Place, Spliced>,
    /// Blocks that include something which is not there to be seen.
    unseen: FxHashSet<Place>,
    /// The files of which something was left out, and why.
    limits: Vec<(usize, String)>,
    /// The first place that includes a file.
    included: FxHashMap<usize, Place>,
    /// The names of servers that listen with TLS.
    tls_names: FxHashSet<String>,
    has_tls: bool,
    /// The zones that requests are counted in.
    used_zones: FxHashSet<String>,
    /// Where `map` and `geo` declare a variable, by kind and name.
    declared: FxHashMap<(&'static str, String), Vec<(usize, usize)>>,
}

/// A block with includes: its own directives and what they bring, in order.
#[derive(Debug, Default)]
struct Spliced {
    all: Vec<(usize, usize)>,
    named: FxHashMap<String, Vec<(usize, usize)>>,
}

impl Forest {
    /// Reads all files of a project that are nginx configuration, and those that they include.
    pub(in crate::audit) fn new(project: &Project<'_>) -> Self {
        let mut forest = Self::default();
        for source in project.claimed_by(&super::Nginx) {
            if let Some(file) = super::recognise::file(&source.path, &source.text) {
                forest.add(file);
            }
        }
        let links = include::links(&mut forest, project);
        forest.unseen = links.unseen;
        forest.limits = links.limits;
        for link in &links.found {
            forest.included.entry(link.file).or_insert(link.place);
        }
        let mut direct: FxHashMap<Place, Vec<usize>> = FxHashMap::default();
        let mut by_include: FxHashMap<(usize, usize), Vec<usize>> = FxHashMap::default();
        let mut places = Vec::new();
        for link in links.found {
            let files = direct.entry(link.place).or_default();
            if files.is_empty() {
                places.push(link.place);
            }
            files.push(link.file);
            let include = (link.place.0, link.include);
            by_include.entry(include).or_default().push(link.file);
        }
        forest.splice(&places, &direct, &by_include);
        forest.declared = forest.declarations();
        forest.tls_names = forest.names_with_tls();
        forest.has_tls = forest.listens_with_tls();
        forest.used_zones = forest.zones_in_use();
        forest
    }

    /// Every directive of this name in all files.
    fn everywhere(&self, name: &'static str) -> impl Iterator<Item = At<'_>> {
        let files = self.files.iter().enumerate();
        files.flat_map(move |(file, known)| {
            let directives = known.tree.directives.iter().enumerate();
            directives
                .filter(move |(_, directive)| directive.name.text == name)
                .map(move |(number, _)| At::new(self, file, number))
        })
    }

    fn names_with_tls(&self) -> FxHashSet<String> {
        let servers = self.everywhere("server").filter_map(Server::new);
        let with_tls = servers.filter(Server::is_tls);
        with_tls
            .flat_map(|server| server.names)
            .map(str::to_owned)
            .collect()
    }

    fn listens_with_tls(&self) -> bool {
        let mut servers = self.everywhere("server").filter_map(Server::new);
        servers.any(|server| server.is_tls())
    }

    fn zones_in_use(&self) -> FxHashSet<String> {
        let arguments = self.everywhere("limit_req").flat_map(At::arguments);
        let zones = arguments.filter_map(|argument| argument.strip_prefix("zone="));
        zones.map(str::to_owned).collect()
    }

    fn declarations(&self) -> FxHashMap<(&'static str, String), Vec<(usize, usize)>> {
        let mut declared: FxHashMap<_, Vec<_>> = FxHashMap::default();
        for kind in ["map", "geo"] {
            for at in self.everywhere(kind).filter(|at| at.is_block()) {
                let name = at
                    .arguments()
                    .last()
                    .and_then(|name| name.strip_prefix('$'));
                if let Some(name) = name {
                    let places = declared.entry((kind, name.to_owned())).or_default();
                    places.push((at.file, at.number));
                }
            }
        }
        declared
    }

    /// Notes the limits that were reached where a file was put together with others.
    pub(super) fn note_limits(&self, file: usize) {
        let limits = self.limits.iter().filter(|(other, _)| *other == file);
        limits.for_each(|(_, limit)| limit::reached(limit.as_str()));
    }

    /// Whether some server of this name listens with TLS.
    pub(super) fn has_tls_for(&self, name: &str) -> bool {
        self.tls_names.contains(name)
    }

    /// Whether any server listens with TLS.
    pub(super) fn has_tls(&self) -> bool {
        self.has_tls
    }

    /// Whether `limit_req` counts requests in this zone; also when some file cannot be seen.
    pub(super) fn may_use_zone(&self, zone: &str) -> bool {
        !self.unseen.is_empty() || self.used_zones.contains(zone)
    }

    pub(super) fn add(&mut self, file: File) -> usize {
        let number = self.files.len();
        self.by_path.insert(file.path.clone(), number);
        self.files.push(file);
        number
    }

    pub(super) fn files(&self) -> &[File] {
        &self.files
    }

    pub(super) fn number(&self, path: &str) -> Option<usize> {
        self.by_path.get(path).copied()
    }

    fn splice(
        &mut self,
        places: &[Place],
        direct: &FxHashMap<Place, Vec<usize>>,
        by_include: &FxHashMap<(usize, usize), Vec<usize>>,
    ) {
        let mut total = 0;
        for &place in places {
            let mut below = Below::new(direct, &self.unseen);
            let is_whole = below.collect(place, MAX_NESTING);
            let (files, is_cut) = (below.files, below.is_cut);
            let count = |file: &usize| self.files[*file].tree.within(None).len();
            let weight = files.iter().map(count).sum::<usize>();
            total += weight;
            let is_heavy = weight > MAX_SPLICED_HERE || total > MAX_SPLICED;
            if !is_whole || is_heavy {
                self.unseen.insert(place);
            }
            if is_cut {
                let limit =
                    format!("includes more than {MAX_NESTING} deep, or of {MAX_FILES} files");
                self.limits.push((place.0, limit));
            }
            if is_heavy {
                let limit = format!(
                    "includes of more than {MAX_SPLICED_HERE} directives, or {MAX_SPLICED} in all files"
                );
                self.limits.push((place.0, limit));
                continue;
            }
            let mut spliced = Spliced::default();
            let mut left = files;
            self.unfold(place, by_include, &mut left, &mut spliced.all);
            for &(file, number) in &spliced.all {
                let name = self.files[file].tree.directives[number].name.text.clone();
                spliced.named.entry(name).or_default().push((file, number));
            }
            self.spliced.insert(place, spliced);
        }
    }

    /// Writes down what stands in a place in the order in which nginx reads it, each included file where it is included.
    fn unfold(
        &self,
        place: Place,
        by_include: &FxHashMap<(usize, usize), Vec<usize>>,
        left: &mut Vec<usize>,
        all: &mut Vec<(usize, usize)>,
    ) {
        let (file, block) = place;
        for &number in self.files[file].tree.within(block) {
            all.push((file, number));
            for &included in by_include.get(&(file, number)).into_iter().flatten() {
                // Each file once: includes may lead in circles.
                if let Some(at) = left.iter().position(|&other| other == included) {
                    left.swap_remove(at);
                    self.unfold((included, None), by_include, left, all);
                }
            }
        }
    }
}

/// A block, with what includes bring into it.
#[derive(Clone, Copy)]
pub(super) struct Scope<'f> {
    forest: &'f Forest,
    place: Place,
}

/// A directive of one of the files.
#[derive(Clone, Copy)]
pub(super) struct At<'f> {
    forest: &'f Forest,
    pub(super) file: usize,
    pub(super) number: usize,
}

impl<'f> Scope<'f> {
    pub(super) fn top(forest: &'f Forest, file: usize) -> Self {
        let place = (file, None);
        Self { forest, place }
    }

    /// What stands right within it.
    pub(super) fn within(self) -> impl Iterator<Item = At<'f>> {
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

    /// Those of them that have this name.
    pub(super) fn named(self, name: &str) -> Vec<At<'f>> {
        let (file, block) = self.place;
        if let Some(spliced) = self.forest.spliced.get(&self.place) {
            let found = spliced.named.get(name).into_iter().flatten();
            return found.map(|&key| self.at(key)).collect();
        }
        let own = self.forest.files[file].tree.named(block, name).iter();
        own.map(|&number| self.at((file, number))).collect()
    }

    /// The block around it; at the top of a file the one that includes the file.
    pub(super) fn outer(self) -> Option<Self> {
        let (file, block) = self.place;
        let place = match block {
            Some(block) => (file, self.forest.files[file].tree.directives[block].parent),
            None => *self.forest.included.get(&file)?,
        };
        Some(Self { place, ..self })
    }

    /// This block and those around it, from the inside.
    pub(super) fn outwards(self) -> impl Iterator<Item = Self> {
        std::iter::successors(Some(self), |scope| scope.outer()).take(MAX_OUTER)
    }

    /// The directives of this name that count here: those of the nearest block that has any.
    pub(super) fn effective(self, name: &str) -> Vec<At<'f>> {
        let mut outwards = self.outwards().map(|scope| scope.named(name));
        outwards.find(|found| !found.is_empty()).unwrap_or_default()
    }

    /// Whether everything that it includes could be seen.
    pub(super) fn is_whole(self) -> bool {
        !self.forest.unseen.contains(&self.place)
    }

    /// The directive that opens it.
    pub(super) fn opener(self) -> Option<At<'f>> {
        let (file, block) = self.place;
        Some(self.at((file, block?)))
    }

    /// The nearest block of this name around it, or itself.
    pub(super) fn enclosing(self, name: &str) -> Option<At<'f>> {
        let mut openers = self.outwards().filter_map(Self::opener);
        openers.find(|opener| opener.name() == name)
    }

    /// Where a `map` or a `geo` (`kind`) declares the variable of this name.
    pub(super) fn declared(self, kind: &'static str, name: &str) -> Vec<At<'f>> {
        let found = self.forest.declared.get(&(kind, name.to_owned()));
        found
            .into_iter()
            .flatten()
            .map(|&key| self.at(key))
            .collect()
    }

    /// Everything within it, however deep. Of what is very large, a part.
    pub(super) fn descendants(self) -> Vec<At<'f>> {
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
        At {
            forest: self.forest,
            file,
            number,
        }
    }
}

impl<'f> At<'f> {
    pub(super) fn new(forest: &'f Forest, file: usize, number: usize) -> Self {
        Self {
            forest,
            file,
            number,
        }
    }

    /// Whether it is the very same directive.
    pub(super) fn is(self, other: At<'_>) -> bool {
        (self.file, self.number) == (other.file, other.number)
    }

    fn directive(self) -> &'f Directive {
        &self.forest.files[self.file].tree.directives[self.number]
    }

    pub(super) fn name(self) -> &'f str {
        &self.directive().name.text
    }

    /// From its name to its last argument.
    pub(super) fn span(self) -> Span {
        self.directive().span.clone()
    }

    /// How an argument reads, the first being number 0; empty when there is none.
    pub(super) fn argument(self, number: usize) -> &'f str {
        let argument = self.directive().arguments.get(number);
        argument.map_or("", |word| &word.text)
    }

    pub(super) fn arguments(self) -> impl Iterator<Item = &'f str> {
        self.directive()
            .arguments
            .iter()
            .map(|word| word.text.as_str())
    }

    /// Where an argument is written.
    pub(super) fn argument_span(self, number: usize) -> Span {
        let argument = self.directive().arguments.get(number);
        argument.map_or_else(|| self.span(), |word| word.span.clone())
    }

    pub(super) fn is_block(self) -> bool {
        self.directive().is_block
    }

    /// The block that it opens.
    pub(super) fn block(self) -> Scope<'f> {
        Scope {
            forest: self.forest,
            place: (self.file, Some(self.number)),
        }
    }

    /// The block that it stands in.
    pub(super) fn scope(self) -> Scope<'f> {
        Scope {
            forest: self.forest,
            place: (self.file, self.directive().parent),
        }
    }

    pub(super) fn path(self) -> &'f str {
        &self.forest.files[self.file].path
    }
}
