//! Scans blobs that were picked beforehand: those of the index, or of a range of commits.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use gix::ObjectId;

use crate::model::{Blob, Coverage, Gap, GapKind, Origin};
use crate::source::elsewhere::stand_in;
use crate::source::git::{Repo, pack::one_line, reader};
use crate::source::memory;
use crate::source::threads::on_threads;
use crate::source::{Limits, Meter, Outer, Text, Worker, decode, look_inside, oversized};

/// A blob to scan.
pub(in crate::source::git) struct Picked {
    pub(in crate::source::git) id: ObjectId,
    pub(in crate::source::git) path: String,
    pub(in crate::source::git) origin: Origin,
    /// Whether the worker sees `path`.
    pub(in crate::source::git) show_path: bool,
}

/// With fewer blobs than this, one thread is done before others have started.
const WORTH_A_THREAD: usize = 32;

/// Scans `picked` in parallel.
pub(in crate::source::git) fn scan<W: Worker>(
    repo: &Repo,
    picked: &[Picked],
    limits: Limits,
    meter: &Meter,
    new_worker: &(dyn Fn() -> W + Sync),
) -> (Coverage, Vec<W>) {
    meter.expect(picked.len() as u64);
    let next = AtomicUsize::new(0);
    let work = || {
        let mut reader = Reader {
            repo: repo.shared.to_thread_local(),
            limits,
            worker: new_worker(),
            coverage: Coverage::default(),
        };
        while let Some(blob) = picked.get(next.fetch_add(1, Relaxed)) {
            if meter.is_cancelled() {
                break;
            }
            reader.read(blob);
            meter.advance(1);
        }
        reader
    };
    let threads = limits.threads.min(picked.len().div_ceil(WORTH_A_THREAD));
    let mut coverage = Coverage::default();
    let mut workers = Vec::new();
    for reader in on_threads(threads, work) {
        coverage.merge(reader.coverage);
        workers.push(reader.worker);
    }
    coverage.gaps.sort();
    (coverage, workers)
}

/// One thread's part of the work.
struct Reader<W> {
    repo: gix::Repository,
    limits: Limits,
    worker: W,
    coverage: Coverage,
}

impl<W: Worker> Reader<W> {
    fn read(&mut self, picked: &Picked) {
        let known = reader::kept_blob(&self.repo, picked.id);
        if let Some(bytes) = known.filter(|it| it.len() as u64 <= self.limits.max_file_size) {
            return self.scan(picked, &bytes);
        }
        let header = self
            .repo
            .try_find_header(picked.id)
            .map(|header| header.map(|header| header.size()));
        let size = match header {
            Ok(Some(size)) => size,
            Ok(None) => {
                return self.gap(
                    GapKind::Missing,
                    picked,
                    "the blob is not in this clone".to_owned(),
                );
            }
            Err(error) => return self.gap(GapKind::Corrupt, picked, one_line(&error)),
        };
        if size > self.limits.max_file_size {
            self.coverage
                .gaps
                .push(oversized(picked.path.clone(), size, self.limits));
            return;
        }
        let _share = memory::share(size);
        let object = self.repo.find_object(picked.id).map(gix::Object::detach);
        match object {
            Ok(object) => {
                let bytes = reader::keep_blob(&self.repo, object, picked.id);
                self.scan(picked, &bytes);
            }
            Err(error) => self.gap(GapKind::Corrupt, picked, one_line(&error)),
        }
    }

    fn scan(&mut self, picked: &Picked, bytes: &[u8]) {
        let Text::Utf8(text) = decode(bytes) else {
            self.coverage.binary += 1;
            if picked.show_path {
                self.worker.binary(&picked.path);
            }
            let path = picked.show_path.then_some(picked.path.as_str());
            let found = (&mut self.worker, &mut self.coverage);
            let outer = Outer::of(path, &picked.origin);
            look_inside(&outer, bytes, self.limits, found);
            return;
        };
        if picked.origin.is_history() {
            self.coverage.blobs += 1;
        } else {
            self.coverage.files += 1;
        }
        self.coverage.bytes += bytes.len() as u64;
        if let Some((kind, reason)) = stand_in(bytes) {
            let gap = Gap::new(kind, picked.path.as_str(), reason);
            self.coverage.gaps.push(gap);
        }
        self.worker.blob(&Blob {
            bytes: &text,
            path: picked.show_path.then_some(picked.path.as_str()),
            origin: picked.origin.clone(),
        });
    }

    fn gap(&mut self, kind: GapKind, picked: &Picked, reason: String) {
        let place = format!("{} (object {})", picked.path, picked.id);
        self.coverage.gaps.push(Gap::new(kind, place, reason));
    }
}
