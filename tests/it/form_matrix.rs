//! Every form in which a language or a file format gives a literal to a name, with five kinds of values.
//!
//! The forms are data tables, and the values are generated when the test runs. `scripts/forms/forms.py` compares the
//! tables with the grammars of the languages. The test lists every missed cell if there are too many.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::harness::{Random, World};

const PROGRAMS: &str = include_str!("form_matrix/programs.toml");
const FORMATS: &str = include_str!("form_matrix/formats.toml");
const OTHERS: &str = include_str!("form_matrix/others.toml");

/// The kinds of values, with the words of the name used for each.
const KINDS: [(&str, [&str; 2]); 5] = [
    ("password", ["database", "password"]),
    ("token", ["api", "token"]),
    ("hex", ["api", "key"]),
    ("base64", ["encryption", "key"]),
    ("phrase", ["backup", "passphrase"]),
];

#[derive(Deserialize)]
struct Language {
    /// The name of the file that the forms are in.
    file: String,
    /// How names are written.
    style: String,
    /// What precedes each form.
    #[serde(default)]
    prefix: String,
    /// The kinds of values that apply; all if empty.
    #[serde(default)]
    kinds: Vec<String>,
    forms: BTreeMap<String, String>,
    /// The forms in which a value has no quotation marks, so that it cannot contain a space.
    #[serde(default)]
    bare: Bare,
}

#[derive(Deserialize, Default)]
struct Bare {
    forms: BTreeSet<String>,
}

/// A form with a value in it.
struct Cell {
    label: String,
    file: String,
    text: String,
    lines: std::ops::RangeInclusive<u64>,
}

fn capital(word: &str) -> String {
    word[..1].to_uppercase() + &word[1..]
}

/// Returns a name from these words in this style.
fn styled(words: &[&str; 2], style: &str) -> String {
    let titles = words.map(capital);
    match style {
        "snake" => words.join("_"),
        "upper" => words.join("_").to_uppercase(),
        "kebab" => words.join("-"),
        "dotted" => words.join("."),
        "words" => words.join(" "),
        "camel" => words[0].to_owned() + &titles[1],
        "pascal" => titles.concat(),
        "title" => titles.join(" "),
        "header" => titles.join("-"),
        _ => panic!("{style}"),
    }
}

/// Returns a value of this kind that nobody uses.
fn value(kind: &str, random: &mut Random) -> String {
    let mut below = |bound: usize| random.below(u32::try_from(bound).unwrap()) as usize;
    let mut digits = |alphabet: &[u8], length: usize| -> String {
        let digit = |_| char::from(alphabet[below(alphabet.len())]);
        (0..length).map(digit).collect()
    };
    let alnum = b"ABCDEFGHIJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";
    match kind {
        "password" => {
            let parts = [5, 4, 3].map(|length| digits(alnum, length));
            format!("{}7-{}q_{}", parts[0], parts[1], parts[2])
        }
        "token" => digits(alnum, 36),
        "hex" => digits(b"0123456789abcdef", 32),
        // A 256-bit key, as in JSON Web Keys.
        "key" => digits(alnum, 42) + "A",
        "base64" => format!(
            "{}+{}/{}=",
            digits(alnum, 10),
            digits(alnum, 20),
            digits(alnum, 11)
        ),
        "phrase" => {
            let words = [
                "velvet", "harbour", "lantern", "copper", "meadow", "thistle", "walnut", "saddle",
            ];
            let number = digits(b"23456789", 2);
            let at = usize::from(number.as_bytes()[0]) % 5;
            let [first, second, third, last] = [at, at + 1, at + 2, at + 3].map(|at| words[at]);
            format!("{first} {second} {third}{number} {last}")
        }
        _ => panic!("{kind}"),
    }
}

/// Returns the form with the name and the value of a kind filled in.
fn filled(language: &Language, form: &str, words: &[&str; 2], values: [&str; 2]) -> String {
    let styles = [
        ("NAMEPASCAL", "pascal"),
        ("NAMETITLE", "title"),
        ("NAME", language.style.as_str()),
        ("CONST", "upper"),
        ("KEBAB", "kebab"),
        ("DOTTED", "dotted"),
        ("SNAKE", "snake"),
        ("CAMEL", "camel"),
        ("HEADER", "header"),
    ];
    let mut text = form.to_owned();
    for (mark, style) in styles {
        text = text.replace(mark, &styled(words, style));
    }
    text.replace("OTHER", values[1]).replace("VALUE", values[0])
}

fn cells() -> Vec<Cell> {
    let mut random = Random(29);
    let mut cells = Vec::new();
    for table in [PROGRAMS, FORMATS, OTHERS] {
        let languages: BTreeMap<String, Language> = toml::from_str(table).unwrap();
        for (name, language) in &languages {
            for (id, form) in &language.forms {
                let kinds = KINDS.iter().map(|&(kind, words)| (kind, words));
                let own = language
                    .kinds
                    .iter()
                    .map(|kind| (kind.as_str(), ["web", "key"]));
                let kinds: Vec<_> = if language.kinds.is_empty() {
                    kinds.collect()
                } else {
                    own.collect()
                };
                for (kind, words) in kinds {
                    if kind == "phrase" && language.bare.forms.contains(id) {
                        continue;
                    }
                    let values = [value(kind, &mut random), value(kind, &mut random)];
                    let text = filled(language, form, &words, [&values[0], &values[1]]);
                    let text = format!("{}{text}\n", language.prefix);
                    let at = text
                        .find(&values[0])
                        .unwrap_or_else(|| panic!("{name}/{id}"));
                    let line = 1 + text[..at].matches('\n').count() as u64;
                    cells.push(Cell {
                        label: format!("{name}/{id}/{kind}"),
                        file: language.file.clone(),
                        text,
                        lines: line..=line,
                    });
                }
            }
        }
    }
    cells
}

/// Returns the cells in which nothing is found at the value.
fn missed(cells: &[Cell]) -> Vec<String> {
    let world = World::new();
    let root = world.path("forms");
    for (number, cell) in cells.iter().enumerate() {
        let file = root.join(format!("n{number:04}")).join(&cell.file);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, &cell.text).unwrap();
    }
    let run = world.gonogo(&root).args(["scan", "--format", "json"]).run();
    let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let mut found = BTreeSet::new();
    for finding in report["findings"].as_array().unwrap() {
        if finding["category"] == "configuration" {
            continue;
        }
        let location = &finding["location"];
        let mut places = vec![location];
        places.extend(finding["also"].as_array().into_iter().flatten());
        for place in places {
            let path = place["path"].as_str().unwrap_or_default();
            let Some(number) = path.strip_prefix('n').and_then(|path| path.get(..4)) else {
                continue;
            };
            let number: usize = number.parse().unwrap();
            let (first, last) = (
                place["start"]["line"].as_u64(),
                place["end"]["line"].as_u64(),
            );
            let lines = &cells[number].lines;
            if first <= Some(*lines.end()) && last >= Some(*lines.start()) {
                found.insert(number);
            }
        }
    }
    let unfound = (0..cells.len()).filter(|number| !found.contains(number));
    unfound.map(|number| cells[number].label.clone()).collect()
}

#[test]
fn nearly_every_form_is_read() {
    let cells = cells();
    let missed = missed(&cells);
    assert!(cells.len() > 6000, "{}", cells.len());
    // Three in a hundred may be missed.
    let most = cells.len() * 3 / 100;
    let (count, all) = (missed.len(), cells.len());
    assert!(count <= most, "{count} of {all} are missed: {missed:#?}");
}
