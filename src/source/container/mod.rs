//! What stands within files that are no text: members of archives, strings of programs and databases.
//!
//! What a file is is told by how it begins, never by its name, which blobs of the history have none of. All that is
//! unpacked stands in memory and nowhere else, and is bounded: see [`Budget`].

mod budget;
mod kind;
mod lost;
mod pyc;
mod sqlite;
mod strings;
mod unpack;

use super::{Limits, Worker};
use crate::model::{Gap, Origin};
use budget::Budget;
pub(super) use kind::is_packed;
pub use pyc::constants;
pub use sqlite::cells;
use unpack::Unpacker;

/// A file that is no text.
pub(super) struct Outer<'a> {
    /// Its path, where that is known.
    pub(super) path: Option<&'a str>,
    /// Where it came from.
    pub(super) origin: &'a Origin,
}

/// What came of looking into one.
#[derive(Debug, Default)]
pub(super) struct Inside {
    /// How many members were looked at.
    pub(super) members: u64,
    /// How many bytes those have.
    pub(super) bytes: u64,
    /// What was not looked at.
    pub(super) gap: Option<Gap>,
    /// Whether the worker has found something.
    pub(super) has_found: bool,
}

/// The beginning of a text that anybody may have written as long as he liked.
fn cut(text: &str, bytes: usize) -> &str {
    let mut ends = (0..=bytes.min(text.len())).rev();
    let end = ends.find(|end| text.is_char_boundary(*end));
    &text[..end.unwrap_or(0)]
}

/// Shows a worker what stands within `bytes`, the whole content of a file that is no text.
pub(super) fn look_inside<W: Worker>(
    outer: &Outer<'_>,
    bytes: &[u8],
    limits: Limits,
    worker: &mut W,
) -> Inside {
    let budget = Budget::of(bytes.len());
    let mut unpacker = Unpacker::new(outer, limits, &budget, worker);
    unpacker.content(bytes, None, 0);
    let place = match (outer.path, outer.origin) {
        (Some(path), _) => path.to_owned(),
        (None, Origin::Blob(id)) => format!("object {id}"),
        (None, _) => String::new(),
    };
    Inside {
        members: unpacker.members,
        bytes: unpacker.bytes,
        has_found: unpacker.has_found,
        gap: unpacker
            .lost
            .gap(place, unpacker.members, (&budget, limits)),
    }
}
