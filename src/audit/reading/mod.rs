//! Readers for what several formats have in common: text, YAML, directives, URLs, credentials.

pub(super) mod address;
pub(super) mod directive;
pub(super) mod document;
pub(super) mod included;
pub(super) mod input;
pub(super) mod slot;
pub(super) mod started;
pub(crate) mod yaml;
