//! Any bytes, read as a database of SQLite and as a compiled module of Python: what is taken out stands where it is said
//! to, and is no more than a few times the file.

#![no_main]

use gonogo::model::Places;
use gonogo::source::{pyc_constants, sqlite_cells};
use libfuzzer_sys::fuzz_target;

fn check(bytes: &[u8], (text, places): (Vec<u8>, Places)) {
    // Rows that overlap may tell the same again, up to the row in which that is noticed; each has an end of line.
    assert!(text.len() <= 4 * bytes.len() + (2 << 20));
    for (at, byte) in text.iter().enumerate() {
        let place = places.in_file(at);
        assert!(*byte == b'\n' || bytes.get(place) == Some(byte), "{at}: {place}");
    }
}

fuzz_target!(|bytes: &[u8]| {
    check(bytes, pyc_constants(bytes));
    check(bytes, sqlite_cells(bytes));
    // A header that is right, so that the rest is looked at.
    let mut file = bytes.to_vec();
    if let Some(header) = file.get_mut(..100) {
        header[..16].copy_from_slice(b"SQLite format 3\0");
        header[16..18].copy_from_slice(&512_u16.to_be_bytes());
        header[20] = 0;
        header[56..60].copy_from_slice(&1_u32.to_be_bytes());
        check(&file, sqlite_cells(&file));
    }
});
