//! Reports as programs read them, and secrets to be found.

use gonogo::detect::{example, proof};
use serde::Deserialize;
use serde_json::Value;

/// The rule that finds [`token`]s.
const TOKEN_RULE: &str = "github/personal-access-token";

/// A GitHub token whose checksum is right, another one for every `label`; put together here so that no file of this
/// repository looks as if it held one.
pub(crate) fn token(label: &str) -> String {
    let checksum = proof::by_name("crc32-base62");
    example::expand(label, "ghp_{{base62:30}}{{checksum}}", checksum).unwrap()
}

/// A line of settings that holds [`token`].
pub(crate) fn secret_line(label: &str) -> String {
    format!("token = {}\n", token(label))
}

/// Settings, enough of them for git to recognise a file that was changed or moved.
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
    /// The findings that are about this secret.
    pub(crate) fn all(&self, secret: &str) -> Vec<&Finding> {
        let is_it = |finding: &&Finding| finding.secret.as_deref() == Some(secret);
        self.findings.iter().filter(is_it).collect()
    }

    /// The one finding that is about this token.
    #[track_caller]
    pub(crate) fn only(&self, token: &str) -> &Finding {
        let found = self.all(token);
        assert_eq!(found.len(), 1, "findings of {token} in {self:#?}");
        assert_eq!(found[0].rule, TOKEN_RULE);
        found[0]
    }

    /// Where tokens were found, `path:line`, in the order of the report.
    pub(crate) fn places(&self) -> Vec<String> {
        let tokens = self.findings.iter().filter(|it| it.rule == TOKEN_RULE);
        tokens.map(Finding::place).collect()
    }

    /// The kinds of gaps, in the order of the report.
    pub(crate) fn gap_kinds(&self) -> Vec<&str> {
        let gaps = self.coverage.gaps.iter();
        gaps.map(|gap| gap.kind.as_str()).collect()
    }

    /// The one gap of this kind.
    #[track_caller]
    pub(crate) fn gap(&self, kind: &str) -> &Gap {
        let gaps = self.coverage.gaps.iter().filter(|gap| gap.kind == kind);
        let gaps: Vec<_> = gaps.collect();
        assert_eq!(gaps.len(), 1, "{:#?}", self.coverage);
        gaps[0]
    }
}

impl Finding {
    /// `path:line`; what has no path is named by its origin.
    pub(crate) fn place(&self) -> String {
        let path = self.location.path.as_deref().unwrap_or(&self.origin.kind);
        format!("{path}:{}", self.location.start.line)
    }

    /// The path of the file and the member of the archive that it is in.
    pub(crate) fn full_path(&self) -> String {
        match &self.location.member {
            Some(member) => format!("{}!/{member}", self.path()),
            None => self.path().to_owned(),
        }
    }

    /// The path of the file that it is in.
    pub(crate) fn path(&self) -> &str {
        self.location.path.as_deref().unwrap_or("")
    }

    /// Its life in git.
    #[track_caller]
    pub(crate) fn life(&self) -> &History {
        self.history.as_ref().expect("it has a history")
    }

    /// The commit that brought it; empty when none did.
    #[track_caller]
    pub(crate) fn first(&self) -> &str {
        self.life().first.as_ref().map_or("", |first| &first.id)
    }

    /// How near it still is.
    #[track_caller]
    pub(crate) fn presence(&self) -> &str {
        &self.life().presence
    }
}

/// What a report says of a finding under `key`, and its path.
pub(crate) fn said(finding: &Value, key: &str) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    format!(
        "{} {}",
        text(&finding[key]),
        text(&finding["location"]["path"])
    )
}

/// What is expected to be found, and how much to be suppressed.
pub(crate) fn expected(found: &[&str], suppressed: u64) -> (Vec<String>, u64) {
    let found = found.iter().map(|found| (*found).to_owned());
    (found.collect(), suppressed)
}
