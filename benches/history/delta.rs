//! What it costs to rebuild an object from its base.

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use gonogo::source::git::delta::apply;

use crate::text::program;

/// A size as deltas write it.
fn size(mut value: usize, delta: &mut Vec<u8>) {
    while value > 0x7f {
        delta.push(0x80 | low_byte(value));
        value >>= 7;
    }
    delta.push(low_byte(value));
}

fn low_byte(value: usize) -> u8 {
    value.to_le_bytes()[0]
}

/// A delta that copies all of a base in `parts` pieces, with an inserted line before each.
fn delta_of(base: &[u8], parts: usize) -> Vec<u8> {
    const LINE: &[u8] = b"an inserted line\n";
    let mut delta = Vec::new();
    size(base.len(), &mut delta);
    size(base.len() + parts * LINE.len(), &mut delta);
    for part in 0..parts {
        delta.push(low_byte(LINE.len()));
        delta.extend(LINE);
        let at = |part: usize| base.len() * part / parts;
        let length = at(part + 1) - at(part);
        delta.push(0b1111_1111);
        delta.extend(&at(part).to_le_bytes()[..4]);
        delta.extend(&length.to_le_bytes()[..3]);
    }
    delta
}

#[divan::bench(args = [1, 10, 100, 1000])]
fn delta_apply(bencher: Bencher<'_, '_>, parts: usize) {
    let base = program(2000);
    let delta = delta_of(&base, parts);
    let (mut out, mut inherited) = (Vec::new(), Vec::new());
    bencher
        .counter(BytesCount::of_slice(&base))
        .bench_local(|| {
            apply(
                black_box(&base),
                black_box(&delta),
                usize::MAX,
                &mut out,
                &mut inherited,
            )
        });
}
