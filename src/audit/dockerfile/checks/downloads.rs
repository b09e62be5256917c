//! Files that a step downloads and a later command runs.

use crate::audit::dockerfile::shell::{self, Command, Word};

use super::remote_script::{Script, is_fetch, program, words_without_sudo};

/// How many downloads of one stage are remembered.
const MAX_DOWNLOADS: usize = 200;

/// A file that was downloaded.
pub(super) struct Download {
    /// Its name as written; without a directory if none is given.
    name: String,
    is_plain_http: bool,
}

/// Returns the commands that run what they, or commands before them, have downloaded. `downloads` are those so far;
/// more are added to it.
pub(super) fn run(commands: &[Command], downloads: &mut Vec<Download>) -> Vec<Script> {
    let mut scripts = Vec::new();
    for command in commands {
        if is_fetch(command) {
            if let Some(download) = fetched(command).filter(|_| downloads.len() < MAX_DOWNLOADS) {
                downloads.push(download);
            }
            continue;
        }
        let words = words_without_sudo(command);
        let Some(file) = runs(words) else {
            continue;
        };
        if let Some(download) = downloads.iter().find(|download| download.is(file)) {
            scripts.push(Script {
                span: command.span(),
                is_plain_http: download.is_plain_http,
            });
        }
    }
    scripts
}

impl Download {
    fn is(&self, file: &str) -> bool {
        let plain = |name: &str| name.trim_start_matches("./").to_owned();
        let (own, file) = (plain(&self.name), plain(file));
        let last = |name: &str| name.rsplit('/').next().unwrap_or(name).to_owned();
        // A step may have changed its working directory in between.
        own == file || (!own.contains('/') || !file.contains('/')) && last(&own) == last(&file)
    }
}

/// Returns the file that a command runs: a script that a shell gets, or a program named by its path.
fn runs(words: &[Word]) -> Option<&str> {
    let first = words.first()?;
    let name = program(first);
    let interprets = shell::is_shell(name)
        || matches!(
            name,
            "source" | "." | "python" | "python3" | "perl" | "ruby" | "php" | "node" | "pwsh"
        );
    if interprets {
        let rest = words.get(1..)?;
        let is_inline = rest
            .iter()
            .any(|word| matches!(word.text.as_str(), "-c" | "-e" | "-m"));
        let file = rest.iter().find(|word| !word.text.starts_with('-'))?;
        return (!is_inline).then_some(file.text.trim_start_matches('<'));
    }
    first.text.contains('/').then_some(first.text.as_str())
}

/// Returns the file that a download writes.
fn fetched(command: &Command) -> Option<Download> {
    let words = words_without_sudo(command);
    let is_curl = program(words.first()?) == "curl";
    let is_address = |word: &&Word| word.text.contains("://");
    let address = words.iter().find(is_address)?;
    let remote = || {
        let path = address.text.split(['?', '#']).next()?;
        let name = path.trim_end_matches('/').rsplit('/').next()?;
        Some(name.to_owned())
    };
    let mut name = None;
    let mut takes_remote = !is_curl;
    for (at, word) in words.iter().enumerate().skip(1) {
        let text = word.text.as_str();
        let next = || words.get(at + 1).map(|word| word.text.clone());
        let letter = if is_curl { 'o' } else { 'O' };
        let long = if is_curl {
            "--output"
        } else {
            "--output-document"
        };
        if text == long {
            name = next();
        } else if let Some(value) = text.strip_prefix(long).and_then(|it| it.strip_prefix('=')) {
            name = Some(value.to_owned());
        } else if text == ">" || text == "1>" {
            name = next();
        } else if let Some(value) = text
            .strip_prefix('>')
            .filter(|it| !it.is_empty() && !it.starts_with(['&', '>']))
        {
            name = Some(value.to_owned());
        } else if text.starts_with('-') && !text.starts_with("--") {
            match text[1..].find(letter) {
                Some(found) if text.len() == found + 2 => name = next(),
                Some(0) => name = Some(text[2..].to_owned()),
                _ => {}
            }
            takes_remote |= is_curl && text.contains('O');
        } else if text == "--remote-name" {
            takes_remote = true;
        }
    }
    let name = name.or_else(|| takes_remote.then(remote).flatten())?;
    (name != "-" && !name.is_empty()).then(|| Download {
        name,
        is_plain_http: address.text.starts_with("http://"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn downloads_have_the_names_that_they_are_written_to() {
        for (text, expected) in [
            ("curl -fsSLo /tmp/i.sh https://x.org/i", Some("/tmp/i.sh")),
            ("curl -o i.sh https://x.org/i", Some("i.sh")),
            ("curl -oi.sh https://x.org/i", Some("i.sh")),
            ("curl --output=i.sh https://x.org/i", Some("i.sh")),
            ("curl -O https://x.org/i.sh?v=1", Some("i.sh")),
            ("curl -sSLO https://x.org/i.sh", Some("i.sh")),
            ("curl https://x.org/i.sh > f", Some("f")),
            ("curl https://x.org/i.sh >f", Some("f")),
            ("curl https://x.org/i.sh", None),
            ("wget https://x.org/i.sh", Some("i.sh")),
            ("wget -qO f https://x.org/i.sh", Some("f")),
            ("wget -O- https://x.org/i.sh", None),
            ("sudo wget -q https://x.org/i.sh", Some("i.sh")),
        ] {
            let commands = shell::of_text(text);
            let found = fetched(&commands[0]).map(|download| download.name);
            assert_eq!(found.as_deref(), expected, "{text}");
        }
    }
}
