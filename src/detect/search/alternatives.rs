//! Which alternatives of a pattern contain which keyword, and how far from the beginning of a match it is.
//!
//! A rule with many alternatives (`auth_pass …|radius server …|cache_peer … login=…`) is tested at one keyword at
//! a time. There, only the alternatives with this keyword can match. They are compiled when it first turns up, read
//! far fewer bytes than all of them together, and mostly begin with it.

use std::collections::BTreeSet;

use regex_syntax::hir::literal::Extractor;
use regex_syntax::hir::{Capture, Class, Hir, HirKind};

/// After this many bytes, a literal no longer contains part of the keyword at its beginning.
const LONGEST_KEYWORD: usize = 48;

/// From this many times on, the upper bound of a repetition is considered far.
const FAR_BOUND: u32 = 64;

/// Keywords that lead to the same alternatives of a pattern.
#[derive(Debug, Clone)]
pub(in crate::detect) struct Group {
    /// The indices of the keywords in the rule's list: every match of the alternatives contains one of them.
    pub(in crate::detect) keywords: BTreeSet<usize>,
    /// How many bytes before the first of them a match can begin.
    pub(in crate::detect) before: usize,
}

/// How a pattern is split into groups of keywords.
#[derive(Debug)]
pub(in crate::detect) enum Split {
    /// It is not split.
    Whole,
    /// The content of a capture group is split.
    Capture(Box<Split>),
    /// The element of a sequence with this index is split.
    Part(usize, Box<Split>),
    /// Each alternative has its own groups.
    Branches(Vec<(Split, Vec<Group>)>),
}

/// Returns the groups of keywords, which must be in lower case: every match of the pattern is a match of the
/// alternatives of some group, and contains a keyword of that group. `None` if not every match is known to contain a
/// keyword within some distance.
pub(in crate::detect) fn groups(hir: &Hir, keywords: &[String]) -> Option<(Split, Vec<Group>)> {
    match hir.kind() {
        HirKind::Capture(capture) => {
            let (split, groups) = groups(&capture.sub, keywords)?;
            Some((Split::Capture(Box::new(split)), groups))
        }
        HirKind::Concat(parts) => deciding(parts, keywords),
        HirKind::Alternation(branches) => {
            if branches.iter().all(is_word) {
                return beginning_of(std::slice::from_ref(hir), keywords);
            }
            let branches = branches.iter().map(|branch| groups(branch, keywords));
            let branches = branches.collect::<Option<Vec<_>>>()?;
            let joined = joined(&branches, keywords.len());
            Some((Split::Branches(branches), joined))
        }
        HirKind::Repetition(repetition) if repetition.min > 0 => {
            beginning_of(std::slice::from_ref(&*repetition.sub), keywords)
        }
        HirKind::Literal(_) | HirKind::Class(_) => {
            beginning_of(std::slice::from_ref(hir), keywords)
        }
        HirKind::Repetition(_) | HirKind::Empty | HirKind::Look(_) => None,
    }
}

/// Returns the groups of the first element of a sequence in which every match has a keyword.
fn deciding(parts: &[Hir], keywords: &[String]) -> Option<(Split, Vec<Group>)> {
    let mut before = 0;
    for (part, number) in parts.iter().zip(0..) {
        let within = match part.kind() {
            HirKind::Capture(_) | HirKind::Alternation(_) => groups(part, keywords),
            _ => None,
        };
        let within = within.map(|(split, groups)| (Split::Part(number, Box::new(split)), groups));
        let found = match part.kind() {
            HirKind::Capture(_)
            | HirKind::Alternation(_)
            | HirKind::Literal(_)
            | HirKind::Class(_) => within.or_else(|| beginning_of(&parts[number..], keywords)),
            _ => None,
        };
        if let Some((split, mut groups)) = found {
            for group in &mut groups {
                group.before += before;
            }
            return Some((split, groups));
        }
        before += part.properties().maximum_len()?;
    }
    None
}

/// Returns the alternatives of a pattern for the keywords of `group`, which is one of its [`groups`].
pub(in crate::detect) fn alternatives(hir: &Hir, split: &Split, group: &Group) -> Hir {
    match (hir.kind(), split) {
        (HirKind::Capture(capture), Split::Capture(split)) => Hir::capture(Capture {
            sub: Box::new(alternatives(&capture.sub, split, group)),
            ..capture.clone()
        }),
        (HirKind::Concat(parts), Split::Part(number, split)) => {
            let of_part = |(part, at): (&Hir, usize)| {
                if at == *number {
                    alternatives(part, split, group)
                } else {
                    part.clone()
                }
            };
            Hir::concat(parts.iter().zip(0..).map(of_part).collect())
        }
        (HirKind::Alternation(branches), Split::Branches(splits)) => {
            let kept = branches.iter().zip(splits);
            let kept =
                kept.filter_map(|(branch, (split, own))| kept_for(branch, split, own, group));
            Hir::alternation(kept.collect())
        }
        _ => hir.clone(),
    }
}

/// Returns what is kept of a branch with the groups `own` for the keywords of `group`.
fn kept_for(branch: &Hir, split: &Split, own: &[Group], group: &Group) -> Option<Hir> {
    let is_shared = |own: &Group| !own.keywords.is_disjoint(&group.keywords);
    match own {
        _ if !own.iter().any(is_shared) => None,
        [_] => Some(branch.clone()),
        _ => Some(alternatives(branch, split, group)),
    }
}

/// Returns how many elements can contribute to the literals that a sequence begins with: what follows a long or
/// unbounded element cannot.
fn beginning(parts: &[Hir]) -> usize {
    let mut length = 0;
    let ends_there = |part: &Hir| {
        let properties = part.properties();
        let shortest = properties.minimum_len().unwrap_or_default();
        length += shortest;
        let longest = properties.maximum_len();
        let is_long = longest.is_none_or(|longest| longest >= LONGEST_KEYWORD);
        length >= LONGEST_KEYWORD || shortest > 0 && is_long
    };
    let last = parts.iter().position(ends_there);
    last.map_or(parts.len(), |last| last + 1)
}

/// Returns one group, if each match of the sequence begins with one of a few literals that contain keywords.
fn beginning_of(parts: &[Hir], keywords: &[String]) -> Option<(Split, Vec<Group>)> {
    let parts = parts[..beginning(parts)].iter().map(in_one_case);
    let mut found = BTreeSet::new();
    let mut farthest = 0;
    let prefixes = Extractor::new().extract(&Hir::concat(parts.collect()));
    for literal in prefixes.literals()? {
        let literal = literal.as_bytes().to_ascii_lowercase();
        let find = |keyword: &String| places(&literal, keyword).next();
        let places = keywords.iter().map(find).zip(0..);
        let places: Vec<(usize, usize)> = places
            .filter_map(|(place, keyword)| Some((place?, keyword)))
            .collect();
        farthest = farthest.max(places.iter().map(|(place, _)| *place).min()?);
        found.extend(places.iter().map(|(_, keyword)| *keyword));
    }
    let group = Group {
        keywords: found,
        before: farthest,
    };
    (!group.keywords.is_empty()).then(|| (Split::Whole, vec![group]))
}

/// Merges the groups of alternatives so that each keyword is in one group.
fn joined(branches: &[(Split, Vec<Group>)], keywords: usize) -> Vec<Group> {
    let mut groups: Vec<(Vec<usize>, Group)> = Vec::new();
    for keyword in 0..keywords {
        let own = |(_, branch): &(Split, Vec<Group>)| {
            let has = |group: &&Group| group.keywords.contains(&keyword);
            branch.iter().filter(has).map(|group| group.before).max()
        };
        let having = branches.iter().map(own).zip(0..);
        let having = having.filter_map(|(before, number)| Some((number, before?)));
        let (having, before): (Vec<usize>, Vec<usize>) = having.unzip();
        let Some(before) = before.into_iter().max() else {
            continue;
        };
        if let Some((_, group)) = groups.iter_mut().find(|(known, _)| *known == having) {
            group.keywords.insert(keyword);
            group.before = group.before.max(before);
        } else {
            let keywords = BTreeSet::from([keyword]);
            groups.push((having, Group { keywords, before }));
        }
    }
    groups.into_iter().map(|(_, group)| group).collect()
}

/// Whether a pattern is a literal, in any case of its letters: splitting such alternatives gains nothing.
fn is_word(hir: &Hir) -> bool {
    matches!(
        in_one_case(hir).kind(),
        HirKind::Literal(_) | HirKind::Empty
    )
}

/// Returns at which offsets in a match keywords can begin, if every match begins with one of a few literals that each
/// contain a keyword.
///
/// A match may contain more keywords after that literal. Those need not be known, since the one in the literal finds
/// the match.
pub(in crate::detect) fn keyword_offsets(hir: &Hir, keywords: &[String]) -> Option<Vec<usize>> {
    let parts = match hir.kind() {
        HirKind::Concat(parts) => parts,
        _ => std::slice::from_ref(hir),
    };
    let begin = |parts: &[Hir]| {
        let parts = parts[..beginning(parts)].iter().map(in_one_case);
        offsets_of(&Hir::concat(parts.collect()), keywords)
    };
    begin(parts).or_else(|| {
        // The literal may follow a single character that is not part of the secret, or the start of the text.
        let (first, rest) = parts.split_first()?;
        let properties = first.properties();
        let most = properties.maximum_len().filter(|most| *most <= 1)?;
        let least = properties.minimum_len()?;
        let offsets = begin(rest)?;
        let moved = offsets
            .iter()
            .flat_map(|offset| (least..=most).map(move |more| offset + more));
        let moved: BTreeSet<usize> = moved.collect();
        Some(moved.into_iter().collect())
    })
}

/// Returns where a keyword is in a literal. Both are so short that preparing a search would take longer than
/// searching.
fn places<'l>(literal: &'l [u8], keyword: &'l str) -> impl Iterator<Item = usize> + 'l {
    let first = keyword.as_bytes().first();
    let windows = literal.windows(keyword.len().max(1)).enumerate();
    windows
        .filter(move |(_, window)| window.first() == first && *window == keyword.as_bytes())
        .map(|(place, _)| place)
}

fn offsets_of(hir: &Hir, keywords: &[String]) -> Option<Vec<usize>> {
    let prefixes = Extractor::new().extract(hir);
    let mut all = BTreeSet::new();
    for literal in prefixes.literals()? {
        let literal = literal.as_bytes().to_ascii_lowercase();
        let offsets = keywords
            .iter()
            .flat_map(|keyword| places(&literal, keyword));
        let offsets: Vec<usize> = offsets.collect();
        if offsets.is_empty() {
            return None;
        }
        all.extend(offsets);
    }
    (!all.is_empty()).then(|| all.into_iter().collect())
}

/// Returns the same pattern with far upper bounds of repetitions removed, since each step up to a bound would be a
/// state of its own. At a keyword, a search never sees farther than the rule's reach anyway.
pub(in crate::detect) fn without_far_bounds(hir: &Hir) -> Hir {
    match hir.kind() {
        HirKind::Repetition(repetition) => {
            let mut changed = repetition.with(without_far_bounds(&repetition.sub));
            let is_far = |most: u32| most >= FAR_BOUND && most > 2 * changed.min;
            let one_byte = repetition.sub.properties().maximum_len() == Some(1);
            changed.max = changed.max.filter(|most| !(one_byte && is_far(*most)));
            Hir::repetition(changed)
        }
        HirKind::Capture(capture) => {
            let mut changed = capture.clone();
            changed.sub = Box::new(without_far_bounds(&capture.sub));
            Hir::capture(changed)
        }
        HirKind::Concat(parts) => Hir::concat(parts.iter().map(without_far_bounds).collect()),
        HirKind::Alternation(parts) => {
            Hir::alternation(parts.iter().map(without_far_bounds).collect())
        }
        HirKind::Empty | HirKind::Literal(_) | HirKind::Class(_) | HirKind::Look(_) => hir.clone(),
    }
}

/// Returns the same pattern with a literal for each letter in either case, of which there would otherwise be
/// thousands.
pub(in crate::detect) fn in_one_case(hir: &Hir) -> Hir {
    match hir.kind() {
        HirKind::Class(class) => match class.literal().or_else(|| letter(class)) {
            Some(literal) => Hir::literal(literal),
            None => hir.clone(),
        },
        HirKind::Repetition(repetition) => {
            Hir::repetition(repetition.with(in_one_case(&repetition.sub)))
        }
        HirKind::Capture(capture) => in_one_case(&capture.sub),
        HirKind::Concat(parts) => Hir::concat(parts.iter().map(in_one_case).collect()),
        HirKind::Alternation(parts) => Hir::alternation(parts.iter().map(in_one_case).collect()),
        HirKind::Empty | HirKind::Literal(_) | HirKind::Look(_) => hir.clone(),
    }
}

/// Returns the lower case of a letter, if the class is just that letter in both cases.
fn letter(class: &Class) -> Option<Vec<u8>> {
    let Class::Bytes(class) = class else {
        return None;
    };
    match class.ranges() {
        [upper, lower]
            if upper.start() == upper.end()
                && lower.start() == lower.end()
                && upper.start().is_ascii_uppercase()
                && lower.start() == upper.start().to_ascii_lowercase() =>
        {
            Some(vec![lower.start()])
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::pattern::parse;

    /// Returns the keywords of each alternative, how far they are from its beginning, and its pattern.
    fn of(pattern: &str, keywords: &[&str]) -> Option<Vec<(String, usize, String)>> {
        let keywords: Vec<String> = keywords.iter().map(|word| (*word).to_owned()).collect();
        let hir = parse(pattern).unwrap();
        let (split, groups) = groups(&hir, &keywords)?;
        let of_one = |part: &Group| {
            let own = part.keywords.iter().map(|number| &*keywords[*number]);
            (
                own.collect::<Vec<_>>().join(" "),
                part.before,
                alternatives(&hir, &split, part).to_string(),
            )
        };
        Some(groups.iter().map(of_one).collect())
    }

    #[test]
    fn each_keyword_has_its_own_alternatives() {
        let split = of(
            r"\b(?:acme key ([a-z]{4})|[a-z]{1,9} pass=([0-9]{2})|[0-9]{2}(?i:beta))",
            &["acme", " pass=", "beta"],
        );
        let split = split.unwrap();
        let short: Vec<(&str, usize)> = split.iter().map(|part| (&*part.0, part.1)).collect();
        assert_eq!(short, [("acme", 0), (" pass=", 9), ("beta", 2)]);
        assert!(split[0].2.contains("acme key ") && !split[0].2.contains("pass"));
        assert!(split[2].2.contains("[Bb]") && !split[2].2.contains("acme"));
    }

    #[test]
    fn alternatives_that_share_a_keyword_stay_together() {
        let split = of(
            "(?:[0-9]acme_x|[a-z]{3}acme-y|beta[0-9]z)",
            &["acme", "beta"],
        );
        let split = split.unwrap();
        assert_eq!((split.len(), split[0].1, split[1].1), (2, 3, 0));
        assert!(split[0].2.contains("_x") && split[0].2.contains("-y"));
    }

    #[test]
    fn words_that_are_written_differently_are_one_alternative() {
        let split = of("(?:user|pass)=[a-z]+", &["user", "pass"]).unwrap();
        assert_eq!(split.len(), 1);
        assert_eq!((&*split[0].0, split[0].1), ("user pass", 0));
    }

    #[test]
    fn a_keyword_that_only_follows_another_calls_for_nothing() {
        let split = of("acme.{0,9}beta", &["acme", "beta"]).unwrap();
        assert_eq!(split.len(), 1);
        assert_eq!(split[0].0, "acme");
    }

    #[test]
    fn what_may_be_without_a_keyword_is_not_split() {
        assert_eq!(of("acme_[0-9]{2}|[a-z]{20}", &["acme"]), None);
        assert_eq!(of("(?:acme)?[a-z]{20}", &["acme"]), None);
        assert_eq!(of("[a-z]+acme", &["acme"]), None);
    }
}
