//! What checks of all formats are built from: cards, projects, reports, policies.

pub(super) mod check;
pub(super) mod fix;
pub(super) mod illustration;
pub(super) mod limit;
pub(super) mod policy;
pub(super) mod project;
pub(super) mod purpose;
pub(super) mod report;
mod shared;
pub(crate) mod template;
