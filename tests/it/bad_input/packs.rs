//! Damaged packs and their indexes.

use std::fs;

use super::{build, check, check_file_only, damage};
use crate::harness::{Repo, World, many_lines, overwrite, token};

#[test]
fn a_damaged_byte_anywhere_in_a_pack_never_breaks_the_scan() {
    let world = World::new();
    let repo = build(&world);
    repo.pack_all();
    let pack = &repo.packs("pack")[0];
    let whole = fs::read(pack).unwrap();
    for at in (0..whole.len()).step_by(23) {
        damage(pack, |bytes| {
            bytes.clone_from(&whole);
            bytes[at] ^= 0xff;
        });
        let report = repo.scan();
        report.only(&token("new"));
        assert_eq!(report.code, 1);
    }
}

/// Returns where an object begins in the only pack.
fn offset(repo: &Repo<'_>, id: &str) -> usize {
    let index = repo.packs("idx")[0].display().to_string();
    let listing = repo.git(&["verify-pack", "-v", &index]);
    let line = listing.lines().find(|line| line.starts_with(id)).unwrap();
    line.split_whitespace().nth(4).unwrap().parse().unwrap()
}

#[test]
fn a_damaged_object_in_a_pack_is_told_and_the_rest_scanned() {
    let world = World::new();
    let repo = build(&world);
    let victim = repo.id("HEAD:victim.conf");
    repo.pack_all();
    let at = offset(&repo, &victim);
    damage(&repo.packs("pack")[0], |bytes| {
        bytes[at + 4..at + 12].fill(0xff);
    });
    let report = repo.scan();
    check(&report, "corrupt");
    let gap = report.gap("corrupt");
    assert!(gap.place.contains(&victim), "{gap:?}");
}

#[test]
fn what_is_built_upon_a_damaged_object_is_told_to_be_lost_with_it() {
    let world = World::new();
    let repo = build(&world);
    let lines = many_lines(300);
    for n in 0..5 {
        repo.commit_file("grown.conf", lines.clone() + &"more\n".repeat(n));
    }
    let base = repo.id("HEAD:grown.conf");
    repo.pack_all();
    let at = offset(&repo, &base);
    damage(&repo.packs("pack")[0], |bytes| {
        bytes[at + 4..at + 12].fill(0xff);
    });
    let report = repo.scan();
    check(&report, "corrupt");
    let gap = report.gap("corrupt");
    assert!(gap.reason.contains("cannot be read either"), "{gap:?}");
}

#[test]
fn a_pack_that_is_cut_off_gives_what_it_still_has() {
    let world = World::new();
    let repo = build(&world);
    repo.pack_all();
    let pack = &repo.packs("pack")[0];
    let whole = fs::read(pack).unwrap();
    // Only a checksum follows the last object.
    for length in (0..whole.len() - 20).step_by(29) {
        overwrite(pack, &whole[..length]);
        check_file_only(&repo.scan(), "corrupt");
    }
}

#[test]
fn a_pack_that_is_cut_off_before_its_end_loses_only_the_end() {
    let world = World::new();
    let repo = build(&world);
    let old = repo.id("HEAD~2^:old.conf");
    repo.pack_all();
    let last = repo
        .git(&["rev-list", "--objects", "--no-object-names", "--all"])
        .lines()
        .map(|id| offset(&repo, id))
        .max()
        .unwrap();
    assert!(
        offset(&repo, &old) < last,
        "the secret stands before the end"
    );
    let pack = &repo.packs("pack")[0];
    damage(pack, |bytes| bytes.truncate(last + 3));
    check(&repo.scan(), "corrupt");
}

#[test]
fn a_damaged_pack_index_never_breaks_the_scan() {
    let world = World::new();
    let repo = build(&world);
    repo.pack_all();
    let index = &repo.packs("idx")[0];
    let whole = fs::read(index).unwrap();
    for at in (0..whole.len()).step_by(41) {
        damage(index, |bytes| {
            bytes.clone_from(&whole);
            bytes[at] ^= 0xff;
        });
        repo.scan().only(&token("new"));
    }
    for length in [0, 7, 1000, whole.len() - 1] {
        overwrite(index, &whole[..length]);
        check_file_only(&repo.scan(), "corrupt");
    }
}

#[test]
fn a_pack_of_garbage_is_told_and_other_packs_are_scanned() {
    let world = World::new();
    let repo = build(&world);
    repo.pack_all();
    let name = "pack-0000000000000000000000000000000000000000";
    repo.write(&format!(".git/objects/pack/{name}.pack"), [0xaa; 4096]);
    repo.write(&format!(".git/objects/pack/{name}.idx"), [0xaa; 4096]);
    check(&repo.scan(), "corrupt");
}

#[test]
fn a_damaged_multi_pack_index_never_breaks_the_scan() {
    let world = World::new();
    let repo = build(&world);
    repo.pack_all();
    repo.git(&["multi-pack-index", "write"]);
    let shared = repo.join(".git/objects/pack/multi-pack-index");
    let whole = fs::read(&shared).unwrap();
    for index in repo.packs("idx") {
        fs::remove_file(index).unwrap();
    }
    for at in (0..whole.len()).step_by(31) {
        damage(&shared, |bytes| {
            bytes.clone_from(&whole);
            bytes[at] ^= 0xff;
        });
        repo.scan().only(&token("new"));
    }
}
