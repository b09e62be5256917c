//! The slots of credentials: each is judged once, and reported by exactly one check.
//!
//! A placeholder is not also a hard-coded credential, and a default is neither: each slot gets the one verdict that is
//! most specific.

mod address;
mod command;
pub(super) mod inline;
mod judge;
mod pairs;
pub(super) mod supply;

use crate::audit::report::SecretAt;
use crate::audit::yaml::{Span, Value};
use crate::lexicon::name::{self, CredentialName};
use crate::lexicon::placeholder::Placeholder;
use crate::model::Secret;

use super::file::File;
use super::reach::Bound;
use super::service::{Service, Variable};

pub(in crate::audit) use address::password_in;
pub(super) use pairs::is_hash;

/// A value that a reader of the file can use, or that should have been replaced.
pub(super) struct Slot<'t> {
    /// The index of the service among those of the file.
    pub(super) service: usize,
    /// The name of the variable or label.
    pub(super) name: String,
    /// The kind of credential that the name suggests; `None` if only the value gives it away.
    pub(super) kind: Option<CredentialName>,
    pub(super) verdict: Verdict,
    /// Where the whole value is written.
    pub(super) span: Span,
    pub(super) secret: SecretAt,
    /// Whether it is among the first passwords that an attacker tries.
    pub(super) is_weak: bool,
    /// How the service gets the value, if it is written elsewhere.
    pub(super) via: Option<Span>,
    /// The variable whose default it is.
    pub(super) default_of: Option<String>,
    /// The scalar that holds the value, and how many bytes of the scalar precede the value.
    pub(super) scalar: Value<'t>,
    pub(super) skipped: usize,
    /// Whether the secret is a part of an address.
    pub(super) is_within: bool,
    /// The variable that a fix takes the value from; `None` if the choice is not certain.
    pub(super) variable: Option<String>,
    /// The highest severity that it can have, given who can reach what it opens.
    pub(super) bound: Option<Bound>,
}

/// What a slot holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// A literal that may well be the credential in use.
    Hardcoded,
    /// The same, but used only if a variable is unset.
    Default,
    /// A password in an address.
    InAddress,
    /// The password that the image comes with, or one that is the name of what it protects.
    WellKnown,
    /// A literal in something that runs: a command, an entry point, a health check, a hook.
    InCommand,
    /// A literal in a build argument.
    InBuildArgument,
    /// A literal, or the hash of one, in a label.
    InLabel,
    /// A value that should have been replaced, as a literal or as a default.
    Placeholder(Placeholder),
}

impl Slot<'_> {
    /// Says when the value takes effect, to follow its description.
    pub(super) fn when(&self) -> String {
        match &self.default_of {
            Some(variable) => format!(", used when `{variable}` is not set"),
            None => String::new(),
        }
    }

    /// Says whether the value can be guessed, to follow its description.
    pub(super) fn weakness(&self) -> String {
        if self.is_weak {
            format!(
                ", {}",
                crate::audit::slot::weakness(self.secret.value.reveal())
            )
        } else {
            String::new()
        }
    }
}

/// Returns all slots of a file.
pub(super) fn slots<'t>(file: &File<'t>) -> Vec<Slot<'t>> {
    let mut slots = Vec::new();
    for (index, service) in file.services.iter().enumerate() {
        let mut add = |variable: Variable<'t>, found: Option<Found>| {
            slots.extend(found.map(|found| slot(file, index, variable, found)));
        };
        for variable in service.own_variables("environment") {
            let found = in_environment(service, &variable);
            add(variable, found);
        }
        for argument in service.own_build_arguments() {
            let found = in_build_argument(service, &argument);
            add(argument, found);
        }
        for label in service.own_labels() {
            let found = inline::in_label(service, &label);
            add(label, found);
        }
        for (argument, found) in command::credentials(service) {
            add(argument, Some(found));
        }
    }
    slots
}

fn in_environment(service: &Service, variable: &Variable) -> Option<Found> {
    match name::classify(&variable.name) {
        Some(kind) => judge::in_credential(service, variable, kind),
        None => judge::in_pair(service, variable)
            .or_else(|| judge::in_address(service, variable))
            .or_else(|| judge::in_setting(variable)),
    }
}

fn in_build_argument(service: &Service, argument: &Variable) -> Option<Found> {
    let Some(kind) = name::classify(&argument.name) else {
        return judge::in_address(service, argument);
    };
    let mut found = judge::in_credential(service, argument, kind)?;
    if !matches!(found.verdict, Verdict::Placeholder(_)) {
        found.verdict = Verdict::InBuildArgument;
    }
    Some(found)
}

/// A finding in one variable, before its place in the file is worked out.
struct Found {
    kind: Option<CredentialName>,
    verdict: Verdict,
    reads: String,
    written: String,
    /// Where it begins in the variable's text as written.
    at: usize,
    default_of: Option<String>,
    is_weak: bool,
}

fn slot<'t>(file: &File<'t>, service: usize, variable: Variable<'t>, found: Found) -> Slot<'t> {
    let written = variable.place_of(&found.written, found.at, file.text);
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
        variable.place_of(&variable.written, 0, file.text)
    };
    let is_within = found.kind == Some(CredentialName::ConnectionString)
        || found.verdict == Verdict::InAddress
        || variable.written.contains("://");
    Slot {
        service,
        scalar: variable.scalar,
        skipped: variable.skipped,
        is_within,
        variable: None,
        bound: None,
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
