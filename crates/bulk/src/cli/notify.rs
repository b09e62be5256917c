//! `gonogo bulk notify` as it is typed.

use std::path::PathBuf;

use clap::Args;

use super::{GO, StoreArgs, print};
use crate::error::Error;
use crate::forge::post;
use crate::owners::{Mapping, plain_name};
use crate::report::{Estate, Filter, Since, message};
use crate::store::Store;
use crate::token::{Origin, Token, hide, is_variable};

/// Send what is new to a webhook, as JSON and without a value; without --send, print what would be sent
///
/// What was sent is not sent again: each time it is about the runs since then.
#[derive(Debug, Args)]
pub(super) struct NotifyArgs {
    #[command(flatten)]
    store: StoreArgs,

    /// Send it; needs --webhook or --webhook-file
    #[arg(long)]
    send: bool,

    /// The variable that has the address of the webhook, which may be a secret itself
    #[arg(long, value_name = "VARIABLE", conflicts_with = "webhook_file")]
    webhook: Option<String>,

    /// The file that has the address of the webhook
    #[arg(long, value_name = "FILE")]
    webhook_file: Option<PathBuf>,

    /// The variable that has a token, which is sent as `Authorization: Bearer`
    #[arg(long, value_name = "VARIABLE")]
    webhook_token: Option<String>,

    /// The certificate authorities of the webhook (PEM)
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,

    /// What is new since this run or this day instead; `last` for what the last run has brought
    #[arg(long, value_name = "RUN|DATE|last")]
    since: Option<String>,

    /// Only findings of owners with this in their names
    #[arg(long, value_name = "NAME")]
    owner: Option<String>,
}

impl NotifyArgs {
    pub(super) fn run(&self) -> Result<u8, Error> {
        let webhook = self.origin()?;
        let store = if self.send {
            Store::open_to_change(&self.store.store)?
        } else {
            Store::read(&self.store.store)?
        };
        let filter = Filter {
            owner: None,
            repository: None,
        };
        let mut estate = Estate::read(&store, &Mapping::default(), &filter)?;
        if let Some(owner) = &self.owner {
            let wanted = plain_name(owner).to_lowercase();
            let has = |owner: &String| owner.to_lowercase().contains(&wanted);
            estate
                .findings
                .retain(|finding| finding.owner.as_ref().is_some_and(has));
        }
        let last = estate.runs.last().map_or(0, |run| run.id);
        let since = match (&self.since, store.notified()?) {
            (Some(text), _) => Since::parse(text, &estate)?,
            (None, Some(run)) => Since(run),
            (None, None) => Since::parse("last", &estate)?,
        };
        let Some(message) = message(&mut estate, since) else {
            print("nothing is new: nothing is sent\n")?;
            return Ok(GO);
        };
        let text = serde_json::to_string_pretty(&message).unwrap_or_default();
        let Some(webhook) = webhook.filter(|_| self.send) else {
            print(&format!("{text}\n"))?;
            return Ok(GO);
        };
        let url = webhook.value().map_err(Error::usage)?;
        let token = self.webhook_token.as_deref().map(variable).transpose()?;
        let token = token
            .map(|token| token.value().map_err(Error::usage))
            .transpose()?;
        post(&url, (token.as_deref(), self.ca.as_deref()), &text)
            .map_err(|why| Error::usage(format!("the webhook in {}: {why}", webhook.origin)))?;
        if self.owner.is_none() {
            store.set_notified(last)?;
        }
        print(&format!(
            "sent: {}\n",
            message["text"].as_str().unwrap_or_default()
        ))?;
        Ok(GO)
    }
}

impl NotifyArgs {
    /// Where the address of the webhook is.
    fn origin(&self) -> Result<Option<Token>, Error> {
        let origin = match (&self.webhook, &self.webhook_file) {
            (Some(name), _) => return variable(name).map(Some),
            (None, Some(path)) => Origin::File(path.clone()),
            (None, None) if self.send => {
                return Err(Error::usage(
                    "--send needs the address: name the variable that has it by --webhook",
                ));
            }
            (None, None) => return Ok(None),
        };
        Ok(Some(of(origin)))
    }
}

fn variable(name: &str) -> Result<Token, Error> {
    if !is_variable(name) {
        // What was typed may be the address itself.
        return Err(Error::usage(
            "--webhook and --webhook-token: write the name of a variable",
        ));
    }
    hide(name);
    Ok(of(Origin::Variable(name.to_owned())))
}

fn of(origin: Origin) -> Token {
    Token {
        host: "the webhook".to_owned(),
        user: None,
        origin,
        below: String::new(),
    }
}
