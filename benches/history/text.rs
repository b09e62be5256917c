//! Texts to measure on. They look random and are the same in every run.

use gonogo::detect::{Detector, example};
use gonogo::model::Confidence;

/// What a line of a program has about as many bytes as.
const LINE: &str = "    let {{alnum:8}} = self.{{alnum:10}}({{alnum:5}}, {{digits:3}});\n";

/// The detector as `gonogo scan` has it.
pub(crate) fn detector() -> Detector {
    Detector::new(Vec::new(), Confidence::Medium).expect("the built-in rules are right")
}

/// Fills in a template, differently for each `seed`.
pub(crate) fn fill(seed: usize, template: &str) -> String {
    example::expand(&format!("bench/{seed}"), template, None).expect("the template is right")
}

/// A text of this many lines, made of the line that `line` gives for each number.
pub(crate) fn lines(count: usize, line: impl Fn(usize) -> String) -> Vec<u8> {
    (0..count).map(line).collect::<String>().into_bytes()
}

/// A program of this many lines that holds nothing to find.
pub(crate) fn program(count: usize) -> Vec<u8> {
    lines(count, |seed| fill(seed, LINE))
}

/// Numbers that look random.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn roll(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or_default() % sides
    }
}
