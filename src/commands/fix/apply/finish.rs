//! Writes the changed files, and collects what to report about them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use crate::audit;
use crate::commands::fix::choice::Also;
use crate::commands::fix::held::{self, Held};
use crate::commands::fix::variables::{SAMPLES, Variables, required, with_names};
use crate::commands::fix::{Changed, Outcome, write};
use crate::model::Finding;
use crate::scan::project::Beside;

use super::listed::Listed;
use super::{MILDEST, Tree};

/// The rule about unpinned actions.
const PINS: &str = "gha/unpinned-action";

/// The rule about the permissions of a workflow's token.
const TOKENS: &str = "gha/permissions";

impl Tree<'_> {
    /// Writes the changed files, and collects what to report.
    pub(super) fn finish(mut self, mut findings: Vec<Finding>) -> Outcome {
        let mut changed = Vec::new();
        let mut failed = Vec::new();
        let mut required_by = Vec::new();
        for path in &self.given_up {
            let reason = "a fix did not have the intended effect and was reverted".to_owned();
            failed.push((self.shown(path), reason));
        }
        let mut listed = Listed::default();
        for (path, original) in std::mem::take(&mut self.originals) {
            let Some(text) = self.walked.text_of(&path).filter(|text| *text != original) else {
                continue;
            };
            if !self.options.dry_run
                && let Beside::Folder(files) = &self.beside
                && let Err(reason) = write::replace(files, &path, &original, &text)
            {
                failed.push((self.shown(&path), reason));
                continue;
            }
            let names = required(&original, &text);
            if !names.is_empty() {
                required_by.push((path.clone(), names));
            }
            listed.note(&self, (&path, &original, &text));
            let diff = self
                .options
                .dry_run
                .then(|| self.diff(&path, &original, &text));
            changed.push(Changed {
                path: self.shown(&path),
                fixes: self.done.remove(&path).unwrap_or_default(),
                diff,
            });
        }
        let variables = required_by
            .into_iter()
            .map(|(path, names)| self.fill_in_sample(&path, names, &mut changed))
            .collect();
        self.change_listings(&mut listed, &mut changed);
        let resolver = self.resolver.take();
        let redaction = self.redaction();
        let shown = |problem: String| redaction.redactor().message(&problem).into_owned();
        let problems = resolver.map_or_else(Vec::new, |it| it.problems);
        let mut unresolved: Vec<String> = problems.into_iter().map(shown).collect();
        unresolved.sort();
        unresolved.dedup();
        let held = self.held(&findings);
        let (dependents, outdated, noticed) = self.named_elsewhere(&findings, &changed, &listed);
        let noticed = noticed.filter(|_| held.contains_key(&Also::Shared));
        let needed = self.needed(&findings);
        let writers = self.writers(&findings, &held);
        let unlimited = self.unlimited(&findings);
        let moving = self.moving(&findings);
        let has_update_bot = self.has_update_bot();
        let spared = self.spared(&findings, &changed);
        let left: usize = self
            .pending(&findings)
            .values()
            .filter(|it| **it < usize::MAX)
            .sum();
        let settled = self.wanted_at_first.saturating_sub(left);
        findings.retain(|finding| finding.severity >= MILDEST);
        let mut outcome = self.redacted(changed, failed, findings);
        outcome.held = held;
        outcome.spared = spared;
        outcome.dependents = dependents;
        outcome.outdated = outdated;
        outcome.noticed = noticed.unwrap_or_default();
        outcome.needed = needed;
        outcome.writers = writers;
        outcome.unlimited = unlimited;
        outcome.moving = moving;
        outcome.has_update_bot = has_update_bot;
        outcome.settled = settled;
        outcome.variables = variables;
        outcome.unresolved = unresolved;
        outcome
    }

    /// Returns the places that still have a removed value, those that show something outdated, and those of programs
    /// because of which a fix was not made.
    fn named_elsewhere(
        &self,
        findings: &[Finding],
        changed: &[Changed],
        listed: &Listed,
    ) -> (Vec<String>, Vec<String>, Option<Vec<String>>) {
        let (dependents, mut outdated) = self.dependents(findings, changed);
        let text = |path: &str| self.walked.text_of(path);
        let mut quoted = self.circumstances.quotes.outdated(&text);
        listed.settle(&mut quoted.shown);
        let places = |found: BTreeSet<(String, usize)>| {
            let places = found.iter().map(|(path, line)| self.place(path, *line));
            places.collect::<Vec<_>>()
        };
        outdated.extend(places(quoted.shown));
        outdated.extend(places(self.kept_in_sync(changed)));
        outdated.sort();
        outdated.dedup();
        (dependents, outdated, Some(places(quoted.kept)))
    }

    /// Returns the comments that ask to keep an unchanged file in sync with one that has changed.
    fn kept_in_sync(&self, changed: &[Changed]) -> BTreeSet<(String, usize)> {
        let changed: BTreeSet<&str> = changed.iter().map(|file| file.path.as_str()).collect();
        let names: BTreeSet<&str> = changed
            .iter()
            .filter_map(|it| it.rsplit('/').next())
            .collect();
        let mut places = BTreeSet::new();
        for path in self.walked.audited_paths() {
            if names.is_empty() || changed.contains(self.shown(path).as_str()) {
                continue;
            }
            let text = self.walked.text_of(path).unwrap_or_default();
            let numbered = text.lines().enumerate();
            let is_meant = |line: &str| {
                let comment = line.trim_start();
                let words =
                    || comment.split(|c: char| c.is_whitespace() || matches!(c, '/' | '`' | '"'));
                comment.starts_with('#')
                    && comment.contains("in sync")
                    && words().any(|word| names.contains(word.trim_end_matches([',', '.', ':'])))
            };
            let found = numbered.filter(|(_, line)| is_meant(line));
            places.extend(found.map(|(number, _)| (path.to_owned(), number + 1)));
        }
        places
    }

    /// Lists what was left without a protection that fixes gave to others of its kind: it could break there, or has no
    /// use.
    fn spared(&self, findings: &[Finding], changed: &[Changed]) -> Vec<String> {
        const PROTECTIONS: [(&str, &str); 2] = [
            ("compose/no-new-privileges", "`no-new-privileges`"),
            (
                "k8s/allow-privilege-escalation",
                "`allowPrivilegeEscalation: false`",
            ),
        ];
        let redaction = self.redaction();
        let lines = PROTECTIONS.iter().filter_map(|(rule, what)| {
            let has_it = |file: &&Changed| file.fixes.iter().any(|fix| fix.rule == *rule);
            let given: Vec<&str> = changed.iter().filter(has_it).map(|it| &*it.path).collect();
            let is_of_compose = rule.starts_with("compose/");
            let mut names: BTreeMap<String, Vec<String>> = BTreeMap::new();
            for finding in findings.iter().filter(|it| it.message.contains(what)) {
                let path = self.shown(&finding.location.path);
                let is_beside = if is_of_compose {
                    given.contains(&&*path)
                } else {
                    !given.is_empty() && finding.rule.family() == "k8s"
                };
                let is_held = finding.fixes.iter().any(|fix| fix.rule.as_str() == *rule);
                if is_beside
                    && !is_held
                    && let Some(name) = held::name_of(finding)
                {
                    let shown = |text: &str| redaction.redactor().name(text).into_owned();
                    names.entry(shown(&path)).or_default().push(shown(&name));
                }
            }
            (!names.is_empty()).then(|| {
                let listed = held::listed(&names, names.len());
                format!("left without {what}: {listed}")
            })
        });
        lines.chain(self.left_for_others()).collect()
    }

    /// Lists, in one line, the containers left without a setting because most containers in their file cannot have it.
    fn left_for_others(&self) -> Option<String> {
        let redaction = self.redaction();
        let shown = |text: &str| redaction.redactor().name(text).into_owned();
        let few = self.few.iter().map(|(path, names)| {
            let names = names.iter().map(|name| shown(name)).collect();
            (shown(&self.shown(path)), names)
        });
        let few: BTreeMap<String, Vec<String>> = few.collect();
        (!few.is_empty()).then(|| {
            format!(
                "left alone: most containers of a file cannot be given `allowPrivilegeEscalation: false`, so that the others are not \
                 either without `--rule k8s/allow-privilege-escalation`: {}",
                held::listed(&few, few.len())
            )
        })
    }

    /// Returns the places that describe how ports are reached from elsewhere.
    fn needed(&self, findings: &[Finding]) -> Vec<String> {
        let needed = self.circumstances.quotes.reached.places(findings);
        let places = needed.iter().map(|(path, line)| self.place(path, *line));
        places.collect()
    }

    /// Returns what generates the files that were left alone because they are generated.
    fn writers(&self, findings: &[Finding], held: &BTreeMap<Also, Held>) -> Vec<String> {
        if !held.contains_key(&Also::Generated) {
            return Vec::new();
        }
        let with_fix = findings.iter().filter(|it| !it.fixes.is_empty());
        let by =
            with_fix.filter_map(|it| self.circumstances.apart.generated.get(&it.location.path));
        let by: BTreeSet<&String> = by.collect();
        let redaction = self.redaction();
        by.into_iter()
            .map(|by| redaction.redactor().name(&self.shown(by)).into_owned())
            .collect()
    }

    /// Returns the workflows whose token no fix limits, each with the steps that may need more than read access to the
    /// code.
    fn unlimited(&self, findings: &[Finding]) -> Vec<String> {
        let of_tokens = findings
            .iter()
            .filter(|it| it.rule.as_str() == TOKENS && it.fixes.is_empty());
        let paths: BTreeSet<&str> = of_tokens.map(|it| it.location.path.as_str()).collect();
        let left = paths.into_iter().filter_map(|path| {
            let why = audit::token_use(path, &self.walked.text_of(path)?, &self.beside)?;
            let redaction = self.redaction();
            let name = redaction.redactor().name(&self.shown(path)).into_owned();
            Some(format!("{name} ({})", redaction.redactor().message(&why)))
        });
        left.collect()
    }

    /// Counts the actions used by a moving release tag, if nobody asked to resolve those tags to commits.
    fn moving(&self, findings: &[Finding]) -> usize {
        let rules = &self.options.rules;
        let is_asked = rules.is_empty() || rules.iter().any(|rule| rule == PINS);
        if self.options.resolve.is_some() || !is_asked {
            return 0;
        }
        let of_actions = findings.iter().filter(|it| it.rule.as_str() == PINS);
        let paths: BTreeSet<&str> = of_actions.map(|it| it.location.path.as_str()).collect();
        let mut moving = BTreeSet::new();
        for path in paths {
            let text = self.walked.text_of(path).unwrap_or_default();
            audit::pins(path, &text, &mut |uses| {
                if audit::is_by_tag(uses) {
                    moving.insert(uses.to_owned());
                }
                None
            });
        }
        moving.len()
    }

    /// Whether the tree has the settings of a bot that keeps pins up to date.
    fn has_update_bot(&self) -> bool {
        const OF_BOTS: [&str; 8] = [
            ".github/dependabot.yml",
            ".github/dependabot.yaml",
            "renovate.json",
            "renovate.json5",
            ".renovaterc",
            ".renovaterc.json",
            ".github/renovate.json",
            ".github/renovate.json5",
        ];
        let texts = OF_BOTS.iter().filter_map(|name| {
            let text = fs::read_to_string(self.root.join(name)).ok()?;
            Some((*name, text))
        });
        // Dependabot only updates what its configuration lists.
        let mut texts = texts;
        texts.any(|(name, text)| !name.contains("dependabot") || text.contains("github-actions"))
    }

    /// Adds variables to the sample beside the file that now requires them, if there is one.
    fn fill_in_sample(
        &self,
        path: &str,
        names: Vec<String>,
        changed: &mut Vec<Changed>,
    ) -> Variables {
        let mut variables = Variables {
            path: self.shown(path),
            names,
            sample: None,
        };
        let Beside::Folder(files) = &self.beside else {
            return variables;
        };
        let folder = path
            .rsplit_once('/')
            .map_or(String::new(), |(folder, _)| format!("{folder}/"));
        let found = SAMPLES.iter().find_map(|name| {
            let sample = format!("{folder}{name}");
            let bytes = fs::read(files.locate(&sample)?).ok()?;
            Some((sample, String::from_utf8(bytes).ok()?))
        });
        let Some((sample, old)) = found else {
            return variables;
        };
        variables.sample = Some(self.shown(&sample));
        let Some(new) = with_names(&old, &variables.names) else {
            return variables;
        };
        let dry_run = self.options.dry_run;
        if !dry_run && write::replace(files, &sample, &old, &new).is_err() {
            variables.sample = None;
            return variables;
        }
        changed.push(Changed {
            path: self.shown(&sample),
            fixes: Vec::new(),
            diff: dry_run.then(|| self.diff(&sample, &old, &new)),
        });
        variables
    }
}
