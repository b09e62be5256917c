//! The object store: packs, loose objects, and how deltas become objects.

pub(super) mod buckets;
pub mod delta;
pub(super) mod forest;
pub(super) mod names;
pub(super) mod odb;
pub(super) mod pack;
