//! What one file shows, what one refutes, and what one merely says.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use gonogo::readiness::Standard;

use super::Assessed;

/// Files, each behind a line with an item and the grade that they give it.
const CELLS: &str = include_str!("cells.txt");

#[test]
fn every_cell_has_the_grade_that_its_files_give_it() {
    let mut wrong = String::new();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for cell in CELLS.split("#### ").skip(1) {
        let (head, files) = cell.split_once('\n').unwrap();
        let (item, grade) = head.split_once(' ').unwrap();
        let assessed = Assessed::of_files(files);
        *counts.entry(grade).or_default() += 1;
        if assessed.grade(item) != grade {
            let (now, evidence) = (assessed.grade(item), assessed.evidence(item));
            let _ = writeln!(wrong, "{item} is {now}, not {grade}:\n{evidence}{files}");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(counts["refuted"] >= 40, "{counts:?}");
}

#[test]
fn a_word_is_never_more_than_said() {
    let standard = Standard::built_in().unwrap();
    let mut text = "# All words\n\n".to_owned();
    for item in &standard.items {
        let _ = writeln!(text, "{}.\n", item.words.join(", "));
    }
    let assessed = Assessed::of_files(&format!(">>>> README.md\n{text}"));
    let with_words = standard.items.iter().filter(|it| !it.words.is_empty());
    let mut count = 0;
    for item in with_words.filter(|it| it.same_as.is_none()) {
        let (state, grade) = (assessed.state(&item.id), assessed.grade(&item.id));
        assert_eq!(
            grade,
            "said",
            "{} is {state}\n{}",
            item.id,
            assessed.evidence(&item.id)
        );
        assert_ne!(state, "met", "{}", item.id);
        count += 1;
    }
    assert!(count > 100, "{count}");
}

/// What the old word search took for evidence.
#[test]
fn names_of_files_and_parts_of_words_are_nothing() {
    let files = ">>>> themes/admin/templates/configs/backup.html\n<form></form>\n\
        >>>> static/utils/alerts.js\nexport const alert = 1;\n\
        >>>> static/assets/reset-B0M3xNK6.js\nexport const reset = 1;\n\
        >>>> README.md\n# An application about slots and mockups\n";
    let assessed = Assessed::of_files(files);
    for item in ["C7", "I8", "K1", "K2"] {
        assert_eq!(
            assessed.grade(item),
            "nothing",
            "{}",
            assessed.evidence(item)
        );
    }
    assert_eq!(assessed.verdict(), "UNDECIDED");
}

#[test]
fn what_only_tests_and_samples_do_is_no_evidence() {
    let files = ">>>> examples/crontab\n0 2 * * * pg_dump -Fc app > /backups/app.dump\n\
        >>>> tests/compose.yml\nservices:\n  db:\n    image: postgres:16\n\
        >>>> node_modules/a/server.js\nSentry.init({ dsn: process.env.DSN });\n";
    let assessed = Assessed::of_files(files);
    for item in ["C7", "B1", "I5"] {
        assert_eq!(
            assessed.grade(item),
            "nothing",
            "{}",
            assessed.evidence(item)
        );
    }
}
