//! Any delta on any base: it is refused, or what is said to be inherited is.

#![no_main]

use gonogo::source::git::delta::apply;
use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;

/// More would only make the fuzzer slow.
const LIMIT: usize = 1 << 20;

#[derive(Debug, Arbitrary)]
struct Input<'a> {
    base: &'a [u8],
    delta: Delta<'a>,
}

#[derive(Debug, Arbitrary)]
enum Delta<'a> {
    /// Whatever it is.
    Raw(&'a [u8]),
    /// One whose sizes are right, so that its steps are looked at.
    Sized(u16, &'a [u8]),
}

fn size(mut value: usize, delta: &mut Vec<u8>) {
    while value > 0x7f {
        delta.push(0x80 | value.to_le_bytes()[0]);
        value >>= 7;
    }
    delta.push(value.to_le_bytes()[0]);
}

fuzz_target!(|input: Input<'_>| {
    let mut delta = Vec::new();
    match input.delta {
        Delta::Raw(bytes) => delta.extend(bytes),
        Delta::Sized(result, steps) => {
            size(input.base.len(), &mut delta);
            size(usize::from(result), &mut delta);
            delta.extend(steps);
        }
    }
    let (mut out, mut inherited) = (Vec::new(), Vec::new());
    if apply(input.base, &delta, LIMIT, &mut out, &mut inherited).is_err() {
        return;
    }
    assert!(out.len() <= LIMIT);
    let (mut end, mut base_end) = (0, usize::MAX);
    for part in inherited {
        assert!(part.len > 0 && part.start >= end);
        assert!(
            part.start > end || part.base_start != base_end,
            "two stretches are one"
        );
        assert_eq!(out[part.range()], input.base[part.base_range()]);
        (end, base_end) = (part.range().end, part.base_range().end);
    }
});
