//! What users of other scanners type, and what to type instead; `docs/coming-from.md` has the same table.

use clap::error::{ContextKind, ContextValue, ErrorKind};

/// What another tool calls an option, the shortest form first, and what to do here.
struct Foreign {
    /// The names of the option.
    names: &'static [&'static str],
    /// What to do instead.
    instead: &'static str,
}

const fn foreign(names: &'static [&'static str], instead: &'static str) -> Foreign {
    Foreign { names, instead }
}

/// Commands of other tools.
const COMMANDS: &[Foreign] = &[
    foreign(&["detect"], "use `gonogo scan`"),
    foreign(
        &["protect"],
        "use `gonogo scan --staged`, or `gonogo hook` in a hook",
    ),
    foreign(
        &["dir", "directory", "filesystem"],
        "use `gonogo scan --no-history FOLDER`",
    ),
    foreign(
        &["git"],
        "use `gonogo scan REPOSITORY`; clone a remote repository first",
    ),
    foreign(&["stdin"], "use `gonogo scan --stdin`"),
    foreign(&["version"], "use `gonogo --version`"),
    foreign(&["completion"], "use `gonogo completions SHELL`"),
    foreign(
        &["github", "gitlab"],
        "clone the repositories and name their folders: `gonogo scan FOLDER…`",
    ),
    foreign(
        &["verify"],
        "credentials are only checked offline: no provider is asked",
    ),
];

/// Options of other tools.
const OPTIONS: &[Foreign] = &[
    // gitleaks
    foreign(
        &["-s", "--source"],
        "name the folder or repository without an option: `gonogo scan PATH`",
    ),
    foreign(
        &["-c"],
        "use `--rules FILE` for a file of gitleaks' rules, `--config FILE` for a gonogo.toml; a .gitleaks.toml at the top of the repository counts by itself",
    ),
    foreign(&["-r"], "use `--output FILE`"),
    foreign(&["-b"], "use `--baseline FILE`"),
    foreign(
        &["--report-template"],
        "use `--format json` and a template engine of your own",
    ),
    foreign(
        &["--redact"],
        "secrets are always masked, unless `--show-secrets` is given",
    ),
    foreign(
        &["--exit-code"],
        "use `--fail-on never` to always return 0; the exit codes are 0 for GO, 1 for NO-GO and 2 for UNDECIDED",
    ),
    foreign(&["-l", "--log-level"], "use `--quiet` or `--verbose`"),
    foreign(
        &["--log-opts"],
        "use `--range BASE..HEAD` for commits; the whole history is scanned without it",
    ),
    foreign(
        &["--max-target-megabytes"],
        "use `--max-file-size SIZE`, such as `--max-file-size 10M`",
    ),
    foreign(
        &["--max-decode-depth"],
        "encoded text is decoded up to three levels deep",
    ),
    foreign(
        &["--timeout"],
        "use `timeout SECONDS gonogo scan`: a scan has no limit of time",
    ),
    foreign(
        &["--no-banner"],
        "there is no banner; `--quiet` prints nothing",
    ),
    foreign(&["--no-color"], "use `--color never`, or set NO_COLOR"),
    foreign(&["--enable-rule", "--include-detectors"], "use `--rule ID`"),
    foreign(&["--exclude-detectors"], "use `--skip ID`"),
    foreign(
        &["-i"],
        "a .gitleaksignore at the top of the repository counts by itself; all matching is done by rules",
    ),
    foreign(
        &["--gitleaks-ignore-path"],
        "a .gitleaksignore at the top of the repository counts by itself; `gonogo baseline create --from FILE` takes over another one",
    ),
    foreign(
        &["--ignore-gitleaks-allow", "--no-ignores"],
        "use `--show-suppressed` to list what comments suppress",
    ),
    foreign(
        &["-L", "--follow", "--follow-symlinks"],
        "symbolic links are not followed: name the folder that one leads to",
    ),
    foreign(
        &["--pre-commit"],
        "use `gonogo hook`, or `gonogo scan --staged`",
    ),
    foreign(&["--no-git"], "use `--no-history`"),
    foreign(&["--pipe"], "use `--stdin`"),
    foreign(
        &["--platform", "--diagnostics", "--diagnostics-dir"],
        "gonogo has nothing of the kind",
    ),
    // trufflehog
    foreign(
        &["--json", "--json-legacy", "--json-lines"],
        "use `--format jsonl`, or `--format json` for one document",
    ),
    foreign(
        &["--results", "--only-verified", "--filter-unverified"],
        "no provider is asked whether a credential is live; use `--min-confidence high` for what is most certain",
    ),
    foreign(
        &[
            "--no-verification",
            "--offline",
            "--no-online-audits",
            "--allow-verification-overlap",
            "--verifier",
        ],
        "gonogo never uses the network",
    ),
    foreign(
        &["--filter-entropy"],
        "use `--min-confidence LEVEL`, which takes entropy into account",
    ),
    foreign(&["--concurrency"], "use `--threads N`"),
    foreign(
        &["--fail"],
        "exit code 1 for findings is the default; `--fail-on SEVERITY` sets the threshold",
    ),
    foreign(
        &["--no-fail", "--exit-zero", "--no-exit-codes"],
        "use `--fail-on never`",
    ),
    foreign(
        &["--github-actions"],
        "use `--format github`, or `gonogo ci` in a job",
    ),
    foreign(&["--no-update"], "gonogo never updates itself"),
    foreign(
        &["-x", "--exclude-paths", "--exclude-globs"],
        "use `--exclude GLOB`, once for each pattern",
    ),
    foreign(
        &["--include-paths"],
        "name the files and folders without an option, or use `paths.include` in gonogo.toml",
    ),
    foreign(&["--since-commit", "--branch"], "use `--range BASE..HEAD`"),
    foreign(&["--archive-max-depth"], "use `--max-archive-depth N`"),
    foreign(&["--archive-max-size"], "use `--max-file-size SIZE`"),
    foreign(
        &["--archive-timeout"],
        "archives have limits of size and depth, and none of time",
    ),
    foreign(
        &["--bare"],
        "bare repositories are recognised by themselves: name the folder",
    ),
    foreign(
        &["--directory"],
        "name the folder without an option: `gonogo scan PATH`",
    ),
    foreign(
        &[
            "--profile",
            "--trace",
            "--debug",
            "--print-avg-detector-time",
        ],
        "use `--verbose`",
    ),
    // ripgrep
    foreign(
        &["-g", "--glob", "--iglob"],
        "use `--exclude GLOB` for what is to be left out, and name the folders to scan",
    ),
    foreign(
        &["-.", "--hidden"],
        "hidden files are always scanned, except `.git`",
    ),
    foreign(
        &["-u", "--unrestricted", "--no-ignore-vcs"],
        "use `--no-ignore`; hidden and binary files are always scanned",
    ),
    foreign(
        &["-a", "--text", "--binary", "-z", "--search-zip"],
        "binary files and archives are always scanned",
    ),
    foreign(
        &["-d", "--max-depth"],
        "all levels of folders are scanned; `--exclude GLOB` leaves some out",
    ),
    foreign(
        &["-t", "--type", "-T", "--type-not"],
        "every type of file is scanned; `--exclude '*.EXTENSION'` leaves one out",
    ),
    foreign(
        &[
            "-n",
            "--line-number",
            "--column",
            "--no-heading",
            "--vimgrep",
        ],
        "reports have lines and columns; `--format csv` has one finding a line",
    ),
    foreign(
        &[
            "-A",
            "-B",
            "-C",
            "--context",
            "--after-context",
            "--before-context",
        ],
        "the text report has context; `--format json` has the exact position",
    ),
    foreign(
        &["-e", "--regexp", "--file"],
        "write a rule, and use it with `--rules FILE`",
    ),
    foreign(
        &["--files", "--files-with-matches", "--count"],
        "use `--format csv`, which has one finding a line",
    ),
    foreign(
        &["--sort", "--sortr"],
        "the order of a report is fixed, so that two runs can be compared",
    ),
    foreign(
        &["--stats"],
        "every report ends with what was scanned and what was not",
    ),
    foreign(
        &["--encoding"],
        "UTF-8, UTF-16 and single-byte encodings are recognised by themselves",
    ),
    foreign(&["--pretty"], "use `--color always`"),
    foreign(
        &["--max-columns"],
        "long lines are cut around what is marked",
    ),
    // zizmor
    foreign(
        &["-p", "--pedantic", "--persona"],
        "use `--min-severity info` and `--min-confidence low` to see all findings",
    ),
    foreign(&["--fix"], "use `gonogo fix`"),
    foreign(
        &["--gh-token", "--github-token", "--gh-hostname"],
        "gonogo never uses the network, and needs no token",
    ),
    foreign(
        &["--collect", "--strict-collection"],
        "all files are scanned: name files or folders to scan less",
    ),
    foreign(&["--cache-dir"], "use `--cache FOLDER`"),
    foreign(
        &["--no-progress"],
        "use `--quiet`, or redirect standard error",
    ),
    foreign(&["--completions"], "use `gonogo completions SHELL`"),
    foreign(
        &["--show-audit-urls", "--render-links"],
        "use `gonogo explain RULE` for links about a rule",
    ),
];

/// What to say of an option that another tool has, and gonogo does not.
pub(super) fn instead(error: &clap::Error) -> Option<String> {
    if error.kind() != ErrorKind::UnknownArgument {
        return None;
    }
    let Some(ContextValue::String(typed)) = error.get(ContextKind::InvalidArg) else {
        return None;
    };
    let name = typed.split_once('=').map_or(typed.as_str(), |it| it.0);
    let found = look_up(OPTIONS, name)?;
    Some(format!("there is no option `{name}`: {found}"))
}

/// What to say of a command that another tool has, and gonogo does not.
pub(super) fn command(name: &str) -> Option<&'static str> {
    look_up(COMMANDS, name)
}

fn look_up(all: &[Foreign], name: &str) -> Option<&'static str> {
    let found = all.iter().find(|it| it.names.contains(&name));
    found.map(|it| it.instead)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use clap::CommandFactory;

    use super::*;

    #[test]
    fn nothing_is_both_foreign_and_gonogos_own() {
        let cli = super::super::Cli::command();
        let own: BTreeSet<_> = cli.get_subcommands().map(clap::Command::get_name).collect();
        assert!(
            COMMANDS
                .iter()
                .flat_map(|it| it.names)
                .all(|name| !own.contains(name))
        );
        let mut seen = BTreeSet::new();
        let scan = cli.find_subcommand("scan").unwrap();
        let mut options = BTreeSet::new();
        for arg in scan.get_arguments().chain(cli.get_arguments()) {
            options.extend(
                arg.get_long_and_visible_aliases()
                    .unwrap_or_default()
                    .iter()
                    .map(|it| format!("--{it}")),
            );
            options.extend(arg.get_short().map(|it| format!("-{it}")));
        }
        for name in OPTIONS.iter().flat_map(|it| it.names) {
            assert!(seen.insert(name), "{name} is there twice");
            assert!(
                !options.contains(*name),
                "{name} is an option of `gonogo scan`"
            );
        }
    }
}
