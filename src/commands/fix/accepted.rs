//! What settings, comments and a baseline say of findings: what is accepted as it is must not be mended either.

use std::path::Path;

use crate::audit::Policy;
use crate::model::{Finding, Gap, Severity};
use crate::triage::{self, Judge};

use super::super::Error;
use super::super::baseline::{Known, today};
use super::super::settings::{Choice, Places, Settings, root_of};
use super::Options;

/// What is accepted below one root.
pub(super) struct Accepted {
    settings: Settings,
    judge: Option<Judge>,
    places: Places,
    known: Option<Known>,
    today: String,
}

impl Accepted {
    pub(super) fn read(root: &Path, options: &Options) -> Result<Self, Error> {
        let settings = options.settings.read(root)?;
        // As for a scan, a baseline speaks of the one folder that it lies in.
        let is_alone = options.paths.len() == 1 && root.is_dir();
        let known = if options.settings == Choice::Find && is_alone {
            Known::find(root)?
        } else {
            None
        };
        Ok(Self {
            judge: settings.judge()?,
            places: settings.places(&root_of(root, false)),
            settings,
            known,
            today: today(),
        })
    }

    pub(super) fn policy(&self) -> &Policy {
        &self.settings.config.policy
    }

    /// The severity from which on what is left means NO-GO, where settings say one.
    pub(super) fn fail_on(&self) -> Option<Severity> {
        self.settings.config.fail_on
    }

    /// Marks the gaps that settings accept.
    pub(super) fn accept(&mut self, gaps: &mut [Gap]) {
        if let Some(judge) = &mut self.judge {
            judge.accept(gaps, &|path| self.places.of(path), &self.today);
        }
    }

    /// Drops what is accepted, and gives the rest the severity that settings say.
    pub(super) fn leave_out(&mut self, findings: &mut Vec<Finding>) {
        triage::assign_fingerprints(findings);
        triage::apply_comments(findings);
        if let Some(judge) = &mut self.judge {
            judge.apply(findings, &|path| self.places.of(path), &self.today);
        }
        if let Some(known) = &mut self.known {
            known.apply(findings);
        }
        findings.retain(|finding| finding.suppression.is_none());
    }
}
