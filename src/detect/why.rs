//! Explains how a stretch of text was judged, for readers who ask why something was not found.
//!
//! It asks the same questions as a scan, for each keyword in turn, and collects the answers instead of the matches.

use std::ops::Range;

use super::assignment::{self, Syntax};
use super::classify::fragment::has_interpolation;
use super::detector::{Detector, said};
use super::entropy::shannon;
use super::name_cache::classify_once;
use super::rule_file::Matcher;
use super::strength::is_hash;
use super::value::{counts_up, is_label, judge, names_a_digest, repeats_name};
use crate::lexicon::name::CredentialName;
use crate::lexicon::{placeholder, value};
use crate::model::Confidence;

/// What one keyword led to. Contains no values, since they may be secrets.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Thought {
    /// What was judged: a name, or the keyword of a rule.
    pub about: String,
    /// The judgement.
    pub verdict: String,
}

impl Detector {
    /// Returns how the keywords that begin within `span` of `bytes` are judged, each once, in order.
    pub fn thoughts(&self, bytes: &[u8], span: &Range<usize>) -> Vec<Thought> {
        let mut thoughts = Vec::new();
        self.prefilter.hits(bytes, &(0..bytes.len()), |hit| {
            let word = self.prefilter.range(hit);
            if !span.contains(&word.start) || hit.keyword == self.prefilter.encoded() {
                return;
            }
            let mut assigns = false;
            for &number in self.prefilter.rules(hit.keyword) {
                match self.rules[number as usize].loaded.definition.matcher {
                    Matcher::Assignment => assigns = true,
                    Matcher::Regex => thoughts.push(self.of_pattern(bytes, &word, number)),
                    Matcher::File | Matcher::Imported => {}
                }
            }
            if assigns {
                thoughts.push(of_assignment(bytes, &word));
            }
        });
        let mut seen = std::collections::BTreeSet::new();
        thoughts.retain(|thought| seen.insert(thought.clone()));
        thoughts
    }

    fn of_pattern(&self, bytes: &[u8], word: &Range<usize>, number: u32) -> Thought {
        let rule = &self.rules[number as usize];
        let keyword = String::from_utf8_lossy(&bytes[word.clone()]);
        let matched = rule
            .confirmer()
            .and_then(|confirmer| confirmer.confirm(bytes, word.clone()).ok());
        let verdict = match matched {
            None => "its pattern does not match here".to_owned(),
            Some(_) => match self.confirm(number, bytes, word.clone(), Confidence::Low) {
                Ok(found) => format!("matches with confidence {}", found.confidence),
                Err(_) => {
                    "its pattern matches, but the value is a sample, has a wrong checksum or \
                           too little entropy"
                        .to_owned()
                }
            },
        };
        Thought {
            about: format!(
                "keyword `{}` of {}",
                keyword.trim(),
                rule.loaded.definition.id
            ),
            verdict,
        }
    }
}

fn of_assignment(bytes: &[u8], word: &Range<usize>) -> Thought {
    let keyword = String::from_utf8_lossy(&bytes[word.clone()]);
    let Ok(found) = assignment::read(bytes, word.clone()) else {
        return Thought {
            about: format!("the word `{}`", keyword.trim()),
            verdict: "no literal value is assigned to it".to_owned(),
        };
    };
    let name = String::from_utf8_lossy(&bytes[found.name.clone()]).into_owned();
    let said = said(bytes, &found);
    let verdict = match std::str::from_utf8(&said) {
        Err(_) => "its value is not UTF-8".to_owned(),
        Ok(value) => of_value(&name, value, found.syntax),
    };
    Thought {
        about: format!("the name `{name}`"),
        verdict,
    }
}

/// Describes how a value that is assigned to a name is judged.
fn of_value(name: &str, value: &str, syntax: Syntax) -> String {
    let measured = format!(
        "its value has {} characters and an entropy of {:.1} bits per character",
        value.chars().count(),
        shannon(value.as_bytes())
    );
    match judge(name, value, syntax) {
        Some(found) => format!(
            "{measured}: {} with confidence {}, before its path is known",
            found.rule, found.confidence
        ),
        None => format!("{}; {measured}", refusal(name, value, syntax)),
    }
}

/// Returns why a value is not reported.
fn refusal(name: &str, value: &str, syntax: Syntax) -> &'static str {
    let named = classify_once(name);
    let is_pwd = syntax == Syntax::Field && name.eq_ignore_ascii_case("pwd");
    match (named.kind, named.action) {
        (Some(CredentialName::Salt), _) => return "a salt is not a credential",
        (None, None) if !is_pwd => return "the name does not say that its value is a credential",
        _ => {}
    }
    if value::is_reference(value) || has_interpolation(value) {
        "its value is a reference, filled in elsewhere or at run time"
    } else if is_label(name, value) || repeats_name(name, value) {
        "its value only repeats what the name says, as a label does"
    } else if names_a_digest(name, value) || is_hash(value) {
        "its value is a hash, or the name says so"
    } else if let Some(class) = placeholder::classify(value) {
        class.description()
    } else if value::is_not_a_credential(value) {
        "its value is of a kind that is no credential, such as a path, a date or a type"
    } else if value::weak(value) {
        "its value is a common word, which is only reported where it is certainly a password"
    } else if counts_up(value) {
        "its value counts up or repeats itself, as samples do"
    } else if syntax.is_loose() {
        "its value looks too little like a credential for where it is: in a call, a comparison or other text"
    } else {
        "its value looks too little like a credential: too short, too long, words, or code"
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::Detector;

    fn thoughts(text: &str) -> Vec<String> {
        let detector = Detector::new(Vec::new(), Confidence::Low).unwrap();
        let thoughts = detector.thoughts(text.as_bytes(), &(0..text.len()));
        thoughts
            .into_iter()
            .map(|it| format!("{}: {}", it.about, it.verdict))
            .collect()
    }

    #[test]
    fn each_reason_is_given() {
        for (text, reason) in [
            ("password = os.environ['X']\n", "no literal value"),
            ("password = \"${DB_PASSWORD}\"\n", "a reference"),
            (
                "password_salt = \"q8Zk3nP0vW\"\n",
                "a salt is not a credential",
            ),
            ("password_hash = \"q8Zk3nP0vWq8Zk3nP0vWaa\"\n", "a hash"),
            ("token = \"the next word\"\n", "too little like"),
        ] {
            let said = thoughts(text);
            assert!(
                said.iter().any(|it| it.contains(reason)),
                "{text}: {said:?}"
            );
        }
    }

    #[test]
    fn a_value_is_measured_and_never_shown() {
        let value = ["q8Zk3nP0", "vWx7Lm2R"].concat();
        let said = thoughts(&format!("db_password = \"{value}\"\n"));
        let said = said.join("\n");
        assert!(
            said.contains("16 characters") && said.contains("generic/password"),
            "{said}"
        );
        assert!(!said.contains(&value), "{said}");
    }
}
