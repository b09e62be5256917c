//! Paths of classes, functions and modules, which settings name so that they are loaded.

use super::is_identifier;

/// Returns whether `value` is the path of a class, a function or a module: `shop.users.forms.LoginForm`,
/// `auth.TokenSerializer`, `shop.auth:make_token`, `Shop::Auth::Token`, `com.acme.security.TokenFilter`.
pub(super) fn is_path_of_code(value: &str) -> bool {
    if !(5..=200).contains(&value.len()) || !value.contains(['.', ':']) {
        return false;
    }
    if value.contains("::") {
        return value.split("::").count() > 1
            && value.split("::").all(is_name)
            && value.split("::").any(is_class);
    }
    // Entry points are written `module:attribute`.
    let (path, attribute) = match value.split_once(':') {
        Some((path, attribute)) => (path, Some(attribute)),
        None => (value, None),
    };
    if attribute.is_some_and(|name| !is_name(name)) || !path.split('.').all(is_name) {
        return false;
    }
    let parts = path.split('.').count() + usize::from(attribute.is_some());
    let last = attribute
        .or_else(|| path.rsplit('.').next())
        .unwrap_or_default();
    let first = path.split('.').next().unwrap_or_default();
    let is_package = is_of_package(first);
    // A password of words and full stops has no class at its end, and no names with underscores.
    match parts {
        0 | 1 => false,
        2 => is_class(last) && names_its_kind(last),
        _ if is_class(last) || attribute.is_some() => is_package || names_its_kind(last),
        _ => {
            is_package
                && (path
                    .split('.')
                    .any(|part| part.trim_matches('_').contains('_'))
                    || ["com", "org", "net", "io", "django", "rest_framework"].contains(&first))
        }
    }
}

/// Whether `part` could be a name in a program, and is not random.
fn is_name(part: &str) -> bool {
    // A few lower-case letters are too little to look random.
    let is_short = part.len() < 8 && part.bytes().all(|byte| byte.is_ascii_lowercase());
    is_identifier(part) && (is_short || !super::is_random(part)) && {
        let digits = part.bytes().filter(u8::is_ascii_digit).count();
        digits * 3 <= part.len()
    }
}

/// Whether `part` is written like a package or module.
fn is_of_package(part: &str) -> bool {
    part.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && part.bytes().all(|byte| !byte.is_ascii_uppercase())
}

/// Whether `part` is written like a class of two words or more.
fn is_class(part: &str) -> bool {
    let capitals = part.bytes().filter(u8::is_ascii_uppercase).count();
    part.starts_with(|c: char| c.is_ascii_uppercase())
        && capitals > 1
        && part.bytes().any(|byte| byte.is_ascii_lowercase())
        && !part.contains('_')
}

/// Whether a class is named after its role.
fn names_its_kind(class: &str) -> bool {
    const KINDS: [&str; 36] = [
        "Adapter",
        "Authentication",
        "Authenticator",
        "Backend",
        "Client",
        "Command",
        "Config",
        "Controller",
        "Encoder",
        "Factory",
        "Field",
        "Filter",
        "Form",
        "Generator",
        "Handler",
        "Hasher",
        "Manager",
        "Middleware",
        "Mixin",
        "Model",
        "Policy",
        "Provider",
        "Repository",
        "Resolver",
        "Serializer",
        "Service",
        "Storage",
        "Store",
        "Strategy",
        "Task",
        "Test",
        "Tests",
        "Token",
        "Validator",
        "View",
        "ViewSet",
    ];
    KINDS.iter().any(|kind| class.ends_with(kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_code_are_known() {
        for value in [
            "shop.users.forms.UserMFADeviceForm",
            "allauth.mfa.base.forms.AuthenticateForm",
            "auth.TokenSerializer",
            "shop.auth.tokens.make_token",
            "shop.auth:make_token",
            "com.acme.security.TokenFilter",
            "org.springframework.security.crypto",
            "Shop::Auth::TokenStore",
            "django.contrib.auth.password",
            "Acme.Shop.Security.TokenProvider",
        ] {
            assert!(is_path_of_code(value), "{value}");
        }
    }

    #[test]
    fn what_may_be_a_secret_is_no_path() {
        let random = ["q8Zr2LkT0vXw5Ns", "Ab3xZ9kQ7mWv"].join(".");
        for value in [
            random.as_str(),
            "correct.horse.battery",
            "summer.lamp",
            "Summer.Lamp.2024",
            "john.Doe",
            "acme.LampDoor",
            "user:LampDoor",
            "10.0.0.1:8080",
            "hunter2",
            "a::b",
        ] {
            assert!(!is_path_of_code(value), "{value}");
        }
    }
}
