//! `gonogo fix` as a change that others would merge: it fits what the repository has, and says what it does not
//! change.

use std::fs;

use crate::harness::World;

/// Returns the compose file of a tree with these files after it is fixed, and the account. Fixing it again changes
/// nothing.
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

/// Returns services that restart, with these lines at the beginning of each.
fn services(names: &[&str], own: &str) -> String {
    let service =
        |name: &&str| format!("  {name}:\n{own}    image: a/{name}:1\n    restart: always\n");
    let services: String = names.iter().map(service).collect();
    format!("services:\n{services}")
}

#[test]
fn a_block_for_one_purpose_gets_nothing_else() {
    for (key, anchor, content) in [
        ("x-restart-policy", "restart_policy", "  restart: always\n"),
        (
            "x-celery-depends-on",
            "celery-depends-on",
            "  depends_on: [db]\n",
        ),
        ("x-app-environment", "app-env", "  environment:\n    A: b\n"),
    ] {
        let block = format!("{key}: &{anchor}\n{content}\n");
        let own = format!("    <<: *{anchor}\n");
        let text = services(&["a", "b", "c", "db"], &own).replace("    restart: always\n", "");
        let text = format!("{block}{text}");
        let (after, _) = fixed(
            &[("compose.yml", &text)],
            &["--rule", "compose/no-new-privileges"],
        );
        assert!(after.contains(&block), "{after}");
        assert!(after.contains("x-defaults: &defaults\n"), "{after}");
        let merged = format!("    <<: [*{anchor}, *defaults]\n");
        assert_eq!(after.matches(&merged).count(), 4, "{after}");
    }
    // A block that merges several gets one more.
    let blocks = "x-a: &a\n  restart: always\nx-b: &b\n  pull_policy: never\nx-base: &base\n  <<: [*a, *b]\n  image: a/a:1\n\n";
    let own = |name: &str| format!("  {name}:\n    <<: *base\n    command: {name}\n");
    let other = |name: &str| format!("  {name}:\n    <<: [*a, *b]\n    image: a/{name}:1\n");
    let services_of: String = [own("d"), own("e"), other("f"), other("g"), other("h")].concat();
    let (after, _) = fixed(
        &[("compose.yml", &format!("{blocks}services:\n{services_of}"))],
        &[],
    );
    assert_eq!(
        after.matches("<<: [*a, *b, *defaults]\n").count(),
        4,
        "{after}"
    );
    let base = "x-app-base: &app-base\n  pull_policy: always\n\n";
    let text = format!(
        "{base}{}",
        services(&["a", "b", "c"], "    <<: *app-base\n")
    );
    let (after, says) = fixed(&[("compose.yml", &text)], &["--also", "logging"]);
    assert!(!after.contains("x-defaults"), "{after}");
    assert!(says.contains("for 3 services together"), "{says}");
    assert!(says.contains("fixed 6 findings in 1 file"), "{says}");
}

#[test]
fn a_block_stands_apart_from_the_comments_around_it() {
    let header = "# Change the passwords below.\n";
    let (after, _) = fixed(
        &[(
            "compose.yml",
            &format!("{header}{}", services(&["a", "b", "c"], "")),
        )],
        &[],
    );
    assert!(
        after.starts_with(&format!("{header}\nx-defaults: ")),
        "{after}"
    );
    let text = format!(
        "name: shop\n# All of them.\n{}",
        services(&["a", "b", "c"], "")
    );
    let (after, _) = fixed(&[("compose.yml", &text)], &[]);
    assert!(after.starts_with("name: shop\n\nx-defaults: "), "{after}");
    assert!(after.contains("\n\n# All of them.\nservices:\n"), "{after}");
    let own = "    # Pinned, since 2 is slow.\n    # See the wiki.\n";
    let (after, _) = fixed(&[("compose.yml", &services(&["a", "b", "c"], own))], &[]);
    assert!(
        after.contains(&format!("  a:\n    <<: *defaults\n{own}    image: a/a:1\n")),
        "{after}"
    );
}

#[test]
fn files_beside_each_other_look_alike() {
    let three = services(&["a", "b", "c"], "");
    let two = services(&["a", "b"], "");
    let files = [
        ("compose.simple.yml", two.as_str()),
        ("compose.yml", three.as_str()),
    ];
    let (after, _) = fixed(&files, &[]);
    assert_eq!(after.matches("<<: *defaults").count(), 2, "{after}");
    let (after, _) = fixed(&files[..1], &[]);
    assert_eq!(after.matches("no-new-privileges").count(), 2, "{after}");
    let port = "services:\n  db:\n    image: postgres:16\n    ports:\n      - 5432:5432\n";
    let other = "services:\n  db:\n    image: postgres:16\n    ports:\n      - ${BIND_IP:-127.0.0.1}:5432:5432\n";
    let (after, _) = fixed(&[("compose.yml", port), ("compose.eu.yml", other)], &[]);
    assert!(
        after.contains("- ${BIND_IP:-127.0.0.1}:5432:5432\n"),
        "{after}"
    );
}

#[test]
fn what_is_called_and_what_ends_at_once_is_not_started_again() {
    let text = "services:\n  shop-admin:\n    image: a/admin:1\n  web:\n    image: a/web:1\n  data:\n    image: postgres:16\n    \
                command: /bin/true\n";
    let (after, says) = fixed(&[("compose.yml", text)], &["--also", "restart"]);
    assert_eq!(after.matches("unless-stopped").count(), 1, "{after}");
    assert!(
        after.contains("    command: /bin/true\n") && after.ends_with("/bin/true\n"),
        "{after}"
    );
    assert!(says.contains("service `shop-admin` has no"), "{says}");
    let reached = text.replace(
        "a/admin:1\n",
        "a/admin:1\n    ports: [\"127.0.0.1:80:80\"]\n",
    );
    let (after, _) = fixed(&[("compose.yml", &reached)], &["--also", "restart"]);
    assert_eq!(after.matches("unless-stopped").count(), 2, "{after}");
}

#[test]
fn the_variable_that_people_set_already_is_used() {
    let text = "services:\n  db:\n    image: postgres:16\n    environment:\n      - POSTGRES_PASSWORD=Kq9xTr0ub3LmT\n  web:\n    \
                image: a/web:1\n    environment:\n      - DB_PASSWORD=Kq9xTr0ub3LmT\n";
    let (after, says) = fixed(
        &[("compose.yml", text), (".env.template", "DB_PASSWORD=\n")],
        &[],
    );
    assert_eq!(
        after.matches("=${DB_PASSWORD:?set DB_PASSWORD}").count(),
        2,
        "{after}"
    );
    assert!(
        says.contains("set before the next start of compose.yml: DB_PASSWORD ("),
        "{says}"
    );
    let (after, _) = fixed(&[("compose.yml", text)], &[]);
    assert_eq!(after.matches("${POSTGRES_PASSWORD:?").count(), 2, "{after}");
}

#[test]
fn what_users_start_as_it_is_goes_on_to_start() {
    let readme = ("README.md", "# Shop\n\n![](https://ghcr.io/acme/shop)\n");
    let with = |key: &str| {
        format!(
            "services:\n  shop:\n    image: ghcr.io/acme/shop:latest\n    environment:\n      - SECRET_KEY={key}\n"
        )
    };
    let text = with("keepitsecret");
    let (after, says) = fixed(&[("compose.yml", &text), readme], &[]);
    assert!(after.contains("SECRET_KEY=keepitsecret\n"), "{after}");
    assert!(says.contains("`--also required`"), "{says}");
    // People already set something for it, or the key was generated and is in use.
    let set = format!("{text}    ports: [\"127.0.0.1:${{PORT}}:80\"]\n");
    let (after, _) = fixed(&[("compose.yml", &set), readme], &[]);
    assert!(after.contains("${SECRET_KEY:?"), "{after}");
    let (after, _) = fixed(
        &[
            ("compose.yml", &with("c81d4e2ebcf28e6e31b8b0a9f3a17d5c")),
            readme,
        ],
        &[],
    );
    assert!(after.contains("${SECRET_KEY:?"), "{after}");
    let (after, _) = fixed(&[("compose.yml", &text)], &[]);
    assert!(after.contains("${SECRET_KEY:?"), "{after}");
}

#[test]
fn what_a_test_asserts_stays_and_what_a_readme_shows_is_listed() {
    let text = "services:\n  db:\n    image: postgres:16\n    restart: always\n    ports:\n      - \"5432:5432\"\n";
    let script = "#!/bin/sh\ngrep -q '\"5432:5432\"' compose.yml || exit 1\n";
    let (after, says) = fixed(&[("compose.yml", text), ("check.sh", script)], &[]);
    assert!(after.contains("- \"5432:5432\"\n"), "{after}");
    assert!(
        says.contains(
            "`--also shared`: compose.yml (db) (a program has what they change: check.sh:2)"
        ),
        "{says}"
    );
    let (after, _) = fixed(
        &[("compose.yml", text), ("check.sh", script)],
        &["--also", "shared"],
    );
    assert!(after.contains("127.0.0.1:5432"), "{after}");
    // A command with the same ports that is unrelated to the file.
    let other = "docker run -p 5432:5432 postgres:16\n";
    let readme = "# Shop\n\nIn `compose.yml`:\n\n```yaml\nports:\n  - \"5432:5432\"\n```\n";
    let files = [
        ("compose.yml", text),
        ("start.sh", other),
        ("README.md", readme),
    ];
    let (after, says) = fixed(&files, &[]);
    assert!(after.contains("127.0.0.1:5432"), "{after}");
    assert!(
        says.contains("also names what has changed: README.md:7\n"),
        "{says}"
    );
    assert!(says.contains("are reached from the host only"), "{says}");
}

#[test]
fn values_of_other_installations_are_told_apart() {
    let compose = |name: &str| {
        format!(
            "services:\n  {name}:\n    image: a/{name}:1\n    environment:\n      - SECRET_KEY=keepitsecret\n"
        )
    };
    let (text, dev) = (compose("shop"), compose("shop-dev"));
    let files = [
        ("compose.yml", text.as_str()),
        ("compose-dev.yml", &dev),
        ("server/.env.sample", "SECRET_KEY=keepitsecret\n"),
    ];
    let (after, says) = fixed(&files, &[]);
    assert!(after.contains("${SECRET_KEY:?"), "{after}");
    assert!(
        says.contains("also names what has changed: compose-dev.yml:5, server/.env.sample:1\n"),
        "{says}"
    );
    assert!(!says.contains("at the same time"), "{says}");
}

#[test]
fn files_of_developers_are_recognised_by_what_they_use() {
    let app = |lines: &str| {
        format!(
            "services:\n  app:\n    build: .\n{lines}  cache:\n    image: redis:7\n    ports: [\"6379:6379\"]\n"
        )
    };
    for lines in [
        "    environment:\n      - DB_PASSWORD=developmentpassword\n",
        "    volumes:\n      - ./docker/php-dev.ini:/usr/local/etc/php/php.ini\n",
        "    volumes:\n      - .:/app\n",
    ] {
        let (after, says) = fixed(&[("docker-compose.yml", &app(lines))], &[]);
        assert!(
            after.contains(lines) && !after.contains("unless-stopped"),
            "{after}"
        );
        assert!(after.contains("127.0.0.1:6379"), "{after}");
        assert!(says.contains("`--also restart`"), "{says}");
    }
    let contributing = ("CONTRIBUTING.md", "Run `docker compose up -d --build`.\n");
    let (after, _) = fixed(&[("docker-compose.yml", &app("")), contributing], &[]);
    assert!(!after.contains("unless-stopped"), "{after}");
    let readme = ("README.md", "Run `docker compose up -d`.\n");
    let (after, _) = fixed(
        &[("docker-compose.yml", &app("")), contributing, readme],
        &[],
    );
    assert!(after.contains("no-new-privileges"), "{after}");
}

#[test]
fn what_is_exempt_says_why_and_is_not_asked_for_again() {
    let image = |name: &str| match name {
        "smtp" => "registry.gitlab.com/egos-tech/smtp:1".to_owned(),
        name => format!("a/{name}:1"),
    };
    let services = ["a", "b", "c", "d", "e", "f", "smtp"]
        .map(|name| format!("  {name}:\n    <<: *base\n    image: {}\n", image(name)))
        .concat();
    let text = format!("x-base: &base\n  restart: always\n\nservices:\n{services}");
    let (after, says) = fixed(&[("compose.yml", &text)], &[]);
    let reason =
        "    security_opt: [] # no-new-privileges would stop the mail server, which needs setuid\n";
    assert!(after.contains(reason), "{after}");
    let of_smtp = says.lines().filter(|line| line.contains("`smtp` has no"));
    assert!(
        of_smtp.clone().count() > 0
            && !of_smtp
                .into_iter()
                .any(|line| line.contains("no-new-privileges")),
        "{says}"
    );
}

#[test]
fn a_workflow_that_only_reads_is_given_no_more() {
    let text = |step: &str| {
        format!(
            "on: [push, pull_request]\n\njobs:\n  a:\n    steps:\n      - uses: actions/checkout@v4\n{step}"
        )
    };
    let name = ".github/workflows/ci.yml";
    let (after, _) = fixed(
        &[(
            name,
            &text("      - uses: actions/setup-node@v4\n      - run: npm test\n"),
        )],
        &[],
    );
    assert!(
        after.starts_with("on: [push, pull_request]\n\npermissions:\n  contents: read\n\njobs:\n"),
        "{after}"
    );
    for step in [
        "      - run: git push\n",
        "      - run: npm publish\n",
        "      - uses: acme/unknown@v1\n",
        "      - run: curl -H \"Authorization: $TOKEN\"\n        env: {TOKEN: \"${{ github.token }}\"}\n",
    ] {
        let (after, _) = fixed(&[(name, &text(step))], &[]);
        assert!(!after.contains("permissions:"), "{after}");
    }
}
