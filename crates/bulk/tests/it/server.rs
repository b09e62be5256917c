//! A server on this machine: what it answers is up to a test, and it serves the repositories of a folder to git.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread;

/// What was asked for.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// The path with all that follows it.
    pub(crate) target: String,
    /// By names in lower case.
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Vec<u8>,
}

/// What is answered.
#[derive(Debug, Clone)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Response {
    pub(crate) fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: body.into(),
        }
    }

    pub(crate) fn json(value: &serde_json::Value) -> Self {
        Self::new(200, value.to_string()).with("content-type", "application/json")
    }

    pub(crate) fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }
}

type Answer = dyn Fn(&Request) -> Option<Response> + Send + Sync;

/// A server that runs until the test ends.
pub(crate) struct Server {
    pub(crate) port: u16,
    seen: Arc<Mutex<Vec<Request>>>,
}

impl Server {
    /// Answers what `answer` answers; where that gives nothing, a file below `git`, if the password is `token`.
    pub(crate) fn start(
        git: &Path,
        token: &str,
        answer: impl Fn(&Request) -> Option<Response> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (git, token, noted) = (git.to_owned(), token.to_owned(), Arc::clone(&seen));
        let answer: Arc<Answer> = Arc::new(answer);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (git, token) = (git.clone(), token.clone());
                let (noted, answer) = (Arc::clone(&noted), Arc::clone(&answer));
                thread::spawn(move || {
                    // A client that goes away is no failure of the test.
                    let _ = serve(stream, &|request| {
                        noted.lock().unwrap().push(request.clone());
                        answer(request).unwrap_or_else(|| file(&git, &token, request))
                    });
                });
            }
        });
        Self { port, seen }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// What was asked for since this was last called.
    pub(crate) fn take(&self) -> Vec<Request> {
        std::mem::take(&mut *self.seen.lock().unwrap())
    }
}

fn serve(mut stream: TcpStream, answer: &dyn Fn(&Request) -> Response) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let mut words = line.split_whitespace().map(str::to_owned);
    let (Some(method), Some(target)) = (words.next(), words.next()) else {
        return Ok(());
    };
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else {
            break;
        };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let length = headers
        .get("content-length")
        .and_then(|text| text.parse().ok())
        .unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let response = answer(&Request {
        method,
        target,
        headers,
        body,
    });
    let mut head = format!(
        "HTTP/1.1 {} Answer\r\nconnection: close\r\n",
        response.status
    );
    if response.status != 304 {
        head.push_str(&format!("content-length: {}\r\n", response.body.len()));
    }
    for (name, value) in &response.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    stream.write_all(format!("{head}\r\n").as_bytes())?;
    stream.write_all(&response.body)
}

/// A file of a repository, for who has the token.
fn file(git: &Path, token: &str, request: &Request) -> Response {
    use base64::Engine;
    let given = request
        .headers
        .get("authorization")
        .and_then(|text| text.strip_prefix("Basic "));
    let given = given.and_then(|text| base64::engine::general_purpose::STANDARD.decode(text).ok());
    let given = given.and_then(|bytes| String::from_utf8(bytes).ok());
    if given
        .as_ref()
        .and_then(|text| text.split_once(':'))
        .map(|it| it.1)
        != Some(token)
    {
        return Response::new(401, "").with("www-authenticate", "Basic realm=\"git\"");
    }
    let path: PathBuf = request
        .target
        .split('?')
        .next()
        .unwrap()
        .trim_start_matches('/')
        .into();
    match fs::read(git.join(path)) {
        Ok(bytes) => Response::new(200, bytes),
        Err(_) => Response::new(404, ""),
    }
}
