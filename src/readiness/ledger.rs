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

/// Something that a reader has to know before all else.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Notice {
    /// Where it is found.
    pub place: Place,
    /// What it is.
    pub says: String,
}

/// All that is gathered.
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

    /// Lets what a file has show no more than `most`, and refute nothing: what the file sets up is not known to be in use.
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
        if self.limit_of(Some(&place)).is_none() {
            self.contradictions.push(Contradiction {
                place,
                says,
                item: Some(item.to_owned()),
            });
        }
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

    /// Notes something that belongs at the head of a report.
    pub(crate) fn notice(&mut self, place: Place, says: impl Into<String>) {
        let says = says.into();
        self.notices.push(Notice { place, says });
    }

    /// What belongs at the head of a report, in order.
    pub(crate) fn notices(&self) -> Vec<Notice> {
        let mut all = self.notices.clone();
        all.sort();
        all.dedup();
        all
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
