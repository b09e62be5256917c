//! `gonogo fix`: what it changes in a working tree, what it prints, and what it leaves alone.

use std::fs;
#[cfg(unix)]
use std::os::unix::fs::{PermissionsExt, symlink};

use crate::harness::{Repo, Run, World};

const BEFORE: &str = "# the stack\nservices:\n  web:\n    image: app:1 # pinned\n    ports: [ \"8080:80\" ]\n    environment:\n      API_TOKEN: 'hunter2xyz'\n";
const RULES: [&str; 4] = [
    "--rule",
    "compose/port-all-interfaces",
    "--rule",
    "compose/hardcoded-credential",
];

fn after() -> String {
    BEFORE
        .replace("8080:80", "127.0.0.1:8080:80")
        .replace("hunter2xyz", "${API_TOKEN:?set API_TOKEN}")
}

fn fix(repo: &Repo<'_>, args: &[&str]) -> Run {
    repo.gonogo().arg("fix").args(args).run()
}

fn read(repo: &Repo<'_>, name: &str) -> String {
    fs::read_to_string(repo.join(name)).unwrap()
}

#[test]
fn what_is_mended_stays_mended_and_all_else_as_it_was() {
    let world = World::new();
    let repo = world.init("repo");
    for (name, line_end, mark) in [
        ("a/compose.yml", "\n", ""),
        ("b/compose.yml", "\r\n", "\u{feff}"),
    ] {
        repo.write(name, mark.to_owned() + &BEFORE.replace('\n', line_end));
    }
    repo.write("compose.txt", BEFORE);
    let run = fix(&repo, &RULES);
    assert!(
        run.stdout.contains("fixed 4 findings in 2 files"),
        "{}",
        run.stdout
    );
    assert!(!run.stdout.contains("hunter2xyz"));
    assert_eq!(read(&repo, "a/compose.yml"), after());
    assert_eq!(
        read(&repo, "b/compose.yml"),
        "\u{feff}".to_owned() + &after().replace('\n', "\r\n")
    );
    assert_eq!(read(&repo, "compose.txt"), BEFORE);
    let again = fix(&repo, &RULES);
    assert!(
        again.stdout.contains("nothing can be fixed automatically"),
        "{}",
        again.stdout
    );
    assert_eq!(read(&repo, "a/compose.yml"), after());
    assert_eq!(fs::read_dir(repo.join("a")).unwrap().count(), 1);
}

#[test]
fn a_dry_run_changes_nothing_and_shows_no_secret() {
    let world = World::new();
    let repo = world.init("repo");
    repo.write("compose.yml", BEFORE);
    let run = fix(&repo, &[&RULES[..], &["--dry-run"]].concat());
    assert_eq!(run.code, 1);
    assert_eq!(read(&repo, "compose.yml"), BEFORE);
    assert!(
        run.stdout
            .starts_with("--- a/compose.yml\n+++ b/compose.yml\n@@ "),
        "{}",
        run.stdout
    );
    assert!(
        run.stdout.contains(
            "\n-      API_TOKEN: '********'\n+      API_TOKEN: '${API_TOKEN:?set API_TOKEN}'\n"
        ),
        "{}",
        run.stdout
    );
    assert!(!(run.stdout + &run.stderr).contains("hunter2xyz"));
}

#[test]
fn the_diff_of_a_dry_run_can_be_applied() {
    let world = World::new();
    let repo = world.init("repo");
    for ending in ["\n", ""] {
        let before = BEFORE.trim_end().to_owned() + ending;
        repo.write("compose.yml", &before);
        let run = fix(&repo, &[&RULES[..], &["-n", "--show-secrets"]].concat());
        repo.git_with_input(&["apply", "-"], run.stdout);
        assert_eq!(
            read(&repo, "compose.yml"),
            after().trim_end().to_owned() + ending
        );
    }
}

#[test]
fn the_verdict_is_that_on_what_is_left() {
    let world = World::new();
    let repo = world.init("repo");
    repo.write("compose.yml", BEFORE);
    assert_eq!(fix(&repo, &[]).code, 0);
    assert_eq!(fix(&repo, &["--fail-on", "medium"]).code, 1);
    assert_eq!(fix(&repo, &["--dry-run"]).code, 0, "nothing is left to fix");
    repo.write("compose.yml", BEFORE.to_owned() + "    privileged: true\n");
    let run = fix(&repo, &[]);
    assert_eq!(run.code, 1);
    assert!(
        run.stdout.contains("high[compose/privileged]"),
        "{}",
        run.stdout
    );
    repo.write("compose.yml", "services: {}\n");
    assert_eq!(fix(&repo, &[]).code, 0);
}

#[test]
fn only_what_the_named_rules_find_is_mended() {
    let world = World::new();
    let repo = world.init("repo");
    repo.write("compose.yml", BEFORE);
    let run = fix(&repo, &RULES[..2]);
    assert_eq!(run.code, 1, "the credential is left");
    assert_eq!(
        read(&repo, "compose.yml"),
        BEFORE.replace("8080:80", "127.0.0.1:8080:80")
    );
    let unknown = fix(&repo, &["--rule", "compose/privilegde"]);
    assert_eq!(unknown.code, 2);
    assert!(
        unknown.stderr.contains("did you mean `compose/privileged`"),
        "{}",
        unknown.stderr
    );
}

#[cfg(unix)]
#[test]
fn links_are_not_followed_and_permissions_are_kept() {
    let world = World::new();
    let repo = world.init("repo");
    let outside = world.init("outside");
    outside.write("compose.yml", BEFORE);
    symlink(outside.join("compose.yml"), repo.join("compose.yml")).unwrap();
    symlink(outside.path(), repo.join("folder")).unwrap();
    repo.write("own/compose.yml", BEFORE);
    let own = repo.join("own/compose.yml");
    fs::set_permissions(&own, fs::Permissions::from_mode(0o604)).unwrap();
    assert_eq!(fix(&repo, &RULES).code, 0);
    assert_eq!(read(&outside, "compose.yml"), BEFORE);
    assert_eq!(read(&repo, "own/compose.yml"), after());
    assert_eq!(
        fs::metadata(&own).unwrap().permissions().mode() & 0o777,
        0o604
    );
    let link = fix(&repo, &[&["compose.yml"], &RULES[..]].concat());
    assert_eq!(link.code, 2, "{}", link.stdout);
    assert_eq!(read(&outside, "compose.yml"), BEFORE);
}

#[cfg(unix)]
#[test]
fn what_cannot_be_written_is_left_and_told_of() {
    let world = World::new();
    let repo = world.init("repo");
    repo.write("compose.yml", BEFORE);
    fs::set_permissions(repo.join("compose.yml"), fs::Permissions::from_mode(0o444)).unwrap();
    let run = fix(&repo, &RULES);
    assert_eq!(run.code, 2);
    assert!(
        run.stdout
            .contains("left compose.yml unchanged: it is read-only"),
        "{}",
        run.stdout
    );
    assert_eq!(read(&repo, "compose.yml"), BEFORE);
}

#[test]
fn text_in_another_encoding_is_left() {
    let world = World::new();
    let repo = world.init("repo");
    let utf16: Vec<u8> = ("\u{feff}".to_owned() + BEFORE)
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    repo.write("compose.yml", &utf16);
    let run = fix(&repo, &RULES);
    assert_eq!(run.code, 2);
    assert!(run.stdout.contains("is not UTF-8"), "{}", run.stdout);
    assert_eq!(fs::read(repo.join("compose.yml")).unwrap(), utf16);
}

#[test]
fn several_roots_are_told_apart() {
    let world = World::new();
    let repo = world.init("repo");
    repo.write("a/compose.yml", BEFORE);
    repo.write("b/compose.yml", BEFORE);
    let run = fix(&repo, &[&["a", "b/compose.yml"], &RULES[..]].concat());
    assert!(
        run.stdout.contains("fixed a/compose.yml") && run.stdout.contains("fixed b/compose.yml"),
        "{}",
        run.stdout
    );
    assert_eq!(
        (read(&repo, "a/compose.yml"), read(&repo, "b/compose.yml")),
        (after(), after())
    );
}

#[test]
fn what_is_accepted_is_not_mended() {
    let world = World::new();
    for (name, text) in [
        ("gonogo.toml", "[paths]\nexclude = [\"compose.yml\"]\n"),
        (
            "gonogo.toml",
            "[[allow]]\npath = \"*.yml\"\nreason = \"on a laptop only\"\n",
        ),
        (
            "gonogo.toml",
            "[rules]\noff = [\"compose/*\", \"generic/*\"]\n",
        ),
    ] {
        let repo = world.init("settings");
        repo.write("compose.yml", BEFORE);
        repo.write(name, text);
        let run = fix(&repo, &[]);
        assert_eq!(
            (run.code, read(&repo, "compose.yml").as_str()),
            (0, BEFORE),
            "{}",
            run.stdout
        );
        assert!(!run.stdout.contains("fix by hand"), "{}", run.stdout);
        fs::remove_dir_all(repo.path()).unwrap();
    }
    let repo = world.init("baseline");
    repo.write("compose.yml", BEFORE);
    let create = repo.gonogo().args(["baseline", "create"]).run();
    assert_eq!(create.code, 0, "{}", create.stderr);
    assert_eq!(fix(&repo, &[]).code, 0);
    assert_eq!(read(&repo, "compose.yml"), BEFORE);
    let allowed = BEFORE.replace(
        "    ports",
        "    # gonogo:allow compose/port-all-interfaces it is meant\n    ports",
    );
    repo.write("compose.yml", &allowed);
    repo.remove(".gonogo-baseline");
    let _ = fix(&repo, &RULES);
    let left = read(&repo, "compose.yml");
    assert!(
        left.contains("\"8080:80\"") && left.contains("${API_TOKEN:?"),
        "{left}"
    );
}

#[test]
fn the_threshold_is_that_of_the_settings() {
    let world = World::new();
    let repo = world.init("repo");
    repo.write(
        "compose.yml",
        BEFORE.replace("ports", "privileged: true\n    ports"),
    );
    assert_eq!(fix(&repo, &[]).code, 1);
    repo.write(
        "gonogo.toml",
        "[rules]\nseverity = { \"compose/privileged\" = \"low\" }\n",
    );
    assert_eq!(fix(&repo, &[]).code, 0);
    repo.write("gonogo.toml", "[rules]\nseverity = { \"compose/privileged\" = \"medium\" }\n[report]\nfail-on = \"medium\"\n");
    assert_eq!(fix(&repo, &[]).code, 1);
}

/// Returns three services without hardening, one of which merges a block that another merges, too.
fn three(name: &str, own: &str, blocks: &str) -> String {
    let restart = "    restart: always\n";
    let service = |name: &str, own: &str| format!("  {name}:\n{own}    image: a/{name}:1\n");
    let own = if own.is_empty() { restart } else { own };
    let services = [service("a", own), service("b", own), service(name, restart)].concat();
    format!("{blocks}services:\n{services}")
}

fn fixed(text: &str, args: &[&str]) -> (String, String) {
    let world = World::new();
    let repo = world.init("repo");
    repo.write("compose.yml", text);
    let run = repo.gonogo().arg("fix").args(args).run();
    let after = fs::read_to_string(repo.join("compose.yml")).unwrap();
    let again = repo.gonogo().arg("fix").args(args).run();
    assert_eq!(
        fs::read_to_string(repo.join("compose.yml")).unwrap(),
        after,
        "{}",
        again.stdout
    );
    (after, run.stdout)
}

#[test]
fn services_that_lack_the_same_get_one_block() {
    let (after, _) = fixed(&three("c", "", ""), &["--also", "logging"]);
    assert!(
        after.starts_with(
            "x-defaults: &defaults\n  security_opt:\n    - no-new-privileges:true\n  logging:\n"
        ),
        "{after}"
    );
    assert_eq!(after.matches("    <<: *defaults\n").count(), 3, "{after}");
    assert_eq!(after.matches("no-new-privileges").count(), 1, "{after}");
}

#[test]
fn a_block_that_services_share_is_used() {
    let block = "x-base: &base\n  restart: always\n";
    let (after, _) = fixed(&three("c", "    <<: *base\n", block), &[]);
    assert!(
        after.starts_with("x-base: &base\n  restart: always\n  security_opt:\n"),
        "{after}"
    );
    assert_eq!(after.matches("*base").count(), 2, "{after}");
    // If it is merged elsewhere, it is not a place for settings of services.
    let block = "x-check: &check\n  interval: 5s\n";
    let text = three("c", "", block).replace(
        "restart: always",
        "restart: always\n    healthcheck: {<<: *check, test: x}",
    );
    let (after, _) = fixed(&text, &[]);
    assert!(
        after.contains("&check\n  interval: 5s\n\nx-defaults:"),
        "{after}"
    );
}

#[test]
fn several_blocks_get_one_in_common_and_heirs_nothing_of_their_own() {
    let service = |name: &str, own: &str| format!("  {name}:\n{own}    image: a/{name}:1\n");
    let of = |names: [&str; 2], own: &str| names.map(|name| service(name, own)).concat();
    let text = [
        "x-one-base: &one\n  restart: always\nx-two-base: &two\n  restart: always\nservices:\n",
        &of(["a", "b"], "    <<: *one\n"),
        &of(["f", "g"], "    <<: *two\n"),
        "  d: &d\n    image: a/d:1\n  e:\n    <<: *d\n    command: work\n",
    ]
    .concat();
    let (after, _) = fixed(&text, &["--also", "logging", "--also", "restart"]);
    assert!(after.starts_with("x-defaults: &defaults\n"), "{after}");
    assert!(
        after.contains("x-one-base: &one\n  <<: *defaults\n")
            && after.contains("x-two-base: &two\n  <<: *defaults\n"),
        "{after}"
    );
    assert_eq!(after.matches("no-new-privileges").count(), 1, "{after}");
    assert!(
        after.contains("  d: &d\n    <<: *defaults\n    image: a/d:1\n    restart: always\n"),
        "{after}"
    );
    assert!(
        after.ends_with("  e:\n    <<: *d\n    command: work\n"),
        "{after}"
    );
    assert_eq!(after.matches("restart: always").count(), 3, "{after}");
}

#[test]
fn what_tests_need_is_left_alone_unless_asked_for() {
    let world = World::new();
    let repo = world.init("repo");
    let text = "services:\n  db:\n    image: postgres:16\n    environment:\n      POSTGRES_PASSWORD: postgres\n    ports: [\"5432:5432\"]\n";
    repo.write("docker-compose.test.yml", text);
    let run = repo.gonogo().arg("fix").run();
    let after = fs::read_to_string(repo.join("docker-compose.test.yml")).unwrap();
    assert_eq!(
        after,
        text.replace("\"5432", "\"127.0.0.1:5432"),
        "{}",
        run.stdout
    );
    assert!(run.stdout.contains("--also development"), "{}", run.stdout);
    let run = repo.gonogo().args(["fix", "--also", "development"]).run();
    assert_ne!(run.code, 2, "{}", run.stderr);
    let after = fs::read_to_string(repo.join("docker-compose.test.yml")).unwrap();
    assert!(
        after.contains(":?set POSTGRES_PASSWORD}") && after.contains("no-new-privileges"),
        "{after}"
    );
}

#[test]
fn servers_and_manifests_are_changed_where_that_is_certain() {
    let world = World::new();
    let repo = world.init("repo");
    let cases = [
        (
            "nginx.conf",
            "http {\n    ssl_protocols TLSv1 TLSv1.2; # old\n    server {\n        listen 443 ssl;\n        root /srv;\n    }\n}\n",
            "http {\n    server_tokens off;\n    ssl_protocols TLSv1.2 TLSv1.3; # old\n    server {\n        listen 443 ssl;\n        root /srv;\n    }\n}\n",
        ),
        (
            "postgresql.conf",
            "max_connections = 5\r\npassword_encryption = 'md5' # old\r\n",
            "max_connections = 5\r\npassword_encryption = 'scram-sha-256' # old\r\n",
        ),
        (
            "k8s/pod.yml",
            "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n    - name: web\n      image: app:1\n    - name: side\n      image: side:1\n      securityContext:\n        allowPrivilegeEscalation: true # why\n",
            "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n    - name: web\n      image: app:1\n      securityContext:\n        allowPrivilegeEscalation: false\n    - name: side\n      image: side:1\n      securityContext:\n        allowPrivilegeEscalation: true # why\n",
        ),
    ];
    for (path, text, _) in cases {
        repo.write(path, text);
    }
    for _ in 0..2 {
        let run = repo.gonogo().arg("fix").run();
        for (path, _, expected) in cases {
            let after = fs::read_to_string(repo.join(path)).unwrap();
            assert_eq!(after, expected, "{}", run.stdout);
        }
    }
}

#[test]
fn places_that_still_have_what_was_taken_out_are_listed() {
    let world = World::new();
    let repo = world.init("repo");
    repo.write(
        "compose.yml",
        "services:\n  db:\n    image: postgres:16\n    environment:\n      POSTGRES_PASSWORD: Kq9xTr0ub3LmT\n",
    );
    repo.write("app/settings.py", "DB_PASSWORD = 'Kq9xTr0ub3LmT'\n");
    let run = repo.gonogo().arg("fix").run();
    let expected = "still has a removed value, change it at the same time: app/settings.py:1\n";
    assert!(run.stdout.contains(expected), "{}", run.stdout);
}

#[test]
fn a_merge_key_that_is_there_becomes_a_list() {
    let block = "x-base: &base\n  restart: always\n";
    let own = "  b:\n    logging: {driver: none}\n";
    let text = three("c", "    <<: *base\n", block).replace("  b:\n", own);
    let text = format!("{text}  d:\n    image: a/d:1\n    restart: always\n");
    let (after, _) = fixed(&text, &["--rule", "compose/logging"]);
    // A service with logging of its own does not keep the block that it merges from getting the defaults.
    assert!(
        after.contains("x-base: &base\n  <<: *defaults\n"),
        "{after}"
    );
    assert!(
        after.contains("  b:\n    logging: {driver: none}\n    <<: *base\n"),
        "{after}"
    );
    assert_eq!(after.matches("    <<: *defaults\n").count(), 2, "{after}");
    let text = text.replace("x-base: &base", "x-restart: &base");
    let (after, _) = fixed(&text, &["--rule", "compose/logging"]);
    assert!(
        after.contains("  a:\n    <<: [*base, *defaults]\n"),
        "{after}"
    );
}

#[test]
fn ports_of_applications_are_left_alone_unless_asked_for() {
    let text = "services:\n  web:\n    image: a/web:1\n    ports: [\"3000:3000\"]\n  db:\n    image: postgres:16\n    ports: [\"5432:5432\"]\n";
    let (after, says) = fixed(text, &[]);
    assert!(
        after.contains("\"3000:3000\"") && after.contains("\"127.0.0.1:5432:5432\""),
        "{after}"
    );
    assert!(says.contains("--also ports"), "{says}");
    let (after, _) = fixed(text, &["--also", "ports"]);
    assert!(after.contains("\"127.0.0.1:3000:3000\""), "{after}");
    let (after, _) = fixed(text, &["--min-severity", "high"]);
    assert!(!after.contains("logging"), "{after}");
}

#[test]
fn a_connection_string_changes_with_the_password_and_the_sample_lists_the_variables() {
    let world = World::new();
    let repo = world.init("repo");
    repo.write(
        "compose.yml",
        "services:\n  app:\n    image: a/app:1\n    environment:\n      - DATABASE_URL=mysql://shop:shop@db/shop\n  \
         db:\n    image: mariadb:10.11\n    environment:\n      - MARIADB_ROOT_PASSWORD=shop\n      - MARIADB_USER=shop\n      \
         - MARIADB_PASSWORD=shop\n",
    );
    repo.write(".env.example", "# MARIADB_PASSWORD=\nX=1\n");
    let run = repo.gonogo().arg("fix").run();
    let after = fs::read_to_string(repo.join("compose.yml")).unwrap();
    assert!(
        after.contains("mysql://shop:${MARIADB_PASSWORD:?set MARIADB_PASSWORD}@db/shop"),
        "{after}"
    );
    let sample = fs::read_to_string(repo.join(".env.example")).unwrap();
    let expected = "# MARIADB_PASSWORD=\nX=1\n\n# Make up a value with: openssl rand -hex 32\nMARIADB_ROOT_PASSWORD=\n";
    assert_eq!(sample, expected);
    for note in [
        "data volumes keep the password",
        "openssl rand",
        "have to be recreated",
    ] {
        assert!(run.stdout.contains(note), "{note}\n{}", run.stdout);
    }
    let set = "set before the next start of compose.yml: MARIADB_PASSWORD, MARIADB_ROOT_PASSWORD (.env.example lists them)";
    assert!(run.stdout.contains(set), "{}", run.stdout);
}

#[test]
fn development_files_get_no_restart_policy_unless_asked_for() {
    let world = World::new();
    let repo = world.init("repo");
    let text = "services:\n  web:\n    image: a/web:1\n";
    repo.write("docker-compose.dev.yml", text);
    let run = repo.gonogo().arg("fix").run();
    let after = || fs::read_to_string(repo.join("docker-compose.dev.yml")).unwrap();
    assert!(!after().contains("restart"), "{}", after());
    assert!(run.stdout.contains("--also restart"), "{}", run.stdout);
    let run = repo.gonogo().args(["fix", "--also", "restart"]).run();
    let has_policy = after().contains("restart: unless-stopped");
    assert!(has_policy, "{}{}", run.stdout, after());
}

#[test]
fn actions_are_pinned_to_the_commit_of_their_release() {
    let world = World::new();
    let repo = world.init("repo");
    let name = ".github/workflows/ci.yml";
    // Any release in the table.
    let table = include_str!("../../patterns/actions.tsv");
    let newest = |name: &str| table.lines().rfind(|line| line.starts_with(name));
    let fields: Vec<&str> = newest("docker/login-action\t")
        .unwrap()
        .split('\t')
        .collect();
    let (version, commit) = (fields[1], fields[2]);
    let checkout = newest("actions/checkout\t").unwrap();
    let checkout = checkout.split('\t').nth(1).unwrap();
    let text = format!(
        "on: push\npermissions: {{}}\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: docker/login-action@{version} # log in\n      \
         - {{uses: actions/cache@v4}}\n      - uses: 'docker/login-action@{version}'\n      - uses: acme/unknown@v1\n      \
         - uses: actions/checkout@{checkout}\n      - uses: actions/unknown@v1\n      - uses: ruby/setup-ruby@v1\n"
    );
    repo.write(name, text);
    let run = repo
        .gonogo()
        .args(["fix", "--rule", "gha/unpinned-action"])
        .run();
    let after = fs::read_to_string(repo.join(name)).unwrap();
    let pinned = format!("- uses: docker/login-action@{commit} # {version}");
    assert_eq!(after.matches(&pinned).count(), 2, "{after}");
    assert!(after.contains(" # log in"), "{after}");
    // An unknown one does not keep the others of its group from being pinned.
    assert!(after.contains(&format!(" # {checkout}\n")), "{after}");
    // A moving tag may be newer than the table.
    for kept in [
        "actions/cache@v4",
        "acme/unknown@v1",
        "actions/unknown@v1",
        "ruby/setup-ruby@v1",
    ] {
        assert!(after.contains(kept), "{kept}\n{after}");
    }
    for says in [
        "4 actions are used by a tag that moves; `--resolve`",
        "have Dependabot or Renovate",
    ] {
        assert!(run.stdout.contains(says), "{says}\n{}", run.stdout);
    }
    let dependabot = "version: 2\nupdates:\n  - package-ecosystem: github-actions\n";
    repo.write(".github/dependabot.yml", dependabot);
    repo.write(name, format!("on: push\npermissions: {{}}\njobs:\n  a:\n    steps:\n      - uses: docker/login-action@{version}\n"));
    let run = repo.gonogo().arg("fix").run();
    assert!(!run.stdout.contains("Renovate"), "{}", run.stdout);
}

#[test]
fn each_fix_is_asked_about() {
    let world = World::new();
    let repo = world.init("repo");
    let text = "services:\n  db:\n    image: postgres:16\n    ports: [\"5432:5432\"]\n  cache:\n    image: redis:7\n    ports: [\"6379:6379\"]\n";
    let fix = |answers: &str| {
        repo.write("compose.yml", text);
        let args = ["fix", "-i", "--rule", "compose/datastore-port-published"];
        let run = repo.gonogo().args(args).input(answers).run();
        (
            fs::read_to_string(repo.join("compose.yml")).unwrap(),
            run.stderr,
        )
    };
    let (after, asked) = fix("?\ny\nn\n");
    assert_eq!(after.matches("127.0.0.1").count(), 1, "{after}{asked}");
    assert_eq!(asked.matches("Make this change?").count(), 3, "{asked}");
    let (after, _) = fix("q\n");
    assert_eq!(after, text);
    let (after, _) = fix("");
    assert_eq!(after, text);
    let (after, _) = fix("a\n\na\nonly here\ny\n");
    assert_eq!(after.matches("127.0.0.1").count(), 1, "{after}");
    assert!(
        after.contains("# gonogo:allow compose/datastore-port-published only here\n"),
        "{after}"
    );
}

/// Returns the compose file of a tree with these files after it is fixed, and the account.
fn fixed_beside(files: &[(&str, &str)], args: &[&str]) -> (String, String) {
    let world = World::new();
    let repo = world.init("repo");
    for (name, text) in files {
        repo.write(name, text);
    }
    let run = repo.gonogo().arg("fix").args(args).run();
    let after = fs::read_to_string(repo.join("compose.yml")).unwrap();
    (after, run.stdout)
}

#[test]
fn what_the_tree_starts_with_nothing_set_goes_on_to_start() {
    let compose = "services:\n  app:\n    image: a/app:1\n    environment:\n      - DATABASE_URL=mysql://shop:s3cr3tshop@db/shop\n  \
                   db:\n    image: mariadb:10.11\n    environment:\n      - MARIADB_PASSWORD=s3cr3tshop\n";
    let is_held = |by: &str, text: &str| {
        let (after, says) = fixed_beside(&[("compose.yml", compose), (by, text)], &[]);
        assert_eq!(
            after.contains("s3cr3tshop"),
            says.contains("`--also required`"),
            "{by}: {says}{after}"
        );
        assert!(after.contains("no-new-privileges"), "{after}");
        after.contains("s3cr3tshop")
    };
    assert!(is_held(
        "README.md",
        "# Shop\n\nRun `docker compose up -d`.\n"
    ));
    let step = "on: push\npermissions: {}\njobs:\n  smoke:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: docker compose up --wait\n";
    assert!(is_held(".github/workflows/ci.yml", step));
    assert!(is_held(
        "package.json",
        "{\"scripts\": {\"up\": \"docker compose -f ./compose.yml up\"}}\n"
    ));
    let sets = format!("{step}        env: {{MARIADB_PASSWORD: x}}\n");
    assert!(!is_held(".github/workflows/ci.yml", &sets));
    let copies = "Copy `.env.example` to `.env`, then run `docker compose up`.\n";
    assert!(!is_held("README.md", copies));
    assert!(!is_held(
        "README.md",
        "Run `docker compose -f test.yml up`.\n"
    ));
    assert!(!is_held("README.md", "Run `docker compose pull`.\n"));
    let readme = ("README.md", "Run `docker compose up`.\n");
    let (after, _) = fixed_beside(&[("compose.yml", compose), readme], &["--also", "required"]);
    assert!(!after.contains("s3cr3tshop"), "{after}");
}

#[test]
fn a_default_that_the_sample_of_settings_leaves_in_force_stays() {
    let compose = "services:\n  db:\n    image: postgres:16\n    environment:\n      POSTGRES_PASSWORD: ${PG_PASS:-s3cr3tshop}\n";
    let sample = |text: &str| {
        let files = [("compose.yml", compose), (".env.dist", text)];
        fixed_beside(&files, &[])
    };
    let (after, says) = sample("# PG_PASS=s3cr3tshop\n");
    assert!(after.contains(":-s3cr3tshop}"), "{after}");
    assert!(says.contains("`--also required`"), "{says}");
    let (after, _) = sample("PG_PASS=\n");
    assert!(after.contains("${PG_PASS:?set PG_PASS}"), "{after}");
}

#[test]
fn a_file_whose_programs_run_in_debug_mode_from_their_source_is_for_developers() {
    let text = |debug: &str| {
        format!(
            "services:\n  app:\n    build: .\n    command: python app.py\n    restart: always\n    volumes:\n      - .:/app\n    \
             environment:\n      - DEBUG={debug}\n      - DB_PASSWORD=hunter2x\n  db:\n    image: postgres:16\n"
        )
    };
    let (after, says) = fixed(&text("true"), &[]);
    assert!(after.contains("hunter2x"), "{after}");
    assert!(!after.contains("unless-stopped"), "{after}");
    assert!(says.contains("`--also development`"), "{says}");
    let (after, _) = fixed(&text("false"), &[]);
    assert!(!after.contains("hunter2x"), "{after}");
}

#[test]
fn blocks_below_a_common_key_and_files_laid_over_another_share_settings_as_others_do() {
    let own = |name: &str| format!("  {name}:\n    <<: *base\n    command: {name}\n");
    let services: String = ["a", "b", "c"].map(own).concat();
    let block =
        "x-shared:\n  base: &base\n    image: a/a:1\n    restart: always\n    mem_limit: 1g\n\n";
    let (after, _) = fixed(
        &format!("{block}services:\n{services}"),
        &["--also", "logging"],
    );
    assert!(
        after.contains(
            "    mem_limit: 1g\n    security_opt:\n      - no-new-privileges:true\n    logging:\n"
        ),
        "{after}"
    );
    assert!(after.ends_with(&services), "{after}");
    let base = "x-base: &base\n  image: a/a:1\n  restart: always\n\n";
    let compose = format!("{base}services:\n{services}");
    let over = "services:\n  a:\n    command: watch\n";
    let files = [
        ("compose.yml", compose.as_str()),
        ("dev/over.yml", over),
        (".env", "COMPOSE_FILE=compose.yml:dev/over.yml\n"),
    ];
    let (after, _) = fixed_beside(&files, &[]);
    assert!(after.ends_with(&services), "{after}");
    assert_eq!(after.matches("no-new-privileges").count(), 1, "{after}");
}

#[test]
fn a_comment_in_the_column_of_one_above_stays_with_it() {
    let text = "services:\n  a:\n    image: a/a:1\n    restart: always\n    volumes:\n      - ./up:/up     # What users send.\n                     \
                # Change it in the settings.\n      # - ./more:/more\n\n  b:\n    image: a/b:1\n    restart: always\n";
    let (after, _) = fixed(text, &[]);
    assert!(
        after.contains("# Change it in the settings.\n      # - ./more:/more\n    security_opt:\n"),
        "{after}"
    );
}
