//! Properties that hold for every format, tested on one sample.

use proptest::prelude::*;

use super::sample::{Sample, any_excerpt, revealing_sample, sample, secrets, written};
use super::*;
use crate::model::{GapKind, NewRule, Verdict};

const PLAIN: Options = Options {
    color: false,
    reveal: false,
    epoch: 0,
    brief: false,
    width: None,
    verbose: false,
    show_suppressed: false,
};

#[test]
fn no_format_shows_a_secret_unless_asked() {
    let sample = sample();
    let reveal = Options {
        reveal: true,
        ..PLAIN
    };
    for &format in FormatName::ALL {
        let masked = written(&sample.document(), format, PLAIN);
        let revealed = written(&revealing_sample().document(), format, reveal);
        for secret in secrets() {
            assert!(!masked.contains(secret), "{format} shows {secret}");
            assert!(
                revealed.contains(secret),
                "{format} does not reveal {secret}"
            );
        }
    }
}

#[test]
fn no_format_lets_invisible_characters_through() {
    let sample = sample();
    for &format in FormatName::ALL {
        let report = written(&sample.document(), format, PLAIN);
        let raw = report.chars().find(|&c| c != '\n' && escape::is_hostile(c));
        assert_eq!(raw, None, "in {format}");
    }
}

#[test]
fn every_format_is_the_same_on_every_run() {
    let sample = sample();
    let mut shuffled = Sample {
        findings: sample.findings.clone(),
        suppressed: sample.suppressed.clone(),
        rules: sample.rules.iter().rev().cloned().collect(),
        coverage: sample.coverage.clone(),
        roots: sample.roots.clone(),
        provenance: sample.provenance.clone(),
    };
    shuffled.coverage.gaps.reverse();
    for &format in FormatName::ALL {
        assert_eq!(
            written(&sample.document(), format, PLAIN),
            written(&shuffled.document(), format, PLAIN)
        );
    }
}

#[test]
fn the_sample_in_every_format() {
    let sample = sample();
    for &format in FormatName::ALL {
        // A new release does not change the format.
        let version = format!("\"{}\"", env!("CARGO_PKG_VERSION"));
        let report = written(&sample.document(), format, PLAIN).replace(&version, "\"[version]\"");
        insta::assert_snapshot!(format.as_str(), html::without_assets(&report));
    }
}

/// The sample, with every finding new because of its rule: held back if `is_held_back`, else only not in the baseline.
fn newer(is_held_back: bool) -> Sample {
    let mut sample = sample();
    for finding in &mut sample.findings {
        finding.since = "9.8.7".parse().ok();
        finding.new_rule = Some(if is_held_back {
            NewRule::HeldBack
        } else {
            NewRule::NotInBaseline
        });
    }
    sample
}

#[test]
fn every_format_says_what_is_new_because_of_a_rule() {
    for &format in FormatName::ALL {
        let held_back = newer(true);
        let held_back = written(&held_back.document(), format, PLAIN);
        let is_said = ["held back", "\"held_back\":true", "\"held_back\": true"];
        assert!(
            is_said.iter().any(|said| held_back.contains(said)),
            "{format}"
        );
        let told = newer(false);
        let told = written(&told.document(), format, PLAIN);
        let is_said = ["9.8.7", "new rule"];
        assert!(is_said.iter().any(|said| told.contains(said)), "{format}");
        assert_ne!(told, held_back, "{format}");
        let plain = written(&sample().document(), format, PLAIN);
        assert!(
            !plain.contains("held back") && !plain.contains("9.8.7"),
            "{format}"
        );
    }
}

#[test]
fn what_is_held_back_fails_nothing_in_any_format() {
    let mut sample = newer(true);
    sample.suppressed.clear();
    let document = sample.document();
    let written = |format| written(&document, format, PLAIN);
    assert!(written(FormatName::Junit).contains("failures=\"0\""));
    assert!(!written(FormatName::Sarif).contains("\"level\": \"error\",\n          \"locations\""));
    assert!(!written(FormatName::Github).contains("::error file"));
    assert!(written(FormatName::Text).contains("only findings held back by `rules.as-of` reach"));
}

#[test]
fn colour_changes_no_word() {
    let sample = sample();
    let color = Options {
        color: true,
        ..PLAIN
    };
    let styled = written(&sample.document(), FormatName::Text, color);
    assert!(styled.contains('\x1b'));
    assert_eq!(
        anstream::adapter::strip_str(&styled).to_string(),
        written(&sample.document(), FormatName::Text, PLAIN)
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_excerpt_can_be_shown(excerpt in any_excerpt("¤")) {
        let mut sample = sample();
        sample.findings.truncate(1);
        sample.findings[0].excerpt = excerpt;
        sample.findings[0] = Shown::alone((*sample.findings[0]).clone());
        for &format in FormatName::ALL {
            let report = written(&sample.document(), format, PLAIN);
            prop_assert!(!report.contains('¤'));
        }
    }
}

#[test]
fn streaming_writes_what_writing_at_once_does() {
    let sample = sample();
    let mut out = Vec::new();
    let mut writer = FormatName::Jsonl.writer(PLAIN);
    for batch in sample.findings.chunks(3) {
        writer.stream(batch, &mut out).unwrap();
    }
    let rest = Document {
        findings: &[],
        ..sample.document()
    };
    writer.write(&rest, &mut out).unwrap();
    assert_eq!(
        String::from_utf8(out).unwrap(),
        written(&sample.document(), FormatName::Jsonl, PLAIN)
    );
}

#[test]
fn the_last_line_of_text_is_the_verdict_and_why() {
    let mut sample = sample();
    sample.findings.clear();
    let last = |coverage: &Redacted<Coverage>, verdict| {
        let document = Document {
            coverage,
            verdict,
            ..sample.document()
        };
        let report = written(&document, FormatName::Text, PLAIN);
        report.lines().last().unwrap_or_default().to_owned()
    };
    let mut coverage = sample.coverage.clone();
    assert_eq!(
        last(&coverage, Verdict::Undecided),
        "UNDECIDED: no finding reaches the threshold `high`, but 5 places could not be scanned"
    );
    coverage.gaps.retain(|gap| gap.kind == GapKind::Special);
    assert_eq!(
        last(&coverage, Verdict::Go),
        "GO: no finding reaches the threshold `high` in what was scanned; 3 gaps are listed as not scanned"
    );
    assert_eq!(
        last(&Redacted::default(), Verdict::Undecided),
        "UNDECIDED: nothing was scanned"
    );
}

#[test]
fn a_clean_report_is_short() {
    let coverage = Redacted::made_up(Coverage {
        files: 12,
        bytes: 34_567,
        audited: 1,
        ..Coverage::default()
    });
    let document = Document {
        findings: &[],
        rules: &[],
        coverage: &coverage,
        verdict: Verdict::Go,
        threshold: Severity::High,
        suppressed: &[],
        not_shown: 0,
        not_sure: 0,
        not_asked: 0,
        roots: &Redacted::made_up(vec!["app".to_owned(), "deploy\x1b".to_owned()]),
        provenance: &Redacted::default(),
        is_change: false,
    };
    insta::assert_snapshot!(written(&document, FormatName::Text, PLAIN), @r"
    Scanned      12 files (33.7 KiB), 1 configuration file audited in app, deploy\u{1b}
    Found        nothing

    GO: no finding reaches the threshold `high`
    ");
}

#[test]
fn sarif_has_a_run_for_each_part_that_was_scanned() {
    let mut sample = sample();
    let categories = |sample: &Sample| {
        let report = written(&sample.document(), FormatName::Sarif, PLAIN);
        let categories = ["gonogo/worktree/", "gonogo/history/"];
        categories.map(|category| report.contains(category))
    };
    assert_eq!(categories(&sample), [true, true]);
    sample.suppressed.clear();
    sample
        .findings
        .retain(|finding| finding.origin.is_history());
    (sample.coverage.files, sample.coverage.audited) = (0, 0);
    assert_eq!(categories(&sample), [false, true]);
    sample.findings.clear();
    sample.coverage = Redacted::default();
    assert_eq!(categories(&sample), [true, false]);
}

#[test]
fn sarif_goes_on_in_further_runs_and_bounds_locations() {
    let mut sample = sample();
    let mut finding = sample.findings[0].clone();
    finding.severity = Severity::Low;
    finding.excerpt = crate::model::Excerpt::default();
    sample.findings.extend(vec![finding.clone(); 5_500]);
    finding.related = vec![sample.findings[5].related[0].clone(); 150];
    sample.findings.push(finding);
    let report = written(&sample.document(), FormatName::Sarif, PLAIN);
    let log: serde_json::Value = serde_json::from_str(&report).unwrap();
    let runs = log["runs"].as_array().unwrap().iter().map(|run| {
        let results = run["results"].as_array().unwrap();
        let related = results
            .iter()
            .filter_map(|result| result["relatedLocations"].as_array());
        assert!(related.into_iter().all(|related| related.len() <= 99));
        let category = run["automationDetails"]["id"].as_str().unwrap();
        (
            category.to_owned(),
            results.len(),
            results[0]["level"].clone(),
        )
    });
    let runs: Vec<_> = runs.collect();
    let error = serde_json::json!("error");
    assert_eq!(runs[0], ("gonogo/worktree/".to_owned(), 5_000, error));
    // Seven in files, two that do not count, and the many generated ones.
    assert_eq!((runs[1].0.as_str(), runs[1].1), ("gonogo/worktree-2/", 510));
    assert_eq!(runs[2].0, "gonogo/history/");
    assert!(report.contains(", and 51 more."));
}

#[test]
fn a_format_is_known_by_its_word() {
    for &format in FormatName::ALL {
        assert_eq!(format.as_str().parse(), Ok(format));
    }
    assert_eq!(
        "xml".parse::<FormatName>().unwrap_err().to_string(),
        "unknown format `xml`: write one of text, json, jsonl, sarif, csv, junit, markdown, github, gitlab, codequality, html"
    );
}
