//! How much memory is available: that of the machine, or the limit of the control group.

use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Larger files do not come from the kernel.
const MAX_BYTES: u64 = 64 << 10;

/// Returns the memory that this process may use, in bytes; `None` if the system does not say.
pub(super) fn memory() -> Option<u64> {
    memory_below(Path::new("/"))
}

/// Does the same for a system whose files are below `root`.
fn memory_below(root: &Path) -> Option<u64> {
    let machine = read(&root.join("proc/meminfo")).and_then(|text| total(&text));
    let groups = read(&root.join("proc/self/cgroup")).unwrap_or_default();
    let groups = groups.lines().filter_map(|line| group_limit(root, line));
    groups.chain(machine).min()
}

/// Reads the total memory, as in `MemTotal:       24567890 kB`.
fn total(text: &str) -> Option<u64> {
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kilobytes.checked_mul(1024)
}

/// Returns the limit of a group, `NUMBER:CONTROLLERS:PATH`, and of its parents. In version 2, the controllers are
/// empty.
fn group_limit(root: &Path, line: &str) -> Option<u64> {
    let mut parts = line.splitn(3, ':').skip(1);
    let (controllers, path) = (parts.next()?, parts.next()?);
    let (top, file) = match controllers {
        "" => (root.join("sys/fs/cgroup"), "memory.max"),
        _ if controllers.split(',').any(|name| name == "memory") => {
            let top = root.join("sys/fs/cgroup/memory");
            (top, "memory.limit_in_bytes")
        }
        _ => return None,
    };
    let own = top.join(path.trim_start_matches('/'));
    // In a container, the path may be that of the host; then its own group is at the top.
    let groups = own
        .ancestors()
        .take_while(|folder| folder.starts_with(&top));
    let limit = |folder: &Path| read(&folder.join(file))?.trim().parse().ok();
    groups.filter_map(limit).min()
}

fn read(path: &Path) -> Option<String> {
    let mut text = String::new();
    let file = File::open(path).ok()?;
    file.take(MAX_BYTES).read_to_string(&mut text).ok()?;
    Some(text)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[track_caller]
    fn check(files: &[(&str, &str)], expected: Option<u64>) {
        let root = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        assert_eq!(memory_below(root.path()), expected, "{files:?}");
    }

    #[test]
    fn the_smallest_limit_counts() {
        let machine = ("proc/meminfo", "MemTotal:        2048 kB\nMemFree: 1 kB\n");
        check(&[], None);
        check(&[machine], Some(2 << 20));
        let own = ("proc/self/cgroup", "0::/a/b\n");
        let unlimited = ("sys/fs/cgroup/a/b/memory.max", "max\n");
        check(&[machine, own, unlimited], Some(2 << 20));
        let above = ("sys/fs/cgroup/a/memory.max", "1048576\n");
        check(&[machine, own, unlimited, above], Some(1 << 20));
        let top = ("sys/fs/cgroup/memory.max", "4096\n");
        check(&[machine, own, top], Some(4096));
    }

    #[test]
    fn groups_of_version_1_count_too() {
        let machine = ("proc/meminfo", "MemTotal: 2048 kB\n");
        let own = (
            "proc/self/cgroup",
            "5:cpu,cpuacct:/x\n4:memory:/docker/1\n0::/\n",
        );
        let limit = (
            "sys/fs/cgroup/memory/docker/1/memory.limit_in_bytes",
            "1000\n",
        );
        check(&[machine, own, limit], Some(1000));
        let none = (limit.0, "9223372036854771712\n");
        check(&[machine, own, none], Some(2 << 20));
        // As seen from inside a container.
        let limit = ("sys/fs/cgroup/memory/memory.limit_in_bytes", "1000\n");
        check(&[machine, own, limit], Some(1000));
    }
}
