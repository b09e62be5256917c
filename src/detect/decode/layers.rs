//! What rules find in a text that is encoded in another.

use std::borrow::Cow;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::detect::assignment::{Assignment, Syntax};
use crate::detect::comment::{Comment, LINE_LIMIT, comment_around};
use crate::detect::decode::{self, DEPTH, Encoding};
use crate::detect::detector::{Detector, Match};
use crate::detect::extent::Looked;
use crate::detect::rating::is_everyday;
use crate::detect::rule_file::{Matcher, RuleDefinition};
use crate::detect::steps;
use crate::model::{Category, Confidence};

/// How many bytes before something encoded can affect what is found in it: the line above, if the digits continue from
/// there.
const REACH_BEFORE: usize = 512;

/// How many encoded bytes after a keyword are decoded first; and how many bytes at the end of the result may change
/// when more is decoded, since an escape was cut.
const NEAR: (usize, usize) = (96, 24);

/// The same for encodings that also decode white space.
const NEAR_JOINED: (usize, usize) = (256, 180);

/// Where a match in encoded text really is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::detect) struct Encoded {
    /// Outermost first. Each has its range in the text that the one before it decodes to.
    layers: Vec<Layer>,
    /// The credential, in what the innermost layer decodes to.
    secret: Range<usize>,
    /// The name it is assigned to there.
    name: Option<Range<usize>>,
}

/// A text within another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Layer {
    encoding: Encoding,
    range: Range<usize>,
}

/// What a match in encoded text decodes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plain {
    /// The credential.
    pub secret: Vec<u8>,
    /// The name it is assigned to.
    pub name: Option<Vec<u8>>,
}

impl Detector {
    /// How many bytes before and after a place where something encoded begins can affect what is found in it.
    pub(in crate::detect) const ENCODED_REACH: (usize, usize) =
        (REACH_BEFORE + LINE_LIMIT, decode::LIMIT + LINE_LIMIT);

    /// Adds what is found in what is encoded at `at`. `depth` counts the texts that `bytes` was decoded from.
    pub(in crate::detect) fn encoded(
        &self,
        bytes: &[u8],
        at: usize,
        (least, depth): (Confidence, usize),
        found: &mut Vec<Match>,
    ) -> Looked {
        if depth >= DEPTH {
            return Looked::NOWHERE;
        }
        // What begins here only continues the text before it, which can be as far away as its lines are long.
        let Some((encoding, range)) = decode::encoded_at(bytes, at) else {
            return Looked::FAR;
        };
        steps::look_at(range.len());
        let is_near = is_within_line(bytes, &range);
        let looked = Looked::at(decode::LOOK_BACK, range.len());
        let before = found.len();
        let layer = Layer { encoding, range };
        self.within(bytes, &layer, (least, depth + 1), found);
        if is_near && found.len() == before {
            looked
        } else {
            Looked::FAR
        }
    }

    /// Adds what is found in a text inside `outer`.
    fn within(
        &self,
        outer: &[u8],
        layer: &Layer,
        (least, depth): (Confidence, usize),
        found: &mut Vec<Match>,
    ) {
        let decoded = layer.encoding.decode(&outer[layer.range.clone()]);
        let bytes = decoded.bytes.as_slice();
        let mut inner = Vec::new();
        if layer.encoding == Encoding::Base64 && decode::is_utf16(bytes) {
            let range = 0..bytes.len();
            let encoding = Encoding::Utf16;
            self.within(
                bytes,
                &Layer { encoding, range },
                (least, depth),
                &mut inner,
            );
        } else if decode::is_text(bytes) {
            self.scan_decoded(bytes, (least, depth), &mut inner);
        }
        found.extend(inner.into_iter().map(|mut inner| {
            let around = comment_around(outer, layer.range.start);
            if around != Comment::No {
                inner.comment = around;
            }
            inner.enter(layer, &decoded)
        }));
    }

    /// Adds what rules about formats find at the keyword at `word` once escapes around it are decoded.
    pub(in crate::detect) fn veiled(
        &self,
        bytes: &[u8],
        (word, keyword): (&Range<usize>, u16),
        (least, depth): (Confidence, usize),
        found: &mut Vec<Match>,
    ) -> Looked {
        if depth >= DEPTH {
            return Looked::NOWHERE;
        }
        let is_veil = self.prefilter.veil(keyword).is_some();
        let (said, encoding, mut looked) = match self.prefilter.veil(keyword) {
            Some((said, encoding)) => (said.len(), encoding, Looked::NOWHERE),
            None => match decode::encoding_around(bytes, word) {
                Ok((encoding, looked)) => (word.len(), encoding, looked),
                Err(looked) => return looked,
            },
        };
        // With these encodings, the end of a window can cut off at most an escape; with the others, everything that
        // joins two lines.
        let is_short = matches!(
            encoding,
            Encoding::Percent | Encoding::Json | Encoding::Html
        );
        let (near, slack) = if is_short { NEAR } else { NEAR_JOINED };
        // Rules that see equally far decode the same range.
        let mut last: Option<(Range<usize>, decode::Decoded)> = None;
        let mut first: Option<(Range<usize>, decode::Decoded)> = None;
        for &number in self.prefilter.rules(keyword) {
            let rule = &self.rules[number as usize];
            let definition = &rule.loaded.definition;
            let counts = definition.matcher == Matcher::Regex && (is_veil || is_format(definition));
            let Some((before, behind)) =
                rule.reach(self.prefilter.text(keyword)).filter(|_| counts)
            else {
                continue;
            };
            let before = before + decode::LOOK_BACK;
            let start = word.start.saturating_sub(before);
            let window = |behind: usize| start..bytes.len().min(word.end + behind);
            let range = window(behind + decode::MORE);
            // Nearly always, the first few bytes show that there is no match, however the text continues.
            if range.end - word.end > near {
                let part = decoded_once(&mut first, encoding, bytes, window(near));
                let at = part.find(word.start - start);
                let denies = |at| self.denies(number, (part, slack), at..at + said);
                if at.is_some_and(denies) {
                    looked = looked.and(Looked::at(before, near));
                    continue;
                }
            }
            let decoded = decoded_once(&mut last, encoding, bytes, range.clone());
            looked = Looked::FAR;
            let Some(at) = decoded.find(word.start - range.start) else {
                continue;
            };
            let inner = self
                .confirm(number, &decoded.bytes, at..at + said, least)
                .ok();
            let layer = Layer { encoding, range };
            found.extend(inner.map(|inner| {
                let inner = inner.enter(&layer, decoded);
                let comment = comment_around(bytes, inner.secret.start);
                Match { comment, ..inner }
            }));
        }
        looked
    }

    /// Whether a rule has no match at a keyword in the beginning of a text, whatever follows. More text may change the
    /// last `slack` bytes.
    fn denies(
        &self,
        rule: u32,
        (beginning, slack): (&decode::Decoded, usize),
        word: Range<usize>,
    ) -> bool {
        let left = beginning.bytes.len().saturating_sub(word.end + slack);
        let Err(looked) = self.matched(rule, &beginning.bytes, word) else {
            return false;
        };
        looked.extent().is_some_and(|(_, behind)| behind <= left)
    }

    /// Finds matches in a decoded text. Names of credentials count only if the text is of a kind in which names have
    /// values; vendors' formats always count.
    fn scan_decoded(&self, bytes: &[u8], way: (Confidence, usize), found: &mut Vec<Match>) {
        let mut is_structured = None;
        let mut here = Vec::new();
        self.prefilter.hits(bytes, &(0..bytes.len()), |hit| {
            let word = self.prefilter.range(hit);
            self.evaluate(bytes, (&word, hit.keyword), way, &mut here);
            let counts = |found: &Match| {
                let definition = &self.rules[found.rule as usize].loaded.definition;
                found.encoded.is_some()
                    || definition.category != Category::Placeholder
                        && (is_format(definition)
                            || *is_structured.get_or_insert_with(|| decode::is_structured(bytes)))
            };
            here.retain(counts);
            found.append(&mut here);
        });
    }
}

/// Returns what `range` decodes to, from `last` if that has the same range.
fn decoded_once<'d>(
    last: &'d mut Option<(Range<usize>, decode::Decoded)>,
    encoding: Encoding,
    bytes: &[u8],
    range: Range<usize>,
) -> &'d decode::Decoded {
    let last = match last.take() {
        Some(known) if known.0 == range => last.insert(known),
        _ => {
            steps::look_at(range.len());
            let decoded = encoding.decode(&bytes[range.clone()]);
            last.insert((range, decoded))
        }
    };
    &last.1
}

/// Whether something else is on the same line on both sides, so that no other line continues it.
fn is_within_line(bytes: &[u8], range: &Range<usize>) -> bool {
    let before = range.start.checked_sub(1).map(|at| bytes[at]);
    let is_else = |byte: &u8| !byte.is_ascii_whitespace();
    before.as_ref().is_some_and(is_else) && bytes.get(range.end).is_some_and(is_else)
}

/// Returns whether a rule is about the format of a credential rather than about its place.
pub(in crate::detect) fn is_format(rule: &RuleDefinition) -> bool {
    rule.matcher == Matcher::Regex && !is_everyday(rule)
}

impl Match {
    /// Returns the encodings in which it was found, outermost first; empty for a match in plain text.
    pub fn decoded(&self) -> Vec<&'static str> {
        let layers = self.encoded.iter().flat_map(|encoded| &encoded.layers);
        layers.map(|layer| layer.encoding.name()).collect()
    }

    /// Returns its decoded form, if it is encoded in `bytes`, in which it was found.
    pub fn plain(&self, bytes: &[u8]) -> Option<Plain> {
        let encoded = self.encoded.as_deref()?;
        let mut text = Cow::Borrowed(bytes);
        for layer in &encoded.layers {
            let inner = layer.encoding.decode(text.get(layer.range.clone())?);
            text = Cow::Owned(inner.bytes);
        }
        let part = |range: &Range<usize>| text.get(range.clone()).map(<[u8]>::to_vec);
        Some(Plain {
            secret: part(&encoded.secret)?,
            name: encoded.name.as_ref().and_then(part),
        })
    }

    /// Maps a match in what `layer` decodes to back to the text that contains `layer`.
    fn enter(self, layer: &Layer, decoded: &decode::Decoded) -> Self {
        let start = layer.range.start;
        let place = |range: &Range<usize>| {
            let place = decoded.place(range);
            start + place.start..start + place.end
        };
        let (span, secret) = (place(&self.span), place(&self.secret));
        let name = self.name.as_ref().map(place);
        let parts = self.parts.iter().map(|part| part.at(place)).collect();
        let mut encoded = self.encoded.unwrap_or_else(|| {
            Box::new(Encoded {
                layers: Vec::new(),
                secret: self.secret,
                name: self.name,
            })
        });
        encoded.layers.insert(0, layer.clone());
        // Decoded text stands by itself, and is not in a language that would give a bare word another meaning.
        let syntax = match self.syntax {
            Some(Syntax::Bare) => Some(Syntax::Field),
            syntax => syntax,
        };
        Self {
            span,
            secret,
            name,
            parts,
            syntax,
            encoded: Some(encoded),
            ..self
        }
    }
}

impl Encoded {
    /// Returns the place of an assigned value that is written in several parts; `None` for any other value.
    pub(in crate::detect) fn of_value(bytes: &[u8], found: &Assignment) -> Option<Box<Self>> {
        let (encoding, range) = (found.parts?, found.value.clone());
        let said = encoding.decode(&bytes[range.clone()]).bytes.len();
        Some(Box::new(Self {
            layers: vec![Layer { encoding, range }],
            secret: 0..said,
            name: None,
        }))
    }

    /// Returns the same in a text where what was at `from` is at `to`.
    pub(in crate::detect) fn moved(mut self, from: usize, to: usize) -> Self {
        if let Some(Layer { range, .. }) = self.layers.first_mut() {
            *range = range.start - from + to..range.end - from + to;
        }
        self
    }
}
