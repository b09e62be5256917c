//! Parts of a project that are out of use, according to the page in their directory.

use std::sync::Mutex;

use rustc_hash::FxHashMap;

use crate::audit::Project;

use super::judged::Sign;

/// The pages of a directory that describe it.
#[rustfmt::skip]
const PAGES: &[&str] = &[
    "README.md", "readme.md", "Readme.md", "README", "README.txt", "README.rst", "README.adoc", "DEPRECATED.md", "DEPRECATED",
];

/// Limits: lines read at the top of a page, and bytes of the whole page.
const TOP: usize = 12;
const MAX_BYTES: usize = 256 << 10;

/// In this many lines at the top, a word on its own is about the whole page.
const FIRST: usize = 4;

/// How many directories above a file are checked.
const MAX_DEPTH: usize = 12;

/// Words for things that may be out of use. Code is not among them, since deprecated code often still runs.
#[rustfmt::skip]
const THINGS: &[&str] = &[
    "folder", "directory", "server", "service", "machine", "host", "vm", "instance", "cluster", "environment", "deployment",
    "setup", "stack", "chart", "project", "repository", "repo", "application", "app", "playbook", "configuration", "config",
    "infrastructure", "system", "database", "site", "documentation", "subproject", "image", "prototype", "droplet",
];

/// Phrases for being out of use, as they follow "is", "was" or "has been".
#[rustfmt::skip]
const STATES: &[&str] = &[
    "deprecated", "decommissioned", "retired", "archived", "obsolete", "abandoned", "discontinued", "defunct",
    "not used anymore", "not used any more", "not in use anymore", "not in use any more", "no longer used", "no longer in use",
    "no longer deployed", "no longer running", "no longer active", "no longer needed", "shut down", "unused", "turned off",
    "kept for historical", "only kept for historical", "kept only for historical", "here for historical",
    "for historical reference", "kept for reference only", "superseded", "not deployed anymore", "not deployed any more",
    "being decommissioned",
];

/// What the page of each directory says, for those checked so far.
#[derive(Default)]
pub(super) struct Retired(Mutex<FxHashMap<String, Option<Sign>>>);

impl Retired {
    /// Returns the sign that the file at `path` is out of use: the page of its directory, or of one above it. The page
    /// at the root does not count: it is about the whole project, whose files may still be in use.
    pub(super) fn of(&self, path: &str, project: &Project<'_>) -> Option<Sign> {
        let mut folder = path;
        for _ in 0..MAX_DEPTH {
            folder = folder.rsplit_once('/')?.0;
            if let Some(sign) = self.folder(folder, project) {
                return Some(sign);
            }
        }
        None
    }

    fn folder(&self, folder: &str, project: &Project<'_>) -> Option<Sign> {
        let known = self
            .0
            .lock()
            .ok()
            .and_then(|known| known.get(folder).cloned());
        if let Some(known) = known {
            return known;
        }
        let mut pages = PAGES.iter().map(|page| format!("{folder}/{page}"));
        let sign = pages.find_map(|page| {
            if !project.is_scanned(&page) {
                return None;
            }
            let text = project.read_text(&page)?;
            let line = says_retired(&text).filter(|_| text.len() <= MAX_BYTES)?;
            Some(Sign::by(&page, line, "says so"))
        });
        if let Ok(mut known) = self.0.lock() {
            known.insert(folder.to_owned(), sign.clone());
        }
        sign
    }
}

/// Directories for things that are kept but no longer used.
#[rustfmt::skip]
const FOLDERS: &[&str] = &[
    "_archive", "_archived", ".archive", "archived", "archive", "archives", "_deprecated", "deprecated", "_legacy", "legacy",
    "_obsolete", "obsolete", "_old", "old", "_attic", "attic", "retired", "graveyard",
];

/// Directories whose subdirectories are named after programs, which may have such a name: `services/archive`.
#[rustfmt::skip]
const OF_PROGRAMS: &[&str] = &[
    "apps", "charts", "cmd", "components", "containers", "docker", "dockerfiles", "images", "microservices", "modules",
    "packages", "projects", "roles", "services",
];

/// Returns whether a file is kept but no longer used, according to its directories or the last word of its name. A scan
/// reads it all the same, since it may still run.
pub fn is_put_aside(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    let (folders, name) = lower.rsplit_once('/').unwrap_or(("", &lower));
    let mut before = "";
    for folder in folders.split('/') {
        if FOLDERS.contains(&folder) && (folder.starts_with('_') || !OF_PROGRAMS.contains(&before))
        {
            return true;
        }
        before = folder;
    }
    let stem = name.trim_end_matches(".yml").trim_end_matches(".yaml");
    let last = stem.rsplit(['.', '-', '_']).next().unwrap_or(stem);
    let is_meant = name.contains("compose") || name.starts_with("dockerfile");
    is_meant && stem != last && ["archived", "deprecated", "obsolete", "old"].contains(&last)
}

/// Returns the line at the top of a page which says that its subject is out of use.
pub fn says_retired(text: &str) -> Option<u32> {
    let mut lines = text
        .lines()
        .zip(1..)
        .filter(|(line, _)| !line.trim().is_empty());
    let mut top = lines
        .by_ref()
        .take(TOP)
        .take_while(|(line, _)| !line.trim_start().starts_with("```"));
    let mut first = 0;
    top.find_map(|(line, number)| {
        first += 1;
        let own = line.trim_start();
        let is_item = own.starts_with("- ") || own.starts_with("* ") || own.starts_with('|');
        let is_section = own.starts_with("##");
        let may_be_alone = first <= FIRST && !is_item && !is_section;
        let plain = plain(line);
        let mut sentences = plain.split(['.', '!', ';', ':', '|']);
        let says = |it: &str| says_so(it) || may_be_alone && is_state(it);
        sentences.any(says).then_some(number)
    })
}

/// A line in lower case without markup: words separated by single spaces, and the ends of sentences.
fn plain(line: &str) -> String {
    let lower = line.to_lowercase();
    let kept = lower.chars().map(|c| match c {
        'a'..='z' | '0'..='9' | '.' | '!' | ';' | ':' | '|' | '-' | '\'' | '/' => c,
        '—' | '–' | '(' | ')' | ',' => '.',
        _ => ' ',
    });
    let kept: String = kept.collect();
    kept.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a sentence only says that something is out of use.
fn is_state(sentence: &str) -> bool {
    let sentence = sentence.trim().trim_matches(['-', '\'']).trim();
    STATES.contains(&sentence.strip_prefix("now ").unwrap_or(sentence))
}

/// Whether a sentence says that the subject of the page is out of use.
fn says_so(sentence: &str) -> bool {
    let words: Vec<&str> = sentence.split_whitespace().collect();
    // The subject has to come within a few words, and its state directly after the verb.
    let verbs = ["is", "was", "has", "are", "were", "have"];
    let Some(verb) = words.iter().take(6).position(|word| verbs.contains(word)) else {
        return false;
    };
    let is_meant = match words[..verb] {
        ["this" | "everything"] => true,
        ["the", thing] | ["this" | "these", .., thing] => THINGS.contains(&thing),
        _ => false,
    };
    let mut rest = &words[verb + 1..];
    if matches!(words[verb], "has" | "have") {
        match rest {
            ["been", behind @ ..] => rest = behind,
            _ => return false,
        }
    }
    let fill = ["now", "currently", "officially", "all"];
    let rest: Vec<&str> = { rest.iter() }
        .skip_while(|word| fill.contains(word))
        .copied()
        .collect();
    let rest = rest.join(" ");
    is_meant
        && STATES.iter().any(|state| {
            rest.strip_prefix(state)
                .is_some_and(|behind| behind.is_empty() || behind.starts_with(' '))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_say_that_something_is_out_of_use() {
        for path in [
            "_archived/a/Dockerfile",
            "deploy/old/compose.yml",
            "Legacy/nginx.conf",
            "services/_old/Dockerfile",
            "docker-compose.old.yml",
            "docker/Dockerfile.deprecated",
        ] {
            assert!(is_put_aside(path), "{path}");
        }
        for path in [
            "services/archive/Dockerfile",
            "apps/legacy/compose.yml",
            "golden/compose.yml",
            ".github/workflows/close-old.yml",
            "archive.yml",
            "old-shop/compose.yml",
        ] {
            assert!(!is_put_aside(path), "{path}");
        }
    }

    #[test]
    fn pages_say_that_something_is_out_of_use() {
        for (text, line) in [
            (
                "**⚠️ This server is no longer used! ⚠️** This documentation is for historical reference.\n\n# ETL\n",
                1,
            ),
            ("# Old cluster\n\n> **Deprecated**: use the new one\n", 3),
            ("# Shop (deprecated)\n", 1),
            ("# Metrics\n\nThis VM was decommissioned in 2019.\n", 3),
            ("# Chart\n\nThis chart has been archived, see `new/`.\n", 3),
            ("# DEPRECATED\n", 1),
            ("# Setup\n\nEverything is kept for historical reasons.\n", 3),
        ] {
            assert_eq!(says_retired(text), Some(line), "{text}");
        }
        for text in [
            "# Shop\n\nThe flag `--old` is deprecated.\n",
            "# Shop\n\nSupport for Python 2 is no longer needed.\n",
            "# Deprecated settings\n\nSee below.\n",
            "# Shop\n\n## Deprecated\n\n- `--old`: deprecated\n",
            "# Shop\n\nThe old API server is deprecated, this one is not.\n",
            "# Shop\n\nThis server is used by all.\n",
            "# Backups\n\nThis folder has archived logs.\n",
            "# Shop\n\nA service that finds obsolete packages.\n",
            "# Shop\n\nThis service is not deprecated.\n",
        ] {
            assert_eq!(says_retired(text), None, "{text}");
        }
    }
}
