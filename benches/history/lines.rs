//! What it costs to find the line and column of a match.

use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};
use gonogo::model::LineIndex;

use crate::text::{Dice, program};

#[divan::bench(args = [100, 10_000])]
fn read_line_ends(bencher: Bencher<'_, '_>, count: usize) {
    let text = program(count);
    bencher
        .counter(BytesCount::of_slice(&text))
        .bench(|| LineIndex::new(black_box(&text)));
}

#[divan::bench(args = [100, 10_000])]
fn look_up_1000_positions(bencher: Bencher<'_, '_>, count: usize) {
    let text = program(count);
    let index = LineIndex::new(&text);
    let mut dice = Dice::new(1);
    let offsets: Vec<usize> = (0..1000).map(|_| dice.roll(text.len())).collect();
    bencher
        .counter(ItemsCount::new(offsets.len()))
        .bench_local(|| {
            for offset in &offsets {
                black_box(index.position(black_box(*offset)));
            }
        });
}
