//! `gonogo fix` leaves a fix to a person if surrounding files show that it would break something: how a file is
//! started, where, and what is in front of it.

use std::fs;

use crate::harness::World;

/// Returns the first of these files after the tree is fixed, and the account. Fixing it again changes nothing.
fn fixed(files: &[(&str, &str)]) -> (String, String) {
    fixed_with(files, &[])
}

fn fixed_with(files: &[(&str, &str)], args: &[&str]) -> (String, String) {
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

#[test]
fn no_variable_is_required_where_a_link_starts_the_file() {
    let text = "services:\n  db:\n    image: postgres:16\n    environment:\n      - POSTGRES_PASSWORD=shop\n    ports: [\"5432:5432\"]\n";
    let required = "${POSTGRES_PASSWORD:?set POSTGRES_PASSWORD}";
    let raw = "https://raw.githubusercontent.com/acme/shop/0a1b2c3/stack.yml";
    for readme in [
        format!(
            "[![Try in PWD](https://a.example/b.png)](http://play-with-docker.com?stack={raw})\n"
        ),
        format!("curl -fsSL {raw} | docker stack deploy -c - shop\n"),
        "Start it with `docker stack deploy -c stack.yml shop`.\n".to_owned(),
    ] {
        let (after, says) = fixed(&[("stack.yml", text), ("README.md", &readme)]);
        assert!(
            after.contains("POSTGRES_PASSWORD=shop\n"),
            "{readme}\n{after}"
        );
        assert!(says.contains("`--also required`"), "{readme}\n{says}");
    }
    for readme in [
        format!("The file is at <{raw}>.\n"),
        format!("curl -O {raw}\n\nPut the password into `.env`.\n"),
        "http://play-with-docker.com?stack=https://a.example/acme/shop/main/other.yml\n".to_owned(),
    ] {
        let (after, says) = fixed(&[("stack.yml", text), ("README.md", &readme)]);
        assert!(after.contains(required), "{readme}\n{after}\n{says}");
    }
}

#[test]
fn what_only_jobs_start_is_not_hardened() {
    let text = "services:\n  app:\n    image: acme/app:1\n  db:\n    image: mariadb:11\n";
    let job = "on: push\npermissions: {}\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: docker compose -f seeded.yml up -d\n      - run: docker commit app acme/app:data\n";
    let path = ".github/workflows/a.yml";
    let (after, says) = fixed(&[("seeded.yml", text), (path, job)]);
    assert_eq!(after, text, "{says}");
    // If others start it, too, or the job does so on another machine, it stays.
    let remote = job.replace("run: docker compose", "run: ssh shop docker compose");
    let readme = "docker compose -f seeded.yml up -d\n";
    for beside in [
        &[(path, job), ("README.md", readme)][..],
        &[(path, &remote)],
        &[],
    ] {
        let files = [&[("seeded.yml", text)], beside].concat();
        let (after, says) = fixed(&files);
        assert!(after.contains("no-new-privileges:true"), "{says}");
    }
}

#[test]
fn stand_ins_of_developers_are_bound_as_stores_are() {
    let text = "services:\n  db:\n    image: postgres:16\n    ports:\n      - 5432:5432\n  blobs:\n    image: mcr.microsoft.com/azure-storage/azurite\n    \
                ports:\n      - \"10000:10000\"\n      - 10001:10001\n  mail:\n    image: mailhog/mailhog:v1.0.1\n    ports:\n      - target: \
                8025\n        published: 8025\n        mode: host\n  post:\n    image: axllent/mailpit\n    ports: [\"1025:1025\"]\n  app:\n    \
                build: .\n    ports:\n      - 3000:3000\n";
    let (after, says) = fixed(&[("docker-compose.override.dev.yml", text)]);
    for bound in [
        "- 127.0.0.1:5432:5432\n",
        "- \"127.0.0.1:10000:10000\"\n",
        "- 127.0.0.1:10001:10001\n",
        "host_ip: 127.0.0.1\n",
        "[\"127.0.0.1:1025:1025\"]\n",
        "- 3000:3000\n",
    ] {
        assert!(after.contains(bound), "{bound}\n{after}\n{says}");
    }
    // It is unknown here who reads the mail of a deployed service.
    let mail = "services:\n  mail:\n    image: axllent/mailpit\n    ports: [\"8025:8025\"]\n";
    let (after, says) = fixed(&[("compose.yml", mail)]);
    assert!(after.contains("[\"8025:8025\"]"), "{after}");
    assert!(says.contains("`--also ports`"), "{says}");
}

#[test]
fn the_limit_of_logs_is_written_once() {
    let service = |name: &str| format!("  {name}:\n    image: a/{name}:1\n    restart: always\n");
    let root = "  mail:\n    image: acme/mail:1\n    restart: always\n  post:\n    image: acme/smtp:1\n    restart: always\n";
    let others = ["a", "b", "c"].map(service).concat();
    for services in [format!("{root}{others}"), format!("{others}{root}")] {
        let (after, says) = fixed_with(
            &[("compose.yml", &format!("services:\n{services}"))],
            &["--also", "logging"],
        );
        assert_eq!(after.matches("max-size").count(), 1, "{after}\n{says}");
        assert_eq!(
            after.matches("    logging: *default-logging\n").count(),
            2,
            "{after}\n{says}"
        );
        assert!(after.contains("  logging: &default-logging\n"), "{after}");
        assert_eq!(after.matches("<<: *defaults").count(), 3, "{after}");
    }
    // An existing block is given the anchor, and one that has an anchor is referred to by name.
    for (written, anchor) in [("", "default-logging"), (" &logs", "logs")] {
        let block = format!(
            "x-defaults: &defaults\n  security_opt:\n    - no-new-privileges:true\n  logging:{written}\n    driver: json-file\n    options:\n      \
             max-size: 10m\n      max-file: \"3\"\n"
        );
        let merging = others.replace("    restart", "    <<: *defaults\n    restart");
        let text = format!("{block}services:\n{merging}{root}");
        let (after, says) = fixed_with(&[("compose.yml", &text)], &["--also", "logging"]);
        assert_eq!(after.matches("max-size").count(), 1, "{after}\n{says}");
        assert!(
            after.contains(&format!("  logging: &{anchor}\n")),
            "{after}"
        );
        let named = format!("    logging: *{anchor}\n");
        assert_eq!(after.matches(&named).count(), 2, "{after}\n{says}");
    }
}

#[test]
fn an_old_nginx_is_not_asked_for_a_new_version() {
    let server = "server {\n  listen 443 ssl;\n  server_name a.test;\n  ssl_protocols TLSv1 TLSv1.1 TLSv1.2;\n  root /srv;\n}\n";
    let on = server.replace("  listen", "  ssl on;\n  listen");
    let old = "ssl_protocols TLSv1.2;";
    let new = "ssl_protocols TLSv1.2 TLSv1.3;";
    let path = "nginx/site.conf";
    for (text, beside, expected) in [
        (server, ("README.md", "# Shop\n"), new),
        (
            server,
            ("doc/install.md", "- Ubuntu 22.04 and 24.04\n"),
            new,
        ),
        (
            server,
            ("doc/manual/requirements.md", "- Ubuntu (18.04, 16.04)\n"),
            old,
        ),
        (server, ("README.md", "Debian Jessie or later\n"), old),
        (
            server,
            ("nginx/Dockerfile", "FROM nginx:1.12-alpine\n"),
            old,
        ),
        (&on, ("README.md", "# Shop\n"), old),
    ] {
        let (after, says) = fixed(&[(path, text), beside]);
        assert!(after.contains(expected), "{beside:?}\n{after}\n{says}");
    }
    // If nothing listens with TLS, versions do not matter.
    let http = "http {\n  server_tokens off;\n  ssl_protocols TLSv1 TLSv1.2; # no SSLv3\n  include /etc/nginx/conf.d/*.conf;\n}\n";
    let plain = "server {\n  listen 80;\n  root /srv;\n}\n";
    let (after, _) = fixed(&[("nginx/nginx.conf", http), ("nginx/conf.d/a.conf", plain)]);
    assert_eq!(after, http);
    let (after, _) = fixed(&[("nginx/nginx.conf", http), ("nginx/sites/a.conf", server)]);
    assert!(after.contains(new), "{after}");
}

#[test]
fn the_version_of_nginx_is_hidden_where_clients_reach_it() {
    let inner =
        "http {\n  include mime.types;\n  server {\n    listen 80;\n    root /srv;\n  }\n}\n";
    let outer = "http {\n  include /etc/nginx/conf.d/*.conf;\n}\n";
    let site = "server {\n  listen 80;\n  location / {\n    proxy_pass http://frontend;\n  }\n}\n";
    let path = "frontend/nginx.conf";
    let (after, _) = fixed(&[(path, inner)]);
    assert!(after.contains("server_tokens off;"), "{after}");
    let gateway = [
        ("gateway/nginx.conf", outer),
        ("gateway/default.conf.template", site),
    ];
    let (after, says) = fixed(&[&[(path, inner)], &gateway[..]].concat());
    assert_eq!(after, inner);
    assert!(
        says.contains("frontend/nginx.conf:1:1: low[nginx/server-tokens]"),
        "{says}"
    );
    // The server in front hides it, or is given a setting that does.
    let hidden = outer.replace("  include", "  server_tokens off;\n  include");
    let whole = format!("http {{\n{site}}}\n");
    for front in [
        &[("gateway/nginx.conf", &*hidden), gateway[1]][..],
        &[("gateway/nginx.conf", &*whole)],
    ] {
        let (after, says) = fixed(&[&[(path, inner)], front].concat());
        assert!(after.contains("server_tokens off;"), "{after}\n{says}");
    }
}

#[test]
fn a_readme_that_lists_the_file_is_changed_with_it() {
    let text = "services:\n  db:\n    image: mariadb:11\n    restart: always\n    ports:\n      - \"3306:3306\"\n  cache:\n    image: redis:7\n    restart: always\n    \
                ports:\n      - 6379:6379\n";
    let listing = "services:\n  db:\n    image: mariadb:11\n    ports:\n      - \"3306:3306\"\n    ...\n  store:\n    ports:\n      - 6379:6379\n";
    let readme = format!(
        "# Shop\n\nThe `compose.yml` is as follows:\n\n```yaml\n{listing}```\n\n```\n$ docker ps\nPORTS\n0.0.0.0:3306->3306/tcp   shop_db\n```\n"
    );
    let (after, says) = fixed(&[("README.md", &readme), ("compose.yml", text)]);
    let expected = readme.replace("- \"3306:3306\"", "- \"127.0.0.1:3306:3306\"");
    let expected = expected.replace("0.0.0.0:3306->3306/tcp   ", "127.0.0.1:3306->3306/tcp  ");
    assert_eq!(after, expected, "{says}");
    // What is not the same is named.
    let named = "also names what has changed: README.md:14\n";
    assert!(says.contains(named), "{says}");
    assert!(says.contains("fixed README.md\n"), "{says}");
}

#[test]
fn no_variable_is_required_that_documents_and_overlays_do_without() {
    let text = "services:\n  db:\n    image: mariadb:11\n    restart: always\n    environment:\n      MYSQL_ROOT_PASSWORD: ${DB_PASSWORD:-123}\n";
    let held = |beside: &[(&str, &str)]| {
        let (after, says) = fixed(&[&[("compose.yml", text)], beside].concat());
        assert!(after.contains("${DB_PASSWORD:-123}"), "{after}{says}");
        assert!(
            says.contains("`--also required`: compose.yml (db)"),
            "{says}"
        );
    };
    held(&[(
        "docs/env.md",
        "The environment: set `DB_PASSWORD` or the default is used.\n",
    )]);
    held(&[(
        "docs/env.md",
        "| environment |\n| `DB_PASSWORD` | Always (unless using a secrets file) |\n",
    )]);
    held(&[(
        "compose.secrets.yml",
        "services:\n  db:\n    environment:\n      MYSQL_ROOT_PASSWORD: !reset null\n      MYSQL_ROOT_PASSWORD_FILE: /run/secrets/a\n",
    )]);
    held(&[("README.md", "cd shop\ndocker compose up -d\n")]);
    let in_folder = ("docker/compose.yml", text);
    let (after, says) = fixed(&[
        in_folder,
        ("README.md", "```\ncd docker\ndocker compose up -d\n```\n"),
    ]);
    assert!(after.contains("${DB_PASSWORD:-123}"), "{after}{says}");
    for beside in [
        ("docs/env.md", "The environment: set `DB_PASSWORD`.\n"),
        (
            "other/compose.yml",
            "services:\n  db:\n    environment:\n      MYSQL_ROOT_PASSWORD: !reset null\n",
        ),
        ("README.md", "cd other\nThen see `docs`.\n"),
    ] {
        let (after, says) = fixed(&[("compose.yml", text), beside]);
        assert!(
            after.contains("${DB_PASSWORD:?set DB_PASSWORD}"),
            "{after}{says}"
        );
    }
}

#[test]
fn a_file_that_is_filled_in_takes_no_variables() {
    let text = "services:\n  app:\n    image: acme/shop:1\n    restart: always\n    environment:\n      APP_SECRET: REPLACE_WITH_LONG_SECRET\n";
    let (after, says) = fixed(&[("compose.yml", text)]);
    assert!(
        after.contains("APP_SECRET: REPLACE_WITH_LONG_SECRET\n"),
        "{after}"
    );
    assert!(says.contains("`--also required`"), "{says}");
    let other = format!("{text}      A: ${{A}}\n");
    let (after, says) = fixed(&[("compose.yml", &other)]);
    assert!(
        after.contains("${APP_SECRET:?set APP_SECRET}"),
        "{after}{says}"
    );
}

#[test]
fn a_port_that_documents_open_from_elsewhere_stays() {
    let text = "services:\n  mq:\n    image: rabbitmq:4-management\n    restart: always\n    ports: [\"15672:15672\"]\n";
    let (after, says) = fixed(&[
        ("compose.yml", text),
        (
            "docs/faq.md",
            "Open `http://<server-ip>:15672` to see the queues.\n",
        ),
    ]);
    assert!(after.contains("[\"15672:15672\"]"), "{after}");
    assert!(
        says.contains("(some are reached from elsewhere: docs/faq.md:1)"),
        "{says}"
    );
    let (after, _) = fixed(&[
        ("compose.yml", text),
        (
            "docs/faq.md",
            "Open `http://localhost:15672` to see the queues.\n",
        ),
    ]);
    assert!(after.contains("127.0.0.1:15672:15672"), "{after}");
}

#[test]
fn a_store_is_known_by_what_it_is_given() {
    let text = "services:\n  db:\n    image: ${DB_IMAGE:?error}\n    restart: always\n    environment:\n      MYSQL_ROOT_PASSWORD: ${DB_PASSWORD:?error}\n    ports:\n      - \"${DB_PORT:?error}:${DB_INNER:?error}\"\n";
    let (after, says) = fixed(&[("compose.yml", text)]);
    assert!(after.contains("\"127.0.0.1:${DB_PORT"), "{after}{says}");
    for other in [
        text.replace("  db:", "  app:"),
        text.replace("MYSQL_ROOT_PASSWORD", "APP_PASSWORD"),
        text.replace("${DB_IMAGE:?error}", "acme/app:1"),
    ] {
        let (after, says) = fixed(&[("compose.yml", &other)]);
        assert!(!after.contains("127.0.0.1"), "{after}{says}");
    }
}

#[test]
fn defaults_that_a_sample_repeats_stay() {
    let text = "services:\n  db:\n    image: mariadb:11\n    restart: always\n    environment:\n      MYSQL_ROOT_PASSWORD: ${DB_PASSWORD:-123}\n      MYSQL_PASSWORD: ${SHOP_PASSWORD:-shop}\n";
    // One of them is enough: all that people made up stay together.
    let sample = ("example.env", "DB_PASSWORD=123\n");
    let (after, says) = fixed(&[("compose.yml", text), sample]);
    assert!(!after.contains(":?"), "{after}{says}");
    let sample = ("example.env", "DB_PASSWORD=\n");
    let (after, says) = fixed(&[("compose.yml", text), sample]);
    assert_eq!(after.matches(":?").count(), 2, "{after}{says}");
}

#[test]
fn actions_are_pinned_together() {
    let workflow = |other: &str| {
        format!(
            "on: push\npermissions: {{}}\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v3.7.0\n      - uses: {other}\n"
        )
    };
    let path = ".github/workflows/a.yml";
    let tag = workflow("docker/build-push-action@v6");
    let (after, says) = fixed(&[(path, &tag)]);
    assert_eq!(after, tag, "{says}");
    let commit = workflow(&format!("acme/other@{}", "0a".repeat(20)));
    let (after, says) = fixed(&[(path, &commit)]);
    assert!(!after.contains("checkout@v3"), "{after}{says}");
}
