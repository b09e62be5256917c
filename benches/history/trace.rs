//! A chain of versions, scanned where each differs from the one before, and scanned whole.

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use gonogo::model::Inherited;

use crate::text::{Dice, detector, fill, lines};

/// How many versions a chain has. Git makes chains of up to 50.
const VERSIONS: usize = 50;

/// A version, and what it has from the one before.
type Version = (Vec<u8>, Vec<Inherited>);

/// Settings among which some lines are credentials.
fn first(count: usize) -> Vec<u8> {
    lines(count, |seed| match seed % 100 {
        50 => fill(seed, "gitlab_token = glpat-{{alnum:20}}\n"),
        75 => fill(seed, "password_{{lower:5}} = \"{{alnum:14}}\"\n"),
        _ => fill(
            seed,
            "{{lower:8}}.{{lower:6}} = {{digits:5}} # {{lower:20}}\n",
        ),
    })
}

/// Replaces some bytes at `edits` places.
fn edit(base: &[u8], edits: usize, seed: usize) -> Version {
    let mut dice = Dice::new(seed as u64);
    let mut places: Vec<usize> = (0..edits).map(|_| dice.roll(base.len())).collect();
    places.sort_unstable();
    let (mut bytes, mut inherited, mut at) = (Vec::new(), Vec::new(), 0);
    for (number, place) in places.into_iter().chain([base.len()]).enumerate() {
        if place > at {
            inherited.push(Inherited {
                start: bytes.len(),
                base_start: at,
                len: place - at,
            });
            bytes.extend(&base[at..place]);
        }
        if number < edits {
            bytes.extend(fill(seed, "\n{{lower:12}} = {{digits:8}}\n").bytes());
            at = (place + 20).min(base.len()).max(at);
        }
    }
    (bytes, inherited)
}

fn chain(count: usize, edits: usize) -> Vec<Version> {
    let mut versions = vec![(first(count), Vec::new())];
    for seed in 1..VERSIONS {
        let (base, _) = &versions[seed - 1];
        versions.push(edit(base, edits, seed));
    }
    versions
}

fn size(versions: &[Version]) -> BytesCount {
    BytesCount::new(versions.iter().map(|(bytes, _)| bytes.len()).sum::<usize>())
}

#[divan::bench(args = [1, 5, 50])]
fn chain_by_its_edits(bencher: Bencher<'_, '_>, edits: usize) {
    let versions = chain(1000, edits);
    let detector = detector();
    bencher.counter(size(&versions)).bench(|| {
        let mut trace = detector.trace(&versions[0].0);
        for (bytes, inherited) in &versions[1..] {
            trace = detector.trace_derived(black_box(bytes), &trace, inherited);
        }
        trace
    });
}

#[divan::bench(args = [1, 5, 50])]
fn chain_whole(bencher: Bencher<'_, '_>, edits: usize) {
    let versions = chain(1000, edits);
    let detector = detector();
    bencher.counter(size(&versions)).bench(|| {
        for (bytes, _) in &versions {
            black_box(detector.trace(black_box(bytes)));
        }
    });
}
