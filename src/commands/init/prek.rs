//! Adds gonogo to configurations in TOML, those of prek and of lefthook, and leaves every other byte of them as it is.

use super::home::Home;

/// The configuration file of prek, which reads `.pre-commit-config.yaml` only if this one is missing.
pub(super) const FILE: &str = "prek.toml";

/// Returns the entry for `prek.toml`. Without a repository to fetch gonogo from, it runs the installed program.
pub(super) fn entry(home: Option<&Home>) -> String {
    match home {
        Some(home) => format!(
            "[[repos]]\nrepo = \"{}\"\nrev = \"{}\"\nhooks = [{{ id = \"gonogo\" }}]\n",
            home.url, home.rev
        ),
        None => "[[repos]]\nrepo = \"local\"\n\n[[repos.hooks]]\nid = \"gonogo\"\nname = \"gonogo\"\n\
                 entry = \"gonogo hook\"\nlanguage = \"system\"\npass_filenames = false\nalways_run = true\n\
                 require_serial = true\nstages = [\"pre-commit\", \"pre-merge-commit\", \"pre-push\", \"manual\"]\n"
            .to_owned(),
    }
}

/// Returns whether one of the hooks is gonogo's.
pub(super) fn has_gonogo(text: &str) -> bool {
    text.lines()
        .map(str::trim_start)
        .filter(|line| !line.starts_with('#'))
        .any(|line| {
            let id = line.split_once("id =").or_else(|| line.split_once("id="));
            let id = id.map(|(_, id)| id.trim_start().trim_start_matches(['"', '\'']));
            id.is_some_and(|id| id.starts_with("gonogo")) || line.contains("gonogo hook")
        })
}

/// Returns the text with tables at its end; `None` if the result is not valid TOML, as after an inline list of the
/// same name.
pub(super) fn add(text: &str, tables: &str) -> Option<String> {
    let gap = match text {
        "" => "",
        text if text.ends_with('\n') => "\n",
        _ => "\n\n",
    };
    let text = format!("{text}{gap}{tables}");
    toml::from_str::<toml::Table>(&text).is_ok().then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_come_behind_the_last_ones() {
        let text = "[[repos]]\nrepo = \"builtin\"\nhooks = [{ id = \"x\" }] # why\n";
        let added = add(text, &entry(None)).unwrap();
        assert!(added.starts_with(text) && !has_gonogo(text) && has_gonogo(&added));
        assert!(add("", &entry(None)).is_some() && add("a = 1", &entry(None)).is_some());
        assert_eq!(add("repos = [{ repo = \"x\" }]\n", &entry(None)), None);
        assert_eq!(add("a: b\n", &entry(None)), None);
    }

    #[test]
    fn a_hook_of_gonogos_is_recognised() {
        for text in [
            "hooks = [{ id = \"gonogo\" }]\n",
            "id='gonogo-wheel'\n",
            "entry = \"gonogo hook\"\n",
        ] {
            assert!(has_gonogo(text), "{text}");
        }
        assert!(!has_gonogo("# id = \"gonogo\"\nid = \"x\"\n"));
    }
}
