//! A lane of a worker: takes jobs, does them, commits the results, and only then acknowledges the jobs. Results are
//! committed while the next jobs are already being scanned.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use async_nats::jetstream::Message;
use async_nats::jetstream::consumer::PullConsumer;

use super::beats::Beats;
use super::connection::Database;
use super::jobs::{Begun, Ended, end_jobs, unbegin_jobs};
use super::monitor::Counts;
use super::pace::Pace;
use super::queue::PATIENCE;
use super::shelf::Shelf;
use super::work::Options;
use super::{Job, MAX_TRIES, Queue};
use crate::error::Error;
use crate::night::{Bounds, Crew, Outcome, Prepared, Scheduler};
use crate::worker::protocol::Task;

/// The pause before something is tried again.
const PAUSE: Duration = Duration::from_secs(1);

/// How long a worker that ends with the queue waits for a job at first.
const SHORT: Duration = Duration::from_millis(50);

/// The number of jobs to come, as far as the scheduler is concerned: it never runs out.
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

/// The scheduler of the scanning process, and its results.
pub(super) type Hands<'h> = (&'h Scheduler, &'h Receiver<(Prepared, Outcome)>);

/// A job that this lane has in hand, with the heartbeats that tell the queue so.
pub(super) struct InHand {
    pub(super) message: Message,
    pub(super) job: Job,
    pub(super) begun: Begun,
    pub(super) at: Instant,
    /// The repository, if it is on this machine, or the result of looking for it.
    pub(super) place: Option<Result<Prepared, Came>>,
    _beats: Beats,
}

impl InHand {
    /// Whether it may be taken together with others: the repository is on this machine, and the job was not started
    /// before, as jobs that crash workers were.
    pub(super) fn is_plain(&self) -> bool {
        self.begun.starts == 1 && matches!(self.place, Some(Ok(_)))
    }

    /// Whether there is nothing to do.
    pub(super) fn is_idle(&self) -> bool {
        let is_unchanged = |came: &Came| came.outcome == "unchanged";
        let came = self.place.as_ref().and_then(|place| place.as_ref().err());
        self.begun.may_begin() && came.is_some_and(is_unchanged)
    }
}

/// The result of a job.
pub(super) struct Came {
    pub(super) outcome: &'static str,
    pub(super) state: Option<String>,
    pub(super) why: Option<String>,
    pub(super) body: Option<Vec<u8>>,
    pub(super) judge_again: Option<String>,
}

impl Came {
    pub(super) fn new(outcome: &'static str, state: Option<String>) -> Self {
        Self {
            outcome,
            state,
            why: None,
            body: None,
            judge_again: None,
        }
    }

    pub(super) fn failed(why: impl Into<String>) -> Self {
        Self {
            why: Some(why.into()),
            ..Self::new("failed", None)
        }
    }
}

/// A job that is done, with what to commit.
pub(super) struct Finished {
    pub(super) hand: InHand,
    pub(super) came: Came,
    pub(super) seconds: f64,
}

impl Finished {
    /// Finishes a job that is in hand.
    pub(super) fn new(hand: InHand, mut came: Came) -> Self {
        // What may succeed another time is tried again, on any machine.
        if came.outcome == "failed" && hand.begun.tries + 1 < MAX_TRIES && hand.begun.may_begin() {
            came.outcome = "waiting";
        }
        Self {
            seconds: hand.at.elapsed().as_secs_f64(),
            hand,
            came,
        }
    }
}

impl Lane<'_> {
    /// Works until everything is to be stopped, or there are no more jobs.
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
            let result = self.jobs((&scheduler, &done));
            scheduler.close();
            result
        })
    }

    fn jobs(&mut self, hands: Hands<'_>) -> Result<(), Error> {
        let mut pace = Pace::default();
        let mut finished = Vec::new();
        let mut patience = self.first_patience();
        while !self.stop.load(Relaxed) {
            self.counts.alive();
            // Results to commit must not wait for more jobs.
            let wait = if finished.is_empty() {
                patience
            } else {
                Duration::ZERO
            };
            let Ok(messages) = self.queue.next(&self.consumer, pace.most(), wait) else {
                // The server is unavailable or starting.
                self.commit(std::mem::take(&mut finished))?;
                self.counts.away.fetch_add(1, Relaxed);
                thread::sleep(PAUSE);
                continue;
            };
            if messages.is_empty() && finished.is_empty() {
                // Asking for more than one job does not wait.
                let has_waited = pace.most() == 1;
                pace.reset();
                if !has_waited {
                    continue;
                }
                if self.options.until_empty && self.queue.left().is_ok_and(|left| left == 0) {
                    break;
                }
                patience = (patience * 2).min(PATIENCE);
                continue;
            }
            let last = messages.last().and_then(|last| last.info().ok());
            pace.see(last.map_or(0, |info| info.pending));
            patience = self.first_patience();
            let begin = Instant::now();
            let open = self.sort_out(messages, &mut pace)?;
            let number = open.len();
            let is_plain = open.iter().all(InHand::is_plain);
            self.counts.busy.fetch_add(signed(number), Relaxed);
            let result = self.scan(open, std::mem::take(&mut finished), hands);
            self.counts.busy.fetch_sub(signed(number), Relaxed);
            finished = result?;
            match number {
                0 => {}
                _ if is_plain => pace.has_scanned(number, begin.elapsed()),
                _ => pace.reset(),
            }
        }
        self.commit(finished)
    }

    fn first_patience(&self) -> Duration {
        if self.options.until_empty {
            SHORT
        } else {
            PATIENCE
        }
    }

    /// Takes a job in hand.
    pub(super) fn take(
        &self,
        (message, job): (Message, Job),
        begun: Begun,
        place: Option<Result<Prepared, Came>>,
    ) -> InHand {
        InHand {
            _beats: Beats::start(&self.queue.runtime, &message, self.queue.ack_wait),
            message,
            job,
            begun,
            at: Instant::now(),
            place,
        }
    }

    /// Returns jobs that were started but not done to the queue, as if they had not been started.
    pub(super) fn leave(&mut self, hands: Vec<InHand>) -> Result<(), Error> {
        if hands.is_empty() {
            return Ok(());
        }
        let jobs: Vec<&Job> = hands.iter().map(|hand| &hand.job).collect();
        // If this is lost, the jobs are taken one by one the next time.
        self.database
            .until_done(self.stop, &mut |client| unbegin_jobs(client, &jobs))?;
        for hand in hands {
            self.queue.give_back(&hand.message, Duration::ZERO);
        }
        Ok(())
    }

    /// Commits the results of jobs, and only then acknowledges them.
    pub(super) fn commit(&mut self, finished: Vec<Finished>) -> Result<(), Error> {
        if finished.is_empty() {
            return Ok(());
        }
        let ended: Vec<Ended<'_>> = finished
            .iter()
            .map(
                |Finished {
                     hand,
                     came,
                     seconds,
                 }| Ended {
                    job: &hand.job,
                    outcome: came.outcome,
                    state: came.state.as_deref(),
                    why: came.why.as_deref(),
                    seconds: *seconds,
                    judge_again: came.judge_again.as_deref(),
                    body: came.body.as_deref(),
                },
            )
            .collect();
        let kind = self.kind;
        let committed = self
            .database
            .until_done(self.stop, &mut |client| end_jobs(client, &ended, kind))?;
        let mut over = Vec::new();
        for Finished { hand, came, .. } in finished {
            if committed.is_none() || came.outcome == "waiting" {
                self.queue.give_back(&hand.message, PAUSE);
                continue;
            }
            let count: &AtomicU64 = match came.outcome {
                "covered" => &self.counts.covered,
                "failed" => &self.counts.failed,
                _ => &self.counts.unchanged,
            };
            count.fetch_add(1, Relaxed);
            if came.outcome == "failed" {
                self.queue.give_up(&hand.message);
            } else {
                over.push(hand.message);
            }
        }
        // If this is lost, the jobs come again, and are found to be done.
        self.queue.end(&over);
        self.counts.alive();
        Ok(())
    }
}

fn signed(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(0)
}
