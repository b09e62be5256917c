//! What a match is worth in the file in which it is: the path decides whether a value is a literal at all, and
//! whether it is ever used.

use std::cell::RefCell;

use super::data_file::{is_data, is_set_aside};
pub(in crate::detect) use super::flags::{
    AS_EXAMPLE, AS_SETTING, DISCLAIMED, GIVEN_TO_BROWSERS, IN_ANSWER, IN_BRACES, IN_LONG_LINE,
    IN_PAGE, IN_RAW_STRING, IN_TABLE, ON_LOOPBACK, OUT_OF_USE,
};
use crate::detect::assignment::Syntax;
use crate::detect::comment::Comment;
use crate::detect::detector::{Detector, Match};
use crate::detect::path::{Language, Place, Purpose, has_defaults, has_directives};
use crate::detect::rule_file::{Matcher, RuleDefinition};
use crate::detect::slot::{CONSTRUCTS, HOSTED, IN_IMAGE, ISSUED, SERVER_SIDE, SIGNS, TO_COME};
use crate::detect::truth::Truth;
use crate::detect::weight::Weight;
use crate::lexicon::path::{self, is_sample};
use crate::model::{Category, Confidence, Severity, is_self_made};

impl Detector {
    /// Whether a checksum is right: keys of tests have a structure, too, but a checksum nobody makes up.
    pub fn has_checksum(&self, found: &Match) -> bool {
        let proof = self.rules[found.rule as usize].proof;
        found.is_proven && proof.is_some_and(|proof| proof.is_checksum())
    }

    /// Whether a checksum is right that a vendor has computed: what everyone generates has one in tests, too.
    pub fn is_issued(&self, found: &Match) -> bool {
        let definition = &self.rules[found.rule as usize].loaded.definition;
        let family = definition.id.split('/').next().unwrap_or_default();
        self.has_checksum(found) && !is_self_made(family)
    }

    /// What `found` weighs in a file called `path`; `None` when it is nothing to report there.
    ///
    /// `path` is empty for messages of commits and tags.
    pub fn weigh(&self, found: &Match, path: &str) -> Option<Weight> {
        let weight = self.weigh_doubtful(found, path);
        weight.filter(|weight| weight.confidence >= self.min_confidence)
    }

    /// Returns whether `found`, which weighs nothing at `path`, is a secret there that is only not sure enough.
    pub fn is_doubtful(&self, found: &Match, path: &str) -> bool {
        let category = self.rules[found.rule as usize].loaded.definition.category;
        category == Category::Secret && self.weigh_doubtful(found, path).is_some()
    }

    /// What `found` weighs, however sure it is.
    fn weigh_doubtful(&self, found: &Match, path: &str) -> Option<Weight> {
        if !self.counts_at(found, path) {
            return None;
        }
        let definition = &self.rules[found.rule as usize].loaded.definition;
        let place = place_of(found, path);
        let (confidence, syntax) = match found.syntax {
            Some(syntax) if is_in_long_line(found) => {
                in_long_line((found.confidence, syntax), definition.category, path, place)
            }
            syntax => (found.confidence, syntax),
        };
        let weight = Weight {
            severity: severity_at(definition, found, (path, place)),
            confidence,
        };
        let is_momentary = found.known & ON_LOOPBACK != 0 && place.purpose != Purpose::Shipped;
        let weight = if is_momentary {
            weight.barely_sure()
        } else {
            weight
        };
        let has_checksum = self.has_checksum(found);
        let weight = match (syntax, definition.category) {
            (Some(syntax), Category::Placeholder) => {
                placeholder_at(definition, found, (weight, syntax), (path, place))
            }
            (None, Category::Placeholder) if found.comment != Comment::No => None,
            (Some(syntax), _) => {
                let weight = if runs_as_it_stands(definition, found, path, place) {
                    weight.at_least_medium().in_sample(found.comment)
                } else {
                    weight.in_comment(found.comment, place.language)
                };
                let syntax = syntax_at(found, syntax, place);
                weigh_assigned(weight, syntax, place)
            }
            (None, _) if is_command(definition) => weigh_assigned(weight, Syntax::Embedded, place),
            (None, _) if is_everyday(definition) => everyday_at(found, weight, (path, place)),
            (None, _) if has_checksum => Some(weight),
            (None, _) => Some(weigh_format(weight, place)),
        }?;
        let weight = if is_in_long_line(found) {
            weight.at_most_medium()
        } else {
            weight
        };
        let is_imported = definition.matcher == Matcher::Imported;
        let is_answer = found.known & IN_ANSWER != 0 && place.language == Language::Program;
        let is_example = !is_imported && found.known & AS_EXAMPLE != 0;
        let is_mild = !self.is_issued(found)
            && (is_answer
                || is_example
                || is_aside(definition, found, (path, place), !is_imported));
        let weight = if is_mild { weight.less_grave() } else { weight };
        let is_made = found.known & CONSTRUCTS != 0 && place.purpose == Purpose::Test;
        let is_given = !is_imported && found.known & (GIVEN_TO_BROWSERS | OUT_OF_USE) != 0;
        let weight = if is_made || is_given {
            weight.at_most(Severity::Low)
        } else {
            weight
        };
        let truth = if is_imported {
            Truth::Usable
        } else {
            Truth::among(found.known)
        };
        Some(weight.at_most(truth.most()))
    }

    /// Whether the rule of a match is about files at `path` at all.
    fn counts_at(&self, found: &Match, path: &str) -> bool {
        let rule = &self.rules[found.rule as usize];
        let definition = &rule.loaded.definition;
        let imported = self.imported.as_ref();
        let imported = imported.and_then(|imported| imported.rule(found.rule));
        let has_place = matches!(definition.matcher, Matcher::File | Matcher::Regex);
        let is_elsewhere = has_place && !rule.is_at(path)
            || imported.is_some_and(|rule| !rule.counts_at(found.known, path));
        let is_no_directive = found.syntax == Some(Syntax::Spaced) && !has_directives(path);
        let is_listed = found.syntax.is_some() && path::is_list_of_findings(path);
        !is_listed && !is_elsewhere && !is_no_directive && !is_public_there(definition, path)
    }
}

/// What a path shows about a match: cells of a table are written as settings are.
fn place_of(found: &Match, path: &str) -> Place {
    thread_local! {
        // Matches in one file follow each other.
        static LAST: RefCell<Option<(String, Place)>> = const { RefCell::new(None) };
    }
    let place = LAST.with_borrow_mut(|last| match last {
        Some((known, place)) if known == path => *place,
        last => last.insert((path.to_owned(), Place::of(path))).1,
    });
    if found.syntax.is_some() && found.known & IN_TABLE != 0 {
        place.of_table(path)
    } else if found.known & IN_PAGE != 0 {
        place.of_page(path)
    } else {
        place
    }
}

/// How bad a match is before anything else is known. What is random in the settings of what runs is used there, whatever
/// it is called, and a file that is called after a token holds one that is in use.
fn severity_at(rule: &RuleDefinition, found: &Match, (path, place): (&str, Place)) -> Severity {
    let is_shipped = place.purpose == Purpose::Shipped;
    let is_sure_setting = rule.id == "generic/credential"
        && found.confidence == Confidence::High
        && is_shipped
        && place.language == Language::Settings;
    let is_kept_token = rule.id == "jwt/token"
        && is_shipped
        && place.language != Language::Program
        && path::is_token_file(path);
    let is_of_server = is_shipped && is_on_server(rule, found, path);
    // Everyone reaches the server that it opens.
    if is_shipped && found.known & HOSTED != 0 && found.confidence == Confidence::High {
        return Severity::Critical;
    }
    if is_sure_setting || is_kept_token || is_of_server {
        rule.severity.max(Severity::High)
    } else {
        rule.severity
    }
}

/// Whether a match is no more than medium where it is: something beside it says that it is not real, or its path that it
/// does not run in production. Rules of other scanners say themselves how severe their matches are.
fn is_aside(
    rule: &RuleDefinition,
    found: &Match,
    (path, place): (&str, Place),
    is_own_rule: bool,
) -> bool {
    // In what an inventory of Ansible has of a server, the machine itself is that server.
    let is_near = found.known & ON_LOOPBACK != 0 && !is_inventory(path);
    let is_disclaimed = is_own_rule && (found.known & DISCLAIMED != 0 || is_near);
    is_disclaimed
        || match place.purpose {
            Purpose::Shipped => false,
            // What documentation shows may be real by mistake, and is read by everybody.
            Purpose::Sample => {
                let is_shown = is_own_rule && path::is_documentation(path);
                is_sample(path) || is_shown && !looks_live(rule, found, place)
            }
            Purpose::Test | Purpose::Development | Purpose::Vendored | Purpose::Translation => true,
        }
}

/// Whether what documentation shows has the format of a vendor, so that it may be real: the credential itself begins with
/// what the rule looks for, and no name in front of it promises one. Text shows keys that were made for it.
fn looks_live(rule: &RuleDefinition, found: &Match, place: Place) -> bool {
    if found.known & HOSTED != 0 {
        return true;
    }
    let is_whole = found.secret.start <= found.span.start + 2;
    let is_generic = is_everyday(rule) || rule.id.starts_with("generic/");
    let is_vendors = !is_generic && found.syntax.is_none() && is_whole;
    let is_of_no_vendor = ["private-key", "jwt/", "jwk/", "paseto/", "wallet/"]
        .iter()
        .any(|part| rule.id.contains(part));
    is_vendors && !(is_of_no_vendor && place.language == Language::Prose)
}

/// Whether a file documents something, and is no sample of what it documents.
fn is_shown_by_mistake(path: &str, place: Place) -> bool {
    place.purpose == Purpose::Sample && path::is_documentation(path) && !is_sample(path)
}

/// Whether a file holds variables of Ansible for groups of servers, or for one.
fn is_inventory(path: &str) -> bool {
    path.split('/').any(|folder| {
        matches!(
            folder,
            "group_vars" | "host_vars" | "inventory" | "inventories"
        )
    })
}

/// Whether a key of Google is in a program that runs on servers only.
fn is_on_server(rule: &RuleDefinition, found: &Match, path: &str) -> bool {
    const ENDINGS: [&str; 6] = [".py", ".rb", ".go", ".ex", ".exs", ".rs"];
    rule.id == "gcp/api-key"
        && found.known & SERVER_SIDE != 0
        && ENDINGS.iter().any(|ending| path.ends_with(ending))
}

/// Whether the rule reads as a secret what rspamd publishes: the key of a fuzzy storage's server, which clients encrypt
/// to, is a public one.
fn is_public_there(rule: &RuleDefinition, path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    rule.id == "generic/encryption-key" && name.starts_with("fuzzy_check")
}

fn is_dockerfile(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.starts_with("Dockerfile") || name.ends_with(".Dockerfile")
}

/// Whether a match was found by what is assigned to a name, in a line that goes on and on.
fn is_in_long_line(found: &Match) -> bool {
    found.syntax.is_some() && found.known & IN_LONG_LINE != 0
}

/// How sure a value in a line that goes on and on is, and in which syntax it is. Such a line is a bundle, in which
/// what looks like a name rarely is one, unless the file is one that holds data and nothing but data.
fn in_long_line(
    (confidence, syntax): (Confidence, Syntax),
    category: Category,
    path: &str,
    place: Place,
) -> (Confidence, Option<Syntax>) {
    const DATA: [&str; 6] = [".ipynb", ".jsonl", ".ndjson", ".tfstate", ".har", ".json5"];
    let path = path.to_ascii_lowercase();
    let is_data =
        place.language == Language::Settings || DATA.iter().any(|ending| path.ends_with(ending));
    let counts = is_data
        && category == Category::Secret
        && confidence == Confidence::High
        && matches!(syntax, Syntax::Quoted | Syntax::Embedded | Syntax::Fallback);
    if counts {
        (confidence, Some(syntax))
    } else {
        (Confidence::Low, Some(Syntax::Embedded))
    }
}

/// Returns whether a rule is about credentials of no vendor, which tests and documentation are full of.
pub(in crate::detect) fn is_everyday(rule: &RuleDefinition) -> bool {
    rule.judged
        || ["url/", "http/"]
            .iter()
            .any(|family| rule.id.starts_with(family))
}

/// Returns whether a match of a rule is worth more where settings are read from: there any word is a password.
pub(in crate::detect) fn may_rise(rule: &str, syntax: Syntax, comment: Comment) -> bool {
    rule == "generic/password"
        && matches!(syntax, Syntax::Bare | Syntax::Quoted)
        && matches!(comment, Comment::No | Comment::Sample)
}

/// Whether a password is where settings are read from as they are. JSON holds too much else.
fn runs_as_it_stands(rule: &RuleDefinition, found: &Match, path: &str, place: Place) -> bool {
    let may_rise = |syntax| may_rise(&rule.id, syntax, found.comment) && !is_in_long_line(found);
    found.syntax.is_some_and(may_rise)
        && (place.language, place.purpose) == (Language::Settings, Purpose::Shipped)
        && !path.to_ascii_lowercase().ends_with(".json")
}

/// Whether a rule is about a language that is within others.
fn is_command(rule: &RuleDefinition) -> bool {
    rule.judged && rule.tags.iter().any(|tag| tag == "command" || tag == "sql")
}

/// What has a vendor's format, or the structure of a key. Tests and development files say what is theirs by their
/// paths, which makes it less grave and no less sure; what came along is somebody else's, and is everywhere.
fn weigh_format(weight: Weight, place: Place) -> Weight {
    match place.purpose {
        Purpose::Shipped | Purpose::Test | Purpose::Development => weight,
        Purpose::Vendored => weight.barely_sure(),
        Purpose::Sample | Purpose::Translation => weight.lowered(),
    }
}

/// What a placeholder weighs that is assigned to a name.
fn placeholder_at(
    rule: &RuleDefinition,
    found: &Match,
    (weight, syntax): (Weight, Syntax),
    (path, place): (&str, Place),
) -> Option<Weight> {
    let is_of_build =
        || is_dockerfile(path) && syntax == Syntax::Quoted && !stays_in_image(rule, found);
    match found.comment {
        // A default in a file that gives none.
        Comment::No if syntax == Syntax::Fallback && !has_defaults(path) => None,
        // A step of a build needs some value, and says that it is none.
        Comment::No if is_of_build() => {
            weigh_placeholder(weight, syntax, place).map(Weight::barely_sure)
        }
        Comment::No if syntax == Syntax::Quoted && signs_in_program(found, place) => Some(weight),
        Comment::No => {
            let weight = weigh_placeholder(weight, syntax, place)?;
            Some(if found.known & TO_COME != 0 {
                weight.at_most(Severity::Low)
            } else if found.known & ISSUED != 0 {
                weight.at_most(Severity::Medium)
            } else if is_data(path) || is_set_aside(path) || syntax == Syntax::Fallback {
                weight.less_grave()
            } else {
                weight
            })
        }
        Comment::Sample => weigh_placeholder(weight, syntax, place).map(Weight::barely_sure),
        _ => None,
    }
}

/// What a credential of no vendor weighs that a rule's own pattern has found.
fn everyday_at(found: &Match, weight: Weight, (path, place): (&str, Place)) -> Option<Weight> {
    // What documents a program shows how it is called.
    let weight = match (found.comment, place.language) {
        (Comment::Documentation | Comment::Remark, Language::Program) => weight.less_grave(),
        _ => weight.in_sample(found.comment),
    };
    if found.known & HOSTED != 0 && is_shown_by_mistake(path, place) {
        Some(weight)
    } else {
        weigh_assigned(weight, Syntax::Quoted, place)
    }
}

/// Whether a placeholder is in the environment of an image, and no word that a step of the build needs some value for.
fn stays_in_image(rule: &RuleDefinition, found: &Match) -> bool {
    found.known & IN_IMAGE != 0 && rule.id != "placeholder/default-word"
}

/// Whether a program signs its sessions or tokens with a placeholder: who guesses it signs in as anyone.
fn signs_in_program(found: &Match, place: Place) -> bool {
    found.known & (SIGNS | DISCLAIMED) == SIGNS
        && found.comment == Comment::No
        && (place.language, place.purpose) == (Language::Program, Purpose::Shipped)
}

/// A placeholder only matters where it would be used as it stands.
fn weigh_placeholder(weight: Weight, syntax: Syntax, place: Place) -> Option<Weight> {
    if place.language != Language::Settings || syntax == Syntax::Element {
        return None;
    }
    match place.purpose {
        Purpose::Shipped => Some(weight),
        Purpose::Development => Some(Weight {
            severity: Severity::Low,
            ..weight
        }),
        _ => None,
    }
}

/// How a value is written, as far as its place shows: what looks like a variable or a word may be text all the same.
fn syntax_at(found: &Match, syntax: Syntax, place: Place) -> Syntax {
    let is_text = match place.language {
        Language::Prose => found.known & AS_SETTING != 0,
        Language::Program => found.known & IN_RAW_STRING != 0,
        _ => false,
    };
    let is_text_of_other = syntax == Syntax::Fallback
        && found.known & IN_BRACES != 0
        && place.language == Language::Program;
    if syntax == Syntax::Bare && is_text || is_text_of_other {
        Syntax::Embedded
    } else {
        syntax
    }
}

/// A literal that is assigned to the name of a credential.
fn weigh_assigned(weight: Weight, syntax: Syntax, place: Place) -> Option<Weight> {
    let weight = match (syntax, place.language) {
        // A variable, unless no one would call one so: then it is text within the program.
        (Syntax::Bare, Language::Program) if weight.confidence < Confidence::High => return None,
        (Syntax::Bare, Language::Program) => weight.lowered().lowered(),
        // A command, a file or a message within a program is a sample more often than not.
        (Syntax::Embedded, Language::Program) => Weight {
            severity: weight.severity.lowered(),
            ..weight.lowered()
        },
        // In prose a bare word is a word, unless it looks like anything but one.
        (Syntax::Bare, Language::Prose) if weight.confidence < Confidence::Medium => return None,
        _ => weight,
    };
    // What is between quotes is a literal in languages, too, that are not known by how their files end.
    let is_literal = matches!(
        syntax,
        Syntax::Quoted
            | Syntax::Argument
            | Syntax::Compared
            | Syntax::Listed
            | Syntax::Element
            | Syntax::Fallback
    );
    let is_program = match place.language {
        Language::Settings | Language::Program => true,
        Language::Other => is_literal,
        Language::Prose => false,
    };
    let is_vendored_setting =
        (place.language, place.purpose) == (Language::Settings, Purpose::Vendored);
    match place.purpose {
        Purpose::Shipped if is_program => Some(weight),
        // Words of all languages look like chance to someone who knows one.
        Purpose::Vendored | Purpose::Translation
            if weight.confidence < Confidence::Medium && !is_vendored_setting =>
        {
            None
        }
        Purpose::Vendored | Purpose::Translation => Some(Weight {
            severity: weight.severity.lowered(),
            confidence: Confidence::Low,
        }),
        // What is only run by developers and tests is as sure as anything, and opens less. Tests are full of passwords
        // that were made for them: of those only what looks random is worth a look.
        Purpose::Test if is_program && weight.confidence < Confidence::High => Some(Weight {
            severity: weight.severity.min(Severity::Low),
            ..weight
        }),
        Purpose::Development | Purpose::Test if is_program => Some(Weight {
            severity: weight.severity.lowered(),
            ..weight
        }),
        // What documentation shows opens little, and mostly something that was made for it.
        _ => Some(Weight {
            severity: weight.severity.lowered(),
            confidence: weight.confidence.lowered(),
        }),
    }
}
