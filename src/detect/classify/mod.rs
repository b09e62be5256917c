//! Classifying names and values: credential, placeholder or neither.

mod encoded;
pub mod entropy;
mod fallback;
pub(super) mod fragment;
pub(super) mod name_cache;
mod phrase;
pub(super) mod strength;
pub(super) mod value;
pub(super) mod value_cache;

pub use fallback::is_own as is_own_key;
