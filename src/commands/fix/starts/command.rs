//! Recognizes commands that start compose files.

/// Returns the compose files that the command in a line starts with variables from the environment; an empty list if it
/// uses the default file.
pub(super) fn started(line: &str) -> Option<Vec<String>> {
    let mut words = line.split_whitespace().map(bare);
    let mut last = "";
    words.find(|word| {
        let word = word
            .rsplit('=')
            .next()
            .unwrap_or(word)
            .trim_matches(['"', '\'']);
        let is_one = ["docker-compose", "podman-compose"]
            .iter()
            .any(|name| word == *name || word.ends_with(&format!("/{name}")));
        let is_plugin = word == "compose" && ["docker", "podman", "nerdctl"].contains(&last);
        last = word;
        is_one || is_plugin
    })?;
    let mut files = Vec::new();
    while let Some(word) = words.next() {
        match word {
            "-f" | "--file" => files.push(words.next()?.trim_start_matches("./").to_owned()),
            "-p" | "--project-name" | "--profile" | "--project-directory" | "--ansi" => {
                words.next()?;
            }
            // Each of these requires all variables of the file.
            "up" | "run" | "build" | "create" | "config" => return Some(files),
            _ => {
                if let Some(file) = word.strip_prefix("--file=") {
                    files.push(file.trim_start_matches("./").to_owned());
                } else if !word.starts_with('-') || word.starts_with("--env-file") {
                    return None;
                }
            }
        }
    }
    // A variable in a script that holds the command.
    let (before, _) = line.split_once("docker")?;
    let is_assigned = before.trim_end_matches([' ', '"', '\'']).ends_with('=');
    (is_assigned && !files.is_empty()).then_some(files)
}

/// Returns the files that the command in a line deploys as a stack, which takes no variables but those of the shell.
pub(super) fn deployed(line: &str) -> Option<Vec<String>> {
    let (before, rest) = line.split_once("stack deploy ")?;
    before.trim_end().ends_with("docker").then_some(())?;
    let mut words = rest.split_whitespace().map(bare);
    let mut files = Vec::new();
    while let Some(word) = words.next() {
        let file = match word {
            "-c" | "--compose-file" => words.next(),
            _ => word.strip_prefix("--compose-file="),
        };
        files.extend(file.map(|file| file.trim_start_matches("./").to_owned()));
    }
    files.retain(|file| file != "-");
    (!files.is_empty()).then_some(files)
}

/// Strips a word of a command of the punctuation and JSON marks around it.
fn bare(word: &str) -> &str {
    let inner = word.trim_matches([
        '`', '"', '\'', '(', ')', '{', '}', '[', ']', ',', ';', '*', '$',
    ]);
    inner.trim_end_matches(['.', '`'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn starts_are_read_in_their_spellings() {
        let check = |line: &str, expected: Option<&[&str]>| {
            let found = started(line);
            let found = found.as_ref().map(|files| {
                let files = files.iter().map(String::as_str);
                files.collect::<Vec<_>>()
            });
            assert_eq!(found.as_deref(), expected, "{line}");
        };
        check("docker compose up -d", Some(&[]));
        check("2. Run `docker-compose up`.", Some(&[]));
        check("$ sudo HOST=a.example docker compose up", Some(&[]));
        check(
            "  \"up\": \"docker compose -f ./a.yml --file=b.yml up --wait\",",
            Some(&["a.yml", "b.yml"]),
        );
        check("docker compose --profile all run app", Some(&[]));
        check("docker compose --env-file x up", None);
        check("docker compose build --no-cache web", Some(&[]));
        check(
            "dev := docker compose -f a.yml -f b.yml",
            Some(&["a.yml", "b.yml"]),
        );
        check("DC=\"docker-compose -f a.yml\"", Some(&["a.yml"]));
        check("docker compose -f a.yml", None);
        check("docker compose down", None);
        check("docker compose", None);
        check("compose up your mind", None);
    }

    #[test]
    fn a_stack_is_deployed_from_the_files_it_names() {
        let file = "docker stack deploy -c ./stack.yml --compose-file=b.yml shop";
        assert_eq!(deployed(file).unwrap(), ["stack.yml", "b.yml"]);
        assert_eq!(deployed("docker stack deploy -c - shop"), None);
        assert_eq!(deployed("we stack deploy -c a.yml"), None);
    }
}
