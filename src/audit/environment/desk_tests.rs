//! Judges what tasks, pipelines and scripts of developers start.

use crate::audit::Environment;

use super::tests::{BUILDS, CHART, STORE, check, compose, deployed, judged, why};

#[test]
fn tasks_say_for_whom_they_start_something() {
    use Environment::{Deployed, Development, Unknown};
    let of = |path: &str, text: &str| judged(&[compose(BUILDS), (path, text)]).0;
    for (path, text) in [
        (
            "Makefile",
            "dev:\n\tdocker compose up -d\ndown:\n\tdocker compose down\n",
        ),
        (
            "justfile",
            "test-integration:\n    docker compose up -d db\n",
        ),
        (
            "package.json",
            "{\n  \"scripts\": {\n    \"dev\": \"docker compose up -d\"\n  }\n}\n",
        ),
        (
            "mise.toml",
            "[tasks.db-start]\nrun = \"docker compose up -d\"\n",
        ),
    ] {
        assert_eq!(of(path, text), Development, "{path}");
    }
    for text in [
        "up:\n\tdocker compose up -d\n",
        "dev:\n\tdocker compose up\n\nstart:\n\tdocker compose up -d\n",
    ] {
        assert_eq!(of("Makefile", text), Unknown, "{text}");
    }
    for text in [
        "dev:\n\tdocker compose up\n\ndeploy:\n\tdocker compose up -d\n",
        "deploy:\n\tdocker compose up -d\n",
        "up:\n\tssh host 'docker compose up -d'\n",
    ] {
        assert_eq!(of("Makefile", text), Deployed, "{text}");
    }
    // Beside a task that logs in to a server, one for developers deploys nothing.
    let both = "dev:\n\tdocker compose up\n\nlogs:\n\tssh host journalctl\n";
    assert_eq!(of("Makefile", both), Development);
    let kept = BUILDS.replace("build: .", "build: .\n    restart: always");
    let dev = ("Makefile", "dev:\n\tdocker compose up\n");
    assert_eq!(judged(&[compose(&kept), dev]).0, Unknown);
}

#[test]
fn what_only_tests_of_pipelines_start_is_not_deployed() {
    use Environment::{Deployed, Development, Unknown};
    let named = ("docker/docker-compose.database.yml", BUILDS);
    let tests = (
        ".github/workflows/backend-test.yml",
        "jobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n    - run: docker compose -f docker/docker-compose.database.yml up -d\n",
    );
    assert_eq!(judged(&[named, tests]).0, Development);
    assert_eq!(judged(&[named]).0, Unknown);
    let own = tests
        .1
        .replace("backend", "b")
        .replace("- run: ", "- run: ssh host ");
    assert_eq!(judged(&[named, (tests.0, &own)]).0, Deployed);
    let page = (
        "docs/install.md",
        "Run `docker compose -f docker/docker-compose.database.yml up -d`.\n",
    );
    assert_eq!(judged(&[named, tests, page]).0, Unknown);
    let script = (
        "run.sh",
        "docker compose -f docker/docker-compose.database.yml up -d\n",
    );
    assert_eq!(judged(&[named, tests, script]).0, Unknown);
    // A store that is kept running, beside a file that starts the program with its own.
    let store = "services:\n  db:\n    image: postgres:16\n    restart: unless-stopped\n";
    let alone = ("docker/docker-compose.database.yml", store);
    assert_eq!(judged(&[alone, tests]).0, Unknown);
    assert_eq!(judged(&[alone, tests, compose(BUILDS)]).0, Development);
    assert_eq!(judged(&[alone, compose(BUILDS)]).0, Unknown);
    // Compose finds a file of the default name by itself.
    let main = tests
        .1
        .replace("-f docker/docker-compose.database.yml ", "");
    assert_eq!(judged(&[compose(BUILDS), (tests.0, &main)]).0, Unknown);
}

#[test]
fn scripts_of_developers_are_theirs() {
    let local = "# Bash script to run the migration locally\nexport DB_PASSWORD=a\n";
    check(&[("migrate.sh", local)], "the comment at its top");
    let starts = "export DB_PASSWORD=a\ndocker compose up -d db\n";
    let dev = compose("services:\n  web:\n    build: {context: ., target: development}\n");
    check(&[("run.sh", starts), dev], "it starts `compose.yaml`");
    deployed(&[("run.sh", starts), compose(BUILDS)]);
    deployed(&[("deploy.sh", starts), dev]);
    let by_ssh = format!("{starts}ssh host systemctl restart app\n");
    deployed(&[("run.sh", &by_ssh), dev]);
    let other = format!("{starts}docker compose -f compose.prod.yaml up -d\n");
    let prod = ("compose.prod.yaml", BUILDS);
    deployed(&[("run.sh", &other), dev, prod]);
    deployed(&[(
        "run.sh",
        "# Copies what was built locally to the server\nA=b\n",
    )]);
}

#[test]
fn what_hands_over_to_another_repository_deploys() {
    let of = |text: &str| {
        let path = ".github/workflows/dispatch_deploy.yml";
        why(&[STORE, (path, text)])
    };
    assert!(of("    - run: gh api repos/$TARGET/dispatches --method POST\n").is_some());
    assert!(of("    - uses: acme/argocd-deploy@v1\n").is_some());
    assert_eq!(of("    - run: echo deploy\n"), None);
    check(
        &[STORE, ("deploy/fly/prod.toml", "app = 'shop'\n")],
        "fly/prod.toml",
    );
    deployed(&[STORE, ("butterfly.toml", "app = 'shop'\n")]);
    let monitoring = "services:\n  grafana:\n    image: grafana/grafana-oss\n  prometheus:\n    build: ./prometheus\n";
    let page = ("monitoring/README.md", "## Run\n\n    docker compose up\n");
    check(
        &[("monitoring/compose.yml", monitoring), CHART, page],
        "starts no program of its own",
    );
    let kept = monitoring.replace("grafana-oss", "grafana-oss\n    restart: always");
    deployed(&[("monitoring/compose.yml", &kept), CHART, page]);
}

#[test]
fn what_is_in_a_deployed_image_is_deployed() {
    let dev = compose(
        "services:\n  web:\n    build: {context: ., dockerfile: app/Dockerfile, target: development}\n",
    );
    let image = (
        "app/Dockerfile",
        "FROM nginx\nCOPY nginx.conf /etc/nginx/\n",
    );
    let conf = ("app/nginx.conf", "server { listen 80; }\n");
    check(&[conf, dev, image], "only `compose.yaml");
    let builds = (
        ".github/workflows/deploy.yml",
        "    - uses: docker/build-push-action@v5\n      with: {file: app/Dockerfile}\n",
    );
    deployed(&[conf, dev, image, builds]);
}
