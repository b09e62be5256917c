//! The questions that are asked of a repository, one row each.

mod data;
mod operation;
mod quality;

use crate::audit::check::{Card, Example};
use crate::model::{Category, Confidence, Severity};

use super::Shown;

/// A description, followed by where the rule is enabled.
macro_rules! asked {
    ($text:literal) => {
        concat!(
            $text,
            " Reported only where `[rules] severity` names the rule or `repo/*`: words prove nothing, and `gonogo \
             readiness` judges by what files set up."
        )
    };
}
use asked;

/// Where evidence counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Where {
    Anywhere,
    /// In files that build, test and ship the project.
    Pipeline,
}

/// When a question is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum When {
    Always,
    HasDatabase,
    HasPipeline,
}

/// One thing that a repository may show.
pub(super) struct Question {
    pub(super) card: Card,
    /// Its name, to follow "no evidence found of".
    pub(super) thing: &'static str,
    /// Words of which one is enough, in a path or in a text.
    pub(super) words: &'static [&'static str],
    pub(super) place: Where,
    when: When,
}

impl Question {
    /// Returns whether the question applies to a repository that shows this.
    pub(super) fn applies(&self, shown: &Shown) -> bool {
        match self.when {
            When::Always => true,
            When::HasDatabase => shown.has_database,
            When::HasPipeline => shown.has_workflows,
        }
    }
}

/// The texts of a question.
struct Words {
    id: &'static str,
    title: &'static str,
    description: &'static str,
    remedy: &'static str,
    tags: &'static [&'static str],
    negatives: &'static [Example],
}

const fn card(words: &Words) -> Card {
    Card {
        id: words.id,
        category: Category::Configuration,
        severity: Severity::Info,
        confidence: Confidence::Medium,
        title: words.title,
        description: words.description,
        remedy: words.remedy,
        references: REFERENCES,
        tags: words.tags,
        examples: EXAMPLES,
        negatives: words.negatives,
    }
}

const REFERENCES: &[&str] = &[
    "https://sre.google/sre-book/launch-checklist/",
    "https://www.bsi.bund.de/dok/10027846",
];

const TEXT: &str = "services: # here\n  db:\n    image: postgres:16\n";

/// A repository that shows nothing.
const EXAMPLES: &[Example] = &[Example {
    path: "compose.yaml",
    text: TEXT,
    beside: &[
        ("a.py", ""),
        ("b.py", ""),
        (".github/workflows/a.yml", "on: push\n"),
    ],
}];

/// Returns all questions.
pub(super) fn questions() -> impl Iterator<Item = &'static Question> {
    let operation = operation::QUESTIONS.iter();
    data::QUESTIONS
        .iter()
        .chain(operation)
        .chain(quality::QUESTIONS)
}
