//! Reads what a tree says about its fixes before any is made.

use std::collections::BTreeSet;
use std::fs;

use crate::commands::fix::choice::{Circumstances, OF_CREDENTIALS};
use crate::commands::fix::elsewhere;
use crate::commands::fix::quotes::Quotes;
use crate::commands::fix::starts::Starts;
use crate::model::Finding;
use crate::source::WorktreeOptions;

use super::Tree;

impl Tree<'_> {
    /// Returns what the tree says about the files that have `findings`.
    pub(super) fn look_around(
        &self,
        walk: &WorktreeOptions<'_>,
        findings: Vec<Finding>,
    ) -> Circumstances {
        let text = |path: &str| self.walked.text_of(path);
        let quotes = Quotes::read(self.root, walk, &findings, &text);
        let composed = findings.iter().filter(|it| it.rule.family() == "compose");
        let composed: BTreeSet<String> = composed.map(|it| it.location.path.clone()).collect();
        let starts = if composed.is_empty() {
            Starts::default()
        } else {
            Starts::read(self.root, walk, composed.iter().map(String::as_str))
        };
        let with_fix = findings.iter().filter(|it| !it.fixes.is_empty());
        let with_fix: BTreeSet<&str> = with_fix.map(|it| &*it.location.path).collect();
        let decided = self.accepted.decide(self.walked.audited_paths());
        let of_jobs = with_fix.iter().filter(|path| starts.are_of_jobs(path));
        let of_jobs: Vec<String> = of_jobs.map(|path| (*path).to_owned()).collect();
        let mut apart = self
            .walked
            .set_apart(with_fix.into_iter(), &self.beside, &decided);
        apart.developed.extend(of_jobs);
        let with_value = findings.into_iter().filter(|finding| {
            let mut fixes = finding.fixes.iter();
            fixes.any(|fix| OF_CREDENTIALS.contains(&fix.rule.as_str()))
        });
        let with_value: Vec<_> = with_value.collect();
        let readmes = elsewhere::READMES.iter();
        let readmes = readmes.filter_map(|name| fs::read_to_string(self.root.join(name)).ok());
        let readmes: Vec<String> = readmes.collect();
        let of_values: BTreeSet<&str> = with_value.iter().map(|it| &*it.location.path).collect();
        let quick = of_values.into_iter().filter(|path| {
            let text = self.walked.text_of(path).unwrap_or_default();
            elsewhere::runs_what_it_publishes(&text, &readmes)
        });
        let quick = quick.map(str::to_owned).collect();
        let values = with_value.into_iter().filter_map(|it| it.secret).collect();
        let mut readmes = readmes.iter();
        Circumstances {
            is_for_development: readmes.any(|text| elsewhere::is_for_development(text)),
            apart,
            starts,
            shared: elsewhere::held_by_programs(self.root, walk, values),
            kept: BTreeSet::new(),
            unequal: BTreeSet::new(),
            quick,
            quotes,
            noticed: BTreeSet::new(),
            mostly_noticed: BTreeSet::new(),
        }
    }
}
