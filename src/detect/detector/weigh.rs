//! What a match of a pattern, or an assignment, is worth before its place is known.

use std::ops::Range;

use crate::detect::assignment::{self, Assignment};
use crate::detect::comment::{
    comment_around, is_beside_mail_catcher, is_build_argument, is_harmless_address,
    is_in_long_line, is_local_address, is_looked_for, is_shown_in_input, is_within_reference,
};
use crate::detect::doubt;
use crate::detect::entropy::shannon;
use crate::detect::extent::Looked;
use crate::detect::layers::Encoded;
use crate::detect::proof::Outcome;
use crate::detect::rating::{DISCLAIMED, IN_LONG_LINE, ON_LOOPBACK, is_everyday, may_rise};
use crate::detect::truth::Truth;
use crate::detect::value::{self, Judgement};
use crate::detect::value_cache::judge_once;
use crate::detect::window::Confirmed;
use crate::model::{Category, Confidence, is_within};

use super::{Detector, Match, disclaimer, keep, said};

impl Detector {
    pub(in crate::detect) fn confirm(
        &self,
        number: u32,
        bytes: &[u8],
        keyword: Range<usize>,
        least: Confidence,
    ) -> Result<Match, Looked> {
        let rule = &self.rules[number as usize];
        let confirmer = rule.confirmer().ok_or(Looked::NOWHERE)?;
        let found = confirmer.confirm(bytes, keyword)?;
        self.weigh_confirmed(number, bytes, found, least)
            .ok_or(Looked::FAR)
    }

    /// What a match of a rule's pattern is worth.
    fn weigh_confirmed(
        &self,
        number: u32,
        bytes: &[u8],
        found: Confirmed,
        least: Confidence,
    ) -> Option<Match> {
        let rule = &self.rules[number as usize];
        let secret = &bytes[found.secret.clone()];
        let definition = &rule.loaded.definition;
        if definition
            .entropy
            .is_some_and(|least| shannon(secret) < least)
            || rule.is_allowed(secret)
            || definition
                .allowlist
                .stopwords
                .iter()
                .any(|word| value::holds(secret, word))
        {
            return None;
        }
        let (is_proven, truth) = match rule.proof.map(|proof| proof.check(secret)) {
            Some(Outcome::Disproved) => return None,
            Some(Outcome::Proven(facts)) => (true, Truth::of(&facts)),
            Some(Outcome::Plausible(facts)) => (false, Truth::of(&facts)),
            None => (false, Truth::Usable),
        };
        if !is_proven && value::is_made_up(secret) {
            return None;
        }
        let parts = rule.find_parts(bytes, &found)?;
        let is_address = definition.id.starts_with("url/");
        let is_local = is_address && is_local_address(bytes, &found.secret);
        let confidence = match definition.confidence {
            _ if is_proven => Confidence::High,
            _ if is_shown_in_input(bytes, found.secret.start) => Confidence::Low,
            _ if is_address && is_harmless_address(bytes, &found.secret) => Confidence::Low,
            // No vendor's format: the value itself must say that it is a credential.
            _ if definition.judged => {
                let judged = value::judge_promised(std::str::from_utf8(secret).ok()?)?;
                rule.surer_with(&parts, judged)
            }
            confidence if is_everyday(definition) => {
                confidence.min(value::surprise(std::str::from_utf8(secret).ok()?))
            }
            confidence => rule.surer_with(&parts, confidence),
        };
        let local = if is_local {
            DISCLAIMED | ON_LOOPBACK
        } else {
            0
        };
        let name = None;
        let found_start = found.secret.start;
        if confidence < least {
            if definition.category == Category::Secret {
                doubt::note(secret);
            }
            return None;
        }
        Some(Match {
            rule: number,
            known: disclaimer(bytes, &found.span) | truth.known() | local,
            span: found.span,
            secret: found.secret,
            name,
            confidence,
            is_proven,
            parts,
            syntax: None,
            comment: if is_everyday(definition) {
                comment_around(bytes, found_start).or_sample(bytes, found_start)
            } else {
                comment_around(bytes, found_start)
            },
            encoded: None,
        })
    }

    /// What is assigned to the name with the word at `word`: a value, or each of a list; nothing within `known`.
    pub(super) fn assigned(
        &self,
        bytes: &[u8],
        word: Range<usize>,
        (least, known): (Confidence, &[Range<usize>]),
        found: &mut Vec<Match>,
    ) -> Looked {
        let judged = |item: Assignment| {
            if is_within(&item.value, known) {
                return Err(item.looked);
            }
            self.judged(bytes, item, least)
        };
        let first = match assignment::read(bytes, word) {
            Ok(first) => first,
            Err(looked) => return looked,
        };
        let mut next = assignment::next_item(bytes, &first);
        let looked = keep(judged(first), found);
        while let Some(item) = next {
            next = assignment::next_item(bytes, &item);
            let _ = keep(judged(item), found);
        }
        looked
    }

    /// What an assignment is, and what it is worth.
    fn judged(&self, bytes: &[u8], found: Assignment, least: Confidence) -> Result<Match, Looked> {
        let name = std::str::from_utf8(&bytes[found.name.clone()]).ok();
        let said = said(bytes, &found);
        let judged = name
            .zip(std::str::from_utf8(&said).ok())
            .and_then(|(name, value)| judge_once(name, value, found.syntax));
        let judgement = judged.ok_or(found.looked)?;
        self.weigh_assigned(bytes, found, judgement, least)
            .ok_or(Looked::FAR)
    }

    /// What an assignment is worth.
    fn weigh_assigned(
        &self,
        bytes: &[u8],
        found: Assignment,
        judgement: Judgement,
        least: Confidence,
    ) -> Option<Match> {
        let rule = *self.numbers.get(judgement.rule)?;
        let comment = comment_around(bytes, found.name.end);
        let is_placeholder = judgement.rule.starts_with("placeholder/");
        if is_within_reference(bytes, found.name.start)
            || is_placeholder && is_looked_for(bytes, found.name.start)
        {
            return None;
        }
        let is_in_long_line = is_in_long_line(bytes, &found.value);
        let (confidence, syntax) = (judgement.confidence, found.syntax);
        let may_rise = may_rise(judgement.rule, syntax, comment) && !is_in_long_line;
        // Whether it is a sample takes long to find out, and few matches come so far.
        if confidence < least && !may_rise {
            if !is_placeholder {
                doubt::note(&bytes[found.value]);
            }
            return None;
        }
        let comment = comment.or_sample(bytes, found.name.end);
        let mut known = disclaimer(bytes, &found.value);
        let is_harmless = if is_placeholder {
            // The program checks for it: `CHANGE-ME-OR-FAIL-TO-START`.
            value::holds(&bytes[found.value.clone()], "fail")
                || is_build_argument(bytes, found.name.start)
        } else {
            judgement.rule == "generic/password" && is_beside_mail_catcher(bytes, &found.value)
        };
        if is_harmless {
            known |= DISCLAIMED;
        }
        Some(Match {
            rule,
            span: found.name.start..found.value.end,
            encoded: Encoded::of_value(bytes, &found),
            secret: found.value,
            name: Some(found.name),
            confidence,
            is_proven: false,
            syntax: Some(syntax),
            comment,
            parts: Vec::new(),
            known: known | if is_in_long_line { IN_LONG_LINE } else { 0 },
        })
    }
}
