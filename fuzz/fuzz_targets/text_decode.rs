//! Any bytes: it is decided whether they are text, and what becomes of text is still text.

#![no_main]

use std::borrow::Cow;

use gonogo::source::{Text, decode};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    match decode(bytes) {
        Text::Binary => {}
        Text::Utf8(Cow::Borrowed(text)) => assert!(bytes.ends_with(text)),
        Text::Utf8(Cow::Owned(text)) => {
            assert!(std::str::from_utf8(&text).is_ok());
            assert!(!text.contains(&0) || text.len() > 8000);
        }
    }
});
