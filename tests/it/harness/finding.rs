//! Reports as programs read them, and secrets for tests to find.

use gonogo::detect::{example, proof};
use serde::Deserialize;
use serde_json::Value;

/// The rule that finds [`token`]s.
const TOKEN_RULE: &str = "github/personal-access-token";

/// Returns a GitHub token with a valid checksum, a different one for every `label`. It is assembled here so that no
/// file of this repository appears to contain one.
pub(crate) fn token(label: &str) -> String {
    let checksum = proof::by_name("crc32-base62");
    example::expand(label, "ghp_{{base62:30}}{{checksum}}", checksum).unwrap()
}

/// Returns a line of settings with a [`token`].
pub(crate) fn secret_line(label: &str) -> String {
    format!("token = {}\n", token(label))
}

/// Returns enough settings for git to recognise a file that was changed or moved.
pub(crate) fn many_lines(count: u32) -> String {
    let lines = (0..count).map(|n| format!("setting-{n} = {n}\n"));
    lines.collect::<Vec<_>>().concat()
}

/// What was reported, and how the program ended.
#[derive(Debug, Deserialize)]
#[must_use = "check its verdict or its findings"]
pub(crate) struct Report {
    #[serde(skip)]
    pub(crate) code: i32,
    pub(crate) verdict: String,
    pub(crate) coverage: Coverage,
    pub(crate) findings: Vec<Finding>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Coverage {
    pub(crate) files: u64,
    pub(crate) blobs: u64,
    pub(crate) commits: u64,
    pub(crate) tags: u64,
    pub(crate) members: u64,
    pub(crate) binary: u64,
    pub(crate) templates: u64,
    pub(crate) gaps: Vec<Gap>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Gap {
    pub(crate) kind: String,
    pub(crate) undecided: bool,
    pub(crate) place: String,
    pub(crate) reason: String,
    pub(crate) accepted: Option<Accepted>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Accepted {
    pub(crate) reason: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Finding {
    pub(crate) rule: String,
    pub(crate) severity: String,
    pub(crate) message: String,
    pub(crate) confidence: String,
    pub(crate) origin: Origin,
    pub(crate) location: Location,
    pub(crate) history: Option<History>,
    pub(crate) secret: Option<String>,
    pub(crate) decoded: Vec<String>,
    #[serde(default)]
    pub(crate) local: bool,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Origin {
    pub(crate) kind: String,
    pub(crate) object: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Location {
    pub(crate) path: Option<String>,
    pub(crate) member: Option<String>,
    #[serde(default)]
    pub(crate) binary: bool,
    pub(crate) start: Position,
    pub(crate) end: Position,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Position {
    pub(crate) line: u32,
    pub(crate) column: u32,
    pub(crate) byte: usize,
}

#[derive(Debug, Deserialize)]
pub(crate) struct History {
    pub(crate) presence: String,
    pub(crate) blobs: u64,
    pub(crate) first: Option<Commit>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Commit {
    pub(crate) id: String,
    pub(crate) author: String,
    pub(crate) email: String,
    pub(crate) date: String,
}

impl Report {
    /// Returns the findings about this secret.
    pub(crate) fn all(&self, secret: &str) -> Vec<&Finding> {
        let is_it = |finding: &&Finding| finding.secret.as_deref() == Some(secret);
        self.findings.iter().filter(is_it).collect()
    }

    /// Returns the only finding about this token.
    #[track_caller]
    pub(crate) fn only(&self, token: &str) -> &Finding {
        let found = self.all(token);
        assert_eq!(found.len(), 1, "findings of {token} in {self:#?}");
        assert_eq!(found[0].rule, TOKEN_RULE);
        found[0]
    }

    /// Returns where tokens were found, as `path:line`, in report order.
    pub(crate) fn places(&self) -> Vec<String> {
        let tokens = self.findings.iter().filter(|it| it.rule == TOKEN_RULE);
        tokens.map(Finding::place).collect()
    }

    /// Returns the kinds of gaps, in report order.
    pub(crate) fn gap_kinds(&self) -> Vec<&str> {
        let gaps = self.coverage.gaps.iter();
        gaps.map(|gap| gap.kind.as_str()).collect()
    }

    /// Returns the only gap of this kind.
    #[track_caller]
    pub(crate) fn gap(&self, kind: &str) -> &Gap {
        let gaps = self.coverage.gaps.iter().filter(|gap| gap.kind == kind);
        let gaps: Vec<_> = gaps.collect();
        assert_eq!(gaps.len(), 1, "{:#?}", self.coverage);
        gaps[0]
    }
}

impl Finding {
    /// Returns `path:line`, with the origin in place of a missing path.
    pub(crate) fn place(&self) -> String {
        let path = self.location.path.as_deref().unwrap_or(&self.origin.kind);
        format!("{path}:{}", self.location.start.line)
    }

    /// Returns the path of its file and of the archive member it is in.
    pub(crate) fn full_path(&self) -> String {
        match &self.location.member {
            Some(member) => format!("{}!/{member}", self.path()),
            None => self.path().to_owned(),
        }
    }

    /// Returns the path of its file.
    pub(crate) fn path(&self) -> &str {
        self.location.path.as_deref().unwrap_or("")
    }

    /// Returns its history in git.
    #[track_caller]
    pub(crate) fn life(&self) -> &History {
        self.history.as_ref().expect("it has a history")
    }

    /// Returns the commit that introduced it; empty if there is none.
    #[track_caller]
    pub(crate) fn first(&self) -> &str {
        self.life().first.as_ref().map_or("", |first| &first.id)
    }

    /// Returns how near it still is.
    #[track_caller]
    pub(crate) fn presence(&self) -> &str {
        &self.life().presence
    }
}

/// Returns the value of a finding's `key` in a report, and its path.
pub(crate) fn said(finding: &Value, key: &str) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    format!(
        "{} {}",
        text(&finding[key]),
        text(&finding["location"]["path"])
    )
}

/// Returns which findings are expected, and how many suppressed ones.
pub(crate) fn expected(found: &[&str], suppressed: u64) -> (Vec<String>, u64) {
    let found = found.iter().map(|found| (*found).to_owned());
    (found.collect(), suppressed)
}
