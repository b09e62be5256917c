//! `gonogo bulk find` as it is typed, and what it prints.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde_json::json;

use super::scan::HowArgs;
use super::{GO, KeyArgs, NO_GO, UNDECIDED, print, visible, warn};
use crate::error::Error;
use crate::find::{self, Answered, Form, Options};
use crate::report::count;
use crate::store::Store;
use crate::worker;

/// More is no list of values.
const MAX_INPUT: u64 = 64 << 20;

/// How many places of a value are listed as text.
const MOST_PLACES: usize = 20;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Shape {
    Text,
    Jsonl,
}

/// Say whether values that are yours are in any repository, or ever were
///
/// Values come on standard input: one on each line, a `.env`, a Secret of Kubernetes, or an export of Vault. They are
/// kept in memory only, and looked for exactly, in every object and in every encoding. With --store, the same comparison
/// says of each stored finding whether its value is still in use.
///
/// Exit code 0: none is anywhere. 1: at least one is in a repository, or is a secret in the store that is still there. 2:
/// none was found, but not everything could be searched.
#[derive(Debug, Args)]
pub(super) struct FindArgs {
    /// What to search: folders of repositories, or a file that lists some
    #[arg(value_name = "SOURCE", required_unless_present = "store")]
    sources: Vec<String>,

    /// What standard input is
    #[arg(long = "from", value_enum, value_name = "FORM", default_value_t = Form::Auto)]
    form: Form,

    /// Look for values of fewer than 6 bytes, too
    #[arg(long)]
    short: bool,

    /// Take every variable of a `.env`, not only those that are called as credentials are
    #[arg(long)]
    all_names: bool,

    /// Compare the findings of this store, too
    #[arg(long, value_name = "FILE")]
    store: Option<PathBuf>,

    #[command(flatten)]
    key: KeyArgs,

    #[command(flatten)]
    marks: MarkArgs,

    #[command(flatten)]
    how: HowArgs,

    /// How to print what is found
    #[arg(long, short, value_enum, default_value_t = Shape::Text)]
    format: Shape,
}

/// What the comparison says of secrets in the store that are none of the values.
#[derive(Debug, Args)]
struct MarkArgs {
    /// The values are all that are in use: call every other value in the store not in use, which later comparisons leave
    /// so; --forget-marks takes it back
    #[arg(long, requires = "store")]
    complete: bool,

    /// Take back what all comparisons so far have said of the secrets in the store, and compare nothing
    #[arg(long, requires = "store", conflicts_with_all = ["sources", "complete"])]
    forget_marks: bool,
}

impl FindArgs {
    pub(super) fn run(&self) -> Result<u8, Error> {
        worker::no_core_file().map_err(Error::Usage)?;
        if let (true, Some(store)) = (self.marks.forget_marks, &self.store) {
            let number = Store::open_to_change(store)?.forget_use()?;
            print(&format!("{} not compared again\n", count(number, "secret")))?;
            return Ok(GO);
        }
        let mut input = Vec::new();
        let read = std::io::stdin()
            .lock()
            .take(MAX_INPUT + 1)
            .read_to_end(&mut input);
        read.map_err(|error| Error::usage(format!("standard input: {error}")))?;
        if input.len() as u64 > MAX_INPUT {
            return Err(Error::usage(
                "standard input: more than 64 MiB are no list of values",
            ));
        }
        let store = self
            .store
            .as_ref()
            .map(|store| (store.clone(), self.key.file(store)));
        let options = Options {
            sources: self.sources.clone(),
            form: self.form,
            short: self.short,
            all_names: self.all_names,
            store,
            complete: self.marks.complete,
            bounds: self.how.bounds(),
        };
        let answered = find::run(&options, &input)?;
        answered.left_out.iter().for_each(|line| warn(line));
        match self.format {
            Shape::Text => print(&text(&answered))?,
            Shape::Jsonl => print(&lines(&answered))?,
        }
        Ok(
            if !answered.places.is_empty() || !answered.stored.is_empty() {
                NO_GO
            } else if answered.open.is_empty() {
                GO
            } else {
                UNDECIDED
            },
        )
    }
}

fn text(answered: &Answered) -> String {
    let mut text = String::new();
    let mut by_value: BTreeMap<usize, Vec<_>> = BTreeMap::new();
    for (label, place) in &answered.places {
        by_value
            .entry(place.value)
            .or_default()
            .push((label, place));
    }
    for (value, places) in &by_value {
        let name = &answered.names[*value];
        text.push_str(&format!(
            "{}: {}\n",
            visible(name),
            count(places.len(), "place")
        ));
        for (label, place) in places.iter().take(MOST_PLACES) {
            let how = if place.encoding.is_empty() {
                String::new()
            } else {
                format!(", in {}", place.encoding)
            };
            let commit = place.commit.as_deref().and_then(|id| id.get(..12));
            let commit = commit
                .map(|id| format!(", since commit {id}"))
                .unwrap_or_default();
            let object = place.object.get(..12).unwrap_or_default();
            let at = if place.path.is_empty() {
                format!("{} {object}", place.origin)
            } else {
                format!("{}:{}", place.path, place.line)
            };
            text.push_str(&format!(
                "  {} {}: {}{commit}{how}\n",
                visible(label),
                visible(&at),
                place.presence
            ));
        }
        if places.len() > MOST_PLACES {
            text.push_str(&format!(
                "  and {}\n",
                count(places.len() - MOST_PLACES, "more place")
            ));
        }
    }
    for (label, why) in &answered.open {
        text.push_str(&format!(
            "not all searched: {}: {}\n",
            visible(label),
            visible(why)
        ));
    }
    if answered.repositories > 0 {
        text.push_str(&format!(
            "{} of {} found in {}; {} searched\n",
            by_value.len(),
            count(answered.names.len(), "value"),
            count(answered.repositories, "repository"),
            count(
                usize::try_from(answered.objects).unwrap_or(usize::MAX),
                "object"
            ),
        ));
    }
    for (name, findings) in &answered.stored {
        let findings = count(usize::try_from(*findings).unwrap_or_default(), "finding");
        text.push_str(&format!("{}: in the store, {findings}\n", visible(name)));
    }
    if let Some(compared) = answered.compared {
        text.push_str(&format!(
            "{} of {} in the store; by all comparisons so far {} of its secrets are still in use, {} are not, {} were \
             not compared\n",
            answered.stored.len(),
            count(answered.names.len(), "value"),
            compared.in_use,
            compared.not_in_use,
            compared.unknown
        ));
    }
    text
}

fn lines(answered: &Answered) -> String {
    let mut text = String::new();
    for (label, place) in &answered.places {
        let line = json!({
            "type": "place",
            "value": answered.names[place.value],
            "repository": label,
            "path": place.path,
            "line": place.line,
            "object": place.object,
            "origin": place.origin,
            "presence": place.presence,
            "commit": place.commit,
            "encoding": place.encoding,
        });
        text.push_str(&format!("{line}\n"));
    }
    for (label, why) in &answered.open {
        text.push_str(&format!(
            "{}\n",
            json!({ "type": "not-searched", "repository": label, "why": why })
        ));
    }
    for (name, findings) in &answered.stored {
        let line = json!({ "type": "stored", "value": name, "findings": findings });
        text.push_str(&format!("{line}\n"));
    }
    let compared = answered.compared.map(|it| {
        json!({ "values": answered.stored.len(), "in_use": it.in_use, "not_in_use": it.not_in_use, "not_compared": it.unknown })
    });
    let summary = json!({
        "type": "summary",
        "values": answered.names.len(),
        "repositories": answered.repositories,
        "objects": answered.objects,
        "store": compared,
    });
    text + &format!("{summary}\n")
}
