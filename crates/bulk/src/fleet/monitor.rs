//! What a worker reports about itself while it works: whether it is alive, and how much it has done.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::Relaxed};
use std::thread;
use std::time::Duration;

use crate::clock;
use crate::error::Error;

/// After this many seconds without a job and without asking for one, a worker is not healthy.
const SILENT: i64 = 300;

/// The counters.
#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) covered: AtomicU64,
    pub(super) unchanged: AtomicU64,
    pub(super) failed: AtomicU64,
    /// Jobs that had been done before they were handed out again.
    pub(super) done_before: AtomicU64,
    /// How many times the queue or the database was unavailable.
    pub(super) away: AtomicU64,
    /// Jobs in hand.
    pub(super) busy: AtomicI64,
    /// When a lane last asked for work or ended a job.
    pub(super) seen: AtomicI64,
}

impl Counts {
    pub(super) fn alive(&self) {
        self.seen.store(clock::now(), Relaxed);
    }

    fn is_well(&self) -> bool {
        self.busy.load(Relaxed) > 0 || clock::now() - self.seen.load(Relaxed) < SILENT
    }

    /// Returns the counters in the text format of Prometheus.
    fn text(&self) -> String {
        let mut text = String::from(
            "# HELP gonogo_jobs_total Jobs that this worker has ended\n# TYPE gonogo_jobs_total counter\n",
        );
        for (outcome, count) in [
            ("covered", &self.covered),
            ("unchanged", &self.unchanged),
            ("failed", &self.failed),
            ("done_before", &self.done_before),
        ] {
            text.push_str(&format!(
                "gonogo_jobs_total{{outcome=\"{outcome}\"}} {}\n",
                count.load(Relaxed)
            ));
        }
        text.push_str("# HELP gonogo_away_total How often the queue or the database was away\n# TYPE gonogo_away_total counter\n");
        text.push_str(&format!("gonogo_away_total {}\n", self.away.load(Relaxed)));
        text.push_str("# HELP gonogo_jobs_in_hand Jobs that this worker works on\n# TYPE gonogo_jobs_in_hand gauge\n");
        text.push_str(&format!(
            "gonogo_jobs_in_hand {}\n",
            self.busy.load(Relaxed)
        ));
        text.push_str(
            "# HELP gonogo_seen_timestamp_seconds When this worker last looked for work\n",
        );
        text.push_str("# TYPE gonogo_seen_timestamp_seconds gauge\n");
        text.push_str(&format!(
            "gonogo_seen_timestamp_seconds {}\n",
            self.seen.load(Relaxed)
        ));
        text
    }
}

/// Answers `/metrics` and `/healthz` at `address` as long as the program runs.
pub(super) fn listen(address: &str, counts: &Arc<Counts>) -> Result<(), Error> {
    let listener = TcpListener::bind(address);
    let listener =
        listener.map_err(|error| Error::usage(format!("--listen {address}: {error}")))?;
    let counts = Arc::clone(counts);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // A client that disconnects early does not matter here.
            let _ = answer(&stream, &counts);
        }
    });
    Ok(())
}

fn answer(mut stream: &TcpStream, counts: &Counts) -> std::io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(2)))?;
    stream.set_write_timeout(Some(Duration::from_secs(2)))?;
    let mut line = String::new();
    BufReader::new(std::io::Read::take(stream, 4_096)).read_line(&mut line)?;
    let path = line.split_whitespace().nth(1).unwrap_or_default();
    let (status, body) = match path {
        "/metrics" => ("200 OK", counts.text()),
        "/healthz" if counts.is_well() => ("200 OK", "ok\n".to_owned()),
        "/healthz" => (
            "503 Service Unavailable",
            "no work was looked for\n".to_owned(),
        ),
        _ => ("404 Not Found", String::new()),
    };
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/plain; version=0.0.4\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes())?;
    stream.write_all(body.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_worker_without_work_is_well_as_long_as_it_looks_for_some() {
        let counts = Counts::default();
        assert!(!counts.is_well());
        counts.alive();
        assert!(
            counts.is_well()
                && counts
                    .text()
                    .contains("gonogo_jobs_total{outcome=\"covered\"} 0\n")
        );
        counts.seen.store(clock::now() - SILENT - 1, Relaxed);
        assert!(!counts.is_well());
        counts.busy.store(1, Relaxed);
        assert!(counts.is_well());
    }
}
