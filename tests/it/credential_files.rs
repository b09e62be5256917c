//! Files that programs store credentials in: what is found in them, and how it is classified.

use crate::harness::World;

/// Returns a value of `count` random-looking characters that nobody uses.
fn value(letters: &str, count: usize) -> String {
    let letters: Vec<char> = letters.chars().collect();
    let mut state = 2026_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        letters[(state >> 8) as usize % letters.len()]
    };
    (0..count).map(|_| next()).collect()
}

/// Returns the rule, severity and message of everything reported for a file called `name`.
fn reported(name: &str, text: impl AsRef<[u8]>) -> Vec<(String, String, String)> {
    let world = World::new();
    world.write(&format!("tree/{name}"), text);
    let report = world.gonogo(&world.path("tree")).arg("scan").report();
    let findings = report.findings.into_iter();
    findings
        .map(|found| (found.rule, found.severity, found.message))
        .collect()
}

#[track_caller]
fn check(name: &str, text: impl AsRef<[u8]>, expected: (&str, &str, &str)) {
    let found = reported(name, text);
    let is_expected = |(rule, severity, message): &(String, String, String)| {
        (rule.as_str(), severity.as_str()) == (expected.0, expected.1)
            && message.contains(expected.2)
    };
    assert!(found.iter().any(is_expected), "{name}: {found:?}");
}

#[test]
fn what_clients_keep_is_found_and_called_what_it_is() {
    let password = value("k3Pv8QxZ1mN7-b5Y", 14);
    let digits = value("0123456789abcdef", 64);
    let obfuscated = "obfuscated with a published key";
    let text = format!("/1 :pserver:ann@cvs.acme.test:2401/srv/cvs A{password}\n");
    check(".cvspass", text, ("cvs/password", "high", obfuscated));
    let text = format!("K 8\npassword\nV 14\n{password}\nEND\n");
    check(
        "a/svn.simple/b0",
        text,
        ("subversion/saved-password", "high", ""),
    );
    let text = format!("1 SHA1 HEX:{}\n", &digits[..40].to_uppercase());
    check("chrony.keys", text, ("generic/login-list", "high", ""));
    let text = format!("[users]\nann = {password}\n");
    check("conf/passwd", text, ("generic/login-list", "high", ""));
    let text = format!(
        "<cluster-password>ENC(-{})</cluster-password>\n",
        &digits[..32]
    );
    check(
        "broker.xml",
        text,
        ("artemis/masked-password", "high", obfuscated),
    );
    let text = format!("users:\n- name: ann\n  user:\n    token: {digits}\n");
    check("kubeconfig", text, ("generic/token", "high", ""));
}

#[test]
fn a_digest_is_known_by_its_salt_and_rounds() {
    let digest = value("k3Pv8QxZ1mN7b5YwL0sD", 86) + "==";
    let salted = format!(
        "\"password\": \"{digest}\",\n \"salt\": \"iH1ZwbAxbsAE3Onh\",\n \"iterations\": 101"
    );
    check(
        "security.json",
        format!("{{{salted}}}\n"),
        ("generic/password", "medium", "hashed"),
    );
    // The same function derives a key from a password.
    let plain = format!("{{\"password\": \"{digest}\"}}\n");
    check("security.json", plain, ("generic/password", "high", ""));
    let transmission = format!(
        "{{\"rpc-password\": \"{{{}/iyenpa/\"}}\n",
        &value("0123456789abcdef", 40)
    );
    assert_eq!(reported("settings.json", transmission), []);
}

#[test]
fn a_database_of_keys_states_whether_it_has_a_password() {
    let database = |rounds: &[u8]| {
        let length = 7 + u8::try_from(rounds.len()).unwrap();
        let derived = [
            &b"\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0c\x30"[..],
            &[length][..],
            b"\x04\x04salt\x02",
            rounds,
        ];
        [
            b"SQLite format 3\0 CREATE TABLE metaData CREATE TABLE nssPrivate\0",
            derived.concat().repeat(3).as_slice(),
        ]
        .concat()
    };
    let open = ("nss/key-database", "critical", "obfuscated");
    check("profile/key4.db", database(b"\x01\x01"), open);
    let locked = ("nss/key-database", "medium", "encrypted");
    check("profile/key4.db", database(b"\x02\x27\x10"), locked);
}

#[test]
fn a_hash_that_is_sent_as_it_is_counts_as_a_password() {
    let hash = value("0123456789abcdef", 32);
    let list = ("generic/login-list", "high", "");
    check("web/.htdigest", format!("ann:Private Area:{hash}\n"), list);
    let text = format!("\"ann\" \"md5{hash}\"\n");
    check("pgbouncer/userlist.txt", text, list);
    check(
        "pgpool/pool_passwd",
        format!("ann:md5{hash}\nbob:AESabc=\n"),
        list,
    );
}

#[test]
fn options_of_curl_may_be_written_in_each_of_its_ways() {
    let password = value("k3Pv8QxZ1mN7b5Yw", 16);
    for option in ["proxy-user ", "-U ", "--user \"", "user: ", "user=\""] {
        let text = format!("silent\n{option}ann:{password}\n");
        let found = reported(".curlrc", &text);
        let is_login = |(rule, ..): &(String, String, String)| {
            rule == "curl/config-login" || rule == "generic/client-login"
        };
        assert!(found.iter().any(is_login), "{option}: {found:?}");
    }
    let text = format!("oauth2-bearer = {password}{password}\n");
    check(".curlrc", text, ("curl/config-login", "high", ""));
}

#[test]
fn signs_that_should_be_escaped_belong_to_the_password_of_a_database() {
    let (one, two) = (
        value("k3Pv8QxZ1mN7b5Yw", 9),
        value("w0sDk3Pv8QxZ1mN7b5Yw", 9),
    );
    for sign in ['#', '/', '?'] {
        let url = format!("postgresql://ann:{one}{sign}{two}@db.acme.io/shop");
        let text = format!("engine = create_engine(\"{url}\")\n");
        check("shop.py", text, ("url/unescaped-credentials", "high", ""));
        let found = reported("shop/.env", format!("DATABASE_URL={url}\n"));
        let is_found = |(rule, ..): &(String, String, String)| rule == "env/hardcoded-secret";
        assert!(found.iter().any(is_found), "{sign}: {found:?}");
    }
}

#[test]
fn a_user_in_base64_is_no_login() {
    use base64::Engine as _;
    let encode = |text: &str| base64::engine::general_purpose::STANDARD.encode(text);
    let token = value("k3Pv8QxZ1mN7b5Yw", 40);
    let of = |auth: &str| {
        let auth = encode(auth);
        let text = format!(
            "{{\"auths\":{{\"a.io\":{{\"auth\":\"{auth}\",\"identitytoken\":\"{token}\"}}}}}}\n"
        );
        reported(".docker/config.json", text).len()
    };
    assert_eq!(of("00000000-0000-0000-0000-000000000000:"), 1);
    assert_eq!(of("ann:"), 1);
    assert_eq!(of(&format!("ann:{}", &token[..16])), 2);
}
