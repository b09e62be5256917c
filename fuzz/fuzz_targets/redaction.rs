//! Any text around any value: no whole value is left, parts are in order, and nothing panics.

#![no_main]

use gonogo::redact::{Known, NoFinder, Redactor, masked_lines};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (String, String, String)| {
    let (before, value, behind) = input;
    let mut known = Known::default();
    let is_searched = known.add(value.as_bytes());
    let text = format!("{before}{value}{behind}");
    let redactor = Redactor::new(&known, &NoFinder);
    let parts = redactor.parts(&text);
    assert!(parts.windows(2).all(|pair| pair[0].end < pair[1].start));
    let (shown, marked) = masked_lines(&text, &parts, &(0..text.len()));
    assert!(shown.get(marked).is_some());
    assert_eq!(shown.lines().count(), text.lines().count());
    if is_searched && !value.contains('*') {
        assert!(!shown.contains(&value) && !redactor.name(&text).contains(&value));
        assert!(!redactor.message(&text).contains(&value));
    }
});
