//! Determines the kind of a file from its path and first bytes: by name if possible, otherwise with one cheap search.

use memchr::memmem;

use crate::lexicon::path::{self, Role};

/// What a file is read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Kind {
    /// YAML: compose, manifests, values, rules, workflows.
    Yaml,
    /// JSON in a format that one of the readers supports.
    Json,
    /// Terraform or `OpenTofu`.
    Terraform,
    /// Text for people to read.
    Prose,
    /// A shell script, a Makefile or a Procfile.
    Shell,
    /// A crontab.
    Cron,
    /// A systemd unit.
    Unit,
    /// Configuration in a format of its own: nginx, Redis, `PostgreSQL`, Caddy.
    Conf,
    /// Settings in the form `NAME=VALUE`.
    Env,
    /// SQL.
    Sql,
    /// A Prisma schema.
    Prisma,
    /// A Dockerfile.
    Docker,
    /// A list of dependencies.
    Dependencies,
    /// A Jenkins pipeline.
    Jenkins,
    /// A certificate, or a private key.
    Certificate,
    /// Reports and plans of test tools in XML.
    Xml,
    /// Results of load tests in CSV.
    Csv,
    /// Source code.
    Code,
    /// A CODEOWNERS file.
    Owners,
    /// Anything else; only its path is used.
    Other,
}

const CODE: &[&str] = &[
    "js", "mjs", "cjs", "ts", "mts", "tsx", "jsx", "vue", "svelte", "py", "rb", "go", "rs", "java",
    "kt", "kts", "scala", "cs", "php", "ex", "exs", "erb", "html", "htm", "ejs", "hbs", "twig",
    "swift", "clj", "groovy", "fs",
];

/// Whether a file is text for people to read.
fn is_prose(name: &str, extension: &str) -> bool {
    matches!(extension, "md" | "mdx" | "rst" | "adoc" | "markdown")
        || (extension == "txt" && !name.starts_with("requirements") && name != "cmakelists.txt")
}

fn is_dependencies(name: &str, extension: &str) -> bool {
    matches!(
        name,
        "package.json"
            | "pyproject.toml"
            | "pipfile"
            | "go.mod"
            | "cargo.toml"
            | "composer.json"
            | "gemfile"
            | "pom.xml"
            | "build.gradle"
            | "build.gradle.kts"
            | "mix.exs"
            | "setup.cfg"
            | "setup.py"
    ) || extension == "csproj"
        || (name.starts_with("requirements") && matches!(extension, "txt" | "in"))
}

/// Returns the kind of the file at `path`, which begins with `bytes`.
pub(crate) fn kind(path: &str, bytes: &[u8]) -> Kind {
    let lower = path.to_ascii_lowercase();
    let name = lower.rsplit('/').next().unwrap_or(&lower);
    let extension = name.rsplit_once('.').map_or("", |(_, end)| end);
    if is_dependencies(name, extension) {
        return Kind::Dependencies;
    }
    if let Some(kind) = of_template(name, bytes).filter(|_| !is_manifest(bytes)) {
        return kind;
    }
    match extension {
        "yml" | "yaml" => return Kind::Yaml,
        "rules" if has(bytes, "groups:") => return Kind::Yaml,
        "tf" | "tofu" | "tfvars" => return Kind::Terraform,
        "sh" | "bash" | "zsh" => return Kind::Shell,
        "timer" | "service" => return Kind::Unit,
        "sql" => return Kind::Sql,
        "prisma" => return Kind::Prisma,
        "pem" | "crt" | "cer" | "key" => return Kind::Certificate,
        "cron" | "crontab" => return Kind::Cron,
        "conf" | "cnf" | "ini" | "properties" | "toml" | "vcl" => return Kind::Conf,
        "json" => return json(name, bytes),
        "xml" | "jmx" => return xml(bytes),
        "csv" | "jtl" => return csv(bytes),
        "txt" if name.starts_with("cron") => return Kind::Cron,
        "tmpl" | "gotmpl" | "tpl" | "j2" | "template" | "erb" if is_manifest(bytes) => {
            return Kind::Yaml;
        }
        "tmpl" | "tpl" | "tftpl" if is_task(bytes) => return Kind::Json,
        _ if is_prose(name, extension) => return Kind::Prose,
        _ if CODE.contains(&extension) => return Kind::Code,
        _ => {}
    }
    by_name(&lower, name, bytes)
}

/// Extensions of templates that a tool fills in.
pub(super) const TEMPLATES: [&str; 6] = [".j2", ".erb", ".tmpl", ".tpl", ".template", ".tftpl"];

/// Returns a path without the extension of a template.
pub(super) fn plain(path: &str) -> &str {
    let inner = TEMPLATES.iter().find_map(|end| path.strip_suffix(end));
    inner.unwrap_or(path)
}

/// Returns what a template becomes, if that is a unit, a script, a crontab, or nginx configuration.
fn of_template(name: &str, bytes: &[u8]) -> Option<Kind> {
    let inner = TEMPLATES.iter().find_map(|end| name.strip_suffix(end))?;
    let extension = inner.rsplit_once('.').map_or("", |(_, end)| end);
    match extension {
        "service" | "timer" => Some(Kind::Unit),
        "sh" | "bash" => Some(Kind::Shell),
        "cron" | "crontab" => Some(Kind::Cron),
        _ if inner.starts_with("cron") || inner.ends_with("crontab") => Some(Kind::Cron),
        _ if is_nginx(bytes) => Some(Kind::Conf),
        _ if bytes.starts_with(b"#!") && has(&bytes[..bytes.len().min(60)], "sh") => {
            Some(Kind::Shell)
        }
        _ => None,
    }
}

/// Whether a text defines an nginx server.
fn is_nginx(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(64 << 10)];
    (has(head, "server {") || has(head, "server{"))
        && has(head, "listen")
        && ["proxy_pass", "server_name", "location ", "ssl_certificate"]
            .iter()
            .any(|word| has(head, word))
}

fn by_name(path: &str, name: &str, bytes: &[u8]) -> Kind {
    if name == "dockerfile"
        || name == "containerfile"
        || name.starts_with("dockerfile.")
        || name.ends_with(".dockerfile")
    {
        return Kind::Docker;
    }
    let is_list = || {
        ["env", "_env", "-env"]
            .iter()
            .any(|end| name.ends_with(end))
    };
    if name == ".env"
        || name.starts_with(".env.")
        || name.ends_with(".env")
        || !name.contains('.') && is_list() && assigns(bytes)
    {
        return Kind::Env;
    }
    let is_site = || super::nginx::is_of_sites(path) && is_nginx(bytes);
    if name == ".gitattributes" || is_part_of_nginx(path, name, bytes) || is_site() {
        return Kind::Conf;
    }
    match name {
        "jenkinsfile" => return Kind::Jenkins,
        "makefile" | "procfile" | "justfile" => return Kind::Shell,
        "caddyfile" => return Kind::Conf,
        "codeowners" => return Kind::Owners,
        "crontab" => return Kind::Cron,
        "readme" | "runbook" => return Kind::Prose,
        _ => {}
    }
    let is_crontab = name.ends_with("crontab")
        || ["cron", "cronfile", "cronjob", "cronjobs"].contains(&name)
        || name.starts_with("crontab");
    if (is_crontab || path.contains("cron.d/")) && !bytes.starts_with(b"#!") {
        return Kind::Cron;
    }
    if bytes.starts_with(b"#!") && memmem::find(&bytes[..bytes.len().min(60)], b"sh").is_some() {
        return Kind::Shell;
    }
    Kind::Other
}

/// Whether a template is of Kubernetes manifests.
fn is_manifest(bytes: &[u8]) -> bool {
    let begins =
        |word: &str| bytes.starts_with(word.as_bytes()) || has(bytes, &format!("\n{word}"));
    begins("apiVersion:") && begins("kind:")
}

/// Whether the text is an ECS container definition that takes values from a secret store.
fn is_task(bytes: &[u8]) -> bool {
    has(bytes, "\"secrets\"") && has(bytes, "\"valueFrom\"")
}

/// Whether a file without an extension is a part that nginx configuration includes.
fn is_part_of_nginx(path: &str, name: &str, bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(16 << 10)];
    !name.contains('.')
        && path
            .rsplit_once('/')
            .is_some_and(|(folder, _)| folder.contains("nginx"))
        && [
            "location ",
            "proxy_pass ",
            "limit_req",
            "server {",
            "add_header ",
        ]
        .iter()
        .any(|word| has(head, word))
        && has(head, ";")
}

/// Whether the first line that is not a comment sets a variable: `NAME=value`.
fn assigns(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(4 << 10)];
    let mut lines = head.split(|byte| *byte == b'\n');
    let first = lines.find(|line| !line.is_empty() && !line.starts_with(b"#"));
    let name = first.and_then(|line| line.split(|byte| *byte == b'=').next().zip(Some(line)));
    name.is_some_and(|(name, line)| {
        name.len() > 1
            && name.len() < line.len()
            && name
                .iter()
                .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_')
    })
}

fn has(bytes: &[u8], word: &str) -> bool {
    memmem::find(bytes, word.as_bytes()).is_some()
}

fn json(name: &str, bytes: &[u8]) -> Kind {
    if matches!(name, "package-lock.json" | "tsconfig.json") {
        return Kind::Other;
    }
    let is_known = has(bytes, "\"panels\"")
        || has(bytes, "\"openapi\"")
        || has(bytes, "\"swagger\"")
        || has(bytes, "\"containerDefinitions\"")
        || is_task(bytes)
        || has(bytes, "AWSTemplateFormatVersion")
        || (has(bytes, "\"metrics\"") && has(bytes, "http_req"))
        || (has(bytes, "\"numberOfRequests\"") && has(bytes, "\"percentiles3\""))
        || name == "coverage-summary.json"
        || name == "statistics.json"
        || (name.starts_with("renovate") || name == ".renovaterc.json")
        || matches!(name, "budget.json" | "app.json");
    if is_known { Kind::Json } else { Kind::Other }
}

fn xml(bytes: &[u8]) -> Kind {
    let head = &bytes[..bytes.len().min(4 << 10)];
    let is_known = [
        "<jmeterTestPlan",
        "<testsuite",
        "<coverage",
        "<report",
        "<databaseChangeLog",
    ]
    .iter()
    .any(|word| has(head, word));
    if is_known { Kind::Xml } else { Kind::Other }
}

fn csv(bytes: &[u8]) -> Kind {
    let head = &bytes[..bytes.len().min(4 << 10)];
    let is_known = (has(head, "timeStamp") && has(head, "elapsed"))
        || (has(head, "Request Count") && has(head, "Failure Count"));
    if is_known { Kind::Csv } else { Kind::Other }
}

/// Returns what a file is for, judged by its path. Documents in directories for documentation count as shipped.
pub(crate) fn role(path: &str, kind: Kind) -> Role {
    let own = ["suites", "suite", "unit", "acceptance"].map(str::to_owned);
    // A template that a tool fills in is not a sample.
    let path = match kind {
        Kind::Yaml | Kind::Json => [".tmpl", ".gotmpl", ".tpl", ".tftpl", ".template"]
            .iter()
            .find_map(|end| path.strip_suffix(end))
            .unwrap_or(path),
        Kind::Conf | Kind::Unit | Kind::Shell | Kind::Cron => plain(path),
        _ => path,
    };
    match path::role(path, &own) {
        // Releases do not include Mix, so its tasks are for developers.
        Role::Shipped if path.starts_with("lib/mix/tasks/") || path.contains("/lib/mix/tasks/") => {
            Role::Development
        }
        Role::Sample if matches!(kind, Kind::Prose) && !path.contains("example") => Role::Shipped,
        role => role,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_known_by_name_and_by_a_word() {
        for (path, text, expected) in [
            ("infra/docker/production.yml", "", Kind::Yaml),
            ("main.tf", "", Kind::Terraform),
            ("etc/cron.d/backup", "", Kind::Cron),
            ("backup.timer", "", Kind::Unit),
            ("docker/cronfile", "", Kind::Cron),
            ("docker/crontab.txt", "", Kind::Cron),
            ("prometheus/alert.rules", "groups:\n", Kind::Yaml),
            ("package.json", "", Kind::Dependencies),
            ("board.json", "{\"panels\": []}", Kind::Json),
            ("data.json", "{}", Kind::Other),
            (
                "ecs/app.json.tmpl",
                "[{\"secrets\": [{\"name\": \"A\", \"valueFrom\": \"${a}\"}]}]",
                Kind::Json,
            ),
            ("bin/backup", "#!/bin/sh\n", Kind::Shell),
            ("results.jtl", "timeStamp,elapsed,label\n", Kind::Csv),
            ("people.csv", "name,age\n", Kind::Other),
            ("requirements.txt", "", Kind::Dependencies),
            ("notes.txt", "", Kind::Prose),
            ("src/main.rs", "", Kind::Code),
            ("k8s/app.tmpl", "apiVersion: v1\nkind: Pod\n", Kind::Yaml),
            ("letters/welcome.tmpl", "kind: regards\n", Kind::Other),
            (
                "nginx/locations",
                "location / {\n  proxy_pass http://a;\n}\n",
                Kind::Conf,
            ),
            ("nginx/notes", "location\n", Kind::Other),
            (".gitattributes", "", Kind::Conf),
            (
                "roles/web/templates/site.conf.j2",
                "server {\n  listen 443 ssl;\n  server_name {{ host }};\n}\n",
                Kind::Conf,
            ),
            (
                "ansible/roles/web/templates/sites/app.example.org",
                "server {\n  listen 80;\n  location / {\n  }\n}\n",
                Kind::Conf,
            ),
            ("roles/web/templates/app.service.j2", "[Unit]\n", Kind::Unit),
            (
                "roles/db/templates/backup.sh.j2",
                "#!/bin/sh\n",
                Kind::Shell,
            ),
            ("roles/web/templates/page.html.j2", "<p>", Kind::Other),
            ("app/views/show.html.erb", "<p>", Kind::Code),
            ("docker/docker_env", "# a\nAPP_ENV=production\n", Kind::Env),
            ("bin/pyenv", "#!/bin/sh\nA=b\n", Kind::Shell),
            ("src/env", "words\n", Kind::Other),
        ] {
            assert_eq!(kind(path, text.as_bytes()), expected, "{path}");
        }
    }
}
