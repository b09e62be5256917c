//! Never GO when something was not scanned: every gap, its effect on the verdict, and how it is accepted.

mod accepted;
mod elsewhere;
mod gravest;
mod nothing;
mod table;

use std::fs;

use crate::harness::{Report, World};

/// Scans files in a folder that is not a repository.
pub(crate) fn scan_files(files: &[(&str, &[u8])]) -> Report {
    scan_files_with(files, &[])
}

/// The same, with options.
pub(crate) fn scan_files_with(files: &[(&str, &[u8])], options: &[&str]) -> Report {
    let world = World::new();
    let folder = world.folder("files");
    for (name, bytes) in files {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    world.gonogo(&folder).arg("scan").args(options).report()
}

/// Returns the rules that were found in a file with these bytes.
fn rules(name: &str, bytes: &[u8]) -> Vec<String> {
    let report = scan_files(&[(name, bytes)]);
    assert!(report.coverage.gaps.is_empty(), "{name}: {report:#?}");
    let rules = report.findings.into_iter().map(|finding| finding.rule);
    rules.collect()
}

/// Configuration in every format, with a comment that may contain any bytes.
const FORMATS: [(&str, &str, &str); 10] = [
    (
        "compose.yml",
        "services:\n  web:\n    image: a:1\n    privileged: true # REMARK\n",
        "compose/privileged",
    ),
    (
        "Dockerfile",
        "# REMARK\nFROM a:1\nRUN curl https://a.example/x | sh\nUSER 1\n",
        "dockerfile/remote-script",
    ),
    (
        ".env",
        "# REMARK\nDB_PASSWORD=CHANGE_ME\n",
        "env/placeholder",
    ),
    (
        "nginx.conf",
        "# REMARK\nhttp { server { listen 443 ssl; ssl_protocols TLSv1; location / { proxy_pass http://a; } } }\n",
        "nginx/tls-protocol",
    ),
    (
        "redis.conf",
        "# REMARK\nprotected-mode no\nbind 0.0.0.0\n",
        "redis/protected-mode-off",
    ),
    (
        "pg_hba.conf",
        "# REMARK\nhost all all 0.0.0.0/0 trust\n",
        "postgres/trust",
    ),
    (
        "postgresql.conf",
        "# REMARK\nlisten_addresses = '*'\nshared_buffers = 1MB\nssl = off\n",
        "postgres/ssl-off",
    ),
    (
        "my.cnf",
        "# REMARK\n[mysqld]\nlocal_infile = 1\n",
        "mysql/local-infile",
    ),
    (
        "pod.yml",
        "# REMARK\napiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n  - name: a\n    image: a:1\n    securityContext: {privileged: true}\n",
        "k8s/privileged",
    ),
    (
        ".github/workflows/a.yml",
        "# REMARK\non: issues\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n    - run: echo ${{ github.event.issue.title }}\n",
        "gha/template-injection",
    ),
];

#[test]
fn bytes_of_any_encoding_are_audited() {
    for (name, text, rule) in FORMATS {
        let plain = rules(name, text.replace("REMARK", "cafe").as_bytes());
        assert!(plain.iter().any(|found| found == rule), "{name}: {plain:?}");
        for remark in [&b"caf\xe9"[..], b"\xff\xfe\x80", b"a\0b", b"\xe2\x82"] {
            let text: Vec<&[u8]> = text.split("REMARK").map(str::as_bytes).collect();
            let bytes = text.join(remark);
            assert_eq!(rules(name, &bytes), plain, "{name} with {remark:?}");
        }
        let utf16: Vec<u8> = format!("\u{feff}{}", text.replace("REMARK", "café"))
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        assert_eq!(rules(name, &utf16), plain, "{name} in UTF-16");
    }
}

#[test]
fn large_files_are_audited() {
    for (name, text, _) in FORMATS {
        let plain = rules(name, text.replace("REMARK", "a").as_bytes());
        let filler = "# a line of many that say nothing\n".repeat(140_000);
        let bytes = filler + &text.replace("REMARK", "a");
        assert_eq!(rules(name, bytes.as_bytes()), plain, "{name}");
    }
}

#[test]
fn what_is_beyond_a_limit_is_a_gap() {
    for (name, text, _) in FORMATS {
        let filler = "# a line of many that say nothing\n".repeat(520_000);
        let bytes = filler + &text.replace("REMARK", "a");
        let report = scan_files(&[(name, bytes.as_bytes())]);
        let gap = report.gap("not-audited");
        assert_eq!((gap.place.as_str(), gap.undecided), (name, true));
        assert!(gap.reason.contains("16 MiB"), "{}", gap.reason);
        assert_ne!(report.verdict, "GO", "{name}");
    }
    let deep = format!(
        "services:\n  a:\n    image: a\nx-a: {}{}\n",
        "[".repeat(200),
        "]".repeat(200)
    );
    let report = scan_files(&[("compose.yml", deep.as_bytes())]);
    assert!(
        report
            .gap("not-audited")
            .reason
            .contains("nested too deeply")
    );
    let deep = format!("{}listen 80;{}", "server {".repeat(80), "}".repeat(80));
    let deep = deep.replace("server {", "server {\n");
    let report = scan_files(&[("nginx.conf", deep.as_bytes())]);
    assert!(report.gap("not-audited").undecided);
}

#[test]
fn what_does_not_parse_is_undecided_unless_it_is_marked() {
    let workflow = "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n    - run: echo ${{ github.ref }}\n    - name: a: b\n";
    let compose = "services:\n  a:\n    image: a # see {{ docs }}\n\tports: [\n";
    let manifest = "apiVersion: v1\nkind: Pod\nspec: [\n";
    for (name, text) in [
        (".github/workflows/a.yml", workflow),
        ("compose.yml", compose),
        ("deploy/pod.yml", manifest),
    ] {
        let report = scan_files(&[(name, text.as_bytes())]);
        assert_eq!(report.gap("unparsable").place, name);
        assert_eq!(
            (report.code, report.verdict.as_str()),
            (2, "UNDECIDED"),
            "{name}"
        );
    }
    for (name, kind) in [
        ("tests/fixtures/compose.yml", "test-data"),
        ("compose.yml.j2", ""),
        ("roles/web/templates/compose.yml", "template"),
        ("{{ cookiecutter.name }}/compose.yml", "template"),
    ] {
        let report = scan_files(&[(name, compose.as_bytes())]);
        let kinds: Vec<_> = Some(kind)
            .filter(|kind| !kind.is_empty())
            .into_iter()
            .collect();
        assert_eq!(report.gap_kinds(), kinds, "{name}");
        assert_eq!(report.verdict, "GO", "{name}");
    }
}

#[test]
fn templates_of_charts_are_listed_or_audited() {
    let secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {DB_PASSWORD: Tr0ub4dor3xKq}\n";
    let template = "apiVersion: v1\nkind: Pod\n{{- if .Values.on }}\nspec: {}\n{{- end }}\n";
    let report = scan_files(&[
        ("chart/Chart.yaml", b"name: a\n"),
        ("chart/templates/secret.yaml", secret.as_bytes()),
        ("chart/templates/pod.yaml", template.as_bytes()),
    ]);
    assert_eq!(report.gap("template").place, "chart/templates/pod.yaml");
    let found = report
        .findings
        .iter()
        .find(|it| it.rule == "k8s/secret-in-manifest");
    assert_eq!(found.map(|it| it.severity.as_str()), Some("high"));
    assert_eq!(
        (report.coverage.templates, report.verdict.as_str()),
        (1, "NO-GO")
    );
}

#[test]
fn every_document_of_a_compose_file_counts() {
    let text = b"services:\n  web:\n    image: a:1\n---\nservices:\n  web:\n    privileged: true\n  db:\n    image: b:1\n    network_mode: host\n";
    let found = rules("compose.yml", text);
    for rule in ["compose/privileged", "compose/network-host"] {
        assert!(found.iter().any(|found| found == rule), "{found:?}");
    }
}

#[test]
fn one_zero_byte_makes_no_file_binary() {
    let report = scan_files(&[("prod.env", b"A=1\0\nDB_PASSWORD=Tr0ub4dor3xKq\n")]);
    assert_eq!((report.coverage.files, report.coverage.binary), (1, 0));
    assert!(
        report.findings.iter().any(|it| it.location.start.line == 2),
        "{report:#?}"
    );
}

#[test]
fn words_of_tests_count_where_they_are_said() {
    let services = "    services: {db: {image: \"postgres:16\"}}\n";
    let workflow = |services: &str, value: &str| {
        format!(
            "on: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n{services}    steps: [{{run: make test}}]\n  deploy:\n    \
             runs-on: ubuntu-latest\n    steps:\n    - run: ./deploy\n      env: {{DEPLOY_TOKEN: {value}}}\n"
        )
    };
    // Letters that occur in a random value by chance are not a word.
    for value in [
        "9382dffx1kVZQ2tqMnMcLRkBOzZU3G8x",
        "9382dffx1kVZQ2tqMnCiLRkBOzZU3G8x",
    ] {
        for services in ["", services] {
            let text = workflow(services, value);
            let report = scan_files(&[(".github/workflows/a.yml", text.as_bytes())]);
            let found = report
                .findings
                .iter()
                .find(|it| it.rule == "gha/hardcoded-credential");
            assert_eq!(found.map(|it| it.severity.as_str()), Some("high"), "{text}");
        }
    }
    let plain = workflow("", "9382dffx-test-MnMcLRkBOzZU3G8x");
    let report = scan_files(&[(".github/workflows/a.yml", plain.as_bytes())]);
    assert!(
        report
            .findings
            .iter()
            .all(|it| it.rule != "gha/hardcoded-credential")
    );
}

#[test]
fn a_part_that_was_left_out_is_a_gap() {
    let containers = "  - {name: a, image: \"a:1\"}\n".repeat(1_001);
    let text = format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\nspec:\n  containers:\n{containers}"
    );
    let report = scan_files(&[("pod.yml", text.as_bytes())]);
    let gap = report.gap("not-audited");
    assert!(
        gap.reason.contains("1000 containers in a pod"),
        "{}",
        gap.reason
    );
    assert_eq!(report.verdict, "UNDECIDED");
}
