//! Configuration of servers, clusters and pipelines is audited file by file and as a whole.

use gonogo::audit::{Nothing, Outcome, Policy, Project, Source, TlsVersion, audit};

use crate::harness::{Report, World};

mod rows;

/// Returns the rules found in one file, with severity and line, in the order of the file.
fn found(path: &str, text: &str) -> Vec<String> {
    match audit(path, text.as_bytes()) {
        Outcome::Audited(findings) => findings.iter().map(told).collect(),
        other => panic!("{path}: {other:?}"),
    }
}

fn told(finding: &gonogo::model::Finding) -> String {
    let line = finding.location.region.start.line;
    format!("{} {} {line}", finding.severity, finding.rule)
}

#[test]
fn a_cipher_that_does_not_exist_is_told_apart_from_one_that_does() {
    let text = "ssl_protocols TLSv1.2 TLSv1.3;\n\
                ssl_ciphers ECDHE-RSA-AES256-GCM-SHA512:DHE-RSA-AES256-GCM-SHA384;\n\
                ssl_prefer_server_ciphers off;\n";
    match audit("nginx/tls.conf", text.as_bytes()) {
        Outcome::Audited(findings) => {
            assert_eq!(findings.len(), 1);
            assert_eq!(told(&findings[0]), "medium nginx/cipher-unknown 2");
            let message = &findings[0].message;
            assert!(message.contains("ECDHE-RSA-AES256-GCM-SHA512"), "{message}");
            assert!(!message.contains("SHA384"), "{message}");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn hsts_without_always_is_told_of() {
    let text = "add_header Strict-Transport-Security \"max-age=31536000; includeSubDomains\";\n";
    assert_eq!(found("nginx/headers.conf", text), ["low nginx/hsts 1"]);
}

#[test]
fn a_deprecated_parameter_is_no_more_than_a_hint() {
    let text = "server {\n  listen 443 ssl http2;\n  return 444;\n  ssl_protocols TLSv1.3;\n}\n";
    assert_eq!(
        found("nginx/site.conf", text),
        ["info nginx/listen-http2 2"]
    );
}

#[test]
fn a_server_without_headers_is_told_of_and_a_snippet_is_not() {
    let server = "server {\n  listen 443 ssl;\n  root /srv;\n  ssl_protocols TLSv1.3;\n}\n";
    let Outcome::Audited(findings) = audit("nginx/site.conf", server.as_bytes()) else {
        panic!("not audited");
    };
    let missing = findings
        .iter()
        .find(|finding| finding.rules().any(|rule| rule.as_str() == "nginx/csp"));
    assert_eq!(missing.map(told).as_deref(), Some("medium nginx/csp 1"));
    assert_eq!(
        found(
            "nginx/snippet.conf",
            "add_header X-Frame-Options DENY always;\n"
        ),
        Vec::<String>::new()
    );
}

#[test]
fn the_house_decides_on_the_oldest_version_of_tls() {
    let text = b"ssl_protocols TLSv1.2 TLSv1.3;\n";
    let rules = |min_tls| {
        let policy = Policy {
            min_tls,
            ..Policy::default()
        };
        let source = Source::claim("nginx/tls.conf", text);
        let project = Project::new(source, [], &Nothing, &policy);
        let outcomes = project.audit().into_iter();
        outcomes
            .flat_map(|(_, outcome)| match outcome {
                Outcome::Audited(findings) => findings,
                other => panic!("{other:?}"),
            })
            .map(|finding| told(&finding))
            .collect::<Vec<_>>()
    };
    assert_eq!(rules(TlsVersion::V1_2), Vec::<String>::new());
    assert_eq!(rules(TlsVersion::V1_3), ["high nginx/tls-protocol 1"]);
}

#[test]
fn other_programs_configuration_is_left_alone() {
    for (path, text) in [
        (
            "dovecot/dovecot.conf",
            "ssl_protocols = !SSLv3\nservice imap {\n  a = b\n}\n",
        ),
        (
            "httpd.conf",
            "<VirtualHost *:80>\n  ServerName a; b\n</VirtualHost>\nproxy_x;\n",
        ),
        (
            "named.conf",
            "options {\n  listen-on port 53 { any; };\n};\nserver 10.0.0.1 { keys a; };\n",
        ),
        ("application.conf", "http {\n  server { port = 1 }\n}\n; x"),
    ] {
        let outcome = audit(path, text.as_bytes());
        assert!(
            matches!(outcome, Outcome::NotConfiguration),
            "{path}: {outcome:?}"
        );
    }
}

/// Returns what a scan of a tree finds for a family of rules, by path.
fn scan(files: &[(&str, &str)], family: &str) -> (Vec<String>, Report) {
    let world = World::new();
    for (path, text) in files {
        world.write(&format!("tree/{path}"), text);
    }
    let scan = world.gonogo(&world.path("tree"));
    let report = scan.args(["scan", "--min-severity", "info"]).report();
    let of_family = report
        .findings
        .iter()
        .filter(|found| found.rule.starts_with(family));
    let found = of_family
        .map(|found| format!("{} {}", found.rule, found.path()))
        .collect();
    (found, report)
}

#[test]
fn what_an_including_file_says_counts() {
    let http = "http {\n  server_tokens off;\n  ssl_protocols TLSv1.1 TLSv1.2;\n  include /etc/nginx/conf.d/*.conf;\n}\n";
    let server = "server {\n  listen 443 ssl;\n  return 301 https://a.test$request_uri;\n}\n";
    let files = [("nginx/nginx.conf", http), ("nginx/conf.d/a.conf", server)];
    assert_eq!(
        scan(&files, "nginx/").0,
        ["nginx/tls-protocol nginx/nginx.conf"]
    );
}

#[test]
fn templates_are_audited_where_they_parse_and_counted_where_not() {
    let files = [
        ("chart/Chart.yaml", "apiVersion: v2\nname: a\n"),
        (
            "chart/templates/a.yaml",
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ .Values.name }}\nspec:\n  hostPID: true\n",
        ),
        (
            "nginx/site.conf.j2",
            "server {\n  listen {{ port }};\n  autoindex on;\n}\n",
        ),
    ];
    let (found, report) = scan(&files, "");
    assert_eq!(found, ["k8s/host-namespaces chart/templates/a.yaml"]);
    assert_eq!(report.coverage.templates, 1);
    assert_eq!(report.gap("template").place, "nginx/site.conf.j2");
}

#[test]
fn a_tree_that_deploys_is_asked_for_evidence_once_where_settings_say_so() {
    let service = "services:\n  web:\n    image: web:1\n";
    let files = [
        ("compose.yaml", service),
        ("deploy/compose.yaml", service),
        ("a.py", ""),
        ("b.py", ""),
    ];
    // Words prove nothing either way, so this is left to the readiness assessment unless settings ask for it.
    assert_eq!(scan(&files, "repo/").0, [""; 0]);
    let asked = (
        "gonogo.toml",
        "[rules]\nseverity = { \"repo/*\" = \"info\" }\n",
    );
    let files = [&files[..], &[asked]].concat();
    let (found, report) = scan(&files, "repo/");
    assert_eq!(found, ["repo/backup compose.yaml"]);
    let evidence = report
        .findings
        .iter()
        .find(|found| found.rule == "repo/backup");
    assert_eq!(evidence.map(|found| found.severity.as_str()), Some("info"));
}
