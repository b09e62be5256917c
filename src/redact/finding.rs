//! Redacts everything in a finding that comes from the scanned text, and the names around it.

use std::ops::Range;

use crate::model::{Excerpt, Finding, Fix, Location, MASK, Suppression};

use super::{Kind, Redacted, Redactor, Shown, mask};

impl Redactor<'_> {
    /// Returns the finding as it may be shown. `own` lists the byte ranges of its file that hold secrets, in ascending
    /// order without overlap.
    pub fn finding(&self, mut finding: Finding, own: &[Range<usize>]) -> Shown {
        if self.reveals {
            return Redacted(finding);
        }
        finding.excerpt = self.excerpt(&finding, own);
        finding.message = self.message(&finding.message).into_owned();
        self.location(&mut finding.location);
        for related in &mut finding.related {
            self.location(&mut related.location);
            related.message = self.message(&related.message).into_owned();
        }
        for fact in &mut finding.evidence.facts {
            fact.value = self.name(&fact.value).into_owned();
        }
        finding.fixes.retain_mut(|fix| self.fix(fix));
        if let Some(history) = &mut finding.history {
            for commit in history.first.iter_mut().chain(&mut history.removed) {
                // File names are often random, so they are masked sparingly; names of people are not random.
                commit.author = self.person(&commit.author).into_owned();
                commit.email = self.person(&commit.email).into_owned();
            }
            let path = history.first_path.take();
            history.first_path = path.map(|path| self.name(&path).into_owned());
        }
        let suppression = finding.suppression.take();
        finding.suppression = suppression.map(|suppression| self.suppression(&suppression));
        finding.site = crate::model::Site::default();
        // By now, other places are findings of their own, or are not shown.
        finding.places.clear();
        finding.path_from_top.clear();
        Redacted(finding)
    }

    /// Returns what suppresses a finding or a gap, masked.
    pub(super) fn suppression(&self, suppression: &Suppression) -> Suppression {
        Suppression {
            by: self.message(&suppression.by).into_owned(),
            reason: self.message(&suppression.reason).into_owned(),
            kind: suppression.kind,
        }
    }

    fn location(&self, location: &mut Location) {
        location.path = self.name(&location.path).into_owned();
        let member = location.member.take();
        location.member = member.map(|member| self.name(&member).into_owned());
    }

    /// Redacts a fix. Returns false if it would insert a secret: masked, it would insert the mask.
    fn fix(&self, fix: &mut Fix) -> bool {
        fix.description = self.message(&fix.description).into_owned();
        fix.edits.iter().all(|edit| {
            // Many findings share the same replacement.
            let text = edit.replacement.as_str();
            let parts = self.memo.parts((Kind::Edit, text), &[], |text| {
                let mut parts = self.known.find(text.as_bytes());
                parts.extend(super::credentials_in(text));
                parts
            });
            parts.is_empty()
        })
    }

    fn excerpt(&self, finding: &Finding, own: &[Range<usize>]) -> Excerpt {
        let excerpt = &finding.excerpt;
        if excerpt.first_line() == 0 {
            return Excerpt::default();
        }
        let (text, marked) = excerpt.revealed();
        let mut parts = excerpt.secrets().to_vec();
        if !finding.location.is_binary {
            // The mark begins where the finding does, which locates the excerpt in the file.
            let start = finding.location.region.start.byte;
            let start = start.saturating_sub(marked.start);
            let end = start + text.len();
            let first = own.partition_point(|part| part.end <= start);
            let own = own[first..].iter().take_while(|part| part.start < end);
            parts.extend(own.map(|part| part.start.max(start) - start..part.end.min(end) - start));
        }
        let parts = self.parts_in(&finding.location.path, text, parts);
        let (text, marked) = mask::masked_lines(text, &parts, &marked);
        Excerpt::new(excerpt.first_line(), text, Vec::new(), marked)
    }
}

/// Returns the path to give to programs that open it: the file, or the nearest directory with nothing masked in its
/// name.
pub fn shown_path(path: &str) -> &str {
    match path.find(MASK) {
        Some(at) => path[..at].rfind('/').map_or(".", |slash| &path[..slash]),
        None => path,
    }
}
