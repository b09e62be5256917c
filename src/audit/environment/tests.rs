//! What files are for, in small trees.

use std::collections::BTreeMap;

use crate::audit::{Files, Policy, Project, Source};

/// A tree of files that are all there is.
struct Tree(BTreeMap<String, String>);

impl Files for Tree {
    fn read(&self, path: &str) -> Option<Vec<u8>> {
        Some(self.0.get(path)?.clone().into_bytes())
    }

    fn is_whole(&self) -> bool {
        true
    }
}

fn with<T>(files: &[(&str, &str)], ask: impl FnOnce(&Project<'_>) -> T) -> T {
    let owned = files.iter();
    let owned = owned.map(|(path, text)| ((*path).to_owned(), (*text).to_owned()));
    let tree = Tree(owned.collect());
    let sources = files
        .iter()
        .filter_map(|(path, text)| Source::claim(path, text.as_bytes()));
    let paths = files.iter().map(|(path, _)| (*path).to_owned());
    let policy = Policy::default();
    ask(&Project::new(sources, paths, &tree, &policy))
}

/// Why only developers use the first of the files.
fn why(files: &[(&str, &str)]) -> Option<String> {
    with(files, |project| project.development(files[0].0))
}

#[track_caller]
fn check(files: &[(&str, &str)], expected: &str) {
    let why = why(files);
    assert!(
        why.as_ref().is_some_and(|it| it.contains(expected)),
        "{why:?}"
    );
}

#[track_caller]
fn deployed(files: &[(&str, &str)]) {
    assert_eq!(why(files), None);
}

const CHART: (&str, &str) = ("charts/shop/Chart.yaml", "apiVersion: v2\nname: shop\n");
const STORE: (&str, &str) = (
    "compose.yaml",
    "services:\n  db:\n    image: postgres:16\n    ports: ['5432:5432']\n",
);

fn compose(text: &str) -> (&str, &str) {
    ("compose.yaml", text)
}

#[test]
fn stores_alone_are_for_the_desk_where_something_else_is_deployed() {
    check(&[STORE, CHART], "`charts/shop/Chart.yaml` deploys");
    check(&[STORE, ("Procfile", "web: puma\n")], "Procfile");
    check(
        &[
            STORE,
            (
                ".github/workflows/cd.yml",
                "jobs:\n  a:\n    steps:\n    - run: kubectl apply -f x\n",
            ),
        ],
        "cd.yml",
    );
    check(&[STORE, ("fly.toml", "app = 'shop'\n")], "fly.toml");
    deployed(&[STORE]);
    // Samples deploy nothing.
    deployed(&[STORE, ("docs/examples/Procfile", "web: puma\n")]);
    // A server may have nothing but a store.
    let kept = STORE
        .1
        .replace("    ports", "    restart: always\n    ports");
    deployed(&[compose(&kept), CHART]);
    // A broker of one's own is a program like any other.
    let broker = "services:\n  db:\n    image: postgres:16\n  hub:\n    image: acme/hub:1\n";
    deployed(&[compose(broker), CHART]);
}

#[test]
fn settings_say_what_they_run() {
    let app = |more: &str| {
        format!("services:\n  web:\n    build: .\n{more}  db:\n    image: postgres:16\n")
    };
    for (more, expected) in [
        (
            "    environment:\n      NODE_ENV: development\n",
            "`NODE_ENV` is `development`",
        ),
        (
            "    environment:\n    - APP_ENVIRONMENT=local\n",
            "is `local`",
        ),
        ("    env_file: config/.env.dev.txt\n", ".env.dev.txt"),
        (
            "    env_file:\n    - path: .env.development\n",
            ".env.development",
        ),
        ("  mail:\n    image: axllent/mailpit:1\n", "mailpit"),
    ] {
        check(&[compose(&app(more))], expected);
    }
    let target = "services:\n  web:\n    build: {context: ., target: api-development}\n";
    check(&[compose(target)], "api-development");
    let test =
        "services:\n  db:\n    image: postgres:16\n    environment:\n    - POSTGRES_DB=test\n";
    check(&[compose(test)], "`POSTGRES_DB` is `test`");
    let names = test.replace("=test", "=shop,shop_test");
    check(&[compose(&names)], "shop_test");
    deployed(&[compose(&test.replace("=test", "=contest"))]);
    deployed(&[compose(&app(
        "    environment:\n      NODE_ENV: ${NODE_ENV}\n",
    ))]);
}

#[test]
fn what_is_deployed_is_so_whatever_else_it_shows() {
    let published = "services:\n  web:\n    image: ghcr.io/acme/shop:1\n    restart: always\n    env_file: .env.dev\n";
    deployed(&[compose(published), CHART]);
    let kept = "services:\n  web:\n    build: .\n    restart: unless-stopped\n    environment: {NODE_ENV: development}\n    volumes: ['.:/app']\n";
    deployed(&[compose(kept), CHART]);
    let local = "services:\n  web:\n    build: .\n    environment: {NODE_ENV: local}\n";
    check(&[compose(local)], "local");
    deployed(&[("docker/production/compose.yaml", local)]);
    deployed(&[("docker-compose.prod.yml", local)]);
    let page = (
        "README.md",
        "# Shop\n\n## Deployment\n\n```\ndocker compose up -d\n```\n",
    );
    deployed(&[compose(local), page]);
    let by = ".github/workflows/deploy.yml";
    let step = "jobs:\n  a:\n    steps:\n    - run: ssh host 'cd shop && docker compose pull'\n";
    deployed(&[compose(local), (by, step)]);
    check(
        &[
            compose(local),
            (
                ".github/workflows/test.yml",
                &step.replace("ssh host 'cd shop && ", "'"),
            ),
        ],
        "local",
    );
    let both = "services:\n  web:\n    build: .\n    environment: [NODE_ENV=production]\n  mail:\n    image: mailhog/mailhog\n";
    deployed(&[compose(both)]);
}

#[test]
fn a_program_that_is_built_is_for_the_desk_where_another_way_is_described() {
    let builds = "services:\n  web:\n    build: .\n  db:\n    image: postgres:16\n";
    check(&[compose(builds), CHART], "it builds the program");
    deployed(&[compose(builds)]);
    let page = |heading: &str| format!("# Shop\n\n## {heading}\n\n    docker compose up\n");
    deployed(&[compose(builds), CHART, ("README.md", &page("Installation"))]);
    check(
        &[compose(builds), ("README.md", &page("Local development"))],
        "README.md:5",
    );
    let mounts = "services:\n  web:\n    build: .\n    volumes: ['./:/app']\n";
    check(
        &[compose(mounts), CHART, ("README.md", &page("Installation"))],
        "mounts the source",
    );
    // So do programs that are hosted by those who use them.
    deployed(&[compose(mounts)]);
    let data = "services:\n  web:\n    build: .\n    volumes: ['./data:/app/data']\n";
    deployed(&[compose(data), CHART, ("README.md", &page("Installation"))]);
}

#[test]
fn what_only_they_use_is_for_developers_too() {
    let stack = "services:\n  web:\n    build: .\n    environment: {ENVIRONMENT: local}\n  proxy:\n    build: docker/proxy\n  cloud:\n    image: localstack/localstack\n    volumes: ['./docker/init.sh:/etc/localstack/init/ready.d/init.sh']\n";
    let script = ("docker/init.sh", "awslocal x\n");
    let key = ("docker/proxy/key.pem", "x\n");
    let image = ("docker/proxy/Dockerfile", "FROM nginx:1\nCOPY key.pem /\n");
    let stack = ("compose.yaml", stack);
    check(&[script, stack], "only `compose.yaml` uses it");
    check(&[key, image, stack], "only `compose.yaml` uses it");
    check(&[image, stack], "only `compose.yaml` uses it");
    let production = (
        "compose.prod.yml",
        "services:\n  proxy:\n    build: docker/proxy\n",
    );
    deployed(&[key, image, stack, production]);
    let builds = (
        ".github/workflows/build.yml",
        "jobs:\n  a:\n    steps:\n    - run: docker build docker/proxy\n",
    );
    deployed(&[key, image, stack, builds]);
    let own = ("Dockerfile", "FROM node:22\n");
    check(&[own, stack], "only `compose.yaml` uses it");
    deployed(&[own, stack, builds]);
    deployed(&[own, stack, CHART]);
}

#[test]
fn files_are_for_those_whose_scripts_put_them_into_place() {
    let file = ("config/database.docker.yml", "password: x\n");
    let local = (
        "docker/local-setup.sh",
        "cp config/database.docker.yml config/database.yml\n",
    );
    check(&[file, local], "`docker/local-setup.sh:1`");
    let start = (
        "docker/entrypoint.sh",
        "cp config/database.docker.yml config/database.yml\n",
    );
    deployed(&[file, local, start]);
    deployed(&[file]);
}

#[test]
fn env_files_say_what_they_are_for() {
    check(
        &[(".env", "APP_ENV=local\nAPP_KEY=x\n")],
        "`APP_ENV` is `local`",
    );
    deployed(&[(".env", "APP_ENV=production\nNODE_ENV=development\n")]);
    deployed(&[(".env", "APP_ENV=local\nDB_HOST=db.acme.io\n")]);
}

#[test]
fn samples_that_are_put_into_place_as_they_are_are_told() {
    let place = |files: &[(&str, &str)]| with(files, |it| it.installed(".env.example", "APP_KEY"));
    let sample = (".env.example", "APP_ENV=production\nAPP_KEY=x\n");
    let start = |text| [sample, ("docker/entrypoint.sh", text)];
    let copies = "#!/bin/sh\ncp .env.example .env\n";
    assert_eq!(
        place(&start(copies)).as_deref(),
        Some("docker/entrypoint.sh:2")
    );
    let asks =
        format!("{copies}if ! grep -q '^APP_KEY=.' .env; then\n  php artisan key:generate\nfi\n");
    assert_eq!(
        place(&start(&asks)).as_deref(),
        Some("docker/entrypoint.sh:2")
    );
    assert_eq!(
        place(&start(&format!("{copies}php artisan key:generate\n"))),
        None
    );
    assert_eq!(
        place(&[sample, ("README.md", "cp .env.example .env\n")]),
        None
    );
    assert_eq!(
        place(&[
            sample,
            (
                ".github/workflows/test.yml",
                "- run: cp .env.example .env\n"
            )
        ]),
        None
    );
    assert_eq!(place(&[sample, ("dev/setup.sh", copies)]), None);
    assert_eq!(
        place(&[sample, ("Makefile", "dist:\n\tcp -r .env.example dist\n")]),
        None
    );
    let image = [
        sample,
        ("Dockerfile", "FROM php:8\nCOPY .env.example .env\n"),
    ];
    assert_eq!(place(&image).as_deref(), Some("Dockerfile:2"));
    let local = (".env.example", "APP_ENV=local\nAPP_KEY=x\n");
    assert_eq!(place(&[local, ("docker/entrypoint.sh", copies)]), None);
}
