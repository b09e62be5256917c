//! What is shown of a line of which only the first part of a password was found.

use super::{Ending, to_ends};

/// The parts of a password, put together by the sign between.
const PASSWORD: [&str; 3] = ["Kx9fQ2vB", "mW7rTz4n", "bN3vLp8s"];

/// What is left of `template`, in which each `~` is the sign that ends what was found, and `$1` … the parts.
#[track_caller]
fn check(path: &str, template: &str, expected: &str) {
    let [first, second, third] = PASSWORD;
    let text = template
        .replace("$1", first)
        .replace("$2", second)
        .replace("$3", third);
    let at = text.find(first).unwrap();
    let found = at..at + first.len();
    let parts = to_ends(&text, std::slice::from_ref(&found), Ending::of(path));
    let mut shown = text.clone();
    shown.replace_range(parts[0].clone(), "*");
    assert_eq!(shown, expected, "{text}");
}

#[test]
fn words_of_shells() {
    for (line, expected) in [
        (r#"PW='$1'"'"'$2'"'"'$3'"#, "PW='*'"),
        (r"export PW='$1'\''$2'\''$3'; run", "export PW='*'; run"),
        (r#"PW="$1"'$2'$3 run"#, "PW=\"* run"),
        (r#"PW=$1"$2"'$3'"#, "PW=*'"),
        (r"PW=$1\ $2\ $3 run", "PW=* run"),
        (r"mysql -u ann -p$1\&$2 shop", "mysql -u ann -p* shop"),
        ("mysql -u ann -p'$1 $2' shop", "mysql -u ann -p'*' shop"),
        (
            r#"curl -u "ann:$1 $2" https://x.example"#,
            "curl -u \"ann:*\" https://x.example",
        ),
        (r#"docker run -e "PW=$1 $2" x"#, "docker run -e \"PW=*\" x"),
    ] {
        check("run.sh", line, expected);
    }
}

#[test]
fn strings_of_languages() {
    for (line, expected) in [
        (
            "ALTER ROLE a PASSWORD '$1''$2''$3' LOGIN;",
            "ALTER ROLE a PASSWORD '*' LOGIN;",
        ),
        (r"IDENTIFIED BY '$1\'$2';", "IDENTIFIED BY '*';"),
        (r#"pw = @"$1""$2";"#, "pw = @\"*\";"),
        (r#"$pw = "$1`"$2""#, "$pw = \"*\""),
        (r#"char *pw = "$1" "$2" "$3";"#, "char *pw = \"*\";"),
        ("pw = '$1' '$2'", "pw = '*'"),
        ("pw := '$1'#39'$2';", "pw := '*';"),
        (r##"let pw = r#"$1"$2"#;"##, "let pw = r#\"*\"#;"),
        (r#"pw <- r"($1"$2)""#, "pw <- r\"(*)\""),
        (r#"pw = """$1"$2""""#, "pw = \"\"\"*\"\"\""),
        ("pw = ''$1'''$2''; }", "pw = ''*''; }"),
        (r#"psk="$1"$2""#, "psk=\"*\""),
    ] {
        check("a.x", line, expected);
    }
}

#[test]
fn lines_of_settings() {
    check(".env", "PW=$1 $2 # of the shop", "PW=* # of the shop");
    check("a.properties", "pw=$1 # $2", "pw=*");
    check("a.ini", "pw = $1 #$2", "pw = *");
    check("a.bat", "set PW=$1 $2", "set PW=*");
    check("a.yml", "  pw: $1, $2 # note", "  pw: * # note");
    check("a.yml", "- PW=$1 $2", "- PW=*");
    check("ldap.conf", "bindpw $1 $2", "bindpw *");
    check(
        "a.service",
        "Environment='PW=$1\"$2' 'A=b'",
        "Environment='PW=*' 'A=b'",
    );
}

#[test]
fn what_is_behind_a_value_is_shown() {
    for (path, line) in [
        ("a.json", r#"{"a": "{\"pw\": \"$1\", \"b\": \"c\"}"}"#),
        ("a.json", r#"{"pw": "$1", "host": "db"}"#),
        ("a.json", r#"{"run": "mysql -p'$1' \"shop\""}"#),
        ("a.json", r#"{"run": "echo \"$1\"\nrun"}"#),
        ("a.json", r#"{"run": "PW='$1'"}"#),
        ("package.json", r#""start": "PW=$1 node server.js","#),
        ("run.sh", "PW=$1 psql -h db"),
        ("run.sh", r#"PW="$1" "$BIN" run"#),
        ("run.sh", "psql \"host=db password=$1\" -c 'select 1'"),
        ("run.sh", r#"sh -c "PW='$1' run""#),
        ("README.md", "`PW=\"$1\"` is the default, `a` is not"),
        ("README.md", "don't use '$1', it's the default"),
        ("a.py", "pw = '$1' if a else 'b'"),
        ("a.py", "run(pw='$1', user='ann')"),
        ("a.rs", r#"let pw = "$1".to_owned();"#),
        ("a.php", "$pw = '$1' . '$2';"),
        ("a.html", r#"<input value="$1" name="b">"#),
        ("a.yml", "pw: $1 # from 2025"),
        ("a.yml", "run: redis-server --requirepass $1 --port 1"),
        ("a.yml", "pw: ${PW:-$1} # default"),
        ("a.yml", "{user: ann, pw: $1, host: db}"),
        (".env", "PW=\"$1\" # the shop's"),
        (
            "a.conf",
            "primary_conninfo = 'host=db password=$1 user=ann'",
        ),
        ("a.env", "X=\"Server=db;Password=$1;Encrypt=true\""),
        ("a.csv", "ann,\"$1\",\"b c\""),
    ] {
        let expected = line.replace("$1", "*").replace("$2", PASSWORD[1]);
        check(path, line, &expected);
    }
}

#[test]
fn what_was_found_may_end_with_a_sign_that_escapes() {
    let [first, second, _] = PASSWORD;
    for (line, expected) in [
        (format!(r"PW={first}\ {second} run"), "PW=* run"),
        (format!("$pw = \"{first}`\"{second}\""), "$pw = \"*\""),
        (
            format!(r#"{{"pw": "{{\"x\": \"{first}\"}}"}}"#),
            r#"{"pw": "{\"x\": \"*"}"}"#,
        ),
    ] {
        let at = line.find(first).unwrap();
        let found = at..at + first.len() + 1;
        let parts = to_ends(&line, std::slice::from_ref(&found), Ending::Blank);
        let mut shown = line.clone();
        shown.replace_range(parts[0].clone(), "*");
        assert_eq!(shown, expected, "{line}");
    }
}
