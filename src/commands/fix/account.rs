//! Reports what was fixed and what needs a person.

use std::io::Write as _;

use crate::report::visible;

use super::super::Error;
use super::choice::Also;
use super::{Options, Outcome, notes};
use crate::commands::output::print;

/// Prints the diff of a dry run to standard output and the account of it to standard error, so that the diff can be
/// piped. Without a dry run, the account goes to standard output.
pub(super) fn write(outcome: &Outcome, options: &Options) -> Result<(), Error> {
    if !options.dry_run {
        return if options.quiet {
            Ok(())
        } else {
            print(&account(outcome, options))
        };
    }
    let diffs = outcome
        .changed
        .iter()
        .filter_map(|file| file.diff.as_deref());
    print(&diffs.collect::<String>())?;
    if !options.quiet {
        let account = account(outcome, options);
        // If standard error is closed, nobody reads the account.
        let _ = anstream::stderr().write_all(account.as_bytes());
    }
    Ok(())
}

/// Lists what changes elsewhere, and which fixes nobody asked for.
fn open(outcome: &Outcome) -> String {
    let mut text = String::new();
    if !outcome.dependents.is_empty() {
        let places = visible(&outcome.dependents.join(", ")).into_owned();
        text += &format!("still has a removed value, change it at the same time: {places}\n");
    }
    if !outcome.outdated.is_empty() {
        let places = visible(&outcome.outdated.join(", ")).into_owned();
        text += &format!("also names what has changed: {places}\n");
    }
    for problem in &outcome.unresolved {
        text += &format!("not resolved: {}\n", visible(problem));
    }
    for line in &outcome.spared {
        text += &format!("{}\n", visible(line));
    }
    for (also, held) in &outcome.held {
        let count = held.count;
        let fixes = if count == 1 {
            "fix that needs"
        } else {
            "fixes that need"
        };
        let about = held.listed();
        text += &format!(
            "left alone: {count} {fixes} `--also {also}`: {}",
            visible(&about)
        );
        if *also == Also::Shared && !outcome.noticed.is_empty() {
            let places = outcome.noticed.join(", ");
            text += &format!(" (a program has what they change: {})", visible(&places));
        }
        if *also == Also::Ports && !outcome.needed.is_empty() {
            let places = outcome.needed.join(", ");
            text += &format!(" (some are reached from elsewhere: {})", visible(&places));
        }
        if *also == Also::Generated && !outcome.writers.is_empty() {
            let places = outcome.writers.join(", ");
            text += &format!(" (something writes them: {})", visible(&places));
        }
        text.push('\n');
    }
    if !outcome.unlimited.is_empty() {
        let workflows = visible(&outcome.unlimited.join(", ")).into_owned();
        text += &format!(
            "no `permissions` were set where a step may need more than to read the code: {workflows}\n"
        );
    }
    if outcome.moving > 0 {
        let actions = if outcome.moving == 1 {
            "action is"
        } else {
            "actions are"
        };
        text += &format!(
            "left alone: {} {actions} used by a tag that moves; `--resolve` asks which commit it is now, and pins that\n",
            outcome.moving
        );
    }
    text
}

/// Lists what no fix changes.
fn by_hand(outcome: &Outcome) -> String {
    let mut text = String::new();
    if !outcome.left.is_empty() {
        text += "fix by hand\n";
    }
    for finding in &outcome.left {
        let start = finding.location.region.start;
        text += &format!(
            "  {}:{}:{}: {}[{}]: {}\n",
            visible(&finding.location.path),
            start.line,
            start.column,
            finding.severity,
            finding.rule,
            visible(&finding.message)
        );
    }
    text
}

fn account(outcome: &Outcome, options: &Options) -> String {
    let mut text = String::new();
    let verb = if options.dry_run {
        "would fix"
    } else {
        "fixed"
    };
    for file in &outcome.changed {
        text += &format!("{verb} {}\n", visible(&file.path));
        for fix in &file.fixes {
            let (subject, what) = (visible(&fix.subject), visible(&fix.description));
            text += &format!("  {}: {subject}: {what}\n", fix.rule);
        }
    }
    for variables in &outcome.variables {
        text += &format!(
            "set before the next start of {}: {}{}\n",
            visible(&variables.path),
            visible(&variables.names.join(", ")),
            match &variables.sample {
                Some(sample) => format!(" ({} lists them)", visible(sample)),
                None => String::new(),
            }
        );
    }
    text += &notes::of(outcome);
    text += &open(outcome);
    for (path, reason) in &outcome.failed {
        text += &format!("left {} unchanged: {}\n", visible(path), visible(reason));
    }
    text += &by_hand(outcome);
    for gap in &outcome.coverage.gaps {
        if gap.is_undecided() {
            text += &format!(
                "not read: {}: {}\n",
                visible(&gap.place),
                visible(&gap.reason)
            );
        }
    }
    let done: usize = outcome.changed.iter().map(|file| file.fixes.len()).sum();
    let fixes = if done == 0 {
        0
    } else {
        done.max(outcome.settled)
    };
    let (files, left) = (outcome.changed.len(), outcome.left.len());
    let plural = |n: usize| if n == 1 { "" } else { "s" };
    text += &match (fixes, left) {
        (0, 0) => "nothing to fix\n".to_owned(),
        (0, left) => format!(
            "nothing can be fixed automatically; {left} finding{} left\n",
            plural(left)
        ),
        (fixes, left) => format!(
            "{verb} {fixes} finding{} in {files} file{}; {left} left\n",
            plural(fixes),
            plural(files)
        ),
    };
    text
}
