//! The context of a match: its line, the text around it, the path of its file.

pub(super) mod beside;
pub(super) mod command;
pub(super) mod comment;
mod data_file;
pub(super) mod doc_sample;
mod flags;
pub(super) mod owner;
pub(super) mod path;
pub(super) mod protection;
pub(super) mod rating;
pub(super) mod realm;
pub(super) mod slot;
pub(super) mod truth;
pub(super) mod weight;
