//! What Dockerfiles say about images that something else deploys (B2, B6, H6).

use super::View;
use super::containers::instruction;
use crate::readiness::Grade;
use crate::readiness::ledger::Ledger;
use crate::readiness::read::kind::Kind;
use crate::readiness::read::pattern::Pattern;

/// Servers that finish their requests on SIGTERM.
static SERVERS: Pattern = Pattern::new(
    r"(?:^|[\s\x22'/,\[])(gunicorn|uvicorn|hypercorn|granian|puma|falcon)(?:$|[\s\x22',\]])",
);
/// Programs that forward signals to what they start.
static INIT: Pattern =
    Pattern::new(r"(?:^|[\x22'/\s\[])(tini|dumb-init|catatonit)(?:$|[\s\x22',\]])");

pub(super) fn evaluate(view: &View<'_>, ledger: &mut Ledger) {
    for (file, read) in view.shipped(Kind::Docker) {
        let text = last_stage(&read.text);
        let offset = line_of(&read.text, text);
        let place = |line: u32| view.corpus.line(file, offset + line);
        if let Some((line, user)) = instruction(text, "USER").filter(|(_, it)| !is_root(it)) {
            let says = format!("the image runs as `{user}`");
            ledger.add("B2", Grade::SetUp, place(line), says);
        }
        let check =
            instruction(text, "HEALTHCHECK").filter(|(_, it)| !it.eq_ignore_ascii_case("NONE"));
        if let Some((line, _)) = check {
            ledger.add(
                "B6",
                Grade::SetUp,
                place(line),
                "the image has a health check",
            );
        }
        let entry = instruction(text, "ENTRYPOINT");
        let command = instruction(text, "CMD");
        let is_direct = |it: &(u32, &str)| it.1.starts_with('[') || it.1.starts_with("exec ");
        let init = entry.filter(|(_, it)| INIT.is_in(it));
        let server = command
            .or(entry)
            .filter(is_direct)
            .filter(|(_, it)| SERVERS.is_in(it));
        // An entry script may not forward signals.
        let is_plain = entry.is_none() || init.is_some() || entry == server;
        if let Some((line, it)) = server.filter(|_| is_plain) {
            let name = SERVERS.group(it).unwrap_or_default();
            let says =
                format!("the image starts `{name}` itself, which ends its requests on SIGTERM");
            ledger.add("H6", Grade::SetUp, place(line), says);
        } else if let Some((line, it)) = init {
            let name = INIT.group(it).unwrap_or_default();
            let says = format!("`{name}` hands signals on; what ends requests is not shown");
            ledger.add("H6", Grade::Said, place(line), says);
        }
    }
}

/// Returns the part of a Dockerfile that makes the image, which begins at its last `FROM`.
fn last_stage(text: &str) -> &str {
    let mut start = 0;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if line
            .get(..5)
            .is_some_and(|it| it.eq_ignore_ascii_case("FROM "))
        {
            start = at;
        }
        at += line.len();
    }
    &text[start..]
}

/// Returns how many lines precede a part at the end of a text.
fn line_of(text: &str, part: &str) -> u32 {
    let before = text.len() - part.len();
    crate::readiness::read::line_at(text, before) - 1
}

fn is_root(user: &str) -> bool {
    let user = user.split(':').next().unwrap_or(user).trim();
    matches!(user, "root" | "0") || user.starts_with('$')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_stage_makes_the_image() {
        let text = "FROM a AS b\nUSER x\nfrom c\nCMD [\"puma\"]\n";
        assert_eq!(last_stage(text), "from c\nCMD [\"puma\"]\n");
        assert_eq!(line_of(text, last_stage(text)), 2);
        assert!(SERVERS.is_in("[\"bundle\", \"exec\", \"puma\", \"-C\", \"config/puma.rb\"]"));
        assert!(SERVERS.is_in("[\"/usr/local/bin/gunicorn\", \"app\"]"));
        assert!(!SERVERS.is_in("[\"node\", \"puma-helper.js\"]"));
    }
}
