//! Names of files that exist to hold credentials, that record what was typed, and that are a key or password and
//! nothing else. All paths are in lower case.

use super::path::has_word;

/// Whole names of files that exist to hold credentials, in lower case.
#[rustfmt::skip]
const CREDENTIAL_FILES: &[&str] = &[
    ".git-credentials", ".netrc", "_netrc", ".authinfo", ".pypirc", ".pgpass", "pgpass.conf", ".my.cnf", ".npmrc",
    ".yarnrc", ".yarnrc.yml", ".dockercfg", ".dockerconfigjson", ".vault-token", ".s3cfg", ".boto", ".databrickscfg",
    ".terraformrc", "terraform.rc", ".gitconfig", ".hgrc", ".curlrc", ".wgetrc", ".muttrc", ".msmtprc", ".mbsyncrc",
    ".fetchmailrc", ".offlineimaprc", ".getmailrc", ".condarc", ".erlang.cookie", ".htpasswd", ".google_authenticator",
    "kaggle.json", "auth.json", "acme.json", "chap-secrets", "pap-secrets", "ipsec.secrets", "sasl_passwd",
    "passwd.client", "userlist.txt", "client.keys", "smbpasswd", "upsd.users", "user-data", "recentservers.xml",
    "sitemanager.xml", "filezilla.xml", "proxychains.conf", ".env.keys", "key.properties", "keystore.properties",
    "passwords", "password", "secrets", "credentials", "hub", "shadow", "passwd", "rclone.conf", "users.ldif",
    "remmina.pref", "tfstate", "tfplan", "default.credential", "kubeconfig", "dump.pm2", "key.txt",
    "password.txt", "secret.txt", "token.txt", "oscrc",
];

/// Extensions of files that hold credentials, or traffic recorded with them.
#[rustfmt::skip]
const CREDENTIAL_ENDINGS: &[&str] = &[
    "nmconnection", "psk", "tfstate", "keyring", "creds", "credentials", "credential", "har", "http", "rest", "ovpn",
    "kdbx", "pgpass", "netrc", "passwd", "htpasswd", "nk", "skey", "keystore", "ldif", "rdp", "agekey",
    "remmina", "ncx", "kopia-password", "kubeconfig",
];

/// Words in names of files that hold credentials: `smbcredentials` is one word, `db_password.txt` contains one of
/// these.
#[rustfmt::skip]
const CREDENTIAL_WORDS: &[&str] = &[
    "credentials", "credential", "creds", "passwords", "secrets", "smbcredentials", "vaultpass",
];

/// Programs that record what was typed into them in a file named after them: `.bash_history`, `bash history.log`.
#[rustfmt::skip]
const REMEMBERING: &[&str] = &[
    "bash", "zsh", "fish", "sh", "ksh", "ash", "dash", "csh", "tcsh", "psql", "mysql", "mariadb", "sqlite", "sqlite3",
    "rediscli", "redis", "python", "ipython", "node", "repl", "mongo", "mongosh", "irb", "pry", "php", "psysh", "consolehost",
    "shell", "scala", "lua", "ghci", "iex", "erlang", "cqlsh", "clickhouse", "influx", "osquery", "ftp", "lftp", "gdb", "r",
];

/// Names of such files that lack either word.
const HISTORY_FILES: &[&str] = &[
    ".histfile",
    ".sh_history",
    ".dbshell",
    ".rhistory",
    ".lesshst",
    ".histdb",
];

/// Returns whether the file at `path`, in lower case, exists to hold credentials, so that those in it are in use.
pub fn is_credential_file(path: &str) -> bool {
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let stem = name
        .strip_suffix(".backup")
        .or_else(|| name.strip_suffix(".bak"))
        .unwrap_or(name);
    let ending = stem.rsplit_once('.').map(|(_, ending)| ending);
    CREDENTIAL_FILES.contains(&stem)
        || ending.is_some_and(|ending| CREDENTIAL_ENDINGS.contains(&ending))
        || holds_data(ending) && has_word(stem, |word| CREDENTIAL_WORDS.contains(&word))
        || is_typed_history(name)
        || name.starts_with("user-data")
        || name.starts_with("requirements") && ending == Some("txt")
        || stem == "config.json" && folders.ends_with(".docker")
}

/// Whether a file with this extension is neither a program nor a text for people.
fn holds_data(ending: Option<&str>) -> bool {
    const DATA: &[&str] = &[
        "txt",
        "json",
        "yml",
        "yaml",
        "ini",
        "cfg",
        "conf",
        "csv",
        "tsv",
        "xml",
        "toml",
        "env",
        "properties",
        "dat",
        "local",
        "php",
        "plist",
        "key",
        "list",
        "bak",
        "old",
    ];
    ending.is_none_or(|ending| DATA.contains(&ending) || CREDENTIAL_WORDS.contains(&ending))
}

/// Returns whether a file, in lower case, records what was typed into a shell or a client.
pub fn is_typed_history(name: &str) -> bool {
    HISTORY_FILES.contains(&name)
        || name.ends_with("_history") && name.len() > "_history".len()
        || has_one_of(name, &["history"]) && has_one_of(name, REMEMBERING)
}

/// Names of files that contain a key or a password, and nothing else.
#[rustfmt::skip]
const KEY_FILES: &[&str] = &[
    "master.key", ".erlang.cookie", "privatekey", "private.key", "presharedkey", "psk", "nodekey", "jwt.hex", "jwtsecret",
    ".secret", "secret.key", "secrets.key", ".cookie", "node-token", "authtoken.secret", "passwd", "munge.key", "authkey",
    "hudson.util.secret", "keyfile", "mongo.key", "identity.secret", ".vault_pass", ".vaultpass", "credentials", "token",
    "id_token", "cookie", "appsecret", "hmac.key", "signing.key", "encryption.key", "session.key", "app.key", "jwt.key",
];

/// Words that mean the same in any part of the name.
#[rustfmt::skip]
const KEY_WORDS: &[&str] = &[
    "password", "passwd", "passphrase", "pass", "secret", "secrets", "token", "apikey", "credential", "pwd", "privkey",
    "privatekey", "vaultpass", "vaultpassword", "mnemonic", "seedphrase", "authkey", "keyfile", "psk", "hmac",
];

/// Words that mean the same before `key`.
#[rustfmt::skip]
const KINDS_OF_KEYS: &[&str] = &[
    "master", "private", "signing", "encryption", "secret", "session", "api", "access", "auth", "preshared", "host",
    "node", "application", "app", "jwt", "hmac", "server", "client", "deploy", "transport", "cluster", "gossip",
    "fernet", "cipher", "aes", "backup", "repo", "repository", "root", "admin", "wg", "wireguard", "shared", "luks",
];

/// Returns whether the file at `path`, in lower case, is named like a key or a password, and thus contains nothing
/// else.
pub fn is_key_file(path: &str) -> bool {
    const OTHERS: &[&str] = &[
        "public", "pub", "hash", "hashes", "sha1", "sha256", "sha512", "md5", "checksum", "id",
        "test", "example", "length", "name", "file", "template", "j2", "policy", "reset",
        "strength", "list", "wordlist",
    ];
    // Keys of purchased software.
    const SOLD: &[&str] = &[
        "license",
        "licence",
        "product",
        "serial",
        "activation",
        "trial",
    ];
    const ENDINGS: &[&str] = &[
        "txt",
        "key",
        "secret",
        "token",
        "hex",
        "pass",
        "password",
        "dat",
        "psk",
        "cookie",
        "b64",
        "base64",
        "bin",
        "conf",
        "credentials",
        "kopia-password",
        // Secret keys of NaCl, as TinySSH stores them.
        "sk",
    ];
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    if KEY_FILES.contains(&name) {
        return true;
    }
    let (stem, ending) = match name.trim_start_matches('.').rsplit_once('.') {
        Some((stem, ending)) => (stem, Some(ending)),
        None => (name, None),
    };
    if ending.is_some_and(|ending| !ENDINGS.contains(&ending)) {
        return false;
    }
    let words = || {
        name.split(|c: char| !c.is_ascii_alphanumeric())
            .filter(|word| !word.is_empty())
    };
    if words().any(|word| OTHERS.contains(&word)) {
        return false;
    }
    let is_in_secrets = folders.rsplit('/').next().is_some_and(|folder| {
        matches!(
            folder,
            "secrets" | ".secrets" | "credentials" | "private"
                    // Keystone's.
                    | "fernet-keys" | "credential-keys"
        )
    });
    let is_key = |word: &str| word == "key" || word == "keys";
    let is_kind = stem
        .split(|c: char| !c.is_ascii_alphanumeric())
        .any(|word| KINDS_OF_KEYS.contains(&word));
    is_in_secrets
        || words().any(|word| KEY_WORDS.contains(&word))
        || words().any(is_key) && is_kind
        || name.ends_with(".signing.key")
        || matches!(ending, Some("hex")) && stem.contains("jwt")
        || ending == Some("sk")
        // `.pgpoolkey`: one word in a hidden file.
        || name.starts_with('.') && ending.is_none() && stem.len() > 5 && stem.ends_with("key")
        || ending == Some("key") && !words().any(|word| SOLD.contains(&word))
}

/// Whether a part of a name is one of `words`; underscores separate parts, too.
fn has_one_of(name: &str, words: &[&str]) -> bool {
    let mut parts = name.split(|c: char| !c.is_ascii_alphanumeric());
    parts.any(|part| words.contains(&part))
}

/// Returns whether a file, in lower case, that has no known extension is a settings file by its name or directory:
/// hidden files, `…rc`, files in `etc`.
pub fn is_called_settings(path: &str) -> bool {
    const FOLDERS: &[&str] = &[
        "etc",
        ".config",
        "conf",
        "conf.d",
        "config",
        // Rspamd's, whose files end in `.inc`.
        "local.d",
        "override.d",
        "ansible",
        "inventory",
        "inventories",
        ".local",
        ".storage",
    ];
    const NAMES: &[&str] = &[
        "hosts",
        "inventory",
        "config",
        "preseed",
        "cloud-config",
        "meta-data",
        "answers",
        "sdkconfig",
        "configs",
    ];
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let is_hidden = name.starts_with('.')
        && name[1..]
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    let is_plain = !name.contains('.');
    is_hidden
        || is_plain && (name.ends_with("rc") && name.len() > 3 || NAMES.contains(&name))
        || (is_plain
            || name.ends_with(".dat")
            || name.ends_with(".users")
            || name.ends_with(".inc"))
            && folders.split('/').any(|folder| FOLDERS.contains(&folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_credentials_are_known_by_their_names() {
        for path in [
            "home/.netrc",
            ".pgpass",
            "a/.docker/config.json",
            "wifi/a.nmconnection",
            "terraform.tfstate.backup",
            "site.har",
            "db_credentials.txt",
            "smbcredentials",
            ".bash_history",
            "bash history.log",
            "consolehost_history.txt",
            "user-data",
            "requirements-dev.txt",
            "prod.kubeconfig",
            "key.txt",
        ] {
            assert!(is_credential_file(path), "{path}");
        }
        for path in [
            "history.md",
            "src/history.rs",
            "secrets.py",
            "config.json",
            "a/http.rs",
            "credentials.go",
            "readme",
        ] {
            assert!(!is_credential_file(path), "{path}");
        }
    }

    #[test]
    fn a_name_can_be_the_name_of_what_is_in_a_file() {
        for path in [
            "config/master.key",
            "secrets/db_password.txt",
            "run/secrets/anything",
            ".vault_pass",
            "postgres-password",
            "shop.signing.key",
            "jwt.hex",
            "api.token",
            "hudson.util.secret",
            "wireguard/privatekey",
            "keys/.ed25519.sk",
            "csync2.key",
            ".pgpoolkey",
            "keystone/fernet-keys/0",
        ] {
            assert!(is_key_file(path), "{path}");
        }
        for path in [
            "version",
            "public.key",
            "password.rs",
            "token_test.txt",
            "password_hash.txt",
            "checksum.key.sha256",
            "tokens.list.md",
            "license.key.html",
            "publickey",
            "product.key",
            "password-reset.txt",
        ] {
            assert!(!is_key_file(path), "{path}");
        }
    }
}
