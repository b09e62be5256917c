//! The queue: a NATS JetStream stream whose messages are the jobs, each for one worker at a time.

use std::path::PathBuf;
use std::time::Duration;

use async_nats::ConnectOptions;
use async_nats::jetstream::consumer::{AckPolicy, PullConsumer, pull};
use async_nats::jetstream::context::PublishAckFuture;
use async_nats::jetstream::message::PublishMessage;
use async_nats::jetstream::stream::{
    Config, PersistenceMode, RawMessageErrorKind, RetentionPolicy, StorageType, Stream,
};
use async_nats::jetstream::{self, AckKind, Context, Message};
use clap::Args;
use futures_util::StreamExt;
use tokio::runtime::Runtime;

use super::Job;
use crate::error::Error;
use crate::token::{Origin, Token, hide, is_variable};

/// How long the server recognises a resent message by its id.
const DUPLICATES: Duration = Duration::from_secs(120);

/// How long one request for a job waits.
pub(super) const PATIENCE: Duration = Duration::from_secs(2);

/// The consumer that all workers share.
const CONSUMER: &str = "workers";

/// Where the queue is, and how it is entered.
#[derive(Debug, Clone, Args)]
pub(crate) struct QueueArgs {
    /// The NATS server: `nats://HOST:4222` or `tls://HOST:4222`
    #[arg(long, value_name = "ADDRESS")]
    queue: String,

    /// The stream of the jobs
    #[arg(long, value_name = "NAME", default_value = "gonogo-bulk")]
    stream: String,

    /// The credentials file for NATS
    #[arg(long, value_name = "FILE")]
    queue_credentials: Option<PathBuf>,

    /// The variable that has the token for NATS
    #[arg(long, value_name = "VARIABLE", conflicts_with = "queue_credentials")]
    queue_token: Option<String>,

    /// The certificate authorities of the NATS server (PEM)
    #[arg(long, value_name = "FILE")]
    queue_ca: Option<PathBuf>,

    /// The monitoring address of the NATS server, as `http://HOST:8222`: warns if the server may lose jobs with its machine
    #[arg(long, value_name = "ADDRESS")]
    queue_monitor: Option<String>,

    /// After so long without a sign of a worker its job is handed to another one; the same for all workers
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = crate::cli::duration)]
    ack_wait: Duration,

    /// How many copies of the stream there are: 1, or 3 in a cluster
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=5))]
    replicas: u8,
}

/// An open queue.
pub(crate) struct Queue {
    pub(super) runtime: Runtime,
    context: Context,
    stream: Stream,
    name: String,
    pub(super) ack_wait: Duration,
}

fn failed(what: &str, error: &dyn std::fmt::Display) -> Error {
    Error::usage(format!("the queue: {what}: {error}"))
}

impl Queue {
    /// Connects to the server; creates the stream if there is none.
    pub(crate) fn open(args: &QueueArgs) -> Result<Self, Error> {
        let is_plain = args
            .queue
            .split("://")
            .nth(1)
            .is_some_and(|rest| !rest.contains('@'));
        if !is_plain || !(args.queue.starts_with("nats://") || args.queue.starts_with("tls://")) {
            let why = "write --queue nats://HOST:4222 without a user or a password: name those by --queue-credentials or \
                       --queue-token";
            return Err(Error::usage(why));
        }
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        if args.stream.is_empty() || !args.stream.chars().all(is_name) {
            return Err(Error::usage(
                "--stream: a name has letters, digits, `-` and `_` only",
            ));
        }
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        let runtime = builder.worker_threads(2).enable_all().build();
        let runtime = runtime.map_err(|error| failed("threads", &error))?;
        let options = connect_options(args)?.retry_on_initial_connect();
        if let Some(address) = &args.queue_monitor {
            check_writes(address)?;
        }
        let replicas = usize::from(args.replicas);
        let (context, stream) = runtime.block_on(async {
            let client = tokio::time::timeout(Duration::from_secs(20), async {
                let client = options
                    .connect(&args.queue)
                    .await
                    .map_err(|error| failed("it cannot be reached", &error))?;
                client
                    .flush()
                    .await
                    .map_err(|error| failed("it cannot be reached", &error))?;
                Ok::<_, Error>(client)
            });
            let client = match client.await {
                Ok(client) => client?,
                Err(_) => return Err(unreachable(args).await),
            };
            let context = jetstream::new(client);
            let stream = stream(&context, &args.stream, replicas).await?;
            Ok::<_, Error>((context, stream))
        })?;
        Ok(Self {
            runtime,
            context,
            stream,
            name: args.stream.clone(),
            ack_wait: args.ack_wait,
        })
    }

    /// Sends jobs to the queue, and waits until they are stored.
    pub(super) fn offer(&self, jobs: &[Job]) -> Result<(), Error> {
        self.runtime.block_on(async {
            // The id only prevents sending twice to a running server; the database knows what is done.
            let id = |job: &Job| format!("{}/{}", job.run, job.repository);
            let mut open: Vec<(&Job, String)> = jobs.iter().map(|job| (job, id(job))).collect();
            while !open.is_empty() {
                let mut waiting = Vec::with_capacity(open.len());
                for (job, id) in open {
                    waiting.push((job, self.send(job, id).await?));
                }
                open = Vec::new();
                for (job, sent) in waiting {
                    let stored = sent
                        .await
                        .map_err(|error| failed("a job was not stored", &error))?;
                    // For a while, the server also remembers the ids of messages that are gone.
                    if stored.duplicate && !self.has(stored.sequence).await? {
                        open.push((job, format!("{}/{}", id(job), stored.sequence)));
                    }
                }
            }
            Ok(())
        })
    }

    async fn send(&self, job: &Job, id: String) -> Result<PublishAckFuture, Error> {
        let payload = serde_json::to_vec(job).map_err(|error| failed("a job", &error))?;
        let message = PublishMessage::build()
            .payload(payload.into())
            .message_id(id);
        let subject = format!("{}.jobs", self.name);
        let sent = self.context.send_publish(subject, message).await;
        sent.map_err(|error| failed("a job cannot be handed over", &error))
    }

    /// Whether the message with this number is still in the stream.
    async fn has(&self, number: u64) -> Result<bool, Error> {
        match self.stream.get_raw_message(number).await {
            Ok(_) => Ok(true),
            Err(error) if error.kind() == RawMessageErrorKind::NoMessageFound => Ok(false),
            Err(error) => Err(failed("a job cannot be looked for", &error)),
        }
    }

    /// Returns how many jobs are in the stream, including those that workers have in hand. The consumer's own count
    /// leaves out jobs that have been handed out as often as allowed.
    pub(super) fn left(&self) -> Result<u64, Error> {
        self.runtime.block_on(async {
            let mut stream = self.stream.clone();
            let info = stream
                .info()
                .await
                .map_err(|error| failed("its state", &error))?;
            Ok(info.state.messages)
        })
    }

    /// Returns the consumer of the workers; creates it if there is none.
    pub(super) fn consumer(&self) -> Result<PullConsumer, Error> {
        self.runtime.block_on(async {
            let config = pull::Config {
                durable_name: Some(CONSUMER.to_owned()),
                ack_policy: AckPolicy::Explicit,
                ack_wait: self.ack_wait,
                // With a limit, a job that reached it would stay in the stream without ever being handed out again.
                max_deliver: -1,
                max_ack_pending: 100_000,
                ..pull::Config::default()
            };
            self.stream.create_consumer(config).await.map_err(|error| {
                failed(
                    "another consumer has this stream: name another one by --stream",
                    &error,
                )
            })
        })
    }

    /// Returns the next jobs, at most `most`; none if there are none within `wait`. If more than one is asked for, only
    /// those already there are taken.
    pub(super) fn next(
        &self,
        consumer: &PullConsumer,
        most: usize,
        wait: Duration,
    ) -> Result<Vec<Message>, Error> {
        self.runtime.block_on(async {
            let mut fetch = consumer.fetch().max_messages(most);
            if most == 1 && !wait.is_zero() {
                fetch = fetch.expires(wait);
            }
            let batch = fetch.messages().await;
            let mut batch = batch.map_err(|error| failed("no job can be had", &error))?;
            let mut messages = Vec::new();
            loop {
                match tokio::time::timeout(PATIENCE * 3, batch.next()).await {
                    Ok(Some(Ok(message))) => messages.push(message),
                    Ok(Some(Err(error))) if messages.is_empty() => {
                        return Err(failed("no job can be had", &error));
                    }
                    Ok(Some(Err(_)) | None) | Err(_) => return Ok(messages),
                }
            }
        })
    }

    /// Removes finished jobs from the queue. Only the last one is confirmed by the server, which stands for all, since
    /// it processes them in order. A job whose removal is lost comes again, and is found to be done.
    pub(super) fn end(&self, messages: &[Message]) {
        let Some((last, others)) = messages.split_last() else {
            return;
        };
        let ended = async {
            for message in others {
                message.ack().await?;
            }
            last.double_ack().await
        };
        let ended = async { tokio::time::timeout(PATIENCE * 2, ended).await };
        // If this fails, all of them come again.
        let _ = self.runtime.block_on(ended);
    }

    /// Removes a job that is given up from the queue.
    pub(super) fn give_up(&self, message: &Message) {
        let given_up = async {
            tokio::time::timeout(PATIENCE * 2, message.double_ack_with(AckKind::Term)).await
        };
        // If this is lost, the job comes again, and is found to be given up.
        let _ = self.runtime.block_on(given_up);
    }

    /// Returns a job to the queue, to be handed out again after a pause.
    pub(super) fn give_back(&self, message: &Message, pause: Duration) {
        let given = async {
            tokio::time::timeout(PATIENCE, message.ack_with(AckKind::Nak(Some(pause)))).await
        };
        // If this is lost, the job is handed out again after `ack_wait`.
        let _ = self.runtime.block_on(given);
    }
}

/// Returns the options for connecting to the server.
fn connect_options(args: &QueueArgs) -> Result<ConnectOptions, Error> {
    let mut options = ConnectOptions::new()
        .name("gonogo-bulk")
        .connection_timeout(Duration::from_secs(10));
    if let Some(path) = &args.queue_ca {
        // The client would try to read the file on each attempt to connect, without saying what is wrong.
        crate::forge::agent(Some(path)).map_err(Error::usage)?;
        options = options
            .add_root_certificates(path.clone())
            .require_tls(true);
    }
    if let Some(path) = &args.queue_credentials {
        let text = std::fs::read_to_string(path).map_err(|error| Error::file(path, error))?;
        let wrong = |_| {
            Error::usage(format!(
                "{}: this is no credentials file of NATS",
                path.display()
            ))
        };
        options = options.credentials(&text).map_err(wrong)?;
    }
    if let Some(name) = &args.queue_token {
        options = options.token(token(name)?);
    }
    Ok(options)
}

/// Returns why a server could not be reached for so long, which the client reports only for a single attempt.
async fn unreachable(args: &QueueArgs) -> Error {
    let options = match connect_options(args) {
        Ok(options) => options,
        Err(error) => return error,
    };
    let why = match options.connect(&args.queue).await {
        Ok(_) => "it does not answer".to_owned(),
        Err(error) => error.to_string(),
    };
    let what = format!("{} cannot be reached", args.queue);
    failed(
        &what,
        &format!("{why}: check the address, and whether it runs"),
    )
}

fn token(name: &str) -> Result<String, Error> {
    if !is_variable(name) {
        return Err(Error::usage(
            "--queue-token: write the name of the variable that has the token",
        ));
    }
    hide(name);
    let origin = Origin::Variable(name.to_owned());
    let token = Token {
        host: "the queue".to_owned(),
        user: None,
        origin,
        below: String::new(),
    };
    token.value().map_err(Error::usage)
}

/// Warns about a server that writes to its disk only from time to time: if its machine fails, jobs that it has accepted
/// are lost until `gonogo bulk plan` sends them again.
fn check_writes(address: &str) -> Result<(), Error> {
    let agent = crate::forge::agent(None).map_err(Error::usage)?;
    let url = format!("{}/jsz?config=1", address.trim_end_matches('/'));
    let asked = agent
        .get(&url)
        .call()
        .and_then(|mut response| response.body_mut().read_to_string());
    let text = asked.map_err(|error| failed("its monitoring address", &error))?;
    let value: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
    let config = &value["config"];
    if config.is_object() && config["sync_always"] != true {
        let seconds = config["sync_interval"].as_u64().unwrap_or(0) / 1_000_000_000;
        crate::cli::warn(&format!(
            "the queue: the server writes to its disk every {seconds} s: what it has accepted since is lost with its \
             machine; set `sync_interval: always`, or run `gonogo bulk plan` again after such a loss"
        ));
    }
    Ok(())
}

/// Returns the stream, if it stores jobs as required.
async fn stream(context: &Context, name: &str, replicas: usize) -> Result<Stream, Error> {
    let config = Config {
        name: name.to_owned(),
        subjects: vec![format!("{name}.jobs")],
        retention: RetentionPolicy::WorkQueue,
        storage: StorageType::File,
        duplicate_window: DUPLICATES,
        num_replicas: replicas,
        ..Config::default()
    };
    let stream = context.get_or_create_stream(config).await;
    let stream = stream
        .map_err(|error| failed("there is no stream for jobs, and none can be made", &error))?;
    let config = &stream.cached_info().config;
    let wrong = |why: &str| {
        Err(Error::usage(format!(
            "the stream {name} {why}: name another one by --stream"
        )))
    };
    if config.retention != RetentionPolicy::WorkQueue {
        return wrong("is no work queue");
    }
    if config.storage != StorageType::File {
        return wrong("is kept in memory, and gone when the server ends");
    }
    if config.persist_mode == Some(PersistenceMode::Async) {
        return wrong("loses jobs that it has accepted when the server ends (persist_mode async)");
    }
    Ok(stream)
}
