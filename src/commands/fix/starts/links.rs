//! Finds links and downloads by which people start a compose file with nothing beside it.

use crate::lexicon::path;

/// What precedes the URL of the compose file in a link to a service that starts it.
const OF_SERVICES: [&str; 3] = ["stack=", "template=", "compose="];

/// Returns the URLs of YAML files that a line lets people start, each with whether it is only downloaded: from a link
/// to a service that starts the file, or from a command.
pub(super) fn linked(line: &str) -> Vec<(String, bool)> {
    if !line.contains(".yml") && !line.contains(".yaml") {
        return Vec::new();
    }
    let line = line.replace("%3A", ":").replace("%2F", "/");
    let has_command = path::has_word(&line, |word| matches!(word, "curl" | "wget"));
    let is_end = |c: char| c.is_whitespace() || "\"'`()<>|&#".contains(c);
    let words = line.split(is_end);
    let found = words.filter_map(|word| {
        let inner = OF_SERVICES.iter().find_map(|key| {
            let (before, rest) = word.split_once(key)?;
            (before.contains("://") && rest.contains("://")).then_some(rest)
        });
        let download = || (has_command && word.contains("://")).then_some(word);
        let address = inner.or_else(download)?;
        let is_yaml = [".yml", ".yaml"].iter().any(|end| address.ends_with(end));
        is_yaml.then(|| (address.to_owned(), inner.is_none()))
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use super::linked;

    #[test]
    fn a_link_has_the_address_of_what_it_starts() {
        let raw = "https://raw.example/acme/shop/0a1b/stack.yml";
        let check = |line: &str, expected: &[(&str, bool)]| {
            let found = linked(line);
            let found: Vec<_> = found.iter().map(|(it, end)| (&**it, *end)).collect();
            assert_eq!(found, expected, "{line}");
        };
        check(
            &format!("[![Try](https://a.example/b.png)](http://play-with-docker.com?stack={raw})"),
            &[(raw, false)],
        );
        let encoded = raw.replace(':', "%3A").replace('/', "%2F");
        check(
            &format!("https://pwd.example/?stack={encoded}"),
            &[(raw, false)],
        );
        check(
            &format!("curl -fsSL {raw} | docker stack deploy -c - shop"),
            &[(raw, true)],
        );
        check(&format!("The file is at {raw}."), &[]);
        check("see stack.yml", &[]);
    }
}
