//! A table with one finding per row and its repository in the first column.

use super::estate::{Estate, Standing};
use crate::error::Error;

const HEAD: &[&str] = &[
    "repository",
    "host",
    "repository_id",
    "severity",
    "confidence",
    "rule",
    "message",
    "path",
    "member",
    "line",
    "state",
    "decides",
    "checksum_valid",
    "in_use",
    "presence",
    "owner",
    "owned_by",
    "author",
    "email",
    "committed",
    "commit",
    "object",
    "accepted_by",
    "reason",
    "until",
    "secret",
    "fingerprint",
    "points",
    "why",
    "change",
];

/// Columns that differ between two runs that find the same.
const CHANGING: &[&str] = &["first_run", "last_run"];

/// Returns the table.
pub(super) fn text(estate: &Estate, stable: bool) -> Result<String, Error> {
    let mut table = csv::Writer::from_writer(Vec::new());
    let changing = CHANGING.iter().filter(|_| !stable);
    let failed = |error: csv::Error| Error::Output(std::io::Error::other(error));
    table
        .write_record(HEAD.iter().chain(changing))
        .map_err(failed)?;
    for finding in &estate.findings {
        let row = &finding.row;
        let of = &estate.repositories[finding.repository].row;
        let (by, reason, until) = match &finding.standing {
            Standing::Accepted { by, reason } => (by.clone(), reason.clone(), None),
            Standing::Decided(decision) => (
                decision.who.clone(),
                decision.reason.clone(),
                decision.until.clone(),
            ),
            _ => Default::default(),
        };
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let used = row.secret.and_then(|secret| estate.in_use.get(&secret));
        let mut cells = vec![
            of.label.clone(),
            of.host.clone(),
            of.provider_id.clone(),
            row.severity.clone(),
            row.confidence.clone(),
            row.rule.clone(),
            row.message.clone(),
            row.path.clone(),
            text(&row.member),
            row.region[0].to_string(),
            finding.standing.word().to_owned(),
            finding.decides.to_string(),
            row.is_proven.to_string(),
            used.map_or_else(String::new, ToString::to_string),
            text(&row.presence),
            text(&finding.owner),
            text(&finding.owned_by),
            text(&row.author),
            text(&row.email),
            text(&row.date),
            text(&row.first_commit),
            text(&row.object),
            by,
            reason,
            until.unwrap_or_default(),
            // Rows with the same number have the same secret.
            if stable {
                String::new()
            } else {
                row.secret
                    .map_or_else(String::new, |secret| secret.to_string())
            },
            row.fingerprint.clone(),
            finding.priority.points.to_string(),
            finding.priority.reasons.join(", "),
            finding.change.unwrap_or_default().to_owned(),
        ];
        if !stable {
            cells.extend([row.first_run.to_string(), row.last_run.to_string()]);
        }
        table
            .write_record(cells.iter().map(|cell| plain(cell)))
            .map_err(failed)?;
    }
    let bytes = table
        .into_inner()
        .map_err(|error| Error::Output(error.into_error()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Returns a cell that no spreadsheet interprets as a formula.
fn plain(cell: &str) -> String {
    let cell: String = cell
        .chars()
        .filter(|c| !c.is_control() || *c == '\n')
        .collect();
    if cell.starts_with(['=', '+', '-', '@', '\t']) {
        format!("'{cell}")
    } else {
        cell
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_no_formulas() {
        assert_eq!(plain("=cmd()"), "'=cmd()");
        assert_eq!(plain("@team"), "'@team");
        assert_eq!(plain("a=b\u{1b}"), "a=b");
    }
}
