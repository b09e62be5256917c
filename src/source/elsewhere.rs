//! Files whose content is elsewhere, or in a form that is not read: pointers, links into an annex, bundles, binary
//! patches.

use crate::model::{Gap, GapKind};

/// How every Git LFS pointer begins.
const LFS: &[u8] = b"version https://git-lfs.github.com/spec/v1";
/// Where git-annex keeps the content of its links and pointers.
const ANNEX: &[u8] = b"/annex/objects/";
/// The size limit of pointers, in bytes.
const MAX_BYTES: usize = 1_000;

/// The kinds of such files: the kind of the gap, and what to do.
pub(super) const STAND_INS: [StandIn; 4] = [BUNDLE, PATCH, LFS_POINTER, ANNEX_POINTER];

/// The kind of the gap for such a file, and what to do about it.
pub(super) type StandIn = (GapKind, &'static str);

const BUNDLE: StandIn = (
    GapKind::Bundle,
    "a Git bundle whose history was not scanned: clone it and scan the clone",
);
const PATCH: StandIn = (
    GapKind::Archive,
    "a patch of binary files, which were not decoded: apply it and scan the files",
);
const LFS_POINTER: StandIn = (
    GapKind::LfsPointer,
    "a Git LFS pointer: the file's content was not scanned; run `git lfs fetch --all` and scan a checkout",
);
const ANNEX_POINTER: StandIn = (
    GapKind::AnnexPointer,
    "a git-annex pointer: the file's content was not scanned; run `git annex unlock` and scan the files",
);

/// Returns which kind of stand-in `bytes` are, if any.
pub(super) fn stand_in(bytes: &[u8]) -> Option<StandIn> {
    if bytes.starts_with(b"# v2 git bundle\n") || bytes.starts_with(b"# v3 git bundle\n") {
        return Some(BUNDLE);
    }
    let is_patch = bytes.starts_with(b"diff --git ") || bytes.starts_with(b"From ");
    if is_patch && memchr::memmem::find(bytes, b"\nGIT binary patch\n").is_some() {
        return Some(PATCH);
    }
    // All others have a line or a few, and most blobs are longer.
    if bytes.len() > MAX_BYTES {
        return None;
    }
    if bytes.starts_with(LFS) {
        return Some(LFS_POINTER);
    }
    is_annexed(bytes).then_some(ANNEX_POINTER)
}

/// Returns whether text is a git-annex pointer, or the target of a link into an annex.
pub(super) fn is_annexed(text: &[u8]) -> bool {
    let is_path = text.starts_with(b"/") || text.starts_with(b".");
    is_path
        && memchr::memmem::find(text, ANNEX).is_some()
        && !text.trim_ascii_end().contains(&b'\n')
}

/// Returns the gap for a link into an annex.
pub(super) fn annexed_link(path: String) -> Gap {
    let reason =
        "a link into git-annex, which is not followed: run `git annex unlock` and scan the file";
    Gap::new(GapKind::AnnexPointer, path, reason)
}

/// Returns the reason of the gap for `count` such blobs in the history.
pub(super) fn in_history(count: u64, reason: &str) -> String {
    if count == 1 {
        format!("1 blob is {reason}")
    } else {
        format!("{count} blobs, each {reason}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stand_ins_are_told_from_texts_about_them() {
        let check = |text: &str, expected: Option<GapKind>| {
            let found = stand_in(text.as_bytes()).map(|(kind, _)| kind);
            assert_eq!(found, expected, "{text}");
        };
        let lfs = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n";
        check(lfs, Some(GapKind::LfsPointer));
        check(&format!("see: {lfs}"), None);
        check(
            "/annex/objects/SHA256E-s1--00\n",
            Some(GapKind::AnnexPointer),
        );
        check("../.git/annex/objects/a/b/c", Some(GapKind::AnnexPointer));
        check("# /annex/objects/ is where\n", None);
        check("# v2 git bundle\n00 refs/heads/a\n", Some(GapKind::Bundle));
        check(
            "diff --git a/a b/a\nGIT binary patch\nliteral 1\n",
            Some(GapKind::Archive),
        );
        check("", None);
    }
}
