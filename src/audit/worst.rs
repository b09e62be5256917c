//! The worst texts for every format: whatever a reader keeps a list of, repeated many times; references to what came
//! before; brackets that are never closed. Work must grow no faster than the text.

use super::{Nothing, Outcome, Policy, Project, Source, audit};
use crate::model::steps::counted;

/// The lengths of the texts in bytes: one is four times as long as the other.
const GROWTH: [usize; 2] = [8 << 10, 32 << 10];

/// The same for nginx, whose checks look at some hundred lines around each one.
const GROWTH_OF_NGINX: [usize; 2] = [48 << 10, 192 << 10];

/// A text: its beginning, the part that is repeated, made from its index, and its end.
struct Case {
    path: &'static str,
    head: &'static str,
    part: fn(usize) -> String,
    tail: &'static str,
}

impl Case {
    fn text(&self, length: usize) -> String {
        let mut text = self.head.to_owned();
        for number in 0.. {
            if text.len() >= length {
                break;
            }
            text += &(self.part)(number);
        }
        text + self.tail
    }

    /// Returns how many steps an audit of a text of `length` bytes takes; `None` if it is not configuration.
    fn cost(&self, length: usize) -> Option<u64> {
        let text = self.text(length);
        // Steps are counted per thread.
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build();
        let (outcome, steps) = pool
            .unwrap()
            .install(|| counted(|| audit(self.path, text.as_bytes())));
        match outcome {
            Outcome::NotConfiguration => None,
            _ => Some(steps),
        }
    }
}

macro_rules! cases {
    ($($path:literal: $head:literal, $part:expr, $tail:literal;)*) => {
        [$(Case { path: $path, head: $head, part: $part, tail: $tail }),*]
    };
}

/// Returns the number of the previous part.
fn before(number: usize) -> usize {
    number.saturating_sub(1)
}

fn compose() -> impl IntoIterator<Item = Case> {
    cases! {
        "compose.yml": "services:\n", |n| format!("  s{n}:\n    image: a\n    privileged: true\n    ports: ['80:80']\n"), "";
        "compose.yml": "services:\n  s0:\n    image: a\n", |n| format!("  s{}:\n    extends: s{n}\n", n + 1), "";
        "compose.yml": "services:\n  s:\n    privileged: true\n", |n| format!("  s{n}:\n    extends: s\n"), "";
        "compose.yml": "services:\n  s:\n    image: a\n    depends_on:\n", |n| format!("      - s{n}\n"), "";
        "compose.yml": "services:\n  s:\n    image: a\n    environment:\n", |n| format!("      V{n}: ${{V{n}:-x}}\n"), "";
        "compose.yml": "services:\n  s:\n    image: a\n    environment:\n", |n| format!("      - V{n}_PASSWORD=kT7vv2Qp{n}\n"), "";
        "compose.yml": "services:\n", |n| format!("  s{n}:\n    image: postgres\n    networks: [n{n}, n{}]\n", n + 1), "";
        "compose.yml": "services:\n  s:\n    image: a\n    volumes:\n", |n| format!("      - /var/run/docker.sock:/x{n}\n"), "";
        "compose.yml": "services:\n  s:\n    image: postgres\n    ports:\n", |n| format!("      - '{n}:5432'\n"), "";
        "compose.yml": "x-a: &a\n  privileged: true\nservices:\n", |n| format!("  s{n}: *a\n"), "";
        "compose.yml": "x-a: &a {image: a}\nservices:\n  s:\n    <<: [", |_| "*a, ".to_owned(), "]\n";
        "compose.yml": "services:\n  s:\n    image: '", |_| "${A:-".to_owned(), "'\n";
        "compose.yml": "services:\n  s:\n    image: a\n", |n| format!("    k{n}: v\n"), "";
        "compose.yml": "services:\n  s:\n    image: a\n", |_| "    k: v\n".to_owned(), "";
    }
}

fn dockerfile() -> impl IntoIterator<Item = Case> {
    cases! {
        "Dockerfile": "FROM a\n", |n| format!("RUN curl http://x/{n} | sh\n"), "";
        "Dockerfile": "FROM a\n", |n| format!("ARG A{}=$A{n}\nENV B{n}=$A{n}\n", n + 1), "";
        "Dockerfile": "FROM a AS s0\n", |n| format!("FROM s{n} AS s{}\nUSER root\n", n + 1), "";
        "Dockerfile": "FROM a AS s0\n", |n| format!("FROM a AS s{}\nCOPY --from=s{n} . .\n", n + 1), "";
        "Dockerfile": "FROM a\nRUN a", |_| "\\\n && b ".to_owned(), "\n";
        "Dockerfile": "FROM a\nRUN", |_| " <<A".to_owned(), "\n";
        "Dockerfile": "FROM a\n", |_| "RUN <<A\nx\n".to_owned(), "";
        "Dockerfile": "FROM a\nENV", |n| format!(" A{n}=$A{}", before(n)), "\n";
        "Dockerfile": "FROM a\nRUN ", |_| "'a' \"b\" $(c) `d` ".to_owned(), "\n";
    }
}

fn kubernetes() -> impl IntoIterator<Item = Case> {
    cases! {
        "pod.yaml": "kind: Pod\napiVersion: v1\nmetadata: {name: a}\nspec:\n  containers:\n",
            |n| format!("  - name: c{n}\n    image: a\n    securityContext: {{privileged: true}}\n"), "";
        "pod.yaml": "kind: Pod\napiVersion: v1\nmetadata: {name: a}\nspec:\n  containers: [{name: a, image: a}]\n  volumes:\n",
            |n| format!("  - {{name: v{n}, hostPath: {{path: /x{n}}}}}\n"), "";
        "roles.yaml": "", |n| format!(
            "---\nkind: ClusterRoleBinding\napiVersion: rbac.authorization.k8s.io/v1\nmetadata: {{name: b{n}}}\n\
             roleRef: {{kind: ClusterRole, name: r{n}, apiGroup: rbac.authorization.k8s.io}}\n\
             subjects: [{{kind: ServiceAccount, name: x, namespace: a}}]\n"
        ), "";
        "services.yaml": "", |n| format!(
            "---\nkind: Service\napiVersion: v1\nmetadata: {{name: s{n}}}\nspec: {{type: NodePort, selector: {{app: a{n}}}}}\n"
        ), "";
        "list.yaml": "kind: List\napiVersion: v1\nitems:\n", |n| format!(
            "- {{kind: Pod, apiVersion: v1, metadata: {{name: p{n}}}, spec: {{hostNetwork: true, containers: []}}}}\n"
        ), "";
    }
}

fn nginx() -> impl IntoIterator<Item = Case> {
    cases! {
        "nginx.conf": "http {\n", |n| format!("server {{ server_name a{n}; location / {{ autoindex on; }} }}\n"), "}\n";
        "nginx.conf": "http { server {\n", |n| format!("location /a{n} {{ alias /x{n}/; }}\n"), "}}\n";
        "nginx.conf": "http { server {\n", |n| format!("add_header X-{n} y;\n"), "}}\n";
        "nginx.conf": "http { server { location / {\n", |n| format!("set $v{} $v{n};\nproxy_pass http://$v{n};\n", n + 1), "}}}\n";
        "nginx.conf": "http { server { location / {\n", |n| format!("if ($arg_{n}) {{ return 301 http://$host; }}\n"), "}}}\n";
        "nginx.conf": "http { map $a $b {\n", |n| format!("x{n} y;\n"), "}}\n";
        "nginx.conf": "http {\n", |n| format!("upstream u{n} {{ server a; }} server {{ location / {{ proxy_pass http://u{n}; }} }}\n"), "}\n";
    }
}

fn workflow() -> impl IntoIterator<Item = Case> {
    cases! {
        ".github/workflows/a.yml": "on: pull_request_target\njobs:\n", |n| format!(
            "  j{n}:\n    runs-on: a\n    steps:\n    - run: echo ${{{{ github.head_ref }}}}\n"
        ), "";
        ".github/workflows/a.yml": "on: pull_request_target\njobs:\n  j0:\n    runs-on: a\n    steps: [{run: a}]\n", |n| format!(
            "  j{}:\n    needs: j{n}\n    steps: [{{run: 'echo ${{{{ needs.j{n}.outputs.a }}}}'}}]\n", n + 1
        ), "";
        ".github/workflows/a.yml": "on: pull_request_target\njobs:\n  j:\n    steps:\n", |n| format!(
            "    - id: s{n}\n      run: echo ${{{{ steps.s{}.outputs.a }}}}\n", before(n)
        ), "";
        ".github/workflows/a.yml": "on: pull_request_target\njobs:\n  j:\n    steps: [{run: a}]\n    env:\n", |n| format!(
            "      V{n}: ${{{{ env.V{} }}}}\n", before(n)
        ), "";
        ".github/workflows/a.yml": "on: pull_request_target\njobs:\n  j:\n    steps:\n    - run: echo ", |_| "${{ env.A }} ".to_owned(), "\n";
        ".github/workflows/a.yml": "on: pull_request_target\njobs:\n  j:\n    steps:\n    - run: echo ", |_| "${{ ".to_owned(), "\n";
    }
}

fn settings() -> impl IntoIterator<Item = Case> {
    cases! {
        "redis.conf": "port 6379\nappendonly yes\ntimeout 0\ndatabases 16\n", |n| format!("user u{n} on >kT7vv2Qp{n} ~* +@all\n"), "";
        "redis.conf": "port 6379\nappendonly yes\ntimeout 0\ndatabases 16\n", |n| format!("rename-command C{n} ''\n"), "";
        "redis.conf": "port 6379\nappendonly yes\ntimeout 0\ndatabases 16\nrequirepass \"", |_| "\\\"".to_owned(), "\n";
    }
}

/// A password that nothing marks as made up.
const VALUE: &str = "kT7vv2Qp";

fn env() -> impl IntoIterator<Item = Case> {
    cases! {
        ".env": "A=1\n", |n| format!("V{n}_PASSWORD=kT7vv2Qp{n}\n"), "";
        ".env": "A=1\n", |n| format!("DB_PASSWORD=kT7vv2Qp{n}\n"), "";
        ".env": "A=1\n", |n| format!("V{}=${{V{n}}}\n", n + 1), "";
        ".env": "A=1\n", |n| format!("V{n}=${{V{n}:-kT7vv2Qp{n}}}\n"), "";
        ".env": "A=1\n", |n| format!("V{n}_URL=postgres://a:{VALUE}@db/x\n"), "";
        ".env": "A=1\n", |_| "A=\"\n".to_owned(), "";
        ".env": "A=1\n", |_| "A='\\\"\nB=\"\n".to_owned(), "";
        ".env": "A=\"", |_| "\\\"".to_owned(), "";
        ".env": "A=", |_| "${B:-".to_owned(), "\n";
        ".env": "A=1\n", |_| "# DB_PASSWORD=kT7vv2Qp\n".to_owned(), "";
        ".env": "A=1\n", |_| "export A=1\n".to_owned(), "";
    }
}

fn mysql() -> impl IntoIterator<Item = Case> {
    cases! {
        "my.cnf": "[mysqld]\n", |_| "skip-grant-tables\n".to_owned(), "";
        "my.cnf": "[mysqld]\n", |n| format!("loose-skip-gra{n} = 1\n"), "";
        "my.cnf": "[mysqld]\n", |_| "bind-address = 0.0.0.0\n".to_owned(), "";
        "my.cnf": "[mysqld]\nbind-address = 0.0.0.0", |_| ",10.0.0.1".to_owned(), "\n";
        "my.cnf": "[mysqld]\nbind-address = ", |_| "\"\\\"\" ".to_owned(), "\n";
        "my.cnf": "[mysqld]\n", |n| format!("[mysqld-8.{n}]\nlocal-infile = 1\n"), "";
        "my.cnf": "[mysqld]\n", |n| format!("!include a{n}.cnf\n"), "";
        "my.cnf": "[mysqld]\n", |n| format!("!includedir a{n}\n"), "";
        "my.cnf": "[mysqld]\n", |_| "# skip-networking\n".to_owned(), "";
    }
}

fn postgres() -> impl IntoIterator<Item = Case> {
    cases! {
        "postgresql.conf": "listen_addresses = '*'\n", |_| "ssl = off\n".to_owned(), "";
        "postgresql.conf": "listen_addresses = '*'\n", |n| format!("a.b{n} = 'x'\n"), "";
        "postgresql.conf": "listen_addresses = '*'\n", |n| format!("include 'a{n}.conf'\n"), "";
        "postgresql.conf": "listen_addresses = '*'\n", |n| format!("include_dir 'a{n}'\n"), "";
        "postgresql.conf": "listen_addresses = '*'\na.b = '", |_| "''\\'".to_owned(), "'\n";
        "postgresql.conf": "listen_addresses = '*", |_| ",10.0.0.1".to_owned(), "'\n";
        "pg_hba.conf": "", |n| format!("host all all 10.{}.{}.0/24 md5\n", n / 256, n % 256), "";
        "pg_hba.conf": "", |n| format!("host db{n} all 0.0.0.0/0 trust\n"), "";
        "pg_hba.conf": "", |n| format!("host all u{n} 0.0.0.0/0 trust\n"), "";
        "pg_hba.conf": "", |n| format!("hostssl all all h{n}.example trust\n"), "";
        "pg_hba.conf": "", |n| format!("host db{n} u{n} 10.0.0.{} 255.255.255.{} md5\n", n % 256, n % 256), "";
        "pg_hba.conf": "", |_| "local all all trust\n".to_owned(), "";
        "pg_hba.conf": "local all a", |n| format!(",u{n}"), " trust\n";
        "pg_hba.conf": "local d", |n| format!(",d{n}"), " all trust\n";
        "pg_hba.conf": "local all all ", |_| "\\\n".to_owned(), "trust\n";
        "pg_hba.conf": "local all all trust\n", |n| format!("include a{n}.conf\n"), "";
    }
}

/// Returns how many steps an audit of `count` directories takes, each with an application of its own.
fn cost_of_folders(count: usize) -> u64 {
    let files = (0..count).flat_map(|n| {
        let file = |name: &str, text: String| (format!("a{n}/{name}"), text);
        [
            file("compose.yaml", "services:\n  web:\n    build: .\n    env_file: .env\n  db:\n    image: postgres:16\n".to_owned()),
            file(".env", format!("DB_PASSWORD=kT7vv2Qp{n}\nPOSTGRES_PASSWORD=postgres\n")),
            file("Dockerfile", "FROM alpine AS base\nFROM alpine\nCOPY . .\n".to_owned()),
            file("pod.yaml", format!(
                "kind: Pod\napiVersion: v1\nmetadata: {{name: p{n}, labels: {{app: a}}}}\nspec:\n  containers:\n  - name: db\n    image: postgres\n    env: [{{name: POSTGRES_PASSWORD, value: postgres}}]\n\
                 ---\nkind: Service\napiVersion: v1\nmetadata: {{name: s{n}}}\nspec: {{type: NodePort, selector: {{app: a}}}}\n"
            )),
            file("nginx.conf", "http { server { listen 80; location / { autoindex on; } } }\n".to_owned()),
        ]
    });
    let sources: Vec<_> = files
        .map(|(path, text)| Source::new(&path, text.as_bytes()))
        .collect();
    let paths: Vec<_> = sources.iter().map(|source| source.path.clone()).collect();
    let policy = Policy::default();
    let project = Project::new(sources, paths, &Nothing, &policy);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build();
    let (outcomes, steps) = pool.unwrap().install(|| counted(|| project.audit()));
    let is_audited = |(_, outcome): &(&str, Outcome)| matches!(outcome, Outcome::Audited(_));
    assert!(outcomes.iter().all(is_audited));
    steps
}

#[test]
fn audits_take_time_as_there_are_files() {
    let [few, many] = [40, 160].map(cost_of_folders);
    assert!(many * 10 <= few * 44, "{few}, then {many}");
}

#[test]
fn audits_take_time_as_their_files_are_long() {
    let configuration = compose()
        .into_iter()
        .chain(dockerfile())
        .chain(kubernetes());
    let all = configuration
        .chain(nginx())
        .chain(workflow())
        .chain(settings())
        .chain(env())
        .chain(mysql())
        .chain(postgres());
    let faults: Vec<_> = all
        .filter_map(|case| {
            let growth = match case.path {
                "nginx.conf" => GROWTH_OF_NGINX,
                _ => GROWTH,
            };
            let costs = growth.map(|length| case.cost(length).unwrap_or(0));
            let [short, long] = costs;
            // The constant cost at the start of each file weighs less in a long one.
            let is_fault = short == 0 || long * 10 > short * 46;
            is_fault.then(|| format!("{}: {costs:?}: {}", case.path, case.text(200)))
        })
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}
