//! Rates a match in its file: the path decides whether a value is a literal at all, and whether it is ever used.

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
    /// Whether the match has a valid checksum: made-up keys in tests have a structure, too, but nobody makes up a
    /// checksum.
    pub fn has_checksum(&self, found: &Match) -> bool {
        let proof = self.rules[found.rule as usize].proof;
        found.is_proven && proof.is_some_and(|proof| proof.is_checksum())
    }

    /// Whether the match has a valid checksum that a vendor computed. Keys that anyone can generate have a valid
    /// checksum in tests, too.
    pub fn is_issued(&self, found: &Match) -> bool {
        let definition = &self.rules[found.rule as usize].loaded.definition;
        let family = definition.id.split('/').next().unwrap_or_default();
        self.has_checksum(found) && !is_self_made(family)
    }

    /// Returns the weight of `found` in the file at `path`, or `None` if it is not reported there.
    ///
    /// `path` is empty for commit and tag messages.
    pub fn weigh(&self, found: &Match, path: &str) -> Option<Weight> {
        let weight = self.weigh_doubtful(found, path);
        weight.filter(|weight| weight.confidence >= self.min_confidence)
    }

    /// Returns whether `found`, which is not reported at `path`, is a secret there whose confidence is just too low.
    pub fn is_doubtful(&self, found: &Match, path: &str) -> bool {
        let category = self.rules[found.rule as usize].loaded.definition.category;
        category == Category::Secret && self.weigh_doubtful(found, path).is_some()
    }

    /// Returns the weight of `found`, whatever its confidence.
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

    /// Whether the rule of a match applies to a file at `path` at all.
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

/// What a path shows about a match. Table cells and HTML pages override what the name of the file says.
fn place_of(found: &Match, path: &str) -> Place {
    thread_local! {
        // Matches of one file come one after another.
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

/// Returns the severity of a match before anything else is considered. A random value in shipped settings is in use
/// there, whatever its name, and a file named after a token holds one that is in use.
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
    // Anyone can reach the server that it opens.
    if is_shipped && found.known & HOSTED != 0 && found.confidence == Confidence::High {
        return Severity::Critical;
    }
    if is_sure_setting || is_kept_token || is_of_server {
        rule.severity.max(Severity::High)
    } else {
        rule.severity
    }
}

/// Whether a match is at most medium in its place: something beside it says that it is not real, or its path says that
/// it does not run in production. Only the path counts for rules of other scanners, which set their own severity.
fn is_aside(
    rule: &RuleDefinition,
    found: &Match,
    (path, place): (&str, Place),
    is_own_rule: bool,
) -> bool {
    // In an Ansible inventory, localhost is the server that the variables are for.
    let is_near = found.known & ON_LOOPBACK != 0 && !is_inventory(path);
    let is_disclaimed = is_own_rule && (found.known & DISCLAIMED != 0 || is_near);
    is_disclaimed
        || match place.purpose {
            Purpose::Shipped => false,
            // A credential in documentation may be a real one by mistake, and everybody reads it.
            Purpose::Sample => {
                let is_shown = is_own_rule && path::is_documentation(path);
                is_sample(path) || is_shown && !looks_live(rule, found, place)
            }
            Purpose::Test | Purpose::Development | Purpose::Vendored | Purpose::Translation => true,
        }
}

/// Whether a credential in documentation may be real: it opens a hosted database, or it has a vendor's format and the
/// rule matched the credential itself rather than a name before it. Private keys and JWTs in prose were made for the
/// text.
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

/// Whether a file is documentation, and not a sample of what it documents.
fn is_shown_by_mistake(path: &str, place: Place) -> bool {
    place.purpose == Purpose::Sample && path::is_documentation(path) && !is_sample(path)
}

/// Whether a file holds Ansible variables of hosts or groups of hosts.
fn is_inventory(path: &str) -> bool {
    path.split('/').any(|folder| {
        matches!(
            folder,
            "group_vars" | "host_vars" | "inventory" | "inventories"
        )
    })
}

/// Whether a Google API key is in a program that only runs on servers.
fn is_on_server(rule: &RuleDefinition, found: &Match, path: &str) -> bool {
    const ENDINGS: [&str; 6] = [".py", ".rb", ".go", ".ex", ".exs", ".rs"];
    rule.id == "gcp/api-key"
        && found.known & SERVER_SIDE != 0
        && ENDINGS.iter().any(|ending| path.ends_with(ending))
}

/// Whether the rule takes a public key for a secret: rspamd's clients encrypt to the key of the fuzzy storage server,
/// which is public.
fn is_public_there(rule: &RuleDefinition, path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    rule.id == "generic/encryption-key" && name.starts_with("fuzzy_check")
}

fn is_dockerfile(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.starts_with("Dockerfile") || name.ends_with(".Dockerfile")
}

/// Whether a match is a value that is assigned to a name, in a very long line.
fn is_in_long_line(found: &Match) -> bool {
    found.syntax.is_some() && found.known & IN_LONG_LINE != 0
}

/// Returns the confidence and the syntax of a value in a very long line. Such a line is a bundle, in which what looks
/// like a name rarely is one, unless the file holds only data.
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

/// Returns whether a rule is about credentials without a vendor, which tests and documentation are full of.
pub(in crate::detect) fn is_everyday(rule: &RuleDefinition) -> bool {
    rule.judged
        || ["url/", "http/"]
            .iter()
            .any(|family| rule.id.starts_with(family))
}

/// Returns whether a match of a rule is raised in files that settings are read from, where any word may be a password.
pub(in crate::detect) fn may_rise(rule: &str, syntax: Syntax, comment: Comment) -> bool {
    rule == "generic/password"
        && matches!(syntax, Syntax::Bare | Syntax::Quoted)
        && matches!(comment, Comment::No | Comment::Sample)
}

/// Whether a password is in a shipped settings file. JSON does not count, since it holds too much else.
fn runs_as_it_stands(rule: &RuleDefinition, found: &Match, path: &str, place: Place) -> bool {
    let may_rise = |syntax| may_rise(&rule.id, syntax, found.comment) && !is_in_long_line(found);
    found.syntax.is_some_and(may_rise)
        && (place.language, place.purpose) == (Language::Settings, Purpose::Shipped)
        && !path.to_ascii_lowercase().ends_with(".json")
}

/// Whether a rule is about a language that is embedded in others, such as SQL.
fn is_command(rule: &RuleDefinition) -> bool {
    rule.judged && rule.tags.iter().any(|tag| tag == "command" || tag == "sql")
}

/// Weighs a match with a vendor's format or the structure of a key. Tests and development files lower its severity, in
/// `is_aside`, and not its confidence; a vendored one belongs to someone else, and has copies everywhere.
fn weigh_format(weight: Weight, place: Place) -> Weight {
    match place.purpose {
        Purpose::Shipped | Purpose::Test | Purpose::Development => weight,
        Purpose::Vendored => weight.barely_sure(),
        Purpose::Sample | Purpose::Translation => weight.lowered(),
    }
}

/// Returns the weight of a placeholder that is assigned to a name.
fn placeholder_at(
    rule: &RuleDefinition,
    found: &Match,
    (weight, syntax): (Weight, Syntax),
    (path, place): (&str, Place),
) -> Option<Weight> {
    let is_of_build =
        || is_dockerfile(path) && syntax == Syntax::Quoted && !stays_in_image(rule, found);
    match found.comment {
        // A fallback only counts in the files of `has_defaults`.
        Comment::No if syntax == Syntax::Fallback && !has_defaults(path) => None,
        // A build step needs some value, and a placeholder says that it is not a real one.
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

/// Returns the weight of a credential without a vendor that a rule's own pattern found.
fn everyday_at(found: &Match, weight: Weight, (path, place): (&str, Place)) -> Option<Weight> {
    // Comments in a program show how it is called.
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

/// Whether a placeholder stays in the environment of an image. A default word does not count: a build step may just
/// need some value.
fn stays_in_image(rule: &RuleDefinition, found: &Match) -> bool {
    found.known & IN_IMAGE != 0 && rule.id != "placeholder/default-word"
}

/// Whether a program signs its sessions or tokens with a placeholder: an attacker who guesses it can sign in as anyone.
fn signs_in_program(found: &Match, place: Place) -> bool {
    found.known & (SIGNS | DISCLAIMED) == SIGNS
        && found.comment == Comment::No
        && (place.language, place.purpose) == (Language::Program, Purpose::Shipped)
}

/// Weighs a placeholder, which only matters where it would be used as it is.
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

/// Corrects the syntax of a value by its place: what looks like a variable or a word may be embedded text.
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

/// Weighs a literal that is assigned to the name of a credential.
fn weigh_assigned(weight: Weight, syntax: Syntax, place: Place) -> Option<Weight> {
    let weight = match (syntax, place.language) {
        // A variable, unless no variable would have such a name: then it is text within the program.
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
    // A quoted value is a literal in languages with unknown file extensions, too.
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
        // Words of other languages may look random.
        Purpose::Vendored | Purpose::Translation
            if weight.confidence < Confidence::Medium && !is_vendored_setting =>
        {
            None
        }
        Purpose::Vendored | Purpose::Translation => Some(Weight {
            severity: weight.severity.lowered(),
            confidence: Confidence::Low,
        }),
        // A credential that only developers and tests use is as likely to be one, but opens less. Tests are full of
        // passwords that were made for them: of those, only the ones that look random are worth a look.
        Purpose::Test if is_program && weight.confidence < Confidence::High => Some(Weight {
            severity: weight.severity.min(Severity::Low),
            ..weight
        }),
        Purpose::Development | Purpose::Test if is_program => Some(Weight {
            severity: weight.severity.lowered(),
            ..weight
        }),
        // A credential in documentation opens little, and was mostly made for the text.
        _ => Some(Weight {
            severity: weight.severity.lowered(),
            confidence: weight.confidence.lowered(),
        }),
    }
}
