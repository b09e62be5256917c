//! Looks for values in every object of a repository.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gonogo::detect::{Alphabet, inner_texts};
use gonogo::model::{Blob, Inherited, ObjectId, Origin, Part};
use gonogo::source::git::{Asked, Attribution, Attributions, Memory, Repo, walk_history};
use gonogo::source::{Meter, Worker};

use super::finder::Finder;
use super::patterns::{Pattern, patterns};
use crate::engine;
use crate::worker::protocol::{FoundGap, FoundPlace, Searched};

/// How many places of one value in one repository are kept.
const MAX_PLACES: usize = 200;

/// Parts that are no further from each other than this are looked at together.
const NEAR: usize = 128;

/// A shorter stretch that is inherited is looked at as if it were new: that is less work than to look at two parts. Of
/// stretches, four in five are shorter.
const SHORT: usize = 64;

/// Knows values in every encoding.
pub(crate) struct Search {
    finder: Finder,
    patterns: Vec<Pattern>,
    alphabet: Alphabet,
}

/// A value in a text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Hit {
    value: usize,
    range: (usize, usize),
    encoding: String,
}

/// What was found in one text.
struct Text {
    origin: Origin,
    member: Option<String>,
    /// With the line of each.
    hits: Vec<(Hit, u32)>,
}

impl Search {
    /// Values as they come over a pipe.
    pub(crate) fn of_base64(values: &[String]) -> Option<Self> {
        let values = values.iter().map(|value| STANDARD.decode(value).ok());
        Self::new(&values.collect::<Option<Vec<_>>>()?)
    }

    fn new(values: &[Vec<u8>]) -> Option<Self> {
        let patterns = patterns(values);
        let strings = patterns.iter().map(|pattern| pattern.bytes.clone());
        let finder = Finder::new(strings.collect())?;
        let alphabet = Alphabet::of(patterns.iter().map(|pattern| pattern.bytes.as_slice()));
        Some(Self {
            finder,
            patterns,
            alphabet,
        })
    }

    /// Looks through all that a repository has ever held.
    pub(crate) fn repository(&self, path: &Path, threads: usize) -> Result<Searched, String> {
        let opened = Repo::open(path)
            .map_err(|error| gonogo::scan::redacted(&error.to_string()).into_owned())?;
        let repo = opened.ok_or_else(|| "there is no git repository any more".to_owned())?;
        let meter = Meter::default();
        let limits = engine::limits(threads);
        let new_worker = || Seeker {
            search: self,
            found: Vec::new(),
        };
        let (coverage, workers, walked) =
            walk_history(&repo, Memory::default(), limits, &meter, &new_worker);
        let mut texts: Vec<Text> = workers
            .into_iter()
            .flat_map(|worker| worker.found)
            .collect();
        let mut searched = Searched {
            objects: coverage.blobs + coverage.binary + coverage.commits + coverage.tags,
            bytes: coverage.bytes,
            gaps: coverage
                .gaps
                .iter()
                .filter(|gap| gap.is_undecided())
                .map(engine::gap)
                .collect(),
            places: Vec::new(),
        };
        texts.sort_by(|one, other| (&one.origin, &one.member).cmp(&(&other.origin, &other.member)));
        let id = |text: &Text| match &text.origin {
            Origin::Blob(id) => (Some(*id), None),
            Origin::CommitMessage(id) | Origin::TagMessage(id) => (None, Some(*id)),
            _ => (None, None),
        };
        let asked = Asked {
            blobs: texts.iter().filter_map(|text| id(text).0).collect(),
            messages: texts.iter().filter_map(|text| id(text).1).collect(),
            is_named: |_| false,
        };
        // Even if nothing was found: what trees name that is not there was not searched.
        let attributions = walked.attribute(&repo, None, asked, &());
        searched.gaps.extend(
            attributions
                .gaps
                .iter()
                .filter(|gap| gap.is_undecided())
                .map(engine::gap),
        );
        searched
            .gaps
            .sort_by(|a, b| (&a.place, &a.reason).cmp(&(&b.place, &b.reason)));
        searched.gaps.dedup_by(|a: &mut FoundGap, b| a == b);
        searched.places = places(&texts, &attributions);
        Ok(searched)
    }

    /// What is in `text` where `parts` are, which ascend, and so near that it may go on there.
    fn look(&self, text: &[u8], parts: &[Range<usize>], hits: &mut BTreeSet<Hit>) {
        self.finder
            .find_near(text, parts, &mut |number, start, end| {
                let pattern = &self.patterns[number];
                hits.insert(Hit {
                    value: pattern.value,
                    range: (start, end),
                    encoding: pattern.encoding.to_owned(),
                });
            });
        // What is near each other is looked at once.
        for part in together(parts) {
            inner_texts(text, &part, &self.alphabet, &mut |inner, names, place| {
                self.finder.find(inner, &mut |number, start, end| {
                    // What is there as it is was found above.
                    let Some(range) = place.of(&(start..end)) else {
                        return;
                    };
                    let pattern = &self.patterns[number];
                    let mut encoding = names.join(", ");
                    if !pattern.encoding.is_empty() {
                        encoding = format!("{encoding}, {}", pattern.encoding);
                    }
                    hits.insert(Hit {
                        value: pattern.value,
                        range: (range.start, range.end),
                        encoding,
                    });
                });
            });
        }
    }
}

/// Parts with what is between those that are near each other.
fn together(parts: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut joined: Vec<Range<usize>> = Vec::with_capacity(parts.len());
    for part in parts {
        match joined.last_mut() {
            Some(last) if part.start <= last.end + NEAR => last.end = last.end.max(part.end),
            _ => joined.push(part.clone()),
        }
    }
    joined
}

/// What one thread has found.
struct Seeker<'s> {
    search: &'s Search,
    found: Vec<Text>,
}

impl Seeker<'_> {
    fn keep(&mut self, origin: &Origin, member: Option<&str>, text: &[u8], hits: &BTreeSet<Hit>) {
        if hits.is_empty() {
            return;
        }
        let line = |hit: &Hit| {
            let before = &text[..hit.range.0.min(text.len())];
            let lines = memchr::memchr_iter(b'\n', before).count();
            u32::try_from(lines + 1).unwrap_or(u32::MAX)
        };
        self.found.push(Text {
            origin: origin.clone(),
            member: member.map(str::to_owned),
            hits: distinct(hits)
                .into_iter()
                .map(|hit| (hit.clone(), line(hit)))
                .collect(),
        });
    }
}

/// One hit for each place: what is found plainly need not be told of its encoded neighbourhood, too.
fn distinct(hits: &BTreeSet<Hit>) -> Vec<&Hit> {
    let mut kept: Vec<&Hit> = Vec::new();
    let mut sorted: Vec<&Hit> = hits.iter().collect();
    sorted.sort_by_key(|hit| {
        (
            hit.value,
            hit.range.1 - hit.range.0,
            hit.range.0,
            &hit.encoding,
        )
    });
    for hit in sorted {
        let is_within = |known: &&Hit| {
            known.value == hit.value && hit.range.0 <= known.range.0 && known.range.1 <= hit.range.1
        };
        if !kept.iter().any(is_within) {
            kept.push(hit);
        }
    }
    kept
}

impl Worker for Seeker<'_> {
    type Memory = BTreeSet<Hit>;

    fn blob(&mut self, blob: &Blob<'_>) -> BTreeSet<Hit> {
        let mut hits = BTreeSet::new();
        self.search.look(
            blob.bytes,
            std::slice::from_ref(&(0..blob.bytes.len())),
            &mut hits,
        );
        self.keep(&blob.origin, None, blob.bytes, &hits);
        hits
    }

    fn part(&mut self, part: &Part<'_>) -> bool {
        let mut hits = BTreeSet::new();
        self.search.look(
            part.bytes,
            std::slice::from_ref(&(0..part.bytes.len())),
            &mut hits,
        );
        self.keep(&part.origin, part.member, part.bytes, &hits);
        !hits.is_empty()
    }

    /// What lies within an inherited stretch is where it was; all else is looked for. A short stretch is looked at again
    /// together with what is around it.
    fn derived(
        &mut self,
        blob: &Blob<'_>,
        base: &BTreeSet<Hit>,
        inherited: &[Inherited],
    ) -> BTreeSet<Hit> {
        let mut hits = BTreeSet::new();
        let (mut at, mut fresh) = (0, Vec::with_capacity(inherited.len() + 1));
        for stretch in inherited.iter().filter(|stretch| stretch.len >= SHORT) {
            let range = stretch.range();
            // Two stretches that touch have a seam, which was not looked at either.
            fresh.push(at.min(range.start)..range.start);
            at = at.max(range.end);
            let end = stretch.base_start + stretch.len;
            let is_within = |hit: &&Hit| stretch.base_start <= hit.range.0 && hit.range.1 <= end;
            for hit in base.iter().filter(is_within) {
                let moved = |place: usize| place - stretch.base_start + stretch.start;
                hits.insert(Hit {
                    range: (moved(hit.range.0), moved(hit.range.1)),
                    ..hit.clone()
                });
            }
        }
        fresh.push(at..blob.bytes.len());
        self.search.look(blob.bytes, &fresh, &mut hits);
        self.keep(&blob.origin, None, blob.bytes, &hits);
        hits
    }
}

/// The places of all values: of one path and encoding the nearest, and of equals the earliest.
fn places(texts: &[Text], attributions: &Attributions) -> Vec<FoundPlace> {
    let mut best: BTreeMap<(usize, String, String), (u8, u32, FoundPlace)> = BTreeMap::new();
    for text in texts {
        let (id, origin, of) = match &text.origin {
            Origin::Blob(id) => (id, "blob", attributions.blobs.get(id)),
            Origin::CommitMessage(id) => (id, "commit-message", attributions.messages.get(id)),
            Origin::TagMessage(id) => (id, "tag-message", attributions.messages.get(id)),
            _ => continue,
        };
        for (path, commit, rank, presence) in paths(of) {
            let path = match &text.member {
                Some(member) => format!("{path}!/{}", member.trim_start_matches("!/")),
                None => path,
            };
            for (hit, line) in &text.hits {
                let place = FoundPlace {
                    value: hit.value,
                    path: path.clone(),
                    line: *line,
                    object: id.to_string(),
                    origin: origin.to_owned(),
                    presence: presence.1.to_owned(),
                    commit: commit.map(|commit| commit.to_string()),
                    encoding: hit.encoding.clone(),
                };
                let key = (
                    hit.value,
                    if path.is_empty() {
                        place.object.clone()
                    } else {
                        path.clone()
                    },
                    hit.encoding.clone(),
                );
                let rank = (presence.0, rank, place);
                match best.get(&key) {
                    Some(known) if *known <= rank => {}
                    _ => {
                        best.insert(key, rank);
                    }
                }
            }
        }
    }
    let mut places: Vec<(u8, u32, FoundPlace)> = best.into_values().collect();
    places.sort_by(|one, other| {
        (one.2.value, one.0, one.1, &one.2).cmp(&(other.2.value, other.0, other.1, &other.2))
    });
    let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
    places.retain(|(.., place)| {
        let count = counts.entry(place.value).or_default();
        *count += 1;
        *count <= MAX_PLACES
    });
    places.into_iter().map(|(.., place)| place).collect()
}

/// A path with the commit that brought it, the rank of that, and how near it is.
type Known = (String, Option<ObjectId>, u32, (u8, &'static str));

/// The paths of a text, with the commit, its rank, and how near it is.
fn paths(of: Option<&Attribution>) -> Vec<Known> {
    use gonogo::model::Presence;
    let near = |presence: Presence| match presence {
        Presence::Head => (0, "head"),
        Presence::History => (1, "history"),
        Presence::Refs => (2, "refs"),
        Presence::Index => (3, "index"),
        Presence::Stash => (4, "stash"),
        Presence::Unreachable => (5, "unreachable"),
    };
    let Some(of) = of else {
        return vec![(String::new(), None, u32::MAX, near(Presence::Unreachable))];
    };
    if of.places.is_empty() {
        return vec![(String::new(), None, u32::MAX, near(of.presence))];
    }
    let places = of.places.iter().map(|place| {
        // Under this path it may be gone, and not under another.
        let is_gone = of.presence == Presence::Head
            && !place.path.is_empty()
            && !of.head_paths.contains(&place.path);
        let presence = if is_gone {
            Presence::History
        } else {
            of.presence
        };
        (
            place.path.clone(),
            Some(place.commit),
            place.rank,
            near(presence),
        )
    });
    places.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blob(bytes: &[u8]) -> Blob<'_> {
        let id = ObjectId::from_bytes(&[1; 20]).unwrap();
        Blob {
            bytes,
            path: None,
            origin: Origin::Blob(id),
        }
    }

    #[test]
    fn what_is_derived_comes_to_the_same_as_all_of_it() {
        let value = b"correct horse".to_vec();
        let search = Search::new(std::slice::from_ref(&value)).unwrap();
        let wrapped = {
            let digits = STANDARD.encode(format!(
                "{} and so on, for more than one line of digits: {}",
                "x".repeat(60),
                "correct horse"
            ));
            digits
                .as_bytes()
                .chunks(64)
                .map(|line| String::from_utf8_lossy(line).into_owned())
                .collect::<Vec<_>>()
                .join("\n")
        };
        let base = format!(
            "a = correct horse\n{}\n{wrapped}\nend",
            "filler ".repeat(40)
        );
        let cut = base.find("rect horse").unwrap();
        let changed = format!("{}{}correct horse", &base[cut..], " and ");
        let mut seeker = Seeker {
            search: &search,
            found: Vec::new(),
        };
        let memory = seeker.blob(&blob(base.as_bytes()));
        let inherited = [Inherited {
            start: 0,
            base_start: cut,
            len: base.len() - cut,
        }];
        let derived = seeker.derived(&blob(changed.as_bytes()), &memory, &inherited);
        let whole = seeker.blob(&blob(changed.as_bytes()));
        assert_eq!(distinct(&derived), distinct(&whole));
        assert!(
            whole.iter().any(|hit| hit.encoding == "base64"),
            "{whole:?}"
        );
        assert!(whole.iter().any(|hit| hit.encoding.is_empty()), "{whole:?}");
    }

    #[test]
    fn whatever_is_put_together_anew_comes_to_the_same() {
        let values = [b"correct horse".to_vec(), b"battery9staple".to_vec()];
        let search = Search::new(&values).unwrap();
        let digits =
            STANDARD.encode("a key: battery9staple, and more text behind it so that it goes on");
        let wrapped = digits
            .as_bytes()
            .chunks(32)
            .collect::<Vec<_>>()
            .join(&b"\n  "[..]);
        let pieces: [&[u8]; 8] = [
            b"correct horse",
            b"battery9staple\n",
            b"x = \"correct \" + \"horse\"\n",
            digits.as_bytes(),
            &wrapped,
            b"\nplain words that say nothing\n",
            b" \"",
            b"correct%20horse ",
        ];
        let mut random: u64 = 3;
        let mut below = |most: usize| {
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            usize::try_from(random >> 33).unwrap_or(0) % most
        };
        for round in 0..3_000 {
            let mut base = Vec::new();
            for _ in 0..8 {
                base.extend_from_slice(pieces[below(8)]);
            }
            let (mut text, mut inherited) = (Vec::new(), Vec::new());
            for _ in 0..4 {
                let base_start = below(base.len());
                let len = 1 + below(base.len() - base_start);
                let start = text.len();
                inherited.push(Inherited {
                    start,
                    base_start,
                    len,
                });
                text.extend_from_slice(&base[base_start..base_start + len]);
                if below(2) == 0 {
                    text.extend_from_slice(pieces[below(8)]);
                }
            }
            let mut seeker = Seeker {
                search: &search,
                found: Vec::new(),
            };
            let memory = seeker.blob(&blob(&base));
            let derived = seeker.derived(&blob(&text), &memory, &inherited);
            let whole = seeker.blob(&blob(&text));
            let kinds = |hits: &BTreeSet<Hit>| {
                let kinds = hits.iter().map(|hit| (hit.value, hit.encoding.clone()));
                kinds.collect::<BTreeSet<_>>()
            };
            let text = String::from_utf8_lossy(&text);
            assert_eq!(kinds(&derived), kinds(&whole), "round {round}: {text}");
        }
    }
}
