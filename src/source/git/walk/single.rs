//! Objects that nothing in a pack is built upon: loose objects, and those in packs that are not walked.

use std::ops::Range;

use gix::ObjectId;

use super::{Name, Object, Visit, Walker};
use crate::model::{Gap, GapKind};
use crate::source::git::forest::OrphanCause;
use crate::source::git::pack::one_line;
use crate::source::{memory, oversized};

impl<V: Visit> Walker<'_, V> {
    /// Handles an entry whose base is not in its pack.
    pub(super) fn orphan(&mut self, pack: usize, orphan: usize) {
        let forest = &self.plan.objects.packs[pack].1;
        let orphan = &forest.orphans[orphan];
        let base_id = match &orphan.cause {
            OrphanCause::Damaged(reason) => {
                self.lose(pack, orphan.node, GapKind::Corrupt, reason);
                return;
            }
            OrphanCause::ForeignBase(id) => *id,
        };
        let base = self.repo.try_find_object(base_id);
        let base = base.map(|base| base.map(|base| (base.kind, base.detach().data)));
        let (kind, base) = match base {
            Ok(Some(base)) => base,
            Ok(None) => {
                let reason = format!("its base {base_id} is not in this clone");
                self.lose(pack, orphan.node, GapKind::Missing, &reason);
                return;
            }
            Err(error) => {
                self.lose(pack, orphan.node, GapKind::Corrupt, &one_line(&error));
                return;
            }
        };
        if self.plan.kinds.contains(&kind)
            && let Some(frame) = self.child(pack, orphan.node, kind, (&base, None))
        {
            self.descend(pack, kind, frame);
        }
    }

    /// Handles loose objects of one object directory.
    pub(super) fn loose(&mut self, folder: usize, ids: Range<usize>) {
        let plan = self.plan;
        let (store, all) = &plan.objects.loose[folder];
        let mut bytes = self.spare.pop().unwrap_or_default();
        for id in &all[ids] {
            if plan.meter.is_cancelled() {
                break;
            }
            if plan.objects.is_before_loose(folder, id) {
                continue;
            }
            if let Err(loss) = self.loose_object(store, id, &mut bytes) {
                self.lose_one(id, loss);
            }
        }
        memory::keep(&mut self.spare, bytes);
    }

    /// Handles an object in a pack that is not walked.
    pub(super) fn single(&mut self, id: &ObjectId) {
        if let Err(loss) = self.single_object(id) {
            self.lose_one(id, loss);
        }
    }

    fn single_object(&mut self, id: &ObjectId) -> Result<(), Loss> {
        let header = self.repo.try_find_header(*id);
        let header = header.map_err(|error| Loss::damaged(&error))?;
        let Some(header) = header.filter(|header| self.plan.kinds.contains(&header.kind())) else {
            return Ok(());
        };
        let (kind, size) = (header.kind(), header.size());
        if size > self.rebuild_limit() || self.is_oversized(kind, size) {
            return Err(Loss::Oversized(size));
        }
        let _share = memory::share(size);
        let found = self.repo.find_object(*id);
        let found = found.map_err(|error| Loss::damaged(&error))?.detach();
        self.plan.meter.advance(1);
        self.visitor.object(
            Object {
                name: Name::Known(*id),
                kind,
                bytes: &found.data,
                node: None,
            },
            None,
        );
        Ok(())
    }

    /// Reports an object that nothing else is built upon.
    fn lose_one(&mut self, id: &ObjectId, loss: Loss) {
        let place = format!("object {id}");
        self.visitor.gap(match loss {
            Loss::Oversized(size) => oversized(place, size, self.plan.limits),
            Loss::Damaged(reason) => Gap::new(GapKind::Corrupt, place, reason),
        });
    }

    fn loose_object(
        &mut self,
        store: &gix::odb::loose::Store,
        id: &ObjectId,
        bytes: &mut Vec<u8>,
    ) -> Result<(), Loss> {
        let header = store
            .try_header(id)
            .map_err(|error| Loss::damaged(&error))?;
        // An object that has disappeared since it was listed was packed by another process.
        let Some((size, kind)) = header.filter(|(_, kind)| self.plan.kinds.contains(kind)) else {
            return Ok(());
        };
        if size > self.rebuild_limit() || self.is_oversized(kind, size) {
            return Err(Loss::Oversized(size));
        }
        let share = memory::share(size);
        let found = store
            .try_find(id, bytes)
            .map_err(|error| Loss::damaged(&error))?;
        if let Some(object) = found {
            self.plan.meter.advance(1);
            self.visitor.object(
                Object {
                    name: Name::Known(*id),
                    kind,
                    bytes: object.data,
                    node: None,
                },
                None,
            );
        }
        if share.is_some() {
            *bytes = Vec::new();
        }
        Ok(())
    }
}

/// Why an entry could not be rebuilt.
pub(super) enum Loss {
    Oversized(u64),
    Damaged(String),
}

impl Loss {
    pub(super) fn damaged(error: &dyn std::fmt::Display) -> Self {
        Self::Damaged(one_line(error))
    }
}
