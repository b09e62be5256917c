//! Findings that were accepted for other scanners: `.gitleaksignore`, reports of gitleaks, baselines of
//! detect-secrets.
//!
//! Their entries name a place, and some of them the secret. An entry with a secret applies wherever that occurs in the
//! file; an entry with only a place applies if a credential is exactly there.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use serde::Deserialize;

use crate::model::{Category, Finding, Secret, Suppression, SuppressionKind};

/// The largest file that is read, in bytes.
const MAX_BYTES: usize = 256 << 20;

/// Findings that another scanner accepts.
#[derive(Debug, Default)]
pub struct Ledger {
    /// The name of the file.
    name: String,
    entries: Vec<Entry>,
    /// The entries, by their paths.
    by_path: HashMap<String, AtPath>,
    used: BTreeSet<usize>,
    /// How many entries are marked as real.
    real: usize,
    /// The numbers of lines that are no entries.
    unread: Vec<usize>,
    /// How many entries have absolute paths outside all scanned directories.
    elsewhere: usize,
}

/// One finding of another scanner.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    path: String,
    /// The line number, counted from 1.
    line: Option<u32>,
    commit: Option<String>,
    secret: Option<Known>,
}

/// The entries of one path, by what identifies their findings, since a file may have as many entries as findings.
#[derive(Debug, Default)]
struct AtPath {
    secrets: HashMap<Known, Alike>,
    /// By line and commit.
    lines: HashMap<(u32, Option<String>), Alike>,
    has_hashes: bool,
}

/// Entries with the same identification.
#[derive(Debug, Default)]
struct Alike {
    numbers: Vec<usize>,
    is_used: bool,
}

/// How a secret is identified.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Known {
    /// By its text.
    Text(Secret),
    /// By its SHA-1, in hexadecimal digits.
    Sha1(String),
}

/// A finding in a report of gitleaks.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Reported {
    start_line: u32,
    #[serde(default)]
    secret: String,
    file: String,
    #[serde(default)]
    commit: String,
}

/// A baseline of detect-secrets.
#[derive(Deserialize)]
struct SecretsBaseline {
    results: std::collections::BTreeMap<String, Vec<Potential>>,
}

#[derive(Deserialize)]
struct Potential {
    #[serde(default, rename = "type")]
    kind: String,
    #[serde(default)]
    hashed_secret: String,
    #[serde(default)]
    line_number: Option<u32>,
    #[serde(default)]
    is_secret: Option<bool>,
}

impl Ledger {
    /// Parses a file of any of the three kinds.
    ///
    /// # Errors
    ///
    /// It is none of them; the text says why, without showing anything of the file.
    pub fn parse(name: &str, text: &str) -> Result<Self, String> {
        if text.len() > MAX_BYTES {
            return Err("it is too large".to_owned());
        }
        let mut ledger = Self {
            name: name.to_owned(),
            ..Self::default()
        };
        match text
            .trim_start_matches('\u{feff}')
            .trim_start()
            .bytes()
            .next()
        {
            Some(b'[') => ledger.reported(text)?,
            Some(b'{') => ledger.potential(text)?,
            _ => ledger.ignored(text),
        }
        ledger.index();
        Ok(ledger)
    }

    fn reported(&mut self, text: &str) -> Result<(), String> {
        let found: Vec<Reported> =
            serde_json::from_str(text).map_err(|error| no_json("report of gitleaks", &error))?;
        for one in found {
            let is_masked =
                one.secret.is_empty() || one.secret == "REDACTED" || one.secret.ends_with("...");
            self.entries.push(Entry {
                path: slashed(&one.file),
                line: Some(one.start_line),
                commit: Some(one.commit.to_ascii_lowercase()).filter(|commit| !commit.is_empty()),
                secret: (!is_masked).then(|| Known::Text(Secret::new(one.secret.as_bytes()))),
            });
        }
        Ok(())
    }

    fn potential(&mut self, text: &str) -> Result<(), String> {
        let baseline: SecretsBaseline = serde_json::from_str(text)
            .map_err(|error| no_json("baseline of detect-secrets", &error))?;
        for (path, found) in baseline.results {
            for one in found {
                if one.is_secret == Some(true) {
                    self.real += 1;
                    continue;
                }
                // Of a private key, only the first line is hashed.
                let is_whole = one.kind != "Private Key" && !one.hashed_secret.is_empty();
                self.entries.push(Entry {
                    path: slashed(&path),
                    line: one.line_number,
                    commit: None,
                    secret: is_whole.then(|| Known::Sha1(one.hashed_secret.to_ascii_lowercase())),
                });
            }
        }
        Ok(())
    }

    /// `file:rule:line` and `commit:file:rule:line`, one a line.
    fn ignored(&mut self, text: &str) {
        for (line, number) in text.lines().zip(1..) {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            match fingerprint(line) {
                Some(entry) => self.entries.push(entry),
                None => self.unread.push(number),
            }
        }
    }

    /// Rebuilds the index of entries, whenever their paths change.
    fn index(&mut self) {
        self.by_path.clear();
        for (number, entry) in self.entries.iter().enumerate() {
            let at_path = self.by_path.entry(entry.path.clone()).or_default();
            let alike = match (&entry.secret, entry.line) {
                (Some(known), _) => {
                    at_path.has_hashes |= matches!(known, Known::Sha1(_));
                    at_path.secrets.entry(known.clone()).or_default()
                }
                (None, Some(line)) => {
                    let place = (line, entry.commit.clone());
                    at_path.lines.entry(place).or_default()
                }
                (None, None) => continue,
            };
            alike.numbers.push(number);
        }
    }

    /// Returns whether an entry matches `finding`. `sha1` returns the SHA-1 of bytes in hexadecimal digits.
    pub fn knows(&mut self, finding: &Finding, sha1: &dyn Fn(&[u8]) -> String) -> bool {
        if finding.category == Category::Configuration {
            return false;
        }
        let mut is_known = false;
        for path in places(finding) {
            // Most findings are in files without entries.
            if let Some(at_path) = self.by_path.get_mut(&*path) {
                is_known |= at_path.knows(finding, sha1, &mut self.used);
            }
        }
        is_known
    }

    /// Marks the findings that it accepts.
    pub fn apply(&mut self, findings: &mut [Finding], sha1: &dyn Fn(&[u8]) -> String) {
        for finding in findings {
            if self.knows(finding, sha1) {
                finding.suppression.get_or_insert_with(|| Suppression {
                    kind: SuppressionKind::External,
                    by: self.name.clone(),
                    reason: String::new(),
                });
            }
        }
    }

    /// Returns the same entries for findings with other paths: `path` maps the path of an entry to theirs, or to
    /// nothing.
    #[must_use]
    pub fn seen_from(mut self, path: &dyn Fn(&str) -> Option<String>) -> Self {
        let entries = std::mem::take(&mut self.entries).into_iter();
        let moved = entries.filter_map(|entry| {
            let path = path(&entry.path)?;
            Some(Entry { path, ..entry })
        });
        self.entries = moved.collect();
        self.index();
        self
    }

    /// Makes entries with absolute paths relative to `folder`, which is absolute, too.
    ///
    /// `gitleaks dir` and detect-secrets write paths as they were typed on the command line. A path outside all scanned
    /// directories stays as it is and matches nothing, since its end may be the path of another file.
    #[must_use]
    pub fn within(mut self, folder: &Path) -> Self {
        let folder = slashed(&folder.to_string_lossy());
        for entry in &mut self.entries {
            let below = entry.path.strip_prefix(folder.trim_end_matches('/'));
            if let Some(below) = below.and_then(|below| below.strip_prefix('/')) {
                entry.path = below.to_owned();
            }
        }
        let paths = self.entries.iter().map(|entry| entry.path.as_str());
        self.elsewhere = paths.filter(|path| is_absolute(path)).count();
        self.index();
        self
    }

    /// Returns how many entries have an absolute path outside all scanned directories.
    pub fn elsewhere(&self) -> usize {
        self.elsewhere
    }

    /// Returns the name of the file.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns how many entries it has, and how many of them matched a finding.
    pub fn counts(&self) -> (usize, usize) {
        (self.entries.len(), self.used.len())
    }

    /// Returns how many entries are marked as real.
    pub fn real(&self) -> usize {
        self.real
    }

    /// Returns the lines that are no entries, counted from 1.
    pub fn unread(&self) -> &[usize] {
        &self.unread
    }

    /// Returns the places of entries that were about no finding, as far as they are known.
    pub fn unused(&self) -> impl Iterator<Item = String> {
        let unused = self
            .entries
            .iter()
            .enumerate()
            .filter(|(number, _)| !self.used.contains(number));
        unused.map(|(_, entry)| match entry.line {
            Some(line) => format!("{}:{line}", entry.path),
            None => entry.path.clone(),
        })
    }
}

/// The paths that entries may have for a finding.
fn places(finding: &Finding) -> impl Iterator<Item = Cow<'_, str>> {
    let first = finding
        .history
        .as_ref()
        .and_then(|history| history.first_path.as_deref());
    let location = &finding.location;
    // The notation of gitleaks.
    let member = location.member.as_ref();
    let member = member.map(|member| Cow::from(format!("{}!{member}", location.path)));
    let own = [
        Cow::from(&location.path),
        Cow::from(first.unwrap_or_default()),
    ];
    own.into_iter().chain(member)
}

impl AtPath {
    /// Whether an entry matches `finding`; adds all that do to `used`.
    fn knows(
        &mut self,
        finding: &Finding,
        sha1: &dyn Fn(&[u8]) -> String,
        used: &mut BTreeSet<usize>,
    ) -> bool {
        let mut is_known = false;
        let mut use_all = |alike: Option<&mut Alike>| {
            if let Some(alike) = alike {
                is_known = true;
                if !std::mem::replace(&mut alike.is_used, true) {
                    used.extend(&alike.numbers);
                }
            }
        };
        // The secret is more specific than its place.
        if let Some(secret) = finding.secret.as_ref().filter(|_| !self.secrets.is_empty()) {
            use_all(self.secrets.get_mut(&Known::Text(secret.clone())));
            if self.has_hashes {
                let hash = sha1(secret.reveal());
                use_all(self.secrets.get_mut(&Known::Sha1(hash)));
            }
        }
        if !self.lines.is_empty() {
            let line = finding.location.region.start.line;
            use_all(self.lines.get_mut(&(line, None)));
            let history = finding.history.as_ref();
            if let Some(first) = history.and_then(|history| history.first.as_ref()) {
                use_all(self.lines.get_mut(&(line, Some(first.id.to_string()))));
            }
        }
        is_known
    }
}

/// Parses a fingerprint of gitleaks. The path of a file in an archive contains `!`.
fn fingerprint(text: &str) -> Option<Entry> {
    let (rest, line) = text.rsplit_once(':')?;
    let (rest, rule) = rest.rsplit_once(':')?;
    let is_commit = |id: &str| id.len() == 40 && id.bytes().all(|c| c.is_ascii_hexdigit());
    let (commit, path) = match rest.split_once(':') {
        Some((commit, path)) if is_commit(commit) => (Some(commit.to_ascii_lowercase()), path),
        _ => (None, rest),
    };
    if path.is_empty() || rule.is_empty() {
        return None;
    }
    Some(Entry {
        path: slashed(path),
        line: Some(line.parse().ok()?),
        commit,
        secret: None,
    })
}

fn slashed(path: &str) -> String {
    let path = path.replace('\\', "/");
    path.trim_start_matches("./").to_owned()
}

/// Whether a path is absolute, on Unix or on Windows.
fn is_absolute(path: &str) -> bool {
    let drive = path.as_bytes().first_chunk::<3>();
    path.starts_with('/')
        || drive.is_some_and(|[letter, rest @ ..]| letter.is_ascii_alphabetic() && rest == b":/")
}

/// The position of a syntax error, without any text, since such files contain secrets.
fn no_json(what: &str, error: &serde_json::Error) -> String {
    format!(
        "not a {what}, at line {}, column {}",
        error.line(),
        error.column()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fingerprints_are_read_in_both_forms() {
        let commit = "0123456789abcdef0123456789ABCDEF01234567";
        let entry = |path: &str, line, commit: Option<&str>| Entry {
            path: path.to_owned(),
            line: Some(line),
            commit: commit.map(str::to_ascii_lowercase),
            secret: None,
        };
        assert_eq!(
            fingerprint("a\\b.env:generic-api-key:12"),
            Some(entry("a/b.env", 12, None))
        );
        assert_eq!(
            fingerprint(&format!("{commit}:a:b.env:jwt:3")),
            Some(entry("a:b.env", 3, Some(commit)))
        );
        for wrong in [
            "",
            "a",
            "a:b",
            "a:b:c",
            ":b:1",
            "a::1",
            "a:b:-1",
            "a:b:99999999999",
        ] {
            assert_eq!(fingerprint(wrong), None, "{wrong}");
        }
        let ledger = Ledger::parse("x", "# why\n\na:b:1\nnonsense\n").unwrap();
        assert_eq!((ledger.counts(), ledger.unread()), ((1, 0), &[4][..]));
    }

    #[test]
    fn absolute_paths_count_below_the_folder_only() {
        let text = "/w/repo/a.env:x:1\n/w/repository/a.env:x:2\nC:\\w\\a.env:x:3\nb.env:x:4\n";
        let ledger = Ledger::parse("x", text)
            .unwrap()
            .within(Path::new("/w/repo/"));
        let paths: Vec<_> = ledger.entries.iter().map(|entry| &*entry.path).collect();
        assert_eq!(
            paths,
            ["a.env", "/w/repository/a.env", "C:/w/a.env", "b.env"]
        );
        assert_eq!(ledger.elsewhere(), 2);
    }

    #[test]
    fn reports_and_baselines_are_read() {
        let report = r#"[{"RuleID":"x","StartLine":3,"Secret":"VALUE","File":"a.env","Commit":"","Entropy":3.1},
            {"StartLine":4,"Secret":"REDACTED","File":"b.env","Commit":"AB"}]"#.replace("VALUE", "hunter2xyz");
        let ledger = Ledger::parse("x", &report).unwrap();
        assert_eq!(
            ledger.entries[0].secret,
            Some(Known::Text(Secret::new(&b"hunter2xyz"[..])))
        );
        assert_eq!(ledger.entries[1].secret, None);
        assert_eq!(ledger.entries[1].commit.as_deref(), Some("ab"));
        let baseline = r#"{"version":"1.5.0","plugins_used":[{"name":"KeywordDetector"}],"filters_used":[],"results":{
            "a\\b.env":[{"type":"Secret Keyword","filename":"a\\b.env","hashed_secret":"AB12","is_verified":false,"line_number":2},
            {"type":"Private Key","hashed_secret":"cd","line_number":5},
            {"type":"Secret Keyword","hashed_secret":"ef","line_number":6,"is_secret":true}]},"generated_at":"2026-01-01T00:00:00Z"}"#;
        let ledger = Ledger::parse("x", baseline).unwrap();
        assert_eq!(ledger.real(), 1);
        assert_eq!(
            ledger.entries[0].secret,
            Some(Known::Sha1("ab12".to_owned()))
        );
        assert_eq!(
            (ledger.entries[0].path.as_str(), &ledger.entries[1].secret),
            ("a/b.env", &None)
        );
        for wrong in ["[1]", "{}", "[{", "{\"results\": 1}"] {
            assert!(Ledger::parse("x", wrong).is_err(), "{wrong}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_breaks_it(text in "([\\[\\]{}:,\"a-c0-9\n #]|\"results\"|\"File\"){0,40}") {
            let _ = Ledger::parse("x", &text);
        }
    }
}
