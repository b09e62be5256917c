//! All nginx configuration of one tree, joined where one file includes another.

mod scope;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::audit::{Project, limit};

use super::below::{Below, MAX_FILES, MAX_NESTING};
use super::include;
use super::server::Server;
use super::tree::Tree;

pub(super) use scope::{At, Scope};

/// How many directives includes may add to blocks, in all files together.
const MAX_SPLICED: usize = 500_000;
/// The same for one block.
const MAX_SPLICED_HERE: usize = 5_000;

/// A block of one file, or the top of the file.
pub(super) type Place = (usize, Option<usize>);

/// One file.
#[derive(Debug)]
pub(super) struct File {
    pub(super) path: String,
    pub(super) text: String,
    pub(super) tree: Tree,
}

/// The files and how they include each other.
#[derive(Debug, Default)]
pub(in crate::audit) struct Forest {
    files: Vec<File>,
    by_path: FxHashMap<String, usize>,
    /// The contents of blocks with includes.
    spliced: FxHashMap<Place, Spliced>,
    /// Blocks that include something that cannot be seen.
    unseen: FxHashSet<Place>,
    /// The files of which something was left out, and why.
    limits: Vec<(usize, String)>,
    /// The first place that includes a file.
    included: FxHashMap<usize, Place>,
    /// The names of servers that listen with TLS.
    tls_names: FxHashSet<String>,
    has_tls: bool,
    /// The zones in which requests are counted.
    used_zones: FxHashSet<String>,
    /// Where `map` and `geo` declare a variable, by kind and name.
    declared: FxHashMap<(&'static str, String), Vec<(usize, usize)>>,
}

/// The contents of a block with includes: its own directives and included ones, in order.
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

    /// Returns every directive of this name in all files.
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

    /// Reports the limits that were reached while joining a file with others.
    pub(super) fn note_limits(&self, file: usize) {
        let limits = self.limits.iter().filter(|(other, _)| *other == file);
        limits.for_each(|(_, limit)| limit::reached(limit.as_str()));
    }

    /// Returns whether some server of this name listens with TLS.
    pub(super) fn has_tls_for(&self, name: &str) -> bool {
        self.tls_names.contains(name)
    }

    /// Returns whether any server listens with TLS.
    pub(super) fn has_tls(&self) -> bool {
        self.has_tls
    }

    /// Returns whether `limit_req` counts requests in this zone; also true if some file cannot be seen.
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
                let limit = format!(
                    "includes nested more than {MAX_NESTING} deep, or of {MAX_FILES} files"
                );
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

    /// Lists the contents of a place in the order in which nginx reads them, each included file where it is included.
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
                // Each file once: includes may be circular.
                if let Some(at) = left.iter().position(|&other| other == included) {
                    left.swap_remove(at);
                    self.unfold((included, None), by_include, left, all);
                }
            }
        }
    }
}
