//! Settings that several services lack, written once: in a block that the services share, or in a new one.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;

use crate::audit::compose::file::{File, is_for_development};
use crate::audit::compose::roles::ends_at_once;
use crate::audit::compose::service::Service;
use crate::audit::fix::Edit;
use crate::audit::yaml::{Span, Value, Written, lines_of};

use super::blocks::{Block, blocks};
use super::place::{above_comments, first_comment, into_list};
use super::{own_settings, siblings};

/// From so many services and blocks on that lack a setting, a new block is shorter than the setting in each.
const ENOUGH: usize = 3;
/// From so many on, where a file beside this one has such a block, or gets one: both are to look alike.
const ENOUGH_BESIDE: usize = 2;
/// The setting by which processes gain no rights.
const RIGHTS: &str = "security_opt";
/// The settings that do no harm to a service that was not asked about them.
pub(super) const HARMLESS: [&str; 2] = [RIGHTS, "logging"];
/// Names of new blocks, with their anchors.
const NAMES: [(&str, &str); 2] = [
    ("x-defaults", "defaults"),
    ("x-service-defaults", "service-defaults"),
];
/// The blocks of one file, and what lacks what.
pub(in crate::audit::compose) struct Shared<'t> {
    blocks: Vec<Block<'t>>,
    /// Where a new block goes: the beginning of the line of `services`.
    before_services: Option<usize>,
    /// The services that lack each of [`HARMLESS`], and can be given it.
    lacking: [BTreeSet<usize>; 2],
    /// The services that gain rights on purpose, and are left out where the others of their block may not.
    exempt: BTreeSet<usize>,
    /// The service of each key.
    numbers: FxHashMap<usize, usize>,
    /// Where the settings of each service begin, where they end, and its number.
    bodies: BTreeMap<usize, (usize, usize)>,
    /// For each service and each of [`HARMLESS`], the block with most members that can be given it, behind their number.
    best: FxHashMap<(usize, usize), (usize, usize)>,
    /// The first blocks that are harmless: names of new blocks make them, or people who mean the same.
    harmless: Vec<usize>,
    /// How many blocks and services would have to be given each of [`HARMLESS`], each for itself.
    places: [usize; 2],
    /// From how many of them on a new block is written.
    enough: usize,
    /// The edit that writes a new block with each of [`HARMLESS`], once a service asked.
    new: [OnceCell<Option<Edit>>; 2],
    /// The name of a new block, with its anchor.
    free: Option<(&'static str, &'static str)>,
    line_end: &'static str,
    /// A block that is the logging of services, which they name by its anchor: where it is, and the anchor.
    logging: Option<(usize, &'t str)>,
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
            lacking: [BTreeSet::new(), BTreeSet::new()],
            exempt: BTreeSet::new(),
            numbers: FxHashMap::default(),
            bodies: BTreeMap::new(),
            best: FxHashMap::default(),
            harmless: Vec::new(),
            places: [0; 2],
            enough: ENOUGH,
            new: [const { OnceCell::new() }; 2],
            free: free_name(file.text),
            line_end: line_end(file.text),
            logging: None,
        };
        let [root] = roots.as_slice() else {
            return shared;
        };
        shared.blocks = blocks(file.text, *root);
        shared.logging = logging(file.text, *root);
        let services = root
            .entry_of("services")
            .map(|entry| entry.key.span().start);
        shared.before_services = services.filter(|at| file.editor.column_of(*at) == Some(0));
        let mut owners: FxHashMap<usize, Vec<usize>> = FxHashMap::default();
        for (number, block) in shared.blocks.iter().enumerate() {
            for entry in block.mapping.entries() {
                owners
                    .entry(entry.key.span().start)
                    .or_default()
                    .push(number);
            }
        }
        for (number, service) in file.services.iter().enumerate() {
            shared.numbers.insert(service.key.span().start, number);
            let own = written_here(service);
            if let Some(span) = own_settings(service).map(Value::span) {
                shared.bodies.insert(span.start, (span.end, number));
            }
            for entry in own.iter().flat_map(|settings| settings.entries()) {
                for block in owners.get(&entry.key.span().start).into_iter().flatten() {
                    shared.blocks[*block].members.insert(number);
                }
            }
            for (key, lacking) in HARMLESS.iter().zip(&mut shared.lacking) {
                let is_fixed = own_settings(service).is_some() && !ends_at_once(service);
                let is_left = *key == RIGHTS && service.is_privileged();
                if service.is_fragment() || !lacks(service, key) || !is_fixed || is_left {
                    continue;
                }
                if *key == RIGHTS && file.gains_rights(service) {
                    shared.exempt.insert(number);
                } else {
                    lacking.insert(number);
                }
            }
        }
        shared.choose();
        let is_short = shared.places.contains(&ENOUGH_BESIDE);
        if is_short && siblings(file).any(|path| shares_settings(file, &path)) {
            shared.enough = ENOUGH_BESIDE;
        }
        shared
    }

    /// Finds out which blocks can be given what.
    fn choose(&mut self) {
        for (number, block) in self.blocks.iter_mut().enumerate() {
            let is_shared = block.members.len() > 1 || block.is_harmless;
            if block.is_harmless && self.harmless.len() < NAMES.len() {
                self.harmless.push(number);
            }
            for (at, key) in HARMLESS.iter().enumerate() {
                let mut members = block.members.iter();
                let is_subset = block.members.is_subset(&self.lacking[at])
                    || *key == RIGHTS
                        && members
                            .all(|it| self.lacking[at].contains(it) || self.exempt.contains(it))
                        && block.members.intersection(&self.exempt).count() * ENOUGH
                            < block.members.len();
                let is_open = block.is_general && block.mapping.get(key).is_none();
                block.is_lacking[at] = is_open && is_subset;
                if !block.is_lacking[at] || !is_shared {
                    continue;
                }
                for member in &block.members {
                    let best = self.best.entry((*member, at)).or_insert((0, number));
                    if block.members.len() > best.0 {
                        *best = (block.members.len(), number);
                    }
                }
            }
        }
        self.places = [0, 1].map(|at| self.count_places(at));
    }

    /// The anchor of a block before a service that is what its logging should be.
    pub(super) fn logging_before(&self, service: &Service) -> Option<&'t str> {
        let (at, anchor) = self.logging?;
        (at < service.key.span().start).then_some(anchor)
    }

    /// Whether a service merges the settings of another one that lacks `key`, too: what that one gets it has.
    pub(super) fn inherits(&self, file: &File, service: &Service, key: &str) -> bool {
        let own = written_here(service);
        let merged = own.into_iter().flat_map(Value::entries);
        let base_of = |at: usize| {
            let (_, (end, number)) = self.bodies.range(..=at).next_back()?;
            (at < *end).then(|| &file.services[*number])
        };
        let mut bases = merged.filter_map(|entry| base_of(entry.key.span().start));
        bases.any(|base| {
            base.key.span() != service.key.span() && !base.is_fragment() && lacks(base, key)
        })
    }

    /// The edits that give a service a setting through a block; `None` where it is better written in the service.
    pub(super) fn edits(
        &self,
        file: &File,
        service: &Service,
        (key, value): (&str, Written),
    ) -> Option<Vec<Edit>> {
        let at = HARMLESS.iter().position(|name| *name == key)?;
        let lacking = &self.lacking[at];
        let number = *self.numbers.get(&service.key.span().start)?;
        if !lacking.contains(&number) {
            return None;
        }
        let best = self.best.get(&(number, at));
        // Another block would bring along what this one must not have.
        if file.gains_rights(service) {
            let block = &self.blocks[best?.1];
            return Some(vec![file.editor.add_key(
                block.mapping,
                key,
                value,
                None,
            )?]);
        }
        if let Some((_, block)) = best {
            let block = &self.blocks[*block];
            let mut edits = self.exemptions(file, block, key)?;
            // Several blocks, and services without one, are better given one in common.
            if self.places[at] >= self.enough
                && self.harmless.is_empty()
                && let Some(new) = self.new_block(file, block.mapping, (at, value))
            {
                edits.extend(new);
                return Some(edits);
            }
            // One in common that has it, or can be given it: another block was just given something else.
            let start = block.mapping.span().start;
            let harmless = self.harmless.iter().map(|number| &self.blocks[*number]);
            let is_fit = |it: &&Block| it.mapping.get(key).is_some() || it.is_lacking[at];
            let mut common = harmless.filter(is_fit).filter(|it| it.key < start);
            if let Some(common) = common.next().filter(|_| !block.is_harmless) {
                if !block.members.is_subset(&common.members) {
                    edits.push(self.merge(file, block.mapping, common.anchor)?);
                }
                if common.mapping.get(key).is_none() {
                    edits.push(file.editor.add_key(common.mapping, key, value, None)?);
                }
                return Some(edits);
            }
            edits.push(file.editor.add_key(block.mapping, key, value, None)?);
            return Some(edits);
        }
        let is_fit = |block: &&Block| block.is_lacking[at] || block.mapping.get(key).is_some();
        let harmless = self.harmless.iter().map(|number| &self.blocks[*number]);
        let mut fit = harmless.filter(is_fit);
        if let Some(block) = fit.find(|block| !block.members.contains(&number)) {
            let settings = own_settings(service)?;
            let mut edits = vec![self.merge(file, settings, block.anchor)?];
            if block.mapping.get(key).is_none() {
                edits.push(file.editor.add_key(block.mapping, key, value, None)?);
            }
            return Some(edits);
        }
        if self.places[at] < self.enough {
            return None;
        }
        self.new_block(file, own_settings(service)?, (at, value))
    }

    /// How many services get a setting with this one, through a block that they share.
    pub(super) fn members(&self, service: &Service, key: &str) -> Option<usize> {
        let at = HARMLESS.iter().position(|name| *name == key)?;
        let number = *self.numbers.get(&service.key.span().start)?;
        let (count, _) = self.best.get(&(number, at))?;
        (*count > 1).then_some(*count)
    }

    /// What leaves out the members of a block that gain rights on purpose, where the block is given what forbids it.
    fn exemptions(&self, file: &File, block: &Block, key: &str) -> Option<Vec<Edit>> {
        if key != RIGHTS {
            return Some(Vec::new());
        }
        let exempt = block.members.intersection(&self.exempt);
        let exempted = |number: &usize| {
            let settings = own_settings(&file.services[*number])?;
            let value = left_out(file, &file.services[*number]);
            file.editor
                .add_key(settings, RIGHTS, Written::Scalar(&value), None)
        };
        exempt.map(exempted).collect()
    }

    /// Counts the blocks and services that would have to be given a setting, each for itself.
    fn count_places(&self, at: usize) -> usize {
        let block = |service: &usize| self.best.get(&(*service, at)).map(|(_, block)| *block);
        let blocks: BTreeSet<usize> = self.lacking[at].iter().filter_map(block).collect();
        let alone = self.lacking[at].iter().filter(|it| block(it).is_none());
        blocks.len() + alone.count()
    }

    /// The edits that write a new block with one of [`HARMLESS`], and merge it into these settings.
    fn new_block(
        &self,
        file: &File,
        settings: Value,
        (at, value): (usize, Written),
    ) -> Option<Vec<Edit>> {
        let (_, anchor) = self.free?;
        let block = self.new[at].get_or_init(|| self.written_block(file, (HARMLESS[at], value)));
        Some(vec![block.clone()?, self.merge(file, settings, anchor)?])
    }

    /// The edit that writes a new block.
    fn written_block(&self, file: &File, (key, value): (&str, Written)) -> Option<Edit> {
        // Before whatever may merge it.
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
        let step = column.and_then(|at| file.editor.column_of(at));
        let step = step.filter(|step| (1..=8).contains(step)).unwrap_or(2);
        for line in lines_of(key, value, step) {
            block.push_str(&line);
            block.push_str(line_end);
        }
        block.push_str(line_end);
        Some(Edit {
            span: at..at,
            replacement: block,
        })
    }

    /// Has a service or a block with these settings merge the block that `anchor` names.
    fn merge(&self, file: &File, settings: Value, anchor: &str) -> Option<Edit> {
        let span = settings.span();
        let is_own = |at: &Span| span.start <= at.start && at.end <= span.end;
        let merged = settings
            .entries()
            .filter(|entry| !is_own(&entry.key.span()));
        let ways: BTreeSet<(usize, usize)> = merged
            .filter_map(|entry| entry.value.via())
            .map(|via| (via.start, via.end))
            .collect();
        let (Some(&(start, end)), Some(&last)) = (ways.first(), ways.last()) else {
            let column = file.editor.column_of(span.start)?;
            // In brackets, or beside a merge key that brings nothing.
            let is_merge = |line: &str| {
                let bare = line.trim_start();
                line.len() - bare.len() == column && bare.starts_with("<<:")
            };
            let own = &file.text[span.clone()];
            if own.starts_with(['{', '<']) || own.lines().any(is_merge) {
                return None;
            }
            // Directly below the name: a comment before the first setting stays with that one.
            let first = file.text[..span.start].rfind('\n').map_or(0, |at| at + 1);
            let at = first_comment(file.text, first);
            let indent = " ".repeat(column);
            return Some(if at == first {
                Edit {
                    span: span.start..span.start,
                    replacement: format!("<<: *{anchor}{}{indent}", self.line_end),
                }
            } else {
                Edit {
                    span: at..at,
                    replacement: format!("{indent}<<: *{anchor}{}", self.line_end),
                }
            });
        };
        if ways.len() > 1 {
            return into_list(file.text, (start, last.1), anchor);
        }
        let known = file
            .text
            .get(start..end)
            .filter(|text| text.starts_with('*') && is_own(&(start..end)))?;
        let is_alone = file.text[..start].trim_end().ends_with("<<:");
        is_alone.then(|| Edit {
            span: start..end,
            replacement: format!("[{known}, *{anchor}]"),
        })
    }
}

/// What a service has instead of [`RIGHTS`] that would stop its programs, with the reason.
fn left_out(file: &File, service: &Service) -> String {
    let helper = file.helper(service).unwrap_or_default();
    format!("[] # no-new-privileges would stop {helper}, which needs setuid")
}

/// Whether the compose file at `path` has a block of its own for what services have in common, or gets one: it starts so many
/// services, and none of them has what such a block holds.
fn shares_settings(file: &File, path: &str) -> bool {
    let Some(text) = file.project.read_text(path) else {
        return false;
    };
    let has_block = NAMES
        .iter()
        .any(|(name, anchor)| text.contains(&format!("{name}: &{anchor}")));
    let services = text.lines().filter(|line| {
        let line = line.trim_start();
        line.starts_with("image:") || line.starts_with("build:")
    });
    let lacks = !text.contains("no-new-privileges") && !text.contains("logging:");
    let is_alike =
        is_for_development(path, file.policy) == is_for_development(&file.parts.path, file.policy);
    is_alike && (has_block || lacks && services.count() >= ENOUGH)
}

/// The first name of a block that a file does not use, with its anchor.
fn free_name(text: &str) -> Option<(&'static str, &'static str)> {
    let is_free = |(name, anchor): &(&str, &str)| {
        !text.contains(&format!("{name}:")) && !text.contains(&format!("&{anchor}"))
    };
    NAMES.into_iter().find(is_free)
}

/// How the first line of a text ends.
fn line_end(text: &str) -> &'static str {
    let first = text.split_inclusive('\n').next().unwrap_or_default();
    if first.ends_with("\r\n") {
        "\r\n"
    } else {
        "\n"
    }
}

/// The settings of a service that this file has: another file may be laid over it.
fn written_here<'t>(service: &Service<'t>) -> Option<Value<'t>> {
    let mut settings = service.layers.iter().map(|layer| layer.settings);
    settings.find(|settings| !settings.is_elsewhere())
}

/// Whether neither a service nor anything that it builds upon has a setting.
fn lacks(service: &Service, key: &str) -> bool {
    let has = |settings: Value| settings.get(key).is_some();
    !service.layers.iter().any(|layer| has(layer.settings))
}

/// The first block at the top of a file that limits what a service logs, and is nothing else.
fn logging<'t>(text: &'t str, root: Value<'t>) -> Option<(usize, &'t str)> {
    root.entries().find_map(|entry| {
        let is_block = entry.key.text().is_some_and(|key| key.starts_with("x-"));
        let limits = entry.value.get("options")?.get("max-size").is_some();
        let between = text.get(entry.key.span().end..entry.value.span().start)?;
        let anchor = between.trim_start_matches(':').trim().strip_prefix('&')?;
        let anchor = anchor.split_whitespace().next()?;
        let is_own = entry.value.via().is_none();
        (is_block && limits && is_own).then_some((entry.key.span().start, anchor))
    })
}
