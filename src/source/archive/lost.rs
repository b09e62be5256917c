//! What was not looked at in an archive.

use std::collections::BTreeSet;

use super::budget::{Budget, MEMBERS};
use super::cut;
use crate::model::{Gap, GapKind};
use crate::source::Limits;

/// Members that were not looked at, counted by reason.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Lost {
    pub(super) encrypted: u64,
    /// Compressed with a method that is not supported.
    pub(super) unknown: u64,
    pub(super) oversized: u64,
    pub(super) too_deep: u64,
    /// Programs, if those are skipped.
    pub(super) programs: u64,
    /// The names of archive formats that are not unpacked.
    pub(super) foreign: BTreeSet<&'static str>,
    /// Whether members are objects of a git repository, which have their own compression.
    pub(super) has_repository: bool,
    pub(super) damaged: u64,
    /// The name of the first damaged member.
    pub(super) damaged_name: Option<String>,
}

/// The text for a repository in an archive.
const REPOSITORY: &str =
    "it contains a Git repository whose history was not scanned: unpack it and scan the directory";

/// How many bytes of a name are reported.
const NAME: usize = 200;

impl Lost {
    /// Notes that `name` cannot be unpacked; empty for the file itself.
    pub(super) fn damage(&mut self, name: &str) {
        self.damaged += 1;
        self.damaged_name
            .get_or_insert_with(|| cut(name, NAME).to_owned());
    }

    /// Returns all of it in one line; `None` if nothing was lost.
    pub(super) fn gap(
        &self,
        place: String,
        members: u64,
        (budget, limits): (&Budget, Limits),
    ) -> Option<Gap> {
        let counted = |count: u64, one: &str, many: &str| match count {
            0 => None,
            1 => Some(format!("1 {one}")),
            count => Some(format!("{count} {many}")),
        };
        let (size, depth) = (limits.max_file_size, limits.max_archive_depth);
        let reasons = [
            counted(
                self.encrypted,
                "member is encrypted",
                "members are encrypted",
            ),
            counted(
                self.unknown,
                "member uses an unsupported compression",
                "members use an unsupported compression",
            ),
            counted(
                self.oversized,
                &format!("member is larger than --max-file-size {size}"),
                &format!("members are larger than --max-file-size {size}"),
            ),
            counted(
                self.too_deep,
                &format!("archive is nested deeper than --max-archive-depth {depth}"),
                &format!("archives are nested deeper than --max-archive-depth {depth}"),
            ),
            counted(
                self.programs,
                "program is scanned in files only, not in the history",
                "programs are scanned in files only, not in the history",
            ),
            self.foreign_in_words(),
            self.has_repository.then(|| REPOSITORY.to_owned()),
            self.damage_in_words(members),
            budget.is_spent().then(|| spent(budget)),
        ];
        let reasons: Vec<String> = reasons.into_iter().flatten().collect();
        (!reasons.is_empty()).then(|| Gap::new(GapKind::Archive, place, reasons.join("; ")))
    }

    fn foreign_in_words(&self) -> Option<String> {
        let names: Vec<_> = self.foreign.iter().copied().collect();
        let names = names.join(", ");
        (!names.is_empty())
            .then(|| format!("{names} is not unpacked: unpack it and scan the result"))
    }

    fn damage_in_words(&self, members: u64) -> Option<String> {
        let name = self.damaged_name.as_deref()?;
        let others = match self.damaged {
            1 => String::new(),
            count => format!(" and {} more", count - 1),
        };
        Some(match name {
            "" if members == 0 => "it is damaged, or not an archive of this type".to_owned(),
            "" => "it is damaged: the part that could be unpacked was scanned".to_owned(),
            name => format!("damaged at {name}{others}"),
        })
    }
}

fn spent(budget: &Budget) -> String {
    if budget.has_no_member_left() {
        return format!("it has more than {MEMBERS} members; the rest was not scanned");
    }
    let granted = budget.granted >> 20;
    format!("it unpacks to more than {granted} MiB; the rest was not scanned")
}
