//! What Ansible roles and playbooks install (A4, B4, B10, E4, E12, I4, N6), and systemd units (B7).

use super::View;
use crate::audit::yaml::Value;
use crate::readiness::Grade;
use crate::readiness::ledger::Ledger;
use crate::readiness::read::kind::Kind;
use crate::readiness::read::pattern::Pattern;
use crate::readiness::read::prose::lines;
use crate::readiness::read::{is_comment, name};

/// An item, the pattern that shows it, and the evidence it gives.
struct Installed {
    item: &'static str,
    grade: Grade,
    sign: Pattern,
    says: &'static str,
}

static INSTALLED: [Installed; 9] = [
    Installed {
        item: "E4",
        grade: Grade::SetUp,
        sign: Pattern::new(
            r"(?i)^\s*(?:-\s*)?(?:name:|role:|import_role:|pkg:|command:|ansible\.builtin\.\w+:|-)?[^#\n]*\b(?:certbot|acme\.sh|dehydrated|geerlingguy\.certbot)\b",
        ),
        says: "Ansible sets up what obtains certificates",
    },
    Installed {
        item: "B4",
        grade: Grade::SetUp,
        sign: Pattern::new(
            r"^\s*(?:-\s+)?(?:community\.general\.|ansible\.posix\.|ansible\.builtin\.)?(?:ufw|firewalld|iptables):|\bgeerlingguy\.firewall\b",
        ),
        says: "Ansible sets up a firewall on the host",
    },
    Installed {
        item: "N6",
        grade: Grade::SetUp,
        sign: Pattern::new(r"^[^#\n]*\b(?:unattended-upgrades|dnf-automatic|yum-cron)\b"),
        says: "updates are installed without people",
    },
    Installed {
        item: "B10",
        grade: Grade::SetUp,
        sign: Pattern::new(
            r"^[^#\n]*\b(?:node[_-]exporter|postgres[_-]exporter|mysqld[_-]exporter|redis[_-]exporter|nginx[_-](?:prometheus[_-])?exporter|prometheus-node-exporter)\b",
        ),
        says: "Ansible installs an exporter",
    },
    Installed {
        item: "I2",
        grade: Grade::SetUp,
        sign: Pattern::new(
            r"^[^#\n]*\b(?:telegraf|netdata|datadog-agent|prometheus-node-exporter|node[_-]exporter|munin-node|collectd)\b",
        ),
        says: "Ansible installs what collects metrics",
    },
    Installed {
        item: "I4",
        grade: Grade::SetUp,
        sign: Pattern::new(
            r"^[^#\n]*\b(?:filebeat|promtail|fluent-bit|fluentd|td-agent|amazon-cloudwatch-agent|remote_syslog|rsyslog-gnutls|grafana-alloy)\b",
        ),
        says: "Ansible installs what ships logs",
    },
    Installed {
        item: "E14",
        grade: Grade::Said,
        sign: Pattern::new(r"^[^#\n]*\b(?:fail2ban|crowdsec)\b"),
        says: "Ansible installs what bans addresses",
    },
    Installed {
        item: "C4",
        grade: Grade::SetUp,
        sign: Pattern::new(r"^[^#\n]*\b(?:pgbouncer|proxysql|odyssey)\b"),
        says: "Ansible installs a pool of connections",
    },
    Installed {
        item: "I9",
        grade: Grade::Said,
        sign: Pattern::new(r"^[^#\n]*\b(?:uptimerobot|healthchecks\.io|hc-ping\.com|statuscake)\b"),
        says: "a task names what watches from outside",
    },
];

pub(super) fn evaluate(view: &View<'_>, ledger: &mut Ledger) {
    for (file, read) in view
        .shipped(Kind::Yaml)
        .filter(|(file, _)| is_of_ansible(view, *file))
    {
        for it in &INSTALLED {
            let mut found = lines(&read.text).filter(|(_, line)| !is_comment(line));
            if let Some((line, _)) = found.find(|(_, line)| it.sign.is_in(line)) {
                ledger.add(it.item, it.grade, view.corpus.line(file, line), it.says);
            }
        }
    }
    environments(view, ledger);
    units(view, ledger);
}

/// Whether a file is a playbook, or contains the tasks or dependencies of a role.
fn is_of_ansible(view: &View<'_>, file: usize) -> bool {
    let path = &view.corpus.files[file].path;
    let is_of_role = ["tasks/", "handlers/"]
        .iter()
        .any(|part| path.contains(part))
        || path.contains("roles/") && path.ends_with("meta/main.yml");
    let is_play = |it: Value<'_>| {
        it.get("hosts").is_some() && (it.get("roles").is_some() || it.get("tasks").is_some())
    };
    let is_playbook = || {
        view.corpus
            .documents(file)
            .flat_map(Value::items)
            .any(is_play)
    };
    let is_requirements =
        name(path) == "requirements.yml" && view.corpus.files[file].text.contains("geerlingguy");
    is_of_role && !path.starts_with(".github/") || is_requirements || is_playbook()
}

/// Reports separate variables for production hosts.
fn environments(view: &View<'_>, ledger: &mut Ledger) {
    let is_of_production = |path: &str| {
        let is_vars =
            path.contains("group_vars/") || path.contains("inventor") && path.contains('/');
        is_vars
            && crate::lexicon::path::has_word(path, |word| word == "production" || word == "prod")
    };
    let mut files = view.shipped(Kind::Yaml);
    if let Some((file, _)) =
        files.find(|(_, read)| is_of_production(&read.path.to_ascii_lowercase()))
    {
        let says = "Ansible has variables of their own for production";
        ledger.add("A4", Grade::SetUp, view.corpus.line(file, 1), says);
    }
}

/// Reports units that systemd restarts, with or without a memory limit.
fn units(view: &View<'_>, ledger: &mut Ledger) {
    for (file, read) in view.shipped(Kind::Unit) {
        let value = |key: &str| {
            lines(&read.text).find_map(|(number, line)| {
                let (name, value) = line.split_once('=')?;
                (name.trim() == key).then(|| (number, value.trim()))
            })
        };
        let restarts = value("Restart").filter(|(_, it)| *it != "no");
        let Some((line, policy)) = restarts else {
            continue;
        };
        let place = view.corpus.line(file, line);
        if value("MemoryMax")
            .or_else(|| value("MemoryLimit"))
            .is_some()
        {
            let says = "systemd limits its memory, and starts it again";
            ledger.add("B7", Grade::SetUp, place, says);
        } else {
            let says = format!(
                "systemd starts it again (`Restart={policy}`); a limit of memory is not shown"
            );
            ledger.add("B7", Grade::Said, place, says);
        }
    }
}
