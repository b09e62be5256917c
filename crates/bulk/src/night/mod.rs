//! A run over many repositories: which to scan, by which workers, and what becomes of their results.
//!
//! Whatever happens to a worker or to this program, what was committed stays, and the same command continues from
//! there.

mod crew;
mod fetch;
mod machine;
mod mirrors;
mod plan;
mod progress;
mod scheduler;
mod stop;
mod survey;
mod vanished;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use crate::engine;
use crate::error::Error;
use crate::forge;
use crate::git::Fetcher;
use crate::sources::{self, Shard};
use crate::store::{Covered, Failed, Key, Run, Store};
use crate::worker::protocol::{Answer, ScanTask, Task};
pub(crate) use crew::{Crew, Outcome};
pub(crate) use fetch::Fetch;
pub(crate) use machine::memory;
pub(crate) use mirrors::Mirrors;
use plan::Plan;
pub(crate) use plan::Prepared;
#[cfg(feature = "fleet")]
pub(crate) use plan::{Remote, is_settled, state, worth};
use progress::Progress;
pub(crate) use scheduler::{Bounds, Scheduler};
pub(crate) use stop::stop_flag;
pub(crate) use survey::survey;
#[cfg(feature = "fleet")]
pub(crate) use vanished::GONE;

/// How many times a repository is tried at most.
const MAX_TRIES: u32 = 3;

/// The options of a run.
#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) sources: Vec<String>,
    pub(crate) store: PathBuf,
    pub(crate) key: PathBuf,
    /// Where mirrors are kept, and the limit on their total size in bytes.
    pub(crate) work: PathBuf,
    pub(crate) work_budget: u64,
    pub(crate) bounds: Bounds,
    pub(crate) fetcher: Fetcher,
    pub(crate) forges: forge::Settings,
    /// The options about forges that decide which repositories there are, as text.
    pub(crate) forge_text: String,
    /// The share of all repositories to scan.
    pub(crate) shard: Option<Shard>,
    pub(crate) repository_settings: bool,
    pub(crate) rules: Vec<PathBuf>,
    pub(crate) config: Option<PathBuf>,
    pub(crate) retain: Option<u32>,
    pub(crate) quiet: bool,
}

/// The result of a run.
#[derive(Debug, Default)]
pub(crate) struct Summary {
    pub(crate) run: i64,
    pub(crate) covered: usize,
    pub(crate) unchanged: usize,
    /// Repositories that are not covered, with the reason.
    pub(crate) failed: Vec<(String, String)>,
    /// Forges that could not be listed, one line each.
    pub(crate) unlisted: Vec<String>,
    pub(crate) seconds: u64,
}

/// Scans what is new in all named repositories.
///
/// # Errors
///
/// Fails if the run itself fails or is stopped. What was done until then is kept.
pub(crate) fn run(options: &Options) -> Result<Summary, Error> {
    let begin = Instant::now();
    let rule_set = engine::rule_set(&options.rules, options.config.as_deref())?;
    let mut forges = options.forges.clone();
    let stop = stop_flag()?;
    forges.stop = Arc::clone(&stop);
    let mut found = sources::find(&options.sources, Some(&forges))?;
    if found.targets.is_empty() {
        return Err(Error::usage(
            "there is no repository in what was named: nothing is scanned",
        ));
    }
    let key = Key::read(&options.key, Store::is_new(&options.store)?)?;
    let mut store = Store::open(&options.store, &key)?;
    vanished::drop_known(&store, &mut found)?;
    if !options.quiet {
        found
            .warnings
            .iter()
            .for_each(|line| crate::cli::warn(line));
    }
    let settings = if options.repository_settings {
        "own"
    } else {
        "none"
    };
    let mut how = format!("{settings} {:?}{}", options.sources, options.forge_text);
    if let Some(shard) = options.shard {
        found.targets.retain(|target| shard.has(target));
        how.push_str(&format!(" {}/{}", shard.index, shard.of));
    }
    let mut fetcher = options.fetcher.clone();
    fetcher.tokens.append(&mut found.tokens);
    fetcher.authorities.append(&mut found.authorities);
    if fetcher.all_refs {
        // What hosts report about pushes covers only branches and tags.
        found
            .targets
            .iter_mut()
            .for_each(|target| target.pushed = None);
    }
    let run = store.begin_run((&rule_set.0, &rule_set.1), &how)?;
    store.note_rules(run.rule_set, &rule_set.2)?;
    let ids = store.note_repositories(run, &found.targets)?;
    let kind = format!("{} {settings}", rule_set.0);
    let mut plan = Plan::make(
        &mut store,
        (run, &kind),
        std::mem::take(&mut found.targets),
        &ids,
    )?;
    let night = Night {
        options,
        fetcher,
        run,
        stop,
        kind,
        pushed: std::mem::take(&mut plan.pushed),
        task: Task::Scan(ScanTask {
            key: key.to_hex(),
            repository_settings: options.repository_settings,
            rules: options.rules.clone(),
            config: options.config.clone(),
            only_named_rules: false,
        }),
    };
    let mut summary = night.go(&mut store, plan)?;
    summary
        .failed
        .extend(vanished::note(&mut store, run, &found)?);
    summary.unlisted = found.unlisted;
    store.end_run(run)?;
    if let Some(days) = options.retain {
        store.retain_since(crate::clock::now() - i64::from(days) * 86_400)?;
    }
    summary.failed.sort();
    summary.run = run.id;
    summary.seconds = begin.elapsed().as_secs();
    Ok(summary)
}

/// A run in progress.
struct Night<'o> {
    options: &'o Options,
    fetcher: Fetcher,
    run: Run,
    stop: Arc<AtomicBool>,
    /// What decides which findings there are, apart from the repository.
    kind: String,
    /// What hosts report about the last pushes.
    pushed: BTreeMap<i64, String>,
    task: Task,
}

/// What other threads report to the one that owns the store.
pub(crate) enum News {
    /// A worker is done with a repository.
    Done(Prepared, Outcome),
    /// The server has nothing new.
    Unchanged(i64),
    /// The repository does not exist, and need not.
    Absent(i64),
    /// A mirror was updated.
    Fetched(Prepared),
    /// A mirror could not be updated.
    NotFetched {
        id: i64,
        label: String,
        tries: u32,
        why: String,
    },
}

impl Night<'_> {
    fn go(&self, store: &mut Store, plan: Plan) -> Result<Summary, Error> {
        let Plan {
            jobs,
            addresses,
            unchanged,
            failed,
            earlier,
            seeds,
            pushed: _,
            networks,
        } = plan;
        let mut summary = Summary {
            unchanged,
            failed,
            covered: earlier,
            ..Summary::default()
        };
        let all = jobs.len() + addresses.len() + unchanged + summary.failed.len() + earlier;
        let mut progress = Progress::new(all, self.options.quiet);
        progress.skip(unchanged + summary.failed.len() + earlier);
        let scheduler = Scheduler::new(self.options.bounds, seeds, addresses.len());
        for job in jobs {
            progress.expect(job.outside.bytes);
            scheduler.add(job);
        }
        let mirrors = Mirrors::new(&self.options.work, self.options.work_budget);
        mirrors.adopt(networks.iter().map(|(id, network)| (*id, &**network)));
        let (send, news) = mpsc::channel();
        let crew = Crew::new(&self.task, self.options.bounds, &self.stop);
        thread::scope(|scope| {
            for _ in 0..self.options.bounds.workers {
                let send = send.clone();
                let (crew, scheduler) = (&crew, &scheduler);
                scope.spawn(move || {
                    crew.work(scheduler, &|job, outcome| {
                        send.send(News::Done(job, outcome)).is_ok()
                    });
                });
            }
            let fetch = Fetch {
                fetcher: &self.fetcher,
                mirrors: &mirrors,
                kind: &self.kind,
                stop: &self.stop,
            };
            let addresses = &addresses;
            let send_fetched = send.clone();
            scope.spawn(move || fetch.all(addresses, &send_fetched));
            drop(send);
            let result = self.listen(
                store,
                &news,
                (&scheduler, &mirrors),
                (&mut progress, &mut summary),
            );
            if result.is_err() {
                self.stop.store(true, Relaxed);
            }
            scheduler.close();
            result
        })?;
        progress.end();
        Ok(summary)
    }

    /// Processes what other threads report until everything is done.
    fn listen(
        &self,
        store: &mut Store,
        news: &Receiver<News>,
        (scheduler, mirrors): (&Scheduler, &Mirrors),
        (progress, summary): (&mut Progress, &mut Summary),
    ) -> Result<(), Error> {
        while !scheduler.is_done() {
            match news.recv_timeout(Duration::from_millis(100)) {
                Ok(News::Done(job, outcome)) => {
                    let taken = self.take(store, (&job, outcome), summary)?;
                    let is_over = taken == Taken::Over;
                    if is_over {
                        progress.finish(&job.label, job.outside.bytes, job.begun);
                    }
                    if job.is_mirror {
                        store.use_mirror(job.id, job.outside.own_bytes)?;
                        make_room(store, (scheduler, mirrors), (job.id, is_over))?;
                    }
                    scheduler.end(job, taken == Taken::Again);
                }
                Ok(News::Absent(id)) => {
                    vanished::absent(store, self.run, id, summary)?;
                    progress.skip(1);
                    scheduler.arrived(None);
                }
                Ok(News::Unchanged(id)) => {
                    store.commit_unchanged(self.run, &[id])?;
                    if let Some((state, _)) = store.state_of(id)? {
                        self.stamp(store, id, &state)?;
                    }
                    summary.unchanged += 1;
                    progress.skip(1);
                    scheduler.arrived(None);
                }
                Ok(News::Fetched(job)) => {
                    store.use_mirror(job.id, job.outside.own_bytes)?;
                    progress.expect(job.outside.bytes);
                    let id = job.id;
                    scheduler.arrived(Some(job));
                    mirrors.release(id);
                }
                Ok(News::NotFetched {
                    id,
                    label,
                    tries,
                    why,
                }) => {
                    if !self.stop.load(Relaxed) {
                        self.fail(store, (id, &label), (tries, &why, 0.0), summary)?;
                        progress.skip(1);
                    }
                    scheduler.arrived(None);
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            if self.stop.load(Relaxed) {
                progress.end();
                let (done, all) = progress.counts();
                return Err(Error::Stopped(format!(
                    "{done} of {all} repositories are done and kept"
                )));
            }
            progress.draw(|| scheduler.running());
        }
        Ok(())
    }

    /// Processes the outcome for one repository.
    fn take(
        &self,
        store: &mut Store,
        (job, outcome): (&Prepared, Outcome),
        summary: &mut Summary,
    ) -> Result<Taken, Error> {
        let seconds = job.begun.map_or(0.0, |begun| begun.elapsed().as_secs_f64());
        let why = match outcome {
            Outcome::Answer(Answer::Scanned(scanned)) => {
                store.commit(
                    self.run,
                    &Covered {
                        repository: job.id,
                        scanned: &scanned,
                        state: &job.state,
                        tips: &job.outside.tips,
                        branch: job.outside.branch.as_deref(),
                        head: job.outside.head.as_deref(),
                        sketch: &job.outside.sketch,
                        content: &job.outside.state,
                        tries: job.tries,
                        seconds,
                    },
                )?;
                self.stamp(store, job.id, &job.state)?;
                summary.covered += 1;
                return Ok(Taken::Over);
            }
            Outcome::Answer(Answer::Failed(why)) | Outcome::Ended(why) => why,
            Outcome::Answer(Answer::Searched(_)) => {
                "the worker has answered something else".to_owned()
            }
            // As if it had not been started.
            Outcome::Stopped => return Ok(Taken::Left),
        };
        let tries = job.tries + 1;
        if tries < MAX_TRIES {
            let failed = Failed {
                repository: job.id,
                why: &why,
                tries,
                seconds,
                is_waiting: true,
            };
            store.commit_failed(self.run, &failed)?;
            return Ok(Taken::Again);
        }
        self.fail(store, (job.id, &job.label), (tries, &why, seconds), summary)?;
        Ok(Taken::Over)
    }

    /// Records what the host reports about the last push to a repository that is now covered.
    fn stamp(&self, store: &mut Store, id: i64, state: &str) -> Result<(), Error> {
        match self.pushed.get(&id) {
            Some(pushed) => store.stamp(id, (pushed, &self.kind), state),
            None => Ok(()),
        }
    }

    fn fail(
        &self,
        store: &mut Store,
        (repository, label): (i64, &str),
        (tries, why, seconds): (u32, &str, f64),
        summary: &mut Summary,
    ) -> Result<(), Error> {
        let failed = Failed {
            repository,
            why,
            tries,
            seconds,
            is_waiting: false,
        };
        store.commit_failed(self.run, &failed)?;
        summary.failed.push((label.to_owned(), why.to_owned()));
        Ok(())
    }
}

/// Removes the least recently used mirrors until all are within the budget. If `own` is done, it may be removed, too,
/// in case it is too large by itself.
fn make_room(
    store: &mut Store,
    (scheduler, mirrors): (&Scheduler, &Mirrors),
    (own, is_done): (i64, bool),
) -> Result<(), Error> {
    let busy = scheduler.busy();
    let is_busy = |id: i64| busy.contains(&id) && !(is_done && id == own);
    for id in mirrors.make_room(&store.mirrors()?, &is_busy)? {
        store.drop_mirror(id)?;
    }
    Ok(())
}

/// What happens next with a repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Taken {
    Over,
    Again,
    Left,
}

/// The sketches of repositories whose caches may seed those of others, by cache.
pub(crate) type Seeds = BTreeMap<PathBuf, Vec<u8>>;
