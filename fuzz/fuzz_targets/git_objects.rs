//! Any objects in a pack: rebuilding, scanning and attributing them ends, and what a blob is said to have from another
//! one it has. What was seen is remembered: a second scan is shown no blob again, and attributes them just the same.

#![no_main]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use gonogo::model::{Blob, Coverage, Inherited, ObjectId, Origin};
use gonogo::source::git::{self, Asked, Attributions, Memory, Repo, Seen};
use gonogo::source::{Limits, Meter, Worker};
use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;

/// More objects than that make no other shapes.
const MOST: usize = 24;

/// A repository that is written anew for each input, in memory where that is possible.
static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
    let memory = Path::new("/dev/shm");
    let parent = if memory.is_dir() {
        memory.to_owned()
    } else {
        std::env::temp_dir()
    };
    let folder = parent.join(format!("gonogo-fuzz-{}", std::process::id()));
    fs::create_dir_all(folder.join("objects/pack")).unwrap();
    // Without refs it is no repository.
    fs::create_dir_all(folder.join("refs")).unwrap();
    folder
});

/// An object; its id is its number, twenty times.
#[derive(Debug, Arbitrary)]
enum Object<'a> {
    Commit {
        tree: u8,
        parents: Vec<u8>,
        time: i64,
        message: &'a [u8],
    },
    Tree(Vec<(bool, u8, u8)>),
    Tag {
        target: u8,
        message: &'a [u8],
    },
    /// Whatever it is, as a commit, a tree, a blob or a tag.
    Raw(u8, &'a [u8]),
    /// Built upon the entry that stands so many entries before it.
    Delta {
        back: u8,
        steps: Steps<'a>,
    },
    /// Built upon the entry with this id, which may stand behind it, or not at all.
    DeltaById {
        base: u8,
        steps: Steps<'a>,
    },
}

#[derive(Debug, Arbitrary)]
struct Steps<'a> {
    base_size: u8,
    size: u8,
    steps: &'a [u8],
}

fn id(number: u8) -> [u8; 20] {
    [number; 20]
}

fn hex(number: u8) -> String {
    format!("{number:02x}").repeat(20)
}

impl Object<'_> {
    /// Kind in a pack, and bytes before compression.
    fn encode(&self) -> (u8, Vec<u8>) {
        match self {
            Self::Commit {
                tree,
                parents,
                time,
                message,
            } => {
                let parents = parents
                    .iter()
                    .map(|parent| format!("parent {}\n", hex(*parent)));
                let head = format!(
                    "tree {}\n{}author A <a@b> {time} +0000\ncommitter A <a@b> {time} +0000\n\n",
                    hex(*tree),
                    parents.collect::<String>()
                );
                (1, [head.as_bytes(), message].concat())
            }
            Self::Tree(entries) => {
                let mut bytes = Vec::new();
                for (is_tree, name, target) in entries {
                    bytes.extend(if *is_tree { "40000 " } else { "100644 " }.bytes());
                    bytes.extend([b'a' + name % 26, 0]);
                    bytes.extend(id(*target));
                }
                (2, bytes)
            }
            Self::Tag { target, message } => {
                let head = format!(
                    "object {}\ntype commit\ntag v1\ntagger A <a@b> 1 +0000\n\n",
                    hex(*target)
                );
                (4, [head.as_bytes(), message].concat())
            }
            Self::Raw(kind, bytes) => (1 + kind % 4, bytes.to_vec()),
            Self::Delta { steps, .. } => (6, steps.encode()),
            Self::DeltaById { steps, .. } => (7, steps.encode()),
        }
    }
}

impl Steps<'_> {
    fn encode(&self) -> Vec<u8> {
        [&[self.base_size & 0x7f, self.size & 0x7f], self.steps].concat()
    }
}

/// A zlib stream that stores its bytes as they are.
fn store(bytes: &[u8]) -> Vec<u8> {
    let bytes = &bytes[..bytes.len().min(0xffff)];
    let length = u16::try_from(bytes.len()).unwrap();
    let (mut a, mut b) = (1_u32, 0_u32);
    for byte in bytes {
        a = (a + u32::from(*byte)) % 65521;
        b = (b + a) % 65521;
    }
    let mut stream = vec![0x78, 0x01, 0x01];
    stream.extend(length.to_le_bytes());
    stream.extend((!length).to_le_bytes());
    stream.extend(bytes);
    stream.extend(((b << 16) | a).to_be_bytes());
    stream
}

/// The header of an entry: kind and size.
fn header(kind: u8, mut size: usize, pack: &mut Vec<u8>) {
    let mut byte = (kind << 4) | (size.to_le_bytes()[0] & 0x0f);
    size >>= 4;
    while size > 0 {
        pack.push(byte | 0x80);
        byte = size.to_le_bytes()[0] & 0x7f;
        size >>= 7;
    }
    pack.push(byte);
}

/// How far back a base stands, as packs write it.
fn distance(mut back: usize, pack: &mut Vec<u8>) {
    let mut bytes = vec![back.to_le_bytes()[0] & 0x7f];
    while back > 0x7f {
        back = (back >> 7) - 1;
        bytes.push(0x80 | (back.to_le_bytes()[0] & 0x7f));
    }
    pack.extend(bytes.iter().rev());
}

/// A pack, and the offsets of its entries.
fn pack(objects: &[Object<'_>]) -> (Vec<u8>, Vec<usize>) {
    let mut pack = b"PACK\0\0\0\x02".to_vec();
    pack.extend(u32::try_from(objects.len()).unwrap().to_be_bytes());
    let mut offsets: Vec<usize> = Vec::new();
    for (number, object) in objects.iter().enumerate() {
        let (kind, bytes) = object.encode();
        let offset = pack.len();
        header(kind, bytes.len().min(0xffff), &mut pack);
        match object {
            Object::Delta { back, .. } => {
                let base = number.checked_sub(usize::from(*back) % MOST);
                // Without such an entry it is built upon itself, or upon the middle of the header.
                let base = base.and_then(|base| offsets.get(base)).copied();
                distance(
                    offset - base.unwrap_or(offset - usize::from(*back % 12)),
                    &mut pack,
                );
            }
            Object::DeltaById { base, .. } => pack.extend(id(*base)),
            _ => {}
        }
        pack.extend(store(&bytes));
        offsets.push(offset);
    }
    pack.extend([0; 20]);
    (pack, offsets)
}

/// The index of a pack; checksums are never looked at.
fn index(offsets: &[usize]) -> Vec<u8> {
    let mut index = b"\xfftOc\0\0\0\x02".to_vec();
    for first in 0..=0xff_usize {
        let count = offsets.len().min(first + 1);
        index.extend(u32::try_from(count).unwrap().to_be_bytes());
    }
    let ids = (0..offsets.len()).flat_map(|number| id(u8::try_from(number).unwrap()));
    index.extend(ids);
    index.extend(vec![0; 4 * offsets.len()]);
    for offset in offsets {
        index.extend(u32::try_from(*offset).unwrap().to_be_bytes());
    }
    index.extend([0; 40]);
    index
}

/// Remembers texts, and compares what is said to be inherited.
#[derive(Default)]
struct Comparer {
    seen: Vec<ObjectId>,
}

impl Worker for Comparer {
    type Memory = Vec<u8>;

    fn blob(&mut self, blob: &Blob<'_>) -> Vec<u8> {
        if let Origin::Blob(id) = blob.origin {
            self.seen.push(id);
        }
        blob.bytes.to_vec()
    }

    fn derived(&mut self, blob: &Blob<'_>, base: &Vec<u8>, inherited: &[Inherited]) -> Vec<u8> {
        for part in inherited {
            assert_eq!(blob.bytes[part.range()], base[part.base_range()]);
        }
        self.blob(blob)
    }
}

/// Whether some object is built upon itself.
fn has_circle(objects: &[Object<'_>]) -> bool {
    let base = |at: usize| match &objects[at] {
        Object::DeltaById { base, .. } => {
            Some(usize::from(*base)).filter(|base| *base < objects.len())
        }
        Object::Delta { back, .. } => at
            .checked_sub(usize::from(*back) % MOST)
            .filter(|base| *base != at),
        _ => None,
    };
    (0..objects.len()).any(|start| {
        let mut chain = std::iter::successors(base(start), |at| base(*at)).take(objects.len());
        chain.any(|at| at == start)
    })
}

fuzz_target!(|input: (u8, Vec<Object<'_>>)| {
    let (head, mut objects) = input;
    objects.truncate(MOST);
    let (pack, offsets) = pack(&objects);
    fs::write(FOLDER.join("HEAD"), hex(head) + "\n").unwrap();
    fs::write(FOLDER.join("objects/pack/pack-a.pack"), pack).unwrap();
    fs::write(FOLDER.join("objects/pack/pack-a.idx"), index(&offsets)).unwrap();
    let repo = Repo::open(&FOLDER).unwrap().unwrap();
    let limits = Limits {
        max_file_size: 1 << 20,
        max_archive_depth: 3,
        threads: 1,
    };
    let (coverage, workers, history) =
        git::walk_history(&repo, kept(None), limits, &Meter::default(), &Comparer::default);
    let mut seen: Vec<_> = workers.into_iter().flat_map(|worker| worker.seen).collect();
    assert_eq!(seen.len() as u64, coverage.blobs);
    assert!(
        !has_circle(&objects) || !coverage.gaps.is_empty(),
        "some were lost in silence"
    );
    seen.sort_unstable();
    assert!(
        seen.windows(2).all(|pair| pair[0] != pair[1]),
        "a blob was shown twice"
    );
    let mut first = history.attribute(&repo, None, asked(&seen), &());
    let file = FOLDER.join("cache");
    first.record.take().unwrap().save(&file, &[0; 32], Vec::new()).unwrap();
    check_second(&repo, limits, seen, &first, coverage);
});

fn asked(ids: &[ObjectId]) -> Asked {
    Asked {
        blobs: ids.to_vec(),
        messages: ids.to_vec(),
        is_named: |_| false,
    }
}

fn kept(seen: Option<&Seen>) -> Memory<'_> {
    Memory {
        seen,
        is_kept: true,
    }
}

fn check_second(
    repo: &Repo,
    limits: Limits,
    blobs: Vec<ObjectId>,
    first: &Attributions,
    mut coverage: Coverage,
) {
    let seen = Seen::load(&FOLDER.join("cache"), &[0; 32], repo).unwrap().unwrap();
    let (mut again, workers, history) =
        git::walk_history(repo, kept(Some(&seen)), limits, &Meter::default(), &Comparer::default);
    assert!(workers.iter().all(|worker| worker.seen.is_empty()), "shown again");
    coverage.gaps.dedup();
    again.gaps.dedup();
    assert_eq!((again.blobs, again.binary), (coverage.blobs, coverage.binary));
    assert_eq!((again.tags, again.bytes), (coverage.tags, coverage.bytes));
    let second = history.attribute(repo, Some(&seen), asked(&blobs), &());
    assert_eq!(second.blobs, first.blobs);
    assert_eq!(second.messages, first.messages);
}
