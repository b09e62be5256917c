//! Whether a value is incomplete: the rest is filled in at run time, or left out in documentation.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::lexicon::placeholder;
use crate::lexicon::value;

/// Whether part of the value is filled in at run time.
pub(in crate::detect) fn has_interpolation(value: &str) -> bool {
    // Every interpolation has one of these, and most values have none.
    if !value
        .bytes()
        .any(|byte| matches!(byte, b'$' | b'#' | b'{' | b'%' | b'<' | b'\\'))
    {
        return false;
    }
    let opens = [
        "${", "#{", "{{", "%{", "$(", "<%", "%(", "{}", "%s", "%d", "%v", "\\(", "{0}", "{1}",
    ];
    opens.iter().any(|open| value.contains(open))
        || value.split('$').skip(1).any(is_variable_of_shell)
        || value.split('{').skip(1).any(|rest| {
            rest.split_once('}').is_some_and(|(name, _)| {
                name.len() > 1 && value::is_wordy(name) && !name.contains(['\'', '"', ' '])
            })
        })
}

/// Whether `rest`, which follows a `$`, begins with a variable name of several words: `--passphrase=\Q$STORE_KEY\E`.
fn is_variable_of_shell(rest: &str) -> bool {
    let is_name = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    let name = &rest[..rest.find(|c| !is_name(c)).unwrap_or(rest.len())];
    let words = name.split('_');
    name.len() >= 6
        && name.contains('_')
        && words
            .clone()
            .all(|word| word.len() > 1 && word.starts_with(|c: char| c.is_ascii_uppercase()))
}

/// Whether the value is a token that documentation cut short, or a placeholder or default word in base64. Google's keys
/// have 39 characters.
pub(super) fn is_cut_short(value: &str) -> bool {
    // The beginnings of JSON in base64, of Google's keys, and of every PyPI token.
    let is_head = value.len() < 48 && value.contains("eyJ")
        || value.len() < 39 && value.starts_with("AIza")
        || value == "pypi-AgEIcHlwaS5vcmc";
    let encoded = value.strip_prefix("base64:").unwrap_or(value);
    let decoded = STANDARD.decode(encoded).ok();
    let text = decoded.and_then(|bytes| String::from_utf8(bytes).ok());
    is_head
        || text.is_some_and(|text| {
            let text = text.trim();
            value::weak(text) || placeholder::classify(text).is_some()
        })
}

/// Whether the value is the first word of a bracketed placeholder: `<Weblogic` of `<Weblogic admin password>`.
pub(super) fn is_opened_only(value: &str) -> bool {
    let word = value.strip_prefix('<');
    word.is_some_and(|word| word.len() > 2 && word.bytes().all(|byte| byte.is_ascii_alphabetic()))
}
