//! Rules: built-in and compiled, their patterns and examples, and the checks of rules themselves.

pub mod builtin;
pub mod check;
pub(super) mod check_assigned;
pub(super) mod check_parts;
pub(super) mod compiled;
pub mod example;
pub(super) mod pattern;
