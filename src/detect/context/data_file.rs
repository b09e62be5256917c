//! Files in which a placeholder is not in use: data, and files that were replaced.

/// Whether a file is data, in which a placeholder is for the reader to fill in: a notebook, or JSON without a name of
/// settings.
pub(super) fn is_data(path: &str) -> bool {
    const SETTINGS: [&str; 10] = [
        "config",
        "settings",
        "secret",
        "credential",
        "parameters",
        "values",
        "env",
        "options",
        "params",
        "conf",
    ];
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    name.ends_with(".ipynb")
        || name.ends_with(".json") && !SETTINGS.iter().any(|word| name.contains(word))
}

/// Whether a file is in a directory whose name says that its content was replaced.
pub(super) fn is_set_aside(path: &str) -> bool {
    const FOLDERS: [&str; 6] = [
        "old",
        "unused",
        "obsolete",
        "attic",
        "archived",
        "graveyard",
    ];
    let folders = path.rsplit_once('/').map_or("", |(folders, _)| folders);
    let mut folders = folders.split('/');
    folders.any(|folder| FOLDERS.iter().any(|it| folder.eq_ignore_ascii_case(it)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_that_is_data_is_not_called_settings() {
        assert!(is_data("data/default_scenario.json"));
        assert!(!is_data("src/appsettings.json"));
        assert!(!is_data("deploy/config.json"));
        assert!(!is_data("data/scenario.yml"));
        assert!(is_data("scripts/profile.ipynb"));
    }

    #[test]
    fn what_was_replaced_is_in_a_folder_that_says_so() {
        assert!(is_set_aside("lib/conf/old/search.conf") && is_set_aside("attic/a.yml"));
        assert!(!is_set_aside("lib/conf/old.conf") && !is_set_aside("golden/a.conf"));
    }
}
