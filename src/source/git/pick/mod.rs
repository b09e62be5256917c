//! Picking blobs by commit or index, where not all of the store is walked.

pub(super) mod commit_files;
pub(super) mod index_files;
pub(super) mod picked;
pub(super) mod range;
pub(super) mod staged;
pub(super) mod whole;
