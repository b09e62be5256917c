//! The standard: what a system has to show, as data.
//!
//! The built-in standard is one TOML file for each category below `standard/`, and one for what is decided from the
//! items. A company adds files of the same form.

mod read;

use crate::config::ConfigError;

use super::{Grade, evaluate};

/// The files of the built-in standard, in the order of reports.
const BUILT_IN: [(&str, &str); 11] = [
    (
        "standard/infrastructure.toml",
        include_str!("../../../standard/infrastructure.toml"),
    ),
    (
        "standard/security.toml",
        include_str!("../../../standard/security.toml"),
    ),
    (
        "standard/monitoring.toml",
        include_str!("../../../standard/monitoring.toml"),
    ),
    (
        "standard/performance.toml",
        include_str!("../../../standard/performance.toml"),
    ),
    (
        "standard/operations.toml",
        include_str!("../../../standard/operations.toml"),
    ),
    (
        "standard/containers.toml",
        include_str!("../../../standard/containers.toml"),
    ),
    (
        "standard/database.toml",
        include_str!("../../../standard/database.toml"),
    ),
    (
        "standard/cache.toml",
        include_str!("../../../standard/cache.toml"),
    ),
    (
        "standard/tls.toml",
        include_str!("../../../standard/tls.toml"),
    ),
    (
        "standard/backups.toml",
        include_str!("../../../standard/backups.toml"),
    ),
    (
        "standard/decision.toml",
        include_str!("../../../standard/decision.toml"),
    ),
];

/// The roles that may be asked, and that sign off.
pub const ROLES: [&str; 8] = [
    "security",
    "devops",
    "qa",
    "database",
    "engineering",
    "product",
    "legal",
    "sponsor",
];

/// What a system has to show, and what is decided from it.
#[derive(Debug, Clone, Default)]
pub struct Standard {
    /// Categories, in the order of reports.
    pub categories: Vec<Category>,
    /// All items, in the order of reports.
    pub items: Vec<Item>,
    /// Areas of work, by number.
    pub areas: Vec<Area>,
    /// What has to be met.
    pub criteria: Vec<Criterion>,
    /// What must not be.
    pub indicators: Vec<Indicator>,
    /// Who has to agree.
    pub sign_offs: Vec<SignOff>,
}

/// A group of items with a score of its own.
#[derive(Debug, Clone)]
pub struct Category {
    /// Its id: `security`.
    pub id: String,
    /// What it is called.
    pub title: String,
}

/// One thing that a system has to show.
#[derive(Debug, Clone)]
pub struct Item {
    /// Its id: `C7`.
    pub id: String,
    /// The category that it belongs to.
    pub category: String,
    /// What has to be so.
    pub title: String,
    /// The grade from which on it is met.
    pub needs: Grade,
    /// The evaluator that reads files for it; none where only a person can know.
    pub read_by: Option<String>,
    /// Items whose evidence counts for it, too.
    pub evidence_of: Vec<String>,
    /// The item that this is another name of; it is listed, and not counted.
    pub same_as: Option<String>,
    /// What the system has to have for it to apply: `database`.
    pub applies_to: Vec<String>,
    /// The role to ask.
    pub ask: String,
    /// What no file can show; none where files decide alone.
    pub person: Option<String>,
    /// Words in documents that say it.
    pub words: Vec<String>,
    /// What to do.
    pub action: String,
    /// What could show it and is not read yet.
    pub not_yet_read: Vec<String>,
    /// Ids of the same thing in other standards.
    pub maps: Vec<(String, Vec<String>)>,
}

/// A piece of work: what has to be done, how bad it is, and who does it.
#[derive(Debug, Clone)]
pub struct Area {
    /// Its number.
    pub number: usize,
    /// What is wrong while it is open.
    pub title: String,
    /// `critical`, `high`, `medium` or `low`.
    pub severity: String,
    /// Who usually owns it.
    pub owner: String,
    /// What follows while it is open.
    pub impact: String,
    /// Its items.
    pub items: Vec<String>,
}

/// What has to be met for GO.
#[derive(Debug, Clone)]
pub struct Criterion {
    /// Its id: `GO1`.
    pub id: String,
    /// What has to be so.
    pub title: String,
    /// Its items, all of which have to be met.
    pub items: Vec<String>,
}

/// What means NO-GO.
#[derive(Debug, Clone)]
pub struct Indicator {
    /// Its id: `NOGO1`.
    pub id: String,
    /// What is wrong.
    pub title: String,
    /// Its items; one that is refuted is enough.
    pub items: Vec<String>,
    /// The grade that one item has to reach, or it is present by absence.
    pub absence: Option<Grade>,
}

/// A role that has to agree.
#[derive(Debug, Clone)]
pub struct SignOff {
    /// Its id, which a statement names: `SIGN-qa`.
    pub id: String,
    /// The role.
    pub role: String,
    /// Who that is.
    pub title: String,
    /// What is agreed to.
    pub statement: String,
    /// Items that refute it.
    pub items: Vec<String>,
}

impl Standard {
    /// The built-in standard.
    ///
    /// # Errors
    ///
    /// None: a test reads it.
    pub fn built_in() -> Result<Self, ConfigError> {
        let mut standard = Self::default();
        for (file, text) in BUILT_IN {
            standard.add(file, text)?;
        }
        standard.check("standard/")?;
        Ok(standard)
    }

    /// Adds what `text`, the content of `file`, says. An item with a known id takes the place of the one that is there.
    ///
    /// # Errors
    ///
    /// The text is no standard.
    pub fn add(&mut self, file: &str, text: &str) -> Result<(), ConfigError> {
        read::add(self, file, text)
    }

    /// Refuses references to items that there are not.
    ///
    /// # Errors
    ///
    /// The first such reference.
    pub fn check(&self, file: &str) -> Result<(), ConfigError> {
        let aliases = self.items.iter().flat_map(|item| &item.same_as);
        let evidence = self.items.iter().flat_map(|item| &item.evidence_of);
        let decided = self.areas.iter().flat_map(|area| &area.items);
        let decided = decided.chain(self.criteria.iter().flat_map(|it| &it.items));
        let decided = decided.chain(self.indicators.iter().flat_map(|it| &it.items));
        let decided = decided.chain(self.sign_offs.iter().flat_map(|it| &it.items));
        let readers = self.items.iter().filter_map(|item| item.read_by.as_deref());
        let mut unknown = readers.filter(|name| !evaluate::names().any(|known| known == *name));
        if let Some(name) = unknown.next() {
            let known: Vec<_> = evaluate::names().collect();
            let message = format!("nothing evaluates `{name}`: there is {}", known.join(", "));
            return Err(error(file, message));
        }
        let mut named = aliases.chain(evidence).chain(decided);
        match named.find(|id| self.item(id).is_none()) {
            None => Ok(()),
            Some(id) => Err(error(file, self.unknown_item(id))),
        }
    }

    /// The item with this id.
    pub fn item(&self, id: &str) -> Option<&Item> {
        self.items.iter().find(|item| item.id == id)
    }

    /// Why `id` names no item, in one line, with what was probably meant.
    pub fn unknown_item(&self, id: &str) -> String {
        let shown: String = id.chars().take(40).collect();
        let same = |item: &&Item| item.id.eq_ignore_ascii_case(id);
        let near = self.items.iter().find(same).or_else(|| {
            let likeness = |item: &Item| strsim::jaro_winkler(&item.id, &shown.to_uppercase());
            let best = self
                .items
                .iter()
                .max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
            best.filter(|item| likeness(item) > 0.7)
        });
        match near {
            Some(item) => format!(
                "there is no item `{shown}`: did you mean `{}` ({})?",
                item.id, item.title
            ),
            None => format!("there is no item `{shown}`: `gonogo readiness items` lists them"),
        }
    }
}

/// An error about all of a file.
fn error(file: &str, message: String) -> ConfigError {
    ConfigError {
        file: file.to_owned(),
        line: 1,
        column: 1,
        message,
    }
}

impl Item {
    /// Whether it is counted: not another name of something else.
    pub fn counts(&self) -> bool {
        self.same_as.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_standard_is_whole() {
        let standard = Standard::built_in().unwrap();
        let counted = |letters: &str| {
            let all = standard.items.iter().filter(|item| item.counts());
            all.filter(|item| item.id.starts_with(|c| letters.contains(c)))
                .count()
        };
        assert_eq!(counted("ABCDEFGHIJKLMN"), 118);
        assert_eq!(standard.areas.len(), 19);
        assert_eq!(standard.criteria.len(), 10);
        assert_eq!(standard.indicators.len(), 8);
        assert_eq!(standard.sign_offs.len(), 8);
        assert_eq!(standard.categories.len(), 10);
    }

    #[test]
    fn every_item_is_read_by_an_evaluator_or_left_to_a_person() {
        let standard = Standard::built_in().unwrap();
        for item in standard.items.iter().filter(|item| item.counts()) {
            match &item.read_by {
                Some(name) => assert!(evaluate::names().any(|known| known == name), "{name}"),
                None => assert!(item.person.is_some(), "{}", item.id),
            }
            assert!(ROLES.contains(&item.ask.as_str()), "{}", item.id);
            assert!(!item.action.is_empty(), "{}", item.id);
        }
        let is_used = |name: &str| {
            let mut items = standard.items.iter();
            items.any(|item| item.read_by.as_deref() == Some(name))
        };
        for name in evaluate::names() {
            assert!(is_used(name), "no item is read by `{name}`");
        }
    }

    #[test]
    fn an_unknown_item_gets_a_hint() {
        let standard = Standard::built_in().unwrap();
        assert!(standard.unknown_item("c7").contains("did you mean `C7`"));
        assert!(standard.unknown_item("zzz").contains("lists them"));
    }
}
