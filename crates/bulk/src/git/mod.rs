//! The git program, the only one that is run, and only to fetch.
//!
//! It runs no hooks and never prompts, speaks only https, ssh and file, and gets a token through [`askpass`], so that
//! no token is in an argument, an address, a log or a file.

pub(crate) mod askpass;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;
use std::time::{Duration, Instant};

use gonogo::scan::redacted;

use crate::sources::Address;
use crate::token::Token;

/// How much of git's output is kept, in bytes.
const MAX_SAID: u64 = 64 << 20;

/// How often to check whether git is done.
const POLL: Duration = Duration::from_millis(20);

/// Settings for every call.
const SETTINGS: &[&str] = &[
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.askPass=",
    "credential.helper=",
    "protocol.allow=never",
    "protocol.https.allow=always",
    "protocol.ssh.allow=always",
    "protocol.file.allow=always",
    "http.lowSpeedLimit=1000",
    "http.lowSpeedTime=60",
    "gc.auto=0",
    "maintenance.auto=false",
    "fetch.recurseSubmodules=false",
    "fetch.writeCommitGraph=false",
    "remote.origin.tagOpt=--no-tags",
    "advice.detachedHead=false",
];

/// Variables that would point git elsewhere, or make it run something.
const UNSET: &[&str] = &[
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_CONFIG",
    "GIT_CONFIG_PARAMETERS",
    "GIT_CONFIG_COUNT",
    "GIT_EXTERNAL_DIFF",
    "GIT_PROXY_COMMAND",
    "GIT_TRACE",
    "GIT_TRACE_CURL",
    "GIT_CURL_VERBOSE",
    "SSH_ASKPASS",
];

/// How repositories are fetched.
#[derive(Debug, Clone)]
pub(crate) struct Fetcher {
    pub(crate) tokens: Vec<Token>,
    /// Whether to fetch all refs, rather than only branches, tags and notes.
    pub(crate) all_refs: bool,
    pub(crate) timeout: Duration,
    /// Files of certificates that those of a host must chain to.
    pub(crate) authorities: BTreeMap<String, PathBuf>,
}

/// What a server has: each ref with its target, and the branch of HEAD.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Remote {
    pub(crate) refs: Vec<(String, String)>,
    pub(crate) head: Option<String>,
}

impl Fetcher {
    /// Asks what the server has, without fetching it.
    pub(crate) fn look(&self, address: &Address, stop: &AtomicBool) -> Result<Remote, String> {
        let args = ["ls-remote", "--symref", "--", address.url()];
        let said = self.run(address, None, &args, stop)?;
        let mut remote = Remote::default();
        for line in said.lines() {
            match line.split_once('\t') {
                Some((target, "HEAD")) if target.starts_with("ref: ") => {
                    remote.head = target.strip_prefix("ref: ").map(str::to_owned);
                }
                Some((id, name)) if name.starts_with("refs/") && !name.ends_with("^{}") => {
                    remote.refs.push((name.to_owned(), id.to_owned()));
                }
                _ => {}
            }
        }
        if !self.all_refs {
            let is_usual = |name: &str| USUAL.iter().any(|start| name.starts_with(start));
            remote.refs.retain(|(name, _)| is_usual(name));
        }
        remote.refs.sort();
        Ok(remote)
    }

    /// Updates the mirror at `path` to what the server has, or creates it, with the object directory `shared` as its
    /// alternate; `shared` is relative to the mirror's own object directory.
    pub(crate) fn fetch(
        &self,
        (address, remote): (&Address, &Remote),
        (path, shared): (&Path, Option<&Path>),
        stop: &AtomicBool,
    ) -> Result<(), String> {
        if !path.join("objects").is_dir() {
            let folder = path.parent().unwrap_or(path);
            private_folder(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
            let init: [OsString; 4] = [
                "init".into(),
                "--quiet".into(),
                "--bare".into(),
                path.into(),
            ];
            self.run(address, None, &init, stop)?;
            if let Some(shared) = shared {
                share(path, shared).map_err(|error| format!("{}: {error}", path.display()))?;
            }
        }
        let specs: &[&str] = if self.all_refs {
            &["+refs/*:refs/*"]
        } else {
            &[
                "+refs/heads/*:refs/heads/*",
                "+refs/tags/*:refs/tags/*",
                "+refs/notes/*:refs/notes/*",
            ]
        };
        let mut args = vec![
            "fetch",
            "--quiet",
            "--prune",
            "--force",
            "--no-tags",
            "--",
            address.url(),
        ];
        args.extend(specs);
        self.run(address, Some(path), &args, stop)?;
        if let Some(head) = &remote.head {
            self.run(address, Some(path), &["symbolic-ref", "HEAD", head], stop)?;
        }
        Ok(())
    }

    /// Returns the token for a repository: of those for its host, the most specific.
    fn token(&self, host: &str, path: &str) -> Option<&Token> {
        let path = format!("{}/", path.to_lowercase());
        let fits = |token: &&Token| token.host == host && path.starts_with(&token.below);
        self.tokens
            .iter()
            .filter(fits)
            .max_by_key(|token| token.below.len())
    }

    /// Runs git to completion, and returns its output; on failure its most telling line, without secrets.
    fn run<S: AsRef<std::ffi::OsStr>>(
        &self,
        address: &Address,
        folder: Option<&Path>,
        args: &[S],
        stop: &AtomicBool,
    ) -> Result<String, String> {
        let mut command = command();
        if address.is_plain() {
            command.args(["-c", "protocol.http.allow=always"]);
        }
        if let Some(file) = address
            .token_host()
            .and_then(|host| self.authorities.get(host))
        {
            let mut setting = OsString::from("http.sslCAInfo=");
            setting.push(file);
            command.arg("-c").arg(setting);
        }
        if let Some(folder) = folder {
            command.arg("--git-dir").arg(folder);
        }
        command.args(args);
        let token = address
            .token_host()
            .and_then(|host| self.token(host, address.path()));
        askpass::prepare(&mut command, token)?;
        let child = command.spawn().map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => "git was not found on the PATH: install it".to_owned(),
            _ => format!("git cannot be started: {error}"),
        })?;
        wait(child, self.timeout, stop)
    }
}

/// Makes the objects of another repository available as an alternate.
fn share(path: &Path, objects: &Path) -> std::io::Result<()> {
    let info = path.join("objects/info");
    fs::create_dir_all(&info)?;
    fs::write(info.join("alternates"), format!("{}\n", objects.display()))
}

/// Creates a directory that nobody else may read, because of its content.
#[cfg(unix)]
pub(crate) fn private_folder(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
}

#[cfg(not(unix))]
pub(crate) fn private_folder(path: &Path) -> std::io::Result<()> {
    fs::create_dir_all(path)
}

/// The refs that are fetched by default.
const USUAL: &[&str] = &["refs/heads/", "refs/tags/", "refs/notes/"];

/// Returns a git command with everything that every call needs.
fn command() -> Command {
    let mut command = Command::new("git");
    for setting in SETTINGS {
        command.args(["-c", setting]);
    }
    for name in UNSET {
        command.env_remove(name);
    }
    command
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("GIT_SSH_COMMAND", "ssh -oBatchMode=yes -oConnectTimeout=30")
        .env("GCM_INTERACTIVE", "never")
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    apart(&mut command);
    command
}

/// Shields a child from the terminal's signals: this program decides what is to be stopped.
#[cfg(unix)]
pub(crate) fn apart(command: &mut Command) {
    use std::os::unix::process::CommandExt;
    command.process_group(0);
}

#[cfg(not(unix))]
pub(crate) fn apart(_command: &mut Command) {}

/// Waits until a child ends, the time is up, or everything is to be stopped.
fn wait(mut child: Child, timeout: Duration, stop: &AtomicBool) -> Result<String, String> {
    let reader = |stream: Option<Box<dyn Read + Send>>| {
        thread::spawn(move || {
            let mut said = Vec::new();
            if let Some(stream) = stream {
                // What was output before it broke off still helps.
                let _ = stream.take(MAX_SAID).read_to_end(&mut said);
            }
            String::from_utf8_lossy(&said).into_owned()
        })
    };
    let out = reader(
        child
            .stdout
            .take()
            .map(|it| Box::new(it) as Box<dyn Read + Send>),
    );
    let err = reader(
        child
            .stderr
            .take()
            .map(|it| Box::new(it) as Box<dyn Read + Send>),
    );
    let begin = Instant::now();
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break Ok(status),
            Ok(None) if stop.load(Relaxed) => break Err("stopped".to_owned()),
            Ok(None) if begin.elapsed() >= timeout => {
                break Err(format!("git was not done after {} s", timeout.as_secs()));
            }
            Ok(None) => thread::sleep(POLL),
            Err(error) => break Err(format!("git cannot be waited for: {error}")),
        }
    };
    if status.is_err() {
        end_group(&mut child);
    }
    let (out, err) = (
        out.join().unwrap_or_default(),
        err.join().unwrap_or_default(),
    );
    let status = status?;
    if status.success() {
        return Ok(out);
    }
    Err(why(&err).unwrap_or_else(|| format!("git failed: {status}")))
}

/// Returns the most telling line of git's output, safe to show.
fn why(said: &str) -> Option<String> {
    let lines = || said.lines().map(str::trim).filter(|line| !line.is_empty());
    let fatal = lines().find(|line| line.starts_with("fatal:") || line.starts_with("ERROR:"));
    let line = fatal.or_else(|| lines().next_back())?;
    let line: String = line.chars().filter(|c| !c.is_control()).take(300).collect();
    Some(format!(
        "git: {}",
        redacted(line.trim_start_matches("fatal: "))
    ))
}

/// Kills a child and everything it has started.
#[cfg(unix)]
fn end_group(child: &mut Child) {
    use rustix::process::{Pid, Signal, kill_process_group};
    let group = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    if let Some(group) = group {
        // It may just have ended.
        let _ = kill_process_group(group, Signal::KILL);
    }
    let _ = child.wait();
}

#[cfg(not(unix))]
fn end_group(child: &mut Child) {
    let _ = child.kill();
    let _ = child.wait();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_git_says_is_one_line() {
        let said = "remote: hello\nfatal: repository 'x' not found\nmore\n";
        assert_eq!(why(said).as_deref(), Some("git: repository 'x' not found"));
        assert_eq!(why("\n"), None);
    }
}
