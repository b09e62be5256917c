//! The workers of a run: processes that are started, watched, and replaced when they crash on a repository.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use gonogo::scan::redacted;

use super::Prepared;
use super::mirrors::is_shared;
use super::scheduler::{Assigned, Bounds, Scheduler};
use crate::git::apart;
use crate::worker::protocol::{Answer, Job, Name, Setup, Task};

/// How many repositories one process handles, so that what they leave behind in memory does not pile up.
const JOBS: usize = 256;

/// How often to check whether everything is to be stopped.
const POLL: Duration = Duration::from_millis(50);

/// How many bytes of a worker's last output are kept.
const MAX_SAID: usize = 4 << 10;

/// The outcome for a repository.
pub(crate) enum Outcome {
    Answer(Answer),
    /// The worker ended while on it, for this reason.
    Ended(String),
    /// Everything was stopped.
    Stopped,
}

/// Runs workers.
pub(crate) struct Crew<'a> {
    task: &'a Task,
    bounds: Bounds,
    stop: &'a AtomicBool,
}

impl<'a> Crew<'a> {
    pub(crate) fn new(task: &'a Task, bounds: Bounds, stop: &'a AtomicBool) -> Self {
        Self { task, bounds, stop }
    }

    /// Has one worker at a time do what the scheduler hands out, and passes on the results, until `done` returns
    /// `false`.
    pub(crate) fn work(&self, scheduler: &Scheduler, done: &dyn Fn(Prepared, Outcome) -> bool) {
        let mut worker: Option<Worker> = None;
        let lane = scheduler.lane();
        while let Some(assigned) = scheduler.next(lane) {
            let outcome = self.job(&mut worker, &assigned);
            let is_scanned = matches!(outcome, Outcome::Answer(Answer::Scanned(_)));
            scheduler.release(&assigned.job, is_scanned);
            if !done(assigned.job, outcome) {
                break;
            }
        }
    }

    fn job(&self, slot: &mut Option<Worker>, assigned: &Assigned) -> Outcome {
        let setup = Setup {
            task: self.task.clone(),
            threads: assigned.threads,
            memory: assigned.memory,
        };
        let fits =
            |worker: &Worker| worker.setup == (setup.threads, setup.memory) && worker.jobs < JOBS;
        if !slot.as_ref().is_some_and(fits) {
            *slot = None;
            match Worker::start(&setup) {
                Ok(worker) => *slot = Some(worker),
                Err(error) => return Outcome::Ended(format!("no worker can be started: {error}")),
            }
        }
        let Some(worker) = slot else {
            return Outcome::Stopped;
        };
        let job = Job {
            path: Name::of(&assigned.job.path),
            cache: assigned.job.cache.clone(),
            seed: assigned.seed.clone(),
            has_relatives: assigned.has_relatives,
            own_refs_only: assigned.job.is_mirror && is_shared(&assigned.job.path),
        };
        let outcome = worker.job(&job, self.bounds.timeout, self.stop);
        if !matches!(outcome, Outcome::Answer(_)) {
            *slot = None;
        }
        outcome
    }
}

/// A worker process.
struct Worker {
    child: Child,
    input: ChildStdin,
    answers: Receiver<io::Result<Answer>>,
    said: Option<JoinHandle<Vec<u8>>>,
    /// The threads and the memory that it was started with.
    setup: (usize, u64),
    jobs: usize,
}

impl Worker {
    fn start(setup: &Setup) -> io::Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command
            .arg("worker")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        apart(&mut command);
        crate::token::conceal(&mut command);
        let mut child = command.spawn()?;
        let (Some(mut input), Some(output), Some(errors)) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err(io::Error::other("a worker has no pipes"));
        };
        let (send, answers) = mpsc::channel();
        thread::spawn(move || {
            let mut lines = BufReader::new(output);
            let mut line = Vec::new();
            while lines
                .read_until(b'\n', &mut line)
                .is_ok_and(|read| read > 0)
            {
                // A line that was cut off by the end of the worker is not an answer.
                let answer = serde_json::from_slice(&line).map_err(io::Error::from);
                if send.send(answer).is_err() {
                    break;
                }
                line.clear();
            }
        });
        let said = thread::spawn(move || last_of(errors));
        write_line(&mut input, setup)?;
        Ok(Self {
            child,
            input,
            answers,
            said: Some(said),
            setup: (setup.threads, setup.memory),
            jobs: 0,
        })
    }

    fn job(&mut self, job: &Job, timeout: Duration, stop: &AtomicBool) -> Outcome {
        self.jobs += 1;
        // A worker that has just ended has closed its pipe; waiting for it would be in vain.
        if write_line(&mut self.input, job).is_err() {
            return Outcome::Ended(self.why());
        }
        let begin = Instant::now();
        loop {
            match self.answers.recv_timeout(POLL) {
                Ok(Ok(answer)) => return Outcome::Answer(answer),
                Ok(Err(_)) | Err(RecvTimeoutError::Disconnected) => {
                    return Outcome::Ended(self.why());
                }
                Err(RecvTimeoutError::Timeout) if stop.load(Relaxed) => return Outcome::Stopped,
                Err(RecvTimeoutError::Timeout) if begin.elapsed() >= timeout => {
                    let limit = crate::clock::span(timeout.as_secs());
                    return Outcome::Ended(format!(
                        "it was not done after {limit}: raise --timeout, or scan it by itself"
                    ));
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }

    /// Returns why the process has ended.
    fn why(&mut self) -> String {
        // It may have sent a broken answer and still be running.
        let _ = self.child.kill();
        let status = self.child.wait();
        let said = self
            .said
            .take()
            .and_then(|said| said.join().ok())
            .unwrap_or_default();
        let said = String::from_utf8_lossy(&said).into_owned();
        if said.contains("memory allocation of") {
            return "it needs more memory than a worker may use: raise --memory".to_owned();
        }
        let how = status.map_or_else(|error| error.to_string(), ended);
        let line = said.lines().rev().find(|line| !line.trim().is_empty());
        match line {
            Some(line) => format!("the worker ended ({how}): {}", redacted(line.trim())),
            None => format!("the worker ended ({how})"),
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[cfg(unix)]
fn ended(status: std::process::ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt;
    match status.signal() {
        Some(9) => "killed: by somebody, or because memory ran out".to_owned(),
        Some(signal) => format!("by signal {signal}"),
        None => status.to_string(),
    }
}

#[cfg(not(unix))]
fn ended(status: std::process::ExitStatus) -> String {
    status.to_string()
}

fn write_line(out: &mut impl Write, value: &impl serde::Serialize) -> io::Result<()> {
    let mut line = serde_json::to_vec(value)?;
    line.push(b'\n');
    out.write_all(&line)?;
    out.flush()
}

/// Reads to the end, and keeps the last part.
fn last_of(mut stream: impl Read) -> Vec<u8> {
    let mut kept = Vec::new();
    let mut part = [0; 1_024];
    while let Ok(read @ 1..) = stream.read(&mut part) {
        kept.extend_from_slice(&part[..read]);
        let more = kept.len().saturating_sub(MAX_SAID);
        kept.drain(..more);
    }
    kept
}
