//! Asks about fixes one by one.

use std::collections::BTreeMap;
use std::io::{self, BufRead as _, Write as _};

use crate::model::{Edit, Finding, Fix, LineIndex};
use crate::report::visible;

use crate::commands::Error;

/// What was answered so far.
#[derive(Default)]
pub(super) struct Answers {
    known: BTreeMap<Question, Answer>,
    /// Whether to stop asking: everything without an answer is left alone.
    is_over: bool,
}

/// A fix of a finding, identified so that it is the same in each round.
type Question = (String, String, String, String);

/// What to do with a fix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer {
    /// Make it.
    Make,
    /// Leave the finding.
    Leave,
    /// Accept the finding by a comment that gives a reason.
    Allow(String),
}

/// The possible answers.
const HELP: &str = "y  make this change\nn  leave it\na  accept the finding: add a comment with a reason\nq  leave this and all others\n";

impl Answers {
    fn question(finding: &Finding, fix: &Fix) -> Question {
        (
            finding.location.path.clone(),
            fix.rule.to_string(),
            finding.message.clone(),
            fix.description.clone(),
        )
    }

    /// Returns the answer about a fix, asking for it unless it is known. `shown` returns what the finding states and
    /// the change as a diff, both redacted.
    ///
    /// # Errors
    ///
    /// Standard input or output fails.
    pub(super) fn about(
        &mut self,
        finding: &Finding,
        fix: &Fix,
        shown: impl FnOnce() -> (String, String),
    ) -> Result<Answer, Error> {
        let question = Self::question(finding, fix);
        if let Some(answer) = self.known.get(&question) {
            return Ok(answer.clone());
        }
        if self.is_over {
            return Ok(Answer::Leave);
        }
        let (says, diff) = shown();
        say(&format!("\n{says}\n{diff}"))?;
        let answer = self.ask()?;
        self.known.insert(question, answer.clone());
        Ok(answer)
    }

    fn ask(&mut self) -> Result<Answer, Error> {
        loop {
            let Some(word) = prompt("Make this change? [y,n,a,q,?] ")? else {
                self.is_over = true;
                return Ok(Answer::Leave);
            };
            match word.to_ascii_lowercase().as_str() {
                "y" | "yes" => return Ok(Answer::Make),
                "n" | "no" => return Ok(Answer::Leave),
                "q" | "quit" => {
                    self.is_over = true;
                    return Ok(Answer::Leave);
                }
                "a" | "allow" => {
                    let reason = prompt("Reason: ")?.unwrap_or_default();
                    if !reason.is_empty() {
                        return Ok(Answer::Allow(reason));
                    }
                    say("a finding is accepted for a reason\n")?;
                }
                _ => say(HELP)?,
            }
        }
    }
}

/// Returns a comment that accepts a finding for a reason, at the end of its line.
pub(super) fn comment(text: &str, finding: &Finding, reason: &str) -> Fix {
    let start = finding.location.region.start.byte;
    let line_end = text.get(start..).and_then(|rest| rest.find(['\n', '\r']));
    let at = line_end.map_or(text.len(), |end| start + end);
    let reason: String = reason.chars().filter(|c| !c.is_control()).collect();
    let rule = finding.rule.as_str();
    Fix {
        rule: finding.rule.clone(),
        description: "accept it with a comment".to_owned(),
        edits: vec![Edit {
            region: LineIndex::new(text.as_bytes()).region(at..at),
            replacement: format!(" # gonogo:allow {rule} {reason}"),
        }],
        is_optional: false,
    }
}

/// Asks a question, and returns one line of standard input; `None` at its end.
fn prompt(question: &str) -> Result<Option<String>, Error> {
    say(question)?;
    let mut line = String::new();
    let read = io::stdin().lock().read_line(&mut line);
    let size = read.map_err(|error| Error::Stream {
        stream: "standard input",
        error,
    })?;
    Ok((size > 0).then(|| line.trim().to_owned()))
}

/// Prints to standard error, so that standard output can be piped.
fn say(text: &str) -> Result<(), Error> {
    let text = crate::report::visible_lines(text);
    let written = anstream::stderr().write_all(text.as_bytes());
    written.map_err(|error| Error::Stream {
        stream: "standard error",
        error,
    })
}

/// Returns what a finding states, in one line.
pub(super) fn headline(path: &str, finding: &Finding, message: &str) -> String {
    format!(
        "{}:{}: {}[{}]: {}",
        visible(path),
        finding.location.region.start.line,
        finding.severity,
        finding.rule,
        visible(message)
    )
}
