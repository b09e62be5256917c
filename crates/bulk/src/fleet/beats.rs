//! Heartbeats: tells the queue that a job is still being worked on, well before it would be handed to another worker.

use std::time::Duration;

use async_nats::jetstream::{AckKind, Message};
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;

/// Sends heartbeats for one job until it is dropped.
pub(super) struct Beats(JoinHandle<()>);

impl Beats {
    /// Starts the heartbeats; two of them may be lost before `ack_wait` ends.
    pub(super) fn start(runtime: &Runtime, message: &Message, ack_wait: Duration) -> Self {
        let (_, acker) = message.clone().split();
        Self(runtime.spawn(async move {
            loop {
                tokio::time::sleep(ack_wait / 4).await;
                // A server that is unavailable gets the next one.
                let _ = acker.ack_with(AckKind::Progress).await;
            }
        }))
    }
}

impl Drop for Beats {
    fn drop(&mut self) {
        self.0.abort();
    }
}
