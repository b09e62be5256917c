//! Line numbers of a rule file, for messages.

/// Where the lines of a text begin, as byte offsets.
pub(super) struct Lines {
    starts: Vec<usize>,
}

impl Lines {
    /// Finds all line ends of `text`.
    pub(super) fn new(text: &str) -> Self {
        let ends = text.match_indices('\n').map(|(at, _)| at + 1);
        Self {
            starts: std::iter::once(0).chain(ends).collect(),
        }
    }

    /// Returns the number of the line with byte `at`, counted from 1.
    pub(super) fn number(&self, at: usize) -> u32 {
        let line = self.starts.partition_point(|start| *start <= at);
        u32::try_from(line).unwrap_or(u32::MAX)
    }
}
