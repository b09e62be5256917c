//! Jobs that have nothing to do, as most of a night's: repositories that are as they were. Several of them are taken at
//! once, so that each engine is asked once for all, not some times for each.

use std::sync::atomic::Ordering::Relaxed;

use async_nats::jetstream::Message;

use super::database::{Begun, end_idle, look_at};
use super::lane::Lane;
use super::{Job, MAX_STARTS};
use crate::error::Error;
use crate::night::state;
use crate::repository::Outside;
use crate::sources::Place;

/// So many jobs are taken at once at most. Each gets a look at a folder, well within the time in which a job must be
/// heard of.
pub(super) const MOST: usize = 256;

impl Lane<'_> {
    /// Ends those of some jobs that have nothing to do, and gives the others back to who called.
    pub(super) fn without_idle(&mut self, messages: Vec<Message>) -> Result<Vec<Message>, Error> {
        let read = |message: &Message| serde_json::from_slice::<Job>(&message.payload).ok();
        let (messages, jobs): (Vec<_>, Vec<_>) = messages
            .into_iter()
            .filter_map(|message| {
                let job = read(&message);
                if job.is_none() {
                    crate::cli::warn("the queue: a message is no job, and is taken out");
                    self.queue.end(&message, true);
                }
                Some((message, job?))
            })
            .unzip();
        let known = self
            .database
            .until_done(self.stop, &mut |client| look_at(client, &jobs))?;
        let Some(known) = known else {
            for message in &messages {
                self.queue.give_back(message, std::time::Duration::ZERO);
            }
            return Ok(Vec::new());
        };
        let (mut ended, mut states, mut over, mut others) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for ((message, job), begun) in messages.into_iter().zip(jobs).zip(known) {
            match begun {
                None => {
                    self.counts.done_before.fetch_add(1, Relaxed);
                    over.push(message);
                }
                Some(begun) => match self.as_it_was(&job, &begun) {
                    Some(state) => {
                        ended.push(job);
                        states.push(state);
                        over.push(message);
                    }
                    None => others.push(message),
                },
            }
        }
        let kind = self.kind;
        let committed = self.database.until_done(self.stop, &mut |client| {
            end_idle(client, (&ended, &states), kind)
        })?;
        if committed.is_some() {
            self.counts.unchanged.fetch_add(ended.len() as u64, Relaxed);
            self.queue.end_all(&over);
        }
        Ok(others)
    }

    /// What a folder is known by if it is as it was, and nothing else keeps its job from being ended at once.
    fn as_it_was(&self, job: &Job, begun: &Begun) -> Option<String> {
        let known = begun.state.as_ref()?;
        if begun.key != self.key || begun.starts > MAX_STARTS {
            return None;
        }
        let Ok(Place::Folder(path)) = job.place() else {
            return None;
        };
        let outside = Outside::read(&path).ok()?;
        Some(state(&outside.state, self.kind)).filter(|state| state == known)
    }
}
