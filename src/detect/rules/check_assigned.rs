//! Checks the rules that have no pattern, with the whole detector.

use crate::detect::check::Problem;
use crate::detect::detector::Detector;
use crate::detect::example::expand;
use crate::detect::rule_file::{Loaded, Matcher};

impl Detector {
    /// Tests the examples of rules whose matches are found by what is assigned to a name. Rules with a pattern are
    /// tested by [`check`](super::check::check).
    pub fn check_assigned(&self, rules: &[Loaded]) -> Vec<Problem> {
        let mut problems = Vec::new();
        for Loaded {
            file,
            line,
            definition,
        } in rules
        {
            if definition.matcher != Matcher::Assignment {
                continue;
            }
            let mut complain = |message: String| {
                let (file, rule) = (file.clone(), definition.id.clone());
                problems.push(Problem {
                    file,
                    line: *line,
                    rule,
                    message,
                });
            };
            for example in definition
                .examples
                .iter()
                .filter(|text| !self.finds(&definition.id, text))
            {
                complain(format!("does not detect its example `{example}`"));
            }
            for negative in definition
                .negatives
                .iter()
                .filter(|text| self.finds(&definition.id, text))
            {
                complain(format!("detects its negative `{negative}`"));
            }
        }
        problems
    }

    fn finds(&self, id: &str, template: &str) -> bool {
        let Ok(text) = expand(id, template, None) else {
            return false;
        };
        let matches = self.scan(text.as_bytes());
        matches
            .iter()
            .any(|found| self.rules[found.rule as usize].loaded.definition.id == id)
    }
}
