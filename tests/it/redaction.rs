//! No secret in clear, in anything that the program writes.

mod corpus;
mod endings;
mod legible;
mod names;
