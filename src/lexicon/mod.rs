//! What words mean where credentials are written: in names, in values, and in what people write instead of a secret.
//!
//! Pure functions over short strings, shared by `detect` (which meets such words in any text) and `audit` (which meets
//! them in parsed configuration). Nothing here reads input, matches regular expressions or knows about findings. The
//! functions run on very many candidates, so they work on the stack and give up early.

pub mod credential_file;
pub mod host;
pub mod leet;
pub mod mark;
pub mod name;
pub mod path;
pub mod placeholder;
pub mod services;
pub mod value;

mod suggest;
mod tongues;
mod vocabulary;
mod words;

pub use suggest::nearest;
