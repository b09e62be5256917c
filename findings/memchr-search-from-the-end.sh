#!/usr/bin/env bash
# Package: memchr (crates.io), the byte search of ripgrep and of most scanners written in Rust
# Version: 2.8.3
# Expected: `memmem::rfind` searches from the end as fast as `memmem::find` does from the start: `memrchr` beside it is as
#   fast as `memchr`
# Seen: `find` looks at many bytes at once with vector instructions, `rfind` at one after the other, so on 16 MiB without a
#   match it takes several times as long; on the 96 bytes before a match preparing it costs more than going through pairs of
#   bytes. `memrchr` for the rarest byte, and then a comparison, is the fast way
# Date: 2026-11-29
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf -- "$folder"' EXIT
cd "$folder"
mkdir src
cat > Cargo.toml <<'TOML'
[package]
name = "seen"
version = "0.0.0"
edition = "2021"

[dependencies]
memchr = "=2.8.3"

[workspace]
TOML
cat > src/main.rs <<'RUST'
use std::hint::black_box;
use std::time::{Duration, Instant};

fn best(mut work: impl FnMut()) -> Duration {
    let time = |_| {
        let start = Instant::now();
        work();
        start.elapsed()
    };
    (0..15).map(time).min().unwrap_or_default()
}

fn main() {
    let text = b"fn area(width: u32) -> u32 { width * 2 }\n".repeat(400_000);
    let needle = &b"${"[..];
    assert_eq!(memchr::memmem::find(&text, needle), memchr::memmem::rfind(&text, needle));
    let find = best(|| { black_box(memchr::memmem::find(black_box(&text), needle)); });
    let rfind = best(|| { black_box(memchr::memmem::rfind(black_box(&text), needle)); });
    let memchr = best(|| { black_box(memchr::memchr(b'$', black_box(&text))); });
    let memrchr = best(|| { black_box(memchr::memrchr(b'$', black_box(&text))); });
    println!("memmem::find {find:?}, memmem::rfind {rfind:?}");
    println!("memchr       {memchr:?}, memrchr       {memrchr:?}");
    let ratio = rfind.as_secs_f64() / find.as_secs_f64();
    let single = memrchr.as_secs_f64() / memchr.as_secs_f64();
    println!("from the end: {ratio:.1} times as long for two bytes, {single:.1} for one");
    assert!(ratio > 3.0 && single < 3.0, "the search from the end is as fast now");
}
RUST
cargo run --release --quiet
