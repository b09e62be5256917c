//! A text as an editor has it, scanned again after a keystroke.

use divan::Bencher;
use gonogo::{Scanner, SettingsSource};

use crate::text::program;

/// How many lines the text has.
const LINES: usize = 5_000;

fn scanner() -> Scanner {
    let scanner = Scanner::builder().threads(1).settings(SettingsSource::None);
    scanner.build().expect("the built-in rules are right")
}

/// A program, with one more character each time.
#[divan::bench]
fn keystroke_in_a_program(bencher: Bencher<'_, '_>) {
    measure(bencher, "src/main.rs", program(LINES));
}

/// Configuration that is parsed and audited as a whole.
#[divan::bench]
fn keystroke_in_configuration(bencher: Bencher<'_, '_>) {
    let mut text = String::from("services:\n  web:\n    image: nginx:1.27\n    environment:\n");
    for number in 0..LINES {
        text += &format!("      SETTING_{number}: \"{number}\"\n");
    }
    measure(bencher, "compose.yml", text.into_bytes());
}

fn measure(bencher: Bencher<'_, '_>, path: &str, mut text: Vec<u8>) {
    let scanner = scanner();
    bencher.bench_local(|| {
        text.push(b'#');
        scanner
            .text(path, &text)
            .map(|report| report.findings.len())
    });
}
