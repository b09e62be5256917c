//! Which server a project runs, judged by image tags in its Compose files and Dockerfiles.

use crate::audit::Project;
use crate::audit::check::Format;
use crate::audit::compose::Compose;
use crate::audit::dockerfile::Docker;

use super::options::Version;

/// Returns the only server that the project names; `None` if it names none, or several.
pub(super) fn version(project: &Project<'_>) -> Option<Version> {
    let formats: [&dyn Format; 2] = [&Compose, &Docker];
    let files = formats
        .into_iter()
        .flat_map(|format| project.claimed_by(format));
    let mut found: Option<Version> = None;
    for version in files
        .flat_map(|source| source.text.lines())
        .filter_map(of_line)
    {
        if found.as_ref().is_some_and(|known| *known != version) {
            return None;
        }
        found = Some(version);
    }
    found
}

/// Returns the server in a line with `image:` or `FROM`.
fn of_line(line: &str) -> Option<Version> {
    let mut words = line.split_whitespace();
    let first = words.next()?;
    if first != "image:" && !first.eq_ignore_ascii_case("from") {
        return None;
    }
    let image = words.next()?.trim_matches(['"', '\'']);
    let (name, tag) = image.rsplit_once(':')?;
    let name = name.rsplit('/').next().unwrap_or(name);
    if !matches!(
        name,
        "mysql" | "mysql-server" | "mariadb" | "percona" | "percona-server"
    ) {
        return None;
    }
    let number: Vec<&str> = tag.split(['.', '-']).take(2).collect();
    let is_number = number
        .iter()
        .all(|part| part.bytes().all(|c| c.is_ascii_digit()));
    (number.len() == 2 && is_number).then(|| Version {
        is_mariadb: name == "mariadb",
        number: number.join("."),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_name_versions() {
        let check = |line: &str, expected: Option<(bool, &str)>| {
            let found = of_line(line);
            let found = found
                .as_ref()
                .map(|found| (found.is_mariadb, found.number.as_str()));
            assert_eq!(found, expected, "{line}");
        };
        check("    image: mariadb:10.11", Some((true, "10.11")));
        check(
            "  image: \"docker.io/library/mysql:5.7.44-debian\"",
            Some((false, "5.7")),
        );
        check("FROM mysql:8.4", Some((false, "8.4")));
        check("image: mysql:8", None);
        check("image: mysql:latest", None);
        check("image: postgres:16.1", None);
        check("# FROM mysql:8.4", None);
    }
}
