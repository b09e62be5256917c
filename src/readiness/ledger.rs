//! Collects the evidence for each item while evaluators run.

use std::collections::BTreeMap;

use super::Grade;

/// The most pieces of evidence of one grade that are kept for an item.
const MOST: usize = 5;

/// Where a piece of evidence was found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The index of the repository.
    pub repository: usize,
    /// The path, relative to the repository.
    pub path: String,
    /// The line, counted from 1.
    pub line: u32,
}

/// Something that shows or refutes an item.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Evidence {
    /// The grade that it supports.
    pub grade: Grade,
    /// Where it was found; `None` if several files show it together.
    pub place: Option<Place>,
    /// What it shows, in a few words.
    pub says: String,
}

/// Two things that cannot both be true.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Contradiction {
    /// Where the one that is wrong was found.
    pub place: Place,
    /// Which two things contradict each other.
    pub says: String,
    /// The item that it refutes; `None` if it only shows that a document is wrong.
    pub item: Option<String>,
}

/// Something that a reader must know before anything else.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Notice {
    /// Where it was found.
    pub place: Place,
    /// What the reader must know.
    pub says: String,
}

/// The evidence, contradictions and notices collected so far.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    evidence: BTreeMap<String, Vec<Evidence>>,
    more: BTreeMap<(String, Grade), usize>,
    inapplicable: BTreeMap<String, String>,
    contradictions: Vec<Contradiction>,
    limits: BTreeMap<(usize, String), (Grade, String)>,
    notices: Vec<Notice>,
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
        let evidence = self.within_limits(Evidence {
            grade,
            place: place.into(),
            says: says.into(),
        });
        let grade = evidence.grade;
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

    /// Caps evidence from a file at `most` and lets it refute nothing, because it is not known whether the file is in
    /// use. Applies only to evidence that is added later.
    pub(crate) fn limit(
        &mut self,
        (repository, path): (usize, &str),
        most: Grade,
        remark: impl Into<String>,
    ) {
        let key = (repository, path.to_owned());
        self.limits.entry(key).or_insert((most, remark.into()));
    }

    fn limit_of(&self, place: Option<&Place>) -> Option<&(Grade, String)> {
        let place = place.filter(|_| !self.limits.is_empty())?;
        self.limits.get(&(place.repository, place.path.clone()))
    }

    fn within_limits(&self, mut evidence: Evidence) -> Evidence {
        if let Some((most, remark)) = self.limit_of(evidence.place.as_ref()) {
            evidence.grade = match evidence.grade {
                Grade::Refuted => Grade::Nothing,
                grade => grade.min(*most),
            };
            evidence.says = format!("{}; {remark}", evidence.says);
        }
        evidence
    }

    /// Adds a piece of evidence that refutes an item.
    pub(crate) fn refute(
        &mut self,
        item: &str,
        place: impl Into<Option<Place>>,
        says: impl Into<String>,
    ) {
        self.add(item, Grade::Refuted, place, says);
    }

    /// Refutes an item because two files, or a file and a target, contradict each other.
    pub(crate) fn contradict(&mut self, item: &str, place: Place, says: impl Into<String>) {
        let says = says.into();
        self.refute(item, place.clone(), says.clone());
        if self.limit_of(Some(&place)).is_none() {
            self.contradictions.push(Contradiction {
                place,
                says,
                item: Some(item.to_owned()),
            });
        }
    }

    /// Records that a document is wrong.
    pub(crate) fn doubt(&mut self, place: Place, says: impl Into<String>) {
        let says = says.into();
        self.contradictions.push(Contradiction {
            place,
            says,
            item: None,
        });
    }

    /// Records something that belongs at the top of a report.
    pub(crate) fn notice(&mut self, place: Place, says: impl Into<String>) {
        let says = says.into();
        self.notices.push(Notice { place, says });
    }

    /// Returns what belongs at the top of a report, sorted.
    pub(crate) fn notices(&self) -> Vec<Notice> {
        let mut all = self.notices.clone();
        all.sort();
        all.dedup();
        all
    }

    /// Records that an item does not apply, and why; the first reason stays.
    pub(crate) fn leave_out(&mut self, item: &str, reason: impl Into<String>) {
        self.inapplicable
            .entry(item.to_owned())
            .or_insert(reason.into());
    }

    /// Returns the evidence for an item, with what decides first.
    pub(crate) fn evidence(&self, item: &str) -> Vec<Evidence> {
        let mut all = self.evidence.get(item).cloned().unwrap_or_default();
        all.sort_by(|a, b| rank(a).cmp(&rank(b)).then_with(|| a.cmp(b)));
        all
    }

    /// Returns how many pieces of evidence of this grade were not kept.
    pub(crate) fn more(&self, item: &str, grade: Grade) -> usize {
        let key = (item.to_owned(), grade);
        self.more.get(&key).copied().unwrap_or(0)
    }

    /// Returns the grade of an item: refuted if any evidence refutes it, otherwise the highest that is shown.
    pub(crate) fn grade(&self, item: &str) -> Grade {
        let all = self.evidence.get(item).into_iter().flatten();
        let grades = || all.clone().map(|it| it.grade);
        if grades().any(|grade| grade == Grade::Refuted) {
            return Grade::Refuted;
        }
        grades().max().unwrap_or(Grade::Nothing)
    }

    /// Returns whether any evidence reaches `grade`, even if other evidence refutes the item.
    pub(crate) fn reaches(&self, item: &str, grade: Grade) -> bool {
        let mut all = self.evidence.get(item).into_iter().flatten();
        all.any(|it| it.grade >= grade)
    }

    /// Returns why an item does not apply, if it does not.
    pub(crate) fn inapplicable(&self, item: &str) -> Option<&str> {
        self.inapplicable.get(item).map(String::as_str)
    }

    /// Returns the contradictions, sorted.
    pub(crate) fn contradictions(&self) -> Vec<Contradiction> {
        let mut all = self.contradictions.clone();
        all.sort();
        all.dedup();
        all
    }
}

/// Sorts evidence that refutes first, then by descending grade.
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

    #[test]
    fn a_file_that_is_not_known_to_be_in_use_shows_less_and_refutes_nothing() {
        let at = |path: &str| Place {
            repository: 0,
            path: path.to_owned(),
            line: 1,
        };
        let mut ledger = Ledger::default();
        ledger.limit((0, "idle.tf"), Grade::SetUp, "nothing uses it");
        ledger.add("C7", Grade::Wired, at("idle.tf"), "a plan");
        assert_eq!(ledger.grade("C7"), Grade::SetUp);
        assert_eq!(ledger.evidence("C7")[0].says, "a plan; nothing uses it");
        ledger.contradict("C7", at("idle.tf"), "it is off");
        assert_eq!(ledger.grade("C7"), Grade::SetUp);
        assert!(ledger.contradictions().is_empty());
        ledger.refute("C7", at("main.tf"), "it is off");
        assert_eq!(ledger.grade("C7"), Grade::Refuted);
    }
}
