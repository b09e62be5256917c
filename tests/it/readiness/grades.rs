//! What a single file shows, refutes, or merely states.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use gonogo::readiness::Standard;

use super::Assessed;
use crate::harness::World;

/// Files, each after a line with an item and the grade that they give it.
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

/// Items that the scan decides, which the cells leave out; the last test here is about them.
const SCANNED: &[&str] = &["A1", "A3", "A5", "A6", "Q1"];

/// Items whose files are too long to write down, or are generated: their tests are below, and in `certificates`.
const MADE: &[&str] = &["E3", "I1", "M4", "M6"];

/// Items that only an absence refutes, or nothing in files.
const IRREFUTABLE: &[&str] = &[
    "B5", "C12", "E10", "D5", "G4", "H8", "I2", "I10", "L11", "M5", "N6", "O1", "O3", "O4",
];

/// Items that files refute, and that only a person or an absence can show.
const UNSHOWN: &[&str] = &["H7", "B1"];

#[test]
fn every_item_that_files_decide_has_a_cell_that_shows_it_and_one_that_refutes_it() {
    let standard = Standard::built_in().unwrap();
    let has = |item: &str, grades: &[&str]| {
        let mut heads = CELLS
            .split("#### ")
            .skip(1)
            .filter_map(|it| it.lines().next());
        heads.any(|head| {
            head.split_once(' ')
                .is_some_and(|(id, grade)| id == item && grades.contains(&grade))
        })
    };
    let mut missing = Vec::new();
    let read = standard
        .items
        .iter()
        .filter(|it| it.read_by.is_some() && it.same_as.is_none());
    for id in read
        .map(|it| it.id.as_str())
        .filter(|id| !SCANNED.contains(id) && !MADE.contains(id))
    {
        let shows = ["set up", "wired", "exercised"];
        if !has(id, &shows) && !UNSHOWN.contains(&id) {
            missing.push(format!("{id} shown"));
        }
        if !has(id, &["refuted"]) && !IRREFUTABLE.contains(&id) {
            missing.push(format!("{id} refuted"));
        }
    }
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn a_document_that_has_one_word_says_no_more() {
    let standard = Standard::built_in().unwrap();
    let mut wrong = Vec::new();
    for item in standard.items.iter().filter(|it| it.same_as.is_none()) {
        let Some(word) = item.words.first() else {
            continue;
        };
        let files = format!(">>>> README.md\n# App\n\nThe team cares about {word} a lot.\n");
        let assessed = Assessed::of_files(&files);
        let (state, grade) = (assessed.state(&item.id), assessed.grade(&item.id));
        if grade != "said" || state == "met" {
            wrong.push(format!("{} is {state} at {grade} by `{word}`", item.id));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
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

/// What the old word search considered evidence.
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

/// What the scan decides: shown by files without findings, refuted by a file with one.
#[test]
fn findings_refute_what_a_clean_scan_shows() {
    let world = World::new();
    let clean = world.init("clean");
    clean.write(
        "compose.yml",
        "services:\n  app:\n    image: app:1\n    environment:\n      TOKEN: ${TOKEN:?}\n",
    );
    clean.commit("first");
    let assessed = Assessed::of(&clean, &[]);
    for item in ["A1", "A3", "A5", "A6", "Q1"] {
        assert_eq!(
            assessed.grade(item),
            "exercised",
            "{}",
            assessed.evidence(item)
        );
    }
    let open = world.init("open");
    let password = ["Vq7#kd", "92Lmzx"].concat();
    let compose = format!(
        "services:\n  app:\n    image: app:1\n    environment:\n      DB_PASSWORD: \"{password}\"\n      API_TOKEN: changeme\n"
    );
    open.write("compose.yml", &compose);
    open.commit("first");
    let assessed = Assessed::of(&open, &[]);
    for item in ["A1", "A3", "A5", "A6", "Q1"] {
        assert_eq!(
            assessed.grade(item),
            "refuted",
            "{item}: {}",
            assessed.evidence(item)
        );
    }
    assert!(!assessed.json.to_string().contains(&password));
}

#[test]
fn files_that_are_long_are_evidence_too() {
    let check = |files: &str, item: &str, grade: &str| {
        let assessed = Assessed::of_files(files);
        assert_eq!(
            assessed.grade(item),
            grade,
            "{item}: {}",
            assessed.evidence(item)
        );
    };
    let sentence = "We keep what you enter for as long as your account exists. ";
    let policy = format!(
        ">>>> docs/privacy.md\n# Privacy\n\n{}\n",
        sentence.repeat(30)
    );
    check(&policy, "M4", "set up");
    let row = |number: usize| format!("('person{number}@mailbox{number}.org'),\n");
    let rows: String = (0..30).map(row).collect();
    check(
        &format!(">>>> db/dump.sql\nINSERT INTO users VALUES\n{rows}"),
        "M6",
        "refuted",
    );
    let mut routes = String::new();
    for number in 0..30 {
        let _ = writeln!(routes, "app.get(\"/route{number}\", f);");
    }
    let compose = |path: &str| {
        format!(
            ">>>> src/app.js\napp.get(\"/health\", f);\n{routes}>>>> compose.yml\nservices:\n  app:\n    build: .\n    \
             healthcheck: {{test: [CMD, curl, -f, \"http://localhost:3000{path}\"]}}\n"
        )
    };
    check(&compose("/gone"), "I1", "refuted");
    check(&compose("/health"), "I1", "wired");
}

/// What counts for the scan counts for readiness, too: a red scan is not a green item.
#[test]
fn what_the_history_alone_has_is_no_clean_scan() {
    let world = World::new();
    let repo = world.init("repo");
    let password = ["Vq7#kd", "92Lmzx"].concat();
    repo.write(
        "compose.yml",
        format!("services:\n  app:\n    image: app:1\n    environment:\n      DB_PASSWORD: \"{password}\"\n"),
    );
    repo.commit("first");
    repo.write("compose.yml", "services:\n  app:\n    image: app:1\n");
    repo.commit("second");
    let assessed = Assessed::of(&repo, &[]);
    assert_eq!(
        assessed.grade("Q1"),
        "refuted",
        "{}",
        assessed.evidence("Q1")
    );
    assert!(assessed.evidence("Q1").contains("in the history"));
    assert_eq!(
        assessed.grade("A5"),
        "nothing",
        "{}",
        assessed.evidence("A5")
    );
    assert_eq!(
        assessed.grade("A1"),
        "exercised",
        "{}",
        assessed.evidence("A1")
    );
}

/// What only developers have neither refutes an item about the deployment nor is ignored.
#[test]
fn what_developers_have_is_neither_refuted_nor_green() {
    let password = ["Vq7#kd", "92Lmzx"].concat();
    let key = ["8f3a1c", "9be27d", "40a6f5", "c3d1e8"].concat();
    let compose = format!(
        "services:\n  app:\n    build: .\n    tty: true\n    volumes: ['./:/app']\n    environment:\n      DB_PASSWORD: \"{password}\"\n  mail:\n    image: mailhog/mailhog\n"
    );
    let class = format!("class Development(Config):\n    SECRET_KEY = '{key}'\n");
    let section = format!(
        "development:\n  secret_key_base: {key}{key}\nproduction:\n  secret_key_base: <%= ENV['A'] %>\n"
    );
    for (path, text) in [
        ("docker-compose.yml", &compose),
        ("app/config.py", &class),
        ("config/secrets.yml", &section),
    ] {
        let world = World::new();
        let repo = world.init("repo");
        repo.write(path, text);
        repo.write("Dockerfile", "FROM scratch\n");
        repo.commit("first");
        let assessed = Assessed::of(&repo, &[]);
        // The scan itself rates what is in a Compose file or section for development as medium.
        let of_findings = if path.ends_with(".yml") {
            "exercised"
        } else {
            "nothing"
        };
        for (item, grade) in [("A1", "exercised"), ("A3", "nothing"), ("Q1", of_findings)] {
            let evidence = assessed.evidence(item);
            assert_eq!(assessed.grade(item), grade, "{path} {item}: {evidence}");
        }
        assert_ne!(
            assessed.grade("A5"),
            "refuted",
            "{path}: {}",
            assessed.evidence("A5")
        );
    }
}

/// A default for a setting that is not set is in the files, but nothing shows that it is in use.
#[test]
fn a_fallback_is_not_shown_to_be_in_use() {
    let world = World::new();
    let repo = world.init("repo");
    let key = ["8f3a1c", "9be27d", "40a6f5", "c3d1e8"].concat();
    repo.write(
        "app/settings.py",
        format!("import os\n\nSECRET_KEY = os.getenv('SECRET_KEY', '{key}')\n"),
    );
    repo.commit("first");
    let assessed = Assessed::of(&repo, &[]);
    assert_eq!(
        assessed.grade("A1"),
        "refuted",
        "{}",
        assessed.evidence("A1")
    );
    assert_eq!(
        assessed.grade("A5"),
        "nothing",
        "{}",
        assessed.evidence("A5")
    );
}

/// If no file deploys anything, the absence of credentials in them shows nothing.
#[test]
fn nothing_that_is_deployed_is_no_clean_deployment() {
    let world = World::new();
    let repo = world.init("repo");
    repo.write("src/main.py", "print(1)\n");
    repo.commit("first");
    let assessed = Assessed::of(&repo, &[]);
    for item in ["A1", "A6"] {
        assert_eq!(
            assessed.grade(item),
            "nothing",
            "{}",
            assessed.evidence(item)
        );
    }
    assert_eq!(assessed.grade("A3"), "exercised");
}
