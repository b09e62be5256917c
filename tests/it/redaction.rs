//! No secret in clear, in anything that the program writes.

mod corpus;
mod legible;
mod names;
