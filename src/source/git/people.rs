//! Decides whether to scan the header of a commit or tag together with its message.
//!
//! Headers have as many bytes as messages, and nearly all of them name the same few people.

/// Returns where the lines that name people begin, after those with ids of objects and the name of a tag.
pub(super) fn people(header: &[u8]) -> usize {
    const BEFORE: [&[u8]; 5] = [b"tree ", b"parent ", b"object ", b"type ", b"tag "];
    let mut at = 0;
    while let Some(line) = header.get(at..)
        && BEFORE.iter().any(|start| line.starts_with(start))
        && let Some(end) = memchr::memchr(b'\n', line)
    {
        at += end + 1;
    }
    at
}

/// Returns whether the names and addresses of people may hold a token, whether a merged tag brings its own message, or
/// whether another program than git has added a line with something of its own.
pub(super) fn is_worth_a_look(people: &[u8]) -> bool {
    let mut is_signed = false;
    for (number, line) in people.split(|byte| *byte == b'\n').enumerate() {
        // A line that begins with a space belongs to the one before.
        is_signed = line.starts_with(b"gpgsig") || is_signed && line.starts_with(b" ");
        if is_signed {
            continue;
        }
        let is_own = || number > 1 && memchr::memchr(b'=', line).is_some();
        if line.starts_with(b"mergetag ") || has_long_run(line) || is_own() {
            return true;
        }
    }
    false
}

/// From this length on, a run of letters and digits is not a name. Half of the ids in addresses have hyphens, and
/// hashes are rare.
const LONG_RUN: usize = 20;

/// Whether a line has a long run that contains both letters and digits.
fn has_long_run(line: &[u8]) -> bool {
    let is_of_run = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let mut at = LONG_RUN - 1;
    while at < line.len() {
        if !is_of_run(&line[at]) {
            at += LONG_RUN;
            continue;
        }
        let before = line[..at].iter().rev();
        let start = at - before.take_while(|byte| is_of_run(byte)).count();
        let behind = line[at..].iter();
        let end = at + behind.take_while(|byte| is_of_run(byte)).count();
        let run = &line[start..end];
        if run.len() >= LONG_RUN
            && run.iter().any(u8::is_ascii_digit)
            && run.iter().any(u8::is_ascii_alphabetic)
        {
            return true;
        }
        at = end + LONG_RUN;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(people: &str, parents: usize, expected: bool) {
        let parent = format!("parent {}\n", "0".repeat(40));
        let before = format!("tree {}\n{}", "0".repeat(40), parent.repeat(parents));
        let header = format!("{before}{people}");
        assert_eq!(super::people(header.as_bytes()), before.len());
        let found = is_worth_a_look(people.as_bytes());
        assert_eq!(found, expected, "{people}");
    }

    #[test]
    fn people_are_mostly_no_tokens() {
        let end = "1700000000 +0000\ncommitter GitHub <noreply@github.com> 1700000000 +0000";
        check(
            &format!("author Ann Author <ann@example.org> {end}"),
            1,
            false,
        );
        let bot = "dependabot[bot] <49699333+dependabot[bot]@users.noreply.github.com>";
        check(&format!("author {bot} {end}"), 1, false);
        let svn = "ann <ann@e7fa87d3-cd2b-0410-9028-fcbf551c1848>";
        check(&format!("author {svn} {end}"), 0, false);
        check(
            &format!("author a_token0123456789abcdef <a@example.org> {end}"),
            1,
            true,
        );
        let signed =
            "author a <a> 1 +0000\ncommitter b <b> 1 +0000\ngpgsig a0123456789012345678901234";
        check(signed, 1, false);
        check(
            &format!("{signed}\n BCDEF0123456789012345678901\nencoding x"),
            1,
            false,
        );
        check(&format!("{signed}\nmergetag object 00"), 2, true);
        let people = "author a <a> 1 +0000\ncommitter b <b> 1 +0000";
        let change = "change-id zqxwvutsrqponmlkzqxwvutsrqponmlk";
        check(
            &format!("{people}\nencoding ISO-8859-1\n{change}"),
            1,
            false,
        );
        check(
            &format!("{people}\nnote a0123456789012345678901234"),
            1,
            true,
        );
        check(&format!("{people}\nnote more\n key = short"), 1, true);
    }

    #[test]
    fn people_of_tags_come_after_the_name() {
        let before = "object 00\ntype commit\ntag v1\n";
        let header = format!("{before}tagger a <a@example.org> 1 +0000");
        assert_eq!(people(header.as_bytes()), before.len());
    }
}
