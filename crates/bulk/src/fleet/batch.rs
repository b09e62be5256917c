//! Several jobs taken at once: those that have nothing to do are ended in one statement, and the others are scanned one
//! after another.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering::Relaxed;
use std::sync::mpsc::RecvTimeoutError;
use std::time::{Duration, Instant};

use async_nats::jetstream::Message;

use super::jobs::{Begun, Body, begin_jobs, look_at, with_result};
use super::lane::{Came, Finished, Hands, InHand, Lane};
use super::pace::Pace;
use super::{Job, MAX_STARTS};
use crate::error::Error;
use crate::night::{Fetch, GONE, News, Outcome, Prepared, Remote, state, worth};
use crate::repository::Outside;
use crate::sources::Place;
use crate::worker::protocol::{Answer, Scanned};

/// After this time, jobs that were taken together but have not started are left to other workers.
const LONG: Duration = Duration::from_secs(5);

/// Results are committed after this time at the latest, or once they reach [`MUCH`] bytes.
const OFTEN: Duration = Duration::from_secs(2);
const MUCH: usize = 8 << 20;

/// How often to check how long the current jobs have been running.
const POLL: Duration = Duration::from_millis(250);

/// The pause before a job that this worker cannot do is handed out again.
const PAUSE: Duration = Duration::from_secs(1);

impl Lane<'_> {
    /// Ends those jobs that are done or have nothing to do, and returns those that this lane should do. The rest goes
    /// back to the queue.
    pub(super) fn sort_out(
        &mut self,
        messages: Vec<Message>,
        pace: &mut Pace,
    ) -> Result<Vec<InHand>, Error> {
        let (messages, jobs) = self.read(messages);
        if jobs.is_empty() {
            return Ok(Vec::new());
        }
        let known = self
            .database
            .until_done(self.stop, &mut |client| look_at(client, &jobs))?;
        let Some(known) = known else {
            self.give_back(&messages, Duration::ZERO);
            return Ok(Vec::new());
        };
        if known.iter().flatten().any(|begun| begun.key != self.key) {
            self.give_back(&messages, PAUSE);
            let why = "the run was planned with another key: give plan and all workers the same --key-file";
            return Err(Error::usage(why));
        }
        let (mut over, mut idle, mut open) = (Vec::new(), Vec::new(), Vec::new());
        for ((message, job), begun) in messages.into_iter().zip(jobs).zip(known) {
            let Some(begun) = begun else {
                self.counts.done_before.fetch_add(1, Relaxed);
                over.push(message);
                continue;
            };
            let place = self.look(&job, &begun);
            let hand = self.take((message, job), begun, place);
            let of = if hand.is_idle() { &mut idle } else { &mut open };
            of.push(hand);
        }
        self.queue.end(&over);
        if open.is_empty() {
            pace.was_idle();
        }
        self.commit(idle.into_iter().filter_map(looked_at).collect())?;
        // Jobs that are not plain are done alone.
        let is_first_plain = open.first().is_some_and(InHand::is_plain);
        let most = if is_first_plain {
            pace.most_scanned()
        } else {
            1
        };
        let mut kept = Vec::new();
        for hand in open {
            if kept.len() < most && hand.is_plain() == is_first_plain {
                kept.push(hand);
            } else {
                self.queue.give_back(&hand.message, Duration::ZERO);
            }
        }
        Ok(kept)
    }

    fn give_back(&self, messages: &[Message], pause: Duration) {
        for message in messages {
            self.queue.give_back(message, pause);
        }
    }

    /// Parses messages as jobs, keeping each repository once.
    fn read(&self, messages: Vec<Message>) -> (Vec<Message>, Vec<Job>) {
        let mut seen = BTreeSet::new();
        let jobs = messages.into_iter().filter_map(|message| {
            let Ok(job) = serde_json::from_slice::<Job>(&message.payload) else {
                crate::cli::warn("the queue: a message is no job, and is taken out");
                self.queue.give_up(&message);
                return None;
            };
            if !seen.insert(job.repository) {
                self.queue.give_back(&message, PAUSE);
                return None;
            }
            Some((message, job))
        });
        jobs.unzip()
    }

    /// Examines a repository that is on this machine.
    fn look(&self, job: &Job, begun: &Begun) -> Option<Result<Prepared, Came>> {
        let Ok(Place::Folder(path)) = job.place() else {
            return None;
        };
        let outside = match Outside::read(&path) {
            Ok(outside) => outside,
            Err(error) => return Some(Err(Came::failed(error.to_string()))),
        };
        let state = state(&outside.state, self.kind);
        if begun.state.as_ref() == Some(&state) {
            return Some(Err(Came::new("unchanged", Some(state))));
        }
        Some(Ok(Prepared {
            id: job.repository,
            label: job.label.clone(),
            path,
            state,
            tries: 0,
            is_mirror: false,
            cache: worth(&outside, self.cache(job)),
            outside,
            begun: None,
        }))
    }

    fn cache(&self, job: &Job) -> std::path::PathBuf {
        let name = job.repository.to_string();
        self.options.work.join("cache").join(name)
    }

    /// Starts jobs, commits the results of those before them, and returns the results of these as far as they are not
    /// committed yet.
    pub(super) fn scan(
        &mut self,
        hands: Vec<InHand>,
        before: Vec<Finished>,
        (scheduler, done): Hands<'_>,
    ) -> Result<Vec<Finished>, Error> {
        if hands.is_empty() {
            self.commit(before)?;
            return Ok(Vec::new());
        }
        let jobs: Vec<&Job> = hands.iter().map(|hand| &hand.job).collect();
        let begun = self
            .database
            .until_done(self.stop, &mut |client| begin_jobs(client, &jobs))?;
        if begun.is_none() {
            for hand in &hands {
                self.queue.give_back(&hand.message, Duration::ZERO);
            }
            self.commit(before)?;
            return Ok(Vec::new());
        }
        let is_plain = hands.iter().all(InHand::is_plain);
        // Fetching takes time, so earlier results must not wait for it.
        let before = if is_plain {
            before
        } else {
            self.commit(before)?;
            Vec::new()
        };
        let (mut finished, mut running, mut left) = (Vec::new(), BTreeMap::new(), Vec::new());
        for (hand, prepared) in self.prepare(hands)? {
            match prepared {
                Some(Ok(prepared)) => {
                    running.insert(hand.job.repository, hand);
                    scheduler.add(prepared);
                }
                Some(Err(came)) => finished.push(Finished::new(hand, came)),
                None => left.push(hand),
            }
        }
        self.commit(before)?;
        self.collect((&mut running, &mut finished), (scheduler, done))?;
        left.extend(running.into_values());
        self.leave(left)?;
        Ok(finished)
    }

    /// Waits for jobs that are being scanned. Those left in `running` were not done.
    fn collect(
        &mut self,
        (running, finished): (&mut BTreeMap<i64, InHand>, &mut Vec<Finished>),
        (scheduler, done): Hands<'_>,
    ) -> Result<(), Error> {
        let begin = Instant::now();
        let mut committed = begin;
        let mut waiting = running.len();
        while waiting > 0 {
            let answer = match done.recv_timeout(POLL) {
                Ok(answer) => Some(answer),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => break,
            };
            if let Some((prepared, outcome)) = answer {
                waiting -= 1;
                let id = prepared.id;
                let came = self.came(&prepared, outcome);
                let (is_mirror, begun) = (prepared.is_mirror, prepared.begun);
                if is_mirror {
                    self.shelf.put(id, prepared.outside.own_bytes);
                }
                scheduler.end(prepared, false);
                if let Some(came) = came
                    && let Some(mut hand) = running.remove(&id)
                {
                    // If it was fetched, that time counts, too.
                    hand.at = begun.filter(|_| !is_mirror).unwrap_or(hand.at);
                    finished.push(Finished::new(hand, came));
                }
            }
            if self.stop.load(Relaxed) || begin.elapsed() >= LONG {
                let back = scheduler.take_back();
                waiting -= back.len();
                let back = back.iter().filter_map(|job| running.remove(&job.id));
                self.leave(back.collect())?;
            }
            let bytes: usize = finished
                .iter()
                .filter_map(|it| it.came.body.as_ref())
                .map(Vec::len)
                .sum();
            let is_due = committed.elapsed() >= OFTEN || bytes >= MUCH;
            if is_due && waiting > 0 {
                self.commit(std::mem::take(finished))?;
                committed = Instant::now();
            }
        }
        Ok(())
    }

    /// Brings repositories to this machine, except where the result of a job is known already; `None` for a job if
    /// everything is to be stopped.
    fn prepare(&mut self, hands: Vec<InHand>) -> Result<Vec<(InHand, Option<Brought>)>, Error> {
        let mut brought: Vec<(InHand, Option<Brought>)> = Vec::new();
        for mut hand in hands {
            hand.at = Instant::now();
            let place = match hand.place.take() {
                _ if !hand.begun.may_begin() => {
                    Err(Came::failed(format!("{MAX_STARTS} workers ended over it")))
                }
                Some(place) => place,
                None => self.fetch(&hand.job, &hand.begun),
            };
            let is_stopped = place.is_err() && self.stop.load(Relaxed);
            brought.push((hand, Some(place).filter(|_| !is_stopped)));
        }
        // A repository that must be judged again is scanned even if there is a result.
        let states: Vec<(i64, &str)> = brought
            .iter()
            .filter(|(hand, _)| hand.begun.state.is_some())
            .filter_map(|(hand, it)| {
                let prepared = it.as_ref()?.as_ref().ok()?;
                Some((hand.job.repository, prepared.state.as_str()))
            })
            .collect();
        if states.is_empty() {
            return Ok(brought);
        }
        let known = self
            .database
            .until_done(self.stop, &mut |client| with_result(client, &states))?;
        let known = known.unwrap_or_default();
        for (hand, it) in &mut brought {
            if !known.contains(&hand.job.repository) {
                continue;
            }
            if let Some(Ok(prepared)) = it.take() {
                if prepared.is_mirror {
                    self.shelf.put(prepared.id, prepared.outside.own_bytes);
                }
                *it = Some(Err(Came::new("unchanged", Some(prepared.state))));
            }
        }
        Ok(brought)
    }

    /// Updates the mirror of a repository.
    fn fetch(&self, job: &Job, begun: &Begun) -> Result<Prepared, Came> {
        let place = job
            .place()
            .map_err(|error| Came::failed(error.to_string()))?;
        let Place::Address(address) = place else {
            return Err(Came::failed("the job has no address: this is a bug"));
        };
        self.shelf.take(job.repository);
        let remote = Remote {
            id: job.repository,
            label: job.label.clone(),
            address,
            state: begun.state.clone(),
            tries: 0,
            cache: self.cache(job),
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
        match news {
            News::Fetched(prepared) => Ok(prepared),
            News::Unchanged(_) => Err(Came::new("unchanged", begun.state.clone())),
            News::Absent(_) if begun.state.is_some() => Err(Came::failed(GONE)),
            News::Absent(_) => Err(Came::new("absent", None)),
            News::NotFetched { why, .. } => Err(Came::failed(why)),
            News::Done(..) => Err(Came::failed(
                "it was scanned before it was fetched: this is a bug",
            )),
        }
    }

    /// Returns the result of a scan; `None` if everything is to be stopped.
    fn came(&self, prepared: &Prepared, outcome: Outcome) -> Option<Came> {
        match outcome {
            Outcome::Answer(Answer::Scanned(scanned)) => Some(self.scanned(prepared, *scanned)),
            Outcome::Answer(Answer::Failed(why)) | Outcome::Ended(why) => Some(Came::failed(why)),
            Outcome::Answer(Answer::Searched(_)) => {
                Some(Came::failed("the worker has answered something else"))
            }
            Outcome::Stopped => None,
        }
    }

    fn scanned(&self, prepared: &Prepared, scanned: Scanned) -> Came {
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
            seconds: prepared
                .begun
                .map_or(0.0, |begun| begun.elapsed().as_secs_f64()),
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
}

/// A repository on this machine, or the result of its job.
type Brought = Result<Prepared, Came>;

/// Finishes a job whose result was clear from a look at the repository.
fn looked_at(mut hand: InHand) -> Option<Finished> {
    let came = hand.place.take()?.err()?;
    Some(Finished {
        hand,
        came,
        seconds: 0.0,
    })
}
