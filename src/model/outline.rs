//! The outline of a text: for each of its lines, the line it is nested below.

use super::site::{is_heading, level};

/// Larger texts get no outline, which takes up to eight bytes per line.
const MAX_TEXT: usize = 4 << 20;

/// The lines of one text, for when many of its places are asked about.
#[derive(Debug)]
pub struct Outline {
    /// Where each line starts.
    starts: Vec<u32>,
    /// For each line, the number of the line above it in the outline plus one, or 0.
    above: Vec<u32>,
}

impl Outline {
    /// Reads `text` once; `None` if it is too large or has a line of more than `longest` bytes.
    pub(super) fn new(text: &[u8], longest: usize) -> Option<Self> {
        if text.len() > MAX_TEXT {
            return None;
        }
        let mut outline = Self {
            starts: Vec::new(),
            above: Vec::new(),
        };
        // The lines that the next one may be below: their levels plus one, and their numbers, both ascending.
        let mut open: Vec<(usize, u32)> = Vec::new();
        let (mut start, mut number) = (0, 0);
        for line in text.split(|byte| *byte == b'\n') {
            if line.len() > longest {
                return None;
            }
            let own = level(line);
            let outer = open.partition_point(|(outer, _)| *outer <= own.unwrap_or(0));
            let above = outer.checked_sub(1).map_or(0, |last| open[last].1 + 1);
            outline.starts.push(start);
            outline.above.push(above);
            if is_heading(line) {
                // Nothing after a heading is below what comes before it.
                open.clear();
                open.push((0, number));
            } else if let Some(own) = own {
                open.truncate(outer);
                open.push((own + 1, number));
            }
            start += u32::try_from(line.len() + 1).ok()?;
            number += 1;
        }
        Some(outline)
    }

    /// Returns the number of the line that starts at `start`.
    pub(super) fn number(&self, start: usize) -> usize {
        self.starts.partition_point(|line| (*line as usize) < start)
    }

    /// Returns where line `number` starts.
    pub(super) fn start(&self, number: usize) -> Option<usize> {
        self.starts.get(number).map(|start| *start as usize)
    }

    /// Returns the number of the nearest line above that is indented less, or is a heading.
    pub(super) fn above(&self, number: usize) -> Option<usize> {
        let above = self.above.get(number)?.checked_sub(1)?;
        Some(above as usize)
    }
}
