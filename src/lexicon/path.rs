//! What the words of a path say about the purpose of a file: one list for each purpose, shared by credentials and
//! configuration.
//!
//! Only whole words of the name and of the directories below the scanned root count, in any case.

/// The purpose of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// It is deployed.
    Shipped,
    /// Developers or tests run it.
    Development,
    /// It is to be copied and filled in, or only shown.
    Sample,
    /// It was written by others and copied into the project.
    Vendored,
}

/// Tests.
#[rustfmt::skip]
const TESTS: &[&str] = &[
    "test", "tests", "testing", "spec", "specs", "testdata", "fixture", "fixtures", "mock", "mocks", "e2e", "bench",
    "benches", "benchmark", "cypress", "selenium", "fuzz", "testutil", "testutils", "phpunit", "pytest", "unittest",
    "unittests", "mocked", "stubs", "seed", "seeds", "seeder", "seeders", "factories", "dummy", "playwright", "vitest",
    "testcontainers", "suites", "molecule", "dusk", "testuser", "testusers", "testserver", "loadtest", "loadtests",
    "smoketest", "smoketests", "stresstest", "aat", "acceptancetest", "acceptancetests", "integrationtest",
    "integrationtests", "functionaltest", "functionaltests", "apitest", "apitests", "uitest", "uitests", "contracttest",
    "contracttests", "storybook", "cassettes", "testsuite", "testsuites", "testharness", "testproject", "testprojects", "k6",
    "jmeter", "gatling", "locust", "artillery", "loadtesting", "perftest", "perftests", "performancetest", "performancetests",
    "e2etest", "e2etests", "systemtest", "systemtests", "regressiontest", "regressiontests", "endtoend",
];

/// Other things that only developers run.
#[rustfmt::skip]
const DEVELOPMENT: &[&str] = &[
    "dev", "devel", "develop", "development", "devcontainer", "localhost", "ci", "benchmarks", "playground", "vagrant",
    "ddev", "lando", "gitpod", "softhsm", "docksal", "homestead", "travis", "circleci", "appveyor", "codespaces", "codespace",
];

/// The same, in file names only: directories with these names are part of many paths that ship.
#[rustfmt::skip]
const DEVELOPMENT_NAMES: &[&str] = &["local", "locally", "debug", "integration", "insecure", "snakeoil"];

/// Whole names of settings files of test runners, and of code that generates records for tests.
#[rustfmt::skip]
const FILES_OF_TESTS: &[&str] = &[
    "factory.ex", "factory.exs", "factory.rb", "factories.rb", "factory.py", "factories.py", "tox.ini", "conftest.py",
    "noxfile.py", "karma.conf.js",
];

/// Scenarios that tests run, with their data, and stories that show a part of a program with made-up data.
const SCENARIO_ENDINGS: &[&str] = &[".feature", ".td.json"];
const STORIES: &[&str] = &[".stories.", ".story."];

/// Requests that an editor sends, with which developers try out a program.
const REQUEST_ENDINGS: &[&str] = &[".http", ".rest"];

/// Whole names of settings files of code generators and of tools on a developer's machine.
#[rustfmt::skip]
const DESK_FILES: &[&str] = &[
    "generator.properties", "generatorconfig.xml", "mise.toml", ".mise.toml", "mise.local.toml", ".mise.local.toml",
    ".rtx.toml", ".tool-versions", "devbox.json", "devenv.nix", "devenv.yaml", "devenv.local.nix", "shell.nix",
    "launchsettings.json", "nodemon.json",
];

/// Whole names of workspace definitions: they start the container, the machine or the processes in which developers
/// work.
#[rustfmt::skip]
const WORKSPACES: &[&str] = &[
    "devfile.yaml", ".devfile.yaml", "devfile.yml", ".devfile.yml", "vagrantfile", "tiltfile", "tilt_config.json",
    "coder.yaml", "coder.yml", "docker-sync.yml", "okteto.yml", "okteto.yaml", "mutagen.yml", "mutagen-compose.yml",
    ".air.toml", "air.toml",
];

/// Whole names of directories of workspace definitions.
#[rustfmt::skip]
const WORKSPACE_FOLDERS: &[&str] = &[
    ".coder", ".codespaces", ".idx", ".tilt", ".mise", ".mise-tasks", "mise-tasks", ".devbox", ".devenv", ".run",
    "runconfigurations",
];

/// How an editor starts a program for its developers, by the end of the path.
const LAUNCHERS: &[&str] = &[
    ".vscode/launch.json",
    ".vscode/tasks.json",
    ".zed/tasks.json",
    ".zed/debug.json",
    ".config/mise.toml",
    "mise/config.toml",
];

/// Documentation and samples.
#[rustfmt::skip]
const SAMPLES: &[&str] = &[
    "doc", "docs", "documentation", "example", "examples", "exemple", "sample", "samples", "demo", "demos", "tutorial",
    "tutorials", "guide", "guides", "dist", "skeleton", "quickstart", "quickstarts", "javadoc", "javadocs", "apidocs", "rdoc",
    "yardoc", "jsdoc", "doxygen", "godoc", "phpdoc", "scaladoc", "dokka",
];

/// The same, in file names only: charts, roles and web applications ship directories with these names.
const SAMPLE_NAMES: &[&str] = &["template", "templates", "tmpl", "tpl"];

/// Words in the names of files that are to be copied and filled in, and do not run unchanged.
#[rustfmt::skip]
const TO_FILL_IN: &[&str] = &[
    "example", "examples", "sample", "samples", "template", "templates", "tmpl", "tpl", "dist",
];

/// Files and directories of prose; only credentials are judged differently in them.
#[rustfmt::skip]
const PROSE: &[&str] = &[
    "readme", "changelog", "changes", "news", "history", "man", "openapi", "swagger",
];

/// Directories of data for tests.
const TEST_DATA: &[&str] = &["testcases", "corpus", "snapshots", "golden"];

/// Directories of data for tests that nothing runs.
#[rustfmt::skip]
const FIXTURES: &[&str] = &[
    "fixture", "fixtures", "testdata", "unittest", "unittests", "testcase", "testcases", "conftest",
];

/// The same within a directory of tests: elsewhere, such names may mean anything.
#[rustfmt::skip]
const READ_BY_TESTS: &[&str] = &[
    "data", "scans", "reports", "resources", "input", "inputs", "expected", "cases", "snapshots", "golden", "corpus",
];

/// Whole names of directories of third-party code.
#[rustfmt::skip]
const VENDORED: &[&str] = &[
    "node_modules", "vendor", "vendors", "third_party", "thirdparty", "bower_components", "site-packages", "external",
    "jspm_packages", "carthage", ".yarn", "intermediates", "gem_rbs_collection", ".gem_rbs_collection", "typeshed",
    "@types", "flow-typed",
];

/// Folders that a generator fills with the declarations of what a program depends on, by the end of the files there: their
/// comments are the documentation of those libraries.
#[rustfmt::skip]
const DECLARATIONS: &[(&str, &[&str])] = &[
    (".rbi", &["rbi/gems/", "rbi/annotations/", "rbi/hidden-definitions/", "rbi/todo/"]),
    (".rbs", &["sig/gems/", "sig/vendor/", "rbs_collection/"]),
    (".pyi", &["typings/", "stubs/", "typestubs/", "type-stubs/"]),
    (".d.ts", &["types/", "typings/", "vendor-types/"]),
    (".d.mts", &["types/", "typings/"]),
];

/// Words in directories that hold the keys of an installation, each key perhaps in its own subdirectory.
#[rustfmt::skip]
const KEY_FOLDERS: &[&str] = &[
    "tls", "ssl", "ssh", "pki", "ca", "cert", "certs", "certificate", "certificates", "key", "keys", "keystore",
    "keystores", "hostkeys", "crypto", "secrets",
];

/// Whole names of directories of continuous integration and development containers: nobody else can reach their
/// services.
#[rustfmt::skip]
const CI_FOLDERS: &[&str] = &[
    ".devcontainer", ".github", ".circleci", ".gitlab", ".buildkite", ".azure-pipelines", ".travis",
    ".depot", ".woodpecker", ".forgejo", ".gitea", ".semaphore", ".drone", ".harness", ".azuredevops",
];

/// Returns the purpose of the file at `path`. `own` are words that mean the same as `dev` in a project.
pub fn role(path: &str, own: &[String]) -> Role {
    let has_tests = path.split('/').rev().skip(1).any(is_test_project);
    let path = path.to_ascii_lowercase();
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", &path));
    let parts = || folders.split('/').chain([name]);
    if folders.split('/').any(is_vendored_folder) || is_declaration(&path) {
        Role::Vendored
    } else if is_contributed(&path)
        || parts().any(|part| has_word(part, is_sample_word))
        || has_word(name, |word| SAMPLE_NAMES.contains(&word))
    {
        Role::Sample
    } else if parts().any(|part| has_word(part, |word| is_development_word(word, own)))
        || folders.split('/').any(is_ci_folder)
        || has_word(name, |word| DEVELOPMENT_NAMES.contains(&word))
        || is_request(name)
        || is_scenario(name)
        || is_workspace(folders, name)
        || DESK_FILES.contains(&name)
        || has_tests
    {
        Role::Development
    } else {
        Role::Shipped
    }
}

/// Whether a folder is that of a project of tests, whose words only capitals set apart: `Shop.ApiTests`, `TestRunner`.
fn is_test_project(folder: &str) -> bool {
    folder.split(['.', '-', '_']).any(|part| {
        let begins = part
            .strip_prefix("Test")
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase()));
        let is_behind = |end: &str| {
            part.strip_suffix(end).is_some_and(|rest| {
                rest.ends_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
            })
        };
        begins
            || ["Test", "Tests", "Specs", "Fixtures", "Mocks"]
                .into_iter()
                .any(is_behind)
    })
}

/// Words in a path that say that the file is deployed.
#[rustfmt::skip]
const DEPLOYED: &[&str] = &[
    "prod", "production", "deploy", "deployment", "deployments", "release", "live", "staging", "selfhost", "selfhosted",
    "onprem", "standalone", "swarm",
];

/// Returns whether the path of a file says that it is deployed.
pub fn is_called_deployed(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    has_word(&path, |word| DEPLOYED.contains(&word)) || path.contains("self-host")
}

/// Whether a file was contributed alongside the program: it is in a top-level directory of that name.
fn is_contributed(path: &str) -> bool {
    path.starts_with("contrib/")
}

/// Returns whether a word of the path is one of `own`.
pub fn has_own_word(path: &str, own: &[String]) -> bool {
    !own.is_empty() && has_word(path, |word| is_own(word, own))
}

/// Returns whether the name of a file says that it contains a token: `admin-token`, `token.jwt`.
pub fn is_token_file(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    let is_text = matches!(ending, "" | "jwt" | "txt" | "token" | "key");
    is_text && (ending == "token" || stem.to_ascii_lowercase().ends_with("token"))
}

/// Returns whether a file is data for tests: it is in a directory of tests, or came with a library.
pub fn is_test_data(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    let mut folders = path.split('/').rev().skip(1);
    let is_data = |word: &str| is_test_word(word) || TEST_DATA.contains(&word);
    folders.any(|folder| is_vendored_folder(folder) || has_word(folder, is_data))
}

/// Returns the topmost folder of `path` that is one of tests.
pub fn test_folder(path: &str) -> Option<&str> {
    let mut end = 0;
    let (folders, _) = path.rsplit_once('/')?;
    folders.split('/').find_map(|part| {
        end += part.len() + 1;
        let is_test = has_word(&part.to_ascii_lowercase(), is_test_word) || is_test_project(part);
        is_test.then(|| &path[..end - 1])
    })
}

/// Lists of findings that other scanners are to leave out, by their names: paths, rules, lines and sums.
#[rustfmt::skip]
const LISTS_OF_FINDINGS: &[&str] = &[
    ".gitleaksignore", ".betterleaksignore", ".trufflehogignore", ".secrets.baseline", ".secretsbaseline", ".talismanrc",
    ".kingfisherignore", ".noseyparkerignore", ".titusignore", ".secretlintignore", ".gitallowed", ".gitguardianignore",
    ".ggshieldignore", ".ggignore", ".trivyignore", "trufflehog-exclude.txt", ".trufflehog-exclude", ".whispersignore", ".detect-secrets.baseline",
    "detect-secrets.baseline", "gitleaks-baseline.json", ".gitleaks-baseline.json", "gitleaks-report.json",
];

/// Returns whether a file lists findings of another scanner: what is written there as `name:rule:line` gives nothing a value.
pub fn is_list_of_findings(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    LISTS_OF_FINDINGS.contains(&name.as_str()) || name.ends_with(".secrets.baseline")
}

/// Returns whether tests read the file at `path` verbatim, so that editing it changes what they test. A file that is in
/// a directory of tests but has none of these names may be one that they start.
pub fn is_fixture(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    let mut is_of_tests = false;
    let mut folders = path
        .split('/')
        .rev()
        .skip(1)
        .collect::<Vec<_>>()
        .into_iter()
        .rev();
    folders.any(|folder| {
        is_of_tests |= has_word(folder, is_test_word);
        has_word(folder, |word| {
            FIXTURES.contains(&word) || is_of_tests && READ_BY_TESTS.contains(&word)
        })
    })
}

/// Returns the directory that all keys below `folder` belong to: the topmost one that is named like a directory of
/// keys.
pub fn key_folder(folder: &str) -> Option<&str> {
    let mut end = 0;
    folder.split('/').find_map(|part| {
        end += part.len() + 1;
        let is_of_keys = has_word(&part.to_ascii_lowercase(), |word| {
            KEY_FOLDERS.contains(&word)
        });
        is_of_keys.then(|| &folder[..end - 1])
    })
}

/// Returns whether the name of the file at `path` says that it is to be copied and filled in.
pub fn is_to_fill_in(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    has_word(&name, |word| TO_FILL_IN.contains(&word))
}

/// Returns whether `is_meant` holds for a word of `text`.
pub fn has_word(text: &str, is_meant: impl Fn(&str) -> bool) -> bool {
    text.split(|c: char| !c.is_alphanumeric()).any(is_meant)
}

/// Returns whether a word, in lower case, refers to tests.
pub fn is_test_word(word: &str) -> bool {
    TESTS.contains(&word)
}

/// Returns whether a word, in lower case, refers to documentation or samples.
pub fn is_sample_word(word: &str) -> bool {
    SAMPLES.contains(&word)
}

/// Returns the same for a word of a file name.
pub fn is_sample_name(word: &str) -> bool {
    SAMPLES.contains(&word) || SAMPLE_NAMES.contains(&word)
}

/// Returns whether a word, in lower case, refers to prose.
pub fn is_prose_word(word: &str) -> bool {
    PROSE.contains(&word)
}

/// Returns whether a word, in lower case, refers to what only developers and tests run, by itself or as one of `own`.
pub fn is_development_word(word: &str, own: &[String]) -> bool {
    TESTS.contains(&word) || DEVELOPMENT.contains(&word) || is_own(word, own)
}

/// Returns whether a word of the path says that the file is a sample, rather than documentation, which may show real
/// values by mistake.
pub fn is_sample(path: &str) -> bool {
    const DOCUMENTATION: &[&str] = &["doc", "docs", "documentation", "guide", "guides", "dist"];
    let path = path.to_ascii_lowercase();
    has_word(&path, |word| {
        SAMPLES.contains(&word) && !DOCUMENTATION.contains(&word)
    })
}

/// Returns whether a file is documentation, by its extension or by a word of its path. `.txt` does not count: any text
/// may have it.
pub fn is_documentation(path: &str) -> bool {
    const ENDINGS: &[&str] = &[
        ".md",
        ".markdown",
        ".mdx",
        ".rst",
        ".adoc",
        ".asciidoc",
        ".textile",
        ".tex",
        ".po",
    ];
    let path = path.to_ascii_lowercase();
    ENDINGS.iter().any(|ending| path.ends_with(ending))
        || has_word(&path, |word| is_sample_name(word) || is_prose_word(word))
}

/// Returns whether the path of a file, in lower case, says that only developers run it.
pub fn is_for_developers(path: &str) -> bool {
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    if DESK_FILES.contains(&name) || is_request(name) || is_workspace(folders, name) {
        return true;
    }
    // A Postman environment has the values, not only the requests; and local settings, as Phabricator calls them, are
    // those of the machine.
    if name.ends_with(".postman_environment.json") || path.ends_with("conf/local/local.json") {
        return false;
    }
    let is_meant = |word: &str| is_development_word(word, &[]);
    folders.split('/').any(|folder| has_word(folder, is_meant))
        || has_word(name, |word| {
            is_meant(word) || DEVELOPMENT_NAMES.contains(&word)
        })
}

/// Whether a file, in lower case, defines a workspace.
fn is_workspace(folders: &str, name: &str) -> bool {
    let is_launcher = |known: &&str| {
        let folder = known
            .strip_suffix(name)
            .and_then(|rest| rest.strip_suffix('/'));
        folder.is_some_and(|folder| folders == folder || folders.ends_with(&format!("/{folder}")))
    };
    WORKSPACES.contains(&name)
        || folders
            .split('/')
            .any(|folder| WORKSPACE_FOLDERS.contains(&folder))
        || LAUNCHERS.iter().any(is_launcher)
}

fn is_request(name: &str) -> bool {
    REQUEST_ENDINGS.iter().any(|ending| name.ends_with(ending))
}

/// Returns whether the name of a file, in lower case, is that of the settings of a test runner, of code that generates
/// records for tests, or of a scenario.
pub fn is_test_settings(name: &str) -> bool {
    FILES_OF_TESTS.contains(&name) || is_scenario(name)
}

fn is_scenario(name: &str) -> bool {
    SCENARIO_ENDINGS.iter().any(|end| name.ends_with(end))
        || STORIES.iter().any(|part| name.contains(part))
}

/// Returns whether a directory, in lower case, holds third-party code.
pub fn is_vendored_folder(folder: &str) -> bool {
    VENDORED.contains(&folder)
}

/// Returns whether a file, in lower case, declares what libraries of others have, as a generator wrote it.
pub fn is_declaration(path: &str) -> bool {
    DECLARATIONS.iter().any(|(ending, folders)| {
        path.ends_with(ending)
            && folders.iter().any(|folder| {
                path.match_indices(folder)
                    .any(|(at, _)| at == 0 || path.as_bytes()[at - 1] == b'/')
            })
    })
}

/// Returns whether a directory, in lower case, belongs to continuous integration.
pub fn is_ci_folder(folder: &str) -> bool {
    CI_FOLDERS.contains(&folder)
}

fn is_own(word: &str, own: &[String]) -> bool {
    own.iter().any(|own| own.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_tests_read_is_told_from_what_they_start() {
        for path in [
            "unittests/scans/kubelinter/many.yaml",
            "spec/fixtures/compose.yml",
            "src/__fixtures__/nginx.conf",
            "internal/testdata/deployment.yaml",
            "src/test/resources/docker-compose.yml",
            "tests/data/compose.yml",
            "test-data/Dockerfile",
        ] {
            assert!(is_fixture(path), "{path}");
        }
        for path in [
            "tests/docker-compose.yml",
            "tests/e2e/compose.yml",
            "data/compose.yml",
            "deploy/resources/deployment.yaml",
            "reports/docker-compose.yml",
            "fixtures.yml",
            "compose.yml",
        ] {
            assert!(!is_fixture(path), "{path}");
        }
    }

    #[test]
    fn paths_tell_what_files_are_for() {
        let own = ["Lab".to_owned()];
        for (path, expected) in [
            ("Dockerfile", Role::Shipped),
            ("deploy/.env.production", Role::Shipped),
            ("device/latest.conf", Role::Shipped),
            ("roles/db/templates/redis.conf", Role::Shipped),
            ("usr/local/Dockerfile", Role::Shipped),
            ("default/nginx.conf", Role::Shipped),
            ("gitlab/compose.yml", Role::Shipped),
            ("src/aat/resources/S-1.json", Role::Development),
            ("src/integrationTest/resources/a.yml", Role::Development),
            ("web/Search.stories.tsx", Role::Development),
            ("web/stories/Search.tsx", Role::Shipped),
            ("data/case.td.json", Role::Development),
            ("features/login.feature", Role::Development),
            ("features/login.ts", Role::Shipped),
            ("Dockerfile.dev", Role::Development),
            ("Shop/Properties/launchSettings.json", Role::Development),
            ("tools/softhsm/signer.pem", Role::Development),
            (".devcontainer/Dockerfile", Role::Development),
            (".github/compose.yml", Role::Development),
            ("Tests/app/Dockerfile", Role::Development),
            (".env.local", Role::Development),
            ("api/login.http", Role::Development),
            ("roles/db/molecule/default/molecule.yml", Role::Development),
            (".devfile.yaml", Role::Development),
            ("app/devfile.yaml", Role::Development),
            ("Vagrantfile", Role::Development),
            ("infra/Tiltfile", Role::Development),
            (".gitpod.yml", Role::Development),
            (".ddev/config.yaml", Role::Development),
            (".lando.yml", Role::Development),
            ("config/codespaces.env", Role::Development),
            ("skaffold-dev.yaml", Role::Development),
            ("tools/TestSuite/docker-compose.yml", Role::Development),
            ("src/Shop.ApiTests/appsettings.json", Role::Development),
            ("tools/k6/docker-compose.yml", Role::Development),
            ("ShopContest/compose.yml", Role::Shipped),
            ("src/Attestation/compose.yml", Role::Shipped),
            ("src/LatestNews/compose.yml", Role::Shipped),
            ("mise.toml", Role::Development),
            (".config/mise/config.toml", Role::Development),
            (".tool-versions", Role::Development),
            (".vscode/launch.json", Role::Development),
            (".vscode/sftp.json", Role::Shipped),
            ("src/Properties/launchSettings.json", Role::Development),
            ("sorbet/rbi/gems/shop@1.0.0.rbi", Role::Vendored),
            ("sorbet/rbi/shims/shop.rbi", Role::Shipped),
            ("web/types/shop.d.ts", Role::Vendored),
            ("web/src/shop.d.ts", Role::Shipped),
            ("typings/shop/__init__.pyi", Role::Vendored),
            ("shop/__init__.pyi", Role::Shipped),
            ("build/javadoc/index.html", Role::Sample),
            ("skaffold.yaml", Role::Shipped),
            ("deploy/devices.yaml", Role::Shipped),
            ("lab/Dockerfile", Role::Development),
            ("my-lab.conf", Role::Development),
            (".env.example", Role::Sample),
            ("docs/Dockerfile", Role::Sample),
            ("test/.env.sample", Role::Sample),
            ("deploy/env.template", Role::Sample),
            ("web/node_modules/a/compose.yml", Role::Vendored),
            ("vendor/a/test/x.yml", Role::Vendored),
        ] {
            assert_eq!(role(path, &own), expected, "{path}");
        }
        assert_eq!(role("lab/Dockerfile", &[]), Role::Shipped);
    }

    #[test]
    fn suites_are_known_by_their_topmost_folder() {
        for (path, folder) in [
            ("test/unit/a.js", Some("test")),
            ("ee/test/unit/a.js", Some("ee/test")),
            ("src/Shop.ApiTests/a/B.cs", Some("src/Shop.ApiTests")),
            ("src/contest/a.js", None),
            ("test.js", None),
        ] {
            assert_eq!(test_folder(path), folder, "{path}");
        }
    }

    #[test]
    fn lists_of_findings_are_known_by_their_names() {
        for path in [".gitleaksignore", "a/.secrets.baseline", ".talismanrc"] {
            assert!(is_list_of_findings(path), "{path}");
        }
        for path in [
            ".gitignore",
            ".gitguardian.yaml",
            "secrets.yml",
            "baseline.json",
        ] {
            assert!(!is_list_of_findings(path), "{path}");
        }
    }

    #[test]
    fn a_word_has_one_meaning() {
        let lists = [
            TESTS,
            DEVELOPMENT,
            DEVELOPMENT_NAMES,
            SAMPLES,
            SAMPLE_NAMES,
            PROSE,
            TEST_DATA,
            VENDORED,
        ];
        let mut all = lists.concat();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
    }

    #[test]
    fn data_of_tests_is_what_lies_in_their_folders() {
        assert!(is_test_data("a/test-data/x.yml"));
        assert!(is_test_data("golden/x.yml"));
        assert!(is_test_data("node_modules/a/x.yml"));
        assert!(!is_test_data("test.yml"));
    }
}
