//! Passwords that are written in several parts, of which a match may be only the first.

use std::collections::BTreeSet;

use crate::harness::{FORMATS, World};

use super::corpus::{check_clean, random};

/// Files, each with a line in which `$1` and `$2` are the parts of a password.
const LINES: &[(&str, &str)] = &[
    ("a.sh", r#"export DB_PASSWORD='$1'"'"'$2'"#),
    ("b.sh", r"DB_PASSWORD='$1'\''$2'"),
    ("c.sh", r"sshpass -p $1\ $2 ssh db.acme.test"),
    ("d.sh", "mysql -h db.acme.test -u app -p'$1 $2' shop"),
    ("e.sh", r#"curl -u "app:$1 $2" https://acme.test"#),
    ("f/.env", "DB_PASSWORD=$1 $2"),
    ("g.yml", "db:\n  password: '$1''$2'"),
    ("h.yml", "db:\n  password: $1, $2"),
    ("i.ini", "[db]\npassword = $1 #$2"),
    ("j.py", "PASSWORD = '$1' '$2'"),
    ("k.sql", "ALTER ROLE app WITH PASSWORD '$1''$2';"),
    ("l.ps1", "$password = \"$1`\"$2\""),
    ("m.bat", "set DB_PASSWORD=$1 $2"),
    ("n.cs", "var password = @\"$1\"\"$2\";"),
    ("o.c", "const char *password = \"$1\" \"$2\";"),
    ("p.rs", "let password = r#\"$1\"$2\"#;"),
    ("q.conf", "network={\n  psk=\"$1\"$2\"\n}"),
    ("r.service", "[Service]\nEnvironment='DB_PASSWORD=$1\"$2'"),
    (
        "s.properties",
        "jdbc.url=jdbc:sqlserver://db.acme.test;user=app;password={$1;$2}",
    ),
    (
        "web.config",
        "<add connectionString=\"Server=db;User Id=sa;Password='$1''$2';\"/>",
    ),
];

#[test]
fn nothing_of_a_password_is_shown_however_it_goes_on() {
    let world = World::new();
    let folder = world.folder("tree");
    let mut parts = BTreeSet::new();
    for (path, line) in LINES {
        let [first, second] =
            ["first", "second"].map(|part| random(&format!("{path} {part}"))[..8].to_owned());
        let text = line.replace("$1", &first).replace("$2", &second) + "\n";
        world.write(&format!("tree/{path}"), text);
        parts.extend([first, second]);
    }
    for format in FORMATS {
        let run = world
            .gonogo(&folder)
            .args(["scan", "--min-severity", "info", "--min-confidence", "low"])
            .args(["--format", format])
            .run();
        check_clean(format, &run.stdout, &parts);
    }
    let run = world
        .gonogo(&folder)
        .args(["scan", "--min-confidence", "low", "--format", "csv"])
        .run();
    for (path, _) in LINES {
        assert!(run.stdout.contains(path), "{path} has no finding");
    }
}
