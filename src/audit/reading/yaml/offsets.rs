//! Turns the parser's character counts into byte offsets.

/// How many characters apart the stored offsets are.
const STRIDE: usize = 64;

/// Byte offsets of characters of one text.
pub(super) struct Offsets<'t> {
    text: &'t str,
    /// The byte offset of every [`STRIDE`]th character; `None` if the text is ASCII, so that counts and offsets agree.
    marks: Option<Vec<usize>>,
}

impl<'t> Offsets<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let marks = (!text.is_ascii()).then(|| {
            text.char_indices()
                .step_by(STRIDE)
                .map(|(byte, _)| byte)
                .collect()
        });
        Self { text, marks }
    }

    /// Returns the byte at which character number `index` begins; the end of the text if there are fewer.
    pub(super) fn byte(&self, index: usize) -> usize {
        let Some(marks) = &self.marks else {
            return index.min(self.text.len());
        };
        let Some(&mark) = marks.get(index / STRIDE) else {
            return self.text.len();
        };
        self.text[mark..]
            .char_indices()
            .nth(index % STRIDE)
            .map_or(self.text.len(), |(byte, _)| mark + byte)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_counting() {
        for text in ["", "abc", &"aä€😀".repeat(50)] {
            let offsets = Offsets::new(text);
            for (count, (byte, _)) in text.char_indices().enumerate() {
                assert_eq!(offsets.byte(count), byte);
            }
            assert_eq!(offsets.byte(text.chars().count()), text.len());
            assert_eq!(offsets.byte(9999), text.len());
        }
    }
}
