//! A small client for forge APIs: one host, one token, respects rate limits, reports failures in one line.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use gonogo::scan::redacted;

use super::limits::{LONGEST, Limits, after_failure};
use super::source::Forge;
use super::transport::{agent, of_transport};
use super::{Access, Kind, Settings};
use crate::clock;

/// A larger response is not a page.
const MAX_BYTES: u64 = 64 << 20;

/// How many redirects are followed, as after an organisation was renamed.
const MAX_REDIRECTIONS: usize = 3;

/// Longer pauses are announced.
const SILENT: Duration = Duration::from_secs(5);

/// How often to check whether the user has stopped the program.
const POLL: Duration = Duration::from_millis(100);

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Failure {
    /// It does not exist, or the token may not see it.
    NotFound,
    /// The user has stopped the program.
    Stopped,
    Other(String),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotFound => "there is none that this token may see (404): check the name and the permissions of the token",
            Self::Stopped => "stopped",
            Self::Other(why) => why,
        })
    }
}

/// An answer.
pub(super) enum Reply {
    /// A page, with its `ETag` and the URL of the next page, as the headers give them.
    Page {
        body: Vec<u8>,
        etag: Option<String>,
        next: Option<String>,
    },
    /// It has not changed.
    Same,
}

/// A client for one forge.
pub(super) struct Client {
    agent: ureq::Agent,
    name: String,
    api: String,
    kind: Kind,
    access: Access,
    stop: Arc<AtomicBool>,
    quiet: bool,
    /// No request may be made before this time.
    not_before: Mutex<Option<Instant>>,
    /// Whether the last answer said that few requests are left.
    is_scarce: AtomicBool,
}

impl Client {
    pub(super) fn new(forge: &Forge, settings: &Settings) -> Result<Self, String> {
        Ok(Self {
            agent: agent(forge.authority.as_deref())?,
            name: forge.name.clone(),
            api: forge.api.clone(),
            kind: forge.kind,
            access: forge.access.clone(),
            stop: Arc::clone(&settings.stop),
            quiet: settings.quiet,
            not_before: Mutex::new(None),
            is_scarce: AtomicBool::new(false),
        })
    }

    /// Whether so few requests are left that what can wait should.
    pub(super) fn is_scarce(&self) -> bool {
        self.is_scarce.load(Relaxed)
    }

    /// Gets `url`, unless it still matches `etag`.
    pub(super) fn get(&self, url: &str, etag: Option<&str>) -> Result<Reply, Failure> {
        let mut url = url.to_owned();
        let mut redirections = 0;
        let (mut tries, mut waited) = (1, Duration::ZERO);
        loop {
            if !is_below(&url, &self.api) {
                return Err(Failure::Other(
                    "its answer leads to another host: check the address and the token".to_owned(),
                ));
            }
            self.wait()?;
            let again = match self.once(&url, etag, tries) {
                Ok(Once::Reply(reply)) => return Ok(reply),
                Ok(Once::Elsewhere(to)) if redirections < MAX_REDIRECTIONS => {
                    redirections += 1;
                    url = to;
                    continue;
                }
                Ok(Once::Elsewhere(_)) => {
                    return Err(Failure::Other("its answers lead in a circle".to_owned()));
                }
                Ok(Once::Later(pause, why)) => (Some(pause), why),
                Err((Failure::Other(why), true)) => (after_failure(tries), why),
                Err((failure, _)) => return Err(failure),
            };
            let (pause, why) = again;
            let pause = pause
                .ok_or_else(|| Failure::Other(format!("{why}, {tries} times: try again later")))?;
            if pause > LONGEST {
                let lifted = clock::span(pause.as_secs());
                return Err(Failure::Other(format!(
                    "{why}, and that is lifted in {lifted} only: run this again then"
                )));
            }
            waited += pause;
            if waited > LONGEST {
                return Err(Failure::Other(format!(
                    "{why}, and that was not lifted in time: try again later"
                )));
            }
            self.say(pause, &why);
            self.hold(pause);
            tries += 1;
        }
    }

    fn once(&self, url: &str, etag: Option<&str>, tries: u32) -> Result<Once, (Failure, bool)> {
        let mut request = self.agent.get(url).header(
            "Accept",
            match self.kind {
                Kind::GitHub => "application/vnd.github+json",
                _ => "application/json",
            },
        );
        if self.kind == Kind::GitHub {
            request = request.header("X-GitHub-Api-Version", "2022-11-28");
        }
        if let Some(etag) = etag {
            request = request.header("If-None-Match", etag);
        }
        let authorization = self
            .access
            .authorization()
            .map_err(|why| (Failure::Other(why), false))?;
        if let Some(authorization) = authorization {
            request = request.header("Authorization", authorization);
        }
        let failed = |error: ureq::Error| {
            let (why, may_help) = of_transport(&error, url);
            (Failure::Other(why), may_help)
        };
        let mut response = request.call().map_err(failed)?;
        let headers = response.headers().clone();
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let limits = Limits::read(header, clock::now());
        self.is_scarce.store(limits.is_scarce(), Relaxed);
        let status = response.status().as_u16();
        let body = response
            .body_mut()
            .with_config()
            .limit(MAX_BYTES)
            .read_to_vec()
            .map_err(failed)?;
        match status {
            200 => {
                limits
                    .pause()
                    .into_iter()
                    .for_each(|pause| self.hold(pause));
                Ok(Once::Reply(Reply::Page {
                    body,
                    etag: header("etag").map(str::to_owned),
                    next: header("link")
                        .and_then(next_of)
                        .map(|next| absolute(&next, &self.api)),
                }))
            }
            304 => Ok(Once::Reply(Reply::Same)),
            301 | 302 | 307 | 308 => match header("location") {
                Some(to) => Ok(Once::Elsewhere(absolute(to, &self.api))),
                None => Err((
                    Failure::Other(format!("it answers {status} without saying where")),
                    false,
                )),
            },
            _ => {
                let said = String::from_utf8_lossy(&body);
                if let Some(pause) = limits.again(status, &said, tries) {
                    return Ok(Once::Later(pause, self.refused(status, &said)));
                }
                Err(match status {
                    404 | 410 => (Failure::NotFound, false),
                    500.. => {
                        let why = format!(
                            "{}, {tries} times: try again later",
                            self.refused(status, &said)
                        );
                        (Failure::Other(why), false)
                    }
                    _ => (Failure::Other(self.refused(status, &said)), false),
                })
            }
        }
    }

    /// Returns what a refusal means, and what to do about it.
    fn refused(&self, status: u16, body: &str) -> String {
        let origin = self
            .access
            .token
            .as_ref()
            .map(|token| token.origin.to_string());
        let said = said(body);
        match (status, origin) {
            (401 | 203, Some(origin)) => {
                format!(
                    "the token was refused ({status}{said}): it may be revoked, expired or for another host: check {origin}"
                )
            }
            (401 | 203, None) => format!(
                "a token is needed ({status}{said}): name its variable by --token HOST=VARIABLE"
            ),
            (403, Some(origin)) => {
                format!(
                    "this is forbidden (403{said}): check the permissions of the token in {origin}"
                )
            }
            (403, None) => format!(
                "this is forbidden (403{said}): name the variable of a token by --token HOST=VARIABLE"
            ),
            (429, _) => format!("the rate limit is reached (429{said})"),
            (500.., _) => format!("the server failed ({status}{said})"),
            _ => format!("it answers {status}{said}"),
        }
    }

    /// Waits until another request may be made.
    fn wait(&self) -> Result<(), Failure> {
        loop {
            if self.stop.load(Relaxed) {
                return Err(Failure::Stopped);
            }
            let until = *self
                .not_before
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            let left = until.map(|until| until.saturating_duration_since(Instant::now()));
            match left.filter(|left| !left.is_zero()) {
                Some(left) => thread::sleep(left.min(POLL)),
                None => return Ok(()),
            }
        }
    }

    fn hold(&self, pause: Duration) {
        let until = Instant::now() + pause.min(LONGEST);
        let mut held = self
            .not_before
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *held = Some(held.map_or(until, |other| other.max(until)));
    }

    fn say(&self, pause: Duration, why: &str) {
        if !self.quiet && pause > SILENT {
            let pause = clock::span(pause.as_secs());
            crate::cli::warn(&format!("{}: {why}: going on in {pause}", self.name));
        }
    }
}

/// The result of one request.
enum Once {
    Reply(Reply),
    /// It has moved to another URL.
    Elsewhere(String),
    /// The request is to be repeated after a pause, for this reason.
    Later(Duration, String),
}

/// Returns the error message in a JSON body, safe to show.
fn said(body: &str) -> String {
    let value: serde_json::Value = serde_json::from_str(body).unwrap_or_default();
    let message = ["message", "error_description", "error"]
        .iter()
        .find_map(|name| {
            value[name]
                .as_str()
                .or_else(|| value[name]["message"].as_str())
        });
    let Some(message) = message else {
        return String::new();
    };
    let line: String = message
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(160)
        .collect();
    format!(": {}", redacted(line.trim()))
}

/// Returns the URL of the next page from a `Link` header (RFC 8288).
fn next_of(link: &str) -> Option<String> {
    for part in link.split('<').skip(1) {
        let (url, rest) = part.split_once('>')?;
        let mut parameters = rest
            .split(';')
            .map(|text| text.trim().trim_end_matches(',').trim());
        if parameters.any(|text| matches!(text, "rel=\"next\"" | "rel=next")) {
            return Some(url.to_owned());
        }
    }
    None
}

/// Completes a URL that may lack its host.
fn absolute(url: &str, api: &str) -> String {
    if url.starts_with('/') {
        format!("{}{url}", origin_of(api))
    } else {
        url.to_owned()
    }
}

/// Returns the scheme and host of a URL.
fn origin_of(url: &str) -> &str {
    let begin = url.find("://").map_or(0, |at| at + 3);
    let end = url[begin..].find('/').map_or(url.len(), |at| begin + at);
    &url[..end]
}

/// Whether a URL is on the host of `api`.
fn is_below(url: &str, api: &str) -> bool {
    origin_of(url).eq_ignore_ascii_case(origin_of(api))
        && !url.chars().any(|c| c.is_control() || c.is_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_is_where_the_header_says() {
        let link = "<https://a/x?page=1>; rel=\"prev\", <https://a/x?page=3>; rel=\"next\", <https://a/x?page=9>; rel=\"last\"";
        assert_eq!(next_of(link).as_deref(), Some("https://a/x?page=3"));
        assert_eq!(next_of("<https://a/x?page=1>; rel=\"first\""), None);
        assert_eq!(
            absolute("/x?page=2", "https://a:1/api/v3"),
            "https://a:1/x?page=2"
        );
    }

    #[test]
    fn a_token_goes_to_its_host_only() {
        let api = "https://ghe.example/api/v3";
        assert!(is_below("https://GHE.example/api/v3/x", api));
        for other in [
            "https://ghe.example.evil/x",
            "http://ghe.example/x",
            "https://ghe.example@evil/x",
            "https://evil/ghe.example",
            "https://ghe.example:8443/x",
        ] {
            assert!(!is_below(other, api), "{other}");
        }
    }

    #[test]
    fn what_a_server_says_is_one_line() {
        assert_eq!(
            said("{\"message\":\"Bad\\ncredentials\"}"),
            ": Bad credentials"
        );
        assert_eq!(said("<html>"), "");
    }
}
