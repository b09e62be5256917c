//! Tests beyond the examples of the checks: severities, places of use, masks, and files that are no Compose files.

use proptest::prelude::*;

use crate::audit::{Outcome, audit};
use crate::model::{Confidence, Finding, Severity};
use crate::redact::Shown;

fn findings(path: &str, text: &str) -> Vec<Finding> {
    match audit(path, text.as_bytes()) {
        Outcome::Audited(findings) => findings,
        other => panic!("{other:?}\n{text}"),
    }
}

/// Findings that are shown by default.
fn shown(path: &str, text: &str) -> Vec<Finding> {
    let mut found = findings(path, text);
    found.retain(|finding| finding.severity > Severity::Info);
    found
}

fn only(path: &str, text: &str, rule: &str) -> Finding {
    let mut found: Vec<_> = findings(path, text)
        .into_iter()
        .filter(|finding| finding.rule.as_str() == rule)
        .collect();
    assert_eq!(found.len(), 1, "{rule} in {text}\n{found:?}");
    found.remove(0)
}

const PUBLISHED: &str = "services:\n  web:\n    image: app:1\n    ports:\n      - 8080:80\n";
const DATABASE: &str = "services:\n  db:\n    image: postgres:16\n    ports:\n      - 5432:5432\n";
const SOCKET: &str =
    "services:\n  web:\n    image: app:1\n    volumes:\n      - /run/docker.sock:/x\n";

#[test]
fn a_password_in_a_folded_command_is_marked_behind_its_name() {
    let text = "services:\n  a:\n    image: app:1\n    command: >\n      wait;\n        run --admin-password=admin\n      --now\n";
    let found = only("compose.yaml", text, "compose/credential-in-command");
    let place = found.location.region.bytes();
    assert_eq!(place.start, text.find("=admin").unwrap() + 1);
    assert_eq!(&text[place], "admin");
}

#[test]
fn objects_are_published_by_design_and_their_console_is_not() {
    let rule = "compose/datastore-port-published";
    let minio = |ports: &str| {
        let text = format!("services:\n  s:\n    image: minio/minio:1\n    ports: [{ports}]\n");
        let found = findings("compose.yaml", &text);
        let found = found.iter().filter(|it| it.rule.as_str() == rule);
        found.map(|it| it.severity).collect::<Vec<_>>()
    };
    assert_eq!(minio("\"9000:9000\""), [Severity::Medium]);
    assert_eq!(minio("\"9001:9001\""), [Severity::High]);
    assert_eq!(
        minio("\"9000:9000\", \"9001:9001\", \"9002:9002\""),
        [Severity::Medium, Severity::High]
    );
}

#[test]
fn development_files_weigh_one_step_less() {
    let check = |path: &str, text: &str, rule: &str, expected: Severity| {
        assert_eq!(only(path, text, rule).severity, expected, "{path} {rule}");
    };
    let open = "compose/port-all-interfaces";
    check("compose.yaml", PUBLISHED, open, Severity::Medium);
    for name in [
        "docker-compose.dev.yml",
        "compose.override.yaml",
        "docker-compose-local.yml",
        "docker-compose.test.yml",
        "a/docker-compose.example.yml",
        ".devcontainer/compose.yml",
    ] {
        check(name, PUBLISHED, open, Severity::Low);
    }
    check("device/compose.yml", PUBLISHED, open, Severity::Medium);
    check(
        "compose.yaml",
        DATABASE,
        "compose/datastore-port-published",
        Severity::High,
    );
    check(
        "compose.dev.yaml",
        DATABASE,
        "compose/datastore-port-published",
        Severity::Low,
    );
    check(
        "compose.yaml",
        SOCKET,
        "compose/docker-socket",
        Severity::High,
    );
    check(
        "compose.dev.yaml",
        SOCKET,
        "compose/docker-socket",
        Severity::Medium,
    );
    let profile = format!("{PUBLISHED}    profiles: [dev]\n");
    check("compose.yaml", &profile, open, Severity::Low);
    let profile = format!("{PUBLISHED}    profiles: [dev, full]\n");
    check("compose.yaml", &profile, open, Severity::Medium);
}

#[test]
fn weights_follow_what_is_there() {
    let check = |text: &str, rule: &str, expected: Severity| {
        assert_eq!(
            only("compose.yaml", text, rule).severity,
            expected,
            "{text}"
        );
    };
    let open = "compose/port-all-interfaces";
    check(
        "services:\n  a:\n    image: nginx:1\n    ports: ['443:8443']\n",
        open,
        Severity::Info,
    );
    check(
        "services:\n  caddy:\n    build: .\n    ports: ['80:80']\n",
        open,
        Severity::Info,
    );
    check(
        "services:\n  a:\n    image: nginx:1\n    ports: ['8080:8080']\n",
        open,
        Severity::Medium,
    );
    check(
        "services:\n  a:\n    image: app:1\n    ports: ['80']\n",
        open,
        Severity::Low,
    );
    let proxy = SOCKET.replace("app:1", "tecnativa/docker-socket-proxy:0.3");
    check(&proxy, "compose/docker-socket", Severity::Medium);
    let off = "services:\n  a:\n    image: app:1\n    security_opt: ['no-new-privileges:false']\n";
    check(off, "compose/no-new-privileges", Severity::High);
    let hash = "services:\n  a:\n    image: app:1\n    environment:\n      A_PASSWORD: $$2y$$05$$abcdefghijklmnopqrstuv\n";
    check(hash, "compose/hardcoded-credential", Severity::Medium);
    let template =
        "services:\n  a:\n    image: app:1\n    environment:\n      A_PASSWORD: CHANGE_ME\n";
    let found = only("compose.template.yml", template, "compose/placeholder");
    assert_eq!(found.severity, Severity::Info);
}

#[test]
fn swarm_does_not_know_the_switch() {
    let text = "services:\n  a:\n    image: app:1\n";
    let found = only("docker-stack.yml", text, "compose/no-new-privileges");
    assert_eq!(found.confidence, Confidence::Low);
}

#[test]
fn what_is_inherited_is_reported_once_where_it_is_written() {
    let text = "x-env: &env\n  DB_PASSWORD: hunter2\nservices:\n  a:\n    image: app:1\n    environment:\n      <<: *env\n  \
                b:\n    image: app:1\n    environment: *env\n";
    let found = only("compose.yaml", text, "compose/hardcoded-credential");
    assert_eq!(
        (
            found.location.region.start.line,
            found.location.region.start.column
        ),
        (2, 16)
    );
    let uses: Vec<_> = found
        .related
        .iter()
        .map(|related| (related.location.region.start.line, related.message.as_str()))
        .collect();
    assert_eq!(
        uses,
        [(7, "used by service `a`"), (10, "used by service `b`")]
    );

    let text = "services:\n  base:\n    image: app:1\n    privileged: true\n  web:\n    extends:\n      service: base\n";
    let found = only("compose.yaml", text, "compose/privileged");
    assert_eq!(found.location.region.start.line, 4);
    assert_eq!(found.related.len(), 1);
    assert_eq!(found.related[0].location.region.start.line, 7);
}

#[test]
fn chains_of_extensions_end() {
    let text = "services:\n  a:\n    image: app:1\n    extends: b\n  b:\n    image: app:1\n    extends: a\n  c:\n    extends: c\n";
    assert!(!findings("compose.yaml", text).is_empty());
}

#[test]
fn own_settings_come_before_inherited_ones() {
    let text = "services:\n  base:\n    image: app:1\n    environment:\n      A_PASSWORD: ${X}\n  web:\n    extends: base\n    \
                environment:\n      A_PASSWORD: hunter2\n";
    let found = only("compose.yaml", text, "compose/hardcoded-credential");
    assert_eq!(found.location.region.start.line, 9);
    assert!(found.related.is_empty());
}

#[test]
fn one_value_has_one_verdict() {
    let text = "services:\n  db:\n    image: postgres:16\n    volumes: [\"data:/data\"]\n    environment:\n      A_PASSWORD: changeme\n      B_PASSWORD: ${X:-changeme}\n    \
                ports: ['5432:5432']\n";
    let rules: Vec<_> = shown("compose.yaml", text)
        .iter()
        .map(|finding| finding.rule.to_string())
        .collect();
    assert_eq!(
        rules,
        [
            "compose/no-new-privileges",
            "compose/placeholder",
            "compose/placeholder",
            "compose/datastore-port-published"
        ]
    );
}

#[test]
fn no_excerpt_shows_a_secret() {
    let text = "services:\n  db: {image: 'postgres:16', ports: ['5432:5432'], environment: {A_PASSWORD: hunter2, B_PASSWORD: \
                '${X:-hunter2}', URL: 'postgres://a:hunter2@b/c'}, command: postgres --password hunter2}\n";
    let found = findings("compose.yaml", text);
    assert!(found.len() >= 4);
    for finding in &found {
        let shown = Shown::alone(finding.clone());
        assert!(!shown.lines().unwrap().1.contains("hunter2"));
        assert!(!format!("{finding:?}").contains("hunter2"));
    }
    let secrets = found.iter().filter(|finding| finding.secret.is_some());
    assert_eq!(secrets.clone().count(), 4);
    assert!(
        secrets
            .clone()
            .all(|finding| finding.secret.as_ref().unwrap().reveal() == b"hunter2")
    );
}

#[test]
fn a_finding_points_at_the_item() {
    let check = |text: &str, rule: &str, expected: &str| {
        let found = only("compose.yaml", text, rule);
        assert_eq!(&text[found.location.region.bytes()], expected);
        let (excerpt, marked) = found.excerpt.revealed();
        assert_eq!(&excerpt[marked], expected);
    };
    check(PUBLISHED, "compose/port-all-interfaces", "8080:80");
    check(SOCKET, "compose/docker-socket", "/run/docker.sock:/x");
    check(PUBLISHED, "compose/no-new-privileges", "web");
    let list = "services:\n  ü: # ü\n    image: app:1\n    environment:\n      - 'A_PASSWORD=hunter2' # ü\n";
    check(list, "compose/hardcoded-credential", "hunter2");
    let crlf = "services:\r\n  a:\r\n    image: app:1\r\n    privileged: true\r\n";
    check(crlf, "compose/privileged", "true");
    let marked = format!("\u{feff}{PUBLISHED}");
    check(&marked, "compose/port-all-interfaces", "8080:80");
}

#[test]
fn look_alikes_are_no_compose_files() {
    for text in [
        "services:\n  - type: web\n    name: a\n    env: docker\n",
        "services:\n  _defaults:\n    autowire: true\n  App\\Mailer:\n    class: App\\Mailer\n    arguments: ['%x%']\n",
        "services:\n  db:\n    type: mysql\n    portforward: true\n",
        "services: [a, b]\n",
        "services:\n",
        "services: {}\n",
        "services:\n  a: text\n",
    ] {
        let outcome = audit("config/services.yaml", text.as_bytes());
        assert!(
            matches!(outcome, Outcome::NotConfiguration),
            "{text} {outcome:?}"
        );
    }
}

#[test]
fn other_names_and_shapes_are_compose_files() {
    for (path, text) in [
        ("relay.yaml", PUBLISHED.to_owned()),
        ("a.YML", PUBLISHED.to_owned()),
        ("a.yml", "\"services\":\n  a:\n    image: b\n".to_owned()),
        ("a.yml", "{services: {a: {image: b}}}".to_owned()),
        (
            "a.yml",
            "{\"name\": \"x\", \"services\": {\"a\": {\"image\": \"b\"}}}".to_owned(),
        ),
        (
            "a.yml",
            "services:\n  a:\n    ports: ['80:80']\n".to_owned(),
        ),
        ("a.yml", PUBLISHED.replace('\n', "\r\n")),
        ("a.yml", format!("---\n{PUBLISHED}")),
        ("a.yml", PUBLISHED.replace("image: ", "image:\t")),
    ] {
        assert!(!findings(path, &text).is_empty(), "{text}");
    }
}

#[test]
fn templates_are_skipped_and_defects_have_a_place() {
    let outcome = |path: &str, text: &str| audit(path, text.as_bytes());
    let jinja = "services:\n  web:\n    image: a\n{% if x %}\n    ports: [1]\n{% endif %}\n";
    assert!(matches!(
        outcome("docker-compose.yml", jinja),
        Outcome::Template
    ));
    let cookiecutter = "services:\n  {{ name }}:\n    image: a\n";
    assert!(!matches!(
        outcome("compose.yml", cookiecutter),
        Outcome::Audited(_) | Outcome::Unparsable { .. }
    ));
    let broken = "services:\n  web:\n    image: a\n   ports: [\n";
    let Outcome::Unparsable { line, .. } = outcome("compose.yml", broken) else {
        panic!("a defect was expected");
    };
    assert!(line >= 4);
    assert!(matches!(
        outcome("x.yml", "services: @\n"),
        Outcome::NotConfiguration
    ));
    let latin = b"services:\n  web:\n    image: a # \xfc\n    privileged: true\n";
    let Outcome::Audited(found) = audit("compose.yml", latin) else {
        panic!("programs take any bytes in comments");
    };
    let mut lines = found
        .iter()
        .map(|finding| finding.location.region.start.line);
    assert!(lines.any(|line| line == 4));
    let remark = "services:\n  web:\n    image: a # see {{ docs }}\n\tports: [\n";
    assert!(matches!(
        outcome("compose.yml", remark),
        Outcome::Unparsable { .. }
    ));
}

#[test]
fn hostile_files_are_quick() {
    let many = |count: usize, line: &str| line.repeat(count);
    let names = |count: usize, rest: &str| -> String {
        let services: Vec<_> = (0..count)
            .map(|number| format!("  s{number}: {rest}\n"))
            .collect();
        services.concat()
    };
    let passwords: Vec<_> = (0..20_000)
        .map(|number| format!("P{number}_PASSWORD: hunter2"))
        .collect();
    for text in [
        format!(
            "x: &p [{}]\nservices:\n{}",
            many(20_000, "'80:80', "),
            names(20_000, "{image: a, ports: *p}")
        ),
        format!(
            "services:\n  s: {{image: a, ports: [{}]}}\n{}",
            many(20_000, "'80:80', "),
            names(20_000, "{extends: s}")
        ),
        format!(
            "services: {{a: {{image: b, environment: {{{}}}}}}}\n",
            passwords.join(", ")
        ),
        format!(
            "x: &x {{image: a, privileged: true}}\nservices:\n{}",
            names(40_000, "*x")
        ),
        format!(
            "services:\n  a:\n    image: \"{}\"\n",
            many(100_000, "${A:-")
        ),
        format!(
            "services:\n  a:\n    image: b\n    environment:\n      A_TOKEN: '{}'\n",
            many(100_000, "$A${")
        ),
    ] {
        let start = std::time::Instant::now();
        let outcome = audit("compose.yml", text.as_bytes());
        assert!(start.elapsed().as_secs() < 120, "{}", &text[..60]);
        assert!(
            matches!(outcome, Outcome::Audited(_) | Outcome::Skipped { .. }),
            "{}",
            &text[..60]
        );
    }
}

proptest! {
    #[test]
    fn no_bytes_break_the_audit(tail in proptest::collection::vec(any::<u8>(), 0..200)) {
        let mut text = b"services:\n  a:\n    image: b\n    ".to_vec();
        text.extend(tail);
        let _ = audit("compose.yml", &text);
    }

    #[test]
    fn no_compose_file_breaks_the_audit(
        lines in proptest::collection::vec(
            proptest::sample::select(vec![
                "  a:\n", "  b: &b\n", "    image: nginx\n", "    image: ${I:-redis}\n", "    ports:\n", "      - 80:80\n", "      - '::::'\n",
                "      - ${A:-${B\n", "      - target: é\n", "    volumes:\n", "      - ü:/run/docker.sock\n", "      - é:\n", "    environment:\n",
                "      - X_PASSWORD=${Y:-ü}\n", "      X_PASSWORD: 'ü''s'\n", "      DB_DSN: a://b:ü@c\n", "    extends: a\n", "    extends: {service: b, file: c}\n",
                "    <<: *b\n", "    privileged: yes\n", "    security_opt: [no-new-privileges=false]\n", "      - \"X_TOKEN=\\u00fc\"\n", "    labels: {a: your-key}\n",
                "      X_SECRET: |\n        -p€uro --password €\n",
            ]),
            0..12,
        )
    ) {
        let text = format!("services:\n{}", lines.concat());
        if let Outcome::Audited(findings) = audit("compose.yml", text.as_bytes()) {
            for finding in findings {
                prop_assert!(text.get(finding.location.region.bytes()).is_some());
                let shown = Shown::alone(finding);
                let (_, text, marked) = shown.lines().unwrap();
                prop_assert!(text.get(marked).is_some());
            }
        }
    }
}

fn covered(finding: &Finding) -> Vec<&str> {
    finding
        .covers
        .iter()
        .map(crate::model::RuleId::as_str)
        .collect()
}

#[test]
fn what_a_service_lacks_is_one_finding() {
    let text = "services:\n  web:\n    image: app:1\n    restart: always\n  db:\n    image: postgres:16\n    volumes: [\"data:/data\"]\n    \
                cap_drop: [ALL]\n    security_opt: [no-new-privileges]\n    mem_limit: 1g\n    restart: always\n";
    let found = shown("compose.yaml", text);
    let places: Vec<_> = found
        .iter()
        .map(|finding| (finding.rule.as_str(), finding.location.region.start.line))
        .collect();
    assert_eq!(
        places,
        [
            ("compose/no-new-privileges", 2),
            ("compose/healthcheck-missing", 5)
        ]
    );
    assert_eq!(
        covered(&found[0]),
        [
            "compose/no-new-privileges",
            "compose/cap-drop-all",
            "compose/memory-limit",
            "compose/healthcheck-missing",
            "compose/read-only-rootfs",
            "compose/cpu-limit",
            "compose/pids-limit",
            "compose/logging",
        ]
    );
    assert_eq!(
        found[1].message,
        "service `db` has no health check, read-only root file system, CPU limit, process limit or log limit"
    );
    assert_eq!(found[1].severity, Severity::Medium);
}

#[test]
fn what_may_be_meant_is_told_apart() {
    let text = "services:\n  web:\n    image: app:1\n";
    let found = shown("docker-stack.yml", text);
    let confidences: Vec<_> = found.iter().map(|finding| finding.confidence).collect();
    assert_eq!(confidences, [Confidence::High, Confidence::Low]);
    assert_eq!(covered(&found[1]), ["compose/no-new-privileges"]);
    assert!(!covered(&found[0]).contains(&"compose/restart-policy"));
}

#[test]
fn a_service_that_lacks_nothing_is_silent() {
    let text = "services:\n  web:\n    image: app:1.2\n    security_opt: [\"no-new-privileges:true\"]\n    cap_drop: [ALL]\n    \
                read_only: true\n    user: \"1000\"\n    mem_limit: 1g\n    cpus: 1\n    pids_limit: 100\n    restart: always\n    \
                healthcheck: {test: [CMD, up]}\n    logging: {driver: local}\n";
    assert_eq!(shown("compose.yaml", text).len(), 0);
}

#[test]
fn a_port_is_called_by_the_one_to_reach() {
    let message = |entry: &str| {
        let text = format!("services:\n  web:\n    image: app:1\n    ports:\n      - {entry}\n");
        only("compose.yaml", &text, "compose/port-all-interfaces").message
    };
    for (entry, expected) in [
        ("80:3000", "port 80 (container port 3000)"),
        ("0.0.0.0:80:3000/udp", "port 80 (container port 3000)"),
        ("3000:3000", "port 3000"),
        ("8000-8005:80", "ports 8000-8005 (container port 80)"),
        (
            "3000-3005:4000-4005",
            "ports 3000-3005 (container ports 4000-4005)",
        ),
        ("3000-3005:3000-3005", "ports 3000-3005"),
        ("'80'", "container port 80"),
        ("${WEB_PORT}:80", "port `$WEB_PORT` (container port 80)"),
        ("${WEB_PORT:-8080}:80", "port 8080 (container port 80)"),
        (
            "{target: 80, published: 8080}",
            "port 8080 (container port 80)",
        ),
        ("{target: 80, published: 80}", "port 80"),
        ("{target: 80}", "container port 80"),
        (
            "{target: 80, published: 8080-8085}",
            "ports 8080-8085 (container port 80)",
        ),
    ] {
        let expected = format!("service `web` publishes {expected} on all interfaces");
        assert_eq!(message(entry), expected, "{entry}");
    }
    let text = "services:\n  db:\n    image: postgres:16\n    ports:\n      - 5431:5432\n";
    let found = only("compose.yaml", text, "compose/datastore-port-published");
    let expected =
        "service `db` publishes PostgreSQL (port 5431, container port 5432) on all interfaces";
    assert_eq!(found.message, expected);
}
