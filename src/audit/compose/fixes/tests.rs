//! Fixes in every way of writing: they resolve their findings, and leave everything else as it is.

use proptest::prelude::*;

use crate::audit::{Outcome, audit};
use crate::model::{Finding, Fix, apply, compatible};

/// More rounds than any file needs: of edits at one place, each round makes one.
const MAX_ROUNDS: usize = 20;

/// The rules about values that are readable in the file.
const CREDENTIALS: &str = "compose/hardcoded compose/credential compose/placeholder";

fn findings(text: &str) -> Vec<Finding> {
    match audit("compose.yaml", text.as_bytes()) {
        Outcome::Audited(findings) => findings,
        other => panic!("{other:?}\n{text}"),
    }
}

/// `text` with all fixes made for the rules that begin with `rules`.
fn fixed(text: &str, rules: &str) -> String {
    let mut text = text.to_owned();
    for _ in 0..MAX_ROUNDS {
        let findings = findings(&text);
        let fixes = findings.iter().flat_map(|finding| &finding.fixes);
        let fixes: Vec<&Fix> = fixes
            .filter(|fix| {
                rules
                    .split(' ')
                    .any(|rule| fix.rule.as_str().starts_with(rule))
            })
            .collect();
        if fixes.is_empty() {
            return text;
        }
        text = apply(&text, compatible(fixes.iter().copied())).unwrap();
    }
    panic!("it never ends:\n{text}");
}

#[track_caller]
fn check(rules: &str, text: &str, expected: &str) {
    let found = fixed(text, rules);
    assert_eq!(found, expected);
    let crlf = |text: &str| text.replace('\n', "\r\n");
    assert_eq!(fixed(&crlf(text), rules), crlf(expected));
}

/// Checks the result for one entry of `ports`.
#[track_caller]
fn check_port(entry: &str, expected: &str) {
    let file = |entry: &str| {
        format!(
            "services:\n  web:\n    image: app:1\n    ports:\n      - {entry} # why\n      - 127.0.0.1:1:1\n"
        )
    };
    check("compose/port", &file(entry), &file(expected));
}

/// Checks the result for one variable of an environment.
#[track_caller]
fn check_variable(name: &str, value: &str, expected: &str) {
    for mark in [": ", "="] {
        let file = |value: &str| {
            let dash = if mark == "=" { "- " } else { "" };
            format!(
                "services:\n  app:\n    image: app:1\n    environment:\n      {dash}{name}{mark}{value} # why\n      {dash}Z{mark}1\n"
            )
        };
        check(CREDENTIALS, &file(value), &file(expected));
    }
}

#[test]
fn ports_are_bound_to_loopback() {
    check_port("8080:80", "127.0.0.1:8080:80");
    check_port("\"8080:80/udp\"", "\"127.0.0.1:8080:80/udp\"");
    check_port("'3000-3005:3000-3005'", "'127.0.0.1:3000-3005:3000-3005'");
    check_port("80", "127.0.0.1::80");
    check_port("0.0.0.0:8080:80", "127.0.0.1:8080:80");
    check_port("\"[::]:8080:80\"", "\"127.0.0.1:8080:80\"");
    check_port("::0:8080:80", "127.0.0.1:8080:80");
    check_port("\":8080:80\"", "\"127.0.0.1:8080:80\"");
    check_port("${PORT:-8080}:80", "127.0.0.1:${PORT:-8080}:80");
    check_port("${BIND:-0.0.0.0}:8080:80", "${BIND:-127.0.0.1}:8080:80");
    check_port("${BIND}:8080:80", "${BIND:-127.0.0.1}:8080:80");
    check_port("$BIND:${PORT:-1}:80", "${BIND:-127.0.0.1}:${PORT:-1}:80");
    check_port("\"${BIND-}:8080:80\"", "\"${BIND:-127.0.0.1}:8080:80\"");
    check_port("&a 8080:80", "&a 127.0.0.1:8080:80");
}

#[test]
fn ports_that_cannot_be_bound_with_certainty_are_left() {
    for entry in [
        "\"${A:-8080:80}\"",
        "${X:-0.0.0.0:}8080:80",
        "\"8080:\\u0038\\u0030\"",
    ] {
        check_port(entry, entry);
    }
    let proxy = "services:\n  web:\n    image: nginx:1\n    ports: [\"80:80\", \"443:443\"]\n";
    check("compose/port", proxy, proxy);
}

#[test]
fn long_ports_get_an_address() {
    check(
        "compose/port",
        "services:\n  a:\n    image: a:1\n    ports:\n      - target: 80\n        published: 8080\n        host_ip: 0.0.0.0 # x\n",
        "services:\n  a:\n    image: a:1\n    ports:\n      - target: 80\n        published: 8080\n        host_ip: 127.0.0.1 # x\n",
    );
    check(
        "compose/port",
        "services:\n  a:\n    image: a:1\n    ports: [{target: 80, published: \"8080\"}, 81:81]\n",
        "services:\n  a:\n    image: a:1\n    ports: [{target: 80, published: \"8080\", host_ip: 127.0.0.1}, \"127.0.0.1:81:81\"]\n",
    );
}

#[test]
fn credentials_are_required_from_the_environment() {
    check_variable("DB_PASSWORD", "hunter2x", "${DB_PASSWORD:?set DB_PASSWORD}");
    check_variable("DB_PASSWORD", "${PW:-hunter2x}", "${PW:?set PW}");
    check_variable("DB_PASSWORD", "${A:-${B-hunter2x}}", "${A:-${B:?set B}}");
    check_variable(
        "DB_PASSWORD",
        "${postgres:-postgres}",
        "${postgres:?set postgres}",
    );
    check_variable(
        "DB_PASSWORD",
        "CHANGE_ME",
        "${DB_PASSWORD:?set DB_PASSWORD}",
    );
    check_variable(
        "DATABASE_URL",
        "postgres://postgres:postgres@db/app",
        "postgres://postgres:${DATABASE_PASSWORD:?set DATABASE_PASSWORD}@db/app",
    );
    check_variable(
        "DATABASE_URL",
        "postgres://app:${PW:-hunter2x}@db/app",
        "postgres://app:${PW:?set PW}@db/app",
    );
    check(
        CREDENTIALS,
        "services:\n  a:\n    image: a:1\n    security_opt: [no-new-privileges]\n    environment:\n      A_PASSWORD: 'hunter2x'\n      - B\n".replace("      - B\n", "").as_str(),
        "services:\n  a:\n    image: a:1\n    security_opt: [no-new-privileges]\n    environment:\n      A_PASSWORD: '${A_PASSWORD:?set A_PASSWORD}'\n",
    );
}

#[test]
fn credentials_in_brackets_get_quotes() {
    check(
        CREDENTIALS,
        "services:\n  a: {image: a:1, security_opt: [no-new-privileges], environment: {A_PASSWORD: hunter2x}}\n",
        "services:\n  a: {image: a:1, security_opt: [no-new-privileges], environment: {A_PASSWORD: \"${A_PASSWORD:?set A_PASSWORD}\"}}\n",
    );
    check(
        CREDENTIALS,
        "services:\n  a: {image: a:1, security_opt: [no-new-privileges], environment: [A_PASSWORD=hunter2x, U=postgres://a:hunter3x@b/c]}\n",
        "services:\n  a: {image: a:1, security_opt: [no-new-privileges], environment: [\"A_PASSWORD=${A_PASSWORD:?set A_PASSWORD}\", \"U=postgres://a:${U_PASSWORD:?set U_PASSWORD}@b/c\"]}\n",
    );
}

#[test]
fn different_secrets_never_come_to_share_a_variable() {
    let service = |name: &str, value: &str| {
        format!(
            "  {name}:\n    image: a:1\n    security_opt: [no-new-privileges]\n    environment:\n      PASSWORD: {value}\n"
        )
    };
    let file =
        |a: &str, b: &str| format!("services:\n{}{}", service("db-1", a), service("db-2", b));
    let same = "${PASSWORD:?set PASSWORD}";
    check(
        CREDENTIALS,
        &file("hunter2x", "hunter2x"),
        &file(same, same),
    );
    check(
        CREDENTIALS,
        &file("hunter2x", "hunter3x"),
        &file(
            "${DB_1_PASSWORD:?set DB_1_PASSWORD}",
            "${DB_2_PASSWORD:?set DB_2_PASSWORD}",
        ),
    );
    check(
        CREDENTIALS,
        &file("${PASSWORD:-hunter2x}", "hunter3x"),
        &file(same, "${DB_2_PASSWORD:?set DB_2_PASSWORD}"),
    );
}

#[test]
fn an_address_takes_the_variable_of_its_password() {
    let file = |password: &str, url: &str| {
        format!(
            "services:\n  app:\n    image: app:1\n    environment:\n      APP_URL: postgres://a:{url}@db/a\n  db:\n    image: app:1\n    environment:\n      DB_PASSWORD: {password}\n"
        )
    };
    let variable = "${DB_PASSWORD:?set DB_PASSWORD}";
    check(
        CREDENTIALS,
        &file("hunter2x", "hunter2x"),
        &file(variable, variable),
    );
}

#[test]
fn an_address_takes_no_variable_that_may_be_of_something_else() {
    let file = |a: &str, b: &str, url: &str| {
        format!(
            "services:\n  app:\n    image: app:1\n    environment:\n      A_PASSWORD: {a}\n      POSTGRES_PASSWORD: {b}\n      APP_URL: {url}\n"
        )
    };
    let a = "${A_PASSWORD:?set A_PASSWORD}";
    let b = "${POSTGRES_PASSWORD:?set POSTGRES_PASSWORD}";
    let same = |url: &str| file("hunter2x", "hunter2x", url);
    check(
        CREDENTIALS,
        &same("redis://:hunter2x@c/0"),
        &file(a, b, "redis://:hunter2x@c/0"),
    );
    check(
        CREDENTIALS,
        &same("db+postgresql://u:hunter2x@c/0"),
        &file(a, b, &format!("db+postgresql://u:{b}@c/0")),
    );
    let weak = "services:\n  app:\n    image: app:1\n    environment:\n      WEB_PASSWORD: admin\n      APP_URL: redis://:admin@c/0\n";
    let fixed = weak.replace(": admin", ": ${WEB_PASSWORD:?set WEB_PASSWORD}");
    check(CREDENTIALS, weak, &fixed);
    let given = file(a, b, "redis://:hunter2x@c/0");
    check(CREDENTIALS, &given, &given);
}

#[test]
fn values_that_are_not_what_they_read_are_left() {
    for value in [
        "$${X:-hunter2x}",
        "\"hunter\\x32x\"",
        "|-\n        hunter2x",
        "\"{{ x }}\"",
    ] {
        let file = format!(
            "services:\n  a:\n    image: app:1\n    environment:\n      DB_PASSWORD: {value}\n"
        );
        check(CREDENTIALS, &file, &file);
    }
}

#[test]
fn settings_are_added_behind_the_last_line_of_a_service() {
    check(
        "compose/no-new",
        "# top\nservices:\n    web: # the web\n        image: app:1   # pinned\n\n    db:\n        image: app:1\n        command: |\n            run\n\n# end\nvolumes: {}\n",
        "# top\nservices:\n    web: # the web\n        image: app:1   # pinned\n        security_opt:\n            - no-new-privileges:true\n\n    db:\n        image: app:1\n        command: |\n            run\n        security_opt:\n            - no-new-privileges:true\n\n# end\nvolumes: {}\n",
    );
    check(
        "compose/no-new",
        "services:\n  web:\n    image: app:1\n    security_opt:\n    - apparmor:docker-default # x\n    ports:\n    - 127.0.0.1:80:80",
        "services:\n  web:\n    image: app:1\n    security_opt:\n    - apparmor:docker-default # x\n    - no-new-privileges:true\n    ports:\n    - 127.0.0.1:80:80",
    );
    check(
        "compose/no-new",
        "services: {web: {image: app:1, security_opt: [a]}, db: {\"image\": \"app:1\"}}",
        "services: {web: {image: app:1, security_opt: [a, \"no-new-privileges:true\"]}, db: {\"image\": \"app:1\", \"security_opt\": [\"no-new-privileges:true\"]}}",
    );
    check(
        "compose/no-new",
        "services:\n  web:\n    image: app:1\n    volumes:\n",
        "services:\n  web:\n    image: app:1\n    volumes:\n    security_opt:\n      - no-new-privileges:true\n",
    );
}

#[test]
fn settings_that_come_from_elsewhere_are_changed_where_that_is_safe() {
    // A base that others extend gets the setting for all of them.
    check(
        "compose/no-new",
        "services:\n  base:\n    image: app:1\n  web:\n    extends: base\n    user: \"1\"\n",
        "services:\n  base:\n    image: app:1\n    security_opt:\n      - no-new-privileges:true\n  web:\n    extends: base\n    user: \"1\"\n",
    );
    // A list of its own would hide the merged one.
    let merged =
        "x-a: &a\n  security_opt: [apparmor:x]\nservices:\n  web:\n    <<: *a\n    image: app:1\n";
    check("compose/no-new", merged, merged);
    let reset = "services:\n  web:\n    image: app:1\n    security_opt: !reset []\n";
    check("compose/no-new", reset, reset);
    let keeping = "services:\n  web:\n    image: app:1\n    command: |+\n      run\n\n";
    check("compose/no-new", keeping, keeping);
    check(
        CREDENTIALS,
        "x-env: &env\n  DB_PASSWORD: hunter2x\nservices:\n  a:\n    image: app:1\n    security_opt: [no-new-privileges]\n    environment: *env\n  b:\n    image: app:1\n    security_opt: [no-new-privileges]\n    environment:\n      <<: *env\n",
        "x-env: &env\n  DB_PASSWORD: ${DB_PASSWORD:?set DB_PASSWORD}\nservices:\n  a:\n    image: app:1\n    security_opt: [no-new-privileges]\n    environment: *env\n  b:\n    image: app:1\n    security_opt: [no-new-privileges]\n    environment:\n      <<: *env\n",
    );
}

/// One setting of a service, in one of its spellings.
fn setting() -> impl Strategy<Value = String> {
    let port = prop_oneof![
        Just("8080:80"),
        Just("\"5432:5432\""),
        Just("'80'"),
        Just("0.0.0.0:1:1"),
        Just("${B}:1:1"),
        Just("${B:-0.0.0.0}:1:1"),
        Just("127.0.0.1:9:9"),
        Just("target: 80"),
    ];
    let value = prop_oneof![
        Just("hunter2x"),
        Just("\"hunter3x\""),
        Just("'changeme'"),
        Just("${X:-hunter2x}"),
        Just("${Y-postgres}"),
        Just("postgres://u:hunter2x@h/d"),
        Just("a"),
        Just(""),
    ];
    let name = prop_oneof![
        Just("DB_PASSWORD"),
        Just("API_TOKEN"),
        Just("APP_URL"),
        Just("REGION")
    ];
    let comment = prop_oneof![Just(""), Just(" # why"), Just("  ")];
    prop_oneof![
        (prop::collection::vec(port.clone(), 1..3), comment.clone()).prop_map(
            |(ports, comment)| {
                let items: Vec<_> = ports
                    .iter()
                    .map(|port| format!("      - {port}{comment}\n"))
                    .collect();
                format!("    ports:\n{}", items.concat())
            }
        ),
        (name.clone(), value.clone(), comment.clone()).prop_map(|(name, value, comment)| format!(
            "    environment:\n      {name}: {value}{comment}\n"
        )),
        (name, value).prop_map(|(name, value)| {
            let value = value.trim_matches(['"', '\'']);
            format!("    environment:\n    - {name}={value}\n")
        }),
        Just("    security_opt: [seccomp:x]\n".to_owned()),
        Just("    security_opt:\n    - seccomp:x\n\n".to_owned()),
        Just("    command: >-\n      run it\n\n      # no comment\n\n".to_owned()),
        Just("    networks:\n\n".to_owned()),
        Just("    # a comment\n    user: root\n".to_owned()),
        Just("    <<: *common\n".to_owned()),
        Just("    extends: other\n".to_owned()),
    ]
}

fn compose_file() -> impl Strategy<Value = String> {
    let service = prop::collection::btree_set(setting(), 0..4);
    (prop::collection::vec(service, 1..4), any::<bool>(), any::<bool>()).prop_map(|(services, crlf, ends)| {
        let mut text = "x-common: &common\n  environment: {DB_PASSWORD: hunter2x}\nservices:\n  other:\n    image: app:1\n".to_owned();
        for (number, settings) in services.iter().enumerate() {
            text += &format!("  s{number}:\n    image: app:1\n");
            let mut seen = Vec::new();
            for setting in settings {
                let key = setting.split(':').next().unwrap_or_default().to_owned();
                if !seen.contains(&key) {
                    text += setting;
                    seen.push(key);
                }
            }
        }
        if !ends {
            text.truncate(text.trim_end().len());
        }
        if crlf { text.replace('\n', "\r\n") } else { text }
    })
}

/// The lines of `text` that are comments, empty, or about things that no rule examines, without what a shared block
/// adds to a merge key.
fn untouched(text: &str) -> Vec<String> {
    let is_untouched = |line: &&str| {
        line.trim().starts_with('#')
            || line.contains("run it")
            || line.contains("image")
            || line.contains("<<")
    };
    let is_shared = |line: &&str| line.trim() == "<<: *defaults";
    let lines = text
        .lines()
        .filter(|line| is_untouched(line) && !is_shared(line));
    let own = |line: &str| match line.split_once(", *defaults]") {
        Some((before, after)) => before.replacen('[', "", 1) + after,
        None => line.to_owned(),
    };
    lines.map(own).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]
    #[test]
    fn fixing_twice_is_fixing_once(text in compose_file()) {
        let once = fixed(&text, "compose/");
        prop_assert_eq!(&fixed(&once, "compose/"), &once);
        prop_assert_eq!(untouched(&text), untouched(&once));
        prop_assert_eq!(text.contains('\r'), once.contains('\r'));
        for finding in findings(&once) {
            let rule = finding.rule.as_str();
            let is_done = !matches!(rule, "compose/port-all-interfaces" | "compose/hardcoded-credential" | "compose/credential-default");
            prop_assert!(is_done, "{} in\n{}", rule, once);
        }
    }

    #[test]
    fn no_edit_holds_a_secret(text in compose_file()) {
        for finding in findings(&text) {
            for edit in finding.fixes.iter().flat_map(|fix| &fix.edits) {
                for secret in ["hunter", "changeme", "postgres:"] {
                    prop_assert!(!edit.replacement.contains(secret));
                }
            }
        }
    }
}

#[test]
fn a_service_whose_helpers_gain_rights_is_left_out_of_a_shared_block() {
    let file = |block: &str, mail: &str| {
        format!(
            "x-base: &base\n  restart: always\n{block}services:\n  mail:\n    <<: *base\n    image: acme/smtp:1\n{mail}  a:\n    \
             <<: *base\n    image: app:1\n  b:\n    <<: *base\n    image: app:1\n  c:\n    <<: *base\n    image: app:1\n"
        )
    };
    check(
        "compose/no-new-privileges",
        &file("", ""),
        &file(
            "  security_opt:\n    - no-new-privileges:true\n",
            "    security_opt: [] # no-new-privileges would stop the mail server, which needs setuid\n",
        ),
    );
}

#[test]
fn a_block_in_common_is_given_what_the_blocks_lack_that_merge_it() {
    let file = |common: &str, merge: &str| {
        format!(
            "{common}x-app: &app\n{merge}  image: app:1\n\nservices:\n  db:\n{}    image: postgres:16\n  cache:\n{}    image: \
             redis:7\n  a:\n    <<: *app\n  b:\n    <<: *app\n    command: work\n",
            merge.replace("  <<", "    <<"),
            merge.replace("  <<", "    <<"),
        )
    };
    let common = "x-defaults: &defaults\n  security_opt:\n    - no-new-privileges:true\n  logging:\n    driver: json-file\n    \
                  options:\n      max-size: 10m\n      max-file: \"3\"\n\n";
    check(
        "compose/no-new-privileges compose/logging",
        &file("", ""),
        &file(common, "  <<: *defaults\n"),
    );
}

#[test]
fn privileged_containers_and_policies_that_were_left_out_stay_as_they_are() {
    let file = "services:\n  docker:\n    image: docker:27-dind\n    privileged: true\n  web:\n    image: app:1\n    # restart: always\n";
    check(
        "compose/no-new-privileges",
        &file.replace("  web:\n    image: app:1\n    # restart: always\n", ""),
        &file.replace("  web:\n    image: app:1\n    # restart: always\n", ""),
    );
    let web = "services:\n  web:\n    image: app:1\n    # restart: always\n    init: true\n";
    check("compose/restart-policy", web, web);
}

#[test]
fn what_someone_has_settled_stays() {
    let rules =
        "compose/no-new-privileges compose/logging compose/cap-drop-all compose/restart-policy";
    for settled in [
        // In a comment, also at the end of the service.
        "    image: app:1\n    restart: always\n    logging: {driver: local}\n    # security_opt: [\"label:disable\"]\n",
        "    image: app:1\n    #logging:\n    #  driver: none\n    restart: always\n    security_opt: [no-new-privileges]\n",
        // Capabilities from files.
        "    image: app:1\n    restart: always\n    logging: {driver: local}\n    cap_add: [SYS_ADMIN]\n",
        "    image: app:1\n    user: \"1000\"\n    restart: always\n    logging: {driver: local}\n    cap_add: [NET_RAW]\n",
        // Some capabilities were chosen.
        "    image: app:1\n    user: \"1000\"\n    restart: always\n    logging: {driver: local}\n    security_opt: [no-new-privileges]\n    cap_drop: [NET_RAW]\n",
        // Settings of another file's service.
        "    image: app:1\n    extends: {file: base.yml, service: web}\n",
    ] {
        let text = format!("services:\n  web:\n{settled}");
        check(rules, &text, &text);
    }
    let other = "services:\n  web:\n    image: app:1\n    restart: always\n    logging: {driver: local}\n  db:\n    image: app:2\n    restart: always\n    logging: {driver: local}\n    # security_opt:\n";
    let after = fixed(other, rules);
    assert_eq!(after.matches("no-new-privileges").count(), 1, "{after}");
}
