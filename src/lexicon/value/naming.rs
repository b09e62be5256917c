//! Values that only name something: the variable or object that holds the credential, a rule that validates it, its
//! type.

use super::validation::is_validation;
use super::{code_path, member};
use crate::lexicon::name::{self, CredentialName};
use crate::lexicon::placeholder;
use crate::lexicon::words::Words;

/// Returns whether `value`, the value of `name`, says where the credential is or what it must be, rather than being
/// one.
pub fn names_something(name: &str, value: &str) -> bool {
    let value = super::unquoted(value);
    !value.is_empty()
        && (is_validation(value)
            || is_type(value)
            || says_its_origin(value)
            || is_action(value)
            || code_path::is_path_of_code(value)
            || member::is_member(name, value)
            || is_private_variable(value)
            || is_object_name(name, value)
            || is_mount(value)
            || is_markup(value)
            || is_key_file(value)
            || is_slug_of(name, value)
            || is_name_service(name, value))
}

/// Whether `value` is OpenSSH's name for a private key file, used as a reference to it.
fn is_key_file(value: &str) -> bool {
    let kind = value.strip_prefix("id_").unwrap_or_default();
    matches!(
        kind,
        "rsa" | "dsa" | "ecdsa" | "ed25519" | "ecdsa_sk" | "ed25519_sk"
    )
}

/// Whether the line is from `nsswitch.conf`, which says where accounts are looked up: `passwd: files systemd`.
fn is_name_service(name: &str, value: &str) -> bool {
    const SERVICES: [&str; 12] = [
        "files",
        "compat",
        "db",
        "systemd",
        "sss",
        "ldap",
        "winbind",
        "nis",
        "nisplus",
        "altfiles",
        "mymachines",
        "extrausers",
    ];
    let words = || value.split_ascii_whitespace();
    matches!(name, "passwd" | "shadow" | "gshadow" | "initgroups")
        && words().all(|word| SERVICES.contains(&word) || word.starts_with('['))
}

/// Whether `value` names a secret of Podman or Docker and how to mount it: `db-password,type=mount`.
fn is_mount(value: &str) -> bool {
    [",type=mount", ",type=env", ",target="]
        .iter()
        .any(|option| value.contains(option))
}

/// Whether `value` is markup from an opening tag to a closing one: `<pre></pre>`, `<input type="password"/>`.
fn is_markup(value: &str) -> bool {
    let name = value.strip_prefix('<').unwrap_or_default();
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && value.ends_with('>')
        && (value.contains("</") || value.ends_with("/>"))
}

/// Returns whether `value` is the name of an environment variable that holds a credential: `S4_SECRET_KEY`.
pub fn is_variable_name(value: &str) -> bool {
    let is_part = |part: &str| {
        let letters = part.trim_end_matches(|c: char| c.is_ascii_digit());
        let is_word = letters.bytes().all(|byte| byte.is_ascii_uppercase());
        let is_short = part
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
        is_word && part.len() - letters.len() <= 2 && !letters.is_empty()
            || is_short && part.len() <= 3
    };
    super::entry::names_a_variable(value)
        || value.contains('_')
            && value.len() <= 64
            && value.starts_with(|c: char| c.is_ascii_uppercase())
            && value
                .split('_')
                .all(|part| !part.is_empty() && is_part(part))
            && (name::classify(value).is_some() || value.ends_with("_KEY"))
}

/// Controller methods that PHP frameworks call by name: `Api\\UserController@changePassword`.
fn is_action(value: &str) -> bool {
    let Some((class, method)) = value.split_once('@') else {
        return false;
    };
    let is_name = |text: &str| {
        text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    let mut parts = class.trim_start_matches('\\').rsplit('\\');
    parts.next().is_some_and(|last| {
        is_name(last)
            && (last.ends_with("Controller")
                || last.starts_with(char::is_uppercase) && class.contains('\\'))
    }) && parts.all(is_name)
        && method.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && is_name(method)
}

/// Types of programming languages, schemas and databases: `varchar(255)`, `[String]`, `Optional[str]`, `string?`.
fn is_type(value: &str) -> bool {
    #[rustfmt::skip]
    const TYPES: &[&str] = &[
        "string", "str", "text", "varchar", "nvarchar", "char", "nchar", "character varying", "bytes", "byte", "bytea",
        "blob", "binary", "varbinary", "tinytext", "longtext", "mediumtext", "uuid", "guid", "int", "integer", "bigint",
        "bool", "boolean", "number", "object", "any", "date", "datetime", "timestamp", "securestring", "secretstr",
        "charfield", "textfield", "stringfield", "passwordfield", "optional", "buffer", "uint8array", "hex", "base64",
        "ulid", "cuid", "nanoid", "citext", "password_hash", "jwt", "undefined", "unknown", "never", "secret<string>",
    ];
    let mut inner = value;
    for (open, close) in [
        ("[", "]"),
        ("Optional[", "]"),
        ("Option<", ">"),
        ("Maybe ", ""),
        ("List<", ">"),
    ] {
        let stripped = inner
            .strip_prefix(open)
            .and_then(|rest| rest.strip_suffix(close));
        inner = stripped.unwrap_or(inner);
    }
    let inner = inner
        .trim_end_matches(['?', '!', '*', ';', ','])
        .trim_end_matches("[]");
    let inner = match inner.split_once('(') {
        Some((head, tail))
            if tail
                .trim_end_matches(')')
                .bytes()
                .all(|byte| byte.is_ascii_digit() || matches!(byte, b',' | b' ')) =>
        {
            head
        }
        _ => inner,
    };
    let inner = inner.trim();
    TYPES.iter().any(|known| inner.eq_ignore_ascii_case(known))
}

/// Sources of credentials other than people.
#[rustfmt::skip]
const MACHINES: &[&str] = &[
    "env", "environment", "envvar", "variable", "variables", "vault", "secret", "secrets", "runtime", "deploy",
    "deployment", "ci", "pipeline", "ansible", "terraform", "helm", "kustomize", "ssm", "keyvault", "operator", "sops",
    "entrypoint", "startup", "configmap", "clowder",
];

/// Returns whether a placeholder says that something other than a person replaces it: `REPLACE_ME_FROM_ENV_VAR`,
/// `override-by-helm`, `set_via_environment`.
pub fn is_to_come(value: &str) -> bool {
    const VERBS: &[&str] = &[
        "replace",
        "override",
        "overwrite",
        "inject",
        "provide",
        "supply",
        "load",
        "set",
        "fill",
        "populate",
        "read",
        "fetch",
        "take",
        "comes",
        "replaced",
        "overridden",
        "injected",
        "provided",
        "loaded",
        "populated",
    ];
    let Some(words) = Words::split(value).filter(|_| value.len() <= 80) else {
        return false;
    };
    let Some(verb) = words.iter().position(|word| VERBS.contains(&word)) else {
        return false;
    };
    (verb + 1..words.len()).any(|at| {
        let is_way = match words.get(at) {
            "from" | "by" | "via" | "through" | "using" => true,
            "at" => matches!(
                words.get(at + 1),
                "runtime" | "deploy" | "deployment" | "startup"
            ),
            _ => false,
        };
        is_way
            && words
                .iter()
                .skip(at + 1)
                .take(3)
                .any(|word| MACHINES.contains(&word))
    })
}

/// Whether `value` is named like a template variable: `_app_db_password`.
fn is_private_variable(value: &str) -> bool {
    value.strip_prefix('_').is_some_and(|rest| {
        let is_part =
            |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase());
        rest.contains('_') && rest.split('_').all(is_part) && name::classify(rest).is_some()
    })
}

/// Values that say what replaces them: `replaced-by-env`, `injected at runtime`, `see-vault`.
fn says_its_origin(value: &str) -> bool {
    #[rustfmt::skip]
    const FATES: &[&str] = &[
        "replaced", "overwritten", "overridden", "overriden", "injected", "loaded", "provided", "supplied", "populated",
        "set", "filled", "fetched", "read", "taken", "comes", "managed", "stored", "resolved", "mounted", "kept",
        "generated", "defined", "configured", "obtained", "retrieved", "passed", "given", "rendered", "derived",
    ];
    const WAYS: &[&str] = &[
        "by", "from", "in", "at", "via", "through", "with", "using", "on",
    ];
    #[rustfmt::skip]
    const ORIGINS: &[&str] = &[
        "env", "environment", "envvar", "variable", "variables", "vault", "secret", "secrets", "runtime", "deploy",
        "deployment", "ci", "pipeline", "ansible", "terraform", "helm", "kubernetes", "k8s", "operator", "sops", "ssm",
        "keyvault", "startup", "install", "build", "script", "entrypoint", "docker", "compose", "kustomize", "config",
        "file", "keychain", "settings", "cli", "release", "store", "manager", "production", "jenkins", "actions", "me",
    ];
    if value.len() > 80 || !value.contains(['-', '_', ' ', '.']) {
        return false;
    }
    let Some(words) = Words::split(value) else {
        return false;
    };
    let at = |set: &[&str], from: usize| {
        let mut rest = words.iter().enumerate().skip(from);
        rest.find(|(_, word)| set.contains(word)).map(|(at, _)| at)
    };
    let fate = at(FATES, 0).and_then(|fate| Some((fate, at(WAYS, fate + 1)?)));
    if let Some((fate, way)) = fate
        && way == fate + 1
        && at(ORIGINS, way + 1).is_some()
    {
        return true;
    }
    let first = words.get(0);
    matches!(first, "see" | "from" | "use" | "via")
        && words.len() <= 4
        && at(ORIGINS, 1).is_some()
        && at(&["your", "here", "a", "random"], 0).is_none()
        || words.iter().eq(["will", "be", "overridden"])
        || words.iter().eq(["will", "be", "overwritten"])
}

/// Owners whose secrets are objects with a name, rather than values.
#[rustfmt::skip]
const OWNERS: &[&str] = &[
    "password", "passwd", "pass", "passwords", "token", "user", "username", "credentials", "credential", "cert",
    "certificate", "tls", "ssl", "auth", "pull", "registry", "ca",
];

/// Names of objects that hold the credential: `authSecret: grafana-secrets`, `passwordSecretKey: password`.
///
/// Only if the name says that it refers to an object or to a key in one, or if both look like chart settings.
fn is_object_name(name: &str, value: &str) -> bool {
    #[rustfmt::skip]
    const VALUES: &[&str] = &[
        "client", "app", "jwt", "session", "cookie", "webhook", "shared", "consumer", "api",
    ];
    // An all-caps name is an environment variable, whose value is used verbatim.
    if !name.bytes().any(|byte| byte.is_ascii_lowercase()) || !super::holds(name, "secret") {
        return false;
    }
    let Some(words) = Words::split(name) else {
        return false;
    };
    let last = words.len() - 1;
    let from =
        words.len() > 1 && words.iter().any(|word| word == "from") && words.get(last) == "secret";
    if from || matches!((words.get(0), words.get(last)), ("secret", "env")) {
        return true;
    }
    let owner = |at: usize| at.checked_sub(1).map_or("", |before| words.get(before));
    let is_key_of_secret = matches!(words.get(last), "key" | "keys")
        && owner(last) == "secret"
        && last >= 2
        && OWNERS.contains(&words.get(last - 2));
    if is_key_of_secret {
        return is_label(value) || super::is_wordy(value);
    }
    if owner(last) == "pull" && matches!(words.get(last), "secret" | "secrets") {
        return is_label(value);
    }
    if words.len() == 2 && words.get(0) == "secret" && words.get(1) == "key" {
        // External Secrets and the like; MinIO has a key of that name too, but its value is not the name of a field.
        return name.starts_with("secretKey")
            && names_field(value)
            && (super::is_wordy(value) || value.len() < 10);
    }
    let is_of_owner = || {
        OWNERS.contains(&owner(last))
            && super::is_wordy(value)
            && !value.bytes().any(|byte| byte.is_ascii_digit())
    };
    words.get(last) == "secret"
        && words.len() > 1
        && !VALUES.contains(&owner(last))
        && is_label(value)
        && value.contains('-')
        && (names_secret(value) || is_of_owner())
}

/// Whether `text` is a DNS label, or several: how Kubernetes objects are named.
fn is_label(text: &str) -> bool {
    let is_plain = |byte: u8| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'.' | b'_')
    };
    text.len() <= 63
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.bytes().all(is_plain)
}

/// Whether `text` is a typical name of a credential's field.
fn names_field(text: &str) -> bool {
    #[rustfmt::skip]
    const FIELDS: &[&str] = &[
        "password", "passwd", "username", "user", "token", "key", "secret", "pass", "credentials", "apikey", "cert", "crt",
        "pem", "value", "id", "passphrase", "uri", "url", "dsn", "auth",
    ];
    let Some(words) = Words::split(text) else {
        return false;
    };
    text.bytes().all(|byte| !byte.is_ascii_digit()) && FIELDS.contains(&words.get(words.len() - 1))
}

/// Whether `value` is a typical name of an object with credentials.
fn names_secret(value: &str) -> bool {
    #[rustfmt::skip]
    const ENDS: &[&str] = &[
        "secret", "secrets", "credentials", "creds", "tls", "cert", "certs", "auth", "config", "passwords", "keys", "env",
    ];
    let words = Words::split(value).filter(|words| words.len() > 1);
    words.is_some_and(|words| ENDS.contains(&words.get(words.len() - 1)))
}

/// Lower-case values that consist of the words of their own name: `EmailTwoFactorToken = "email-2fa-token"` names a
/// provider, and `LoginAuthKey = "pm-20002-login-auth-key"` a flag.
fn is_slug_of(name: &str, value: &str) -> bool {
    const MARKS: [char; 4] = ['-', '_', '.', ':'];
    // The `2FA` of `2FA_secret` is as much a word of a slug as any other.
    let is_of_one_case = |part: &str| {
        !part.bytes().any(|byte| byte.is_ascii_lowercase())
            || !part.bytes().any(|byte| byte.is_ascii_uppercase())
    };
    let is_slug = value.contains(MARKS)
        && value.len() <= 80
        && value.starts_with(|c: char| c.is_ascii_lowercase() || c == '2')
        && value.bytes().any(|byte| byte.is_ascii_lowercase())
        && value.split(MARKS).all(|part| {
            is_of_one_case(part) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
        });
    if !is_slug || matches!(name::classify(name), Some(CredentialName::Password) | None) {
        return false;
    }
    let value = value.to_ascii_lowercase();
    // A value that anyone would guess, or that was to be replaced, may well be in use.
    if super::weak(&value) || placeholder::classify(&value).is_some() {
        return false;
    }
    // Digits alone must number something: a year, an issue, the `2` of `2fa`.
    let is_counted = |part: &str| {
        let digits = part.bytes().filter(u8::is_ascii_digit).count();
        digits == 0 || digits == part.len() && digits <= 6 || digits == 1 && part.len() <= 8
    };
    if !value.split(MARKS).all(is_counted) {
        return false;
    }
    let (Some(names), Some(values)) = (Words::split(name), Words::split(&value)) else {
        return false;
    };
    let is_number = |word: &str| word.bytes().all(|byte| byte.is_ascii_digit());
    let is_factor = |word: &str| matches!(word, "fa" | "tfa" | "mfa" | "otp" | "totp");
    let words: Vec<&str> = values.iter().filter(|word| !is_number(word)).collect();
    let is_shared = |word: &&&str| {
        names.iter().any(|own| own == **word) || is_factor(word) && names.iter().any(is_factor)
    };
    let (total, shared) = (words.len(), words.iter().filter(is_shared).count());
    let ends_alike = words.last().as_ref().is_some_and(is_shared);
    total > 1 && ends_alike && shared * 2 > total && super::is_wordy(&value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[rustfmt::skip]
    fn what_is_named_is_no_secret() {
        for (name, value) in [
            ("password", "required|min:6"), ("password", "required|not_array"), ("password", "required|string"), ("Password", "required,min=8"),
            ("password", "|confirmed"), ("password", "required|confirmed|"), ("password", "sometimes|"), ("secretKey", "id_ed25519"), ("mail_password", "required_unless:mail_driver,log"),
            ("password", "<pre></pre>"), ("passwd", "compat"), ("passwd", "files systemd"),
            ("password", "varchar(255)"), ("token", "[String]"), ("password", "Optional[str]"), ("token", "string?"),
            ("db_pass", "replaced-by-env"), ("db_pass", "injected at runtime"), ("token", "set-by-ansible"),
            ("from_secret", "docker_password"), ("secretEnv", "GITEA_CLIENT_SECRET"), ("envFromSecret", "grafana-secrets"),
            ("secretKey", "password"), ("secretKey", "someKey"), ("passwordSecretKey", "admin-password"),
            ("authSecret", "grafana-secrets"), ("adminPasswordSecret", "app-admin"), ("tlsSecret", "tls-secret"),
            ("OwlLoginAuthKey", "pm-20002-owl-login-auth-key"), ("EmailTwoFactorToken", "email-2fa-token"),
            ("SESSION_OTP_SECRET", "otp2_secret"), ("SESSION_TFA_SECRET", "2FA_secret"), ("password", "_tiaas_db_pass"), ("activate_totp", "owl.users.forms.UserDeviceForm"), ("change-password", "Api\\V1Controller@changePassword"), ("reset-password", "ResetController@store"), ("DISCORD_CLIENT_SECRET", "discord-client-secret"),
        ] {
            assert!(names_something(name, value), "{name}: {value}");
        }
    }

    #[test]
    #[rustfmt::skip]
    fn what_may_be_one_is_not_taken_for_a_name() {
        for (name, value) in [
            ("password", "hunter2"), ("password", "required"), ("secretKey", "minioadmin"), ("secretKey", "q8Zr2LkT0vXw5Ns"),
            ("AUTH_SECRET", "grafana-secrets"), ("clientSecret", "owl-client"), ("JWT_SECRET", "super-secret"),
            ("password", "my-password"), ("password", "_lamp_door"), ("password", "correct.horse.battery"), ("password", "summer|"), ("secretKey", "id_q8Zr2LkT0vXw5Ns"), ("password", "Summer@home"), ("password", "a\\b@c"), ("API_KEY", "acme-9f86d081-key"), ("db_pass", "set-in-stone"), ("secret", "tls"), ("password", "<owl>7"),
        ] {
            assert!(!names_something(name, value), "{name}: {value}");
        }
    }

    #[test]
    fn what_a_machine_is_to_replace_says_so() {
        for value in [
            "REPLACE_ME_FROM_ENV_VAR",
            "replace-by-helm",
            "set_via_environment",
            "override from vault",
            "replace-at-deploy",
        ] {
            assert!(is_to_come(value), "{value}");
        }
        for value in [
            "REPLACE_ME",
            "replace-me-in-production",
            "replace with your own secret",
            "replace_this_by_a_random_string",
            "changeme",
        ] {
            assert!(!is_to_come(value), "{value}");
        }
    }

    #[test]
    fn names_of_variables_shout() {
        for value in ["S4_SECRET_KEY", "DB_PASSWORD", "GITHUB_TOKEN", "SHOP_KEY"] {
            assert!(is_variable_name(value), "{value}");
        }
        for value in ["PASSWORD", "K7_QZ2LT0VXW5", "db_password", "SUMMER_2024"] {
            assert!(!is_variable_name(value), "{value}");
        }
    }
}
