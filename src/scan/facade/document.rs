//! A text that is scanned again after each change.

use std::fmt;
use std::sync::Arc;

use crate::detect::Detector;
use crate::redact::Masked;
use crate::scan::text::Scanned;
use crate::triage::Traces;

/// A text that changes, as in an editor: [`Scanner::document`](crate::Scanner::document) scans its versions.
///
/// It keeps a copy of the last version, where something was found in it, and what its fingerprints were made
/// from.
pub struct Document {
    pub(super) path: String,
    /// The last version, and the rules it was scanned with.
    pub(super) scanned: Option<(Arc<Detector>, Scanned)>,
    /// The parts of fingerprints that are slow to compute.
    pub(super) traces: Traces,
    /// What was masked in what is shown of it.
    pub(super) masked: Masked,
}

impl Document {
    /// Creates a document called `path`, no version of which has been scanned yet.
    pub fn new(path: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            scanned: None,
            traces: Traces::default(),
            masked: Masked::default(),
        }
    }

    /// Returns the path of the text.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Takes the version that was scanned before, if it was scanned with these rules.
    pub(super) fn before(&mut self, detector: &Arc<Detector>) -> Option<Scanned> {
        let (rules, version) = self.scanned.take()?;
        let is_same = Arc::ptr_eq(&rules, detector);
        if !is_same {
            // Other rules mask something else.
            self.masked = Masked::default();
        }
        is_same.then_some(version)
    }
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Document")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::{Scanner, SettingsSource};

    /// Numbers that look random, the same each time.
    struct Numbers(u64);

    impl Numbers {
        fn below(&mut self, limit: usize) -> usize {
            self.0 = self
                .0
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(self.0 >> 33).unwrap_or_default() % limit.max(1)
        }
    }

    /// A value that looks random.
    fn token(seed: u64) -> String {
        let mut numbers = Numbers(seed);
        let letters = b"abcdefghKLMNPQRSTUVWXYZ23456789k";
        let letters = (0..20).map(|_| char::from(letters[numbers.below(letters.len())]));
        letters.collect()
    }

    /// Puts something into a text, or takes something out of it, as keys, pasting and undoing do.
    fn edited(text: &str, pieces: &[String], numbers: &mut Numbers) -> String {
        let places: Vec<_> = (0..=text.len())
            .filter(|at| text.is_char_boundary(*at))
            .collect();
        let lines: Vec<_> = places
            .iter()
            .copied()
            .filter(|at| *at == 0 || text.as_bytes()[at - 1] == b'\n')
            .collect();
        let at = places[numbers.below(places.len())];
        let line = lines[numbers.below(lines.len())];
        let next = text[line..]
            .find('\n')
            .map_or(text.len(), |end| line + end + 1);
        let piece = &pieces[numbers.below(pieces.len())];
        match numbers.below(5) {
            // A letter, a line, and the same line again.
            0 => [&text[..at], "x", &text[at..]].concat(),
            1 => [&text[..line], piece, &text[line..]].concat(),
            2 => [&text[..next], &text[line..next], &text[next..]].concat(),
            // Without a line, and without what is behind a place.
            3 => [&text[..line], &text[next..]].concat(),
            _ => [&text[..at], &text[next.max(at)..]].concat(),
        }
    }

    #[test]
    fn whatever_is_edited_a_document_gives_what_a_fresh_scan_gives() {
        let scanner = Scanner::builder()
            .threads(1)
            .settings(SettingsSource::None)
            .build()
            .unwrap();
        let (one, other) = (token(7), token(8));
        let pieces = [
            format!("    environment:\n      API_TOKEN: {one}\n"),
            format!("# {one} is the old one, {other} the new one\n"),
            "  db:\n    image: postgres:17\n    ports: [\"5432:5432\"]\n".to_owned(),
            "      POSTGRES_PASSWORD: ${PASSWORD:-hunter2}\n".to_owned(),
            "  web:\n    image: nginx\n    privileged: true\n    depends_on: [db]\n".to_owned(),
            format!("password = '{other}'\n"),
            "x-common: &common\n  restart: always\n".to_owned(),
            "    <<: *common\n".to_owned(),
            "services:\n".to_owned(),
        ];
        for (path, seed) in [("compose.yml", 1), ("compose.yml", 2), ("app.py", 3)] {
            let mut numbers = Numbers(seed);
            let whole = format!("services:\n{}{}{}", pieces[2], pieces[0], pieces[4]);
            let mut document = Document::new(path);
            let mut text = whole.clone();
            for number in 0..60 {
                if text.len() < 40 || text.len() > 2_000 {
                    text.clone_from(&whole);
                }
                let fresh = scanner.text(path, text.as_bytes()).unwrap();
                let again = scanner.document(&mut document, text.as_bytes()).unwrap();
                assert_eq!(
                    format!("{again:#?}"),
                    format!("{fresh:#?}"),
                    "version {number} of {path}:\n{text}"
                );
                text = edited(&text, &pieces, &mut numbers);
            }
        }
    }
}
