//! Credentials that the environment supplies: which variable, and what happens without it.

use crate::lexicon::name::CredentialName;

use super::address::password_in;
use crate::audit::compose::interpolation::{Otherwise, Part, Variables, parts};

/// A credential that comes from the environment.
pub(in crate::audit::compose) struct Supplied<'v> {
    /// The variable that holds it.
    pub(in crate::audit::compose) variable: &'v str,
    pub(in crate::audit::compose) need: Need,
}

/// What happens when no one sets the variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::audit::compose) enum Need {
    /// It is set beside the file, or compose stops without it.
    Met,
    /// The credential is empty, and compose warns.
    Warned,
    /// The credential is empty, as the file states.
    Waived,
}

/// Returns where the credential in a value comes from, when it is a variable alone.
pub(in crate::audit::compose) fn supplied<'v>(
    kind: CredentialName,
    value: &'v str,
    known: &Variables,
) -> Option<Supplied<'v>> {
    let mut value = value.trim();
    if kind == CredentialName::ConnectionString || value.contains("://") {
        value = password_in(value)?;
    }
    // The last of several nested variables decides what is there without them all.
    for _ in 0..8 {
        let parts = parts(value);
        let [Part::Variable(variable)] = parts.as_slice() else {
            return None;
        };
        let is_set = known
            .get(variable.name)
            .is_some_and(|value| !value.is_empty());
        let need = match variable.otherwise {
            // A literal default is reported as that.
            Otherwise::Default(default) if !default.is_empty() && !is_set => {
                value = default;
                continue;
            }
            Otherwise::Default(default) if !default.is_empty() && !default.starts_with('$') => {
                return None;
            }
            Otherwise::Replaced(_) => return None,
            _ if is_set => Need::Met,
            // Without a colon, compose only stops where the variable is not there at all.
            Otherwise::Stop if !variable.is_filled && known.contains_key(variable.name) => {
                Need::Warned
            }
            Otherwise::Stop => Need::Met,
            Otherwise::Empty => Need::Warned,
            Otherwise::Default(_) => Need::Waived,
        };
        return Some(Supplied {
            variable: variable.name,
            need,
        });
    }
    None
}
