//! Tests of severities that depend on who can reach what credentials open.

use std::collections::BTreeMap;

use crate::audit::{Files, Outcome, Policy, Project, Source};
use crate::model::Severity;

struct Tree<'t>(BTreeMap<&'t str, &'t str>);

impl Files for Tree<'_> {
    fn read(&self, path: &str) -> Option<Vec<u8>> {
        self.0.get(path).map(|text| text.as_bytes().to_vec())
    }
}

/// The severity and message of the finding in the line that ends in `# here`.
#[track_caller]
fn found(files: &[(&str, &str)]) -> (Severity, String) {
    let tree = Tree(files.iter().copied().collect());
    let sources = files
        .iter()
        .filter_map(|(path, text)| Source::claim(path, text.as_bytes()));
    let paths = files.iter().map(|(path, _)| (*path).to_owned());
    let policy = Policy::default();
    let project = Project::new(sources, paths, &tree, &policy);
    let mut found = Vec::new();
    for (path, outcome) in project.audit() {
        let Outcome::Audited(findings) = outcome else {
            continue;
        };
        for finding in findings
            .into_iter()
            .filter(|finding| finding.secret.is_some())
        {
            let line = finding.location.region.start.line as usize;
            let text = tree.0[path].lines().nth(line - 1).unwrap_or_default();
            if text.ends_with("# here") {
                found.push((finding.severity, finding.message));
            }
        }
    }
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0)
}

fn severity(files: &[(&str, &str)]) -> Severity {
    found(files).0
}

/// A database with a default password and these further settings.
fn database(settings: &str) -> String {
    format!(
        "services:\n  db:\n    image: postgres:16\n{settings}    environment:\n      POSTGRES_PASSWORD: postgres # here\n"
    )
}

#[test]
fn what_is_published_decides() {
    for (settings, expected) in [
        ("", Severity::Medium),
        ("    expose: [5432]\n", Severity::Medium),
        ("    ports: [\"127.0.0.1:5432:5432\"]\n", Severity::Medium),
        ("    ports: [\"[::1]:5432:5432\"]\n", Severity::Medium),
        (
            "    ports: [\"${PORT:-127.0.0.1:5432}:5432\"]\n",
            Severity::Medium,
        ),
        ("    ports: [\"5432:5432\"]\n", Severity::High),
        ("    ports: [\"10.0.0.1:5432:5432\"]\n", Severity::High),
        ("    ports: [\"${BIND}:5432:5432\"]\n", Severity::High),
        ("    network_mode: host\n", Severity::High),
        (
            "    labels: [traefik.tcp.routers.db.rule=HostSNI(`*`)]\n",
            Severity::High,
        ),
    ] {
        assert_eq!(
            severity(&[("compose.yaml", &database(settings))]),
            expected,
            "{settings}"
        );
    }
}

#[test]
fn other_files_publish_too() {
    let base = database("");
    let open = "services:\n  db:\n    ports: [\"5432:5432\"]\n";
    let with = |name| severity(&[("compose.yaml", base.as_str()), (name, open)]);
    assert_eq!(with("compose.prod.yaml"), Severity::High);
    assert_eq!(with("compose.override.yaml"), Severity::High);
    assert_eq!(with("compose.dev.yaml"), Severity::Medium);
    assert_eq!(with("other/compose.yaml"), Severity::Medium);
}

#[test]
fn what_opens_a_store_is_known_by_host_and_name() {
    let app = |variable: &str, settings: &str| {
        let text = format!(
            "services:\n  app:\n    image: app:1\n    ports: [\"80:80\"]\n    environment:\n      {variable} # here\n  store:\n    image: postgres:16\n{settings}"
        );
        found(&[("compose.yaml", &text)])
    };
    let open = "    ports: [\"5432:5432\"]\n";
    for variable in [
        "DATABASE_URL: postgres://app:hunter2@store/app",
        "DB_PASSWORD: hunter2",
        "PGPASSWORD: ${PW:-hunter2}",
    ] {
        let (severity, message) = app(variable, "");
        assert_eq!(severity, Severity::Medium, "{variable}");
        assert!(message.ends_with(
            "; `store` is not published, so it is reachable only from its own networks"
        ));
        assert_eq!(app(variable, open).0, Severity::High, "{variable}");
    }
    for variable in [
        "SECRET_KEY: hunter2",
        "ADMIN_PASSWORD: hunter2",
        "DATABASE_URL: postgres://app:hunter2@db.acme.test/app",
        "AWS_SECRET_ACCESS_KEY: hunter2",
        concat!("DB_PASSWORD: x9Kq7QzL2", "mWe4Rt6"),
    ] {
        assert_eq!(app(variable, "").0, Severity::High, "{variable}");
    }
}

#[test]
fn a_client_repeats_its_server() {
    let text = "services:\n  app:\n    image: app:1\n    environment:\n      S3_SECRET_KEY: hunter2 # here\n  minio:\n    image: minio/minio\n    ports: [\"9000:9000\"]\n    environment:\n      MINIO_ROOT_PASSWORD: hunter2\n";
    let (severity, message) = found(&[("compose.yaml", text)]);
    assert_eq!(severity, Severity::Medium);
    assert!(
        message.contains("`MINIO_ROOT_PASSWORD` of service `minio`"),
        "{message}"
    );
}

#[test]
fn env_files_belong_to_what_uses_them() {
    let compose = |settings: &str| {
        format!("services:\n  db:\n    image: mysql:8\n    env_file: ../env/db.env\n{settings}")
    };
    let env = "MYSQL_ROOT_PASSWORD=root # here\n";
    let with = |settings: &str, path: &str| {
        severity(&[("stack/compose.yaml", &compose(settings)), (path, env)])
    };
    assert_eq!(with("", "env/db.env"), Severity::Medium);
    assert_eq!(with("", "stack/.env"), Severity::Medium);
    assert_eq!(with("", "other/.env"), Severity::High);
    assert_eq!(
        with("    ports: [\"3306:3306\"]\n", "env/db.env"),
        Severity::High
    );
}

#[test]
fn services_that_share_a_line_are_all_named() {
    let text = "x-env: &env\n  SECRET_KEY: hunter2 # here\nservices:\n  a:\n    image: app:1\n    environment: *env\n  b:\n    image: app:1\n    environment: *env\n";
    let (_, message) = found(&[("compose.yaml", text)]);
    assert!(message.contains("of services `a` and `b`"), "{message}");
}

#[test]
fn stores_of_a_cluster_are_open_by_their_services() {
    let secret = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: mysql\nstringData:\n  password: hunter2 # here\n";
    let pod = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: mysql\nspec:\n  template:\n    metadata:\n      labels: {app: db}\n    spec:\n      containers:\n        - name: mysql\n          image: mysql:8\n";
    let service = |kind: &str| {
        format!(
            "apiVersion: v1\nkind: Service\nmetadata:\n  name: db\nspec:\n  type: {kind}\n  selector: {{app: db}}\n"
        )
    };
    let with = |kind: &str| {
        let service = service(kind);
        severity(&[
            ("k8s/secret.yaml", secret),
            ("k8s/db.yaml", pod),
            ("k8s/service.yaml", &service),
        ])
    };
    assert_eq!(with("ClusterIP"), Severity::Medium);
    assert_eq!(with("LoadBalancer"), Severity::High);
    assert_eq!(severity(&[("k8s/secret.yaml", secret)]), Severity::High);
}
