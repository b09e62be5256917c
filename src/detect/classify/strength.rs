//! How much a value looks like a credential by itself: its length, its characters, how surprising they are.

use crate::detect::assignment::Syntax;
use crate::detect::entropy::shannon;
use crate::lexicon::name::CredentialName;
use crate::lexicon::value;
use crate::model::Confidence;

/// How many characters of each class a value has.
#[derive(Debug, Clone, Copy, Default)]
struct Classes {
    lower: usize,
    upper: usize,
    digits: usize,
    marks: usize,
    spaces: usize,
}

impl Classes {
    fn of(value: &str) -> Self {
        let mut classes = Self::default();
        for c in value.chars() {
            match c {
                'a'..='z' => classes.lower += 1,
                'A'..='Z' => classes.upper += 1,
                '0'..='9' => classes.digits += 1,
                c if c.is_whitespace() => classes.spaces += 1,
                _ => classes.marks += 1,
            }
        }
        classes
    }

    fn kinds(self) -> usize {
        [self.lower, self.upper, self.digits, self.marks]
            .iter()
            .filter(|count| **count > 0)
            .count()
    }
}

/// Returns how much `value` looks like a credential of its kind.
pub(in crate::detect) fn strength(
    kind: CredentialName,
    value: &str,
    syntax: Syntax,
) -> Option<Confidence> {
    let classes = Classes::of(value);
    if classes.spaces > 0
        || !value.is_ascii()
        || is_code(value, syntax)
        || is_constant(value, classes)
    {
        return None;
    }
    match kind {
        CredentialName::Password | CredentialName::ConnectionString => {
            strength_of_password(value, classes)
        }
        _ => strength_of_key(value, classes),
    }
}

/// People choose passwords, so any word may be one.
fn strength_of_password(value: &str, classes: Classes) -> Option<Confidence> {
    let is_random = value::is_random(value);
    match value.len() {
        // Nobody chooses a UUID, and the id of a password manager is one.
        36 if is_identifier_of_things(value) => Some(Confidence::Low),
        // Hex of this length is the hash of a password, not a password.
        96 | 128 if value.bytes().all(|byte| byte.is_ascii_hexdigit()) => Some(Confidence::Low),
        4..=5 | 65..=256 if is_random => Some(Confidence::Medium),
        6..=64 if is_random && is_digest(value) => Some(Confidence::Medium),
        6..=64 if is_random => Some(Confidence::High),
        6..=64 if classes.kinds() >= 2 && classes.digits > 0 => Some(Confidence::Medium),
        6..=64 if classes.kinds() >= 2 && !is_words(value) => Some(Confidence::Medium),
        4..=64 => Some(Confidence::Low),
        _ => None,
    }
}

/// Programs generate keys, so a value that is made of words is the name of something else.
fn strength_of_key(value: &str, classes: Classes) -> Option<Confidence> {
    let is_random = value::is_random(value);
    let mixed = classes.digits > 0 && classes.lower + classes.upper > 0;
    let bits = shannon(value.as_bytes());
    match value.len() {
        0..=5 => None,
        6..=7 => is_random.then_some(Confidence::Low),
        8..=15 if is_random && mixed => Some(Confidence::High),
        8..=15 if is_random || mixed && bits >= 2.8 && !is_words(value) => Some(Confidence::Medium),
        16.. if is_random && !is_identifier_of_things(value) => Some(Confidence::High),
        // Nothing else has this many digits; a timestamp in nanoseconds has 19.
        16 | 20..=64 if classes.digits == value.len() && bits >= 2.5 && !runs(value) => {
            Some(Confidence::Medium)
        }
        16.. if mixed && bits >= 3.0 && !is_words(value) => Some(Confidence::Medium),
        16.. if classes.kinds() >= 2 && bits >= 3.8 && !value::is_wordy(value) => {
            Some(Confidence::Medium)
        }
        _ if value::is_wordy(value) && (classes.marks > 0 || classes.lower == 0) => None,
        _ => Some(Confidence::Low),
    }
}

/// Whether a value mostly counts up or down: `1234567898765432`.
fn runs(value: &str) -> bool {
    let steps = value.as_bytes().windows(2);
    let steps = steps.filter(|pair| pair[0].abs_diff(pair[1]) <= 1);
    2 * steps.count() >= value.len()
}

/// Returns whether the value is a password hash in a format that names its scheme: `$2y$10$…`, `{SSHA}…`.
pub(in crate::detect) fn is_hash(value: &str) -> bool {
    let scheme = |open: char, close: char| {
        value
            .strip_prefix(open)
            .and_then(|rest| rest.split_once(close))
            .is_some_and(|(scheme, rest)| {
                (1..=14).contains(&scheme.len())
                    && rest.len() >= 20
                    && scheme
                        .bytes()
                        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
            })
    };
    scheme('$', '$') || scheme('{', '}')
}

/// Whether the value has the form of a password hash in hex.
fn is_digest(value: &str) -> bool {
    matches!(value.len(), 32 | 40 | 64) && value.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Whether the value is a UUID, which identifies things more often than it opens them.
fn is_identifier_of_things(value: &str) -> bool {
    value.len() == 36
        && value.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// Whether the value is an expression or the name of something: a call, a path, a URL, a selector, a pattern.
fn is_code(value: &str, syntax: Syntax) -> bool {
    let paths = ["/", "./", "../", "http://", "https://"];
    let patterns = ["(?", "\\d", "\\w", "[a-z", "[A-Z", "[0-9", "://"];
    let may_be_pattern = || {
        let is_mark = |byte| matches!(byte, b'(' | b'\\' | b'[' | b':');
        value.bytes().any(is_mark)
    };
    if paths.iter().any(|start| value.starts_with(start)) && !is_base64(value)
        || may_be_pattern() && patterns.iter().any(|part| value.contains(part))
        || is_host_path(value)
    {
        return true;
    }
    // Quoted text was typed by someone, so only what reads like code is code.
    let is_bare = matches!(syntax, Syntax::Bare | Syntax::Embedded | Syntax::Field);
    if !is_bare && !value::is_wordy(value) {
        return false;
    }
    let starts = ["$", "@", "&", "*", "-", ":", ".", "#", "=", "(", "["];
    let holds = ["(", "::", "->", "[", "=>", ".get"];
    starts.iter().any(|start| value.starts_with(start))
        || holds.iter().any(|part| value.contains(part))
        // A closing bracket alone may be the rest of an expression, or a character of a password.
        || value.contains([')', ']']) && !value::is_random(value)
}

/// Whether the value is bytes in base64: one in 64 of them begins with `/`, as a path does.
fn is_base64(value: &str) -> bool {
    let is_digit = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    value.len() >= 24
        && value.len().is_multiple_of(4)
        && (value.ends_with('=') || value.contains('+'))
        && value.trim_end_matches('=').bytes().all(is_digit)
        && value.bytes().any(|byte| byte.is_ascii_digit())
        && value::is_random(value)
}

/// Whether the value is a path on a host, as in imports of packages: `github.com/acme/token`.
fn is_host_path(value: &str) -> bool {
    let Some((host, path)) = value.split_once('/') else {
        return false;
    };
    let is_host =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-.".contains(&byte);
    let domain = host.rsplit_once('.').map(|(_, domain)| domain);
    host.bytes().all(is_host)
        && domain
            .is_some_and(|domain| matches!(domain, "com" | "org" | "io" | "net" | "dev" | "in"))
        && path.contains('/')
}

/// Returns whether a value of several words is text and not code: it has none of the signs of expressions.
pub(super) fn is_plain_text(value: &str) -> bool {
    const CODE: [&str; 9] = ["://", "${", "{{", "=>", "::", "()", "->", "</", "\\u"];
    value.trim() == value
        && !CODE.iter().any(|part| value.contains(part))
        && !value.contains(['\n', '\t', '<', '>'])
}

/// Whether the value is the name of a constant: `DMARC_POLICY_ALLOW`.
fn is_constant(value: &str, classes: Classes) -> bool {
    classes.lower == 0
        && value.contains('_')
        && value
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte == b'_')
        && (value::is_wordy(value) || value.matches('_').count() > 1)
}

/// Whether the value is words joined into an identifier: `access_token`, `auth.password`, `userPassword`.
fn is_words(value: &str) -> bool {
    let parts = value.split(['_', '-', '.', '/', ':']);
    parts.clone().count() > 1
        && parts
            .clone()
            .all(|part| part.len() < 16 && is_word_or_number(part))
        && value.bytes().any(|byte| byte.is_ascii_alphabetic())
        || value.bytes().all(|byte| byte.is_ascii_alphabetic())
            && value.len() < 24
            && camel_words(value) <= value.len() / 4
}

/// Whether a part is a short name with a number: `s3`, `k8s`, `db1`.
fn names_with_a_number(part: &str) -> bool {
    let digits = part.bytes().filter(u8::is_ascii_digit).count();
    (2..=3).contains(&part.len())
        && digits == 1
        && part.starts_with(|c: char| c.is_ascii_lowercase())
        && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Whether a part is letters, a short name with a number, or one or two digits that count something: the `4` of
/// `token_last_4`.
fn is_word_or_number(part: &str) -> bool {
    let digits = part.bytes().filter(u8::is_ascii_digit).count();
    digits == 0 && part.bytes().all(|byte| byte.is_ascii_alphabetic())
        || part.len() <= 2 && digits == part.len()
        || names_with_a_number(part)
}

fn camel_words(value: &str) -> usize {
    1 + value.bytes().skip(1).filter(u8::is_ascii_uppercase).count()
}
