//! Recognizes what only CI jobs start, and is gone when the job ends.

/// Whether all jobs of a workflow run on hosted runners and reach no other machine, so that everything started there is
/// gone afterwards.
pub(super) fn is_of_jobs(path: &str, text: &str) -> bool {
    const ELSEWHERE: [&str; 9] = [
        "self-hosted",
        "ssh",
        "scp",
        "rsync",
        "docker_host",
        "docker context",
        "docker --context",
        "tailscale",
        "ansible",
    ];
    if ![
        ".github/workflows/",
        ".gitea/workflows/",
        ".forgejo/workflows/",
    ]
    .iter()
    .any(|start| path.starts_with(start))
    {
        return false;
    }
    let lower = text.to_ascii_lowercase();
    let mut machines = lower
        .lines()
        .filter_map(|line| line.trim_start_matches([' ', '-']).strip_prefix("runs-on:"))
        .map(|machine| machine.trim().trim_matches(['"', '\'']))
        .peekable();
    let is_lent = |machine: &str| {
        ["ubuntu-", "windows-", "macos-"]
            .iter()
            .any(|start| machine.starts_with(start))
    };
    machines.peek().is_some()
        && machines.all(is_lent)
        && !ELSEWHERE.iter().any(|word| lower.contains(word))
}

/// Returns the names of YAML files in a line.
pub(super) fn names_of_yaml(line: &str) -> impl Iterator<Item = &str> {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    let words = line.split(move |c: char| !is_part(c));
    words.filter(|word| word.ends_with(".yml") || word.ends_with(".yaml"))
}

#[cfg(test)]
mod tests {
    use super::is_of_jobs;

    #[test]
    fn a_job_that_reaches_another_machine_may_start_what_stays() {
        let path = ".github/workflows/a.yml";
        let text = "jobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: docker compose -f a.yml up -d\n";
        assert!(is_of_jobs(path, text));
        assert!(!is_of_jobs("a.yml", text));
        for other in [
            text.replace("ubuntu-latest", "[self-hosted, linux]"),
            text.replace("ubuntu-latest", "${{ matrix.os }}"),
            text.replace("run: docker", "run: ssh shop docker"),
            text.replace("run: docker", "run: DOCKER_HOST=tcp://a docker"),
        ] {
            assert!(!is_of_jobs(path, &other), "{other}");
        }
    }
}
