//! No secret in plain text in anything the program writes.

mod corpus;
mod endings;
mod legible;
mod names;
