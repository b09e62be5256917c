//! Decides which repository is next: the largest first, as many at once as processors and memory allow, and none while
//! another one with many of the same objects is being scanned.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::{Prepared, Seeds};
use crate::repository::likeness;

/// The memory that a worker needs for itself, in bytes.
const BASE: u64 = 256 << 20;

/// The memory that it needs for each object, in bytes.
const FOR_EACH_OBJECT: u64 = 160;

/// The likeness from which on the cache of one repository helps with another.
const ALIKE: f64 = 0.1;

/// What a run may use.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    pub(crate) workers: usize,
    /// The memory for all workers together, in bytes.
    pub(crate) memory: u64,
    pub(crate) timeout: std::time::Duration,
}

/// A repository assigned to a worker.
pub(crate) struct Assigned {
    pub(crate) job: Prepared,
    pub(crate) seed: Option<PathBuf>,
    /// Whether other repositories have many of its objects.
    pub(crate) has_relatives: bool,
    pub(crate) threads: usize,
    /// The memory that the worker may use, in bytes.
    pub(crate) memory: u64,
}

/// Hands out repositories.
pub(crate) struct Scheduler {
    bounds: Bounds,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// The largest is last.
    queue: Vec<Prepared>,
    /// Repositories on which a worker has crashed; they are scanned alone.
    again: Vec<Prepared>,
    running: BTreeMap<i64, Running>,
    /// How many are still being fetched.
    coming: usize,
    /// The total size of what is in the queue, in bytes.
    waiting_bytes: u64,
    seeds: Seeds,
    /// Which worker has filled each cache: what it read of a repository, it still holds in memory for the forks.
    homes: BTreeMap<PathBuf, usize>,
    /// How many workers there are, and which of them are waiting.
    lanes: usize,
    idle: BTreeSet<usize>,
    is_closed: bool,
}

struct Running {
    label: String,
    lane: usize,
    sketch: Vec<u8>,
    threads: usize,
    memory: u64,
    begun: Instant,
    is_alone: bool,
}

impl Scheduler {
    /// Creates a scheduler without repositories; `coming` of them are still being fetched.
    pub(crate) fn new(bounds: Bounds, seeds: Seeds, coming: usize) -> Self {
        Self {
            bounds,
            state: Mutex::new(State {
                coming,
                seeds,
                ..State::default()
            }),
            changed: Condvar::new(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a repository.
    pub(crate) fn add(&self, job: Prepared) {
        let mut state = self.state();
        state.waiting_bytes += job.outside.bytes;
        let size = |job: &Prepared| (job.outside.bytes, std::cmp::Reverse(job.id));
        let at = state
            .queue
            .partition_point(|other| size(other) < size(&job));
        state.queue.insert(at, job);
        self.changed.notify_all();
    }

    /// Notes that a fetch has ended, with a repository to scan or without.
    pub(crate) fn arrived(&self, job: Option<Prepared>) {
        if let Some(job) = job {
            self.add(job);
        }
        self.state().coming -= 1;
        self.changed.notify_all();
    }

    /// Returns a number for a new worker.
    pub(crate) fn lane(&self) -> usize {
        let mut state = self.state();
        state.lanes += 1;
        state.lanes
    }

    /// Returns the next repository for a worker; waits for one, and returns `None` when all is done.
    pub(crate) fn next(&self, lane: usize) -> Option<Assigned> {
        let mut state = self.state();
        loop {
            state.idle.remove(&lane);
            if state.is_closed || state.is_done() {
                return None;
            }
            if let Some(assigned) = state.assign(self.bounds, lane) {
                return Some(assigned);
            }
            state.idle.insert(lane);
            state = self
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Notes that the worker is done with a repository, so that similar ones need not wait any longer: if it was
    /// scanned, its cache seeds theirs.
    pub(crate) fn release(&self, job: &Prepared, is_scanned: bool) {
        let mut state = self.state();
        if let Some(running) = state.running.get_mut(&job.id) {
            running.sketch = Vec::new();
            running.threads = 0;
            running.memory = 0;
            running.is_alone = false;
            let lane = running.lane;
            if let Some(cache) = job.cache.as_ref().filter(|_| is_scanned) {
                state
                    .seeds
                    .insert(cache.clone(), job.outside.sketch.clone());
                state.homes.insert(cache.clone(), lane);
            }
        }
        self.changed.notify_all();
    }

    /// Ends a job: its repository is either tried `again`, alone, or done.
    pub(crate) fn end(&self, mut job: Prepared, again: bool) {
        let mut state = self.state();
        state.running.remove(&job.id);
        if again {
            job.tries += 1;
            state.again.push(job);
        }
        self.changed.notify_all();
    }

    /// Takes back what is waiting and has not been started.
    #[cfg(feature = "fleet")]
    pub(crate) fn take_back(&self) -> Vec<Prepared> {
        let mut state = self.state();
        state.waiting_bytes = 0;
        std::mem::take(&mut state.queue)
    }

    /// Whether nothing is left to do.
    pub(crate) fn is_done(&self) -> bool {
        self.state().is_done()
    }

    /// Stops handing out repositories.
    pub(crate) fn close(&self) {
        self.state().is_closed = true;
        self.changed.notify_all();
    }

    /// Returns what is being scanned at the moment, and since when.
    pub(crate) fn running(&self) -> Vec<(String, Instant)> {
        let state = self.state();
        state
            .running
            .values()
            .map(|it| (it.label.clone(), it.begun))
            .collect()
    }

    /// Returns the repositories whose mirrors must stay where they are.
    pub(crate) fn busy(&self) -> BTreeSet<i64> {
        let state = self.state();
        let waiting = state.queue.iter().chain(&state.again).map(|job| job.id);
        state.running.keys().copied().chain(waiting).collect()
    }
}

impl State {
    fn is_done(&self) -> bool {
        self.queue.is_empty()
            && self.again.is_empty()
            && self.running.is_empty()
            && self.coming == 0
    }

    fn assign(&mut self, bounds: Bounds, lane: usize) -> Option<Assigned> {
        let used: usize = self.running.values().map(|it| it.threads).sum();
        let free = bounds.workers.checked_sub(used).filter(|free| *free > 0)?;
        if self.running.values().any(|it| it.is_alone) {
            return None;
        }
        let share = bounds.memory / bounds.workers as u64;
        let memory: u64 = self.running.values().map(|it| it.memory).sum();
        let is_idle = used == 0;
        let fits = |job: &Prepared| is_idle || memory + need(job) <= bounds.memory;
        let is_free = |job: &Prepared| {
            job.cache.is_none() || !self.has_relative(job) && !self.is_for_another(job, lane)
        };
        let at = self.queue.iter().rposition(|job| fits(job) && is_free(job));
        let Some(at) = at else {
            let is_last = self.queue.is_empty() && is_idle;
            let job = is_last.then(|| self.again.pop()).flatten()?;
            return Some(self.begin(job, (lane, bounds.workers, bounds.memory), true));
        };
        let job = self.queue.remove(at);
        let all = self.waiting_bytes.max(1);
        self.waiting_bytes = self.waiting_bytes.saturating_sub(job.outside.bytes);
        // A repository that makes up most of what is left gets more than one processor.
        let part = u128::from(job.outside.bytes) * bounds.workers as u128;
        let threads = (part + u128::from(all) / 2) / u128::from(all);
        // A fork has little to scan.
        let most = if self.seed(&job).is_some() { 1 } else { free };
        let threads = usize::try_from(threads).unwrap_or(1).clamp(1, most);
        Some(self.begin(job, (lane, threads, share), false))
    }

    /// Whether another worker, which is waiting, holds in memory what this repository starts from.
    fn is_for_another(&self, job: &Prepared, lane: usize) -> bool {
        let home = self.seed(job).and_then(|seed| self.homes.get(&seed));
        home.is_some_and(|home| *home != lane && self.idle.contains(home))
    }

    /// Whether a repository with many of the same objects is being scanned.
    fn has_relative(&self, job: &Prepared) -> bool {
        let mut running = self.running.values().filter(|it| !it.sketch.is_empty());
        running.any(|it| likeness(&it.sketch, &job.outside.sketch) >= ALIKE)
    }

    fn begin(
        &mut self,
        mut job: Prepared,
        (lane, threads, memory): (usize, usize, u64),
        is_alone: bool,
    ) -> Assigned {
        let begun = Instant::now();
        job.begun = Some(begun);
        let running = Running {
            label: job.label.clone(),
            lane,
            sketch: job
                .cache
                .as_ref()
                .map(|_| job.outside.sketch.clone())
                .unwrap_or_default(),
            threads,
            memory: need(&job),
            begun,
            is_alone,
        };
        self.running.insert(job.id, running);
        let seed = self.seed(&job);
        let is_alike =
            |other: &Prepared| likeness(&other.outside.sketch, &job.outside.sketch) >= ALIKE;
        let has_relatives = job.cache.is_some() && self.queue.iter().any(is_alike);
        Assigned {
            has_relatives: has_relatives || seed.is_some(),
            seed,
            job,
            threads,
            memory,
        }
    }

    /// Returns the cache of the most similar repository, if this one has no cache yet.
    fn seed(&self, job: &Prepared) -> Option<PathBuf> {
        let own = job
            .cache
            .as_ref()
            .filter(|own| !self.seeds.contains_key(*own))?;
        let alike = self.seeds.iter().filter(|(cache, _)| *cache != own);
        let alike = alike.map(|(cache, sketch)| (likeness(sketch, &job.outside.sketch), cache));
        let best = alike
            .filter(|(likeness, _)| *likeness >= ALIKE)
            .max_by(|a, b| a.0.total_cmp(&b.0));
        best.map(|(_, cache)| cache.clone())
    }
}

/// Returns roughly how much memory the scan of a repository needs, in bytes.
fn need(job: &Prepared) -> u64 {
    BASE + FOR_EACH_OBJECT * job.outside.objects
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::repository::Outside;

    fn job(id: i64, sketch: &[u8]) -> Prepared {
        let outside = Outside {
            bytes: 1,
            sketch: sketch.to_vec(),
            ..Outside::default()
        };
        Prepared {
            id,
            label: id.to_string(),
            path: PathBuf::new(),
            outside,
            state: String::new(),
            tries: 0,
            is_mirror: false,
            cache: Some(PathBuf::from(format!("cache/{id}"))),
            begun: None,
        }
    }

    fn scheduler() -> Scheduler {
        let bounds = Bounds {
            workers: 2,
            memory: 8 << 30,
            timeout: Duration::from_secs(1),
        };
        Scheduler::new(bounds, Seeds::new(), 0)
    }

    #[test]
    fn forks_begin_with_the_first_as_soon_as_it_is_scanned() {
        let scheduler = scheduler();
        let (one, other) = (scheduler.lane(), scheduler.lane());
        for id in 1..=3 {
            scheduler.add(job(id, b"the same"));
        }
        let first = scheduler.next(one).unwrap();
        assert!(first.seed.is_none() && first.has_relatives);
        // The store does not have it yet.
        scheduler.release(&first.job, true);
        let second = scheduler.next(one).unwrap();
        assert_eq!(second.seed, first.job.cache);
        assert_eq!(second.threads, 1);
        scheduler.end(first.job, false);
        scheduler.release(&second.job, true);
        // The worker of the first is not waiting.
        let third = scheduler.next(other).unwrap();
        assert!(third.seed.is_some() && third.has_relatives);
    }

    #[test]
    fn what_failed_begins_nothing() {
        let scheduler = scheduler();
        let lane = scheduler.lane();
        scheduler.add(job(1, b"the same"));
        scheduler.add(job(2, b"the same"));
        scheduler.add(job(3, b"another."));
        let first = scheduler.next(lane).unwrap();
        scheduler.release(&first.job, false);
        let others = [scheduler.next(lane).unwrap(), scheduler.next(lane).unwrap()];
        assert!(others.iter().all(|other| other.seed.is_none()));
        assert!(others.iter().all(|other| !other.has_relatives));
    }
}
