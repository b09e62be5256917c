//! Any bytes, looked into: archives of all kinds, and what only begins like one. What is shown is never more than what a
//! file may unpack to, and what is damaged costs itself and nothing else.

#![no_main]

use gonogo::model::{Blob, Part};
use gonogo::source::{Limits, Worker, read_stdin};
use libfuzzer_sys::fuzz_target;

/// What a file of a few kilobytes may unpack to, and each member once more as two kinds of strings.
const MOST: usize = 3 * (5 << 20);

#[derive(Default)]
struct Counter {
    bytes: usize,
}

impl Worker for Counter {
    type Memory = ();

    fn blob(&mut self, _: &Blob<'_>) {}

    fn part(&mut self, part: &Part<'_>) -> bool {
        self.bytes += part.bytes.len();
        if let Some(places) = part.places {
            let _ = places.in_file(part.bytes.len());
        }
        false
    }
}

fuzz_target!(|bytes: &[u8]| {
    let limits = Limits {
        max_file_size: 1 << 20,
        max_archive_depth: 3,
        threads: 1,
    };
    let mut counter = Counter::default();
    let coverage = read_stdin(bytes, "a", limits, &mut counter).unwrap();
    assert!(counter.bytes <= MOST + 3 * bytes.len(), "{}", counter.bytes);
    assert!(coverage.gaps.len() <= 1);
});
