//! GitHub's limits: twenty runs per file, five thousand results of each run, and ten megabytes in all.
//!
//! Results beyond the limit of a run go into additional runs, each with its own category, the worst results first. If a
//! file would be too large, the least severe results are left out, and a notification says how many.

use std::cmp::Reverse;
use std::io::{self, Write};

use flate2::Compression;
use flate2::write::GzEncoder;

use super::Part;
use crate::redact::Shown;

/// How many results GitHub keeps of a run; if there are more than 25,000, it rejects the run.
pub(super) const RESULTS: usize = 5_000;
/// How many runs GitHub accepts in a file.
pub(super) const RUNS: usize = 20;
/// How many locations GitHub keeps of a result, including its own.
pub(super) const LOCATIONS: usize = 100;
/// How large a compressed file may be. GitHub accepts ten megabytes; compressors differ a little.
pub(super) const COMPRESSED: u64 = 9_500_000;

/// Splits `parts` into runs that GitHub keeps in full. Parts that fit are unchanged.
pub(super) fn split(parts: Vec<Part<'_>>) -> Vec<Part<'_>> {
    let wanted: Vec<_> = parts
        .iter()
        .map(|part| part.findings.len().div_ceil(RESULTS).max(1))
        .collect();
    let mut free = RUNS;
    let mut runs = Vec::new();
    for (at, mut part) in parts.into_iter().enumerate() {
        // A part gets an equal share, and whatever later parts do not need of theirs.
        let behind: usize = wanted[at + 1..].iter().sum();
        let share = free / (wanted.len() - at);
        let given = wanted[at].min(share.max(free.saturating_sub(behind)));
        free -= given;
        if part.findings.len() > RESULTS {
            worst_first(&mut part.findings);
            keep(&mut part, given * RESULTS);
        }
        runs.extend(chunks(part));
    }
    runs
}

/// Sorts the worst first, and those that do not count last.
fn worst_first(findings: &mut [&Shown]) {
    findings.sort_by_key(|finding| {
        (
            finding.suppression.is_some(),
            !finding.decides(),
            Reverse(finding.severity),
        )
    });
}

/// Keeps the first `most` results of a part, and counts the rest.
fn keep(part: &mut Part<'_>, most: usize) {
    part.left_out += part.findings.len().saturating_sub(most);
    part.findings.truncate(most);
}

fn chunks(part: Part<'_>) -> Vec<Part<'_>> {
    if part.findings.len() <= RESULTS {
        return vec![part];
    }
    let chunks = part.findings.chunks(RESULTS).zip(1..);
    let chunks = chunks.map(|(findings, n): (_, u32)| Part {
        category: match n {
            1 => part.category.clone(),
            // A category ends with a slash, which an id of the run could follow.
            n => format!("{}-{n}/", part.category.trim_end_matches('/')),
        },
        findings: findings.to_vec(),
        gaps: part.gaps.clone(),
        // Only the first reports it.
        left_out: if n == 1 { part.left_out } else { 0 },
    });
    chunks.collect()
}

/// Writes `runs` to `out` by `write`, leaving out the least severe results until the report is at most `most` bytes when
/// compressed.
pub(super) fn write_fitting<'a>(
    mut runs: Vec<Part<'a>>,
    most: u64,
    out: &mut dyn Write,
    mut write: impl FnMut(&[Part<'a>], &mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    loop {
        let results: usize = runs.iter().map(|part| part.findings.len()).sum();
        let mut written = Measured::Plain(Vec::new(), most);
        write(&runs, &mut written)?;
        let size = match written {
            // Most reports: what was measured is what is wanted.
            Measured::Plain(report, _) => return out.write_all(&report),
            Measured::Compressed(encoder) => encoder.finish()?.0,
        };
        if size <= most || results == 0 {
            return write(&runs, out);
        }
        // Results differ in size, so keep a little less than the proportional share, and drop at least one.
        let share = u128::from(most) * results as u128 * 97 / (u128::from(size) * 100);
        let kept = usize::try_from(share).unwrap_or(results);
        shorten(&mut runs, kept.min(results - 1));
    }
}

/// Keeps the worst `most` results of all runs together. Runs that end up empty stay: an empty run closes the alerts
/// that are gone.
fn shorten(runs: &mut [Part<'_>], most: usize) {
    for run in &mut *runs {
        worst_first(&mut run.findings);
    }
    let mut all: Vec<_> = runs
        .iter()
        .enumerate()
        .flat_map(|(at, run)| run.findings.iter().map(move |finding| (at, *finding)))
        .collect();
    all.sort_by_key(|(_, finding)| {
        (
            finding.suppression.is_some(),
            finding.is_old,
            Reverse(finding.severity),
        )
    });
    let mut kept = vec![0; runs.len()];
    for (at, _) in all.into_iter().take(most) {
        kept[at] += 1;
    }
    for (run, kept) in runs.iter_mut().zip(kept) {
        keep(run, kept);
    }
}

/// A report that is written to see how large it is.
enum Measured {
    /// All of it, as long as that is at most so many bytes, which is small enough without compressing it.
    Plain(Vec<u8>, u64),
    /// How large it is when it is compressed.
    Compressed(Box<GzEncoder<Count>>),
}

impl Write for Measured {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(report, most) => {
                report.extend_from_slice(buffer);
                if report.len() as u64 > *most {
                    let mut encoder = GzEncoder::new(Count(0), Compression::default());
                    encoder.write_all(report)?;
                    *self = Self::Compressed(Box::new(encoder));
                }
            }
            Self::Compressed(encoder) => encoder.write_all(buffer)?,
        }
        Ok(buffer.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Counts bytes and discards them.
struct Count(u64);

impl Write for Count {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.0 += buffer.len() as u64;
        Ok(buffer.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Severity;
    use crate::report::sample::sample;

    fn finding(severity: Severity) -> Shown {
        let mut finding = sample().findings.swap_remove(0);
        finding.severity = severity;
        finding
    }

    fn part<'a>(category: &str, findings: Vec<&'a Shown>) -> Part<'a> {
        Part {
            category: category.to_owned(),
            findings,
            gaps: Vec::new(),
            left_out: 0,
        }
    }

    fn sizes(runs: &[Part<'_>]) -> Vec<(String, usize, usize)> {
        let size = |run: &Part<'_>| (run.category.clone(), run.findings.len(), run.left_out);
        runs.iter().map(size).collect()
    }

    #[test]
    fn what_is_too_much_for_a_run_goes_on_in_the_next_the_worst_first() {
        let (low, high) = (finding(Severity::Low), finding(Severity::High));
        let mut findings = vec![&low; 7_000];
        findings.extend(vec![&high; 10]);
        let runs = split(vec![
            part("a/history/", findings),
            part("a/b/", vec![&low; 5_000]),
        ]);
        let expected = [
            ("a/history/".to_owned(), 5_000, 0),
            ("a/history-2/".to_owned(), 2_010, 0),
            ("a/b/".to_owned(), 5_000, 0),
        ];
        assert_eq!(sizes(&runs), expected);
        let worst = runs[0].findings.iter().take(10);
        assert!(
            worst
                .into_iter()
                .all(|finding| finding.severity == Severity::High)
        );
    }

    #[test]
    fn no_file_has_more_runs_than_github_takes() {
        let low = finding(Severity::Low);
        for (a, b, kept_a, kept_b) in [
            (120_000, 3, 95_000, 3),
            (3, 120_000, 3, 95_000),
            (120_000, 120_000, 50_000, 50_000),
            (60_000, 30_000, 60_000, 30_000),
        ] {
            let runs = split(vec![part("a/", vec![&low; a]), part("b/", vec![&low; b])]);
            assert!(runs.len() <= RUNS);
            let total = |name: &str| -> (usize, usize) {
                let of = || runs.iter().filter(|run| run.category.starts_with(name));
                (
                    of().map(|run| run.findings.len()).sum(),
                    of().map(|run| run.left_out).sum(),
                )
            };
            assert_eq!(total("a"), (kept_a, a - kept_a));
            assert_eq!(total("b"), (kept_b, b - kept_b));
        }
    }

    #[test]
    fn the_mildest_are_left_out_of_a_file_that_is_too_large() {
        let (low, high) = (finding(Severity::Low), finding(Severity::High));
        // Incompressible: a different number each time.
        let write = |runs: &[Part<'_>], out: &mut dyn Write| {
            let mut state = 1_u64;
            for run in runs {
                writeln!(out, "{} {}", run.findings.len(), run.left_out)?;
                for _ in &run.findings {
                    state = state
                        .wrapping_mul(6_364_136_223_846_793_005)
                        .wrapping_add(1);
                    out.write_all(&state.to_be_bytes())?;
                }
            }
            Ok(())
        };
        let written = |most: u64| {
            let runs = vec![part("a/", vec![&low; 900]), part("b/", vec![&high; 100])];
            let mut report = Vec::new();
            write_fitting(runs, most, &mut report, write).unwrap();
            report
        };
        let first_line = |report: &[u8]| {
            let line = report.split(|byte| *byte == b'\n').next().unwrap();
            let numbers = std::str::from_utf8(line).unwrap().split(' ');
            numbers
                .map(|it| it.parse().unwrap())
                .collect::<Vec<usize>>()
        };
        let report = written(2_000);
        let [kept, left_out] = first_line(&report)[..] else {
            panic!("two numbers are written");
        };
        assert_eq!(kept + left_out, 900);
        assert!((50..=150).contains(&kept), "{kept}");
        assert!(report.windows(6).any(|it| it == b"100 0\n"));
        assert_eq!(first_line(&written(100_000)), [900, 0]);
    }

    #[test]
    fn what_fits_is_written_as_it_is() {
        let low = finding(Severity::Low);
        for (most, plain) in [(10_000, 9_000), (9_000, 9_000), (1_000, 9_000)] {
            let runs = vec![part("a/", vec![&low; 9])];
            let mut report = Vec::new();
            // It fits once it is compressed.
            write_fitting(runs, most, &mut report, |runs, out| {
                assert_eq!(runs[0].left_out, 0);
                (0..9).try_for_each(|_| out.write_all(&vec![b'x'; plain / 9]))
            })
            .unwrap();
            assert_eq!(report, vec![b'x'; plain]);
        }
    }
}
