//! Which parts of a line are masked, and which are not.

use super::credentials_in;

#[track_caller]
fn check(text: &str, expected: &[&str]) {
    let mut found: Vec<_> = credentials_in(text)
        .into_iter()
        .map(|part| &text[part])
        .collect();
    found.sort_unstable();
    found.dedup();
    assert_eq!(found, expected, "{text}");
}

#[test]
fn pairs_of_any_writing() {
    check("# password=Tr0ub4dor3xKq", &["Tr0ub4dor3xKq"]);
    check("a: b # db_password: 'a b c1'", &["a b c1"]);
    check("{\"apiKey\": \"x\\\"y\", \"a\": 1}", &["x\\\"y"]);
    check("ADD https://a.example/x?token=q1w2e3&v=2 /x", &["q1w2e3"]);
    check(
        "Server=db;Password=hunter2;Key=a1b2c3d4;Timeout=5",
        &["a1b2c3d4", "hunter2"],
    );
    check(
        "AccountName=a;AccountKey=hunter2==;Suffix=x",
        &["hunter2=="],
    );
    check("[DB_PASSWORD=hunter2, A=b]", &["hunter2"]);
    check("PASSWORD=${PASSWORD:-hunter2} x", &["hunter2"]);
    check("password => 'hunter2',", &["hunter2"]);
    check(
        "Password=hunter2;Key=swordfish99x",
        &["hunter2", "swordfish99x"],
    );
    check(
        "https://x.example/a?sig=abcd1234&code=404&key=name",
        &["abcd1234"],
    );
}

#[test]
fn anchors_and_keywords_are_none() {
    check("DB_PASSWORD: &db-password \"hunter2xyz\"", &["hunter2xyz"]);
    check("password: !vault hunter2xyz", &["hunter2xyz"]);
    check("DB_PASSWORD=&x4Vz2r9 x", &["&x4Vz2r9"]);
    check("var mnemonic = new Mnemonic(a)", &[]);
    check("ConnectionString = new Uri(b)", &[]);
}

#[test]
fn a_port_behind_a_host_is_none() {
    check(
        "URL=postgres://user:hunter2@db_postgres:5432/postgres",
        &["hunter2"],
    );
    check("a@db.password: hunter2", &["hunter2"]);
}

#[test]
fn functions_that_are_called_with_a_string_are_none() {
    check("SECRET_KEY = os.getenv(\"SECRET_KEY\", x)", &[]);
    check("db_password: get_secret('METRICS_PASSWORD')", &[]);
    check("password=kT7vv2Qp9xLm(", &["kT7vv2Qp9xLm("]);
    check("password = kT7vv2Qp9xLmR4s(\"a\")", &["kT7vv2Qp9xLmR4s("]);
}

#[test]
fn logins_in_addresses() {
    check("x postgres://u:hunter2@db:5432/x y", &["hunter2"]);
    check("redis://:hunter2@cache:6379/0", &["hunter2"]);
    check("https://a1b2c3d4e5f6@git.example/x.git", &["a1b2c3d4e5f6"]);
    check("postgres://${USER:-a:b}:${PW}@db http://h:8080/a@b", &[]);
    check("amqp://u:hun/ter2@mq", &["hun/ter2"]);
}

#[test]
fn headers() {
    check(
        "curl -H 'Authorization: Bearer q1w2e3r4t5'",
        &["q1w2e3r4t5"],
    );
    check(
        "Authorization: Token id42:s3cr3tv4lue",
        &["id42:s3cr3tv4lue"],
    );
    check("\"Authorization\": \"Basic dTpw\"", &["dTpw"]);
    check("proxy_set_header Authorization \"Token a b1\";", &["a b1"]);
    check("proxy_set_header Authorization $http_authorization;", &[]);
    check("Authorization: Bearer ${TOKEN}", &[]);
    check("Authorization: Bearer $TOKEN", &[]);
}

#[test]
fn commands_and_directives() {
    check("redis-server --requirepass hunter2 --port 1", &["hunter2"]);
    check(
        "[\"redis-server\", \"--requirepass\", \"hunter2\"]",
        &["hunter2"],
    );
    check("mysqladmin ping -phunter2", &["hunter2"]);
    check("curl -u app:hunter2 http://b", &["hunter2"]);
    check("requirepass hunter2", &["hunter2"]);
    check("app[\"PASSWORD\"] = get_secret(\"NAME\", 1)", &[]);
    check("CREATE USER a IDENTIFIED BY 'hunter2'", &["hunter2"]);
    check(
        "traefik=app:$apr1$abcdefgh$xyz12345",
        &["$apr1$abcdefgh$xyz12345"],
    );
    check("sshpass -p hunter2 ssh a", &["hunter2"]);
    check("docker run -p8080:80 -parallel x", &[]);
}

#[test]
fn sentences_and_references_are_shown() {
    for text in [
        "# the token is needed, and the password: see the docs for it",
        "password: ${DB_PASSWORD}",
        "password: {{ vault.password }}",
        "--password \"$PASSWORD\" --token-file /run/secrets/token",
        "password: CHANGE_ME",
        "token: true",
        "reset the password, then restart",
        "max_tokens: 4096",
        "password_file: /run/secrets/db",
    ] {
        check(text, &[]);
    }
}
