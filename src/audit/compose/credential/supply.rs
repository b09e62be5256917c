//! Credentials that the environment supplies: from which variable, and what happens if it is unset.

use crate::lexicon::name::CredentialName;

use super::address::password_in;
use crate::audit::compose::interpolation::{Otherwise, Part, Variables, parts};

/// A credential that comes from the environment.
pub(in crate::audit::compose) struct Supplied<'v> {
    /// The variable that holds it.
    pub(in crate::audit::compose) variable: &'v str,
    pub(in crate::audit::compose) need: Need,
}

/// What happens if the variable is not set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::audit::compose) enum Need {
    /// It is set beside the file, or Compose stops if it is missing.
    Met,
    /// The credential is empty, and Compose warns.
    Warned,
    /// The credential is empty, because the file says so.
    Waived,
}

/// Returns where the credential in a value comes from, if the value is a single variable.
pub(in crate::audit::compose) fn supplied<'v>(
    kind: CredentialName,
    value: &'v str,
    known: &Variables,
) -> Option<Supplied<'v>> {
    let mut value = value.trim();
    if kind == CredentialName::ConnectionString || value.contains("://") {
        value = password_in(value)?;
    }
    // Of several nested variables, the innermost decides what is used if none of them is set.
    for _ in 0..8 {
        let parts = parts(value);
        let [Part::Variable(variable)] = parts.as_slice() else {
            return None;
        };
        let is_set = known
            .get(variable.name)
            .is_some_and(|value| !value.is_empty());
        let need = match variable.otherwise {
            // A literal default has its own rule.
            Otherwise::Default(default) if !default.is_empty() && !is_set => {
                value = default;
                continue;
            }
            Otherwise::Default(default) if !default.is_empty() && !default.starts_with('$') => {
                return None;
            }
            Otherwise::Replaced(_) => return None,
            _ if is_set => Need::Met,
            // Without a colon, Compose stops only if the variable is unset; an empty one passes.
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
