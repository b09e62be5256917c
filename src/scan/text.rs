//! Scans texts with known paths: files of the working tree or the index, and standard input.

use std::collections::BTreeMap;

use crate::audit::{self, Source};
use crate::detect::{self, Detector, Trace};
use crate::model::{
    Blob, Doubtful, Finding, Inherited, Location, MEMBER, Origin, Part, Position, Region,
};
use crate::source::Worker;
use crate::triage;

use super::finding::Builder;
use super::part;

/// The findings of one thread in such texts.
pub(crate) struct TextWorker<'a> {
    detector: &'a Detector,
    pub(crate) findings: Vec<Finding>,
    /// Configuration, which is audited once all of it is collected.
    pub(crate) sources: Vec<Source>,
    /// The paths of all files.
    pub(crate) paths: Vec<String>,
    /// How many members of archives are configuration, by the path of the archive.
    pub(crate) packed: BTreeMap<String, u64>,
    /// How many files are in formats without checks, by format.
    pub(crate) unaudited: BTreeMap<&'static str, u64>,
    /// Comments that allow something, by path and line.
    pub(crate) allowing: Vec<(String, u32)>,
    /// Values with too low a confidence; for a text that is scanned again, only the new ones.
    pub(crate) doubtful: Doubtful,
    /// For a text that is scanned repeatedly, the previous version, and then this one.
    pub(super) version: Option<Scanned>,
}

/// One version of a text, and what the detector has found in it.
#[derive(Debug, Default)]
pub(super) struct Scanned {
    text: Vec<u8>,
    trace: Trace,
}

impl Scanned {
    /// Scans the next version, reading only what differs.
    fn next(&self, detector: &Detector, text: &[u8]) -> Self {
        Self {
            trace: detector.trace_derived(text, &self.trace, &unchanged(&self.text, text)),
            text: text.to_owned(),
        }
    }
}

/// The common beginning and end of two versions of a text.
fn unchanged(before: &[u8], after: &[u8]) -> Vec<Inherited> {
    let same = |(a, b): &(&u8, &u8)| a == b;
    let start = before.iter().zip(after).take_while(same).count();
    let rest = before[start..]
        .iter()
        .rev()
        .zip(after[start..].iter().rev());
    let end = rest.take_while(same).count();
    let stretches = [
        Inherited {
            start: 0,
            base_start: 0,
            len: start,
        },
        Inherited {
            start: after.len() - end,
            base_start: before.len() - end,
            len: end,
        },
    ];
    stretches.into_iter().filter(|it| it.len > 0).collect()
}

impl<'a> TextWorker<'a> {
    pub(crate) fn new(detector: &'a Detector) -> Self {
        Self {
            detector,
            findings: Vec::new(),
            sources: Vec::new(),
            paths: Vec::new(),
            packed: BTreeMap::new(),
            unaudited: BTreeMap::new(),
            allowing: Vec::new(),
            doubtful: Doubtful::default(),
            version: None,
        }
    }

    /// Returns the same worker for a text whose previous version was scanned as `version`, if it was.
    pub(super) fn after(self, version: Option<Scanned>) -> Self {
        Self {
            version: Some(version.unwrap_or_default()),
            ..self
        }
    }

    fn detect(&mut self, blob: &Blob<'_>, path: &str) -> Vec<Finding> {
        let (detector, version) = (self.detector, &mut self.version);
        let scan = || match version {
            None => detector.scan(blob.bytes),
            Some(version) => {
                *version = version.next(detector, blob.bytes);
                detector.matches(&version.trace)
            }
        };
        let matches = detect::counting(&mut self.doubtful, scan);
        if matches.is_empty() {
            return Vec::new();
        }
        let builder = Builder::new(self.detector, blob, &matches);
        let (detector, doubtful) = (self.detector, &mut self.doubtful);
        let weighed = matches.iter().filter_map(|found| {
            let weight = detector.weigh(found, path);
            if weight.is_none() && detector.is_doubtful(found, path) {
                doubtful.note(&blob.bytes[found.secret.clone()]);
            }
            Some((found, weight?))
        });
        weighed
            .map(|(found, weight)| {
                let weight = builder.lowered(found, weight, path);
                builder.finding(found, weight, path)
            })
            .collect()
    }
}

impl TextWorker<'_> {
    /// Detects what the name of a file alone shows.
    fn detect_by_path(&mut self, path: &str, origin: &Origin) {
        for number in self.detector.rules_of_path(path) {
            let rule = self.detector.rule(number);
            let start = Position {
                line: 1,
                column: 1,
                byte: 0,
            };
            let location = Location::new(path.to_owned(), Region { start, end: start });
            let message = format!("{} (by the name of the file)", rule.title);
            self.findings.push(Finding {
                origin: origin.clone(),
                ..Finding::new(&rule, message, location)
            });
        }
    }
}

impl Worker for TextWorker<'_> {
    type Memory = ();

    fn binary(&mut self, path: &str) {
        // Only reports of the history distinguish sources.
        self.detect_by_path(path, &Origin::Worktree);
    }

    fn part(&mut self, part: &Part<'_>) -> bool {
        let path = part.path.unwrap_or_default();
        let full = part::full_path(path, part.member);
        if part.places.is_none() {
            let own = full.rsplit(MEMBER).next().unwrap_or_default();
            if part.member.is_some() && audit::is_configuration(own, part.bytes) {
                *self.packed.entry(path.to_owned()).or_default() += 1;
            }
        }
        let before = self.findings.len();
        for mut within in part::scan(self.detector, part) {
            if let Some(weight) = self.detector.weigh(&within.found, &full) {
                part::place(&mut within.finding, path, part.member, weight);
                self.findings.push(within.finding);
            }
        }
        self.findings.len() > before
    }

    fn blob(&mut self, blob: &Blob<'_>) {
        let path = blob.path.unwrap_or_default();
        self.paths.push(path.to_owned());
        self.sources.extend(Source::claim(path, blob.bytes));
        if let Some(format) = audit::unaudited(path, blob.bytes) {
            *self.unaudited.entry(format).or_default() += 1;
        }
        self.detect_by_path(path, &blob.origin);
        let found = self.detect(blob, path);
        self.findings.extend(found);
        let allowing = triage::allowing_lines(path, blob.bytes).into_iter();
        self.allowing
            .extend(allowing.map(|line| (path.to_owned(), line)));
    }
}

/// Only sets configuration aside, for walks whose contents are scanned elsewhere.
pub(crate) struct SourceWorker(pub(crate) Vec<Source>);

impl Worker for SourceWorker {
    type Memory = ();

    fn blob(&mut self, blob: &Blob<'_>) {
        let path = blob.path.unwrap_or_default();
        self.0.extend(Source::claim(path, blob.bytes));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Confidence;
    use crate::model::steps::counted;

    /// So many times as many findings may make this much more work, in tenths.
    const MORE: (usize, u64) = (4, 44);

    /// Formats a value as it is written.
    type Written<'a> = &'a dyn Fn(&str) -> String;

    /// Returns a text with `count` values that look random, each formatted by `written`.
    fn text(count: usize, (head, end): (&str, &str), written: Written<'_>) -> String {
        let mut state = 1_u64;
        let mut values = (0..count).map(|_| {
            let letters = (0..20).map(|_| {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(12_345);
                char::from(b"abcdefghKLMNPQRSTUVWXYZ23456789k"[(state >> 59) as usize])
            });
            written(&letters.collect::<String>())
        });
        head.to_owned() + &values.by_ref().collect::<String>() + end
    }

    #[test]
    fn findings_take_time_as_there_are_many() {
        let detector = Detector::new(Vec::new(), Confidence::Low).unwrap();
        let work = |path: &str, text: &str| {
            let mut worker = TextWorker::new(&detector);
            let blob = Blob {
                bytes: text.as_bytes(),
                path: Some(path),
                origin: Origin::Worktree,
            };
            let ((), steps) = counted(|| worker.blob(&blob));
            (worker.findings.len(), steps)
        };
        let json = |value: &str| format!("\"password\":\"{value}\",");
        let xml = |value: &str| format!("<db password=\"{value}\"/>");
        let yaml = |value: &str| format!("  password: {value}\n");
        let toml = |value: &str| format!("password = \"{value}\"\n");
        let cases: [(&str, (&str, &str), Written<'_>); 5] = [
            ("app.json", ("{", "}"), &json),
            ("app.xml", ("<a>", "</a>"), &xml),
            ("app.config", ("<a>", "</a>"), &xml),
            ("app.yml", ("production:\n", ""), &yaml),
            ("app.toml", ("", ""), &toml),
        ];
        for (path, around, written) in cases {
            let (few, many) = (200, 200 * MORE.0);
            let (found, less) = work(path, &text(few, around, written));
            assert!(found * 10 >= few * 9, "{path}: {found}");
            let (found, more) = work(path, &text(many, around, written));
            assert!(found * 10 >= many * 9, "{path}: {found}");
            assert!(10 * more <= MORE.1 * less, "{path}: {less} and {more}");
        }
    }
}
