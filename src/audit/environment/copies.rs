//! Which files scripts and builds copy to another name: `cp .env.example .env`.

use crate::audit::Project;
use crate::audit::project::resolve;
use crate::lexicon::path::{self, Role};

use super::settings::is_env_file;

/// How many files are read, and the largest size in bytes of each.
const MAX_FILES: usize = 400;
const MAX_BYTES: usize = 256 << 10;

/// One file that is copied.
pub(super) struct Copy {
    /// The file with the command, and its line.
    pub(super) by: String,
    pub(super) line: u32,
    /// The source path as written.
    from: String,
    /// The target path.
    to: String,
}

impl Copy {
    /// Whether a shipped file copies it to an env file that is not a sample.
    pub(super) fn is_install(&self) -> bool {
        path::role(&self.by, &[]) == Role::Shipped
            && path::role(&self.to, &[]) != Role::Sample
            && is_env_file(&self.to)
    }

    /// Whether it copies the file at `path`: relative to the root or to the file with the command, or by its name after
    /// a variable or an absolute path.
    fn is_of(&self, path: &str) -> bool {
        let from = self.from.trim_start_matches("./");
        if from.starts_with(['/', '$', '~']) {
            let name = from.rsplit('/').next().unwrap_or(from);
            return path == name;
        }
        from == path || resolve(&self.by, from).as_deref() == Some(path)
    }
}

/// All copies.
pub(super) struct Copies(Vec<Copy>);

impl Copies {
    pub(super) fn new(project: &Project<'_>) -> Self {
        let paths: Vec<_> = project
            .paths()
            .filter(|path| copies_files(path))
            .take(MAX_FILES)
            .collect();
        let mut copies = Vec::new();
        for by in paths {
            let Some(text) = project.read_text(by).filter(|text| text.len() <= MAX_BYTES) else {
                continue;
            };
            for (line, number) in text.lines().zip(1..) {
                copies.extend(copied(line).into_iter().map(|(from, to)| Copy {
                    by: by.to_owned(),
                    line: number,
                    from,
                    to,
                }));
            }
        }
        Self(copies)
    }

    /// Returns the copies of the file at `path` to another name.
    pub(super) fn of(&self, path: &str) -> impl Iterator<Item = &Copy> {
        let name = path.rsplit('/').next().unwrap_or(path);
        let of_this = self.0.iter().filter(move |copy| copy.is_of(path));
        of_this.filter(move |copy| copy.to.rsplit('/').next() != Some(name))
    }
}

/// Whether a file may copy others: a script, a build file, or the settings of a package manager.
pub(super) fn copies_files(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let is_named = [
        "makefile",
        "gnumakefile",
        "justfile",
        "composer.json",
        "package.json",
        "taskfile.yml",
        "dockerfile",
    ]
    .contains(&&*name);
    let is_script = [".sh", ".bash", ".ps1", ".mk"]
        .iter()
        .any(|end| name.ends_with(end));
    let is_program = !name.contains('.')
        && [
            "entrypoint",
            "setup",
            "install",
            "bootstrap",
            "init",
            "start",
            "deploy",
            "manage",
            "run",
        ]
        .iter()
        .any(|word| name.contains(word));
    let is_dockerfile = name.starts_with("dockerfile.") || name.ends_with(".dockerfile");
    (is_named || is_script || is_program || is_dockerfile)
        && !path.split('/').any(path::is_vendored_folder)
}

/// Returns what a line copies, and to where.
fn copied(line: &str) -> Vec<(String, String)> {
    let line = line.trim();
    if line.starts_with('#')
        || !["cp", "mv", "COPY", "copy", "install"]
            .iter()
            .any(|it| line.contains(it))
    {
        return Vec::new();
    }
    let mut found: Vec<_> = by_command(line);
    found.extend(by_call(line));
    found
}

/// `cp A B`, `COPY A B`.
fn by_command(line: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for command in line.split(['&', ';', '|', '(', ')', '{', '}']) {
        let words = command.split_whitespace();
        let mut words = words
            .map(|word| {
                word.trim_start_matches('@')
                    .trim_matches(['"', '\'', '`', ','])
            })
            .skip_while(|word| ["", "then", "else", "do", "RUN", "sudo", "!"].contains(word))
            .take_while(|word| !word.starts_with(['#', '>']));
        if !words
            .next()
            .is_some_and(|word| ["cp", "mv", "COPY", "install"].contains(&word))
        {
            continue;
        }
        let paths: Vec<_> = words
            .filter(|word| !word.starts_with('-') && !word.is_empty())
            .collect();
        if let [from, to] = paths.as_slice() {
            found.push(((*from).to_owned(), (*to).to_owned()));
        }
    }
    found
}

/// `copy('A', 'B')`.
fn by_call(line: &str) -> Option<(String, String)> {
    let (_, rest) = line
        .split_once("copy(")
        .or_else(|| line.split_once("copyFileSync("))?;
    let mut parts = rest.split(['\'', '"', '\\']).filter(|part| {
        let part = part.trim();
        !part.is_empty() && part != ","
    });
    let path = |part: Option<&str>| part.map(|it| it.trim_end_matches('\\').to_owned());
    Some((path(parts.next())?, path(parts.next())?))
}

/// Commands and functions that generate a random value.
#[rustfmt::skip]
const RANDOM: &[&str] = &[
    "random", "openssl", "uuidgen", "pwgen", "randomBytes", "token_hex", "token_urlsafe", "randAlphaNum", "mkpasswd",
    "gen_secret", "generate_secret", "generate_password", "genpasswd", "nanoid",
];

/// Commands that write a new key into settings, whatever its name there.
const KEY_COMMANDS: &[&str] = &[
    "key:generate",
    "generate:key",
    "jwt:secret",
    "phx.gen.secret",
    "rake secret",
    "rails secret",
];

/// Returns whether a line, or the rest of one, generates a random value.
pub fn makes_random(line: &[u8]) -> bool {
    RANDOM
        .iter()
        .any(|sign| memchr::memmem::find(line, sign.as_bytes()).is_some())
}

/// Returns whether a script generates another value for the variable `name` whenever it makes the copy in `line`. Doing
/// so only if the value is empty does not count, since the copied one is not.
pub(super) fn generates(text: &str, line: u32, name: &str) -> bool {
    let mut open: Vec<usize> = Vec::new();
    let mut of_copy = Vec::new();
    let mut makers: Vec<Vec<usize>> = Vec::new();
    for (number, text) in text.lines().enumerate() {
        let own = text.trim();
        if own.starts_with('#') {
            continue;
        }
        let is_block = own.starts_with("if ") || own.starts_with("if[");
        if is_block {
            open.push(number);
        }
        if number + 1 == line as usize {
            of_copy.clone_from(&open);
        }
        let is_key_command = KEY_COMMANDS.iter().any(|it| own.contains(it));
        let is_maker = is_key_command || own.contains(name) && makes_random(own.as_bytes());
        let is_asked =
            is_block || own.starts_with("[ ") || own.starts_with("[[ ") || own.starts_with("test ");
        if is_maker && !(is_asked && own.contains("-z")) {
            makers.push(open.clone());
        }
        if own == "fi" || own.ends_with("; fi") || own.ends_with(" fi") || own.starts_with("fi ") {
            open.pop();
        }
    }
    makers.iter().any(|blocks| of_copy.starts_with(blocks))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(line: &str) -> (String, String) {
        copied(line).pop().unwrap_or_default()
    }

    #[test]
    fn copies_are_read() {
        let expected = (".env.example".to_owned(), ".env".to_owned());
        for line in [
            "cp .env.example .env",
            "\t@cp -n .env.example .env",
            "RUN cp .env.example .env && php artisan config:cache",
            "[ -f .env ] || cp .env.example .env",
            "if [ ! -f .env ]; then cp .env.example .env; fi",
            "COPY --chown=app .env.example .env",
            "\"@php -r \\\"file_exists('.env') || copy('.env.example', '.env');\\\"\"",
        ] {
            assert_eq!(one(line), expected, "{line}");
        }
        for line in [
            "# cp .env.example .env",
            "scp .env.example host:.env",
            "echo cp",
        ] {
            assert!(copied(line).is_empty(), "{line}");
        }
    }

    #[test]
    fn keys_that_are_made_whenever_the_sample_is_copied_replace_it() {
        let made = |text: &str| {
            let line = text.lines().position(|line| line.contains("cp ")).unwrap() + 1;
            generates(text, u32::try_from(line).unwrap(), "APP_KEY")
        };
        assert!(made("cp .env.example .env\nphp artisan key:generate\n"));
        assert!(made(
            "if [ ! -e .env ]; then\n  cp .env.example .env\n  php artisan key:generate\nfi\n"
        ));
        assert!(made(
            "cp .env.example .env\nsed -i \"s/APP_KEY=.*/APP_KEY=$(openssl rand -hex 16)/\" .env\n"
        ));
        assert!(!made(
            "cp .env.example .env\nif ! grep -q '^APP_KEY=.' .env; then\n  php artisan key:generate\nfi\n"
        ));
        assert!(!made("cp .env.example .env\n# php artisan key:generate\n"));
        assert!(!made(
            "cp .env.example .env\n[ -z \"$APP_KEY\" ] && php artisan key:generate\n"
        ));
        assert!(!made("cp .env.example .env\n"));
    }
}
