//! Scans everything a repository has ever held: its blobs, and the messages of its commits and tags.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use gix::ObjectId;

use super::graph::{self, Commit, Commits};
use super::odb::Objects;
use super::pack::Kind;
use super::seen::{Lacking, Record, Seen, Sight, Sighted};
use super::walk::{Object, Plan, Visit};
use super::{Repo, model_id};
use crate::model::{Blob, Coverage, Gap, GapKind, Inherited, Origin};
use crate::source::elsewhere::{in_history, stand_in};
use crate::source::text::is_still_text;
use crate::source::{Limits, Meter, Outer, Text, Worker, decode, look_inside};

/// What a scan of the history leaves behind to find where blobs came from.
pub struct History {
    pub(super) objects: Objects,
    pub(super) commits: Commits,
    pub(super) limits: Limits,
    /// What was seen in this scan, if it is to be kept.
    pub(super) record: Option<Record>,
}

/// What an earlier scan left, and whether to leave something for the next.
#[derive(Clone, Copy, Default)]
pub struct Memory<'s> {
    /// What need not be scanned again.
    pub seen: Option<&'s Seen>,
    /// Whether to note what is seen now.
    pub is_kept: bool,
}

/// Scans every unique blob, commit message and tag message of `repo` once, reachable or not. What an earlier scan saw
/// counts as covered and is not handed to workers.
pub fn walk_history<W: Worker>(
    repo: &Repo,
    memory: Memory<'_>,
    limits: Limits,
    meter: &Meter,
    new_worker: &(dyn Fn() -> W + Sync),
) -> (Coverage, Vec<W>, History) {
    let objects = repo.objects(memory.seen);
    meter.expect(objects.unseen() as u64);
    let hash = repo.hash();
    let plan = Plan {
        repo: &repo.shared,
        objects: &objects,
        kinds: &[Kind::Blob, Kind::Commit, Kind::Tag],
        limits,
        meter,
    };
    let scanners = plan.run(&|| Scanner::new((hash, limits), new_worker(), memory.is_kept));
    let mut coverage = Coverage {
        gaps: objects.gaps.clone(),
        ..Coverage::default()
    };
    coverage.gaps.extend(repo.shallow_gap());
    let (mut workers, mut commits) = (Vec::new(), Commits::default());
    let (mut now, mut partial) = (Vec::new(), Vec::new());
    if let Some(seen) = memory.seen {
        coverage.merge(seen.table.coverage(&objects.present));
        commits = seen.commits(&objects.present);
        partial = seen.partial(&objects.present);
        let gaps = partial.iter().filter_map(|(id, lacking)| match lacking {
            Lacking::Part(why) => Some(Gap::new(GapKind::Archive, format!("object {id}"), why)),
            Lacking::Elsewhere(_) => None,
        });
        coverage.gaps.extend(gaps);
    }
    for scanner in scanners {
        coverage.merge(scanner.coverage);
        workers.push(scanner.worker);
        commits.append(scanner.commits);
        now.extend(scanner.sighted.unwrap_or_default());
        partial.extend(scanner.partial);
    }
    let mut stand_ins: BTreeMap<_, u64> = BTreeMap::new();
    for stand_in in partial.iter().filter_map(|(_, lacking)| lacking.stand_in()) {
        *stand_ins.entry(stand_in).or_default() += 1;
    }
    let stand_ins = stand_ins.into_iter();
    coverage
        .gaps
        .extend(stand_ins.map(|((kind, reason), count)| {
            Gap::new(
                kind,
                repo.below(repo.shared.objects.path()),
                in_history(count, reason),
            )
        }));
    coverage.gaps.sort();
    let record = memory.is_kept.then(|| {
        let earlier = memory.seen.map(|seen| Arc::clone(&seen.table));
        Record::new(
            hash,
            earlier.map(|table| (table, objects.present.clone())),
            now,
            partial,
        )
    });
    (
        coverage,
        workers,
        History {
            objects,
            commits,
            limits,
            record,
        },
    )
}

/// Hands texts to a worker, and notes the commits it passes.
struct Scanner<W> {
    hash: gix::hash::Kind,
    limits: Limits,
    worker: W,
    coverage: Coverage,
    commits: Commits,
    /// Everything that was handed on, if it is to be kept.
    sighted: Option<Vec<Sighted>>,
    /// Those blobs of which a part was not scanned.
    partial: Vec<(ObjectId, Lacking)>,
}

impl<W: Worker> Scanner<W> {
    fn new((hash, limits): (gix::hash::Kind, Limits), worker: W, is_kept: bool) -> Self {
        Self {
            hash,
            limits,
            worker,
            coverage: Coverage::default(),
            commits: Commits::default(),
            sighted: is_kept.then(Vec::new),
            partial: Vec::new(),
        }
    }

    fn note(&mut self, id: ObjectId, sight: Sight, bytes: usize) {
        if let Some(sighted) = &mut self.sighted {
            let bytes = bytes as u64;
            sighted.push(Sighted { id, sight, bytes });
        }
    }

    /// Notes a blob that is not text, and what is in it.
    fn note_inside(&mut self, id: ObjectId, has_found: bool, covered: &Coverage) {
        let Some(sighted) = &mut self.sighted else {
            return;
        };
        let object = match (has_found, covered.members) {
            (true, _) => Sighted::of(id, Sight::Container),
            (false, 0) => Sighted::of(id, Sight::Binary),
            (false, members) => Sighted::archive(id, members, covered.bytes),
        };
        sighted.push(object);
        if object.sight != Sight::Container {
            let gaps = covered.gaps.iter();
            let lacking = gaps.map(|gap| Lacking::Part(gap.reason.clone()));
            self.partial.extend(lacking.map(|lacking| (id, lacking)));
        }
    }

    fn message(&mut self, message: &[u8], origin: Origin) {
        self.coverage.bytes += message.len() as u64;
        self.worker.blob(&Blob {
            bytes: message,
            path: None,
            origin,
        });
    }

    fn blob(
        &mut self,
        object: Object<'_>,
        base: Option<(&W::Memory, &[Inherited])>,
    ) -> Option<W::Memory> {
        let is_known = base.is_some_and(|(_, from)| is_still_text(object.bytes, from));
        if let Some(stand_in) = stand_in(object.bytes) {
            self.partial.push((object.id(), stand_in.into()));
        }
        let text = if is_known {
            Text::Utf8(Cow::Borrowed(object.bytes))
        } else {
            decode(object.bytes)
        };
        let Text::Utf8(text) = text else {
            self.coverage.binary += 1;
            let origin = Origin::Blob(model_id(object.id()));
            let outer = Outer {
                path: None,
                origin: &origin,
                skips_programs: true,
            };
            let mut covered = Coverage::default();
            let found = (&mut self.worker, &mut covered);
            let has_found = look_inside(&outer, object.bytes, self.limits, found);
            self.note_inside(object.id(), has_found, &covered);
            self.coverage.merge(covered);
            return None;
        };
        self.note(object.id(), Sight::Text, object.bytes.len());
        self.coverage.blobs += 1;
        self.coverage.bytes += object.bytes.len() as u64;
        let origin = Origin::Blob(model_id(object.id()));
        let blob = Blob {
            bytes: &text,
            path: None,
            origin,
        };
        // If a mark was removed or the encoding converted, offsets no longer match those in objects built upon this
        // one.
        if text.len() != object.bytes.len() || matches!(text, Cow::Owned(_)) {
            self.worker.blob(&blob);
            return None;
        }
        Some(match base {
            Some((memory, inherited)) => self.worker.derived(&blob, memory, inherited),
            None => self.worker.blob(&blob),
        })
    }

    fn commit(&mut self, id: ObjectId, bytes: &[u8]) {
        let message = graph::message(bytes);
        match Commit::parse(id, bytes, self.hash) {
            Ok(commit) => {
                self.commits.push(&commit);
                // A commit without a message is read again each time, so nothing needs to be remembered about it.
                if let Some(message) = message {
                    self.note(id, Sight::Commit, message.len());
                }
            }
            Err(reason) => self.damaged(id, reason),
        }
        if let Some(message) = message {
            self.coverage.commits += 1;
            self.message(message, Origin::CommitMessage(model_id(id)));
        }
    }

    fn tag(&mut self, id: ObjectId, bytes: &[u8]) {
        match graph::tag_message(bytes, self.hash) {
            Ok(message) => {
                self.coverage.tags += 1;
                self.note(id, Sight::Tag, message.len());
                self.message(message, Origin::TagMessage(model_id(id)));
            }
            Err(reason) => self.damaged(id, reason),
        }
    }

    fn damaged(&mut self, id: ObjectId, reason: String) {
        self.gap(Gap::new(GapKind::Corrupt, format!("object {id}"), reason));
    }
}

impl<W: Worker> Visit for Scanner<W> {
    type Memory = W::Memory;

    fn object(
        &mut self,
        object: Object<'_>,
        base: Option<(&W::Memory, &[Inherited])>,
    ) -> Option<W::Memory> {
        match object.kind {
            Kind::Blob => return self.blob(object, base),
            Kind::Commit => self.commit(object.id(), object.bytes),
            Kind::Tag => self.tag(object.id(), object.bytes),
            Kind::Tree => {}
        }
        None
    }

    fn gap(&mut self, gap: Gap) {
        self.coverage.gaps.push(gap);
    }
}
