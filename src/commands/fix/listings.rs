//! Updates listings of compose files in documents: a port that is quoted from the file changes with the file.

use std::collections::{BTreeMap, BTreeSet};

/// A document line that shows a changed line of a compose file.
pub(super) struct Shown<'a> {
    /// The text of the document.
    pub(super) document: &'a str,
    /// The line number in the document, counted from 1.
    pub(super) line: usize,
    /// The old line of the compose file, trimmed.
    pub(super) was: &'a str,
}

/// Returns the new text of a document line that shows, in a code block, a `ports` entry of the same service exactly as
/// the compose file had it. `old` and `new` are the texts of that file.
pub(super) fn updated(shown: &Shown<'_>, old: &str, new: &str) -> Option<String> {
    let lines: Vec<&str> = shown.document.lines().collect();
    let at = shown.line.checked_sub(1)?;
    let line = *lines.get(at)?;
    if line.trim() != shown.was || !is_in_code(&lines, at) {
        return None;
    }
    let owner = owner(&lines, at)?;
    let is_of_owner = |text: &str, wanted: &dyn Fn(&str) -> bool| {
        let lines: Vec<&str> = text.lines().collect();
        let mut numbers = (0..lines.len()).filter(|at| wanted(lines[*at].trim()));
        numbers.find_map(|at| {
            let is_same = self::owner(&lines, at) == Some(owner);
            is_same.then(|| lines[at].trim().to_owned())
        })
    };
    is_of_owner(old, &|line| line == shown.was)?;
    let now = is_of_owner(new, &|line| is_bound(shown.was, line))?;
    let indent = &line[..line.len() - line.trim_start().len()];
    Some(format!("{indent}{now}"))
}

/// Returns a document with some of its lines replaced, by line number, counted from 1.
pub(super) fn with_lines(document: &str, lines: &BTreeMap<usize, String>) -> String {
    let numbered = document.split_inclusive('\n').enumerate();
    let texts = numbered.map(|(number, line)| match lines.get(&(number + 1)) {
        Some(new) => {
            let bare = line.trim_end_matches(['\r', '\n']);
            format!("{new}{}", &line[bare.len()..])
        }
        None => line.to_owned(),
    });
    texts.collect()
}

/// Returns the lines of a document that show the output of `docker ps` for a port published by the entry `was`.
pub(super) fn processes(document: &str, was: &str) -> Vec<usize> {
    let Some(port) = mapped(was) else {
        return Vec::new();
    };
    let published = format!("{ANYWHERE}:{port}/");
    let numbered = document.lines().enumerate();
    let found = numbered.filter(|(_, line)| line.contains(&published));
    found.map(|(number, _)| number + 1).collect()
}

/// How `docker ps` writes that a port is published on all IPv4 interfaces, and on all IPv6 interfaces.
const ANYWHERE: &str = "0.0.0.0";
const ANYWHERE_6: [&str; 2] = [":::", "[::]:"];

/// Returns the port mapping of an entry as `docker ps` prints it: `3306->3306`.
fn mapped(was: &str) -> Option<String> {
    let entry = was.trim_start_matches(['-', ' ', '"', '\'']);
    let entry = entry.split(['"', '\'', ' ', '/']).next().unwrap_or(entry);
    let (host, container) = entry.split_once(':')?;
    let is_digit = |it: u8| it.is_ascii_digit() || it == b'-';
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(is_digit);
    (is_number(host) && is_number(container)).then(|| format!("{host}->{container}"))
}

/// Returns the ranges that `docker ps` prints for consecutive port entries: `8081-8082:8081-8082`.
pub(super) fn ranges<'a>(entries: impl Iterator<Item = &'a str>) -> Vec<String> {
    let ports = entries.filter_map(|was| {
        let port = mapped(was)?;
        let (host, container) = port.split_once("->")?;
        Some((host.parse::<u16>().ok()?, container.parse::<u16>().ok()?))
    });
    let ports: BTreeSet<(u16, u16)> = ports.take(MOST_PORTS).collect();
    let mut found = Vec::new();
    for &(host, container) in &ports {
        let follows = |by: u16| Some((host.checked_add(by)?, container.checked_add(by)?));
        let more = (1..).map_while(|by| follows(by).filter(|next| ports.contains(next)));
        found.extend(more.map(|(last, inner)| format!("{host}-{last}:{container}-{inner}")));
    }
    found
}

/// No hand-written file lists more ports.
const MOST_PORTS: usize = 50;

/// Returns a line of `docker ps` output with the port of this entry bound to the loopback address. What follows stays
/// in its column if there is room.
pub(super) fn as_bound(line: &str, was: &str) -> Option<String> {
    let port = mapped(was)?;
    let published = format!("{ANYWHERE}:{port}/");
    let at = line.find(&published)?;
    let is_apart = line[..at].ends_with([' ', '\t', '|']);
    let list = &line[at..];
    let end = list.find("  ").unwrap_or(list.len());
    let (list, behind) = list.split_at(end);
    let entries = list.split(", ").filter(|entry| {
        let mut others = ANYWHERE_6.iter();
        !others.any(|address| entry.starts_with(&format!("{address}{port}/")))
    });
    let entries = entries.map(|entry| match entry.strip_prefix(ANYWHERE) {
        Some(rest) if entry.starts_with(&published) => format!("127.0.0.1{rest}"),
        _ => entry.to_owned(),
    });
    let bound = entries.collect::<Vec<_>>().join(", ");
    // Leave two spaces, the separator between columns.
    let blanks = behind.len() - behind.trim_start_matches(' ').len();
    let room = blanks.saturating_sub(2);
    let longer = bound.len().saturating_sub(list.len()).min(room);
    let shorter = if behind.is_empty() {
        0
    } else {
        list.len().saturating_sub(bound.len())
    };
    let behind = &behind[longer..];
    (is_apart || at == 0).then(|| format!("{}{bound}{}{behind}", &line[..at], " ".repeat(shorter)))
}

/// Whether an entry is another one bound to the loopback address and otherwise the same.
fn is_bound(was: &str, now: &str) -> bool {
    let same = was
        .bytes()
        .zip(now.bytes())
        .take_while(|(a, b)| a == b)
        .count();
    let (Some(rest), Some(new)) = (was.get(same..), now.get(same..)) else {
        return false;
    };
    // The port number may begin like the address.
    (0..=same).rev().take(4).any(|at| {
        let (Some(rest), Some(new)) = (was.get(at..), now.get(at..)) else {
            return false;
        };
        let added = new.strip_suffix(rest);
        added.is_some_and(|added| added.ends_with(':') && added.contains("127.0.0.1"))
    }) && rest.len() < new.len()
}

/// Returns the line of the service that contains the `ports` entry at `at`.
fn owner<'t>(lines: &[&'t str], at: usize) -> Option<&'t str> {
    let depth = |line: &str| line.len() - line.trim_start().len();
    let before = lines.get(..at)?;
    let item = depth(lines.get(at)?);
    let is_said = |line: &&&str| {
        let line = line.trim_start();
        !line.is_empty() && !line.starts_with('#')
    };
    let mut above = before.iter().rev().filter(is_said);
    let ports = above.find(|line| !line.trim_start().starts_with('-'))?;
    let is_ports = ports.trim() == "ports:" && depth(ports) <= item;
    let service = above.find(|line| depth(line) < depth(ports))?;
    (is_ports && service.trim_end().ends_with(':')).then(|| service.trim())
}

/// Whether a line of a document is in a fenced code block.
pub(super) fn is_in_code(lines: &[&str], at: usize) -> bool {
    let is_fence = |line: &&&str| {
        ["```", "~~~"]
            .iter()
            .any(|it| line.trim_start().starts_with(it))
    };
    lines[..at].iter().filter(is_fence).count() % 2 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listing_is_changed_where_it_is_the_same() {
        let old = "services:\n  db:\n    ports:\n      - 127:127\n      - \"3306:3306\"\n  web:\n    ports:\n      - 80:80\n";
        let new = old
            .replace("\"3306", "\"127.0.0.1:3306")
            .replace("- 127:", "- 127.0.0.1:127:");
        let check = |document: &str, line: usize, was: &str| {
            let shown = Shown {
                document,
                line,
                was,
            };
            updated(&shown, old, &new)
        };
        let listing = format!("Text\n```yaml\n{old}```\n");
        let was = "- \"3306:3306\"";
        assert_eq!(
            check(&listing, 7, was).as_deref(),
            Some("      - \"127.0.0.1:3306:3306\"")
        );
        assert_eq!(
            check(&listing, 6, "- 127:127").as_deref(),
            Some("      - 127.0.0.1:127:127")
        );
        assert_eq!(check(&listing.replace("  db:", "  store:"), 7, was), None);
        assert_eq!(check(&listing.replace("```yaml", ""), 7, was), None);
        assert_eq!(
            check(&listing.replace("3306\"\n", "3306\" # a\n"), 7, was),
            None
        );
        assert_eq!(check(&listing, 10, "- 80:80"), None);
        let lines = BTreeMap::from([(2, "c".to_owned())]);
        assert_eq!(with_lines("a\r\nb\r\nd", &lines), "a\r\nc\r\nd");
    }

    #[test]
    fn what_docker_lists_names_the_address() {
        let text =
            "ID  PORTS\n1   0.0.0.0:3306->3306/tcp, :::3306->3306/tcp\n2   127.0.0.1:80->80/tcp\n";
        assert_eq!(processes(text, "- \"3306:3306\" # db"), [2]);
        assert_eq!(processes(text, "- 80:80"), [0; 0]);
        assert_eq!(processes(text, "- ${PORT}:3306"), [0; 0]);
    }

    #[test]
    fn what_docker_lists_becomes_bound() {
        for (line, expected) in [
            ("1  0.0.0.0:33->33/tcp   db", "1  127.0.0.1:33->33/tcp  db"),
            (
                "1  0.0.0.0:33->33/tcp      db",
                "1  127.0.0.1:33->33/tcp    db",
            ),
            ("1  0.0.0.0:33->33/tcp", "1  127.0.0.1:33->33/tcp"),
            (
                "1  0.0.0.0:33->33/tcp, :::33->33/tcp   db",
                "1  127.0.0.1:33->33/tcp                db",
            ),
            (
                "1  0.0.0.0:33->33/tcp, 0.0.0.0:80->80/tcp, [::]:33->33/tcp",
                "1  127.0.0.1:33->33/tcp, 0.0.0.0:80->80/tcp",
            ),
        ] {
            assert_eq!(as_bound(line, "- 33:33").as_deref(), Some(expected));
        }
        assert_eq!(as_bound("1  0.0.0.0:33->33/tcp", "- 3:33"), None);
        let all = ranges(["- 81:8081", "- \"82:8082\"", "- 84:8084"].into_iter());
        assert_eq!(all, ["81-82:8081-8082"]);
        assert_eq!(
            as_bound("1  0.0.0.0:81-82->8081-8082/tcp", &all[0]).as_deref(),
            Some("1  127.0.0.1:81-82->8081-8082/tcp")
        );
    }
}
