//! How much memory the machine or the container has.

/// What is assumed if it cannot be determined, in bytes.
const UNKNOWN: u64 = 4 << 30;

/// Returns the memory of the machine or of the container, in bytes.
pub(crate) fn memory() -> u64 {
    let container = std::fs::read_to_string("/sys/fs/cgroup/memory.max");
    let container = container.ok().and_then(|text| text.trim().parse().ok());
    let machine = std::fs::read_to_string("/proc/meminfo")
        .ok()
        .and_then(|text| total(&text));
    match (container, machine) {
        (Some(container), Some(machine)) => std::cmp::min(container, machine),
        (container, machine) => container.or(machine).unwrap_or(UNKNOWN),
    }
}

fn total(text: &str) -> Option<u64> {
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes << 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_total_is_read() {
        assert_eq!(
            total("MemTotal:        2048 kB\nMemFree: 1 kB\n"),
            Some(2 << 20)
        );
        assert_eq!(total(""), None);
        assert!(memory() > 0);
    }
}
