//! Turns evidence and statements into states, a score and a verdict.

use std::collections::BTreeMap;

use crate::model::Verdict;

use super::Grade;
use super::ledger::{Evidence, Ledger};
use super::settings::Settings;
use super::standard::{Item, Standard};
use super::statement::{Judged, Statement};

/// The state of an item, in ascending order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// A file shows the opposite.
    Refuted,
    /// Its grade is lower than the one it needs.
    Open,
    /// A person states that it holds.
    Said,
    /// It has reached the grade it needs.
    Met,
    /// It does not apply.
    NotApplicable,
}

impl State {
    /// Returns the word for it in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Refuted => "refuted",
            Self::Open => "open",
            Self::Said => "said by a person",
            Self::Met => "met",
            Self::NotApplicable => "not applicable",
        }
    }

    /// Returns whether nothing is left to do.
    pub fn is_done(self) -> bool {
        self >= Self::Said
    }
}

/// The outcome for an item.
#[derive(Debug, Clone)]
pub struct Result {
    /// The item.
    pub item: Item,
    /// Where it is.
    pub state: State,
    /// The grade that its files reach.
    pub grade: Grade,
    /// The evidence that shows or refutes it.
    pub evidence: Vec<Evidence>,
    /// How many further pieces of evidence of this grade were not kept.
    pub more: usize,
    /// The statement of a person, if one counts.
    pub said_by: Option<Statement>,
    /// Why it is in this state, if the evidence does not explain it.
    pub reason: Option<String>,
}

/// The outcome for a criterion, an indicator, an area or a sign-off.
#[derive(Debug, Clone)]
pub struct Decision {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its state; for an indicator, `Refuted` means that it is present.
    pub state: State,
    /// The items that it depends on.
    pub items: Vec<String>,
    /// Why it is in this state, in one line.
    pub why: String,
}

/// A score.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Score {
    /// How many items are met, or stated by a person.
    pub met: usize,
    /// How many items apply.
    pub of: usize,
}

impl Score {
    /// Returns the share that is met, in percent rounded down; 0 if no item applies.
    pub fn percent(self) -> usize {
        (self.met * 100).checked_div(self.of).unwrap_or(0)
    }
}

/// All outcomes of an assessment.
#[derive(Debug, Clone)]
pub struct Decisions {
    /// Items, in the order of the standard.
    pub results: Vec<Result>,
    /// Areas of work.
    pub areas: Vec<Decision>,
    /// Criteria.
    pub criteria: Vec<Decision>,
    /// Indicators.
    pub indicators: Vec<Decision>,
    /// Sign-offs.
    pub sign_offs: Vec<Decision>,
    /// The score of each category.
    pub scores: Vec<(String, Score)>,
    /// The overall score.
    pub score: Score,
    /// The verdict on the system.
    pub verdict: Verdict,
    /// The last day on which GO holds; `None` if the verdict is not GO or no statement counts.
    pub until: Option<String>,
}

impl Decisions {
    /// Returns the result of the item with this id.
    pub fn result(&self, id: &str) -> Option<&Result> {
        self.results.iter().find(|result| result.item.id == id)
    }
}

/// Decides the state of every item, and what follows from the states.
pub(super) fn decide(
    standard: &Standard,
    settings: &Settings,
    ledger: &Ledger,
    judged: &Judged,
) -> Decisions {
    let results: Vec<_> = standard
        .items
        .iter()
        .map(|item| result(item, (standard, settings, ledger, judged)))
        .collect();
    let states: BTreeMap<&str, &Result> =
        results.iter().map(|it| (it.item.id.as_str(), it)).collect();
    let criteria: Vec<_> = standard
        .criteria
        .iter()
        .map(|it| together(&it.id, &it.title, &it.items, &states))
        .collect();
    let areas = standard.areas.iter();
    let areas = areas.map(|it| together(&it.number.to_string(), &it.title, &it.items, &states));
    let areas: Vec<_> = areas.collect();
    let indicators: Vec<_> = standard
        .indicators
        .iter()
        .map(|it| {
            let absence = it.absence.map(|grade| (grade, settings.is_complete));
            indicator((&it.id, &it.title, &it.items), absence, (&states, ledger))
        })
        .collect();
    let sign_offs = standard.sign_offs.iter().map(|it| {
        let refuted = together(&it.id, &it.title, &it.items, &states);
        let (state, why) = match (judged.valid.get(&it.id), judged.denied.get(&it.id)) {
            _ if refuted.state == State::Refuted => (State::Refuted, refuted.why),
            (_, Some(why)) => (State::Refuted, why.clone()),
            (Some(statement), None) => (State::Said, said_by(statement)),
            (None, None) => (State::Open, "no sign-off yet".to_owned()),
        };
        Decision {
            id: it.id.clone(),
            title: it.title.clone(),
            state,
            items: it.items.clone(),
            why,
        }
    });
    let sign_offs: Vec<_> = sign_offs.collect();
    let scores = standard.categories.iter().map(|category| {
        let own = results.iter().filter(|it| it.item.category == category.id);
        (category.id.clone(), score(own))
    });
    let scores: Vec<_> = scores.collect();
    let score = score(results.iter());
    let verdict = verdict(&criteria, &indicators);
    let until = judged.valid.values().map(|it| it.until.clone()).min();
    Decisions {
        areas,
        criteria,
        indicators,
        sign_offs,
        scores,
        score,
        verdict,
        until: until.filter(|_| verdict == Verdict::Go),
        results,
    }
}

fn score<'r>(results: impl Iterator<Item = &'r Result>) -> Score {
    let mut score = Score::default();
    for result in results.filter(|it| it.item.counts() && it.state != State::NotApplicable) {
        score.of += 1;
        score.met += usize::from(result.state.is_done());
    }
    score
}

fn verdict(criteria: &[Decision], indicators: &[Decision]) -> Verdict {
    let all = || criteria.iter().chain(indicators);
    if all().any(|it| it.state == State::Refuted) {
        Verdict::NoGo
    } else if all().any(|it| it.state == State::Open)
        || all().all(|it| it.state == State::NotApplicable)
    {
        // If nothing applies, nothing was assessed.
        Verdict::Undecided
    } else {
        Verdict::Go
    }
}

/// Returns who made a statement and until when it counts.
pub fn said_by(statement: &Statement) -> String {
    format!(
        "said by {} ({}), until {}",
        statement.by, statement.role, statement.until
    )
}

type Known<'a> = (&'a Standard, &'a Settings, &'a Ledger, &'a Judged);

fn result(item: &Item, known: Known<'_>) -> Result {
    let (standard, settings, ledger, judged) = known;
    let source = item.same_as.as_ref().and_then(|id| standard.item(id));
    if let Some(source) = source.filter(|source| source.same_as.is_none()) {
        let of_source = result(source, known);
        // An alias with evidence of its own that is weaker does not get the grade of its source.
        let is_less = ledger.grade(&item.id) < of_source.grade;
        if is_less && !ledger.evidence(&item.id).is_empty() {
            let apart = Item {
                id: item.id.clone(),
                same_as: None,
                evidence_of: Vec::new(),
                ..source.clone()
            };
            return Result {
                item: item.clone(),
                ..result(&apart, known)
            };
        }
        return Result {
            item: item.clone(),
            reason: Some(format!("as {}", source.id)),
            ..of_source
        };
    }
    let ids = || [&item.id].into_iter().chain(&item.evidence_of);
    let grades = || ids().map(|id| ledger.grade(id));
    let grade = if grades().any(|grade| grade == Grade::Refuted) {
        Grade::Refuted
    } else {
        grades().max().unwrap_or(Grade::Nothing)
    };
    let said_by = judged
        .valid
        .get(&item.id)
        .filter(|_| item.person.is_some() || item.read_by.is_none());
    let denied = judged.denied.get(&item.id);
    let settled = settings
        .not_applicable
        .get(&item.id)
        .map(|it| format!("{it} (readiness.toml)"));
    let left_out = settled.or_else(|| ledger.inapplicable(&item.id).map(str::to_owned));
    let (state, reason) = match (left_out, denied) {
        // Neither a setting nor a statement can override what a file refutes.
        _ if grade == Grade::Refuted => (State::Refuted, None),
        (_, Some(why)) => (State::Refuted, Some(why.clone())),
        (Some(reason), None) => (State::NotApplicable, Some(reason)),
        (None, None) if grade >= item.needs => (State::Met, None),
        (None, None) if said_by.is_some() => (State::Said, None),
        (None, None) => (State::Open, open_reason(item, grade, judged)),
    };
    Result {
        evidence: ids().flat_map(|id| ledger.evidence(id)).collect(),
        more: ledger.more(&item.id, grade),
        item: item.clone(),
        state,
        grade,
        said_by: said_by.cloned(),
        reason,
    }
}

fn open_reason(item: &Item, grade: Grade, judged: &Judged) -> Option<String> {
    if judged.valid.contains_key(&item.id) {
        return Some("files decide this: a statement does not count".to_owned());
    }
    (grade == Grade::Nothing).then(|| "not shown here".to_owned())
}

/// Combines the states of several items: refuted if any item is, done if all are.
fn together(id: &str, title: &str, items: &[String], states: &BTreeMap<&str, &Result>) -> Decision {
    let of = |wanted: State| {
        let known = items.iter().filter_map(|id| states.get(id.as_str()));
        let ids = known
            .filter(|it| it.state == wanted)
            .map(|it| it.item.id.as_str());
        ids.collect::<Vec<_>>()
    };
    let (refuted, open, said) = (of(State::Refuted), of(State::Open), of(State::Said));
    let (state, why) = if !refuted.is_empty() {
        let also = if open.is_empty() {
            String::new()
        } else {
            format!("; open: {}", open.join(", "))
        };
        (
            State::Refuted,
            format!("refuted: {}{also}", refuted.join(", ")),
        )
    } else if !open.is_empty() {
        (State::Open, format!("open: {}", open.join(", ")))
    } else if !said.is_empty() {
        (State::Said, format!("said by people: {}", said.join(", ")))
    } else if of(State::Met).is_empty() {
        (State::NotApplicable, "none of its items applies".to_owned())
    } else {
        (State::Met, "all items are met".to_owned())
    };
    Decision {
        id: id.to_owned(),
        title: title.to_owned(),
        state,
        items: items.to_vec(),
        why,
    }
}

/// Decides whether an indicator is present: an item is refuted, or nothing shows its items although the repositories
/// are the complete system.
fn indicator(
    (id, title, items): (&str, &str, &[String]),
    absence: Option<(Grade, bool)>,
    (states, ledger): (&BTreeMap<&str, &Result>, &Ledger),
) -> Decision {
    let mut decision = together(id, title, items, states);
    let is_refuted = decision.state == State::Refuted;
    let known = || items.iter().filter_map(|id| states.get(id.as_str()));
    if let Some((least, is_complete)) = absence {
        let applies = known().any(|it| it.state != State::NotApplicable);
        let reaches = |it: &&&Result| it.state == State::Said || ledger.reaches(&it.item.id, least);
        let shown = known().filter(reaches).map(|it| it.item.id.as_str());
        let shown: Vec<_> = shown.collect();
        let is_shown = !shown.is_empty();
        (decision.state, decision.why) = match (applies, is_shown, is_complete) {
            (false, _, _) => (State::NotApplicable, decision.why),
            (true, true, _) => (State::Met, format!("shown: {}", shown.join(", "))),
            (true, false, _) if is_refuted => (State::Refuted, decision.why),
            (true, false, true) => (
                State::Refuted,
                format!(
                    "nothing shows {}, and the system is complete",
                    items.join(", ")
                ),
            ),
            (true, false, false) => (State::Open, format!("{} not shown here", items.join(", "))),
        };
    } else if decision.state == State::Open && known().all(|it| it.grade >= Grade::SetUp) {
        decision.state = State::Met;
    }
    decision
}
