//! The standard: what a system must show, as data.
//!
//! The built-in standard has one TOML file per category in `standard/`, and one for what is decided from the items.
//! A company can add files in the same format.

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

/// The roles that can be asked about items and that sign off.
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

/// What a system must show, and what is decided from it.
#[derive(Debug, Clone, Default)]
pub struct Standard {
    /// Categories, in the order of reports.
    pub categories: Vec<Category>,
    /// All items, in the order of reports.
    pub items: Vec<Item>,
    /// Areas of work, by number.
    pub areas: Vec<Area>,
    /// What must be met for GO.
    pub criteria: Vec<Criterion>,
    /// What means NO-GO if it is present.
    pub indicators: Vec<Indicator>,
    /// The roles that must sign off.
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

/// One thing that a system must show.
#[derive(Debug, Clone)]
pub struct Item {
    /// Its id: `C7`.
    pub id: String,
    /// The category that it belongs to.
    pub category: String,
    /// What must hold.
    pub title: String,
    /// The lowest grade that meets it.
    pub needs: Grade,
    /// The evaluator that reads files for it; `None` if only a person can know.
    pub read_by: Option<String>,
    /// Items whose evidence counts for it as well.
    pub evidence_of: Vec<String>,
    /// The item that this one is an alias of; an alias is listed but not counted.
    pub same_as: Option<String>,
    /// What the system must have for the item to apply: `database`.
    pub applies_to: Vec<String>,
    /// The role to ask.
    pub ask: String,
    /// What no file can show; `None` if files alone decide.
    pub person: Option<String>,
    /// Words with which documents claim it.
    pub words: Vec<String>,
    /// What to do.
    pub action: String,
    /// What could show it but is not read yet.
    pub not_yet_read: Vec<String>,
    /// Ids of the same requirement in other standards, by standard.
    pub maps: Vec<(String, Vec<String>)>,
}

/// An area of work: what is wrong, how severe that is, and who owns it.
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
    /// The consequences while it is open.
    pub impact: String,
    /// Its items.
    pub items: Vec<String>,
}

/// What must be met for GO.
#[derive(Debug, Clone)]
pub struct Criterion {
    /// Its id: `GO1`.
    pub id: String,
    /// What must hold.
    pub title: String,
    /// Its items, all of which must be met.
    pub items: Vec<String>,
}

/// What means NO-GO.
#[derive(Debug, Clone)]
pub struct Indicator {
    /// Its id: `NOGO1`.
    pub id: String,
    /// What is wrong.
    pub title: String,
    /// Its items; it is present if any of them is refuted.
    pub items: Vec<String>,
    /// The grade that at least one item must reach; otherwise the indicator is present by absence.
    pub absence: Option<Grade>,
}

/// A role that must sign off.
#[derive(Debug, Clone)]
pub struct SignOff {
    /// Its id, which a statement names: `SIGN-qa`.
    pub id: String,
    /// The role.
    pub role: String,
    /// The title of whoever has it.
    pub title: String,
    /// What they agree to.
    pub statement: String,
    /// Items that refute it.
    pub items: Vec<String>,
}

impl Standard {
    /// Returns the built-in standard.
    ///
    /// # Errors
    ///
    /// Never in practice: a test parses it.
    pub fn built_in() -> Result<Self, ConfigError> {
        let mut standard = Self::default();
        for (file, text) in BUILT_IN {
            standard.add(file, text)?;
        }
        standard.check("standard/")?;
        Ok(standard)
    }

    /// Adds the standard in `text`, the content of `file`. An entry with a known id replaces the existing one.
    ///
    /// # Errors
    ///
    /// The text is not a valid standard.
    pub fn add(&mut self, file: &str, text: &str) -> Result<(), ConfigError> {
        read::add(self, file, text)
    }

    /// Checks that every evaluator and item that is referred to exists.
    ///
    /// # Errors
    ///
    /// An evaluator or item is unknown; the error names the first.
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

    /// Returns the item with this id.
    pub fn item(&self, id: &str) -> Option<&Item> {
        self.items.iter().find(|item| item.id == id)
    }

    /// Returns a one-line message that `id` is unknown, with the item that was probably meant.
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

/// Returns an error about a file as a whole.
fn error(file: &str, message: String) -> ConfigError {
    ConfigError {
        file: file.to_owned(),
        line: 1,
        column: 1,
        message,
    }
}

impl Item {
    /// Returns whether it counts towards scores, which aliases do not.
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
