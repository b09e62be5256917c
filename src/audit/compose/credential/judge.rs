//! Judges a single value in a place for a credential, or for a value that should be replaced.

use crate::audit::yaml::Style;
use crate::lexicon::name::CredentialName;
use crate::lexicon::placeholder::{self, Placeholder};
use crate::lexicon::value;

use super::address::password_in;
use super::pairs;
use super::{Found, Verdict};
use crate::audit::compose::interpolation::{self, Supply};
use crate::audit::compose::service::{Service, Variable};
use crate::audit::slot;

/// A literal, as it reads and as it is written, and the variable whose default it is.
pub(super) struct Literal<'v> {
    pub(super) reads: String,
    pub(super) written: &'v str,
    pub(super) default_of: Option<String>,
}

/// Returns the verdict on a variable whose name suggests a credential.
pub(super) fn in_credential(
    service: &Service,
    variable: &Variable,
    kind: CredentialName,
) -> Option<Found> {
    let whole = variable.written.trim();
    let within = match kind {
        CredentialName::ConnectionString => password_in(whole)?,
        _ => whole,
    };
    in_literal(service, variable, kind, within)
}

fn in_literal(
    service: &Service,
    variable: &Variable,
    kind: CredentialName,
    within: &str,
) -> Option<Found> {
    let literal = literal(within)?;
    let mut verdict = judge(kind, &literal, variable)?;
    let is_well_known = pairs::is_well_known(service, kind, &literal.reads);
    if is_well_known && verdict == Verdict::Hardcoded {
        verdict = Verdict::WellKnown;
    }
    Some(Found {
        kind: Some(kind),
        verdict,
        is_weak: is_well_known
            || value::weak(&literal.reads)
            || slot::is_switch_for_password(&variable.name, &literal.reads),
        reads: literal.reads,
        at: variable.offset_of(literal.written),
        written: literal.written.to_owned(),
        default_of: literal.default_of,
    })
}

fn judge(kind: CredentialName, literal: &Literal, variable: &Variable) -> Option<Verdict> {
    let verdict = of_text(kind, &variable.name, literal)?;
    // Unquoted, YAML reads these as null.
    let is_null = variable.scalar.style() == Some(Style::Plain)
        && verdict == Verdict::Placeholder(Placeholder::Nothing);
    (!is_null || variable.skipped > 0).then_some(verdict)
}

/// The verdict on a literal in the slot of a credential.
pub(super) fn of_text(kind: CredentialName, name: &str, literal: &Literal) -> Option<Verdict> {
    let text = literal.reads.trim();
    // Swarm fills in `{{ … }}`, and so do the tools that make Compose files from templates.
    if text.is_empty() || text.contains("{{") {
        return None;
    }
    // `%X%` is a variable reference on Windows. Compose does not expand it, so here it stays a literal.
    if value::opens_nothing(name, text) && !slot::is_percent(text) {
        return None;
    }
    if let Some(class) = placeholder::in_slot(kind, name, text) {
        return Some(Verdict::Placeholder(class));
    }
    let is_password = kind == CredentialName::Password
        && (value::weak(text) || slot::is_switch_for_password(name, text));
    if value::is_not_a_credential(text) && !is_password {
        return None;
    }
    Some(match literal.default_of {
        Some(_) => Verdict::Default,
        None => Verdict::Hardcoded,
    })
}

/// Returns the literal in a value that consists of it alone: as plain text, as a variable's default, or as the default
/// of a variable that the container's shell expands (`$${X:-literal}`).
pub(super) fn literal(value: &str) -> Option<Literal<'_>> {
    match interpolation::supply(value) {
        Supply::Environment => None,
        Supply::Default {
            variable,
            literal,
            raw,
        } => Some(Literal {
            reads: literal,
            written: raw,
            default_of: Some(variable.to_owned()),
        }),
        Supply::Literal(reads) => Some(match value::default_literal(value) {
            Some(default) => Literal {
                reads: default.to_owned(),
                written: default,
                default_of: None,
            },
            None => Literal {
                reads,
                written: value,
                default_of: None,
            },
        }),
    }
}

/// Returns the password of a variable that holds it after the user name: `NEO4J_AUTH=neo4j/…`.
pub(super) fn in_pair(service: &Service, variable: &Variable) -> Option<Found> {
    if variable.name != "NEO4J_AUTH" {
        return None;
    }
    let (_, password) = variable.written.trim().split_once('/')?;
    in_password(service, variable, password)
}

/// Returns the verdict on a password that is a part of a variable's value.
pub(super) fn in_password(service: &Service, variable: &Variable, password: &str) -> Option<Found> {
    in_literal(service, variable, CredentialName::Password, password)
}

/// Returns a password in an address that some other setting holds: `DATABASE_URL`.
pub(super) fn in_address(service: &Service, variable: &Variable) -> Option<Found> {
    let address = variable.written.trim();
    let password = address.contains("://").then(|| password_in(address))??;
    let literal = literal(password)?;
    let verdict = match judge(CredentialName::Password, &literal, variable)? {
        Verdict::Placeholder(class) => Verdict::Placeholder(class),
        _ => Verdict::InAddress,
    };
    let kind = CredentialName::Password;
    let is_weak =
        value::weak(&literal.reads) || pairs::is_well_known(service, kind, &literal.reads);
    Some(Found {
        kind: Some(CredentialName::Password),
        verdict,
        reads: literal.reads,
        at: variable.offset_of(literal.written),
        written: literal.written.to_owned(),
        default_of: literal.default_of,
        is_weak,
    })
}

/// Returns a placeholder in a setting that is no credential: a domain, an address, an account. Only what cannot be
/// meant.
pub(super) fn in_setting(variable: &Variable) -> Option<Found> {
    let literal = literal(variable.written.trim())?;
    let text = literal.reads.trim();
    let is_prose = text.len() > 120 || text.split_whitespace().count() > 4;
    if is_prose
        || text.contains("{{")
        || is_text_for_people(&variable.name)
        || value::is_reference(text)
    {
        return None;
    }
    let class = match placeholder::classify(text) {
        Some(Placeholder::Bracketed) => text.starts_with('<').then_some(Placeholder::Bracketed),
        Some(class) if class.is_unmistakable() => Some(class),
        _ => (placeholder::names_example_host(text) && !text.contains("docs"))
            .then_some(Placeholder::Word),
    }?;
    Some(Found {
        kind: None,
        verdict: Verdict::Placeholder(class),
        at: variable.offset_of(literal.written),
        written: literal.written.to_owned(),
        default_of: literal.default_of,
        is_weak: false,
        reads: literal.reads,
    })
}

/// Whether a setting is shown to people or describes a form, so that "your" and "change" are legitimate parts of its
/// text.
fn is_text_for_people(name: &str) -> bool {
    const TEXTS: &[&str] = &[
        "title",
        "description",
        "message",
        "motd",
        "text",
        "slogan",
        "hint",
        "banner",
        "format",
        "template",
        "prompt",
        "help",
        "comment",
        "label",
        "subject",
        "body",
        "greeting",
    ];
    let name = name.to_ascii_lowercase();
    TEXTS.iter().any(|word| name.contains(word))
}
