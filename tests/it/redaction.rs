//! No secret in plain text in anything the program writes.

mod corpus;
mod legible;
mod names;
