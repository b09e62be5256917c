//! A repository on this machine, as far as it is known without reading its objects: what identifies its state, and what
//! it has in common with others.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

/// How many of the smallest object ids are compared.
const SKETCH: usize = 64;

/// How many bytes of each id are kept for that.
const ID: usize = 8;

/// How many object directories, including alternates, are read.
const MAX_STORES: usize = 16;

/// How many bytes of a refs file are read at most.
const MAX_REFS: u64 = 256 << 20;

/// What is known about a repository without reading its objects.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Outside {
    /// Changes with its objects and refs.
    pub(crate) state: String,
    /// The size of packs and loose objects, in bytes.
    pub(crate) bytes: u64,
    /// Of these, the bytes that are not in a repository it borrows objects from.
    pub(crate) own_bytes: u64,
    /// How many objects its packs have.
    pub(crate) objects: u64,
    /// The smallest ids of its objects: repositories that share many of these share many objects.
    pub(crate) sketch: Vec<u8>,
    /// Branches and HEAD, with what they point to.
    pub(crate) tips: Vec<(String, String)>,
    /// The branch that HEAD names.
    pub(crate) branch: Option<String>,
    /// The commit that HEAD points to.
    pub(crate) head: Option<String>,
}

impl Outside {
    /// Reads the git directory at `path`.
    pub(crate) fn read(path: &Path) -> io::Result<Self> {
        let mut look = Look {
            state: Sha256::new(),
            ids: BTreeSet::new(),
            bytes: 0,
            objects: 0,
        };
        match path.join("objects").metadata() {
            Ok(found) if found.is_dir() => {}
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                return Err(at(path, &error));
            }
            _ => {
                return Err(io::Error::new(
                    io::ErrorKind::NotFound,
                    "there is no git repository any more",
                ));
            }
        }
        let mut own_bytes = None;
        for store in stores(&path.join("objects")) {
            look.store(&store)?;
            // The first store is its own.
            own_bytes.get_or_insert(look.bytes);
        }
        look.note(&small(&path.join("shallow"))?);
        let (tips, branch, head) = look.refs(path)?;
        Ok(Self {
            state: crate::store::hex(&look.state.finalize()),
            bytes: look.bytes,
            own_bytes: own_bytes.unwrap_or_default(),
            objects: look.objects,
            sketch: look.ids.into_iter().take(SKETCH).flatten().collect(),
            tips,
            branch,
            head,
        })
    }
}

/// Estimates from their sketches how much two repositories have in common, from 0 to 1.
pub(crate) fn likeness(one: &[u8], other: &[u8]) -> f64 {
    let mut one = one.chunks_exact(ID).peekable();
    let mut other = other.chunks_exact(ID).peekable();
    let (mut common, mut all) = (0_u8, 0_u8);
    // The smallest ids of both together are a sample of all ids that either has.
    while usize::from(all) < SKETCH {
        let order = match (one.peek(), other.peek()) {
            (None, None) => break,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(one), Some(other)) => one.cmp(other),
        };
        if order.is_le() {
            one.next();
        }
        if order.is_ge() {
            other.next();
        }
        all += 1;
        common += u8::from(order.is_eq());
    }
    f64::from(common) / f64::from(all.max(1))
}

/// Returns the object directories: its own, and those that alternates name.
fn stores(objects: &Path) -> Vec<PathBuf> {
    let mut stores = vec![objects.to_owned()];
    let mut at = 0;
    while let Some(store) = stores.get(at).cloned() {
        at += 1;
        let text = small(&store.join("info/alternates")).unwrap_or_default();
        let lines = String::from_utf8_lossy(&text);
        for line in lines
            .lines()
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
        {
            let other = store.join(line);
            if stores.len() < MAX_STORES && !stores.contains(&other) {
                stores.push(other);
            }
        }
    }
    stores
}

/// Says of an error where it was, and what to do.
fn at(path: &Path, error: &io::Error) -> io::Error {
    let reason = crate::error::reason(error);
    io::Error::new(error.kind(), format!("{}: {reason}", path.display()))
}

/// Reads a small file; empty if it does not exist.
fn small(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    match File::open(path) {
        Ok(file) => {
            let read = file.take(MAX_REFS).read_to_end(&mut bytes);
            read.map_err(|error| at(path, &error))?;
            Ok(bytes)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(bytes),
        Err(error) => Err(at(path, &error)),
    }
}

/// Returns the entries of a directory by name; none if it does not exist.
fn entries(path: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(path) {
        Ok(entries) => entries,
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
            ) =>
        {
            return Ok(Vec::new());
        }
        Err(error) => return Err(at(path, &error)),
    };
    let mut paths = entries
        .map(|entry| Ok(entry?.path()))
        .collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

/// Tips by name, the branch of HEAD, and what HEAD points to.
type Refs = (Vec<(String, String)>, Option<String>, Option<String>);

/// What has been read so far.
struct Look {
    state: Sha256,
    ids: BTreeSet<[u8; ID]>,
    bytes: u64,
    objects: u64,
}

impl Look {
    fn note(&mut self, part: &[u8]) {
        self.state.update((part.len() as u64).to_le_bytes());
        self.state.update(part);
    }

    fn store(&mut self, store: &Path) -> io::Result<()> {
        for path in entries(&store.join("pack"))? {
            let is = |end: &str| path.extension().is_some_and(|extension| extension == end);
            if !is("pack") && !is("idx") {
                continue;
            }
            let len = path.metadata().map_or(0, |metadata| metadata.len());
            self.note(path.file_name().unwrap_or_default().as_encoded_bytes());
            self.note(&len.to_le_bytes());
            self.bytes += len;
            if is("idx") {
                // An index that cannot be read is reported by the scan.
                self.index(&path).unwrap_or_default();
            }
        }
        for folder in entries(store)? {
            let name = folder
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            if name.len() != 2 || !name.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                continue;
            }
            for path in entries(&folder)? {
                let rest = path
                    .file_name()
                    .unwrap_or_default()
                    .to_string_lossy()
                    .into_owned();
                self.note(name.as_bytes());
                self.note(rest.as_bytes());
                self.objects += 1;
                self.bytes += path.metadata().map_or(0, |metadata| metadata.len());
                let id = crate::store::unhex(&format!("{name}{rest}"));
                self.id(id.as_deref().unwrap_or_default());
            }
        }
        Ok(())
    }

    fn id(&mut self, id: &[u8]) {
        if let Some(id) = id.first_chunk() {
            self.ids.insert(*id);
            if self.ids.len() > SKETCH {
                self.ids.pop_last();
            }
        }
    }

    /// Reads the number of objects in a pack index, and the first of their ids.
    fn index(&mut self, path: &Path) -> io::Result<()> {
        let mut file = File::open(path)?;
        let mut head = [0; 8];
        file.read_exact(&mut head)?;
        // Version 2 begins with a magic number, version 1 with its table; the table has 256 numbers in both.
        let is_second = head[..4] == *b"\xfftOc";
        let table = if is_second { 8 } else { 0 };
        file.seek(SeekFrom::Start(table + 255 * 4))?;
        let mut count = [0; 4];
        file.read_exact(&mut count)?;
        let count = u32::from_be_bytes(count);
        self.objects += u64::from(count);
        // The name of a pack is a hash of the same kind as its object ids.
        let name = path.file_stem().map_or(0, std::ffi::OsStr::len);
        let id = if name >= "pack-".len() + 64 { 32 } else { 20 };
        let (skip, len) = if is_second { (0, id) } else { (4, 4 + id) };
        let mut ids = vec![0; len * SKETCH.min(count as usize)];
        file.read_exact(&mut ids)?;
        for id in ids.chunks_exact(len) {
            self.id(&id[skip..]);
        }
        Ok(())
    }

    fn refs(&mut self, git: &Path) -> io::Result<Refs> {
        let head = small(&git.join("HEAD"))?;
        self.note(&head);
        let packed = small(&git.join("packed-refs"))?;
        self.note(&packed);
        for table in entries(&git.join("reftable"))? {
            self.note(table.as_os_str().as_encoded_bytes());
        }
        let mut refs: Vec<(String, String)> = Vec::new();
        for line in String::from_utf8_lossy(&packed).lines() {
            if let Some((id, name)) = line.split_once(' ').filter(|(id, _)| is_id(id)) {
                refs.push((name.to_owned(), id.to_owned()));
            }
        }
        self.loose(&git.join("refs"), "refs", &mut refs, 0)?;
        // Loose refs come last and take precedence over packed ones of the same name.
        refs.reverse();
        refs.sort_by(|one, other| one.0.cmp(&other.0));
        refs.dedup_by(|one, other| one.0 == other.0);
        let head = String::from_utf8_lossy(&head).trim().to_owned();
        let branch = head.strip_prefix("ref:").map(|name| name.trim().to_owned());
        let find = |name: &String| {
            let at = refs.binary_search_by(|known| known.0.cmp(name)).ok()?;
            Some(refs[at].1.clone())
        };
        let commit = branch
            .as_ref()
            .map_or_else(|| is_id(&head).then_some(head.clone()), find);
        let short = |name: String| name.strip_prefix("refs/heads/").map(str::to_owned);
        let branch = branch.and_then(short);
        refs.retain(|(name, _)| name.starts_with("refs/heads/"));
        Ok((refs, branch, commit))
    }

    fn loose(
        &mut self,
        folder: &Path,
        name: &str,
        refs: &mut Vec<(String, String)>,
        depth: usize,
    ) -> io::Result<()> {
        for path in entries(folder)? {
            let part = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            let name = format!("{name}/{part}");
            let metadata = fs::symlink_metadata(&path)?;
            if metadata.is_dir() && depth < 64 {
                self.loose(&path, &name, refs, depth + 1)?;
            } else if metadata.is_file() {
                let text = small(&path)?;
                self.note(name.as_bytes());
                self.note(&text);
                let id = String::from_utf8_lossy(&text).trim().to_owned();
                if is_id(&id) {
                    refs.push((name, id));
                }
            }
        }
        Ok(())
    }
}

fn is_id(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_common_is_estimated_from_the_smallest_ids() {
        let sketch = |ids: std::ops::Range<u64>| {
            ids.map(u64::to_be_bytes)
                .take(SKETCH)
                .flatten()
                .collect::<Vec<u8>>()
        };
        assert!(likeness(&sketch(0..64), &sketch(0..64)) > 0.99);
        assert!(likeness(&sketch(0..64), &sketch(100..164)) < 0.01);
        let half = likeness(&sketch(0..32), &sketch(0..64));
        assert!(half > 0.4 && half < 0.6, "{half}");
        assert!(likeness(&[], &[]) < 0.01);
    }

    #[test]
    fn refs_and_loose_objects_change_the_state() {
        let world = tempfile::tempdir().unwrap();
        let git = world.path();
        fs::create_dir_all(git.join("objects/aa")).unwrap();
        fs::create_dir_all(git.join("refs/heads")).unwrap();
        fs::write(git.join("HEAD"), "ref: refs/heads/main\n").unwrap();
        let id = "1".repeat(40);
        fs::write(git.join("packed-refs"), format!("{id} refs/heads/main\n")).unwrap();
        let first = Outside::read(git).unwrap();
        assert_eq!(
            (first.branch.as_deref(), first.head.as_deref()),
            (Some("main"), Some(id.as_str()))
        );
        let other = "2".repeat(40);
        fs::write(git.join("refs/heads/main"), format!("{other}\n")).unwrap();
        let second = Outside::read(git).unwrap();
        assert_eq!(second.head.as_deref(), Some(other.as_str()));
        assert_ne!(first.state, second.state);
        fs::write(git.join("objects/aa").join("b".repeat(38)), "").unwrap();
        let third = Outside::read(git).unwrap();
        assert_ne!(second.state, third.state);
        assert_eq!((third.objects, third.sketch.len()), (1, ID));
    }
}
