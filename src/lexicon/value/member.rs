//! Members of objects, which a program reads instead of having the value itself: `rawEnv.STRIPE_API_KEY`,
//! `config.db.password`, `cfg.Secret`, `Configuration["Jwt:Key"]`.

use super::is_identifier;
use super::naming::is_variable_name;
use crate::lexicon::name::{self, CredentialName};
use crate::lexicon::words::Words;

/// Longer values are not member paths.
const LONGEST: usize = 120;

/// Objects that hold a program's settings, by the last word of their names.
#[rustfmt::skip]
const HOLDERS: &[&str] = &[
    "config", "configs", "configuration", "conf", "cfg", "settings", "setting", "env", "environ", "environment", "process", "self",
    "this", "options", "option", "opts", "opt", "props", "properties", "params", "parameters", "secrets", "secret", "keys",
    "constants", "consts", "const", "app", "application", "ctx", "context", "state", "store", "args", "arguments", "argv", "flags",
    "input", "inputs", "request", "req", "vars", "variables", "values", "builder", "credentials", "creds", "auth", "globals",
    "defaults", "deps", "module", "local", "locals", "data", "runtime", "account", "user", "session", "client", "provider",
];

/// Whether `value`, the value of `name`, is a member of an object: its last part is an environment variable or repeats
/// the name, or it is a credential in an object that holds settings.
pub(super) fn is_member(name: &str, value: &str) -> bool {
    let Some((holder, last)) = parts_of(value) else {
        return false;
    };
    let is_item = value.contains('[');
    is_variable_name(last)
        || repeats(name, last)
        || holds_settings(holder) && (is_item || promises(last))
}

/// Returns the same for an unquoted value, for which the object may have any name.
pub fn is_bare_member(value: &str) -> bool {
    parts_of(value).is_some_and(|(_, last)| is_variable_name(last) || promises(last))
}

/// Returns whether `value` is a member of a type, all of it in words: `PagerService.manual_routing_key`, `Lamp::Door.keyOfRoom`.
pub fn is_member_of_type(value: &str) -> bool {
    let Some((holder, last)) = parts_of(value) else {
        return false;
    };
    let own = holder.rsplit(['.', ':']).next().unwrap_or(holder);
    let is_type = own.starts_with(|c: char| c.is_ascii_uppercase())
        && own.bytes().any(|byte| byte.is_ascii_lowercase())
        && own.len() > 3;
    let has_words = |text: &str| Words::split(text).is_some_and(|words| words.len() > 1);
    let is_word =
        |text: &str| !text.bytes().any(|byte| byte.is_ascii_digit()) && super::is_wordy(text);
    let is_method = last.starts_with(|c: char| c.is_ascii_lowercase()) && has_words(last);
    is_type && is_method && is_word(own) && is_word(last)
}

/// Returns the path to the object and the name of the member; `None` if the value is no such path.
fn parts_of(value: &str) -> Option<(&str, &str)> {
    if value.len() > LONGEST || !value.contains(['.', '>', ':', '[']) {
        return None;
    }
    let value = value.trim_end_matches(['!', '?', ';', ',']);
    let value = value.strip_suffix("()").unwrap_or(value);
    let value = value.trim_start_matches(['$', '@', '&', '*']);
    let (holder, last) = of_index(value).or_else(|| of_dots(value))?;
    is_path(holder).then_some((holder, last))
}

/// `Configuration["Jwt:Key"]`, `settings['API_KEY']`, `config[:secret]`, `$_ENV[API_KEY]`.
fn of_index(value: &str) -> Option<(&str, &str)> {
    let (holder, index) = value.strip_suffix(']')?.rsplit_once('[')?;
    let holder = holder.strip_suffix("?.").unwrap_or(holder);
    let index = index.trim_matches(['"', '\'', ':', '`']);
    let is_of_key = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.:".contains(&byte);
    let is_key = !index.is_empty() && index.bytes().all(is_of_key);
    let last = index.rsplit(['.', ':']).next().unwrap_or(index);
    is_key.then_some((holder, last))
}

/// `a.b.SECRET`, `a?.b?.secret`, `$this->secret`, `Keys::SECRET`.
fn of_dots(value: &str) -> Option<(&str, &str)> {
    let end = value.rfind(['.', '>', ':'])?;
    let last = &value[end + 1..];
    let holder = value[..end].trim_end_matches(['-', ':', '?', '!', '.']);
    is_identifier(last).then_some((holder, last))
}

/// Whether `holder` is names of a program and what joins them, none of them random.
fn is_path(holder: &str) -> bool {
    let is_mark = |c: char| matches!(c, '.' | '>' | ':' | '[' | ']' | '(' | ')');
    let mut parts = holder
        .split(is_mark)
        .map(|part| part.trim_matches(['?', '-', '!', '"', '\'', '$', '@']));
    // A vendor's name in a path may be no word of any language, but random parts have digits.
    let is_name = |part: &str| {
        let digits = part.bytes().filter(u8::is_ascii_digit).count();
        part.is_empty()
            || is_identifier(part) && (part.len() < 8 || digits == 0 || !super::is_random(part))
    };
    !holder.is_empty()
        && holder.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && parts.all(is_name)
}

/// Whether a member repeats the name that it is assigned to: `svixApiKey: values.svix_api_key`. Never so for passwords:
/// a value such as `summer.password` may be one itself.
fn repeats(name: &str, last: &str) -> bool {
    const SHORTEST: usize = 6;
    let flat = |text: &str| -> String {
        let letters = text.chars().filter(char::is_ascii_alphanumeric);
        letters.map(|c| c.to_ascii_lowercase()).collect()
    };
    let (name, last) = (flat(name.rsplit('.').next().unwrap_or(name)), flat(last));
    last.len() >= SHORTEST
        && name.ends_with(&last)
        && name::classify(&last) != Some(CredentialName::Password)
}

/// Whether the last name of a path says that the object holds settings.
fn holds_settings(holder: &str) -> bool {
    let own = holder.rsplit(['.', '>', ':']).next().unwrap_or(holder);
    let first = holder
        .split(['.', '>', ':', '-', '?'])
        .next()
        .unwrap_or(holder);
    let is_holder = |text: &str| {
        Words::split(text).is_some_and(|words| HOLDERS.contains(&words.get(words.len() - 1)))
    };
    is_holder(own) || is_holder(first)
}

fn promises(last: &str) -> bool {
    let has_digit = last.bytes().any(|byte| byte.is_ascii_digit());
    name::classify(last).is_some() && !(has_digit && super::is_random(last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_told_by_what_they_are_called() {
        for (name, value) in [
            ("apiKey", "rawEnv.SVIX_API_KEY"),
            ("apiKey", "zqConf.WVX_KEY"),
            ("secret", "config.values.secret"),
            ("stripe_key", "settings.STRIPE_SECRET_KEY"),
            ("token", "import.meta.env.VITE_TOKEN"),
            ("apiKey", "process.env[\"API_KEY\"]"),
            ("key", "Configuration[\"Jwt:Secret\"]"),
            ("secret", "cfg.Secret"),
            ("JwtSecret", "c.cfg.JwtSecret"),
            ("clientSecret", "this.options?.clientSecret"),
            ("password", "$this->config->password"),
            ("apiKey", "BuildConfig.MAPS_API_KEY"),
            ("svixApiKey", "parsed.svix_api_key"),
            ("token", "Keys::API_TOKEN"),
            ("secret_key", "app.config['SECRET_KEY']"),
            ("secret", "@settings[:client_secret]"),
            ("apiToken", "Secrets.apiToken"),
        ] {
            assert!(is_member(name, value), "{name}: {value}");
        }
        assert!(is_bare_member("lamp.clientSecret") && is_bare_member("x.DB_PASSWORD"));
    }

    #[test]
    fn members_of_types_are_words() {
        for value in [
            "PagerService.manual_routing_key",
            "Lamp::Settings.cookieKey",
            "LampConfig.routing_key()",
        ] {
            assert!(is_member_of_type(value), "{value}");
        }
        for value in [
            "John.doe",
            "summer.rain_in_spring",
            "Ab3xZ9kQ7mWv.q8Zr2LkT0vXw5Ns_a",
            "QxvKjtz.zbw_mfrpls",
        ] {
            assert!(!is_member_of_type(value), "{value}");
        }
    }

    #[test]
    fn what_may_be_a_credential_is_no_member() {
        let random = ["q8Zr2LkT0vXw5Ns", "Ab3xZ9kQ7mWv"].join(".");
        for (name, value) in [
            ("token", random.as_str()),
            ("password", "correct.horse"),
            ("password", "summer.password"),
            ("password", "john.Doe"),
            ("password", "hunter2"),
            ("password", "SUMMER.2024"),
            ("apiKey", "kT7vv2Qp9xLmR4sZb1.API"),
            ("token", "a.b"),
            ("password", "10.0.0.1:8080"),
        ] {
            assert!(!is_member(name, value), "{name}: {value}");
        }
        assert!(!is_bare_member(&random) && !is_bare_member("correct.horse"));
    }
}
