//! What was found for each item, while it is gathered.

use std::collections::BTreeMap;

use super::Grade;

/// How many pieces of evidence of one grade are kept for an item.
const MOST: usize = 5;

/// Where a piece of evidence is found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Which repository of the system.
    pub repository: usize,
    /// The path below it.
    pub path: String,
    /// The line, counted from 1.
    pub line: u32,
}

/// Something that shows or refutes an item.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Evidence {
    /// How much it shows.
    pub grade: Grade,
    /// Where it is found; none where several files together show it.
    pub place: Option<Place>,
    /// What it shows, in a few words.
    pub says: String,
}

/// Two things that cannot both be true.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Contradiction {
    /// Where the wrong one is found.
    pub place: Place,
    /// What contradicts what.
    pub says: String,
    /// The item that it refutes; none where it refutes a document only.
    pub item: Option<String>,
}

/// All that is gathered.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    evidence: BTreeMap<String, Vec<Evidence>>,
    more: BTreeMap<(String, Grade), usize>,
    inapplicable: BTreeMap<String, String>,
    contradictions: Vec<Contradiction>,
}

impl Ledger {
    /// Adds a piece of evidence.
    pub(crate) fn add(
        &mut self,
        item: &str,
        grade: Grade,
        place: impl Into<Option<Place>>,
        says: impl Into<String>,
    ) {
        let evidence = Evidence {
            grade,
            place: place.into(),
            says: says.into(),
        };
        let all = self.evidence.entry(item.to_owned()).or_default();
        if all.contains(&evidence) {
            return;
        }
        if all.iter().filter(|it| it.grade == grade).count() < MOST {
            all.push(evidence);
        } else {
            *self.more.entry((item.to_owned(), grade)).or_default() += 1;
        }
    }

    /// Adds what refutes an item.
    pub(crate) fn refute(
        &mut self,
        item: &str,
        place: impl Into<Option<Place>>,
        says: impl Into<String>,
    ) {
        self.add(item, Grade::Refuted, place, says);
    }

    /// Adds what refutes an item because two files, or a file and a target, contradict each other.
    pub(crate) fn contradict(&mut self, item: &str, place: Place, says: impl Into<String>) {
        let says = says.into();
        self.refute(item, place.clone(), says.clone());
        self.contradictions.push(Contradiction {
            place,
            says,
            item: Some(item.to_owned()),
        });
    }

    /// Notes that a document is wrong.
    pub(crate) fn doubt(&mut self, place: Place, says: impl Into<String>) {
        let says = says.into();
        self.contradictions.push(Contradiction {
            place,
            says,
            item: None,
        });
    }

    /// Notes that an item does not apply, and why.
    pub(crate) fn leave_out(&mut self, item: &str, reason: impl Into<String>) {
        self.inapplicable
            .entry(item.to_owned())
            .or_insert(reason.into());
    }

    /// The evidence of an item, what decides first.
    pub(crate) fn evidence(&self, item: &str) -> Vec<Evidence> {
        let mut all = self.evidence.get(item).cloned().unwrap_or_default();
        all.sort_by(|a, b| rank(a).cmp(&rank(b)).then_with(|| a.cmp(b)));
        all
    }

    /// How many pieces of evidence of the grade were not kept.
    pub(crate) fn more(&self, item: &str, grade: Grade) -> usize {
        let key = (item.to_owned(), grade);
        self.more.get(&key).copied().unwrap_or(0)
    }

    /// The grade of an item: what refutes it decides, else the most that is shown.
    pub(crate) fn grade(&self, item: &str) -> Grade {
        let all = self.evidence.get(item).into_iter().flatten();
        let grades = || all.clone().map(|it| it.grade);
        if grades().any(|grade| grade == Grade::Refuted) {
            return Grade::Refuted;
        }
        grades().max().unwrap_or(Grade::Nothing)
    }

    /// Whether anything reaches `grade`, whatever refutes it.
    pub(crate) fn reaches(&self, item: &str, grade: Grade) -> bool {
        let mut all = self.evidence.get(item).into_iter().flatten();
        all.any(|it| it.grade >= grade)
    }

    /// Why an item does not apply.
    pub(crate) fn inapplicable(&self, item: &str) -> Option<&str> {
        self.inapplicable.get(item).map(String::as_str)
    }

    /// What contradicts what, in order.
    pub(crate) fn contradictions(&self) -> Vec<Contradiction> {
        let mut all = self.contradictions.clone();
        all.sort();
        all.dedup();
        all
    }
}

/// What refutes comes first, then what shows most.
fn rank(evidence: &Evidence) -> std::cmp::Reverse<(bool, Grade)> {
    std::cmp::Reverse((evidence.grade == Grade::Refuted, evidence.grade))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_refutes_decides() {
        let mut ledger = Ledger::default();
        assert_eq!(ledger.grade("C7"), Grade::Nothing);
        ledger.add("C7", Grade::Said, None, "a word");
        ledger.add("C7", Grade::Wired, None, "a schedule");
        assert_eq!(ledger.grade("C7"), Grade::Wired);
        ledger.refute("C7", None, "it is switched off");
        assert_eq!(ledger.grade("C7"), Grade::Refuted);
        assert!(ledger.reaches("C7", Grade::Wired));
        assert_eq!(ledger.evidence("C7")[0].grade, Grade::Refuted);
    }
}
