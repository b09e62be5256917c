//! Any bytes as the body of a cache: reading them ends, and what is accepted can be asked.

#![no_main]

use gonogo::source::git::Seen;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    if let Ok(seen) = Seen::parse(body, 20) {
        seen.payload();
    }
});
