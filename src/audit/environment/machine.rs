//! Scripts and env files that work only with the machine itself: every address in them is on it.

use crate::lexicon::host;
use crate::lexicon::path::has_word;

use super::judged::Sign;
use super::settings::is_env_file;

/// Larger files are neither settings nor a developer's script.
const MAX_BYTES: usize = 64 << 10;

/// Returns the first address on the machine itself in the script or env file at `path`, if every address in it is on
/// that machine.
pub(super) fn only_here(path: &str, text: &str) -> Option<Sign> {
    let is_script = is_script(path);
    if text.len() > MAX_BYTES || !is_script && !is_env_file(path) {
        return None;
    }
    let mut first = None;
    for (line, number) in text.lines().zip(1_u32..) {
        let line = line.trim();
        if ["#", "//", "::", "REM ", "rem "]
            .iter()
            .any(|mark| line.starts_with(mark))
        {
            continue;
        }
        if is_script && works_elsewhere(line) {
            return None;
        }
        match of_line(line) {
            Place::Elsewhere => return None,
            Place::Here => {
                first.get_or_insert(number);
            }
            Place::Unknown => {}
        }
    }
    first.map(|number| {
        let says =
            format!("every address in it is on the machine itself, the first in line {number}");
        Sign::new(says, Some((path.to_owned(), number)))
    })
}

/// Whether a file is a shell script, judged by its name.
fn is_script(path: &str) -> bool {
    const ENDINGS: [&str; 7] = [".sh", ".bash", ".zsh", ".fish", ".ps1", ".bat", ".cmd"];
    let path = path.to_ascii_lowercase();
    ENDINGS.iter().any(|end| path.ends_with(end))
}

/// Where an address leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// To a page or an interface on the machine itself.
    Here,
    /// To another machine, or to one that is only known at run time.
    Elsewhere,
    /// To another container in the same network, or the text is not an address.
    Unknown,
}

/// Programs that work on servers, wherever those are.
#[rustfmt::skip]
const REMOTE: &[&str] = &[
    "ssh", "scp", "rsync", "sftp", "ftp", "kubectl", "helm", "oc", "aws", "az", "gcloud", "gsutil", "heroku", "flyctl", "fly",
    "terraform", "ansible-playbook", "cf", "doctl", "vercel", "netlify", "railway", "systemctl",
];

/// Whether a line of a script starts one of them.
fn works_elsewhere(line: &str) -> bool {
    let commands = line.split(['|', ';', '&', '(', '`']);
    commands.into_iter().any(|command| {
        let mut words = command.split_whitespace();
        let first =
            words.find(|word| !matches!(*word, "sudo" | "exec" | "if" | "then" | "!" | "do"));
        first.is_some_and(|word| REMOTE.contains(&word))
            || command.contains("docker push")
            || command.contains("npm publish")
    })
}

/// Returns where the addresses in a line lead: of several, the farthest counts.
fn of_line(line: &str) -> Place {
    let mut found = Place::Unknown;
    for (at, _) in line.match_indices("://") {
        let before = &line[..at];
        let is_of_scheme = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '.' | '-');
        let scheme = before
            .rsplit(|c| !is_of_scheme(c))
            .next()
            .unwrap_or_default();
        match of_host(&line[at + 3..]) {
            Place::Elsewhere => return Place::Elsewhere,
            // A page is opened on the machine itself; a database or a cache may be on the same server as what uses it.
            Place::Here if ["http", "https", "ws", "wss"].contains(&scheme) => found = Place::Here,
            Place::Here | Place::Unknown => {}
        }
    }
    if is_elsewhere_by_name(line) {
        return Place::Elsewhere;
    }
    found
}

/// Returns where the text after a scheme leads.
fn of_host(rest: &str) -> Place {
    let end = |c: char| {
        c.is_whitespace()
            || matches!(
                c,
                '"' | '\'' | '`' | '/' | '?' | '#' | ')' | ',' | ';' | '\\'
            )
    };
    let authority = rest.split(end).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let host = match host.strip_prefix('[') {
        Some(inner) => inner.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    place_of(host)
}

fn place_of(host: &str) -> Place {
    let host = host.to_ascii_lowercase();
    let is_here = host::is_loopback(&host)
        || host == "::1"
        || host.ends_with("docker.internal")
        || [".local", ".test"].iter().any(|end| host.ends_with(end));
    // A listener on all addresses does not show who reaches it.
    if is_here {
        Place::Here
    } else if host.is_empty() || host == "0.0.0.0" {
        Place::Unknown
    } else if host.contains(['$', '{', '%', '<', '*']) || host.contains('.') {
        Place::Elsewhere
    } else {
        Place::Unknown
    }
}

/// Whether a setting named after a server, or an option of a client, names one on another machine.
fn is_elsewhere_by_name(line: &str) -> bool {
    let line = line.strip_prefix("export ").unwrap_or(line);
    let named = line.split_once('=').is_some_and(|(name, value)| {
        let is_server = |word: &str| {
            matches!(
                word,
                "host"
                    | "hostname"
                    | "hosts"
                    | "server"
                    | "servers"
                    | "endpoint"
                    | "domain"
                    | "domains"
                    | "broker"
                    | "brokers"
            )
        };
        let is_name = name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte));
        is_name
            && has_word(&name.to_ascii_lowercase(), is_server)
            && !value.contains("://")
            && value.split(',').any(names_server)
    });
    let mut words = line.split_whitespace();
    let mut given = false;
    let is_option = |word: &str| matches!(word, "-h" | "-H" | "--host" | "--hostname");
    named
        || words.any(|word| {
            let is_given = std::mem::replace(&mut given, is_option(word));
            let value = word.strip_prefix("--host=").or(is_given.then_some(word));
            value.is_some_and(names_server)
        })
}

/// Whether a word is the name or address of a server other than the machine itself.
fn names_server(word: &str) -> bool {
    let word = word.trim().trim_matches(['"', '\'']);
    let name = word.split([':', '/']).next().unwrap_or_default();
    let is_number = || {
        let mut parts = name.split('.');
        name.matches('.').count() == 3
            && parts.all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
    };
    (host::is_elsewhere(name) || is_number()) && place_of(name) == Place::Elsewhere
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(path: &str, text: &str) -> Option<u32> {
        let sign = only_here(path, text)?;
        sign.place.map(|(_, line)| line)
    }

    #[test]
    fn what_names_only_the_machine_itself_is_for_developers() {
        for (path, text, expected) in [
            (
                "bin/set-env.sh",
                "export A_PASSWORD=x\nexport API_URL=\"http://localhost:4451\"\n",
                2,
            ),
            (
                ".env",
                "API_URL=http://127.0.0.1:8080\nDB_HOST=db\nFROM=a@lamp.io\n",
                1,
            ),
            (
                "app.env",
                "URL=https://shop.test\nOTHER=http://users:8080\n",
                1,
            ),
            (
                "seed.sh",
                "URI=\"http://[::1]:80\"\ncurl -H 'A: b' \"${URI}/login?password=x\"\n",
                1,
            ),
            (
                "seed.sh",
                "# see https://docs.lamp.io/a\ncurl http://host.docker.internal:1/a\n",
                2,
            ),
        ] {
            assert_eq!(line(path, text), Some(expected), "{text}");
        }
    }

    #[test]
    fn another_address_makes_it_unknown() {
        let here = "URL=http://localhost:80\n";
        assert_eq!(line("a.sh", here), Some(1));
        for more in [
            "MAIL_HOST=smtp.lamp.io",
            "DB_HOST=10.0.4.7",
            "DATABASE_URL=postgres://a:b@db.lamp.io/c",
            "OTHER=https://${HOST}/a",
            "ALLOWED_HOSTS=localhost,lamp.io",
            "psql -h db.lamp.io -U a",
            "mysql --host=db.lamp.io",
            "ssh lamp 'ls'",
            "docker build . && docker push lamp",
            "sudo kubectl apply -f a.yml",
        ] {
            assert_eq!(line("a.sh", &format!("{here}{more}\n")), None, "{more}");
        }
    }

    #[test]
    fn what_a_server_also_has_is_no_sign() {
        for (path, text) in [
            (
                ".env",
                "DB_HOST=localhost\nREDIS_URL=redis://localhost:6379\nSECRET_KEY=x\n",
            ),
            (".env", "HOST=0.0.0.0\nURL=http://0.0.0.0:80\n"),
            (".env", "# URL=http://localhost\nSECRET_KEY=x\n"),
            (".env", "DB_HOST=db\nSECRET_KEY=x\n"),
            ("src/app.py", "url = 'http://localhost:80'\n"),
            (
                "application.properties",
                "url=http://localhost:80\njwt.secret=x\n",
            ),
        ] {
            assert_eq!(line(path, text), None, "{text}");
        }
    }
}
