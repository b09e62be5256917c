//! Picks blobs from a commit or the index, for scans that do not walk the whole store.

pub(super) mod commit_files;
pub(super) mod entries;
pub(super) mod index_files;
pub(super) mod left_out;
pub(super) mod picked;
pub(super) mod range;
pub(super) mod staged;
pub(super) mod whole;
