//! Tokens for hosts: taken from an environment variable, a file or a service, and never typed.
//!
//! A token is used only for its own host, and programs started by this one do not inherit the variables that hold
//! tokens.

use std::collections::BTreeSet;
use std::fmt;
use std::path::PathBuf;
use std::process::Command;
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};

/// Larger files hold no token.
const MAX_BYTES: u64 = 64 << 10;

/// The names of all variables that hold tokens.
static VARIABLES: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// Provides tokens that are valid for a limited time.
pub(crate) trait Provider: Send + Sync {
    /// Returns a token that is valid for at least some minutes.
    fn token(&self) -> Result<String, String>;
}

/// Where a token comes from.
#[derive(Clone)]
pub(crate) enum Origin {
    Variable(String),
    File(PathBuf),
    Provider(Arc<dyn Provider>),
}

impl fmt::Debug for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_string())
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Variable(name) => write!(f, "the variable {name}"),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Provider(_) => f.write_str("the GitHub App"),
        }
    }
}

/// Where to get the token for a host: `HOST=VARIABLE` or `HOST=USER:VARIABLE`.
#[derive(Debug, Clone)]
pub(crate) struct Token {
    pub(crate) host: String,
    /// The user that goes with it, if one was named.
    pub(crate) user: Option<String>,
    pub(crate) origin: Origin,
    /// The path prefix of the repositories that it is for, in lower case; empty for the whole host.
    pub(crate) below: String,
}

impl FromStr for Token {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (host, rest) = text.split_once('=').ok_or("write HOST=VARIABLE")?;
        let (user, variable) = match rest.split_once(':') {
            Some((user, variable)) => (Some(user), variable),
            None => (None, rest),
        };
        if host.is_empty() || user == Some("") || !is_variable(variable) {
            // What was typed may be the token itself, so it is not shown.
            return Err(
                "write HOST=VARIABLE with the name of the variable that has the token".to_owned(),
            );
        }
        hide(variable);
        Ok(Self {
            host: host.to_ascii_lowercase(),
            user: user.map(str::to_owned),
            origin: Origin::Variable(variable.to_owned()),
            below: String::new(),
        })
    }
}

/// Whether a text can be the name of an environment variable.
pub(crate) fn is_variable(text: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') && text.chars().all(is_part)
}

impl Token {
    /// Returns the token itself.
    ///
    /// # Errors
    ///
    /// Fails if it is not where it should be.
    pub(crate) fn value(&self) -> Result<String, String> {
        let host = &self.host;
        match &self.origin {
            Origin::Variable(name) => {
                let value = std::env::var(name).ok().filter(|value| !value.is_empty());
                value.ok_or_else(|| {
                    format!(
                        "the variable {name}, which should have the token for {host}, is not set"
                    )
                })
            }
            Origin::File(path) => {
                let text = gonogo::source::read_text_file(path, MAX_BYTES);
                let text = text.map_err(|error| {
                    format!(
                        "{}, which should have the token for {host}: {error}",
                        path.display()
                    )
                })?;
                let text = text.trim();
                if text.is_empty() || text.contains(char::is_whitespace) {
                    let path = path.display();
                    return Err(format!("{path}: this is no token: it should be one word"));
                }
                Ok(text.to_owned())
            }
            Origin::Provider(provider) => provider.token(),
        }
    }
}

/// Remembers that a variable holds a token.
pub(crate) fn hide(variable: &str) {
    let mut variables = VARIABLES.lock().unwrap_or_else(PoisonError::into_inner);
    variables.insert(variable.to_owned());
}

/// Removes the variables that hold tokens from a program's environment.
pub(crate) fn conceal(command: &mut Command) {
    let variables = VARIABLES.lock().unwrap_or_else(PoisonError::into_inner);
    for name in variables.iter() {
        command.env_remove(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_named_and_never_typed() {
        let token: Token = "Git.Example=CI_TOKEN".parse().unwrap();
        assert_eq!(token.host, "git.example");
        assert!(matches!(token.origin, Origin::Variable(name) if name == "CI_TOKEN"));
        assert_eq!("h=u:V".parse::<Token>().unwrap().user.as_deref(), Some("u"));
        for wrong in ["h", "h=", "=V", "h=glpat-x", "h=1V", "h=:V"] {
            assert!(wrong.parse::<Token>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_file_has_one_word() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let token = Token {
            host: "git.example".to_owned(),
            user: None,
            origin: Origin::File(file.path().to_owned()),
            below: String::new(),
        };
        assert!(token.value().is_err());
        std::fs::write(file.path(), "word\n").unwrap();
        assert_eq!(token.value().unwrap(), "word");
        std::fs::write(file.path(), "two words\n").unwrap();
        assert!(!token.value().unwrap_err().contains("two"));
    }
}
