//! `gonogo fix` as a change that others would merge: it writes where and how the repository itself would, and leaves
//! what the repository needs as it is.

use std::fs;

use crate::harness::World;

/// Returns the first of these files after the tree is fixed, and the account. Fixing it again changes nothing.
fn fixed(files: &[(&str, &str)], args: &[&str]) -> (String, String) {
    let world = World::new();
    let repo = world.init("repo");
    for (name, text) in files {
        repo.write(name, text);
    }
    let fix = || repo.gonogo().arg("fix").args(args).run().stdout;
    let read = || fs::read_to_string(repo.join(files[0].0)).unwrap();
    let says = fix();
    let after = read();
    let again = fix();
    assert_eq!(read(), after, "{again}");
    (after, says)
}

const LIMIT: &str = "max-size: 10m";

#[test]
fn the_anchor_is_changed_and_not_those_that_merge_it() {
    let bases = "x-restart: &restart\n  restart: always\nx-pull: &pull\n  pull_policy: never\n";
    let base =
        |name: &str| format!("x-{name}: &{name}\n  <<: [*restart, *pull]\n  image: a/{name}:1\n");
    let of = |base: &str, names: &[&str]| {
        let one = |name: &&str| format!("  {name}:\n    <<: *{base}\n    command: run {name}\n");
        names.iter().map(one).collect::<String>()
    };
    let text = format!(
        "{bases}{}{}services:\n{}{}  db:\n    <<: *restart\n    image: postgres:16\n  mail:\n    <<: *restart\n    image: \
         acme/smtp:1\n",
        base("web"),
        base("work"),
        of("web", &["a", "b", "c"]),
        of("work", &["d", "e", "f", "g"]),
    );
    let (after, _) = fixed(&[("compose.yml", &text)], &["--also", "logging"]);
    assert_eq!(
        after.matches("<<: [*restart, *pull, *defaults]").count(),
        2,
        "{after}"
    );
    assert_eq!(after.matches("    <<: *web\n").count(), 3, "{after}");
    assert_eq!(after.matches("    <<: *work\n").count(), 4, "{after}");
    // The mail server, which must not have the whole block, refers to one part of it, so that there is nothing to
    // override.
    assert_eq!(after.matches(LIMIT).count(), 1, "{after}");
    assert!(after.contains("    logging: *default-logging\n"), "{after}");
    assert_eq!(after.matches("no-new-privileges").count(), 1, "{after}");
    assert!(!after.contains("security_opt: []"), "{after}");
}

#[test]
fn a_policy_that_all_lack_goes_where_the_rest_goes() {
    let service = |name: &str| format!("  {name}:\n    image: a/{name}:1\n");
    let three = ["a", "b", "c"].map(service).concat();
    let ask = &["--also", "logging", "--also", "restart"];
    let (after, _) = fixed(&[("compose.yml", &format!("services:\n{three}"))], ask);
    assert_eq!(
        after.matches("restart: unless-stopped").count(),
        1,
        "{after}"
    );
    assert_eq!(after.matches("<<: *defaults").count(), 3, "{after}");
    // A service that ends gets neither; where one has a policy, each has its own.
    let job = "  migrate:\n    image: a/a:1\n  d:\n    image: a/d:1\n    restart: always\n";
    let (after, _) = fixed(&[("compose.yml", &format!("services:\n{three}{job}"))], ask);
    assert_eq!(after.matches("restart: always").count(), 4, "{after}");
    assert_eq!(after.matches("<<: *defaults").count(), 5, "{after}");
    let (_, migrate) = after.split_once("  migrate:\n").unwrap();
    assert!(
        migrate.starts_with("    <<: *defaults\n    image: a/a:1\n  d:\n"),
        "{after}"
    );
    // If one service is left out, each of the others has it.
    let left = "  e:\n    image: a/e:1\n    # restart: always\n    init: true\n";
    let (after, _) = fixed(
        &[("compose.yml", &format!("services:\n{three}{left}"))],
        ask,
    );
    assert_eq!(
        after.matches("restart: unless-stopped").count(),
        3,
        "{after}"
    );
    assert_eq!(after.matches("<<: *defaults").count(), 4, "{after}");
}

#[test]
fn settings_are_written_as_the_others_have_them() {
    let app = "  app:\n    image: a/app:1\n    restart: ${RESTART_POLICY:-always}\n    security_opt:\n    - no-new-privileges:true\n    \
               logging:\n      driver: \"json-file\"\n      options:\n        max-size: ${LOG_MAX_SIZE:-100m}\n        max-file: \
               ${LOG_MAX_FILE:-5}\n";
    let ask = &["--also", "logging", "--also", "restart"];
    let text = format!("services:\n{app}  db:\n    image: postgres:16\n");
    let (after, _) = fixed(&[("compose.yml", &text)], ask);
    let (_, db) = after.split_once("  db:\n").unwrap();
    for expected in [
        "    restart: ${RESTART_POLICY:-always}\n",
        "    security_opt:\n    - no-new-privileges:true\n",
        "    logging:\n      driver: \"json-file\"\n      options:\n        max-size: ${LOG_MAX_SIZE:-100m}\n        max-file: ${LOG_MAX_FILE:-5}\n",
    ] {
        assert!(db.contains(expected), "{expected}\n{after}");
    }
    // Another file of the repository may define the variables.
    let alone = "services:\n  db:\n    image: postgres:16\n    ports: [\"5432:5432\"]\n";
    let other = format!("services:\n{app}    ports:\n    - ${{BIND_IP:-127.0.0.1}}:80:80\n");
    let (after, _) = fixed(&[("a/compose.yml", alone), ("b/compose.yml", &other)], ask);
    assert!(
        after.contains("max-size: ${LOG_MAX_SIZE:-100m}\n"),
        "{after}"
    );
    assert!(
        after.contains("restart: ${RESTART_POLICY:-always}\n"),
        "{after}"
    );
    assert!(
        after.contains("\"${BIND_IP:-127.0.0.1}:5432:5432\""),
        "{after}"
    );
    // A limit written as a number in another folder applies only there.
    let other = other.replace("${LOG_MAX_SIZE:-100m}", "50m");
    let (after, _) = fixed(&[("a/compose.yml", alone), ("b/compose.yml", &other)], ask);
    assert!(after.contains(LIMIT), "{after}");
    // The limits of one service may have an anchor.
    let first = app.replace("logging:\n", "logging: &logs\n");
    let text = format!("services:\n{first}  db:\n    image: postgres:16\n");
    let (after, _) = fixed(&[("compose.yml", &text)], &[]);
    assert!(after.contains("    logging: *logs\n"), "{after}");
}

#[test]
fn what_ends_neither_starts_again_nor_is_its_log_limited() {
    let web = "  web:\n    image: a/web:1\n";
    for own in [
        "  permissions:\n    image: a/web:1\n    command: sh -c \"mkdir -p /d && chown -R 1000 /d\"\n",
        "  tls:\n    image: certbot/certbot\n    volumes: [certs:/etc/letsencrypt]\n",
        "  certbot:\n    build: ./certbot\n",
        "  manage:\n    image: a/web:1\n    entrypoint: python manage.py\n",
        "  checks:\n    image: a/web:1\n    command: pytest\n",
        "  schema:\n    image: flyway/flyway:11\n    command: -url=jdbc:postgresql://db/app\n",
    ] {
        let text = format!("services:\n{web}{own}");
        let script =
            "#!/bin/sh\ndocker compose run --rm checks\ndocker compose run --rm manage \"$@\"\n";
        let ask = &["--also", "logging", "--also", "restart"];
        let (after, _) = fixed(&[("compose.yml", &text), ("run.sh", script)], ask);
        assert_eq!(after.matches("restart:").count(), 1, "{after}");
        assert_eq!(after.matches(LIMIT).count(), 1, "{after}");
        assert_eq!(after.matches("no-new-privileges").count(), 2, "{after}");
    }
    for own in [
        "  tls:\n    image: certbot/certbot\n    entrypoint: sh -c 'while true; do certbot renew; sleep 12h; done'\n",
        "  permissions:\n    image: a/permissions:1\n    ports: [\"127.0.0.1:81:80\"]\n",
        "  worker:\n    image: a/web:1\n    command: work\n",
    ] {
        let text = format!("services:\n{web}{own}");
        let script = "#!/bin/sh\ndocker compose run --rm worker python manage.py shell\n";
        let ask = &["--also", "restart"];
        let (after, _) = fixed(&[("compose.yml", &text), ("run.sh", script)], ask);
        assert_eq!(after.matches("unless-stopped").count(), 2, "{after}");
    }
}

#[test]
fn engines_in_containers_may_gain_rights() {
    for own in [
        "    image: docker:27-dind\n    privileged: true\n",
        "    image: docker:dind\n    runtime: sysbox-runc\n",
        "    image: a/app:1\n    privileged: true\n",
    ] {
        let text = format!("services:\n  engine:\n{own}    restart: always\n");
        let (after, _) = fixed(&[("compose.yml", &text)], &[]);
        assert!(!after.contains("no-new-privileges"), "{after}");
    }
}

#[test]
fn files_of_old_versions_get_no_blocks() {
    let services = ["a", "b", "c"]
        .map(|name| format!("  {name}:\n    image: a/{name}:1\n    restart: always\n"));
    let services = services.concat();
    for (version, blocks) in [
        ("'2'", 0),
        ("'3.3'", 0),
        ("\"3\"", 0),
        ("'2.1'", 1),
        ("'3.4'", 1),
        ("\"3.10\"", 1),
    ] {
        let text = format!("version: {version}\nservices:\n{services}");
        let (after, _) = fixed(&[("compose.yml", &text)], &["--also", "logging"]);
        assert_eq!(after.matches("x-defaults:").count(), blocks, "{after}");
        assert_eq!(after.matches(LIMIT).count(), 1, "{after}");
        let named = if blocks == 0 { 2 } else { 0 };
        assert_eq!(
            after.matches("    logging: *default-logging\n").count(),
            named,
            "{after}"
        );
        let rights = if blocks == 0 { 3 } else { 1 };
        assert_eq!(
            after.matches("no-new-privileges").count(),
            rights,
            "{after}"
        );
    }
}

#[test]
fn a_file_that_only_opens_a_port_is_taken_in_for_that() {
    let text = "services:\n  db:\n    ports:\n      - 5432:5432\n";
    let base = "services:\n  db:\n    image: postgres:16\n    restart: always\n";
    let (after, says) = fixed(&[("add-port.yml", text), ("compose.yml", base)], &[]);
    assert!(after.contains("- 5432:5432\n"), "{after}");
    assert!(!says.contains("fixed add-port.yml"), "{says}");
}

#[test]
fn a_line_that_a_patch_expects_stays_wherever_the_file_has_it() {
    let service = |name: &str| format!("  {name}:\n    <<: *restart\n    image: a/{name}:1\n");
    let other = |name: &str| format!("  {name}:\n    <<: *again\n    image: a/{name}:1\n");
    let services = ["a", "b", "c"].map(service).concat() + &["d", "e", "f"].map(other).concat();
    let bases = "x-restart: &restart\n  restart: always\nx-again: &again\n  restart: on-failure\n";
    let text = format!("{bases}services:\n{services}");
    let patch = "--- compose.yml\n+++ compose.yml\n@@ -6,5 +6,5 @@\n   b:\n     <<: *restart\n-    image: a/b:1\n+    image: a/b:2\n+    \
                 <<: *again\n";
    let (after, says) = fixed(&[("compose.yml", &text), ("b.patch", patch)], &[]);
    assert_eq!(after.matches("    <<: *restart\n").count(), 3, "{after}");
    assert_eq!(
        after.matches("<<: [*again, *defaults]").count(),
        3,
        "{after}"
    );
    let held = "(a program has what they change: b.patch:5)";
    assert_eq!(says.matches(held).count(), 1, "{says}");
    // One that no longer applies, and one that applies without its outer lines, lose nothing.
    let stale = patch.replace("   b:", "   gone:");
    for files in [
        &[("compose.yml", &*text), ("b.patch", &stale)][..],
        &[
            ("compose.yml", &text),
            ("b.patch", patch),
            ("README.md", "patch -p0 < b.patch\n"),
        ],
    ] {
        let (after, says) = fixed(files, &[]);
        assert_eq!(after.matches(", *defaults]").count(), 6, "{after}{says}");
    }
}

#[test]
fn what_is_left_alone_for_most_services_is_for_all() {
    let service = |name: &str| format!("  {name}:\n    <<: *restart\n    image: a/{name}:1\n");
    let services = ["a", "b", "c"].map(service).concat();
    let text = format!(
        "x-restart: &restart\n  restart: always\nservices:\n{services}  d:\n    image: a/d:1\n    restart: always\n"
    );
    let patch = "--- compose.yml\n+++ compose.yml\n@@ -7,3 +7,3 @@\n   b:\n     <<: *restart\n-    image: a/b:1\n+    image: a/b:2\n";
    let (after, says) = fixed(&[("compose.yml", &text), ("b.patch", patch)], &[]);
    assert_eq!(after, text, "{says}");
    assert!(says.contains("`--also shared`"), "{says}");
}

#[test]
fn what_tests_read_is_not_changed() {
    let pod = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  containers:\n    - name: a\n      image: a/a:1\n";
    let compose = "services:\n  db:\n    image: postgres:16\n    ports: [\"5432:5432\"]\n";
    for (name, text) in [
        ("unittests/scans/lint/many.yaml", pod),
        ("spec/fixtures/compose.yml", compose),
        ("src/test/resources/docker-compose.yml", compose),
    ] {
        let (after, says) = fixed(&[(name, text)], &[]);
        assert_eq!(after, text, "{name}\n{says}");
        assert!(says.contains("`--also development`"), "{name}\n{says}");
    }
    // What tests start is as reachable as anything else.
    let (after, _) = fixed(&[("tests/compose.yml", compose)], &[]);
    assert!(after.contains("127.0.0.1:5432:5432"), "{after}");
}

#[test]
fn ports_that_a_document_tells_to_reach_stay_open() {
    let text = "services:\n  db:\n    image: postgres:16\n    restart: always\n    ports:\n      - \"15432:5432\"\n";
    for (name, page) in [
        (
            "docs/use.md",
            "# Use\n\nTo connect from another machine, open port 15432.\n",
        ),
        (
            "other/compose.yml",
            "services:\n  app:\n    image: a/a:1\n    environment:\n      DB: host.docker.internal:15432\n",
        ),
        (
            "README.md",
            "Other projects connect to your host machine's IP\nwith the same user, at 15432.\n",
        ),
    ] {
        let (after, says) = fixed(&[("compose.yml", text), (name, page)], &[]);
        assert!(after.contains("- \"15432:5432\"\n"), "{name}\n{after}");
        assert!(
            says.contains("`--also ports`: compose.yml (db) (some are reached from elsewhere: "),
            "{says}"
        );
        assert!(says.contains(name), "{says}");
        let (after, _) = fixed(&[("compose.yml", text), (name, page)], &["--also", "ports"]);
        assert!(after.contains("127.0.0.1:15432"), "{name}\n{after}");
    }
    for page in [
        "# Use\n\nConnect from the host: `psql -h localhost -p 15432`.\n",
        "# Use\n\nRuns on another machine, too.\n",
        "services:\n  app:\n    extra_hosts:\n      - host.docker.internal:host-gateway\n    ports: [\"15432:1\"]\n",
    ] {
        let (after, _) = fixed(&[("compose.yml", text), ("docs/use.md", page)], &[]);
        assert!(after.contains("127.0.0.1:15432"), "{page}\n{after}");
    }
}

#[test]
fn the_ports_of_one_store_are_bound_alike() {
    let text = "services:\n  store:\n    image: minio/minio\n    restart: always\n    ports:\n      - 9001:9001\n      - \
                9000:9000\n  cassandra:\n    build: ./cassandra\n    ports:\n      - 9042:9042\n      - 7199:7199\n";
    let dockerfile = ("cassandra/Dockerfile", "FROM cassandra:5\n");
    let (after, says) = fixed(&[("compose.yml", text), dockerfile], &[]);
    for bound in [
        "127.0.0.1:9001:9001",
        "127.0.0.1:9042:9042",
        "127.0.0.1:7199:7199",
    ] {
        assert!(after.contains(bound), "{after}");
    }
    assert!(after.contains("- 9000:9000\n"), "{after}");
    assert!(says.contains("1 fix that needs `--also ports`"), "{says}");
    // Developers have the browser on the same machine.
    let (after, _) = fixed(&[("compose.dev.yml", text)], &[]);
    assert!(after.contains("127.0.0.1:9000:9000"), "{after}");
}

#[test]
fn placeholders_are_required_where_no_one_edits_them_in_the_file() {
    let readme = (
        "README.md",
        "# Docs\n\nSee https://hub.docker.com/r/acme/docs\n",
    );
    let text = "services:\n  docs:\n    image: acme/docs:latest\n    environment:\n      APP_SECRET: 'REPLACE_WITH_LONG_SECRET'\n      \
                DATABASE_URL: 'postgresql://docs:STRONG_DB_PASSWORD@db:5432/docs'\n  db:\n    image: postgres:16\n    \
                environment:\n      POSTGRES_PASSWORD: STRONG_DB_PASSWORD\n";
    let built = text.replace("  docs:\n", "  docs:\n    build: .\n");
    let (after, _) = fixed(&[("compose.yml", &built)], &[]);
    assert!(
        after.contains("APP_SECRET: '${APP_SECRET:?set APP_SECRET}'\n"),
        "{after}"
    );
    assert_eq!(after.matches("${POSTGRES_PASSWORD:?").count(), 2, "{after}");
    // Who has only a copy of the file changes what is in it.
    let (after, says) = fixed(&[("compose.yml", text), readme], &[]);
    assert!(after.contains("REPLACE_WITH_LONG_SECRET"), "{after}");
    assert!(after.contains("POSTGRES_PASSWORD: STRONG_DB"), "{after}");
    assert!(says.contains("`--also required`"), "{says}");
    let told = (
        "README.md",
        "# Docs\n\nacme/docs\n\nReplace the secrets in `compose.yml`.\n",
    );
    let (after, says) = fixed(&[("compose.yml", text), told], &[]);
    assert!(after.contains("REPLACE_WITH_LONG_SECRET"), "{after}");
    assert!(says.contains("`--also required`"), "{says}");
    let page = (
        "docs/start.md",
        "# Start\n\nTake the compose file.\n\nChange the default value for `APP_SECRET`.\n",
    );
    let (after, _) = fixed(&[("compose.yml", text), readme, page], &[]);
    assert!(
        after.contains("STRONG_DB_PASSWORD@") && after.contains("LONG_SECRET"),
        "{after}"
    );
    let commented = format!("# Change the secrets below.\n{text}");
    let (after, _) = fixed(&[("compose.yml", &commented), readme], &[]);
    assert!(after.contains("REPLACE_WITH_LONG_SECRET"), "{after}");
}

#[test]
fn a_token_is_limited_wherever_that_is_certain_and_said_where_not() {
    let workflow = |steps: &str| {
        format!(
            "on: push\n\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n{steps}"
        )
    };
    let lint = workflow("      - uses: golangci/golangci-lint-action@v6\n      - run: make lint\n");
    let other = workflow("      - uses: acme/unknown@v1\n");
    let files = [
        (".github/workflows/lint.yml", lint.as_str()),
        (".github/workflows/other.yml", &other),
    ];
    let (after, says) = fixed(&files, &[]);
    assert!(
        after.starts_with("on: push\n\npermissions:\n  contents: read\n\njobs:\n"),
        "{after}"
    );
    assert!(
        says.contains("may need more than to read the code: .github/workflows/other.yml (it uses `acme/unknown@v1`)\n"),
        "{says}"
    );
}

#[test]
fn what_docker_lists_in_a_document_is_changed_with_the_file() {
    let text = "services:\n  db:\n    image: postgres:16\n    ports:\n      - \"5432:5432\"\n  board:\n    image: grafana/grafana:11\n    ports:\n      - 3000:3000\n  web:\n    image: acme/web:1\n    ports: [\"80:80\"]\n";
    let listed = "# Samples\n\nThese must not be deployed in production.\n\n```\nPORTS                    NAMES\n0.0.0.0:5432->5432/tcp   db\n0.0.0.0:3000->3000/tcp   board\n0.0.0.0:80->80/tcp       web\n```\n";
    let world = World::new();
    let repo = world.init("repo");
    repo.write("compose.yml", text);
    repo.write("README.md", listed);
    let says = repo.gonogo().arg("fix").run().stdout;
    let after = fs::read_to_string(repo.join("README.md")).unwrap();
    assert!(
        after.contains("\n127.0.0.1:5432->5432/tcp  db\n127.0.0.1:3000->3000/tcp  board\n0.0.0.0:80->80/tcp       web\n"),
        "{after}{says}"
    );
    assert!(!says.contains("also names what has changed"), "{says}");
}

#[test]
fn what_is_laid_over_another_file_lacks_nothing() {
    let base = "services:\n  web:\n    image: acme/web:1\n    restart: always\n    environment: [A=b]\n  worker:\n    image: acme/web:1\n    restart: always\n    command: work\n";
    let over = "services:\n  worker:\n    image: acme/web:full\n";
    let files = [("compose.full.yml", over), ("compose.yml", base)];
    let (after, says) = fixed(&files, &[]);
    assert_eq!(after, over, "{says}");
    assert!(says.contains("fixed compose.yml"), "{says}");
    // A file of its own is not.
    for own in [
        "services:\n  other:\n    image: acme/web:full\n",
        "services:\n  worker:\n    image: acme/web:full\n    command: work\n    environment: [A=b]\n",
    ] {
        let (after, says) = fixed(&[("compose.full.yml", own), ("compose.yml", base)], &[]);
        assert!(after.contains("no-new-privileges:true"), "{after}{says}");
    }
}

#[test]
fn a_file_with_nothing_but_jobs_is_left_alone() {
    let job = "services:\n  migrate:\n    image: acme/tool:1\n    command: bash -c \"exit 1\"\n";
    let (after, says) = fixed(&[("compose.jobs.yml", job)], &[]);
    assert_eq!(after, job, "{says}");
    let web = format!("{job}  web:\n    image: acme/web:1\n    restart: always\n");
    let (after, says) = fixed(&[("compose.yml", &web)], &[]);
    assert_eq!(
        after.matches("no-new-privileges").count(),
        2,
        "{after}{says}"
    );
}

#[test]
fn the_logs_of_podman_are_left_to_the_journal() {
    let text = "services:\n  web:\n    image: acme/web:1\n    restart: always\n";
    let (after, says) = fixed(&[("podman/compose.yml", text)], &[]);
    assert!(after.contains("no-new-privileges:true"), "{after}{says}");
    assert!(!after.contains("logging"), "{after}");
}

#[test]
fn two_services_have_one_limit_of_logs() {
    let text = "services:\n  web:\n    image: acme/web:1\n    restart: always\n  db:\n    image: postgres:16\n    restart: always\n";
    let (after, says) = fixed(&[("compose.yml", text)], &["--also", "logging"]);
    assert_eq!(after.matches("max-size").count(), 1, "{after}{says}");
    assert!(after.contains("logging: *default-logging"), "{after}");
}

#[test]
fn a_cluster_allows_what_the_program_needs() {
    let compose = "services:\n  core:\n    image: ghcr.io/acme/core:1\n    build: core\n";
    let pod = |image: &str| {
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  containers:\n    - name: a\n      image: {image}\n    - name: b\n      image: redis:8\n"
        )
    };
    let own = pod("ghcr.io/acme/core:2");
    let files = [
        ("pod.yml", &*own),
        ("compose.yml", compose),
        (
            "core/Dockerfile",
            "FROM debian:12\nRUN apt-get install -y sudo\n",
        ),
    ];
    let (after, says) = fixed(&files, &[]);
    assert_eq!(
        after.matches("allowPrivilegeEscalation").count(),
        1,
        "{after}"
    );
    assert!(
        after.ends_with("allowPrivilegeEscalation: false\n"),
        "{after}"
    );
    let left = "left without `allowPrivilegeEscalation: false`: pod.yml (a)\n";
    assert!(says.contains(left), "{says}");
    let other = pod("ghcr.io/acme/other:2");
    let (after, _) = fixed(&[("pod.yml", &other), files[1], files[2]], &[]);
    assert_eq!(
        after.matches("allowPrivilegeEscalation").count(),
        2,
        "{after}"
    );
}

#[test]
fn a_manifest_stays_as_the_chart_beside_it() {
    let pod = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  containers:\n    - name: a\n      image: acme/a:1\n";
    let chart = "spec:\n  containers:\n    - name: a\n      image: \"{{ .Values.image }}\"\n";
    let path = "chart/templates/a.yaml";
    let (after, says) = fixed(&[("pod.yml", pod), (path, chart)], &[]);
    assert_eq!(after, pod, "{says}");
    let given = format!(
        "{chart}      securityContext: {{{{ toYaml .Values.securityContext | nindent 8 }}}}\n"
    );
    for chart in [&*given, &chart.replace("name: a", "name: b")] {
        let (after, says) = fixed(&[("pod.yml", pod), (path, chart)], &[]);
        assert!(
            after.contains("allowPrivilegeEscalation: false"),
            "{after}{says}"
        );
    }
}
