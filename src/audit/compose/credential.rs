//! What stands in the slots of credentials: judged once, reported by three checks.
//!
//! A placeholder is not also a hard-coded credential, and a default is neither: each slot gets one verdict.

use crate::audit::report::SecretAt;
use crate::audit::yaml::{Span, Style, Value};
use crate::lexicon::name::{self, CredentialName};
use crate::lexicon::placeholder::{self, Placeholder};
use crate::lexicon::value;
use crate::model::Secret;

use super::file::File;
use super::image;
use super::interpolation::{self, Supply};
use super::service::{Service, Variable};

/// A value that a reader of the file can use, or that somebody forgot to replace.
pub(super) struct Slot<'t> {
    /// Which of the file's services has it.
    pub(super) service: usize,
    /// The name of the variable or label.
    pub(super) name: String,
    /// What kind of credential the name promises; none when only the value speaks.
    pub(super) kind: Option<CredentialName>,
    pub(super) verdict: Verdict,
    /// The whole value, where it is written.
    pub(super) span: Span,
    pub(super) secret: SecretAt,
    /// The scalar that holds the value, how many bytes of it come before that, and whether the secret is only a part.
    pub(super) scalar: Value<'t>,
    pub(super) skipped: usize,
    pub(super) is_within: bool,
    /// Whether it is among the first that a guesser tries.
    pub(super) is_weak: bool,
    /// The way by which the service has it, when it is written elsewhere.
    pub(super) via: Option<Span>,
    /// The variable whose default it is.
    pub(super) default_of: Option<String>,
    /// The variable that is to give the value instead; none where that is not certain.
    pub(super) variable: Option<String>,
}

/// What a slot holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// A literal that may well be the credential in use.
    Hardcoded,
    /// The same, but only unless a variable is set.
    Default,
    /// A password in an address.
    InAddress,
    /// A value that was to be replaced, as a literal or as a default.
    Placeholder(Placeholder),
}

/// A literal, as it reads and as it is written, and the variable it stands in for.
struct Literal<'v> {
    reads: String,
    written: &'v str,
    default_of: Option<String>,
}

/// All slots of a file.
pub(super) fn slots<'t>(file: &File<'t>) -> Vec<Slot<'t>> {
    let mut slots = Vec::new();
    for (index, service) in file.services.iter().enumerate() {
        for variable in service.own_variables("environment") {
            let found = match name::classify(&variable.name) {
                Some(kind) => in_credential(service, &variable, kind),
                None => in_address(service, &variable).or_else(|| in_setting(&variable)),
            };
            slots.extend(found.map(|found| slot(file, index, variable, found)));
        }
        for label in service.own_variables("labels") {
            let found = in_address(service, &label).or_else(|| in_setting(&label));
            slots.extend(found.map(|found| slot(file, index, label, found)));
        }
    }
    slots
}

/// What was found in one variable, before its place in the file is worked out.
struct Found {
    kind: Option<CredentialName>,
    verdict: Verdict,
    reads: String,
    written: String,
    default_of: Option<String>,
    is_weak: bool,
    /// Whether the secret is a part of an address.
    is_within: bool,
}

fn slot<'t>(file: &File<'t>, service: usize, variable: Variable<'t>, found: Found) -> Slot<'t> {
    let written = variable.place_of(&found.written, file.text);
    let secret = SecretAt {
        value: Secret::new(found.reads.into_bytes()),
        // `DOMAIN=example.com` is no secret, and a reader must see what to replace.
        span: if found.kind.is_some() {
            written
        } else {
            written.start..written.start
        },
    };
    let span = if variable.skipped == 0 {
        variable.scalar.span()
    } else {
        variable.place_of(&variable.written, file.text)
    };
    Slot {
        service,
        scalar: variable.scalar,
        skipped: variable.skipped,
        is_within: found.is_within,
        variable: None,
        name: variable.name,
        kind: found.kind,
        verdict: found.verdict,
        span,
        secret,
        is_weak: found.is_weak,
        via: variable.via,
        default_of: found.default_of,
    }
}

/// The verdict on a variable whose name promises a credential.
fn in_credential(service: &Service, variable: &Variable, kind: CredentialName) -> Option<Found> {
    let whole = variable.written.trim();
    let within = match kind {
        CredentialName::ConnectionString => password_in(whole)?,
        _ => whole,
    };
    let literal = literal(within)?;
    let verdict = judge(kind, &literal, variable)?;
    let is_weak = value::weak(&literal.reads) || is_named_after(service, &literal.reads);
    Some(Found {
        kind: Some(kind),
        verdict,
        reads: literal.reads,
        written: literal.written.to_owned(),
        default_of: literal.default_of,
        is_weak,
        is_within: kind == CredentialName::ConnectionString,
    })
}

fn judge(kind: CredentialName, literal: &Literal, variable: &Variable) -> Option<Verdict> {
    let text = literal.reads.trim();
    // Swarm fills in `{{ … }}`, and so do the tools that make compose files from templates.
    if text.is_empty() || text.contains("{{") {
        return None;
    }
    // `%X%` is a reference to Windows, where compose does not expand it: here nobody will.
    if value::is_reference(text) && !(text.starts_with('%') && text.ends_with('%')) {
        return None;
    }
    if let Some(class) = placeholder::classify(text) {
        // Without quotes, YAML takes these for no value at all.
        let is_null =
            variable.scalar.style() == Some(Style::Plain) && class == Placeholder::Nothing;
        return (!is_null || variable.skipped > 0).then_some(Verdict::Placeholder(class));
    }
    let is_password = kind == CredentialName::Password && value::weak(text);
    if value::is_not_a_credential(text) && !is_password {
        return None;
    }
    Some(match literal.default_of {
        Some(_) => Verdict::Default,
        None => Verdict::Hardcoded,
    })
}

/// The literal in a value, when one stands there whole: by itself, as a variable's default, or as the default of a
/// variable that the container's shell fills in (`$${X:-literal}`).
fn literal(value: &str) -> Option<Literal<'_>> {
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

/// Whether a password is the name of the service or of the image that it protects.
fn is_named_after(service: &Service, literal: &str) -> bool {
    let image = service.text("image").map(|image| image::short_name(&image));
    literal.eq_ignore_ascii_case(service.name)
        || image.is_some_and(|image| literal.eq_ignore_ascii_case(&image))
}

/// A password in an address that some other setting holds: `DATABASE_URL`.
fn in_address(service: &Service, variable: &Variable) -> Option<Found> {
    let address = variable.written.trim();
    let password = address.contains("://").then(|| password_in(address))??;
    let literal = literal(password)?;
    let verdict = match judge(CredentialName::Password, &literal, variable)? {
        Verdict::Placeholder(class) => Verdict::Placeholder(class),
        _ => Verdict::InAddress,
    };
    let is_weak = value::weak(&literal.reads) || is_named_after(service, &literal.reads);
    Some(Found {
        kind: Some(CredentialName::Password),
        verdict,
        reads: literal.reads,
        written: literal.written.to_owned(),
        default_of: literal.default_of,
        is_weak,
        is_within: true,
    })
}

/// A placeholder in a setting that is no credential: a domain, an address, an account. Only what cannot be meant.
fn in_setting(variable: &Variable) -> Option<Found> {
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
        written: literal.written.to_owned(),
        default_of: literal.default_of,
        is_weak: false,
        is_within: false,
        reads: literal.reads,
    })
}

/// Whether a setting is shown to people or describes a form, so that "your" and "change" are part of its text.
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

/// The password of a connection string: `scheme://user:password@host`, or `password=…` among other settings.
///
/// Colons and slashes inside `${…}` belong to variables, not to the address.
pub(super) fn password_in(text: &str) -> Option<&str> {
    if let Some((_, rest)) = text.split_once("://") {
        let (mut colon, mut at_sign, mut depth) = (None, None, 0_usize);
        for (at, byte) in rest.bytes().enumerate() {
            match byte {
                b'{' => depth += 1,
                b'}' => depth = depth.saturating_sub(1),
                _ if depth > 0 => {}
                b':' if colon.is_none() => colon = Some(at),
                b'@' => at_sign = Some(at),
                b'/' | b'?' | b'#' | b' ' => break,
                _ => {}
            }
        }
        let (colon, at_sign) = (colon?, at_sign?);
        return rest
            .get(colon + 1..at_sign)
            .filter(|password| !password.is_empty());
    }
    let lower = text.to_ascii_lowercase();
    let (key, at) = ["password=", "pwd="]
        .iter()
        .find_map(|key| Some((key, lower.find(key)?)))?;
    let rest = &text[at + key.len()..];
    let end = rest.find([';', '&', ' ', ',']).unwrap_or(rest.len());
    Some(&rest[..end]).filter(|password| !password.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_in_connection_strings() {
        for (text, expected) in [
            ("postgres://app:hunter2@db/app", Some("hunter2")),
            ("redis://:hunter2@cache:6379/0", Some("hunter2")),
            ("postgres://${USER:-a:b}:${PW}@db", Some("${PW}")),
            ("https://public@sentry.local/1", None),
            ("postgres://db:5432/app", None),
            ("http://host/a:b@c", None),
            ("Server=db;Password=hunter2;Timeout=5", Some("hunter2")),
            ("pgsql:host=db;dbname=app", None),
            ("postgres://app:@db", None),
        ] {
            assert_eq!(password_in(text), expected, "{text}");
        }
    }
}
