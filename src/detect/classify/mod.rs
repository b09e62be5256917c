//! Classifying names and values: credential, placeholder or neither.

mod encoded;
pub mod entropy;
pub(super) mod fallback;
pub(super) mod fragment;
pub(super) mod name_cache;
mod phrase;
mod spelled;
pub(super) mod strength;
pub(super) mod value;
pub(super) mod value_cache;

pub use fallback::is_own as is_own_key;
