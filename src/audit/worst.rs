//! The worst texts for every format: what a reader keeps a list of, again and again, what refers to what came before,
//! what is opened and never closed. Work must grow as the text does.

use super::{Outcome, audit};
use crate::model::steps::counted;

/// How long the texts are, in bytes: one is four times as long as the other.
const GROWTH: [usize; 2] = [24 << 10, 96 << 10];

/// A text: what it begins with, the part that is repeated, by its number, and its end.
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

    /// What an audit of a text of so many bytes looks at.
    fn cost(&self, length: usize) -> u64 {
        let text = self.text(length);
        // What is counted is counted for a thread.
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build();
        let (outcome, steps) = pool
            .unwrap()
            .install(|| counted(|| audit(self.path, text.as_bytes())));
        assert!(
            !matches!(outcome, Outcome::NotConfiguration),
            "{}: {}",
            self.path,
            &text[..text.len().min(80)]
        );
        steps
    }
}

macro_rules! cases {
    ($($path:literal: $head:literal, $part:expr, $tail:literal;)*) => {
        [$(Case { path: $path, head: $head, part: $part, tail: $tail }),*]
    };
}

/// What the previous part has as its number.
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
        "prod.env": "", |n| format!("A{n}_PASSWORD=kT7vv2Qp{n}\n"), "";
        "prod.env": "A0=x\n", |n| format!("A{}=${{A{n}}}\n", n + 1), "";
        "redis.conf": "", |n| format!("user u{n} on >kT7vv2Qp{n} ~* +@all\n"), "";
        "redis.conf": "", |n| format!("rename-command C{n} ''\n"), "";
        "redis.conf": "requirepass \"", |_| "\\\"".to_owned(), "\n";
        "pg_hba.conf": "", |n| format!("host all u{n} 0.0.0.0/0 trust\n"), "";
        "pg_hba.conf": "host all ", |n| format!("u{n},"), "u 0.0.0.0/0 trust\n";
        "postgresql.conf": "", |n| format!("ssl = off\nk{n} = 'x'\n"), "";
        "my.cnf": "", |n| format!("[mysqld{n}]\nskip-grant-tables\n"), "";
    }
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
        .chain(settings());
    let faults: Vec<_> = all
        .filter_map(|case| {
            let [short, long] = GROWTH.map(|length| case.cost(length));
            // The same at the start of each file counts for less in a long one.
            let is_fault = long * 10 > short * 46;
            is_fault.then(|| format!("{}: {short}, then {long}: {}", case.path, case.text(200)))
        })
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}
