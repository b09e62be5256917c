//! Judges the purpose of files in small trees.

use std::collections::BTreeMap;

use crate::audit::{Environment, Files, Policy, Project, Source};

/// A complete tree of files.
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

/// Returns why only developers use the first of the files.
pub(super) fn why(files: &[(&str, &str)]) -> Option<String> {
    with(files, |project| project.development(files[0].0))
}

#[track_caller]
pub(super) fn check(files: &[(&str, &str)], expected: &str) {
    let why = why(files);
    assert!(
        why.as_ref().is_some_and(|it| it.contains(expected)),
        "{why:?}"
    );
}

#[track_caller]
pub(super) fn deployed(files: &[(&str, &str)]) {
    assert_eq!(why(files), None);
}

pub(super) const CHART: (&str, &str) = ("charts/shop/Chart.yaml", "apiVersion: v2\nname: shop\n");
pub(super) const STORE: (&str, &str) = (
    "compose.yaml",
    "services:\n  db:\n    image: postgres:16\n    ports: ['5432:5432']\n",
);

pub(super) fn compose(text: &str) -> (&str, &str) {
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
    // A server may have only a store.
    let kept = STORE
        .1
        .replace("    ports", "    restart: always\n    ports");
    deployed(&[compose(&kept), CHART]);
    // A broker built in-house is a program like any other.
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
    // Programs that their users host stay deployed.
    deployed(&[compose(mounts), ("README.md", &page("Installation"))]);
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
    check(&[script, stack], "uses it");
    check(&[key, image, stack], "uses it");
    check(&[image, stack], "uses it");
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
    check(&[own, stack], "uses it");
    deployed(&[own, stack, builds]);
    deployed(&[own, stack, CHART]);
}

#[test]
fn what_a_file_for_developers_names_is_for_them() {
    let stack = "services:\n  web:\n    build: .\n    environment: {ENVIRONMENT: local}\n    env_file: web.env\n    secrets: [key]\n  cache:\n    image: redis:7\n    volumes: ['./redis.conf:/etc/redis.conf']\nsecrets:\n  key:\n    file: ./key.txt\n";
    let by_path = stack.replace("    environment: {ENVIRONMENT: local}\n", "");
    let other = "services:\n  cache:\n    image: redis:7\n    volumes: ['./redis.conf:/etc/redis.conf']\n  web:\n    build: .\n    env_file: web.env\n    secrets: [key]\nsecrets:\n  key: {file: ./key.txt}\n";
    for (file, line) in [("redis.conf", 9), ("web.env", 5), ("key.txt", 12)] {
        let own = (file, "password x\n");
        let place = Some(("compose.yaml", line));
        check_judged(&[own, compose(stack)], Environment::Development, place);
        let by_name = ("compose.dev.yaml", &*by_path);
        assert_eq!(judged(&[own, by_name]).0, Environment::Development);
        assert_eq!(judged(&[own, compose(&by_path)]).0, Environment::Unknown);
        let also = ("compose.prod.yaml", other);
        assert_eq!(judged(&[own, compose(stack), also]).0, Environment::Unknown);
        let script = ("deploy.sh", "scp redis.conf web.env key.txt host:\n");
        assert_eq!(
            judged(&[own, compose(stack), script]).0,
            Environment::Unknown
        );
    }
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

/// Returns the judgement on the first of the files.
pub(super) fn judged(files: &[(&str, &str)]) -> (Environment, Option<(String, u32)>) {
    let judged = with(files, |project| project.environment(files[0].0));
    let place = judged.sign.and_then(|sign| sign.place);
    (judged.environment, place)
}

#[track_caller]
fn check_judged(files: &[(&str, &str)], expected: Environment, place: Option<(&str, u32)>) {
    let (environment, at) = judged(files);
    let at = at.as_ref().map(|(path, line)| (path.as_str(), *line));
    assert_eq!((environment, at), (expected, place));
}

pub(super) const BUILDS: &str = "services:\n  web:\n    build: .\n  db:\n    image: postgres:16\n";

#[test]
fn every_judgement_names_the_line_that_shows_it() {
    use Environment::{Deployed, Development, Unknown};
    let local = format!("{BUILDS}    environment:\n      APP_ENV: local\n");
    check_judged(&[compose(&local)], Development, Some(("compose.yaml", 7)));
    let production = local.replace("local", "production");
    let production = production.replace("  db:\n    image: postgres:16\n", "");
    check_judged(&[compose(&production)], Deployed, Some(("compose.yaml", 5)));
    check_judged(&[compose(BUILDS)], Unknown, None);
    let page = (
        "README.md",
        "# A\n\n## Development\n\n    docker compose up\n",
    );
    check_judged(
        &[compose(BUILDS), page],
        Development,
        Some(("README.md", 5)),
    );
    let page = (
        "README.md",
        "# A\n\n## Production\n\n    docker compose up\n",
    );
    check_judged(&[compose(BUILDS), page], Deployed, Some(("README.md", 5)));
    let script = ("deploy.sh", "#!/bin/sh\ndocker compose pull\n");
    check_judged(&[compose(&local), script], Deployed, Some(("deploy.sh", 2)));
    let comment = format!("# Shop\n# For local development.\n{BUILDS}");
    check_judged(&[compose(&comment)], Development, Some(("compose.yaml", 2)));
    check_judged(&[("docker-compose.dev.yml", BUILDS)], Development, None);
    check_judged(
        &[("docker-compose.override.yml", BUILDS)],
        Development,
        None,
    );
    check_judged(&[("docs/compose.yaml", BUILDS)], Unknown, None);
}

#[test]
fn of_each_pair_one_wins() {
    use Environment::{Deployed, Development, Unknown};
    let comment = format!("# For local development.\n{BUILDS}");
    let installs = (
        "README.md",
        "# A\n\n## Installation\n\n    docker compose up\n",
    );
    let develops = ("CONTRIBUTING.md", "# Setup\n\nRun `docker compose up`.\n");
    let deploys = ("docs/deploy.md", "    docker compose up\n");
    let of = |files: &[(&str, &str)]| judged(files).0;
    let kept = |text: &str| text.replace("    build: .\n", "    build: .\n    restart: always\n");
    let published = |text: &str| {
        let image = "    image: ghcr.io/acme/shop:1\n    restart: always\n";
        text.replace("    build: .\n", image)
    };
    // A statement in the file itself takes precedence.
    assert_eq!(of(&[compose(&published(&comment))]), Development);
    assert_eq!(of(&[compose(&comment), installs]), Development);
    assert_eq!(of(&[compose(&comment), deploys]), Development);
    assert_eq!(of(&[("prod/compose.yaml", &comment)]), Development);
    // A sign of developers only outweighs a restart policy and a page for users.
    let stage = BUILDS.replace("build: .", "build: {context: ., target: dev}");
    assert_eq!(of(&[compose(&kept(&stage)), installs]), Development);
    assert_eq!(of(&[compose(&kept(&stage)), deploys]), Deployed);
    let stage = published(BUILDS).replace("1\n", "1\n    env_file: .env.dev\n");
    assert_eq!(of(&[compose(&stage)]), Deployed);
    // A setting does so only without a restart policy.
    let setting = BUILDS.replace("build: .\n", "build: .\n    environment: {APP_ENV: dev}\n");
    assert_eq!(of(&[compose(&setting), installs]), Development);
    let all_kept = kept(&setting).replace("postgres:16", "postgres:16\n    restart: always");
    assert_eq!(of(&[compose(&all_kept)]), Unknown);
    // A program that restarts until its store is up is started by hand.
    assert_eq!(of(&[compose(&kept(&setting))]), Development);
    assert_eq!(of(&[compose(&kept(BUILDS))]), Unknown);
    // A page for users outweighs one for developers, and one about deployment outweighs both.
    assert_eq!(of(&[compose(BUILDS), develops]), Development);
    assert_eq!(of(&[compose(BUILDS), develops, installs]), Unknown);
    assert_eq!(of(&[compose(BUILDS), develops, deploys]), Deployed);
    assert_eq!(of(&[compose(&kept(BUILDS)), develops]), Unknown);
}

#[test]
fn what_is_worked_on_while_it_runs_is_for_developers() {
    use Environment::{Deployed, Development, Unknown};
    let app = |lines: &str| format!("services:\n  web:\n    build: .\n{lines}");
    let image = |folder: &str| format!("FROM node:22\nWORKDIR {folder}\nCOPY . .\n");
    let mounts = app("    volumes: ['./:/app']\n");
    let of = |text: &str, image: &str| judged(&[compose(text), ("Dockerfile", image)]).0;
    assert_eq!(of(&mounts, &image("/app")), Development);
    assert_eq!(
        of(&app("    volumes: ['./src:/app/src']\n"), &image("/app")),
        Development
    );
    // A mount at another path does not cover the program.
    assert_eq!(of(&mounts, &image("/usr/share/nginx/html")), Unknown);
    assert_eq!(
        of(&app("    volumes: ['./:/app:ro']\n"), &image("/app")),
        Unknown
    );
    assert_eq!(
        of(&app("    volumes: ['./data:/app/data']\n"), &image("/app")),
        Unknown
    );
    let kept = mounts.replace("build: .", "build: .\n    restart: unless-stopped");
    assert_eq!(of(&kept, &image("/app")), Unknown);
    let installs = (
        "README.md",
        "# A\n\n## Installation\n\n    docker compose up\n",
    );
    assert_eq!(judged(&[compose(&mounts), installs]).0, Unknown);
    for command in [
        "yarn dev",
        "rails s",
        "mix phx.server",
        "./gradlew :api:bootRun",
        "sleep infinity",
    ] {
        let served = format!("{mounts}    command: {command}\n");
        assert_eq!(
            judged(&[compose(&served), installs]).0,
            Development,
            "{command}"
        );
        let bare = served.replace("build: .", "image: node:22");
        assert_eq!(
            judged(&[compose(&bare), installs]).0,
            Development,
            "{command}"
        );
        let kept = served.replace("build: .", "build: .\n    restart: always");
        assert_eq!(judged(&[compose(&kept)]).0, Unknown, "{command}");
        let page = (
            "docs/hosting.md",
            "## Self-hosting\n\n    docker compose up\n",
        );
        assert_eq!(judged(&[compose(&served), page]).0, Deployed, "{command}");
    }
    let served = app("    command: npm run dev\n");
    assert_eq!(judged(&[compose(&served)]).0, Development);
    assert_eq!(judged(&[compose(&served), installs]).0, Unknown);
    assert_eq!(
        judged(&[compose(&app("    command: npm start\n"))]).0,
        Unknown
    );
}

#[test]
fn the_env_file_beside_it_says_what_a_compose_file_is_for() {
    use Environment::{Deployed, Development, Unknown};
    let of = |text: &str| judged(&[compose(BUILDS), (".env", text)]).0;
    for text in [
        "RESTART_POLICY=no\n",
        "SHOP_INSTANCE=dev\n",
        "APP_ENV=local\n",
    ] {
        assert_eq!(of(text), Development, "{text}");
    }
    assert_eq!(
        of("COMPOSE_FILE=compose.yaml:compose.dev.yaml\n"),
        Development
    );
    assert_eq!(of("COMPOSE_FILE=other.yaml:other.dev.yaml\n"), Unknown);
    assert_eq!(of("APP_ENV=production\n"), Deployed);
    assert_eq!(of("RESTART_POLICY=always\n"), Unknown);
}

#[test]
fn stores_beside_a_program_are_for_those_who_change_it() {
    use Environment::{Development, Unknown};
    let program = ("package.json", "{}\n");
    assert_eq!(judged(&[STORE, program]).0, Development);
    let page =
        |more: &str| format!("# A\n\n## Getting started\n\n    docker compose up -d\n{more}");
    let installs = page("");
    assert_eq!(
        judged(&[STORE, program, ("README.md", &installs)]).0,
        Unknown
    );
    let followed = page("    npm install\n    npm run dev\n");
    assert_eq!(
        judged(&[STORE, program, ("README.md", &followed)]).0,
        Development
    );
    let next = page("\n## Starting the app\n\n* `mix phx.server` starts it\n");
    assert_eq!(
        judged(&[STORE, program, ("README.md", &next)]).0,
        Development
    );
    let kept = STORE
        .1
        .replace("    ports", "    restart: always\n    ports");
    assert_eq!(judged(&[compose(&kept), program]).0, Unknown);
}

#[test]
fn what_workspaces_start_is_for_developers() {
    use Environment::{Development, Unknown};
    let container = |by: &'static str, text: &'static str| judged(&[compose(BUILDS), (by, text)]).0;
    let of_container =
        "{\n  // compose.yaml is it\n  \"dockerComposeFile\": \"../compose.yaml\"\n}\n";
    assert_eq!(
        container(".devcontainer/devcontainer.json", of_container),
        Development
    );
    assert_eq!(
        container("Tiltfile", "docker_compose('compose.yaml')\n"),
        Development
    );
    assert_eq!(
        container(".gitpod.yml", "tasks:\n- command: docker compose up\n"),
        Development
    );
    assert_eq!(
        container("bin/dev", "#!/bin/sh\ndocker compose up\n"),
        Development
    );
    assert_eq!(
        container("shop-dev", "#!/bin/sh\ndocker compose up\n"),
        Unknown
    );
    assert_eq!(
        container("bin/start", "#!/bin/sh\ndocker compose up\n"),
        Unknown
    );
    assert_eq!(container("Tiltfile", "# compose.yaml\n"), Unknown);
    let installs = (
        "README.md",
        "# A\n\n## Installation\n\n    docker compose up\n",
    );
    let by = (".gitpod.yml", "tasks:\n- command: docker compose up\n");
    assert_eq!(judged(&[compose(BUILDS), by, installs]).0, Unknown);
}

#[test]
fn a_file_below_one_for_production_is_deployed_with_it() {
    use Environment::{Development, Unknown};
    let mounts = "services:\n  web:\n    build: .\n    volumes: ['./:/app']\n";
    let whole = (
        "compose.prod.yml",
        "services:\n  web:\n    image: acme/shop:1\n",
    );
    let laid_over = (
        "compose.prod.yml",
        "services:\n  web:\n    restart: always\n",
    );
    let builds = "services:\n  web:\n    build: .\n";
    assert_eq!(judged(&[compose(mounts), whole]).0, Development);
    assert_eq!(judged(&[compose(builds), whole]).0, Development);
    assert_eq!(judged(&[compose(mounts), laid_over]).0, Unknown);
    let extends =
        "services:\n  web:\n    extends: {file: compose.yaml, service: web}\n    restart: always\n";
    assert_eq!(
        judged(&[compose(builds), ("compose.prod.yml", extends)]).0,
        Unknown
    );
}

/// Programs that users install stay deployed, whatever developers do with them.
#[test]
fn self_hosted_programs_stay_deployed() {
    let builds = "services:\n  app:\n    build: .\n    ports: ['8000:8000']\n    volumes: ['.:/opt/app:ro', './data:/var/uploads']\n    restart: always\n  db:\n    image: mariadb:10\n    restart: always\n";
    let contributing = (
        "CONTRIBUTING.md",
        "# Contributing\n\nRun `docker compose up`.\n",
    );
    let chart = ("k8s/app.yaml", "kind: Service\n");
    let program = ("package.json", "{}\n");
    for page in [
        "# App\n\n## Install\n\n    docker compose up -d\n",
        "# App\n\n## Quick start\n\n1. `docker compose up -d`\n",
        "# App\n\n## Self-hosting\n\n    docker compose up -d\n\n## Development\n\n    docker compose up\n",
    ] {
        deployed(&[compose(builds), ("README.md", page), contributing, program]);
        let image = builds.replace("build: .", "image: acme/app:latest");
        deployed(&[compose(&image), ("README.md", page), contributing, program]);
        let bare = "services:\n  app:\n    image: acme/app:latest\n  db:\n    image: postgres:16\n";
        deployed(&[compose(bare), ("README.md", page), program, chart]);
    }
}

#[test]
fn what_is_started_in_another_folder_is_another_file() {
    use Environment::{Deployed, Development};
    let suite = (
        "tools/suite/docker-compose.yml",
        "services:\n  db:\n    image: mysql:8\n    environment:\n      MYSQL_DATABASE: test\n",
    );
    let own = (
        "docker-compose.yml",
        "services:\n  web:\n    image: acme/shop\n",
    );
    let release = (
        ".github/workflows/release.yml",
        "jobs:\n  a:\n    steps:\n    - name: b\n      run: ssh host 'docker compose up -d'\n",
    );
    assert_eq!(judged(&[suite, own, release]).0, Development);
    assert_eq!(judged(&[own, suite, release]).0, Deployed);
    // If there is only one, the script means that one.
    assert_eq!(judged(&[suite, release]).0, Deployed);
}

#[test]
fn what_a_file_says_of_developers_counts_unless_it_is_kept_running() {
    use Environment::{Development, Unknown};
    let of = |text: &str| judged(&[("compose.yaml", text)]).0;
    for text in [
        "name: shop-dev\nservices:\n  web:\n    image: acme/shop\n",
        "services:\n  web:\n    image: shop:test\n    build: .\n",
        "services:\n  web:\n    build: .\n    volumes: ['./shop:/code/shop']\n    command: [watchmedo, auto-restart, --, gunicorn, shop.wsgi]\n",
        "services:\n  web:\n    build: .\n    volumes: ['./shop:/code/shop']\n    command: gunicorn --reload shop.wsgi\n",
    ] {
        assert_eq!(of(text), Development, "{text}");
    }
    for text in [
        "name: shop\nservices:\n  web:\n    image: acme/shop\n",
        "name: devices\nservices:\n  web:\n    image: acme/shop\n",
        "services:\n  web:\n    image: acme/shop:dev\n",
        "services:\n  web:\n    build: .\n    volumes: ['./shop:/code/shop']\n    command: gunicorn shop.wsgi\n",
    ] {
        assert_eq!(of(text), Unknown, "{text}");
    }
    let kept = "name: shop-dev\nservices:\n  web:\n    image: acme/shop\n    restart: always\n";
    assert_ne!(of(kept), Development);
}

#[test]
fn what_is_out_of_use_is_not_deployed() {
    let settings = ("old/etl/.env.archive", "DB_PASSWORD=hunter\n");
    let page = |path: &'static str, text: &'static str| why(&[settings, (path, text)]);
    let gone = "**This server is no longer used!**\n\n# ETL\n";
    let expected = "out of use: `old/README.md:1` says so";
    assert_eq!(page("old/README.md", gone).as_deref(), Some(expected));
    assert!(page("old/etl/README.md", gone).is_some());
    assert_eq!(page("old/web/README.md", gone), None);
    // A page about the whole project, which may well run somewhere.
    assert_eq!(page("README.md", gone), None);
    assert_eq!(
        page("old/README.md", "# ETL\n\nThis server is used.\n"),
        None
    );
}

#[test]
fn env_files_of_databases_on_the_machine_are_for_developers() {
    let local = (
        "shop.env",
        "DB_HOST=localhost\nDB_NAME=shop_dev\nDB_PASSWORD=a\n",
    );
    check(&[local], "`DB_NAME` names a database");
    let served = ("shop.env", "DB_HOST=db\nDB_NAME=shop_dev\nDB_PASSWORD=a\n");
    deployed(&[served]);
}
