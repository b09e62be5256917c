//! How a forge is asked for what is not public.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::Kind;
use crate::token::{Origin, Token, hide};

/// The credentials for a forge.
#[derive(Debug, Clone)]
pub(crate) struct Access {
    kind: Kind,
    /// None if only public repositories are asked for.
    pub(crate) token: Option<Token>,
}

impl Access {
    /// Creates access with `token`.
    pub(super) fn new(kind: Kind, token: Token) -> Self {
        Self {
            kind,
            token: Some(token),
        }
    }

    /// Finds the token named for the host, or for the vendor's own host the one in the usual variable.
    pub(super) fn find(kind: Kind, host: &str, is_own: bool, tokens: &[Token]) -> Self {
        let named = tokens.iter().find(|token| token.host == host).cloned();
        let usual = || {
            let name = kind.usual_variable().filter(|_| is_own)?;
            hide(name);
            std::env::var_os(name).filter(|value| !value.is_empty())?;
            Some(Token {
                host: host.to_owned(),
                user: None,
                origin: Origin::Variable(name.to_owned()),
                below: String::new(),
            })
        };
        Self {
            kind,
            token: named.or_else(usual),
        }
    }

    /// Returns the value of the `Authorization` header.
    ///
    /// # Errors
    ///
    /// Fails if the token is not where it should be.
    pub(super) fn authorization(&self) -> Result<Option<String>, String> {
        let Some(token) = &self.token else {
            return Ok(None);
        };
        let value = token.value()?;
        if value.chars().any(|c| c.is_control() || !c.is_ascii()) {
            return Err(format!(
                "{}: this is no token: it has odd characters",
                token.origin
            ));
        }
        let basic = |user: &str| format!("Basic {}", STANDARD.encode(format!("{user}:{value}")));
        Ok(Some(match (self.kind, &token.user) {
            (Kind::Gitea, _) => format!("token {value}"),
            (Kind::Azure, user) => basic(user.as_deref().unwrap_or_default()),
            (Kind::Bitbucket, Some(user)) => basic(user),
            _ => format!("Bearer {value}"),
        }))
    }

    /// Returns the token for git, with the user that goes with it.
    pub(crate) fn for_git(&self) -> Option<Token> {
        let mut token = self.token.clone()?;
        let usual = || self.kind.git_user().to_owned();
        token.user = Some(match (self.kind, token.user.take()) {
            // An API token of Bitbucket has a special user for git.
            (Kind::Bitbucket, Some(_)) => "x-bitbucket-api-token-auth".to_owned(),
            (_, user) => user.filter(|user| !user.is_empty()).unwrap_or_else(usual),
        });
        Some(token)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_vendor_is_asked_in_its_own_way() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "word\n").unwrap();
        let access = |kind, user: Option<&str>| {
            let token = Token {
                host: "git.example".to_owned(),
                user: user.map(str::to_owned),
                origin: Origin::File(file.path().to_owned()),
                below: String::new(),
            };
            let access = Access::new(kind, token);
            let git = access.for_git().unwrap().user.unwrap();
            (access.authorization().unwrap().unwrap(), git)
        };
        let pair = |one: &str, other: &str| (one.to_owned(), other.to_owned());
        assert_eq!(
            access(Kind::GitHub, None),
            pair("Bearer word", "x-access-token")
        );
        assert_eq!(access(Kind::GitLab, None), pair("Bearer word", "oauth2"));
        assert_eq!(access(Kind::Gitea, None), pair("token word", "token"));
        assert_eq!(access(Kind::Azure, None), pair("Basic OndvcmQ=", "token"));
        assert_eq!(
            access(Kind::Bitbucket, None),
            pair("Bearer word", "x-token-auth")
        );
        assert_eq!(
            access(Kind::Bitbucket, Some("me@acme.example")),
            pair(
                "Basic bWVAYWNtZS5leGFtcGxlOndvcmQ=",
                "x-bitbucket-api-token-auth"
            )
        );
    }
}
