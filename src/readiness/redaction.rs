//! Masks secrets in every text of an assessment that comes from repositories or people, before it is written.
//!
//! Structs are destructured field by field, so that a new field does not compile until someone decides about it.

use std::collections::BTreeMap;

use super::ledger::{Contradiction, Evidence, Notice};
use super::statement::{Source, Statement};
use super::{Assessment, Decision, Decisions, Graph, Settings, Standard, decide};

/// The functions that mask secrets, by who wrote the text.
#[derive(Clone, Copy)]
pub struct Masks<'a> {
    /// For gonogo's own sentences that quote something from the repositories.
    pub says: &'a dyn Fn(&str) -> String,
    /// For paths and names.
    pub name: &'a dyn Fn(&str) -> String,
    /// For what people wrote, such as reasons and statements.
    pub written: &'a dyn Fn(&str) -> String,
}

impl Masks<'_> {
    fn says(&self, text: &mut String) {
        *text = (self.says)(text);
    }

    fn name(&self, text: &mut String) {
        *text = (self.name)(text);
    }

    fn written(&self, text: &mut String) {
        *text = (self.written)(text);
    }
}

impl Assessment {
    /// Masks secrets in everything that reports show.
    pub fn redact(&mut self, masks: Masks<'_>) {
        let Self {
            name,
            environment,
            today: _,
            repositories,
            settings,
            // Its texts are either built in or were masked when they were read.
            standard: _,
            decisions,
            contradictions,
            notices,
            problems,
            graph,
            gaps,
            files: _,
            is_scanned: _,
        } = self;
        masks.written(name);
        if let Some(it) = environment {
            masks.written(it);
        }
        for repository in repositories {
            masks.name(&mut repository.name);
        }
        redact_settings(settings, masks);
        redact_decisions(decisions, masks);
        for Contradiction {
            place,
            says,
            item: _,
        } in contradictions
        {
            masks.name(&mut place.path);
            masks.says(says);
        }
        for Notice { place, says } in notices {
            masks.name(&mut place.path);
            masks.says(says);
        }
        for it in problems {
            masks.written(it);
        }
        let Graph { nodes, edges: _ } = graph;
        for node in nodes {
            masks.name(&mut node.name);
            masks.name(&mut node.place.path);
        }
        for (_, gap) in gaps {
            masks.name(&mut gap.place);
            masks.says(&mut gap.reason);
        }
    }
}

impl Standard {
    /// Masks every text that is shown with `written`. Ids stay, because statements refer to them.
    pub fn redact(&mut self, written: &dyn Fn(&str) -> String) {
        let mask = |text: &mut String| *text = written(text);
        for category in &mut self.categories {
            mask(&mut category.title);
        }
        for item in &mut self.items {
            mask(&mut item.title);
            mask(&mut item.ask);
            mask(&mut item.action);
            item.person.iter_mut().for_each(mask);
            item.not_yet_read.iter_mut().for_each(mask);
        }
        for area in &mut self.areas {
            mask(&mut area.title);
            mask(&mut area.owner);
            mask(&mut area.impact);
        }
        for criterion in &mut self.criteria {
            mask(&mut criterion.title);
        }
        for indicator in &mut self.indicators {
            mask(&mut indicator.title);
        }
        for sign_off in &mut self.sign_offs {
            mask(&mut sign_off.title);
            mask(&mut sign_off.statement);
        }
    }
}

/// Masks the settings that reports show. The paths of repositories and standards are only read, never shown.
fn redact_settings(settings: &mut Settings, masks: Masks<'_>) {
    for it in settings.not_applicable.values_mut() {
        masks.written(it);
    }
    let signers = std::mem::take(&mut settings.signers).into_iter();
    let mut masked: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (mut person, roles) in signers {
        masks.written(&mut person);
        masked.entry(person).or_default().extend(roles);
    }
    settings.signers = masked;
}

fn redact_decisions(decisions: &mut Decisions, masks: Masks<'_>) {
    let Decisions {
        results,
        areas,
        criteria,
        indicators,
        sign_offs,
        scores: _,
        score: _,
        verdict: _,
        until: _,
    } = decisions;
    for result in results {
        redact_result(result, masks);
    }
    for list in [areas, criteria, indicators, sign_offs] {
        for Decision {
            id: _,
            title: _,
            state: _,
            items: _,
            why,
        } in list
        {
            masks.written(why);
        }
    }
}

fn redact_result(result: &mut decide::Result, masks: Masks<'_>) {
    let decide::Result {
        item: _,
        state: _,
        grade: _,
        evidence,
        more: _,
        said_by,
        reason,
    } = result;
    for Evidence {
        grade: _,
        place,
        says,
    } in evidence
    {
        masks.says(says);
        if let Some(place) = place {
            masks.name(&mut place.path);
        }
    }
    if let Some(statement) = said_by {
        redact_statement(statement, masks);
    }
    if let Some(it) = reason {
        masks.written(it);
    }
}

fn redact_statement(statement: &mut Statement, masks: Masks<'_>) {
    let Statement {
        version: _,
        item: _,
        holds: _,
        statement: sentence,
        by,
        role: _,
        scope: _,
        made: _,
        until: _,
        subject,
        evidence,
    } = statement;
    masks.written(sentence);
    masks.written(by);
    if let Some(it) = subject {
        masks.name(it);
    }
    for Source { name, sha256 } in evidence {
        masks.name(name);
        // Anything else was never compared with a digest, so it may be any text.
        let is_digest =
            |text: &str| text.len() == 64 && text.bytes().all(|c| c.is_ascii_hexdigit());
        if let Some(text) = sha256.as_mut().filter(|text| !is_digest(text)) {
            masks.written(text);
        }
    }
}
