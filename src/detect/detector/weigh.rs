//! How certain a match of a pattern, or an assignment, is before its path is known.

use std::ops::Range;

use regex_automata::{Input, Span};

use crate::detect::assignment::{self, Assignment, Syntax};
use crate::detect::beside::{
    is_id_beside_secret, is_in_answer, is_in_section_of_tests, is_key_of_page,
    is_of_debug_keystore, is_offered_by_generator, is_salted,
};
use crate::detect::command;
use crate::detect::comment::{
    Comment, LINE_LIMIT, comment_around, is_beside_localhost, is_beside_mail_catcher,
    is_build_argument, is_harmless_address, is_in_long_line, is_local_address, is_shown_in_input,
};
use crate::detect::compiled::{MORE, MORE_REACH};
use crate::detect::doc_sample::is_given_as_example;
use crate::detect::doubt;
use crate::detect::entropy::shannon;
use crate::detect::extent::Looked;
use crate::detect::layers::Encoded;
use crate::detect::owner::names_its_owner;
use crate::detect::proof::Outcome;
use crate::detect::rating::{
    AS_SETTING, DISCLAIMED, GIVEN_TO_BROWSERS, IN_ANSWER, IN_BRACES, IN_LONG_LINE, IN_RAW_STRING,
    ON_LOOPBACK, OUT_OF_USE, is_everyday, may_rise,
};
use crate::detect::realm::is_of_harmless_client;
use crate::detect::slot;
use crate::detect::truth::Truth;
use crate::detect::value::{self, Judgement};
use crate::detect::value_cache::judge_once;
use crate::detect::window::Confirmed;
use crate::lexicon;
use crate::model::{Category, Confidence, is_within};

use super::nothing::is_nothing;
use super::{Detector, Match, disclaimer, keep, said};

impl Detector {
    /// Checks a rule's pattern at a keyword.
    pub(in crate::detect) fn confirm(
        &self,
        number: u32,
        bytes: &[u8],
        keyword: Range<usize>,
        least: Confidence,
    ) -> Result<Match, Looked> {
        let found = self.matched(number, bytes, keyword)?;
        self.weigh_confirmed(number, bytes, found, least)
            .ok_or(Looked::FAR)
    }

    /// Like [`confirm`](Self::confirm), and returns where the secret ends. A match within `known` is not judged again:
    /// it is `None`.
    pub(super) fn confirm_beside(
        &self,
        number: u32,
        bytes: &[u8],
        keyword: Range<usize>,
        (least, known): (Confidence, &[Range<usize>]),
    ) -> Result<(usize, Option<Match>), Looked> {
        let found = self.matched(number, bytes, keyword)?;
        let end = found.secret.end;
        if is_within(&found.secret, known) {
            return Ok((end, None));
        }
        let weighed = self.weigh_confirmed(number, bytes, found, least);
        weighed.map(|found| (end, Some(found))).ok_or(Looked::FAR)
    }

    /// Finds where the pattern of a rule matches around a keyword, without judging the match.
    pub(in crate::detect) fn matched(
        &self,
        number: u32,
        bytes: &[u8],
        keyword: Range<usize>,
    ) -> Result<Confirmed, Looked> {
        let rule = &self.rules[number as usize];
        let confirmer = rule.confirmer().ok_or(Looked::NOWHERE)?;
        confirmer.confirm(bytes, keyword)
    }

    /// Adds what immediately follows a match, such as the next lines of a list, if its rule states what that looks
    /// like.
    pub(in crate::detect) fn confirm_more(
        &self,
        number: u32,
        bytes: &[u8],
        mut from: usize,
        (least, found): (Confidence, &mut Vec<Match>),
    ) {
        let Some(more) = self.rules[number as usize].more() else {
            return;
        };
        for _ in 0..MORE {
            let window = &bytes[from..bytes.len().min(from + MORE_REACH)];
            let Some(matched) = more.search(&Input::new(window)) else {
                return;
            };
            let Some(secret) = more.group(window, matched.span(), 1) else {
                return;
            };
            let place = |span: Span| from + span.start..from + span.end;
            let confirmed = Confirmed {
                span: place(matched.span()),
                secret: place(secret),
            };
            from += secret.end;
            found.extend(self.weigh_confirmed(number, bytes, confirmed, least));
        }
    }

    /// Judges a match of a rule's pattern; `None` if it is not a finding.
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
            // Not a vendor's format: the value itself must look like a credential.
            _ if definition.judged => {
                let judged = value::judge_promised(std::str::from_utf8(secret).ok()?)?;
                rule.surer_with(&parts, judged)
            }
            confidence if is_everyday(definition) => {
                confidence.min(value::surprise(std::str::from_utf8(secret).ok()?))
            }
            confidence => rule.surer_with(&parts, confidence),
        };
        // A client secret from the samples of IdentityServer is nearly always a sample in its reader's code, too.
        let is_sample_client = definition.id == "dotnet/client-secret" && is_default_word(secret);
        let local = match (is_local, is_sample_client) {
            (true, _) => ON_LOOPBACK,
            (false, true) => DISCLAIMED,
            (false, false) if definition.id == "http/curl-user" => {
                command::known(bytes, &found.secret)
            }
            (false, false) if is_address => slot::hosted(bytes, &found.secret),
            (false, false) if definition.id == "gcp/api-key" => {
                slot::server_side(bytes, &found.span)
            }
            (false, false) => 0,
        };
        let found_start = found.secret.start;
        if confidence < least {
            if definition.category == Category::Secret {
                doubt::note(secret);
            }
            return None;
        }
        Some(Match {
            rule: number,
            known: disclaimer(bytes, &found.span)
                | truth.known()
                | local
                | slot::shown(bytes, &definition.id, &found),
            span: found.span,
            secret: found.secret,
            name: None,
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

    /// Finds what is assigned to the name with the word at `word`, a value or each of a list, except within `known`.
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

    /// Judges what an assignment is, and how certain it is.
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

    /// Judges how certain an assignment is.
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
        if is_nothing(bytes, &found, judgement.rule) {
            return None;
        }
        let is_in_long_line = is_in_long_line(bytes, &found.value);
        let is_id = matches!(judgement.rule, "generic/encryption-key" | "generic/api-key")
            && is_id_beside_secret(bytes, &found.name, &found.value);
        let is_public = names_its_owner(bytes, (&found.name, &found.value), judgement.rule);
        // In OAuth, this is the client id, which everyone who logs in can see.
        let confidence = if is_id && value::holds(&bytes[found.name.clone()], "oauth") {
            Confidence::Low
        } else {
            judgement.confidence
        };
        let syntax = found.syntax;
        let may_rise = may_rise(judgement.rule, syntax, comment) && !is_in_long_line;
        // Deciding whether it is a sample is slow, and few matches get this far.
        if confidence < least && !may_rise {
            if !is_placeholder {
                doubt::note(&bytes[found.value]);
            }
            return None;
        }
        let comment = match comment.or_sample(bytes, found.name.end) {
            Comment::No if is_given_as_example(bytes, found.value.start) => Comment::Sample,
            comment => comment,
        };
        let is_setting = syntax == Syntax::Bare && is_setting(bytes, &found.name);
        let is_bare = syntax == Syntax::Bare && least == Confidence::Low;
        let in_raw_string = is_bare && is_in_raw_string(bytes, found.name.start);
        let mut known = disclaimer(bytes, &found.value)
            | out_of_use(bytes, &found, (judgement.rule, comment))
            | if is_setting { AS_SETTING } else { 0 }
            | if in_raw_string { IN_RAW_STRING } else { 0 }
            | slot::known(bytes, (&found.name, &found.value), (judgement.rule, syntax));
        let is_harmless = if is_placeholder {
            // A value that the program rejects: `CHANGE-ME-OR-FAIL-TO-START`.
            value::holds(&bytes[found.value.clone()], "fail")
                || is_build_argument(bytes, found.name.start)
                || is_of_debug_keystore(&bytes[found.name.clone()], &bytes[found.value.clone()])
        } else {
            judgement.rule == "generic/password" && is_beside_mail_catcher(bytes, &found.value)
                || judgement.rule == "generic/encryption-key" && is_salt(&bytes[found.name.clone()])
                || judgement.rule == "generic/secret"
                    && bytes[found.name.clone()] == *b"secret"
                    && is_of_harmless_client(bytes, &found.value)
                || is_of_test_mode(&bytes[found.value.clone()])
                || is_published(&bytes[found.value.clone()])
                // A server in the internet was given it all the same.
                || known & slot::HOSTED == 0 && is_mashed(&bytes[found.value.clone()])
        };
        let is_of_tests = || is_in_section_of_tests(bytes, found.name.start);
        if is_harmless
            || is_id
            || is_public
            || is_of_development(bytes, &found.name)
            || is_of_tests()
        {
            known |= DISCLAIMED;
        }
        if syntax == Syntax::Fallback && ends_reference(&bytes[found.value.end..]) {
            known |= IN_BRACES;
        }
        if judgement.rule == "generic/token" && is_in_answer(bytes, &found.value) {
            known |= IN_ANSWER;
        }
        if !is_placeholder && is_salted(bytes, &found.value) {
            known |= Truth::Hashed.known();
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

/// Whether a name is that of a variable or a property, followed by `=`.
fn is_setting(bytes: &[u8], name: &Range<usize>) -> bool {
    let own = &bytes[name.clone()];
    let behind = &bytes[name.end..];
    let gap = behind
        .iter()
        .take(LINE_LIMIT)
        .take_while(|byte| **byte == b' ')
        .count();
    let is_close = gap == 0 || own.contains(&b'_');
    (own.contains(&b'_') || own.contains(&b'.')) && is_close && behind.get(gap) == Some(&b'=')
}

/// How far before a name a raw string may begin.
const RAW: usize = LINE_LIMIT;

/// Whether `at` is within a backtick string that began on an earlier line: the backtick before it opens one.
fn is_in_raw_string(bytes: &[u8], at: usize) -> bool {
    let before = &bytes[at.saturating_sub(RAW)..at];
    let Some(tick) = memchr::memrchr(b'`', before) else {
        return false;
    };
    let opens = before[..tick].trim_ascii_end().last();
    matches!(opens, Some(b'=' | b'(' | b',' | b':' | b'{' | b'[' | b'+'))
        && before[tick..].contains(&b'\n')
}

/// Whether a name belongs to a Quarkus profile that only developers and tests use: `%dev.quarkus.datasource.password`.
fn is_of_development(bytes: &[u8], name: &Range<usize>) -> bool {
    let own = &bytes[name.clone()];
    bytes[..name.start].ends_with(b"%") && (own.starts_with(b"dev.") || own.starts_with(b"test."))
}

/// Whether a name is that of a salt, which opens nothing by itself.
fn is_salt(name: &[u8]) -> bool {
    let end = name.len().saturating_sub(4);
    name[end..].eq_ignore_ascii_case(b"salt")
}

/// Whether a secret is a key for its vendor's test mode.
fn is_of_test_mode(secret: &[u8]) -> bool {
    std::str::from_utf8(secret).is_ok_and(crate::lexicon::value::is_of_test_mode)
}

/// Whether the text after a value ends a reference in braces: `}`, `') }}`.
fn ends_reference(behind: &[u8]) -> bool {
    const NEAR: usize = 8;
    let mut near = behind.iter().take(NEAR);
    let is_between = |byte: &&u8| matches!(byte, b'"' | b'\'' | b'\\' | b')' | b' ');
    behind.first() == Some(&b'}')
        || near.find(|byte| !is_between(byte)) == Some(&b'}')
            && behind.windows(2).take(NEAR).any(|it| it == b"}}")
}

/// Whether a secret is one from a program's documentation or default settings.
fn is_published(secret: &[u8]) -> bool {
    std::str::from_utf8(secret).is_ok_and(|it| lexicon::value::published_by(it).is_some())
}

/// Whether a secret is the result of running fingers over a keyboard.
fn is_mashed(secret: &[u8]) -> bool {
    std::str::from_utf8(secret).is_ok_and(lexicon::value::is_mashed)
}

/// Returns the flags for a value that opens nothing where it is: browsers are given it; or it is in a comment, and
/// either was meant for the local machine or was put there by a generator.
fn out_of_use(bytes: &[u8], found: &Assignment, (rule, comment): (&str, Comment)) -> u64 {
    let is_key = matches!(rule, "generic/api-key" | "generic/token");
    if is_key && is_key_of_page(bytes, &found.value) {
        return GIVEN_TO_BROWSERS;
    }
    let is_out_of_use = !rule.starts_with("placeholder/")
        && comment != Comment::No
        && (is_beside_localhost(bytes, &found.value)
            || is_offered_by_generator(bytes, &found.name, &found.value));
    if is_out_of_use { OUT_OF_USE } else { 0 }
}

/// Whether a secret is a word that attackers try first.
fn is_default_word(secret: &[u8]) -> bool {
    std::str::from_utf8(secret).is_ok_and(crate::lexicon::value::weak)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::rule_file::parse;

    #[test]
    fn a_list_is_read_to_its_end() {
        let rules = r#"
[[rules]]
id = "door/codes"
title = "Codes"
description = "Open doors."
severity = "high"
keywords = ["codes:"]
regex = 'codes: ([a-z]{8})\b'
more = ', ([a-z]{8})\b'
secretGroup = 1
"#;
        let detector = Detector::new(parse("door.toml", rules).unwrap(), Confidence::Low).unwrap();
        let found = |text: &str| -> Vec<String> {
            let own = detector.scan(text.as_bytes()).into_iter();
            let own = own.filter(|found| {
                detector.rules[found.rule as usize].loaded.definition.id == "door/codes"
            });
            own.map(|found| text[found.secret].to_owned()).collect()
        };
        let codes = ["kqzvbnwt", "pmxrjdgh", "wzkfqvyl"];
        assert_eq!(found(&format!("codes: {}\n", codes.join(", "))), codes);
        assert_eq!(
            found(&format!("codes: {}; {}", codes[0], codes[1])),
            codes[..1]
        );
        assert_eq!(found("codes: none, none"), Vec::<String>::new());
    }

    #[test]
    fn settings_and_raw_strings_are_told_from_words() {
        let at = |text: &str| is_setting(text.as_bytes(), &(0..text.find('=').unwrap_or(4)));
        assert!(at("DB_PASS=x") && at("db.pass=x") && !at("pass=x"));
        let is_raw = |text: &str| is_in_raw_string(text.as_bytes(), text.len());
        assert!(is_raw("var c = `\n{user: a, "));
        assert!(!is_raw("var c = `a`\n{user: a, ") && !is_raw("{user: a, "));
    }
}
