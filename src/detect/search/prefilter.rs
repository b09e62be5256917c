//! One pass over the bytes for the keywords of all rules at once, and one for the beginnings of encoded text. Text
//! with neither costs nothing more.

use std::ops::Range;

use crate::detect::decode::{self, Encoding};
use crate::detect::layers::is_format;
use crate::detect::rule_file::{Matcher, RuleDefinition};
use crate::detect::sieve::Sieve;
use crate::model::Category;

/// Keywords that are not in the text when it is encoded: how they are written then.
const VEILED: [(&str, &str, Encoding); 2] = [
    ("://", "%3a%2f%2f", Encoding::Percent),
    ("://", ":\\/\\/", Encoding::Json),
];

/// Finds every occurrence of every keyword, in any ASCII case, and every place where something encoded begins.
pub(in crate::detect) struct Prefilter {
    sieve: Sieve,
    /// By number of the keyword: the numbers of the rules that use it.
    rules: Vec<Vec<u32>>,
    /// By number of the keyword: whether one of those rules is about a format, which an encoding may hide.
    has_format: Vec<bool>,
    /// By number of the keyword: if it is an encoded form, the original and the encoding.
    veils: Vec<Option<(&'static str, Encoding)>>,
    /// The greatest distance between two places that together decide whether there is a hit.
    margin: usize,
}

/// Where a keyword is, or something encoded begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::detect) struct Hit {
    /// The position of its first byte.
    pub(in crate::detect) start: usize,
    /// Its number, or that of [`Prefilter::encoded`].
    pub(in crate::detect) keyword: u16,
}

impl Prefilter {
    /// Compiles the keywords of `rules`.
    pub(in crate::detect) fn new<'r>(rules: impl Iterator<Item = &'r RuleDefinition>) -> Self {
        let mut pairs: Vec<(String, u32)> = Vec::new();
        let mut formats: Vec<bool> = Vec::new();
        for (rule, number) in rules.zip(0..) {
            formats.push(is_format(rule));
            // Placeholders are found where credentials are: through the names that the generic rules search for. Their
            // own keywords ("set", "add", "your") would hit on every other line.
            if rule.matcher == Matcher::Assignment && rule.category == Category::Placeholder {
                continue;
            }
            let keywords = rule.keywords.iter();
            for keyword in keywords {
                let veiled = VEILED.iter().filter(|(said, ..)| said == keyword);
                pairs.extend(veiled.map(|(_, written, _)| ((*written).to_owned(), number)));
                pairs.push((keyword.to_ascii_lowercase(), number));
            }
        }
        pairs.sort_unstable();
        pairs.dedup();
        let mut keywords: Vec<String> = Vec::new();
        let mut rules: Vec<Vec<u32>> = Vec::new();
        for (keyword, rule) in pairs {
            if keywords.last() != Some(&keyword) {
                keywords.push(keyword);
                rules.push(Vec::new());
            }
            if let Some(of_keyword) = rules.last_mut() {
                of_keyword.push(rule);
            }
        }
        let longest = keywords.iter().map(String::len).max().unwrap_or_default();
        // Encoded text has no rules of its own.
        rules.push(Vec::new());
        let has_format = rules
            .iter()
            .map(|rules| rules.iter().any(|rule| formats[*rule as usize]));
        let veil = |keyword: &String| {
            let mut veils = VEILED.iter();
            let veil = veils.find(|(_, written, _)| written == keyword);
            veil.map(|&(said, _, encoding)| (said, encoding))
        };
        let may_hide = |(format, keyword): (bool, &String)| format || veil(keyword).is_some();
        Self {
            has_format: has_format.zip(&keywords).map(may_hide).collect(),
            veils: keywords.iter().map(veil).collect(),
            sieve: Sieve::new(keywords.iter().map(String::as_bytes)),
            rules,
            margin: longest.max(decode::LOOK_BACK + decode::RUN) - 1,
        }
    }

    /// Returns how many keyword numbers there are, including the one for encoded text.
    pub(in crate::detect) fn len(&self) -> usize {
        self.rules.len()
    }

    /// Returns whether a rule about a format uses the keyword.
    pub(in crate::detect) fn has_format(&self, keyword: u16) -> bool {
        self.has_format[usize::from(keyword)]
    }

    /// For the encoded form of a keyword, returns the original and the encoding.
    pub(in crate::detect) fn veil(&self, keyword: u16) -> Option<(&'static str, Encoding)> {
        self.veils.get(usize::from(keyword)).copied().flatten()
    }

    /// Returns a keyword in lower case, as its rules write it.
    pub(in crate::detect) fn text(&self, keyword: u16) -> &[u8] {
        match self.veil(keyword) {
            Some((said, _)) => said.as_bytes(),
            None => self.sieve.literal(keyword),
        }
    }

    /// Returns the number that stands for the beginning of encoded text.
    pub(in crate::detect) fn encoded(&self) -> u16 {
        u16::try_from(self.rules.len() - 1).unwrap_or(u16::MAX)
    }

    /// Returns how many bytes before a hit affect whether it is one.
    pub(in crate::detect) fn look_back(&self, hit: Hit) -> usize {
        if hit.keyword == self.encoded() {
            decode::LOOK_BACK
        } else {
            0
        }
    }

    /// Returns the rules that use a keyword.
    pub(in crate::detect) fn rules(&self, keyword: u16) -> &[u32] {
        &self.rules[usize::from(keyword)]
    }

    /// Returns where a hit's keyword is.
    pub(in crate::detect) fn range(&self, hit: Hit) -> Range<usize> {
        let length = if hit.keyword == self.encoded() {
            decode::RUN
        } else {
            self.sieve.length(hit.keyword)
        };
        hit.start..hit.start + length
    }

    /// Returns how far from a seam hits may begin or end that the seam affects.
    pub(in crate::detect) fn margin(&self) -> usize {
        self.margin
    }

    /// Reports every hit that a byte in `core` of `bytes`, or a seam there, affects, and perhaps others near it.
    pub(in crate::detect) fn hits(
        &self,
        bytes: &[u8],
        core: &Range<usize>,
        mut hit: impl FnMut(Hit),
    ) {
        let part =
            core.start.saturating_sub(self.margin)..(core.end + self.margin).min(bytes.len());
        let keyword = self.encoded();
        decode::find(bytes, &part, |start| hit(Hit { start, keyword }));
        self.sieve.find(bytes, (part, core), |start, keyword| {
            hit(Hit { start, keyword });
        });
    }

    /// Reports every keyword in `bytes`.
    pub(in crate::detect) fn keywords(&self, bytes: &[u8], mut hit: impl FnMut(Hit)) {
        let all = 0..bytes.len();
        self.sieve
            .find(bytes, (all.clone(), &all), |start, keyword| {
                hit(Hit { start, keyword });
            });
    }
}
