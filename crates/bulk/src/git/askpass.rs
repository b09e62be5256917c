//! Answers git when a server asks for a user and a password: git starts this program again for that.
//!
//! The token travels in the environment of git, and only the answer for its own host has it: a server that redirects
//! elsewhere gets nothing.

use std::env;
use std::io::Write;
use std::process::{Command, ExitCode};
use std::str::FromStr;

/// The host that the token is for, in the environment of git.
const HOST: &str = "GONOGO_BULK_ASKPASS_HOST";
/// The user, in the environment of git.
const USER: &str = "GONOGO_BULK_ASKPASS_USER";
/// The token, in the environment of git.
const TOKEN: &str = "GONOGO_BULK_ASKPASS_TOKEN";

/// Where the token for a host is: `HOST=VARIABLE` or `HOST=USER:VARIABLE`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) host: String,
    user: String,
    pub(crate) variable: String,
}

impl FromStr for Token {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (host, rest) = text.split_once('=').ok_or("write HOST=VARIABLE")?;
        let (user, variable) = rest.split_once(':').unwrap_or(("x-access-token", rest));
        let is_variable = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let is_named = variable.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        if host.is_empty() || user.is_empty() || !is_named || !variable.chars().all(is_variable) {
            // What was typed may be the token itself.
            return Err(
                "write HOST=VARIABLE with the name of the variable that has the token".to_owned(),
            );
        }
        Ok(Self {
            host: host.to_ascii_lowercase(),
            user: user.to_owned(),
            variable: variable.to_owned(),
        })
    }
}

/// Has git ask this program, with `token` if there is one for the host.
///
/// # Errors
///
/// The variable that should have the token is not set.
pub(super) fn prepare(command: &mut Command, token: Option<&Token>) -> Result<(), String> {
    for name in [HOST, USER, TOKEN] {
        command.env_remove(name);
    }
    let own =
        env::current_exe().map_err(|error| format!("this program cannot be named: {error}"))?;
    command.env("GIT_ASKPASS", own);
    let Some(token) = token else {
        // It is asked even so, and answers nothing.
        command.env(HOST, "");
        return Ok(());
    };
    let value = env::var_os(&token.variable).filter(|value| !value.is_empty());
    let value = value.ok_or_else(|| {
        let Token { variable, host, .. } = token;
        format!("the variable {variable}, which should have the token for {host}, is not set")
    })?;
    command
        .env(HOST, &token.host)
        .env(USER, &token.user)
        .env(TOKEN, value);
    Ok(())
}

/// Answers, if git has started this program to be asked.
pub(crate) fn answer() -> Option<ExitCode> {
    let host = env::var(HOST).ok()?;
    let prompt = env::args().nth(1).unwrap_or_default();
    let asked = Prompt::parse(&prompt).filter(|asked| !host.is_empty() && asked.host == host);
    let value = asked.and_then(|asked| env::var(if asked.is_user { USER } else { TOKEN }).ok());
    let Some(value) = value else {
        return Some(ExitCode::FAILURE);
    };
    let written = writeln!(std::io::stdout(), "{value}");
    Some(written.map_or(ExitCode::FAILURE, |()| ExitCode::SUCCESS))
}

/// What git asks for: `Username for 'https://host': ` or `Password for 'https://user@host': `.
#[derive(Debug, PartialEq, Eq)]
struct Prompt {
    is_user: bool,
    host: String,
}

impl Prompt {
    fn parse(text: &str) -> Option<Self> {
        let (what, rest) = text.split_once(" for '")?;
        let url = rest.trim_end().strip_suffix("':")?;
        let authority = url.strip_prefix("https://")?;
        let authority = authority.split('/').next().unwrap_or_default();
        let host = authority.rsplit('@').next().unwrap_or_default();
        let is_user = match what {
            "Username" => true,
            "Password" => false,
            _ => return None,
        };
        Some(Self {
            is_user,
            host: host.to_ascii_lowercase(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_named_and_never_typed() {
        let token: Token = "Git.Example=CI_TOKEN".parse().unwrap();
        assert_eq!(
            (token.host.as_str(), token.variable.as_str()),
            ("git.example", "CI_TOKEN")
        );
        assert_eq!("h=u:V".parse::<Token>().unwrap().user, "u");
        for wrong in ["h", "h=", "=V", "h=glpat-x", "h=1V", "h=:V"] {
            assert!(wrong.parse::<Token>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn only_the_host_itself_is_answered() {
        let host = |text: &str| Prompt::parse(text).map(|prompt| prompt.host);
        assert_eq!(
            host("Username for 'https://git.example': ").as_deref(),
            Some("git.example")
        );
        assert_eq!(
            host("Password for 'https://u@git.example:8443/a': ").as_deref(),
            Some("git.example:8443")
        );
        assert_eq!(
            host("Password for 'https://git.example@evil.example': ").as_deref(),
            Some("evil.example")
        );
        assert_eq!(host("Password for 'http://git.example': "), None);
        assert_eq!(host("git@git.example's password: "), None);
    }
}
