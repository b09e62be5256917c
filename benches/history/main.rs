//! Micro-benchmarks of what a scan of the history spends its time on, and of a text in an editor: `cargo bench --bench history`.
//!
//! One program for all of them, since each would have to be linked on its own.

mod confirm;
mod delta;
mod editor;
mod lines;
mod text;
mod trace;

fn main() {
    divan::main();
}
