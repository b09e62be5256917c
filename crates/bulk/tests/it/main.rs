//! What `gonogo-bulk` does, seen from outside: one binary, a module for each behaviour.

#![allow(
    clippy::unwrap_used,
    reason = "clippy allows it in test functions only, and helpers of tests are no less tests"
)]

mod certificates;
mod decisions;
mod fetch;
mod find;
mod forges;
mod forks;
mod harness;
mod input;
mod kill;
#[cfg(unix)]
mod locked;
mod merge;
mod networks;
mod night;
mod pages;
mod server;
mod store;
mod trial;
