//! Tokens of a GitHub App: this program signs in as the App, and gets a token for its installation that is valid for an
//! hour.

use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::PemObject;
use serde_json::{Value, json};

use super::kinds::encoded;
use super::transport::of_transport;
use crate::clock;
use crate::token::Provider;

/// A token is renewed if it is valid for less than this, in seconds: the longest that a clone should take.
const RENEW: i64 = 20 * 60;

/// How long a signed token is valid, in seconds; GitHub allows ten minutes, and clocks differ.
const HOLDS: i64 = 8 * 60;

/// How many times to ask for a token.
const TRIES: u32 = 3;

/// Larger files are not keys.
const MAX_KEY: u64 = 64 << 10;

/// An App that is installed in an organisation.
pub(crate) struct App {
    pub(super) id: String,
    pub(super) key: RsaKeyPair,
    pub(super) installation: Option<u64>,
    /// The owner of the installation, used if no installation id is given.
    pub(super) owner: String,
    pub(super) api: String,
    pub(super) agent: ureq::Agent,
    /// The last token, and the time at which it expires.
    pub(super) last: Mutex<Option<(String, i64)>>,
}

/// Reads the private key of an App in PEM, as GitHub issues it.
pub(super) fn read_key(path: &Path) -> Result<RsaKeyPair, String> {
    let shown = path.display();
    let text = gonogo::source::read_text_file(path, MAX_KEY);
    let text = text.map_err(|error| format!("{shown}: {error}"))?;
    let refused = || format!("{shown}: this is no private RSA key of a GitHub App (PEM)");
    let key = match PrivateKeyDer::from_pem_slice(text.as_bytes()).map_err(|_| refused())? {
        PrivateKeyDer::Pkcs1(key) => RsaKeyPair::from_der(key.secret_pkcs1_der()),
        PrivateKeyDer::Pkcs8(key) => RsaKeyPair::from_pkcs8(key.secret_pkcs8_der()),
        _ => return Err(refused()),
    };
    key.map_err(|_| refused())
}

impl Provider for App {
    fn token(&self) -> Result<String, String> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((token, _)) = last
            .as_ref()
            .filter(|(_, ends)| ends - clock::now() > RENEW)
        {
            return Ok(token.clone());
        }
        let new = self.ask_often()?;
        *last = Some(new.clone());
        Ok(new.0)
    }
}

impl App {
    fn ask_often(&self) -> Result<(String, i64), String> {
        let mut tries = 1;
        loop {
            match self.ask() {
                Err((_, true)) if tries < TRIES => {
                    thread::sleep(Duration::from_secs(1) * tries);
                    tries += 1;
                }
                Err((why, _)) => return Err(format!("the GitHub App {}: {why}", self.id)),
                Ok(new) => return Ok(new),
            }
        }
    }

    /// Asks for a token. An error says whether another try may help.
    fn ask(&self) -> Result<(String, i64), (String, bool)> {
        let installation = match self.installation {
            Some(number) => number,
            None => self.find()?,
        };
        let url = format!(
            "{}/app/installations/{installation}/access_tokens",
            self.api
        );
        let answer = self.call(&url, true)?;
        let token = answer["token"].as_str().filter(|token| !token.is_empty());
        let ends = answer["expires_at"]
            .as_str()
            .and_then(|time| time.parse().ok());
        let ends = ends.map(|time: jiff::Timestamp| time.as_second());
        match (token, ends) {
            (Some(token), Some(ends)) => Ok((token.to_owned(), ends)),
            _ => Err(("its answer has no token".to_owned(), false)),
        }
    }

    /// Returns the id of the installation for the organisation or user.
    fn find(&self) -> Result<u64, (String, bool)> {
        let owner = encoded(&self.owner);
        let mut last = (String::new(), false);
        for of in ["orgs", "users"] {
            let url = format!("{}/{of}/{owner}/installation", self.api);
            match self.call(&url, false) {
                Ok(answer) => {
                    let number = answer["id"].as_u64();
                    return number.ok_or_else(|| ("its answer has no id".to_owned(), false));
                }
                Err(why) => last = why,
            }
        }
        Err(last)
    }

    fn call(&self, url: &str, is_post: bool) -> Result<Value, (String, bool)> {
        let signed = self.signed().map_err(|why| (why, false))?;
        let signed = format!("Bearer {signed}");
        let sent = if is_post {
            let request = self.agent.post(url).header("Accept", ACCEPT);
            request.header("Authorization", signed).send("{}")
        } else {
            let request = self.agent.get(url).header("Accept", ACCEPT);
            request.header("Authorization", signed).call()
        };
        let mut response = sent.map_err(|error| of_transport(&error, &self.api))?;
        let status = response.status().as_u16();
        let text = response
            .body_mut()
            .with_config()
            .limit(1 << 20)
            .read_to_string();
        let text = text.map_err(|error| of_transport(&error, &self.api))?;
        let why = match status {
            200..300 => {
                return serde_json::from_str(&text)
                    .map_err(|_| ("its answer is no JSON".to_owned(), false));
            }
            401 => {
                "its signature was refused (401): check its id, its key and the clock".to_owned()
            }
            404 => format!("it is not installed for {} (404)", self.owner),
            _ => format!("no token was given ({status})"),
        };
        Err((why, status >= 500 || status == 429))
    }

    /// Returns the JSON Web Token that authenticates the App now.
    fn signed(&self) -> Result<String, String> {
        let now = clock::now();
        let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let head = part(json!({ "alg": "RS256", "typ": "JWT" }));
        // A minute back, since clocks differ.
        let claims = part(json!({ "iat": now - 60, "exp": now + HOLDS, "iss": self.id }));
        let text = format!("{head}.{claims}");
        let mut signature = vec![0; self.key.public().modulus_len()];
        let random = SystemRandom::new();
        let signed = self
            .key
            .sign(&RSA_PKCS1_SHA256, &random, text.as_bytes(), &mut signature);
        signed.map_err(|_| "its key cannot sign".to_owned())?;
        Ok(format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }
}

/// The media type that GitHub asks for in `Accept`.
const ACCEPT: &str = "application/vnd.github+json";
