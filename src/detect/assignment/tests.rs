//! What is read as assigned to a name, and what is not.

use proptest::prelude::*;

use super::*;

fn check(text: &str, expected: Option<(&str, &str, Syntax)>) {
    let at = text.find("pass").unwrap();
    let found = read(text.as_bytes(), at..at + 4).ok();
    let found = found.map(|found| (&text[found.name], &text[found.value], found.syntax));
    assert_eq!(found, expected, "{text}");
}

#[test]
fn quoted_values() {
    for (text, name) in [
        (r#"password = "abc1""#, "password"),
        (r#""password": "abc1","#, "password"),
        (r"config['db.password'] = 'abc1';", "db.password"),
        (r#"let db_password: &'static str = "abc1";"#, "db_password"),
        (r#":password => "abc1""#, "password"),
        (r"password := `abc1`", "password"),
        (r#"password=b"abc1")"#, "password"),
        (r#"<db password="abc1">"#, "password"),
        (r#"let password = "abc1".to_string();"#, "password"),
        (r#"password <- "abc1""#, "password"),
        (r#"Dim password As String = "abc1""#, "password"),
        ("password =\n    'abc1';", "password"),
        ("password = (\n    'abc1'\n)", "password"),
        (r#"{"name": "db.password", "value": "abc1"}"#, "db.password"),
    ] {
        check(text, Some((name, "abc1", Syntax::Quoted)));
    }
    check(
        r#"password = "a\"b""#,
        Some(("password", r#"a\"b"#, Syntax::Quoted)),
    );
}

#[test]
fn bare_values() {
    for (text, name) in [
        ("DB_password=abc1\n", "DB_password"),
        ("  - password=abc1", "password"),
        ("password: abc1  # a comment", "password"),
        (
            "spring.datasource.password=abc1",
            "spring.datasource.password",
        ),
        ("run --password=abc1\n", "password"),
    ] {
        check(text, Some((name, "abc1", Syntax::Bare)));
    }
    check(
        "ENV DB_password= \\\n    DEBIAN_FRONTEND=noninteractive\n",
        None,
    );
}

#[test]
fn a_quote_that_nothing_closes_is_a_sign_of_a_bare_value() {
    for value in ["abc'1x", "abc\"1x", "abc1`x", "abc\"1'x2'y"] {
        for text in [
            format!("password: {value}\n"),
            format!("DB_password={value}  \r\n"),
        ] {
            let name = if text.starts_with('p') {
                "password"
            } else {
                "DB_password"
            };
            check(&text, Some((name, value, Syntax::Bare)));
        }
    }
    for text in [
        "password = prefix\"abc1\"\n",
        "password = read(\"abc1)\n",
        "password = f\"abc1\n",
        "password = value\"abc1,\n",
        "password = abcd'\n",
    ] {
        let at = text.find("password").unwrap();
        let found = read(text.as_bytes(), at..at + 8).ok();
        let has_quote = |it: Assignment| text[it.value].contains(['"', '\'', '`']);
        assert!(found.is_none_or(|it| !has_quote(it)), "{text}");
    }
}

#[test]
fn a_quote_within_a_word_is_a_sign_of_a_bare_value() {
    for value in ["kX9\"vT\"q2", "kX9'v'T'q'2", "kX9\"'\"", "kX9!'v#T'-q2"] {
        let is_within = !value.ends_with('"');
        let expected = is_within.then_some(("password", value, Syntax::Bare));
        check(&format!("db = 1\npassword={value}\n"), expected);
        check(&format!("password: {value}\nuser: x\n"), expected);
    }
    for text in [
        "password=e?\"abc1\":x",
        "password=kX9+\"abc1\"+x",
        "password=kX9==\"abc1\"|x",
        "password=kX9.'abc1'.x",
        "password=f(\"abc1\")x",
        "password=kX9\"abc1\"x and more",
    ] {
        let found = read(text.as_bytes(), 0..8).ok();
        let whole = &text[9..];
        let is_whole = found.is_some_and(|found| text[found.value].starts_with(&whole[..5]));
        assert!(!is_whole, "{text}");
    }
}

#[test]
fn here_strings_of_one_line_are_values() {
    for text in [
        "$password = @\"\nabc1\n\"@\n",
        "$password = @'\r\nabc1\r\n'@\r\n",
        "$password = @'  \nabc1\n'@ | ConvertTo-SecureString\n",
    ] {
        check(text, Some(("password", "abc1", Syntax::Quoted)));
    }
    for text in [
        "'password' => q[abc1],\n",
        "$password = qq<abc1>;\n",
        "$password = q|abc1|;\n",
    ] {
        let at = text.find("password").unwrap();
        let found = read(text.as_bytes(), at..at + 8).unwrap();
        assert_eq!(&text[found.value], "abc1", "{text}");
    }
    for text in [
        "$password = @\"\nabc1\ndef2\n\"@\n",
        "$password = @\"\nabc1\n'@\n",
        "$password = @\"\n\n\"@\n",
        "$password = @\"\nabc1\n  \"@\n",
    ] {
        check(text, None);
    }
    check(
        "password = @\"abc1\";",
        Some(("password", "abc1", Syntax::Quoted)),
    );
}

#[test]
fn elements() {
    check(
        "<password> abc1 </password>",
        Some(("password", "abc1", Syntax::Element)),
    );
    check("<password></password>", None);
    check("<password><b>x</b></password>", None);
}

#[test]
fn fields_of_connection_strings() {
    check(
        "\"Server=db;Uid=sa;password=abc1\"",
        Some(("password", "abc1", Syntax::Field)),
    );
    check(
        "Server=db;password=abc1;Encrypt=yes",
        Some(("password", "abc1", Syntax::Field)),
    );
    for (value, braced) in [
        ("ab;c1", "{ab;c1}"),
        ("ab}}c1", "{ab}}c1}"),
        ("ab c1", "{ab c1}"),
    ] {
        let text = format!("Server=db;password={braced};Encrypt=yes");
        check(&text, Some(("password", value, Syntax::Field)));
    }
    for template in ["{password}", "{{ password }}"] {
        let text = format!("Server=db;password={template};Encrypt=yes");
        let at = text.find("password").unwrap();
        let found = read(text.as_bytes(), at..at + 8).ok();
        assert!(
            found.is_none_or(|it| text[it.value].starts_with('{')),
            "{text}"
        );
    }
    check("Server=db;password=;Encrypt=yes", None);
    check(
        "let a = 1;\npassword = \"abc1\"",
        Some(("password", "abc1", Syntax::Quoted)),
    );
}

#[test]
fn strings_given_to_functions() {
    for (text, name) in [
        (r#"user.set_password("abc1");"#, "user.set_password"),
        (r"with_password( 'abc1' )", "with_password"),
        (r#"passLogin("me", "abc1", 3)"#, "passLogin"),
        (r#"put("db.password", "abc1")"#, "db.password"),
        (r"define( 'DB_password', 'abc1' );", "DB_password"),
        (r#"let password = String::from("abc1");"#, "password"),
        (r#"password := []byte("abc1")"#, "password"),
        (r#"var password = new StringValue("abc1");"#, "password"),
        (r#"password=SecretStr("abc1")"#, "password"),
    ] {
        check(text, Some((name, "abc1", Syntax::Argument)));
    }
}

#[test]
fn pairs_of_strings() {
    check(
        r#"[("password", "abc1")]"#,
        Some(("password", "abc1", Syntax::Embedded)),
    );
}

#[test]
fn strings_that_are_compared_with() {
    for text in [
        r#"if password == "abc1""#,
        r"password !== 'abc1'",
        r#"password.equals("abc1")"#,
        r#""abc1".equals(password)"#,
        r#"if [ "$password" = "abc1" ]"#,
        r#"assert config["password"] == "abc1""#,
    ] {
        check(text, Some(("password", "abc1", Syntax::Compared)));
    }
}

#[test]
fn what_follows_without_being_the_value() {
    for text in [
        // Options with their types and targets.
        "'password=s' => \\$it->{password},\n  'passfile1=s' => \\$it->{passfile1},",
        // A string that is searched for in a value, and words of a list or of a command.
        r#"if (!strings.Contains(password, "Jb3JpZ2luX2Vj")) {"#,
        r#"["public", "password", "Jb3JpZ2luX2Vj", "qwerty"]"#,
        r#"./run "present" "password" "Jb3JpZ2luX2Vj""#,
    ] {
        for (at, _) in text.match_indices("password") {
            let found = read(text.as_bytes(), at..at + 4).ok();
            assert_eq!(found.map(|found| &text[found.value]), None, "{text}");
        }
    }
}

#[test]
fn what_is_no_assignment_depends_on_no_byte_that_was_not_looked_at() {
    for text in [
        "'password=s' => 1, 'x' => 2;",
        "it(password) x \"abc1\";",
        "[password, sex] = x(\"abc1\");",
        "x{password}, \"abc1\";",
        "password . x(\"abc1\");",
        "x(\"password\" x \"abc1\");",
    ] {
        let at = text.find("password").unwrap();
        let looked = read(text.as_bytes(), at..at + 8).expect_err(text);
        let Some((_, behind)) = looked.extent() else {
            continue;
        };
        for place in at + 8 + behind..text.len() {
            for byte in b"sxt=:'\") ,{" {
                let mut other = text.as_bytes().to_vec();
                other[place] = *byte;
                let found = read(&other, at..at + 8);
                assert!(found.is_err(), "{}", String::from_utf8_lossy(&other));
            }
        }
    }
}

#[test]
fn text_within_text() {
    for text in [
        r#"x = "host=db password=abc1 user=me""#,
        r#"open("http://x/?password=abc1&y=2")"#,
        "// password=abc1",
        "mytool --password abc1 file",
        "password=abc1 psql -h db",
        "-e password=abc1 -e x=y",
        "run -e password=abc1 \\\n  image",
    ] {
        let at = text.find("password").unwrap();
        let found = read(text.as_bytes(), at..at + 4).unwrap();
        assert_eq!(
            (&text[found.value], found.syntax),
            ("abc1", Syntax::Embedded),
            "{text}"
        );
    }
}

#[test]
fn what_a_name_falls_back_to_where_nothing_is_set() {
    for (text, name) in [
        ("a = ${password:abc1}", "password"),
        ("password = ${DB_PW:-abc1}", "password"),
        ("password: \"${db.pw:abc1}\"", "password"),
        ("password: {{ pw | default('abc1') }}", "password"),
        ("password = getenv('DB_PW') ?: 'abc1';", "password"),
        (
            "password = System.get_env(\"DB_PW\") || \"abc1\"",
            "password",
        ),
        ("x = get_secret(\"password\", \"abc1\")", "password"),
        ("x = readSetting(\"password\", \"abc1\")", "password"),
        (
            "variable \"password\" {\n  default = \"abc1\"\n}",
            "password",
        ),
    ] {
        check(text, Some((name, "abc1", Syntax::Fallback)));
    }
}

#[test]
fn here_documents_parameters_and_labels_are_no_values() {
    for text in [
        "psql --set x=$password <<-EOSQL\n",
        "psql --set x=$password <<-'EOSQL'\n",
        "psql --set x=$password <<EOSQL\n",
        "CREATE USER :name WITH password :upass;",
        "CREATE ROLE a password :'upass1';",
        "ALTER USER a WITH password :\"upass1\";",
        "resource \"random_password\" \"db_2\" {\n}",
    ] {
        check(text, None);
    }
    check(
        "password <<- \"abc1\"",
        Some(("password", "abc1", Syntax::Quoted)),
    );
    check(
        "{ password :\"abc1\" }",
        Some(("password", "abc1", Syntax::Quoted)),
    );
}

#[test]
fn what_sed_replaces_ends_with_its_sign() {
    let text = "x = \"sed s/DB_password=abc1/DB_password=def2/ .env\"";
    let at = text.find("pass").unwrap();
    let found = read(text.as_bytes(), at..at + 4).ok();
    let found = found.map(|found| (&text[found.name], &text[found.value]));
    assert_eq!(found, Some(("DB_password", "abc1")));
}

#[test]
fn quotes_within_quotes() {
    check(
        r#""{\"password\": \"abc1\"}""#,
        Some(("password", "abc1", Syntax::Embedded)),
    );
    check(
        "{&quot;password&quot;: &quot;abc1&quot;}",
        Some(("password", "abc1", Syntax::Embedded)),
    );
    check(
        "{user: me, password: abc1}",
        Some(("password", "abc1", Syntax::Bare)),
    );
}

#[test]
fn a_block_of_one_line_is_a_value() {
    for block in [
        "|2-\n  abc1\n",
        "> # why\n  abc1\n",
        "|-\n\n  abc1\n\nother: b\n",
        "&anchor |\n  abc1\n",
        "|\n  abc1\n",
        ">-\n    abc1\n",
        "|+ \r\n  abc1\r\nother: b\n",
    ] {
        let text = format!("DB_password: {block}");
        check(&text, Some(("DB_password", "abc1", Syntax::Bare)));
    }
    for block in [
        "|\n  abc1\n  def2\n",
        "|\nabc1\n",
        "|\n  two words\n",
        "|\n\n",
        "|2--\n  abc1\n",
        "| why\n  abc1\n",
        "|\n\n\n other\n",
    ] {
        let text = format!("DB_password: {block}");
        assert!(!read(text.as_bytes(), 3..11).is_ok_and(|found| &text[found.value] == "abc1"));
    }
}

#[test]
fn environments_of_images_need_no_sign() {
    check(
        "FROM x\nENV DB_password abc1\n",
        Some(("DB_password", "abc1", Syntax::Bare)),
    );
    check(
        "FROM x\nENV DB_password=abc1\n",
        Some(("DB_password", "abc1", Syntax::Bare)),
    );
    check("SEND DB_password abc1\n", None);
}

#[test]
fn what_assigns_nothing_is_refused() {
    for text in [
        r"if password == other",
        "password != nil",
        "password(prompt)",
        r#"password("abc1" + x)"#,
        r#"hash_password("abc1", "def2")"#,
        r#"compare("password", "abc1")"#,
        r#"password = "abc1" + suffix"#,
        r#"password = "abc1".upper()"#,
        r#"password = get("abc1")"#,
        r#"x: handle_password("abc1") || process.env.X"#,
        "x = lookup_password('abc1') or settings.X",
        "badge.svg?password=abc1",
        r#"vault.get_password("abc1")"#,
        r#"Lookup_password("abc1")"#,
        r#"password = Config.Get("abc1")"#,
        r#"password = new Reader("abc1", x)"#,
        "password =\n\n  'abc1'",
        "password: forgotten (by the user)",
        "password",
        "password =",
        "password = \"abc\n1\"",
    ] {
        check(text, None);
    }
}

/// The value that is read in `text`, decoded, and how its parts are joined.
fn said(text: &str) -> Option<(String, Option<Encoding>)> {
    let at = text.find("pass").unwrap();
    let found = read(text.as_bytes(), at..at + 4).ok()?;
    let value = &text.as_bytes()[found.value];
    let said = match found.parts {
        Some(parts) => parts.decode(value).bytes,
        None => value.to_vec(),
    };
    Some((String::from_utf8(said).unwrap(), found.parts))
}

#[test]
fn strings_that_are_joined_are_one_value() {
    for text in [
        r#"password = "ab" + "c1";"#,
        r#"password = "ab" . "c1";"#,
        r#"password = "ab" .. "c1""#,
        r#"password = "ab" & "c" & "1""#,
        "password = \"ab\" & _\n  \"c1\"",
        "password := \"ab\" +\n\t\"c1\"\n",
        "password = \"ab\"\n    + \"c1\";",
        "password = (\n  'ab'\n  'c1'\n)",
        "password = ('ab' + 'c1')",
        "login(password='ab'\n  'c1', user='me')",
        "password = \"ab\" \\\n  \"c1\"\n",
    ] {
        let expected = Some(("abc1".to_owned(), Some(Encoding::Join)));
        assert_eq!(said(text), expected, "{text}");
    }
    for text in [
        "password: \"abc1\"\n  \"user\": \"me\"\n",
        "\"password\" = \"abc1\"\n\"user\" = \"me\"\n",
        "  password='abc1'\n'user'\n",
    ] {
        assert_eq!(said(text), Some(("abc1".to_owned(), None)), "{text}");
    }
    for text in [
        r#"password = "ab" + salt"#,
        r#"password = "ab" + "c1" + salt"#,
        "password = (\"abc1\"",
    ] {
        assert_eq!(said(text), None, "{text}");
    }
}

#[test]
fn lines_that_go_on_are_one_value() {
    for text in [
        "password=\"ab\\\nc1\"\n",
        "password: \"ab\\\r\n    c1\"\r\n",
        "password = 'a\\\n  b\\\n  c1';",
    ] {
        let expected = Some(("abc1".to_owned(), Some(Encoding::Lines)));
        assert_eq!(said(text), expected, "{text}");
    }
    let digits = "kT7vv2Qp9xLmR4sZb1q8".repeat(2);
    let text = format!("password: |\n  {digits}\n  {digits}\n  abc=\nuser: me\n");
    let whole = format!("{digits}{digits}abc=");
    assert_eq!(said(&text), Some((whole, Some(Encoding::Lines))));
    for text in [
        "password=\"ab\nc1\"\n".to_owned(),
        format!("password: |\n  {digits}\n  {digits}\n  two words\n"),
        format!("password: |\n  {digits}\n  {digits}\n    deeper\n"),
    ] {
        let found = said(&text).filter(|(value, _)| value != "|");
        assert_eq!(found, None, "{text}");
    }
}

#[test]
fn values_below_their_keys() {
    for text in [
        "password:\n  abc1\n",
        "db:\n  password:\n    abc1\n  user: me\n",
        "- password: \r\n    abc1\r\n",
        "password: &anchor abc1\n",
        "password: &anchor-2 \"abc1\"\n",
        "password: !!str abc1\n",
        "password = \"\"\"abc1\"\"\"",
        "password = '''\\\nabc1\n'''",
        "password = \\\n  'abc1'",
        "password = ('abc1')",
        "- name: password\n  value: |-\n    abc1\n",
    ] {
        assert_eq!(said(text), Some(("abc1".to_owned(), None)), "{text}");
    }
    for text in [
        "if password:\n  abc1\n",
        "password:\nabc1\n",
        "  password:\n  abc1\n",
        "password:\n  abc1: d\n",
        "password:\n  abc1:\n    d\n",
        "password:\n  abc1\n  def\n",
        "password =\n  abc1\n",
        "password = \"\"\"abc1\ndef\"\"\"",
        "password: &anchor\n  abc1: d\n",
    ] {
        let found = said(text).filter(|(value, _)| value == "abc1");
        assert_eq!(found, None, "{text}");
    }
}

/// What is read for `password` in `text`.
fn value_in(text: &str) -> Option<&str> {
    let at = text.find("password")?;
    let found = read(text.as_bytes(), at..at + 4).ok()?;
    Some(&text[found.value])
}

#[test]
fn types_and_words_precede_values_in_some_languages() {
    for text in [
        r#"password : constant String := "abc1";"#,
        r#"password : string : "abc1""#,
        "password VARCHAR2(64) := 'abc1';",
        "DECLARE @password NVARCHAR(64) = N'abc1';",
        "ADD password NVARCHAR(64) DEFAULT 'abc1';",
        r#"password String @default("abc1")"#,
        "password db 'abc1', 0",
        "password:\n    .asciz \"abc1\"\n",
        r#"password: string | *"abc1""#,
        r#"set password to "abc1""#,
        r#"fill in "password" with "abc1""#,
        r#"const [password, setPassword] = useState("abc1");"#,
        r#"const [password, setIt] = createSignal<string>("abc1");"#,
        "def connect(host, password \\\\ \"abc1\"), do: host",
        "password = <<EOT\nabc1\nEOT\n",
        "$password = <<<'END'\nabc1\nEND;\n",
        ", password = \"abc1\"\n",
        "{% set password = \"abc1\" %}",
        "password: {{ .Values.password | default \"abc1\" | quote }}",
        "password: \"{{ db_password | default('abc1') }}\"",
        "password := os.getenv_opt('X') or { 'abc1' }",
        r#"password = lookup(var.settings, "password", "abc1")"#,
        r#"I set "my password" to "abc1""#,
        "{{ password | default: \"abc1\" }}",
        "${password!\"abc1\"}",
        "DATA(password) = 'abc1'.",
        "\"abc1\" -> password\n",
        "MOVE \"abc1\" TO password.",
        "set password {abc1}",
        "\\newcommand{\\password}{abc1}",
        "\\def\\password{abc1}",
        "<!ENTITY password \"abc1\">",
        "@misc{acme, password = \"abc1\"}",
        "def password; \"abc1\"; end",
    ] {
        assert_eq!(value_in(text), Some("abc1"), "{text}");
    }
}

#[test]
fn lists_of_lisp_and_strings_beside_names() {
    for text in [
        r#"(define password "abc1")"#,
        r#"(let ([password "abc1"]) password)"#,
        r#"(client (host "acme") (password "abc1"))"#,
        r#"(connect #:password "abc1")"#,
        r#"(def password (or (System/getenv "X") "abc1"))"#,
        r#"(define password (make-parameter "abc1"))"#,
        r#"Http.header "password" "abc1""#,
        r#"{"password" "abc1"}"#,
        r#"settings.Add "password", "abc1""#,
        "c = database('acme', 'password', 'abc1');",
        r#"session("password") = "abc1""#,
        "setting(password, 'abc1').",
    ] {
        assert_eq!(value_in(text), Some("abc1"), "{text}");
    }
    for text in [
        r#"if session("password") == x"#,
        r#"session("password") = x"#,
        "password Varies and so on",
        r#"password(host, "abc1")"#,
        "password to another",
        "password = <<EOT\nabc1\nabc2\nEOT\n",
        r#"password: "{{ db_password | default(other) }}""#,
        r#"hash(password, "abc1")"#,
        r"(password, other)",
    ] {
        assert_ne!(value_in(text), Some("abc1"), "{text}");
    }
}

#[test]
fn attributes_of_markup_are_read_as_what_they_are() {
    let value = |text: &str| {
        let at = text.find("password").unwrap();
        let found = read(text.as_bytes(), at..at + 8).ok()?;
        Some(text[found.value].to_owned())
    };
    for text in [
        "<a v-model=\"password\" :readonly=\"!editable\" />",
        "<a wire:model=\"password\" [class]=\"kind9\" />",
        "<a :password=\"userModel9\" />",
        "<a v-bind:password=\"userModel9\" />",
        "<password alias=\"srv_9a\" mapToProperty=\"b\"/>",
        "<password keystore-ref=\"srv_9a\"/>",
        "https://us02web.zoom.us/j/1?password",
    ] {
        assert_eq!(value(text), None, "{text}");
    }
    for text in [
        "<a password=\"abc1\" />",
        "<password value=\"abc1\"/>",
        "<password plain=\"abc1\"/>",
        "{\"password\" : \"abc1\"}",
        "x = {a:\"b\",\"password\":\"abc1\"}",
        "<a :password=\"'abc1'\" />",
    ] {
        assert!(value(text).is_some_and(|it| it.contains("abc1")), "{text}");
    }
}

#[test]
fn invitations_to_meetings_are_no_passwords() {
    let value = |text: &str| {
        let at = text.find("pwd").unwrap();
        read(text.as_bytes(), at..at + 3).is_ok()
    };
    assert!(!value(
        "    https://us02web.zoom.us/j/85067995016?pwd=3I8bmOdgeai.1"
    ));
    assert!(value("    https://db.acme.io/login?pwd=3I8bmOdgeai.1"));
}

/// Pieces of source code in random order.
fn pieces(most: usize) -> impl Strategy<Value = String> {
    const PIECES: [&str; 58] = [
        "x", "abc1", "Kq7w", " ", " ", "  ", "(", ")", "()", "[", "]", "{", "}", "\"", "\"", "'",
        "`", ",", ", ", ";", "|", "||", " || ", "?", ".", ":", "=", " = ", "==", "+", " + ", "\\",
        "#", " # ", "//", "<<", "<", ">", "$", "${", "&", "&&", "&quot;", "\n", "\n", "\n  ",
        "\n\n", "\r\n", "@\"\n", "\n\"@", "new ", "get", "Some(", " or ", "default", "R\"(", "q(",
        "\"\"\"",
    ];
    prop::collection::vec(prop::sample::select(&PIECES[..]), 0..most)
        .prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn what_is_no_assignment_depends_on_what_was_looked_at_alone(
        before in pieces(8),
        link in prop::sample::select(&[" = ", "=", ": ", " := ", "(", "(\"", "\", ", " == ", " ", " -> ", "?", " => "][..]),
        behind in pieces(24),
        others in (pieces(90), pieces(30)),
    ) {
        let text = format!("{}\n{before}password{link}{behind}\n{}", others.0, others.1);
        let at = others.0.len() + 1 + before.len();
        let word = at..at + 8;
        let Err(looked) = read(text.as_bytes(), word.clone()) else { return Ok(()) };
        let Some((as_far, to)) = looked.extent() else { return Ok(()) };
        let (Some(start), end) = (word.start.checked_sub(as_far), word.end + to) else { return Ok(()) };
        let Some(kept) = text.as_bytes().get(start..end) else { return Ok(()) };
        for (left, right) in [("", ""), ("\"", "\""), (" ", "x"), ("x", ")"), ("\n", "\n"), (&others.1[..], &others.0[..])] {
            let other = [left.as_bytes(), kept, right.as_bytes()].concat();
            let word = left.len() + as_far..left.len() + as_far + 8;
            prop_assert!(
                read(&other, word).is_err(),
                "{:?} became {:?}", text, String::from_utf8_lossy(&other)
            );
        }
    }
}
