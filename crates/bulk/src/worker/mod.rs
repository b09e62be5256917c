//! A worker: a process that scans one repository after another, and may crash on any of them.

mod limits;
pub(crate) mod protocol;

use std::io::{self, BufRead, Write};
use std::path::Path;
use std::process::{ExitCode, exit};
use std::sync::mpsc;
use std::thread;

use gonogo::source::git::{hold_repository, keep_objects};
use gonogo::source::use_memory;

use crate::engine::Engine;
use crate::find::Search;
use crate::owners::{self, Changes};
pub(crate) use limits::no_core_file;
use protocol::{Answer, Job, Setup, Task};

/// How many times the memory that it should use a worker may use before it is killed.
const SLACK: u64 = 2;

/// How many bytes of objects it keeps for other repositories with the same objects.
const KEPT: usize = 48 << 20;

/// Works until standard input ends.
pub(crate) fn run() -> ExitCode {
    if let Err(why) = limits::confine() {
        return refuse(&why);
    }
    let (setups, first) = mpsc::channel();
    let (jobs, next) = mpsc::channel();
    thread::spawn(move || {
        let mut lines = io::stdin().lock().lines();
        if let Some(Ok(line)) = lines.next() {
            // If nobody receives it, this process is about to end.
            let _ = setups.send(line);
        }
        for line in lines.map_while(Result::ok) {
            let _ = jobs.send(line);
        }
        end();
    });
    let Some(setup) = first
        .recv()
        .ok()
        .and_then(|line| serde_json::from_str::<Setup>(&line).ok())
    else {
        return ExitCode::FAILURE;
    };
    if let Err(why) = limits::bound_memory(setup.memory.saturating_mul(SLACK)) {
        return refuse(&why);
    }
    use_memory(Some(setup.memory));
    let mut work = match Work::new(&setup) {
        Ok(work) => work,
        Err(why) => return refuse(&why),
    };
    while let Ok(line) = next.recv() {
        let answer = match serde_json::from_str(&line) {
            Ok(job) => work.job(&job),
            Err(error) => Answer::Failed(format!("the job cannot be read: {error}")),
        };
        if say(&answer).is_err() {
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

/// Ends this process at once: the program that it works for is gone, or no longer needs it.
#[expect(
    clippy::exit,
    reason = "other threads are in the middle of something that nobody waits for"
)]
fn end() {
    exit(0)
}

fn refuse(why: &str) -> ExitCode {
    // The program reads it as the answer to its first job.
    let _ = say(&Answer::Failed(why.to_owned()));
    ExitCode::FAILURE
}

fn say(answer: &Answer) -> io::Result<()> {
    let mut out = io::stdout().lock();
    serde_json::to_writer(&mut out, answer)?;
    out.write_all(b"\n")?;
    out.flush()
}

/// What to do with each repository.
enum Work {
    Scan(Box<Engine>, Changes),
    Find(Box<Search>, usize),
}

impl Work {
    fn new(setup: &Setup) -> Result<Self, String> {
        Ok(match &setup.task {
            Task::Scan(task) => {
                let engine = Engine::new(task, setup.threads)?;
                Self::Scan(Box::new(engine), Changes::default())
            }
            Task::Find { values } => {
                let search = Search::of_base64(values);
                let search = search.ok_or_else(|| "the values cannot be searched".to_owned())?;
                Self::Find(Box::new(search), setup.threads)
            }
        })
    }

    fn job(&mut self, job: &Job) -> Answer {
        let path = job.path.path();
        if !path.join("objects").is_dir() {
            return Answer::Failed("there is no git repository any more".to_owned());
        }
        let _hold = hold_repository(&path);
        match self {
            Self::Scan(engine, changes) => {
                seed(job);
                keep_objects(if job.has_relatives { KEPT } else { 0 });
                changes.begin(job.has_relatives);
                match engine.scan(job) {
                    Ok(mut scanned) => {
                        owners::assign(&path, &mut scanned.findings, changes);
                        Answer::Scanned(Box::new(scanned))
                    }
                    Err(why) => Answer::Failed(why),
                }
            }
            Self::Find(search, threads) => match search.repository(&path, *threads) {
                Ok(searched) => Answer::Searched(searched),
                Err(why) => Answer::Failed(why),
            },
        }
    }
}

/// Starts the cache of a repository from that of another one that has many of the same objects.
fn seed(job: &Job) {
    let (Some(cache), Some(seed)) = (&job.cache, &job.seed) else {
        return;
    };
    let file = gonogo::scan::cache_file(cache, &job.path.path());
    let Some(file) = file.filter(|file| !file.exists()) else {
        return;
    };
    let seen = only_file(seed);
    if let Some(seen) = seen {
        // If this fails, everything is scanned, with the same result.
        let _ = std::fs::create_dir_all(cache);
        // Caches are replaced, never written in place, so both can share one file as long as it is valid for both.
        if !cfg!(unix) || std::fs::hard_link(&seen, &file).is_err() {
            let _ = std::fs::copy(seen, file);
        }
    }
}

/// Returns the file in the cache of one repository.
fn only_file(folder: &Path) -> Option<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).ok()?;
    let mut files = entries.filter_map(|entry| Some(entry.ok()?.path()));
    files.find(|path| path.extension().is_some_and(|end| end == "seen"))
}
