//! Answers git when a server asks for a user and a password: git starts this program again to ask.
//!
//! The token is passed in git's environment, and only questions from its own host are answered: a server that redirects
//! elsewhere gets nothing.

use std::env;
use std::io::Write;
use std::process::{Command, ExitCode};

use crate::sources::is_loopback;
use crate::token::{self, Token};

/// The host that the token is for, in the environment of git.
const HOST: &str = "GONOGO_BULK_ASKPASS_HOST";
/// The user, in the environment of git.
const USER: &str = "GONOGO_BULK_ASKPASS_USER";
/// The token, in the environment of git.
const TOKEN: &str = "GONOGO_BULK_ASKPASS_TOKEN";

/// The user if none is named: GitHub requires it, and others accept it.
const USUAL_USER: &str = "x-access-token";

/// Makes git ask this program, passing `token` if there is one for the host.
///
/// # Errors
///
/// Fails if the token is not where it should be.
pub(super) fn prepare(command: &mut Command, token: Option<&Token>) -> Result<(), String> {
    for name in [HOST, USER, TOKEN] {
        command.env_remove(name);
    }
    token::conceal(command);
    let own =
        env::current_exe().map_err(|error| format!("this program cannot be named: {error}"))?;
    command.env("GIT_ASKPASS", own);
    let Some(token) = token else {
        // This program is asked anyway, and does not answer.
        command.env(HOST, "");
        return Ok(());
    };
    let value = token.value()?;
    let user = token.user.as_deref().unwrap_or(USUAL_USER);
    command
        .env(HOST, &token.host)
        .env(USER, user)
        .env(TOKEN, value);
    Ok(())
}

/// Answers, if git has started this program to ask it.
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
        let (scheme, rest) = url.split_once("://")?;
        let authority = rest.split('/').next().unwrap_or_default();
        let host = authority.rsplit('@').next().unwrap_or_default();
        // Without encryption, a token goes only to this machine.
        if !(scheme == "https" || scheme == "http" && is_loopback(host)) {
            return None;
        }
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
        assert_eq!(
            host("Password for 'http://127.0.0.1:3000': ").as_deref(),
            Some("127.0.0.1:3000")
        );
        assert_eq!(host("git@git.example's password: "), None);
    }
}
