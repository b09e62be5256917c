//! Rebuilds everything a repository has ever held without looking at it: no scan of the history can be faster than
//! this.

use super::Repo;
use super::pack::Kind;
use super::walk::{Object, Plan, Visit};
use crate::model::{Gap, Inherited};
use crate::source::{Limits, Meter};

/// What was rebuilt.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rebuilt {
    /// Unique blobs, including binary ones.
    pub blobs: u64,
    /// Commits.
    pub commits: u64,
    /// Annotated tags.
    pub tags: u64,
    /// Blobs, commits and tags that are stored as deltas of others.
    pub deltas: u64,
    /// Bytes of all blobs, commits and tags.
    pub bytes: u64,
    /// Of these, bytes that were inherited from a delta base.
    pub inherited: u64,
    /// What could not be rebuilt.
    pub gaps: Vec<Gap>,
}

/// Rebuilds every blob, commit and tag of `repo` that a scan of its history looks at.
pub fn rebuild(repo: &Repo, limits: Limits, meter: &Meter) -> Rebuilt {
    let objects = repo.objects(None);
    meter.expect(objects.unseen() as u64);
    let plan = Plan {
        repo: &repo.shared,
        objects: &objects,
        kinds: &[Kind::Blob, Kind::Commit, Kind::Tag],
        limits,
        meter,
    };
    let mut rebuilt = Rebuilt {
        gaps: objects.gaps.clone(),
        ..Rebuilt::default()
    };
    for counted in plan.run(&Rebuilt::default) {
        rebuilt.add(counted);
    }
    rebuilt.gaps.sort();
    rebuilt
}

impl Rebuilt {
    fn add(&mut self, other: Self) {
        self.blobs += other.blobs;
        self.commits += other.commits;
        self.tags += other.tags;
        self.deltas += other.deltas;
        self.bytes += other.bytes;
        self.inherited += other.inherited;
        self.gaps.extend(other.gaps);
    }
}

impl Visit for Rebuilt {
    /// Only whether there was an object, so that deltas are shown as such.
    type Memory = ();

    fn object(&mut self, object: Object<'_>, base: Option<(&(), &[Inherited])>) -> Option<()> {
        match object.kind {
            Kind::Blob => self.blobs += 1,
            Kind::Commit => self.commits += 1,
            Kind::Tag => self.tags += 1,
            Kind::Tree => {}
        }
        self.bytes += object.bytes.len() as u64;
        if let Some(((), inherited)) = base {
            self.deltas += 1;
            let copied: usize = inherited.iter().map(|part| part.len).sum();
            self.inherited += copied as u64;
        }
        Some(())
    }

    fn gap(&mut self, gap: Gap) {
        self.gaps.push(gap);
    }
}
