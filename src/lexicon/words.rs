//! Splits an identifier or a value into lower-case words.
//!
//! Words end at anything but ASCII letters and digits, between letters and digits, at a capital in `camelCase`, and
//! inside run-together writing if the vocabulary covers the whole run. Nothing is allocated.

use super::vocabulary;

/// Longer texts are not split: no name is that long, and no known placeholder.
const MAX_BYTES: usize = 192;
const MAX_WORDS: usize = 40;

/// The words of one text.
pub(super) struct Words {
    letters: [u8; MAX_BYTES],
    /// The end of each word in `letters`; they follow each other without gaps.
    ends: [u8; MAX_WORDS],
    count: usize,
}

impl Words {
    /// Splits `text`; `None` if it contains no word, or is too long to consist of words.
    pub(super) fn split(text: &str) -> Option<Self> {
        Self::split_while(text, |_| true)
    }

    /// The same, but gives up with `None` at the first word, in whatever case, for which `goes_on` is false.
    pub(super) fn split_while(text: &str, goes_on: impl Fn(&[u8]) -> bool) -> Option<Self> {
        let bytes = text.as_bytes();
        if bytes.len() > MAX_BYTES {
            return None;
        }
        let mut words = Self {
            letters: [0; MAX_BYTES],
            ends: [0; MAX_WORDS],
            count: 0,
        };
        let mut at = 0;
        while at < bytes.len() {
            let class = Class::of(bytes[at]);
            let end = run_end(bytes, at, class);
            match class {
                Class::Letter => words.push_letters(&bytes[at..end], &goes_on)?,
                Class::Digit => words.push_wanted(&bytes[at..end], &goes_on)?,
                Class::Other => {}
            }
            at = end;
        }
        (words.count > 0).then_some(words)
    }

    /// Returns how many words there are; at least one.
    pub(super) fn len(&self) -> usize {
        self.count
    }

    /// Returns word number `index`; empty if there is no such word.
    pub(super) fn get(&self, index: usize) -> &str {
        if index >= self.count {
            return "";
        }
        let start = index
            .checked_sub(1)
            .map_or(0, |before| usize::from(self.ends[before]));
        // Only ASCII was pushed.
        std::str::from_utf8(&self.letters[start..usize::from(self.ends[index])]).unwrap_or("")
    }

    /// Returns the words in order.
    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = &str> {
        (0..self.count).map(|index| self.get(index))
    }

    /// Adds a run of letters: split by the vocabulary if that covers it, or else by capitals.
    fn push_letters(&mut self, run: &[u8], goes_on: &impl Fn(&[u8]) -> bool) -> Option<()> {
        let start = self.filled();
        if self.push_known(run)? {
            return Some(());
        }
        debug_assert_eq!(
            start,
            self.filled(),
            "a run that is not covered leaves nothing behind"
        );
        let mut at = 0;
        while at < run.len() {
            let end = hump_end(run, at);
            if !self.push_known(&run[at..end])? {
                self.push_wanted(&run[at..end], goes_on)?;
            }
            at = end;
        }
        Some(())
    }

    /// Adds the words that make up `run`; `Some(false)` if the vocabulary does not cover it.
    fn push_known(&mut self, run: &[u8]) -> Option<bool> {
        let mut lower = [0; MAX_BYTES];
        let lower = &mut lower[..run.len()];
        lower.copy_from_slice(run);
        lower.make_ascii_lowercase();
        let mut at = 0;
        let mut fits = true;
        let covered = vocabulary::segment(lower, |length| {
            fits &= self.push(&run[at..at + length]).is_some();
            at += length;
        });
        fits.then_some(covered)
    }

    fn push_wanted(&mut self, word: &[u8], goes_on: &impl Fn(&[u8]) -> bool) -> Option<()> {
        if !goes_on(word) {
            return None;
        }
        self.push(word)
    }

    fn push(&mut self, word: &[u8]) -> Option<()> {
        let start = self.filled();
        let end = start + word.len();
        *self.ends.get_mut(self.count)? = u8::try_from(end).ok()?;
        self.count += 1;
        let place = &mut self.letters[start..end];
        place.copy_from_slice(word);
        place.make_ascii_lowercase();
        Some(())
    }

    fn filled(&self) -> usize {
        self.count
            .checked_sub(1)
            .map_or(0, |last| usize::from(self.ends[last]))
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Class {
    Letter,
    Digit,
    Other,
}

impl Class {
    fn of(byte: u8) -> Self {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' => Self::Letter,
            b'0'..=b'9' => Self::Digit,
            _ => Self::Other,
        }
    }
}

fn run_end(bytes: &[u8], start: usize, class: Class) -> usize {
    bytes[start..]
        .iter()
        .position(|&byte| Class::of(byte) != class)
        .map_or(bytes.len(), |length| start + length)
}

/// Returns where the `camelCase` hump that begins at `start` ends: `AWS` in `AWSSecret`, `db` in `dbPassword`.
fn hump_end(run: &[u8], start: usize) -> usize {
    let mut end = start + 1;
    while end < run.len() {
        let upper = run[end].is_ascii_uppercase();
        let after_lower = run[end - 1].is_ascii_lowercase();
        let before_lower = run.get(end + 1).is_some_and(u8::is_ascii_lowercase);
        if upper && (after_lower || before_lower) {
            break;
        }
        end += 1;
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let joined = Words::split(text).map(|words| words.iter().collect::<Vec<_>>().join(" "));
        assert_eq!(joined.as_deref().unwrap_or(""), expected, "{text}");
    }

    #[test]
    #[rustfmt::skip]
    fn every_way_of_writing_a_name_gives_the_same_words() {
        for name in [
            "dbRootPassword", "DB_ROOT_PASSWORD", "db-root-password", "db.root.password", "dbrootpassword",
            "DBRootPassword",
        ] {
            check(name, "db root password");
        }
        check("AWSSecretAccessKey", "aws secret access key");
        check("OAuth2Token", "oauth 2 token");
        check("tokenizer_path", "tokenizer path");
    }

    #[test]
    fn what_is_no_word_at_all() {
        check("", "");
        check("***", "");
        check("äöü", "");
        check(&"a".repeat(MAX_BYTES + 1), "");
        check(&"a ".repeat(MAX_WORDS + 1), "");
    }
}
