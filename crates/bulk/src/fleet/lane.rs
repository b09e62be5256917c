//! One of the things that a worker does at once: takes a job, does it, commits what came of it, and only then
//! acknowledges it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use async_nats::jetstream::Message;
use async_nats::jetstream::consumer::PullConsumer;

use super::beats::Beats;
use super::connection::Database;
use super::database::{Begun, Body, Ended, begin_job, end_job, has_result};
use super::monitor::Counts;
use super::shelf::Shelf;
use super::work::Options;
use super::{Job, MAX_STARTS, MAX_TRIES, Queue, idle};
use crate::error::Error;
use crate::night::{
    Bounds, Crew, Fetch, GONE, News, Outcome, Prepared, Remote, Scheduler, state, worth,
};
use crate::repository::Outside;
use crate::sources::Place;
use crate::worker::protocol::{Answer, Scanned, Task};

/// The pause before something is tried again.
const PAUSE: Duration = Duration::from_secs(1);

/// How many jobs are to come, as far as the scheduler knows: it is never done.
const ENDLESS: usize = usize::MAX / 2;

/// What a lane needs.
pub(super) struct Lane<'a> {
    pub(super) options: &'a Options,
    pub(super) queue: &'a Queue,
    pub(super) consumer: PullConsumer,
    pub(super) database: Database,
    pub(super) task: &'a Task,
    pub(super) bounds: Bounds,
    pub(super) kind: &'a str,
    pub(super) rule_set: (&'a str, &'a str),
    /// The id of the key that secrets are hashed with.
    pub(super) key: String,
    pub(super) shelf: &'a Shelf,
    pub(super) counts: &'a Counts,
    pub(super) stop: &'a AtomicBool,
}

/// What came of a job.
struct Came {
    outcome: &'static str,
    state: Option<String>,
    why: Option<String>,
    body: Option<Vec<u8>>,
    judge_again: Option<String>,
}

impl Came {
    fn new(outcome: &'static str, state: Option<String>) -> Self {
        Self {
            outcome,
            state,
            why: None,
            body: None,
            judge_again: None,
        }
    }

    fn failed(why: impl Into<String>) -> Self {
        Self {
            why: Some(why.into()),
            ..Self::new("failed", None)
        }
    }
}

impl Lane<'_> {
    /// Works until all is to be stopped, or there are no jobs any more.
    pub(super) fn run(mut self) -> Result<(), Error> {
        let scheduler = Scheduler::new(self.bounds, BTreeMap::new(), ENDLESS);
        let crew = Crew::new(self.task, self.bounds, self.stop);
        let (send, done) = mpsc::channel();
        thread::scope(|scope| {
            scope.spawn(|| {
                crew.work(&scheduler, &|job, outcome| {
                    send.send((job, outcome)).is_ok()
                });
            });
            let result = self.jobs(&scheduler, &done);
            scheduler.close();
            result
        })
    }

    fn jobs(
        &mut self,
        scheduler: &Scheduler,
        done: &Receiver<(Prepared, Outcome)>,
    ) -> Result<(), Error> {
        // Where one job had nothing to do, the next ones mostly have not, either.
        let mut most = 1;
        while !self.stop.load(Relaxed) {
            self.counts.alive();
            let messages = match self.queue.next(&self.consumer, most) {
                Ok(messages) if !messages.is_empty() => messages,
                Ok(_) => {
                    most = 1;
                    if self.options.until_empty && self.queue.left().is_ok_and(|left| left == 0) {
                        break;
                    }
                    continue;
                }
                // The server is away, or starts.
                Err(_) => {
                    self.counts.away.fetch_add(1, Relaxed);
                    thread::sleep(PAUSE);
                    continue;
                }
            };
            self.counts.busy.fetch_add(1, Relaxed);
            let result = self.several(messages, (scheduler, done));
            self.counts.busy.fetch_sub(1, Relaxed);
            most = if result? {
                (most * 4).min(idle::MOST)
            } else {
                1
            };
        }
        Ok(())
    }

    /// Ends those of some jobs that have nothing to do, and does the first of the others; the rest is for other lanes.
    /// Returns whether none had anything to do.
    fn several(
        &mut self,
        messages: Vec<Message>,
        hands: (&Scheduler, &Receiver<(Prepared, Outcome)>),
    ) -> Result<bool, Error> {
        if let [message] = &messages[..] {
            return self.one(message, hands);
        }
        let mut others = self.without_idle(messages)?.into_iter();
        let Some(first) = others.next() else {
            return Ok(true);
        };
        others.for_each(|message| self.queue.give_back(&message, Duration::ZERO));
        self.one(&first, hands)?;
        Ok(false)
    }

    /// Does one job; returns whether there was nothing to do.
    fn one(
        &mut self,
        message: &Message,
        hands: (&Scheduler, &Receiver<(Prepared, Outcome)>),
    ) -> Result<bool, Error> {
        let Ok(job) = serde_json::from_slice::<Job>(&message.payload) else {
            crate::cli::warn("the queue: a message is no job, and is taken out");
            self.queue.end(message, true);
            return Ok(false);
        };
        let _beats = Beats::start(&self.queue.runtime, message, self.queue.ack_wait);
        let begun = self
            .database
            .until_done(self.stop, &mut |client| begin_job(client, &job))?;
        let begun = match begun {
            Some(Some(begun)) => begun,
            Some(None) => {
                self.counts.done_before.fetch_add(1, Relaxed);
                self.queue.end(message, false);
                return Ok(true);
            }
            None => {
                self.queue.give_back(message, Duration::ZERO);
                return Ok(false);
            }
        };
        if begun.key != self.key {
            self.queue.give_back(message, PAUSE);
            let why = "the run was planned with another key: give plan and all workers the same --key-file";
            return Err(Error::usage(why));
        }
        let begin = Instant::now();
        let mut result = if begun.starts > MAX_STARTS {
            Came::failed(format!("{MAX_STARTS} workers ended over it"))
        } else {
            let Some(result) = self.work(&job, &begun, hands)? else {
                self.queue.give_back(message, Duration::ZERO);
                return Ok(false);
            };
            result
        };
        // What may end better another time is tried again, on any machine.
        if result.outcome == "failed" && begun.tries + 1 < MAX_TRIES && begun.starts <= MAX_STARTS {
            result.outcome = "waiting";
        }
        self.commit((message, &job), &result, begin.elapsed().as_secs_f64())?;
        Ok(result.outcome == "unchanged")
    }

    /// Commits, and only then acknowledges.
    fn commit(
        &mut self,
        (message, job): (&Message, &Job),
        result: &Came,
        seconds: f64,
    ) -> Result<(), Error> {
        let ended = Ended {
            outcome: result.outcome,
            state: result.state.as_deref(),
            why: result.why.as_deref(),
            seconds,
            judge_again: result.judge_again.as_deref(),
            kind: self.kind,
        };
        let body = result.body.as_deref();
        let committed = self
            .database
            .until_done(self.stop, &mut |client| end_job(client, job, &ended, body))?;
        if committed.is_none() || result.outcome == "waiting" {
            self.queue.give_back(message, PAUSE);
            return Ok(());
        }
        let count: &AtomicU64 = match result.outcome {
            "covered" => &self.counts.covered,
            "failed" => &self.counts.failed,
            _ => &self.counts.unchanged,
        };
        count.fetch_add(1, Relaxed);
        // If this is lost, the job comes again, and is found to be done.
        self.queue.end(message, result.outcome == "failed");
        Ok(())
    }

    /// Fetches and scans; `None` when all is to be stopped.
    fn work(
        &mut self,
        job: &Job,
        begun: &Begun,
        hands: (&Scheduler, &Receiver<(Prepared, Outcome)>),
    ) -> Result<Option<Came>, Error> {
        let prepared = match self.prepare(job, begun) {
            Ok(prepared) => prepared,
            Err(result) => return Ok(Some(result).filter(|_| !self.stop.load(Relaxed))),
        };
        let known = self.database.until_done(self.stop, &mut |client| {
            // What must be judged again is scanned, though there is a result.
            Ok(begun.state.is_some() && has_result(client, job.repository, &prepared.state)?)
        })?;
        let Some(is_known) = known else {
            return Ok(None);
        };
        let (is_mirror, bytes) = (prepared.is_mirror, prepared.outside.own_bytes);
        let result = if is_known {
            Some(Came::new("unchanged", Some(prepared.state)))
        } else {
            self.scan(prepared, hands)
        };
        if is_mirror {
            self.shelf.put(job.repository, bytes);
        }
        Ok(result)
    }

    fn scan(
        &self,
        prepared: Prepared,
        (scheduler, done): (&Scheduler, &Receiver<(Prepared, Outcome)>),
    ) -> Option<Came> {
        let begin = Instant::now();
        scheduler.add(prepared);
        let (prepared, outcome) = done.recv().ok()?;
        let result = match outcome {
            Outcome::Answer(Answer::Scanned(scanned)) => {
                Some(self.scanned(&prepared, *scanned, begin.elapsed().as_secs_f64()))
            }
            Outcome::Answer(Answer::Failed(why)) | Outcome::Ended(why) => Some(Came::failed(why)),
            Outcome::Answer(Answer::Searched(_)) => {
                Some(Came::failed("the worker has answered something else"))
            }
            Outcome::Stopped => None,
        };
        scheduler.end(prepared, false);
        result
    }

    fn scanned(&self, prepared: &Prepared, scanned: Scanned, seconds: f64) -> Came {
        let judge_again = scanned.judge_again.clone();
        let (digest, version) = self.rule_set;
        let body = Body {
            digest: digest.to_owned(),
            version: version.to_owned(),
            scanned,
            tips: prepared.outside.tips.clone(),
            branch: prepared.outside.branch.clone(),
            head: prepared.outside.head.clone(),
            sketch: prepared.outside.sketch.clone(),
            seconds,
        };
        match serde_json::to_vec(&body) {
            Ok(body) => Came {
                body: Some(body),
                judge_again,
                ..Came::new("covered", Some(prepared.state.clone()))
            },
            Err(error) => Came::failed(format!("the result cannot be written: {error}")),
        }
    }

    /// Brings a repository to this machine; else what came of the job.
    fn prepare(&self, job: &Job, begun: &Begun) -> Result<Prepared, Came> {
        let cache = self
            .options
            .work
            .join("cache")
            .join(job.repository.to_string());
        let place = job
            .place()
            .map_err(|error| Came::failed(error.to_string()))?;
        let path = match place {
            Place::Folder(path) => path,
            Place::Address(address) => {
                self.shelf.take(job.repository);
                let remote = Remote {
                    id: job.repository,
                    label: job.label.clone(),
                    address,
                    state: begun.state.clone(),
                    tries: 0,
                    cache,
                    is_optional: job.is_optional,
                    network: job.network.clone(),
                };
                let fetch = Fetch {
                    fetcher: &self.options.fetcher,
                    mirrors: &self.shelf.mirrors,
                    kind: self.kind,
                    stop: self.stop,
                };
                let news = fetch.one(&remote);
                if !matches!(news, News::Fetched(_)) {
                    self.shelf.leave(job.repository);
                }
                return match news {
                    News::Fetched(prepared) => Ok(prepared),
                    News::Unchanged(_) => Err(Came::new("unchanged", begun.state.clone())),
                    News::Absent(_) if begun.state.is_some() => Err(Came::failed(GONE)),
                    News::Absent(_) => Err(Came::new("absent", None)),
                    News::NotFetched { why, .. } => Err(Came::failed(why)),
                    News::Done(..) => Err(Came::failed(
                        "it was scanned before it was fetched: this is a bug",
                    )),
                };
            }
        };
        let outside = Outside::read(&path).map_err(|error| Came::failed(error.to_string()))?;
        let state = state(&outside.state, self.kind);
        if begun.state.as_ref() == Some(&state) {
            return Err(Came::new("unchanged", Some(state)));
        }
        Ok(Prepared {
            id: job.repository,
            label: job.label.clone(),
            path,
            state,
            tries: 0,
            is_mirror: false,
            cache: worth(&outside, cache),
            outside,
            begun: None,
        })
    }
}
