//! Attribution: which commit brought a blob, under which path, and whether it is still there.

pub(super) mod attribute;
pub(super) mod bits;
pub(super) mod directory;
pub(super) mod graph;
pub(super) mod order;
pub(super) mod search;
pub(super) mod strips;
pub(super) mod tree_visitor;
pub(super) mod trees;
