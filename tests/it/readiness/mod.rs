//! `gonogo readiness`: systems modelled on assessments that people made of them, and the expected result of each.

mod apart;
mod certificates;
mod forks;
mod grades;
mod options;
mod shown;
mod statements;
mod systems;

use std::collections::BTreeMap;

use gonogo::readiness::report::Format;
use gonogo::readiness::settings::FILE_NAME;
use gonogo::readiness::{Repository, Request, Settings, Standard, assess};
use serde_json::Value;

use crate::harness::{Repo, World};

/// The day on which systems are assessed.
pub(crate) const TODAY: &str = "2026-01-15";

/// Writes the files of a system, which follow each other in one text.
pub(crate) fn write(repo: &Repo<'_>, files: &str) {
    for part in files.split(">>>> ").skip(1) {
        let (path, text) = part.split_once('\n').unwrap();
        repo.write(path, text);
    }
}

/// An assessment as programs read it.
pub(crate) struct Assessed {
    pub(crate) json: Value,
}

impl Assessed {
    /// Assesses a repository.
    #[track_caller]
    pub(crate) fn of(repo: &Repo<'_>, args: &[&str]) -> Self {
        let base = ["readiness", "--format", "json", "--at", TODAY];
        let run = repo.gonogo().args(base).args(args).run();
        let json = serde_json::from_str(&run.stdout);
        let json = json.unwrap_or_else(|_| panic!("{}{}", run.stdout, run.stderr));
        Self { json }
    }

    /// Assesses the files of a text without the scan, and in this process, since there are many of them.
    #[track_caller]
    pub(crate) fn of_files(files: &str) -> Self {
        let world = World::new();
        let repo = world.init("repo");
        write(&repo, files);
        let text = std::fs::read_to_string(repo.join(FILE_NAME)).unwrap_or_default();
        let settings = Settings::parse(FILE_NAME, &text).unwrap();
        let mut standard = Standard::built_in().unwrap();
        for name in &settings.standards {
            let text = std::fs::read_to_string(repo.join(name)).unwrap();
            standard.add(name, &text).unwrap();
        }
        let assessment = assess(Request {
            repositories: vec![Repository {
                path: repo.path().to_owned(),
                ..Repository::default()
            }],
            standard: &standard,
            settings: &settings,
            scan: None,
            statements: Vec::new(),
            today: TODAY.to_owned(),
            threads: 1,
        });
        let json = Format::Json.write(&assessment.unwrap());
        Self {
            json: serde_json::from_str(&json).unwrap(),
        }
    }

    pub(crate) fn verdict(&self) -> &str {
        self.json["verdict"].as_str().unwrap()
    }

    fn listed(&self, list: &str, key: &str) -> BTreeMap<&str, &str> {
        let all = self.json[list].as_array().unwrap().iter();
        all.map(|it| (it["id"].as_str().unwrap(), it[key].as_str().unwrap()))
            .collect()
    }

    /// Returns the state of an item.
    #[track_caller]
    pub(crate) fn state(&self, id: &str) -> &str {
        self.listed("items", "state")[id]
    }

    /// Returns the grade of an item.
    #[track_caller]
    pub(crate) fn grade(&self, id: &str) -> &str {
        self.listed("items", "grade")[id]
    }

    /// Returns what is said about an item, with its places.
    pub(crate) fn evidence(&self, id: &str) -> String {
        let items = self.json["items"].as_array().unwrap();
        let item = items.iter().find(|it| it["id"] == id).unwrap();
        let line = |it: &Value| {
            let (path, line) = (it["path"].as_str().unwrap_or("-"), &it["line"]);
            format!("{} {path}:{line} {}\n", it["grade"], it["says"])
        };
        item["evidence"]
            .as_array()
            .unwrap()
            .iter()
            .map(line)
            .collect()
    }

    /// Returns the states of all criteria, indicators or areas.
    pub(crate) fn states(&self, list: &str) -> BTreeMap<&str, &str> {
        self.listed(list, "state")
    }

    /// Returns all contradictions, one per line.
    pub(crate) fn contradictions(&self) -> String {
        let all = self.json["contradictions"].as_array().unwrap().iter();
        let line = |it: &Value| format!("{} {}\n", it["path"].as_str().unwrap(), it["says"]);
        all.map(line).collect()
    }
}
