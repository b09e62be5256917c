//! Runs a task on every named repository without a store: a search, or a trial of rules.

use std::collections::BTreeMap;
use std::sync::mpsc;
use std::thread;

use super::{Bounds, Crew, Outcome, Prepared, Scheduler, stop_flag};
use crate::error::Error;
use crate::repository::Outside;
use crate::sources::{self, Place, Target};
use crate::worker::protocol::{Answer, Task};

/// The results for all repositories.
#[derive(Default)]
pub(crate) struct Survey {
    /// In the order of the sources, with the label of each.
    pub(crate) answers: Vec<(String, Answer)>,
    /// Repositories that could not be scanned, with the reason.
    pub(crate) open: Vec<(String, String)>,
    /// How many repositories were named.
    pub(crate) repositories: usize,
}

/// Has workers do `task` with everything that `sources` name.
///
/// # Errors
///
/// Fails if a source does not exist or names nothing, or if the user stops the program.
pub(crate) fn survey(sources: &[String], task: &Task, bounds: Bounds) -> Result<Survey, Error> {
    let found = sources::find(sources, None)?;
    found
        .warnings
        .iter()
        .for_each(|line| crate::cli::warn(line));
    if found.targets.is_empty() {
        return Err(Error::usage("there is no repository in what was named"));
    }
    let is_repository = |it: &&Target| !matches!(it.place, Place::Unread(_));
    let mut survey = Survey {
        repositories: found.targets.iter().filter(is_repository).count(),
        ..Survey::default()
    };
    let scheduler = Scheduler::new(bounds, BTreeMap::new(), 0);
    for (id, target) in (0..).zip(found.targets) {
        match job(id, target) {
            Ok(job) => scheduler.add(job),
            Err(failed) => survey.open.push(failed),
        }
    }
    let stop = stop_flag()?;
    let crew = Crew::new(task, bounds, &stop);
    let (send, results) = mpsc::channel();
    let mut answers = BTreeMap::new();
    let mut is_stopped = false;
    thread::scope(|scope| {
        for _ in 0..bounds.workers {
            let (send, crew, scheduler) = (send.clone(), &crew, &scheduler);
            scope.spawn(move || {
                crew.work(scheduler, &|job, outcome| send.send((job, outcome)).is_ok());
            });
        }
        drop(send);
        while !scheduler.is_done() && !is_stopped {
            let Ok((job, outcome)) = results.recv() else {
                break;
            };
            let mut again = false;
            match outcome {
                Outcome::Answer(Answer::Failed(why)) | Outcome::Ended(why) => {
                    again = job.tries == 0;
                    if !again {
                        survey.open.push((job.label.clone(), why));
                    }
                }
                Outcome::Answer(answer) => {
                    answers.insert(job.id, (job.label.clone(), answer));
                }
                Outcome::Stopped => is_stopped = true,
            }
            scheduler.end(job, again);
        }
        scheduler.close();
    });
    if is_stopped {
        return Err(Error::Stopped("nothing is kept of it".to_owned()));
    }
    survey.answers = answers.into_values().collect();
    survey.open.sort();
    Ok(survey)
}

/// Returns the job for a repository, or why there is none.
fn job(id: i64, target: Target) -> Result<Prepared, (String, String)> {
    let label = target.label;
    let path = match target.place {
        Place::Folder(path) => path,
        Place::Unread(unread) => return Err((label, unread.why)),
        Place::Address(_) => {
            let why =
                "it is on a server: fetch it by `gonogo bulk scan`, and name the folder of mirrors";
            return Err((label, why.to_owned()));
        }
    };
    match Outside::read(&path) {
        Ok(outside) => Ok(Prepared {
            id,
            label,
            path,
            outside,
            state: String::new(),
            tries: 0,
            is_mirror: false,
            cache: None,
            begun: None,
        }),
        Err(error) => Err((label, error.to_string())),
    }
}
