//! How fast bytes without findings are passed over: whole texts, and the short windows that deltas leave.

use divan::Bencher;
use divan::counter::BytesCount;
use gonogo::detect::Detector;
use gonogo::model::{Confidence, Inherited};

fn main() {
    divan::main();
}

/// Lines as programs have them; every hundredth has a keyword.
fn source(len: usize) -> Vec<u8> {
    const LINES: [&str; 8] = [
        "    def before_save(record, options = {})",
        "        return unless record.errors.any? && options[:validate]",
        "static int streamAppendItem(stream *s, robj **argv, int64_t numfields) {",
        "  /* The last element is not counted, as the caller has read it. */",
        "import { createElement, useState } from 'react';",
        "    for (size_t i = 0; i < entries->len; i++) total += entries->used[i];",
        "# Configures the class loader for the test environment.",
        "    assert_equal expected.sort, found.map(&:name).sort",
    ];
    let mut text = Vec::with_capacity(len + 100);
    let mut state: usize = 1;
    while text.len() < len {
        state = state.wrapping_mul(0x9e37_79b9).wrapping_add(12_345) & 0xffff_ffff;
        let line = LINES.get(state >> 8 & 7).copied().unwrap_or_default();
        text.extend_from_slice(line.as_bytes());
        if (state >> 16).is_multiple_of(100) {
            text.extend_from_slice(b" # token");
        }
        text.push(b'\n');
    }
    text.truncate(len);
    text
}

fn detector() -> Detector {
    Detector::new(Vec::new(), Confidence::Low).expect("the built-in rules are right")
}

#[divan::bench]
fn prepare() -> Detector {
    detector()
}

#[divan::bench(args = [64, 4_096, 1_048_576])]
fn whole(bencher: Bencher, len: usize) {
    let detector = detector();
    let text = source(len);
    bencher
        .counter(BytesCount::new(len))
        .bench_local(|| detector.trace(&text));
}

/// A text that differs from its base by one byte in each kilobyte.
#[divan::bench]
fn windows(bencher: Bencher) {
    let detector = detector();
    let text = source(1_048_576);
    let base = detector.trace(&text);
    let stretches = (0..text.len() / 1_024).map(|number| Inherited {
        start: number * 1_024 + 1,
        base_start: number * 1_024 + 1,
        len: 1_023,
    });
    let inherited: Vec<_> = stretches.collect();
    bencher.bench_local(|| detector.trace_derived(&text, &base, &inherited));
}
