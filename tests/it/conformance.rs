//! Compose services as they should and should not be: what the hardening rules are for, independent of their code.
//!
//! Each row is a rule with the settings of bad and of good services. Every service is a project of its own, and all of
//! them are scanned at once.

use std::collections::BTreeSet;

use crate::harness::World;

/// A rule, settings that it reports, and settings that it accepts.
type Row = (
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
);

#[rustfmt::skip]
const ROWS: &[Row] = &[
    ("no-new-privileges",
        &["", "security_opt: []", "security_opt: ['no-new-privileges:false']", "security_opt: ['label:type:a']"],
        &["security_opt: [no-new-privileges]", "security_opt: ['no-new-privileges:true']", "security_opt: ['no-new-privileges=true']"]),
    ("privileged",
        &["privileged: true", "privileged: 'yes'", "privileged: '${P:-true}'"],
        &["", "privileged: false", "privileged: '${P:-false}'"]),
    ("cap-drop-all",
        &["", "cap_drop: [NET_RAW]", "cap_add: [CHOWN]"],
        &["cap_drop: [ALL]", "cap_drop: [all]", "{cap_drop: [ALL], cap_add: [CHOWN]}"]),
    ("cap-add-dangerous",
        &["cap_add: [all]", "cap_add: [SYS_ADMIN]", "cap_add: [CAP_SYS_MODULE]", "{cap_add: [SYS_PTRACE], cap_drop: [ALL]}"],
        &["", "cap_add: [NET_BIND_SERVICE, CHOWN]", "cap_drop: [SYS_ADMIN]"]),
    ("read-only-rootfs", &["", "read_only: false"], &["read_only: true", "{read_only: true, tmpfs: [/tmp]}"]),
    ("user-root", &["user: root", "user: '0'", "user: '0:0'", "user: 'root:app'"], &["", "user: '1000:0'", "user: app"]),
    ("docker-socket",
        &["volumes: ['/var/run/docker.sock:/var/run/docker.sock:ro']", "volumes: ['/run:/host']",
          "volumes: [{type: bind, source: /run/podman/podman.sock, target: /s}]"],
        &["", "volumes: ['sock:/var/run']", "volumes: ['./docker.sock.d:/d']"]),
    ("sensitive-host-path",
        &["volumes: ['/:/host:ro']", "volumes: ['/etc:/e']", "volumes: ['~/.ssh:/s:ro']", "volumes: ['/proc:/p']",
          "volumes: [{type: bind, source: /boot, target: /b}]"],
        &["", "volumes: ['/etc/localtime:/etc/localtime:ro']", "volumes: ['etc:/etc']", "volumes: ['/srv/a:/etc/a']", "volumes: ['/etc']"]),
    ("network-host", &["network_mode: host"], &["", "network_mode: bridge", "network_mode: none", "networks: [host]"]),
    ("host-namespace",
        &["pid: host", "ipc: host", "uts: host", "userns_mode: host", "cgroup: host", "cgroup_parent: other"],
        &["", "pid: 'service:a'", "ipc: private", "cgroup: private", "hostname: host"]),
    ("security-profile-off",
        &["security_opt: ['seccomp:unconfined']", "security_opt: ['apparmor=unconfined']", "security_opt: ['label:disable']",
          "security_opt: ['systempaths=unconfined']"],
        &["", "security_opt: ['seccomp:./a.json']", "security_opt: ['apparmor:docker-default']"]),
    ("device-exposed",
        &["devices: ['/dev/sda:/dev/sda']", "devices: [/dev/mem]", "device_cgroup_rules: ['a *:* rwm']"],
        &["", "devices: ['${DEVICE:?set DEVICE}:/dev/a']"]),
    ("mount-propagation",
        &["volumes: ['/a:/b:shared']", "volumes: ['/a:/b:ro,rslave']",
          "volumes: [{type: bind, source: /a, target: /b, bind: {propagation: rshared}}]"],
        &["", "volumes: ['/a:/b:rprivate']", "volumes: ['/shared:/slave']"]),
    ("healthcheck-missing", &["", "restart: always"], &["healthcheck: {test: [CMD, a]}", "restart: 'no'"]),
    ("healthcheck-disabled",
        &["healthcheck: {disable: true}", "healthcheck: {test: [NONE]}"],
        &["", "healthcheck: {test: [CMD, a]}", "healthcheck: {disable: false, test: [CMD, a]}"]),
    ("healthcheck-slow",
        &["healthcheck: {test: [CMD, a], interval: 10m}", "healthcheck: {test: exit 0}"],
        &["", "healthcheck: {test: [CMD, a], interval: 30s}"]),
    ("restart-policy",
        &["", "{restart: 'no', ports: ['127.0.0.1:1:1']}"],
        &["restart: always", "restart: unless-stopped", "restart: 'on-failure:5'", "deploy: {restart_policy: {condition: any}}", "restart: 'no'"]),
    ("memory-limit",
        &["", "mem_limit: 0", "mem_reservation: 1g", "deploy: {resources: {reservations: {memory: 1g}}}"],
        &["mem_limit: 512m", "deploy: {resources: {limits: {memory: 512M}}}"]),
    ("cpu-limit",
        &["", "cpus: 0", "cpu_shares: 100", "deploy: {resources: {limits: {memory: 1g}}}"],
        &["cpus: 0.5", "cpu_quota: 50000", "deploy: {resources: {limits: {cpus: '1'}}}"]),
    ("pids-limit", &["", "pids_limit: -1"], &["pids_limit: 100", "deploy: {resources: {limits: {pids: 9}}}"]),
    ("logging",
        &["", "logging: {driver: none}", "logging: {driver: json-file}"],
        &["logging: {driver: local}", "logging: {options: {max-size: 1m}}", "logging: {driver: syslog}"]),
    ("debug-mode",
        &["environment: {NODE_ENV: development}", "environment: [APP_DEBUG=true]", "command: python manage.py runserver"],
        &["", "environment: {NODE_ENV: production}", "environment: [APP_DEBUG=false]", "command: gunicorn a"]),
];

#[test]
fn bad_services_are_told_of_and_good_ones_are_not() {
    let world = World::new();
    for (rule, bad, good) in ROWS {
        write(&world, rule, "bad", bad);
        write(&world, rule, "good", good);
    }
    let scan = world.gonogo(&world.path("tree")).arg("scan");
    let levels = ["--min-severity", "info", "--min-confidence", "low"];
    let run = scan.args(levels).args(["--format", "json"]).run();
    let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let found: BTreeSet<(String, String)> = told(&report).collect();
    let mut wrong = Vec::new();
    for (rule, bad, good) in ROWS {
        for (kind, services) in [("bad", bad), ("good", good)] {
            for (number, settings) in services.iter().enumerate() {
                let path = path(rule, kind, number);
                if found.contains(&(path, format!("compose/{rule}"))) != (kind == "bad") {
                    wrong.push(format!("{rule}: {kind} service `{settings}`"));
                }
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

/// Returns which rules were reported in which files, including those that a finding covers.
fn told(report: &serde_json::Value) -> impl Iterator<Item = (String, String)> {
    let findings = report["findings"].as_array().unwrap();
    findings.iter().flat_map(|finding| {
        let path = finding["location"]["path"].as_str().unwrap();
        let covers = finding["covers"].as_array().unwrap();
        let rules = covers.iter().chain([&finding["rule"]]);
        rules.map(move |rule| (path.to_owned(), rule.as_str().unwrap().to_owned()))
    })
}

/// Returns the path for a row. Names of folders show what files are for, and names of rules contain some of the same
/// words.
fn path(rule: &str, kind: &str, number: usize) -> String {
    let rule = rule.replace('-', "");
    format!("{rule}s/{kind}{number}/compose.yaml")
}

fn write(world: &World, rule: &str, kind: &str, services: &[&str]) {
    for (number, settings) in services.iter().enumerate() {
        let own = settings
            .trim_start_matches('{')
            .trim_end_matches(['}', ' ']);
        // A row in braces has several settings; without, a setting may still end in a brace of its own.
        let settings = if settings.starts_with('{') {
            own
        } else {
            settings
        };
        let comma = if settings.is_empty() { "" } else { ", " };
        let text = format!("services: {{web: {{image: 'app:1'{comma}{settings}}}}}\n");
        world.write(&format!("tree/{}", path(rule, kind, number)), text);
    }
}
