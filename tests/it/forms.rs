//! Passwords in the forms that people write them in.

use std::fmt::Write as _;

use crate::harness::{Report, World, token};

/// Returns a password that nobody would choose.
fn password(label: &str) -> String {
    format!("q{}", &token(label)[10..26])
}

fn scan(name: &str, text: &str) -> Report {
    let world = World::new();
    let folder = world.folder("tree");
    world.write(&format!("tree/{name}"), text);
    world.gonogo(&folder).arg("scan").report()
}

/// Returns the rules that find something in a file, and in which encodings.
fn rules(name: &str, text: &str) -> Vec<(String, Vec<String>)> {
    let findings = scan(name, text).findings.into_iter();
    findings.map(|found| (found.rule, found.decoded)).collect()
}

#[track_caller]
fn finds(name: &str, text: &str, rule: &str, decoded: &[&str]) {
    let decoded = decoded.iter().map(|&name| name.to_owned()).collect();
    assert_eq!(rules(name, text), [(rule.to_owned(), decoded)], "{text}");
}

#[test]
fn a_password_in_parts_is_one_password() {
    let whole = password("parts");
    let (head, tail) = whole.split_at(9);
    for (name, text) in [
        (
            "a.py",
            format!("password = (\n    '{head}'\n    '{tail}'\n)\n"),
        ),
        (
            "a.java",
            format!("String password = \"{head}\"\n    + \"{tail}\";\n"),
        ),
        ("a.php", format!("<?php $password = '{head}' . '{tail}';\n")),
        ("a.lua", format!("password = '{head}' .. '{tail}'\n")),
    ] {
        finds(name, &text, "generic/password", &["concatenation"]);
    }
    let text = format!("db:\n  password: \"{head}\\\n    {tail}\"\n");
    finds("app.yml", &text, "generic/password", &["lines"]);
    let world = World::new();
    let folder = world.folder("tree");
    world.write("tree/app.yml", &text);
    for format in ["text", "json", "sarif", "html"] {
        let run = world
            .gonogo(&folder)
            .args(["scan", "--format", format])
            .run();
        let shows = |part: &str| run.stdout.contains(part) || run.stderr.contains(part);
        assert!(run.code == 1 && !shows(head) && !shows(tail), "{format}");
    }
}

#[test]
fn a_password_on_a_line_of_its_own_belongs_to_its_key() {
    let password = password("below");
    for text in [
        format!("db:\n  password:\n    {password}\n  user: app\n"),
        format!("db:\n  password:\n    \"{password}\"\n  user: app\n"),
        format!("db:\n  password: >- # of the owner\n\n    {password}\n\n  user: app\n"),
        format!("db:\n  password: &owner {password}\n"),
    ] {
        finds("app.yml", &text, "generic/password", &[]);
    }
    let text = "db:\n  password:\n    required\n  token: |\n    one two\n    three\n";
    assert!(rules("app.yml", text).is_empty());
}

#[test]
fn a_line_without_end_is_data_in_files_of_data_and_a_bundle_elsewhere() {
    let password = password("long");
    let mut cells = String::new();
    for number in 0..80 {
        write!(cells, r#"{{"id":{number},"source":["a = {number}\n"]}},"#).unwrap();
    }
    let cell = format!(r#"{{"id":80,"source":["password = \"{password}\"\n"]}}"#);
    let notebook = format!(r#"{{"cells":[{cells}{cell}]}}"#);
    finds("study.ipynb", &notebook, "generic/password", &[]);
    let data = format!(r#"{{"cells":[{cells}{{"user":"app","password":"{password}"}}]}}"#);
    finds("app.json", &data, "generic/password", &[]);
    for name in ["app.js", "app.html", "app.txt"] {
        assert!(rules(name, &data).is_empty(), "{name}");
    }
    let word = data.replace(&password, "Traverse7");
    assert!(rules("app.json", &word).is_empty());
}

#[test]
fn quotation_marks_may_be_entities() {
    let password = password("entities");
    for quote in ["&quot;", "&#34;", "&#x22;", "&apos;", "&#39;", "&#x27;"] {
        let text = format!("<a data=\"{{{quote}password{quote}:{quote}{password}{quote}}}\"/>\n");
        finds("a.xml", &text, "generic/password", &[]);
        let text = format!("<a data=\"password={quote}{password}{quote}\"/>\n");
        finds("a.xml", &text, "generic/password", &[]);
    }
    let text = format!("<add c=\"Server=db;Password=&quot;{password};x&quot;;\"/>\n");
    finds("a.config", &text, "generic/connection-string", &[]);
}

#[test]
fn commands_may_set_a_name_without_a_sign() {
    let password = password("set");
    for line in [
        format!("setx DB_PASSWORD {password}"),
        format!("setenv DB_PASSWORD '{password}'"),
        format!("aws configure set aws_secret_access_key {password}"),
        format!("fastcgi_param DB_PASSWORD \"{password}\";"),
        format!("wmic /node:build /user:bob /password:{password} os get name"),
    ] {
        assert_eq!(rules("run.sh", &format!("{line}\n")).len(), 1, "{line}");
    }
    for line in [
        "setx DB_PASSWORD %1",
        "setenv DB_PASSWORD $password",
        "wmic /node:build /user:bob /password:%PASSWORD% os get name",
    ] {
        assert!(rules("run.sh", &format!("{line}\n")).is_empty(), "{line}");
    }
}

#[test]
fn a_placeholder_in_a_documented_sample_is_expected() {
    let sample = "DB_USER=app \\\nDB_PASSWORD=\"xxxxxx\" \\\nacme run --db app\n";
    for text in [
        format!("Code = \"acme\"\nExample = '''\n{sample}'''\n"),
        format!("description = \"\"\"\n```bash\n{sample}```\n\"\"\"\n"),
    ] {
        assert!(rules("acme.toml", &text).is_empty(), "{text}");
    }
    let script = format!("script = '''\n{sample}'''\n");
    assert_eq!(rules("acme.toml", &script).len(), 1);
    // What is not a placeholder still counts.
    let secret = sample.replace("xxxxxx", &password("sample"));
    let text = format!("Example = '''\n{secret}'''\n");
    assert_eq!(rules("acme.toml", &text).len(), 1);
    let proven = sample.replace("xxxxxx", &token("sample"));
    let _ = scan("acme.toml", &format!("Example = '''\n{proven}'''\n")).only(&token("sample"));
}

/// A parameter after it is not part of the secret; otherwise the fingerprint would change with it.
#[test]
fn the_value_of_a_parameter_ends_where_the_next_begins() {
    let password = password("parameter");
    for (name, text) in [
        (
            "a.properties",
            format!("url=jdbc:mysql://h/db?password={password}&user=app\n"),
        ),
        (
            "a.yml",
            format!("url: jdbc:mysql://h/db?user=x&password={password}&lang=en\n"),
        ),
        (
            "a.xml",
            format!("<u>jdbc:mysql://h/db?user=x&amp;password={password}&amp;l=en</u>\n"),
        ),
        (
            "b.properties",
            format!("url=jdbc:mysql://h/db?password={password}#top\n"),
        ),
        (
            "c.properties",
            format!("url=jdbc:mysql://h/db?password={password}\n"),
        ),
    ] {
        let world = World::new();
        world.write(name, text);
        let scan = world.gonogo(&world.path(".")).arg("scan");
        let report = scan.args(["--min-confidence", "low"]).report();
        let secrets: Vec<_> = report.findings.iter().map(|it| it.secret.clone()).collect();
        assert_eq!(secrets, [Some(password.clone())], "{name}");
    }
}
