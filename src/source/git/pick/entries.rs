//! The files of an index, also those below directories that a sparse index keeps as one entry.

use gix::ObjectId;
use gix::bstr::{BStr, BString, ByteSlice as _};
use gix::index::entry::{Flags, Mode};
use gix::objs::TreeRefIter;
use gix::objs::tree::EntryKind;

use crate::model::{Gap, GapKind};
use crate::source::git::pack::one_line;
use crate::source::path::path_text;

/// A file, link or submodule of an index.
pub(in crate::source::git) struct Entry<'a> {
    pub(in crate::source::git) path: &'a BStr,
    pub(in crate::source::git) id: ObjectId,
    pub(in crate::source::git) mode: Mode,
    /// Whether a sparse checkout leaves it out of the working tree.
    pub(in crate::source::git) is_left_out: bool,
}

/// Shows every entry of `index` to `visit`. Directories that are one entry are read from their trees, unless `is_known`
/// says of the path, ending in a slash, that nothing below it is needed.
///
/// Returns the gaps for trees that cannot be read.
pub(in crate::source::git) fn each(
    repo: &gix::Repository,
    index: &gix::index::File,
    is_known: &dyn Fn(&[u8]) -> bool,
    visit: &mut dyn FnMut(Entry<'_>),
) -> Vec<Gap> {
    let mut gaps = Vec::new();
    for entry in index.entries() {
        let path = entry.path(index);
        if entry.mode != Mode::DIR {
            visit(Entry {
                path,
                id: entry.id,
                mode: entry.mode,
                is_left_out: entry.flags.contains(Flags::SKIP_WORKTREE),
            });
        } else if !is_known(path) {
            below(repo, (path, entry.id), visit, &mut gaps);
        }
    }
    gaps
}

/// The directories that `index` keeps as one entry each, ending in a slash, and their trees.
pub(in crate::source::git) fn folders(
    index: &gix::index::File,
) -> impl Iterator<Item = (&BStr, ObjectId)> {
    let entries = index.entries().iter();
    let folders = entries.filter(|entry| entry.mode == Mode::DIR);
    folders.map(|entry| (entry.path(index), entry.id))
}

/// Shows the files below a directory.
fn below(
    repo: &gix::Repository,
    (path, id): (&BStr, ObjectId),
    visit: &mut dyn FnMut(Entry<'_>),
    gaps: &mut Vec<Gap>,
) {
    // Not recursive: trees may be nested without limit.
    let mut open = vec![(id, with_slash(path))];
    while let Some((id, prefix)) = open.pop() {
        let mut lost = |kind, reason: String| {
            let place = format!("{} (object {id})", path_text(prefix.as_ref()));
            gaps.push(Gap::new(kind, place, reason));
        };
        let data = match repo.try_find_object(id) {
            Ok(Some(object)) => object.detach().data,
            Ok(None) => {
                lost(GapKind::Missing, "the tree is not in this clone".to_owned());
                continue;
            }
            Err(error) => {
                lost(GapKind::Corrupt, one_line(&error));
                continue;
            }
        };
        for entry in TreeRefIter::from_bytes(&data, repo.object_hash()) {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    lost(GapKind::Corrupt, one_line(&error));
                    break;
                }
            };
            let mut path = prefix.clone();
            path.extend_from_slice(entry.filename);
            let mode = match entry.mode.kind() {
                EntryKind::Tree => {
                    path.push(b'/');
                    open.push((entry.oid.to_owned(), path));
                    continue;
                }
                EntryKind::Blob => Mode::FILE,
                EntryKind::BlobExecutable => Mode::FILE_EXECUTABLE,
                EntryKind::Link => Mode::SYMLINK,
                EntryKind::Commit => Mode::COMMIT,
            };
            visit(Entry {
                path: path.as_bstr(),
                id: entry.oid.to_owned(),
                mode,
                is_left_out: true,
            });
        }
    }
}

fn with_slash(path: &BStr) -> BString {
    let mut path = path.to_owned();
    if !path.ends_with(b"/") {
        path.push(b'/');
    }
    path
}
