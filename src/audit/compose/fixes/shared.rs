//! Settings that several services lack, written once: in a block that the services share, or in a new one.

use std::cell::OnceCell;
use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use crate::audit::compose::file::File;
use crate::audit::compose::service::Service;
use crate::audit::fix::Edit;
use crate::audit::yaml::{Value, Written};

use super::blocks::{Block, NAMES, blocks, logging, takes_extensions};
use super::needs::{KEYS, Needs, RESTART, RIGHTS};
use super::place::{above_comments, line_end, merge, step_of_block, step_of_services};
use super::{own_settings, siblings, step, written_here};

mod aside;
mod overlay;
mod policy;

use overlay::{is_laid_over, shares_settings};

/// A new block pays off from this many services and blocks that lack a setting.
const ENOUGH: usize = 3;
/// The same, if a file beside this one has such a block or gets one, so that both look alike.
const ENOUGH_BESIDE: usize = 2;
/// Mappings merged into each other that are followed; people write fewer.
const MOST_MERGED: usize = 64;
/// The anchor for the logging that services share in a file without blocks.
const OF_LOGGING: &str = "default-logging";
/// The place of [`RIGHTS`] among [`KEYS`].
const OF_RIGHTS: usize = 0;
/// The index of logging in [`KEYS`].
const LOGGING: usize = 1;
/// The blocks of one file, and what its services and blocks lack.
pub(in crate::audit::compose) struct Shared<'t> {
    blocks: Vec<Block<'t>>,
    /// Where a new block goes: the start of the line with `services`.
    before_services: Option<usize>,
    needs: Needs,
    /// The index of the service with each key, by the offset of the key.
    numbers: FxHashMap<usize, usize>,
    /// The index of the service whose own settings each mapping is.
    bodies: FxHashMap<usize, usize>,
    /// Services that merge another service.
    heirs: BTreeSet<usize>,
    /// Whether a restart policy can be written once for all services; computed on first use.
    start_again: OnceCell<bool>,
    /// For each service and each of [`KEYS`], the block with the most members that can get it, as `(members, block)`.
    best: FxHashMap<(usize, usize), (usize, usize)>,
    /// The first blocks that hold only settings that services share: those that fixes write, and similar ones that
    /// people wrote.
    common: Vec<usize>,
    /// How many blocks and services would each have to get each of [`KEYS`].
    places: [usize; 3],
    /// A new block is written from this many places on.
    enough: usize,
    /// The edit that writes a new block with each of [`KEYS`]; computed on first use.
    new: [OnceCell<Option<Edit>>; 3],
    /// The name of a new block, with its anchor.
    free: Option<(&'static str, &'static str)>,
    line_end: &'static str,
    /// Whether the log limit in a block gets an anchor, because some services need it without the rest of the block.
    is_anchored: bool,
    /// In a file without blocks, the first of several services that lack logging: the others refer to its setting.
    first: Option<usize>,
    /// The offset and anchor of a block that is itself a `logging` value, which services refer to.
    logging: Option<(usize, &'t str)>,
    /// Whether the file only changes services of a file beside it, and has none of its own.
    pub(super) is_laid_over: bool,
    /// Whether every service ends once its work is done, or is started by hand.
    pub(super) are_all_jobs: bool,
}

impl<'t> Shared<'t> {
    /// Reads the blocks of `file`.
    pub(in crate::audit::compose) fn of(file: &File<'t>) -> Self {
        let roots: Vec<Value> = file
            .parts
            .tree(&file.parts.path)
            .map_or_else(Vec::new, |tree| tree.documents().collect());
        let mut shared = Self {
            blocks: Vec::new(),
            before_services: None,
            needs: Needs::default(),
            numbers: FxHashMap::default(),
            bodies: FxHashMap::default(),
            heirs: BTreeSet::new(),
            start_again: OnceCell::new(),
            best: FxHashMap::default(),
            common: Vec::new(),
            places: [0; 3],
            enough: ENOUGH,
            new: [const { OnceCell::new() }; 3],
            free: free_name(file.text),
            line_end: line_end(file.text),
            is_anchored: false,
            first: None,
            logging: None,
            is_laid_over: is_laid_over(file),
            are_all_jobs: false,
        };
        let [root] = roots.as_slice() else {
            return shared;
        };
        shared.needs = Needs::of(file);
        shared.are_all_jobs = shared.needs.alone.len() == file.services.len();
        shared.blocks = blocks(file.text, *root);
        shared.logging = logging(file.text, *root);
        if takes_extensions(*root) {
            let services = root
                .entry_of("services")
                .map(|entry| entry.key.span().start);
            shared.before_services = services.filter(|at| file.editor.column_of(*at) == Some(0));
        }
        let owners = shared.blocks.iter().enumerate();
        let owners: FxHashMap<usize, usize> = owners
            .map(|(number, block)| (block.mapping.number(), number))
            .collect();
        for (number, service) in file.services.iter().enumerate() {
            shared.numbers.insert(service.key.span().start, number);
            if let Some(settings) = own_settings(service) {
                shared.bodies.insert(settings.number(), number);
            }
            let merged = written_here(service).map_or_else(Vec::new, merged);
            for block in merged.iter().filter_map(|it| owners.get(&it.number())) {
                shared.blocks[*block].members.insert(number);
            }
        }
        for (number, service) in file.services.iter().enumerate() {
            let merged = written_here(service).map_or_else(Vec::new, merged);
            let mut bases = merged
                .iter()
                .filter_map(|it| shared.bodies.get(&it.number()));
            if bases.any(|base| *base != number) {
                shared.heirs.insert(number);
            }
        }
        shared.choose();
        let is_short = shared.places.contains(&ENOUGH_BESIDE);
        if is_short && siblings(file).any(|path| shares_settings(file, &path)) {
            shared.enough = ENOUGH_BESIDE;
        }
        let is_free = shared.logging.is_none() && !file.text.contains(&format!("&{OF_LOGGING}"));
        shared.is_anchored = is_free
            && shared.needs.lacking[LOGGING]
                .iter()
                .any(|it| shared.is_aside(*it));
        if is_free && !(takes_extensions(*root) && shared.wants_block(LOGGING)) {
            shared.first = shared.first_of_several(file);
        }
        shared
    }

    /// The first of several services that each need a logging setting of their own.
    fn first_of_several(&self, file: &File) -> Option<usize> {
        let lacking = self.needs.lacking[LOGGING].difference(&self.heirs);
        let single = lacking.filter(|it| !self.best.contains_key(&(**it, LOGGING)));
        let mut single: Vec<usize> = single.copied().collect();
        single.sort_by_key(|it| file.services[*it].key.span().start);
        single.first().copied().filter(|_| single.len() > 1)
    }

    /// Determines what each block can get.
    fn choose(&mut self) {
        let needs = &self.needs;
        for (number, block) in self.blocks.iter_mut().enumerate() {
            block.spares = needs.spares(&block.members);
            let is_shared = block.members.len() > 1 || block.is_harmless;
            if block.is_harmless && self.common.len() < NAMES.len() {
                self.common.push(number);
            }
            for (at, key) in KEYS.iter().enumerate() {
                let is_spared =
                    |it: &usize| *key == RIGHTS && block.spares && needs.exempt.contains(it);
                let mut members = block.members.iter();
                let is_fit = members.all(|it| needs.may_get(*it, at) || is_spared(it));
                let is_open = block.is_general && block.mapping.get(key).is_none();
                block.is_lacking[at] = is_open && is_fit;
                if !block.is_lacking[at] || !is_shared {
                    continue;
                }
                for member in block.members.intersection(&needs.lacking[at]) {
                    block.lacking[at] += 1;
                    let best = self.best.entry((*member, at)).or_insert((0, number));
                    if block.members.len() > best.0 {
                        *best = (block.members.len(), number);
                    }
                }
            }
        }
        self.places = [0, 1, 2].map(|at| self.count_places(at));
    }

    /// The anchor of a logging block that precedes a service.
    pub(super) fn logging_before(&self, service: &Service) -> Option<&'t str> {
        let (at, anchor) = self.logging?;
        (at < service.key.span().start).then_some(anchor)
    }

    /// The edits by which services refer to the logging of the first of them, in a file without blocks.
    pub(super) fn named(
        &self,
        file: &File,
        service: &Service,
        limits: &[(&str, Written)],
    ) -> Option<Vec<Edit>> {
        let add = |service: &Service, value: Written| {
            let settings = own_settings(service)?;
            let step = step(file, service, settings);
            file.editor.add_key(settings, KEYS[LOGGING], value, step)
        };
        let first = &file.services[self.first?];
        let named = add(first, Written::Anchored(OF_LOGGING, limits))?;
        if first.key.span() == service.key.span() {
            return Some(vec![named]);
        }
        let alias = format!("*{OF_LOGGING}");
        Some(vec![named, add(service, Written::Scalar(&alias))?])
    }

    /// Whether a service merges another one that gets `key`, and so inherits it.
    pub(super) fn inherits(&self, service: &Service, key: &str) -> bool {
        let Some(at) = KEYS.iter().position(|name| *name == key) else {
            return false;
        };
        let own = written_here(service).map_or_else(Vec::new, merged);
        let mut bases = own.iter().filter_map(|it| self.bodies.get(&it.number()));
        bases.any(|base| self.needs.lacking[at].contains(base))
    }

    /// The edits that give a service a setting through a block; `None` if it is better written in the service itself.
    pub(super) fn edits(
        &self,
        file: &File,
        service: &Service,
        (key, value): (&str, Written),
    ) -> Option<Vec<Edit>> {
        let at = KEYS.iter().position(|name| *name == key)?;
        let number = *self.numbers.get(&service.key.span().start)?;
        if !self.needs.lacking[at].contains(&number) {
            return None;
        }
        if let Some((_, block)) = self.best.get(&(number, at)) {
            let block = &self.blocks[*block];
            let given = block.given[at].get_or_init(|| self.through(file, block, (at, value)));
            return given.clone();
        }
        let settings = own_settings(service)?;
        let start = settings.span().start;
        // What is for the others would keep from a block what this one must not have.
        // One with nothing but what forbids new privileges, which is given no policy, fits a job as well.
        let is_of_rights = |block: &Block| {
            let mut keys = block.mapping.entries();
            keys.all(|entry| entry.key.text() == Some(RIGHTS))
        };
        let is_alone = self.is_alone(number);
        let fit = self.common_for(at).find(|block| {
            !block.members.contains(&number)
                && block.mapping.span().end <= start
                && self.needs.may_have(number, block.mapping)
                && (!is_alone || !block.is_general || self.needs.has_policy && is_of_rights(block))
        });
        if let Some(block) = fit {
            let mut edits = vec![merge(file, settings, block.anchor)?];
            if block.mapping.get(key).is_none() {
                edits.push(add(file, block, (at, self.in_block(at, value)))?);
            }
            return Some(edits);
        }
        let may_merge = !is_alone || at == OF_RIGHTS && self.needs.has_policy;
        let may_merge = may_merge && !self.needs.exempt.contains(&number);
        let is_enough = self.wants_block(at) && may_merge && !self.has_general();
        is_enough
            .then(|| self.new_block(file, settings, (at, value)))
            .flatten()
    }

    /// The edits that add a setting to a block for its members.
    fn through(
        &self,
        file: &File,
        block: &Block,
        (at, value): (usize, Written),
    ) -> Option<Vec<Edit>> {
        let with = |edits: Vec<Edit>, brings_rights: bool| {
            let exemptions = brings_rights.then(|| self.exemptions(file, block));
            let mut all = exemptions.unwrap_or_else(|| Some(Vec::new()))?;
            all.extend(edits);
            Some(all)
        };
        let is_of_rights = KEYS[at] == RIGHTS;
        // Several blocks, and services without any, are better served by one common block.
        if self.wants_block(at)
            && !self.has_general()
            && let Some(new) = self.new_block(file, block.mapping, (at, value))
        {
            return with(new, is_of_rights);
        }
        // A common block that has the setting or can get it, since another edit may just have added something else to
        // it.
        let start = block.mapping.span().start;
        let may_merge = |common: &Block| {
            let mut members = block.members.iter();
            members.all(|it| {
                self.needs.may_have(*it, common.mapping)
                    || block.spares && self.needs.exempt.contains(it)
            })
        };
        let common = self
            .common_for(at)
            .find(|it| it.mapping.span().end <= start && may_merge(it));
        if let Some(common) = common.filter(|_| !block.is_harmless) {
            let is_merged = merged(block.mapping)
                .iter()
                .any(|it| it.number() == common.mapping.number());
            let merging = (!is_merged).then(|| merge(file, block.mapping, common.anchor));
            let lacking = common.mapping.get(KEYS[at]).is_none();
            let adding = lacking.then(|| add(file, common, (at, self.in_block(at, value))));
            let edits: Option<Vec<Edit>> = merging.into_iter().chain(adding).collect();
            if let Some(edits) = edits {
                let brings = is_of_rights || common.mapping.get(RIGHTS).is_some();
                return with(edits, brings);
            }
        }
        // Services refer to parts only of blocks that hold nothing but shared settings.
        let value = if block.is_harmless {
            self.in_block(at, value)
        } else {
            value
        };
        with(vec![add(file, block, (at, value))?], is_of_rights)
    }

    /// The common blocks that have a setting, or can get it.
    fn common_for(&self, at: usize) -> impl Iterator<Item = &Block<'t>> {
        // A setting that some services must not have would keep them from merging the block.
        let is_open = KEYS[at] != RESTART || self.all_start_again();
        let common = self.common.iter().map(|number| &self.blocks[*number]);
        common.filter(move |block| {
            block.is_lacking[at] && is_open || block.mapping.get(KEYS[at]).is_some()
        })
    }

    /// Whether there is a block for anything that services have in common: a second one beside it would add nothing.
    fn has_general(&self) -> bool {
        let mut common = self.common.iter();
        common.any(|number| self.blocks[*number].is_general)
    }

    /// Whether so many places lack a setting that a new block is written for it. A policy alone is as short as the merge
    /// key, but goes with what else a block is written for.
    fn wants_block(&self, at: usize) -> bool {
        if KEYS[at] == RESTART {
            // That of logs is written only where it is asked for.
            return self.places[OF_RIGHTS] >= self.enough && self.all_start_again();
        }
        self.places[at] >= self.enough
    }

    /// How many services get a setting with this one, through a block that they share.
    pub(super) fn members(&self, service: &Service, key: &str) -> Option<usize> {
        let at = KEYS.iter().position(|name| *name == key)?;
        let number = *self.numbers.get(&service.key.span().start)?;
        let (_, block) = self.best.get(&(number, at))?;
        let count = self.blocks[*block].lacking[at];
        (count > 1).then_some(count)
    }

    /// The edits that exempt the members of a block that gain privileges on purpose, if the block gets a setting that
    /// forbids it.
    fn exemptions(&self, file: &File, block: &Block) -> Option<Vec<Edit>> {
        let exempt = block.members.intersection(&self.needs.exempt);
        let exempted = |number: &usize| {
            let settings = own_settings(&file.services[*number])?;
            let value = left_out(file, &file.services[*number]);
            file.editor
                .add_key(settings, RIGHTS, Written::Scalar(&value), None)
        };
        exempt.map(exempted).collect()
    }

    /// Counts the blocks and services that would each have to get a setting.
    fn count_places(&self, at: usize) -> usize {
        let block = |service: &usize| self.best.get(&(*service, at)).map(|(_, block)| *block);
        let lacking = || self.needs.lacking[at].difference(&self.heirs);
        let blocks: BTreeSet<usize> = lacking().filter_map(block).collect();
        let is_alone = |it: &usize| self.needs.alone.contains(it) || self.needs.exempt.contains(it);
        let single = lacking().filter(|it| block(it).is_none() && !is_alone(it));
        blocks.len() + single.count()
    }

    /// The edits that write a new block with one of [`KEYS`], and merge it into these settings.
    fn new_block(
        &self,
        file: &File,
        settings: Value,
        (at, value): (usize, Written),
    ) -> Option<Vec<Edit>> {
        let (_, anchor) = self.free?;
        let block = self.new[at].get_or_init(|| {
            let value = self.in_block(at, value);
            self.written_block(file, (KEYS[at], value))
        });
        Some(vec![block.clone()?, merge(file, settings, anchor)?])
    }

    /// The edit that writes a new block.
    fn written_block(&self, file: &File, (key, value): (&str, Written)) -> Option<Edit> {
        // Above everything that may merge it.
        let keys = self.blocks.iter().map(|block| block.key);
        let at = keys.chain([self.before_services?]).min()?;
        if file.editor.column_of(at) != Some(0) {
            return None;
        }
        let (name, anchor) = self.free?;
        let line_end = self.line_end;
        let (at, is_apart) = above_comments(file.text, at);
        let apart = if is_apart { "" } else { line_end };
        let mut block = format!("{apart}{name}: &{anchor}{line_end}");
        let column = file.services.first().map(|it| it.key.span().start);
        let indent = column.and_then(|at| file.editor.column_of(at));
        let indent = indent.filter(|it| (1..=8).contains(it)).unwrap_or(2);
        let step = step_of_services(file).unwrap_or(indent);
        for line in file.editor.lines_of(key, value, (indent, step)) {
            block.push_str(&line);
            block.push_str(line_end);
        }
        block.push_str(line_end);
        Some(Edit {
            span: at..at,
            replacement: block,
        })
    }
}

/// Adds a setting to a block.
fn add(file: &File, block: &Block, (at, value): (usize, Written)) -> Option<Edit> {
    let step = step_of_block(file, block.mapping).or_else(|| step_of_services(file));
    file.editor.add_key(block.mapping, KEYS[at], value, step)
}

/// The mappings that one merges, directly or through others.
fn merged(settings: Value<'_>) -> Vec<Value<'_>> {
    let mut found: Vec<Value> = settings.merges().take(MOST_MERGED).collect();
    let mut next = 0;
    while next < found.len() {
        let more = found[next].merges().take(MOST_MERGED);
        for value in more.collect::<Vec<_>>() {
            let is_new = found.iter().all(|it| it.number() != value.number());
            if is_new && found.len() < MOST_MERGED {
                found.push(value);
            }
        }
        next += 1;
    }
    found
}

/// What a service gets instead of [`RIGHTS`], which would break its programs, with the reason.
fn left_out(file: &File, service: &Service) -> String {
    let helper = file.helper(service).unwrap_or_default();
    let needs = match helper {
        "its program" => "file capabilities",
        _ => "setuid",
    };
    format!("[] # no-new-privileges would stop {helper}, which needs {needs}")
}

/// The first name of a block that a file does not use, with its anchor.
fn free_name(text: &str) -> Option<(&'static str, &'static str)> {
    let is_free = |(name, anchor): &(&str, &str)| {
        !text.contains(&format!("{name}:")) && !text.contains(&format!("&{anchor}"))
    };
    NAMES.into_iter().find(is_free)
}
